/*
 * significance_math.h
 *	  Tests around an experiment: allocation, many comparisons, two shares by
 *	  Bayes, differences in differences, and the answers a test needs.
 *
 * Plain C, no PostgreSQL. What the data cannot support is NaN.
 */
#ifndef CX_SIGNIFICANCE_MATH_H
#define CX_SIGNIFICANCE_MATH_H

#include <stdbool.h>
#include <stdint.h>

/* ---------- Sample ratio mismatch ---------- */

/*
 * Pearson's chi-square of the counts against shares proportional to `expected`,
 * all above 0; arms - 1 degrees of freedom. False if nothing was counted.
 */
extern bool srm_chi_square(const int64_t *observed, const double *expected, int arms,
						   double *chi2, double *p_value);

/* ---------- Many comparisons ---------- */

typedef enum AdjustMethod
{
	ADJUST_HOLM,
	ADJUST_BH,
	ADJUST_BONFERRONI
} AdjustMethod;

/* The names of the methods in SQL, in the order of the enum, closed by NULL. */
extern const char *const adjust_method_names[];

/* Adjusts n p-values in place; NaN stays and is not counted. The figures of R's p.adjust. */
extern void adjust_p_values(double *p, int n, AdjustMethod method);

/* ---------- Two shares ---------- */

#define SHAPE_MIN 0.05
#define SHAPE_MAX 1e12

/*
 * P(share b > share a), the shares being independent, beta with these shapes,
 * from SHAPE_MIN to SHAPE_MAX: below, shares underflow; above, the tails of the
 * beta take seconds. Absolute error below 1e-10; NaN if a tail did not converge.
 */
extern double beta_exceeds(double alpha_a, double beta_a, double alpha_b, double beta_b);

/* ---------- Differences in differences ---------- */

typedef struct DidCell
{
	double		n;				/* answers; the effective base with weights */
	double		mean;
	double		squares;		/* sum of squared deviations from the mean */
} DidCell;

typedef struct DiffInDiff
{
	double		effect;
	double		lo;
	double		hi;
	double		std_error;
	double		statistic;
	double		df;
	double		p_value;
	const char *note;			/* why figures are missing, or NULL */
} DiffInDiff;

/* The cells in the order in which the arguments in SQL come. */
enum
{
	CONTROL_BEFORE,
	CONTROL_AFTER,
	TREATED_BEFORE,
	TREATED_AFTER,
	DID_CELLS
};

/*
 * The interaction of a regression on group, period and both, by least squares:
 * one variance for all cells, n - 4 degrees of freedom.
 */
extern DiffInDiff diff_in_diff(const DidCell *cells, double confidence);

/* ---------- Sample sizes ---------- */

/*
 * Answers an arm, two-sided, the wrong side not counted: the figures of R's
 * power.prop.test and power.t.test. `power` lies above (1 - confidence) / 2.
 */
extern double rate_sample_size(double p1, double p2, double power, double confidence);
extern double mean_sample_size(double effect, double power, double confidence);

/* The power of n answers an arm. `effect` is a difference of means in standard deviations. */
extern double rate_power(double p1, double p2, double n, double confidence);
extern double mean_power(double effect, double n, double confidence);

#endif							/* CX_SIGNIFICANCE_MATH_H */
