/*
 * funnel_test.c
 *	  Funnels against their definition (funnel_brute.h), by hand, and how they grow.
 *
 * The journeys are random and small: many ties, atoms that overlap, exclusions
 * that are steps too, months that end on different days. FUNNEL_SEED and
 * FUNNEL_ROUNDS in the environment change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory.h"
#include "funnel_brute.h"
#include "journey/funnel.h"
#include "journey/journey_build.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define US_PER_HOUR (3600 * US_PER_SECOND)

/* 2023-01-30 00:00 UTC */
#define JANUARY_30 (INT64_C(8430) * US_PER_DAY)

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* A number of `most` bits, or up to `fewer` less. */
static int64_t
random_bits(int most, int fewer)
{
	uint64_t	bits = (uint64_t) random_below(1u << 31) << 33;

	bits |= (uint64_t) random_below(1u << 31) << 2;
	return (int64_t) (bits >> (64 - most + random_below(fewer + 1)));
}

/* ---------- Building ---------- */

static JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

static Atom
atom_of(const char *text)
{
	Atom		atom;
	ParseProblem problem;

	if (!atom_parse(text, strlen(text), &atom, &problem))
	{
		printf("Bail out! %s is no atom\n", text);
		exit(1);
	}
	return atom;
}

static Touchpoint
touchpoint_of(const char *event, int64_t at)
{
	Touchpoint	touchpoint = {0};

	touchpoint.at = at;
	touchpoint.event = name_of(event);
	return touchpoint;
}

/* Packs and opens; the bytes stay. */
static void *
open_journey(Touchpoint *touchpoints, size_t count, JourneyView *view)
{
	size_t		size;
	void	   *bytes = journey_build(touchpoints, count, 0, &size);

	if (bytes == NULL || !journey_open(view, bytes, size))
	{
		printf("Bail out! a journey could not be built\n");
		exit(1);
	}
	return bytes;
}

/* ---------- Against the definition ---------- */

static const char *const step_texts[] = {
	"a", "b", "c", "x", "a", "b", "c", "x/*", "x/a", "[a|b]", "[^a|x]", ".", "[x/a|c]",
	"a@web", "b@phone", "c:score<=3", ".:score>=2", "x/*:value>1", "'a'"
};
static const char *const plain_texts[] = {"a", "b", "c", "x", "x/a", "[a|b]", "x/*"};
static const char *const without_texts[] = {
	"d", "d", "d", "x/b", "c", "b", "x/*", ".", "d@web", "a", "d:score>2"
};
static const char *const events[] = {"a", "b", "c", "d", "x", "x/a", "x/b", "y"};
static const char *const channels[] = {"web", "phone", NULL};

typedef struct Case
{
	Brute		brute;
	Atom		atoms[16];		/* steps, then without */
	int			n_touchpoints;
	Touchpoint	touchpoints[BRUTE_MOST];
	int64_t		as_of;
} Case;

/* Times near each other with many ties, or around the end of January and of February. */
static int64_t
random_time(bool months, int moments)
{
	static const int hours[] = {0, 23, 25, 24, 29 * 24, 29 * 24 + 1, 28 * 24 + 23, 30 * 24, 59 * 24, 60 * 24 - 1};

	return JANUARY_30 + US_PER_HOUR *
		(months ? hours[random_below(lengthof(hours))] : (int64_t) random_below(moments));
}

static CalendarInterval
random_within(bool months)
{
	static const CalendarInterval ends[] = {
		{1, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 0, US_PER_HOUR}, {2, 0, 0}, {0, 28, 0}, {0, 1, 0}
	};
	CalendarInterval hours = {0, 0, (int64_t) random_below(5) * US_PER_HOUR};

	return months ? ends[random_below(lengthof(ends))] : hours;
}

static void
random_touchpoints(Case *c, bool months, bool plain)
{
	int			moments = 1 + random_below(6);
	int64_t		jitter = random_below(3) == 0 ? random_below(1000000) : 0;
	int			most = moments == 1 && !months ? 5 : 7;
	int			few_events = 3 + random_below(lengthof(events) - 2);

	c->n_touchpoints = random_below(4) == 0 ? random_below(most + 1) : most - random_below(3);
	for (int i = 0; i < c->n_touchpoints; i++)
	{
		Touchpoint *t = &c->touchpoints[i];

		*t = touchpoint_of(events[random_below(few_events)], random_time(months, moments) + jitter);
		if (plain)
			continue;
		t->channel = name_of(channels[random_below(3)]);
		t->has_score = random_below(2);
		t->score = t->has_score ? (int32_t) random_below(6) : 0;
		t->has_value = random_below(3) == 0;
		t->value = t->has_value ? random_below(3) : 0;
	}
	touchpoints_sort(c->touchpoints, c->n_touchpoints);
}

static void
random_case(Case *c, FunnelMode mode)
{
	bool		months = random_below(3) == 0;
	bool		plain = random_below(3) == 0;
	Brute	   *b = &c->brute;

	memset(c, 0, sizeof(*c));
	random_touchpoints(c, months, plain);
	b->touchpoints = c->touchpoints;
	b->n = c->n_touchpoints;
	b->n_steps = 1 + random_below(random_below(4) == 0 ? 6 : 4);
	b->n_without = plain || random_below(2) ? 0 : 1 + random_below(2);
	for (int i = 0; i < b->n_steps; i++)
		c->atoms[i] = atom_of(plain ? plain_texts[random_below(lengthof(plain_texts))]
							  : step_texts[random_below(lengthof(step_texts))]);
	for (int i = 0; i < b->n_without; i++)
		c->atoms[b->n_steps + i] = atom_of(without_texts[random_below(lengthof(without_texts))]);
	b->steps = c->atoms;
	b->without = c->atoms + b->n_steps;
	b->mode = mode;
	b->within = random_within(months);
	b->unlimited = random_below(10) == 0;
	c->as_of = random_time(months, 8);
	c->as_of += random_below(2) ? US_PER_DAY * 30 : 0;
	b->as_of = random_below(5) < 2 ? &c->as_of : NULL;
}

static bool
results_equal(const FunnelResult *a, const FunnelResult *b)
{
	return a->level == b->level && a->status == b->status && a->mature == b->mature &&
		memcmp(a->at, b->at, a->level * sizeof(a->at[0])) == 0;
}

static void
print_result(const char *what, const FunnelResult *result)
{
	printf("# %s: level %d, %s, %smature, at", what, result->level,
		   funnel_status_names[result->status], result->mature ? "" : "not ");
	for (int i = 0; i < result->level; i++)
	{
		char		text[CALENDAR_TIME_TEXT];

		calendar_time_text(result->at[i], text);
		printf(" %s", text);
	}
	printf("\n");
}

static void
print_case(const Case *c)
{
	const Brute *b = &c->brute;
	PatternText text = {NULL, 0, 0};
	char		interval[CALENDAR_INTERVAL_TEXT];
	char		time[CALENDAR_TIME_TEXT];

	for (int i = 0; i < b->n_steps + b->n_without; i++)
	{
		pattern_text_add(&text, i == 0 ? "" : i == b->n_steps ? " without " : ", ", i == 0 ? 0 : i == b->n_steps ? 9 : 2);
		atom_write(&text, &c->atoms[i]);
	}
	calendar_interval_text(&b->within, interval);
	printf("# %s: %.*s within %s\n", funnel_mode_names[b->mode], (int) text.length, text.bytes,
		   b->unlimited ? "ever" : interval);
	if (b->as_of != NULL)
	{
		calendar_time_text(*b->as_of, time);
		printf("#   as of %s\n", time);
	}
	for (int i = 0; i < c->n_touchpoints; i++)
	{
		const Touchpoint *t = &c->touchpoints[i];

		calendar_time_text(t->at, time);
		printf("#   %s %.*s", time, (int) t->event.length, t->event.bytes);
		if (t->channel.bytes != NULL)
			printf(" @%.*s", (int) t->channel.length, t->channel.bytes);
		if (t->has_score)
			printf(" score %d", t->score);
		if (t->has_value)
			printf(" value %g", t->value);
		printf("\n");
	}
	cx_free(text.bytes);
}

/* What the random cases were like, so that none of it is missing. */
typedef struct Seen
{
	int			statuses[4];
	int			levels[4];
	int			short_ways;
	int			declared;
	int			overlapping;
} Seen;

static bool
check_case(const Case *c, Seen *seen)
{
	const Brute *b = &c->brute;
	AtomSet    *set = atom_set_make(c->atoms, b->n_steps + b->n_without);
	Touchpoint	touchpoints[BRUTE_MOST];
	JourneyView view;
	void	   *bytes;
	Funnel		funnel;
	FunnelResult want;
	FunnelResult got;
	int			level;
	bool		good;

	memcpy(touchpoints, c->touchpoints, sizeof(touchpoints));
	bytes = open_journey(touchpoints, c->n_touchpoints, &view);
	funnel_init(&funnel, set, b->n_steps, b->mode, &b->within, b->unlimited);
	funnel_run(&funnel, &view, b->as_of, &got);
	brute_funnel(b, &want);
	good = results_equal(&got, &want);

	level = funnel_level(&funnel, &view);
	if (b->as_of == NULL && level != want.level)
		good = false;
	if (b->mode != FUNNEL_ADJACENT && brute_disjoint(b))
	{
		BruteDeclared declared = brute_declared(b);

		good &= declared.level == got.level &&
			(got.level == 0 || declared.completed == got.at[got.level - 1]);
		seen->declared++;
	}
	else
		seen->overlapping++;
	if (!good)
	{
		print_case(c);
		print_result("got", &got);
		print_result("want", &want);
		printf("# funnel_level: %d\n", level);
	}
	seen->statuses[got.status]++;
	seen->levels[got.level > 3 ? 3 : got.level]++;
	seen->short_ways += funnel.simple;
	cx_free(set);
	cx_free(bytes);
	return good;
}

static void
against_definition(FunnelMode mode, int rounds)
{
	Seen		seen = {{0}, {0}, 0, 0, 0};
	int			bad = 0;
	char		name[100];

	for (int i = 0; i < rounds && bad < 5; i++)
	{
		Case		c;

		random_case(&c, mode);
		bad += !check_case(&c, &seen);
	}
	snprintf(name, sizeof(name), "%s: %d random journeys as defined", funnel_mode_names[mode], rounds);
	ok(bad == 0, name);
	printf("# levels 0, 1, 2, more: %d %d %d %d; %d converted, %d excluded, %d open, %d dropped; "
		   "%d by the short way; %d declared, %d with exclusions that are steps\n",
		   seen.levels[0], seen.levels[1], seen.levels[2], seen.levels[3],
		   seen.statuses[0], seen.statuses[1], seen.statuses[2], seen.statuses[3],
		   seen.short_ways, seen.declared, seen.overlapping);
	for (int i = 0; i < 4; i++)
	{
		if (seen.statuses[i] < rounds / 200 || seen.levels[i] < rounds / 200)
			ok(false, "every level and status comes up");
	}
}

/* ---------- funnel_level against funnel_run ---------- */

/* Long journeys, gaps of nothing up to thousands of years in any unit, names that begin alike. */
static bool
levels_agree(int *levels)
{
	static const char *const names[] = {
		"checkout", "checkout/pay", "checkout/ship", "checkoux", "c", "", "payments/card", "payments/cart"
	};
	static const char *const steps[] = {
		"checkout", "checkout/pay", "'checkout/ship'", "c", "''", "[payments/card|checkoux]", "payments/*"
	};
	Touchpoint	touchpoints[300];
	Atom		atoms[5];
	int			n = 1 + random_below(lengthof(touchpoints));
	int			n_steps = 1 + random_below(lengthof(atoms));
	int			n_names = 2 + random_below(lengthof(names) - 1);
	int			bits = 1 + random_below(48);
	int			ties = 1 + random_below(4);
	int64_t		unit = journey_unit_us[random_below(JOURNEY_UNITS)];
	int64_t		at = 0;
	CalendarInterval within = {0, 0, 0};
	JourneyView view;
	void	   *bytes;
	AtomSet    *set;
	Funnel		funnel;
	FunnelResult want;
	int			level;

	for (int i = 0; i < n; i++)
	{
		int64_t		gap = random_bits(57, 56 - bits);

		if (random_below(ties) == 0 && gap / unit * unit < (CALENDAR_END_TIME - 1 - at) / 2)
			at += gap / unit * unit;
		touchpoints[i] = touchpoint_of(names[random_below(n_names)], at);
	}
	for (int i = 0; i < n_steps; i++)
		atoms[i] = atom_of(steps[random_below(lengthof(steps))]);
	within.us = random_bits(63, 62);
	within.days = random_below(2) ? random_below(1000) : 0;
	bytes = open_journey(touchpoints, n, &view);
	set = atom_set_make(atoms, n_steps);
	funnel_init(&funnel, set, n_steps, FUNNEL_ORDERED, &within, random_below(8) == 0);
	funnel_run(&funnel, &view, NULL, &want);
	level = funnel_level(&funnel, &view);
	levels[level > 3 ? 3 : level]++;
	cx_free(set);
	cx_free(bytes);
	return level == want.level;
}

static void
levels(void)
{
	int			seen[4] = {0};
	int			bad = 0;

	for (int i = 0; i < 20000; i++)
		bad += !levels_agree(seen);
	ok(bad == 0, "funnel_level is the level of funnel_run");
	printf("# levels 0, 1, 2, more: %d %d %d %d\n", seen[0], seen[1], seen[2], seen[3]);
	ok(seen[0] > 100 && seen[1] > 100 && seen[2] > 100 && seen[3] > 100, "every level comes up");
}

/* ---------- By hand ---------- */

/* One letter a touchpoint; a digit is the hours that pass before the next one, which else is in the same instant. */
static void *
open_letters(const char *letters, JourneyView *view)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	Touchpoint	touchpoints[32];
	int			n = 0;
	int64_t		at = JANUARY_30;

	for (; *letters != '\0'; letters++)
	{
		if (*letters >= 'a')
			touchpoints[n++] = touchpoint_of(names[*letters - 'a'], at);
		else
			at += (*letters - '0') * US_PER_HOUR;
	}
	return open_journey(touchpoints, n, view);
}

/* Steps and exclusions are letters too; `times` are the hours of at[], one digit each. */
static void
by_hand(FunnelMode mode, const char *letters, const char *steps, const char *without, int within_hours,
		int as_of_hours, int level, FunnelStatus status, bool mature, const char *times)
{
	Atom		atoms[16];
	int			n_steps = strlen(steps);
	int			n_without = strlen(without);
	CalendarInterval within = {0, 0, within_hours * US_PER_HOUR};
	int64_t		as_of = JANUARY_30 + as_of_hours * US_PER_HOUR;
	JourneyView view;
	void	   *bytes = open_letters(letters, &view);
	AtomSet    *set;
	Funnel		funnel;
	FunnelResult got;
	bool		good;
	char		name[100];

	for (int i = 0; i < n_steps + n_without; i++)
	{
		char		letter[2] = {i < n_steps ? steps[i] : without[i - n_steps], '\0'};

		atoms[i] = atom_of(letter);
	}
	set = atom_set_make(atoms, n_steps + n_without);
	funnel_init(&funnel, set, n_steps, mode, &within, within_hours < 0);
	funnel_run(&funnel, &view, as_of_hours < 0 ? NULL : &as_of, &got);
	good = got.level == level && got.status == status && got.mature == mature;
	for (int i = 0; i < level && good; i++)
		good = got.at[i] == JANUARY_30 + (times[i] - '0') * US_PER_HOUR;
	snprintf(name, sizeof(name), "%s %s in %s without '%s' within %d as of %d",
			 funnel_mode_names[mode], steps, letters, without, within_hours, as_of_hours);
	if (!ok(good, name))
		print_result("got", &got);
	cx_free(set);
	cx_free(bytes);
}

static void
by_hands(void)
{
	/* The window reaches its last instant, and not farther. */
	by_hand(FUNNEL_ORDERED, "a2b", "ab", "", 2, -1, 2, FUNNEL_CONVERTED, true, "02");
	by_hand(FUNNEL_ORDERED, "a3b", "ab", "", 2, -1, 1, FUNNEL_DROPPED, true, "0");
	by_hand(FUNNEL_ORDERED, "a9b", "ab", "", -1, -1, 2, FUNNEL_CONVERTED, true, "09");
	by_hand(FUNNEL_ORDERED, "", "ab", "", 2, -1, 0, FUNNEL_DROPPED, true, "");
	by_hand(FUNNEL_ORDERED, "b", "ab", "", 2, 0, 0, FUNNEL_DROPPED, false, "");

	/* The same instant: any order, each touchpoint once. */
	by_hand(FUNNEL_ORDERED, "bac", "cab", "", 0, -1, 3, FUNNEL_CONVERTED, true, "000");
	by_hand(FUNNEL_ORDERED, "a", "aa", "", 5, -1, 1, FUNNEL_DROPPED, true, "0");
	by_hand(FUNNEL_ORDERED, "aa", "aa", "", 0, -1, 2, FUNNEL_CONVERTED, true, "00");
	by_hand(FUNNEL_ADJACENT, "ba", "ba", "", 0, -1, 1, FUNNEL_DROPPED, true, "0");

	/* Not the first start, but the one that gets farthest; the earliest completion; then the earliest start. */
	by_hand(FUNNEL_ORDERED, "a3a1b1c", "abc", "", 3, -1, 3, FUNNEL_CONVERTED, true, "345");
	by_hand(FUNNEL_ORDERED, "a1a1b1a1b", "ab", "", 3, -1, 2, FUNNEL_CONVERTED, true, "02");

	/* Exclusions: after the start, before the step; not before the start nor in its instant. */
	by_hand(FUNNEL_ORDERED, "a1d1b", "ab", "d", 9, -1, 1, FUNNEL_EXCLUDED, true, "0");
	by_hand(FUNNEL_ORDERED, "d1ad1b1d", "ab", "d", 9, -1, 2, FUNNEL_CONVERTED, true, "12");
	by_hand(FUNNEL_ORDERED, "a1db", "ab", "d", 9, -1, 2, FUNNEL_CONVERTED, true, "01");
	by_hand(FUNNEL_ORDERED, "a1db1c", "abc", "d", 9, -1, 2, FUNNEL_EXCLUDED, true, "01");
	by_hand(FUNNEL_ORDERED, "a1d1a1b", "ab", "d", 9, -1, 2, FUNNEL_CONVERTED, true, "23");
	by_hand(FUNNEL_ORDERED, "a3d", "ab", "d", 2, -1, 1, FUNNEL_DROPPED, true, "0");
	by_hand(FUNNEL_ORDERED, "a1b1c", "abc", "b", 9, -1, 3, FUNNEL_CONVERTED, true, "012");
	by_hand(FUNNEL_ORDERED, "a1b1b1c", "abc", "b", 9, -1, 2, FUNNEL_EXCLUDED, true, "01");

	/* as_of: what is not seen, what is still open, what is mature. */
	by_hand(FUNNEL_ORDERED, "a1b1c", "abc", "", 5, 1, 2, FUNNEL_OPEN, false, "01");
	by_hand(FUNNEL_ORDERED, "a1b1c", "abc", "", 5, 5, 3, FUNNEL_CONVERTED, false, "012");
	by_hand(FUNNEL_ORDERED, "a1b1c", "abc", "", 5, 6, 3, FUNNEL_CONVERTED, true, "012");
	by_hand(FUNNEL_ORDERED, "a1d1b", "ab", "d", 5, 3, 1, FUNNEL_EXCLUDED, false, "0");
	by_hand(FUNNEL_ORDERED, "a1b", "ab", "", -1, 9, 2, FUNNEL_CONVERTED, false, "01");

	/* Adjacent: the very next touchpoint decides. */
	by_hand(FUNNEL_ADJACENT, "a1b1c", "abc", "", 9, -1, 3, FUNNEL_CONVERTED, true, "012");
	by_hand(FUNNEL_ADJACENT, "a1b1e1c", "abc", "d", 9, -1, 2, FUNNEL_DROPPED, true, "01");
	by_hand(FUNNEL_ADJACENT, "a1b1d1c", "abc", "d", 9, -1, 2, FUNNEL_EXCLUDED, true, "01");
	by_hand(FUNNEL_ADJACENT, "a1e1d", "ab", "d", 9, -1, 1, FUNNEL_DROPPED, true, "0");

	/* Any order; the places are filled one by one. */
	by_hand(FUNNEL_ANY, "c1b1a", "abc", "", 9, -1, 3, FUNNEL_CONVERTED, true, "012");
	by_hand(FUNNEL_ANY, "c1c1a", "abc", "", 9, -1, 2, FUNNEL_DROPPED, true, "02");
	by_hand(FUNNEL_ANY, "c1d1b1a", "abc", "d", 9, -1, 2, FUNNEL_DROPPED, true, "23");
	by_hand(FUNNEL_ANY, "c1b1d1a", "abc", "d", 9, -1, 2, FUNNEL_EXCLUDED, true, "01");
}

/* All of time in an endless window; more exclusions than a word has bits. */
static void
extremes(void)
{
	Touchpoint	ages[2] = {touchpoint_of("a", CALENDAR_MIN_TIME), touchpoint_of("b", CALENDAR_END_TIME - 1)};
	Touchpoint	ended[3] = {touchpoint_of("a", 0), touchpoint_of("c", 1), touchpoint_of("b", 2)};
	CalendarInterval within = {0, 1, 0};
	Atom		atoms[102];
	AtomSet    *steps;
	AtomSet    *steps_without;
	JourneyView view;
	void	   *bytes = open_journey(ages, 2, &view);
	Funnel		funnel;
	FunnelResult result;

	for (int i = 0; i < lengthof(atoms); i++)
		atoms[i] = atom_of(i == 0 ? "a" : i == 1 ? "b" : i == 99 ? "c" : "d");
	steps = atom_set_make(atoms, 2);
	steps_without = atom_set_make(atoms, lengthof(atoms));

	funnel_init(&funnel, steps, 2, FUNNEL_ORDERED, &within, true);
	funnel_run(&funnel, &view, NULL, &result);
	ok(result.level == 2 && funnel_level(&funnel, &view) == 2, "all of time within an endless window");
	funnel_init(&funnel, steps, 2, FUNNEL_ORDERED, &within, false);
	ok(funnel_level(&funnel, &view) == 1, "but not within a day");
	cx_free(bytes);

	bytes = open_journey(ended, 3, &view);
	funnel_init(&funnel, steps_without, 2, FUNNEL_ORDERED, &within, false);
	funnel_run(&funnel, &view, NULL, &result);
	ok(result.level == 1 && result.status == FUNNEL_EXCLUDED, "the 98th exclusion counts");
	cx_free(bytes);
	cx_free(steps);
	cx_free(steps_without);
}

/* ---------- Growth ---------- */

/* A journey of `count` touchpoints: the events of `pattern` over and over, `tied` at a time a second apart. */
static void *
open_pattern(size_t count, const char *const *pattern, int n_pattern, size_t tied, JourneyView *view)
{
	Touchpoint *touchpoints = cx_alloc(count, sizeof(Touchpoint));
	void	   *bytes;

	for (size_t i = 0; i < count; i++)
		touchpoints[i] = touchpoint_of(pattern[i % n_pattern], (int64_t) (i / tied) * US_PER_SECOND);
	bytes = open_journey(touchpoints, count, view);
	cx_free(touchpoints);
	return bytes;
}

/* With short windows, long ones, and such as no journey outlasts. */
static double
seconds_for(const JourneyView *view, const AtomSet *set, int n_steps, FunnelMode mode)
{
	static const CalendarInterval windows[] = {{0, 0, 5 * US_PER_SECOND}, {1, 0, 0}, {400, 0, 0}};
	clock_t		started = clock();

	for (int w = 0; w < lengthof(windows); w++)
	{
		Funnel		funnel;
		FunnelResult result;

		funnel_init(&funnel, set, n_steps, mode, &windows[w], false);
		funnel_run(&funnel, view, NULL, &result);
		if (mode == FUNNEL_ORDERED && funnel_level(&funnel, view) != result.level)
			ok(false, "funnel_level of a large journey");
	}
	return (double) (clock() - started) / CLOCKS_PER_SEC;
}

/* Eight times the touchpoints have to take less than 24 times as long; squared it would be 64. */
static void
grows(const char *what, const char *const *pattern, int n_pattern, size_t tied,
	  const char *const *steps, int n_steps, const char *without)
{
	Atom		atoms[FUNNEL_MAX_STEPS + 1];
	int			n_atoms = n_steps;
	JourneyView few;
	JourneyView many;
	void	   *few_bytes = open_pattern(125000, pattern, n_pattern, tied, &few);
	void	   *many_bytes = open_pattern(1000000, pattern, n_pattern, tied, &many);
	AtomSet    *set;

	for (int i = 0; i < n_steps; i++)
		atoms[i] = atom_of(steps[i]);
	if (without != NULL)
		atoms[n_atoms++] = atom_of(without);
	set = atom_set_make(atoms, n_atoms);
	for (FunnelMode mode = FUNNEL_ORDERED; mode <= FUNNEL_ANY; mode++)
	{
		double		few_seconds = seconds_for(&few, set, n_steps, mode);
		double		many_seconds = seconds_for(&many, set, n_steps, mode);
		char		name[100];

		snprintf(name, sizeof(name), "%s: %s grows in line with the touchpoints",
				 funnel_mode_names[mode], what);
		ok(many_seconds < 24 * (few_seconds + 0.005), name);
		printf("# three windows: %.3f s for 125,000, %.3f s for 1,000,000\n",
			   few_seconds, many_seconds);
	}
	cx_free(set);
	cx_free(few_bytes);
	cx_free(many_bytes);
}

static void
growth(void)
{
	static const char *const ab[] = {"a", "b"};
	static const char *const a[] = {"a"};
	static const char *const ad[] = {"a", "d"};
	static const char *const mixed[] = {"a", "b", "c", "d", "x/a", "x/b"};
	static const char *const abz[] = {"a", "b", "z"};
	static const char *const overlapping[] = {"[a|b]", "a", ".", "[b|c]", "x/*", "x/a", "[^d]", "z"};
	const char *many_steps[FUNNEL_MAX_STEPS];

	for (int i = 0; i < FUNNEL_MAX_STEPS; i++)
		many_steps[i] = i == FUNNEL_MAX_STEPS - 1 ? "z" : ".";
	grows("one instant of one event", a, 1, 1000000, abz, 3, NULL);
	grows("one instant of many events", mixed, 6, 1000000, overlapping, 8, "d");
	grows("nothing but starts", a, 1, 1, abz, 3, NULL);
	grows("turns", ab, 2, 1, abz, 3, NULL);
	grows("starts that all end", ad, 2, 1, abz, 3, "d");
	grows("overlap in threes", mixed, 6, 3, overlapping, 8, "d");
	grows("overlap one by one", mixed, 6, 1, overlapping, 8, NULL);
	grows("63 steps in pairs", ab, 2, 2, many_steps, FUNNEL_MAX_STEPS, NULL);
}

int
main(void)
{
	const char *seed = getenv("FUNNEL_SEED");
	const char *rounds_text = getenv("FUNNEL_ROUNDS");
	int			rounds = rounds_text == NULL ? 40000 : atoi(rounds_text);

	random_state = seed == NULL ? 20240313 : strtoull(seed, NULL, 10);
	printf("# seed %" PRIu64 "\n", random_state);
	by_hands();
	extremes();
	levels();
	against_definition(FUNNEL_ORDERED, rounds);
	against_definition(FUNNEL_ADJACENT, rounds);
	against_definition(FUNNEL_ANY, rounds);
	growth();
	return done();
}
