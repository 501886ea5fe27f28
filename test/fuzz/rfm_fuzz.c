/*
 * rfm_fuzz.c
 *	  Recency, frequency and monetary value, against their definitions.
 *
 * An input is four bytes that say how a customer is looked at, then three a purchase.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "value/rfm.h"

#define MOST_PURCHASES 400
#define DAY INT64_C(86400000000)

static size_t
make_purchases(uint8_t *out)
{
	size_t		size = 4 + 3 * random_below(one_in(10) ? MOST_PURCHASES : 30);

	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t) random_bits();
	return size;
}

const FuzzTarget fuzz_target = {"rfm", make_purchases, NULL, 0};

/* The times of the purchases, none after as_of, and their bins. */
typedef struct Customer
{
	RfmView		view;
	size_t		n;
	int64_t		at[MOST_PURCHASES];
	RfmPurchase purchases[MOST_PURCHASES];
} Customer;

static void
read_customer(Customer *customer, const uint8_t *data, size_t size)
{
	static const int64_t lengths[] = {1, 7, 3600000000, DAY, 7 * DAY, 30 * DAY, 1000 * DAY, INT64_MAX};
	const uint8_t *byte = data + 4;
	const uint8_t *end = data + size;
	const int64_t step = size > 2 && data[2] % 8 == 7 ? 1 : DAY / 3;

	customer->n = 0;
	customer->view = (RfmView) {RFM_ORIGIN, DAY, DAY};
	if (size < 4)
		return;
	customer->view.merge = lengths[data[0] % lengthof(lengths)];
	customer->view.unit = lengths[data[1] % lengthof(lengths)];
	customer->view.as_of = RFM_ORIGIN + (int64_t) (int8_t) data[3] * 1000 * DAY;
	for (; end - byte >= 3 && customer->n < MOST_PURCHASES; byte += 3)
	{
		const int64_t at = customer->view.as_of - (int64_t) (byte[0] << 8 | byte[1]) / (data[2] % 5 + 1) * step;
		const double amount = (int8_t) byte[2] / (data[2] & 32 ? 4.0 : 3.0);

		customer->at[customer->n] = at;
		customer->purchases[customer->n++] = (RfmPurchase) {rfm_bin(at, customer->view.merge), amount + 0.0};
	}
}

static void
shuffle(Customer *customer)
{
	for (size_t i = customer->n; i > 1; i--)
	{
		const uint32_t k = random_below((uint32_t) i);
		const RfmPurchase purchase = customer->purchases[k];

		customer->purchases[k] = customer->purchases[i - 1];
		customer->purchases[i - 1] = purchase;
	}
}

/* A bin holds its time. */
static void
bins_hold(const Customer *customer)
{
	const int64_t merge = customer->view.merge;

	for (size_t i = 0; i < customer->n; i++)
	{
		const __int128 start = (__int128) rfm_bin(customer->at[i], merge) * merge + RFM_ORIGIN;

		CHECK(start <= customer->at[i] && customer->at[i] < start + merge);
	}
}

static bool
near(double got, long double want)
{
	return fabsl(got - want) <= 1e-12L * fabsl(want) + 1e-9L;
}

/* Bins counted and added up one by one. */
static void
figures_hold(const Customer *customer, const Rfm *rfm)
{
	const RfmPurchase *purchases = customer->purchases;
	const double unit = (double) customer->view.unit;
	int64_t		first = INT64_MAX;
	int64_t		last = INT64_MIN;
	int64_t		bins = 0;
	long double sum = 0;

	for (size_t i = 0; i < customer->n; i++)
	{
		bool		seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= purchases[k].bin == purchases[i].bin;
		bins += !seen;
		first = purchases[i].bin < first ? purchases[i].bin : first;
		last = purchases[i].bin > last ? purchases[i].bin : last;
	}
	for (size_t i = 0; i < customer->n; i++)
		sum += purchases[i].bin == first ? 0 : purchases[i].amount;
	CHECK(rfm->x == bins - 1);
	CHECK(near(rfm->t_x, (long double) ((__int128) (last - first) * customer->view.merge) / unit));
	CHECK(near(rfm->T, (long double) (customer->view.as_of - RFM_ORIGIN - (__int128) first * customer->view.merge) / unit));
	CHECK(rfm->t_x >= 0 && rfm->t_x <= rfm->T);
	CHECK(rfm->x == 0 ? isnan(rfm->monetary) : near(rfm->monetary, sum / rfm->x));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Customer customer;
	Rfm			rfm;
	Rfm			again;

	fuzz_begin(data, size);
	read_customer(&customer, data, size);
	bins_hold(&customer);
	if (!rfm_measure(&customer.view, customer.purchases, customer.n, &rfm))
		CHECK(customer.n == 0);
	else
	{
		figures_hold(&customer, &rfm);
		shuffle(&customer);
		CHECK(rfm_measure(&customer.view, customer.purchases, customer.n, &again));
		CHECK(again.x == rfm.x && again.t_x == rfm.t_x && again.T == rfm.T);
		CHECK(memcmp(&again.monetary, &rfm.monetary, sizeof(double)) == 0);
	}
	fuzz_accepted++;
	CHECK(fuzz_blocks() == 0);
	return 0;
}
