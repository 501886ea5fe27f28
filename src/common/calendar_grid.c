/*
 * calendar_grid.c
 *	  The units of the calendar, numbered; see calendar_grid.h.
 */
#include <math.h>

#include "common/calendar_grid.h"

/* More months than a time can be away from 2000. */
#define MOST_MONTHS (12 * 400000)

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool
calendar_grid_init(CalendarGrid *grid, const CalendarInterval *unit)
{
	const int64_t monday = 2 * US_PER_DAY;
	const int64_t most_days = INT64_MAX / US_PER_DAY;

	*grid = (CalendarGrid) {unit->months, 0, unit->us};
	if (unit->months != 0)
		return unit->days == 0 && unit->us == 0;
	if (unit->days != 0)
	{
		grid->start = monday;
		grid->step = (unit->days < most_days ? unit->days : most_days) * US_PER_DAY;
		return unit->us == 0;
	}
	return unit->us > 0 && US_PER_DAY % unit->us == 0;
}

/* The start of a month, counted from January 2000 on. */
static int64_t
month_start(int64_t month)
{
	CalendarInterval months = {0, 0, 0};

	if (month > MOST_MONTHS)
		return INT64_MAX;
	if (month < -MOST_MONTHS)
		return INT64_MIN;
	months.months = (int32_t) month;
	return calendar_add(0, &months);
}

int64_t
calendar_grid_guess(const CalendarGrid *grid, int64_t local)
{
	/* A month is 30.436875 days in the mean. */
	if (grid->months != 0)
		return floor_divide((int64_t) floor((double) local / (30.436875 * (double) US_PER_DAY)), grid->months);
	return floor_divide(local - grid->start, grid->step);
}

int64_t
calendar_grid_start(const CalendarGrid *grid, int64_t number)
{
	int64_t		units;
	int64_t		at;

	if (__builtin_mul_overflow(number, grid->months == 0 ? grid->step : grid->months, &units))
		return number < 0 ? INT64_MIN : INT64_MAX;
	if (grid->months != 0)
		return month_start(units);
	if (__builtin_add_overflow(grid->start, units, &at) || at >= CALENDAR_END_TIME)
		return units < 0 ? INT64_MIN : INT64_MAX;
	return at < CALENDAR_MIN_TIME ? INT64_MIN : at;
}
