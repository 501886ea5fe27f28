/*
 * cohort_math.h
 *	  A cohort, period by period: discounting, payback, and a retention curve drawn on.
 *
 * Plain C. Periods are numbered from 0, in which the customers were acquired,
 * and may have holes.
 */
#ifndef CX_COHORT_MATH_H
#define CX_COHORT_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What money of a period is worth in period 0: (1 + rate)^-period. */
extern double cohort_discount(double rate, int32_t period);

/* ---------- Payback ---------- */

typedef struct Payback
{
	double		margin;			/* so far */
	bool		reached;
	double		periods;		/* when reached: how many it took */
} Payback;

/*
 * Adds the margin of the next period. What was spent is back in the first period k by whose end
 * the margins come to `cost`, within 1e-12; it took k + the share of that
 * period's margin that was still missing. A cost of 0 takes no time.
 */
extern void payback_add(Payback *payback, int32_t period, double margin, double cost);

/* ---------- Retention ---------- */

/* How many customers were active in a period. */
typedef struct RetentionCell
{
	int32_t		period;
	double		active;
} RetentionCell;

/* A shifted-beta-geometric curve (sbg.h), read from one period on. */
typedef struct RetentionModel
{
	double		alpha;
	double		beta;
	bool		identified;
	int32_t		period;			/* the one read last */
	double		survivor;		/* S there */
} RetentionModel;

/*
 * Fits the curve to cells in ascending order. Customers of whom nothing is
 * known between two cells left somewhere between them. Not identified unless
 * the first cell is period 0 and has somebody.
 */
extern void retention_fit(const RetentionCell *cells, size_t n, RetentionModel *model);

/* The first cell with more active customers than the one before; n when there is none. */
extern size_t retention_rise(const RetentionCell *cells, size_t n);

/* S(period): the share still there; periods ascend from call to call. */
extern double retention_project(RetentionModel *model, int32_t period);

#endif							/* CX_COHORT_MATH_H */
