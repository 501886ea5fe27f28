/*
 * bgnbd_mixture.c
 *	  Purchases to come as a mean over customers who stop at different rates; see bgnbd_mixture.h.
 *
 * One who stops with probability p buys at the rate k (1 + p u)^-(k + 1) after u,
 * so (1 - (1 + p w)^-k) / p times until w. All of it is positive: no digit is lost.
 */
#include <math.h>

#include "value/beta_mean.h"
#include "value/bgnbd_mixture.h"
#include "value/gauss.h"

/* A panel of the integral, in the variable v of discounted_purchases. */
#define PANEL 0.5

/* Powers of e after which nothing is left. */
#define NOTHING 42.0

typedef struct Question
{
	double		k;
	double		w;
	double		discount;
} Question;

/* (1 - (1 + p w)^-k) / p */
static double
purchases(double p, const void *data)
{
	const Question *q = data;

	return p == 0 ? q->k * q->w : -expm1(-q->k * log1p(p * q->w)) / p;
}

/* The integral of exp(-fall(u)), fall(u) = (k + 1) ln(1 + p u) + discount u, in v = ln(1 + fall'(0) u). */
static double
discounted_purchases(double p, const void *data)
{
	const Question *q = data;
	double		steepness = (q->k + 1) * p + q->discount;
	double		until = fmin(q->w, NOTHING / q->discount);
	double		half;
	int			panels;
	double		sum = 0;

	/* ln(1 + p u) (k + 1) = NOTHING ends it too. */
	if (p > 0)
		until = fmin(until, expm1(NOTHING / (q->k + 1)) / p);
	half = log1p(steepness * until) / 2;
	panels = (int) ceil(2 * half / PANEL);
	panels = panels < 1 ? 1 : panels;
	half /= panels;
	for (int i = 0; i < panels; i++)
	{
		for (int j = 0; j < GAUSS_POINTS; j++)
		{
			double		v = (2 * i + 1 + gauss_points[j]) * half;
			double		u = expm1(v) / steepness;

			sum += gauss_weights[j] * exp(v - (q->k + 1) * log1p(p * u) - q->discount * u);
		}
	}
	return q->k * sum * half / steepness;
}

double
bgnbd_mixture_purchases(double k, double a, double b, double w, double discount)
{
	Question	question = {k, w, discount};

	if (discount > 0)
		return beta_mean(a, b, discounted_purchases, &question, (k + 1) * fmin(w, NOTHING / discount));
	return beta_mean(a, b, purchases, &question, (k + 1) * w);
}
