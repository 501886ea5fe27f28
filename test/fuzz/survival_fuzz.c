/*
 * survival_fuzz.c
 *	  Kaplan-Meier and what is read from it, against the definitions, row by row.
 *
 * An input has two bytes a row: a duration, and what became of it.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "value/survival_math.h"

#define MOST_ROWS 200

static size_t
make_rows(uint8_t *out)
{
	const uint32_t durations = one_in(2) ? 6 : 256;
	const uint32_t outcomes = one_in(4) ? 1 : 256;
	size_t		size = 2 * (1 + random_below(one_in(5) ? MOST_ROWS : 20));

	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t) random_below(i % 2 == 0 ? durations : outcomes);
	return size;
}

const FuzzTarget fuzz_target = {"survival", make_rows, NULL, 0};

/* ---------- The rows, and the definitions ---------- */

typedef struct Sample
{
	size_t		n;
	double		duration[MOST_ROWS];
	bool		observed[MOST_ROWS];
} Sample;

static void
read_sample(Sample *sample, const uint8_t *data, size_t size)
{
	sample->n = 0;
	for (size_t i = 0; i + 2 <= size && sample->n < MOST_ROWS; i += 2)
	{
		/* In tenths; some far apart. */
		sample->duration[sample->n] = data[i] >= 250 ? pow(10, data[i] - 250.0) : data[i] / 10.0;
		sample->observed[sample->n++] = data[i + 1] % 3 != 0 || data[i + 1] == 0;
	}
}

static Multiset *
multiset_of(const Sample *sample)
{
	Multiset   *m = multiset_new(SURVIVAL_WORDS);
	Multiset   *stored;

	for (size_t i = 0; i < sample->n; i++)
	{
		const uint64_t key = survival_key(sample->duration[i], sample->observed[i]);

		CHECK(survival_key_duration(key) == sample->duration[i] && survival_key_observed(key) == sample->observed[i]);
		CHECK(multiset_add(&m, &key, 1) == MULTISET_OK);
	}
	CHECK(multiset_canonical(m, &stored) == MULTISET_OK);
	return stored;
}

/* Of the rows with a duration of at least t: all (-1), events (1) or censorings (0) at t. */
static int64_t
count_rows(const Sample *sample, double t, int observed)
{
	int64_t		rows = 0;

	for (size_t i = 0; i < sample->n; i++)
		rows += observed < 0 ? sample->duration[i] >= t : sample->duration[i] == t && sample->observed[i] == observed;
	return rows;
}

static double
next_duration(const Sample *sample, double after)
{
	double		next = INFINITY;

	for (size_t i = 0; i < sample->n; i++)
		next = sample->duration[i] > after && sample->duration[i] < next ? sample->duration[i] : next;
	return next;
}

static bool
near(double got, long double want)
{
	return got == want || fabsl(got - want) <= 1e-11L * fabsl(want) || (isnan(got) && isnan(want));
}

/* ---------- What has to hold ---------- */

static void
interval_holds(const SurvivalPoint *point, int64_t rows)
{
	for (int method = SURVIVAL_LOG_LOG; method <= SURVIVAL_PLAIN; method++)
	{
		Estimate	estimate = survival_interval(point, rows, 1.96, (SurvivalMethod) method);

		CHECK(estimate.value == point->survival && estimate.responses == rows);
		if (point->survival == 0)
			CHECK(isnan(estimate.lo) && isnan(estimate.hi));
		else if (point->survival < 1 || method != SURVIVAL_LOG_LOG)
			CHECK(estimate.lo >= 0 && estimate.lo <= point->survival && estimate.hi >= point->survival && estimate.hi <= 1 && estimate.std_error >= 0);
	}
}

/* The curve, and everything that is read from it at its steps and between them. */
static void
curve_holds(const Sample *sample, const Multiset *durations)
{
	long double survival = 1;
	long double greenwood = 0;
	long double hazard = 0;
	long double area = 0;
	double		before = 0;
	SurvivalWalk walk;

	survival_open(&walk, durations);
	for (double t = next_duration(sample, -1); isfinite(t); t = next_duration(sample, t))
	{
		const int64_t at_risk = count_rows(sample, t, -1);
		const int64_t events = count_rows(sample, t, 1);

		area += survival * (t - before);
		CHECK(near(survival_restricted_mean(durations, t), area));
		CHECK(t == before || near(survival_at(durations, before + (t - before) / 2), survival));
		survival *= 1 - (long double) events / at_risk;
		greenwood += events == at_risk ? INFINITY : (long double) events / ((long double) at_risk * (at_risk - events));
		hazard += (long double) events / at_risk;
		CHECK(survival_next(&walk));
		CHECK(walk.point.duration == t && walk.point.at_risk == at_risk);
		CHECK(walk.point.events == events && walk.point.censored == count_rows(sample, t, 0));
		CHECK(near(walk.point.survival, survival) && near(walk.point.hazard, hazard) && near(walk.point.greenwood, greenwood));
		CHECK(near(survival_at(durations, t), survival));
		interval_holds(&walk.point, durations->total);
		before = t;
	}
	CHECK(!survival_next(&walk));
	CHECK(survival == 0 ? survival_at(durations, before * 2 + 1) == 0 : isnan(survival_at(durations, before * 2 + 1)));
	CHECK(survival == 0 ? near(survival_restricted_mean(durations, before * 2 + 1), area) : isnan(survival_restricted_mean(durations, before * 2 + 1)));
}

static void
quantile_holds(const Multiset *durations)
{
	const double p = random_below(101) / 100.0;
	const double at = survival_quantile(durations, p);
	SurvivalWalk walk;

	survival_open(&walk, durations);
	if (at == 0 && p == 0)
		return;
	while (survival_next(&walk) && (isnan(at) || walk.point.duration < at))
		CHECK(walk.point.survival > (1 - p) * (1 + 1e-13));
	if (!isnan(at))
		CHECK(walk.point.duration == at && walk.point.survival <= (1 - p) * (1 + 1e-11));
}

/* Mantel's sums over all durations of both samples. */
static void
logrank_holds(const Sample *a, const Sample *b, const Multiset *x, const Multiset *y)
{
	long double excess = 0;
	long double variance = 0;
	const double chi2 = survival_logrank(x, y);

	for (double t = fmin(next_duration(a, -1), next_duration(b, -1)); isfinite(t); t = fmin(next_duration(a, t), next_duration(b, t)))
	{
		const long double n_a = count_rows(a, t, -1);
		const long double n = n_a + count_rows(b, t, -1);
		const long double d_a = count_rows(a, t, 1);
		const long double d = d_a + count_rows(b, t, 1);

		excess += d_a - d * n_a / n;
		if (n > 1)
			variance += d * (n_a / n) * (1 - n_a / n) * (n - d) / (n - 1);
	}
	if (variance < 1e-15L)
		CHECK(isnan(chi2) || chi2 >= 0);
	else
		CHECK(fabsl(chi2 - excess * excess / variance) <= 1e-9L * (1 + chi2));
	CHECK((isnan(chi2) && isnan(survival_logrank(y, x))) || fabs(survival_logrank(y, x) - chi2) <= 1e-9 * (1 + chi2));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Sample sample;
	static Sample other;
	Multiset   *durations;

	fuzz_begin(data, size);
	read_sample(&sample, data, size);
	fuzz_accepted++;
	if (sample.n > 0)
	{
		durations = multiset_of(&sample);
		CHECK(survival_problem(durations) == NULL);
		curve_holds(&sample, durations);
		quantile_holds(durations);
		read_sample(&other, data + size / 3, size - size / 3);
		if (other.n > 0)
			logrank_holds(&sample, &other, durations, multiset_of(&other));
	}
	fuzz_free_all();
	return 0;
}
