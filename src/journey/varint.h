/*
 * varint.h
 *	  Numbers of variable length: 7 bits a byte, the lowest first.
 *
 * Plain C.
 */
#ifndef CX_VARINT_H
#define CX_VARINT_H

#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX_SIZE 10

/* Bytes the number takes. */
static inline size_t
varint_size(uint64_t value)
{
	return value < 0x80 ? 1 : (size_t) (63 - __builtin_clzll(value)) / 7 + 1;
}

/* Writes the number and returns the byte after it. */
static inline uint8_t *
varint_write(uint8_t *out, uint64_t value)
{
	while (value >= 0x80)
	{
		*out++ = (uint8_t) (value | 0x80);
		value >>= 7;
	}
	*out++ = (uint8_t) value;
	return out;
}

/* Reads a number and moves past it; never past `end`, where it reads as 0. */
static inline uint64_t
varint_read(const uint8_t **at, const uint8_t *end)
{
	uint64_t	value = 0;

	for (int shift = 0; *at < end && shift < 64; shift += 7)
	{
		uint8_t		byte = *(*at)++;

		value |= (uint64_t) (byte & 0x7F) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

/* Signed numbers as unsigned ones, the small ones small. */
static inline uint64_t
zigzag(int64_t value)
{
	return (uint64_t) value << 1 ^ (uint64_t) (value >> 63);
}

static inline int64_t
unzigzag(uint64_t value)
{
	return (int64_t) ((value >> 1) ^ (~(value & 1) + 1));
}

#endif							/* CX_VARINT_H */
