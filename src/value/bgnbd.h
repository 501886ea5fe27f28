/*
 * bgnbd.h
 *	  The BG/NBD and MBG/NBD models of repeat purchases: the likelihood.
 *
 * Plain C. A customer buys at random at a rate of their own (gamma: r, alpha)
 * and after each purchase stops for good with a probability of their own
 * (beta: a, b). In the MBG/NBD model a customer may stop after the first
 * purchase already. What is known of a customer: x repeat purchases, the last
 * of them at t_x, observed until T, both since the first purchase.
 *
 * P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers the Easy
 * Way", Marketing Science 24 (2005) 275-284; E. P. Batislam, M. Denizel,
 * A. Filiztekin, International Journal of Research in Marketing 24 (2007)
 * 201-209.
 */
#ifndef CX_BGNBD_H
#define CX_BGNBD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum BgnbdKind
{
	BGNBD,
	MBGNBD
} BgnbdKind;

typedef struct BgnbdParameters
{
	double		r;
	double		alpha;			/* in units of time */
	double		a;
	double		b;
} BgnbdParameters;

/* Customers who are alike. */
typedef struct BgnbdRow
{
	int64_t		x;				/* >= 0 */
	double		t_x;			/* 0 <= t_x <= T, and 0 when x is */
	double		T;
	int64_t		customers;		/* > 0 */
} BgnbdRow;

typedef struct BgnbdFit
{
	BgnbdParameters parameters;
	int64_t		customers;
	double		loglik;			/* without the penalty */
	double		covariance[16]; /* of r, alpha, a, b; only when identified */
	bool		converged;
	bool		identified;		/* converged, inside the borders of fit.h, and at a maximum */
} BgnbdFit;

/* The log-likelihood of one customer. */
extern double bgnbd_loglik(BgnbdKind kind, const BgnbdParameters *parameters, int64_t x, double t_x, double T);

/* Fits; `rows` in ascending order of x. False when there are none. Memory for the time of the call. */
extern bool bgnbd_fit(BgnbdKind kind, const BgnbdRow *rows, size_t n, double ridge, BgnbdFit *fit);

#endif							/* CX_BGNBD_H */
