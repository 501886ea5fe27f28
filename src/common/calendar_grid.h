/*
 * calendar_grid.h
 *	  The units of the calendar: months, weeks, days and parts of a day, numbered.
 *
 * Plain C. Here are local times; calendar_units.h has the units of a time zone.
 */
#ifndef CX_CALENDAR_GRID_H
#define CX_CALENDAR_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "common/calendar.h"

/*
 * Local time in units, numbered: whole months from January 2000 on, whole days
 * from Monday 2000-01-03 on, or equal parts of a day.
 */
typedef struct CalendarGrid
{
	int64_t		months;			/* 0: equal steps */
	int64_t		start;			/* of unit 0 */
	int64_t		step;
} CalendarGrid;

/* False when the unit, which does not point backwards, is none of these. */
extern bool calendar_grid_init(CalendarGrid *grid, const CalendarInterval *unit);

/* The number of the unit that holds a local time; of months, perhaps one next to it. */
extern int64_t calendar_grid_guess(const CalendarGrid *grid, int64_t local);

/* The local time at which a unit starts; INT64_MIN and INT64_MAX beyond what there is. */
extern int64_t calendar_grid_start(const CalendarGrid *grid, int64_t number);

#endif							/* CX_CALENDAR_GRID_H */
