/*
 * friction_sql.c
 *	  friction: where a journey goes in circles, changes hands, stalls or ends without its goal.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/friction.h"
#include "journey/journey_type.h"
#include "journey/service_args.h"

/* Arguments: journey, required, stall, goal, intent, as_of. */
#define JOURNEY 0
#define REQUIRED 1
#define STALL 2
#define GOAL 3
#define INTENT 4
#define AS_OF 5

#define COLUMNS 7

static const ServiceAtoms friction_atoms = {{GOAL, INTENT}, REQUIRED, {"goal", "intent"}, "required event"};

/* What the rows of a journey are made of. */
typedef struct FrictionRows
{
	RowSet		rows;
	FrictionJourney journey;
	JourneyName *events;		/* by code */
	StringInfoData detail;
} FrictionRows;

static Datum
name_datum(const JourneyName *name)
{
	return PointerGetDatum(cstring_to_text_with_len(name->bytes, name->length));
}

/* The places from 1 on. */
static Datum
ords_datum(const Friction *friction)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + (Size) friction->count * sizeof(int32);
	ArrayType  *ords = palloc(size);
	int32	   *elements;

	SET_VARSIZE(ords, size);
	ords->ndim = 1;
	ords->dataoffset = 0;
	ords->elemtype = INT4OID;
	ARR_DIMS(ords)[0] = (int) friction->count;
	ARR_LBOUND(ords)[0] = 1;
	elements = (int32 *) ARR_DATA_PTR(ords);
	for (uint32 i = 0; i < friction->count; i++)
		elements[i] = (int32) friction->ords[i] + 1;
	return PointerGetDatum(ords);
}

/* ---------- Details ---------- */

static void
add_name(StringInfo detail, const char *bytes, uint32 length)
{
	if (detail->len > 0)
		appendBinaryStringInfo(detail, " > ", 3);
	appendBinaryStringInfo(detail, bytes, length);
}

/* The events on the way, repeats written once. */
static void
add_way(StringInfo detail, const FrictionRows *to, const Friction *friction)
{
	const uint32 *events = to->journey.events;

	for (uint32 k = 0; k < friction->count; k++)
	{
		uint32		i = friction->ords[k];

		if (k == 0 || events[i] != events[i - 1])
			add_name(detail, to->events[events[i]].bytes, to->events[events[i]].length);
	}
}

/* The channel names of the first `count` touchpoints, of switches only the channel. */
static void
add_channels(StringInfo detail, const FrictionRows *to, const Friction *friction, int count)
{
	for (int k = 0; k < count; k++)
	{
		const ChannelName *name = &to->journey.names[to->journey.channels[friction->ords[k]]];

		add_name(detail, name->name.bytes,
				 friction->kind == FRICTION_CHANNEL_SWITCH ? name->channel_length : name->name.length);
	}
}

static Datum
detail_datum(FrictionRows *to, const Friction *friction)
{
	StringInfo	detail = &to->detail;
	const int64 *at = to->journey.at;

	resetStringInfo(detail);
	switch (friction->kind)
	{
		case FRICTION_LOOP:
			add_way(detail, to, friction);
			break;
		case FRICTION_CHANNEL_SWITCH:
		case FRICTION_HANDOFF:
			add_channels(detail, to, friction, 2);
			break;
		case FRICTION_PING_PONG:
			add_channels(detail, to, friction, 3);
			break;
		case FRICTION_STALL:
			enlargeStringInfo(detail, FLOAT8_TEXT_SIZE);
			float8_text((float8) ((uint64) at[friction->at] - (uint64) at[friction->at - 1]) / US_PER_SECOND, detail->data);
			detail->len = (int) strlen(detail->data);
			break;
		default:
			return name_datum(&to->events[to->journey.events[friction->at]]);
	}
	return PointerGetDatum(cstring_to_text_with_len(detail->data, detail->len));
}

/* ---------- Rows ---------- */

static void
add_row(FrictionRows *to, const Friction *friction)
{
	int64		channel = to->journey.channels[friction->at];
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	values[0] = CStringGetTextDatum(friction_kind_names[friction->kind]);
	values[1] = TimestampTzGetDatum(to->journey.at[friction->at]);
	values[2] = name_datum(&to->events[to->journey.events[friction->at]]);
	nulls[3] = channel < 0;
	values[3] = channel < 0 ? (Datum) 0 : name_datum(&to->journey.names[channel].name);
	values[4] = ords_datum(friction);
	values[5] = detail_datum(to, friction);
	values[6] = Float8GetDatum(friction->weight);
	rowset_add(&to->rows, values, nulls);

	pfree(DatumGetPointer(values[0]));
	pfree(DatumGetPointer(values[2]));
	if (channel >= 0)
		pfree(DatumGetPointer(values[3]));
	pfree(DatumGetPointer(values[4]));
	pfree(DatumGetPointer(values[5]));
}

static void
read_journey(FunctionCallInfo fcinfo, FrictionRows *to, const int64 *as_of)
{
	ServiceArgs *args = service_args(fcinfo, &friction_atoms);
	AtomBinding binding;
	FrictionAtoms atoms = {NULL, args->single[0], args->single[1]};
	JourneyView view;

	JOURNEY_ARG(JOURNEY, &view);
	if (args->set != NULL)
	{
		atom_bind(&binding, args->set, &view);
		atoms.binding = &binding;
	}
	friction_journey_read(&to->journey, &view, &atoms, as_of);
	if (args->set != NULL)
		atom_unbind(&binding);
	to->events = palloc(Max((Size) view.event_count + view.channel_count, 1) * sizeof(JourneyName));
	journey_read_names(&view, to->events);
}

PG_FUNCTION_INFO_V1(friction);
Datum
friction(PG_FUNCTION_ARGS)
{
	FrictionRows to;
	FrictionScan scan;
	Friction	instance;
	CalendarInterval stall;
	int64		as_of;
	FrictionRules rules = {NULL, !PG_ARGISNULL(GOAL), journey_as_of_arg(fcinfo, AS_OF, &as_of)};

	to.rows = rowset_open(fcinfo);
	if (PG_ARGISNULL(JOURNEY))
		return (Datum) 0;
	if (!PG_ARGISNULL(STALL))
	{
		stall = journey_interval(PG_GETARG_INTERVAL_P(STALL), "stall");
		rules.stall = &stall;
	}
	read_journey(fcinfo, &to, rules.as_of);
	initStringInfo(&to.detail);
	friction_begin(&scan, &to.journey, &rules);
	while (friction_next(&scan, &instance))
		add_row(&to, &instance);
	friction_end(&scan);
	pfree(to.detail.data);
	pfree(to.events);
	friction_journey_free(&to.journey);
	return (Datum) 0;
}
