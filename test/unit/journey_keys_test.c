/*
 * journey_keys_test.c
 *	  The keys of a journey against a list made from its touchpoints, and what
 *	  patterns ask of them.
 *
 * The list has every fact that the definition names, one by one from the
 * touchpoints, with all its repetitions. What a pattern asks for was written
 * out by hand; on random journeys it must say what all the clauses say.
 *
 *	  journey_keys_test [rounds] [seed]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/journey_keys.h"
#include "tap.h"

static uint64_t random_state;

static uint32_t
chance(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t) (random_state >> 33) % below;
}

static JourneyName
name_of(const char *text)
{
	return (JourneyName) {text, (uint32_t) strlen(text)};
}

static void *
build(Touchpoint *touchpoints, size_t count, JourneyView *view)
{
	size_t		size;
	void	   *bytes = journey_build(touchpoints, count, 0, &size);

	if (!journey_open(view, bytes, size))
		abort();
	return bytes;
}

/* ---------- All facts, one by one ---------- */

static size_t
add_parents(Requirement *facts, size_t n, RequirementKind kind, JourneyName name)
{
	for (uint32_t i = 0; i < name.length; i++)
	{
		if (name.bytes[i] == '/')
			facts[n++] = (Requirement) {kind, {name.bytes, i}, {NULL, 0}};
	}
	return n;
}

/* Touchpoints in order; names have 4 slashes at most. */
static size_t
all_facts(const Touchpoint *touchpoints, size_t count, Requirement *facts)
{
	size_t		n = 0;

	for (size_t i = 0; i < count; i++)
	{
		facts[n++] = (Requirement) {REQUIRE_EVENT, touchpoints[i].event, {NULL, 0}};
		n = add_parents(facts, n, REQUIRE_EVENT_BELOW, touchpoints[i].event);
		if (touchpoints[i].channel.bytes != NULL)
		{
			facts[n++] = (Requirement) {REQUIRE_CHANNEL, touchpoints[i].channel, {NULL, 0}};
			n = add_parents(facts, n, REQUIRE_CHANNEL_BELOW, touchpoints[i].channel);
		}
		if (i > 0)
			facts[n++] = (Requirement) {REQUIRE_PAIR, touchpoints[i - 1].event, touchpoints[i].event};
	}
	return n;
}

static bool
same_name(const JourneyName *a, const JourneyName *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool
same_fact(const Requirement *a, const Requirement *b)
{
	return a->kind == b->kind && same_name(&a->name, &b->name) &&
		(a->kind != REQUIRE_PAIR || same_name(&a->second, &b->second));
}

static bool
has_fact(const Requirement *facts, size_t count, const Requirement *fact)
{
	for (size_t i = 0; i < count; i++)
	{
		if (same_fact(&facts[i], fact))
			return true;
	}
	return false;
}

/* The keys are those of the facts, each once, with and without the facts beside them. */
static bool
keys_are_right(const JourneyView *view, const Requirement *facts, size_t count)
{
	JourneyKeys keys;
	JourneyKeys bare;
	bool		right = true;

	journey_keys_read(&keys, view, true);
	journey_keys_read(&bare, view, false);
	right &= bare.count == keys.count && bare.facts == NULL &&
		(keys.count == 0 || memcmp(bare.keys, keys.keys, keys.count * sizeof(uint64_t)) == 0);
	for (size_t i = 0; i < keys.count; i++)
	{
		right &= keys.keys[i] == journey_key(&keys.facts[i]);
		right &= has_fact(facts, count, &keys.facts[i]);
		right &= !has_fact(keys.facts, i, &keys.facts[i]);
		for (size_t k = 0; k < i; k++)
			right &= keys.keys[k] != keys.keys[i];
	}
	for (size_t i = 0; i < count; i++)
		right &= has_fact(keys.facts, keys.count, &facts[i]);
	journey_keys_free(&keys);
	journey_keys_free(&bare);
	return right;
}

/* ---------- Random journeys and patterns ---------- */

#define MOST 40

static size_t
random_touchpoints(Touchpoint *touchpoints)
{
	static const char *const events[] = {"a", "b", "c", "a/b", "a/b/c", "/", "b//", "", "a b", "\xc3\xa9/x"};
	static const char *const channels[] = {"a", "web", "web/x", "a/b"};
	size_t		count = chance(MOST + 1);
	int			n_events = 1 + chance(10);

	memset(touchpoints, 0, sizeof(Touchpoint) * MOST);
	for (size_t i = 0; i < count; i++)
	{
		touchpoints[i].at = chance(50);
		touchpoints[i].event = name_of(events[chance(n_events)]);
		if (chance(3) > 0)
			touchpoints[i].channel = name_of(channels[chance(4)]);
	}
	return count;
}

static const char *const patterns[] = {
	"a", "a -> b", "a ~> b", "a -> b ~> c", "a/* -> b", "a/b ~> a/*", "a/b -> c ~> a/*", "[a|b] -> c", "[a|b] ~> [b|c|a]",
	"a@web -> b@web/*", "a@web/x -> b@web/*", "a{2}", "a{2} -> b?", "(a -> b|c)", "(a|b@web) ~> a", ".", "[^a]",
	"a/b/* ~> a/*", "a/b/c ~> a/b/*", "a -> . -> b", "(a|b) -> (b|c)", "a ~> a ~> b", "a -> b -> a -> b"
};

static Pattern *
parse(const char *text)
{
	ParseProblem problem;
	Pattern    *pattern = pattern_parse(text, strlen(text), &problem);

	if (pattern == NULL)
		abort();
	return pattern;
}

static bool
query_holds(const KeyQuery *query, const Requirement *facts, size_t count)
{
	int			fact = 0;

	for (int clause = 0; clause < query->n_clauses; clause++)
	{
		bool		holds = false;

		for (; fact < query->ends[clause]; fact++)
			holds |= has_fact(facts, count, &query->facts[fact]);
		if (!holds)
			return false;
	}
	return true;
}

static bool
requirements_hold(const PatternRequirements *all, const Requirement *facts, size_t count)
{
	for (int clause = 0; clause < all->count; clause++)
	{
		bool		holds = false;

		for (int i = 0; i < all->clauses[clause].count; i++)
			holds |= has_fact(facts, count, &all->clauses[clause].alternatives[i]);
		if (!holds)
			return false;
	}
	return true;
}

/* The query says on these facts what all the clauses say. */
static bool
query_is_right(const char *text, const Requirement *facts, size_t count, int *held)
{
	Pattern    *pattern = parse(text);
	PatternRequirements *all = pattern_requirements(pattern);
	KeyQuery   *query = key_query_of_pattern(pattern);
	bool		holds = query_holds(query, facts, count);
	bool		right = holds == requirements_hold(all, facts, count);

	*held += holds;
	cx_free(query);
	cx_free(all);
	pattern_free(pattern);
	return right;
}

static void
test_random(int rounds)
{
	const int	n_patterns = sizeof(patterns) / sizeof(patterns[0]);
	Touchpoint	touchpoints[MOST];
	Requirement facts[MOST * 11];
	int			wrong_keys = 0;
	int			wrong_queries = 0;
	int			held = 0;

	for (int round = 0; round < rounds; round++)
	{
		size_t		count = random_touchpoints(touchpoints);
		JourneyView view;
		void	   *bytes = build(touchpoints, count, &view);	/* sorts them */
		size_t		n_facts = all_facts(touchpoints, count, facts);

		wrong_keys += !keys_are_right(&view, facts, n_facts);
		wrong_queries += !query_is_right(patterns[round % n_patterns], facts, n_facts, &held);
		cx_free(bytes);
	}
	ok(wrong_keys == 0, "keys of random journeys");
	ok(wrong_queries == 0, "questions of patterns on random journeys");
	ok(held > rounds / 10 && held < rounds - rounds / 10, "some questions hold, some do not");
}

/* ---------- By hand ---------- */

/* The query as text: clauses apart by a blank, facts by a bar. */
static void
write_query(const KeyQuery *query, char *out)
{
	int			fact = 0;

	*out = '\0';
	for (int clause = 0; clause < query->n_clauses; clause++)
	{
		for (int first = fact; fact < query->ends[clause]; fact++)
		{
			const Requirement *f = &query->facts[fact];
			bool		channel = f->kind == REQUIRE_CHANNEL || f->kind == REQUIRE_CHANNEL_BELOW;
			bool		below = f->kind == REQUIRE_EVENT_BELOW || f->kind == REQUIRE_CHANNEL_BELOW;

			out += sprintf(out, "%s%s%.*s%s", fact > first ? "|" : clause > 0 ? " " : "", channel ? "@" : "",
						   (int) f->name.length, f->name.bytes, below ? "/*" : "");
			if (f->kind == REQUIRE_PAIR)
				out += sprintf(out, ">%.*s", (int) f->second.length, f->second.bytes);
		}
	}
}

static void
query_is(const char *pattern_text, const char *want)
{
	Pattern    *pattern = parse(pattern_text);
	KeyQuery   *query = key_query_of_pattern(pattern);
	char		got[1000];

	write_query(query, got);
	if (!ok(strcmp(got, want) == 0, pattern_text))
		printf("# got: %s, want: %s\n", got, want);
	cx_free(query);
	pattern_free(pattern);
}

/* A clause is left out when another one says as much and more. */
static void
test_queries(void)
{
	query_is("a", "a");
	query_is("a -> b", "a>b");
	query_is("a ~> b", "a b");
	query_is("a ~> b ~> a", "a b");
	query_is("a -> b ~> c", "a>b c");
	query_is("delivery/* ~> delivery/late", "delivery/late");
	query_is("delivery/late -> call ~> delivery/*", "delivery/late>call");
	query_is("a/b/* ~> a/*", "a/b/*");
	query_is("a@phone/billing ~> b@phone/*", "a @phone/billing b");
	query_is("phone@phone", "phone @phone");
	query_is("[a|b] ~> a", "a");
	query_is("[a|b] ~> [b|a]", "a|b");
	query_is("[a|b] -> c", "a>c|b>c");
	query_is("a{2}", "a>a");
	query_is("a? ~> b", "b");
	query_is("[^a]", "");
	query_is(".", "");
}

static void
test_lists(void)
{
	NameTest	events[] = {{name_of("a"), false}, {name_of("b"), true}};
	KeyQuery   *all = key_query_all(events, 2);
	KeyQuery   *any = key_query_any(events, 2);
	KeyQuery   *never = key_query_never();
	KeyQuery   *always = key_query_all(NULL, 0);
	char		text[100];

	write_query(all, text);
	ok(strcmp(text, "a b/*") == 0, "all of some events");
	write_query(any, text);
	ok(strcmp(text, "a|b/*") == 0, "any of some events");
	ok(!query_holds(never, NULL, 0) && never->n_clauses == 1, "what never holds");
	ok(query_holds(always, NULL, 0) && always->n_clauses == 0, "all of no events");
	cx_free(all);
	cx_free(any);
	cx_free(never);
	cx_free(always);
}

/* Keys are on disk. These were worked out with whole numbers of any size, by a program in another language. */
static void
test_frozen(void)
{
	static const struct
	{
		RequirementKind kind;
		const char *name;
		const char *second;
		uint64_t	key;
	}			frozen[] = {
		{REQUIRE_EVENT, "login", "", UINT64_C(0xb394c5977f2aa7be)},
		{REQUIRE_EVENT_BELOW, "delivery", "", UINT64_C(0xf1f1c37014c561c)},
		{REQUIRE_CHANNEL, "phone", "", UINT64_C(0x7bf4cb64f4d2d5ce)},
		{REQUIRE_CHANNEL_BELOW, "phone", "", UINT64_C(0x56e0d1cebadf42f5)},
		{REQUIRE_PAIR, "cart", "pay", UINT64_C(0x2f92be058dbb597c)},
		{REQUIRE_PAIR, "pay", "cart", UINT64_C(0x9daf5d9f3db7a711)},
		{REQUIRE_EVENT, "", "", UINT64_C(0x608099928e399da3)},
		{REQUIRE_PAIR, "delivery/shipped", "complaint", UINT64_C(0x13221e784f3439e0)},
	};

	for (size_t i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++)
	{
		Requirement fact = {frozen[i].kind, name_of(frozen[i].name), name_of(frozen[i].second)};

		ok(journey_key(&fact) == frozen[i].key, frozen[i].name);
	}
}

/* A million touchpoints of 1,500 events: each event, and each pair that a table of bits has seen. */
static void
test_large(void)
{
	enum {COUNT = 1000000, EVENTS = 1500};
	static char names[EVENTS][8];
	Touchpoint *touchpoints = cx_alloc0(COUNT, sizeof(Touchpoint));
	bool	   *seen = cx_alloc0((size_t) EVENTS * EVENTS, sizeof(bool));
	size_t		want = EVENTS;
	uint32_t	before = 0;
	JourneyView view;
	JourneyKeys keys;
	void	   *bytes;

	for (int i = 0; i < EVENTS; i++)
		sprintf(names[i], "e%d", i);
	for (uint32_t i = 0; i < COUNT; i++)
	{
		uint32_t	event = i < EVENTS ? i : chance(EVENTS);

		touchpoints[i].at = i;
		touchpoints[i].event = name_of(names[event]);
		if (i > 0 && !seen[before * EVENTS + event])
			want++;
		if (i > 0)
			seen[before * EVENTS + event] = true;
		before = event;
	}
	bytes = build(touchpoints, COUNT, &view);
	journey_keys_read(&keys, &view, false);
	ok(keys.count == want, "a million touchpoints");
	printf("# %zu keys\n", keys.count);
	journey_keys_free(&keys);
	cx_free(bytes);
	cx_free(seen);
	cx_free(touchpoints);
}

int
main(int argc, char **argv)
{
	int			rounds = argc > 1 ? atoi(argv[1]) : 20000;

	random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20240611;
	printf("# seed %" PRIu64 ", %d rounds\n", random_state, rounds);
	test_frozen();
	test_lists();
	test_queries();
	test_random(rounds);
	test_large();
	return done();
}
