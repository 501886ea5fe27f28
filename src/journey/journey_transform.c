/*
 * journey_transform.c
 *	  Journeys from journeys: cut, filter, rename, collapse, level, sessions.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"

/* ---------- Cut by time ---------- */

/* [since, until); NULL and infinite bounds are none. */
PG_FUNCTION_INFO_V1(journey_between);
Datum
journey_between(PG_FUNCTION_ARGS)
{
	JourneyView view;
	int64		since = PG_ARGISNULL(1) ? PG_INT64_MIN : PG_GETARG_TIMESTAMPTZ(1);
	int64		until = PG_ARGISNULL(2) ? PG_INT64_MAX : PG_GETARG_TIMESTAMPTZ(2);
	Touchpoint *all;
	uint32		from = 0;
	uint32		to;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	JOURNEY_ARG(0, &view);
	all = journey_touchpoints(&view);
	while (from < view.count && all[from].at < since)
		from++;
	for (to = from; to < view.count && all[to].at < until;)
		to++;
	PG_RETURN_POINTER(journey_make_sorted(all + from, to - from));
}

/* ---------- Filter ---------- */

/* NULL: not asked for. */
typedef struct Filter
{
	const AtomSet *keep;
	const AtomSet *remove;
} Filter;

static const AtomSet *
atoms_or_null(FunctionCallInfo fcinfo, int arg, const char *what)
{
	AtomList	list = {0};

	if (PG_ARGISNULL(arg))
		return NULL;
	atoms_add_long_array(&list, PG_GETARG_ARRAYTYPE_P(arg), what);
	return atom_set_make(list.atoms, list.count);
}

static void *
compile_filter(FunctionCallInfo fcinfo)
{
	Filter	   *filter = palloc(sizeof(Filter));

	filter->keep = atoms_or_null(fcinfo, 1, "event to keep");
	filter->remove = atoms_or_null(fcinfo, 2, "event to remove");
	return filter;
}

/* The touchpoint passes one of the atoms. */
static bool
passes_any(const AtomBinding *binding, uint32 i)
{
	for (int word = 0; word < binding->words; word++)
	{
		if (atom_mask(binding, i, word) != 0)
			return true;
	}
	return false;
}

PG_FUNCTION_INFO_V1(journey_filter);
Datum
journey_filter(PG_FUNCTION_ARGS)
{
	const Filter *filter;
	JourneyView view;
	AtomBinding keep;
	AtomBinding remove;
	Touchpoint *all;
	uint32		kept = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	JOURNEY_ARG(0, &view);
	filter = call_cache(fcinfo, CALL_ARGS(1, 2), compile_filter);
	if (filter->keep != NULL)
		atom_bind(&keep, filter->keep, &view);
	if (filter->remove != NULL)
		atom_bind(&remove, filter->remove, &view);
	all = journey_touchpoints(&view);
	for (uint32 i = 0; i < view.count; i++)
	{
		if ((filter->keep == NULL || passes_any(&keep, i)) &&
			(filter->remove == NULL || !passes_any(&remove, i)))
			all[kept++] = all[i];
	}
	PG_RETURN_POINTER(journey_make_sorted(all, kept));
}

/* ---------- Names ---------- */

/* The text elements of an array without NULLs. */
static JourneyName *
names_arg(FunctionCallInfo fcinfo, int arg, const char *what, int *count)
{
	ArrayType  *given = PG_GETARG_ARRAYTYPE_P(arg);
	Datum	   *elements;
	bool	   *nulls;
	JourneyName *names;

	if (ARR_NDIM(given) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s stands in an array of %d dimensions", what, ARR_NDIM(given)),
				 errhint("Give a plain array.")));
	deconstruct_array(given, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, count);
	names = palloc(Max(*count, 1) * sizeof(JourneyName));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s %d is NULL", what, i + 1)));
		names[i] = journey_name(DatumGetTextPP(elements[i]), what);
	}
	return names;
}

PG_FUNCTION_INFO_V1(journey_rename);
Datum
journey_rename(PG_FUNCTION_ARGS)
{
	JourneyView view;
	Touchpoint *all;
	int			count;
	int			replacement_count;
	JourneyName *names = names_arg(fcinfo, 1, "name", &count);
	JourneyName *replacements = names_arg(fcinfo, 2, "replacement", &replacement_count);
	JourneyName *renamed;
	NameTest   *tests;

	if (count != replacement_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d names have %d replacements", count, replacement_count),
				 errhint("Give one replacement for each name.")));
	JOURNEY_ARG(0, &view);
	renamed = palloc(Max((Size) view.event_count + view.channel_count, 1) * sizeof(JourneyName));
	journey_read_names(&view, renamed);
	tests = palloc(Max(count, 1) * sizeof(NameTest));
	for (int i = 0; i < count; i++)
		tests[i] = name_test_of(names[i]);
	for (uint32 code = 0; code < view.event_count; code++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < count; i++)
		{
			if (name_test_matches(&tests[i], &renamed[code]))
			{
				renamed[code] = replacements[i];
				break;
			}
		}
	}
	all = journey_touchpoints(&view);
	for (uint32 i = 0; i < view.count; i++)
		all[i].event = renamed[journey_event_code(&view, i)];
	PG_RETURN_POINTER(journey_make(all, view.count));
}

PG_FUNCTION_INFO_V1(journey_level);
Datum
journey_level(PG_FUNCTION_ARGS)
{
	JourneyView view;
	Touchpoint *all;
	int32		depth = PG_GETARG_INT32(1);

	if (depth < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("depth %d is less than 1", depth),
				 errhint("Depth 1 keeps the phase, the part before the first slash.")));
	JOURNEY_ARG(0, &view);
	all = journey_touchpoints(&view);
	for (uint32 i = 0; i < view.count; i++)
		all[i].event = name_prefix(all[i].event, depth);
	PG_RETURN_POINTER(journey_make(all, view.count));
}

/* ---------- Collapse ---------- */

/* The touchpoint repeats the one before: same event and channel, soon enough. */
static bool
repeats(const Touchpoint *before, const Touchpoint *touchpoint, const CalendarInterval *within)
{
	return name_compare(&before->event, &touchpoint->event) == 0 &&
		name_compare(&before->channel, &touchpoint->channel) == 0 &&
		(within == NULL || touchpoint->at <= calendar_add(before->at, within));
}

/* Adds a repetition to the first of its run: values add up, the last score stays. */
static void
absorb(Touchpoint *first, const Touchpoint *repetition)
{
	if (repetition->has_value)
	{
		first->value += repetition->value;
		first->has_value = true;
		if (!isfinite(first->value))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the values of a run of touchpoints add up to more than a float8 holds")));
	}
	if (repetition->has_score)
	{
		first->score = repetition->score;
		first->has_score = true;
	}
}

PG_FUNCTION_INFO_V1(journey_collapse);
Datum
journey_collapse(PG_FUNCTION_ARGS)
{
	JourneyView view;
	CalendarInterval within;
	bool		limited = !PG_ARGISNULL(1);
	Touchpoint *all;
	Touchpoint	before;
	uint32		kept = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	JOURNEY_ARG(0, &view);
	if (limited)
		within = journey_interval(PG_GETARG_INTERVAL_P(1), "within");
	all = journey_touchpoints(&view);
	for (uint32 i = 0; i < view.count; i++)
	{
		Touchpoint	touchpoint = all[i];

		if (i > 0 && repeats(&before, &touchpoint, limited ? &within : NULL))
			absorb(&all[kept - 1], &touchpoint);
		else
			all[kept++] = touchpoint;
		before = touchpoint;
	}
	PG_RETURN_POINTER(journey_make(all, kept));
}

/* ---------- Sessions ---------- */

PG_FUNCTION_INFO_V1(journey_sessions);
Datum
journey_sessions(PG_FUNCTION_ARGS)
{
	RowSet		rows;
	JourneyView view;
	CalendarInterval gap = journey_interval(PG_GETARG_INTERVAL_P(1), "gap");
	Touchpoint *all;
	uint32		from = 0;

	rows = rowset_open(fcinfo);
	JOURNEY_ARG(0, &view);
	all = journey_touchpoints(&view);
	for (uint32 i = 1; i <= view.count; i++)
	{
		Datum		session;
		bool		isnull = false;

		CHECK_FOR_INTERRUPTS();
		if (i < view.count && all[i].at <= calendar_add(all[i - 1].at, &gap))
			continue;
		session = PointerGetDatum(journey_make_sorted(all + from, i - from));
		rowset_add(&rows, &session, &isnull);
		pfree(DatumGetPointer(session));
		from = i;
	}
	return (Datum) 0;
}
