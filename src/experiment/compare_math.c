/*
 * compare_math.c
 *	  Two arms of an experiment against each other: difference, lift, and how sure.
 *
 * Means: Welch's t, with the degrees of freedom of Satterthwaite. Shares: the
 * normal, with the pooled variance for the test, for under its hypothesis there
 * is one share, and the variances of the arms for the interval. Lift: the delta
 * method for a ratio of independent means.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "experiment/compare_math.h"
#include "numerics/distributions.h"
#include "numerics/linalg.h"
#include "survey/intervals.h"

const char *const compare_method_names[] = {
	"frequentist", "sequential", "bayes", NULL
};

/* What is left of a sum of squares, relative to it, that rounding alone can leave. */
#define ROUNDING 1e-13

/* ---------- Comparison ---------- */

double
sequential_multiplier(double n, double confidence, double tuning)
{
	double		log_alpha = log1p(-confidence);
	double		rho_squared = (-2 * log_alpha + log(1 - 2 * log_alpha)) / tuning;
	double		growth = n * rho_squared + 1;

	return sqrt(2 * growth * (log(growth) / 2 - log_alpha) / (n * rho_squared));
}

double
expected_gain(double mean, double std_error)
{
	double		z = mean / std_error;
	double		above = NAN;
	double		density = exp(-z * z / 2) / sqrt(2 * M_PI);

	(void) cx_normal_cdf(z, &above);
	return fmax(0, mean * above + std_error * density);
}

/* Satterthwaite's degrees of freedom. */
static double
welch_df(const CompareArm *a, const CompareArm *b)
{
	double		sum = a->variance + b->variance;
	double		share_a = a->variance / sum;
	double		share_b = b->variance / sum;

	return 1 / (share_a * share_a / (a->n - 1) + share_b * share_b / (b->n - 1));
}

/* The standard error of a difference of shares when both arms have the same. */
static double
pooled_error(const CompareArm *a, const CompareArm *b)
{
	double		share = (a->value * a->n + b->value * b->n) / (a->n + b->n);

	return sqrt(share * (1 - share) * (1 / a->n + 1 / b->n));
}

/* Sets statistic and p-value, and df unless the distribution is normal. */
static void
set_test(Comparison *c, double std_error, double df)
{
	double		tail = NAN;

	if (!(std_error > 0))
		return;
	c->statistic = c->difference / std_error;
	c->df = df;
	if (isnan(df))
		(void) cx_normal_upper(fabs(c->statistic), &tail);
	else
		(void) cx_student_t_upper(df, fabs(c->statistic), &tail);
	c->p_value = fmin(1, 2 * tail);
}

static void
set_chances(Comparison *c)
{
	if (!(c->std_error > 0))
		return;
	(void) cx_normal_cdf(c->difference / c->std_error, &c->chance_to_win);
	c->risk_control = expected_gain(c->difference, c->std_error);
	c->risk_treatment = expected_gain(-c->difference, c->std_error);
}

/* Half the width of the interval in standard errors; NaN where there is none. */
static double
interval_multiplier(const Comparison *c, const CompareArm *a, const CompareArm *b,
					const CompareDesign *design)
{
	switch (design->method)
	{
		case COMPARE_SEQUENTIAL:
			return sequential_multiplier(a->n + b->n, design->confidence, design->tuning);
		case COMPARE_FREQUENTIST:
			if (!design->shares)
				return two_sided_t(design->confidence, c->df);
			break;
		case COMPARE_BAYES:
			break;
	}
	return two_sided_z(design->confidence);
}

static void
set_intervals(Comparison *c, double multiplier, double lift_error)
{
	if (!(c->std_error > 0))
		return;
	c->lo = c->difference - multiplier * c->std_error;
	c->hi = c->difference + multiplier * c->std_error;
	c->lift_lo = c->lift - multiplier * lift_error;
	c->lift_hi = c->lift + multiplier * lift_error;
}

/* Sets std_error, unless it is unknown, zero, or no more than rounding can leave. */
static void
set_error(Comparison *c, const CompareArm *a, const CompareArm *b)
{
	double		error = sqrt(a->variance + b->variance);

	if (isnan(error))
		c->notes |= NOTE_TOO_FEW;
	else if (error <= DBL_EPSILON * (fabs(a->value) + fabs(b->value)))
		c->notes |= NOTE_ZERO_VARIANCE;
	else
		c->std_error = error;
}

/* Sets the lift and returns its standard error. */
static double
set_lift(Comparison *c, const CompareArm *a, const CompareArm *b)
{
	double		ratio = b->value / a->value;
	double		lift = c->difference / fabs(a->value);

	if (!isfinite(lift) || !isfinite(ratio))
	{
		c->notes |= NOTE_ZERO_CONTROL;
		return NAN;
	}
	c->lift = lift;
	return sqrt(b->variance + a->variance * ratio * ratio) / fabs(a->value);
}

Comparison
compare_arms(const CompareArm *a, const CompareArm *b, const CompareDesign *design)
{
	Comparison	c = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0};
	double		lift_error;

	if (a->n > 0)
		c.control = a->value;
	else
		c.notes |= NOTE_CONTROL_EMPTY;
	if (b->n > 0)
		c.treatment = b->value;
	else
		c.notes |= NOTE_TREATMENT_EMPTY;
	if (c.notes != 0)
		return c;

	c.difference = b->value - a->value;
	set_error(&c, a, b);
	lift_error = set_lift(&c, a, b);

	if (design->method == COMPARE_SEQUENTIAL && fmin(a->n, b->n) < SEQUENTIAL_MINIMUM)
	{
		c.notes |= NOTE_SEQUENTIAL_EARLY;
		return c;
	}
	if (design->method == COMPARE_BAYES)
		set_chances(&c);
	if (design->method == COMPARE_FREQUENTIST)
	{
		if (design->shares)
			set_test(&c, pooled_error(a, b), NAN);
		else
			set_test(&c, c.std_error, welch_df(a, b));
	}
	set_intervals(&c, interval_multiplier(&c, a, b, design), lift_error);
	return c;
}

void
comparison_scale(Comparison *c, double factor)
{
	c->control *= factor;
	c->treatment *= factor;
	c->difference *= factor;
	c->lo *= factor;
	c->hi *= factor;
	c->std_error *= factor;
	c->risk_control *= factor;
	c->risk_treatment *= factor;
}

const char *
comparison_notes(unsigned int notes, char *buffer, size_t size)
{
	static const struct
	{
		unsigned int bit;
		const char *text;
	}			texts[] = {
		{NOTE_CONTROL_EMPTY, "control is empty"},
		{NOTE_TREATMENT_EMPTY, "treatment is empty"},
		{NOTE_TOO_FEW, "fewer than 2 answers in an arm"},
		{NOTE_ZERO_VARIANCE, "zero variance"},
		{NOTE_ZERO_CONTROL, "no lift over a control of 0"},
		{NOTE_SEQUENTIAL_EARLY, "fewer than 50 answers in an arm"},
		{NOTE_NOT_ADJUSTED, "collinear covariates, not adjusted"},
	};
	size_t		used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		if ((notes & texts[i].bit) == 0 || used >= size)
			continue;
		used += snprintf(buffer + used, size - used, "%s%s", used > 0 ? "; " : "", texts[i].text);
	}
	return buffer;
}

/* ---------- Adjustment by covariates ---------- */

static double
product_of_both(const Covariances *a, const Covariances *b, int i, int j)
{
	return covariance_product(a, i, j) + covariance_product(b, i, j);
}

/* The covariates that vary within the arms, in `varying`; returns how many. */
static int
find_varying(const Covariances *a, const Covariances *b, int *varying)
{
	int			count = 0;

	for (int i = 1; i < a->k; i++)
	{
		double		rounding = DBL_EPSILON * fmax(fabs(a->means[i]), fabs(b->means[i]));

		if (product_of_both(a, b, i, i) > ((double) a->n + b->n) * rounding * rounding)
			varying[count++] = i;
	}
	return count;
}

/* Solves for theta, one a varying covariate; false if they are collinear. */
static bool
solve_theta(const Covariances *a, const Covariances *b, const int *varying, int count,
			double *theta)
{
	double	   *matrix = cx_alloc((size_t) count * count, sizeof(double));
	bool		solved;

	for (int i = 0; i < count; i++)
	{
		for (int j = 0; j < count; j++)
			matrix[i * count + j] = product_of_both(a, b, varying[i], varying[j]);
		theta[i] = product_of_both(a, b, 0, varying[i]);
	}
	solved = cx_cholesky_solve(count, 1, matrix, theta, theta);
	cx_free(matrix);
	return solved;
}

/* The mean of the outcome less theta times the covariates, which are moved to `centre`. */
static CompareArm
adjusted_arm(const Covariances *c, const double *centre, const int *varying, int count,
			 const double *theta)
{
	CompareArm	arm = {c->n, c->means[0], NAN};
	double		squares = covariance_product(c, 0, 0);

	for (int i = 0; i < count; i++)
	{
		arm.value -= theta[i] * (c->means[varying[i]] - centre[i]);
		squares -= 2 * theta[i] * covariance_product(c, 0, varying[i]);
		for (int j = 0; j < count; j++)
			squares += theta[i] * theta[j] * covariance_product(c, varying[i], varying[j]);
	}
	if (squares <= ROUNDING * covariance_product(c, 0, 0))
		squares = 0;
	if (c->n >= 2)
		arm.variance = squares / (arm.n - 1) / arm.n;
	return arm;
}

bool
compare_adjusted_arms(const Covariances *a, const Covariances *b, CompareArm *control,
					  CompareArm *treatment)
{
	int			varying[COVARIANCE_VARIABLES];
	double		theta[COVARIANCE_VARIABLES];
	double		centre[COVARIANCE_VARIABLES];
	int			count = find_varying(a, b, varying);
	bool		solved = count == 0 || solve_theta(a, b, varying, count, theta);

	if (!solved)
		count = 0;
	for (int i = 0; i < count; i++)
	{
		double		from_a = a->means[varying[i]];

		centre[i] = from_a +
			(b->means[varying[i]] - from_a) * (b->n / ((double) a->n + b->n));
	}
	*control = adjusted_arm(a, centre, varying, count, theta);
	*treatment = adjusted_arm(b, centre, varying, count, theta);
	return solved;
}
