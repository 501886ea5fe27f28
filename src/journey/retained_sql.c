/*
 * retained_sql.c
 *	  retained: whether a customer came back, period by period, as boolean[].
 *
 * What the arguments say is compiled once and kept in fn_extra, with the
 * arrays a call works in.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/local_time.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/funnel_args.h"
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
#define ARGUMENTS 9

static const char *const mode_names[] = {"on", "on_or_after", NULL};
static const char *const anchor_names[] = {"first", "calendar", NULL};

/* Units of the calendar whose starts are kept. */
#define UNIT_SLOTS 256

typedef struct UnitStart
{
	int64		number;
	int64		at;
} UnitStart;

typedef struct RetainedArgs
{
	MemoryContext memory;
	AtomSet    *atoms;
	CalendarInterval unit;
	int			periods;
	bool		or_after;
	bool		on_calendar;
	CalendarGrid grid;			/* with on_calendar */
	LocalZone	zone;			/* likewise */
	int64		units_off;		/* how far a guess of the unit can be off */
	UnitStart	starts[UNIT_SLOTS];	/* unit k in slot k modulo UNIT_SLOTS */
	int64	   *bounds;			/* [periods + 1] */
	bool	   *back;			/* [periods] */

	/* What it was compiled from. */
	bool		constant;		/* the arguments cannot change */
	Interval	given_unit;
	struct varlena *given[ARGUMENTS];	/* the texts */
} RetainedArgs;

static inline bool
is_text(int arg)
{
	return arg == FIRST || arg == BACK || arg == MODE || arg == ANCHOR || arg == TIME_ZONE;
}

/* ---------- Has anything changed? ---------- */

static bool
same_text(FunctionCallInfo fcinfo, int arg, const struct varlena *before)
{
	struct varlena *now = PG_GETARG_VARLENA_PP(arg);

	return VARSIZE_ANY_EXHDR(now) == VARSIZE_ANY_EXHDR(before) &&
		memcmp(VARDATA_ANY(now), VARDATA_ANY(before), VARSIZE_ANY_EXHDR(now)) == 0;
}

static bool
same_args(FunctionCallInfo fcinfo, const RetainedArgs *args)
{
	if (PG_GETARG_INT32(PERIODS) != args->periods ||
		memcmp(PG_GETARG_INTERVAL_P(UNIT), &args->given_unit, sizeof(Interval)) != 0)
		return false;
	for (int arg = FIRST; arg < ARGUMENTS; arg++)
	{
		if (is_text(arg) && !same_text(fcinfo, arg, args->given[arg]))
			return false;
	}
	return true;
}

/*
 * True when all but the journey and as_of are constants. (A parameter is not:
 * PL/pgSQL runs one expression with many values.)
 */
static bool
args_are_constant(FunctionCallInfo fcinfo)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	if (call == NULL || !IsA(call, FuncExpr))
		return false;
	for (int arg = FIRST; arg < ARGUMENTS; arg++)
	{
		if (arg != AS_OF && !IsA(list_nth(((FuncExpr *) call)->args, arg), Const))
			return false;
	}
	return true;
}

/* ---------- Compiling ---------- */

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
open_calendar(RetainedArgs *args)
{
	char		unit[CALENDAR_INTERVAL_TEXT];

	local_zone_open(&args->zone, (text *) args->given[TIME_ZONE]);
	if (!args->on_calendar)
		return;
	if (!calendar_grid_init(&args->grid, &args->unit))
	{
		calendar_interval_text(&args->unit, unit);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is not a unit of the calendar", unit),
				 errhint("Give whole months, or whole days, or a time that divides a day; or anchor 'first'.")));
	}
	args->units_off = args->grid.months != 0 ? 2 : 2 * USECS_PER_DAY / args->grid.step + 1;
	for (int slot = 0; slot < UNIT_SLOTS; slot++)
		args->starts[slot].number = PG_INT64_MIN;
}

/* Compiles the arguments, in the current context. */
static RetainedArgs *
compile(FunctionCallInfo fcinfo)
{
	RetainedArgs *args = palloc0(sizeof(RetainedArgs));
	Atom	   *atoms = palloc(2 * sizeof(Atom));

	args->memory = CurrentMemoryContext;
	for (int arg = FIRST; arg < ARGUMENTS; arg++)
	{
		if (is_text(arg))
			args->given[arg] = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(arg));
	}
	args->given_unit = *PG_GETARG_INTERVAL_P(UNIT);
	args->constant = args_are_constant(fcinfo);
	atom_from_text((text *) args->given[FIRST], "first", &atoms[0]);
	atom_from_text((text *) args->given[BACK], "back", &atoms[1]);
	args->atoms = atom_set_make(atoms, 2);
	args->unit = unit_arg(fcinfo);
	args->periods = periods_arg(fcinfo);
	args->or_after = choice_arg(fcinfo, MODE, "mode", mode_names) == 1;
	args->on_calendar = choice_arg(fcinfo, ANCHOR, "anchor", anchor_names) == 1;
	open_calendar(args);
	args->bounds = palloc((args->periods + 1) * sizeof(int64));
	args->back = palloc(args->periods * sizeof(bool));
	return args;
}

/* The arguments after the journey; NULL when one but as_of is NULL. */
static RetainedArgs *
retained_args(FunctionCallInfo fcinfo)
{
	RetainedArgs *args = fcinfo->flinfo->fn_extra;
	MemoryContext memory;
	MemoryContext caller;

	if (likely(args != NULL && args->constant))
		return args;
	for (int arg = FIRST; arg < ARGUMENTS; arg++)
	{
		if (arg != AS_OF && PG_ARGISNULL(arg))
			return NULL;
	}
	if (args != NULL && same_args(fcinfo, args))
		return args;

	fcinfo->flinfo->fn_extra = NULL;
	if (args != NULL)
		MemoryContextDelete(args->memory);
	memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "retained", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(memory);
	args = compile(fcinfo);
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = args;
	return args;
}

/* ---------- One journey ---------- */

/* The instant at which a unit of the calendar starts. */
static inline int64
unit_start(RetainedArgs *args, int64 number)
{
	UnitStart  *start = &args->starts[number & (UNIT_SLOTS - 1)];

	if (unlikely(start->number != number))
	{
		start->at = utc_of_local_start(&args->zone, calendar_grid_start(&args->grid, number));
		start->number = number;
	}
	return start->at;
}

/* The unit of the calendar that holds an instant: the last one that has started. */
static int64
unit_of(RetainedArgs *args, int64 at)
{
	int64		low = calendar_grid_guess(&args->grid, local_of_utc(&args->zone, at));
	int64		high = low + 1;

	if (likely(unit_start(args, low) <= at && unit_start(args, high) > at))
		return low;

	/* Near the end of a month, or clocks show this time twice: units start the second time. */
	low -= args->units_off;
	high += args->units_off;
	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;

		if (unit_start(args, middle) <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The bounds of the units of the calendar from that of the entry on. */
static void
calendar_bounds(RetainedArgs *args, int64 entry, int64 as_of)
{
	int64		number = unit_of(args, entry);
	int64		bound = unit_start(args, number);

	args->bounds[0] = bound;
	for (int k = 1; k <= args->periods; k++)
	{
		bound = bound > as_of ? PG_INT64_MAX : unit_start(args, number + k);
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

	if (PG_ARGISNULL(JOURNEY) || (args = retained_args(fcinfo)) == NULL)
		PG_RETURN_NULL();
	if (funnel_as_of_arg(fcinfo, AS_OF, &as_of) == NULL)
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
