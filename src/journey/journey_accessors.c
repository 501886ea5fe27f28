/*
 * journey_accessors.c
 *	  What a journey holds, read from SQL.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"

PG_FUNCTION_INFO_V1(journey_length);
Datum
journey_length(PG_FUNCTION_ARGS)
{
	JourneyView view;

	JOURNEY_ARG(0, &view);
	PG_RETURN_INT32((int32) view.count);
}

/* The times of the first and last touchpoint of a journey that has one. */
static void
journey_span(const JourneyView *view, int64 *first, int64 *last)
{
	TimeCursor	cursor;

	journey_times(view, &cursor);
	*first = cursor.now;
	for (uint32 i = 1; i < view->count; i++)
		journey_next_time(&cursor);
	*last = cursor.now;
}

PG_FUNCTION_INFO_V1(journey_started_at);
Datum
journey_started_at(PG_FUNCTION_ARGS)
{
	JourneyView view;
	TimeCursor	cursor;

	JOURNEY_ARG(0, &view);
	if (view.count == 0)
		PG_RETURN_NULL();
	journey_times(&view, &cursor);
	PG_RETURN_TIMESTAMPTZ(cursor.now);
}

PG_FUNCTION_INFO_V1(journey_ended_at);
Datum
journey_ended_at(PG_FUNCTION_ARGS)
{
	JourneyView view;
	int64		first;
	int64		last;

	JOURNEY_ARG(0, &view);
	if (view.count == 0)
		PG_RETURN_NULL();
	journey_span(&view, &first, &last);
	PG_RETURN_TIMESTAMPTZ(last);
}

PG_FUNCTION_INFO_V1(journey_duration_seconds);
Datum
journey_duration_seconds(PG_FUNCTION_ARGS)
{
	JourneyView view;
	int64		first;
	int64		last;

	JOURNEY_ARG(0, &view);
	if (view.count == 0)
		PG_RETURN_NULL();
	journey_span(&view, &first, &last);
	/* The longest time there is passes an int64. */
	PG_RETURN_FLOAT8((double) ((uint64) last - (uint64) first) / US_PER_SECOND);
}

static Datum
name_datum(const JourneyName *name)
{
	return PointerGetDatum(cstring_to_text_with_len(name->bytes, name->length));
}

static ArrayType *
text_array(Datum *names, int count)
{
	return construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT);
}

/* `count` names of the dictionary from `first` on, as an array. */
static ArrayType *
dictionary_array(const JourneyView *view, uint32 first, uint32 count)
{
	Datum	   *names = palloc(Max(count, 1) * sizeof(Datum));
	NameCursor	cursor;

	journey_names(view, &cursor);
	for (uint64 i = 0; i < (uint64) first + count; i++)
	{
		JourneyName		name = journey_next_name(&cursor);

		if (i >= first)
			names[i - first] = name_datum(&name);
	}
	return text_array(names, count);
}

PG_FUNCTION_INFO_V1(journey_events);
Datum
journey_events(PG_FUNCTION_ARGS)
{
	JourneyView view;

	JOURNEY_ARG(0, &view);
	PG_RETURN_ARRAYTYPE_P(dictionary_array(&view, 0, view.event_count));
}

PG_FUNCTION_INFO_V1(journey_channels);
Datum
journey_channels(PG_FUNCTION_ARGS)
{
	JourneyView view;

	JOURNEY_ARG(0, &view);
	PG_RETURN_ARRAYTYPE_P(dictionary_array(&view, view.event_count, view.channel_count));
}

static int
compare_names(const void *a, const void *b)
{
	return name_compare(a, b);
}

/*
 * The first parts of the event names. In bytewise order the names below a
 * part are not always neighbours: 'a', 'a-b', 'a/c'. Their first parts are put
 * in order anew.
 */
PG_FUNCTION_INFO_V1(journey_phases);
Datum
journey_phases(PG_FUNCTION_ARGS)
{
	JourneyView view;
	Datum	   *phases;
	JourneyName *names;
	int			count = 0;

	JOURNEY_ARG(0, &view);
	names = palloc(Max((Size) view.event_count + view.channel_count, 1) * sizeof(JourneyName));
	phases = palloc(Max(view.event_count, 1) * sizeof(Datum));
	journey_read_names(&view, names);
	for (uint32 i = 0; i < view.event_count; i++)
		names[i] = name_prefix(names[i], 1);
	qsort(names, view.event_count, sizeof(JourneyName), compare_names);
	for (uint32 i = 0; i < view.event_count; i++)
	{
		if (i == 0 || name_compare(&names[i - 1], &names[i]) != 0)
			phases[count++] = name_datum(&names[i]);
	}
	PG_RETURN_ARRAYTYPE_P(text_array(phases, count));
}

/* The place of the nth touchpoint that passes the atom, counted from the end where n < 0; -1 for none. */
static int64
find_nth(const JourneyView *view, const AtomSet *atom, int nth)
{
	AtomBinding binding;
	int64		found = -1;
	int64		left = nth < 0 ? -(int64) nth : nth;
	int64		step = nth < 0 ? -1 : 1;

	atom_bind(&binding, atom, view);
	for (int64 i = nth < 0 ? (int64) view->count - 1 : 0; i >= 0 && i < view->count; i += step)
	{
		if (atom_mask(&binding, (uint32) i, 0) != 0 && --left == 0)
		{
			found = i;
			break;
		}
	}
	atom_unbind(&binding);
	return found;
}

PG_FUNCTION_INFO_V1(journey_event_at);
Datum
journey_event_at(PG_FUNCTION_ARGS)
{
	JourneyView view;
	int32		nth = PG_GETARG_INT32(2);
	int64		found;
	TimeCursor	cursor;

	JOURNEY_ARG(0, &view);
	if (nth == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("nth cannot be 0"),
				 errhint("The first is 1, the last is -1.")));
	found = find_nth(&view, atom_set_of_text(fcinfo, 1, "event"), nth);
	if (found < 0)
		PG_RETURN_NULL();
	journey_times(&view, &cursor);
	for (int64 i = 0; i < found; i++)
		journey_next_time(&cursor);
	PG_RETURN_TIMESTAMPTZ(cursor.now);
}

PG_FUNCTION_INFO_V1(touchpoints);
Datum
touchpoints(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	JourneyView view;
	Touchpoint *all;

	JOURNEY_ARG(0, &view);
	all = journey_touchpoints(&view);
	for (uint32 i = 0; i < view.count; i++)
	{
		const Touchpoint *touchpoint = &all[i];
		bool		nulls[6] = {false, false, false, touchpoint->channel.bytes == NULL,
		!touchpoint->has_value, !touchpoint->has_score};
		Datum		values[6] = {0};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum((int32) i + 1);
		values[1] = TimestampTzGetDatum(touchpoint->at);
		values[2] = name_datum(&touchpoint->event);
		if (!nulls[3])
			values[3] = name_datum(&touchpoint->channel);
		values[4] = Float8GetDatum(touchpoint->value);
		values[5] = Int32GetDatum(touchpoint->score);
		rowset_add(&rows, values, nulls);
		pfree(DatumGetPointer(values[2]));
		if (!nulls[3])
			pfree(DatumGetPointer(values[3]));
	}
	return (Datum) 0;
}
