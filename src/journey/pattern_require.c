/*
 * pattern_require.c
 *	  What a journey must contain to match a pattern; see pattern_require.h.
 *
 * An item that cannot be left out asks for one of its events; two such items
 * joined by '->' ask for one of the pairs of events that can meet there. Where
 * a group has branches, one clause of each is joined to a single one.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/pattern_require.h"

/* The most events on either side of a pair. */
#define PAIR_EVENTS 4

/* The events that can stand at one end of an item. */
typedef struct EndEvents
{
	int			count;
	JourneyName names[PAIR_EVENTS];
} EndEvents;

static void collect(const Pattern *pattern, PatternRequirements *out);

/* ---------- Clauses ---------- */

static bool
same_name(const JourneyName *a, const JourneyName *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool
same_requirement(const Requirement *a, const Requirement *b)
{
	return a->kind == b->kind && same_name(&a->name, &b->name) &&
		(a->kind != REQUIRE_PAIR || same_name(&a->second, &b->second));
}

/* False when there is no room for it. */
static bool
add_alternative(RequirementClause *clause, const Requirement *requirement)
{
	for (int i = 0; i < clause->count; i++)
	{
		if (same_requirement(&clause->alternatives[i], requirement))
			return true;
	}
	if (clause->count == CLAUSE_MAX_ALTERNATIVES)
		return false;
	clause->alternatives[clause->count++] = *requirement;
	return true;
}

static bool
same_clause(const RequirementClause *a, const RequirementClause *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (!same_requirement(&a->alternatives[i], &b->alternatives[i]))
			return false;
	}
	return true;
}

/* Any clause may be left out, so what is too much is. */
static void
add_clause(PatternRequirements *out, const RequirementClause *clause)
{
	if (clause->count == 0 || out->count == PATTERN_MAX_CLAUSES)
		return;
	for (int i = 0; i < out->count; i++)
	{
		if (same_clause(&out->clauses[i], clause))
			return;
	}
	out->clauses[out->count++] = *clause;
}

/* ---------- What can be left out ---------- */

static bool nullable(const Pattern *pattern);

static bool
item_nullable(const PatternItem *item)
{
	if (item->least == 0)
		return true;
	for (int k = 0; k < item->n_branches; k++)
	{
		if (nullable(&item->branches[k]))
			return true;
	}
	return false;
}

static bool
nullable(const Pattern *pattern)
{
	for (int i = 0; i < pattern->n_items; i++)
	{
		if (!item_nullable(&pattern->items[i]))
			return false;
	}
	return true;
}

/* ---------- Pairs ---------- */

static bool
add_end_event(EndEvents *events, const JourneyName *name)
{
	for (int i = 0; i < events->count; i++)
	{
		if (same_name(&events->names[i], name))
			return true;
	}
	if (events->count == PAIR_EVENTS)
		return false;
	events->names[events->count++] = *name;
	return true;
}

static bool item_end(const PatternItem *item, bool front, EndEvents *events);

/*
 * Adds the events at the front or the back of what the pattern matches; false
 * when they are not few and exact.
 */
static bool
pattern_end(const Pattern *pattern, bool front, EndEvents *events)
{
	for (int i = 0; i < pattern->n_items; i++)
	{
		const PatternItem *item = &pattern->items[front ? i : pattern->n_items - 1 - i];

		if (!item_end(item, front, events))
			return false;
		if (!item_nullable(item))
			break;
	}
	return true;
}

static bool
item_end(const PatternItem *item, bool front, EndEvents *events)
{
	if (item->n_branches == 0 && (item->atom.any || item->atom.negated))
		return false;
	for (int i = 0; i < item->atom.n_events; i++)
	{
		if (item->atom.events[i].below || !add_end_event(events, &item->atom.events[i].name))
			return false;
	}
	for (int k = 0; k < item->n_branches; k++)
	{
		if (!pattern_end(&item->branches[k], front, events))
			return false;
	}
	return true;
}

/* Two items, neither of which can be left out, joined by '->'. */
static void
add_pairs(const PatternItem *left, const PatternItem *right, PatternRequirements *out)
{
	EndEvents	ends = {0};
	EndEvents	starts = {0};
	RequirementClause clause = {0};

	if (!item_end(left, false, &ends) || !item_end(right, true, &starts))
		return;
	for (int i = 0; i < ends.count; i++)
	{
		for (int k = 0; k < starts.count; k++)
		{
			Requirement pair = {REQUIRE_PAIR, ends.names[i], starts.names[k]};

			add_alternative(&clause, &pair);
		}
	}
	add_clause(out, &clause);
}

/* ---------- Items ---------- */

static void
add_events(const Atom *atom, PatternRequirements *out)
{
	RequirementClause clause = {0};

	if (atom->any || atom->negated)
		return;
	for (int i = 0; i < atom->n_events; i++)
	{
		const NameTest *test = &atom->events[i];
		Requirement event = {test->below ? REQUIRE_EVENT_BELOW : REQUIRE_EVENT, test->name, {NULL, 0}};

		if (!add_alternative(&clause, &event))
			return;
	}
	add_clause(out, &clause);
}

static void
add_channels(const Atom *atom, PatternRequirements *out)
{
	for (int i = 0; i < atom->n_channels; i++)
	{
		const NameTest *test = &atom->channels[i];
		RequirementClause clause = {1, {{test->below ? REQUIRE_CHANNEL_BELOW : REQUIRE_CHANNEL,
										 test->name, {NULL, 0}}}};

		add_clause(out, &clause);
	}
}

/*
 * The place of the clause that tells most: the kind of its weakest alternative,
 * then few of them; -1 for none.
 */
static int
most_telling(const PatternRequirements *requirements)
{
	int			best = -1;
	int			best_rank = 0;

	for (int i = 0; i < requirements->count; i++)
	{
		const RequirementClause *clause = &requirements->clauses[i];
		int			rank = 0;

		for (int k = 0; k < clause->count; k++)
		{
			if ((int) clause->alternatives[k].kind > rank)
				rank = clause->alternatives[k].kind;
		}
		rank = rank * (CLAUSE_MAX_ALTERNATIVES + 1) + clause->count;
		if (best < 0 || rank < best_rank)
		{
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

/* Some branch is met: one clause of each of them. */
static void
add_branches(const PatternItem *item, PatternRequirements *out)
{
	RequirementClause joined = {0};
	PatternRequirements *of_branch = cx_alloc(1, sizeof(PatternRequirements));
	bool		all = true;

	for (int k = 0; k < item->n_branches && all; k++)
	{
		int			best;

		of_branch->count = 0;
		collect(&item->branches[k], of_branch);
		best = most_telling(of_branch);
		all = best >= 0;
		for (int i = 0; all && i < of_branch->clauses[best].count; i++)
			all = add_alternative(&joined, &of_branch->clauses[best].alternatives[i]);
	}
	if (all)
		add_clause(out, &joined);
	cx_free(of_branch);
}

static void
collect(const Pattern *pattern, PatternRequirements *out)
{
	for (int i = 0; i < pattern->n_items; i++)
	{
		const PatternItem *item = &pattern->items[i];

		if (item_nullable(item))
			continue;
		if (item->n_branches == 0)
			add_events(&item->atom, out);
		else if (item->n_branches == 1)
			collect(&item->branches[0], out);
		else
			add_branches(item, out);
		add_channels(&item->atom, out);
		if (item->least > 1)
			add_pairs(item, item, out);
		if (i > 0 && item->link.adjacent && !item_nullable(&pattern->items[i - 1]))
			add_pairs(&pattern->items[i - 1], item, out);
	}
}

PatternRequirements *
pattern_requirements(const Pattern *pattern)
{
	PatternRequirements *out = cx_alloc(1, sizeof(PatternRequirements));

	out->count = 0;
	collect(pattern, out);
	return out;
}
