/*
 * retained.h
 *	  Whether a customer came back, period by period.
 *
 * Plain C. The entry is the first touchpoint that passes the first atom of a
 * binding; what passes its second atom is coming back. Period k goes from
 * bounds[k] until before bounds[k + 1]; bounds do not fall and bounds[0] is not
 * after the entry. as_of is the time after which nothing is seen; RETAINED_ALL:
 * everything is seen and every period is over.
 */
#ifndef CX_RETAINED_H
#define CX_RETAINED_H

#include "common/calendar_grid.h"
#include "journey/atom.h"

#define RETAINED_MAX_PERIODS 10000

#define RETAINED_ALL INT64_MAX

/* The atoms of the binding, as bits of a mask. */
#define RETAINED_FIRST UINT64_C(1)
#define RETAINED_BACK UINT64_C(2)

/* A journey from its entry on. */
typedef struct RetainedWalk
{
	const AtomBinding *binding;
	TimeCursor	times;			/* stands at touchpoint i */
	uint32_t	i;
	int64_t		as_of;
} RetainedWalk;

/* Walks to the entry, whose time is walk->times.now; false when there is none by as_of. */
extern bool retained_enter(RetainedWalk *walk, const AtomBinding *binding, int64_t as_of);

/*
 * Walks on from the entry. Returns how many of the periods are over by as_of; sets
 * back[k] for those: whether it came back in period k or, with or_after, in it
 * or later. back[] has room for all the periods. Period 0 has the entry itself.
 */
extern int	retained_answers(RetainedWalk *walk, const int64_t *bounds, int periods, bool or_after,
							 bool *back);

/*
 * bounds[0 .. periods]: start + k * unit, added at once so that the ends of
 * months do not drift. From the first one after as_of on they are INT64_MAX.
 */
extern void retained_bounds(int64_t start, const CalendarInterval *unit, int periods, int64_t as_of,
							int64_t *bounds);

#endif							/* CX_RETAINED_H */
