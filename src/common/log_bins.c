/*
 * log_bins.c
 *	  Durations counted in logarithmic bins; see log_bins.h.
 */
#include <math.h>

#include "common/log_bins.h"

#define US_IN_A_SECOND 1e6

/* 2^(1/64): from the lower edge of a bin to its geometric middle. */
#define HALF_A_BIN 1.0108892860517005

const uint64_t log_bin_starts[LOG_BINS_PER_OCTAVE + 1] = {
	UINT64_C(0x8000000000000000), UINT64_C(0x82CD8698AC2BA1D8),
	UINT64_C(0x85AAC367CC487B15), UINT64_C(0x88980E8092DA8528),
	UINT64_C(0x8B95C1E3EA8BD6E7), UINT64_C(0x8EA4398B45CD53C1),
	UINT64_C(0x91C3D373AB11C337), UINT64_C(0x94F4EFA8FEF70962),
	UINT64_C(0x9837F0518DB8A970), UINT64_C(0x9B8D39B9D54E5539),
	UINT64_C(0x9EF5326091A111AE), UINT64_C(0xA27043030C496819),
	UINT64_C(0xA5FED6A9B15138EB), UINT64_C(0xA9A15AB4EA7C0EF9),
	UINT64_C(0xAD583EEA42A14AC7), UINT64_C(0xB123F581D2AC2590),
	UINT64_C(0xB504F333F9DE6485), UINT64_C(0xB8FBAF4762FB9EEA),
	UINT64_C(0xBD08A39F580C36BF), UINT64_C(0xC12C4CCA66709457),
	UINT64_C(0xC5672A115506DADE), UINT64_C(0xC9B9BD866E2F27A3),
	UINT64_C(0xCE248C151F8480E4), UINT64_C(0xD2A81D91F12AE45B),
	UINT64_C(0xD744FCCAD69D6AF5), UINT64_C(0xDBFBB797DAF23756),
	UINT64_C(0xE0CCDEEC2A94E112), UINT64_C(0xE5B906E77C8348A9),
	UINT64_C(0xEAC0C6E7DD24392F), UINT64_C(0xEFE4B99BDCDAF5CC),
	UINT64_C(0xF5257D152486CC2D), UINT64_C(0xFA83B2DB722A033B),
	UINT64_MAX
};

const uint8_t log_bin_guesses[64] = {
	0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 7, 8, 9, 9,
	10, 10, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18,
	18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25,
	25, 26, 26, 27, 27, 27, 28, 28, 29, 29, 29, 30, 30, 30, 31, 31
};

double
log_bin_edge(int bin)
{
	int			octave = (bin - 1) / LOG_BINS_PER_OCTAVE;
	int			place = (bin - 1) % LOG_BINS_PER_OCTAVE;

	if (bin <= 0)
		return 0;
	return ldexp((double) log_bin_starts[place], octave - 63) / US_IN_A_SECOND;
}

double
log_bin_middle(int bin)
{
	return log_bin_edge(bin) * HALF_A_BIN;
}

double
log_bins_quantile(const LogBin *bins, size_t n, int numerator, int denominator)
{
	int64_t		total = 0;
	int64_t		rank;

	for (size_t i = 0; i < n; i++)
		total += bins[i].count;
	/* numerator/denominator of the total, rounded up, without passing 64 bits on the way. */
	rank = total / denominator * numerator +
		(total % denominator * numerator + denominator - 1) / denominator;
	for (size_t i = 0; i < n; i++)
	{
		rank -= bins[i].count;
		if (rank <= 0 && bins[i].count > 0)
			return log_bin_middle(bins[i].bin);
	}
	return NAN;
}
