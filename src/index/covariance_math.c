/*
 * covariance_math.c
 *	  Means and centred cross-products of several variables, row by row and merged.
 */
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "index/covariance_math.h"

/* gcc leaves such loops alone at -O2. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize ("tree-vectorize", "vect-cost-model=dynamic")
#endif

/* How far rounding may take a product past the bound of Cauchy and Schwarz. */
#define SLACK 1e-6

/* Adds factor * d d' to the products; d has k elements. */
static inline __attribute__((always_inline)) void
add_square_of(double *restrict products, int k, const double *restrict d, double factor)
{
	for (int i = 0; i < k; i++)
	{
		double		scaled = factor * d[i];
		const double *restrict right = d + i;
		int			n = k - i;

		for (int j = 0; j < n; j++)
			products[j] += scaled * right[j];
		products += n;
	}
}

/* Four cells at once where the processor can, to the same bits: nearly all the time of a row goes here. */
#if defined(__x86_64__)
static __attribute__((target("avx2"))) void
add_square_avx2(double *products, int k, const double *d, double factor)
{
	add_square_of(products, k, d, factor);
}
#endif

static inline void
add_square(double *products, int k, const double *d, double factor)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
	{
		add_square_avx2(products, k, d, factor);
		return;
	}
#endif
	add_square_of(products, k, d, factor);
}

static inline double
low_of(const Covariances *c, int i)
{
	return c->lows == NULL ? 0 : c->lows[i];
}

/* Adds to a mean. What it cannot hold goes to the low part. */
static inline void
move_mean(Covariances *c, int i, double by)
{
	double		before = c->means[i];

	if (c->lows == NULL)
	{
		c->means[i] += by;
		return;
	}
	c->lows[i] += by;
	c->means[i] += c->lows[i];
	c->lows[i] -= c->means[i] - before;
}

void
covariances_add(Covariances *c, double outcome, const double *covariates)
{
	double		d[COVARIANCE_VARIABLES];
	double		share = 1 / (double) (++c->n);

	d[0] = outcome;
	if (c->k > 1)
		memcpy(d + 1, covariates, (c->k - 1) * sizeof(double));
	for (int i = 0; i < c->k; i++)
	{
		d[i] = (d[i] - c->means[i]) - low_of(c, i);
		move_mean(c, i, d[i] * share);
	}
	if (c->n > 1)
		add_square(c->products, c->k, d, 1 - share);
}

void
covariances_merge(Covariances *a, const Covariances *b)
{
	double		d[COVARIANCE_VARIABLES];
	double		share;
	int			cells = covariance_cells(a->k);

	if (b->n == 0)
		return;
	share = (double) b->n / ((double) a->n + (double) b->n);
	for (int i = 0; i < a->k; i++)
	{
		d[i] = (b->means[i] - a->means[i]) + (low_of(b, i) - low_of(a, i));
		move_mean(a, i, d[i] * share);
	}
	for (int i = 0; i < cells; i++)
		a->products[i] += b->products[i];
	if (a->n > 0)
		add_square(a->products, a->k, d, (double) a->n * share);
	a->n += b->n;
}

bool
covariances_finite(const Covariances *c)
{
	int			cells = covariance_cells(c->k);

	for (int i = 0; i < c->k; i++)
	{
		if (!isfinite(c->means[i]))
			return false;
	}
	for (int i = 0; i < cells; i++)
	{
		if (!isfinite(c->products[i]))
			return false;
	}
	return true;
}

const char *
covariances_problem(const Covariances *c)
{
	/* What the squares of very small deviations may have lost. */
	double		lost = (double) c->n * DBL_MIN;

	if (c->n < 1)
		return "There is no observation.";
	if (!covariances_finite(c))
		return "A number is not finite.";
	for (int i = 0; i < c->k; i++)
	{
		double		square = covariance_product(c, i, i);

		if (square < 0)
			return "A sum of squares is negative.";
		for (int j = 0; j < i; j++)
		{
			double		bound = sqrt(square + lost) * sqrt(covariance_product(c, j, j) + lost);

			if (fabs(covariance_product(c, i, j)) > (1 + SLACK) * bound)
				return "A cross-product is larger than its sums of squares allow.";
		}
		if (c->n == 1 && square != 0)
			return "One observation has no deviations.";
	}
	return NULL;
}
