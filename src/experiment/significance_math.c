/*
 * significance_math.c
 *	  Tests around an experiment: allocation, many comparisons, two shares by
 *	  Bayes, differences in differences, and the answers a test needs.
 *
 * Two of them are averages of a smooth function over a density on the whole
 * line that is analytic and falls off at least exponentially. For these the
 * plain trapezoid rule converges faster than any power of the step (Trefethen,
 * Weideman, SIAM Review 56 (2014) 385-458), and dividing by the sum of the
 * density makes its constant needless.
 */
#include <math.h>
#include <stdlib.h>

#include "common/memory.h"
#include "experiment/significance_math.h"
#include "numerics/distributions.h"
#include "numerics/special.h"
#include "survey/intervals.h"

/* ---------- Averages over a density ---------- */

/* A logarithm of the density this far below the mode counts for nothing. */
#define NEGLIGIBLE (-50)

typedef struct Average
{
	/* The logarithm of the density with its mode at 0, where it is 0. */
	double		(*log_density) (double x, const void *detail);
	double		(*value) (double x, const void *detail);
	const void *detail;
	double		step;
} Average;

/* Adds the points from `from` on, away from the mode. */
static void
sum_side(const Average *average, double from, double step, double *density, double *sum)
{
	double		log_density = average->log_density(from, average->detail);

	for (int i = 1; log_density > NEGLIGIBLE; i++)
	{
		double		weight = exp(log_density);
		double		x = from + (i - 1) * step;

		*density += weight;
		*sum += weight * average->value(x, average->detail);
		if (i % 1024 == 0)
			cx_check_interrupts();
		log_density = average->log_density(from + i * step, average->detail);
	}
}

static double
average_of(const Average *average)
{
	double		density = 0;
	double		sum = 0;

	sum_side(average, 0, average->step, &density, &sum);
	sum_side(average, -average->step, -average->step, &density, &sum);
	return sum / density;
}

/* ---------- Sample ratio mismatch ---------- */

bool
srm_chi_square(const int64_t *observed, const double *expected, int arms, double *chi2,
			   double *p_value)
{
	double		all = 0;
	double		shares = 0;
	double		sum = 0;

	for (int i = 0; i < arms; i++)
	{
		all += observed[i];
		shares += expected[i];
	}
	if (!(all > 0))
		return false;
	for (int i = 0; i < arms; i++)
	{
		double		share = expected[i] / shares;
		double		distance = observed[i] - all * share;

		sum += distance * distance / (all * share);
	}
	*chi2 = sum;
	*p_value = NAN;
	(void) cx_chi_square_upper(arms - 1, sum, p_value);
	return true;
}

/* ---------- Many comparisons ---------- */

const char *const adjust_method_names[] = {"holm", "bh", "bonferroni", NULL};

typedef struct RankedP
{
	double		p;
	int			place;
} RankedP;

static int
order_p(const void *a, const void *b)
{
	double		x = ((const RankedP *) a)->p;
	double		y = ((const RankedP *) b)->p;

	return (x > y) - (x < y);
}

void
adjust_p_values(double *p, int n, AdjustMethod method)
{
	RankedP    *ranked = cx_alloc(n, sizeof(RankedP));
	int			count = 0;
	double		bound;

	for (int i = 0; i < n; i++)
	{
		if (!isnan(p[i]))
			ranked[count++] = (RankedP) {p[i], i};
	}
	qsort(ranked, count, sizeof(RankedP), order_p);

	switch (method)
	{
		case ADJUST_BONFERRONI:
			for (int i = 0; i < count; i++)
				p[ranked[i].place] = fmin(1, ranked[i].p * count);
			break;
		case ADJUST_HOLM:
			bound = 0;
			for (int i = 0; i < count; i++)
				p[ranked[i].place] = bound = fmax(bound, fmin(1, ranked[i].p * (count - i)));
			break;
		case ADJUST_BH:
			bound = 1;
			for (int i = count - 1; i >= 0; i--)
				p[ranked[i].place] = bound = fmin(bound, ranked[i].p * count / (i + 1));
			break;
	}
	cx_free(ranked);
}

/* ---------- Two shares ---------- */

/*
 * The average is over the narrower of the two, `weight`, in the logit of the
 * share, moved so that the mode is at 0; what is averaged is a tail of the
 * other. Both are analytic up to i * pi.
 */
typedef struct TwoShares
{
	double		weight_alpha;
	double		weight_beta;
	double		other_alpha;
	double		other_beta;
} TwoShares;

static double
logit_log_density(double x, const void *detail)
{
	const TwoShares *s = detail;
	double		all = s->weight_alpha + s->weight_beta;
	double		lesser = fmin(s->weight_alpha, s->weight_beta);

	/* From the side of the lesser shape, so that no logarithm comes near 0. */
	if (s->weight_alpha > s->weight_beta)
		x = -x;
	if (x > 600)				/* where exp(x) ends */
		return -(all - lesser) * x - all * log(lesser / all);
	return lesser * x - all * log1p(lesser / all * expm1(x));
}

/* P(other < the share at x) */
static double
other_below(double x, const void *detail)
{
	const TwoShares *s = detail;
	double		odds = s->weight_alpha / s->weight_beta * exp(x);
	double		p = NAN;

	if (odds < 1)
		(void) cx_beta_cdf(s->other_alpha, s->other_beta, odds / (1 + odds), &p);
	else
		(void) cx_beta_upper(s->other_beta, s->other_alpha, 1 / (1 + odds), &p);
	return p;
}

/* P(other > the share at x) */
static double
other_above(double x, const void *detail)
{
	const TwoShares *s = detail;
	TwoShares	mirrored = {s->weight_beta, s->weight_alpha, s->other_beta, s->other_alpha};

	return other_below(-x, &mirrored);
}

static double
logit_variance(double alpha, double beta)
{
	return cx_trigamma(alpha) + cx_trigamma(beta);
}

double
beta_exceeds(double alpha_a, double beta_a, double alpha_b, double beta_b)
{
	double		variance_a = logit_variance(alpha_a, beta_a);
	double		variance_b = logit_variance(alpha_b, beta_b);
	double		step = fmin(0.25, sqrt(fmin(variance_a, variance_b)) / 4);
	double		p;

	if (variance_b <= variance_a)
	{
		const TwoShares over_b = {alpha_b, beta_b, alpha_a, beta_a};

		p = average_of(&(Average) {logit_log_density, other_below, &over_b, step});
	}
	else
	{
		const TwoShares over_a = {alpha_a, beta_a, alpha_b, beta_b};

		p = average_of(&(Average) {logit_log_density, other_above, &over_a, step});
	}
	return p > 1 ? 1 : p;
}

/* ---------- Differences in differences ---------- */

DiffInDiff
diff_in_diff(const DidCell *cells, double confidence)
{
	DiffInDiff	did = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
	double		n = 0;
	double		squares = 0;
	double		inverse = 0;
	double		largest = 0;
	double		quantile;
	double		tail = NAN;

	for (int i = 0; i < DID_CELLS; i++)
	{
		if (!(cells[i].n > 0))
		{
			did.note = "a cell is empty";
			return did;
		}
		n += cells[i].n;
		squares += cells[i].squares;
		inverse += 1 / cells[i].n;
		largest = fmax(largest, fabs(cells[i].mean));
	}
	did.effect = (cells[TREATED_AFTER].mean - cells[TREATED_BEFORE].mean) -
		(cells[CONTROL_AFTER].mean - cells[CONTROL_BEFORE].mean);

	if (!(n > DID_CELLS))
		did.note = "no more answers than cells";
	else if (sqrt(squares / n) <= 4e-16 * largest)
		did.note = "zero variance";
	if (did.note != NULL)
		return did;

	did.df = n - DID_CELLS;
	did.std_error = sqrt(squares / did.df * inverse);
	did.statistic = did.effect / did.std_error;
	(void) cx_student_t_upper(did.df, fabs(did.statistic), &tail);
	did.p_value = fmin(1, 2 * tail);
	quantile = two_sided_t(confidence, did.df);
	did.lo = did.effect - quantile * did.std_error;
	did.hi = did.effect + quantile * did.std_error;
	return did;
}

/* ---------- Sample sizes of rates ---------- */

/* The deviation of a difference of two answers, one an arm: under p1 = p2, and as they are. */
static double
deviation_if_equal(double p1, double p2)
{
	return sqrt((p1 + p2) * (1 - (p1 + p2) / 2));
}

static double
deviation_if_not(double p1, double p2)
{
	return sqrt(p1 * (1 - p1) + p2 * (1 - p2));
}

double
rate_sample_size(double p1, double p2, double power, double confidence)
{
	double		z_power = NAN;
	double		needed;

	(void) cx_normal_quantile(power, &z_power);
	needed = two_sided_z(confidence) * deviation_if_equal(p1, p2) +
		z_power * deviation_if_not(p1, p2);
	needed /= p1 - p2;
	return needed * needed;
}

double
rate_power(double p1, double p2, double n, double confidence)
{
	double		distance = sqrt(n) * fabs(p1 - p2) -
		two_sided_z(confidence) * deviation_if_equal(p1, p2);
	double		deviation = deviation_if_not(p1, p2);
	double		power = NAN;

	if (deviation > 0)
		(void) cx_normal_cdf(distance / deviation, &power);
	else if (p1 != p2)
		power = distance >= 0;
	return power;
}

/* ---------- Sample sizes of means ---------- */

/* P(T > critical) for Student's t with df and this noncentrality: an average over ln(s / sigma). */
typedef struct NoncentralT
{
	double		df;
	double		critical;
	double		noncentrality;
} NoncentralT;

static double
log_deviation_density(double x, const void *detail)
{
	const NoncentralT *t = detail;

	/* With many degrees of freedom x is so small that the difference would vanish. */
	if (fabs(x) < 1e-3)
		return -t->df * x * x * (1 + x * (2.0 / 3 + x * (1.0 / 3 + x * 2 / 15)));
	return t->df * (x - expm1(2 * x) / 2);
}

static double
mean_beyond(double x, const void *detail)
{
	const NoncentralT *t = detail;
	double		p = NAN;

	(void) cx_normal_cdf(t->noncentrality - t->critical * exp(x), &p);
	return p;
}

double
mean_power(double effect, double n, double confidence)
{
	const double df = 2 * (n - 1);
	const NoncentralT t = {df, two_sided_t(confidence, df), fabs(effect) * sqrt(n / 2)};

	/* Narrower than the density, and than the rise of the normal; not for effects beyond all bounds. */
	double		step = fmin(0.05, fmax(0.001, 0.6 / t.noncentrality));

	return average_of(&(Average) {log_deviation_density, mean_beyond, &t,
								  fmin(step, 0.25 / sqrt(2 * df))});
}

/* The lowest size looked at: there the deviation has a tenth of a degree of freedom. */
#define LEAST_SIZE 1.05

double
mean_sample_size(double effect, double power, double confidence)
{
	double		lo = LEAST_SIZE;
	double		hi;
	double		z = NAN;

	/* Hardly more than what a known deviation would need. */
	(void) cx_normal_quantile(power, &z);
	z = (z + two_sided_z(confidence)) / effect;
	hi = 2 * z * z + 2;
	while (mean_power(effect, hi, confidence) < power)
		hi *= 2;
	for (int i = 0; i < 200 && hi - lo > 1e-13 * hi; i++)
	{
		double		middle = lo + (hi - lo) / 2;

		if (mean_power(effect, middle, confidence) < power)
			lo = middle;
		else
			hi = middle;
	}
	return hi;
}
