/*
 * funnel_adjacent.c
 *	  Funnels whose steps are consecutive touchpoints.
 *
 * A start that has filled k steps began k - 1 touchpoints ago, so a bit for
 * each k says which starts are still filling, and one shift moves them all.
 */
#include "common/memory.h"
#include "journey/funnel_search.h"

/* Touchpoints between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 65536

void
funnel_best_adjacent(const Funnel *funnel, SeenList list, BestStart *best)
{
	uint64_t	filling = 0;	/* bit k: the start that has filled k + 1 steps goes on */

	best->level = 0;
	for (size_t i = 0; i < list.count && best->level < funnel->n_steps; i++)
	{
		const Seen *seen = &list.seen[i];

		filling = (filling << 1 | 1) & seen->passes & ~SEEN_EXCLUDED;

		/* Windows matter only to those who get farther than any before. */
		while (filling >> best->level != 0)
		{
			int			level = 64 - __builtin_clzll(filling);
			size_t		first = i + 1 - level;
			int64_t		deadline = funnel_deadline(funnel, list.seen[first].at);

			if (seen->at <= deadline)
				*best = (BestStart) {level, seen->at, first, deadline};
			else
				filling ^= UINT64_C(1) << (level - 1);
		}
		if (i % TOUCHPOINTS_PER_CHECK == TOUCHPOINTS_PER_CHECK - 1)
			cx_check_interrupts();
	}
}

bool
funnel_walk_adjacent(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at)
{
	size_t		next = best->first + best->level;

	for (int step = 0; step < best->level; step++)
		at[step] = list.seen[best->first + step].at;
	return best->level < funnel->n_steps && next < list.count &&
		list.seen[next].at <= best->deadline && (list.seen[next].passes & SEEN_EXCLUDED) != 0;
}
