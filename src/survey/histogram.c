/*
 * histogram.c
 *	  Sums, shares, moments and linearised errors of counted answers.
 *
 * The standard error of a weighted mean of f is Taylor's linearisation for a
 * sample of independent respondents (Särndal, Swensson, Wretman 1992, 5.5; R's
 * survey::svymean with ids = ~1):
 *
 *	  SE^2 = n/(n-1) * sum_k W2_k (f_k - m)^2 / W^2
 *
 * where f is the value that a metric gives to score k and m its weighted mean.
 */
#include <math.h>
#include <string.h>

#include "survey/histogram.h"

/* Halves of the total weight this close are equal: sums of weights are not exact. */
#define TIE 1e-12

void
histogram_init(ScoreHistogram *h, int first, int last, bool weighted)
{
	h->first = first;
	h->slots = last - first + 1;
	h->weighted = weighted;
	memset(h->counts, 0, h->slots * sizeof(h->counts[0]));
	memset(h->weights, 0, h->slots * sizeof(h->weights[0]));
	memset(h->squares, 0, h->slots * sizeof(h->squares[0]));
}

ScoreBase
histogram_base(const ScoreHistogram *h)
{
	ScoreBase	base = {0, 0, 0, 0};

	for (int i = 0; i < h->slots; i++)
	{
		base.responses += h->counts[i];
		base.weight += h->weights[i];
		base.squares += h->squares[i];
	}
	if (base.responses == 0)
		return base;

	/* In this order neither factor overflows for weights far from 1. */
	base.effective_base = h->weighted
		? base.weight / base.squares * base.weight
		: (double) base.responses;
	return base;
}

bool
histogram_outside(const ScoreHistogram *h, int lo, int hi, int *score)
{
	if (h->first >= lo && h->first + h->slots - 1 <= hi)
		return false;
	for (int i = 0; i < h->slots; i++)
	{
		if (h->counts[i] != 0 && (h->first + i < lo || h->first + i > hi))
		{
			*score = h->first + i;
			return true;
		}
	}
	return false;
}

int64_t
histogram_count(const ScoreHistogram *h, int score)
{
	return histogram_count_between(h, score, score);
}

int64_t
histogram_count_between(const ScoreHistogram *h, int lo, int hi)
{
	int64_t		count = 0;

	for (int i = 0; i < h->slots; i++)
	{
		if (h->first + i >= lo && h->first + i <= hi)
			count += h->counts[i];
	}
	return count;
}

double
histogram_share(const ScoreHistogram *h, int lo, int hi)
{
	double		inside = 0;
	double		weight = 0;

	for (int i = 0; i < h->slots; i++)
	{
		weight += h->weights[i];
		if (h->first + i >= lo && h->first + i <= hi)
			inside += h->weights[i];
	}
	return inside / weight;
}

double
histogram_net_share(const ScoreHistogram *h, int bottom, int top)
{
	double		tops = 0;
	double		bottoms = 0;
	double		weight = 0;

	for (int i = 0; i < h->slots; i++)
	{
		weight += h->weights[i];
		if (h->first + i >= top)
			tops += h->weights[i];
		if (h->first + i <= bottom)
			bottoms += h->weights[i];
	}
	return (tops - bottoms) / weight;
}

double
histogram_mean(const ScoreHistogram *h)
{
	double		sum = 0;
	double		weight = 0;

	/* From 0, not from `first`: empty slots at the ends must not change a bit. */
	for (int i = 0; i < h->slots; i++)
	{
		sum += h->weights[i] * (h->first + i);
		weight += h->weights[i];
	}
	return sum / weight;
}

double
histogram_stddev(const ScoreHistogram *h)
{
	ScoreBase	base = histogram_base(h);
	double		mean = histogram_mean(h);
	double		sum = 0;

	if (base.responses < 2)
		return NAN;
	for (int i = 0; i < h->slots; i++)
	{
		double		distance = h->first + i - mean;

		sum += h->weights[i] * distance * distance;
	}
	return sqrt(sum / base.weight * ((double) base.responses / (base.responses - 1)));
}

double
histogram_median(const ScoreHistogram *h)
{
	double		weight = histogram_base(h).weight;
	double		tie = h->weighted ? weight * TIE : 0;
	double		below = 0;
	double		lower = NAN;

	for (int i = 0; i < h->slots; i++)
	{
		double		rest;

		if (h->weights[i] == 0)
			continue;
		below += h->weights[i];
		rest = weight - below;
		if (isnan(lower) && below >= rest - tie)
			lower = h->first + i;
		if (below > rest + tie)
			return (lower + h->first + i) / 2;
	}
	return lower;
}

/* What a metric gives to each score; `bottom` and `top` as the net share takes them. */
typedef double (*ScoreValue) (int score, int bottom, int top);

static double
score_itself(int score, int bottom, int top)
{
	(void) bottom;
	(void) top;
	return score;
}

static double
score_sign(int score, int bottom, int top)
{
	return (score >= top) - (score <= bottom);
}

static double
linearised_error(const ScoreHistogram *h, ScoreValue value, double mean, int bottom, int top)
{
	ScoreBase	base = histogram_base(h);
	double		sum = 0;

	if (base.responses < 2)
		return NAN;
	for (int i = 0; i < h->slots; i++)
	{
		double		distance = value(h->first + i, bottom, top) - mean;

		/* Divided at once, so that no weight is too large to be squared again. */
		sum += h->squares[i] / base.weight * distance * distance / base.weight;
	}
	return sqrt(sum * ((double) base.responses / (base.responses - 1)));
}

double
histogram_mean_error(const ScoreHistogram *h)
{
	return linearised_error(h, score_itself, histogram_mean(h), 0, 0);
}

double
histogram_net_error(const ScoreHistogram *h, int bottom, int top)
{
	return linearised_error(h, score_sign, histogram_net_share(h, bottom, top), bottom, top);
}
