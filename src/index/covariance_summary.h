/*
 * covariance_summary.h
 *	  The stored form of how an outcome and its covariates vary together.
 *
 * A public header of the index wing. Include it after postgres.h and fmgr.h.
 * A transition state has the low parts of the means besides; its size depends
 * on the number of variables alone.
 */
#ifndef CX_COVARIANCE_SUMMARY_H
#define CX_COVARIANCE_SUMMARY_H

#include "index/covariance_math.h"
#include "utils/array.h"

#define COVARIANCE_SUMMARY_VERSION 1

#define COVARIANCE_STATE 0x01

typedef struct CovarianceSummary
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;			/* 0; in a state COVARIANCE_STATE */
	uint16		k;				/* variables: the outcome, then the covariates */
	int64		n;				/* rows, 1 or more */
	float8		data[FLEXIBLE_ARRAY_MEMBER];	/* k means, the products; in a state k low parts of the means */
} CovarianceSummary;

StaticAssertDecl(offsetof(CovarianceSummary, data) == 16, "the numbers start aligned");

/* The numbers of a summary that is aligned, as Covariances that point into it. */
static inline Covariances
covariance_summary_numbers(CovarianceSummary *s)
{
	Covariances c = {s->k, s->n, s->data, s->data + s->k, NULL};

	if (s->flags & COVARIANCE_STATE)
		c.lows = c.products + covariance_cells(s->k);
	return c;
}

/*
 * Reads an argument, toasted or packed; the result points into its unpacked
 * form. XX001 where it is damaged. For example, of a summary of an outcome and
 * one covariate: c.n, c.means[0], covariance_product(&c, 0, 1).
 */
extern Covariances covariance_summary_load(Datum value);

/* A summary of no rows, to be filled or with `flags` COVARIANCE_STATE to be added to, in the current memory context. */
extern CovarianceSummary *covariance_summary_new(int k, uint8 flags);

/* A summary of those numbers, in the current memory context; 22003 where a sum is not finite. */
extern CovarianceSummary *covariance_summary_store(const Covariances *c);

/*
 * Adds b's rows to a, which may be new. 22023 where the numbers of covariates
 * differ, 22003 past 2^63 rows.
 */
extern void covariance_summary_merge(CovarianceSummary *a, const Covariances *b);

/* Raises 22023: `k` variables came after `known` of them. */
pg_noreturn extern void covariance_summary_mismatch(int known, int k);

/* The summaries of an array that are not NULL, and how many. */
extern Covariances *covariance_summary_array(ArrayType *array, int *n);

#endif							/* CX_COVARIANCE_SUMMARY_H */
