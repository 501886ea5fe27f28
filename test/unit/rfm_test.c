/*
 * rfm_test.c
 *	  rfm against a brute force that knows no bins in advance and no order.
 *
 * RFM_SEED and RFM_ROUNDS in the environment change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tap.h"
#include "value/rfm.h"

#define MAX_PURCHASES 700

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

static uint64_t random_state;

static uint64_t
random_bits(void)
{
	uint64_t	high;

	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	high = random_state >> 32;
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return high << 32 | random_state >> 32;
}

static int64_t
random_between(int64_t low, int64_t high)
{
	return low + (int64_t) (random_bits() % (uint64_t) (high - low + 1));
}

/* ---------- The second source ---------- */

typedef struct Purchase
{
	int64_t		at;
	double		amount;
} Purchase;

/* Where the stretch of a time starts, found by steps of doubling length from the origin. */
static int64_t
stretch_start(int64_t at, int64_t merge)
{
	int64_t		start = RFM_ORIGIN;

	while (start > at)
	{
		int64_t		step = merge;

		while (step <= INT64_MAX / 4 && start - 2 * step >= at)
			step *= 2;
		start -= step;
	}
	for (;;)
	{
		int64_t		step = merge;

		if ((uint64_t) at - (uint64_t) start < (uint64_t) step)
			return start;
		while (step <= INT64_MAX / 4 && (uint64_t) at - (uint64_t) start >= (uint64_t) (2 * step))
			step *= 2;
		start += step;
	}
}

/* One stretch after the other: the next one is the least start after the one before. */
static bool
brute_rfm(const RfmView *view, const Purchase *purchases, int n, Rfm *rfm)
{
	int64_t		first = INT64_MAX;
	int64_t		now = INT64_MIN;
	long double sum = 0;

	rfm->x = -1;
	for (;;)
	{
		int64_t		next = INT64_MAX;

		for (int i = 0; i < n; i++)
		{
			int64_t		start = stretch_start(purchases[i].at, view->merge);

			if (start > now && start < next)
				next = start;
		}
		if (next == INT64_MAX)
			break;
		now = next;
		rfm->x++;
		if (rfm->x == 0)
			first = now;
		for (int i = 0; i < n && rfm->x > 0; i++)
		{
			if (stretch_start(purchases[i].at, view->merge) == now)
				sum += purchases[i].amount;
		}
	}
	if (rfm->x < 0)
		return false;
	rfm->t_x = (double) (((long double) now - first) / view->unit);
	rfm->T = (double) (((long double) view->as_of - first) / view->unit);
	rfm->monetary = rfm->x > 0 ? (double) (sum / rfm->x) : NAN;
	return true;
}

/* ---------- The comparison ---------- */

static bool
close_to(double got, double want, double scale)
{
	return fabs(got - want) <= 1e-12 * scale;
}

static bool
same_bits(const Rfm *a, const Rfm *b)
{
	return a->x == b->x && memcmp(&a->t_x, &b->t_x, sizeof(double)) == 0 &&
		memcmp(&a->T, &b->T, sizeof(double)) == 0 &&
		memcmp(&a->monetary, &b->monetary, sizeof(double)) == 0;
}

static bool
measure(const RfmView *view, const Purchase *purchases, int n, Rfm *rfm)
{
	static RfmPurchase binned[MAX_PURCHASES];

	for (int i = 0; i < n; i++)
		binned[i] = (RfmPurchase) {rfm_bin(purchases[i].at, view->merge), purchases[i].amount};
	return rfm_measure(view, binned, n, rfm);
}

static void
shuffle(Purchase *purchases, int n)
{
	for (int i = n - 1; i > 0; i--)
	{
		int			j = (int) random_between(0, i);
		Purchase	other = purchases[j];

		purchases[j] = purchases[i];
		purchases[i] = other;
	}
}

/* False when a round differs. */
static bool
round_agrees(int max_purchases)
{
	static const int64_t lengths[] = {1, 7, SECOND, 3600 * SECOND, DAY, 7 * DAY, 7 * DAY + 12345, 400 * DAY};
	static Purchase purchases[MAX_PURCHASES];
	int			n = (int) random_between(1, max_purchases);
	RfmView		view = {random_between(-2000 * DAY, 9000 * DAY), lengths[random_between(0, 7)],
	lengths[random_between(0, 7)]};
	int64_t		span = random_between(1, 8) * (random_between(0, 1) ? DAY : view.merge);
	double		scale = 0;
	Rfm			got;
	Rfm			want = {0};
	Rfm			again;

	if (span > 8 * DAY)
		span = 8 * view.merge;
	for (int i = 0; i < n; i++)
	{
		purchases[i].at = view.as_of - random_between(0, span);
		if (random_between(0, 3) == 0)
			purchases[i].at = stretch_start(purchases[i].at, view.merge);
		purchases[i].amount = random_between(-500, 10000) / 100.0 + 0.0;
		scale += fabs(purchases[i].amount);
	}
	if (!measure(&view, purchases, n, &got))
		return false;
	shuffle(purchases, n);
	if (!measure(&view, purchases, n, &again) || !same_bits(&got, &again))
		return false;
	brute_rfm(&view, purchases, n, &want);
	return got.x == want.x && close_to(got.t_x, want.t_x, want.t_x) && close_to(got.T, want.T, want.T) &&
		got.t_x <= got.T &&
		(want.x == 0 ? isnan(got.monetary) : close_to(got.monetary, want.monetary, scale));
}

/* ---------- What is known ---------- */

static void
test_bins(void)
{
	const int64_t earliest = INT64_C(-211813488000000000);
	const int64_t latest = INT64_C(9223371331199999999);

	ok(rfm_bin(RFM_ORIGIN, DAY) == 0, "the origin starts bin 0");
	ok(rfm_bin(RFM_ORIGIN - 1, DAY) == -1, "a moment before it is in bin -1");
	ok(rfm_bin(RFM_ORIGIN - DAY, DAY) == -1, "whose first moment is a day before");
	ok(rfm_bin(RFM_ORIGIN - DAY - 1, DAY) == -2, "and before that is bin -2");
	ok(rfm_bin(RFM_ORIGIN + 7 * DAY, 7 * DAY) == 1, "a week is a bin");
	ok(rfm_bin(earliest, INT64_MAX) == -1 && rfm_bin(latest, INT64_MAX) == 0,
	   "a bin may be longer than time");
	ok(rfm_bin(earliest, 1) == earliest - RFM_ORIGIN, "and as short as a microsecond");
}

static void
test_extremes(void)
{
	const int64_t earliest = INT64_C(-211813488000000000);
	const int64_t latest = INT64_C(9223371331199999999);
	const RfmView view = {latest, DAY, DAY};
	const Purchase purchases[] = {{latest, 3}, {earliest, 5}};
	Rfm			rfm;

	ok(!measure(&view, purchases, 0, &rfm), "no purchase, no customer");
	ok(measure(&view, purchases, 2, &rfm) && rfm.x == 1 && rfm.monetary == 3, "all of time");
	/* Julian days 0 to 109203527 are those that a timestamp can hold. */
	is_close(rfm.t_x, 109203527.0, 0, "its days");
	is_close(rfm.T, 109203528.0, 1e-12, "to the last moment");
}

int
main(void)
{
	const char *seed_given = getenv("RFM_SEED");
	const char *rounds_given = getenv("RFM_ROUNDS");
	uint64_t	seed = seed_given != NULL ? strtoull(seed_given, NULL, 10) : (uint64_t) time(NULL);
	int			rounds = rounds_given != NULL ? atoi(rounds_given) : 3000;
	int			agreed = 0;

	printf("# RFM_SEED=%" PRIu64 "\n", seed);
	random_state = seed;
	test_bins();
	test_extremes();
	while (agreed < rounds && round_agrees(40))
		agreed++;
	ok(agreed == rounds, "few purchases");
	agreed = 0;
	while (agreed < rounds / 30 && round_agrees(MAX_PURCHASES))
		agreed++;
	ok(agreed == rounds / 30, "many purchases");
	return done();
}
