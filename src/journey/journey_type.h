/*
 * journey_type.h
 *	  The SQL type journey in C.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_JOURNEY_TYPE_H
#define CX_JOURNEY_TYPE_H

#include "lib/stringinfo.h"
#include "utils/timestamp.h"

#include "common/calendar.h"
#include "journey/journey_format.h"
#include "journey/touchpoint.h"

/* Opens a journey without copying it unless it is toasted; XX001 when it is damaged. */
extern void journey_load(Datum value, JourneyView *view);

/* Argument `arg`, opened. */
#define JOURNEY_ARG(arg, view) journey_load(PG_GETARG_DATUM(arg), view)

/* All touchpoints of a journey, palloc'd; names point into the journey. */
extern Touchpoint *journey_touchpoints(const JourneyView *view);

/* Sorts the touchpoints and packs them to a journey; 54000 when it would pass 1 GB. */
extern struct varlena *journey_make(Touchpoint *touchpoints, size_t count);

/* The same for touchpoints in order. */
extern struct varlena *journey_make_sorted(const Touchpoint *touchpoints, size_t count);

/* Checks and conversions of what SQL gives: 22008 for an infinite time, 54000 for a long name, 22003 for a value. */
extern int64 journey_time(TimestampTz at, const char *what);
extern JourneyName journey_name(text *name, const char *what);
extern double journey_value(float8 value);

/* An interval for calendar_add that does not point backwards (22023). `what` names it. */
extern CalendarInterval journey_interval(const Interval *given, const char *what);

/* Whether it is 'infinity', of PostgreSQL 17 and later. */
extern bool interval_is_endless(const Interval *interval);

/* The optional argument as_of, a time that is not infinite (22008); NULL when it is not given or NULL. */
extern const int64 *journey_as_of_arg(FunctionCallInfo fcinfo, int arg, int64 *as_of);

/* The text form of a touchpoint, appended; behind a comma unless it is the first. */
extern void touchpoint_append_json(StringInfo text, const Touchpoint *touchpoint, bool first);

#endif							/* CX_JOURNEY_TYPE_H */
