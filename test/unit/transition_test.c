/*
 * transition_test.c
 *	  Transitions against a plain count, and every way to come to the same bytes.
 *
 * The journeys are random and small: many ties and repeats, names that begin
 * and end alike, channels that are missing or named as events are.
 * TRANSITION_SEED and TRANSITION_ROUNDS in the environment change the seed and
 * the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/transition_cells.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define MOST_JOURNEYS 24
#define MOST_TOUCHPOINTS 12

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* ---------- Journeys ---------- */

static JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

typedef struct TestJourney
{
	int			n;
	Touchpoint	touchpoints[MOST_TOUCHPOINTS];
	void	   *bytes;
	JourneyView view;
} TestJourney;

static const char *const events[] = {
	"a", "b", "", "web", "x", "x/a", "x-a", "x/b", "order/placed", "order/placed twice",
	"checkout/step 1 of 3/done", "checkout/step 2 of 3/done", "checkout/step 3 of 3/done",
	"eight___", "eight___2", "sixteen_________", "sixteen_________2"
};
static const char *const channels[] = {"web", "phone", "phone/billing", "a", NULL, NULL};

static void
open_journey(TestJourney *journey)
{
	size_t		size;

	journey->bytes = journey_build(journey->touchpoints, journey->n, 0, &size);
	if (journey->bytes == NULL || !journey_open(&journey->view, journey->bytes, size))
	{
		printf("Bail out! a journey could not be built\n");
		exit(1);
	}
	journey_read(&journey->view, journey->touchpoints);
}

static void
random_journey(TestJourney *journey)
{
	int			n_events = 1 + random_below(lengthof(events));
	int64_t		at = INT64_C(1000000) * random_below(1000);
	int64_t		unit = (int64_t[]) {1, 1000000, 86400 * INT64_C(1000000)}[random_below(3)];

	*journey = (TestJourney) {.n = (int) random_below(MOST_TOUCHPOINTS + 1)};
	for (int i = 0; i < journey->n; i++)
	{
		at += unit * (random_below(3) == 0 ? 0 : random_below(1u << random_below(12)));
		journey->touchpoints[i].at = at;
		journey->touchpoints[i].event = name_of(events[random_below(n_events)]);
		journey->touchpoints[i].channel = name_of(channels[random_below(lengthof(channels))]);
	}
	open_journey(journey);
}

/* ---------- A plain count ---------- */

typedef struct BrutePair
{
	JourneyName source;			/* bytes NULL: the start */
	JourneyName target;			/* bytes NULL: the end */
	int64_t		counts[TRANSITION_BINS];
	int64_t		journeys;
	int			last_journey;
} BrutePair;

typedef struct BruteMatrix
{
	BrutePair	pairs[1024];
	int			n_pairs;
	int64_t		journeys;
	int64_t		transitions;
} BruteMatrix;

static const JourneyName nobody = {NULL, 0};

static void
brute_count(BruteMatrix *m, JourneyName source, JourneyName target, int bin, int journey)
{
	int			i = 0;

	while (i < m->n_pairs && (name_compare(&m->pairs[i].source, &source) != 0 ||
							  name_compare(&m->pairs[i].target, &target) != 0))
		i++;
	if (i == m->n_pairs)
		m->pairs[m->n_pairs++] = (BrutePair) {.source = source, .target = target, .last_journey = -1};
	m->pairs[i].counts[bin]++;
	m->pairs[i].journeys += m->pairs[i].last_journey != journey;
	m->pairs[i].last_journey = journey;
	m->transitions++;
}

static void
brute_add(BruteMatrix *m, const TestJourney *journey, int number, JourneyBy by, const Atom *until, bool restart)
{
	bool		open = false;	/* a path has begun */
	bool		any = false;
	JourneyName before = nobody;
	int64_t		before_at = 0;

	for (int i = 0; i < journey->n; i++)
	{
		const Touchpoint *t = &journey->touchpoints[i];
		bool		ends = until != NULL && atom_matches(until, t);
		JourneyName node = ends || by == BY_EVENT ? t->event : by == BY_CHANNEL ? t->channel : name_prefix(t->event, 1);

		if (node.bytes == NULL)
			continue;
		brute_count(m, before, node, open ? TRANSITION_TIMED + log_bin(t->at - before_at) : TRANSITION_NO_TIME, number);
		open = any = true;
		before = node;
		before_at = t->at;
		if (!ends)
			continue;
		brute_count(m, node, nobody, TRANSITION_NO_TIME, number);
		open = false;
		before = nobody;
		if (!restart)
			break;
	}
	if (open)
		brute_count(m, before, nobody, TRANSITION_NO_TIME, number);
	m->journeys += any;
}

/* Whether the matrix says the same. */
static bool
same_as_brute(const BruteMatrix *brute, const TransitionMatrix *m)
{
	int64_t		cells = 0;
	uint32_t	expected = 0;

	for (int i = 0; i < brute->n_pairs; i++)
	{
		int64_t		transitions = 0;

		for (int bin = 0; bin < TRANSITION_BINS; bin++)
		{
			expected += brute->pairs[i].counts[bin] > 0;
			transitions += brute->pairs[i].counts[bin];
		}
		expected += transitions > brute->pairs[i].journeys;
	}
	for (uint32_t c = 0; c < m->n_cells; c++)
	{
		uint32_t	source = transition_key_source(m->cells[c].key);
		uint32_t	target = transition_key_target(m->cells[c].key);
		uint32_t	bin = transition_key_bin(m->cells[c].key);
		const JourneyName *from = source == TRANSITION_START ? &nobody : &m->names[source];
		const JourneyName *to = target == TRANSITION_END ? &nobody : &m->names[target];

		for (int i = 0; i < brute->n_pairs; i++)
		{
			const BrutePair *pair = &brute->pairs[i];
			int64_t		count = pair->counts[bin];

			if (name_compare(&pair->source, from) != 0 || name_compare(&pair->target, to) != 0)
				continue;
			if (bin == TRANSITION_REPEATS)
			{
				for (int b = 0; b < TRANSITION_BINS; b++)
					count += pair->counts[b];
				count -= pair->journeys;
			}
			cells += count == m->cells[c].count;
		}
	}
	return m->n_cells == expected && cells == expected && m->journeys == brute->journeys &&
		m->transitions == brute->transitions;
}

/* ---------- Ways to the same bytes ---------- */

typedef struct Case
{
	TransitionDefinition definition;
	Atom		atom;
	AtomSet    *until;
	int			n;
	TestJourney journeys[MOST_JOURNEYS];
} Case;

/* Replaces *block by what a change made of it. */
static TransitionOutcome
settle(TransitionBlock **block, TransitionBlock *changed, TransitionOutcome outcome)
{
	if (changed != *block)
		cx_free(*block);
	*block = changed;
	return outcome;
}

static TransitionOutcome
add(TransitionBlock **block, const TestJourney *journey, const AtomSet *until)
{
	TransitionBlock *changed = *block;
	TransitionOutcome outcome = transition_add(&changed, &journey->view, until);

	return settle(block, changed, outcome);
}

static TransitionOutcome
take(TransitionBlock **block, const TestJourney *journey, const AtomSet *until)
{
	TransitionBlock *changed = *block;
	TransitionOutcome outcome = transition_remove(&changed, &journey->view, until);

	return settle(block, changed, outcome);
}

static TransitionOutcome
merge(TransitionBlock **block, const TransitionBlock *other, size_t size, bool away)
{
	TransitionBlock *changed = *block;
	TransitionOutcome outcome = away ? transition_unmerge(&changed, other, size) : transition_merge(&changed, other, size);

	return settle(block, changed, outcome);
}

static TransitionBlock *
sum_of(const Case *c, int from, int to, int step)
{
	TransitionBlock *block = transition_block_new(&c->definition);

	for (int i = from; i < to; i++)
		add(&block, &c->journeys[from + (i - from) * step % (to - from)], c->until);
	return block;
}

/* The canonical bytes of a hashed block, freed by the caller; NULL for one without journeys. */
static TransitionBlock *
canonical(const TransitionBlock *block, size_t *size)
{
	TransitionMatrix *matrix = transition_open(block, transition_block_size(block));
	TransitionBlock *packed;

	if (matrix == NULL)
		return NULL;
	packed = transition_pack(matrix, size);
	transition_close(matrix);
	return packed;
}

/* Whether a hashed block has these canonical bytes; gives the block back. */
static bool
comes_to(TransitionBlock *block, const TransitionBlock *bytes, size_t size)
{
	size_t		got_size = 0;
	TransitionBlock *got = canonical(block, &got_size);
	bool		same = got != NULL && got_size == size && memcmp(got, bytes, size) == 0;

	cx_free(got);
	cx_free(block);
	return same;
}

static int wrong_counts;
static int wrong_bytes;
static int wrong_merges;
static int wrong_removals;
static int wrong_problems;

/* Both halves apart, as states and as stored values, then together. */
static bool
merges_alike(const Case *c, const TransitionBlock *bytes, size_t size)
{
	int			half = 1 + (int) random_below(c->n - 1);
	bool		alike = true;

	for (int stored = 0; stored < 2; stored++)
	{
		TransitionBlock *left = sum_of(c, 0, half, 1);
		TransitionBlock *right = sum_of(c, half, c->n, 1);
		size_t		right_size = transition_block_size(right);

		if (stored && right->journeys > 0)
		{
			TransitionBlock *packed = canonical(right, &right_size);

			cx_free(right);
			right = packed;
		}
		if (right->journeys > 0)
		{
			alike &= merge(&left, right, right_size, false) == TRANSITION_DONE;
			/* Away again and back: as it was, unless nothing would be left. */
			if (left->journeys > right->journeys)
				alike &= merge(&left, right, right_size, true) == TRANSITION_DONE &&
					merge(&left, right, right_size, false) == TRANSITION_DONE;
		}
		cx_free(right);
		alike &= comes_to(left, bytes, size);
	}
	return alike;
}

/* More journeys come and go. */
static bool
removes_alike(const Case *c, const TransitionBlock *bytes, size_t size)
{
	TransitionBlock *block = sum_of(c, 0, c->n, 1);
	TestJourney more[8];
	bool		done = true;

	for (int i = 0; i < lengthof(more); i++)
	{
		random_journey(&more[i]);
		done &= add(&block, &more[i], c->until) <= TRANSITION_IGNORED;
	}
	for (int i = 0; i < lengthof(more); i++)
	{
		done &= take(&block, &more[i], c->until) <= TRANSITION_IGNORED;
		cx_free(more[i].bytes);
	}
	return comes_to(block, bytes, size) && done;
}

static void
run_case(Case *c)
{
	BruteMatrix *brute = cx_alloc0(1, sizeof(BruteMatrix));
	TransitionBlock *block = sum_of(c, 0, c->n, 1);
	TransitionBlock *bytes;
	TransitionMatrix *matrix;
	size_t		size = 0;

	for (int i = 0; i < c->n; i++)
		brute_add(brute, &c->journeys[i], i, c->definition.by, c->until == NULL ? NULL : &c->atom, c->definition.restart);
	bytes = canonical(block, &size);
	if (brute->journeys == 0 || bytes == NULL)
		wrong_counts += brute->journeys != 0 || bytes != NULL || block->journeys != 0;
	else
	{
		matrix = transition_open(bytes, size);
		wrong_counts += matrix == NULL || !same_as_brute(brute, matrix);
		wrong_problems += transition_problem(matrix) != NULL;
		transition_close(matrix);
		wrong_bytes += !comes_to(sum_of(c, 0, c->n, c->n > 2 ? c->n - 1 : 1), bytes, size);
		wrong_merges += !merges_alike(c, bytes, size);
		wrong_removals += !removes_alike(c, bytes, size);
	}
	cx_free(bytes);
	cx_free(block);
	cx_free(brute);
}

static const char *const until_texts[] = {"a", "x/*", "web", "'order/placed'", "b@phone", ".", "nothing", "[a|b]@web"};

static void
run_random(int rounds)
{
	for (int round = 0; round < rounds; round++)
	{
		Case	   *c = cx_alloc0(1, sizeof(Case));
		PatternText canonical_text = {NULL, 0, 0};
		ParseProblem problem;

		c->n = 2 + (int) random_below(MOST_JOURNEYS - 1);
		for (int i = 0; i < c->n; i++)
			random_journey(&c->journeys[i]);
		c->definition.by = (JourneyBy) random_below(3);
		if (random_below(3) > 0)
		{
			const char *text = until_texts[random_below(lengthof(until_texts))];

			if (!atom_parse(text, strlen(text), &c->atom, &problem))
				printf("Bail out! %s is no atom\n", text);
			atom_write(&canonical_text, &c->atom);
			c->definition.until = (JourneyName) {canonical_text.bytes, (uint32_t) canonical_text.length};
			c->definition.restart = random_below(2);
			c->until = atom_set_make(&c->atom, 1);
		}
		run_case(c);
		for (int i = 0; i < c->n; i++)
			cx_free(c->journeys[i].bytes);
		cx_free(c->until);
		cx_free(canonical_text.bytes);
		cx_free(c);
	}
	ok(wrong_counts == 0, "the same as a plain count");
	ok(wrong_problems == 0, "what was counted can be counts of journeys");
	ok(wrong_bytes == 0, "the order of the journeys makes no difference");
	ok(wrong_merges == 0, "halves merge to the same bytes, and go away again");
	ok(wrong_removals == 0, "what comes and goes leaves the same bytes");
}

/* ---------- Many nodes ---------- */

static char names[4000][40];

/* A journey of n touchpoints a minute apart, through `nodes` names by steps of `stride`. */
static void
long_journey(TestJourney *journey, int n, int nodes, int stride)
{
	Touchpoint *touchpoints = cx_alloc0(n, sizeof(Touchpoint));
	size_t		size;

	for (int i = 0; i < n; i++)
	{
		touchpoints[i].at = INT64_C(60000000) * i;
		touchpoints[i].event = name_of(names[(int64_t) i * stride % nodes]);
	}
	journey->n = n;
	journey->bytes = journey_build(touchpoints, n, 0, &size);
	journey_open(&journey->view, journey->bytes, size);
	cx_free(touchpoints);
}

/* Every pair i -> i + stride is there once a turn, and each turn but the first is a repeat. */
static void
many_nodes(int nodes, int stride, int turns, const char *what)
{
	TransitionDefinition definition = {BY_EVENT, false, {NULL, 0}};
	TransitionBlock *block = transition_block_new(&definition);
	TestJourney journey;
	TransitionMatrix *m;
	bool		right = true;
	size_t		size;

	long_journey(&journey, nodes * turns + 1, nodes, stride);
	for (int i = 0; i < 3; i++)
		right &= add(&block, &journey, NULL) == TRANSITION_DONE;
	right &= take(&block, &journey, NULL) == TRANSITION_DONE;
	m = transition_open(block, transition_block_size(block));
	right &= m != NULL && m->n_nodes == (uint32_t) nodes + TRANSITION_NAMED && transition_problem(m) == NULL &&
		m->n_cells == (uint32_t) nodes * (turns > 1 ? 2 : 1) + 2 &&
		m->transitions == 2 * ((int64_t) nodes * turns + 2);
	for (uint32_t i = 0; right && i < m->n_cells; i++)
	{
		uint32_t	bin = transition_key_bin(m->cells[i].key);

		right &= m->cells[i].count == (bin == TRANSITION_NO_TIME ? 2 : bin == TRANSITION_REPEATS ? 2 * (turns - 1) : 2 * turns);
	}
	cx_free(transition_pack(m, &size));
	printf("# %d nodes: %zu bytes as a state, %zu stored\n", nodes, transition_block_size(block), size);
	right &= size < 40 * (size_t) nodes + 100 && transition_block_size(block) < 700 * (size_t) nodes;
	ok(right, what);
	transition_close(m);
	cx_free(block);
	cx_free(journey.bytes);
}

/* ---------- Limits and damage ---------- */

/* Opens and merges the block with every bit changed, one after the other; how often it could be opened. */
static int
read_damaged(const TransitionBlock *block, size_t size)
{
	int			opened = 0;

	for (size_t at = offsetof(TransitionBlock, version); at < size; at++)
	{
		for (int bit = 0; bit < 8; bit++)
		{
			TransitionBlock *damaged = cx_alloc(1, size);
			TransitionBlock *sum;
			TransitionDefinition definition;
			TransitionMatrix *m;

			memcpy(damaged, block, size);
			((uint8_t *) damaged)[at] ^= 1u << bit;
			m = transition_open(damaged, size);
			if (m != NULL)
			{
				opened++;
				definition = transition_definition(damaged);
				sum = transition_block_new(&definition);
				merge(&sum, damaged, size, false);
				merge(&sum, damaged, size, true);
				cx_free(sum);
				transition_close(m);
			}
			cx_free(damaged);
		}
	}
	return opened;
}

static void
limits(void)
{
	TransitionDefinition definition = {BY_EVENT, false, {NULL, 0}};
	TransitionBlock *block = transition_block_new(&definition);
	TransitionBlock *bytes;
	TransitionMatrix *m;
	TestJourney one = {.n = 2};
	TestJourney none = {.n = 0};
	TestJourney other = {.n = 1};
	TransitionBlock *stored;
	size_t		size;
	int			opened = 0;

	one.touchpoints[0].event = name_of("a");
	one.touchpoints[1].event = name_of("b");
	other.touchpoints[0].event = name_of("b");
	open_journey(&one);
	open_journey(&none);
	open_journey(&other);
	ok(add(&block, &none, NULL) == TRANSITION_IGNORED && block->journeys == 0, "an empty journey is ignored");
	add(&block, &one, NULL);
	add(&block, &one, NULL);
	bytes = canonical(block, &size);
	ok(take(&block, &other, NULL) == TRANSITION_MISSING, "what was not there cannot go away");
	cx_free(block);

	block = transition_block_new(&definition);
	add(&block, &one, NULL);
	ok(take(&block, &one, NULL) == TRANSITION_MISSING, "the last journey does not go away");
	cx_free(block);

	/* Every count of `bytes` as large as can be: together they fit once, not twice. */
	m = transition_open(bytes, size);
	m->journeys = TRANSITION_MAX_COUNT / 3;
	for (uint32_t i = 0; i < m->n_cells; i++)
		m->cells[i].count = m->journeys;
	ok(transition_problem(m) == NULL, "the largest counts");
	stored = transition_pack(m, &size);
	transition_close(m);
	block = transition_block_new(&definition);
	ok(merge(&block, stored, size, false) == TRANSITION_DONE, "are merged once");
	ok(merge(&block, stored, size, false) == TRANSITION_TOO_MANY, "but not twice");
	cx_free(block);

	block = transition_block_new(&definition);
	add(&block, &one, NULL);
	opened = read_damaged(stored, size);
	ok(opened > 0 && opened < (int) size * 8, "a damaged value is found out or harmless");
	size = transition_block_size(block);
	opened = read_damaged(block, size);
	ok(opened > 0 && opened < (int) size * 8, "and so is a damaged state");
	cx_free(block);
	cx_free(stored);
	cx_free(bytes);
	cx_free(one.bytes);
	cx_free(none.bytes);
	cx_free(other.bytes);
}

int
main(void)
{
	const char *seed = getenv("TRANSITION_SEED");
	const char *rounds = getenv("TRANSITION_ROUNDS");

	random_state = seed == NULL ? 20250301 : strtoull(seed, NULL, 10);
	printf("# seed %" PRIu64 "\n", random_state);
	for (int i = 0; i < lengthof(names); i++)
		snprintf(names[i], sizeof(names[i]), "%s%04d/%s", i % 2 ? "page " : "p", i, i % 3 ? "read to its end" : "");
	run_random(rounds == NULL ? 3000 : atoi(rounds));
	many_nodes(200, 7, 3, "200 nodes in codes of one byte");
	many_nodes(256, 3, 4, "256 nodes, the last that have codes of one byte");
	many_nodes(257, 3, 2, "257 nodes");
	many_nodes(2000, 7, 1, "2,000 nodes stay sparse");
	many_nodes(4000, 11, 3, "4,000 nodes, again and again");
	limits();
	return done();
}
