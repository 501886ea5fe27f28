/*
 * funnel.c
 *	  How far a journey gets through the steps of a funnel; see funnel.h.
 *
 * A mode finds the best start of all touchpoints that matter and then walks
 * along it (funnel_ordered.c, funnel_adjacent.c, funnel_any.c).
 */
#include <string.h>

#include "common/memory.h"
#include "journey/funnel.h"
#include "journey/funnel_search.h"

/* Touchpoints that are collected without asking for memory. */
#define FEW 128

/* Touchpoints between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 65536

const char *const funnel_mode_names[] = {"ordered", "adjacent", "any", NULL};
const char *const funnel_status_names[] = {"converted", "excluded", "open", "dropped", NULL};

void
funnel_init(Funnel *funnel, const AtomSet *atoms, int n_steps, FunnelMode mode,
			const CalendarInterval *within, bool unlimited)
{
	memset(funnel, 0, sizeof(*funnel));
	funnel->n_steps = n_steps;
	funnel->mode = mode;
	funnel->unlimited = unlimited;
	funnel->within = *within;
	funnel->atoms = atoms;
	funnel_init_simple(funnel);
}

/* ---------- Collecting what matters ---------- */

typedef struct Collected
{
	Seen	   *seen;
	size_t		count;
	size_t		room;
	Seen		few[FEW];
} Collected;

static void
add_seen(Collected *collected, int64_t at, uint64_t passes)
{
	if (collected->count == collected->room)
	{
		Seen	   *old = collected->seen == collected->few ? NULL : collected->seen;

		collected->room *= 2;
		collected->seen = old == NULL
			? cx_alloc(collected->room, sizeof(Seen))
			: cx_realloc(old, collected->room, sizeof(Seen));
		if (old == NULL)
			memcpy(collected->seen, collected->few, sizeof(collected->few));
	}
	collected->seen[collected->count++] = (Seen) {at, passes};
}

/* What touchpoint i passes: steps, and SEEN_EXCLUDED for any of `without`. */
static inline uint64_t
passes_of(const AtomBinding *binding, uint32_t i, int n_steps)
{
	uint64_t	mask = atom_mask(binding, i, 0);
	uint64_t	without = mask >> n_steps;

	for (int word = 1; word < binding->words && without == 0; word++)
		without = atom_mask(binding, i, word);
	return (mask & ((UINT64_C(1) << n_steps) - 1)) | (without != 0 ? SEEN_EXCLUDED : 0);
}

static void
collect(const Funnel *funnel, const JourneyView *view, const int64_t *as_of, Collected *collected)
{
	AtomBinding binding;
	TimeCursor	times;
	uint64_t	starters = funnel->mode == FUNNEL_ANY ? (UINT64_C(1) << funnel->n_steps) - 1 : 1;

	collected->seen = collected->few;
	collected->count = 0;
	collected->room = FEW;
	if (funnel_cannot_start(funnel, view))
		return;
	atom_bind(&binding, funnel->atoms, view);
	journey_times(view, &times);
	for (uint32_t i = 0; i < view->count && (binding.any & starters) != 0; i++)
	{
		int64_t		at = i == 0 ? times.now : journey_next_time(&times);
		uint64_t	passes;

		if (as_of != NULL && at > *as_of)
			break;
		passes = passes_of(&binding, i, funnel->n_steps);
		if (passes != 0 || funnel->mode == FUNNEL_ADJACENT)
			add_seen(collected, at, passes);
		if (i % TOUCHPOINTS_PER_CHECK == TOUCHPOINTS_PER_CHECK - 1)
			cx_check_interrupts();
	}
	atom_unbind(&binding);
}

static void
forget(Collected *collected)
{
	if (collected->seen != collected->few)
		cx_free(collected->seen);
}

/* ---------- Running ---------- */

static void
find_best(const Funnel *funnel, SeenList list, BestStart *best)
{
	switch (funnel->mode)
	{
		case FUNNEL_ORDERED:
			funnel_best_ordered(funnel, list, best);
			break;
		case FUNNEL_ADJACENT:
			funnel_best_adjacent(funnel, list, best);
			break;
		case FUNNEL_ANY:
			funnel_best_any(funnel, list, best);
			break;
	}
}

static bool
walk(const Funnel *funnel, SeenList list, const BestStart *best, int64_t *at)
{
	switch (funnel->mode)
	{
		case FUNNEL_ORDERED:
			return funnel_walk_ordered(funnel, list, best, at);
		case FUNNEL_ADJACENT:
			return funnel_walk_adjacent(funnel, list, best, at);
		case FUNNEL_ANY:
			return funnel_walk_any(funnel, list, best, at);
	}
	return false;
}

int
funnel_general_level(const Funnel *funnel, const JourneyView *view)
{
	Collected	collected;
	SeenList	list;
	BestStart	best;

	collect(funnel, view, NULL, &collected);
	list.seen = collected.seen;
	list.count = collected.count;
	if (funnel->mode == FUNNEL_ORDERED)
		best.level = funnel_highest_ordered(funnel, list);
	else
		find_best(funnel, list, &best);
	forget(&collected);
	return best.level;
}

void
funnel_run(const Funnel *funnel, const JourneyView *view, const int64_t *as_of,
		   FunnelResult *result)
{
	Collected	collected;
	SeenList	list;
	BestStart	best;

	collect(funnel, view, as_of, &collected);
	list.seen = collected.seen;
	list.count = collected.count;
	find_best(funnel, list, &best);

	result->level = best.level;
	result->status = FUNNEL_DROPPED;
	result->mature = as_of == NULL;
	if (best.level > 0)
	{
		bool		ended = walk(funnel, list, &best, result->at);

		result->mature = as_of == NULL || *as_of > best.deadline;
		if (best.level == funnel->n_steps)
			result->status = FUNNEL_CONVERTED;
		else if (ended)
			result->status = FUNNEL_EXCLUDED;
		else if (!result->mature)
			result->status = FUNNEL_OPEN;
	}
	forget(&collected);
}
