/*
 * markov.c
 *	  Removal effects in the first order Markov chain of journeys; see markov.h.
 *
 * Only nodes on a way from start to conversion take part. All of them have a
 * way out, so that I - Q has an inverse; steps to other nodes are losses. A step
 * from a node to itself changes no probability of reaching anything and is
 * left out, which keeps the matrix away from singular.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "journey/markov.h"
#include "numerics/linalg.h"

#define NO_PLACE UINT32_MAX

/* Steps between two looks for a cancel request. */
#define STEPS_PER_CHECK 65536

typedef struct Chain
{
	const MarkovStep *steps;
	size_t		n_steps;
	uint32_t	n_nodes;
	uint32_t	conversion;
	uint32_t	n;				/* nodes that take part */
	uint32_t   *place;			/* by node: its row and column, or NO_PLACE */
	double	   *from_start;		/* by place: how often paths start there */
	double	   *to_conversion;	/* by place: probability that the next step converts */
	double	   *inverse;		/* of I - Q, column-major */
	double		straight;		/* conversions with nothing before them */
} Chain;

/* The step is counted and goes from a node, or the start, to a node. */
static bool
is_inner(const MarkovStep *step)
{
	return step->count > 0 && step->target != MARKOV_START && step->target != MARKOV_END &&
		step->source != MARKOV_END;
}

static inline uint32_t
from_node(const MarkovStep *step, bool backwards)
{
	return backwards ? step->target : step->source;
}

static inline uint32_t
to_node(const MarkovStep *step, bool backwards)
{
	return backwards ? step->source : step->target;
}

/*
 * Marks what can be reached from the conversion, and forwards from the start,
 * by breadth-first search over the steps grouped by where they come from.
 */
static void
flood(const Chain *chain, bool backwards, bool *marked)
{
	size_t	   *first = cx_alloc0((size_t) chain->n_nodes + 2, sizeof(size_t));
	uint32_t   *next = cx_alloc(chain->n_steps + 1, sizeof(uint32_t));
	uint32_t   *queue = cx_alloc(chain->n_nodes, sizeof(uint32_t));
	size_t		queued = 0;

	/* Afterwards the steps from node k end where those from k + 1 begin: at first[k + 1]. */
	for (size_t i = 0; i < chain->n_steps; i++)
		first[from_node(&chain->steps[i], backwards) + 2] += is_inner(&chain->steps[i]);
	for (uint32_t node = 0; node < chain->n_nodes; node++)
		first[node + 2] += first[node + 1];
	for (size_t i = 0; i < chain->n_steps; i++)
	{
		if (is_inner(&chain->steps[i]))
			next[first[from_node(&chain->steps[i], backwards) + 1]++] = to_node(&chain->steps[i], backwards);
	}

	queue[queued++] = chain->conversion;
	if (!backwards)
		queue[queued++] = MARKOV_START;
	for (size_t i = 0; i < queued; i++)
		marked[queue[i]] = true;
	for (size_t i = 0; i < queued; i++)
	{
		for (size_t k = first[queue[i]]; k < first[queue[i] + 1]; k++)
		{
			if (!marked[next[k]])
			{
				marked[next[k]] = true;
				queue[queued++] = next[k];
			}
		}
		if (i % STEPS_PER_CHECK == 0)
			cx_check_interrupts();
	}
	cx_free(first);
	cx_free(next);
	cx_free(queue);
}

/* Gives those nodes a place that lie on a way from start to conversion. */
static void
choose_nodes(Chain *chain)
{
	bool	   *reached = cx_alloc0(chain->n_nodes, sizeof(bool));
	bool	   *converting = cx_alloc0(chain->n_nodes, sizeof(bool));

	flood(chain, false, reached);
	flood(chain, true, converting);
	chain->n = 0;
	for (uint32_t node = 0; node < chain->n_nodes; node++)
	{
		bool		takes_part = reached[node] && converting[node] && node != MARKOV_START &&
			node != MARKOV_END && node != chain->conversion;

		chain->place[node] = takes_part ? chain->n++ : NO_PLACE;
	}
	cx_free(reached);
	cx_free(converting);
}

/* Fills the starts, the last steps and, in place of the inverse, I - Q. */
static void
fill(Chain *chain)
{
	size_t		n = chain->n;
	double	   *out = cx_alloc0(n + 1, sizeof(double));

	for (size_t i = 0; i < chain->n_steps; i++)
	{
		const MarkovStep *step = &chain->steps[i];
		uint32_t	row = chain->place[step->source];

		if (row != NO_PLACE && step->source != step->target)
			out[row] += (double) step->count;
	}
	for (size_t k = 0; k < n; k++)
		chain->inverse[k + k * n] = 1;
	for (size_t i = 0; i < chain->n_steps; i++)
	{
		const MarkovStep *step = &chain->steps[i];
		uint32_t	row = chain->place[step->source];
		uint32_t	column = chain->place[step->target];
		bool		starts = step->source == MARKOV_START || step->source == chain->conversion;
		bool		converts = step->target == chain->conversion;

		if (starts && converts)
			chain->straight += (double) step->count;
		else if (starts && column != NO_PLACE)
			chain->from_start[column] += (double) step->count;
		else if (row != NO_PLACE && converts)
			chain->to_conversion[row] += (double) step->count / out[row];
		else if (row != NO_PLACE && column != NO_PLACE && row != column)
			chain->inverse[row + column * n] -= (double) step->count / out[row];
	}
	cx_free(out);
}

/* Inverts in place; false where it cannot be done to working precision. */
static bool
invert(double *matrix, size_t n)
{
	double	   *inverse = cx_alloc0(n * n, sizeof(double));
	bool		solved;

	for (size_t k = 0; k < n; k++)
		inverse[k + k * n] = 1;
	cx_check_interrupts();
	solved = cx_lu_solve((int) n, (int) n, matrix, inverse, inverse);
	cx_check_interrupts();
	memcpy(matrix, inverse, n * n * sizeof(double));
	cx_free(inverse);
	return solved;
}

/* The removal effects by place. */
static void
compute_effects(const Chain *chain, double *effects)
{
	size_t		n = chain->n;
	double	   *converts = cx_alloc0(n + 1, sizeof(double));	/* probability, from there */
	double		conversions = chain->straight;	/* expected, of as many paths as were counted */

	for (size_t column = 0; column < n; column++)
	{
		for (size_t row = 0; row < n; row++)
			converts[row] += chain->inverse[row + column * n] * chain->to_conversion[column];
	}
	for (size_t k = 0; k < n; k++)
		conversions += chain->from_start[k] * converts[k];
	for (size_t k = 0; k < n; k++)
	{
		const double *column = chain->inverse + k * n;
		double		visits = 0;

		for (size_t row = 0; row < n; row++)
			visits += chain->from_start[row] * column[row];
		effects[k] = fmin(fmax(visits / column[k] * converts[k] / conversions, 0), 1);
	}
	cx_free(converts);
}

/* Solves the chain, whose nodes are chosen. */
static MarkovOutcome
solve(Chain *chain, double *effects)
{
	size_t		n = chain->n;
	MarkovOutcome outcome = MARKOV_UNSOLVABLE;
	double	   *by_place;

	chain->from_start = cx_alloc0(n, sizeof(double));
	chain->to_conversion = cx_alloc0(n, sizeof(double));
	chain->inverse = cx_alloc0(n * n, sizeof(double));
	by_place = cx_alloc(n, sizeof(double));
	fill(chain);
	if (invert(chain->inverse, n))
	{
		compute_effects(chain, by_place);
		for (uint32_t node = 0; node < chain->n_nodes; node++)
		{
			if (chain->place[node] != NO_PLACE)
				effects[node] = by_place[chain->place[node]];
		}
		outcome = MARKOV_DONE;
	}
	cx_free(chain->from_start);
	cx_free(chain->to_conversion);
	cx_free(chain->inverse);
	cx_free(by_place);
	return outcome;
}

MarkovOutcome
markov_removal_effects(const MarkovStep *steps, size_t n_steps, uint32_t n_nodes,
					   uint32_t conversion, double *effects, double *conversions)
{
	Chain		chain = {.steps = steps, .n_steps = n_steps, .n_nodes = n_nodes, .conversion = conversion};
	MarkovOutcome outcome = MARKOV_DONE;

	*conversions = 0;
	for (size_t i = 0; i < n_steps; i++)
	{
		if (steps[i].target == conversion)
			*conversions += (double) steps[i].count;
	}
	for (uint32_t node = 0; node < n_nodes; node++)
		effects[node] = 0;

	chain.place = cx_alloc(n_nodes, sizeof(uint32_t));
	choose_nodes(&chain);
	if (chain.n > MARKOV_MAX_NODES)
		outcome = MARKOV_TOO_LARGE;
	else if (chain.n > 0)
		outcome = solve(&chain, effects);
	cx_free(chain.place);
	return outcome;
}
