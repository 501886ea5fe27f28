/*
 * chart_test.c
 *	  Limits, rules, EWMA and CUSUM of control charts against their definitions.
 *
 * The second sources: figures of R's qcc and of Montgomery's book; each rule by
 * hand, where exactly it fires and where it just does not; the definitions over
 * whole series in long double. CHART_SEED and CHART_ROUNDS in the environment
 * change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/chart_math.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define MOST_POINTS 60

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
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
	return isnan(want) ? isnan(got) : fabs(got - want) <= tolerance * fmax(1, fabs(want));
}

/* ---------- Figures of others ---------- */

/* Means of the first 25 samples of pistonrings, and what qcc says of their center and sigma. */
static const double pistonrings[] = {
	74.0102, 74.0006, 74.008, 74.003, 74.0034, 73.9956, 74.0, 73.9968, 74.0042, 73.998, 73.9942, 74.0014, 73.9984,
	73.9902, 74.006, 73.9966, 74.0008, 74.0074, 73.9982, 74.0092, 73.9998, 74.0016, 74.0024, 74.0052, 73.9982
};
static const double rings_center = 74.001176;
static const double rings_deviation = 0.0097850386930353;	/* of one of five */

static void
test_cusum_figures(void)
{
	static const double high[] = {
		1.56215612037841, 0.930529133975764, 1.98994329238263, 1.90676208267444, 1.91498850241533, 0.140766147894377,
		0, 0, 0.191041678639034, 0, 0, 0, 0, 0, 0.602376011161495, 0, 0, 0.922302714234881, 0, 1.33363704675734,
		0.519194801453303, 0.116086888671726, 0, 0.419560752263345, 0
	};
	static const double low[] = {
		0, 0, 0, 0, 0, -0.774222354520949, -0.542960785098827, -1.04296025127255, 0, -0.225776577823252,
		-1.31992563541434, -0.768737362918831, -0.903106311293008, -2.91133166337809, -1.3089556522166,
		-1.85465893311324, -1.44058210479296, 0, -0.180072763100338, 0, 0, 0, 0, 0, -0.180072763100338
	};
	static const double values[] = {1.5, 0.5, 0.6, -1.5, -0.5, -0.8};
	static const double highs[] = {1, 1, 1.1, 0, 0, 0};
	static const double lows[] = {0, 0, 0, -1, -1, -1.3};
	Cusum		rings = {0, 0};
	Cusum		cusum = {0, 0};
	bool		right = true;

	for (int i = 0; i < lengthof(pistonrings); i++)
	{
		cusum_add(&rings, (pistonrings[i] - rings_center) / (rings_deviation / sqrt(5)), 0.5);
		right = right && near(rings.high, high[i], 1e-6) && near(rings.low, low[i], 1e-6);
	}
	ok(right, "spc-009: cusum of pistonrings");
	right = true;
	for (int i = 0; i < lengthof(values); i++)
	{
		cusum_add(&cusum, values[i], 0.5);
		right = right && near(cusum.high, highs[i], 1e-12) && near(cusum.low, lows[i], 1e-12);
	}
	ok(right, "spc-010: cusum by hand");
}

static void
test_ewma_figures(void)
{
	static const double rings[] = {
		74.0029808, 74.00250464, 74.003603712, 74.0034829696, 74.00346637568, 74.001893100544, 74.0015144804352,
		74.0005715843482, 74.0012972674785, 74.0006378139828, 73.9993502511863, 73.999760200949, 73.9994881607592,
		73.9976305286074, 73.9993044228859, 73.9987635383087, 73.999170830647, 74.0008166645176, 74.0002933316141,
		74.0020746652913, 74.001619732233, 74.0016157857864, 74.0017726286291, 74.0024581029033, 74.0016064823227
	};
	static const double values[] = {11, 13, 12};
	static const double averages[] = {10.5, 11.75, 11.875};
	static const double deviations[] = {1, 1.118033988749895, 1.14564392373896};
	Ewma		ewma = {rings_center, 0};
	Ewma		small = {10, 0};
	bool		right = true;

	for (int i = 0; i < lengthof(pistonrings); i++)
	{
		const double sigma = rings_deviation / sqrt(5);

		ewma_add(&ewma, pistonrings[i], 0.2);
		right = right && near(ewma.value, rings[i], 1e-12);
		if (i == 0)
			right = right && near(rings_center - CHART_LIMIT * sigma * sqrt(ewma.variance), 73.9985503985984, 1e-12) &&
				near(rings_center + CHART_LIMIT * sigma * sqrt(ewma.variance), 74.0038016014016, 1e-12);
	}
	ok(right, "spc-012: EWMA of pistonrings");
	right = true;
	for (int i = 0; i < lengthof(values); i++)
	{
		ewma_add(&small, values[i], 0.5);
		right = right && near(small.value, averages[i], 1e-12) && near(2 * sqrt(small.variance), deviations[i], 1e-12);
	}
	ok(right, "spc-011: EWMA by hand");
}

static void
test_limit_figures(void)
{
	static const double viscosity[] = {
		34.05, 34.4, 33.59, 35.96, 34.7, 33.51, 33.79, 34.04, 34.52, 33.75, 33.27, 33.71, 34.03, 34.58, 34.02, 33.97,
		34.05, 34.04, 33.73, 34.05
	};
	/* Cans of frozen orange juice, 30 samples of 50 (Montgomery, Statistical Quality Control, chapter 7). */
	static const int cans[] = {
		12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6
	};
	ChartScale	scale = chart_scale(viscosity, lengthof(viscosity));
	ChartMean	shares[lengthof(cans)];
	double		sigma;
	bool		right = true;

	is_close(scale.center, 34.088, 1e-12, "spc-008: center of viscosity");
	is_close(scale.sigma, 0.507652108995894, 1e-12, "spc-008: sigma");
	is_close(scale.center - CHART_LIMIT * scale.sigma, 32.5650436730123, 1e-12, "spc-008: lower limit");
	is_close(scale.center + CHART_LIMIT * scale.sigma, 35.6109563269877, 1e-12, "spc-008: upper limit");

	for (int i = 0; i < lengthof(cans); i++)
		shares[i] = (ChartMean) {cans[i] / 50.0, cans[i] / 50.0, 50};
	scale = chart_scale_of_means(shares, lengthof(cans));
	sigma = chart_sigma_of_mean(&scale, &shares[0]) / scale.dispersion;
	ok(near(scale.center, 0.2313, 5e-5) && near(scale.center - 3 * sigma, 0.0524, 5e-5) &&
	   near(scale.center + 3 * sigma, 0.4102, 5e-5), "p chart of orange juice as printed");
	for (int i = 0; i < lengthof(cans); i++)
		right = right && (shares[i].value > scale.center + 3 * sigma) == (i + 1 == 15 || i + 1 == 23);
	ok(right, "samples 15 and 23 are out");
}

/* ---------- Rules by hand ---------- */

/* With center 0 and sigma 1 the rule fires at the last point, alone and first. Near misses: no rule fires at all. */
typedef struct RuleCase
{
	ChartRuleSet set;
	int			rule;			/* 0: none */
	int			n;
	double		values[20];
} RuleCase;

#define WE CHART_WESTERN_ELECTRIC
#define NE CHART_NELSON

static const RuleCase rule_cases[] = {
	{WE, 1, 3, {0.5, -0.5, 3.1}},
	{WE, 0, 3, {0.5, -0.5, 3}},
	{WE, 2, 3, {2.1, 0.1, 2.1}},
	{WE, 2, 2, {2.1, 2.1}},
	{WE, 0, 3, {2.1, 0.1, -2.1}},
	{WE, 0, 3, {2.1, 0.1, 2}},
	{WE, 0, 4, {2.1, 0.1, 0.1, 2.1}},
	{WE, 0, 3, {2.1, NAN, 2.1}},
	{WE, 3, 5, {1.1, 1.1, -0.1, 1.1, 1.1}},
	{WE, 0, 5, {1.1, 1.1, -0.1, 1.1, 1}},
	{WE, 0, 5, {1.1, 1.1, -1.1, -1.1, 1.1}},
	{WE, 0, 6, {1.1, 1.1, -0.1, -0.1, 1.1, 1.1}},
	{WE, 0, 5, {1.1, 1.1, NAN, 1.1, 1.1}},
	{WE, 4, 8, {0.5, 0.1, 0.5, 0.9, 0.5, 0.1, 0.5, 0.1}},
	{WE, 0, 7, {0.5, 0.1, 0.5, 0.9, 0.5, 0.1, 0.5}},
	{WE, 0, 8, {0.5, 0.1, 0.5, 0.9, 0.5, 0.1, 0.5, 0}},
	{WE, 0, 9, {0.5, 0.1, 0.5, 0.9, NAN, 0.5, 0.1, 0.5, 0.1}},
	{NE, 1, 3, {0.5, -0.5, 3.1}},
	{NE, 0, 3, {0.5, -0.5, 3}},
	{NE, 2, 9, {0.5, 0.1, 0.5, 0.9, 0.5, 0.1, 0.5, 0.1, 0.2}},
	{NE, 0, 8, {0.5, 0.1, 0.5, 0.9, 0.5, 0.1, 0.5, 0.1}},
	{NE, 0, 9, {0.5, 0.1, 0.5, 0.9, 0.5, 0, 0.5, 0.1, 0.2}},
	{NE, 3, 6, {-1, -0.6, -0.2, 0.2, 0.6, 1}},
	{NE, 0, 5, {-0.6, -0.2, 0.2, 0.6, 1}},
	{NE, 0, 6, {-1, -0.6, -0.2, -0.2, 0.6, 1}},
	{NE, 0, 7, {-1, -0.6, -0.2, NAN, 0.2, 0.6, 1}},
	{NE, 4, 14, {0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5}},
	{NE, 0, 13, {0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5}},
	{NE, 0, 14, {0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5}},
	{NE, 5, 3, {2.1, 0.1, 2.1}},
	{NE, 0, 3, {2.1, 0.1, -2.1}},
	{NE, 6, 5, {1.1, 1.1, -0.1, 1.1, 1.1}},
	{NE, 0, 5, {1.1, 1.1, -0.1, 1.1, 1}},
	{NE, 7, 15, {1, 1, -1, -1, 0.5, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5}},
	{NE, 0, 15, {1, 1, -1, -1, 0.5, 0.5, -0.5, -0.5, 1.1, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5}},
	{NE, 0, 14, {1, 1, -1, -1, 0.5, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5, -0.5, 0.5, 0.5}},
	{NE, 8, 8, {1.5, 1.5, -1.5, -1.5, 1.5, 1.5, -1.5, -1.5}},
	{NE, 0, 8, {1.5, 1.5, -1.5, -1.5, 1, 1.5, -1.5, -1.5}},
	{NE, 0, 7, {1.5, 1.5, -1.5, -1.5, 1.5, 1.5, -1.5}},
	/* spc-027; spc-023 is below. */
	{NE, 8, 8, {1.2, -1.3, 1.1, -1.4, 1.5, -1.2, 1.3, -1.1}}
};

/* At sign * values * sigma about a center. */
static bool
rule_case_holds(const RuleCase *one, double sign, double center, double sigma)
{
	ChartHistory history = {.any = false};

	for (int i = 0; i < one->n; i++)
	{
		const unsigned fired = chart_next(&history, one->set, center + sign * sigma * one->values[i], center, sigma);

		if (fired != (i == one->n - 1 && one->rule > 0 ? 1u << (one->rule - 1) : 0))
			return false;
	}
	return true;
}

static void
test_rules_by_hand(void)
{
	static const double climb[] = {1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8};
	ChartHistory history = {.any = false};
	ChartHistory without = {.any = false};
	char		signal[CHART_SIGNAL_SIZE] = "as it was";
	bool		right = true;

	for (int i = 0; i < lengthof(rule_cases); i++)
	{
		const RuleCase *one = &rule_cases[i];
		char		name[80];

		snprintf(name, sizeof(name), "%s, %s %d: case %d", one->set == WE ? "Western Electric" : "Nelson",
				 one->rule > 0 ? "rule" : "no rule", one->rule, i);
		ok(rule_case_holds(one, 1, 0, 1) && rule_case_holds(one, -1, 0, 1) && rule_case_holds(one, 1, 1024, 8), name);
	}
	for (int i = 0; i < lengthof(climb); i++)
		right = right && ((chart_next(&history, NE, climb[i], 0, 1) & 8) != 0) == (i + 1 >= 14);
	ok(right, "spc-023: rule 4 fires at 14 and 15");
	right = true;
	for (int i = 0; i < 40; i++)
		right = right && chart_next(&without, NE, i, 0, NAN) == 0;
	ok(right, "no rule fires without sigma");
	ok(!chart_signal(0, signal) && strcmp(signal, "as it was") == 0, "no signal");
	ok(chart_signal(1u << 0 | 1u << 4, signal) && strcmp(signal, "rule 1, rule 5") == 0, "a signal names its rules");
	ok(chart_signal(0xFF, signal) && strlen(signal) < CHART_SIGNAL_SIZE, "the longest signal has room");
}

/* ---------- Rules by their definitions ---------- */

/* How many of the `of` points up to i lie beyond `zones` sigma on a side; a missing point ends the look back. */
static int
count_beyond(const double *values, int i, int of, double side, double center, double sigma, double zones)
{
	int			count = 0;

	for (int j = i; j >= 0 && j > i - of && !isnan(values[j]); j--)
		count += side * values[j] > side * (center + side * zones * sigma);
	return count;
}

static bool
k_of_n(const double *values, int i, int k, int of, double center, double sigma, double zones)
{
	for (double side = -1; side <= 1; side += 2)
	{
		if (count_beyond(values, i, 1, side, center, sigma, zones) == 1 &&
			count_beyond(values, i, of, side, center, sigma, zones) >= k)
			return true;
	}
	return false;
}

/* There are n points up to i without a missing one. */
static bool
has_points(const double *values, int i, int n)
{
	for (int j = 0; j < n; j++)
	{
		if (i - j < 0 || isnan(values[i - j]))
			return false;
	}
	return true;
}

static bool
six_in_a_row(const double *values, int i)
{
	int			up = 0;
	int			down = 0;

	if (!has_points(values, i, 6))
		return false;
	for (int j = i - 4; j <= i; j++)
	{
		up += values[j] > values[j - 1];
		down += values[j] < values[j - 1];
	}
	return up == 5 || down == 5;
}

static bool
fourteen_alternate(const double *values, int i)
{
	if (!has_points(values, i, 14))
		return false;
	for (int j = i - 11; j <= i; j++)
	{
		if (!((values[j] - values[j - 1]) * (values[j - 1] - values[j - 2]) < 0))
			return false;
	}
	return true;
}

/* How many of the `of` points up to i are more than sigma away; -1 where there are not as many points. */
static int
count_away(const double *values, int i, int of, double center, double sigma)
{
	int			count = 0;

	if (!has_points(values, i, of))
		return -1;
	for (int j = i - of + 1; j <= i; j++)
		count += values[j] > center + sigma || values[j] < center - sigma;
	return count;
}

static unsigned
rules_by_definition(ChartRuleSet set, const double *v, int i, double center, double sigma)
{
	unsigned	fired = 0;

	if (isnan(v[i]) || isnan(sigma))
		return 0;
	fired |= (unsigned) k_of_n(v, i, 1, 1, center, sigma, 3) << 0;
	if (set == CHART_WESTERN_ELECTRIC)
		return fired | (unsigned) k_of_n(v, i, 2, 3, center, sigma, 2) << 1 |
			(unsigned) k_of_n(v, i, 4, 5, center, sigma, 1) << 2 | (unsigned) k_of_n(v, i, 8, 8, center, sigma, 0) << 3;
	fired |= (unsigned) k_of_n(v, i, 9, 9, center, sigma, 0) << 1;
	fired |= (unsigned) six_in_a_row(v, i) << 2;
	fired |= (unsigned) fourteen_alternate(v, i) << 3;
	fired |= (unsigned) k_of_n(v, i, 2, 3, center, sigma, 2) << 4;
	fired |= (unsigned) k_of_n(v, i, 4, 5, center, sigma, 1) << 5;
	fired |= (unsigned) (sigma > 0 && count_away(v, i, 15, center, sigma) == 0) << 6;
	return fired | (unsigned) (count_away(v, i, 8, center, sigma) == 8) << 7;
}

/* A series with ties, missing points, drifts and saw teeth, about `offset`. */
static int
random_series(double *values, double offset)
{
	const int	n = random_below(MOST_POINTS + 1);
	const int	missing = random_below(3) == 0 ? 2 + random_below(20) : 1000000;
	const int	spread = random_below(10) == 0 ? 1 : 2 + random_below(40);
	const double drift = random_below(3) == 0 ? 0.3 * (int) random_below(9) - 1 : 0;
	const double tooth = random_below(3) == 0 ? random_below(30) : 0;

	for (int i = 0; i < n; i++)
		values[i] = random_below(missing) == 0 ? NAN : offset + 0.25 * random_below(spread) + drift * i + tooth * (i % 2);
	return n;
}

static void
test_rules_at_random(int rounds)
{
	int			wrong = 0;
	int			fired[2][8] = {{0}};
	bool		all = true;

	for (int round = 0; round < rounds; round++)
	{
		double		values[MOST_POINTS];
		const int	n = random_series(values, 0);
		const ChartScale scale = chart_scale(values, n);
		const double sigma = random_below(4) > 0 ? scale.sigma : 0.25 * random_below(12);

		for (int set = CHART_WESTERN_ELECTRIC; set <= CHART_NELSON; set++)
		{
			ChartHistory history = {.any = false};

			for (int i = 0; i < n; i++)
			{
				const unsigned want = rules_by_definition(set, values, i, scale.center, sigma);
				const double range = i > 0 ? fabs(values[i] - values[i - 1]) : NAN;

				wrong += !near(chart_moving_range(&history, values[i]), range, 0);
				wrong += chart_next(&history, set, values[i], scale.center, sigma) != want;
				for (int rule = 0; rule < 8; rule++)
					fired[set][rule] += (want >> rule) & 1;
			}
		}
	}
	for (int set = CHART_WESTERN_ELECTRIC; set <= CHART_NELSON; set++)
	{
		printf("# %s fired:", chart_rule_set_names[set]);
		for (int rule = 0; rule < (set == CHART_NELSON ? 8 : 4); rule++)
		{
			printf(" %d", fired[set][rule]);
			all = all && fired[set][rule] > 10;
		}
		printf("\n");
	}
	ok(wrong == 0 && all, "rules at random, as defined over the whole series");
}

/* ---------- Limits by their definitions ---------- */

static long double
sigma_by_definition(const long double *values, int n)
{
	long double sum = 0;
	int			ranges = 0;

	for (int i = 1; i < n; i++)
	{
		if (!isnan(values[i]) && !isnan(values[i - 1]))
		{
			sum += fabsl(values[i] - values[i - 1]);
			ranges++;
		}
	}
	return ranges == 0 ? NAN : sum / ranges / 1.128L;
}

static bool
scale_holds(const double *values, int n)
{
	const ChartScale scale = chart_scale(values, n);
	long double copies[MOST_POINTS];
	long double sum = 0;
	int			points = 0;

	for (int i = 0; i < n; i++)
	{
		copies[i] = values[i];
		sum += isnan(values[i]) ? 0 : values[i];
		points += !isnan(values[i]);
	}
	return near(scale.center, points == 0 ? NAN : (double) (sum / points), 1e-14) &&
		near(scale.sigma, points < 8 ? NAN : (double) sigma_by_definition(copies, n), 1e-12) && isnan(scale.dispersion);
}

/* Answers of -1, 0 and 1. */
static bool
scale_of_means_holds(int n)
{
	ChartMean	means[MOST_POINTS];
	long double z[MOST_POINTS];
	long double answers = 0;
	long double sum = 0;
	long double squares = 0;
	long double center;
	long double sigma;
	long double dispersion;
	const int	spread = 1 + random_below(60);
	const bool	steady = random_below(2) == 0;
	int			points = 0;
	ChartScale	scale;
	bool		right;

	for (int i = 0; i < n; i++)
	{
		const int	base = random_below(15) == 0 ? 0 : 1 + random_below(400);
		const int	highs = steady ? base * spread / 90 : (int) random_below(1 + base * spread / 60);
		const int	lows = steady ? base / 4 : (int) random_below(1 + (base - highs) / 2);

		means[i] = (ChartMean) {base > 0 ? (double) (highs - lows) / base : NAN, (double) (highs + lows) / fmax(base, 1), base};
		answers += base;
		sum += highs - lows;
		squares += highs + lows;
		points += base > 0;
	}
	scale = chart_scale_of_means(means, n);
	center = points == 0 ? NAN : sum / answers;
	sigma = points < 8 ? NAN : sqrtl(squares / answers - center * center);
	for (int i = 0; i < n; i++)
		z[i] = (means[i].value - center) / (sigma / sqrtl(means[i].base));
	dispersion = sigma_by_definition(z, n);
	if (!(dispersion >= 1))
		dispersion = points < 8 ? NAN : 1;
	right = near(scale.center, (double) center, 1e-14) && near(scale.sigma, (double) sigma, 1e-12) &&
		near(scale.dispersion, (double) dispersion, 1e-11);
	for (int i = 0; i < n; i++)
		right = right && near(chart_sigma_of_mean(&scale, &means[i]),
							  isnan(means[i].value) ? NAN : (double) (sigma / sqrtl(means[i].base) * dispersion), 1e-11);
	return right;
}

static void
test_scales(int rounds)
{
	double		values[MOST_POINTS];
	ChartMean	means[MOST_POINTS];
	ChartScale	scale;
	int			wrong = 0;
	bool		right = true;

	for (int round = 0; round < rounds; round++)
		wrong += !scale_holds(values, random_series(values, random_below(2) == 0 ? 0 : 1e9));
	ok(wrong == 0, "center and sigma as defined");
	wrong = 0;
	for (int round = 0; round < rounds; round++)
		wrong += !scale_of_means_holds(random_below(MOST_POINTS + 1));
	ok(wrong == 0, "center, sigma and dispersion of means as defined");

	for (int n = 1; n <= MOST_POINTS; n++)
	{
		values[n - 1] = 0.1;
		means[n - 1] = (ChartMean) {0.3, 0.3, 10.0 * n};
		scale = chart_scale(values, n);
		right = right && scale.center == 0.1 && (n < 8 ? isnan(scale.sigma) : scale.sigma == 0);
		right = right && chart_scale_of_means(means, n).center == 0.3;
	}
	ok(right, "equal values have that center, to the bit, and no variance");
	for (int i = 0; i < 20; i++)
	{
		values[i] = i % 2 == 0 ? i : NAN;
		means[i] = (ChartMean) {1, 1, 10 + i};
	}
	scale = chart_scale(values, 20);
	ok(scale.center == 9 && isnan(scale.sigma), "no sigma without a moving range");
	scale = chart_scale_of_means(means, 20);
	ok(scale.center == 1 && scale.sigma == 0 && scale.dispersion == 1, "all yes: no variance, no dispersion");
}

/* ---------- EWMA and CUSUM by their definitions ---------- */

static void
test_sums(int rounds)
{
	int			wrong = 0;
	int			far = 0;

	for (int round = 0; round < rounds; round++)
	{
		const double lambda = (1 + random_below(1000)) / 1000.0;
		const double k = 0.25 * random_below(8);
		const double start = 5;
		double		values[MOST_POINTS];
		Ewma		ewma = {start, 0};
		Cusum		cusum = {0, 0};

		for (int i = 0; i < MOST_POINTS; i++)
		{
			long double average = powl(1 - (long double) lambda, i + 1) * start;
			long double variance = lambda / (2 - (long double) lambda) * (1 - powl(1 - (long double) lambda, 2 * (i + 1)));
			long double high = 0;
			long double low = 0;
			long double sum = 0;

			values[i] = 0.1 * random_below(100) - 4;
			ewma_add(&ewma, values[i], lambda);
			cusum_add(&cusum, values[i], k);
			for (int j = i; j >= 0; j--)
			{
				average += lambda * powl(1 - (long double) lambda, i - j) * values[j];
				sum += values[j];
				high = fmaxl(high, sum - k * (i - j + 1));
				low = fminl(low, sum + k * (i - j + 1));
			}
			wrong += !near(ewma.value, (double) average, 1e-12) || !near(ewma.variance, (double) variance, 1e-12);
			wrong += !near(cusum.high, (double) high, 1e-12) || !near(cusum.low, (double) low, 1e-12);
			far += high > 5;
		}
	}
	ok(wrong == 0 && far > 0, "EWMA is the weighted sum, CUSUM the largest sum that ends here");
}

int
main(void)
{
	const int	seed = environment("CHART_SEED", 11);
	const int	rounds = environment("CHART_ROUNDS", 3000);

	printf("# seed %d, %d rounds\n", seed, rounds);
	random_state = seed;
	test_limit_figures();
	test_ewma_figures();
	test_cusum_figures();
	test_rules_by_hand();
	test_rules_at_random(rounds);
	test_scales(rounds);
	test_sums(rounds / 10);
	return done();
}
