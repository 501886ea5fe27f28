/*
 * survival_test.c
 *	  Survival against R's figures and against its definitions, worked out row by row.
 *
 * The figures are of R 4.2.2, survival 3.5-3, over the Gehan data (6-MP against
 * placebo; Freireich et al. 1963) and over small samples given with each.
 * SURVIVAL_SEED and SURVIVAL_ROUNDS in the environment change the seed and the
 * rounds of random samples.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/memory.h"
#include "numerics/distributions.h"
#include "tap.h"
#include "value/survival_math.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* The two-sided 95 % quantile of the normal distribution. */
#define Z95 1.959963984540054

#define MAX_ROWS 60

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* ---------- Samples ---------- */

typedef struct Sample
{
	int			n;
	double		duration[MAX_ROWS];
	bool		observed[MAX_ROWS];
} Sample;

static Multiset *
summary_of(const Sample *sample)
{
	Multiset   *m = multiset_new(SURVIVAL_WORDS);
	Multiset   *summary;

	for (int i = 0; i < sample->n; i++)
	{
		uint64_t	key = survival_key(sample->duration[i], sample->observed[i]);
		Multiset   *now = m;

		if (multiset_add(&now, &key, 1) != MULTISET_OK)
			exit(1);
		if (now != m)
			cx_free(m);
		m = now;
	}
	if (multiset_canonical(m, &summary) != MULTISET_OK)
		exit(1);
	cx_free(m);
	return summary;
}

static const Sample treated = {21,
	{6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35},
	{1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}
};
static const Sample placebo = {21,
	{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23},
	{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
};

/* ---------- Definitions, row by row ---------- */

static int
rows_at_least(const Sample *sample, double t)
{
	int			n = 0;

	for (int i = 0; i < sample->n; i++)
		n += sample->duration[i] >= t;
	return n;
}

static int
events_at(const Sample *sample, double t)
{
	int			n = 0;

	for (int i = 0; i < sample->n; i++)
		n += sample->duration[i] == t && sample->observed[i];
	return n;
}

static double
last_of(const Sample *sample)
{
	double		last = 0;

	for (int i = 0; i < sample->n; i++)
		last = fmax(last, sample->duration[i]);
	return last;
}

/* The durations are whole numbers here: the product over all of them up to t. */
static double
survival_of(const Sample *sample, double t, double *greenwood, double *hazard)
{
	double		survival = 1;

	*greenwood = 0;
	*hazard = 0;
	for (int u = 0; u <= t; u++)
	{
		const double n = rows_at_least(sample, u);
		const double d = events_at(sample, u);

		if (d == 0)
			continue;
		survival *= 1 - d / n;
		*greenwood += d / (n * (n - d));
		*hazard += d / n;
	}
	return survival < 1e-14 ? 0 : survival;
}

static double
logrank_of(const Sample *a, const Sample *b)
{
	double		observed = 0;
	double		expected = 0;
	double		variance = 0;

	for (int t = 0; t <= fmax(last_of(a), last_of(b)); t++)
	{
		const double na = rows_at_least(a, t);
		const double n = na + rows_at_least(b, t);
		const double d = events_at(a, t) + events_at(b, t);

		if (n == 0)
			break;
		observed += events_at(a, t);
		expected += d * na / n;
		if (n > 1)
			variance += d * na * (n - na) * (n - d) / (n * n * (n - 1));
	}
	return variance < 1e-14 ? NAN : (observed - expected) * (observed - expected) / variance;
}

static bool
near(double got, double want)
{
	return isnan(want) ? isnan(got) : fabs(got - want) <= 1e-12 * fmax(1, fabs(want));
}

/* ---------- Random samples ---------- */

static Sample
random_sample(int most_rows, int range)
{
	Sample		sample = {.n = 1 + random_below(most_rows)};
	const int	open = random_below(5);

	for (int i = 0; i < sample.n; i++)
	{
		sample.duration[i] = random_below(range);
		sample.observed[i] = random_below(4) >= open;
	}
	return sample;
}

/* S, its error and the hazard at every time, quantiles and areas. */
static bool
round_of_curve(void)
{
	const int	range = 1 + random_below(20);
	const Sample sample = random_sample(MAX_ROWS, range);
	Multiset   *summary = summary_of(&sample);
	const double last = last_of(&sample);
	const double p = (1 + random_below(999)) / 1000.0;
	double		quantile = NAN;
	double		area = 0;
	bool		good = survival_problem(summary) == NULL;
	SurvivalWalk walk;
	double		greenwood;
	double		hazard;

	for (int t = 0; t <= range; t++)
	{
		const double survival = survival_of(&sample, t, &greenwood, &hazard);
		const bool	known = t <= last || survival == 0;
		const Estimate plain = survival_estimate(summary, t, Z95, SURVIVAL_PLAIN);

		good &= near(survival_at(summary, t), known ? survival : NAN);
		good &= near(survival_at(summary, t + 0.5), t + 0.5 < last || survival == 0 ? survival : NAN);
		good &= near(plain.std_error, known && survival > 0 ? survival * sqrt(greenwood) : NAN);
		good &= near(survival_restricted_mean(summary, t), known ? area : NAN);
		area += survival;
		if (t <= last && isnan(quantile) && survival <= 1 - p + 1e-13)
			quantile = t;
	}
	good &= near(survival_quantile(summary, p), quantile);

	survival_open(&walk, summary);
	while (survival_next(&walk))
	{
		const double t = walk.point.duration;
		const double survival = survival_of(&sample, t, &greenwood, &hazard);

		good &= near(walk.point.survival, survival) && near(walk.point.hazard, hazard);
		good &= walk.point.at_risk == rows_at_least(&sample, t);
		good &= walk.point.events == events_at(&sample, t);
		good &= walk.point.at_risk - walk.point.events - walk.point.censored ==
			rows_at_least(&sample, t + 1);
	}
	cx_free(summary);
	return good;
}

static bool
round_of_logrank(void)
{
	const int	range = 1 + random_below(20);
	const Sample a = random_sample(MAX_ROWS, range);
	const Sample b = random_sample(MAX_ROWS, range);
	Multiset   *first = summary_of(&a);
	Multiset   *second = summary_of(&b);
	const double want = logrank_of(&a, &b);
	const bool	good = near(survival_logrank(first, second), want) &&
		near(survival_logrank(second, first), want);

	cx_free(first);
	cx_free(second);
	return good;
}

/* ---------- Figures ---------- */

static void
test_gehan(void)
{
	static const struct
	{
		double		t;
		double		survival;
		double		std_error;
		double		lo[3];
		double		hi[3];
	}			figures[] = {
		{6, 0.8571428571428571, 0.076360354832121252,
			{0.61971795526598394, 0.71981708391627042, 0.70747931182520041},
			{0.95155174764699701, 1, 1}},
		{7, 0.80672268907563016, 0.086935285180057192,
			{0.56314656462223334, 0.65312421846217106, 0.63633266113699938},
			{0.92280901920288039, 0.99644367590865912, 0.97711271701426095}},
		{13, 0.69019607843137243, 0.106814707775009815,
			{0.43161022248618408, 0.50961309910178021, 0.48084309817318271},
			{0.84906596334945061, 0.93476919553613003, 0.89954905868956214}},
		{22, 0.53781512605042003, 0.128233751693033970,
			{0.26777893676713499, 0.33703661615768471, 0.28648159112962135},
			{0.74679071763539440, 0.85820084804466479, 0.78914866097121872}},
		{35, 0.44817927170868338, 0.134591456755760425,
			{0.18805200595923241, 0.24878822681765961, 0.18438486384061287},
			{0.68014262849524132, 0.80737204552907704, 0.71197367957675395}},
	};
	const Multiset *summary = summary_of(&treated);
	const Multiset *other = summary_of(&placebo);
	double		p;

	for (int i = 0; i < lengthof(figures); i++)
	{
		for (int method = SURVIVAL_LOG_LOG; method <= SURVIVAL_PLAIN; method++)
		{
			const Estimate e = survival_estimate(summary, figures[i].t, Z95, method);

			is_close(e.value, figures[i].survival, 1e-13, survival_method_names[method]);
			is_close(e.std_error, figures[i].std_error, 1e-13, "its standard error");
			is_close(e.lo, figures[i].lo[method], 1e-12, "its lower end");
			is_close(e.hi, figures[i].hi[method], 1e-12, "its upper end");
		}
	}
	ok(survival_quantile(summary, 0.5) == 23 && survival_quantile(summary, 0.25) == 13 &&
	   isnan(survival_quantile(summary, 0.75)), "quantiles of the treated");
	ok(survival_quantile(other, 0.5) == 8 && survival_quantile(other, 0.25) == 4 &&
	   survival_quantile(other, 0.75) == 12, "quantiles of the others");
	is_close(survival_restricted_mean(summary, 30), 21.0464985994397722, 1e-14, "mean up to 30");
	is_close(survival_restricted_mean(summary, 35), 23.287394957983192, 1e-14, "mean up to 35");
	ok(isnan(survival_restricted_mean(summary, 35.5)), "nothing is known past 35");
	is_close(survival_restricted_mean(other, 23), 8.6666666666666661, 1e-14, "the plain mean");
	is_close(survival_restricted_mean(other, INFINITY), 8.6666666666666661, 1e-14,
			 "and of all who ended");
	is_close(survival_logrank(summary, other), 16.792940989216525, 1e-12, "log-rank");
	ok(cx_chi_square_upper(1, survival_logrank(summary, other), &p), "it has a p value");
	is_close(p, 4.1688091093345626e-05, 1e-11, "which is R's");
}

static void
test_ends(void)
{
	const Sample one_event = {1, {5}, {true}};
	const Sample one_open = {1, {5}, {false}};
	const Sample at_zero = {3, {0, 0, 2}, {true, false, true}};
	const Multiset *event = summary_of(&one_event);
	const Multiset *open = summary_of(&one_open);
	Estimate	e = survival_estimate(event, 5, Z95, SURVIVAL_LOG_LOG);

	ok(survival_at(event, 4.9) == 1 && survival_at(event, 5) == 0 && survival_at(event, 99) == 0,
	   "one event");
	ok(e.value == 0 && isnan(e.std_error) && isnan(e.lo) && isnan(e.hi), "no interval at 0, as in R");
	e = survival_estimate(event, 1, Z95, SURVIVAL_LOG_LOG);
	ok(e.value == 1 && e.std_error == 0 && isnan(e.lo), "log-log has none at 1, as in R");
	e = survival_estimate(event, 1, Z95, SURVIVAL_LOG);
	ok(e.lo == 1 && e.hi == 1, "log has");
	ok(survival_at(open, 5) == 1 && isnan(survival_at(open, 5.1)), "one that is open");
	ok(isnan(survival_quantile(open, 0.5)) && survival_quantile(event, 1) == 5 &&
	   survival_quantile(open, 0) == 0, "quantiles");
	ok(isnan(survival_logrank(open, open)) && isnan(survival_logrank(event, event)),
	   "no variance, no test");
	is_close(survival_at(summary_of(&at_zero), 0), 2.0 / 3, 1e-15, "events at 0");
	ok(survival_key(-0.0, true) == survival_key(0.0, true), "-0 is 0");
}

/* A million events in even steps: the curve stays the share that is left. */
static void
test_many(void)
{
	const int	n = 1000000;
	Multiset   *m = multiset_new_sized(SURVIVAL_WORDS, n);
	bool		good = true;
	SurvivalWalk walk;

	for (int i = 0; i < n; i++)
	{
		uint64_t	key = survival_key(i * 0.5, true);

		good &= multiset_add(&m, &key, 1) == MULTISET_OK;
	}
	multiset_compact(m);
	survival_open(&walk, m);
	while (survival_next(&walk))
		good &= walk.point.survival == (double) (n - walk.next) / n;
	ok(good, "without censoring S is the share that is left, to the last digit");
	ok(survival_quantile(m, 0.5) == 0.5 * (n / 2 - 1), "so that the median is reached exactly");
	cx_free(m);
}

int
main(void)
{
	const char *seed = getenv("SURVIVAL_SEED");
	const char *rounds = getenv("SURVIVAL_ROUNDS");
	const int	n_rounds = rounds != NULL ? atoi(rounds) : 2000;
	bool		curve = true;
	bool		logrank = true;

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 19630101;
	printf("# SURVIVAL_SEED=%" PRIu64 "\n", random_state);
	test_gehan();
	test_ends();
	test_many();
	for (int i = 0; i < n_rounds; i++)
	{
		curve &= round_of_curve();
		logrank &= round_of_logrank();
	}
	ok(curve, "random samples: the curve is the one of the definition");
	ok(logrank, "random samples: so is the log-rank test");
	return done();
}
