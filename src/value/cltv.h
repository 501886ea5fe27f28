/*
 * cltv.h
 *	  What a customer is still going to be worth: discounted purchases times spend.
 *
 * Plain C. Discounting is continuous: a purchase after u years is worth
 * (1 + annual_rate)^-u. By months all of a month's purchases count at its end
 * instead, as other packages do it.
 */
#ifndef CX_CLTV_H
#define CX_CLTV_H

#include "common/estimate.h"
#include "value/bgnbd.h"

/* A Gamma-Gamma model. */
typedef struct SpendParameters
{
	double		p;
	double		q;
	double		v;
} SpendParameters;

typedef struct CltvCustomer
{
	int64_t		x;
	double		t_x;
	double		T;
	double		m;				/* mean spend of the repeat purchases; NaN where unknown */
} CltvCustomer;

typedef struct CltvTerms
{
	double		horizon;		/* in units of time; may be INFINITY, not by months */
	double		annual_rate;	/* >= 0 */
	double		year;			/* in units of time; not looked at when the rate is 0 and not by months */
	bool		monthly;		/* a month is year / 12 */
	double		margin;			/* of the spend */
} CltvTerms;

typedef struct CltvModels
{
	BgnbdKind	kind;
	BgnbdParameters purchases;
	const double *purchase_covariance;	/* 4 x 4, of r, alpha, a, b; NULL where unknown */
	bool		has_spend;		/* else every purchase is worth 1 */
	SpendParameters spend;
	const double *spend_covariance;	/* 3 x 3, of p, q, v; NULL where unknown */
	int64_t		customers;		/* who made the purchase model */
} CltvModels;

/* NaN where it has no value: no mean spend, a repeat buyer of unknown spend, or no bound. */
extern double cltv_value(const CltvModels *models, const CltvCustomer *customer, const CltvTerms *terms);

/*
 * The same with its interval by the delta method, in the logarithms of the
 * parameters and of the value; z is the two-sided normal quantile. It covers the
 * uncertainty of the parameters, not the chance in what the customer does.
 */
extern Estimate cltv_estimate(const CltvModels *models, const CltvCustomer *customer,
							  const CltvTerms *terms, double z);

#endif							/* CX_CLTV_H */
