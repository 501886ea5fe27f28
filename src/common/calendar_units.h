/*
 * calendar_units.h
 *	  The units of the calendar of a time zone: which one an instant lies in, when it starts.
 *
 * Include it after postgres.h and fmgr.h. Units are numbered as in
 * calendar_grid.h. What clocks show twice or skip is treated as
 * utc_of_local_start does, so that later units never start earlier.
 */
#ifndef CX_CALENDAR_UNITS_H
#define CX_CALENDAR_UNITS_H

#include "common/calendar_grid.h"
#include "common/local_time.h"

/* Units whose starts are kept. */
#define CALENDAR_UNIT_SLOTS 256

typedef struct CalendarUnitStart
{
	int64		number;
	int64		at;
} CalendarUnitStart;

typedef struct CalendarUnits
{
	CalendarGrid grid;
	LocalZone	zone;
	int64		units_off;		/* how far a guess of the unit can be off */
	CalendarUnitStart starts[CALENDAR_UNIT_SLOTS];	/* unit k in slot k modulo their number */
} CalendarUnits;

/* False when the unit, which does not point backwards, is none of the calendar; 22023 for an unknown time zone. */
extern bool calendar_units_open(CalendarUnits *units, const CalendarInterval *unit, const text *time_zone);

/* Puts the start of a unit into its slot. */
extern void calendar_unit_find_start(CalendarUnits *units, int64 number, CalendarUnitStart *slot);

/* The unit that holds an instant that is not infinite: the last one that has started. */
extern int64 calendar_unit_of(CalendarUnits *units, int64 at);

/* The instant at which a unit starts. */
static inline int64
calendar_unit_start(CalendarUnits *units, int64 number)
{
	CalendarUnitStart *slot = &units->starts[number & (CALENDAR_UNIT_SLOTS - 1)];

	if (unlikely(slot->number != number))
		calendar_unit_find_start(units, number, slot);
	return slot->at;
}

#endif							/* CX_CALENDAR_UNITS_H */
