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
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/retention_summary.h"

#define RETENTION_TYPE "retention_summary"

#define COUNTS 3

/* The counts of a period, then the other member. */
static const char *const member_names[] = {"reach", "eligible", "retained", "arrays", NULL};

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
		appendStringInfo(&text, ", \"%s\": [", member_names[k]);
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
	unsigned int seen = 0;
	char		key[16];
	int			member;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while ((member = json_member(reader, member_names, &seen, key, sizeof(key))) >= 0)
	{
		if (member == COUNTS ? !json_int64(reader, &reading->s->arrays)
			: !read_counts(reader, reading, member))
			return false;
	}
	if (reader->expected != NULL)
		return false;
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
		return refuse_json(fcinfo, RETENTION_TYPE, &reader);
	problem = retention_counts_problem(reading.s);
	if (problem != NULL)
		return refuse_text(fcinfo, RETENTION_TYPE, problem);
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
	send_int64s(&buffer, counts_of(s), COUNTS * s->n_periods);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(retention_summary_recv);
Datum
retention_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	RetentionSummary *s;
	const char *problem;
	uint32		n_periods;

	receive_version(buffer, RETENTION_TYPE, RETENTION_SUMMARY_VERSION, 1 + sizeof(int32) + sizeof(int64));
	n_periods = (uint32) pq_getmsgint(buffer, 4);
	if (n_periods > RETAINED_MAX_PERIODS)
		refuse_binary(RETENTION_TYPE, "There are more periods than there can be.");
	s = retention_summary_new(n_periods);
	s->arrays = pq_getmsgint64(buffer);
	if (buffer->len - buffer->cursor != n_periods * sizeof(RetentionCounts))
		refuse_binary(RETENTION_TYPE, "The message is not of the length that so many periods have.");
	s->n_periods = n_periods;
	receive_int64s(buffer, RETENTION_TYPE, counts_of(s), COUNTS * n_periods);
	problem = retention_counts_problem(s);
	if (problem != NULL)
		refuse_binary(RETENTION_TYPE, problem);
	PG_RETURN_POINTER(s);
}
