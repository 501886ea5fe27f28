/*
 * cltv.c
 *	  What a customer is still going to be worth; see cltv.h.
 */
#include "common/memory.h"
#include "value/bgnbd_predict.h"
#include "value/cltv.h"
#include "value/gamma_gamma.h"

/* Later purchases are discounted to nothing. */
#define DISCOUNTED 40.0

/* The step of central differences in the logarithm of a parameter. */
#define STEP 1e-3

#define PURCHASE_PARAMETERS 4
#define SPEND_PARAMETERS 3
#define PARAMETERS (PURCHASE_PARAMETERS + SPEND_PARAMETERS)

/* Purchases to come of a customer who has not stopped, each month's discounted to its end. */
static double
purchases_by_months(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms)
{
	double		month = terms->year / 12;
	double		rate = log1p(terms->annual_rate) / 12;
	double		before = 0;
	double		sum = 0;

	/* Without a rate the months add up to the whole. */
	if (rate == 0)
		return bgnbd_purchases_if_alive(models->kind, &models->purchases, customer->x, customer->T, terms->horizon, 0);
	for (int64_t i = 1; (i - 1) * month < terms->horizon && i * rate < DISCOUNTED; i++)
	{
		double		now = bgnbd_purchases_if_alive(models->kind, &models->purchases, customer->x, customer->T,
												   fmin(i * month, terms->horizon), 0);

		cx_check_interrupts();
		sum += (now - before) * exp(-rate * i);
		before = now;
	}
	return sum;
}

double
cltv_value(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms)
{
	const BgnbdParameters *p = &models->purchases;
	double		spend = 1;
	double		purchases;

	if (models->has_spend)
	{
		if (customer->x > 0 && !(customer->m > 0))
			return NAN;
		spend = gamma_gamma_spend(models->spend.p, models->spend.q, models->spend.v, customer->x, customer->m);
	}
	if (terms->monthly)
		purchases = purchases_by_months(models, customer, terms);
	else
		purchases = bgnbd_purchases_if_alive(models->kind, p, customer->x, customer->T, terms->horizon,
											 terms->annual_rate > 0 ? log1p(terms->annual_rate) / terms->year : 0);
	return terms->margin * spend * purchases * bgnbd_p_alive(models->kind, p, customer->x, customer->t_x, customer->T);
}

/* The parameter that moves, among all of both models. */
static double *
parameter(CltvModels *models, int i)
{
	double	   *all[PARAMETERS] = {
		&models->purchases.r, &models->purchases.alpha, &models->purchases.a, &models->purchases.b,
		&models->spend.p, &models->spend.q, &models->spend.v
	};

	return all[i];
}

/* The derivative of ln |value| by the logarithm of a parameter. */
static double
slope(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms, int i)
{
	CltvModels	up = *models;
	CltvModels	down = *models;

	*parameter(&up, i) *= exp(STEP);
	*parameter(&down, i) *= exp(-STEP);
	return (log(fabs(cltv_value(&up, customer, terms))) - log(fabs(cltv_value(&down, customer, terms)))) / (2 * STEP);
}

/* What the n parameters from `first` add to the variance of ln |value|. */
static double
variance(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms,
		 int first, int n, const double *covariance)
{
	CltvModels	at = *models;
	double		slopes[PURCHASE_PARAMETERS];
	double		sum = 0;

	for (int i = 0; i < n; i++)
		slopes[i] = slope(models, customer, terms, first + i) / *parameter(&at, first + i);
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			sum += slopes[i] * slopes[j] * covariance[i * n + j];
	}
	return sum;
}

Estimate
cltv_estimate(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms, double z)
{
	Estimate	estimate = estimate_unknown(models->customers, (double) models->customers);
	double		value = cltv_value(models, customer, terms);
	double		sum;
	double		error;

	estimate.value = value;
	if (value == 0)
		estimate.lo = estimate.hi = estimate.std_error = 0;
	if (!isfinite(value) || value == 0 || models->purchase_covariance == NULL ||
		(models->has_spend && models->spend_covariance == NULL))
		return estimate;

	sum = variance(models, customer, terms, 0, PURCHASE_PARAMETERS, models->purchase_covariance);
	if (models->has_spend)
		sum += variance(models, customer, terms, PURCHASE_PARAMETERS, SPEND_PARAMETERS, models->spend_covariance);
	error = sqrt(fmax(sum, 0));
	if (!isfinite(sum) || !isfinite(value * exp(z * error)))
		return estimate;
	estimate.std_error = fabs(value) * error;
	estimate.lo = value * exp(value > 0 ? -z * error : z * error);
	estimate.hi = value * exp(value > 0 ? z * error : -z * error);
	return estimate;
}
