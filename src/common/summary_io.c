/*
 * summary_io.c
 *	  The text and binary forms of our packed types; see summary_io.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"

/* Numbers between two looks for a cancel request. */
#define NUMBERS_PER_CHECK 65536

/* ---------- Text ---------- */

void
append_json_string(StringInfo text, const char *bytes, size_t length)
{
	char	   *copy = pnstrdup(bytes, length);

	escape_json(text, copy);
	pfree(copy);
}

void
text_open(JsonReader *reader, const char *text, size_t length)
{
	json_open(reader, text, length);
	reader->ascii = GetDatabaseEncoding() != PG_UTF8;
}

bool
text_string(JsonReader *reader, char *out, size_t size, const char *expected)
{
	return json_string(reader, out, size) &&
		(pg_verifymbstr(out, strlen(out), true) || json_fail(reader, expected));
}

Datum
refuse_text(FunctionCallInfo fcinfo, const char *type, const char *problem)
{
	cx_input_error(fcinfo->context,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", type, PG_GETARG_CSTRING(0)),
					errdetail_internal("%s", problem)));
}

Datum
refuse_json(FunctionCallInfo fcinfo, const char *type, const JsonReader *reader)
{
	return refuse_text(fcinfo, type, json_error_detail(reader));
}

Datum
refuse_range(FunctionCallInfo fcinfo, const char *type)
{
	cx_input_error(fcinfo->context,
				   (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("%s out of range: \"%s\"", type, PG_GETARG_CSTRING(0))));
}

/* ---------- Binary ---------- */

void
send_string(StringInfo buffer, const char *bytes, uint32 length)
{
	const char *converted = pg_server_to_client(bytes, length);

	if (converted != bytes)
		length = strlen(converted);
	pq_sendint32(buffer, length);
	pq_sendbytes(buffer, converted, length);
}

void
send_int64s(StringInfo buffer, const void *numbers, size_t n)
{
	const int64 *number = numbers;

	for (size_t i = 0; i < n; i++)
	{
		if (i % NUMBERS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
		pq_sendint64(buffer, number[i]);
	}
}

void
refuse_binary(const char *type, const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of type %s", type),
			 errdetail_internal("%s", problem)));
}

void
require_bytes(StringInfo buffer, const char *type, int64 bytes)
{
	if (bytes < 0 || buffer->len - buffer->cursor < bytes)
		refuse_binary(type, "The message is too short.");
}

void
require_end(StringInfo buffer, const char *type)
{
	if (buffer->cursor != buffer->len)
		refuse_binary(type, "Bytes are left over.");
}

void
receive_version(StringInfo buffer, const char *type, int version, int64 bytes)
{
	require_bytes(buffer, type, bytes);
	if (pq_getmsgbyte(buffer) != version)
		refuse_binary(type, "The version is unknown.");
}

char *
receive_string(StringInfo buffer, const char *type, int *length)
{
	int			bytes;

	require_bytes(buffer, type, sizeof(int32));
	bytes = pq_getmsgint(buffer, 4);
	require_bytes(buffer, type, bytes);
	return pq_getmsgtext(buffer, bytes, length);
}

void
receive_int64s(StringInfo buffer, const char *type, void *numbers, size_t n)
{
	int64	   *number = numbers;

	require_bytes(buffer, type, n * sizeof(int64));
	for (size_t i = 0; i < n; i++)
		number[i] = pq_getmsgint64(buffer);
}
