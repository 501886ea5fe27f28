/*
 * distributions_test.c
 *	  The distributions against figures that were computed elsewhere.
 *
 * Sources of the expected values:
 *
 * NIST: the tables of the NIST/SEMATECH e-Handbook of Statistical Methods,
 * sections 1.3.6.7.1 to 1.3.6.7.4, to their last printed digit (the normal
 * table has the area from 0 on, so 0.5 is added).
 *
 * mpmath: mpmath 1.3.0 with 50 digits, at the exact value of the double given.
 * Tails are erfc, gammainc and betainc (regularized), and quadrature of the
 * density over its logarithmic scale where a parameter exceeds 1e5 or the
 * point 1e6; quantiles are roots of the logarithm of a tail, to 32 digits.
 *
 * R: R 4.2.2 (pnorm, qnorm, pt, qt, pchisq, qchisq, pbeta, qbeta, pf, qf with
 * lower.tail) agrees with mpmath to 1e-13 in all rows but these, where R is
 * the one that is off: qt(0.5000001, 4) by 1e-9; qt(1e-100, 0.5), which is
 * Inf there; qbeta(1e-300, 17.5, 1000) by 1e-3; qf(0.999, 3, 1e6) by 1e-5; qf
 * with (1e9, 1e9) by up to 1e-3 and with (2, 1e10) by 1e-7.
 *
 * Closed forms: computed here, with the C library.
 */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "numerics/distributions.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* A function and its name. */
#define NAMED(f) .function = f, .name = #f

/* What no function may return, nor touch when it refuses. */
#define UNTOUCHED (-12345.0)

static const double normal_tolerance = 2e-13;
static const double tolerance = 1e-11;

typedef bool (*PlainFunction) (double x, double *result);
typedef bool (*OneFunction) (double df, double x, double *result);
typedef bool (*TwoFunction) (double a, double b, double x, double *result);

typedef struct PlainCase
{
	PlainFunction function;
	const char *name;
	double		x;
	double		want;
} PlainCase;

typedef struct OneCase
{
	OneFunction function;
	const char *name;
	double		df;
	double		x;
	double		want;
} OneCase;

typedef struct TwoCase
{
	TwoFunction function;
	const char *name;
	double		a;
	double		b;
	double		x;
	double		want;
} TwoCase;

static double
plain(PlainFunction function, double x)
{
	double		result = UNTOUCHED;

	return function(x, &result) ? result : NAN;
}

static double
one(OneFunction function, double df, double x)
{
	double		result = UNTOUCHED;

	return function(df, x, &result) ? result : NAN;
}

static double
two(TwoFunction function, double a, double b, double x)
{
	double		result = UNTOUCHED;

	return function(a, b, x, &result) ? result : NAN;
}

static void
check_plain(const PlainCase *cases, int n)
{
	for (const PlainCase *c = cases; c < cases + n; c++)
	{
		char		name[100];

		snprintf(name, sizeof(name), "%s(%.9g)", c->name, c->x);
		is_close(plain(c->function, c->x), c->want, normal_tolerance, name);
	}
}

static void
check_one(const OneCase *cases, int n)
{
	for (const OneCase *c = cases; c < cases + n; c++)
	{
		char		name[100];

		snprintf(name, sizeof(name), "%s(%g, %.9g)", c->name, c->df, c->x);
		is_close(one(c->function, c->df, c->x), c->want, tolerance, name);
	}
}

static void
check_two(const TwoCase *cases, int n)
{
	for (const TwoCase *c = cases; c < cases + n; c++)
	{
		char		name[100];

		snprintf(name, sizeof(name), "%s(%g, %g, %.9g)", c->name, c->a, c->b, c->x);
		is_close(two(c->function, c->a, c->b, c->x), c->want, tolerance, name);
	}
}

/* Against a printed table: half a unit of its last digit. */
static void
is_printed(double got, double printed, double unit, const char *name)
{
	is_close(got, printed, unit / 2 / printed, name);
}

/* Source: NIST. */
static void
test_published(void)
{
	is_printed(plain(cx_normal_cdf, 1.96), 0.97500, 1e-5, "NIST normal, 1.96");
	is_printed(plain(cx_normal_cdf, 1.0), 0.84134, 1e-5, "NIST normal, 1.00");
	is_printed(plain(cx_normal_cdf, 3.09), 0.99900, 1e-5, "NIST normal, 3.09");
	is_printed(one(cx_student_t_quantile, 1, 0.975), 12.706, 1e-3, "NIST t, .975, 1");
	is_printed(one(cx_student_t_quantile, 5, 0.95), 2.015, 1e-3, "NIST t, .95, 5");
	is_printed(one(cx_student_t_quantile, 10, 0.975), 2.228, 1e-3, "NIST t, .975, 10");
	is_printed(one(cx_student_t_quantile, 30, 0.99), 2.457, 1e-3, "NIST t, .99, 30");
	is_printed(one(cx_student_t_quantile, 100, 0.995), 2.626, 1e-3, "NIST t, .995, 100");
	is_printed(one(cx_chi_square_upper_quantile, 1, 0.05), 3.841, 1e-3, "NIST chi-square, upper .05, 1");
	is_printed(one(cx_chi_square_upper_quantile, 10, 0.001), 29.588, 1e-3, "NIST chi-square, upper .001, 10");
	is_printed(one(cx_chi_square_quantile, 10, 0.025), 3.247, 1e-3, "NIST chi-square, lower .025, 10");
	is_printed(one(cx_chi_square_upper_quantile, 100, 0.01), 135.807, 1e-3, "NIST chi-square, upper .01, 100");
	is_printed(two(cx_f_upper_quantile, 1, 1, 0.05), 161.448, 1e-3, "NIST F, upper .05, 1 and 1");
	is_printed(two(cx_f_upper_quantile, 5, 10, 0.05), 3.326, 1e-3, "NIST F, upper .05, 5 and 10");
	is_printed(two(cx_f_upper_quantile, 10, 20, 0.05), 2.348, 1e-3, "NIST F, upper .05, 10 and 20");
	is_printed(two(cx_f_upper_quantile, 5, 10, 0.01), 5.636, 1e-3, "NIST F, upper .01, 5 and 10");
}

/* Source: mpmath and R. */
static void
test_normal(void)
{
	static const PlainCase cases[] = {
		{NAMED(cx_normal_quantile), 0.975, 1.9599639845400538556},
		{NAMED(cx_normal_quantile), 0.9, 1.2815515655446005935},
		{NAMED(cx_normal_quantile), 0.5000001, 2.5066282733116483012e-7},
		{NAMED(cx_normal_quantile), 0.001, -3.0902323061678135354},
		{NAMED(cx_normal_quantile), 1e-10, -6.3613409024040561991},
		{NAMED(cx_normal_quantile), 1e-300, -37.047096299361199237},
		{NAMED(cx_normal_upper_quantile), 0.975, -1.9599639845400538556},
		{NAMED(cx_normal_upper_quantile), 1e-20, 9.2623400897984075796},
		{NAMED(cx_normal_upper_quantile), 1e-100, 21.273453560965324294},
		{NAMED(cx_normal_upper_quantile), 1e-300, 37.047096299361199237},
		{NAMED(cx_normal_cdf), 1.96, 0.97500210485177956379},
		{NAMED(cx_normal_cdf), -1.5, 0.066807201268858066004},
		{NAMED(cx_normal_cdf), -6, 9.865876450376981407e-10},
		{NAMED(cx_normal_cdf), -20, 2.7536241186062336951e-89},
		{NAMED(cx_normal_upper), 0.5, 0.30853753872598689636},
		{NAMED(cx_normal_upper), 8.5, 9.4795348222033183542e-18},
		{NAMED(cx_normal_upper), 20, 2.7536241186062336951e-89},
		{NAMED(cx_normal_upper), 37.5, 4.6053530095819548438e-308},
	};

	check_plain(cases, lengthof(cases));
}

/* Source: mpmath and R. */
static void
test_student_t(void)
{
	static const OneCase cases[] = {
		{NAMED(cx_student_t_quantile), 0.5, 0.975, 164.5576734804882408},
		{NAMED(cx_student_t_quantile), 1, 0.9, 3.0776835371752541331},
		{NAMED(cx_student_t_quantile), 2.5, 0.995, 7.1637281389487828791},
		{NAMED(cx_student_t_quantile), 10, 0.975, 2.2281388519862742245},
		{NAMED(cx_student_t_quantile), 29.7, 0.01, -2.4586540697538607187},
		{NAMED(cx_student_t_quantile), 1e4, 0.995, 2.5763210466685285853},
		{NAMED(cx_student_t_quantile), 1e10, 0.975, 1.9599639847772809787},
		{NAMED(cx_student_t_upper_quantile), 0.5, 1e-100, 1.0284911563163399707e199},
		{NAMED(cx_student_t_upper_quantile), 1, 1e-300, 3.1830988618379066356e299},
		{NAMED(cx_student_t_upper_quantile), 3, 1e-100, 2.225769823822442021e33},
		{NAMED(cx_student_t_upper_quantile), 10, 1e-20, 256.43469931852618694},
		{NAMED(cx_student_t_upper_quantile), 100, 1e-300, 9682.7342870695636445},
		{NAMED(cx_student_t_upper_quantile), 1e6, 1e-300, 37.059820872774391305},
		{NAMED(cx_student_t_upper_quantile), 1e10, 1e-300, 37.047097571454183345},
		{NAMED(cx_student_t_cdf), 7, -0.1, 0.46157402980239619256},
		{NAMED(cx_student_t_cdf), 7.5, -4, 0.0022530551750925889206},
		{NAMED(cx_student_t_cdf), 1e10, 1.5, 0.93319279871535697702},
		{NAMED(cx_student_t_cdf), 0.01, -100, 0.46342283900093674622},
		{NAMED(cx_student_t_upper), 0.5, 1e12, 3.2070097541422290034e-7},
		{NAMED(cx_student_t_upper), 30, 40, 6.8630225972032013936e-28},
		{NAMED(cx_student_t_upper), 1e10, 37, 5.725839886633447464e-300},
	};

	check_one(cases, lengthof(cases));
}

/* Source: mpmath and R. */
static void
test_chi_square(void)
{
	static const OneCase cases[] = {
		{NAMED(cx_chi_square_quantile), 1, 0.95, 3.8414588206941244691},
		{NAMED(cx_chi_square_quantile), 10, 0.05, 3.9402991361190600947},
		{NAMED(cx_chi_square_quantile), 0.5, 0.5, 0.087347604705746820734},
		{NAMED(cx_chi_square_quantile), 2.5, 1e-20, 2.210115004638903561e-16},
		{NAMED(cx_chi_square_quantile), 3, 1e-300, 2.4179879310247045015e-200},
		{NAMED(cx_chi_square_quantile), 99.9, 0.99, 135.69024989834024348},
		{NAMED(cx_chi_square_quantile), 0.02, 0.9, 3.007187246140589814e-5},
		{NAMED(cx_chi_square_quantile), 1e10, 0.3, 9999925838.084947991},
		{NAMED(cx_chi_square_upper_quantile), 1, 1e-300, 1373.8726312223941371},
		{NAMED(cx_chi_square_upper_quantile), 10, 0.001, 29.588298445074418738},
		{NAMED(cx_chi_square_upper_quantile), 0.5, 1e-100, 449.81082449021247737},
		{NAMED(cx_chi_square_upper_quantile), 0.002, 1e-6, 10.240050167579076406},
		{NAMED(cx_chi_square_upper_quantile), 1e6, 1e-300, 1053310.7775862199571},
		{NAMED(cx_chi_square_upper_quantile), 1e10, 1e-300, 10005240164.967948387},
		{NAMED(cx_chi_square_cdf), 4, 3, 0.44217459962892542767},
		{NAMED(cx_chi_square_cdf), 10, 1e-30, 2.6041666666666677518e-154},
		{NAMED(cx_chi_square_cdf), 1e6, 998000, 0.078580291987144946483},
		{NAMED(cx_chi_square_upper), 5, 1000, 6.0100776879208042662e-214},
		{NAMED(cx_chi_square_upper), 0.01, 3, 5.034334079436256834e-4},
		{NAMED(cx_chi_square_upper), 0.002, 1e-4, 0.0092837810189909721662},
		{NAMED(cx_chi_square_upper), 1e10, 1e10, 0.49999811936805483872},
	};

	check_one(cases, lengthof(cases));
}

/* Source: mpmath and R. */
static void
test_beta(void)
{
	static const TwoCase cases[] = {
		{NAMED(cx_beta_quantile), 2, 3, 0.025, 0.067585986488542957081},
		{NAMED(cx_beta_quantile), 0.5, 0.5, 0.1, 0.024471741852423216636},
		{NAMED(cx_beta_quantile), 10, 200, 0.975, 0.080168997846995456994},
		{NAMED(cx_beta_quantile), 0.25, 5, 0.9, 0.14936994759644520182},
		{NAMED(cx_beta_quantile), 50, 1.5, 1e-100, 0.0095926262195046854946},
		{NAMED(cx_beta_quantile), 1e9, 2e9, 0.3, 0.33332881998547572878},
		{NAMED(cx_beta_upper_quantile), 2, 3, 0.025, 0.80587955031675663495},
		{NAMED(cx_beta_upper_quantile), 0.001, 3, 1e-4, 0.44610182763873487196},
		{NAMED(cx_beta_upper_quantile), 10, 1000, 1e-300, 0.5201655853104936803},
		{NAMED(cx_beta_upper_quantile), 17.5, 1000, 1e-300, 0.53348404797471828632},
		{NAMED(cx_beta_upper_quantile), 3, 1e9, 1e-10, 2.91459010249418353e-8},
		{NAMED(cx_beta_upper_quantile), 1e9, 1e9, 1e-300, 0.500414199057463165},
		{NAMED(cx_beta_cdf), 3, 2, 0.2, 0.027200000000000004263},
		{NAMED(cx_beta_cdf), 0.001, 0.001, 0.4, 0.49979755072797206758},
		{NAMED(cx_beta_cdf), 10, 1e9, 1e-9, 1.1142548340760643808e-7},
		{NAMED(cx_beta_cdf), 20, 80, 1e-12, 4.287866962907864796e-220},
		{NAMED(cx_beta_upper), 0.5, 1e9, 1e-7, 2.0884771421180848128e-45},
		{NAMED(cx_beta_upper), 0.001, 10, 0.01, 0.0018633757252496133655},
		{NAMED(cx_beta_upper), 12, 34, 0.9, 3.3001276864807996842e-25},
	};

	check_two(cases, lengthof(cases));
}

/* Source: mpmath and R. */
static void
test_f(void)
{
	static const TwoCase cases[] = {
		{NAMED(cx_f_quantile), 5, 10, 0.95, 3.3258345304130109171},
		{NAMED(cx_f_quantile), 1, 1, 0.975, 647.78901147784415677},
		{NAMED(cx_f_quantile), 2.5, 7.5, 0.01, 0.021873146050397519271},
		{NAMED(cx_f_quantile), 3, 1e6, 0.999, 5.4221201196478429356},
		{NAMED(cx_f_quantile), 10, 0.5, 0.9, 3432.0827719172330683},
		{NAMED(cx_f_quantile), 1e9, 1e9, 0.3, 0.99996683454945031429},
		{NAMED(cx_f_upper_quantile), 5, 10, 1e-100, 3.2726010774973155127e20},
		{NAMED(cx_f_upper_quantile), 0.5, 0.5, 1e-50, 8.4623524689673769025e198},
		{NAMED(cx_f_upper_quantile), 2, 1e10, 1e-300, 690.77557561529889694},
		{NAMED(cx_f_upper_quantile), 30, 12.5, 1e-20, 3745.4420151591902079},
		{NAMED(cx_f_upper_quantile), 1e9, 1e9, 1e-300, 1.0023458114890615234},
		{NAMED(cx_f_cdf), 4, 9, 2.5, 0.88328505728343127506},
		{NAMED(cx_f_cdf), 7, 0.02, 1e-20, 2.3304484164665133753e-64},
		{NAMED(cx_f_upper), 4, 9, 2.5, 0.11671494271656872494},
		{NAMED(cx_f_upper), 1, 20, 1e4, 1.7701732217925080206e-28},
	};

	check_two(cases, lengthof(cases));
}

/*
 * Where the last bit of the point moves the tail by more than the tolerance:
 * 1e-16 times the factor of 1e4 and more by which the tail outruns the point.
 * Source: mpmath and R.
 */
static void
test_steep(void)
{
	is_close(two(cx_beta_upper, 1e9, 1e9, 0.50001), 0.18554668476841700323, 1e-11, "steep beta upper tail");
	is_close(two(cx_f_upper, 1e9, 1e9, 1.001), 1.4718529529779211768e-56, 2e-10, "steep F upper tail");
}

/* Source: closed forms. */
static void
test_closed_forms(void)
{
	const double pi = 3.14159265358979323846;

	is_close(one(cx_student_t_upper, 1, 1e9), atan(1e-9) / pi, tolerance, "t with 1 df is Cauchy");
	is_close(one(cx_student_t_quantile, 1, 1e-30), -1 / (pi * 1e-30), tolerance, "Cauchy quantile");
	is_close(one(cx_student_t_cdf, 2, 1.5), 0.5 + 0.75 / sqrt(2 + 1.5 * 1.5), tolerance, "t with 2 df");
	is_close(one(cx_chi_square_upper, 2, 1300), exp(-650), tolerance, "chi-square with 2 df is exponential");
	is_close(one(cx_chi_square_upper_quantile, 2, 1e-250), 500 * log(10), tolerance, "exponential quantile");
	is_close(two(cx_beta_cdf, 0.3, 1, 1e-200), pow(1e-200, 0.3), tolerance, "beta(a, 1) is a power");
	is_close(two(cx_beta_quantile, 1e6, 1, 0.5), exp2(-1e-6), tolerance, "beta(a, 1) quantile");
	is_close(two(cx_beta_upper_quantile, 1, 4, 1e-8), 0.99, tolerance, "beta(1, b) upper quantile");
	is_close(two(cx_beta_cdf, 1, 1, 0.123), 0.123, tolerance, "beta(1, 1) is uniform");
	is_close(two(cx_f_upper, 2, 6, 10), pow(1 + 10.0 / 3, -3), tolerance, "F with d1 = 2 is a power");
	is_close(two(cx_f_upper_quantile, 2, 6, 1e-90), 3 * (1e30 - 1), tolerance, "F with d1 = 2, upper quantile");
}

/* The ends of the support, and infinite points where the support has no end. */
static void
test_ends(void)
{
	ok(plain(cx_normal_cdf, INFINITY) == 1, "normal cdf at infinity");
	ok(plain(cx_normal_upper, -INFINITY) == 1, "normal upper tail at minus infinity");
	ok(plain(cx_normal_upper, 1e300) == 0, "normal upper tail beyond underflow");
	ok(plain(cx_normal_quantile, 0.5) == 0, "normal median is 0");
	ok(one(cx_student_t_quantile, 3, 0.5) == 0, "t median is 0");
	ok(one(cx_student_t_cdf, 3, 0) == 0.5, "t cdf at 0");
	ok(one(cx_student_t_cdf, 3, -INFINITY) == 0, "t cdf at minus infinity");
	ok(one(cx_student_t_upper, 3, -INFINITY) == 1, "t upper tail at minus infinity");
	ok(one(cx_chi_square_upper, 3, 0) == 1, "chi-square upper tail at 0");
	ok(one(cx_chi_square_quantile, 3, 0) == 0, "chi-square quantile of 0");
	ok(one(cx_chi_square_upper_quantile, 3, 1) == 0, "chi-square upper quantile of 1");
	ok(two(cx_beta_cdf, 2, 3, 1) == 1, "beta cdf at 1");
	ok(two(cx_beta_upper, 2, 3, 0) == 1, "beta upper tail at 0");
	ok(two(cx_beta_quantile, 2, 3, 0) == 0, "beta quantile of 0");
	ok(two(cx_beta_quantile, 2, 3, 1) == 1, "beta quantile of 1");
	ok(two(cx_beta_upper_quantile, 2, 3, 0) == 1, "beta upper quantile of 0");
	ok(two(cx_f_quantile, 2, 3, 0) == 0, "F quantile of 0");
}

/* The quantile of the cdf is the point again, and the tails add up to 1. */
static void
test_round_trips(void)
{
	static const double shapes[] = {0.2, 0.5, 1, 1.5, 4, 37.5, 1e3, 1e6};
	static const double masses[] = {1e-9, 0.003, 0.2, 0.5};
	double		worst_return = 0;
	double		worst_sum = 0;
	bool		finite = true;

	for (int i = 0; i < lengthof(shapes); i++)
		for (int j = 0; j < lengthof(shapes); j++)
			for (int k = 0; k < lengthof(masses); k++)
			{
				const double a = shapes[i];
				const double b = shapes[j];
				const double p = masses[k];
				const double f = two(cx_f_quantile, a, b, p);
				const double x = two(cx_beta_quantile, a, b, p);

				finite = finite && isfinite(f) && isfinite(x);

				/* a quantile may round to 0, and only its last bit is there to return */
				if (f > DBL_MIN)
					worst_return = fmax(worst_return, fabs(two(cx_f_cdf, a, b, f) / p - 1) / (1 + a));
				worst_sum = fmax(worst_sum, fabs(two(cx_f_cdf, a, b, f) + two(cx_f_upper, a, b, f) - 1));
				worst_sum = fmax(worst_sum, fabs(two(cx_beta_cdf, a, b, x) + two(cx_beta_upper, a, b, x) - 1));
			}
	ok(finite, "every quantile is found");
	ok(worst_return < 1e-11, "cdf(quantile(p)) is p");
	ok(worst_sum < 1e-11, "cdf and upper tail add up to 1");
}

static void
refuses_plain(PlainCase c, double x)
{
	char		name[100];
	double		result = UNTOUCHED;

	snprintf(name, sizeof(name), "%s refuses %g", c.name, x);
	ok(!c.function(x, &result) && result == UNTOUCHED, name);
}

static void
refuses_one(OneCase c, double df, double x)
{
	char		name[100];
	double		result = UNTOUCHED;

	snprintf(name, sizeof(name), "%s refuses (%g, %g)", c.name, df, x);
	ok(!c.function(df, x, &result) && result == UNTOUCHED, name);
}

static void
refuses_two(TwoCase c, double a, double b, double x)
{
	char		name[100];
	double		result = UNTOUCHED;

	snprintf(name, sizeof(name), "%s refuses (%g, %g, %g)", c.name, a, b, x);
	ok(!c.function(a, b, x, &result) && result == UNTOUCHED, name);
}

/* What is outside the domain is refused, and the result left alone. */
static void
test_refusals(void)
{
	static const PlainCase plain_tails[] = {{NAMED(cx_normal_cdf)}, {NAMED(cx_normal_upper)}};
	static const PlainCase plain_quantiles[] = {{NAMED(cx_normal_quantile)}, {NAMED(cx_normal_upper_quantile)}};
	static const OneCase one_tails[] = {
		{NAMED(cx_student_t_cdf)}, {NAMED(cx_student_t_upper)},
		{NAMED(cx_chi_square_cdf)}, {NAMED(cx_chi_square_upper)},
	};
	static const OneCase one_quantiles[] = {
		{NAMED(cx_student_t_quantile)}, {NAMED(cx_student_t_upper_quantile)},
		{NAMED(cx_chi_square_quantile)}, {NAMED(cx_chi_square_upper_quantile)},
	};
	static const TwoCase two_tails[] = {
		{NAMED(cx_beta_cdf)}, {NAMED(cx_beta_upper)},
		{NAMED(cx_f_cdf)}, {NAMED(cx_f_upper)},
	};
	static const TwoCase two_quantiles[] = {
		{NAMED(cx_beta_quantile)}, {NAMED(cx_beta_upper_quantile)},
		{NAMED(cx_f_quantile)}, {NAMED(cx_f_upper_quantile)},
	};
	static const double bad_parameters[] = {0, -1, NAN};
	static const double bad_probabilities[] = {-0.1, 1.1, NAN, INFINITY};

	for (int i = 0; i < lengthof(plain_tails); i++)
		refuses_plain(plain_tails[i], NAN);
	for (int i = 0; i < lengthof(one_tails); i++)
	{
		refuses_one(one_tails[i], 3, NAN);
		refuses_two(two_tails[i], 3, 2, NAN);
		for (int j = 0; j < lengthof(bad_parameters); j++)
		{
			refuses_one(one_tails[i], bad_parameters[j], 0.5);
			refuses_one(one_quantiles[i], bad_parameters[j], 0.5);
			refuses_two(two_tails[i], bad_parameters[j], 2, 0.5);
			refuses_two(two_tails[i], 2, bad_parameters[j], 0.5);
			refuses_two(two_quantiles[i], bad_parameters[j], 2, 0.5);
			refuses_two(two_quantiles[i], 2, bad_parameters[j], 0.5);
		}
	}
	for (int j = 0; j < lengthof(bad_probabilities); j++)
	{
		for (int i = 0; i < lengthof(plain_quantiles); i++)
			refuses_plain(plain_quantiles[i], bad_probabilities[j]);
		for (int i = 0; i < lengthof(one_quantiles); i++)
		{
			refuses_one(one_quantiles[i], 3, bad_probabilities[j]);
			refuses_two(two_quantiles[i], 3, 2, bad_probabilities[j]);
		}
	}
}

/* So is a quantile that is infinite or that no double can hold. */
static void
test_infinite_quantiles(void)
{
	static const OneCase student_t = {NAMED(cx_student_t_quantile)};
	static const OneCase student_t_upper = {NAMED(cx_student_t_upper_quantile)};
	static const TwoCase f_upper = {NAMED(cx_f_upper_quantile)};

	for (int i = 0; i < 2; i++)
	{
		refuses_plain((PlainCase) {NAMED(cx_normal_quantile)}, i);
		refuses_plain((PlainCase) {NAMED(cx_normal_upper_quantile)}, i);
		refuses_one(student_t, 3, i);
		refuses_one(student_t_upper, 3, i);
	}
	refuses_one((OneCase) {NAMED(cx_chi_square_quantile)}, 3, 1);
	refuses_one((OneCase) {NAMED(cx_chi_square_upper_quantile)}, 3, 0);
	refuses_two((TwoCase) {NAMED(cx_f_quantile)}, 3, 2, 1);
	refuses_two(f_upper, 3, 2, 0);
	refuses_one(student_t, 0.5, 1e-200);
	refuses_one(student_t_upper, 0.5, 1e-200);
	refuses_two(f_upper, 1, 0.5, 1e-200);
}

static void
test_errno(void)
{
	double		result;

	errno = 77;
	(void) cx_normal_upper(1e300, &result);
	(void) cx_chi_square_upper(3, 1e300, &result);
	(void) cx_beta_quantile(0.01, 5, 1e-300, &result);
	(void) cx_student_t_upper_quantile(0.5, 1e-200, &result);
	(void) cx_f_quantile(-1, 2, 0.5, &result);
	ok(errno == 77, "errno stays as it was");
}

int
main(void)
{
	test_published();
	test_normal();
	test_student_t();
	test_chi_square();
	test_beta();
	test_f();
	test_steep();
	test_closed_forms();
	test_ends();
	test_round_trips();
	test_refusals();
	test_infinite_quantiles();
	test_errno();
	return done();
}
