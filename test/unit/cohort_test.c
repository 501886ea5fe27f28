/*
 * cohort_test.c
 *	  Payback, discounting, the projection of retention and exact sums against their definitions.
 *
 * The second sources: the definitions in long double; figures of Fader and
 * Hardie (2007); the likelihood of a curve by lgamma, looked at around the fit;
 * sbg.h where no period is missing. COHORT_SEED and COHORT_ROUNDS in the
 * environment change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "value/cohort_math.h"
#include "value/exact_sum.h"
#include "value/sbg.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define MOST_CELLS 60

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

static double
random_share(void)
{
	return (random_below(1u << 30) + 0.5) / (1u << 30);
}

static int
environment(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : atoi(value);
}

static bool
near(double got, double want, double tolerance)
{
	return got == want || fabs(got - want) <= tolerance * fabs(want);
}

/* ---------- Payback ---------- */

static void
test_payback_figures(void)
{
	const double cumulated[] = {20, 33, 41, 47, 52, 56, 59.5};
	Payback		payback = {0, false, 0};
	Payback		free_of_cost = {0, false, 0};
	Payback		tenths = {0, false, 0};
	bool		none_before = true;

	for (int k = 0; k < lengthof(cumulated); k++)
	{
		payback_add(&payback, k, cumulated[k] - (k > 0 ? cumulated[k - 1] : 0), 56);
		none_before = none_before && payback.reached == (k >= 5);
	}
	ok(none_before && payback.periods == 6.0, "cac-008: 56 are back with the sixth period");
	payback_add(&free_of_cost, 3, -10, 0);
	ok(free_of_cost.reached && free_of_cost.periods == 0, "what costs nothing is back at once");
	for (int k = 0; k < 10; k++)
		payback_add(&tenths, k, 0.1, 1);
	ok(tenths.margin < 1 && tenths.reached && tenths.periods == 10, "ten tenths are one");
}

static void
test_payback(int rounds)
{
	int			wrong = 0;
	int			reached = 0;
	int			equal = 0;

	for (int round = 0; round < rounds; round++)
	{
		double		margins[MOST_CELLS];
		int32_t		periods[MOST_CELLS];
		const int	n = 1 + random_below(MOST_CELLS);
		const bool	whole = random_below(2) == 0;
		double		cost = whole ? random_below(300) : 300 * random_share();
		long double sum = 0;
		double		want = -1;
		Payback		payback = {0, false, 0};

		for (int i = 0; i < n; i++)
		{
			periods[i] = (i > 0 ? periods[i - 1] + 1 : 0) + (random_below(4) == 0 ? random_below(5) : 0);
			margins[i] = whole ? (int) random_below(60) - 20 : 60 * random_share() - 20;
		}
		for (int i = 0; i < n; i++)
		{
			const long double before = sum;

			sum += margins[i];
			if (want < 0 && cost == 0)
				want = 0;
			else if (want < 0 && sum >= cost)
			{
				want = (double) (periods[i] + (cost - before) / margins[i]);
				equal += sum == cost;
			}
			payback_add(&payback, periods[i], margins[i], cost);
			if (payback.reached != (want >= 0) || (want >= 0 && !near(payback.periods, want, 1e-12)))
				wrong++;
		}
		reached += want >= 0;
	}
	printf("# %d cohorts, %d paid back, %d of them to the cent\n", rounds, reached, equal);
	ok(wrong == 0 && reached > rounds / 10 && equal > 0 && reached < rounds, "payback as defined, after each period");
}

static void
test_discount(void)
{
	const double rates[] = {0, 0.01, 0.1, -0.05, 3};
	bool		right = true;

	for (int i = 0; i < lengthof(rates); i++)
	{
		long double by_hand = 1;

		for (int period = 0; period < 400; period++, by_hand /= 1 + (long double) rates[i])
			right = right && near(cohort_discount(rates[i], period), (double) by_hand, 1e-13);
	}
	ok(right, "discounting, period by period");
}

/* ---------- Retention ---------- */

/* ln S(t) from its definition B(alpha, beta + t) / B(alpha, beta). */
static long double
log_survivor(long double alpha, long double beta, int32_t t)
{
	return lgammal(beta + t) + lgammal(alpha + beta) - lgammal(alpha + beta + t) - lgammal(beta);
}

/* The log-likelihood of the cells: who left between two of them, and who is left at the end. */
static long double
loglik(const RetentionCell *cells, size_t n, long double alpha, long double beta)
{
	long double sum = cells[n - 1].active * log_survivor(alpha, beta, cells[n - 1].period);

	for (size_t i = 1; i < n; i++)
		sum += (cells[i - 1].active - cells[i].active) *
			logl(expl(log_survivor(alpha, beta, cells[i - 1].period)) - expl(log_survivor(alpha, beta, cells[i].period)));
	return sum;
}

/* No point around is likelier by more than nothing: a hundred thousandth in the logarithm. */
static bool
is_highest(const RetentionCell *cells, size_t n, const RetentionModel *model)
{
	const long double top = loglik(cells, n, model->alpha, model->beta);

	for (double step = 1e-3; step < 2; step *= 3)
	{
		for (int i = -1; i <= 1; i++)
		{
			for (int j = -1; j <= 1; j++)
			{
				if ((i != 0 || j != 0) &&
					loglik(cells, n, model->alpha * exp(step * i), model->beta * exp(step * j)) >
					top + 1e-5L + 1e-14L * fabsl(top))
					return false;
			}
		}
	}
	return true;
}

/* Active customers of a random curve, while there are ten; with holes in the periods where asked. */
static size_t
random_cells(RetentionCell *cells, bool holes)
{
	const double alpha = exp(3 * random_share() - 1.5);
	const double beta = exp(3 * random_share() - 1);
	const double customers = 100 + random_below(100000);
	const int	n = 4 + random_below(MOST_CELLS - 4);

	cells[0] = (RetentionCell) {0, customers};
	for (int i = 1; i < n; i++)
	{
		const int32_t period = cells[i - 1].period + 1 + (holes && random_below(3) == 0 ? random_below(400) : 0);
		double		active = customers * (double) expl(log_survivor(alpha, beta, period)) * (0.99 + 0.02 * random_share());

		if (i >= 4 && active < 10)
			return i;
		cells[i] = (RetentionCell) {period, fmin(active, cells[i - 1].active)};
	}
	return n;
}

static void
test_published(void)
{
	/* Survival in percent, and S(8..12) fitted to years 1..7, of cases sbg-002 and of the paper, figure 6. */
	static const double high_end[] = {100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1};
	static const double regular[] = {100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1};
	static const double ahead[] = {0.46043967183296763, 0.43577959002102123, 0.4141723978904794,
	0.3950553431796649, 0.3779990716210754};
	RetentionCell cells[2][8];
	RetentionModel model;
	bool		right = true;

	for (int k = 0; k < 8; k++)
	{
		cells[0][k] = (RetentionCell) {k, 10 * high_end[k]};
		cells[1][k] = (RetentionCell) {k, 10 * regular[k]};
	}
	retention_fit(cells[0], 8, &model);
	ok(model.identified && near(model.alpha, 0.668088, 1e-6) && near(model.beta, 3.806095, 1e-6), "high-end: .668088, 3.806095");
	for (int k = 0; k < 5; k++)
		right = right && near(retention_project(&model, 8 + k), ahead[k], 1e-8);
	ok(right, "high-end: S(8..12) as published");
	retention_fit(cells[1], 8, &model);
	ok(model.identified && near(model.alpha, 0.704077, 1e-6) && near(model.beta, 1.182043, 1e-6), "regular: .704077, 1.182043");
}

static void
test_fit(int rounds)
{
	RetentionCell cells[MOST_CELLS];
	SbgRow		rows[MOST_CELLS];
	RetentionModel model;
	SbgFit		sbg;
	int			same = 0;
	int			identified = 0;
	int			highest = 0;
	int			fitted = 0;

	for (int round = 0; round < rounds; round++)
	{
		size_t		n = random_cells(cells, false);

		retention_fit(cells, n, &model);
		for (size_t i = 1; i < n; i++)
			rows[i - 1] = (SbgRow) {i, cells[i - 1].active - cells[i].active, i == n - 1 ? cells[i].active : 0};
		sbg_fit(rows, n - 1, 0, &sbg);
		same += model.identified == sbg.identified &&
			(!model.identified || (near(model.alpha, sbg.alpha, 1e-6) && near(model.beta, sbg.beta, 1e-6)));
		identified += model.identified;

		n = random_cells(cells, true);
		retention_fit(cells, n, &model);
		fitted += model.identified;
		highest += model.identified && is_highest(cells, n, &model);
	}
	printf("# %d of %d curves as sbg.h, %d of %d with holes at the highest point\n", same, rounds, highest, fitted);
	ok(same == rounds && identified >= rounds * 9 / 10, "without holes the fit is that of sbg.h");
	ok(fitted >= rounds * 9 / 10 && highest == fitted, "with holes no point around is likelier");
}

/* True when nothing is identified, and what there is is finite. */
static bool
not_identified(const RetentionCell *cells, size_t n)
{
	RetentionModel model;

	retention_fit(cells, n, &model);
	return !model.identified && isfinite(model.alpha) && isfinite(model.beta);
}

static void
test_degenerate(void)
{
	const RetentionCell one[] = {{0, 100}};
	const RetentionCell two[] = {{0, 100}, {1, 80}};
	const RetentionCell none_lost[] = {{0, 100}, {1, 100}, {2, 100}, {3, 100}};
	const RetentionCell all_lost[] = {{0, 100}, {1, 0}, {2, 0}};
	const RetentionCell nobody[] = {{0, 0}, {1, 0}, {2, 0}};
	const RetentionCell late[] = {{1, 100}, {2, 80}, {3, 70}};
	const RetentionCell alike[] = {{0, 1024}, {1, 512}, {2, 256}, {3, 128}};
	const RetentionCell rising[] = {{0, 100}, {1, 60}, {2, 61}, {3, 50}};
	const RetentionCell growing[] = {{0, 100}, {1, 110}, {2, 120}};
	const RetentionCell huge[] = {{0, 1e300}, {1, 7e299}, {2, 6e299}, {INT32_MAX, 1e299}};
	RetentionModel model;

	ok(not_identified(NULL, 0) && not_identified(one, 1) && not_identified(two, 2), "less than three cells say too little");
	ok(not_identified(none_lost, 4) && not_identified(all_lost, 3), "none lost, all lost");
	ok(not_identified(nobody, 3) && not_identified(late, 3), "nobody in period 0, no period 0");
	ok(not_identified(alike, 4), "a constant rate is a border");
	ok(not_identified(growing, 3), "growth is no retention");
	ok(retention_rise(rising, 4) == 2 && retention_rise(alike, 4) == 4 && retention_rise(NULL, 0) == 0, "where it rises");
	retention_fit(huge, 4, &model);
	ok(isfinite(model.alpha) && isfinite(model.beta), "large numbers stay numbers");
}

static void
test_project(void)
{
	RetentionModel walk = {0.7, 1.2, true, 0, 1};
	RetentionModel jump = walk;
	bool		right = true;

	for (int32_t t = 0; t < 3000; t++)
		right = right && near(retention_project(&walk, t), sbg_survivor(0.7, 1.2, t), 1e-12);
	ok(right, "S step by step");
	right = true;
	for (int32_t t = 1; t < 500000000; t = t * 2 + 300)
		right = right && near(retention_project(&jump, t), (double) expl(log_survivor(0.7L, 1.2L, t)), 1e-8);
	ok(right && retention_project(&jump, INT32_MAX) > 0, "S in jumps");
}

/* ---------- Exact sums ---------- */

static void
test_exact_sum(int rounds)
{
	const ExactSum zero = {0, 0, 0};
	double		amounts[1000];
	int			order_free = 0;
	int			removed = 0;
	int			exact = 0;

	for (int round = 0; round < rounds; round++)
	{
		const int	n = 1 + random_below(lengthof(amounts));
		ExactSum	sum = zero;
		ExactSum	shuffled = zero;
		ExactSum	merged = zero;
		bool		all = true;
		int64_t		sixtyfourths = 0;
		ExactSum	whole = zero;

		for (int i = 0; i < n; i++)
		{
			const int64_t number = (int64_t) random_below(1u << 30) * random_below(1u << 20) - (INT64_C(1) << 49);

			amounts[i] = random_below(2) == 0 ? ((int) random_below(2000000000) - 1000000000) / 100.0 : ldexp(random_share() - 0.5, random_below(50) - 1);
			if (fabs(amounts[i]) < 0.004)
				amounts[i] = 0;
			all = all && exact_sum_add(&sum, amounts[i]);
			sixtyfourths += number;
			all = all && exact_sum_add(&whole, number / 64.0);
		}
		exact += all && exact_sum_total(&whole) == sixtyfourths / 64.0 && sum.rest == 0;
		for (int i = n - 1; i >= 0; i--)
			exact_sum_add(i % 2 == 0 ? &shuffled : &merged, amounts[i]);
		exact_sum_merge(&shuffled, &merged);
		order_free += memcmp(&sum, &shuffled, sizeof(ExactSum)) == 0;
		for (int i = 0; i < n; i++)
			all = exact_sum_remove(&sum, amounts[i]) && all;
		removed += all && memcmp(&sum, &zero, sizeof(ExactSum)) == 0;
	}
	ok(exact == rounds, "a sum of 64ths is that of whole numbers");
	ok(order_free == rounds, "any order, and merged: the same bytes");
	ok(removed == rounds, "what came goes without a trace");
}

static void
test_exact_sum_ends(void)
{
	const double inexact[] = {1e-20, 5e-324, 0.0030000000000000005, ldexp(1, -61), 9007199254740994.0, 1e300};
	const double exact[] = {0, -0.0, 0.004, 0.01, 0.1, 1e15, -0.07, ldexp(1, -60), -9007199254740992.0};
	bool		refused = true;
	bool		taken = true;
	ExactSum	sum = {0, 0, 0};

	for (int i = 0; i < lengthof(inexact); i++)
	{
		ExactSum	one = {0, 0, 0};

		refused = refused && exact_sum_add(&one, inexact[i]) && exact_sum_total(&one) == inexact[i] && one.rest == inexact[i] &&
			!exact_sum_remove(&one, inexact[i]);
	}
	for (int i = 0; i < lengthof(exact); i++)
	{
		ExactSum	one = {0, 0, 0};

		taken = taken && exact_sum_add(&one, exact[i]) && exact_sum_total(&one) == exact[i] && exact_sum_remove(&one, exact[i]) &&
			one.whole == 0 && one.parts == 0 && one.rest == 0;
	}
	ok(refused, "the smallest and the largest are added as they are, and not taken out");
	ok(taken, "money comes and goes");
	for (int i = 0; i < 1024; i++)
		taken = taken && exact_sum_add(&sum, EXACT_SUM_LARGEST) == (i < 1023);
	ok(taken, "a sum past 2^63 is said");
	sum = (ExactSum) {0, 0, 1e308};
	ok(!exact_sum_add(&sum, 1e308), "and one past float8");
}

int
main(void)
{
	const int	rounds = environment("COHORT_ROUNDS", 300);
	const int	seed = environment("COHORT_SEED", 20240229);

	random_state = (uint64_t) seed;
	printf("# COHORT_SEED=%d COHORT_ROUNDS=%d\n", seed, rounds);
	test_payback_figures();
	test_payback(rounds * 10);
	test_discount();
	test_published();
	test_fit(rounds);
	test_degenerate();
	test_project();
	test_exact_sum(rounds);
	test_exact_sum_ends();
	return done();
}
