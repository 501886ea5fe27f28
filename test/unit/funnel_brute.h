/*
 * funnel_brute.h
 *	  What a funnel means, spelled out without regard to cost.
 *
 * Two definitions. brute_funnel() follows one start after the other through its
 * instants, and tries in each every order of its touchpoints and every way to
 * take them. brute_declared() says which level a start has in one sentence: the
 * most steps that some order of the touchpoints and some choice among them
 * fills with no exclusion between. Where no touchpoint passes both a step and
 * `without` they have to say the same.
 */
#ifndef CX_FUNNEL_BRUTE_H
#define CX_FUNNEL_BRUTE_H

#include <string.h>

#include "common/calendar.h"
#include "journey/atom.h"
#include "journey/funnel.h"

#define BRUTE_MOST 8			/* touchpoints */

typedef struct Brute
{
	const Touchpoint *touchpoints;	/* in the total order; as_of has cut the end off */
	int			n;
	const Atom *steps;
	int			n_steps;
	const Atom *without;
	int			n_without;
	FunnelMode	mode;
	CalendarInterval within;
	bool		unlimited;
	const int64_t *as_of;
} Brute;

static inline bool
brute_passes(const Brute *b, int i, int step)
{
	return atom_matches(&b->steps[step], &b->touchpoints[i]);
}

static inline bool
brute_excluded(const Brute *b, int i)
{
	for (int k = 0; k < b->n_without; k++)
	{
		if (atom_matches(&b->without[k], &b->touchpoints[i]))
			return true;
	}
	return false;
}

static inline int64_t
brute_deadline(const Brute *b, int64_t at)
{
	return b->unlimited ? INT64_MAX : calendar_add(at, &b->within);
}

static inline int
brute_instant_end(const Brute *b, int i)
{
	int			end = i;

	while (end < b->n && b->touchpoints[end].at == b->touchpoints[i].at)
		end++;
	return end;
}

/* ---------- ordered: one instant of one start ---------- */

typedef struct BruteInstant
{
	int			from;			/* touchpoints */
	int			to;
	int			best;			/* the highest level after it */
	bool		goes_on;		/* that level, and no exclusion stands after it */
} BruteInstant;

/* Puts each of the touchpoints that are not used yet next, taken or not. */
static inline void
brute_order(const Brute *b, BruteInstant *instant, unsigned int used, int level, bool ended)
{
	bool		all_used = true;

	for (int i = instant->from; i < instant->to; i++)
	{
		if (used & 1u << i)
			continue;
		all_used = false;
		if (!ended && level < b->n_steps && brute_passes(b, i, level))
			brute_order(b, instant, used | 1u << i, level + 1, ended);
		brute_order(b, instant, used | 1u << i, level,
					ended || (level > 0 && level < b->n_steps && brute_excluded(b, i)));
	}
	if (!all_used)
		return;
	if (level > instant->best)
		instant->goes_on = false;
	if (level >= instant->best)
	{
		instant->best = level;
		instant->goes_on |= !ended;
	}
}

/* ---------- any: how many steps a set of touchpoints can fill ---------- */

/* Whether touchpoints i.. can fill exactly `more` steps that are not in `filled`, all of `must` among them. */
static inline bool
brute_fill(const Brute *b, unsigned int set, unsigned int must, int i, unsigned int filled, int more)
{
	if (i == b->n)
		return more == 0;
	if ((set & 1u << i) && more > 0)
	{
		for (int step = 0; step < b->n_steps; step++)
		{
			if (!(filled & 1u << step) && brute_passes(b, i, step) &&
				brute_fill(b, set, must, i + 1, filled | 1u << step, more - 1))
				return true;
		}
	}
	return !(must & 1u << i) && brute_fill(b, set, must, i + 1, filled, more);
}

static inline int
brute_most(const Brute *b, unsigned int set)
{
	int			most = 0;

	while (most < b->n_steps && brute_fill(b, set, 0, 0, 0, most + 1))
		most++;
	return most;
}

/* ---------- One start ---------- */

typedef struct BruteStart
{
	int			level;
	bool		ended;
	int64_t		at[FUNNEL_MAX_STEPS];
} BruteStart;

static inline void
brute_start_ordered(const Brute *b, int first, BruteStart *start)
{
	int64_t		deadline = brute_deadline(b, b->touchpoints[first].at);
	int			end;

	start->level = 0;
	start->ended = false;
	for (int i = first; i < b->n && b->touchpoints[i].at <= deadline && !start->ended; i = end)
	{
		BruteInstant instant = {i, brute_instant_end(b, i), start->level, false};

		end = instant.to;
		brute_order(b, &instant, 0, start->level, false);
		for (int k = start->level; k < instant.best; k++)
			start->at[k] = b->touchpoints[i].at;
		start->level = instant.best;
		start->ended = !instant.goes_on;
		if (start->level == 0)
			break;
	}
}

static inline void
brute_start_any(const Brute *b, int first, BruteStart *start)
{
	int64_t		deadline = brute_deadline(b, b->touchpoints[first].at);
	unsigned int before = 0;
	int			end;

	start->level = 0;
	start->ended = false;
	for (int i = first; i < b->n && b->touchpoints[i].at <= deadline && !start->ended; i = end)
	{
		unsigned int now = 0;
		unsigned int excluded = 0;
		int			n_excluded = 0;
		int			most;

		end = brute_instant_end(b, i);
		for (int k = i; k < end; k++)
		{
			now |= 1u << k;
			if (i > first && brute_excluded(b, k))
			{
				excluded |= 1u << k;
				n_excluded++;
			}
		}
		most = brute_most(b, before | now);

		/* Those before keep as many places as they have, and every exclusion needs one. */
		if (start->level < b->n_steps && n_excluded > 0)
		{
			bool		all_taken = false;

			for (unsigned int kept = before;; kept = (kept - 1) & before)
			{
				int			n_kept = __builtin_popcount(kept);

				all_taken |= n_kept == start->level &&
					brute_fill(b, kept | excluded, kept | excluded, 0, 0, n_kept + n_excluded);
				if (kept == 0)
					break;
			}
			start->ended = !all_taken;
		}
		for (; start->level < most; start->level++)
			start->at[start->level] = b->touchpoints[i].at;
		if (start->level == 0)
			break;
		before |= now;
	}
}

static inline void
brute_start_adjacent(const Brute *b, int first, BruteStart *start)
{
	int64_t		deadline = brute_deadline(b, b->touchpoints[first].at);
	int			i = first;

	start->level = 0;
	while (i < b->n && start->level < b->n_steps && b->touchpoints[i].at <= deadline &&
		   brute_passes(b, i, start->level))
		start->at[start->level++] = b->touchpoints[i++].at;
	start->ended = i < b->n && b->touchpoints[i].at <= deadline && brute_excluded(b, i);
}

static inline void
brute_start(const Brute *b, int first, BruteStart *start)
{
	if (b->mode == FUNNEL_ORDERED)
		brute_start_ordered(b, first, start);
	else if (b->mode == FUNNEL_ANY)
		brute_start_any(b, first, start);
	else
		brute_start_adjacent(b, first, start);
}

/* Whether something can start at i: an instant, or a touchpoint where the order is total. */
static inline bool
brute_starts(const Brute *b, int i)
{
	return b->mode == FUNNEL_ADJACENT || i == 0 ||
		b->touchpoints[i - 1].at != b->touchpoints[i].at;
}

/* Cuts off what as_of does not see. */
static inline Brute
brute_seen(const Brute *all)
{
	Brute		b = *all;

	while (b.as_of != NULL && b.n > 0 && b.touchpoints[b.n - 1].at > *b.as_of)
		b.n--;
	return b;
}

static inline void
brute_funnel(const Brute *all, FunnelResult *result)
{
	Brute		b = brute_seen(all);
	int			first = -1;
	BruteStart	best = {0, false, {0}};

	for (int i = 0; i < b.n; i++)
	{
		BruteStart	start;

		if (!brute_starts(&b, i))
			continue;
		brute_start(&b, i, &start);
		if (start.level > best.level ||
			(start.level == best.level && start.level > 0 &&
			 start.at[start.level - 1] < best.at[best.level - 1]))
		{
			best = start;
			first = i;
		}
	}
	result->level = best.level;
	result->mature = b.as_of == NULL;
	result->status = FUNNEL_DROPPED;
	memcpy(result->at, best.at, sizeof(best.at));
	if (best.level == 0)
		return;
	if (b.as_of != NULL)
		result->mature = *b.as_of > brute_deadline(&b, b.touchpoints[first].at);
	if (best.level == b.n_steps)
		result->status = FUNNEL_CONVERTED;
	else if (best.ended)
		result->status = FUNNEL_EXCLUDED;
	else if (b.as_of != NULL && *b.as_of <= brute_deadline(&b, b.touchpoints[first].at))
		result->status = FUNNEL_OPEN;
}

/* ---------- The declared level ---------- */

typedef struct BruteDeclared
{
	int			level;
	int64_t		completed;
} BruteDeclared;

/* ordered: puts any touchpoint of the earliest instant that has one left next, taken or not. */
static inline void
brute_declare(const Brute *b, int first, int64_t deadline, unsigned int used, int level, int64_t last,
			  bool ended, BruteDeclared *best)
{
	int			i = 0;

	if (level > best->level || (level == best->level && last < best->completed))
		*best = (BruteDeclared) {level, last};
	while (i < b->n && (used & 1u << i))
		i++;
	for (int k = i; k < b->n && b->touchpoints[k].at == b->touchpoints[i].at; k++)
	{
		if (used & 1u << k)
			continue;
		if (!ended && level < b->n_steps && b->touchpoints[k].at <= deadline &&
			brute_passes(b, k, level) && (level > 0 || k == first))
			brute_declare(b, first, deadline, used | 1u << k, level + 1, b->touchpoints[k].at,
						  ended, best);
		brute_declare(b, first, deadline, used | 1u << k, level, last,
					  ended || (level > 0 && brute_excluded(b, k)), best);
	}
}

/* The best of all starts, by level and completion; modes ordered and any. */
static inline BruteDeclared
brute_declared(const Brute *all)
{
	Brute		b = brute_seen(all);
	BruteDeclared best = {0, INT64_MAX};

	for (int first = 0; first < b.n; first++)
	{
		int64_t		from = b.touchpoints[first].at;
		int64_t		deadline = brute_deadline(&b, from);

		if (b.mode == FUNNEL_ORDERED)
			brute_declare(&b, first, deadline, 0, 0, INT64_MAX, false, &best);
		else
		{
			unsigned int set = 0;

			if (brute_most(&b, 1u << first) == 0)
				continue;
			/* Up to and with the instant of the first exclusion after the start. */
			for (int i = 0; i < b.n && b.touchpoints[i].at <= deadline; i++)
			{
				int			most;

				if (b.touchpoints[i].at < from)
					continue;
				set |= 1u << i;
				most = brute_most(&b, set);
				if (most > best.level || (most == best.level && b.touchpoints[i].at < best.completed))
					best = (BruteDeclared) {most, b.touchpoints[i].at};
				if (b.touchpoints[i].at > from && brute_excluded(&b, i))
					deadline = b.touchpoints[i].at;
			}
		}
	}
	return best;
}

/* Whether the two definitions have to agree. */
static inline bool
brute_disjoint(const Brute *b)
{
	for (int i = 0; i < b->n; i++)
	{
		for (int step = 0; step < b->n_steps; step++)
		{
			if (brute_passes(b, i, step) && brute_excluded(b, i))
				return false;
		}
	}
	return true;
}

#endif							/* CX_FUNNEL_BRUTE_H */
