/*
 * funnel_any.c
 *	  Funnels whose steps come in any order.
 *
 * What a start has filled is the largest number of steps that the touchpoints
 * from it on can fill, and the earliest living start has filled the most. A
 * Match of all touchpoints so far tells it for every start (funnel_match.h). A
 * touchpoint that passes `without` fills a step of exactly those starts that
 * are later than what it replaces in the Match: all others end there.
 */
#include "common/memory.h"
#include "journey/funnel_match.h"
#include "journey/funnel_search.h"

/* Instants between two looks for a cancel request. */
#define INSTANTS_PER_CHECK 4096

/*
 * Adds the touchpoints i to end, one instant, to the match; those that pass
 * `without` first. Starts at or before the time returned end in this instant,
 * but not those that are in it; INT64_MIN when none ends.
 */
static int64_t
add_instant(Match *match, SeenList list, size_t i, size_t end)
{
	const Seen *seen = list.seen;
	int64_t		ended = INT64_MIN;
	int64_t		replaced;

	for (size_t k = i; k < end; k++)
	{
		if ((seen[k].passes & SEEN_EXCLUDED) != 0 &&
			!match_add(match, seen[k].passes & ~SEEN_EXCLUDED, seen[k].at, &replaced) &&
			replaced > ended)
			ended = replaced;
	}
	for (size_t k = i; k < end; k++)
	{
		if ((seen[k].passes & SEEN_EXCLUDED) == 0)
			match_add(match, seen[k].passes, seen[k].at, &replaced);
	}
	return ended;
}

/* The earliest start that lives at `at`. */
typedef struct EarliestStart
{
	size_t		first;			/* the first touchpoint of its instant that passes a step */
	int64_t		deadline;
	bool		known;			/* the deadline is that of `first` */
} EarliestStart;

/*
 * Moves past the starts that ended, or whose window ran out before `at`. There is one at
 * `at`, the last instant of the list; only damaged times could lead past it.
 */
static void
skip_ended(const Funnel *funnel, SeenList list, EarliestStart *start, int64_t ended, int64_t at)
{
	for (;; start->first++, start->known = false)
	{
		const Seen *seen = &list.seen[start->first];
		bool		last = start->first + 1 == list.count;

		if (((seen->passes & ~SEEN_EXCLUDED) == 0 || seen->at <= ended) && !last)
			continue;
		if (!start->known)
			start->deadline = funnel_deadline(funnel, seen->at);
		start->known = true;
		if (start->deadline >= at || last)
			return;
	}
}

void
funnel_best_any(const Funnel *funnel, SeenList list, BestStart *best)
{
	EarliestStart start = {0, 0, false};
	Match		match;
	unsigned int instants = 0;
	int64_t		ended = INT64_MIN;
	size_t		end;

	match_clear(&match);
	best->level = 0;
	for (size_t i = 0; i < list.count && best->level < funnel->n_steps; i = end)
	{
		int64_t		at = list.seen[i].at;
		int64_t		ends;
		int			level;

		end = funnel_instant_end(list, i);
		ends = add_instant(&match, list, i, end);
		if (match.filled != 0 && match_count_since(&match, at) > 0)
		{
			skip_ended(funnel, (SeenList) {list.seen, end}, &start, ended, at);
			level = match_count_since(&match, list.seen[start.first].at);
			if (level > best->level)
				*best = (BestStart) {level, at, start.first, start.deadline};
		}
		/* In their last instant they have still filled what they could. */
		if (ends >= at)
			ends = at - 1;
		if (ends > ended)
			ended = ends;
		if (++instants % INSTANTS_PER_CHECK == 0)
			cx_check_interrupts();
	}
}

bool
funnel_walk_any(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at)
{
	Match		match;
	int			level = 0;
	size_t		end;

	match_clear(&match);
	for (size_t i = best->first; i < list.count && list.seen[i].at <= best->deadline; i = end)
	{
		int64_t		ended;

		end = funnel_instant_end(list, i);
		ended = add_instant(&match, list, i, end);
		for (int filled = __builtin_popcountll(match.filled); level < filled; level++)
			at[level] = list.seen[i].at;
		if (level == funnel->n_steps)
			return false;
		if (i > best->first && ended >= list.seen[best->first].at)
			return true;
	}
	return false;
}
