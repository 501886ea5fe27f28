/*
 * sbg.c
 *	  The shifted-beta-geometric model; see sbg.h.
 *
 * With G(y, n) of rising.h, ln P(T = t) = ln alpha + G(beta, t - 1) - G(alpha + beta, t)
 * and ln S(t) = G(beta, t) - G(alpha + beta, t).
 */
#include <math.h>

#include "common/memory.h"
#include "value/beta_mean.h"
#include "value/fit.h"
#include "value/rising.h"
#include "value/sbg.h"

#define PARAMETERS 2

/* From here on a survivor function is not the product of its periods. */
#define MANY_PERIODS 64

enum
{
	ALPHA, BETA
};

typedef struct SbgData
{
	const SbgRow *rows;
	size_t		n;
	double		customers;
	double		ridge;
} SbgData;

static void
sum_loglik(const SbgData *data, double alpha, double beta, FitPoint *point)
{
	Rising		ab = {0, 0, 0};
	Rising		before = {0, 0, 0}; /* G(beta, t - 1) */
	int64_t		t = 0;

	*point = (FitPoint) {.value = 0};
	for (size_t i = 0; i < data->n; i++)
	{
		const SbgRow *row = &data->rows[i];
		double		all = row->churned + row->alive;
		Rising		now;

		if (row->periods == 0)
			continue;
		cx_check_interrupts();
		rising_add(&ab, alpha + beta, t, row->periods);
		rising_add(&before, beta, t > 0 ? t - 1 : 0, row->periods - 1);
		t = row->periods;
		now = before;
		rising_add(&now, beta, t - 1, t);

		point->value += row->churned * (log(alpha) + before.value) + row->alive * now.value - all * ab.value;
		point->gradient[ALPHA] += row->churned / alpha - all * ab.first;
		point->gradient[BETA] += row->churned * before.first + row->alive * now.first - all * ab.first;
		fit_add_symmetric(point, PARAMETERS, ALPHA, ALPHA, -row->churned / (alpha * alpha) - all * ab.second);
		fit_add_symmetric(point, PARAMETERS, ALPHA, BETA, -all * ab.second);
		fit_add_symmetric(point, PARAMETERS, BETA, BETA,
						  row->churned * before.second + row->alive * now.second - all * ab.second);
	}
}

/* A FitFunction: minus the mean log-likelihood, with the penalty. */
static bool
evaluate(const double *u, const void *given, FitPoint *point)
{
	const SbgData *data = given;
	double		theta[PARAMETERS] = {exp(u[ALPHA]), exp(u[BETA])};

	sum_loglik(data, theta[ALPHA], theta[BETA], point);
	fit_to_mean(PARAMETERS, data->customers, point);
	fit_to_logarithms(PARAMETERS, theta, point);
	fit_add_ridge(PARAMETERS, u, data->ridge, point);
	return fit_point_is_finite(PARAMETERS, point);
}

bool
sbg_fit(const SbgRow *rows, size_t n, double ridge, SbgFit *fit)
{
	static const double start[PARAMETERS] = {0, 0};
	SbgData		data = {.rows = rows, .n = n, .ridge = ridge};
	Fit			found;
	FitPoint	plain;

	*fit = (SbgFit) {.alpha = NAN, .beta = NAN, .loglik = NAN};
	for (size_t i = 0; i < n; i++)
	{
		fit->customers += rows[i].churned + rows[i].alive;
		data.customers += rows[i].periods > 0 ? rows[i].churned + rows[i].alive : 0;
	}
	if (!(fit->customers > 0))
		return false;
	if (!(data.customers > 0) || !fit_minimise(PARAMETERS, evaluate, &data, start, &found))
		return true;
	fit->alpha = exp(found.u[ALPHA]);
	fit->beta = exp(found.u[BETA]);
	sum_loglik(&data, fit->alpha, fit->beta, &plain);
	fit->loglik = plain.value;
	fit->converged = found.converged;
	fit->identified = fit_covariance(PARAMETERS, &found, data.customers, fit->covariance) && found.converged &&
		fit_inside_borders(PARAMETERS, (double[]) {fit->alpha, fit->beta}) &&
		fit_is_certain(PARAMETERS, (double[]) {fit->alpha, fit->beta}, fit->covariance);
	return true;
}

double
sbg_survivor(double alpha, double beta, int64_t t)
{
	double		sum = 0;

	if (t > MANY_PERIODS)
		return exp(rising_by(beta, alpha).value - rising_by(beta + t, alpha).value);
	for (int64_t i = 0; i < t; i++)
		sum += log1p(alpha / (beta + i));
	return exp(-sum);
}

double
sbg_retention_rate(double alpha, double beta, int64_t t)
{
	return (beta + (t - 1)) / (alpha + beta + (t - 1));
}

/* Payments of one who leaves with probability p, discounted: the sum of ((1 - p) / (1 + d))^t. */
static double
payments(double p, const void *data)
{
	const double *discount = data;

	return (1 + *discount) / (*discount + p);
}

double
sbg_residual_lifetime(double alpha, double beta, int64_t periods, double discount)
{
	double		b = beta + periods;
	double		next = periods == 0 ? 1 : sbg_retention_rate(alpha, beta, periods);

	/* Less than this is nothing in any lifetime. */
	if (discount > 1e-300)
		return next * beta_mean(alpha, b, payments, &discount, 1 / discount);
	return alpha > 1 ? next * (alpha + b - 1) / (alpha - 1) : NAN;
}
