/*
 * funnel_match.h
 *	  Which touchpoints can fill steps together, each one step: the latest of them.
 *
 * Plain C. A Match gives steps to touchpoints one after the other, and moves
 * those it has when that makes room (augmenting paths in a bipartite graph). It
 * holds as many touchpoints as can be given a step at all, and among such sets
 * the latest: a new touchpoint that finds no room takes the place of the
 * oldest one it can stand in for. So for every time s the touchpoints in it
 * that are not before s are as many as those from s on can fill: the sets of
 * touchpoints that can be given steps are a transversal matroid, and this is
 * its greedy basis.
 */
#ifndef CX_FUNNEL_MATCH_H
#define CX_FUNNEL_MATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Steps are bits of a mask. */
#define MATCH_STEPS 64

typedef struct Match
{
	uint64_t	filled;			/* the steps that have a touchpoint */
	uint64_t	passes[MATCH_STEPS];	/* by filled step: what its touchpoint passes */
	int64_t		at[MATCH_STEPS];	/* and when it was */
} Match;

static inline void
match_clear(Match *match)
{
	match->filled = 0;
}

/*
 * Adds a touchpoint that is not earlier than those before. True when one more
 * step is filled now. Else *replaced is the time of the oldest touchpoint that
 * it could stand in for, its own time when there is none that is older.
 */
extern bool match_add(Match *match, uint64_t passes, int64_t at, int64_t *replaced);

/* How many of its touchpoints are not before `since`. */
extern int	match_count_since(const Match *match, int64_t since);

#endif							/* CX_FUNNEL_MATCH_H */
