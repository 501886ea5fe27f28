/*
 * survival_summary.c
 *	  The type survival_summary: reading values and the arguments that go with them.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/calendar.h"
#include "common/results.h"
#include "value/survival_summary.h"

Multiset *
survival_summary_load(Datum value)
{
	return multiset_arg(value, SURVIVAL_WORDS, SURVIVAL_TYPE);
}

static void
duration_out_of_range(float8 duration)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("duration %s is not a finite number of 0 or more", float8_text(duration, number)),
			 errhint("Leave out rows that end before they start.")));
}

float8
survival_duration_arg(FunctionCallInfo fcinfo, int arg)
{
	float8		duration = PG_GETARG_FLOAT8(arg);

	if (unlikely(!(duration >= 0 && isfinite(duration))))
		duration_out_of_range(duration);
	return duration;
}

float8
survival_interval_arg(FunctionCallInfo fcinfo, int arg)
{
	const Interval *given = PG_GETARG_INTERVAL_P(arg);
	float8		seconds;
	int64		us;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(given))
		duration_out_of_range(INTERVAL_IS_NOEND(given) ? INFINITY : -INFINITY);
#endif
	if (given->month != 0)
	{
		const CalendarInterval interval = {given->month, given->day, given->time};
		char		text[CALENDAR_INTERVAL_TEXT];

		calendar_interval_text(&interval, text);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("duration \"%s\" has no fixed length", text),
				 errhint("Months differ. Subtract timestamps, which gives days, hours and less; age() gives months.")));
	}
	/* Exact where 64 bits hold the microseconds: as many seconds, the same float8. */
	if (pg_mul_s64_overflow(given->day, USECS_PER_DAY, &us) ||
		pg_add_s64_overflow(us, given->time, &us))
		seconds = given->day * (float8) SECS_PER_DAY + given->time / (float8) USECS_PER_SEC;
	else
		seconds = us / (float8) USECS_PER_SEC;
	if (unlikely(seconds < 0))
		duration_out_of_range(seconds);
	return seconds;
}

float8
survival_time_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	float8		t = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(t >= 0))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is not a number of 0 or more", what, float8_text(t, number)),
				 errhint("Time is counted from 0 on, in the unit of the summary.")));
	return t;
}
