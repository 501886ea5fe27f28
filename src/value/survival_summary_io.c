/*
 * survival_summary_io.c
 *	  The type survival_summary: its text and binary forms.
 *
 * Text form: {"durations": [[6, 3, 1], [7, 1, 0]]}: how long, how many had the
 * event then, how many are censored there; ascending.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "value/survival_summary.h"

/* ---------- Text ---------- */

PG_FUNCTION_INFO_V1(survival_summary_out);
Datum
survival_summary_out(PG_FUNCTION_ARGS)
{
	SurvivalWalk walk;
	StringInfoData text;
	const char *separator = "";

	survival_open(&walk, survival_summary_load(PG_GETARG_DATUM(0)));
	initStringInfo(&text);
	appendStringInfoString(&text, "{\"durations\": [");
	while (survival_next(&walk))
	{
		char		number[FLOAT8_TEXT_SIZE];

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&text, "%s[%s, " INT64_FORMAT ", " INT64_FORMAT "]", separator,
						 float8_text(walk.point.duration, number), walk.point.events,
						 walk.point.censored);
		separator = ", ";
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

/* [duration, events, censored] */
static bool
read_duration(JsonReader *reader, double *duration, int64 *events, int64 *censored)
{
	return json_expect(reader, '[', "\"[\"") && json_float8(reader, duration) &&
		json_expect(reader, ',', "\",\"") && json_int64(reader, events) &&
		json_expect(reader, ',', "\",\"") && json_int64(reader, censored) &&
		json_expect(reader, ']', "\"]\"");
}

/* Adds a count that is not 0. */
static MultisetStatus
add_count(Multiset **durations, double duration, bool observed, int64 count)
{
	uint64		key = survival_key(duration, observed);

	return count == 0 ? MULTISET_OK : multiset_add(durations, &key, count);
}

static bool
read_durations(JsonReader *reader, Multiset **durations, MultisetStatus *status)
{
	double		last = -1;
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		double		duration;
		int64		events;
		int64		censored;

		CHECK_FOR_INTERRUPTS();
		if (!read_duration(reader, &duration, &events, &censored))
			return false;
		if (duration < 0 || duration <= last)
			return json_fail(reader, "durations of 0 or more that ascend");
		if (events < 0 || censored < 0 || (events == 0 && censored == 0))
			return json_fail(reader, "events or censored durations");
		last = duration;
		*status = add_count(durations, duration, true, events);
		if (*status == MULTISET_OK)
			*status = add_count(durations, duration, false, censored);
		if (*status == MULTISET_OVERFLOW)
			return json_fail(reader, "fewer rows than 64 bits hold");
		if (*status != MULTISET_OK)
			return json_fail(reader, "fewer durations");
	}
	if (reader->expected == NULL && last < 0)
		return json_fail(reader, "a duration");
	return reader->expected == NULL;
}

static bool
read_summary(JsonReader *reader, Multiset **durations, MultisetStatus *status)
{
	return json_expect(reader, '{', "\"{\"") && json_named(reader, "durations", "\"durations\"") &&
		read_durations(reader, durations, status) &&
		json_expect(reader, '}', "\"}\"") && json_finish(reader);
}

PG_FUNCTION_INFO_V1(survival_summary_in);
Datum
survival_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Multiset   *durations = multiset_new(SURVIVAL_WORDS);
	MultisetStatus status = MULTISET_OK;
	JsonReader	reader;
	Multiset   *value;

	json_open(&reader, text, strlen(text));
	if (!read_summary(&reader, &durations, &status))
		return refuse_json(fcinfo, SURVIVAL_TYPE, &reader);
	status = multiset_canonical(durations, &value);
	if (status != MULTISET_OK)
		multiset_raise(status, SURVIVAL_TYPE);
	return multiset_datum(value);
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(survival_summary_send);
Datum
survival_summary_send(PG_FUNCTION_ARGS)
{
	return multiset_send(survival_summary_load(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(survival_summary_recv);
Datum
survival_summary_recv(PG_FUNCTION_ARGS)
{
	Multiset   *durations = multiset_receive(fcinfo, SURVIVAL_WORDS, SURVIVAL_TYPE);
	const char *problem;

	durations->unit += 0.0;		/* -0 becomes 0 */
	problem = survival_problem(durations);
	if (problem != NULL)
		refuse_binary(SURVIVAL_TYPE, problem);
	return multiset_datum(durations);
}
