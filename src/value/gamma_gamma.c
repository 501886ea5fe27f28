/*
 * gamma_gamma.c
 *	  The Gamma-Gamma model of what customers spend; see gamma_gamma.h.
 *
 *	  ln L = ln Gamma(px + q) - ln Gamma(px) - ln Gamma(q) + q ln v
 *			 + (px - 1) ln m + px ln x - (px + q) ln(xm + v)
 */
#include <math.h>

#include "common/memory.h"
#include "numerics/special.h"
#include "value/fit.h"
#include "value/gamma_gamma.h"
#include "value/rising.h"

#define PARAMETERS 3

/* Rows between two looks for a cancel request. */
#define ROWS_PER_CHECK 65536

enum
{
	P, Q, V
};

typedef struct SpendData
{
	const SpendRow *rows;
	size_t		n;
	double		scale;			/* of money, so that its mean is 1 */
	double		customers;
	double		log_m;			/* sum of ln m, scaled */
	double		ridge;
} SpendData;

/* Sums over the rows of one x; y is x m, the whole spend. */
typedef struct SpendSums
{
	double		customers;
	double		log_share;		/* ln(y / (y + v)) */
	double		log_rest;		/* ln(v / (y + v)) */
	double		inverse;		/* 1 / (y + v) */
	double		inverse2;
} SpendSums;

/* Sums from row `i` on; returns the row where the next x begins. */
static size_t
sum_rows(const SpendData *data, size_t i, double v, SpendSums *sums)
{
	int64_t		x = data->rows[i].x;

	*sums = (SpendSums) {0};
	for (; i < data->n && data->rows[i].x == x; i++)
	{
		double		w = (double) data->rows[i].customers;
		double		m = data->rows[i].m * data->scale;
		double		inverse = 1 / (x * m + v);

		if (i % ROWS_PER_CHECK == 0)
			cx_check_interrupts();
		sums->customers += w;
		sums->log_share -= w * log1p(v / (x * m));
		sums->log_rest -= w * log1p(x * m / v);
		sums->inverse += w * inverse;
		sums->inverse2 += w * inverse * inverse;
	}
	return i;
}

/* Adds the customers of one x: value and derivatives by the parameters. */
static void
add_frequency(double x, const SpendSums *s, const double *theta, FitPoint *point)
{
	double		p = theta[P];
	double		q = theta[Q];
	double		v = theta[V];
	double		w = s->customers;
	double		shape = p * x + q;
	double		first = cx_digamma(shape);
	double		second = cx_trigamma(shape);
	Rising		step = rising_by(p * x, q);

	point->value += w * (step.value - cx_lgamma(q)) + p * x * s->log_share + q * s->log_rest;
	point->gradient[P] += x * (w * step.first + s->log_share);
	point->gradient[Q] += w * (first - cx_digamma(q)) + s->log_rest;
	point->gradient[V] += w * q / v - shape * s->inverse;
	fit_add_symmetric(point, PARAMETERS, P, P, w * x * x * step.second);
	fit_add_symmetric(point, PARAMETERS, P, Q, w * x * second);
	fit_add_symmetric(point, PARAMETERS, P, V, -x * s->inverse);
	fit_add_symmetric(point, PARAMETERS, Q, Q, w * (second - cx_trigamma(q)));
	fit_add_symmetric(point, PARAMETERS, Q, V, w / v - s->inverse);
	fit_add_symmetric(point, PARAMETERS, V, V, shape * s->inverse2 - w * q / (v * v));
}

static void
sum_loglik(const SpendData *data, const double *theta, FitPoint *point)
{
	*point = (FitPoint) {.value = -data->log_m};
	for (size_t i = 0; i < data->n;)
	{
		double		x = (double) data->rows[i].x;
		SpendSums	sums;

		cx_check_interrupts();
		i = sum_rows(data, i, theta[V], &sums);
		add_frequency(x, &sums, theta, point);
	}
}

/* A FitFunction: minus the mean log-likelihood, with the penalty. */
static bool
evaluate(const double *u, const void *given, FitPoint *point)
{
	const SpendData *data = given;
	double		theta[PARAMETERS];

	for (int i = 0; i < PARAMETERS; i++)
		theta[i] = exp(u[i]);
	sum_loglik(data, theta, point);
	fit_to_mean(PARAMETERS, data->customers, point);
	fit_to_logarithms(PARAMETERS, theta, point);
	fit_add_ridge(PARAMETERS, u, data->ridge, point);
	return fit_point_is_finite(PARAMETERS, point);
}

/* Counts the customers and brings their mean spend to 1; false where there is none, or no number for it. */
static bool
prepare(SpendData *data, GammaGammaFit *fit)
{
	double		spend = 0;

	for (size_t i = 0; i < data->n; i++)
	{
		fit->customers += data->rows[i].customers;
		spend += data->rows[i].m * (double) data->rows[i].customers;
	}
	data->customers = (double) fit->customers;
	data->scale = data->customers / spend;
	for (size_t i = 0; i < data->n; i++)
		data->log_m += (double) data->rows[i].customers * log(data->rows[i].m * data->scale);
	return isnormal(data->scale);
}

bool
gamma_gamma_fit(const SpendRow *rows, size_t n, double ridge, GammaGammaFit *fit)
{
	static const double start[PARAMETERS] = {0, 0.6931471805599453, 0};	/* p 1, q 2, v 1 */
	SpendData	data = {.rows = rows, .n = n, .ridge = ridge};
	double		theta[PARAMETERS];
	Fit			found;
	FitPoint	plain;

	*fit = (GammaGammaFit) {.p = NAN, .q = NAN, .v = NAN, .loglik = NAN};
	if (n == 0)
		return false;
	if (!prepare(&data, fit) || !fit_minimise(PARAMETERS, evaluate, &data, start, &found))
		return true;

	for (int i = 0; i < PARAMETERS; i++)
		theta[i] = exp(found.u[i]);
	sum_loglik(&data, theta, &plain);
	fit->p = theta[P];
	fit->q = theta[Q];
	fit->v = theta[V] / data.scale;
	fit->loglik = plain.value + data.customers * log(data.scale);
	fit->converged = found.converged;
	/* v is looked at in units of the mean spend, so that the currency does not matter. */
	fit->identified = found.converged && fit_inside_borders(PARAMETERS, theta) &&
		fit_covariance(PARAMETERS, &found, data.customers, fit->covariance);
	for (int i = 0; i < PARAMETERS; i++)
	{
		fit->covariance[V * PARAMETERS + i] /= data.scale;
		fit->covariance[i * PARAMETERS + V] /= data.scale;
	}
	fit->identified = fit->identified &&
		fit_is_certain(PARAMETERS, (double[]) {fit->p, fit->q, fit->v}, fit->covariance);
	return true;
}

double
gamma_gamma_spend(double p, double q, double v, int64_t x, double m)
{
	if (!(q > 1))
		return NAN;
	return x == 0 ? p * v / (q - 1) : p * (v + x * m) / (p * x + q - 1);
}
