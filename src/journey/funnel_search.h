/*
 * funnel_search.h
 *	  What the three modes of a funnel share: the touchpoints as the search sees them.
 *
 * Plain C, for the files of the funnel.
 */
#ifndef CX_FUNNEL_SEARCH_H
#define CX_FUNNEL_SEARCH_H

#include <stddef.h>

#include "journey/funnel.h"

/* A touchpoint: bit k of `passes` says that it passes step k + 1. */
typedef struct Seen
{
	int64_t		at;
	uint64_t	passes;
} Seen;

/* The bit of `passes` that stands for `without`; there are 63 steps at most. */
#define SEEN_EXCLUDED (UINT64_C(1) << FUNNEL_MAX_STEPS)

/* Touchpoints in order; without those that pass nothing, unless the mode is adjacent. */
typedef struct SeenList
{
	const Seen *seen;
	size_t		count;
} SeenList;

/* The best start. */
typedef struct BestStart
{
	int			level;			/* 0: none, and the rest is not set */
	int64_t		completed;		/* when the last of its steps was filled */
	size_t		first;			/* the first touchpoint of it that passes something; adjacent: step 1 */
	int64_t		deadline;
} BestStart;

/* Finds the best start; in the order of the touchpoints, in time proportional to their number. */
extern void funnel_best_ordered(const Funnel *funnel, SeenList list, BestStart *best);
extern void funnel_best_adjacent(const Funnel *funnel, SeenList list, BestStart *best);
extern void funnel_best_any(const Funnel *funnel, SeenList list, BestStart *best);

/* The level of the best start alone. */
extern int	funnel_highest_ordered(const Funnel *funnel, SeenList list);

/* Fills at[] of the best start; true when an exclusion ended it. */
extern bool funnel_walk_ordered(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at);
extern bool funnel_walk_adjacent(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at);
extern bool funnel_walk_any(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at);

/* Prepares the short way of funnel_level; the rest of the funnel is set. */
extern void funnel_init_simple(Funnel *funnel);

/* The level by the search that serves every funnel. */
extern int	funnel_general_level(const Funnel *funnel, const JourneyView *view);

/* Whether the journey is empty, or the bitmap of its events says that nothing starts. */
static inline bool
funnel_cannot_start(const Funnel *funnel, const JourneyView *view)
{
	return view->count == 0 ||
		(funnel->first_bit >= 0 &&
		 (view->bitmap >> (funnel->first_bit & (8 * view->bitmap_size - 1)) & 1) == 0);
}

/* The last time a start at `at` may use. */
static inline int64_t
funnel_deadline(const Funnel *funnel, int64_t at)
{
	return funnel->unlimited ? INT64_MAX : calendar_add(at, &funnel->within);
}

/* One past the last touchpoint of the instant that starts at i. */
static inline size_t
funnel_instant_end(SeenList list, size_t i)
{
	size_t		end = i + 1;

	while (end < list.count && list.seen[end].at == list.seen[i].at)
		end++;
	return end;
}

#endif							/* CX_FUNNEL_SEARCH_H */
