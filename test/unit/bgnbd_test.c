/*
 * bgnbd_test.c
 *	  The BG/NBD and MBG/NBD models and customer value against mpmath 1.3 and published figures.
 *
 * Figures without another source are of mpmath with 25 to 80 digits, from the
 * models' formulas as the papers have them (beta and gamma functions, 2F1):
 * the likelihood maximised there, its second derivatives inverted there.
 */
#include <stdlib.h>
#include <string.h>

#include "numerics/special.h"
#include "tap.h"
#include "value/bgnbd.h"
#include "value/bgnbd_predict.h"
#include "value/cltv.h"
#include "value/gauss.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* Fader, Hardie and Lee's rounded parameters, and those of the CDNOW sample to more digits. */
static const BgnbdParameters paper = {0.243, 4.414, 0.793, 2.426};
static const BgnbdParameters cdnow = {0.24259452242830334, 4.413602018959042, 0.7929220176569717, 2.425906778604955};

/* ---------- The likelihood ---------- */

static void
test_loglik(void)
{
	static const struct
	{
		BgnbdKind	kind;
		BgnbdParameters p;
		int64_t		x;
		double		t_x;
		double		T;
		double		want;
	}			cases[] = {
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 0, 0, 38.86, -0.55471327643815845},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 2, 30.43, 38.86, -9.4586063070662712},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 200, 38, 40, 98.804174928868979},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 5000, 799.5, 800, 4125.4622088407805},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 3, 0, 0, -5.3347273661136632},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 1000000, 10, 11, 10147282.031494883},
		{BGNBD, {0.243, 4.414, 0.793, 2.426}, 1, 0.001, 1e6, -4.300758850295159},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 0, 0, 38.86, -0.024968007282835629},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 2, 30.43, 38.86, -13.503552985808823},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 200, 38, 40, -68.792867757183212},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 5000, 799.5, 800, 3791.2781366109623},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 3, 0, 0, -16.139592420837323},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 1000000, 10, 11, 8566986.4211166331},
		{BGNBD, {0.05, 60, 0.3, 0.1}, 1, 0.001, 1e6, -7.3777641077983629},
		{BGNBD, {4, 0.5, 5, 100}, 0, 0, 38.86, -17.463589010975992},
		{BGNBD, {4, 0.5, 5, 100}, 2, 30.43, 38.86, -21.719653215597875},
		{BGNBD, {4, 0.5, 5, 100}, 200, 38, 40, 120.34138118283608},
		{BGNBD, {4, 0.5, 5, 100}, 5000, 799.5, 800, 4139.6678816392756},
		{BGNBD, {4, 0.5, 5, 100}, 3, 0, 0, 6.7698245430216422},
		{BGNBD, {4, 0.5, 5, 100}, 1000000, 10, 11, 10464112.444332145},
		{BGNBD, {4, 0.5, 5, 100}, 1, 0.001, 1e6, -0.97507090935695235},
		{BGNBD, {1, 1, 1e-5, 1e5}, 0, 0, 38.86, -3.6853733147846486},
		{BGNBD, {1, 1, 1e-5, 1e5}, 2, 30.43, 38.86, -10.362972763790026},
		{BGNBD, {1, 1, 1e-5, 1e5}, 200, 38, 40, 116.80400408068213},
		{BGNBD, {1, 1, 1e-5, 1e5}, 5000, 799.5, 800, 4155.1529121021607},
		{BGNBD, {1, 1, 1e-5, 1e5}, 3, 0, 0, 1.791759469028056},
		{BGNBD, {1, 1, 1e-5, 1e5}, 1000000, 10, 11, 10417595.290195254},
		{BGNBD, {1, 1, 1e-5, 1e5}, 1, 0.001, 1e6, -23.017879808009702},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 0, 0, 38.86, -0.38695222057085345},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 2, 30.43, 38.86, -9.6871826362499614},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 200, 38, 40, 98.79543383752706},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 5000, 799.5, 800, 4125.4620496228551},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 3, 0, 0, -5.4995369371460815},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 1000000, 10, 11, 10147282.03149309},
		{MBGNBD, {0.243, 4.414, 0.793, 2.426}, 1, 0.001, 1e6, -4.8541128947053677},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 0, 0, 38.86, -0.0061838015152224269},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 2, 30.43, 38.86, -13.762025940460274},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 200, 38, 40, -68.794760686709033},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 5000, 799.5, 800, 3791.2780763943596},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 3, 0, 0, -16.273123813461845},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 1000000, 10, 11, 8566986.4211153331},
		{MBGNBD, {0.05, 60, 0.3, 0.1}, 1, 0.001, 1e6, -10.016698442897459},
		{MBGNBD, {4, 0.5, 5, 100}, 0, 0, 38.86, -3.0445219169011592},
		{MBGNBD, {4, 0.5, 5, 100}, 2, 30.43, 38.86, -21.769213751588249},
		{MBGNBD, {4, 0.5, 5, 100}, 200, 38, 40, 120.32151948611206},
		{MBGNBD, {4, 0.5, 5, 100}, 5000, 799.5, 800, 4139.6668974404532},
		{MBGNBD, {4, 0.5, 5, 100}, 3, 0, 0, 6.7219685218440071},
		{MBGNBD, {4, 0.5, 5, 100}, 1000000, 10, 11, 10464112.444326145},
		{MBGNBD, {4, 0.5, 5, 100}, 1, 0.001, 1e6, -1.0333398174809281},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 0, 0, 38.86, -3.6853733108986487},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 2, 30.43, 38.86, -10.362972763890026},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 200, 38, 40, 116.80400408055922},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 5000, 799.5, 800, 4155.1529121020655},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 3, 0, 0, 1.791759468928058},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 1000000, 10, 11, 10417595.290194345},
		{MBGNBD, {1, 1, 1e-5, 1e5}, 1, 0.001, 1e6, -23.017889708853848},
		{BGNBD, {0.25, 4.0, 0.8, 2.5}, 200, 38, 40, 100.79569309270646}	/* 100.7957 in pymc-marketing's tests */
	};

	for (int i = 0; i < lengthof(cases); i++)
		is_close(bgnbd_loglik(cases[i].kind, &cases[i].p, cases[i].x, cases[i].t_x, cases[i].T), cases[i].want,
				 2e-11, "log-likelihood");
}

/*
 * P(X(t) = x), published, is the likelihood of all histories with x purchases until t: over the
 * times s of the last one, those before at any times, s^(x - 1) / (x - 1)!.
 */
static void
test_distribution(void)
{
	static const struct
	{
		int			x;
		double		t;
		double		want;
	}			cases[] = {		/* manual of the R package BTYD, 1e-9 beyond its digits by mpmath */
		{11, 30, 0.0019995214474788758}, {13, 30, 0.0011633150066561455}, {14, 30, 0.0009003147896436434},
		{16, 30, 0.0005517902426492289}, {18, 30, 0.0003467171396242215}
	};

	is_close(exp(bgnbd_loglik(BGNBD, &paper, 0, 0, 39)), 0.5737863520960094, 1e-13, "nobody comes back until 39");
	for (int i = 0; i < lengthof(cases); i++)
	{
		const int	panels = 20;
		double		half = cases[i].t / (2 * panels);
		double		sum = 0;

		for (int j = 0; j < panels * GAUSS_POINTS; j++)
		{
			double		s = half * (2 * (j / GAUSS_POINTS) + 1 + gauss_points[j % GAUSS_POINTS]);

			sum += gauss_weights[j % GAUSS_POINTS] * half *
				exp(bgnbd_loglik(BGNBD, &paper, cases[i].x, s, cases[i].t) +
					(cases[i].x - 1) * log(s) - cx_lgamma(cases[i].x));
		}
		is_close(sum, cases[i].want, 1e-11, "the distribution of purchases");
	}
}

/* ---------- Fits ---------- */

static const BgnbdRow customers[] = {
	{0, 0, 10, 120}, {0, 0, 20, 150}, {0, 0, 30, 180}, {1, 0.5, 30, 60}, {1, 1, 20, 40}, {1, 2, 10, 25},
	{1, 3, 20, 20}, {1, 12, 30, 25}, {1, 25, 30, 30}, {2, 2, 30, 20}, {2, 8, 10, 12}, {2, 15, 30, 14},
	{3, 22, 30, 15}, {4, 9, 20, 6}, {5, 28, 30, 9}, {8, 17, 30, 3}, {10, 8, 30, 2}, {12, 29, 30, 4},
	{16, 19.5, 20, 3}, {25, 29.5, 30, 6}
};

#define N lengthof(customers)

static void
check_fit(BgnbdKind kind, const double *parameters, double loglik, const double *errors, double r_alpha, double a_b)
{
	BgnbdFit	fit;

	ok(bgnbd_fit(kind, customers, N, 0, &fit), "there are customers");
	ok(fit.converged && fit.identified && fit.customers == 744, "a maximum is found");
	is_close(fit.parameters.r, parameters[0], 1e-9, "r");
	is_close(fit.parameters.alpha, parameters[1], 1e-9, "alpha");
	is_close(fit.parameters.a, parameters[2], 1e-9, "a");
	is_close(fit.parameters.b, parameters[3], 1e-9, "b");
	is_close(fit.loglik, loglik, 1e-13, "log-likelihood");
	for (int i = 0; i < 4; i++)
		is_close(sqrt(fit.covariance[i * 4 + i]), errors[i], 1e-8, "standard error");
	is_close(fit.covariance[1], r_alpha, 1e-8, "covariance of r and alpha");
	is_close(fit.covariance[11], a_b, 1e-8, "covariance of a and b");
}

static void
test_fit(void)
{
	check_fit(BGNBD, (double[]) {0.16480328596325191, 0.95905701526491292, 0.43780120237440281, 0.28197672373555668},
			  -2236.3978066031043, (double[]) {0.013824883967857381, 0.16462282427487132, 0.098395834928715939, 0.075879588648227016},
			  0.0016390196128525857, 0.0064426354757179609);
	check_fit(MBGNBD, (double[]) {0.65549738646590126, 2.0379584917881683, 1.6433214305791041, 1.3757823261314683},
			  -2272.7863294060267, (double[]) {0.10971134051762689, 0.39940064789480188, 0.2501461081822418, 0.26964068256435967},
			  0.035730242551530508, 0.056757589525015847);
}

/* Customers one by one, as 744 rows, are the same model to the last digits; another unit of time changes alpha alone. */
static void
test_rows_and_units(void)
{
	BgnbdRow   *rows = malloc(744 * sizeof(BgnbdRow));
	BgnbdRow	days[N];
	BgnbdFit	whole;
	BgnbdFit	fit;
	int			n = 0;

	for (int i = 0; i < N; i++)
	{
		for (int j = 0; j < customers[i].customers; j++)
			rows[n++] = (BgnbdRow) {customers[i].x, customers[i].t_x, customers[i].T, 1};
		days[i] = (BgnbdRow) {customers[i].x, customers[i].t_x * 7, customers[i].T * 7, customers[i].customers};
	}
	bgnbd_fit(BGNBD, customers, N, 0, &whole);
	ok(n == 744 && bgnbd_fit(BGNBD, rows, n, 0, &fit) && fit.identified, "one row a customer");
	is_close(fit.parameters.alpha, whole.parameters.alpha, 1e-9, "alpha");
	is_close(fit.parameters.b, whole.parameters.b, 1e-9, "b");
	ok(bgnbd_fit(BGNBD, days, N, 0, &fit) && fit.identified, "days for weeks");
	is_close(fit.parameters.r, whole.parameters.r, 1e-9, "r stays");
	is_close(fit.parameters.alpha, 7 * whole.parameters.alpha, 1e-9, "alpha is in days");
	is_close(fit.covariance[5], 49 * whole.covariance[5], 1e-8, "its variance");
	is_close(fit.loglik, whole.loglik - 696 * log(7), 1e-12, "a density in days");
	ok(bgnbd_fit(BGNBD, customers, N, 0.05, &fit) && fit.identified && fit.loglik < whole.loglik, "a ridge costs likelihood");
	free(rows);
}

static void
check_degenerate(const BgnbdRow *rows, size_t n, const char *name)
{
	for (int kind = BGNBD; kind <= MBGNBD; kind++)
	{
		BgnbdFit	fit;

		ok(bgnbd_fit((BgnbdKind) kind, rows, n, 0, &fit) && !fit.identified, name);
	}
}

static void
test_degenerate(void)
{
	static const BgnbdRow no_repeats[] = {{0, 0, 5, 10}, {0, 0, 50, 30}};
	static const BgnbdRow five[] = {{0, 0, 30, 1}, {1, 4, 30, 1}, {2, 8, 30, 1}, {3, 7, 30, 1}, {4, 20, 30, 1}};
	static const BgnbdRow none_lost[] = {{1, 10, 10, 50}, {2, 20, 20, 50}, {3, 30, 30, 50}};
	static const BgnbdRow alike = {3, 20, 30, 500};
	static const BgnbdRow one = {3, 20, 30, 1};
	static const BgnbdRow no_time[] = {{0, 0, 0, 20}, {1, 0, 0, 20}, {5, 0, 0, 5}};
	static const BgnbdRow endless[] = {{0, 0, 1e308, 20}, {1, 1e307, 1.7e308, 20}};
	static const BgnbdRow tiny[] = {{0, 0, 1e-310, 20}, {1, 5e-311, 3e-310, 20}};
	static const BgnbdRow often[] = {{1000000000, 20, 30, 20}, {5000000000, 28, 30, 20}};
	BgnbdRow	microseconds[N];
	BgnbdFit	fit;

	ok(!bgnbd_fit(BGNBD, NULL, 0, 0, &fit), "no customer");
	check_degenerate(no_repeats, lengthof(no_repeats), "nobody came back");
	check_degenerate(five, lengthof(five), "five customers");
	check_degenerate(none_lost, lengthof(none_lost), "nobody lost");
	check_degenerate(&alike, 1, "all alike");
	check_degenerate(&one, 1, "one customer");
	check_degenerate(no_time, lengthof(no_time), "no time");
	check_degenerate(endless, lengthof(endless), "times beyond adding up");
	check_degenerate(tiny, lengthof(tiny), "times next to nothing");
	check_degenerate(often, lengthof(often), "billions of purchases");
	for (int i = 0; i < N; i++)
		microseconds[i] = (BgnbdRow) {customers[i].x, customers[i].t_x * 6.048e11, customers[i].T * 6.048e11, customers[i].customers};
	check_degenerate(microseconds, N, "microseconds");
	bgnbd_fit(BGNBD, microseconds, N, 0, &fit);
	ok(fit.converged && fabs(fit.parameters.alpha / 6.048e11 - 0.95905701526491292) < 1e-9, "though the parameters are right");
}

/* ---------- Predictions ---------- */

static double
expected(BgnbdKind kind, const BgnbdParameters *p, int64_t x, double t_x, double T, double horizon, double delta)
{
	return bgnbd_p_alive(kind, p, x, t_x, T) * bgnbd_purchases_if_alive(kind, p, x, T, horizon, delta);
}

/* Figures of the reference packages; their parameters. */
static void
test_published(void)
{
	static const BgnbdParameters btyd = {0.2425967, 4.413659, 0.7929869, 2.426164};
	static const BgnbdParameters lifetimes = {0.16385090144836356, 1.864280440018445, 1.8503431078054433, 3.181058756291007};
	static const BgnbdParameters low = {0.05, 60, 0.3, 0.1};
	static const BgnbdParameters high = {4, 0.5, 5, 100};
	static const BgnbdParameters mbg = {0.5248431590114803, 6.1830852789358355, 0.8913593908253938, 1.614002240629073};

	is_close(expected(BGNBD, &cdnow, 2, 30.43, 38.86, 39, 0), 1.2259068353858067, 1e-12, "Hardie's spreadsheet: 1.226");
	is_close(expected(BGNBD, &cdnow, 0, 0, 0, 78, 0), 1.857958390018494, 1e-12, "a new customer");
	is_close(expected(BGNBD, &btyd, 26, 30.857142857142858, 31, 52, 0), 25.756585890676146, 1e-12, "BTYD: 25.75659");
	is_close(bgnbd_p_alive(BGNBD, &btyd, 26, 30.857142857142858, 31), 0.9688522601450139, 1e-13, "BTYD: 0.9688523");
	is_close(expected(BGNBD, &btyd, 20, 20, 39, 52, 0), 0.004158972596535037, 1e-11, "BTYD: 0.004158973");
	is_close(bgnbd_p_alive(BGNBD, &paper, 1, 16, 32), 0.5984020826116335, 1e-13, "alive");
	is_close(bgnbd_p_alive(BGNBD, &paper, 1, 0, 1000), 0.0035826790549255676, 1e-12, "hardly alive");
	ok(bgnbd_p_alive(BGNBD, &paper, 1000, 10, 100) < 1e-300, "not alive");
	ok(bgnbd_p_alive(BGNBD, &paper, 0, 0, 1e6) == 1, "one purchase cannot be the last one");
	is_close(expected(BGNBD, &low, 7, 30, 38.86, 39, 0), 2.4000374696476685, 1e-12, "small a and b");
	is_close(expected(BGNBD, &high, 150, 380, 400, 39, 0), 0.2384997777241953, 1e-12, "150 purchases");
	is_close(expected(BGNBD, &lifetimes, 6, 142, 292, 30, 0), 0.030461311775921856, 1e-11, "lifetimes: 0.030461");
	is_close(expected(BGNBD, &cdnow, 7, 35, 77.86, INFINITY, 0.0027), 0.6767610715016622, 1e-11, "discounted");
	is_close(bgnbd_p_alive(MBGNBD, &mbg, 26, 30.857142857142858, 31), 0.9654846491549114, 1e-13, "MBG/NBD: alive");
	is_close(expected(MBGNBD, &mbg, 26, 30.857142857142858, 31, 52, 0), 23.9981908931636, 1e-12, "MBG/NBD: expected");
	is_close(expected(MBGNBD, &mbg, 0, 0, 0, 39, 0), 1.1822797511166139, 1e-12, "MBG/NBD: a new customer");
}

/* Everywhere inside the borders: a = 1, a + b = 1, T = 0, x = 5,000, a day and a century, tiny and huge parameters. */
static void
test_extremes(void)
{
	static const struct
	{
		BgnbdParameters p;
		int64_t		x;
		double		T;
		double		horizon;
		double		want;
	}			cases[] = {
		{{0.5, 5, 1, 2.5}, 3, 40, 30, 1.9228543211656344},
		{{0.5, 5, 0.4, 0.6}, 0, 40, 30, 0.28452561087099115},
		{{0.5, 5, 0.4, 0.6}, 0, 0, 30, 1.5664642531815491},
		{{.243, 4.414, .793, 2.426}, 5000, 800, 0.14, 0.87018094789824638},
		{{.243, 4.414, .793, 2.426}, 5000, 800, 5200, 12467.542931353789},
		{{.243, 4.414, .793, 2.426}, 0, 0, 0.14, 0.007670239539838108},
		{{.243, 4.414, .793, 2.426}, 0, 0, 5200, 12.148119026370994},
		{{.25, 0.1, 1.5, 100}, 1, 0, 5200, 191.09742851656503},
		{{.25, 4.4, 10, 100}, 0, 0, 520, 5.3347679175894909},
		{{.01, .1, 1e-5, 1e5}, 0, 0, 5200, 519.99892685223535},
		{{1e5, .1, 40, 2.5}, 1, 0, 520, 1.0897435897435897},
		{{.25, 4.4, 5000, 3000}, 0, 40, 39, 0.16580621847892744},
		{{1000, 100, 8, 2.5}, 40, 1000, 520, 7.0714283354256051},
		{{1, 1e-3, 200, 1e5}, 5, 40, 5200, 376.03456643730119}
	};
	static const struct
	{
		BgnbdParameters p;
		int64_t		x;
		double		T;
		double		horizon;
		double		delta;
		double		want;
	}			discounted[] = {
		{{.243, 4.414, .793, 2.426}, 7, 77.86, INFINITY, .0027, 13.825132791475116},
		{{.243, 4.414, .793, 2.426}, 7, 77.86, 52, .0027, 3.6189811725463418},
		{{.243, 4.414, .793, 2.426}, 0, 0, 5200, .0018, 4.3989643672243133},
		{{.5, 5, 1, 2.5}, 3, 40, INFINITY, .0018, 9.8587009772958341},
		{{.243, 4.414, .793, 2.426}, 300, 40, 520, .0018, 751.98807891077579},
		{{.25, 0.1, 1.5, 100}, 1, 0, INFINITY, .0018, 153.29395377720523},
		{{.25, 4.4, 10, 100}, 0, 0, INFINITY, .1, 0.46574590709897753}
	};
	const BgnbdParameters border = {1, 5, 2, 3};

	for (int i = 0; i < lengthof(cases); i++)
		is_close(bgnbd_purchases_if_alive(BGNBD, &cases[i].p, cases[i].x, cases[i].T, cases[i].horizon, 0),
				 cases[i].want, 1e-10, "purchases if alive");
	for (int i = 0; i < lengthof(discounted); i++)
		is_close(bgnbd_purchases_if_alive(BGNBD, &discounted[i].p, discounted[i].x, discounted[i].T,
										  discounted[i].horizon, discounted[i].delta),
				 discounted[i].want, 1e-9, "discounted purchases if alive");
	is_close(bgnbd_purchases_if_alive(BGNBD, &border, 4, 30, INFINITY, 0), 8, 1e-14, "all there will be: (a + b + x - 1) / (a - 1)");
	is_close(bgnbd_purchases_if_alive(BGNBD, &border, 4, 30, 1e15, 0), 8, 1e-9, "and nearly all");
	ok(isnan(bgnbd_purchases_if_alive(BGNBD, &paper, 4, 30, INFINITY, 0)), "no bound where a is below 1");
	ok(bgnbd_purchases_if_alive(BGNBD, &paper, 4, 30, 0, 0) == 0, "nothing until now");
	ok(isfinite(bgnbd_purchases_if_alive(BGNBD, &paper, INT64_C(1000000000), 30, 5200, 0)), "a billion purchases");
	is_close(bgnbd_p_alive(BGNBD, &paper, 1000000000, 30, 30), 1 / (1 + .793 / (2.426 + 999999999)), 1e-15, "the last one just now");
	is_close(bgnbd_p_alive(BGNBD, &(BgnbdParameters) {1, 1, 2, 1e-20}, 1, 3, 3), 5e-21, 1e-14, "a b below rounding");
}

/* Closed form, series and mixture meet where one takes over from the other: no jump. */
static void
test_no_jump(void)
{
	static const double z[] = {0.899999, 0.900001};
	static const BgnbdParameters p[] = {{.3, 5, .8, 2.4}, {9.9999, 5, 9.9999, 39.999}, {10.0001, 5, 10.0001, 40.001}};

	for (int i = 0; i < lengthof(p); i++)
	{
		double		rate[2];

		for (int j = 0; j < 2; j++)
			rate[j] = bgnbd_purchases_if_alive(BGNBD, &p[i], 2, 10, 15 * z[j] / (1 - z[j]), 0);
		ok(rate[1] > rate[0] && rate[1] - rate[0] < 1e-3 * rate[0], "no jump along the horizon");
		is_close(bgnbd_purchases_if_alive(BGNBD, &p[i], 2, 10, 52, 1e-12),
				 bgnbd_purchases_if_alive(BGNBD, &p[i], 2, 10, 52, 0), 1e-9, "nor between a rate and none");
	}
}

/* ---------- Value ---------- */

static void
test_cltv(void)
{
	static const SpendParameters hardie = {6.25, 3.74, 15.44};
	static const double covariance[16] = {	/* at the CDNOW sample's maximum; its roots are the standard errors published */
		0.00015768774393947743, 0.003706420065746177, -8.784702780190073e-05, 6.56370377958789e-05,
		0.003706420065746177, 0.14305343945229218, -0.002865678937585719, 0.010523280868418416,
		-8.784702780190073e-05, -0.002865678937585719, 0.03449705240147784, 0.12321776664342471,
		6.56370377958789e-05, 0.010523280868418416, 0.12321776664342471, 0.4976092779212789
	};
	CltvModels	models = {.kind = BGNBD, .purchases = cdnow, .has_spend = true, .spend = hardie, .customers = 2357};
	CltvCustomer two = {2, 30.428571428571427, 38.857142857142854, 22.345};
	CltvCustomer one = {1, 1.7142857142857142, 38.857142857142854, 11.77};
	CltvCustomer many = {26, 30.857142857142858, 31.0, 39.96999999999999};
	CltvTerms	year = {.horizon = 12 * 4.348214285714286, .annual_rate = pow(1.01, 12) - 1,
	.year = 12 * 4.348214285714286, .monthly = true, .margin = 1};
	CltvTerms	once = {.horizon = 39, .margin = 1};
	Estimate	estimate;

	/* as the package lifetimes defines it: monthly, 1 % a month */
	is_close(cltv_value(&models, &two, &year), 36.30439854029194, 1e-9, "two purchases");
	is_close(cltv_value(&models, &one, &year), 4.64550749717249, 1e-9, "one purchase");
	year.margin = 0.25;
	is_close(cltv_value(&models, &one, &year), 4.64550749717249 / 4, 1e-9, "a margin");
	year.margin = 1;
	year.annual_rate = 0;
	is_close(cltv_value(&models, &two, &year), 38.54457997572527, 1e-9, "undiscounted");
	year = (CltvTerms) {.horizon = 12 * 4.345, .annual_rate = pow(1.01, 12) - 1, .year = 12 * 4.345, .monthly = true, .margin = 1};
	is_close(cltv_value(&models, &many, &year), 972.0680660147581, 1e-9, "months of 4.345 weeks");

	year.monthly = false;
	ok(fabs(cltv_value(&models, &many, &year) / 972.0680660147581 - pow(1.01, 0.5)) < 1e-3, "continuous: half a month earlier");
	year.horizon = INFINITY;
	ok(cltv_value(&models, &many, &year) > 972 && cltv_value(&models, &many, &year) < 1e5, "all that is to come");
	one.m = NAN;
	ok(isnan(cltv_value(&models, &one, &year)), "a repeat buyer of unknown spend");
	ok(isfinite(cltv_value(&models, &(CltvCustomer) {0, 0, 38, NAN}, &year)), "of a single purchase none is needed");

	/* computed by the reference cases: delta method in logarithms of the parameters, R */
	models.has_spend = false;
	models.purchase_covariance = covariance;
	estimate = cltv_estimate(&models, &two, &once, 1.959963984540054);
	is_close(estimate.value, 1.2259944552441102, 1e-11, "expected purchases");
	is_close(estimate.std_error, 0.04519268067741282, 1e-3, "their standard error");
	is_close(estimate.lo, 1.1405424756819327, 1e-3, "lower end");
	is_close(estimate.hi, 1.3178486872140545, 1e-3, "upper end");
	estimate = cltv_estimate(&models, &(CltvCustomer) {0, 0, 38.857142857142854, NAN}, &once, 1.959963984540054);
	is_close(estimate.value, 0.1947936312352166, 1e-11, "without a repeat purchase");
	is_close(estimate.std_error, 0.00899773508312758, 1e-3, "its standard error");
	once.margin = -2;
	estimate = cltv_estimate(&models, &two, &once, 1.959963984540054);
	ok(estimate.lo < estimate.value && estimate.value < estimate.hi && estimate.std_error > 0, "a loss has its ends in order");
	once.margin = 0;
	estimate = cltv_estimate(&models, &two, &once, 1.959963984540054);
	ok(estimate.value == 0 && estimate.lo == 0 && estimate.hi == 0, "no margin, no value");
	models.purchase_covariance = NULL;
	once.margin = 1;
	estimate = cltv_estimate(&models, &two, &once, 1.959963984540054);
	ok(isfinite(estimate.value) && isnan(estimate.lo), "no interval without a covariance");
}

int
main(void)
{
	test_loglik();
	test_distribution();
	test_fit();
	test_rows_and_units();
	test_degenerate();
	test_published();
	test_extremes();
	test_no_jump();
	test_cltv();
	return done();
}
