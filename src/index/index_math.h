/*
 * index_math.h
 *	  One index from the dimensions of customer experience, with its error.
 *
 * Plain C, no PostgreSQL.
 */
#ifndef CX_INDEX_MATH_H
#define CX_INDEX_MATH_H

#include "common/estimate.h"
#include "index/cx_data.h"

typedef enum IndexMethod
{
	INDEX_MEAN,					/* weighted mean of rescaled means, 0..100 */
	INDEX_NET,					/* weighted mean of top-2 minus bottom-2 in points, -100..100 */
	INDEX_GEOMETRIC,			/* weighted geometric mean of rescaled means, 0..100 */
	INDEX_MIN					/* the lowest rescaled mean, 0..100 */
} IndexMethod;

/* The names in SQL, in the order of the enum, closed by NULL. */
extern const char *const index_method_names[];

/* What a dimension brings to the index: rescaled mean, or net share in points; NaN when empty. */
extern double dimension_value(const CxDimension *dim, IndexMethod method);

/* Its standard error, in the same unit; NaN below two answers. */
extern double dimension_error(const CxDimension *dim, IndexMethod method);

/*
 * The index. `weights` holds one weight a dimension, in any unit, 0 for one
 * that does not count; NaN when all are 0.
 */
extern double index_value(const CxData *data, const double *weights, IndexMethod method);

/*
 * The index with its interval. Where respondents answered two dimensions the
 * error is that of their own combinations; where nobody is known to have, the
 * means are taken to correlate by `correlation`. `min` and a geometric index of
 * 0 have no interval.
 */
extern Estimate index_interval(const CxData *data, const double *weights,
							   IndexMethod method, double confidence, double correlation);

#endif							/* CX_INDEX_MATH_H */
