/*
 * pattern_brute.h
 *	  What a pattern means, as short as it can be said; exponential.
 *
 * A match is a set of touchpoints, so all sets are tried. Whether the pattern
 * matches the touchpoints ords[from] up to ords[to - 1] is a relation on its
 * tree, read off the grammar: every way to cut them into pieces is tried.
 */
#ifndef PATTERN_BRUTE_H
#define PATTERN_BRUTE_H

#include <string.h>

#include "common/calendar.h"
#include "journey/pattern.h"

#define BRUTE_MAX 16

typedef struct Brute
{
	const Touchpoint *touchpoints;
	int			count;
	int			ords[BRUTE_MAX];
} Brute;

/* The tests of the groups around an atom. */
typedef struct BruteTests
{
	const Atom *tests;
	const struct BruteTests *outer;
} BruteTests;

static bool brute_pattern(const Brute *b, const Pattern *pattern, const BruteTests *tests, int from, int to);

static bool
brute_atom(const Brute *b, const Atom *atom, const BruteTests *tests, int ord)
{
	if (!atom_matches(atom, &b->touchpoints[ord]))
		return false;
	for (; tests != NULL; tests = tests->outer)
	{
		Atom		any_event = *tests->tests;

		any_event.any = true;
		if (!atom_matches(&any_event, &b->touchpoints[ord]))
			return false;
	}
	return true;
}

static bool
brute_link(const Brute *b, const PatternLink *link, int p, int q)
{
	if (link->adjacent ? q != p + 1 : q <= p)
		return false;
	for (int i = 0; i < link->n_limits; i++)
	{
		int64_t		limit = calendar_add(b->touchpoints[p].at, &link->limits[i].interval);
		int64_t		at = b->touchpoints[q].at;

		switch (link->limits[i].comparison)
		{
			case NUMBER_LT:
				if (!(at < limit))
					return false;
				break;
			case NUMBER_LE:
				if (!(at <= limit))
					return false;
				break;
			case NUMBER_GE:
				if (!(at >= limit))
					return false;
				break;
			case NUMBER_GT:
				if (!(at > limit))
					return false;
				break;
			default:
				return false;
		}
	}
	for (int between = p + 1; between < q; between++)
	{
		for (int i = 0; i < link->n_without; i++)
		{
			if (name_test_matches(&link->without[i], &b->touchpoints[between].event))
				return false;
		}
	}
	return true;
}

static bool
brute_once(const Brute *b, const PatternItem *item, const BruteTests *tests, int from, int to)
{
	BruteTests	inner = {&item->atom, tests};

	if (item->n_branches == 0)
		return to - from == 1 && brute_atom(b, &item->atom, tests, b->ords[from]);
	for (int k = 0; k < item->n_branches; k++)
	{
		if (brute_pattern(b, &item->branches[k], &inner, from, to))
			return true;
	}
	return false;
}

/* `copies` times the item, joined by '->'; the first of them began at `start`. */
static bool
brute_copies(const Brute *b, const PatternItem *item, int copies, const BruteTests *tests, int start,
			 int from, int to)
{
	if (copies == 0)
		return from == to;
	for (int mid = from; mid <= to; mid++)
	{
		bool		joined = mid == from || from == start || b->ords[from] == b->ords[from - 1] + 1;

		if (joined && brute_once(b, item, tests, from, mid) &&
			brute_copies(b, item, copies - 1, tests, start, mid, to))
			return true;
	}
	return false;
}

static bool
brute_item(const Brute *b, const PatternItem *item, const BruteTests *tests, int from, int to)
{
	int			most = item->most;

	/* More copies than touchpoints are of no use but to make up the number. */
	if (most == PATTERN_UNLIMITED || most > to - from)
		most = item->least > to - from ? item->least : to - from;
	for (int copies = item->least; copies <= most; copies++)
	{
		if (brute_copies(b, item, copies, tests, from, from, to))
			return true;
	}
	return false;
}

/* The items from k on; the first one began at `start`. */
static bool
brute_items(const Brute *b, const Pattern *pattern, int k, const BruteTests *tests, int start, int from, int to)
{
	if (k == pattern->n_items)
		return from == to;
	for (int mid = from; mid <= to; mid++)
	{
		bool		joined = mid == from || from == start ||
			brute_link(b, &pattern->items[k].link, b->ords[from - 1], b->ords[from]);

		if (joined && brute_item(b, &pattern->items[k], tests, from, mid) &&
			brute_items(b, pattern, k + 1, tests, start, mid, to))
			return true;
	}
	return false;
}

static bool
brute_pattern(const Brute *b, const Pattern *pattern, const BruteTests *tests, int from, int to)
{
	if (from < to)
	{
		int			first = b->ords[from];
		int			last = b->ords[to - 1];

		if (pattern->at_start && first != 0)
			return false;
		if (pattern->at_end && last != b->count - 1)
			return false;
		if (pattern->has_within &&
			b->touchpoints[last].at > calendar_add(b->touchpoints[first].at, &pattern->within))
			return false;
	}
	return brute_items(b, pattern, 0, tests, from, from, to);
}

/* Whether ords a are to be preferred: earlier start, earlier end, smaller ords. */
static bool
brute_better(const int *a, int a_count, const int *b, int b_count)
{
	if (a[0] != b[0])
		return a[0] < b[0];
	if (a[a_count - 1] != b[b_count - 1])
		return a[a_count - 1] < b[b_count - 1];
	for (int i = 0; i < a_count && i < b_count; i++)
	{
		if (a[i] != b[i])
			return a[i] < b[i];
	}
	return a_count < b_count;
}

/* The best match among the touchpoints from `from` on; the number of its ords, 0 for none. */
static int
brute_find(const Pattern *pattern, const Touchpoint *touchpoints, int count, int from, int *best)
{
	int			best_count = 0;

	for (int set = 1; set < 1 << count; set++)
	{
		Brute		b = {touchpoints, count, {0}};
		int			n = 0;

		if ((set & ((1 << from) - 1)) != 0)
			continue;
		for (int i = 0; i < count; i++)
		{
			if (set >> i & 1)
				b.ords[n++] = i;
		}
		if ((best_count == 0 || brute_better(b.ords, n, best, best_count)) &&
			brute_pattern(&b, pattern, NULL, 0, n))
		{
			best_count = n;
			memcpy(best, b.ords, n * sizeof(int));
		}
	}
	return best_count;
}

static int
brute_count(const Pattern *pattern, const Touchpoint *touchpoints, int count)
{
	int			matches = 0;
	int			from = 0;
	int			ords[BRUTE_MAX];

	for (;;)
	{
		int			n = brute_find(pattern, touchpoints, count, from, ords);

		if (n == 0)
			return matches;
		matches++;
		from = ords[n - 1] + 1;
	}
}

#endif							/* PATTERN_BRUTE_H */
