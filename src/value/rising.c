/*
 * rising.c
 *	  The logarithm of a rising factorial; see rising.h.
 */
#include <math.h>

#include "numerics/special.h"
#include "value/rising.h"

/* From so many factors on the gamma function is cheaper, and as exact. */
#define MANY_FACTORS 256

void
rising_add(Rising *rising, double y, int64_t from, int64_t n)
{
	if (n - from > MANY_FACTORS)
	{
		rising->value += cx_lgamma(y + n) - cx_lgamma(y + from);
		rising->first += cx_digamma(y + n) - cx_digamma(y + from);
		rising->second += cx_trigamma(y + n) - cx_trigamma(y + from);
		return;
	}
	for (int64_t j = from; j < n; j++)
	{
		double		inverse = 1 / (y + j);

		rising->value += log(y + j);
		rising->first += inverse;
		rising->second -= inverse * inverse;
	}
}

/* From here on Stirling's series (DLMF 5.11.1) with these terms is exact. */
#define LARGE_Y 16.0

#define STIRLING_TERMS 8

/* B_2k / (2k (2k - 1)), the coefficients of y^(1 - 2k) in ln Gamma(y). */
static const double stirling[STIRLING_TERMS] = {
	1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400
};

/* What is left of ln Gamma(y) after (y - 1/2) ln y - y + a constant, and its derivatives. */
static Rising
stirling_rest(double y)
{
	Rising		rest = {0, 0, 0};
	double		power = 1 / y;

	for (int k = 0; k < STIRLING_TERMS; k++)
	{
		double		term = stirling[k] * power;
		double		degree = 2 * k + 1;

		rest.value += term;
		rest.first -= term * degree / y;
		rest.second += term * degree * (degree + 1) / (y * y);
		power /= y * y;
	}
	return rest;
}

Rising
rising_by(double y, double d)
{
	Rising		step = {0, 0, 0};
	Rising		near;
	Rising		far;
	double		l;

	for (; y < LARGE_Y; y++)
	{
		step.value -= log1p(d / y);
		step.first += d / (y * (y + d));
		step.second -= d / (y * (y + d)) * (1 / y + 1 / (y + d));
	}
	near = stirling_rest(y);
	far = stirling_rest(y + d);
	l = log1p(d / y);
	step.value += (y - 0.5) * l + d * log(y + d) - d + (far.value - near.value);
	step.first += l + d / (2 * y * (y + d)) + (far.first - near.first);
	step.second -= d / (y * (y + d)) * (1 + (1 / y + 1 / (y + d)) / 2) - (far.second - near.second);
	return step;
}
