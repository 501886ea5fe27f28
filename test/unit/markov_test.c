/*
 * markov_test.c
 *	  Removal effects against power iteration, simulation, and published figures.
 *
 * Power iteration knows no matrix: it moves the mass of all paths step by step,
 * with the inflow of one node thrown away. The simulation walks paths at random
 * and counts conversions by the nodes they came over. MARKOV_SEED and
 * MARKOV_ROUNDS in the environment change the seed and the rounds.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/markov.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define MOST_NODES 14
#define NOBODY UINT32_MAX

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* ---------- Chains as tables of counts ---------- */

typedef struct Table
{
	uint32_t	n;				/* nodes, start and end among them */
	uint32_t	conversion;
	double		counts[MOST_NODES][MOST_NODES];
} Table;

/* How often paths leave a node, or start: what leaves the conversion starts, but does not end. */
static double
leaving(const Table *table, uint32_t node, uint32_t target)
{
	if (node != MARKOV_START)
		return table->counts[node][target];
	if (target == MARKOV_END)
		return 0;
	return table->counts[MARKOV_START][target] + table->counts[table->conversion][target];
}

static double
leaving_in_all(const Table *table, uint32_t node)
{
	double		sum = 0;

	for (uint32_t target = 0; target < table->n; target++)
		sum += leaving(table, node, target);
	return sum;
}

static Table
random_table(uint32_t most)
{
	Table		table = {.n = 3 + random_below(most - 2)};
	uint32_t	density = 1 + random_below(4);

	table.conversion = 2 + random_below(table.n - 2);
	for (uint32_t source = 0; source < table.n; source++)
	{
		for (uint32_t target = 1; target < table.n; target++)
		{
			if (source != MARKOV_END && !(source == MARKOV_START && target == MARKOV_END) &&
				random_below(4) < density)
				table.counts[source][target] = 1 + random_below(random_below(3) == 0 ? 200 : 5);
		}
	}
	return table;
}

static MarkovOutcome
solve_table(const Table *table, double *effects, double *conversions)
{
	MarkovStep	steps[MOST_NODES * MOST_NODES];
	size_t		n_steps = 0;

	for (uint32_t source = 0; source < table->n; source++)
	{
		for (uint32_t target = 0; target < table->n; target++)
		{
			if (table->counts[source][target] > 0)
				steps[n_steps++] = (MarkovStep) {source, target, (int64_t) table->counts[source][target]};
		}
	}
	return markov_removal_effects(steps, n_steps, table->n, table->conversion, effects, conversions);
}

/* ---------- Power iteration ---------- */

/* Probability of conversion when what goes into `removed` is lost. */
static double
conversion_probability(const Table *table, uint32_t removed)
{
	double		mass[MOST_NODES] = {[MARKOV_START] = 1};
	double		share[MOST_NODES][MOST_NODES];	/* of the steps out of a node */
	double		converted = 0;

	for (uint32_t node = 0; node < table->n; node++)
	{
		for (uint32_t target = 0; target < table->n; target++)
		{
			double		count = leaving(table, node, target);

			share[node][target] = count > 0 ? count / leaving_in_all(table, node) : 0;
		}
	}

	for (int step = 0; step < 200000; step++)
	{
		double		next[MOST_NODES] = {0};
		double		moving = 0;

		for (uint32_t node = 0; node < table->n; node++)
		{
			for (uint32_t target = 0; mass[node] > 0 && target < table->n; target++)
				next[target] += mass[node] * share[node][target];
		}
		converted += next[table->conversion];
		next[table->conversion] = 0;
		next[MARKOV_END] = 0;
		if (removed != NOBODY)
			next[removed] = 0;
		memcpy(mass, next, sizeof(mass));
		for (uint32_t node = 0; node < table->n; node++)
			moving += mass[node];
		if (moving < 1e-16)
			break;
	}
	return converted;
}

static bool
iteration_agrees(const Table *table)
{
	double		effects[MOST_NODES];
	double		conversions;
	double		arrivals = 0;
	double		base = conversion_probability(table, NOBODY);

	if (solve_table(table, effects, &conversions) != MARKOV_DONE)
		return false;
	for (uint32_t node = 0; node < table->n; node++)
	{
		double		want = 0;

		arrivals += table->counts[node][table->conversion];
		if (base > 0 && node > MARKOV_END && node != table->conversion)
			want = 1 - conversion_probability(table, node) / base;
		if (fabs(effects[node] - want) > 1e-10)
			return false;
	}
	return conversions == arrivals;
}

static void
test_iteration(int rounds)
{
	int			wrong = 0;
	int			lossy = 0;

	for (int round = 0; round < rounds; round++)
	{
		Table		table = random_table(MOST_NODES);
		double		base = conversion_probability(&table, NOBODY);

		if (!iteration_agrees(&table) && wrong++ == 0)
			printf("# first wrong: round %d, %u nodes\n", round, table.n);
		lossy += base > 0.01 && base < 0.99;
	}
	ok(wrong == 0, "random chains as power iteration has them");
	ok(lossy > rounds / 4, "many of them lose some paths");
}

/* ---------- Simulation ---------- */

static uint32_t
random_target(const Table *table, uint32_t node)
{
	double		at = random_below(1u << 30) / (double) (1u << 30) * leaving_in_all(table, node);
	uint32_t	target = 0;

	while (target + 1 < table->n && at >= leaving(table, node, target))
		at -= leaving(table, node, target++);
	return target;
}

/* The share of converting paths that came over each node, with its count. */
static bool
simulation_agrees(const Table *table, int paths)
{
	double		effects[MOST_NODES];
	double		conversions;
	int			over[MOST_NODES] = {0};
	int			converted = 0;

	if (solve_table(table, effects, &conversions) != MARKOV_DONE)
		return false;
	for (int path = 0; path < paths; path++)
	{
		bool		met[MOST_NODES] = {false};
		uint32_t	node = random_target(table, MARKOV_START);

		while (node > MARKOV_END && node != table->conversion && leaving_in_all(table, node) > 0)
		{
			met[node] = true;
			node = random_target(table, node);
		}
		if (node != table->conversion)
			continue;
		converted++;
		for (uint32_t k = 2; k < table->n; k++)
			over[k] += met[k];
	}
	for (uint32_t k = 2; k < table->n && converted > 0; k++)
	{
		double		share = over[k] / (double) converted;
		double		error = sqrt(effects[k] * (1 - effects[k]) / converted);

		if (fabs(share - effects[k]) > 5 * error + 1e-12)
			return false;
	}
	return true;
}

static void
test_simulation(void)
{
	int			wrong = 0;

	for (int round = 0; round < 20; round++)
	{
		Table		table = random_table(8);

		/* Everywhere a way out, or a path would go on for ever. */
		for (uint32_t node = 2; node < table.n; node++)
			table.counts[node][MARKOV_END] += 1 + random_below(20);
		table.counts[MARKOV_START][table.n - 1] += 1;
		wrong += !simulation_agrees(&table, 20000);
	}
	ok(wrong == 0, "random chains as a simulation has them, within five standard errors");
}

/* ---------- Figures from elsewhere, and the edges ---------- */

/* ChannelAttribution's vignette: A>B>A>B>B>A, A>B>B>A>A and A>A, one conversion each. */
static void
test_published(void)
{
	enum {A = 2, B = 3, C = 4};
	Table		table = {.n = 5, .conversion = C};
	double		effects[MOST_NODES];
	double		conversions;
	double		sum;

	table.counts[MARKOV_START][A] = 3;
	table.counts[A][A] = 2;
	table.counts[A][B] = 3;
	table.counts[B][A] = 3;
	table.counts[B][B] = 2;
	table.counts[A][C] = 3;
	table.counts[C][MARKOV_END] = 3;
	ok(solve_table(&table, effects, &conversions) == MARKOV_DONE, "the vignette's paths");
	sum = effects[A] + effects[B];
	is_close(effects[A], 1, 1e-14, "removal effect of A");
	is_close(effects[B], 0.5, 1e-14, "removal effect of B");
	is_close(conversions * effects[A] / sum, 2, 1e-14, "credit of A");
	is_close(conversions * effects[B] / sum, 1, 1e-14, "credit of B");
}

static void
test_edges(void)
{
	enum {A = 2, B = 3, C = 4, D = 5};
	double		effects[MOST_NODES];
	double		conversions;
	Table		straight = {.n = 5, .conversion = C};
	Table		again = {.n = 5, .conversion = C};
	Table		trap = {.n = 6, .conversion = C};
	Table		loop = {.n = 5, .conversion = C};
	Table		crowd = {.n = MOST_NODES, .conversion = MOST_NODES - 1};

	straight.counts[MARKOV_START][C] = 7;
	straight.counts[C][MARKOV_END] = 7;
	straight.counts[MARKOV_START][A] = 2;
	straight.counts[A][MARKOV_END] = 2;
	ok(solve_table(&straight, effects, &conversions) == MARKOV_DONE && effects[A] == 0 &&
	   effects[B] == 0 && conversions == 7, "all conversions straight from the start");

	/* start > A > C > B > C > end: two paths, A > C and B > C. */
	again.counts[MARKOV_START][A] = 1;
	again.counts[A][C] = 1;
	again.counts[C][B] = 1;
	again.counts[B][C] = 1;
	again.counts[C][MARKOV_END] = 1;
	ok(solve_table(&again, effects, &conversions) == MARKOV_DONE && conversions == 2, "two conversions");
	is_close(effects[A], 0.5, 1e-15, "what leaves a conversion starts anew: A");
	is_close(effects[B], 0.5, 1e-15, "and B");

	/* B and D lead only to each other, with no way out. */
	trap.counts[MARKOV_START][A] = 4;
	trap.counts[A][B] = 2;
	trap.counts[A][C] = 2;
	trap.counts[B][D] = 9;
	trap.counts[D][B] = 9;
	trap.counts[D][D] = 9;
	ok(solve_table(&trap, effects, &conversions) == MARKOV_DONE && effects[A] == 1 && effects[B] == 0 &&
	   effects[D] == 0, "nodes that never lead to the conversion");

	/* A node that comes back to itself 2^46 times before it converts. */
	loop.counts[MARKOV_START][A] = 1;
	loop.counts[A][A] = (double) (INT64_C(1) << 46);
	loop.counts[A][C] = 1;
	ok(solve_table(&loop, effects, &conversions) == MARKOV_DONE && effects[A] == 1, "endless repeats of one node");

	/* Steps back and forth so often that hardly anything is left for the way out. */
	for (uint32_t node = 2; node < MOST_NODES - 1; node++)
	{
		for (uint32_t target = 2; target < MOST_NODES - 1; target++)
			crowd.counts[node][target] = (double) ((INT64_C(1) << 47) - 1);
	}
	crowd.counts[MARKOV_START][A] = 1;
	crowd.counts[A][MOST_NODES - 1] = 1;
	ok(solve_table(&crowd, effects, &conversions) == MARKOV_UNSOLVABLE, "what working precision cannot solve is said");
}

/* A ring of n nodes from which each step converts, ends or goes on; and some that no path comes to. */
static MarkovOutcome
solve_ring(uint32_t n, uint32_t unmet, double *effects)
{
	MarkovStep *steps = cx_alloc((size_t) n * 3 + unmet + 1, sizeof(MarkovStep));
	size_t		n_steps = 0;
	double		conversions;
	MarkovOutcome outcome;

	steps[n_steps++] = (MarkovStep) {MARKOV_START, 2, 100};
	for (uint32_t k = 0; k < n; k++)
	{
		steps[n_steps++] = (MarkovStep) {2 + k, 2 + (k + 1) % n, 8};
		steps[n_steps++] = (MarkovStep) {2 + k, 2 + n, 1};
		steps[n_steps++] = (MarkovStep) {2 + k, MARKOV_END, 1};
	}
	for (uint32_t k = 0; k < unmet; k++)
		steps[n_steps++] = (MarkovStep) {n + 3 + k, n + 2, 1};
	outcome = markov_removal_effects(steps, n_steps, n + unmet + 3, n + 2, effects, &conversions);
	cx_free(steps);
	return outcome;
}

static void
test_size(void)
{
	enum {N = 300};
	double	   *effects = cx_alloc(MARKOV_MAX_NODES + N + 4, sizeof(double));
	double		worst = 0;

	/* From each node on, the chance to convert is the same: what is lost is what comes so far. */
	ok(solve_ring(N, MARKOV_MAX_NODES, effects) == MARKOV_DONE, "a ring of 300 nodes, and 2,000 that cannot matter");
	for (uint32_t k = 0; k < N; k++)
		worst = fmax(worst, fabs(effects[2 + k] - pow(0.8, k)));
	ok(worst < 1e-13, "node k of the ring is reached with 0.8^k");
	ok(solve_ring(MARKOV_MAX_NODES + 1, 0, effects) == MARKOV_TOO_LARGE, "more nodes than there may be");
	cx_free(effects);
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
	long		seed = setting("MARKOV_SEED", 20250402);

	random_state = (uint64_t) seed;
	printf("# seed %ld\n", seed);
	test_published();
	test_edges();
	test_size();
	test_simulation();
	test_iteration((int) setting("MARKOV_ROUNDS", 500));
	return done();
}
