/*
 * attribution_test.c
 *	  Attribution against its definition, Shapley's against all subsets, and by hand.
 *
 * The journeys are random and small: many ties, several conversions, atoms that
 * overlap with touches, months that end on different days. The definition here
 * works with unpacked touchpoints, one conversion after the other, with dates
 * from the C library. ATTRIBUTION_SEED and ATTRIBUTION_ROUNDS in the environment
 * change the seed and the rounds.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory.h"
#include "journey/attribution.h"
#include "journey/journey_build.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define US_PER_HOUR (3600 * US_PER_SECOND)

/* Seconds from 1970 to 2000. */
#define EPOCH_2000 INT64_C(946684800)

/* 2023-01-30 00:00 UTC */
#define JANUARY_30 (INT64_C(8430) * US_PER_DAY)

#define MOST 24

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* ---------- Building ---------- */

static JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

#define CONVERSIONS 9

/* The first is the plain one. */
static const char *const conversions[CONVERSIONS] = {
	"purchase", "purchase/*", "[purchase|a]", "purchase:value>1", ".", "never", "purchase@web", "[^a|b|x]", "[^purchase]"
};

/* Each as a set of one atom. */
static const AtomSet *conversion_sets[CONVERSIONS];

static void
parse_conversions(void)
{
	for (int i = 0; i < CONVERSIONS; i++)
	{
		Atom	   *atom = cx_alloc(1, sizeof(Atom));
		ParseProblem problem;

		if (!atom_parse(conversions[i], strlen(conversions[i]), atom, &problem))
		{
			printf("Bail out! %s is no atom\n", conversions[i]);
			exit(1);
		}
		conversion_sets[i] = atom_set_make(atom, 1);
	}
}

static Touchpoint
touchpoint_of(const char *event, const char *channel, int64_t at)
{
	Touchpoint	touchpoint = {0};

	touchpoint.at = at;
	touchpoint.event = name_of(event);
	touchpoint.channel = name_of(channel);
	return touchpoint;
}

/* Packs and opens; sorts the touchpoints. The bytes are the caller's. */
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
	touchpoints_sort(touchpoints, count);
	return bytes;
}

/* ---------- The definition ---------- */

/* What a node is credited with; bytes NULL: no node. */
typedef struct Entry
{
	JourneyName node;
	double		credit;
	double		value;
	bool		has_value;
} Entry;

typedef struct Ledger
{
	int			count;
	Entry		entries[MOST + 1];
} Ledger;

static Entry *
entry_of(Ledger *ledger, JourneyName node)
{
	for (int i = 0; i < ledger->count; i++)
	{
		if (name_compare(&ledger->entries[i].node, &node) == 0)
			return &ledger->entries[i];
	}
	ledger->entries[ledger->count] = (Entry) {node, 0, 0, false};
	return &ledger->entries[ledger->count++];
}

static void
book(Ledger *ledger, JourneyName node, double share, const Touchpoint *conversion)
{
	Entry	   *entry;

	if (share == 0)
		return;
	entry = entry_of(ledger, node);
	entry->credit += share;
	entry->value += conversion->has_value ? share * conversion->value : 0;
	entry->has_value = entry->has_value || conversion->has_value;
}

/* at + interval by the calendar of the C library, the day clamped to the month's end. */
static int64_t
later(int64_t at, const CalendarInterval *interval)
{
	int64_t		us = ((at % US_PER_SECOND) + US_PER_SECOND) % US_PER_SECOND;
	time_t		seconds = (time_t) ((at - us) / US_PER_SECOND + EPOCH_2000);
	struct tm	date;
	struct tm	moved;
	int			month;

	gmtime_r(&seconds, &date);
	month = date.tm_mon + interval->months;
	for (int day = date.tm_mday;; day--)
	{
		moved = date;
		moved.tm_mon = month;
		moved.tm_mday = day;
		seconds = timegm(&moved);
		if (moved.tm_mday == day)
			break;
	}
	return ((int64_t) seconds - EPOCH_2000) * US_PER_SECOND + us +
		interval->days * US_PER_DAY + interval->us;
}

/* The node of a touchpoint; bytes NULL when it is none. */
static JourneyName
node_of(const Touchpoint *touchpoint, JourneyBy by)
{
	JourneyName node = by == BY_CHANNEL ? touchpoint->channel : touchpoint->event;

	for (uint32_t i = 0; by == BY_PHASE && i < node.length; i++)
	{
		if (node.bytes[i] == '/')
			node.length = i;
	}
	return node;
}

static bool
is_conversion(const AttributionRule *rule, const Touchpoint *touchpoint)
{
	return atom_matches(&rule->conversion->atoms[0], touchpoint);
}

/* The touches of the conversion at place c, in order. */
static int
find_touches(const AttributionRule *rule, const Touchpoint *all, int c, const Touchpoint **touches)
{
	int			count = 0;

	for (int i = 0; i < c; i++)
	{
		bool		cut = false;

		for (int k = i + 1; k < c; k++)
			cut = cut || (rule->restart && is_conversion(rule, &all[k]));
		if (!cut && !is_conversion(rule, &all[i]) && node_of(&all[i], rule->by).bytes != NULL &&
			(rule->unlimited || later(all[i].at, &rule->lookback) >= all[c].at))
			touches[count++] = &all[i];
	}
	return count;
}

static bool
passes_direct(const AttributionRule *rule, JourneyName node)
{
	for (int i = 0; i < rule->n_direct; i++)
	{
		JourneyName name = rule->direct[i].name;

		if (rule->direct[i].below
			? node.length > name.length && memcmp(node.bytes, name.bytes, name.length) == 0 && node.bytes[name.length] == '/'
			: name_compare(&node, &name) == 0)
			return true;
	}
	return false;
}

/* The share of touch i, as the definition has it. */
static double
share_of(const AttributionRule *rule, const Touchpoint **touches, int count, int i)
{
	double		first = rule->first_share;
	double		last = rule->last_share;
	double		sum = 0;
	int			different = 0;
	int			same = 0;
	int			last_other = count - 1;

	switch (rule->model)
	{
		case ATTRIBUTION_FIRST:
			return i == 0;
		case ATTRIBUTION_LAST:
			return i == count - 1;
		case ATTRIBUTION_LAST_NON_DIRECT:
			for (int k = 0; k < count; k++)
			{
				if (!passes_direct(rule, node_of(touches[k], rule->by)))
					last_other = k;
			}
			return i == last_other;
		case ATTRIBUTION_LINEAR:
			return 1.0 / count;
		case ATTRIBUTION_POSITION:
			if (count == 1)
				return 1;
			if (count == 2)
				return first + last == 0 ? 0.5 : (i == 0 ? first : last) / (first + last);
			return i == 0 ? first : i == count - 1 ? last : (1 - first - last) / (count - 2);
		case ATTRIBUTION_TIME_DECAY:
			for (int k = 0; k < count; k++)
				sum += pow(2, (double) (touches[k]->at - touches[i]->at) / rule->half_life);
			return 1 / sum;
		case ATTRIBUTION_SHAPLEY:
			for (int k = 0; k < count; k++)
			{
				JourneyName node = node_of(touches[k], rule->by);
				JourneyName own = node_of(touches[i], rule->by);
				bool		met = false;

				for (int m = 0; m < k; m++)
				{
					JourneyName before = node_of(touches[m], rule->by);

					met = met || name_compare(&before, &node) == 0;
				}
				different += !met;
				same += name_compare(&own, &node) == 0;
			}
			return 1.0 / different / same;
	}
	return 0;
}

static int
attribute_by_definition(const AttributionRule *rule, const Touchpoint *all, int count, Ledger *ledger)
{
	int			conversions = 0;

	ledger->count = 0;
	for (int c = 0; c < count; c++)
	{
		const Touchpoint *touches[MOST];
		int			n;

		if (!is_conversion(rule, &all[c]))
			continue;
		conversions++;
		n = find_touches(rule, all, c, touches);
		if (n == 0)
			book(ledger, name_of(NULL), 1, &all[c]);
		for (int i = 0; i < n; i++)
			book(ledger, node_of(touches[i], rule->by), share_of(rule, touches, n, i), &all[c]);
	}
	return conversions;
}

/* ---------- Against the definition ---------- */

static const char *const events[] = {"a", "b", "x", "x/a", "x/b", "purchase", "purchase", "purchase/again"};
static const char *const channels[] = {"web", "mail", "direct", "direct/app", "web/shop", NULL};
static const char *const directs[] = {"direct", "direct/*", "x", "x/*", "nothing"};

static int64_t
random_time(int kind)
{
	if (kind == 0)
		return JANUARY_30 + random_below(6) * US_PER_HOUR;
	if (kind == 1)
		return JANUARY_30 + (int64_t) random_below(60) * US_PER_DAY / 2;
	/* Within 1,990 days: no half-life of two days makes nothing of the earliest. */
	return JANUARY_30 - 1000 * US_PER_DAY + (int64_t) random_below(2000000000) * 86 * 1000;
}

static int
random_journey(Touchpoint *all)
{
	int			count = (int) random_below(random_below(4) == 0 ? MOST + 1 : 8);
	int			kind = (int) random_below(3);

	for (int i = 0; i < count; i++)
	{
		all[i] = touchpoint_of(events[random_below(lengthof(events))],
							   channels[random_below(lengthof(channels))], random_time(kind));
		all[i].has_value = random_below(3) > 0;
		if (all[i].has_value)
			all[i].value = (double) random_below(2000) / 7 - 20;
	}
	return count;
}

static AttributionRule
random_rule(NameTest *direct)
{
	static const double shares[] = {0, 0, 0.1, 0.25, 0.3, 0.4, 0.5, 0.6};
	static const CalendarInterval lookbacks[] = {
		{1, 0, 0}, {1, 0, 0}, {2, 0, 0}, {0, 0, 0}, {0, 0, 2 * US_PER_HOUR}, {0, 3, 0}, {1, 1, US_PER_HOUR}, {14, 0, 0}
	};
	AttributionRule rule = {0};

	attribution_set_conversion(&rule, conversion_sets[random_below(CONVERSIONS)]);
	rule.model = (AttributionModel) random_below(ATTRIBUTION_SHAPLEY + 1);
	rule.by = (JourneyBy) random_below(3);
	rule.restart = random_below(2) == 0;
	rule.unlimited = random_below(2) == 0;
	rule.lookback = lookbacks[random_below(lengthof(lookbacks))];
	rule.half_life = (double) ((random_below(2) == 0 ? 2 : 7) * US_PER_DAY);
	rule.first_share = random_below(8) == 0 ? 1 : shares[random_below(lengthof(shares))];
	rule.last_share = fmin(1 - rule.first_share, shares[random_below(lengthof(shares))]);
	rule.n_direct = (int) random_below(3);
	rule.direct = direct;
	for (int i = 0; i < rule.n_direct; i++)
		direct[i] = name_test_of(name_of(directs[random_below(lengthof(directs))]));
	return rule;
}

static JourneyName
name_of_row(const Attribution *attribution, uint32_t row)
{
	return row < attribution->nodes.count ? attribution->nodes.names[row] : name_of(NULL);
}

static bool
near(double a, double b, double scale)
{
	return fabs(a - b) <= 1e-12 * (fabs(scale) + 1);
}

/* The rows are those of the ledger, and sum up to all there is. What the ledger lacks is a row of nothing. */
static bool
agrees(const Attribution *attribution, Ledger *ledger, int conversions_wanted, double value_wanted)
{
	double		credit = 0;
	double		value = 0;

	for (uint32_t row = 0; row <= attribution->nodes.count; row++)
	{
		const AttributionCredit *got = &attribution->credits[row];
		Entry	   *want = entry_of(ledger, name_of_row(attribution, row));

		if (!near(got->credit, want->credit, 1) || !near(got->value, want->value, 300) ||
			(want->credit > 1e-15 && got->has_value != want->has_value))
			return false;
		credit += got->credit;
		value += got->value;
	}
	return ledger->count == (int) attribution->nodes.count + 1 &&
		near(credit, conversions_wanted, conversions_wanted) &&
		near(value, value_wanted, 300 * conversions_wanted);
}

static void
test_definition(int rounds)
{
	int			wrong = 0;
	int			converted = 0;
	int			by_model[ATTRIBUTION_SHAPLEY + 1] = {0};

	for (int round = 0; round < rounds; round++)
	{
		NameTest	direct[3];
		AttributionRule rule = random_rule(direct);
		Touchpoint	all[MOST];
		int			count = random_journey(all);
		JourneyView view;
		void	   *bytes = open_journey(all, count, &view);
		Attribution attribution;
		Ledger		ledger;
		int			wanted = attribute_by_definition(&rule, all, count, &ledger);
		double		value = 0;
		bool		right;

		for (int i = 0; i < count; i++)
			value += all[i].has_value && is_conversion(&rule, &all[i]) ? all[i].value : 0;
		if (attribution_run(&rule, &view, &attribution))
		{
			right = agrees(&attribution, &ledger, wanted, value);
			attribution_free(&attribution);
		}
		else
			right = wanted == 0;
		if (!right && wrong++ == 0)
			printf("# first wrong: round %d, model %d, %d touchpoints\n", round, rule.model, count);
		converted += wanted > 1;
		by_model[rule.model] += wanted > 0;
		cx_free(bytes);
		}
	ok(wrong == 0, "random journeys as the definition has them");
	ok(converted > rounds / 20, "many of them convert more than once");
	for (int model = 0; model <= ATTRIBUTION_SHAPLEY; model++)
		ok(by_model[model] > rounds / 40, "every model had its share of them");
}

/* ---------- Shapley over all subsets ---------- */

#define PLAYERS 8

static const char *const players[PLAYERS] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"};

static int
bits_of(int set)
{
	return __builtin_popcount((unsigned) set);
}

static double
factorial(int n)
{
	return n < 2 ? 1 : n * factorial(n - 1);
}

/* The Shapley value of a player: its marginal worth, averaged over all orders. */
static double
shapley_value(const double *worth, int n, int player)
{
	double		sum = 0;

	for (int set = 0; set < 1 << n; set++)
	{
		if ((set >> player & 1) == 0)
			sum += factorial(bits_of(set)) * factorial(n - bits_of(set) - 1) / factorial(n) *
				(worth[set | 1 << player] - worth[set]);
	}
	return sum;
}

/* Random conversions of n channels: what the journeys sum up to is the value of the game. */
static bool
shapley_holds(const AttributionRule *rule, int n)
{
	double		worth[1 << PLAYERS] = {0};
	double		credits[PLAYERS] = {0};

	for (int k = 0; k < 200; k++)
	{
		Touchpoint	all[MOST];
		int			count = (int) random_below(12);
		int			touched = 0;
		JourneyView view;
		Attribution attribution;
		void	   *bytes;

		for (int i = 0; i < count; i++)
		{
			int			player = (int) random_below(n);

			all[i] = touchpoint_of("visit", players[player], random_time(1));
			touched |= 1 << player;
		}
		all[count] = touchpoint_of("purchase", NULL, JANUARY_30 + 100 * US_PER_DAY);
		for (int set = 0; set < 1 << n; set++)
			worth[set] += touched != 0 && (touched & ~set) == 0;
		bytes = open_journey(all, count + 1, &view);
		if (!attribution_run(rule, &view, &attribution))
			return false;
		for (uint32_t row = 0; row < attribution.nodes.count; row++)
			credits[attribution.nodes.names[row].bytes[1] - '0'] += attribution.credits[row].credit;
		attribution_free(&attribution);
		cx_free(bytes);
	}
	for (int player = 0; player < n; player++)
	{
		if (!near(credits[player], shapley_value(worth, n, player), 200))
			return false;
	}
	return true;
}

static void
test_shapley(void)
{
	AttributionRule rule = {.model = ATTRIBUTION_SHAPLEY, .by = BY_CHANNEL, .restart = true, .unlimited = true};
	bool		holds = true;

	attribution_set_conversion(&rule, conversion_sets[0]);
	for (int n = 1; n <= PLAYERS; n++)
		holds = shapley_holds(&rule, n) && holds;
	ok(holds, "the closed form is the Shapley value over all subsets, for one to eight channels");
}

/* ---------- By hand ---------- */

/* Credit of a node; 0 when it has no row. */
static double
credit_of(const Attribution *attribution, const char *node)
{
	JourneyName wanted = name_of(node);

	for (uint32_t row = 0; row <= attribution->nodes.count; row++)
	{
		JourneyName name = name_of_row(attribution, row);

		if (name_compare(&name, &wanted) == 0)
			return attribution->credits[row].credit;
	}
	return 0;
}

static void
test_by_hand(void)
{
	AttributionRule rule = {.by = BY_CHANNEL, .restart = true, .unlimited = true, .half_life = (double) US_PER_DAY,
	.first_share = 0.4, .last_share = 0.4};
	Touchpoint	all[] = {
		touchpoint_of("visit", "search", JANUARY_30),
		touchpoint_of("visit", "mail", JANUARY_30 + US_PER_DAY),
		touchpoint_of("visit", "direct", JANUARY_30 + 2 * US_PER_DAY),
		touchpoint_of("purchase", "web", JANUARY_30 + 3 * US_PER_DAY),
		touchpoint_of("purchase", "web", JANUARY_30 + 4 * US_PER_DAY)
	};
	NameTest	direct = name_test_of(name_of("direct"));
	JourneyView view;
	Attribution attribution;
	void	   *bytes = open_journey(all, 5, &view);

	attribution_set_conversion(&rule, conversion_sets[0]);
	rule.direct = &direct;
	rule.n_direct = 1;

	rule.model = ATTRIBUTION_LAST_NON_DIRECT;
	attribution_run(&rule, &view, &attribution);
	ok(credit_of(&attribution, "mail") == 1 && credit_of(&attribution, "direct") == 0, "the last touch that is not direct");
	ok(credit_of(&attribution, NULL) == 1, "a conversion right behind another has no touch");
	attribution_free(&attribution);

	rule.model = ATTRIBUTION_TIME_DECAY;
	attribution_run(&rule, &view, &attribution);
	is_close(credit_of(&attribution, "search"), 1.0 / 7, 1e-15, "half as much a day earlier: 1/7");
	is_close(credit_of(&attribution, "mail"), 2.0 / 7, 1e-15, "2/7");
	is_close(credit_of(&attribution, "direct"), 4.0 / 7, 1e-15, "4/7");
	attribution_free(&attribution);

	rule.half_life = 1;
	rule.restart = false;
	attribution_run(&rule, &view, &attribution);
	ok(credit_of(&attribution, "direct") == 2, "a half-life of a microsecond: all to the latest touch, nothing divided by zero");
	attribution_free(&attribution);

	rule.model = ATTRIBUTION_POSITION;
	attribution_run(&rule, &view, &attribution);
	is_close(credit_of(&attribution, "mail"), 0.4, 1e-15, "without restart both conversions have the three touches");
	attribution_free(&attribution);

	cx_free(bytes);
	bytes = open_journey(all, 0, &view);
	ok(!attribution_run(&rule, &view, &attribution), "an empty journey has no conversion");
	cx_free(bytes);
}

static long
setting(const char *name, long otherwise)
{
	const char *given = getenv(name);

	return given == NULL ? otherwise : atol(given);
}

int
main(void)
{
	long		seed = setting("ATTRIBUTION_SEED", 20250401);

	random_state = (uint64_t) seed;
	printf("# seed %ld\n", seed);
	parse_conversions();
	test_by_hand();
	test_shapley();
	test_definition((int) setting("ATTRIBUTION_ROUNDS", 40000));
	return done();
}
