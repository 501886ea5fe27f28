/*
 * retention_summary_io.c
 *	  The type retention_summary: its text and binary forms.
 *
 * Text form: {"arrays": 9, "reach": [9, 7], "eligible": [9, 4], "retained":
 * [9, 1]}: the counts from period 0 on. The members may come in any order.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"

#include "common/compat.h"
#include "common/json_reader.h"
#include "common/results.h"
#include "journey/retention_summary.h"

#define COUNTS 3

static const char *const count_names[COUNTS] = {"reach", "eligible", "retained"};

StaticAssertDecl(sizeof(RetentionCounts) == COUNTS * sizeof(int64), "counts of a period lie side by side");

/* The counts of a summary; count k of period i is at [COUNTS * i + k]. */
static inline int64 *
counts_of(RetentionSummary *s)
{
	return (int64 *) s->periods;
}

/* ---------- Text ---------- */

PG_FUNCTION_INFO_V1(retention_summary_out);
Datum
retention_summary_out(PG_FUNCTION_ARGS)
{
	RetentionSummary *s = retention_summary_load(PG_GETARG_DATUM(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"arrays\": " INT64_FORMAT, s->arrays);
	for (int k = 0; k < COUNTS; k++)
	{
		appendStringInfo(&text, ", \"%s\": [", count_names[k]);
		for (uint32 i = 0; i < s->n_periods; i++)
			appendStringInfo(&text, "%s" INT64_FORMAT, i > 0 ? ", " : "", counts_of(s)[COUNTS * i + k]);
		appendStringInfoChar(&text, ']');
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* A summary while it is read. */
typedef struct Reading
{
	RetentionSummary *s;
	uint32		room;
	int			n_periods;		/* -1: no member has told */
} Reading;

/* Reads count k of each period. */
static bool
read_counts(JsonReader *reader, Reading *reading, int k)
{
	bool		first = true;
	int			n = 0;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	for (; json_next(reader, &first, ']'); n++)
	{
		if (n == RETAINED_MAX_PERIODS)
			return json_fail(reader, "fewer periods");
		if (n == reading->room)
		{
			reading->room *= 2;
			reading->s = repalloc(reading->s, offsetof(RetentionSummary, periods) +
								  reading->room * sizeof(RetentionCounts));
		}
		if (!json_int64(reader, &counts_of(reading->s)[COUNTS * n + k]))
			return false;
	}
	if (reader->expected != NULL)
		return false;
	if (reading->n_periods >= 0 && reading->n_periods != n)
		return json_fail(reader, "as many numbers as in the other members");
	reading->n_periods = n;
	return true;
}

static bool
read_summary(JsonReader *reader, Reading *reading)
{
	bool		first = true;
	unsigned int seen = 0;
	char		key[16];

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		int			member = 0;

		if (!json_key(reader, key, sizeof(key)))
			return false;
		while (member < COUNTS && strcmp(key, count_names[member]) != 0)
			member++;
		if ((member == COUNTS && strcmp(key, "arrays") != 0) || (seen & 1u << member) != 0)
			return json_fail(reader, "the members of the type, each once");
		seen |= 1u << member;
		if (member == COUNTS ? !json_int64(reader, &reading->s->arrays)
			: !read_counts(reader, reading, member))
			return false;
	}
	if (reader->expected != NULL)
		return false;
	if (seen != (1u << (COUNTS + 1)) - 1)
		return json_fail(reader, "all members of the type");
	reading->s->n_periods = reading->n_periods;
	return json_finish(reader);
}

PG_FUNCTION_INFO_V1(retention_summary_in);
Datum
retention_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Reading		reading = {retention_summary_new(16), 16, -1};
	const char *problem;
	JsonReader	reader;

	json_open(&reader, text, strlen(text));
	reader.ascii = true;
	if (!read_summary(&reader, &reading))
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", "retention_summary", text),
						errdetail_internal("%s", json_error_detail(&reader))));
	problem = retention_counts_problem(reading.s);
	if (problem != NULL)
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", "retention_summary", text),
						errdetail_internal("%s", problem)));
	PG_RETURN_POINTER(retention_summary_copy(reading.s, 0));
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(retention_summary_send);
Datum
retention_summary_send(PG_FUNCTION_ARGS)
{
	RetentionSummary *s = retention_summary_load(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, RETENTION_SUMMARY_VERSION);
	pq_sendint32(&buffer, s->n_periods);
	pq_sendint64(&buffer, s->arrays);
	for (uint32 i = 0; i < COUNTS * s->n_periods; i++)
		pq_sendint64(&buffer, counts_of(s)[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static void
bad_binary(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of type retention_summary"),
			 errdetail_internal("%s", problem)));
}

PG_FUNCTION_INFO_V1(retention_summary_recv);
Datum
retention_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	RetentionSummary *s;
	const char *problem;
	uint32		n_periods;

	if (buffer->len - buffer->cursor < 1 + 4 + 8)
		bad_binary("The message is too short.");
	if (pq_getmsgbyte(buffer) != RETENTION_SUMMARY_VERSION)
		bad_binary("The version is unknown.");
	n_periods = (uint32) pq_getmsgint(buffer, 4);
	if (n_periods > RETAINED_MAX_PERIODS)
		bad_binary("There are more periods than there can be.");
	s = retention_summary_new(n_periods);
	s->arrays = pq_getmsgint64(buffer);
	if (buffer->len - buffer->cursor != n_periods * sizeof(RetentionCounts))
		bad_binary("The message is not of the length that so many periods have.");
	s->n_periods = n_periods;
	for (uint32 i = 0; i < COUNTS * n_periods; i++)
		counts_of(s)[i] = pq_getmsgint64(buffer);
	problem = retention_counts_problem(s);
	if (problem != NULL)
		bad_binary(problem);
	PG_RETURN_POINTER(s);
}
