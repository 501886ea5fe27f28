/*
 * chart_math.h
 *	  Control charts: limits, the rules that read them, EWMA and CUSUM.
 *
 * Plain C, no PostgreSQL, no memory. A point without a value is NaN; what the
 * points cannot support is NaN.
 */
#ifndef CX_CHART_MATH_H
#define CX_CHART_MATH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fewer points than this have no limits. */
#define CHART_LEAST_POINTS 8

/* Limits lie this many sigma from the center. */
#define CHART_LIMIT 3

/* What a baseline says of the points that come from the same process. */
typedef struct ChartScale
{
	double		center;			/* NaN without a point */
	double		sigma;			/* of one point, or of one answer; NaN below CHART_LEAST_POINTS */
	double		dispersion;		/* Laney's, 1 or more; NaN on a chart of individual values */
} ChartScale;

/* A point that is the mean of `base` answers. */
typedef struct ChartMean
{
	double		value;			/* NaN without an answer */
	double		square;			/* mean square of the answers */
	double		base;			/* effective */
} ChartMean;

/*
 * The chart of individual values and moving ranges (Shewhart's XmR): the mean,
 * and the mean moving range by 1.128, which is d2 of two points as printed
 * tables have it. A missing value breaks the range; without a range there is
 * no sigma.
 */
extern ChartScale chart_scale(const double *values, size_t n);

/*
 * The chart of means of answers, of which the p chart is one: the pooled mean,
 * the standard deviation of one pooled answer, and Laney's correction (Quality
 * Engineering 14, 2002): the mean moving range by 1.128 of the standardised
 * points, at least 1.
 */
extern ChartScale chart_scale_of_means(const ChartMean *means, size_t n);

/* Sigma of a point on the chart of means. */
static inline double
chart_sigma_of_mean(const ChartScale *scale, const ChartMean *mean)
{
	return isnan(mean->value) ? NAN : scale->sigma / sqrt(mean->base) * scale->dispersion;
}

/* ---------- Rules ---------- */

/* What is asked of each point, about the center, 1, 2 and 3 sigma or the point before. */
typedef enum ChartTest
{
	CHART_ABOVE,
	CHART_BELOW,
	CHART_ABOVE_1,
	CHART_BELOW_1,
	CHART_ABOVE_2,
	CHART_BELOW_2,
	CHART_ABOVE_3,
	CHART_BELOW_3,
	CHART_BEYOND_1,				/* on either side */
	CHART_WITHIN_1,
	CHART_RISING,
	CHART_FALLING,
	CHART_TURNING,				/* rising after falling, or falling after rising */
	CHART_TESTS
} ChartTest;

/* The last points since the last missing one; all zero to start with. */
typedef struct ChartHistory
{
	bool		any;
	double		previous;		/* where there is any */
	uint16_t	passed[CHART_TESTS];	/* bit 0: the last point passed, bit 1: the one before, .. */
} ChartHistory;

typedef enum ChartRuleSet
{
	CHART_WESTERN_ELECTRIC,
	CHART_NELSON
} ChartRuleSet;

/* The names of the sets in SQL, in the order of the enum, closed by NULL. */
extern const char *const chart_rule_set_names[];

/* Distance from the point before; NaN where either is missing. */
static inline double
chart_moving_range(const ChartHistory *history, double value)
{
	return history->any ? fabs(value - history->previous) : NAN;
}

/*
 * Goes to the next point and tells which rules fire at it: bit 0 is rule 1.
 * Nothing fires at a missing point, or without sigma.
 *
 * Western Electric (Statistical Quality Control Handbook, 1956): 1 beyond 3
 * sigma; 2 of 3 beyond 2; 4 of 5 beyond 1; 8 on one side. Nelson (Journal of
 * Quality Technology 16, 1984): 1 beyond 3; 9 on one side; 6 rising or falling;
 * 14 alternating; 2 of 3 beyond 2; 4 of 5 beyond 1; 15 within 1; 8 beyond 1.
 * "Beyond" is strictly beyond and on one side, but for the last rule. A rule
 * fires only where the point itself is one of those that it counts.
 */
extern unsigned chart_next(ChartHistory *history, ChartRuleSet set, double value, double center, double sigma);

#define CHART_SIGNAL_SIZE 80

/* Writes "rule 1, rule 5" for the rules that fired; false, and nothing, where none did. */
extern bool chart_signal(unsigned fired, char *signal);

/* ---------- EWMA and CUSUM ---------- */

/* The exponentially weighted moving average (Roberts 1959). */
typedef struct Ewma
{
	double		value;			/* starts at the center */
	double		variance;		/* for points of variance 1; starts at 0 */
} Ewma;

static inline void
ewma_add(Ewma *ewma, double value, double lambda)
{
	ewma->value += lambda * (value - ewma->value);
	ewma->variance = (1 - lambda) * (1 - lambda) * ewma->variance + lambda * lambda;
}

/* The two cumulative sums (Page 1954), in sigma; both start at 0 and are never reset. */
typedef struct Cusum
{
	double		high;			/* 0 or above */
	double		low;			/* 0 or below */
} Cusum;

/* `z` is the distance from the target in sigma. */
static inline void
cusum_add(Cusum *cusum, double z, double k)
{
	cusum->high = fmax(0, cusum->high + z - k);
	cusum->low = fmin(0, cusum->low + z + k);
}

#endif							/* CX_CHART_MATH_H */
