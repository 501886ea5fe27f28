/*
 * transition_add.c
 *	  Adds a journey to a block of transitions or takes it away.
 *
 * The short way is for one path of events, where codes have one byte: every name
 * is looked up once, and a transition is one step into a hash table.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/transition_table.h"
#include "journey/varint_run.h"

/* Touchpoints between two looks for a cancel request and for room. */
#define TOUCHPOINTS_PER_CHECK 128

/* Events that have codes of one byte; nodes of one journey whose pairs are marked in a bitmap. */
#define CODES 256
#define CODE_BITS 8

/* The smallest number of bits for so many different ones. */
static inline int
bits_for(uint64_t count)
{
	return count <= 1 ? 0 : 64 - __builtin_clzll(count - 1);
}

/* ---------- Keys on their way into the table ---------- */

/*
 * Between two looks for room a touchpoint brings three transitions at most: from
 * the start, to the end, and from another one; each may be a repeat too.
 */
#define MOST_KEYS (6 * TOUCHPOINTS_PER_CHECK)

typedef struct Keys
{
	uint32_t	n;
	uint64_t	keys[MOST_KEYS + 1];
} Keys;

/* Marks a pair of nodes, numbered below 2^bits, as seen; whether it was before. */
static inline bool
mark_seen(uint64_t *seen, int bits, uint32_t source, uint32_t target)
{
	uint32_t	pair = source << bits | target;
	uint64_t	before = seen[pair / 64];

	seen[pair / 64] = before | UINT64_C(1) << pair % 64;
	return before >> pair % 64 & 1;
}

static inline void
clear_seen(uint64_t *seen, int bits)
{
	memset(seen, 0, (((size_t) 1 << (2 * bits)) + 63) / 64 * sizeof(uint64_t));
}

/* Adds sign to the counts of the keys; false when the block would be too large. */
static inline __attribute__((always_inline)) bool
flush_keys(TransitionTable *table, Keys *keys, int sign, int64_t *lowest)
{
	if (!transition_table_reserve(table, 0, 0, keys->n, true))
		return false;
	for (uint32_t i = 0; i < keys->n; i++)
	{
		int64_t    *count = transition_count(table, keys->keys[i]);

		*count += sign;
		*lowest |= *count;
	}
	keys->n = 0;
	return true;
}

/* The bin of what passed, in microseconds: all of time does not fit an int64. */
static inline uint32_t
bin_of(uint64_t passed)
{
	return (uint32_t) (TRANSITION_TIMED + log_bin(passed > INT64_MAX ? INT64_MAX : (int64_t) passed));
}

/* ---------- The short way ---------- */

typedef uint32_t NumberOfCode[CODES];

/* The event codes of a journey. */
typedef struct Codes
{
	const uint8_t *at;
	size_t		stride;			/* 0 where all are the first one */
	int			bits;
	uint32_t	mask;
	const uint32_t *number;		/* in the table */
} Codes;

static inline uint32_t
code_at(const Codes *codes, uint32_t i)
{
	return codes->at[i * codes->stride] & codes->mask;
}

/* Looks up the names; codes that damage may bring, up to 2^bits, are the first one's. */
static void
bind_events(TransitionTable *table, const JourneyView *view, NumberOfCode number, int bits)
{
	const uint8_t *at = view->names;
	const uint8_t *end = at + view->names_size;

	for (uint32_t code = 0; code < view->event_count; code++)
	{
		NameCursor	cursor = {at, end};
		JourneyName read = {(const char *) at + 1, at < end ? *at : 0};
		TransitionName name;

		/* Nearly always the length has one byte. */
		if (__builtin_expect(at == end || *at >= 0x80 || end - at <= *at, 0))
			read = journey_next_name(&cursor);
		at = (const uint8_t *) read.bytes + read.length;
		name = transition_name(read.bytes, read.length, (const char *) view->end);
		number[code] = transition_node_number(table, &name);
	}
	for (uint32_t code = view->event_count; code < 1u << bits; code++)
		number[code] = number[0];
}

/*
 * The keys of n transitions, from the one to touchpoint `first` on, and behind
 * them those of the repeats. Whether one is a repeat cannot be predicted: its
 * key is always written, and stays there only then.
 */
static void
read_keys(const Codes *codes, VarintRun *times, int64_t unit_us, uint32_t first, uint32_t n, uint64_t *seen,
		  Keys *keys)
{
	VarintRun	run = *times;
	uint32_t	source = code_at(codes, first - 1);
	uint64_t	source_key = transition_key(codes->number[source], 0, 0);
	uint64_t   *to = keys->keys + keys->n;
	uint64_t   *repeats = to + n;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	target = code_at(codes, first + i);
		uint64_t	number = codes->number[target];
		uint64_t	pair = source_key | number << TRANSITION_TARGET_SHIFT;
		uint64_t	passed = next_varint(&run) * (uint64_t) unit_us;

		to[i] = pair | bin_of(passed);
		*repeats = pair | TRANSITION_REPEATS;
		repeats += mark_seen(seen, codes->bits, source, target);
		source = target;
		source_key = number << TRANSITION_SOURCE_SHIFT;
	}
	keys->n = (uint32_t) (repeats - keys->keys);
	*times = run;
}

static inline __attribute__((always_inline)) TransitionOutcome
change_by_events(TransitionTable *table, const JourneyView *view, int sign)
{
	static const uint8_t no_code = 0;
	const int	bits = bits_for(view->event_count);
	VarintRun	times = varint_run(view->times, view->end);
	NumberOfCode number;
	const Codes codes = {
		view->event_width == 0 ? &no_code : view->event_codes, view->event_width, bits, (1u << bits) - 1, number
	};
	Keys		keys;
	uint64_t	seen[CODES * CODES / 64];
	int64_t		lowest = 0;

	if (!transition_table_reserve(table, view->event_count, view->names_size, 0, false))
		return TRANSITION_TOO_LARGE;
	bind_events(table, view, number, bits);
	clear_seen(seen, bits);
	keys.keys[0] = transition_key(TRANSITION_START, number[code_at(&codes, 0)], TRANSITION_NO_TIME);
	keys.keys[1] = transition_key(number[code_at(&codes, view->count - 1)], TRANSITION_END, TRANSITION_NO_TIME);
	keys.n = 2;
	varint_read(&times.at, view->end);
	for (uint32_t done = 1; done < view->count;)
	{
		uint32_t	n = view->count - done < TOUCHPOINTS_PER_CHECK ? view->count - done : TOUCHPOINTS_PER_CHECK;

		read_keys(&codes, &times, view->unit_us, done, n, seen, &keys);
		done += n;
		if (done == view->count)
			break;
		cx_check_interrupts();
		if (!flush_keys(table, &keys, sign, &lowest))
			return TRANSITION_TOO_LARGE;
	}
	if (!flush_keys(table, &keys, sign, &lowest))
		return TRANSITION_TOO_LARGE;
	table->block->journeys += sign;
	table->block->transitions += sign * ((int64_t) view->count + 1);
	return lowest < 0 ? TRANSITION_MISSING : TRANSITION_DONE;
}

/* Each compiled for itself. */
static TransitionOutcome
add_by_events(TransitionTable *table, const JourneyView *view)
{
	return change_by_events(table, view, 1);
}

static TransitionOutcome
remove_by_events(TransitionTable *table, const JourneyView *view)
{
	return change_by_events(table, view, -1);
}

/* ---------- Any path ---------- */

/*
 * The nodes of one journey have places: 0 for the start, 1 for the end, then its
 * nodes, then its events, of which those that end paths are used.
 */
typedef struct Walk
{
	TransitionTable *table;
	const JourneyView *view;
	const AtomSet *until;		/* NULL: none */
	AtomBinding binding;
	JourneyNodes nodes;
	uint32_t	places;
	uint32_t   *number;			/* by place: of the node in the table */
	uint32_t   *place_of_end;	/* by event code: of a touchpoint that ends a path */
	int			seen_bits;		/* of a place, where the pairs are in the bitmap */
	uint64_t   *seen_set;		/* else hash set of pairs of places, each with 1 added */
	int			seen_shift;
	uint32_t	source;			/* place */
	uint64_t	source_at;
	int			sign;
	int64_t		transitions;
	int64_t		lowest;
	uint32_t	few_numbers[CODES];
	uint32_t	few_ends[CODES];
	uint64_t	seen[CODES * CODES / 64];
	Keys		keys;
} Walk;

static uint32_t
number_of(TransitionTable *table, const JourneyName *name, const JourneyView *view)
{
	TransitionName asked = transition_name(name->bytes, name->length, (const char *) view->end);

	return transition_node_number(table, &asked);
}

/* The place of an event that ends a path: that of the node of this name where there is one. */
static uint32_t
place_of_end(const JourneyNodes *nodes, uint32_t code)
{
	const JourneyName *event = &nodes->all_names[code];
	uint32_t	low = 0;
	uint32_t	high = nodes->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = name_compare(&nodes->names[middle], event);

		if (order == 0)
			return TRANSITION_NAMED + middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return TRANSITION_NAMED + nodes->count + code;
}

/* Looks up all names a path may have. */
static void
bind_places(Walk *walk)
{
	const JourneyNodes *nodes = &walk->nodes;

	walk->number[TRANSITION_START] = TRANSITION_START;
	walk->number[TRANSITION_END] = TRANSITION_END;
	for (uint32_t i = 0; i < nodes->count; i++)
		walk->number[TRANSITION_NAMED + i] = number_of(walk->table, &nodes->names[i], walk->view);
	for (uint32_t code = 0; walk->until != NULL && code < walk->view->event_count; code++)
	{
		if (walk->binding.by_event[code] == 0)
			continue;
		walk->place_of_end[code] = place_of_end(nodes, code);
		walk->number[walk->place_of_end[code]] = number_of(walk->table, &nodes->all_names[code], walk->view);
	}
}

/* Marks a pair as seen; whether this journey had it before. */
static bool
mark_seen_in_set(Walk *walk, uint32_t source, uint32_t target)
{
	uint64_t	pair = ((uint64_t) source << 32 | target) + 1;
	uint64_t	at = pair * TRANSITION_MIX >> walk->seen_shift;

	while (walk->seen_set[at] != 0)
	{
		if (walk->seen_set[at] == pair)
			return true;
		at = (at + 1) & ((UINT64_C(1) << (64 - walk->seen_shift)) - 1);
	}
	walk->seen_set[at] = pair;
	return false;
}

static inline void
step_to(Walk *walk, uint32_t target, uint64_t at)
{
	uint32_t	bin = TRANSITION_NO_TIME;
	bool		repeat;
	uint64_t	pair;

	if (walk->source != TRANSITION_START && target != TRANSITION_END)
		bin = bin_of(at - walk->source_at);
	repeat = walk->seen_set == NULL ? mark_seen(walk->seen, walk->seen_bits, walk->source, target)
		: mark_seen_in_set(walk, walk->source, target);
	pair = transition_key(walk->number[walk->source], walk->number[target], 0);
	walk->keys.keys[walk->keys.n] = pair | TRANSITION_REPEATS;
	walk->keys.n += repeat;
	walk->keys.keys[walk->keys.n++] = pair | bin;
	walk->transitions++;
	walk->source = target == TRANSITION_END ? TRANSITION_START : target;
	walk->source_at = at;
}

/* Follows the paths; false when the block would be too large. */
static bool
follow(Walk *walk, bool restart)
{
	const JourneyView *view = walk->view;
	VarintRun	times = varint_run(view->times, view->end);
	uint64_t	now = 0;		/* since the first touchpoint */

	varint_read(&times.at, view->end);
	for (uint32_t i = 0; i < view->count; i++)
	{
		uint32_t	event = journey_event_code(view, i);
		int64_t		node = -1;

		if (i > 0)
			now += next_varint(&times) * (uint64_t) view->unit_us;
		/* Only damage brings codes that stand for nothing. */
		if (event < view->event_count && walk->until != NULL && (atom_mask(&walk->binding, i, 0) & 1) != 0)
		{
			step_to(walk, walk->place_of_end[event], now);
			step_to(walk, TRANSITION_END, now);
			if (!restart)
				break;
		}
		else if (event < view->event_count)
			node = journey_node(&walk->nodes, i);
		if (node >= 0 && node < walk->nodes.count)
			step_to(walk, TRANSITION_NAMED + (uint32_t) node, now);
		if (i % TOUCHPOINTS_PER_CHECK == TOUCHPOINTS_PER_CHECK - 2)
		{
			cx_check_interrupts();
			if (!flush_keys(walk->table, &walk->keys, walk->sign, &walk->lowest))
				return false;
		}
	}
	if (walk->source != TRANSITION_START)
		step_to(walk, TRANSITION_END, now);
	return flush_keys(walk->table, &walk->keys, walk->sign, &walk->lowest);
}

/* Memory for what depends on the number of places; a few need none. */
static void
open_walk(Walk *walk)
{
	const JourneyView *view = walk->view;

	walk->seen_bits = bits_for(walk->places);
	walk->number = walk->few_numbers;
	walk->place_of_end = walk->few_ends;
	if (walk->seen_bits <= CODE_BITS)
		clear_seen(walk->seen, walk->seen_bits);
	else
	{
		int			set_bits = bits_for(2 * (3 * (uint64_t) view->count + 1));

		walk->number = cx_alloc0(walk->places, sizeof(uint32_t));
		walk->place_of_end = cx_alloc0(view->event_count, sizeof(uint32_t));
		walk->seen_shift = 64 - set_bits;
		walk->seen_set = cx_alloc0((size_t) 1 << set_bits, sizeof(uint64_t));
	}
}

static void
close_walk(Walk *walk)
{
	if (walk->seen_set == NULL)
		return;
	cx_free(walk->number);
	cx_free(walk->place_of_end);
	cx_free(walk->seen_set);
}

static TransitionOutcome
change_by_walk(TransitionTable *table, const JourneyView *view, const AtomSet *until, int sign)
{
	TransitionDefinition definition = transition_definition(table->block);
	Walk		walk;
	bool		fits;

	/* Most of it is room that needs no clearing. */
	memset(&walk, 0, offsetof(Walk, few_numbers));
	walk.keys.n = 0;
	walk.table = table;
	walk.view = view;
	walk.until = until;
	walk.sign = sign;
	journey_nodes_read(view, definition.by, &walk.nodes);
	walk.places = TRANSITION_NAMED + walk.nodes.count + (until == NULL ? 0 : view->event_count);
	if (until != NULL)
		atom_bind(&walk.binding, until, view);
	open_walk(&walk);
	fits = transition_table_reserve(table, walk.places, 2 * (uint64_t) view->names_size, 0, false);
	if (fits)
	{
		bind_places(&walk);
		fits = follow(&walk, definition.restart);
	}
	close_walk(&walk);
	if (until != NULL)
		atom_unbind(&walk.binding);
	journey_nodes_free(&walk.nodes);
	if (!fits)
		return TRANSITION_TOO_LARGE;
	if (walk.transitions == 0)
		return TRANSITION_IGNORED;
	table->block->journeys += sign;
	table->block->transitions += sign * walk.transitions;
	return walk.lowest < 0 ? TRANSITION_MISSING : TRANSITION_DONE;
}

/* ---------- Either ---------- */

/* How many touchpoints the first path has: up to the first one that passes `until`. */
static uint32_t
count_until(const JourneyView *view, const AtomSet *until)
{
	AtomBinding binding;
	uint32_t	i = view->count;

	atom_bind(&binding, until, view);
	if (binding.any != 0)
	{
		for (i = 0; i < view->count && atom_mask(&binding, i, 0) == 0; i++)
		{
			if (i % (1 << 16) == 0)
				cx_check_interrupts();
		}
	}
	atom_unbind(&binding);
	return i < view->count ? i + 1 : view->count;
}

/* By event the one path of a journey is the journey, or how it begins. */
static TransitionOutcome
change_one_path(TransitionTable *table, const JourneyView *view, const AtomSet *until, int sign)
{
	JourneyView path = *view;

	if (until != NULL)
		path.count = count_until(view, until);
	return sign > 0 ? add_by_events(table, &path) : remove_by_events(table, &path);
}

static TransitionOutcome
change(TransitionBlock **block, const JourneyView *view, const AtomSet *until, int sign)
{
	TransitionTable table = {.given = *block};
	TransitionOutcome outcome;

	if (view->count == 0)
		return TRANSITION_IGNORED;
	transition_table_open(&table, *block);
	if ((*block)->by == BY_EVENT && view->event_count <= CODES &&
		(until == NULL || ((*block)->flags & TRANSITION_RESTART) == 0))
		outcome = change_one_path(&table, view, until, sign);
	else
		outcome = change_by_walk(&table, view, until, sign);
	if (outcome == TRANSITION_IGNORED && table.block != *block)
		cx_free(table.block);
	else
		*block = table.block;
	if (outcome != TRANSITION_DONE)
		return outcome;
	if ((*block)->transitions > TRANSITION_MAX_COUNT)
		return TRANSITION_TOO_MANY;
	return (*block)->journeys < 1 ? TRANSITION_MISSING : TRANSITION_DONE;
}

TransitionOutcome
transition_add(TransitionBlock **block, const JourneyView *journey, const AtomSet *until)
{
	return change(block, journey, until, 1);
}

TransitionOutcome
transition_remove(TransitionBlock **block, const JourneyView *journey, const AtomSet *until)
{
	return change(block, journey, until, -1);
}
