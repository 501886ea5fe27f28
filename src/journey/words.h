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

/* The first 8 bytes of a name, zeros after its end; `end` is that of the memory it stands in. */
static inline uint64_t
name_head(const char *bytes, uint32_t length, const char *end)
{
	char		copy[8] = {0};

	if (length >= 8)
		return load_word(bytes);
	if (end - bytes >= 8)
		return load_word(bytes) & ((UINT64_C(1) << (8 * length)) - 1);
	memcpy(copy, bytes, length);
	return load_word(copy);
}

#endif							/* CX_WORDS_H */
