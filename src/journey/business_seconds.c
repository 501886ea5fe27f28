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
#include "utils/array.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/calendar.h"
#include "common/call_cache.h"
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

#define DAYS_PER_WEEK 7

#define DAYS_PER_CHECK 65536

typedef struct OpeningHours
{
	int64		opens;			/* since local midnight */
	int64		closes;			/* likewise, more than opens and maybe than a day */
	bool		open_on[DAYS_PER_WEEK];	/* from Monday on */
	DateADT    *holidays;		/* ascending */
	int			n_holidays;
	LocalZone	zone;
} OpeningHours;

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
read_weekdays(OpeningHours *hours, ArrayType *given)
{
	int			count;
	const int32 *weekdays = int32_elements(given, "weekdays", &count);

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
read_holidays(OpeningHours *hours, ArrayType *given)
{
	const int32 *holidays = int32_elements(given, "holidays", &hours->n_holidays);

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

static void *
read_hours(FunctionCallInfo fcinfo)
{
	OpeningHours *hours = palloc0(sizeof(OpeningHours));

	hours->opens = PG_GETARG_TIMEADT(OPENS);
	hours->closes = PG_GETARG_TIMEADT(CLOSES);
	if (hours->closes == hours->opens || (hours->opens == USECS_PER_DAY && hours->closes == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("opening hours end when they start"),
				 errhint("A whole day is from '00:00' to '24:00'.")));
	if (hours->closes < hours->opens)
		hours->closes += USECS_PER_DAY;
	read_weekdays(hours, PG_GETARG_ARRAYTYPE_P(WEEKDAYS));
	local_zone_open(&hours->zone, PG_GETARG_TEXT_PP(TIME_ZONE));
	read_holidays(hours, PG_GETARG_ARRAYTYPE_P(HOLIDAYS));
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
	OpeningHours *hours = call_cache(fcinfo, CALL_ARGS(OPENS, HOLIDAYS), read_hours);
	TimestampTz started = instant_arg(fcinfo, STARTED, "started");
	TimestampTz ended = instant_arg(fcinfo, ENDED, "ended");
	int64		open = started <= ended ? open_between(hours, started, ended)
		: -open_between(hours, ended, started);

	PG_RETURN_FLOAT8((double) open / USECS_PER_SEC);
}
