/*
 * retained_sql.c
 *	  retained: whether a customer came back, period by period, as boolean[].
 *
 * What the arguments say is compiled once, with the arrays a call works in.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/calendar_units.h"
#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"
#include "journey/retained.h"

/* Arguments: journey, first, back, unit, periods, as_of, mode, anchor, time_zone. */
#define JOURNEY 0
#define FIRST 1
#define BACK 2
#define UNIT 3
#define PERIODS 4
#define AS_OF 5
#define MODE 6
#define ANCHOR 7
#define TIME_ZONE 8

static const char *const mode_names[] = {"on", "on_or_after", NULL};
static const char *const anchor_names[] = {"first", "calendar", NULL};

typedef struct RetainedArgs
{
	AtomSet    *atoms;
	CalendarInterval unit;
	int			periods;
	bool		or_after;
	bool		on_calendar;
	CalendarUnits units;		/* with on_calendar */
	int64	   *bounds;			/* [periods + 1] */
	bool	   *back;			/* [periods] */
} RetainedArgs;

/* ---------- The arguments ---------- */

static CalendarInterval
unit_arg(FunctionCallInfo fcinfo)
{
	CalendarInterval unit = journey_interval(PG_GETARG_INTERVAL_P(UNIT), "unit");

	if (unit.months == 0 && unit.days == 0 && unit.us == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a unit of zero has no periods"),
				 errhint("Give the length of a period: '1 week'.")));
	return unit;
}

static int
periods_arg(FunctionCallInfo fcinfo)
{
	int32		periods = PG_GETARG_INT32(PERIODS);

	if (periods < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("periods is %d", periods),
				 errhint("Give how many periods there are, period 0 among them.")));
	if (periods > RETAINED_MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d periods are too many", periods),
				 errdetail("There can be %d.", RETAINED_MAX_PERIODS),
				 errhint("Take a longer unit.")));
	return periods;
}

static void
open_calendar(RetainedArgs *args, text *time_zone)
{
	char		unit[CALENDAR_INTERVAL_TEXT];

	if (calendar_units_open(&args->units, &args->unit, time_zone) || !args->on_calendar)
		return;
	calendar_interval_text(&args->unit, unit);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is not a unit of the calendar", unit),
			 errhint("Give whole months, or whole days, or a time that divides a day; or anchor 'first'.")));
}

/* What says what to look for. */
#define DEFINING (CALL_ARGS(FIRST, TIME_ZONE) & ~CALL_ARG(AS_OF))

/* NULL when one of the arguments is NULL. */
static void *
compile(FunctionCallInfo fcinfo)
{
	RetainedArgs *args;
	AtomList	atoms = {0};

	for (int arg = FIRST; arg <= TIME_ZONE; arg++)
	{
		if (arg != AS_OF && PG_ARGISNULL(arg))
			return NULL;
	}
	args = palloc0(sizeof(RetainedArgs));
	atoms_add_text(&atoms, PG_GETARG_TEXT_PP(FIRST), "first");
	atoms_add_text(&atoms, PG_GETARG_TEXT_PP(BACK), "back");
	args->atoms = atom_set_make(atoms.atoms, atoms.count);
	args->unit = unit_arg(fcinfo);
	args->periods = periods_arg(fcinfo);
	args->or_after = choice_arg(fcinfo, MODE, "mode", mode_names) == 1;
	args->on_calendar = choice_arg(fcinfo, ANCHOR, "anchor", anchor_names) == 1;
	open_calendar(args, PG_GETARG_TEXT_PP(TIME_ZONE));
	args->bounds = palloc((args->periods + 1) * sizeof(int64));
	args->back = palloc(args->periods * sizeof(bool));
	return args;
}

/* ---------- One journey ---------- */

/* The bounds of the units of the calendar from that of the entry on. */
static void
calendar_bounds(RetainedArgs *args, int64 entry, int64 as_of)
{
	int64		number = calendar_unit_of(&args->units, entry);
	int64		bound = calendar_unit_start(&args->units, number);

	args->bounds[0] = bound;
	for (int k = 1; k <= args->periods; k++)
	{
		bound = bound > as_of ? PG_INT64_MAX : calendar_unit_start(&args->units, number + k);
		args->bounds[k] = bound;
	}
}

/* A boolean[] of the answers, NULL from the first period that is not over on. */
static ArrayType *
make_answers(const bool *back, int closed, int periods)
{
	bool		has_nulls = closed < periods;
	Size		header = has_nulls ? ARR_OVERHEAD_WITHNULLS(1, periods) : ARR_OVERHEAD_NONULLS(1);
	ArrayType  *array = palloc(header + closed);

	memset(array, 0, header);
	SET_VARSIZE(array, header + closed);
	array->ndim = 1;
	array->dataoffset = has_nulls ? header : 0;
	array->elemtype = BOOLOID;
	ARR_DIMS(array)[0] = periods;
	ARR_LBOUND(array)[0] = 1;
	if (has_nulls)
	{
		bits8	   *present = ARR_NULLBITMAP(array);

		memset(present, 0xFF, closed / 8);
		if (closed % 8 != 0)
			present[closed / 8] = (1 << closed % 8) - 1;
	}
	memcpy(ARR_DATA_PTR(array), back, closed);
	return array;
}

PG_FUNCTION_INFO_V1(journey_retained);
Datum
journey_retained(PG_FUNCTION_ARGS)
{
	RetainedArgs *args;
	JourneyView view;
	AtomBinding binding;
	RetainedWalk walk;
	int64		as_of;
	int			closed = -1;

	if (PG_ARGISNULL(JOURNEY) || (args = call_cache(fcinfo, DEFINING, compile)) == NULL)
		PG_RETURN_NULL();
	if (journey_as_of_arg(fcinfo, AS_OF, &as_of) == NULL)
		as_of = RETAINED_ALL;
	JOURNEY_ARG(JOURNEY, &view);
	atom_bind(&binding, args->atoms, &view);
	if (retained_enter(&walk, &binding, as_of))
	{
		if (args->on_calendar)
			calendar_bounds(args, walk.times.now, as_of);
		else
			retained_bounds(walk.times.now, &args->unit, args->periods, as_of, args->bounds);
		closed = retained_answers(&walk, args->bounds, args->periods, args->or_after, args->back);
	}
	atom_unbind(&binding);
	if (closed < 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(make_answers(args->back, closed, args->periods));
}
