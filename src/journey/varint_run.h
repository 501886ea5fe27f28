/*
 * varint_run.h
 *	  Many numbers of variable length, one after the other, as fast as can be.
 *
 * Plain C. Where the numbers end is found for up to 64 bytes at once, so that
 * reading one does not wait for the length of the one before it. There are
 * readable bytes before them, 8 at least.
 */
#ifndef CX_VARINT_RUN_H
#define CX_VARINT_RUN_H

#include "journey/varint.h"
#include "journey/words.h"

typedef struct VarintRun
{
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *block;		/* bit i of `ends` stands for block[i] */
	uint64_t	ends;			/* last bytes of varints, from `at` on */
} VarintRun;

/* Starts at `at`; nothing is read at `end` and after it. */
static inline VarintRun
varint_run(const uint8_t *at, const uint8_t *end)
{
	return (VarintRun) {at, end, at, 0};
}

/* The next 8 bytes, as many as there are; what is beyond the end is 0. There are 8 bytes before the end. */
static inline uint64_t
load_up_to(const uint8_t *at, const uint8_t *end)
{
	return end - at >= 8 ? load_word(at) : load_word(end - 8) >> (8 * (8 - (end - at)));
}

/* Finds the last bytes in the next 64. */
static inline void
varint_run_find_ends(VarintRun *run)
{
	uint64_t	ends = 0;

	for (int i = 0; i < 64 && run->end - run->at > i; i += 8)
	{
		ptrdiff_t	left = run->end - run->at - i;
		uint64_t	last = ~load_up_to(run->at + i, run->end) & UINT64_C(0x8080808080808080);

		if (left < 8)
			last &= (UINT64_C(1) << (8 * left)) - 1;
		/* The high bits of the 8 bytes side by side. */
		ends |= ((last >> 7) * UINT64_C(0x0102040810204080) >> 56) << i;
	}
	run->block = run->at;
	run->ends = ends;
}

/* The next number; 0 at the end. */
static inline __attribute__((always_inline)) uint64_t
next_varint(VarintRun *run)
{
	const uint8_t *at = run->at;
	uint64_t	word;
	ptrdiff_t	length;

	if (__builtin_expect(run->ends == 0, 0))
	{
		varint_run_find_ends(run);
		if (run->ends == 0)
			return varint_read(&run->at, run->end);
	}
	length = run->block + __builtin_ctzll(run->ends) + 1 - at;
	if (__builtin_expect(length > 8, 0))
	{
		run->ends = 0;
		return varint_read(&run->at, run->end);
	}
	run->ends &= run->ends - 1;
	run->at += length;

	/* Seven bits of each byte, brought together. */
	word = load_up_to(at, run->end) & (UINT64_MAX >> (65 - 8 * length));
	word = (word & UINT64_C(0x007F007F007F007F)) | (word & UINT64_C(0x7F007F007F007F00)) >> 1;
	word = (word & UINT64_C(0x00003FFF00003FFF)) | (word & UINT64_C(0x3FFF00003FFF0000)) >> 2;
	return (word & UINT64_C(0x000000000FFFFFFF)) | (word & UINT64_C(0x0FFFFFFF00000000)) >> 4;
}

#endif							/* CX_VARINT_RUN_H */
