/*
 * exact_sum.h
 *	  A sum of amounts from which amounts can be taken out again.
 *
 * Plain C. Amounts of money are multiples of 2^-60 when float8 holds them: all
 * from 0.004 up to 2^53 are, and 0. These are added as whole numbers, so that
 * neither their order nor what came and went leaves a trace. The rest, smaller
 * or larger ones, is added as float8.
 */
#ifndef CX_EXACT_SUM_H
#define CX_EXACT_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define EXACT_SUM_ONE (INT64_C(1) << 60)
#define EXACT_SUM_LARGEST 9007199254740992.0	/* 2^53 */

/* whole + parts / 2^60 + rest; eight bytes each. */
typedef struct ExactSum
{
	int64_t		whole;
	int64_t		parts;			/* 0 .. 2^60 - 1 */
	double		rest;
} ExactSum;

/* Splits an amount; false where it is not a multiple of 2^-60, or too large. */
static inline bool
exact_sum_split(double amount, int64_t *whole, int64_t *parts)
{
	double		scaled;

	if (!(fabs(amount) <= EXACT_SUM_LARGEST))
		return false;
	*whole = (int64_t) amount;
	scaled = (amount - (double) *whole) * (double) EXACT_SUM_ONE;
	*parts = (int64_t) scaled;
	return (double) *parts == scaled;
}

/* Adds both, of which `parts` lies between -2^60 and 2^60; false when the sum does not fit. */
static inline bool
exact_sum_add_parts(ExactSum *sum, int64_t whole, int64_t parts)
{
	int64_t		carry = 0;

	parts += sum->parts;
	if (parts < 0)
		carry = -1;
	else if (parts >= EXACT_SUM_ONE)
		carry = 1;
	sum->parts = parts - carry * EXACT_SUM_ONE;
	return !__builtin_add_overflow(sum->whole, whole + carry, &sum->whole);
}

/* Adds a finite amount; false when the sum does not fit. */
static inline bool
exact_sum_add(ExactSum *sum, double amount)
{
	int64_t		whole;
	int64_t		parts;

	if (exact_sum_split(amount, &whole, &parts))
		return exact_sum_add_parts(sum, whole, parts);
	sum->rest += amount;
	return isfinite(sum->rest);
}

/* Takes out an amount that was added; false where that cannot be done exactly. */
static inline bool
exact_sum_remove(ExactSum *sum, double amount)
{
	int64_t		whole;
	int64_t		parts;

	return exact_sum_split(amount, &whole, &parts) && exact_sum_add_parts(sum, -whole, -parts);
}

/* Adds another sum; false when they do not fit. */
static inline bool
exact_sum_merge(ExactSum *sum, const ExactSum *other)
{
	int64_t		parts = other->parts & (EXACT_SUM_ONE - 1);

	sum->rest += other->rest;
	return exact_sum_add_parts(sum, 0, parts) && !__builtin_add_overflow(sum->whole, other->whole, &sum->whole) &&
		isfinite(sum->rest);
}

static inline double
exact_sum_total(const ExactSum *sum)
{
	int64_t		whole = sum->whole;
	int64_t		parts = sum->parts;

	/* Both of one sign, or -0.07 would be as exact as 1 is. */
	if (whole < 0 && parts > 0)
	{
		whole++;
		parts -= EXACT_SUM_ONE;
	}
	return ((double) whole + (double) parts / (double) EXACT_SUM_ONE) + sum->rest;
}

#endif							/* CX_EXACT_SUM_H */
