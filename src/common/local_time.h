/*
 * local_time.h
 *	  Local times of a time zone, as AT TIME ZONE has them, but fast.
 *
 * Include it after postgres.h and fmgr.h. A local time is microseconds since
 * 2000-01-01 00:00 on the clocks of the zone, as in timestamp.
 *
 * Within a stretch in which the clocks are not changed a conversion is one
 * addition. Stretches are found through PostgreSQL's own functions and kept,
 * two for each window of time; near a change those functions are asked.
 */
#ifndef CX_LOCAL_TIME_H
#define CX_LOCAL_TIME_H

#include "datatype/timestamp.h"
#include "pgtime.h"

/* A slot stands for 2^51 microseconds, 26 days, of every 4.6 years. */
#define LOCAL_WINDOW_SHIFT 51
#define LOCAL_SLOTS 64

/* From `from` until before `until` clocks show UTC + offset. */
typedef struct LocalStretch
{
	int64		from;
	int64		until;
	int64		offset;
	bool		both_ways;		/* PostgreSQL's way back has this offset too */
} LocalStretch;

typedef struct LocalZone
{
	pg_tz	   *zone;			/* NULL: always the same offset */
	int64		offset;			/* that one */
	bool		abbreviation;	/* of a zone, with an offset that depends on the time */
	char		name[TZ_STRLEN_MAX + 1];
	LocalStretch stretches[LOCAL_SLOTS][2];	/* the one found last first */
} LocalZone;

/* Looks a zone up: an abbreviation, a name or a POSIX rule; 22023 when it is none. */
extern void local_zone_open(LocalZone *zone, const text *name);

/* What clocks show at `utc`, a time that is not infinite. */
extern int64 local_of_utc(LocalZone *zone, int64 utc);

/*
 * When clocks show `local`. Clocks that were turned back show it twice: the later one. A time
 * that they skip is read as if they had not been turned yet. All as AT TIME ZONE does.
 */
extern int64 utc_of_local(LocalZone *zone, int64 local);

/*
 * The same for where a stretch of local time starts: what clocks skip starts in the instant in
 * which they are turned, so that later local times never start earlier. INT64_MIN and
 * INT64_MAX stay what they are.
 */
extern int64 utc_of_local_start(LocalZone *zone, int64 local);

#endif							/* CX_LOCAL_TIME_H */
