/*
 * log_bins_test.c
 *	  Logarithmic bins against exact arithmetic and against sorted durations.
 *
 * The bins' edges are checked in integers: a duration d lies in bin j of octave
 * e where 2^(32 e + j) <= d^32 < 2^(32 e + j + 1), with d^32 computed to its
 * last digit.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_bins.h"
#include "tap.h"

#define WORDS 64				/* of 32 bits: 63 * 32 bits are needed at most */

static uint64_t random_state = 20240313;

static uint64_t
random_64(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return random_state ^ random_state >> 29;
}

/* The number of bits of d^32: 2^(bits - 1) <= d^32 < 2^bits. */
static int
bits_of_power_32(uint64_t d)
{
	uint32_t	power[WORDS] = {(uint32_t) d, (uint32_t) (d >> 32)};

	for (int doubling = 0; doubling < 5; doubling++)
	{
		uint32_t	square[WORDS] = {0};

		for (int i = 0; i < WORDS; i++)
		{
			uint64_t	carry = 0;

			for (int k = 0; i + k < WORDS; k++)
			{
				carry += (uint64_t) power[i] * power[k] + square[i + k];
				square[i + k] = (uint32_t) carry;
				carry >>= 32;
			}
		}
		memcpy(power, square, sizeof(power));
	}
	for (int i = WORDS - 1; i >= 0; i--)
	{
		if (power[i] != 0)
			return 32 * i + 32 - __builtin_clz(power[i]);
	}
	return 0;
}

static bool
bin_is_exact(int64_t us)
{
	int			want = bits_of_power_32(us);	/* 1 + 32 e + j */

	if (log_bin(us) == want)
		return true;
	printf("# %" PRId64 " us: bin %d, want %d\n", us, log_bin(us), want);
	return false;
}

static void
bins(void)
{
	bool		exact = true;

	ok(log_bin(0) == 0 && log_bin(-5) == 0 && log_bin(INT64_MIN) == 0, "no time is bin 0");
	for (int64_t us = 1; us < 3000; us++)
		exact &= bin_is_exact(us);
	ok(exact, "every duration below 3000 us");
	for (int e = 0; e < 63; e++)
	{
		exact &= bin_is_exact(INT64_C(1) << e);
		if (e > 0)
			exact &= bin_is_exact((INT64_C(1) << e) - 1);
	}
	ok(exact && bin_is_exact(INT64_MAX) && log_bin(INT64_MAX) == LOG_BINS - 1, "powers of 2 and the last bin");
	for (int i = 0; i < 5000; i++)
		exact &= bin_is_exact((int64_t) (random_64() >> (1 + random_64() % 63)));
	ok(exact, "random durations");

	/* Around every edge that is not a power of 2: the smallest duration of a bin, and the one before it. */
	for (int bin = 1; bin < LOG_BINS; bin++)
	{
		int64_t		near = (int64_t) (log_bin_edge(bin) * 1e6);

		for (int64_t us = near > 2 ? near - 2 : 1; us < near + 3 && us > 0; us++)
			exact &= bin_is_exact(us);
	}
	ok(exact, "around every edge");
}

static void
edges(void)
{
	bool		close = true;

	ok(log_bin_edge(0) == 0 && log_bin_middle(0) == 0, "no time is 0 seconds");
	for (int bin = 1; bin < LOG_BINS; bin++)
	{
		close &= fabs(log_bin_edge(bin) / (exp2((bin - 1) / 32.0) / 1e6) - 1) < 1e-14;
		close &= fabs(log_bin_middle(bin) / (exp2((bin - 0.5) / 32.0) / 1e6) - 1) < 1e-14;
	}
	ok(close, "edges and middles are powers of 2^(1/32)");
}

/* ---------- Quantiles ---------- */

static int
compare_int64(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static double
binned_quantile(const int64_t *sorted, int n, int numerator, int denominator)
{
	static LogBin bins[LOG_BINS];
	int			used = 0;

	for (int i = 0; i < n; i++)
	{
		int			bin = log_bin(sorted[i]);

		if (used == 0 || bins[used - 1].bin != bin)
			bins[used++] = (LogBin) {bin, 0};
		bins[used - 1].count++;
	}
	return log_bins_quantile(bins, used, numerator, denominator);
}

static void
quantiles(void)
{
	static int64_t durations[2000];
	LogBin		huge[2] = {{10, (INT64_C(1) << 47) - 1}, {20, (INT64_C(1) << 47) - 1}};
	double		worst = 0;

	ok(isnan(log_bins_quantile(NULL, 0, 1, 2)), "no quantile of nothing");
	ok(log_bins_quantile(huge, 2, 1, 2) == log_bin_middle(10) &&
	   log_bins_quantile(huge, 2, 9, 10) == log_bin_middle(20), "large counts");
	for (int round = 0; round < 300; round++)
	{
		int			n = 1 + (int) (random_64() % 2000);
		int			shift = (int) (random_64() % 50);

		for (int i = 0; i < n; i++)
			durations[i] = (int64_t) (random_64() >> (1 + shift + random_64() % 12));
		qsort(durations, n, sizeof(durations[0]), compare_int64);
		for (int p = 1; p <= 100; p++)
		{
			/* The smallest duration that at least p percent do not exceed. */
			double		want = durations[(p * n + 99) / 100 - 1] / 1e6;
			double		got = binned_quantile(durations, n, p, 100);
			double		off = want == 0 ? got : fabs(got / want - 1);

			worst = off > worst ? off : worst;
		}
	}
	printf("# at worst %.4f off\n", worst);
	ok(worst < 0.022, "quantiles are within 2.2 %");
}

int
main(void)
{
	printf("# seed %" PRIu64 "\n", random_state);
	bins();
	edges();
	quantiles();
	return done();
}
