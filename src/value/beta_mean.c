/*
 * beta_mean.c
 *	  The mean of a function of a beta distributed probability; see beta_mean.h.
 *
 * With y = ln(p / (1 - p)) the density is p^a (1 - p)^b: one smooth peak on the
 * whole line with exponential tails, where the trapezoidal rule converges
 * exponentially (L. N. Trefethen, J. A. C. Weideman, "The Exponentially
 * Convergent Trapezoidal Rule", SIAM Review 56 (2014) 385-458). The sum of the
 * weights alone, by the same rule, takes the place of the beta function.
 */
#include <math.h>
#include <stdbool.h>

#include "common/memory.h"
#include "value/beta_mean.h"

/* What a sum does not see. */
#define EXACT 1e-18

/* Steps: of the width of the peak, and in y. */
#define STEP_OF_PEAK 0.5
#define LONGEST_STEP 0.25
#define SHORTEST_STEP 1e-6		/* a narrower peak is a point */

/* ln of what is as good as infinite. */
#define FAR 44.0

/* Points of a side, by far more than any function takes that is worth an answer. */
#define MOST_POINTS 100000000
#define POINTS_PER_CHECK 65536

typedef struct Sums
{
	double		weights;
	double		values;
} Sums;

/* A point of the line: ln p and ln(1 - p). */
typedef struct Point
{
	double		log_p;
	double		log_rest;
} Point;

static Point
point_at(double y)
{
	double		l = log1p(exp(-fabs(y)));

	return (Point) {(y < 0 ? y : 0) - l, (y > 0 ? -y : 0) - l};
}

/* What the sums of both sides share. */
typedef struct Line
{
	double		a;
	double		b;
	double		peak_y;
	Point		peak;
	double		far;			/* beyond -far and far f is constant, the density an exponential */
	BetaFunction f;
	const void *data;
	double		most;			/* f(0) */
} Line;

/* Adds the points of one side, from the peak away; the far rest as a geometric series. */
static void
add_side(const Line *line, double step, Sums *sums)
{
	double		slope = step < 0 ? line->a : line->b;
	bool		last = false;

	for (int i = 1; !last && i < MOST_POINTS; i++)
	{
		double		y = line->peak_y + i * step;
		Point		at = point_at(y);
		double		weight = exp(line->a * (at.log_p - line->peak.log_p) +
								 line->b * (at.log_rest - line->peak.log_rest));

		if (i % POINTS_PER_CHECK == 0)
			cx_check_interrupts();
		if (step < 0 ? y < -line->far : y > line->far)
		{
			weight /= -expm1(-slope * fabs(step));
			last = true;
		}
		sums->weights += weight;
		sums->values += weight * line->f(exp(at.log_p), line->data);
		last = last || (weight <= EXACT * sums->weights && weight * line->most <= EXACT * sums->values);
	}
}

double
beta_mean(double a, double b, BetaFunction f, const void *data, double steep)
{
	double		h = fmin(LONGEST_STEP, fmax(SHORTEST_STEP, STEP_OF_PEAK * sqrt(1 / a + 1 / b)));
	double		y = log(a) - log(b);
	Line		line = {a, b, y, point_at(y), FAR + log(a + b + steep), f, data, f(0, data)};
	Sums		sums = {1, f(exp(line.peak.log_p), data)};

	add_side(&line, h, &sums);
	add_side(&line, -h, &sums);
	return sums.values / sums.weights;
}
