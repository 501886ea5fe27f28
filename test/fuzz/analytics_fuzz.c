/*
 * analytics_fuzz.c
 *	  Paths, attribution, retention, friction and effort of journeys, each against its definition.
 *
 * An input is a packed journey; atoms, intervals and the other arguments come
 * from chance.
 */
#include <math.h>
#include <string.h>

#include "common/calendar_grid.h"
#include "common/memory.h"
#include "fuzz.h"
#include "journey/attribution.h"
#include "journey/effort.h"
#include "journey/friction.h"
#include "journey/path.h"
#include "journey/retained.h"

static size_t
make_journey(uint8_t *out)
{
	JourneyView view;

	do
		random_journey(&view, 300);
	while (view.size > FUZZ_MAX_INPUT);
	memcpy(out, view.bytes, view.size);
	return view.size;
}

const FuzzTarget fuzz_target = {"journey analytics", make_journey, NULL, 0};

/* ---------- Arguments ---------- */

#define MOST_ATOMS 4

/* How often other arguments are tried on a journey. */
#define TURNS 8

/* A journey, its touchpoints, and atoms that were made for it. */
typedef struct Case
{
	const JourneyView *view;
	Touchpoint *touchpoints;
	uint32_t	count;
	Atom		atoms[MOST_ATOMS];
	AtomSet    *set;
} Case;

/* Often of an event that the journey has, so that something passes. */
static Atom
random_atom(const JourneyView *view)
{
	static uint8_t bytes[FUZZ_MAX_INPUT];
	FuzzText	text = {(char *) bytes, 0, false};
	ParseProblem problem;
	Atom		atom;

	if (view->event_count > 0 && !one_in(3))
	{
		JourneyName *names = cx_alloc((size_t) view->event_count + view->channel_count, sizeof(JourneyName));

		journey_read_names(view, names);
		atom = (Atom) {.n_events = 1, .events = cx_alloc0(1, sizeof(NameTest))};
		atom.events[0].name = names[random_below(view->event_count)];
		return atom;
	}
	do
	{
		text.length = 0;
		put_atom(&text);
	} while (!atom_parse(text.bytes, text.length, &atom, &problem));
	return atom;
}

static void
make_atoms(Case *c)
{
	for (int k = 0; k < MOST_ATOMS; k++)
		c->atoms[k] = random_atom(c->view);
	c->set = atom_set_make(c->atoms, MOST_ATOMS);
}

static CalendarInterval
random_interval(void)
{
	static char bytes[FUZZ_MAX_INPUT];
	FuzzText	text = {bytes, 0, false};
	const char *expected;
	size_t		problem_at;
	CalendarInterval interval;

	if (one_in(4))
		return (CalendarInterval) {0, 0, one_in(3) ? INT64_MAX : random_below(1000)};
	do
	{
		text.length = 0;
		put_interval(&text);
	} while (calendar_interval_read(bytes, text.length, &interval, &expected, &problem_at) != text.length ||
			 !calendar_interval_forward(&interval));
	return interval;
}

/* Whether touchpoint i passes atom k, by the definition. */
static bool
passes(const Case *c, uint32_t i, int k)
{
	return atom_matches(&c->atoms[k], &c->touchpoints[i]);
}

static JourneyName
node_of(const Case *c, uint32_t i, JourneyBy by)
{
	const Touchpoint *touchpoint = &c->touchpoints[i];

	return by == BY_CHANNEL ? touchpoint->channel :
		by == BY_PHASE ? name_prefix(touchpoint->event, 1) : touchpoint->event;
}

static bool
same_name(JourneyName a, JourneyName b)
{
	return (a.bytes == NULL) == (b.bytes == NULL) && name_compare(&a, &b) == 0;
}

/* ---------- Paths ---------- */

static void
path_holds(const Case *c)
{
	bool		starts = one_in(2);
	bool		ends = one_in(2);
	PathQuery	query = {(JourneyBy) random_below(3), one_in(2), 1 + random_below(one_in(4) ? 400 : 6),
		starts || ends ? c->set : NULL, starts ? 1 : 0, ends ? 2 : 0};
	JourneyName *way = cx_alloc(c->count, sizeof(JourneyName));
	uint32_t	from = 0;
	uint32_t	to = 0;
	uint32_t	n = 0;
	uint32_t	first;			/* shown of the front */
	uint32_t	shown;
	bool		gap;
	Path		path;

	if (starts && ends && query.length < 3)
		query.length = 3;
	while (starts && from < c->count && !passes(c, from, 0))
		from++;
	for (to = from; to < c->count && !(ends && passes(c, to, 1));)
		to++;
	if (!ends)
		to = c->count - 1;		/* unused where the journey is empty */
	for (uint32_t i = from; i < c->count && to < c->count && i <= to; i++)
	{
		JourneyName node = node_of(c, i, query.by);

		if (node.bytes != NULL && !(query.collapse && n > 0 && same_name(way[n - 1], node)))
			way[n++] = node;
	}
	gap = starts && ends && n > query.length;
	shown = n < query.length ? n : query.length;
	first = gap ? shown - 1 - (shown - 1) / 2 : ends && !starts ? 0 : shown;

	path_read(c->view, &query, &path);
	CHECK(path.count == shown);
	for (uint32_t i = 0; i < shown; i++)
	{
		JourneyName expected = {PATH_GAP, strlen(PATH_GAP)};

		if (i < first)
			expected = way[i];
		else if (i > first || !gap)
			expected = way[n - shown + i];
		CHECK(same_name(path.names[i], expected));
	}
	path_free(&path);
	cx_free(way);
}

/* ---------- Attribution ---------- */

/* Credits sum to the conversions, values to theirs; no node has a share without a touch. */
static void
attribution_holds(const Case *c)
{
	NameTest	direct = name_test_of((JourneyName) {"a/*", 3});
	AtomSet    *set = atom_set_make(c->atoms, 1);
	AttributionRule rule = {.model = (AttributionModel) random_below(ATTRIBUTION_SHAPLEY + 1),
		.by = (JourneyBy) random_below(3), .restart = one_in(2), .unlimited = one_in(2), .lookback = random_interval(),
		.half_life = 1 + (double) random_below(1000000) * random_below(1000000), .first_share = random_below(6) / 10.0,
		.last_share = random_below(6) / 10.0, .n_direct = one_in(2), .direct = &direct};
	double		conversions = 0;
	double		credit = 0;
	double		value = 0;
	double		value_size = 0;
	double		found_value = 0;
	bool		any_value = false;
	bool		found_any_value = false;
	Attribution result;

	for (uint32_t i = 0; i < c->count; i++)
	{
		if (!passes(c, i, 0))
			continue;
		conversions++;
		value += c->touchpoints[i].value;
		value_size += fabs(c->touchpoints[i].value);
		any_value |= c->touchpoints[i].has_value;
	}
	attribution_set_conversion(&rule, set);
	if (!attribution_run(&rule, c->view, &result))
		CHECK(conversions == 0);
	else
	{
		for (uint32_t node = 0; node <= result.nodes.count; node++)
		{
			const AttributionCredit *of = &result.credits[node];

			CHECK(of->credit >= 0 && of->credit <= conversions + 1e-9);
			CHECK(of->credit > 0 || (of->value == 0 && !of->has_value));
			credit += of->credit;
			found_value += of->value;
			found_any_value |= of->has_value;
		}
		CHECK(fabs(credit - conversions) <= 1e-12 * conversions);
		if (value_size < 1e300)
			CHECK(fabs(found_value - value) <= 1e-12 * value_size);
		CHECK(found_any_value == any_value);
		attribution_free(&result);
	}
	cx_free(set);
}

/* ---------- Retention ---------- */

/* bounds do not fall, and start where they should. */
static void
bounds_hold(const int64_t *bounds, int periods, int64_t start, const CalendarInterval *unit, int64_t as_of)
{
	CHECK(bounds[0] == start);
	for (int k = 1; k <= periods; k++)
	{
		CHECK(bounds[k] >= bounds[k - 1]);
		/* The second is the first unit added; later ones need not be one unit after those before. */
		if (k == 1 && start <= as_of)
			CHECK(bounds[1] == calendar_add(start, unit) || bounds[1] == INT64_MAX);
	}
}

/* The unit that holds a time; of months it may be the one next to it. */
static void
grid_holds(const CalendarInterval *unit)
{
	CalendarGrid grid;
	int64_t		local = random_time();
	int64_t		number;

	if (!calendar_grid_init(&grid, unit))
		return;
	number = calendar_grid_guess(&grid, local);
	CHECK(calendar_grid_start(&grid, number - (grid.months != 0)) <= local);
	CHECK(calendar_grid_start(&grid, number + 1 + (grid.months != 0)) > local);
}

static void
retention_holds(const Case *c)
{
	bool		all = one_in(3);
	bool		or_after = one_in(2);
	int			periods = 1 + (int) random_below(one_in(10) ? 300 : 12);
	int64_t		as_of = all ? RETAINED_ALL
		: c->count > 0 && !one_in(4) ? c->touchpoints[random_below(c->count)].at - random_below(2) : random_time();
	CalendarInterval unit = random_interval();
	int64_t    *bounds = cx_alloc(periods + 1, sizeof(int64_t));
	bool	   *back = cx_alloc(periods, sizeof(bool));
	uint32_t	entry = 0;
	AtomBinding binding;
	RetainedWalk walk;

	if (unit.months == 0 && unit.days == 0 && unit.us == 0)
		unit.us = 1;
	grid_holds(&unit);
	while (entry < c->count && !passes(c, entry, 0))
		entry++;
	atom_bind(&binding, c->set, c->view);
	if (!retained_enter(&walk, &binding, as_of))
		CHECK(entry == c->count || c->touchpoints[entry].at > as_of);
	else
	{
		int64_t		start = c->touchpoints[entry].at;
		int			closed;

		CHECK(entry < c->count && start <= as_of && walk.times.now == start);
		retained_bounds(start, &unit, periods, as_of, bounds);
		bounds_hold(bounds, periods, start, &unit, as_of);
		closed = retained_answers(&walk, bounds, periods, or_after, back);
		CHECK(closed <= periods);
		CHECK(all ? closed == periods : closed == periods || bounds[closed + 1] > as_of);
		for (int k = 0; k < closed; k++)
		{
			bool		expected = k == 0;

			CHECK(all || bounds[k + 1] <= as_of);
			for (uint32_t i = 0; i < c->count; i++)
				expected |= passes(c, i, 1) && c->touchpoints[i].at >= bounds[k] && c->touchpoints[i].at <= as_of &&
					(or_after || c->touchpoints[i].at < bounds[k + 1]);
			CHECK(back[k] == expected);
		}
	}
	atom_unbind(&binding);
	cx_free(bounds);
	cx_free(back);
}

/* ---------- Friction ---------- */

static bool
same_event(const Case *c, uint32_t i, uint32_t k)
{
	return name_compare(&c->touchpoints[i].event, &c->touchpoints[k].event) == 0;
}

static void
change_holds(const Case *c, const Friction *friction)
{
	JourneyName from = c->touchpoints[friction->ords[0]].channel;
	JourneyName to = c->touchpoints[friction->ords[1]].channel;

	CHECK(friction->count == 2 && friction->ords[1] == friction->at && friction->weight == 1);
	CHECK(from.bytes != NULL && to.bytes != NULL && name_compare(&from, &to) != 0);
	for (uint32_t i = friction->ords[0] + 1; i < friction->at; i++)
		CHECK(c->touchpoints[i].channel.bytes == NULL);
	CHECK(same_name(name_prefix(from, 1), name_prefix(to, 1)) == (friction->kind == FRICTION_HANDOFF));
}

static void
ping_pong_holds(const Case *c, const Friction *friction)
{
	CHECK(friction->count >= 3 && friction->weight == friction->count - 2 && friction->at == friction->ords[2]);
	for (uint32_t k = 0; k < friction->count; k++)
	{
		JourneyName team = c->touchpoints[friction->ords[k]].channel;

		CHECK(team.bytes != NULL);
		CHECK(k < 2 || same_name(team, c->touchpoints[friction->ords[k - 2]].channel));
		CHECK(k < 1 || !same_name(team, c->touchpoints[friction->ords[k - 1]].channel));
	}
}

/* An instance is one of its kind, and not a part of a larger one. */
static void
instance_holds(const Case *c, const Friction *friction, const FrictionRules *rules, uint32_t seen)
{
	uint32_t	first = friction->ords[0];
	uint32_t	last = friction->ords[friction->count - 1];

	switch (friction->kind)
	{
		case FRICTION_REPEAT:
			CHECK(last - first + 1 == friction->count && friction->at == first + 1 && friction->weight == last - first);
			for (uint32_t i = first; i <= last; i++)
				CHECK(same_event(c, i, first));
			CHECK((first == 0 || !same_event(c, first - 1, first)) && (last + 1 == seen || !same_event(c, last + 1, last)));
			break;
		case FRICTION_LOOP:
			CHECK(last - first + 1 == friction->count && friction->at == last && friction->weight == last - first);
			CHECK(friction->count >= 3 && same_event(c, first, last));
			for (uint32_t i = first + 1; i < last; i++)
				CHECK(!same_event(c, i, last));
			break;
		case FRICTION_CHANNEL_SWITCH:
		case FRICTION_HANDOFF:
			change_holds(c, friction);
			break;
		case FRICTION_PING_PONG:
			ping_pong_holds(c, friction);
			break;
		case FRICTION_STALL:
			CHECK(rules->stall != NULL && friction->count == 2 && last == first + 1 && friction->at == last);
			CHECK(calendar_add(c->touchpoints[first].at, rules->stall) < c->touchpoints[last].at);
			break;
		default:
			CHECK(rules->has_goal && last == seen - 1 && friction->at == last && friction->count == 1 + (first < last));
			for (uint32_t i = first; i <= last; i++)
				CHECK(!passes(c, i, 2));
			CHECK(passes(c, first, 1));
	}
	for (uint32_t k = 0; k < friction->count && friction->kind != FRICTION_ABANDONMENT; k++)
		CHECK(!passes(c, friction->ords[k], 0));
}

/* Atom 0 is required, 1 the intent, 2 the goal. */
static void
friction_holds(const Case *c)
{
	CalendarInterval stall = random_interval();
	int64_t		as_of = c->count > 0 && !one_in(4) ? c->touchpoints[random_below(c->count)].at : random_time();
	FrictionRules rules = {one_in(3) ? NULL : &stall, true, one_in(2) ? NULL : &as_of};
	AtomSet    *set = atom_set_make(c->atoms, 3);
	FrictionAtoms atoms = {.goal = 4, .intent = 2};
	uint32_t	kinds[FRICTION_KINDS] = {0};
	int64_t		latest = -1;
	AtomBinding binding;
	FrictionJourney journey;
	FrictionScan scan;
	Friction	friction;

	atom_bind(&binding, set, c->view);
	atoms.binding = &binding;
	friction_journey_read(&journey, c->view, &atoms, rules.as_of);
	CHECK(journey.count <= c->count);
	CHECK(journey.count == c->count || (rules.as_of != NULL && c->touchpoints[journey.count].at > as_of));
	friction_begin(&scan, &journey, &rules);
	while (friction_next(&scan, &friction))
	{
		int64_t		place = (int64_t) friction.at * FRICTION_KINDS + friction.kind;

		CHECK(place > latest && friction.count > 0);
		latest = place;
		kinds[friction.kind]++;
		for (uint32_t k = 0; k < friction.count; k++)
			CHECK(friction.ords[k] < journey.count && (k == 0 || friction.ords[k - 1] < friction.ords[k]));
		instance_holds(c, &friction, &rules, journey.count);
	}
	CHECK(kinds[FRICTION_ABANDONMENT] <= 1);
	friction_end(&scan);
	friction_journey_free(&journey);
	atom_unbind(&binding);
	cx_free(set);
}

/* ---------- Effort ---------- */

/* Of a journey cut at its goal, with nothing required, friction finds what is counted. */
static void
effort_holds(const Case *c)
{
	CalendarInterval gap = random_interval();
	AtomSet    *set = atom_set_make(c->atoms, 1 + random_below(MOST_ATOMS));
	uint32_t	goal = 0;
	uint32_t	counts[FRICTION_KINDS] = {0};
	FrictionAtoms none = {.binding = NULL};
	FrictionRules rules = {NULL, false, NULL};
	AtomBinding binding;
	FrictionJourney journey;
	FrictionScan scan;
	Friction	friction;
	Effort		effort;

	while (goal < c->count && !passes(c, goal, 0))
		goal++;
	atom_bind(&binding, set, c->view);
	effort_measure(&effort, c->view, &binding, 1, one_in(2) ? &gap : NULL);
	CHECK(effort.resolved == (goal < c->count) && effort.touchpoints == goal + effort.resolved);
	CHECK(effort.failures <= effort.attempts && (effort.attempts > 0) == (c->count > 0));
	CHECK(effort.failures < effort.attempts || !effort.resolved);
	CHECK(effort.channels <= effort.switches + 1 && effort.switches <= effort.attempts);
	if (c->count > 0)
		CHECK(effort.started == c->touchpoints[0].at && effort.ended == c->touchpoints[c->count - 1].at &&
			  (!effort.resolved || effort.reached == c->touchpoints[goal].at));

	friction_journey_read(&journey, c->view, &none, NULL);
	journey.count = effort.touchpoints;
	friction_begin(&scan, &journey, &rules);
	while (friction_next(&scan, &friction))
		counts[friction.kind] += friction.kind == FRICTION_REPEAT ? (uint32_t) friction.weight : 1;
	CHECK(effort.repeats == counts[FRICTION_REPEAT] && effort.loops == counts[FRICTION_LOOP]);
	CHECK(effort.switches == counts[FRICTION_CHANNEL_SWITCH] && effort.handoffs == counts[FRICTION_HANDOFF]);
	friction_end(&scan);
	friction_journey_free(&journey);
	atom_unbind(&binding);
	cx_free(set);
}

/* ---------- The target ---------- */

/* Of bytes that no journey has: the answers come, whatever they are. */
static void
answers_come(const JourneyView *view, const AtomSet *set)
{
	PathQuery	query = {(JourneyBy) random_below(3), one_in(2), 3, set, 1, 2};
	AttributionRule rule = {.model = ATTRIBUTION_LINEAR, .by = (JourneyBy) random_below(3), .unlimited = true};
	FrictionRules rules = {NULL, true, NULL};
	FrictionAtoms atoms = {.goal = 4, .intent = 2};
	Path		path;
	Attribution result;
	AtomBinding binding;
	FrictionJourney journey;
	FrictionScan scan;
	Friction	friction;
	Effort		effort;

	path_read(view, &query, &path);
	path_free(&path);
	attribution_set_conversion(&rule, set);
	if (attribution_run(&rule, view, &result))
		attribution_free(&result);
	atom_bind(&binding, set, view);
	effort_measure(&effort, view, &binding, 1, NULL);
	atoms.binding = &binding;
	friction_journey_read(&journey, view, &atoms, NULL);
	friction_begin(&scan, &journey, &rules);
	while (friction_next(&scan, &friction))
		CHECK(friction.count > 0);
	friction_end(&scan);
	friction_journey_free(&journey);
	atom_unbind(&binding);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JourneyView view;
	Case		c;

	fuzz_begin(data, size);
	if (!journey_open(&view, data, size))
		return 0;
	c.view = &view;
	c.count = view.count;
	if (journey_problem(data, size) == NULL)
	{
		fuzz_accepted++;
		c.touchpoints = cx_alloc(c.count, sizeof(Touchpoint));
		journey_read(&view, c.touchpoints);
		for (int turn = 0; turn < TURNS; turn++)
		{
			size_t		before;

			make_atoms(&c);
			before = fuzz_blocks();
			path_holds(&c);
			attribution_holds(&c);
			retention_holds(&c);
			friction_holds(&c);
			effort_holds(&c);
			CHECK(fuzz_blocks() == before);
		}
	}
	else if (can_be_asked(&view))
	{
		make_atoms(&c);
		answers_come(&view, c.set);
	}
	fuzz_free_all();			/* an atom's names belong to the memory around it */
	return 0;
}
