/*
 * funnel_ordered.c
 *	  Funnels whose steps come in their order.
 *
 * Two starts that have filled equally many steps go on alike until one of
 * their windows runs out. So of all starts one is kept for each level: the one
 * with the latest deadline, which does whatever any other at that level will
 * do. That finds the highest level and its earliest completion. The earliest
 * start that gets there is found by going through once more, with only the
 * starts whose window lasts that long, and keeping the earliest for each level.
 *
 * Starts are told apart by deadline, not by time: months make it possible that
 * a later start has the earlier deadline.
 */
#include "common/memory.h"
#include "journey/funnel_match.h"
#include "journey/funnel_search.h"

/* Instants between two looks for a cancel request. */
#define INSTANTS_PER_CHECK 4096

/* ---------- The touchpoints of one instant ---------- */

typedef struct Instant
{
	size_t		end;			/* one past its last touchpoint */
	uint64_t	present;		/* steps that some touchpoint passes */
	bool		overlap;		/* some touchpoint passes several */
	int			n_excluded;		/* touchpoints that pass `without`, FUNNEL_MAX_STEPS + 1 for too many to fill steps */
	uint64_t	excluded[FUNNEL_MAX_STEPS]; /* the steps they pass */
	uint64_t	fillers[FUNNEL_MAX_STEPS];	/* with overlap, by step: who can fill it, as bits */
} Instant;

/*
 * Which touchpoints can fill which step. A set of touchpoints that fills as
 * many steps as there can be is enough to fill any steps that can be filled
 * together (Mendelsohn and Dulmage), so no more than 63 have to be looked at.
 */
static void
find_fillers(const Funnel *funnel, SeenList list, size_t i, Instant *instant)
{
	Match		match;
	int64_t		replaced;

	match_clear(&match);
	for (; i < instant->end && match.filled != instant->present; i++)
		match_add(&match, list.seen[i].passes & ~SEEN_EXCLUDED, 0, &replaced);
	for (int step = 0; step < funnel->n_steps; step++)
	{
		instant->fillers[step] = 0;
		for (uint64_t bits = match.filled; bits != 0; bits &= bits - 1)
		{
			int			filler = __builtin_ctzll(bits);

			instant->fillers[step] |= (match.passes[filler] >> step & 1) << filler;
		}
	}
}

static void
read_instant(const Funnel *funnel, SeenList list, size_t i, Instant *instant)
{
	instant->end = funnel_instant_end(list, i);
	instant->present = 0;
	instant->overlap = false;
	instant->n_excluded = 0;
	for (size_t k = i; k < instant->end; k++)
	{
		uint64_t	steps = list.seen[k].passes & ~SEEN_EXCLUDED;

		instant->present |= steps;
		instant->overlap |= (steps & (steps - 1)) != 0;
		if ((list.seen[k].passes & SEEN_EXCLUDED) == 0 || instant->n_excluded > FUNNEL_MAX_STEPS)
			continue;
		if (instant->n_excluded < FUNNEL_MAX_STEPS)
			instant->excluded[instant->n_excluded] = steps;
		instant->n_excluded++;
	}
	if (instant->overlap)
		find_fillers(funnel, list, i, instant);
}

/* The level after the instant of a start that came to it with `level`. */
static int
level_after(const Funnel *funnel, const Instant *instant, int level)
{
	Match		match;
	int64_t		replaced;

	if (!instant->overlap)
		return level + __builtin_ctzll(~(instant->present >> level));
	match_clear(&match);
	while (level < funnel->n_steps &&
		   match_add(&match, instant->fillers[level], 0, &replaced))
		level++;
	return level;
}

/*
 * Whether all that pass `without` can be among those that fill the steps after
 * `from` up to `to`. Those steps can be filled, so they can then be filled by
 * touchpoints that include all of these (Mendelsohn and Dulmage again).
 */
static bool
excluded_all_fill(const Instant *instant, int from, int to)
{
	uint64_t	steps = ((UINT64_C(1) << to) - 1) & ~((UINT64_C(1) << from) - 1);
	Match		match;
	int64_t		replaced;

	if (instant->n_excluded > to - from)
		return false;
	match_clear(&match);
	for (int i = 0; i < instant->n_excluded; i++)
	{
		if (!match_add(&match, instant->excluded[i] & steps, 0, &replaced))
			return false;
	}
	return true;
}

/* ---------- The search over all starts ---------- */

typedef struct Start
{
	size_t		first;			/* the first touchpoint of its instant */
	int64_t		deadline;
} Start;

typedef struct Search
{
	const Funnel *funnel;
	SeenList	list;
	bool		earliest;		/* keep the earliest start, not the latest deadline */
	int64_t		needed;			/* starts whose deadline is earlier do not count */
	uint64_t	living;			/* bit k: starts[k] has filled k + 1 steps */
	Start		starts[FUNNEL_MAX_STEPS];
	BestStart	best;
} Search;

/* A start got to `level`. */
static inline void
reach(Search *search, int level, int64_t at, const Start *start)
{
	BestStart  *best = &search->best;

	if (level > best->level ||
		(level == best->level && at == best->completed && start->first < best->first))
		*best = (BestStart) {level, at, start->first, start->deadline};
}

/* A start goes on from `level`. */
static inline void
keep(Search *search, int level, const Start *start)
{
	uint64_t	bit = UINT64_C(1) << (level - 1);
	Start	   *kept = &search->starts[level - 1];

	if ((search->living & bit) == 0 ||
		(search->earliest ? start->first < kept->first : start->deadline > kept->deadline))
		*kept = *start;
	search->living |= bit;
}

/* Those who start here have filled `level` steps. */
static inline void
begin(Search *search, size_t first, int level)
{
	int64_t		at = search->list.seen[first].at;
	Start		start = {first, funnel_deadline(search->funnel, at)};

	if (start.deadline < search->needed)
		return;
	reach(search, level, at, &start);
	if (level < search->funnel->n_steps)
		keep(search, level, &start);
}

/* An instant of one touchpoint: each start fills its next step or none. */
static void
pass_one(Search *search, size_t i)
{
	const Seen *seen = &search->list.seen[i];
	uint64_t	advancing = search->living & seen->passes >> 1;

	if (seen->passes & SEEN_EXCLUDED)
		search->living = advancing;

	/* The highest first, so that each moves once. */
	while (advancing != 0)
	{
		int			level = 64 - __builtin_clzll(advancing);
		Start		start = search->starts[level - 1];

		advancing ^= UINT64_C(1) << (level - 1);
		search->living ^= UINT64_C(1) << (level - 1);
		if (start.deadline < seen->at)
			continue;
		reach(search, level + 1, seen->at, &start);
		if (level + 1 < search->funnel->n_steps)
			keep(search, level + 1, &start);
	}
	if (seen->passes & 1)
		begin(search, i, 1);
}

/* An instant of several touchpoints; returns where the next one begins. */
static size_t
pass_several(Search *search, size_t i)
{
	const Funnel *funnel = search->funnel;
	int64_t		at = search->list.seen[i].at;
	Instant		instant;

	read_instant(funnel, search->list, i, &instant);
	for (uint64_t pending = search->living; pending != 0;)
	{
		int			from = 64 - __builtin_clzll(pending);
		int			to;
		Start		start = search->starts[from - 1];

		pending ^= UINT64_C(1) << (from - 1);
		search->living ^= UINT64_C(1) << (from - 1);
		if (start.deadline < at)
			continue;
		to = level_after(funnel, &instant, from);
		if (to > from)
			reach(search, to, at, &start);
		if (to < funnel->n_steps && excluded_all_fill(&instant, from, to))
			keep(search, to, &start);
	}
	if (instant.present & 1)
		begin(search, i, level_after(funnel, &instant, 0));
	return instant.end;
}

/* Goes through the instants up to `last`, or until all steps are filled. */
static void
search_through(Search *search, int64_t last)
{
	SeenList	list = search->list;
	unsigned int instants = 0;

	search->living = 0;
	search->best.level = 0;
	for (size_t i = 0; i < list.count && list.seen[i].at <= last &&
		 search->best.level < search->funnel->n_steps;)
	{
		if (i + 1 < list.count && list.seen[i + 1].at == list.seen[i].at)
			i = pass_several(search, i);
		else
			pass_one(search, i++);
		if (++instants % INSTANTS_PER_CHECK == 0)
			cx_check_interrupts();
	}
}

int
funnel_highest_ordered(const Funnel *funnel, SeenList list)
{
	Search		search;

	search.funnel = funnel;
	search.list = list;
	search.earliest = false;
	search.needed = INT64_MIN;
	search_through(&search, INT64_MAX);
	return search.best.level;
}

void
funnel_best_ordered(const Funnel *funnel, SeenList list, BestStart *best)
{
	Search		search;

	search.funnel = funnel;
	search.list = list;
	search.earliest = false;
	search.needed = INT64_MIN;
	search_through(&search, INT64_MAX);
	if (search.best.level > 1)
	{
		search.earliest = true;
		search.needed = search.best.completed;
		search_through(&search, search.best.completed);
	}
	*best = search.best;
}

bool
funnel_walk_ordered(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at)
{
	Instant		instant;
	int			level = 0;

	for (size_t i = best->first; i < list.count && list.seen[i].at <= best->deadline; i = instant.end)
	{
		int			from = level;

		read_instant(funnel, list, i, &instant);
		level = level_after(funnel, &instant, level);
		for (int step = from; step < level; step++)
			at[step] = list.seen[i].at;
		if (level == funnel->n_steps)
			return false;
		if (i > best->first && !excluded_all_fill(&instant, from, level))
			return true;
	}
	return false;
}
