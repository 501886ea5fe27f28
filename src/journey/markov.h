/*
 * markov.h
 *	  Removal effects in the first order Markov chain of journeys.
 *
 * Plain C. The chain starts where paths start, goes from node to node in the
 * proportions counted, and is absorbed by the conversion or lost where paths
 * end. What leaves the conversion is a new start. The removal effect of node k
 * is the share of conversions that is lost when all that goes into k is lost
 * (Anderl, Becker, von Wangenheim, Schumann 2016):
 *
 *	  1 - P(conversion without k) / P(conversion)
 *		  = P(reach k) P(conversion from k) / P(conversion)
 *
 * because the ways to conversion that are lost are those over k. With N the
 * inverse of I - Q, Q the steps among the other nodes, P(reach k) is
 * N[start, k] / N[k, k].
 */
#ifndef CX_MARKOV_H
#define CX_MARKOV_H

#include <stddef.h>
#include <stdint.h>

/* The most nodes that can lie on a way from start to conversion. */
#define MARKOV_MAX_NODES 2000

/* What is before the first and behind the last node of a path. */
#define MARKOV_START 0
#define MARKOV_END 1

typedef struct MarkovStep
{
	uint32_t	source;
	uint32_t	target;
	int64_t		count;			/* not negative */
} MarkovStep;

typedef enum MarkovOutcome
{
	MARKOV_DONE,
	MARKOV_TOO_LARGE,			/* more than MARKOV_MAX_NODES */
	MARKOV_UNSOLVABLE			/* the way to conversion is longer than float8 can tell from endless */
} MarkovOutcome;

/*
 * The removal effects of n_nodes nodes, start and end among them, into
 * effects[n_nodes]: 0..1; 0 for start, end, conversion and what is on no way to
 * conversion. *conversions: how often the conversion was reached.
 */
extern MarkovOutcome markov_removal_effects(const MarkovStep *steps, size_t n_steps, uint32_t n_nodes,
											uint32_t conversion, double *effects, double *conversions);

#endif							/* CX_MARKOV_H */
