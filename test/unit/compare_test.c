/*
 * compare_test.c
 *	  Comparisons of two arms and the tests around them against published figures, R, and simulation.
 *
 * The second sources: the tests of GrowthBook's gbstats; R 4 (t.test, prop.test,
 * p.adjust, power.t.test, power.prop.test, lm, chisq.test, integrate); sums over
 * binomials in long double; least squares on the rows; simulated experiments.
 * COMPARE_SEED and COMPARE_RUNS in the environment change the seed and the runs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/compare_math.h"
#include "experiment/significance_math.h"
#include "numerics/distributions.h"
#include "survey/intervals.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

static uint64_t random_state;

static uint32_t
random_bits(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (random_state >> 33);
}

/* Between 0 and 1, neither of them. */
static double
random_share(void)
{
	return (random_bits() + 0.5) / 2147483648.0;
}

static double
random_normal(void)
{
	return sqrt(-2 * log(random_share())) * cos(2 * M_PI * random_share());
}

static int
environment(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : atoi(value);
}

/* |got - want| at most `tolerance`, as the cases mean it. */
static void
is_within(double got, double want, double tolerance, const char *name)
{
	ok(fabs(got - want) <= tolerance, name);
	if (!(fabs(got - want) <= tolerance))
		printf("#  got: %.12g\n# want: %.12g within %g\n", got, want, tolerance);
}

static CompareArm
arm_of_sums(double sum, double squares, double n)
{
	return (CompareArm) {n, sum / n, (squares - sum * sum / n) / (n - 1) / n};
}

static CompareArm
arm_of_share(double x, double n)
{
	return (CompareArm) {n, x / n, x / n * (1 - x / n) / n};
}

static CompareDesign
design_of(CompareMethod method, bool shares)
{
	return (CompareDesign) {method, 0.95, 5000, shares};
}

/* ---------- Published figures ---------- */

#define GROWTHBOOK 6e-6

/* The standard error of the lift, from its interval. */
static double
lift_error(const Comparison *c, double quantile)
{
	return (c->lift_hi - c->lift_lo) / 2 / quantile;
}

static void
test_growthbook(void)
{
	CompareDesign design = design_of(COMPARE_FREQUENTIST, false);
	CompareArm	a = arm_of_sums(1396.87, 52377.9767, 3407);
	CompareArm	b = arm_of_sums(2422.7, 134698.29, 3461);
	Comparison	c = compare_arms(&a, &b, &design);
	double		error = lift_error(&c, two_sided_t(0.95, c.df));
	double		tail = 0;
	double		win = 0;

	is_within(c.lift, 0.70732, GROWTHBOOK, "experiment-001 lift");
	is_within(c.lift_lo, -0.03526, GROWTHBOOK, "experiment-001 lift_lo");
	is_within(c.lift_hi, 1.44989, GROWTHBOOK, "experiment-001 lift_hi");
	is_within(error, 0.37879, GROWTHBOOK, "experiment-001 standard error of the lift");
	cx_student_t_upper(c.df, c.lift / error, &tail);
	is_within(2 * tail, 0.06191, GROWTHBOOK, "experiment-001 p of the lift");

	design = design_of(COMPARE_SEQUENTIAL, true);
	a = arm_of_share(1396, 3000);
	b = arm_of_share(2422, 3461);
	c = compare_arms(&a, &b, &design);
	is_within(c.lift, 0.50386, GROWTHBOOK, "experiment-005 lift");
	is_within(c.lift_lo, 0.40098, GROWTHBOOK, "experiment-005 lift_lo");
	is_within(c.lift_hi, 0.60675, GROWTHBOOK, "experiment-005 lift_hi");
	is_within(lift_error(&c, sequential_multiplier(6461, 0.95, 5000)), 0.03386, GROWTHBOOK,
			  "experiment-005 standard error of the lift");
	ok(isnan(c.p_value) && isnan(c.statistic) && isnan(c.chance_to_win),
	   "sequential: no p-value, no statistic, no chance");

	design = design_of(COMPARE_BAYES, true);
	a = arm_of_share(49, 100);
	b = arm_of_share(51, 100);
	c = compare_arms(&a, &b, &design);
	error = lift_error(&c, two_sided_z(0.95));
	is_within(c.lift, 0.04082, GROWTHBOOK, "experiment-006 lift");
	is_within(c.lift_lo, -0.24779, GROWTHBOOK, "experiment-006 lift_lo");
	is_within(c.lift_hi, 0.32943, GROWTHBOOK, "experiment-006 lift_hi");
	is_within(error, 0.14725, GROWTHBOOK, "experiment-006 standard error of the lift");
	cx_normal_cdf(c.lift / error, &win);
	is_within(win, 0.60918, GROWTHBOOK, "experiment-006 chance to win, of the lift");
	is_within(expected_gain(c.lift, error), 0.0814, GROWTHBOOK, "experiment-006 risk of the control, of the lift");
	is_within(expected_gain(-c.lift, error), 0.04058, GROWTHBOOK, "experiment-006 risk of the treatment, of the lift");

	design = design_of(COMPARE_BAYES, false);
	a = arm_of_sums(100, 1002.25, 10);
	b = arm_of_sums(105, 1111.5, 10);
	c = compare_arms(&a, &b, &design);
	error = lift_error(&c, two_sided_z(0.95));
	is_within(c.lift, 0.05, GROWTHBOOK, "experiment-007 lift");
	is_within(error, 0.03572, GROWTHBOOK, "experiment-007 standard error of the lift");
	cx_normal_cdf(c.lift / error, &win);
	is_within(win, 0.91923, GROWTHBOOK, "experiment-007 chance to win, of the lift");
	is_within(expected_gain(c.lift, error), 0.05131, GROWTHBOOK, "experiment-007 risk of the control, of the lift");
	is_within(expected_gain(-c.lift, error), 0.00131, GROWTHBOOK, "experiment-007 risk of the treatment, of the lift");

	/* In raw units by hand: a difference of 0.5, standard error sqrt((1 + 0.25) / 10); R: pnorm, dnorm. */
	is_close(c.chance_to_win, 0.92135039647485750, 1e-12, "bayes: chance to win, of the difference");
	is_close(c.risk_control - c.risk_treatment, 0.5, 1e-12, "bayes: the risks differ by the difference");
	is_close(c.risk_control, 0.5 * 0.92135039647485750 + sqrt(0.125) * exp(-1) / sqrt(2 * M_PI), 1e-12,
			 "bayes: risk of the control, of the difference");
}

static void
test_welch(void)
{
	/* R: t.test(c(8,1,5,9,7,7), c(1,2,4), conf.level = .9) */
	const CompareArm a = arm_of_sums(7, 21, 3);
	const CompareArm b = arm_of_sums(37, 269, 6);
	const CompareDesign design = {COMPARE_FREQUENTIST, 0.9, 5000, false};
	Comparison	c = compare_arms(&a, &b, &design);

	is_close(c.difference, 23.0 / 6, 1e-14, "Welch: difference");
	is_close(c.statistic, 2.621093258571673079, 1e-12, "Welch: t");
	is_close(c.df, 6.797752808988762219, 1e-12, "Welch: df");
	is_close(c.p_value, 0.035264980413740793, 1e-11, "Welch: p");
	is_close(c.lo, 1.050070375617811802, 1e-11, "Welch: lo");
	is_close(c.hi, 6.616596291048853828, 1e-11, "Welch: hi");
	is_close(c.std_error, 1.462494064565353469, 1e-12, "Welch: standard error");
}

static void
test_shares(void)
{
	/* R: prop.test(c(130, 100), c(1000, 1100), correct = FALSE) */
	const CompareArm a = arm_of_share(100, 1100);
	const CompareArm b = arm_of_share(130, 1000);
	const CompareDesign design = design_of(COMPARE_FREQUENTIST, true);
	Comparison	c = compare_arms(&a, &b, &design);

	is_close(c.statistic, 2.86481801552091975, 1e-12, "shares: pooled z");
	is_close(c.p_value, 0.00417248956662043, 1e-12, "shares: p");
	is_close(c.lo, 0.01220069749775411, 1e-12, "shares: lo, not pooled");
	is_close(c.hi, 0.06598112068406409, 1e-12, "shares: hi, not pooled");
	ok(isnan(c.df), "shares: no degrees of freedom");
}

/* ---------- What the data cannot support ---------- */

static void
is_noted(Comparison c, const char *want, const char *name)
{
	char		buffer[COMPARISON_NOTES_SIZE];

	comparison_notes(c.notes, buffer, sizeof(buffer));
	ok(strcmp(buffer, want) == 0, name);
	if (strcmp(buffer, want) != 0)
		printf("#  got: %s\n# want: %s\n", buffer, want);
}

static void
test_notes(void)
{
	const CompareArm empty = {0, NAN, NAN};
	const CompareArm one = {1, 3, NAN};
	const CompareArm constant = {10, 3, 0};
	const CompareArm other_constant = {10, 4, 0};
	const CompareArm zero = {10, 0, 0.2};
	const CompareArm arm = {20, 5, 0.1};
	const CompareArm negative = {20, -5, 0.1};
	CompareDesign design = design_of(COMPARE_FREQUENTIST, false);
	char		cut[8];
	Comparison	c = compare_arms(&empty, &arm, &design);

	is_noted(c, "control is empty", "note: control is empty");
	ok(isnan(c.control) && c.treatment == 5 && isnan(c.difference), "the other arm is shown");
	is_noted(compare_arms(&arm, &empty, &design), "treatment is empty", "note: treatment is empty");
	is_noted(compare_arms(&empty, &empty, &design), "control is empty; treatment is empty", "note: both are empty");

	c = compare_arms(&one, &arm, &design);
	is_noted(c, "fewer than 2 answers in an arm", "note: one answer");
	ok(c.difference == 2 && isnan(c.std_error) && isnan(c.lo) && isnan(c.p_value), "one answer: the difference alone");

	c = compare_arms(&constant, &other_constant, &design);
	is_noted(c, "zero variance", "note: zero variance");
	ok(c.difference == 1 && isnan(c.lo) && isnan(c.p_value) && isnan(c.std_error) && isnan(c.df), "zero variance: no test");
	design.method = COMPARE_BAYES;
	c = compare_arms(&constant, &other_constant, &design);
	ok(isnan(c.chance_to_win) && isnan(c.risk_control), "zero variance: no chances");
	design.method = COMPARE_FREQUENTIST;
	c = compare_arms(&constant, &arm, &design);
	ok(c.notes == 0, "one arm of zero variance is enough for Welch");
	is_close(c.df, 19, 1e-14, "with the degrees of freedom of the other");

	c = compare_arms(&zero, &arm, &design);
	is_noted(c, "no lift over a control of 0", "note: control of 0");
	ok(isnan(c.lift) && isnan(c.lift_lo) && isfinite(c.lo) && isfinite(c.p_value), "control of 0: the rest stays");
	c = compare_arms(&negative, &arm, &design);
	ok(c.lift == 2 && c.lift_lo < 2 && c.lift_hi > 2, "over a control below 0 the lift has the sign of the difference");

	design.method = COMPARE_SEQUENTIAL;
	c = compare_arms(&(CompareArm) {49, 5, 0.1}, &(CompareArm) {5000, 6, 0.1}, &design);
	is_noted(c, "fewer than 50 answers in an arm", "note: sequential below 50");
	ok(c.difference == 1 && isnan(c.lo) && isnan(c.lift_hi), "sequential below 50: no interval");
	c = compare_arms(&(CompareArm) {50, 5, 0.1}, &(CompareArm) {50, 6, 0.1}, &design);
	ok(c.notes == 0 && c.lo < 1 && c.hi > 1, "sequential at 50: an interval");
	is_noted(compare_arms(&(CompareArm) {9, 0, 0}, &(CompareArm) {9, 0, 0}, &design),
			 "zero variance; no lift over a control of 0; fewer than 50 answers in an arm", "three notes");
	ok(strcmp(comparison_notes(0x7f, cut, sizeof(cut)), "control") == 0, "notes are cut to the buffer");

	/* Nobody against everybody: the pooled test stands, the interval does not. */
	design = design_of(COMPARE_FREQUENTIST, true);
	c = compare_arms(&(CompareArm) {10, 0, 0}, &(CompareArm) {10, 1, 0}, &design);
	is_close(c.statistic, sqrt(20), 1e-14, "0 of 10 against 10 of 10: z");
	ok(isnan(c.lo) && c.p_value < 1e-5, "0 of 10 against 10 of 10: p, no interval");
}

/* ---------- Adjustment by covariates ---------- */

#define MOST_ROWS 60
#define MOST_COVARIATES 3

typedef struct Rows
{
	int			n;
	double		y[MOST_ROWS];
	double		x[MOST_ROWS][MOST_COVARIATES];
} Rows;

typedef struct Cells
{
	double		means[MOST_COVARIATES + 1];
	double		products[(MOST_COVARIATES + 1) * (MOST_COVARIATES + 2) / 2];
} Cells;

static Covariances
summarise(const Rows *rows, int covariates, Cells *cells)
{
	Covariances c = {covariates + 1, 0, cells->means, cells->products, NULL};

	memset(cells, 0, sizeof(*cells));
	for (int i = 0; i < rows->n; i++)
		covariances_add(&c, rows->y[i], rows->x[i]);
	return c;
}

static CompareArm
arm_of_rows(const double *y, int n)
{
	long double mean = 0;
	long double squares = 0;

	for (int i = 0; i < n; i++)
		mean += y[i] / (long double) n;
	for (int i = 0; i < n; i++)
		squares += (y[i] - mean) * (y[i] - mean);
	return (CompareArm) {n, (double) mean, (double) (squares / (n - 1) / n)};
}

/* One covariate: theta by its definition, then Welch on the residuals of the rows. */
static void
adjust_by_rows(const Rows *a, const Rows *b, CompareArm *control, CompareArm *treatment)
{
	const Rows *arms[2] = {a, b};
	CompareArm *results[2] = {control, treatment};
	long double means_x[2] = {0, 0};
	long double means_y[2] = {0, 0};
	long double xx = 0;
	long double xy = 0;
	long double centre;

	for (int arm = 0; arm < 2; arm++)
	{
		for (int i = 0; i < arms[arm]->n; i++)
		{
			means_x[arm] += arms[arm]->x[i][0] / arms[arm]->n;
			means_y[arm] += arms[arm]->y[i] / arms[arm]->n;
		}
		for (int i = 0; i < arms[arm]->n; i++)
		{
			xx += (arms[arm]->x[i][0] - means_x[arm]) * (arms[arm]->x[i][0] - means_x[arm]);
			xy += (arms[arm]->x[i][0] - means_x[arm]) * (arms[arm]->y[i] - means_y[arm]);
		}
	}
	centre = (means_x[0] * a->n + means_x[1] * b->n) / (a->n + b->n);
	for (int arm = 0; arm < 2; arm++)
	{
		double		residuals[MOST_ROWS];

		for (int i = 0; i < arms[arm]->n; i++)
			residuals[i] = arms[arm]->y[i] - xy / xx * (arms[arm]->x[i][0] - centre);
		*results[arm] = arm_of_rows(residuals, arms[arm]->n);
	}
}

static void
fill_rows(Rows *rows, int n, double effect)
{
	rows->n = n;
	for (int i = 0; i < n; i++)
	{
		double		before = 50 + 10 * random_normal();

		rows->x[i][0] = before;
		rows->x[i][1] = 7;
		rows->x[i][2] = 3 * before - 20;
		rows->y[i] = 20 + 0.8 * before + effect + 4 * random_normal();
	}
}

static void
test_adjustment(void)
{
	bool		same = true;
	bool		constant_ignored = true;
	bool		collinear_seen = true;
	double		narrower = 0;
	int			rounds = 200;

	for (int round = 0; round < rounds; round++)
	{
		Rows		rows[2];
		Cells		cells[2];
		CompareArm	got[2];
		CompareArm	want[2];
		CompareArm	again[2];
		Covariances c[2];

		fill_rows(&rows[0], 3 + random_bits() % (MOST_ROWS - 3), 0);
		fill_rows(&rows[1], 3 + random_bits() % (MOST_ROWS - 3), 2);
		adjust_by_rows(&rows[0], &rows[1], &want[0], &want[1]);
		for (int arm = 0; arm < 2; arm++)
			c[arm] = summarise(&rows[arm], 1, &cells[arm]);
		if (!compare_adjusted_arms(&c[0], &c[1], &got[0], &got[1]))
			same = false;
		for (int arm = 0; arm < 2; arm++)
		{
			same &= fabs(got[arm].value - want[arm].value) < 1e-10 &&
				fabs(got[arm].variance - want[arm].variance) < 1e-10 * want[arm].variance;
			narrower += got[arm].variance / arm_of_rows(rows[arm].y, rows[arm].n).variance;
		}

		for (int arm = 0; arm < 2; arm++)
			c[arm] = summarise(&rows[arm], 2, &cells[arm]);
		constant_ignored &= compare_adjusted_arms(&c[0], &c[1], &again[0], &again[1]) &&
			fabs(again[0].value - got[0].value) < 1e-10 &&
			fabs(again[1].variance - got[1].variance) < 1e-10 * got[1].variance;

		for (int arm = 0; arm < 2; arm++)
			c[arm] = summarise(&rows[arm], 3, &cells[arm]);
		collinear_seen &= !compare_adjusted_arms(&c[0], &c[1], &again[0], &again[1]) &&
			fabs(again[1].variance / arm_of_rows(rows[1].y, rows[1].n).variance - 1) < 1e-10;
	}
	ok(same, "CUPED is Welch on the residuals with the pooled theta");
	ok(constant_ignored, "a constant covariate changes nothing");
	ok(collinear_seen, "collinear covariates are found, and nothing is adjusted");
	/* 16 of 80: what the covariate leaves of the variance, and a little for small arms. */
	printf("# variance left: %.3f\n", narrower / rounds / 2);
	ok(narrower / rounds / 2 < 0.3, "CUPED takes away the variance that the covariate explains");
}

/* ---------- Coverage ---------- */

#define LOOKS_EVERY 100
#define LAST_LOOK 5000

/* Runs that ever exclude the truth, no difference, looking again and again. */
static void
count_false_alarms(int runs, int of_control, const double *cumulated, int scores, int *sequential,
				   int *fixed)
{
	const CompareDesign always = design_of(COMPARE_SEQUENTIAL, false);
	const CompareDesign once = design_of(COMPARE_FREQUENTIST, false);

	*sequential = *fixed = 0;
	for (int run = 0; run < runs; run++)
	{
		double		n[2] = {0, 0};
		double		sums[2] = {0, 0};
		double		squares[2] = {0, 0};
		bool		alarm = false;
		bool		fixed_alarm = false;

		for (int i = 1; i <= LAST_LOOK; i++)
		{
			double		u = random_share();
			int			arm = i % of_control != 0;
			int			score = 0;

			while (score < scores - 1 && u > cumulated[score])
				score++;
			n[arm]++;
			sums[arm] += score;
			squares[arm] += score * score;
			if (i % LOOKS_EVERY == 0)
			{
				CompareArm	a = arm_of_sums(sums[0], squares[0], n[0]);
				CompareArm	b = arm_of_sums(sums[1], squares[1], n[1]);
				Comparison	c = compare_arms(&a, &b, &always);

				alarm |= c.lo > 0 || c.hi < 0;
				c = compare_arms(&a, &b, &once);
				fixed_alarm |= c.p_value < 0.05;
			}
		}
		*sequential += alarm;
		*fixed += fixed_alarm;
	}
}

static void
test_sequential_coverage(int runs)
{
	static const double yes_no[] = {0.9, 1};
	static const double skewed[] = {0.05, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 0.9, 1};
	static const struct
	{
		const char *name;
		const double *cumulated;
		int			scores;
		int			of_control;
	}			cases[] = {
		{"one in ten", yes_no, lengthof(yes_no), 2},
		{"scores 0..10", skewed, lengthof(skewed), 2},
		{"scores 0..10, one in five to the control", skewed, lengthof(skewed), 5},
	};
	const double bound = 0.05 + 3 * sqrt(0.05 * 0.95 / runs);

	for (int i = 0; i < lengthof(cases); i++)
	{
		int			sequential;
		int			fixed;

		count_false_alarms(runs, cases[i].of_control, cases[i].cumulated, cases[i].scores,
						   &sequential, &fixed);
		printf("# %s: false alarms in %d runs of %d looks: sequential %.4f (at most %.4f), fixed %.4f\n",
			   cases[i].name, runs, LAST_LOOK / LOOKS_EVERY, (double) sequential / runs, bound,
			   (double) fixed / runs);
		ok((double) sequential / runs <= bound, "sequential intervals stay valid at every look");
		ok((double) fixed / runs > 0.15, "while a fixed test, looked at as often, does not");
	}
}

static void
test_welch_coverage(int runs)
{
	const CompareDesign design = design_of(COMPARE_FREQUENTIST, false);
	const double bound = 3 * sqrt(0.05 * 0.95 / runs);
	int			covered = 0;
	int			too_narrow = 0;

	for (int run = 0; run < runs; run++)
	{
		double		y[2][40];
		CompareArm	a;
		CompareArm	b;
		Comparison	c;

		for (int i = 0; i < 40; i++)
		{
			y[0][i] = 5 + 6 * random_normal();
			y[1][i] = 8 + random_normal();
		}
		a = arm_of_rows(y[0], 10);
		b = arm_of_rows(y[1], 40);
		c = compare_arms(&a, &b, &design);
		covered += c.lo <= 3 && 3 <= c.hi;
		too_narrow += fabs(c.difference - 3) > two_sided_t(0.95, 48) * c.std_error;
	}
	printf("# Welch: coverage %.4f in %d runs, 0.95 within %.4f\n", (double) covered / runs, runs, bound);
	ok(fabs((double) covered / runs - 0.95) <= bound, "Welch keeps its coverage, 10 wide answers against 40 narrow ones");
	ok((double) too_narrow / runs > 0.05 + bound, "n - 2 degrees of freedom would not");
}

/* ---------- The tests around ---------- */

static void
test_srm(void)
{
	double		chi2;
	double		p;

	ok(srm_chi_square((int64_t[]) {44700, 45489}, (double[]) {0.5, 0.5}, 2, &chi2, &p), "experiment-012");
	is_close(chi2, 6.90240494960583, 1e-9, "experiment-012 chi-square");
	is_close(p, 0.00860798781083626, 1e-9, "experiment-012 p");
	/* R: chisq.test(c(100, 210, 290), p = c(1, 2, 3) / 6) */
	srm_chi_square((int64_t[]) {100, 210, 290}, (double[]) {1, 2, 3}, 3, &chi2, &p);
	is_close(chi2, 0.833333333333333, 1e-12, "three arms: chi-square");
	is_close(p, 0.659240630200444, 1e-12, "three arms: p");
	ok(!srm_chi_square((int64_t[]) {0, 0}, (double[]) {1, 1}, 2, &chi2, &p), "nobody observed");
}

static void
test_adjusted_p(void)
{
	static const double p[] = {0.00533824886503131, 0.8327574849753566, 0.1880573726722516,
	0.002026764254350234, NAN, 0.1309487516334318, 0.1076118730631731};
	/* R: p.adjust; holm is experiment-026 */
	static const double want[3][7] = {
		{0.02669124432515654, 0.8327574849753566, 0.4304474922526926, 0.0121605855261014, NAN, 0.4304474922526926, 0.4304474922526926},
		{0.0160147465950939, 0.8327574849753566, 0.2256688472067019, 0.0121605855261014, NAN, 0.1964231274501477, 0.1964231274501477},
		{0.0320294931901879, 1, 1, 0.0121605855261014, NAN, 0.7856925098005909, 0.6456712383790386},
	};

	for (int method = 0; method < 3; method++)
	{
		double		got[lengthof(p)];
		bool		same = true;

		memcpy(got, p, sizeof(p));
		adjust_p_values(got, lengthof(p), (AdjustMethod) method);
		for (int i = 0; i < lengthof(p); i++)
			same &= isnan(p[i]) ? isnan(got[i]) : fabs(got[i] - want[method][i]) < 1e-9;
		ok(same, adjust_method_names[method]);
	}
	adjust_p_values(NULL, 0, ADJUST_BH);
}

/* By the sum over binomials, for whole shapes: i more successes of b before its failures. */
static long double
exceeds_by_sum(int alpha_a, int beta_a, int alpha_b, int beta_b)
{
	long double sum = 0;

	for (int i = 0; i < alpha_b; i++)
		sum += expl(lgammal(alpha_a + i) + lgammal(beta_a + beta_b) - lgammal(alpha_a + i + beta_a + beta_b) -
					logl(beta_b + i) - (lgammal(1 + i) + lgammal(beta_b) - lgammal(1 + i + beta_b)) -
					(lgammal(alpha_a) + lgammal(beta_a) - lgammal(alpha_a + beta_a)));
	return sum;
}

static void
test_exceeds(int rounds)
{
	double		worst = 0;
	double		worst_sum = 0;

	for (int round = 0; round < rounds; round++)
	{
		int			shapes[4];
		double		p;

		for (int i = 0; i < 4; i++)
			shapes[i] = 1 + (int) exp(7 * random_share()) * (random_bits() % 3);
		p = beta_exceeds(shapes[0], shapes[1], shapes[2], shapes[3]);
		worst = fmax(worst, fabs(p - (double) exceeds_by_sum(shapes[0], shapes[1], shapes[2], shapes[3])));
		worst_sum = fmax(worst_sum, fabs(p + beta_exceeds(shapes[2], shapes[3], shapes[0], shapes[1]) - 1));
	}
	printf("# P(b > a): largest error %.2g in %d pairs, p(a, b) + p(b, a) - 1 %.2g\n", worst, rounds, worst_sum);
	ok(worst < 1e-10, "P(b > a) is the sum over binomials");
	ok(worst_sum < 1e-10, "P(b > a) and P(a > b) are 1 together");

	/* R: integrate over the logit, rel.tol = 1e-13 */
	is_close(beta_exceeds(51.5, 54.5, 53.5, 52.5), 0.60870048327798565, 1e-10, "P(b > a): prior 2.5, 3.5");
	is_close(beta_exceeds(1.5, 1.5, 3.5, 1.5), 0.73056198233278624, 1e-10, "P(b > a): Jeffreys' prior");
	is_close(beta_exceeds(0.5, 9.5, 0.5, 5.5), 0.58882870281363076, 1e-10, "P(b > a): Jeffreys' prior, no success");
	is_close(beta_exceeds(0.1, 4.1, 2.1, 30.1), 0.87545465616588203, 1e-10, "P(b > a): prior 0.1");

	/* By symmetry, and at the limits of what can be counted. */
	is_within(beta_exceeds(0.05, 0.05, 0.05, 0.05), 0.5, 1e-10, "P(b > a): nothing known, prior 0.05");
	is_within(beta_exceeds(1, 1e12, 1, 1e12), 0.5, 1e-10, "P(b > a): none of 1e12 twice");
	is_within(beta_exceeds(1, 1e12, 2, 1e12), 0.75, 1e-10, "P(b > a): none and one of 1e12");
	is_within(beta_exceeds(1e12, 1, 1e12, 2), 0.25, 1e-10, "P(b > a): all and all but one of 1e12");
	for (double n = 1e3; n < 2e12; n *= 1e3)
	{
		/* A little more than three standard errors apart; the normal limit is near from 1e9 on. */
		double		apart = 3 * sqrt(0.25 / n);
		double		p = beta_exceeds(0.5 * n, 0.5 * n, (0.5 + apart) * n, (0.5 - apart) * n);
		double		limit = 0;

		cx_normal_cdf(3 / sqrt(2), &limit);
		printf("# n = %g: %.12f, limit %.12f\n", n, p, limit);
		ok(fabs(p - limit) < 1 / n + 1e-10, "P(b > a): many counted, near the normal limit");
	}
}

static void
test_did(void)
{
	/* experiment-022, Card and Krueger (1994), table 3 */
	DidCell		cells[DID_CELLS] = {{75, 23.33, 100}, {75, 21.17, 100}, {309, 20.44, 100}, {309, 21.03, 100}};
	DiffInDiff	did = diff_in_diff(cells, 0.95);

	is_within(did.effect, 2.75, 1e-9, "experiment-022");
	is_close(did.df, 764, 1e-15, "n - 4 degrees of freedom");

	/* R: lm(y ~ t * a) on 1 2 5 3 4 | 5 4 3 2 2 4 | 2 3 3 6 | 7 8 5 6 9 */
	cells[CONTROL_BEFORE] = (DidCell) {5, 3, 10};
	cells[CONTROL_AFTER] = (DidCell) {6, 10.0 / 3, 22.0 / 3};
	cells[TREATED_BEFORE] = (DidCell) {4, 3.5, 9};
	cells[TREATED_AFTER] = (DidCell) {5, 7, 10};
	did = diff_in_diff(cells, 0.95);
	is_close(did.effect, 3.1666666666666679, 1e-12, "lm: effect");
	is_close(did.std_error, 1.3618053784916875, 1e-12, "lm: standard error");
	is_close(did.statistic, 2.3253445144812206, 1e-12, "lm: t");
	is_close(did.p_value, 0.0335296407646672, 1e-11, "lm: p");
	is_close(did.lo, 0.279768228294134, 1e-11, "lm: lo");
	is_close(did.hi, 6.053565105039201, 1e-11, "lm: hi");
	ok(did.note == NULL, "lm: nothing to note");

	for (int i = 0; i < DID_CELLS; i++)
		cells[i].squares = 0;
	did = diff_in_diff(cells, 0.95);
	ok(did.note != NULL && strcmp(did.note, "zero variance") == 0 && isnan(did.p_value) && isfinite(did.effect),
	   "zero variance: the effect alone");
	for (int i = 0; i < DID_CELLS; i++)
		cells[i].n = 1;
	did = diff_in_diff(cells, 0.95);
	ok(did.note != NULL && strcmp(did.note, "no more answers than cells") == 0 && isnan(did.lo), "one answer a cell");
	cells[TREATED_AFTER].n = 0;
	did = diff_in_diff(cells, 0.95);
	ok(did.note != NULL && strcmp(did.note, "a cell is empty") == 0 && isnan(did.effect), "an empty cell");
}

static void
test_sizes(void)
{
	/* R: power.t.test(delta, sd = 1, power, sig.level, tol = 1e-13)$n */
	static const double means[][4] = {
		{1, 0.9, 0.95, 22.0210955700938}, {0.5, 0.8, 0.95, 63.7657637248461},
		{0.2, 0.8, 0.95, 393.406656228128}, {0.5, 0.95, 0.99, 144.182703751331},
		{-3, 0.8, 0.95, 3.0700097469493}, {0.02, 0.8, 0.95, 39245.3590605332},
		{6, 0.9, 0.95, 2.11214173075919}, {30, 0.9, 0.95, 1.46225053185036},
	};
	/* R: power.prop.test(p1 =, p2 =, power =, sig.level =, tol = 1e-13)$n */
	static const double rates[][5] = {
		{0.5, 0.75, 0.9, 0.95, 76.7069284517774}, {0.1, 0.12, 0.8, 0.95, 3840.84748243627},
		{0.5, 0.55, 0.8, 0.99, 2328.51537116913}, {0.002, 0.001, 0.9, 0.95, 31472.9086434694},
		{0, 1, 0.8, 0.95, 1.92072941034708},
	};
	/* R: power.prop.test(n =, p1 =, p2 =, sig.level =)$power */
	static const double powers[][5] = {
		{0.015, 0.001, 550, 0.95, 0.741557634768098}, {0.5, 0.75, 50, 0.95, 0.740165901331388},
		{0.1, 0.12, 1000, 0.99, 0.125667158426817}, {0.3, 0.3, 100, 0.95, 0.025},
	};

	is_within(rate_sample_size(0.5, 0.75, 0.9, 0.95), 76.70692, 2e-5, "experiment-027");
	is_within(rate_power(0.015, 0.001, 550, 0.95), 0.74156, 1e-5, "experiment-029");
	for (int i = 0; i < lengthof(means); i++)
		is_close(mean_sample_size(means[i][0], means[i][1], means[i][2]), means[i][3], 1e-9, "size of a t test");
	for (int i = 0; i < lengthof(rates); i++)
		is_close(rate_sample_size(rates[i][0], rates[i][1], rates[i][2], rates[i][3]), rates[i][4], 1e-9, "size of a test of rates");
	for (int i = 0; i < lengthof(powers); i++)
		is_close(rate_power(powers[i][0], powers[i][1], powers[i][2], powers[i][3]), powers[i][4], 1e-11, "power of a test of rates");
	/* With so many answers the deviation is known: 2 (z / effect)^2. */
	is_close(mean_sample_size(1e-6, 0.8, 0.95), 2 * pow((two_sided_z(0.95) + 0.84162123357291441) / 1e-6, 2), 1e-9, "size of a t test, a small effect");
	ok(mean_sample_size(0.5, 0.03, 0.95) < 2 && !isfinite(mean_sample_size(1e-200, 0.8, 0.95)), "extreme sizes end");
	is_close(mean_sample_size(1e-100, 0.8, 0.95), 15.697759468698171e200, 1e-9, "size of a t test, next to no effect");
	ok(mean_sample_size(1e9, 0.8, 0.95) < 1.2, "a huge effect");
	ok(isnan(rate_power(0, 0, 100, 0.95)) && rate_power(0, 1, 100, 0.95) == 1, "power without variance");
}

int
main(void)
{
	const int	seed = environment("COMPARE_SEED", 20240617);
	const int	runs = environment("COMPARE_RUNS", 1000);

	random_state = seed;
	printf("# seed %d, runs %d\n", seed, runs);
	test_growthbook();
	test_welch();
	test_shares();
	test_notes();
	test_adjustment();
	test_sequential_coverage(runs);
	test_welch_coverage(20 * runs);
	test_srm();
	test_adjusted_p();
	test_exceeds(300);
	test_did();
	test_sizes();
	return done();
}
