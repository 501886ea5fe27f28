/*
 * chart_math.c
 *	  Control charts: limits and the rules that read them.
 *
 * A rule is a count among the last points that passed one test. The answers to
 * each test are kept as the bits of a number, shifted at each point, so that a
 * point costs the same whatever the rules look back at.
 */
#include <stdio.h>

#include "common/memory.h"
#include "experiment/chart_math.h"

/* d2 of two points: the mean range of two values from a normal distribution, in sigma. */
#define D2 1.128

#define ROWS_PER_CHECK 0xFFFFF

/* ---------- Limits ---------- */

/* Moving ranges, summed; starts all zero. */
typedef struct Ranges
{
	bool		any;			/* the last value was not missing */
	double		previous;
	size_t		count;
	double		sum;
} Ranges;

static inline void
ranges_add(Ranges *ranges, double value)
{
	if (isnan(value))
	{
		ranges->any = false;
		return;
	}
	if (ranges->any)
	{
		ranges->sum += fabs(value - ranges->previous);
		ranges->count++;
	}
	ranges->any = true;
	ranges->previous = value;
}

/* NaN without a range. */
static double
ranges_sigma(const Ranges *ranges)
{
	return ranges->count > 0 ? ranges->sum / ranges->count / D2 : NAN;
}

ChartScale
chart_scale(const double *values, size_t n)
{
	Ranges		ranges = {false, 0, 0, 0};
	size_t		points = 0;
	double		first = NAN;
	double		sum = 0;

	/* From the first value on, so that the mean of equal values is that value. */
	for (size_t i = 0; i < n; i++)
	{
		if ((i & ROWS_PER_CHECK) == ROWS_PER_CHECK)
			cx_check_interrupts();
		ranges_add(&ranges, values[i]);
		if (isnan(values[i]))
			continue;
		if (points++ == 0)
			first = values[i];
		sum += values[i] - first;
	}
	return (ChartScale) {
		.center = points > 0 ? first + sum / points : NAN,
		.sigma = points >= CHART_LEAST_POINTS ? ranges_sigma(&ranges) : NAN,
		.dispersion = NAN
	};
}

/* Mean moving range of the standardised points by d2; 1 where it is less, or nothing is known of it. */
static double
laney_dispersion(const ChartMean *means, size_t n, double center, double sigma)
{
	Ranges		ranges = {false, 0, 0, 0};

	if (sigma == 0)
		return 1;
	for (size_t i = 0; i < n; i++)
	{
		if ((i & ROWS_PER_CHECK) == ROWS_PER_CHECK)
			cx_check_interrupts();
		ranges_add(&ranges, (means[i].value - center) / (sigma / sqrt(means[i].base)));
	}
	return fmax(1, ranges_sigma(&ranges));
}

ChartScale
chart_scale_of_means(const ChartMean *means, size_t n)
{
	ChartScale	scale = {NAN, NAN, NAN};
	const ChartMean *first = NULL;
	size_t		points = 0;
	double		base = 0;
	double		value = 0;
	double		square = 0;

	for (size_t i = 0; i < n; i++)
	{
		if ((i & ROWS_PER_CHECK) == ROWS_PER_CHECK)
			cx_check_interrupts();
		if (isnan(means[i].value))
			continue;
		if (points++ == 0)
			first = &means[i];
		base += means[i].base;
		value += means[i].base * (means[i].value - first->value);
		square += means[i].base * (means[i].square - first->square);
	}
	if (points == 0)
		return scale;
	scale.center = first->value + value / base;
	if (points < CHART_LEAST_POINTS)
		return scale;
	scale.sigma = sqrt(fmax(0, first->square + square / base - scale.center * scale.center));
	scale.dispersion = laney_dispersion(means, n, scale.center, scale.sigma);
	return scale;
}

/* ---------- Rules ---------- */

/* Fires where the point passed one of the tests and so did `least` of the last `of` points. */
typedef struct ChartRule
{
	ChartTest	tests[2];
	int			least;
	int			of;
} ChartRule;

#define MOST_RULES 8

/* A rule of n rising points asks n - 1 of them to rise, and n alternating ones turn n - 2 times. */
static const struct
{
	int			n;
	ChartRule	rules[MOST_RULES];
}			rule_sets[] = {
	[CHART_WESTERN_ELECTRIC] = {4, {
		{{CHART_ABOVE_3, CHART_BELOW_3}, 1, 1},
		{{CHART_ABOVE_2, CHART_BELOW_2}, 2, 3},
		{{CHART_ABOVE_1, CHART_BELOW_1}, 4, 5},
		{{CHART_ABOVE, CHART_BELOW}, 8, 8}
	}},
	[CHART_NELSON] = {8, {
		{{CHART_ABOVE_3, CHART_BELOW_3}, 1, 1},
		{{CHART_ABOVE, CHART_BELOW}, 9, 9},
		{{CHART_RISING, CHART_FALLING}, 5, 5},
		{{CHART_TURNING, CHART_TURNING}, 12, 12},
		{{CHART_ABOVE_2, CHART_BELOW_2}, 2, 3},
		{{CHART_ABOVE_1, CHART_BELOW_1}, 4, 5},
		{{CHART_WITHIN_1, CHART_WITHIN_1}, 15, 15},
		{{CHART_BEYOND_1, CHART_BEYOND_1}, 8, 8}
	}}
};

const char *const chart_rule_set_names[] = {"western_electric", "nelson", NULL};

static inline bool
passed_often(unsigned passed, int least, int of)
{
	unsigned	points = passed & ((1u << of) - 1);
	int			count = 0;

	if ((passed & 1) == 0)
		return false;
	for (; points != 0; points &= points - 1)
		count++;
	return count >= least;
}

static unsigned
rules_that_fire(const ChartHistory *history, ChartRuleSet set)
{
	unsigned	fired = 0;

	for (int i = 0; i < rule_sets[set].n; i++)
	{
		const ChartRule *rule = &rule_sets[set].rules[i];

		if (passed_often(history->passed[rule->tests[0]], rule->least, rule->of) ||
			passed_often(history->passed[rule->tests[1]], rule->least, rule->of))
			fired |= 1u << i;
	}
	return fired;
}

unsigned
chart_next(ChartHistory *history, ChartRuleSet set, double value, double center, double sigma)
{
	bool		passes[CHART_TESTS];

	if (isnan(value))
	{
		*history = (ChartHistory) {.any = false};
		return 0;
	}
	passes[CHART_ABOVE] = value > center;
	passes[CHART_BELOW] = value < center;
	passes[CHART_ABOVE_1] = value > center + sigma;
	passes[CHART_BELOW_1] = value < center - sigma;
	passes[CHART_ABOVE_2] = value > center + 2 * sigma;
	passes[CHART_BELOW_2] = value < center - 2 * sigma;
	passes[CHART_ABOVE_3] = value > center + CHART_LIMIT * sigma;
	passes[CHART_BELOW_3] = value < center - CHART_LIMIT * sigma;
	passes[CHART_BEYOND_1] = passes[CHART_ABOVE_1] || passes[CHART_BELOW_1];
	/* Points of no variance are not remarkably close to the center. */
	passes[CHART_WITHIN_1] = sigma > 0 && !passes[CHART_BEYOND_1];
	passes[CHART_RISING] = history->any && value > history->previous;
	passes[CHART_FALLING] = history->any && value < history->previous;
	passes[CHART_TURNING] = (passes[CHART_RISING] && (history->passed[CHART_FALLING] & 1)) ||
		(passes[CHART_FALLING] && (history->passed[CHART_RISING] & 1));

	for (int test = 0; test < CHART_TESTS; test++)
		history->passed[test] = (uint16_t) (history->passed[test] << 1 | passes[test]);
	history->any = true;
	history->previous = value;
	return isnan(sigma) ? 0 : rules_that_fire(history, set);
}

bool
chart_signal(unsigned fired, char *signal)
{
	char	   *end = signal;

	for (int i = 0; i < MOST_RULES; i++)
	{
		if (fired & (1u << i))
			end += sprintf(end, "%srule %d", end == signal ? "" : ", ", i + 1);
	}
	return fired != 0;
}
