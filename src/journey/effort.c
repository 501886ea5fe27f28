/*
 * effort.c
 *	  What it took a customer to reach a goal: one pass over the packed journey.
 *
 * Journeys are short and read by the million: whether a step repeats or closes
 * a loop is added up without branches, as no processor can foresee it.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/effort.h"
#include "journey/friction.h"
#include "journey/varint_run.h"

/* Journeys with no more names need no memory. */
#define FEW_EVENTS 64
#define FEW_CHANNELS 8

/* Where the customer is. */
typedef struct EffortRun
{
	Effort	   *effort;
	ChannelName *names;
	bool	   *seen;			/* by channel */
	int64_t		team;			/* channel name of the latest touchpoint that has one; -1: none */
	int64_t		channel;		/* channel of the attempt; -1: none yet */
	bool		failed;			/* something failed in the attempt */
} EffortRun;

/* The attempt has not reached the goal; the next has no channel yet. */
static void
end_attempt(EffortRun *run)
{
	run->effort->failures += run->failed;
	run->failed = false;
	run->channel = -1;
}

static void
begin_attempt(EffortRun *run)
{
	end_attempt(run);
	run->effort->attempts++;
}

/* The touchpoint has this channel name, another one than the latest or the first of an attempt. */
static void
change_team(EffortRun *run, int64_t team)
{
	Effort	   *effort = run->effort;
	uint32_t	channel = run->names[team].channel;

	if (run->channel >= 0 && run->channel != channel)
		begin_attempt(run);
	run->channel = channel;
	if (run->team >= 0)
	{
		FrictionKind change = channel_change(&run->names[run->team], &run->names[team]);

		effort->switches += change == FRICTION_CHANNEL_SWITCH;
		effort->handoffs += change == FRICTION_HANDOFF;
	}
	effort->channels += !run->seen[channel];
	run->seen[channel] = true;
	run->team = team;
}

/* Touchpoint i passes one of the atoms; `mask` is word 0 of those it passes. */
static inline bool
passes_any(const AtomBinding *binding, uint32_t i, uint64_t mask)
{
	for (int word = 1; word < binding->words; word++)
		mask |= atom_mask(binding, i, word);
	return mask != 0;
}

/* Goes over the touchpoints; `met` is cleared. */
static void
measure(EffortRun *run, const JourneyView *view, uint32_t *met, const AtomBinding *binding, uint64_t goal,
		const CalendarInterval *gap)
{
	Effort	   *effort = run->effort;
	LoopSearch	search = {met, 0};
	uint32_t	repeats = 0;
	uint32_t	loops = 0;
	TimeCursor	cursor;
	VarintRun	times;

	journey_times(view, &cursor);
	effort->started = cursor.now;
	times = varint_run(cursor.at, cursor.end);
	for (uint32_t i = 0; i < view->count; i++)
	{
		uint64_t	passed = i == 0 ? 0 : next_varint(&times) * (uint64_t) cursor.unit_us;
		int64_t		before = cursor.now;
		uint32_t	event;
		int64_t		team;
		uint32_t	from;
		bool		closes;

		cursor.now = (int64_t) ((uint64_t) before + passed);
		if (i % 65536 == 65535)
			cx_check_interrupts();
		if (effort->resolved)
			continue;			/* only how long the journey is */

		event = safe_event_code(view, i);
		closes = loop_closes(&search, event, i, &from);
		repeats += (met[event] == i) & (i > 0);
		loops += closes;
		search.start = closes ? i : search.start;
		met[event] = i + 1;

		if (gap != NULL && more_than_passes(before, cursor.now, gap))
			begin_attempt(run);
		team = safe_channel_code(view, i);
		if (team >= 0 && (team != run->team || run->channel < 0))
			change_team(run, team);
		effort->touchpoints++;
		if (binding != NULL)
		{
			uint64_t	mask = atom_mask(binding, i, 0);

			/* At the goal it makes no difference: that attempt is not counted. */
			run->failed |= passes_any(binding, i, mask);
			effort->resolved = (mask & goal) != 0;
			effort->reached = effort->resolved ? cursor.now : 0;
		}
	}
	effort->repeats = repeats;
	effort->loops = loops;
	effort->ended = cursor.now;
}

void
effort_measure(Effort *effort, const JourneyView *view, const AtomBinding *binding, uint64_t goal,
			   const CalendarInterval *gap)
{
	uint32_t	few_met[FEW_EVENTS];
	ChannelName few_names[FEW_CHANNELS];
	bool		few_seen[FEW_CHANNELS];
	bool		many_events = view->event_count > FEW_EVENTS;
	bool		many_channels = view->channel_count > FEW_CHANNELS;
	uint32_t   *met = many_events ? cx_alloc(view->event_count, sizeof(uint32_t)) : few_met;
	EffortRun	run = {.effort = effort, .team = -1, .channel = -1};

	memset(effort, 0, sizeof(*effort));
	if (view->count == 0)
		return;
	run.names = many_channels ? cx_alloc(view->channel_count, sizeof(ChannelName)) : few_names;
	run.seen = many_channels ? cx_alloc(view->channel_count, sizeof(bool)) : few_seen;
	memset(met, 0, view->event_count * sizeof(uint32_t));
	memset(run.seen, 0, view->channel_count);
	channel_names_read(view, run.names);

	effort->attempts = 1;
	measure(&run, view, met, binding, goal, gap);
	if (!effort->resolved)
		end_attempt(&run);

	if (many_events)
		cx_free(met);
	if (many_channels)
	{
		cx_free(run.names);
		cx_free(run.seen);
	}
}
