/*
 * rfm.c
 *	  Recency, frequency and monetary value of one customer; see rfm.h.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "value/rfm.h"

/* ---------- Sorting ---------- */

/*
 * By bin, then by amount. Most customers have a few purchases, and most logs are
 * in order of time: runs are sorted by insertion, then merged two by two.
 */

#define RUN 16

static inline bool
comes_before(const RfmPurchase *a, const RfmPurchase *b)
{
	return a->bin < b->bin || (a->bin == b->bin && a->amount < b->amount);
}

static void
sort_run(RfmPurchase *run, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		const RfmPurchase purchase = run[i];
		size_t		at = i;

		for (; at > 0 && comes_before(&purchase, &run[at - 1]); at--)
			run[at] = run[at - 1];
		run[at] = purchase;
	}
}

/* Merges from[0 .. half) and from[half .. n) into `to`. */
static void
merge_runs(const RfmPurchase *from, size_t half, size_t n, RfmPurchase *to)
{
	size_t		left = 0;
	size_t		right = half;

	if (half >= n || !comes_before(&from[half], &from[half - 1]))
	{
		memcpy(to, from, n * sizeof(RfmPurchase));
		return;
	}
	while (left < half && right < n)
		*to++ = comes_before(&from[right], &from[left]) ? from[right++] : from[left++];
	memcpy(to, from + left, (half - left) * sizeof(RfmPurchase));
	memcpy(to + (half - left), from + right, (n - right) * sizeof(RfmPurchase));
}

static void
sort_purchases(RfmPurchase *purchases, size_t n)
{
	RfmPurchase *spare;
	RfmPurchase *from = purchases;
	RfmPurchase *to;

	if (n <= RUN)
	{
		sort_run(purchases, n);
		return;
	}
	for (size_t i = 0; i < n; i += RUN)
		sort_run(purchases + i, n - i < RUN ? n - i : RUN);
	to = spare = cx_alloc(n, sizeof(RfmPurchase));
	for (size_t width = RUN; width < n; width *= 2)
	{
		RfmPurchase *merged = to;

		for (size_t i = 0; i < n; i += 2 * width)
			merge_runs(from + i, width, n - i < 2 * width ? n - i : 2 * width, to + i);
		to = from;
		from = merged;
		cx_check_interrupts();
	}
	if (from != purchases)
		memcpy(purchases, from, n * sizeof(RfmPurchase));
	cx_free(spare);
}

/* ---------- Measuring ---------- */

bool
rfm_measure(const RfmView *view, RfmPurchase *purchases, size_t n, Rfm *rfm)
{
	double		sum = 0;
	int64_t		start;
	size_t		i = 1;

	if (n == 0)
		return false;
	sort_purchases(purchases, n);
	rfm->x = 0;
	while (i < n && purchases[i].bin == purchases[0].bin)
		i++;
	for (; i < n; i++)
	{
		rfm->x += purchases[i].bin != purchases[i - 1].bin;
		sum += purchases[i].amount;
	}

	/* What passed between two times that there are fits 64 bits without a sign. */
	start = RFM_ORIGIN + purchases[0].bin * view->merge;
	rfm->t_x = (double) ((uint64_t) (purchases[n - 1].bin - purchases[0].bin) * (uint64_t) view->merge) /
		(double) view->unit;
	rfm->T = (double) ((uint64_t) view->as_of - (uint64_t) start) / (double) view->unit;
	rfm->monetary = rfm->x > 0 ? sum / (double) rfm->x : NAN;
	return true;
}
