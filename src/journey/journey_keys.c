/*
 * journey_keys.c
 *	  What an index knows of a journey, and what it is asked; see journey_keys.h.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/journey_keys.h"
#include "journey/name_table.h"

/* Touchpoints between two looks for a cancel request: a power of two. */
#define TOUCHPOINTS_PER_CHECK 65536

/* ---------- Keys ---------- */

/* Each step loses nothing, so that neither name hides what the other tells. In indexes: never to change. */
static inline uint64_t
mix_key(uint64_t kind, uint64_t name, uint64_t second)
{
	uint64_t	key = name + kind;

	key = (key ^ key >> 32) * UINT64_C(0x9E3779B97F4A7C15) + second;
	key = (key ^ key >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
	return key ^ key >> 32;
}

/* The numbers of the kinds in keys, whatever the enum does. */
static inline uint64_t
kind_number(RequirementKind kind)
{
	switch (kind)
	{
		case REQUIRE_EVENT:
			return 1;
		case REQUIRE_EVENT_BELOW:
			return 2;
		case REQUIRE_CHANNEL:
			return 3;
		case REQUIRE_CHANNEL_BELOW:
			return 4;
		case REQUIRE_PAIR:
			break;
	}
	return 5;
}

uint64_t
journey_key(const Requirement *fact)
{
	return mix_key(kind_number(fact->kind), name_hash(fact->name.bytes, fact->name.length),
				   fact->kind == REQUIRE_PAIR ? name_hash(fact->second.bytes, fact->second.length) : 0);
}

/* ---------- Keys of a journey ---------- */

/* Keys met so far, found by open addressing. */
typedef struct KeyCollector
{
	JourneyKeys *out;
	uint64_t	mask;
	uint32_t   *slots;			/* 1 + index of the key, 0 empty */
} KeyCollector;

/* Adds a key unless it is there; its place, or -1. */
static inline int64_t
collect_key(KeyCollector *collector, uint64_t key)
{
	uint64_t	slot = key & collector->mask;
	JourneyKeys *out = collector->out;

	for (; collector->slots[slot] != 0; slot = (slot + 1) & collector->mask)
	{
		if (out->keys[collector->slots[slot] - 1] == key)
			return -1;
	}
	out->keys[out->count++] = key;
	collector->slots[slot] = (uint32_t) out->count;
	return (int64_t) out->count - 1;
}

/* Adds the key of a fact about one name, whose hash is at hand. */
static void
collect_name(KeyCollector *collector, RequirementKind kind, JourneyName name, uint64_t hash)
{
	int64_t		place = collect_key(collector, mix_key(kind_number(kind), hash, 0));

	if (place >= 0 && collector->out->facts != NULL)
		collector->out->facts[place] = (Requirement) {kind, name, {NULL, 0}};
}

/* What stands before each slash of a name. */
static void
collect_parents(KeyCollector *collector, RequirementKind kind, JourneyName name)
{
	for (uint32_t i = 0; i < name.length; i++)
	{
		if (name.bytes[i] == '/')
			collect_name(collector, kind, (JourneyName) {name.bytes, i}, name_hash(name.bytes, i));
	}
}

static void
collect_pairs(KeyCollector *collector, const JourneyView *view, const JourneyName *names,
			  const uint64_t *hashes)
{
	uint32_t	left = journey_event_code(view, 0);

	for (uint32_t i = 1; i < view->count; i++)
	{
		uint32_t	right = journey_event_code(view, i);
		int64_t		place;

		if ((i & (TOUCHPOINTS_PER_CHECK - 1)) == 0)
			cx_check_interrupts();
		/* Codes past the dictionary: only in a damaged journey. */
		if (left < view->event_count && right < view->event_count)
		{
			place = collect_key(collector, mix_key(kind_number(REQUIRE_PAIR), hashes[left], hashes[right]));
			if (place >= 0 && collector->out->facts != NULL)
				collector->out->facts[place] = (Requirement) {REQUIRE_PAIR, names[left], names[right]};
		}
		left = right;
	}
}

/* No journey has more keys: its names, their slashes, its pairs. */
static size_t
most_keys(const JourneyView *view, const JourneyName *names, size_t n_names)
{
	uint64_t	pairs = (uint64_t) view->event_count * view->event_count;
	size_t		most = n_names;

	for (size_t i = 0; i < n_names; i++)
	{
		for (uint32_t k = 0; k < names[i].length; k++)
			most += names[i].bytes[k] == '/';
	}
	return most + (pairs < view->count ? (size_t) pairs : view->count);
}

void
journey_keys_read(JourneyKeys *keys, const JourneyView *view, bool with_facts)
{
	size_t		n_names = (size_t) view->event_count + view->channel_count;
	KeyCollector collector = {keys, 63, NULL};
	JourneyName *names;
	uint64_t   *hashes;
	size_t		room;

	memset(keys, 0, sizeof(*keys));
	if (view->count == 0)
		return;
	names = cx_alloc(n_names, sizeof(JourneyName));
	hashes = cx_alloc(n_names, sizeof(uint64_t));
	journey_read_names(view, names);
	room = most_keys(view, names, n_names);
	keys->keys = cx_alloc(room, sizeof(uint64_t));
	if (with_facts)
		keys->facts = cx_alloc(room, sizeof(Requirement));
	while (collector.mask < 2 * room)
		collector.mask = 2 * collector.mask + 1;
	collector.slots = cx_alloc0(collector.mask + 1, sizeof(uint32_t));

	for (size_t i = 0; i < n_names; i++)
	{
		bool		channel = i >= view->event_count;

		hashes[i] = name_hash(names[i].bytes, names[i].length);
		collect_name(&collector, channel ? REQUIRE_CHANNEL : REQUIRE_EVENT, names[i], hashes[i]);
		collect_parents(&collector, channel ? REQUIRE_CHANNEL_BELOW : REQUIRE_EVENT_BELOW, names[i]);
	}
	collect_pairs(&collector, view, names, hashes);
	cx_free(collector.slots);
	cx_free(hashes);
	cx_free(names);
}

void
journey_keys_free(JourneyKeys *keys)
{
	cx_free(keys->keys);
	cx_free(keys->facts);
}

/* ---------- Questions ---------- */

static KeyQuery *
key_query_make(int n_clauses, int n_facts)
{
	/* The facts first: nothing needs a wider alignment. */
	size_t		size = sizeof(KeyQuery) + n_facts * sizeof(Requirement) + n_clauses * sizeof(int);
	KeyQuery   *query = cx_alloc(1, size);

	query->n_clauses = n_clauses;
	query->n_facts = n_facts;
	query->facts = (Requirement *) (query + 1);
	query->ends = (int *) (query->facts + n_facts);
	return query;
}

static KeyQuery *
query_of_events(const NameTest *events, int count, int n_clauses)
{
	KeyQuery   *query = key_query_make(n_clauses, count);

	for (int i = 0; i < count; i++)
		query->facts[i] = (Requirement) {events[i].below ? REQUIRE_EVENT_BELOW : REQUIRE_EVENT,
		events[i].name, {NULL, 0}};
	return query;
}

KeyQuery *
key_query_all(const NameTest *events, int count)
{
	KeyQuery   *query = query_of_events(events, count, count);

	for (int i = 0; i < count; i++)
		query->ends[i] = i + 1;
	return query;
}

KeyQuery *
key_query_any(const NameTest *events, int count)
{
	KeyQuery   *query = query_of_events(events, count, 1);

	query->ends[0] = count;
	return query;
}

KeyQuery *
key_query_never(void)
{
	return key_query_any(NULL, 0);
}

static bool
same_name(const JourneyName *a, const JourneyName *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* A journey with event (or channel) `name` has what `fact` says. */
static bool
name_implies(const JourneyName *name, const Requirement *fact)
{
	NameTest	test = {fact->name, fact->kind == REQUIRE_EVENT_BELOW || fact->kind == REQUIRE_CHANNEL_BELOW};

	return name_test_matches(&test, name);
}

/* Where `a` holds, `b` does. */
static bool
fact_implies(const Requirement *a, const Requirement *b)
{
	bool		of_events = b->kind == REQUIRE_EVENT || b->kind == REQUIRE_EVENT_BELOW;
	bool		of_channels = b->kind == REQUIRE_CHANNEL || b->kind == REQUIRE_CHANNEL_BELOW;

	if (a->kind == b->kind && same_name(&a->name, &b->name))
		return a->kind != REQUIRE_PAIR || same_name(&a->second, &b->second);
	switch (a->kind)
	{
		case REQUIRE_PAIR:
			return of_events && (name_implies(&a->name, b) || name_implies(&a->second, b));
		case REQUIRE_EVENT:
			return of_events && name_implies(&a->name, b);
		case REQUIRE_CHANNEL:
			return of_channels && name_implies(&a->name, b);
		case REQUIRE_EVENT_BELOW:
		case REQUIRE_CHANNEL_BELOW:
			/* Below a/b is below a. */
			return a->kind == b->kind && name_implies(&a->name, b);
	}
	return false;
}

/* Each fact of `a` implies one of `b`. */
static bool
clause_implies(const RequirementClause *a, const RequirementClause *b)
{
	for (int i = 0; i < a->count; i++)
	{
		int			k = 0;

		while (k < b->count && !fact_implies(&a->alternatives[i], &b->alternatives[k]))
			k++;
		if (k == b->count)
			return false;
	}
	return true;
}

/* Clause i follows from another one; of two that say the same the first stays. */
static bool
clause_follows(const PatternRequirements *requirements, int i)
{
	for (int k = 0; k < requirements->count; k++)
	{
		const RequirementClause *other = &requirements->clauses[k];

		if (k != i && clause_implies(other, &requirements->clauses[i]) &&
			(k < i || !clause_implies(&requirements->clauses[i], other)))
			return true;
	}
	return false;
}

KeyQuery *
key_query_of_pattern(const Pattern *pattern)
{
	PatternRequirements *requirements = pattern_requirements(pattern);
	KeyQuery   *query = key_query_make(PATTERN_MAX_CLAUSES, PATTERN_MAX_CLAUSES * CLAUSE_MAX_ALTERNATIVES);

	query->n_clauses = query->n_facts = 0;
	for (int i = 0; i < requirements->count; i++)
	{
		const RequirementClause *clause = &requirements->clauses[i];

		if (clause_follows(requirements, i))
			continue;
		memcpy(query->facts + query->n_facts, clause->alternatives, clause->count * sizeof(Requirement));
		query->n_facts += clause->count;
		query->ends[query->n_clauses++] = query->n_facts;
	}
	cx_free(requirements);
	return query;
}
