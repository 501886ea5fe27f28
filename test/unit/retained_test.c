/*
 * retained_test.c
 *	  Retention against its definition: every period expanded by itself.
 *
 * The journeys are random and small, with many ties, around the ends of months;
 * the brute force has a calendar of its own that counts day by day.
 * RETAINED_SEED and RETAINED_ROUNDS in the environment change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/retained.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define US_PER_HOUR (3600 * US_PER_SECOND)
#define MOST_TOUCHPOINTS 12
#define MOST_PERIODS 9

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* A number of 1 to `most` bits. */
static int64_t
random_bits(int most)
{
	uint64_t	bits = (uint64_t) random_below(1u << 31) << 33;

	bits |= (uint64_t) random_below(1u << 31) << 2;
	return (int64_t) (bits >> (64 - 1 - random_below((uint32_t) most)));
}

/* ---------- A calendar that counts ---------- */

typedef struct Day
{
	int			year;
	int			month;			/* from 0 on */
	int			day;			/* likewise */
} Day;

static int
month_length(int year, int month)
{
	if (month == 1)
		return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
	return month == 3 || month == 5 || month == 8 || month == 10 ? 30 : 31;
}

/* From 2000-01-01 forward, or backward, month by month. */
static Day
day_of(int64_t number)
{
	Day			day = {2000, 0, 0};

	while (number < 0)
	{
		day.month = day.month == 0 ? 11 : day.month - 1;
		day.year -= day.month == 11;
		number += month_length(day.year, day.month);
	}
	while (number >= month_length(day.year, day.month))
	{
		number -= month_length(day.year, day.month);
		day.month = day.month == 11 ? 0 : day.month + 1;
		day.year += day.month == 0;
	}
	day.day = (int) number;
	return day;
}

static int64_t
number_of(Day day)
{
	int64_t		number = day.day;

	for (int year = 2000; year < day.year; year++)
		number += month_length(year, 1) == 29 ? 366 : 365;
	for (int year = day.year; year < 2000; year++)
		number -= month_length(year, 1) == 29 ? 366 : 365;
	for (int month = 0; month < day.month; month++)
		number += month_length(day.year, month);
	return number;
}

static int64_t
floor_of(int64_t a, int64_t b)
{
	int64_t		quotient = a / b;

	return quotient * b > a ? quotient - 1 : quotient;
}

/* at + k * unit, the day clamped to the end of the month. */
static int64_t
add_brute(int64_t at, const CalendarInterval *unit, int k)
{
	int64_t		number = floor_of(at, US_PER_DAY);
	int64_t		rest = at - number * US_PER_DAY;
	Day			day = day_of(number);

	for (int i = 0; i < unit->months * k; i++)
	{
		day.month = day.month == 11 ? 0 : day.month + 1;
		day.year += day.month == 0;
	}
	if (day.day >= month_length(day.year, day.month))
		day.day = month_length(day.year, day.month) - 1;
	return (number_of(day) + unit->days * k) * US_PER_DAY + rest + unit->us * k;
}

/* The start of the unit of the calendar that holds a time, by going from unit to unit. */
static int64_t
unit_brute(int64_t at, const CalendarInterval *unit)
{
	Day			day = day_of(floor_of(at, US_PER_DAY));
	int64_t		start = 2 * US_PER_DAY;

	if (unit->months > 0)
	{
		int			month = 12 * (day.year - 2000) + day.month;

		while (month % unit->months != 0)
			month--;
		day.year = 2000 + (int) floor_of(month, 12);
		day.month = month - 12 * (day.year - 2000);
		day.day = 0;
		return number_of(day) * US_PER_DAY;
	}
	if (unit->days == 0)
	{
		start = floor_of(at, US_PER_DAY) * US_PER_DAY;
		while (start + unit->us <= at)
			start += unit->us;
		return start;
	}
	while (start > at)
		start -= unit->days * US_PER_DAY;
	while (start + unit->days * US_PER_DAY <= at)
		start += unit->days * US_PER_DAY;
	return start;
}

/* ---------- Cases ---------- */

static const char *const events[] = {"a", "b", "c", "x/a"};
static const char *const atom_texts[] = {"a", "b", "x/*", "[a|b]", ".", "a@web", "b:score>=3", "nothing", "[^a]"};

static Atom atoms[lengthof(atom_texts)];

static void
parse_atoms(void)
{
	ParseProblem problem;

	for (int i = 0; i < lengthof(atom_texts); i++)
	{
		if (!atom_parse(atom_texts[i], strlen(atom_texts[i]), &atoms[i], &problem))
			exit(1);
	}
}

/* Those of the calendar first. */
static const CalendarInterval units[] = {
	{1, 0, 0}, {2, 0, 0}, {3, 0, 0}, {12, 0, 0}, {5, 0, 0},
	{0, 1, 0}, {0, 7, 0}, {0, 30, 0}, {0, 0, 24 * US_PER_HOUR}, {0, 0, US_PER_HOUR}, {0, 0, 8 * US_PER_HOUR},
	{1, 1, 0}, {1, 0, US_PER_HOUR}, {0, 1, 12 * US_PER_HOUR}, {0, 0, 36 * US_PER_HOUR}, {0, 0, 90 * 60 * US_PER_SECOND + 1},
	{1, 2, 3 * US_PER_HOUR}
};
#define CALENDAR_UNITS 11

typedef struct Case
{
	Touchpoint	touchpoints[MOST_TOUCHPOINTS];
	int			count;
	Atom		tests[2];
	CalendarInterval unit;
	int			periods;
	bool		or_after;
	bool		on_calendar;
	int64_t		as_of;
} Case;

/* Around the ends of January, February or December of years with and without a leap day. */
static void
make_case(Case *c)
{
	static const int64_t centres[] = {8430, 8459, 8824, 8795, 8765, -1, 5535, -3590};
	int64_t		centre = centres[random_below(lengthof(centres))] * US_PER_DAY;
	int			spread = random_below(3) == 0 ? 12 : random_below(2) == 0 ? 24 * 40 : 24 * 400;
	int			unit = (int) random_below(lengthof(units));

	memset(c, 0, sizeof(Case));
	c->count = (int) random_below(MOST_TOUCHPOINTS + 1);
	for (int i = 0; i < c->count; i++)
	{
		Touchpoint *t = &c->touchpoints[i];

		t->at = centre + (int64_t) random_below((uint32_t) spread) * US_PER_HOUR;
		t->event.bytes = events[random_below(lengthof(events))];
		t->event.length = (uint32_t) strlen(t->event.bytes);
		if (random_below(2) == 0)
			t->channel = (JourneyName) {"web", 3};
		t->has_score = random_below(2) == 0;
		t->score = t->has_score ? (int32_t) random_below(6) : 0;
	}
	for (int i = 0; i < 2; i++)
		c->tests[i] = atoms[random_below(lengthof(atoms))];
	c->unit = units[unit];
	c->on_calendar = unit < CALENDAR_UNITS && random_below(2) == 0;
	c->periods = 1 + (int) random_below(MOST_PERIODS);
	c->or_after = random_below(2) == 0;
	c->as_of = RETAINED_ALL;
	if (random_below(3) > 0)
		c->as_of = centre + ((int64_t) random_below((uint32_t) spread + 80) - 20) * US_PER_HOUR;
}

/* ---------- The definition ---------- */

typedef enum Answer
{
	NO,
	YES,
	NOT_OVER
} Answer;

/* False without an entry; the touchpoints are in their order. *at_bound: a touchpoint or as_of stands exactly on a bound. */
static bool
brute(const Case *c, const Touchpoint *t, Answer *answers, bool *at_bound)
{
	int			entry = 0;
	int64_t		start;

	while (entry < c->count && (t[entry].at > c->as_of || !atom_matches(&c->tests[0], &t[entry])))
		entry++;
	if (entry == c->count)
		return false;
	start = c->on_calendar ? unit_brute(t[entry].at, &c->unit) : t[entry].at;
	for (int k = 0; k < c->periods; k++)
	{
		int64_t		from = add_brute(start, &c->unit, k);
		int64_t		until = add_brute(start, &c->unit, k + 1);

		answers[k] = k == 0 ? YES : NO;
		for (int i = 0; i < c->count; i++)
		{
			if (t[i].at <= c->as_of && atom_matches(&c->tests[1], &t[i]) && t[i].at >= from &&
				(c->or_after || t[i].at < until))
				answers[k] = YES;
			*at_bound |= i != entry && (t[i].at == from || t[i].at == until);
		}
		if (until > c->as_of)
			answers[k] = NOT_OVER;
		*at_bound |= until == c->as_of;
	}
	return true;
}

/* The bounds of the units of the calendar, with UTC for the time zone. */
static void
bounds_on_calendar(const Case *c, int64_t entry, int64_t *bounds)
{
	CalendarGrid grid;
	int64_t		number;
	int64_t		guess;

	if (!calendar_grid_init(&grid, &c->unit))
		exit(1);
	guess = number = calendar_grid_guess(&grid, entry);
	while (calendar_grid_start(&grid, number) > entry)
		number--;
	while (calendar_grid_start(&grid, number + 1) <= entry)
		number++;
	if (llabs(number - guess) > (c->unit.months > 0))
		exit(1);
	for (int k = 0; k <= c->periods; k++)
		bounds[k] = calendar_grid_start(&grid, number + k);
}

static bool
answers_agree(const Case *c, const JourneyView *view, bool entered, const Answer *answers)
{
	AtomSet    *set = atom_set_make(c->tests, 2);
	AtomBinding binding;
	RetainedWalk walk;
	int64_t		bounds[MOST_PERIODS + 1];
	bool		back[MOST_PERIODS];
	int			closed;
	bool		agree;

	atom_bind(&binding, set, view);
	agree = retained_enter(&walk, &binding, c->as_of) == entered;
	if (agree && entered)
	{
		if (c->on_calendar)
			bounds_on_calendar(c, walk.times.now, bounds);
		else
			retained_bounds(walk.times.now, &c->unit, c->periods, c->as_of, bounds);
		closed = retained_answers(&walk, bounds, c->periods, c->or_after, back);
		for (int k = 0; k < c->periods; k++)
			agree = agree && (k < closed ? answers[k] == (back[k] ? YES : NO) : answers[k] == NOT_OVER);
	}
	atom_unbind(&binding);
	cx_free(set);
	return agree;
}

/* What the rounds have met, so that it is known to be tested. */
typedef struct Met
{
	int			none;
	int			answered[3];
	int			on_bound;
	int			hidden;			/* an entry that as_of hides */
} Met;

static bool
round_agrees(Met *met)
{
	static Case c;
	Touchpoint	sorted[MOST_TOUCHPOINTS];
	Answer		answers[MOST_PERIODS];
	JourneyView view;
	size_t		size;
	void	   *bytes;
	bool		entered;
	bool		on_bound = false;
	bool		agree;

	make_case(&c);
	bytes = journey_build(c.touchpoints, (size_t) c.count, 0, &size);
	if (bytes == NULL || !journey_open(&view, bytes, size))
		exit(1);
	journey_read(&view, sorted);
	entered = brute(&c, sorted, answers, &on_bound);
	agree = answers_agree(&c, &view, entered, answers);
	met->none += !entered;
	met->on_bound += on_bound;
	if (!entered && c.count > 0)
		met->hidden += c.as_of < sorted[c.count - 1].at;
	for (int k = 0; entered && k < c.periods; k++)
		met->answered[answers[k]]++;
	cx_free(bytes);
	return agree;
}

/* ---------- Bounds without end ---------- */

/* start + k * unit with 128 bits, for units without months. */
static int64_t
wide_bound(int64_t start, const CalendarInterval *unit, int k)
{
	__int128	bound = (__int128) unit->days * US_PER_DAY + unit->us;

	bound = start + bound * k;
	return bound >= CALENDAR_END_TIME ? INT64_MAX : (int64_t) bound;
}

static bool
wide_bounds_agree(void)
{
	CalendarInterval unit = {0, (int32_t) random_bits(31), random_bits(63)};
	int64_t		start = random_below(2) == 0 ? CALENDAR_MIN_TIME + random_bits(40) : random_bits(63) % CALENDAR_END_TIME;
	int64_t		bounds[101];
	bool		agree = true;

	if (random_below(2) == 0)
		unit.days = 0;
	if (random_below(3) == 0)
		unit.us = random_bits(45);
	retained_bounds(start, &unit, 100, RETAINED_ALL, bounds);
	for (int k = 0; k <= 100; k++)
		agree = agree && bounds[k] == wide_bound(start, &unit, k);
	return agree;
}

static void
extremes(void)
{
	CalendarInterval months = {INT32_MAX, INT32_MAX, INT64_MAX};
	CalendarInterval century = {1200, 0, 0};
	CalendarInterval days = {0, INT32_MAX, 0};
	CalendarGrid grid;
	int64_t		bounds[RETAINED_MAX_PERIODS + 1];
	bool		rise = true;
	bool		inside = true;

	retained_bounds(CALENDAR_MIN_TIME, &months, RETAINED_MAX_PERIODS, RETAINED_ALL, bounds);
	ok(bounds[0] == CALENDAR_MIN_TIME && bounds[1] == INT64_MAX && bounds[RETAINED_MAX_PERIODS] == INT64_MAX,
	   "the longest unit ends after everything");
	retained_bounds(CALENDAR_MIN_TIME, &century, RETAINED_MAX_PERIODS, RETAINED_ALL, bounds);
	for (int k = 0; k < RETAINED_MAX_PERIODS; k++)
		rise = rise && (bounds[k] < bounds[k + 1] || bounds[k] == INT64_MAX);
	ok(rise && bounds[2900] < INT64_MAX && bounds[3100] == INT64_MAX, "centuries rise up to the last one");

	calendar_grid_init(&grid, &days);
	ok(calendar_grid_start(&grid, -1) == INT64_MIN && calendar_grid_start(&grid, 0) == 2 * US_PER_DAY &&
	   calendar_grid_start(&grid, 1) == INT64_MAX && calendar_grid_start(&grid, 20000) == INT64_MAX &&
	   calendar_grid_start(&grid, -20000) == INT64_MIN &&
	   calendar_grid_guess(&grid, CALENDAR_MIN_TIME) == -1 && calendar_grid_guess(&grid, CALENDAR_END_TIME - 1) == 0,
	   "units of the calendar longer than it");
	for (int i = 0; i < CALENDAR_UNITS; i++)
	{
		int64_t		number;

		calendar_grid_init(&grid, &units[i]);
		number = calendar_grid_guess(&grid, CALENDAR_END_TIME - 1);
		inside = inside && calendar_grid_start(&grid, number - 1) < CALENDAR_END_TIME &&
			calendar_grid_start(&grid, number + 2) == INT64_MAX;
		number = calendar_grid_guess(&grid, CALENDAR_MIN_TIME);
		inside = inside && calendar_grid_start(&grid, number - 1) == INT64_MIN &&
			calendar_grid_start(&grid, number + 2) > CALENDAR_MIN_TIME;
	}
	ok(inside, "units at the ends of the calendar");
}

static void
other_units(void)
{
	static const CalendarInterval refused[] = {
		{1, 1, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 0}, {0, 0, 48 * US_PER_HOUR}, {0, 0, 7 * US_PER_HOUR}, {0, 0, INT64_MAX}
	};
	CalendarGrid grid;
	bool		all_refused = true;
	bool		none_refused = true;

	for (int i = 0; i < lengthof(refused); i++)
		all_refused = all_refused && !calendar_grid_init(&grid, &refused[i]);
	for (int i = 0; i < CALENDAR_UNITS; i++)
		none_refused = none_refused && calendar_grid_init(&grid, &units[i]);
	ok(all_refused, "units that are none of the calendar");
	ok(none_refused, "units of the calendar");
}

int
main(void)
{
	const char *given_seed = getenv("RETAINED_SEED");
	const char *given_rounds = getenv("RETAINED_ROUNDS");
	uint64_t	seed = given_seed != NULL ? strtoull(given_seed, NULL, 10) : (uint64_t) time(NULL);
	int			rounds = given_rounds != NULL ? atoi(given_rounds) : 200000;
	int			differ = 0;
	int			wide_differ = 0;
	Met			met = {0, {0}, 0, 0};

	random_state = seed;
	parse_atoms();
	printf("# seed %" PRIu64 "\n", seed);
	for (int i = 0; i < rounds; i++)
		differ += !round_agrees(&met);
	ok(differ == 0, "every period as its definition has it");
	printf("# %d rounds, %d differ; without entry %d, no %d, yes %d, not over %d; on a bound %d, hidden by as_of %d\n",
		   rounds, differ, met.none, met.answered[NO], met.answered[YES], met.answered[NOT_OVER],
		   met.on_bound, met.hidden);
	ok(met.none > rounds / 20 && met.answered[NO] > rounds / 2 && met.answered[YES] > rounds / 2 &&
	   met.answered[NOT_OVER] > rounds / 2 && met.on_bound > rounds / 20 && met.hidden > rounds / 50,
	   "of everything there was enough");
	for (int i = 0; i < rounds; i++)
		wide_differ += !wide_bounds_agree();
	ok(wide_differ == 0, "bounds without months, as 128 bits have them");
	extremes();
	other_units();
	return done();
}
