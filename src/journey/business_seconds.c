/*
 * business_seconds.c
 *	  The time between two instants within opening hours.
 *
 * A shift opens at a local time of a day and belongs to that day, also where
 * it goes on after midnight. Both its ends are made UTC, so that it is as long
 * as the clocks make it. No instant counts twice.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/calendar.h"
#include "common/compat.h"
#include "common/local_time.h"

/* Arguments: started, ended, opens, closes, weekdays, time_zone, holidays. */
#define STARTED 0
#define ENDED 1
#define OPENS 2
#define CLOSES 3
#define WEEKDAYS 4
#define TIME_ZONE 5
#define HOLIDAYS 6
#define ARGUMENTS 7

#define DAYS_PER_WEEK 7

#define DAYS_PER_CHECK 65536

typedef struct OpeningHours
{
	MemoryContext memory;
	int64		opens;			/* since local midnight */
	int64		closes;			/* likewise, more than opens and maybe than a day */
	bool		open_on[DAYS_PER_WEEK];	/* from Monday on */
	DateADT    *holidays;		/* ascending */
	int			n_holidays;
	LocalZone	zone;

	/* What it was made from. */
	bool		constant;		/* the arguments cannot change */
	TimeADT		given_closes;
	struct varlena *given[ARGUMENTS];	/* from weekdays on */
} OpeningHours;

/* ---------- Has anything changed? ---------- */

static bool
same_bytes(FunctionCallInfo fcinfo, int arg, const struct varlena *before)
{
	struct varlena *now = PG_GETARG_VARLENA_PP(arg);

	return VARSIZE_ANY_EXHDR(now) == VARSIZE_ANY_EXHDR(before) &&
		memcmp(VARDATA_ANY(now), VARDATA_ANY(before), VARSIZE_ANY_EXHDR(now)) == 0;
}

static bool
same_args(FunctionCallInfo fcinfo, const OpeningHours *hours)
{
	if (PG_GETARG_TIMEADT(OPENS) != hours->opens || PG_GETARG_TIMEADT(CLOSES) != hours->given_closes)
		return false;
	for (int arg = WEEKDAYS; arg < ARGUMENTS; arg++)
	{
		if (!same_bytes(fcinfo, arg, hours->given[arg]))
			return false;
	}
	return true;
}

/*
 * True when all but the two instants are constants. (A parameter is not:
 * PL/pgSQL runs one expression with many values.)
 */
static bool
args_are_constant(FunctionCallInfo fcinfo)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	if (call == NULL || !IsA(call, FuncExpr))
		return false;
	for (int arg = OPENS; arg < ARGUMENTS; arg++)
	{
		if (!IsA(list_nth(((FuncExpr *) call)->args, arg), Const))
			return false;
	}
	return true;
}

/* ---------- Opening hours ---------- */

/* The elements of a one-dimensional array of 4-byte integers without NULLs. */
static const int32 *
int32_elements(ArrayType *array, const char *what, int *count)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s are an array of %d dimensions", what, ARR_NDIM(array)),
				 errhint("Give a plain array.")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("one of the %s is NULL", what),
				 errhint("Leave it out.")));
	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return (const int32 *) ARR_DATA_PTR(array);
}

static void
read_weekdays(OpeningHours *hours)
{
	int			count;
	const int32 *weekdays = int32_elements((ArrayType *) hours->given[WEEKDAYS], "weekdays", &count);

	for (int i = 0; i < count; i++)
	{
		if (weekdays[i] < 1 || weekdays[i] > DAYS_PER_WEEK)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("weekday %d is not between 1 and 7", weekdays[i]),
					 errhint("1 is Monday, 7 is Sunday.")));
		hours->open_on[weekdays[i] - 1] = true;
	}
}

static int
compare_dates(const void *a, const void *b)
{
	DateADT		x = *(const DateADT *) a;
	DateADT		y = *(const DateADT *) b;

	return (x > y) - (x < y);
}

static void
read_holidays(OpeningHours *hours)
{
	const int32 *holidays = int32_elements((ArrayType *) hours->given[HOLIDAYS], "holidays",
										   &hours->n_holidays);

	hours->holidays = palloc(Max(hours->n_holidays, 1) * sizeof(DateADT));
	for (int i = 0; i < hours->n_holidays; i++)
	{
		if (DATE_NOT_FINITE(holidays[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("a holiday cannot be infinite"),
					 errhint("Give the dates one by one.")));
		hours->holidays[i] = holidays[i];
	}
	if (hours->n_holidays > 1)
		qsort(hours->holidays, hours->n_holidays, sizeof(DateADT), compare_dates);
}

/* Reads the arguments, in the current context. */
static OpeningHours *
read_hours(FunctionCallInfo fcinfo)
{
	OpeningHours *hours = palloc0(sizeof(OpeningHours));

	hours->memory = CurrentMemoryContext;
	for (int arg = WEEKDAYS; arg < ARGUMENTS; arg++)
		hours->given[arg] = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(arg));
	hours->constant = args_are_constant(fcinfo);
	hours->opens = PG_GETARG_TIMEADT(OPENS);
	hours->closes = hours->given_closes = PG_GETARG_TIMEADT(CLOSES);
	if (hours->closes == hours->opens)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("opening hours end when they start"),
				 errhint("A whole day is from '00:00' to '24:00'.")));
	if (hours->closes < hours->opens)
		hours->closes += USECS_PER_DAY;
	read_weekdays(hours);
	local_zone_open(&hours->zone, (text *) hours->given[TIME_ZONE]);
	read_holidays(hours);
	return hours;
}

static OpeningHours *
hours_args(FunctionCallInfo fcinfo)
{
	OpeningHours *hours = fcinfo->flinfo->fn_extra;
	MemoryContext memory;
	MemoryContext caller;

	if (likely(hours != NULL && (hours->constant || same_args(fcinfo, hours))))
		return hours;

	fcinfo->flinfo->fn_extra = NULL;
	if (hours != NULL)
		MemoryContextDelete(hours->memory);
	memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "business_seconds", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(memory);
	hours = read_hours(fcinfo);
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = hours;
	return hours;
}

/* ---------- Counting ---------- */

/* The local date of an instant, in days since 2000-01-01. */
static int64
local_day(OpeningHours *hours, int64 utc)
{
	int64		local = local_of_utc(&hours->zone, utc);

	return local / USECS_PER_DAY - (local % USECS_PER_DAY < 0);
}

/* The place of the first holiday that is not before `day`. */
static int
first_holiday(const OpeningHours *hours, int64 day)
{
	int			at = 0;
	int			n = hours->n_holidays;

	while (n > 0)
	{
		int			half = n / 2;

		if (hours->holidays[at + half] < day)
		{
			at += half + 1;
			n -= half + 1;
		}
		else
			n = half;
	}
	return at;
}

/* Microseconds of the shifts from `from` to `to`. */
static int64
open_between(OpeningHours *hours, int64 from, int64 to)
{
	/* A shift may last into the next day, and a little further where clocks skip its end. */
	int64		day = local_day(hours, from) - 2;
	int64		last = local_day(hours, to);
	int			holiday = first_holiday(hours, day);
	int			weekday = (int) (((day + POSTGRES_EPOCH_JDATE) % DAYS_PER_WEEK + DAYS_PER_WEEK) % DAYS_PER_WEEK);
	int64		total = 0;

	for (; day <= last; day++, weekday = weekday == DAYS_PER_WEEK - 1 ? 0 : weekday + 1)
	{
		int64		opens;
		int64		closes;

		if ((day & (DAYS_PER_CHECK - 1)) == 0)
			CHECK_FOR_INTERRUPTS();
		while (holiday < hours->n_holidays && hours->holidays[holiday] < day)
			holiday++;
		if (!hours->open_on[weekday] ||
			(holiday < hours->n_holidays && hours->holidays[holiday] == day))
			continue;
		opens = Max(utc_of_local(&hours->zone, day * USECS_PER_DAY + hours->opens), from);
		closes = Min(utc_of_local(&hours->zone, day * USECS_PER_DAY + hours->closes), to);
		if (closes > opens)
		{
			total += closes - opens;
			from = closes;
		}
	}
	return total;
}

static TimestampTz
instant_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(arg);

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s cannot be infinite", what),
				 errhint("Give NULL for what has not happened.")));
	return at;
}

PG_FUNCTION_INFO_V1(business_seconds);
Datum
business_seconds(PG_FUNCTION_ARGS)
{
	OpeningHours *hours = hours_args(fcinfo);
	TimestampTz started = instant_arg(fcinfo, STARTED, "started");
	TimestampTz ended = instant_arg(fcinfo, ENDED, "ended");
	int64		open = started <= ended ? open_between(hours, started, ended)
		: -open_between(hours, ended, started);

	PG_RETURN_FLOAT8((double) open / USECS_PER_SEC);
}
