/*
 * funnel_level.c
 *	  The level of a journey in a plain funnel, as fast as can be.
 *
 * The short way is for steps in order that test nothing but the event, without
 * exclusions and months, where no event passes two steps: which is how most
 * funnels are. It reads the packed bytes as they are, once, as far as needed.
 * What is done for each touchpoint has no branch that depends on the data:
 * which event comes next and how many bytes its time has cannot be predicted.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/funnel.h"
#include "journey/funnel_search.h"
#include "journey/varint_run.h"
#include "journey/words.h"

/* Touchpoints between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 65536

/* Events that have codes of one byte. */
#define CODES 256

/* Steps of the short way: with the number that stands for none they are bits of a word. */
#define MOST_STEPS 61

/* The longest window of the short way, in units: half of what keeps times and windows within 64 bits. */
#define LONGEST_WINDOW (UINT64_C(1) << 62)

/* ---------- Preparing ---------- */

/* `within` in whole units of time. */
static uint64_t
whole_units(const Funnel *funnel, int64_t unit_us)
{
	uint64_t	units;

	if (funnel->unlimited || funnel->within.days > INT64_MAX / US_PER_DAY)
		return LONGEST_WINDOW;
	units = ((uint64_t) funnel->within.days * US_PER_DAY + (uint64_t) funnel->within.us) / (uint64_t) unit_us;
	return units < LONGEST_WINDOW ? units : LONGEST_WINDOW;
}

/* One more name that a step asks for; false where it is not a plain one, known already, or one too many. */
static bool
add_name(Funnel *funnel, const NameTest *test, int step)
{
	const JourneyName *name = &test->name;

	if (test->below || funnel->n_names == FUNNEL_FEW_NAMES)
		return false;
	for (int i = 0; i < funnel->n_names; i++)
	{
		if (funnel->names[i].length == name->length &&
			memcmp(funnel->names[i].bytes, name->bytes, name->length) == 0)
			return false;
	}
	funnel->names[funnel->n_names++] = (FunnelName) {
		name_head(name->bytes, name->length, name->bytes + name->length),
		name->length > 8 ? load_word(name->bytes + name->length - 8) : 0,
		name->bytes, name->length, step
	};
	return true;
}

/* Collects the names when nothing else is asked for. */
static bool
collect_names(Funnel *funnel)
{
	for (int step = 0; step < funnel->n_steps; step++)
	{
		const Atom *atom = &funnel->atoms->atoms[step];

		if (atom->any || atom->negated)
			return false;
		for (int i = 0; i < atom->n_events; i++)
		{
			if (!add_name(funnel, &atom->events[i], step))
				return false;
		}
	}
	return true;
}

void
funnel_init_simple(Funnel *funnel)
{
	const Atom *steps = funnel->atoms->atoms;

	funnel->simple = funnel->mode == FUNNEL_ORDERED && funnel->n_steps <= MOST_STEPS &&
		funnel->atoms->count == funnel->n_steps &&
		(funnel->unlimited || funnel->within.months == 0);
	for (int i = 0; i < funnel->n_steps; i++)
	{
		if (steps[i].n_channels > 0 || steps[i].n_numbers > 0)
			funnel->simple = false;
	}
	funnel->first_bit = -1;
	if (funnel->mode != FUNNEL_ANY && steps[0].n_events == 1 && !steps[0].negated &&
		!steps[0].events[0].below)
		funnel->first_bit = name_bit(steps[0].events[0].name.bytes, steps[0].events[0].name.length);
	for (int unit = 0; unit < JOURNEY_UNITS; unit++)
		funnel->within_units[unit] = whole_units(funnel, journey_unit_us[unit]);
	funnel->n_names = 0;
	if (funnel->simple && !collect_names(funnel))
		funnel->n_names = 0;
}

/* ---------- Events to steps ---------- */

/*
 * Which step an event passes, counted from 1, by its code. An event of no step
 * has a number two above the last, so that neither is next to the other.
 */
typedef uint8_t StepOfCode[CODES];

/* Whether names of the same length above 8, alike in their first 8 bytes, are alike. */
static inline bool
rest_alike(const FunnelName *asked, const JourneyName *name)
{
	return asked->tail == load_word(name->bytes + name->length - 8) &&
		(name->length <= 16 || memcmp(asked->bytes, name->bytes, name->length) == 0);
}

/* Compares the names of the journey with those of the steps; returns which steps are there, as bits. */
static uint64_t
bind_names(const Funnel *funnel, const JourneyView *view, StepOfCode step_of)
{
	uint64_t	present = 0;
	NameCursor	cursor;

	journey_names(view, &cursor);
	for (uint32_t code = 0; code < view->event_count; code++)
	{
		JourneyName name = journey_next_name(&cursor);
		uint64_t	head = name_head(name.bytes, name.length, (const char *) view->end);
		unsigned int alike = 0;

		for (int i = 0; i < funnel->n_names; i++)
			alike |= (unsigned int) (funnel->names[i].head == head) << i;
		for (; alike != 0; alike &= alike - 1)
		{
			const FunnelName *asked = &funnel->names[__builtin_ctz(alike)];

			if (asked->length == name.length && (name.length <= 8 || rest_alike(asked, &name)))
			{
				step_of[code] = (uint8_t) (asked->step + 1);
				present |= UINT64_C(1) << asked->step;
			}
		}
	}
	return present;
}

/* The same for steps of any kind; false where an event passes several. */
static bool
bind_atoms(const Funnel *funnel, const JourneyView *view, StepOfCode step_of, uint64_t *present)
{
	AtomBinding binding;
	uint64_t	overlap = 0;

	atom_bind(&binding, funnel->atoms, view);
	for (uint32_t code = 0; code < view->event_count; code++)
	{
		uint64_t	passes = binding.by_event[code];

		overlap |= passes & (passes - 1);
		if (passes != 0)
			step_of[code] = (uint8_t) (__builtin_ctzll(passes) + 1);
	}
	*present = binding.any;
	atom_unbind(&binding);
	return overlap == 0;
}

/* ---------- Following the starts ---------- */

/*
 * The latest start of each level, in units of time since the first touchpoint;
 * that of level 0 is now. At any time, what a later start does not reach an
 * earlier one does not either.
 */
typedef uint64_t Started[MOST_STEPS + 3];

/* The start one level below `step` reaches it, where there is one and its window lasts. */
static inline void
reach_step(Started started, int step, uint64_t now, uint64_t within)
{
	uint64_t	start = started[step - 1];
	uint64_t	reaches = -(uint64_t) (now - start <= within);	/* all bits or none */

	started[step] = (start & reaches) | (started[step] & ~reaches);
}

/* Touchpoints of one instant come in any order: those of the steps after `step` once more. */
static void
reach_once_more(Started started, int step, uint64_t present, uint64_t now, uint64_t within)
{
	for (uint64_t later = present & ~((UINT64_C(2) << step) - 1); later != 0; later &= later - 1)
		reach_step(started, __builtin_ctzll(later), now, within);
}

/* The highest level that some start reaches, `highest` at most. */
static int
follow(const JourneyView *view, const StepOfCode step_of, int n_steps, uint64_t within, int highest)
{
	/* A start that never was: no window, however long, reaches from there to any time. */
	const uint64_t never = UINT64_MAX - within;
	VarintRun	times = varint_run(view->times, view->end);
	Started		started;
	uint64_t	present = 0;	/* the steps of an instant of several touchpoints, so far */
	uint32_t	tied = 0;		/* the last touchpoint in the same instant as the one before it */
	uint64_t	passed = 0;
	uint64_t	now = 0;

	for (int i = 0; i < n_steps + 3; i++)
		started[i] = never;
	varint_read(&times.at, view->end);
	for (uint32_t i = 0;;)
	{
		int			step = step_of[view->event_codes[i]];

		started[0] = now;
		reach_step(started, step, now, within);
		if (__builtin_expect(passed == 0, 0) && i > 0)
		{
			if (tied != i - 1)
				present = 0;
			tied = i;
			present |= UINT64_C(1) << step | UINT64_C(1) << step_of[view->event_codes[i - 1]];
			reach_once_more(started, step, present, now, within);
		}
		if (started[highest] != never || ++i == view->count)
			break;
		passed = next_varint(&times);
		now += passed;
		if (i % TOUCHPOINTS_PER_CHECK == 0)
			cx_check_interrupts();
	}
	while (highest > 0 && started[highest] == never)
		highest--;
	return highest;
}

/* ---------- The level ---------- */

int
funnel_level(const Funnel *funnel, const JourneyView *view)
{
	StepOfCode	step_of;
	uint64_t	present;
	uint64_t	within;
	int			highest;

	if (funnel_cannot_start(funnel, view))
		return 0;
	within = funnel->within_units[(view->flags & JOURNEY_UNIT_MASK) >> JOURNEY_UNIT_SHIFT];
	if (!funnel->simple || view->event_count > CODES || (within == LONGEST_WINDOW && view->unit_us == 1))
		return funnel_general_level(funnel, view);

	memset(step_of, funnel->n_steps + 2, sizeof(step_of));
	if (funnel->n_names > 0)
		present = bind_names(funnel, view, step_of);
	else if (!bind_atoms(funnel, view, step_of, &present))
		return funnel_general_level(funnel, view);

	/* As many of the first steps as the journey has at all. */
	highest = __builtin_ctzll(~present);
	if (highest <= 1)
		return highest;
	return follow(view, step_of, funnel->n_steps, within, highest);
}
