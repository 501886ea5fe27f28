/*
 * rising.h
 *	  The logarithm of a rising factorial y (y + 1) .. (y + n - 1), and its derivatives.
 *
 * Plain C.
 */
#ifndef CX_RISING_H
#define CX_RISING_H

#include <stdint.h>

typedef struct Rising
{
	double		value;			/* ln Gamma(y + n) - ln Gamma(y) */
	double		first;			/* its derivatives by y */
	double		second;
} Rising;

/* Adds the factors from y + from up to before y + n; y > 0. */
extern void rising_add(Rising *rising, double y, int64_t from, int64_t n);

/* All n factors at once. */
static inline Rising
rising_of(double y, int64_t n)
{
	Rising		rising = {0, 0, 0};

	rising_add(&rising, y, 0, n);
	return rising;
}

/*
 * ln Gamma(y + d) - ln Gamma(y) for any y > 0, d >= 0, and its derivatives by y. Without the
 * difference of two large numbers: near y = 1e9 that would leave six digits.
 */
extern Rising rising_by(double y, double d);

#endif							/* CX_RISING_H */
