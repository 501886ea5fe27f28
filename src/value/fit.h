/*
 * fit.h
 *	  Maximum likelihood with few parameters, all of them positive.
 *
 * Plain C. The search is a damped Newton's method in the logarithms of the
 * parameters, with exact first and second derivatives: where the likelihood
 * has a maximum inside, it is found to the last digits in about ten
 * evaluations; where it rises towards a border, the search follows it there
 * and ends.
 */
#ifndef CX_FIT_H
#define CX_FIT_H

#include <stdbool.h>

#define FIT_PARAMETERS 4

/* A border: parameters outside exp(-12)..exp(12) are none that data of people give. */
#define FIT_BORDER 12.0

/* A parameter that may be 400 times as large or as small, within its 95 % interval, is not known. */
#define FIT_UNCERTAIN 3.0

/* A function of the parameters' logarithms, and its derivatives there. */
typedef struct FitPoint
{
	double		value;
	double		gradient[FIT_PARAMETERS];
	double		hessian[FIT_PARAMETERS * FIT_PARAMETERS];	/* n x n */
} FitPoint;

/* Minus the mean log-likelihood at u[n]; false where it is not a number. */
typedef bool (*FitFunction) (const double *u, const void *data, FitPoint *point);

typedef struct Fit
{
	bool		converged;		/* a point with no slope was reached */
	int			evaluations;
	double		u[FIT_PARAMETERS];
	FitPoint	point;			/* at u */
} Fit;

/* Searches from `start`; false when the function has no value there. */
extern bool fit_minimise(int n, FitFunction function, const void *data, const double *start, Fit *fit);

/*
 * The covariance of the parameters exp(u) themselves, from the curvature at u of
 * minus the mean log-likelihood of `rows`. False where it is not a minimum.
 */
extern bool fit_covariance(int n, const Fit *fit, double rows, double *covariance);

/*
 * Whether the data say anything about each parameter: its standard error is no
 * more than FIT_UNCERTAIN times the parameter. False too where the covariance is not finite.
 */
extern bool fit_is_certain(int n, const double *theta, const double *covariance);

/* Derivatives by the parameters become those by their logarithms, in place; theta[n] are the parameters. */
extern void fit_to_logarithms(int n, const double *theta, FitPoint *point);

/* No number is missing or infinite. */
extern bool fit_point_is_finite(int n, const FitPoint *point);

/* From sums over `rows` to the mean, and to minus it, in place. */
extern void fit_to_mean(int n, double rows, FitPoint *point);

/* All parameters are inside exp(-FIT_BORDER)..exp(FIT_BORDER). */
extern bool fit_inside_borders(int n, const double *theta);

/* Adds to an element of the hessian and to its mirror. */
static inline void
fit_add_symmetric(FitPoint *point, int n, int i, int j, double amount)
{
	point->hessian[i * n + j] += amount;
	if (i != j)
		point->hessian[j * n + i] += amount;
}

/* Adds the penalty ridge * sum of u^2. */
extern void fit_add_ridge(int n, const double *u, double ridge, FitPoint *point);

#endif							/* CX_FIT_H */
