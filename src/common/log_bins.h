/*
 * log_bins.h
 *	  Durations counted in logarithmic bins, 32 an octave.
 *
 * Plain C. A summary that keeps such counts merges exactly, and its quantiles
 * are within 2.2 % of the durations they stand for. The bin of a duration is
 * found in integers, so every machine finds the same one.
 */
#ifndef CX_LOG_BINS_H
#define CX_LOG_BINS_H

#include <stddef.h>
#include <stdint.h>

#define LOG_BINS_PER_OCTAVE 32

/* Bin 0 for no time at all, then 32 for each of the 63 octaves of 1 us and more. */
#define LOG_BINS (1 + 63 * LOG_BINS_PER_OCTAVE)

typedef struct LogBin
{
	int			bin;
	int64_t		count;
} LogBin;

/* 2^63 * 2^(j/32), rounded up: where bin j of an octave starts when its first duration is shifted to 2^63; then a guard. */
extern const uint64_t log_bin_starts[LOG_BINS_PER_OCTAVE + 1];

/* The bin in which each of 64 equal parts of an octave starts; no part holds two starts. */
extern const uint8_t log_bin_guesses[64];

/* The bin of a duration in microseconds; below 0 counts as 0. */
static inline int
log_bin(int64_t us)
{
	int			zeros;
	uint64_t	mantissa;
	int			place;

	if (us <= 0)
		return 0;
	zeros = __builtin_clzll((uint64_t) us);
	mantissa = (uint64_t) us << zeros;
	place = log_bin_guesses[mantissa >> 57 & 63];
	place += mantissa >= log_bin_starts[place + 1];
	return 1 + (63 - zeros) * LOG_BINS_PER_OCTAVE + place;
}

/* The smallest duration of a bin, in seconds. */
extern double log_bin_edge(int bin);

/* What stands for the durations of a bin: their geometric middle, in seconds. */
extern double log_bin_middle(int bin);

/*
 * The middle of the bin that holds the quantile numerator/denominator of the
 * counted durations: the smallest one that so many are not above. The bins are
 * in ascending order. NaN when nothing was counted.
 */
extern double log_bins_quantile(const LogBin *bins, size_t n, int numerator, int denominator);

#endif							/* CX_LOG_BINS_H */
