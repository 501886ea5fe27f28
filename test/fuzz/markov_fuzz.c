/*
 * markov_fuzz.c
 *	  Removal effects of small chains, against following the chain step by step.
 *
 * An input is the number of nodes, then three bytes a step: source, target, count.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/markov.h"

#define MOST_NODES 12
#define MOST_STEPS 60
#define CONVERSION 2

static size_t
make_chain(uint8_t *out)
{
	size_t		size = 1;

	out[0] = (uint8_t) random_bits();
	for (uint32_t n = random_below(MOST_STEPS); n > 0; n--)
	{
		out[size++] = (uint8_t) random_below(MOST_NODES);
		out[size++] = (uint8_t) random_below(MOST_NODES);
		out[size++] = (uint8_t) (one_in(3) ? random_bits() : random_below(4));
	}
	return size;
}

const FuzzTarget fuzz_target = {"markov", make_chain, NULL, 0};

typedef struct Chain
{
	uint32_t	n_nodes;
	size_t		n_steps;
	MarkovStep	steps[MOST_STEPS];
	double		shares[MOST_NODES][MOST_NODES];	/* of what leaves a node; a conversion starts anew */
	double		conversions;
} Chain;

/* Nothing comes out of the end, and nothing goes into the start. */
static void
read_chain(Chain *chain, const uint8_t *data, size_t size)
{
	memset(chain, 0, sizeof(*chain));
	chain->n_nodes = size == 0 ? 3 : 3 + data[0] % (MOST_NODES - 2);
	for (size_t at = 1; at + 3 <= size && chain->n_steps < MOST_STEPS; at += 3)
	{
		uint32_t	source = data[at] % (chain->n_nodes - 1);
		uint32_t	target = 1 + data[at + 1] % (chain->n_nodes - 1);

		source += source >= MARKOV_END;
		chain->steps[chain->n_steps++] = (MarkovStep) {source, target, data[at + 2]};
		if (target == CONVERSION)
			chain->conversions += data[at + 2];
		if (source != CONVERSION)
			chain->shares[source][target] += data[at + 2];
		else if (target != MARKOV_END)
			chain->shares[MARKOV_START][target] += data[at + 2];
	}
	for (uint32_t source = 0; source < chain->n_nodes; source++)
	{
		double		total = 0;

		for (uint32_t target = 0; target < chain->n_nodes; target++)
			total += chain->shares[source][target];
		for (uint32_t target = 0; target < chain->n_nodes && total > 0; target++)
			chain->shares[source][target] /= total;
	}
}

/* The chance to convert when what goes into `removed` is lost (0: nothing); -1 when that takes too long. */
static double
chance(const Chain *chain, uint32_t removed)
{
	double		here[MOST_NODES] = {1};
	double		converted = 0;

	for (int round = 0; round < 500; round++)
	{
		double		next[MOST_NODES] = {0};
		double		left = 0;

		for (uint32_t source = 0; source < chain->n_nodes; source++)
		{
			for (uint32_t target = 0; target < chain->n_nodes; target++)
			{
				double		flow = here[source] * chain->shares[source][target];

				if (target == CONVERSION)
					converted += flow;
				else if (target != MARKOV_END && (removed == 0 || target != removed))
					next[target] += flow;
			}
		}
		for (uint32_t node = 0; node < chain->n_nodes; node++)
			left += next[node];
		if (left < 1e-14)
			return converted;
		memcpy(here, next, sizeof(here));
	}
	return -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Chain chain;
	double		effects[MOST_NODES];
	double		conversions = -1;
	double		all;
	MarkovOutcome outcome;

	fuzz_begin(data, size);
	read_chain(&chain, data, size);
	outcome = markov_removal_effects(chain.steps, chain.n_steps, chain.n_nodes, CONVERSION, effects, &conversions);
	CHECK(outcome == MARKOV_DONE || outcome == MARKOV_UNSOLVABLE);
	CHECK(fuzz_blocks() == 0);
	fuzz_accepted++;
	if (outcome != MARKOV_DONE)
		return 0;
	CHECK(conversions == chain.conversions);
	CHECK(effects[MARKOV_START] == 0 && effects[MARKOV_END] == 0 && effects[CONVERSION] == 0);
	all = chance(&chain, 0);
	for (uint32_t node = CONVERSION + 1; node < chain.n_nodes; node++)
	{
		double		without = chance(&chain, node);

		CHECK(effects[node] >= 0 && effects[node] <= 1);
		CHECK(all != 0 || effects[node] == 0);
		if (all > 1e-3 && without >= 0)
			CHECK(fabs(effects[node] - (1 - without / all)) < 1e-9);
	}
	return 0;
}
