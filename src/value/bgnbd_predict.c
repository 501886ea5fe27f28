/*
 * bgnbd_predict.c
 *	  What the BG/NBD and MBG/NBD models expect; see bgnbd_predict.h.
 *
 * A customer who has not stopped buys after u more units of time at the rate
 *
 *	  rho(u) = (r + x) / (alpha + T) * 2F1(r + x + 1, a; a + b + x; -w),  w = u / (alpha + T)
 *
 * in the MBG/NBD model with b + 1 for b. By Pfaff's transformation 2F1 is
 * (1 + w)^-a G(z) with G(z) = 2F1(a + b - r - 1, a; a + b + x; z), z = w / (1 + w),
 * whose terms do not alternate, and none of whose parameters but the last grows with x.
 */
#include <math.h>

#include "value/bgnbd_mixture.h"
#include "value/bgnbd_predict.h"
#include "value/gauss.h"

/* ---------- 2F1 ---------- */

/* Up to here the power series around 0 is short. */
#define NEAR_ONE 0.9

/* With c and c - p - q from here on it is short everywhere. */
#define LARGE_C 50.0
#define LARGE_REST 20.0

/* Parameters up to here are what the series are for. */
#define LARGE 10.0
#define LARGE_A 4.0
#define LARGE_B 40.0
#define LARGE_UNTIL 25.0

/* A horizon beyond this many times alpha + T has no end. */
#define ENDLESS 1e200

/* Where it subtracts numbers so much larger, the closed form has lost too many digits. */
#define LARGEST_LOSS 1e4

#define MOST_TERMS 20000
#define EXACT 1e-17

/* 2F1(p, q; c; z) for c > 0, 0 <= z < 1, and its derivative, by the series around 0. */
static double
series_at_zero(double p, double q, double c, double z, double *derivative)
{
	double		term = 1;
	double		value = 1;
	double		slope = 0;

	for (int n = 0; n < MOST_TERMS; n++)
	{
		double		factor = term * (p + n) * (q + n) / ((c + n) * (n + 1));

		slope += factor * (n + 1);
		term = factor * z;
		value += term;
		if (fabs(term) <= EXACT * fabs(value) && fabs(factor * (n + 1)) <= EXACT * (fabs(slope) + fabs(value)))
			break;
	}
	*derivative = slope;
	return value;
}

/*
 * Goes on from z = 1 - left to z + h by the series around z, of which the
 * differential equation gives the terms from value and derivative there. It
 * converges as h / left to the n does.
 */
static void
continue_series(double p, double q, double c, double left, double h, double *value, double *derivative)
{
	double		z = 1 - left;
	double		before = *value;	/* coefficients n and n + 1 */
	double		now = *derivative;
	double		power = h;		/* h to the n + 1 */
	double		sum = before + now * h;
	double		slope = now;

	for (int n = 0; n < MOST_TERMS; n++)
	{
		double		next = ((n + p) * (n + q) * before -
							(n + 1) * ((1 - 2 * z) * n + c - (p + q + 1) * z) * now) /
			(z * left * (n + 2) * (n + 1));
		double		change = next * power * h;

		slope += next * (n + 2) * power;
		sum += change;
		power *= h;
		before = now;
		now = next;
		if (fabs(change) <= EXACT * fabs(sum) && fabs(before * power) <= EXACT * fabs(sum))
			break;
	}
	*value = sum;
	*derivative = slope;
}

/* 2F1(p, q; c; z) at one z after the other, ascending: beyond NEAR_ONE it goes on from the one before. */
typedef struct Walk
{
	double		p;
	double		q;
	double		c;				/* > 0 */
	double		left;			/* 1 - z of where it has come to; 1 before NEAR_ONE */
	double		value;
	double		derivative;
} Walk;

/* At z = 1 - rest, 0 < rest <= 1. */
static double
walk_to(Walk *walk, double rest)
{
	double		derivative;

	if (rest >= 1 - NEAR_ONE || (walk->c >= LARGE_C && walk->c - walk->p - walk->q >= LARGE_REST))
		return series_at_zero(walk->p, walk->q, walk->c, 1 - rest, &derivative);
	if (walk->left > 1 - NEAR_ONE)
	{
		walk->left = 1 - NEAR_ONE;
		walk->value = series_at_zero(walk->p, walk->q, walk->c, NEAR_ONE, &walk->derivative);
	}
	while (walk->left > rest)
	{
		double		next = fmax(walk->left / 2, rest);

		continue_series(walk->p, walk->q, walk->c, walk->left, walk->left - next,
						&walk->value, &walk->derivative);
		walk->left = next;
	}
	return walk->value;
}

/* ---------- Purchases to come ---------- */

/* A panel: so wide in ln(1 + w) at most, and so many powers of e of the discount. */
#define PANEL 1.4
#define PANEL_DISCOUNT 8.0

/* Later purchases are discounted to nothing. */
#define DISCOUNTED 40.0

typedef struct Rate
{
	double		rx;				/* r + x */
	double		a;
	double		p;				/* a + b - r - 1 */
	double		c;				/* a + b + x */
	double		discount;		/* delta (alpha + T) */
} Rate;

/* The integral of the discounted rate of purchases by s = ln(1 + w), from 0 to `until`. */
static double
integrate(const Rate *rate, double until)
{
	double		powers = fmin(rate->discount * expm1(until), DISCOUNTED);
	int			panels = (int) fmax(1, ceil(fmax(until / PANEL, powers / PANEL_DISCOUNT)));
	double		half = until / (2 * panels);
	Walk		walk = {rate->p, rate->a, rate->c, 1, 0, 0};
	double		sum = 0;

	for (int i = 0; i < panels; i++)
	{
		for (int k = 0; k < GAUSS_POINTS; k++)
		{
			double		s = ((2 * i + 1) + gauss_points[k]) * half;

			sum += gauss_weights[k] * exp((1 - rate->a) * s - rate->discount * expm1(s)) *
				walk_to(&walk, exp(-s));
		}
	}
	return rate->rx * sum * half;
}

/*
 * The expected number without a discount, by the series of DESIGN's closed form:
 * with e = a - 1, c = a + b + x - 1, B = a + b - 1 - r, z = t / (alpha + T + t), l = ln(1 - z),
 * -c expm1(e l) / e - exp(e l) S, S = sum of s_n, s_1 = B z, s_{n+1} = s_n (B + n)(e + n) / ((c + n)(n + 1)) z.
 * Finite at a = 1 and at a + b = 1.
 */
static double
closed_form(const Rate *rate, double z)
{
	double		e = rate->a - 1;
	double		c = rate->c - 1;
	double		l = log1p(-z);
	double		term = rate->p * z;
	double		sum = 0;
	double		start = e == 0 ? -l : -expm1(e * l) / e;

	for (int n = 1; n < MOST_TERMS; n++)
	{
		sum += term;
		if (fabs(term) <= EXACT * (fabs(sum) + fabs(c * start)))
			break;
		term *= (rate->p + n) * (e + n) / ((c + n) * (n + 1)) * z;
	}
	return c * start - exp(e * l) * sum;
}

/*
 * Whether the series around 0 of closed_form is short and loses no digits: what it subtracts is
 * about c / (r + x) times as large as the result. Elsewhere the mixture is the answer.
 */
static bool
closed_form_is_good(const Rate *rate, double r, double z)
{
	return z <= NEAR_ONE && r <= LARGE && rate->a <= LARGE && rate->c <= LARGEST_LOSS * rate->rx;
}

/* Whether the same is true of 2F1 around 0 and of its continuation as far as `until`, ln(1 + w). */
static bool
series_is_good(const Rate *rate, double r, double b, double until)
{
	return r <= LARGE && rate->a <= LARGE_A && b <= LARGE_B && until <= LARGE_UNTIL;
}

double
bgnbd_purchases_if_alive(BgnbdKind kind, const BgnbdParameters *p, int64_t x, double T, double horizon, double delta)
{
	double		b = kind == MBGNBD ? p->b + 1 : p->b;
	double		since = p->alpha + T;
	Rate		rate = {p->r + x, p->a, p->a + b - p->r - 1, p->a + b + x, delta * since};
	double		w = horizon / since;

	if (!(horizon > 0))
		return 0;
	if (delta > 0)
	{
		double		until = log1p(fmin(w, DISCOUNTED / rate.discount));

		if (series_is_good(&rate, p->r, b, until))
			return integrate(&rate, until);
		return bgnbd_mixture_purchases(rate.rx, p->a, b + x, fmin(w, ENDLESS), rate.discount);
	}
	if (w > ENDLESS)
		return p->a > 1 ? (rate.c - 1) / (p->a - 1) : NAN;
	if (closed_form_is_good(&rate, p->r, w / (1 + w)))
		return closed_form(&rate, w / (1 + w));
	return bgnbd_mixture_purchases(rate.rx, p->a, b + x, w, 0);
}

double
bgnbd_p_alive(BgnbdKind kind, const BgnbdParameters *p, int64_t x, double t_x, double T)
{
	int64_t		n = x + (kind == MBGNBD);

	if (n == 0)
		return 1;
	return 1 / (1 + p->a / (p->b + (n - 1)) * exp((p->r + x) * log1p((T - t_x) / (p->alpha + t_x))));
}
