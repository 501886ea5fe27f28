/*
 * gamma_gamma.h
 *	  The Gamma-Gamma model of what customers spend.
 *
 * Plain C. Each purchase of a customer is gamma (p, nu) around a level of their
 * own, whose nu is gamma (q, v) among customers; spend does not depend on how
 * often one buys. Known of a customer: the mean m of x purchases.
 *
 * P. S. Fader, B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), equation 1a.
 */
#ifndef CX_GAMMA_GAMMA_H
#define CX_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SpendRow
{
	int64_t		x;				/* >= 1 */
	double		m;				/* > 0 */
	int64_t		customers;		/* > 0 */
} SpendRow;

typedef struct GammaGammaFit
{
	double		p;
	double		q;
	double		v;				/* in money */
	int64_t		customers;
	double		loglik;			/* without the penalty */
	double		covariance[9];	/* of p, q, v; only when identified */
	bool		converged;
	bool		identified;		/* converged, inside the borders of fit.h, and at a maximum */
} GammaGammaFit;

/* Fits; `rows` in ascending order of x. False when there are none. */
extern bool gamma_gamma_fit(const SpendRow *rows, size_t n, double ridge, GammaGammaFit *fit);

/* The expected spend a purchase of a customer with x purchases of mean m; of anybody when x is 0. NaN when that has no mean: q <= 1. */
extern double gamma_gamma_spend(double p, double q, double v, int64_t x, double m);

#endif							/* CX_GAMMA_GAMMA_H */
