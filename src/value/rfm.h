/*
 * rfm.h
 *	  Recency, frequency and monetary value of one customer.
 *
 * Plain C. Times are microseconds since 2000-01-01 UTC. Purchases of the same
 * stretch of time, a bin, are one; bins are counted from Monday, 2001-01-01, on.
 */
#ifndef CX_RFM_H
#define CX_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 2001-01-01 00:00 UTC */
#define RFM_ORIGIN INT64_C(31622400000000)

/* How a customer is looked at. */
typedef struct RfmView
{
	int64_t		as_of;
	int64_t		merge;			/* length of a bin, above 0 */
	int64_t		unit;			/* what recency and age are measured in, above 0 */
} RfmView;

typedef struct RfmPurchase
{
	int64_t		bin;
	double		amount;			/* finite, never -0 */
} RfmPurchase;

typedef struct Rfm
{
	int64_t		x;				/* repeat purchases: bins after the first */
	double		t_x;			/* from the start of the first bin to that of the last one */
	double		T;				/* from the start of the first bin to as_of */
	double		monetary;		/* mean of the repeat bins; NaN where x is 0, infinite past the largest double */
} Rfm;

/* The bin of a time. */
static inline int64_t
rfm_bin(int64_t at, int64_t merge)
{
	const int64_t since = at - RFM_ORIGIN;
	const int64_t bin = since / merge;

	return bin - (since % merge < 0);
}

/*
 * Measures a customer; false without a purchase. None is later than as_of.
 * Sorts the purchases first, so that the sums of any order are the same to the
 * last bit. Many purchases take as much memory again for the time of the call.
 */
extern bool rfm_measure(const RfmView *view, RfmPurchase *purchases, size_t n, Rfm *rfm);

#endif							/* CX_RFM_H */
