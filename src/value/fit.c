/*
 * fit.c
 *	  Maximum likelihood with few parameters; see fit.h.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "numerics/linalg.h"
#include "value/fit.h"

#define MOST_EVALUATIONS 200

/* No slope: what is left of the mean of numbers near 1 by rounding. */
#define FLAT 1e-11

/* What rounding may make of a mean of many numbers. */
#define ROUNDING 1e-12

/* The longest step in a logarithm. */
#define LONGEST_STEP 2.0

/* Beyond this a parameter is at its border for good. */
#define FAR_OUT (3 * FIT_BORDER)

static double
steepest(int n, const double *gradient)
{
	double		most = 0;

	for (int i = 0; i < n; i++)
		most = fmax(most, fabs(gradient[i]));
	return most;
}

/* Newton's step with the curvature raised by `damping`; false where the curvature is not that of a minimum. */
static bool
newton_step(int n, const FitPoint *point, double damping, double *step)
{
	double		raised[FIT_PARAMETERS * FIT_PARAMETERS];
	double		down[FIT_PARAMETERS];
	double		longest = 0;

	memcpy(raised, point->hessian, n * n * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		raised[i * n + i] += damping;
		down[i] = -point->gradient[i];
	}
	if (!cx_cholesky_solve(n, 1, raised, down, step))
		return false;
	for (int i = 0; i < n; i++)
		longest = fmax(longest, fabs(step[i]));
	for (int i = 0; i < n && longest > LONGEST_STEP; i++)
		step[i] *= LONGEST_STEP / longest;
	return true;
}

/* Lower; or as low as rounding can tell, and much flatter. */
static bool
is_better(int n, const FitPoint *next, const FitPoint *point)
{
	double		difference = next->value - point->value;

	if (fabs(difference) <= ROUNDING * (1 + fabs(point->value)))
		return steepest(n, next->gradient) < 0.5 * steepest(n, point->gradient);
	return difference < 0;
}

/*
 * Goes from fit->u to a better point, the damping raised until there is one;
 * false when there is none within rounding.
 */
static bool
descend(int n, FitFunction function, const void *data, Fit *fit, double *damping)
{
	for (; fit->evaluations < MOST_EVALUATIONS; *damping = fmax(1e-4, *damping * 10))
	{
		double		step[FIT_PARAMETERS];
		double		u[FIT_PARAMETERS];
		FitPoint	next;

		if (*damping > 1e12)
			return false;
		if (!newton_step(n, &fit->point, *damping, step))
			continue;
		for (int i = 0; i < n; i++)
			u[i] = fit->u[i] + step[i];
		fit->evaluations++;
		cx_check_interrupts();
		if (!function(u, data, &next) || !is_better(n, &next, &fit->point))
			continue;
		memcpy(fit->u, u, n * sizeof(double));
		fit->point = next;
		*damping = *damping < 1e-4 ? 0 : *damping / 10;
		return true;
	}
	return false;
}

bool
fit_minimise(int n, FitFunction function, const void *data, const double *start, Fit *fit)
{
	double		damping = 0;

	*fit = (Fit) {.evaluations = 1};
	memcpy(fit->u, start, n * sizeof(double));
	if (!function(start, data, &fit->point))
		return false;
	while (steepest(n, fit->u) < FAR_OUT)
	{
		if (steepest(n, fit->point.gradient) <= FLAT ||
			!descend(n, function, data, fit, &damping))
			break;
	}
	/* What no step makes lower may still carry the slope that rounding leaves. */
	fit->converged = steepest(n, fit->point.gradient) <= 1e4 * FLAT;
	return true;
}

bool
fit_covariance(int n, const Fit *fit, double rows, double *covariance)
{
	double		identity[FIT_PARAMETERS * FIT_PARAMETERS] = {0};

	for (int i = 0; i < n; i++)
		identity[i * n + i] = 1;
	if (!cx_cholesky_solve(n, n, fit->point.hessian, identity, covariance))
		return false;
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			covariance[i * n + j] *= exp(fit->u[i]) * exp(fit->u[j]) / rows;
	}
	return true;
}

bool
fit_is_certain(int n, const double *theta, const double *covariance)
{
	for (int i = 0; i < n; i++)
	{
		double		variance = covariance[i * n + i];

		if (!(isfinite(variance) && variance > 0 && sqrt(variance) <= FIT_UNCERTAIN * theta[i]))
			return false;
	}
	return true;
}

void
fit_to_logarithms(int n, const double *theta, FitPoint *point)
{
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			point->hessian[i * n + j] *= theta[i] * theta[j];
		point->gradient[i] *= theta[i];
		point->hessian[i * n + i] += point->gradient[i];
	}
}

void
fit_add_ridge(int n, const double *u, double ridge, FitPoint *point)
{
	for (int i = 0; i < n; i++)
	{
		point->value += ridge * u[i] * u[i];
		point->gradient[i] += 2 * ridge * u[i];
		point->hessian[i * n + i] += 2 * ridge;
	}
}

bool
fit_point_is_finite(int n, const FitPoint *point)
{
	bool		finite = isfinite(point->value);

	for (int i = 0; i < n; i++)
		finite = finite && isfinite(point->gradient[i]);
	for (int i = 0; i < n * n; i++)
		finite = finite && isfinite(point->hessian[i]);
	return finite;
}

void
fit_to_mean(int n, double rows, FitPoint *point)
{
	point->value /= -rows;
	for (int i = 0; i < n; i++)
		point->gradient[i] /= -rows;
	for (int i = 0; i < n * n; i++)
		point->hessian[i] /= -rows;
}

bool
fit_inside_borders(int n, const double *theta)
{
	for (int i = 0; i < n; i++)
	{
		if (!(fabs(log(theta[i])) <= FIT_BORDER))
			return false;
	}
	return true;
}
