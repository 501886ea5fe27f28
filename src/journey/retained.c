/*
 * retained.c
 *	  Whether a customer came back, period by period; see retained.h.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/retained.h"

/* How many touchpoints to pass between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 65536

/* ---------- The walk ---------- */

/* Moves to the next touchpoint; false when there is none that is seen. */
static inline bool
walk_on(RetainedWalk *walk)
{
	if (++walk->i >= walk->binding->view->count)
		return false;
	if (walk->i % TOUCHPOINTS_PER_CHECK == 0)
		cx_check_interrupts();
	return journey_next_time(&walk->times) <= walk->as_of;
}

/* Whether the touchpoint passes an atom; most fail by their event, which is one look. */
static inline bool
passes(const RetainedWalk *walk, uint64_t atom)
{
	const AtomBinding *binding = walk->binding;

	return (binding->by_event[journey_event_code(binding->view, walk->i)] & atom) != 0 &&
		(atom_mask(binding, walk->i, 0) & atom) != 0;
}

bool
retained_enter(RetainedWalk *walk, const AtomBinding *binding, int64_t as_of)
{
	const JourneyView *view = binding->view;

	if (view->count == 0 || (binding->any & RETAINED_FIRST) == 0)
		return false;
	walk->binding = binding;
	walk->i = 0;
	walk->as_of = as_of;
	journey_times(view, &walk->times);
	if (walk->times.now > as_of)
		return false;
	do
	{
		if (passes(walk, RETAINED_FIRST))
			return true;
	} while (walk_on(walk));
	return false;
}

/* Sets back[k] of the first `closed` periods, in which it came back. */
static void
mark_visits(RetainedWalk *walk, const int64_t *bounds, int closed, bool *back)
{
	int			period = 0;

	memset(back, false, closed);
	back[0] = true;
	while (walk_on(walk) && walk->times.now < bounds[closed])
	{
		while (walk->times.now >= bounds[period + 1])
			period++;
		if (!back[period])
			back[period] = passes(walk, RETAINED_BACK);
	}
}

/* Sets back[k] of the first `closed` periods, since whose start it came back. */
static void
mark_last_visit(RetainedWalk *walk, const int64_t *bounds, int closed, bool *back)
{
	int64_t		last = INT64_MIN;

	while (walk_on(walk))
	{
		if (passes(walk, RETAINED_BACK))
			last = walk->times.now;
	}
	for (int period = 0; period < closed; period++)
		back[period] = bounds[period] <= last;
	back[0] = true;
}

int
retained_answers(RetainedWalk *walk, const int64_t *bounds, int periods, bool or_after, bool *back)
{
	int			closed = periods;

	if (walk->as_of != RETAINED_ALL)
	{
		for (closed = 0; closed < periods && bounds[closed + 1] <= walk->as_of;)
			closed++;
	}
	if (closed == 0)
		return 0;
	if ((walk->binding->any & RETAINED_BACK) == 0)
	{
		memset(back, false, closed);
		back[0] = true;
	}
	else if (or_after)
		mark_last_visit(walk, bounds, closed, back);
	else
		mark_visits(walk, bounds, closed, back);
	return closed;
}

/* ---------- Bounds ---------- */

static int64_t
at_most(int64_t a, int64_t limit)
{
	return a < limit ? a : limit;
}

/* start + k * unit; more than there are months or days is as good as all of them. */
static int64_t
add_units(int64_t start, const CalendarInterval *unit, int64_t k)
{
	int64_t		days = unit->days + unit->us / US_PER_DAY;
	CalendarInterval all;

	all.months = (int32_t) at_most(unit->months * k, INT32_MAX);
	all.days = (int32_t) at_most(days * k, INT32_MAX);
	all.us = unit->us % US_PER_DAY * k;
	return calendar_add(start, &all);
}

void
retained_bounds(int64_t start, const CalendarInterval *unit, int periods, int64_t as_of,
				int64_t *bounds)
{
	const int64_t most_days = (CALENDAR_END_TIME - 1) / US_PER_DAY - 1;
	int64_t		days = unit->days + unit->us / US_PER_DAY;
	bool		steps = unit->months == 0 && days <= most_days;
	int64_t		step = steps ? days * US_PER_DAY + unit->us % US_PER_DAY : 0;
	int64_t		bound = start;

	bounds[0] = start;
	for (int k = 1; k <= periods; k++)
	{
		if (bound > as_of)
			bound = INT64_MAX;
		else if (!steps)
			bound = add_units(start, unit, k);
		else
			bound = bound < CALENDAR_END_TIME - step ? bound + step : INT64_MAX;
		bounds[k] = bound;
	}
}
