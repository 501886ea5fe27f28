/*
 * funnel_summary_io.c
 *	  The type funnel_summary: its text and binary forms.
 *
 * Text form: {"steps": ["visit", "order"], "within": "1 day", "mode":
 * "ordered", "without": [], "journeys": 9, "reached": [7, 3], "mature": [5, 2],
 * "open": [1, 0], "bins": [[[1130, 2]]]}: the counts step by step, the bins from
 * step 2 on, each with its count. The members may come in any order.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"

#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/funnel_summary.h"

#define FUNNEL_TYPE "funnel_summary"

#define COUNTS 3

static const char *const count_names[COUNTS] = {"reached", "mature", "open"};

/* ---------- What is read, from either form ---------- */

typedef struct AtomList
{
	Atom	   *atoms;
	int			n;
	int			room;
} AtomList;

typedef struct Parts
{
	AtomList	steps;
	AtomList	without;
	FunnelMode	mode;
	bool		unlimited;
	CalendarInterval within;
	int64		journeys;
	int64		counts[COUNTS][FUNNEL_MAX_STEPS];
	int			n_counts[COUNTS];
	uint64	   *bins;
	uint32		n_bins;
	uint32		bins_room;
	int			bin_steps;		/* steps after the first that have bins */
} Parts;

/* Reads a text as one more atom; false when it is none. */
static bool
add_atom(AtomList *list, const char *text, Size length)
{
	ParseProblem problem;

	if (list->n == list->room)
	{
		list->room = Max(8, 2 * list->room);
		list->atoms = cx_realloc(list->atoms, list->room, sizeof(Atom));
	}
	return atom_parse(text, length, &list->atoms[list->n], &problem) && ++list->n > 0;
}

static void
add_bin(Parts *parts, uint64 bin)
{
	if (parts->n_bins == parts->bins_room)
	{
		parts->bins_room = Max(64, 2 * parts->bins_room);
		parts->bins = cx_realloc(parts->bins, parts->bins_room, sizeof(uint64));
	}
	parts->bins[parts->n_bins++] = bin;
}

/* Makes the value; NULL with *problem set when the parts do not fit together. */
static FunnelSummary *
assemble(Parts *parts, const char **problem)
{
	int			n_steps = parts->steps.n;
	Funnel		funnel;
	FunnelSummary *s;

	for (int i = 0; i < parts->without.n; i++)
	{
		if (parts->steps.n == parts->steps.room)
		{
			parts->steps.room *= 2;
			parts->steps.atoms = repalloc(parts->steps.atoms, parts->steps.room * sizeof(Atom));
		}
		parts->steps.atoms[parts->steps.n++] = parts->without.atoms[i];
	}
	funnel_init(&funnel, atom_set_make(parts->steps.atoms, parts->steps.n), n_steps, parts->mode,
				&parts->within, parts->unlimited);
	s = funnel_summary_new(&funnel, parts->n_bins);
	s->journeys = parts->journeys;
	for (int k = 0; k < COUNTS; k++)
		memcpy(funnel_reached(s) + k * n_steps, parts->counts[k], n_steps * sizeof(int64));
	if (parts->n_bins > 0)
		memcpy(funnel_bins(s), parts->bins, parts->n_bins * sizeof(uint64));
	s->n_bins = parts->n_bins;
	*problem = funnel_counts_problem(s);
	return *problem == NULL ? s : NULL;
}

/* ---------- Text ---------- */

static void
append_texts(StringInfo text, const char **at, int n)
{
	for (int i = 0; i < n; i++)
	{
		uint32		length;
		const char *step = funnel_next_text(at, &length);

		appendStringInfoString(text, i > 0 ? ", " : "");
		append_json_string(text, step, length);
	}
}

static void
append_bins(StringInfo text, FunnelSummary *s)
{
	const uint64 *bins = funnel_bins(s);
	uint32		i = 0;

	appendStringInfoString(text, ", \"bins\": [");
	for (int step = 1; step < s->n_steps; step++)
	{
		const char *separator = "";

		appendStringInfoString(text, step > 1 ? ", [" : "[");
		for (; i < s->n_bins && funnel_bin_step(bins[i]) == step; i++)
		{
			appendStringInfo(text, "%s[%d, " INT64_FORMAT "]", separator, funnel_bin_bin(bins[i]),
							 funnel_bin_count(bins[i]));
			separator = ", ";
		}
		appendStringInfoChar(text, ']');
	}
	appendStringInfoChar(text, ']');
}

PG_FUNCTION_INFO_V1(funnel_summary_out);
Datum
funnel_summary_out(PG_FUNCTION_ARGS)
{
	FunnelSummary *s = funnel_summary_load(PG_GETARG_DATUM(0));
	CalendarInterval within = {s->months, s->days, s->us};
	char		interval[CALENDAR_INTERVAL_TEXT];
	const char *at = s->data;
	StringInfoData text;

	calendar_interval_text(&within, interval);
	initStringInfo(&text);
	appendStringInfoString(&text, "{\"steps\": [");
	append_texts(&text, &at, s->n_steps);
	appendStringInfo(&text, "], \"within\": \"%s\", \"mode\": \"%s\", \"without\": [",
					 s->unlimited ? "infinity" : interval, funnel_mode_names[s->mode]);
	append_texts(&text, &at, s->n_without);
	appendStringInfo(&text, "], \"journeys\": " INT64_FORMAT, s->journeys);
	for (int k = 0; k < COUNTS; k++)
	{
		appendStringInfo(&text, ", \"%s\": [", count_names[k]);
		for (int step = 0; step < s->n_steps; step++)
			appendStringInfo(&text, "%s" INT64_FORMAT, step > 0 ? ", " : "",
							 funnel_reached(s)[k * s->n_steps + step]);
		appendStringInfoChar(&text, ']');
	}
	append_bins(&text, s);
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* ["a", "b"]; `buffer` has room for any string of the text. */
static bool
read_atoms(JsonReader *reader, AtomList *list, int most, char *buffer, Size size)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (list->n == most)
			return json_fail(reader, "fewer steps");
		if (!text_string(reader, buffer, size, "a step in the encoding of the database"))
			return false;
		if (!add_atom(list, buffer, strlen(buffer)))
			return json_fail(reader, "a step as the pattern language has it");
	}
	return reader->expected == NULL;
}

static bool
read_within(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	const char *expected = NULL;
	size_t		problem_at;

	if (!json_string(reader, buffer, size))
		return false;
	parts->unlimited = strcmp(buffer, "infinity") == 0;
	if (parts->unlimited)
		return true;
	if (buffer[0] == '\0' ||
		calendar_interval_read(buffer, strlen(buffer), &parts->within, &expected,
							   &problem_at) != strlen(buffer) ||
		!calendar_interval_forward(&parts->within))
		return json_fail(reader, "an interval");
	return true;
}

static bool
read_mode(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	int			mode = json_choice(reader, funnel_mode_names, "\"ordered\", \"adjacent\" or \"any\"", buffer, size);

	parts->mode = (FunnelMode) mode;
	return mode >= 0;
}

static bool
read_counts(JsonReader *reader, int64 *counts, int *n)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (*n == FUNNEL_MAX_STEPS)
			return json_fail(reader, "fewer steps");
		if (!json_int64(reader, &counts[(*n)++]))
			return false;
	}
	return reader->expected == NULL;
}

/* [bin, count] */
static bool
read_bin(JsonReader *reader, Parts *parts)
{
	int64		bin;
	int64		count;

	if (!json_int64_pair(reader, &bin, &count))
		return false;
	if (bin < 0 || bin >= LOG_BINS || count <= 0 || count > FUNNEL_MAX_COUNT)
		return json_fail(reader, "a bin with a count");
	add_bin(parts, funnel_bin_key(parts->bin_steps, bin) | (uint64) count);
	return true;
}

static bool
read_bins(JsonReader *reader, Parts *parts)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		bool		first_bin = true;

		if (++parts->bin_steps == FUNNEL_MAX_STEPS)
			return json_fail(reader, "fewer steps");
		if (!json_expect(reader, '[', "\"[\""))
			return false;
		while (json_next(reader, &first_bin, ']'))
		{
			if (!read_bin(reader, parts))
				return false;
		}
		if (reader->expected != NULL)
			return false;
	}
	return reader->expected == NULL;
}

static const char *const member_names[] = {
	"steps", "within", "mode", "without", "journeys", "reached", "mature", "open", "bins", NULL
};

static bool
read_member(JsonReader *reader, Parts *parts, int member, char *buffer, Size size)
{
	switch (member)
	{
		case 0:
			return read_atoms(reader, &parts->steps, FUNNEL_MAX_STEPS, buffer, size);
		case 1:
			return read_within(reader, parts, buffer, size);
		case 2:
			return read_mode(reader, parts, buffer, size);
		case 3:
			return read_atoms(reader, &parts->without, FUNNEL_MAX_ATOMS, buffer, size);
		case 4:
			return json_int64(reader, &parts->journeys);
		case 8:
			return read_bins(reader, parts);
		default:
			return read_counts(reader, parts->counts[member - 5], &parts->n_counts[member - 5]);
	}
}

static bool
read_summary(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	unsigned int seen = 0;
	int			member;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while ((member = json_member(reader, member_names, &seen, buffer, size)) >= 0)
	{
		if (!read_member(reader, parts, member, buffer, size))
			return false;
	}
	if (reader->expected != NULL)
		return false;
	if (parts->steps.n == 0 || parts->steps.n + parts->without.n > FUNNEL_MAX_ATOMS)
		return json_fail(reader, "one step at least");
	for (int k = 0; k < COUNTS; k++)
	{
		if (parts->n_counts[k] != parts->steps.n)
			return json_fail(reader, "a count for each step");
	}
	if (parts->bin_steps != parts->steps.n - 1)
		return json_fail(reader, "bins for each step after the first");
	return json_finish(reader);
}

PG_FUNCTION_INFO_V1(funnel_summary_in);
Datum
funnel_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Size		size = strlen(text) + 1;
	Parts		parts = {.steps = {NULL, 0, 0}};
	const char *problem = NULL;
	JsonReader	reader;
	FunnelSummary *s;

	text_open(&reader, text, size - 1);
	if (!read_summary(&reader, &parts, palloc(size), size))
		return refuse_json(fcinfo, FUNNEL_TYPE, &reader);
	s = assemble(&parts, &problem);
	if (s == NULL)
		return refuse_text(fcinfo, FUNNEL_TYPE, problem);
	PG_RETURN_POINTER(s);
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(funnel_summary_send);
Datum
funnel_summary_send(PG_FUNCTION_ARGS)
{
	FunnelSummary *s = funnel_summary_load(PG_GETARG_DATUM(0));
	const char *at = s->data;
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, FUNNEL_SUMMARY_VERSION);
	pq_sendint8(&buffer, s->mode);
	pq_sendint8(&buffer, s->unlimited);
	pq_sendint8(&buffer, s->n_steps);
	pq_sendint32(&buffer, s->n_without);
	pq_sendint32(&buffer, s->months);
	pq_sendint32(&buffer, s->days);
	pq_sendint64(&buffer, s->us);
	for (int i = 0; i < s->n_steps + s->n_without; i++)
	{
		uint32		length;
		const char *text = funnel_next_text(&at, &length);

		send_string(&buffer, text, length);
	}
	pq_sendint64(&buffer, s->journeys);
	send_int64s(&buffer, funnel_reached(s), COUNTS * s->n_steps);
	pq_sendint32(&buffer, s->n_bins);
	send_int64s(&buffer, funnel_bins(s), s->n_bins);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static void
receive_atoms(StringInfo buffer, AtomList *list, int n)
{
	for (int i = 0; i < n; i++)
	{
		int			length;
		char	   *text = receive_string(buffer, FUNNEL_TYPE, &length);

		if (!add_atom(list, text, length))
			refuse_binary(FUNNEL_TYPE, "A step is not one of the pattern language.");
	}
}

/* Everything up to the texts. */
static void
receive_definition(StringInfo buffer, Parts *parts)
{
	int			mode;
	int			unlimited;
	int			n_steps;
	int64		n_without;

	receive_version(buffer, FUNNEL_TYPE, FUNNEL_SUMMARY_VERSION, 4 + 3 * sizeof(int32) + sizeof(int64));
	mode = pq_getmsgbyte(buffer);
	unlimited = pq_getmsgbyte(buffer);
	n_steps = pq_getmsgbyte(buffer);
	n_without = (uint32) pq_getmsgint(buffer, 4);
	parts->within.months = (int32) pq_getmsgint(buffer, 4);
	parts->within.days = (int32) pq_getmsgint(buffer, 4);
	parts->within.us = pq_getmsgint64(buffer);
	if (mode > FUNNEL_ANY || unlimited > 1)
		refuse_binary(FUNNEL_TYPE, "The mode or the window is unknown.");
	if (n_steps < 1 || n_steps > FUNNEL_MAX_STEPS || n_without > FUNNEL_MAX_ATOMS - n_steps)
		refuse_binary(FUNNEL_TYPE, "The number of steps is out of range.");
	if (!calendar_interval_forward(&parts->within) ||
		(unlimited && (parts->within.months != 0 || parts->within.days != 0 || parts->within.us != 0)))
		refuse_binary(FUNNEL_TYPE, "The window points backwards, or has no end and a length.");
	parts->mode = (FunnelMode) mode;
	parts->unlimited = unlimited;
	receive_atoms(buffer, &parts->steps, n_steps);
	receive_atoms(buffer, &parts->without, n_without);
}

PG_FUNCTION_INFO_V1(funnel_summary_recv);
Datum
funnel_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	Parts		parts = {.steps = {NULL, 0, 0}};
	const char *problem;
	uint32		n_bins;
	FunnelSummary *s;

	receive_definition(buffer, &parts);
	require_bytes(buffer, FUNNEL_TYPE, (1 + COUNTS * parts.steps.n) * sizeof(int64) + sizeof(int32));
	parts.journeys = pq_getmsgint64(buffer);
	for (int k = 0; k < COUNTS; k++)
		receive_int64s(buffer, FUNNEL_TYPE, parts.counts[k], parts.steps.n);
	n_bins = (uint32) pq_getmsgint(buffer, 4);
	require_bytes(buffer, FUNNEL_TYPE, (int64) n_bins * sizeof(int64));
	parts.bins = palloc(n_bins * sizeof(uint64));
	receive_int64s(buffer, FUNNEL_TYPE, parts.bins, n_bins);
	parts.n_bins = n_bins;
	require_end(buffer, FUNNEL_TYPE);
	s = assemble(&parts, &problem);
	if (s == NULL)
		refuse_binary(FUNNEL_TYPE, problem);
	PG_RETURN_POINTER(s);
}
