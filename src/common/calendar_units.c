/*
 * calendar_units.c
 *	  The units of the calendar of a time zone; see calendar_units.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/calendar_units.h"

bool
calendar_units_open(CalendarUnits *units, const CalendarInterval *unit, const text *time_zone)
{
	local_zone_open(&units->zone, time_zone);
	if (!calendar_grid_init(&units->grid, unit))
		return false;
	units->units_off = units->grid.months != 0 ? 2 : 2 * USECS_PER_DAY / units->grid.step + 1;
	for (int slot = 0; slot < CALENDAR_UNIT_SLOTS; slot++)
		units->starts[slot].number = PG_INT64_MIN;
	return true;
}

void
calendar_unit_find_start(CalendarUnits *units, int64 number, CalendarUnitStart *slot)
{
	slot->at = utc_of_local_start(&units->zone, calendar_grid_start(&units->grid, number));
	slot->number = number;
}

int64
calendar_unit_of(CalendarUnits *units, int64 at)
{
	int64		low = calendar_grid_guess(&units->grid, local_of_utc(&units->zone, at));
	int64		high = low + 1;

	if (likely(calendar_unit_start(units, low) <= at && calendar_unit_start(units, high) > at))
		return low;

	/* Near the end of a month, or clocks show this time twice: units start the second time. */
	low -= units->units_off;
	high += units->units_off;
	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;

		if (calendar_unit_start(units, middle) <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}
