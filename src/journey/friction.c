/*
 * friction.c
 *	  Where a journey goes in circles, changes hands, stalls or ends without its goal.
 *
 * One pass over the touchpoints; at each, one kind after the other is looked
 * for. What is booked at a touchpoint but reaches beyond it (a run of repeats,
 * back and forth between teams) is followed from there: such runs share their
 * ends at most, so the whole stays linear.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/friction.h"

const char *const friction_kind_names[FRICTION_KINDS] = {
	"repeat", "loop", "channel_switch", "handoff", "ping_pong", "stall", "abandonment"
};

/* ---------- Channels ---------- */

/* The first of the names that have the channel of names[k], itself the latest. */
static uint32_t
find_channel(const ChannelName *names, uint32_t k)
{
	const ChannelName *name = &names[k];
	JourneyName channel = {name->name.bytes, name->channel_length};
	uint32_t	low = 0;
	uint32_t	high = k;

	/* The teams of a channel are neighbours in bytewise order; the bare channel may stand further ahead. */
	if (k > 0 && names[k - 1].channel_length == name->channel_length &&
		names[k - 1].channel_length < names[k - 1].name.length &&
		memcmp(names[k - 1].name.bytes, channel.bytes, channel.length) == 0)
		return names[k - 1].channel;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (name_compare(&names[middle].name, &channel) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k && name_compare(&names[low].name, &channel) == 0 ? low : k;
}

void
channel_names_read(const JourneyView *view, ChannelName *names)
{
	NameCursor	cursor;

	journey_names(view, &cursor);
	for (uint32_t i = 0; i < view->event_count; i++)
		journey_next_name(&cursor);
	for (uint32_t k = 0; k < view->channel_count; k++)
	{
		JourneyName name = journey_next_name(&cursor);
		const char *slash = memchr(name.bytes, '/', name.length);

		names[k].name = name;
		names[k].channel_length = slash == NULL ? name.length : (uint32_t) (slash - name.bytes);
		names[k].channel = slash == NULL ? k : find_channel(names, k);
	}
}

/* ---------- Reading ---------- */

static uint8_t
passes(const FrictionAtoms *atoms, uint32_t i)
{
	uint64_t	mask = atom_mask(atoms->binding, i, 0);
	uint64_t	required = mask & ~(atoms->goal | atoms->intent);

	for (int word = 1; word < atoms->binding->words; word++)
		required |= atom_mask(atoms->binding, i, word);
	return (required != 0 ? FRICTION_REQUIRED : 0) |
		((mask & atoms->goal) != 0 ? FRICTION_GOAL : 0) |
		((mask & atoms->intent) != 0 || atoms->intent == 0 ? FRICTION_INTENT : 0);
}

void
friction_journey_read(FrictionJourney *journey, const JourneyView *view,
					  const FrictionAtoms *atoms, const int64_t *as_of)
{
	TimeCursor	cursor = {0};

	journey->count = 0;
	journey->event_count = view->event_count;
	journey->events = cx_alloc(view->count, sizeof(uint32_t));
	journey->channels = cx_alloc(view->count, sizeof(int64_t));
	journey->at = cx_alloc(view->count, sizeof(int64_t));
	journey->passes = cx_alloc(view->count, sizeof(uint8_t));
	journey->names = cx_alloc(view->channel_count, sizeof(ChannelName));
	channel_names_read(view, journey->names);
	for (uint32_t i = 0; i < view->count; i++)
	{
		if (i == 0)
			journey_times(view, &cursor);
		else
			journey_next_time(&cursor);
		if (as_of != NULL && cursor.now > *as_of)
			break;
		journey->events[i] = safe_event_code(view, i);
		journey->channels[i] = safe_channel_code(view, i);
		journey->at[i] = cursor.now;
		journey->passes[i] = atoms->binding == NULL ? FRICTION_INTENT : passes(atoms, i);
		journey->count++;
	}
}

void
friction_journey_free(FrictionJourney *journey)
{
	cx_free(journey->events);
	cx_free(journey->channels);
	cx_free(journey->at);
	cx_free(journey->passes);
	cx_free(journey->names);
}

/* ---------- The kinds ---------- */

/* Puts touchpoint i among those of the instance; one that is required makes it intended. */
static void
add_ord(const FrictionScan *scan, Friction *friction, uint32_t i, bool *intended)
{
	scan->ords[friction->count++] = i;
	*intended |= (scan->journey->passes[i] & FRICTION_REQUIRED) != 0;
}

static bool
find_repeat(FrictionScan *scan, Friction *friction)
{
	const uint32_t *events = scan->journey->events;
	uint32_t	i = scan->at;
	bool		intended = false;

	if (i == 0 || events[i] != events[i - 1] || (i > 1 && events[i] == events[i - 2]))
		return false;
	for (uint32_t k = i - 1; k < scan->journey->count && events[k] == events[i]; k++)
		add_ord(scan, friction, k, &intended);
	friction->weight = friction->count - 1;
	return !intended;
}

static bool
find_loop(FrictionScan *scan, Friction *friction)
{
	uint32_t	i = scan->at;
	bool		intended = false;
	uint32_t	from;

	if (!loop_closes(&scan->loops, scan->journey->events[i], i, &from) || scan->last_required >= from)
		return false;
	for (uint32_t k = from; k <= i; k++)
		add_ord(scan, friction, k, &intended);
	friction->weight = i - from;
	scan->loops.start = i;
	return true;
}

static bool
find_channel_change(FrictionScan *scan, Friction *friction)
{
	const FrictionJourney *journey = scan->journey;
	uint32_t	i = scan->at;
	bool		intended = false;

	if (scan->previous < 0 || journey->channels[i] < 0 ||
		channel_change(&journey->names[journey->channels[scan->previous]],
					   &journey->names[journey->channels[i]]) != friction->kind)
		return false;
	add_ord(scan, friction, (uint32_t) scan->previous, &intended);
	add_ord(scan, friction, i, &intended);
	return !intended;
}

/* Touchpoint i begins a stretch of touchpoints of one team. */
static inline bool
begins_stretch(const FrictionScan *scan, uint32_t i)
{
	const int64_t *channels = scan->journey->channels;

	return channels[i] >= 0 && (scan->previous < 0 || channels[i] != channels[scan->previous]);
}

static bool
find_ping_pong(FrictionScan *scan, Friction *friction)
{
	const int64_t *channels = scan->journey->channels;
	const int64_t *before = scan->stretches;
	uint32_t	i = scan->at;
	int64_t		here = channels[i];
	int64_t		there;
	bool		intended = false;

	if (before[1] < 0 || !begins_stretch(scan, i) || here != channels[before[1]])
		return false;
	there = channels[before[0]];
	if (before[2] >= 0 && channels[before[2]] == there)
		return false;			/* booked before */
	add_ord(scan, friction, (uint32_t) before[1], &intended);
	add_ord(scan, friction, (uint32_t) before[0], &intended);
	add_ord(scan, friction, i, &intended);
	for (uint32_t k = i + 1; k < scan->journey->count; k++)
	{
		if (channels[k] < 0 || channels[k] == here)
			continue;
		if (channels[k] != there)
			break;
		there = here;
		here = channels[k];
		add_ord(scan, friction, k, &intended);
	}
	friction->weight = friction->count - 2;
	return !intended;
}

static bool
find_stall(FrictionScan *scan, Friction *friction)
{
	const int64_t *at = scan->journey->at;
	uint32_t	i = scan->at;
	bool		intended = false;

	if (i == 0 || scan->rules->stall == NULL || !more_than_passes(at[i - 1], at[i], scan->rules->stall))
		return false;
	add_ord(scan, friction, i - 1, &intended);
	add_ord(scan, friction, i, &intended);
	return !intended;
}

static bool
find_abandonment(FrictionScan *scan, Friction *friction)
{
	uint32_t	i = scan->at;
	bool		intended = false;

	if (i + 1 < scan->journey->count || scan->abandoned < 0)
		return false;
	if (scan->abandoned < i)
		add_ord(scan, friction, (uint32_t) scan->abandoned, &intended);
	add_ord(scan, friction, i, &intended);
	return true;
}

/* ---------- The scan ---------- */

/* The first touchpoint with intent after the last goal, of a journey whose last touchpoint is long enough ago; -1: none. */
static int64_t
find_abandoned(const FrictionJourney *journey, const FrictionRules *rules)
{
	int64_t		first = -1;

	if (!rules->has_goal || journey->count == 0)
		return -1;
	if (rules->as_of != NULL && rules->stall != NULL &&
		calendar_add(journey->at[journey->count - 1], rules->stall) >= *rules->as_of)
		return -1;
	for (int64_t i = (int64_t) journey->count - 1; i >= 0 && (journey->passes[i] & FRICTION_GOAL) == 0; i--)
	{
		if ((journey->passes[i] & FRICTION_INTENT) != 0)
			first = i;
	}
	return first;
}

void
friction_begin(FrictionScan *scan, const FrictionJourney *journey, const FrictionRules *rules)
{
	scan->journey = journey;
	scan->rules = rules;
	scan->at = 0;
	scan->kind = -1;
	scan->loops.met = cx_alloc0(journey->event_count, sizeof(uint32_t));
	scan->loops.start = 0;
	scan->last_required = -1;
	scan->previous = -1;
	for (int k = 0; k < 3; k++)
		scan->stretches[k] = -1;
	scan->abandoned = find_abandoned(journey, rules);
	scan->ords = cx_alloc(journey->count, sizeof(uint32_t));
}

void
friction_end(FrictionScan *scan)
{
	cx_free(scan->loops.met);
	cx_free(scan->ords);
}

/* Touchpoint `at` is done. */
static void
advance(FrictionScan *scan)
{
	uint32_t	i = scan->at++;

	scan->loops.met[scan->journey->events[i]] = i + 1;
	if (begins_stretch(scan, i))
	{
		scan->stretches[2] = scan->stretches[1];
		scan->stretches[1] = scan->stretches[0];
		scan->stretches[0] = i;
	}
	if (scan->journey->channels[i] >= 0)
		scan->previous = i;
	scan->kind = -1;
}

bool
friction_next(FrictionScan *scan, Friction *friction)
{
	static bool (*const find[FRICTION_KINDS]) (FrictionScan *, Friction *) = {
		find_repeat, find_loop, find_channel_change, find_channel_change, find_ping_pong, find_stall, find_abandonment
	};

	for (; scan->at < scan->journey->count; advance(scan))
	{
		if (scan->kind < 0)
		{
			cx_check_interrupts();
			if ((scan->journey->passes[scan->at] & FRICTION_REQUIRED) != 0)
				scan->last_required = scan->at;
			scan->kind = 0;
		}
		while (scan->kind < FRICTION_KINDS)
		{
			*friction = (Friction) {.kind = (FrictionKind) scan->kind, .at = scan->at, .weight = 1, .ords = scan->ords};
			if (find[scan->kind++](scan, friction))
				return true;
		}
	}
	return false;
}
