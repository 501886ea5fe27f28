/*
 * effort_test.c
 *	  Effort against its definition, on the journeys of friction_brute.h.
 *
 * EFFORT_SEED and EFFORT_ROUNDS in the environment change the seed and the
 * rounds.
 */
#include "friction_brute.h"

/* The touchpoint does not belong to the stretch that began at `began`: another channel stands in it, or a gap before. */
static bool
begins_attempt(const Brute *b, int began, int i)
{
	if (more_than_gap_before(b, i))
		return true;
	for (int k = began; k < i; k++)
	{
		if (has_channel(&b->touchpoints[k]) && has_channel(&b->touchpoints[i]) &&
			!same_name(channel_of(&b->touchpoints[k]), channel_of(&b->touchpoints[i])))
			return true;
	}
	return false;
}

static void
brute_attempts(const Brute *b, int n, Effort *effort)
{
	int			began = 0;

	for (int i = 1; i <= n; i++)
	{
		bool		failed = false;
		bool		reached = false;

		if (i < n && !begins_attempt(b, began, i))
			continue;
		for (int k = began; k < i; k++)
		{
			failed |= passes_other(b, k);
			reached |= passes_goal(b, k);
		}
		effort->attempts++;
		effort->failures += failed && !reached;
		began = i;
	}
}

static Effort
brute_effort(const Brute *b)
{
	Effort		effort;
	Brute		all = *b;
	int			n = 0;
	BruteList	frictions;

	memset(&effort, 0, sizeof(effort));
	while (n < b->n && !effort.resolved)
		effort.resolved = passes_goal(b, n++);
	effort.touchpoints = n;
	for (int i = 0; i < n; i++)
	{
		bool		is_new = has_channel(&b->touchpoints[i]);

		for (int k = 0; k < i; k++)
			is_new &= !same_name(channel_of(&b->touchpoints[i]), channel_of(&b->touchpoints[k]));
		effort.channels += is_new;
	}
	all.n_others = 0;
	frictions = brute_friction(&all, n);
	for (int i = 0; i < frictions.count; i++)
	{
		const BruteFriction *f = &frictions.items[i];

		effort.switches += f->kind == FRICTION_CHANNEL_SWITCH;
		effort.handoffs += f->kind == FRICTION_HANDOFF;
		effort.repeats += f->kind == FRICTION_REPEAT ? (uint32_t) f->weight : 0;
		effort.loops += f->kind == FRICTION_LOOP;
	}
	cx_free(frictions.items);
	brute_attempts(b, n, &effort);
	if (b->n > 0)
	{
		effort.started = b->touchpoints[0].at;
		effort.ended = b->touchpoints[b->n - 1].at;
	}
	if (effort.resolved)
		effort.reached = b->touchpoints[n - 1].at;
	return effort;
}

static bool
same_effort(const Effort *a, const Effort *b)
{
	return a->touchpoints == b->touchpoints && a->channels == b->channels && a->switches == b->switches &&
		a->handoffs == b->handoffs && a->repeats == b->repeats && a->loops == b->loops &&
		a->attempts == b->attempts && a->failures == b->failures && a->resolved == b->resolved &&
		a->started == b->started && a->reached == b->reached && a->ended == b->ended;
}

static void
print_effort(const char *what, const Effort *e)
{
	printf("# %s: touchpoints %u, channels %u, switches %u, handoffs %u, repeats %u, loops %u, attempts %u, failures %u, %s\n",
		   what, e->touchpoints, e->channels, e->switches, e->handoffs, e->repeats, e->loops, e->attempts, e->failures,
		   e->resolved ? "resolved" : "not resolved");
	printf("#   %" PRId64 " %" PRId64 " %" PRId64 "\n", e->started, e->reached, e->ended);
}

static bool
check_case(const Brute *b, Effort *most)
{
	Effort		want = brute_effort(b);
	Effort		got;
	Atom		room[BRUTE_ATOMS + 2];
	Touchpoint	touchpoints[BRUTE_MOST];
	JourneyView view;
	void	   *bytes;
	uint64_t	goal;
	uint64_t	intent;
	AtomSet    *set = brute_atoms(b, false, room, &goal, &intent);
	AtomBinding binding;
	bool		good;

	memcpy(touchpoints, b->touchpoints, sizeof(touchpoints));
	bytes = open_journey(touchpoints, b->n, &view);
	if (set != NULL)
		atom_bind(&binding, set, &view);
	effort_measure(&got, &view, set != NULL ? &binding : NULL, goal, b->gap);
	if (set != NULL)
		atom_unbind(&binding);
	cx_free(set);
	cx_free(bytes);
	good = same_effort(&got, &want);
	if (!good)
	{
		print_brute(b);
		print_effort("got", &got);
		print_effort("want", &want);
	}
	most->switches += want.switches > 1;
	most->handoffs += want.handoffs > 1;
	most->repeats += want.repeats > 1;
	most->loops += want.loops > 1;
	most->attempts += want.attempts > 2;
	most->failures += want.failures > 1;
	most->touchpoints += want.resolved && want.failures > 0;
	return good;
}

int
main(void)
{
	const char *seed = getenv("EFFORT_SEED");
	const char *given_rounds = getenv("EFFORT_ROUNDS");
	int			rounds = given_rounds != NULL ? atoi(given_rounds) : 60000;
	int			least = rounds / 200;
	int			bad = 0;
	Effort		seen;
	char		name[100];

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 20260402;
	printf("# seed %" PRIu64 "\n", random_state);
	memset(&seen, 0, sizeof(seen));
	for (int i = 0; i < rounds && bad < 5; i++)
	{
		Brute		b;

		random_brute(&b);
		bad += !check_case(&b, &seen);
	}
	snprintf(name, sizeof(name), "%d random journeys as defined", rounds);
	ok(bad == 0, name);
	print_effort("journeys with several of each", &seen);
	ok(seen.switches > least && seen.handoffs > least && seen.repeats > least && seen.loops > least &&
	   seen.attempts > least && seen.failures > least && seen.touchpoints > least, "all of it comes up");
	return done();
}
