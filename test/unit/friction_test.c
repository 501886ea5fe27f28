/*
 * friction_test.c
 *	  Friction against its definition (friction_brute.h), and how it grows.
 *
 * FRICTION_SEED and FRICTION_ROUNDS in the environment change the seed and the
 * rounds.
 */
#include <time.h>

#include "friction_brute.h"

/* How often each kind came up, and was left out as intended. */
typedef struct Seen
{
	int			kinds[FRICTION_KINDS];
	int			intended[FRICTION_KINDS];
} Seen;

static bool
same_friction(const Friction *got, const BruteFriction *want)
{
	if (got->kind != want->kind || got->at != want->at || got->weight != want->weight || got->count != want->count)
		return false;
	for (int k = 0; k < want->count; k++)
	{
		if (got->ords[k] != want->ords[k])
			return false;
	}
	return true;
}

static void
print_friction(const char *what, const BruteList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		const BruteFriction *f = &list->items[i];

		printf("# %s: %s at %d, weight %g, ords", what, friction_kind_names[f->kind], f->at, f->weight);
		for (int k = 0; k < f->count; k++)
			printf(" %d", f->ords[k]);
		printf("\n");
	}
}

/* All instances of the scan, as the definition lists them; `want` has to be the same. */
static bool
scan_agrees(const Brute *b, const BruteList *want, BruteList *got)
{
	Atom		room[BRUTE_ATOMS + 2];
	Touchpoint	touchpoints[BRUTE_MOST];
	JourneyView view;
	void	   *bytes;
	AtomBinding binding;
	FrictionAtoms atoms = {NULL, 0, 0};
	AtomSet    *set = brute_atoms(b, true, room, &atoms.goal, &atoms.intent);
	FrictionRules rules = {b->gap, b->has_goal, b->as_of};
	FrictionJourney journey;
	FrictionScan scan;
	Friction	friction;
	bool		same = true;

	memcpy(touchpoints, b->touchpoints, sizeof(touchpoints));
	bytes = open_journey(touchpoints, b->n, &view);
	if (set != NULL)
	{
		atom_bind(&binding, set, &view);
		atoms.binding = &binding;
	}
	friction_journey_read(&journey, &view, &atoms, b->as_of);
	friction_begin(&scan, &journey, &rules);
	while (friction_next(&scan, &friction))
	{
		int			ords[BRUTE_MOST];

		same &= got->count < want->count && same_friction(&friction, &want->items[got->count]);
		for (uint32_t k = 0; k < friction.count; k++)
			ords[k] = (int) friction.ords[k];
		brute_add(got, friction.kind, (int) friction.at, friction.weight, (int) friction.count, ords);
	}
	friction_end(&scan);
	friction_journey_free(&journey);
	if (set != NULL)
		atom_unbind(&binding);
	cx_free(set);
	cx_free(bytes);
	return same && got->count == want->count;
}

static bool
check_case(const Brute *b, Seen *seen)
{
	BruteList	want;
	BruteList	all;
	BruteList	got = {0, NULL};
	Brute		free_of_requirements = *b;
	int			n = 0;
	bool		good;

	while (n < b->n && (b->as_of == NULL || b->touchpoints[n].at <= *b->as_of))
		n++;
	want = brute_friction(b, n);
	free_of_requirements.n_others = 0;
	all = brute_friction(&free_of_requirements, n);
	good = scan_agrees(b, &want, &got);
	if (!good)
	{
		print_brute(b);
		print_friction("got", &got);
		print_friction("want", &want);
	}
	for (int i = 0; i < want.count; i++)
	{
		seen->kinds[want.items[i].kind]++;
		seen->intended[want.items[i].kind]--;
	}
	for (int i = 0; i < all.count; i++)
		seen->intended[all.items[i].kind]++;
	cx_free(want.items);
	cx_free(all.items);
	cx_free(got.items);
	return good;
}

static void
against_definition(int rounds)
{
	Seen		seen = {{0}, {0}};
	int			bad = 0;
	char		name[100];

	for (int i = 0; i < rounds && bad < 5; i++)
	{
		Brute		b;

		random_brute(&b);
		bad += !check_case(&b, &seen);
	}
	snprintf(name, sizeof(name), "%d random journeys as defined", rounds);
	ok(bad == 0, name);
	for (int kind = 0; kind < FRICTION_KINDS; kind++)
	{
		printf("# %s: %d, left out as intended %d\n", friction_kind_names[kind], seen.kinds[kind], seen.intended[kind]);
		snprintf(name, sizeof(name), "every journey may have a %s", friction_kind_names[kind]);
		ok(seen.kinds[kind] > rounds / 100, name);
		if (kind != FRICTION_ABANDONMENT)
			ok(seen.intended[kind] > rounds / 1000, "and it may be intended");
		else
			ok(seen.intended[kind] == 0, "and it is never intended");
	}
}

/* Instances and ords of a journey that goes through these events and channels over and over. */
static void
grow(const char *what, const char *const *events, const char *const *channels, int period, uint32_t count)
{
	Touchpoint *touchpoints = cx_alloc0(count, sizeof(Touchpoint));
	FrictionAtoms atoms = {NULL, 0, 0};
	FrictionRules rules = {NULL, false, NULL};
	FrictionJourney journey;
	FrictionScan scan;
	Friction	friction;
	JourneyView view;
	void	   *bytes;
	uint64_t	ords = 0;
	clock_t		started = clock();
	char		name[100];

	for (uint32_t i = 0; i < count; i++)
	{
		touchpoints[i].at = (int64_t) i * US_PER_SECOND;
		touchpoints[i].event = name_of(events[i % period]);
		touchpoints[i].channel = name_of(channels[i % period]);
	}
	bytes = open_journey(touchpoints, count, &view);
	friction_journey_read(&journey, &view, &atoms, NULL);
	friction_begin(&scan, &journey, &rules);
	while (friction_next(&scan, &friction))
		ords += friction.count;
	friction_end(&scan);
	friction_journey_free(&journey);
	cx_free(bytes);
	cx_free(touchpoints);
	snprintf(name, sizeof(name), "%u touchpoints of %s have at most 8 times as many ords", count, what);
	ok(ords > count / 2 && ords <= 8 * (uint64_t) count, name);
	printf("# %" PRIu64 " ords in %.2f s\n", ords, (double) (clock() - started) / CLOCKS_PER_SEC);
}

int
main(void)
{
	static const char *const same[] = {"a"};
	static const char *const none[] = {NULL};
	static const char *const two[] = {"a", "b"};
	static const char *const three[] = {"a", "b", "a", "c", "b", "c", "d"};
	static const char *const teams[] = {"x/a", "x/b", "x/a", "x/c", NULL, "x/a", "y"};
	const char *seed = getenv("FRICTION_SEED");
	const char *rounds = getenv("FRICTION_ROUNDS");

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 20260401;
	printf("# seed %" PRIu64 "\n", random_state);
	against_definition(rounds != NULL ? atoi(rounds) : 60000);
	grow("one event", same, none, 1, 500000);
	grow("two teams", two, two, 2, 500000);
	grow("three teams", three, teams, 7, 500000);
	return done();
}
