/*
 * intervals.c
 *	  Confidence intervals for proportions, net shares and means.
 *
 * Proportions: Brown, Cai, DasGupta, "Interval Estimation for a Binomial
 * Proportion", Statistical Science 16 (2001) 101-133. Net shares (NPS): Rocks,
 * "Interval Estimation for the Net Promoter Score", The American Statistician
 * 70 (2016) 365-372; the pseudo-observations of adjusted_wald are his AW(3, T).
 */
#include <math.h>
#include <stddef.h>

#include "numerics/distributions.h"
#include "survey/intervals.h"

const char *const proportion_method_names[] = {
	"wilson", "agresti_coull", "jeffreys", "clopper_pearson", "wald", NULL
};

const char *const net_method_names[] = {
	"adjusted_wald", "wald", "t", "aw_uniform", NULL
};

double
two_sided_z(double confidence)
{
	double		z = NAN;

	(void) cx_normal_upper_quantile((1 - confidence) / 2, &z);
	return z;
}

double
two_sided_t(double confidence, double df)
{
	double		t = NAN;

	if (df > 0)
		(void) cx_student_t_upper_quantile(df, (1 - confidence) / 2, &t);
	return t;
}

static double
clip(double value, double lo, double hi)
{
	if (value < lo)
		return lo;
	if (value > hi)
		return hi;
	return value;				/* NaN stays NaN */
}

/* Sets a symmetric interval around centre, cut to lowest..highest. */
static void
set_symmetric(Estimate *estimate, double centre, double std_error, double quantile,
			  double lowest, double highest)
{
	estimate->std_error = std_error;
	estimate->lo = clip(centre - quantile * std_error, lowest, highest);
	estimate->hi = clip(centre + quantile * std_error, lowest, highest);
}

/* Sets the interval between two beta quantiles; a shape of 0 is that end of 0..1. */
static void
set_beta(Estimate *estimate, double lo_a, double lo_b, double hi_a, double hi_b,
		 double confidence)
{
	double		tail = (1 - confidence) / 2;

	estimate->lo = 0;
	estimate->hi = 1;
	if (lo_a > 0 && !cx_beta_quantile(lo_a, lo_b, tail, &estimate->lo))
		estimate->lo = NAN;
	if (hi_b > 0 && !cx_beta_upper_quantile(hi_a, hi_b, tail, &estimate->hi))
		estimate->hi = NAN;
}

Estimate
proportion_interval(double x, double n, double confidence, ProportionMethod method)
{
	Estimate	estimate = estimate_unknown(0, n);
	double		z = two_sided_z(confidence);
	double		p = x / n;
	double		shrunk_n = n + z * z;
	double		shrunk = (x + z * z / 2) / shrunk_n;

	if (!(n > 0))
		return estimate;
	estimate.value = p;

	switch (method)
	{
		case PROPORTION_WILSON:
			set_symmetric(&estimate, shrunk,
						  sqrt(n * p * (1 - p) + z * z / 4) / shrunk_n, z, 0, 1);
			break;
		case PROPORTION_AGRESTI_COULL:
			set_symmetric(&estimate, shrunk, sqrt(shrunk * (1 - shrunk) / shrunk_n), z, 0, 1);
			break;
		case PROPORTION_WALD:
			set_symmetric(&estimate, p, sqrt(p * (1 - p) / n), z, 0, 1);
			break;
		case PROPORTION_JEFFREYS:
			set_beta(&estimate, x > 0 ? x + 0.5 : 0, n - x + 0.5,
					 x + 0.5, n - x > 0 ? n - x + 0.5 : 0, confidence);
			break;
		case PROPORTION_CLOPPER_PEARSON:
			set_beta(&estimate, x, n - x + 1, x + 1, n - x, confidence);
			break;
	}

	/* Wilson meets the ends exactly; rounding must not miss them. */
	if (x <= 0)
		estimate.lo = 0;
	if (x >= n)
		estimate.hi = 1;
	return estimate;
}

Estimate
share_interval(const ScoreHistogram *h, int lo, int hi, double confidence,
			   ProportionMethod method)
{
	ScoreBase	base = histogram_base(h);
	double		share = histogram_share(h, lo, hi);
	Estimate	estimate;

	estimate = proportion_interval(share * base.effective_base, base.effective_base,
								   confidence, method);
	if (base.responses > 0)
		estimate.value = share;
	estimate.responses = base.responses;
	return estimate;
}

/* Sets the interval of a net share from pseudo-observations added to the counts. */
static void
set_adjusted_net(Estimate *estimate, double top, double bottom, double n, double z,
				 double add_top, double add_bottom, double add_all)
{
	double		p = (top + add_top) / (n + add_all);
	double		q = (bottom + add_bottom) / (n + add_all);

	set_symmetric(estimate, p - q,
				  sqrt((p + q - (p - q) * (p - q)) / (n + add_all)), z, -1, 1);
}

Estimate
net_interval(const ScoreHistogram *h, int bottom, int top, double confidence,
			 NetMethod method)
{
	ScoreBase	base = histogram_base(h);
	Estimate	estimate = estimate_unknown(base.responses, base.effective_base);
	double		n = base.effective_base;
	double		tops = n * histogram_share(h, top, SCORE_MAX);
	double		bottoms = n * histogram_share(h, SCORE_MIN, bottom);
	double		z = two_sided_z(confidence);

	if (base.responses == 0)
		return estimate;
	estimate.value = histogram_net_share(h, bottom, top);

	switch (method)
	{
		case NET_ADJUSTED_WALD:
			set_adjusted_net(&estimate, tops, bottoms, n, z, 0.75, 0.75, 3);
			break;
		case NET_AW_UNIFORM:
			set_adjusted_net(&estimate, tops, bottoms, n, z, 1, 1, 3);
			break;
		case NET_WALD:
			set_symmetric(&estimate, estimate.value, histogram_net_error(h, bottom, top),
						  z, -1, 1);
			break;
		case NET_T:
			set_symmetric(&estimate, estimate.value, histogram_net_error(h, bottom, top),
						  two_sided_t(confidence, n - 1), -1, 1);
			break;
	}
	return estimate;
}

Estimate
mean_interval(const ScoreHistogram *h, double confidence)
{
	ScoreBase	base = histogram_base(h);
	Estimate	estimate = estimate_unknown(base.responses, base.effective_base);

	if (base.responses == 0)
		return estimate;
	estimate.value = histogram_mean(h);
	set_symmetric(&estimate, estimate.value, histogram_mean_error(h),
				  two_sided_t(confidence, base.effective_base - 1), -INFINITY, INFINITY);
	return estimate;
}

double
sample_size(double variance, double margin, double confidence)
{
	double		z = two_sided_z(confidence);

	return fmax(1, ceil(z * z * variance / (margin * margin)));
}
