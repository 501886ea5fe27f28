/*
 * words.h
 *	  Bytes of names and columns, eight at a time.
 *
 * Plain C.
 */
#ifndef CX_WORDS_H
#define CX_WORDS_H

#include <stdint.h>
#include <string.h>

/* The eight bytes from `bytes` on, at any address, the first one lowest on every machine. */
static inline uint64_t
load_word(const void *bytes)
{
	uint64_t	word;

	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

#endif							/* CX_WORDS_H */
