/*
 * sbg.h
 *	  The shifted-beta-geometric model of contracts that are renewed or not.
 *
 * Plain C. At the end of each period a customer leaves with a probability of
 * their own, beta (alpha, beta) among customers.
 *
 * P. S. Fader, B. G. S. Hardie, "How to Project Customer Retention", Journal of
 * Interactive Marketing 21 (2007) 76-90; the same, "Customer-Base Valuation in
 * a Contractual Setting", Marketing Science 29 (2010) 85-93.
 */
#ifndef CX_SBG_H
#define CX_SBG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Customers after so many periods: those who left at the end of the last of them, and those seen no longer but still there. */
typedef struct SbgRow
{
	int64_t		periods;		/* >= 1, or 0 where nobody left */
	double		churned;		/* numbers of customers, not necessarily whole */
	double		alive;
} SbgRow;

typedef struct SbgFit
{
	double		alpha;
	double		beta;
	double		customers;
	double		loglik;			/* without the penalty */
	double		covariance[4];	/* of alpha, beta; only when identified */
	bool		converged;
	bool		identified;		/* converged, inside the borders of fit.h, and at a maximum */
} SbgFit;

/* Fits; `rows` in ascending order of periods. False when there is no customer. */
extern bool sbg_fit(const SbgRow *rows, size_t n, double ridge, SbgFit *fit);

/* S(t): the share still there after t >= 0 periods. */
extern double sbg_survivor(double alpha, double beta, int64_t t);

/* r(t) = S(t) / S(t - 1), t >= 1. */
extern double sbg_retention_rate(double alpha, double beta, int64_t t);

/*
 * Discounted expected residual lifetime: with periods = 0 of a new customer, the first
 * payment included (DEL); else of one who has been there for so many, at the
 * end of the period, the renewal that comes up included (DERL). NaN where it has no bound: discount 0 and alpha <= 1.
 */
extern double sbg_residual_lifetime(double alpha, double beta, int64_t periods, double discount);

#endif							/* CX_SBG_H */
