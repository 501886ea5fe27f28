/*
 * journey_agg.c
 *	  journey_agg and rollup(journey): the state journey_state and its transitions.
 *
 * The state holds the rows as they came (journey_rows.h) and is sorted once,
 * by the final function, so input in any order gives the same journey. It is
 * changed in place while there is room; where there is none, a doubled copy is
 * returned, which the executor moves into its context.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/journey_state.h"
#include "journey/journey_text.h"
#include "journey/journey_type.h"

#define JOURNEY_STATE_TYPE "journey_state"

/* The first size: a few rows, and a power of two as palloc likes it. */
#define STATE_FIRST_SIZE 256

static JourneyState *
state_new(Size size)
{
	JourneyState *state = palloc0(size);

	SET_VARSIZE(state, size);
	journey_state_init(state);
	return state;
}

static void
state_too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many touchpoints in one journey"),
			 errdetail("The touchpoints of one group pass 1 GB."),
			 errhint("Build journeys for shorter periods.")));
}

/* A copy of the state in a block at least twice as large that holds `needed` bytes. */
static JourneyState *
state_grow(const JourneyState *state, Size needed)
{
	Size		size = VARSIZE(state);
	JourneyState *larger;

	if (needed > MaxAllocSize)
		state_too_large();
	while (size < needed)
		size *= 2;
	size = Min(size, MaxAllocSize);
	larger = state_new(size);
	journey_state_move(larger, size, state, VARSIZE(state));
	return larger;
}

/* The state with the touchpoint: itself, or a larger copy. */
static inline JourneyState *
state_add(JourneyState *state, const Touchpoint *touchpoint)
{
	Size		needed = journey_state_add(state, VARSIZE(state), touchpoint);

	if (unlikely(needed > 0))
	{
		state = state_grow(state, needed);
		journey_state_add(state, VARSIZE(state), touchpoint);
	}
	return state;
}

static void
state_corrupt(const JourneyState *state)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("journey_state of %zu bytes is corrupt", (Size) VARSIZE(state))));
}

/* A state from anywhere: unpacked, its header checked. */
static JourneyState *
state_load(Datum value)
{
	JourneyState *state = (JourneyState *) PG_DETOAST_DATUM(value);

	if (!journey_state_valid(state, VARSIZE(state)))
		state_corrupt(state);
	return state;
}

/* Argument 0 of a transition, a new state where there is none yet. */
static inline JourneyState *
state_arg(FunctionCallInfo fcinfo)
{
	JourneyState *state = aggregate_state_or_null(fcinfo);

	return state != NULL ? state : state_new(STATE_FIRST_SIZE);
}

/* Every row, names pointing into the state. */
static Touchpoint *
state_touchpoints(const JourneyState *state)
{
	Touchpoint *touchpoints = palloc_extended(Max(state->count, 1) * sizeof(Touchpoint), MCXT_ALLOC_HUGE);

	if (!journey_state_read(state, VARSIZE(state), touchpoints))
		state_corrupt(state);
	return touchpoints;
}

/* The state with all the touchpoints. The one given stays its owner's; copies in between are ours. */
static JourneyState *
state_add_all(JourneyState *given, const Touchpoint *touchpoints, uint32 count)
{
	JourneyState *state = given;

	for (uint32 i = 0; i < count; i++)
	{
		JourneyState *larger = state_add(state, &touchpoints[i]);

		if (larger != state && state != given)
			pfree(state);
		state = larger;
	}
	return state;
}

/* ---------- Transitions ---------- */

/* The state as it is, for a row that does not count. */
static Datum
unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* (state, at, event [, channel [, value [, score]]]) */
PG_FUNCTION_INFO_V1(journey_accum);
Datum
journey_accum(PG_FUNCTION_ARGS)
{
	Touchpoint	touchpoint = {0};
	int			nargs = PG_NARGS();

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged(fcinfo);
	touchpoint.at = journey_time(PG_GETARG_TIMESTAMPTZ(1), "the time of a touchpoint");
	touchpoint.event = journey_name(PG_GETARG_TEXT_PP(2), "event");
	if (nargs > 3 && !PG_ARGISNULL(3))
		touchpoint.channel = journey_name(PG_GETARG_TEXT_PP(3), "channel");
	if (nargs > 4 && !PG_ARGISNULL(4))
	{
		touchpoint.has_value = true;
		touchpoint.value = journey_value(PG_GETARG_FLOAT8(4));
	}
	if (nargs > 5 && !PG_ARGISNULL(5))
	{
		touchpoint.has_score = true;
		touchpoint.score = PG_GETARG_INT32(5);
	}
	PG_RETURN_POINTER(state_add(state_arg(fcinfo), &touchpoint));
}

/* (state, journey): all its touchpoints */
PG_FUNCTION_INFO_V1(journey_accum_journey);
Datum
journey_accum_journey(PG_FUNCTION_ARGS)
{
	JourneyView view;
	Touchpoint *touchpoints;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	JOURNEY_ARG(1, &view);
	touchpoints = journey_touchpoints(&view);
	PG_RETURN_POINTER(state_add_all(state_arg(fcinfo), touchpoints, view.count));
}

PG_FUNCTION_INFO_V1(journey_combine);
Datum
journey_combine(PG_FUNCTION_ARGS)
{
	JourneyState *other;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	other = state_load(PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(state_add_all(state_arg(fcinfo), state_touchpoints(other), other->count));
}

/*
 * A group of rows always has a touchpoint. Rolled up journeys may all be
 * empty, and are then one empty journey.
 */
PG_FUNCTION_INFO_V1(journey_final);
Datum
journey_final(PG_FUNCTION_ARGS)
{
	JourneyState *state;
	Touchpoint *touchpoints;
	struct varlena *journey;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_load(PG_GETARG_DATUM(0));
	touchpoints = state_touchpoints(state);
	journey = journey_make(touchpoints, state->count);
	pfree(touchpoints);
	PG_RETURN_POINTER(journey);
}

/* ---------- Text and binary forms of the state ---------- */

static void
append_state(StringInfo text, const JourneyState *state)
{
	Touchpoint *touchpoints = state_touchpoints(state);

	appendStringInfoChar(text, '[');
	for (uint32 i = 0; i < state->count; i++)
		touchpoint_append_json(text, &touchpoints[i], i == 0);
	appendStringInfoChar(text, ']');
}

static JourneyState *
state_from_list(const TouchpointList *list)
{
	return state_add_all(state_new(STATE_FIRST_SIZE), list->touchpoints, list->count);
}

PG_FUNCTION_INFO_V1(journey_state_out);
Datum
journey_state_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	append_state(&text, state_load(PG_GETARG_DATUM(0)));
	PG_RETURN_CSTRING(text.data);
}

PG_FUNCTION_INFO_V1(journey_state_in);
Datum
journey_state_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	JsonReader	reader;
	TouchpointList list;

	text_open(&reader, text, strlen(text));
	if (!touchpoints_read_json(&reader, &list))
		return refuse_json(fcinfo, JOURNEY_STATE_TYPE, &reader);
	PG_RETURN_POINTER(state_from_list(&list));
}

/* The version, then the text form. */
PG_FUNCTION_INFO_V1(journey_state_send);
Datum
journey_state_send(PG_FUNCTION_ARGS)
{
	StringInfoData text;
	StringInfoData buffer;

	initStringInfo(&text);
	append_state(&text, state_load(PG_GETARG_DATUM(0)));
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, JOURNEY_STATE_VERSION);
	pq_sendtext(&buffer, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(journey_state_recv);
Datum
journey_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	JsonReader	reader;
	TouchpointList list;
	char	   *text;
	int			length;

	if (pq_getmsgbyte(buffer) != JOURNEY_STATE_VERSION)
		refuse_binary(JOURNEY_STATE_TYPE, "The version is unknown.");
	text = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	text_open(&reader, text, length);
	if (!touchpoints_read_json(&reader, &list))
		refuse_binary(JOURNEY_STATE_TYPE, json_error_detail(&reader));
	PG_RETURN_POINTER(state_from_list(&list));
}
