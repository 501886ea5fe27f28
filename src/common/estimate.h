/*
 * estimate.h
 *	  A measured figure with its interval, as every *_ci function returns it.
 *
 * Plain C. What is undefined is NaN here and NULL in SQL.
 */
#ifndef CX_ESTIMATE_H
#define CX_ESTIMATE_H

#include <math.h>
#include <stdint.h>

typedef struct Estimate
{
	double		value;
	double		lo;
	double		hi;
	double		std_error;		/* the one that made lo and hi */
	int64_t		responses;
	double		effective_base; /* Kish: (sum w)^2 / sum w^2 */
} Estimate;

/* Nothing known yet: the start of every estimate, and all of it on an empty base. */
static inline Estimate
estimate_unknown(int64_t responses, double effective_base)
{
	Estimate	unknown = {NAN, NAN, NAN, NAN, responses, effective_base};

	return unknown;
}

#endif							/* CX_ESTIMATE_H */
