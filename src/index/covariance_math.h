/*
 * covariance_math.h
 *	  Means and centred cross-products of several variables, row by row and merged.
 *
 * Plain C, no PostgreSQL. Variable 0 is the outcome. Every sum is kept about
 * the mean and never about 0, so that a large mean costs no digits: Welford's
 * step for a row (with means of twice the digits, because the last one of a
 * large mean is more than a row of a million moves it), and for two sets of rows Chan, Golub and LeVeque, "Updating
 * formulae and a pairwise algorithm for computing sample variances" (1979).
 */
#ifndef CX_COVARIANCE_MATH_H
#define CX_COVARIANCE_MATH_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The most variables, the outcome among them. */
#define COVARIANCE_VARIABLES 64

/* What is known of n rows; the arrays belong to somebody else. */
typedef struct Covariances
{
	int			k;				/* variables */
	int64_t		n;				/* rows */
	double	   *means;			/* k of them */
	double	   *products;		/* covariance_cells(k) of them: use covariance_product() */
	double	   *lows;			/* while rows come: what the means lack, k of them; else NULL */
} Covariances;

/* The cells of the upper triangle, diagonal included. */
static inline int
covariance_cells(int k)
{
	return k * (k + 1) / 2;
}

/* Where the pair i, j stands in the triangle, which goes row by row. */
static inline int
covariance_cell(int k, int i, int j)
{
	return i <= j ? i * k - i * (i - 1) / 2 + j - i : j * k - j * (j - 1) / 2 + i - j;
}

/* The sum over rows of (x_i - mean_i) (x_j - mean_j). */
static inline double
covariance_product(const Covariances *c, int i, int j)
{
	return c->products[covariance_cell(c->k, i, j)];
}

/* The sample covariance of i and j, the variance where they are the same; NaN below two rows. */
static inline double
covariance_of(const Covariances *c, int i, int j)
{
	return c->n < 2 ? NAN : covariance_product(c, i, j) / (double) (c->n - 1);
}

/* Adds one row of finite numbers: the outcome and k - 1 covariates. */
extern void covariances_add(Covariances *c, double outcome, const double *covariates);

/* Adds the rows of b, which has as many variables; a may be empty (n = 0, all numbers 0). */
extern void covariances_merge(Covariances *a, const Covariances *b);

/* Whether no sum has left the range of a float8. */
extern bool covariances_finite(const Covariances *c);

/* Why numbers from outside cannot be those of n rows, NULL when they can. */
extern const char *covariances_problem(const Covariances *c);

#endif							/* CX_COVARIANCE_MATH_H */
