/*
 * sbg_test.c
 *	  The shifted-beta-geometric model against Fader and Hardie's papers and mpmath 1.3.
 */
#include "tap.h"
#include "value/sbg.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* Customers there after 0, 1, .. 7 periods of 1,000: Fader and Hardie 2007, table 1. */
static const double regular[] = {1000, 631, 468, 382, 326, 289, 262, 241};
static const double high_end[] = {1000, 869, 743, 653, 593, 551, 517, 491};

static SbgFit
fit_curve(const double *curve, double ridge)
{
	SbgRow		rows[7];
	SbgFit		fit;

	for (int t = 1; t <= 7; t++)
		rows[t - 1] = (SbgRow) {t, curve[t - 1] - curve[t], t == 7 ? curve[7] : 0};
	sbg_fit(rows, 7, ridge, &fit);
	return fit;
}

/* The figures of mpmath agree with those of the paper, .704 and 1.182, .668 and 3.806. */
static void
test_fit(void)
{
	SbgFit		fit = fit_curve(regular, 0);

	ok(fit.converged && fit.identified && fit.customers == 1000, "regular: found");
	is_close(fit.alpha, 0.70407729847351621, 1e-9, "alpha");
	is_close(fit.beta, 1.1820430262094757, 1e-9, "beta");
	is_close(fit.loglik, -1680.265188463287, 1e-12, "log-likelihood");
	is_close(fit.covariance[0], 0.0043032241085784927, 1e-7, "variance of alpha");
	is_close(fit.covariance[1], 0.0088911925524291248, 1e-7, "covariance");
	is_close(fit.covariance[3], 0.023248818254967574, 1e-7, "variance of beta");

	fit = fit_curve(high_end, 0);
	ok(fit.identified, "high end: found");
	is_close(fit.alpha, 0.66808835110644622, 1e-9, "alpha");
	is_close(fit.beta, 3.8060949640582669, 1e-9, "beta");
	is_close(fit.loglik, -1611.1581473911564, 1e-12, "log-likelihood");
	is_close(fit.covariance[3], 0.61706003878400451, 1e-7, "variance of beta");
	ok(fit_curve(high_end, 0.1).beta < fit.beta, "a ridge pulls beta to 1");
}

static void
test_survivor(void)
{
	static const struct
	{
		double		alpha;
		double		beta;
		int64_t		t;
		double		want;
	}			cases[] = {
		{.704, 1.182, 0, 1},
		{.704, 1.182, 7, 0.23905064169324442},
		{.704, 1.182, 64, 0.054854069456237441},
		{.704, 1.182, 65, 0.054267946988684529},
		{.704, 1.182, 1000000000, 4.7825691653870352e-7},
		{1000, 3000, 1, 0.75},
		{1e-5, 1e5, 1000, 0.99999990049620137},
		{2.5, .001, 100, 1.3064475918719646e-8}
	};

	for (int i = 0; i < lengthof(cases); i++)
		is_close(sbg_survivor(cases[i].alpha, cases[i].beta, cases[i].t), cases[i].want, 1e-13, "survivors");
	for (int t = 1; t <= 12; t++)
		is_close(sbg_retention_rate(.668, 3.806, t), sbg_survivor(.668, 3.806, t) / sbg_survivor(.668, 3.806, t - 1),
				 1e-14, "a retention rate is their ratio");
}

static void
test_residual_lifetime(void)
{
	static const struct
	{
		double		alpha;
		double		beta;
		int64_t		periods;
		double		discount;
		double		want;
	}			cases[] = {
		{3.8, 15.2, 0, .1, 4.0089258372957905},
		{3.8, 15.2, 2, .1, 3.4510003289098832},		/* 3.45 in Fader and Hardie 2010, table 3 */
		{.067, .267, 4, .1, 10.056167014087508},	/* 10.06 */
		{.704, 1.182, 0, 1e-12, 11209.125458422217},
		{.704, 1.182, 5, .001, 56.048746774805449},
		{1, 1, 3, 1e-6, 35.946687460268197},
		{1000, 3000, 0, .1, 3.1440599872673547},
		{2.5, .001, 1, 100, 0.00040097697025837472}
	};
	double		sum = 0;

	for (int i = 0; i < lengthof(cases); i++)
		is_close(sbg_residual_lifetime(cases[i].alpha, cases[i].beta, cases[i].periods, cases[i].discount),
				 cases[i].want, 1e-12, "residual lifetime");
	for (int t = 5; t < 400; t++)
		sum += sbg_survivor(.704, 1.182, t) / sbg_survivor(.704, 1.182, 4) / pow(1.2, t - 5);
	is_close(sbg_residual_lifetime(.704, 1.182, 5, .2), sum, 1e-12, "the sum it stands for");
	is_close(sbg_residual_lifetime(3.8, 15.2, 0, 0), 18 / 2.8, 1e-14, "without a discount");
	is_close(sbg_residual_lifetime(3.8, 15.2, 0, 1e-13), 18 / 2.8, 1e-11, "or nearly so");
	ok(isnan(sbg_residual_lifetime(1, 15.2, 0, 0)), "no bound where alpha is 1");
}

static void
test_degenerate(void)
{
	static const SbgRow none_left[] = {{3, 0, 20}, {5, 0, 7}};
	static const SbgRow one_period[] = {{1, 10, 20}};
	static const SbgRow one = {4, 1, 0};
	static const SbgRow long_ago[] = {{1, 50, 0}, {1999999999, 20, 0}, {2000000000, 0, 30}};
	SbgFit		fit;

	ok(!sbg_fit(NULL, 0, 0, &fit), "no customer");
	ok(sbg_fit(none_left, 2, 0, &fit) && !fit.identified && isfinite(fit.alpha), "nobody left");
	ok(sbg_fit(one_period, 1, 0, &fit) && !fit.identified && isfinite(fit.alpha), "one period tells a ratio only");
	ok(sbg_fit(&one, 1, 0, &fit) && !fit.identified && isfinite(fit.alpha), "one customer");
	ok(sbg_fit(long_ago, 3, 0, &fit) && isfinite(fit.alpha) && isfinite(fit.loglik), "two billion periods");
}

int
main(void)
{
	test_fit();
	test_survivor();
	test_residual_lifetime();
	test_degenerate();
	return done();
}
