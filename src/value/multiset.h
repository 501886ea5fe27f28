/*
 * multiset.h
 *	  Counts of equal keys of fixed size in one flat block.
 *
 * Plain C. A key is one to three 64-bit words that are compared as unsigned
 * numbers, word by word. The block is a header and records (key, count):
 *
 *	  n_sorted records	ascending, each key once
 *	  n_tail records	in the order of arrival, keys more than once
 *	  the rest of room	not used yet
 *
 * A row is appended to the tail. When the block is full, the tail is sorted
 * and merged into the sorted part, and only where that leaves too little room
 * a larger block is made. The canonical form has no tail, no room to spare and
 * no count of 0: equal multisets are equal bytes, however they came together.
 * It is what is stored.
 *
 * The block starts with the length word of a varlena, so that it can be the
 * whole value of a type and the state of its aggregates. Nothing here reads or
 * sets that word (multiset_state.h does). Blocks come from cx_alloc. A function
 * that takes Multiset ** may put a larger block there; the old one stays with
 * the caller, who frees it (the executor, for the state of an aggregate).
 */
#ifndef CX_MULTISET_H
#define CX_MULTISET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MULTISET_VERSION 1
#define MULTISET_MAX_WORDS 3

/* The largest block. */
#define MULTISET_MAX_BYTES ((size_t) 512 << 20)

typedef struct Multiset
{
	int32_t		vl_len_;
	uint8_t		version;
	uint8_t		words;			/* of a key */
	uint16_t	zero;
	uint32_t	n_sorted;
	uint32_t	n_tail;			/* 0 in a stored value */
	uint32_t	room;			/* for so many records; n_sorted in a stored value */
	uint32_t	zeros;
	int64_t		total;			/* of all counts */
	double		unit;			/* the owner's, copied along; 0 where there is none */
	uint64_t	records[];
} Multiset;

/* What went wrong. A multiset that is not OK any more is spoilt. */
typedef enum MultisetStatus
{
	MULTISET_OK,
	MULTISET_TOO_LARGE,			/* more than MULTISET_MAX_BYTES */
	MULTISET_OVERFLOW,			/* the total does not fit 64 bits */
	MULTISET_NEGATIVE,			/* more was taken away than was there */
	MULTISET_DAMAGED			/* the records of the other multiset do not ascend */
} MultisetStatus;

/* ---------- Words of a key ---------- */

/* A float8 as a word of the same order; -0 is 0. Not for NaN. */
static inline uint64_t
multiset_word(double value)
{
	uint64_t	bits;

	value += 0.0;
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

/* And back. */
static inline double
multiset_float8(uint64_t word)
{
	double		value;

	word = word >> 63 != 0 ? word & ~(UINT64_C(1) << 63) : ~word;
	memcpy(&value, &word, sizeof(value));
	return value;
}

/* The same for an int64. */
static inline uint64_t
multiset_word_of_int64(int64_t value)
{
	return (uint64_t) value ^ UINT64_C(1) << 63;
}

static inline int64_t
multiset_int64(uint64_t word)
{
	return (int64_t) (word ^ UINT64_C(1) << 63);
}

/* ---------- Reading ---------- */

/* Record i, 0-based: the words of the key, then the count. */
static inline const uint64_t *
multiset_record(const Multiset *m, uint32_t i)
{
	return m->records + (size_t) i * (m->words + 1);
}

static inline int64_t
multiset_count(const Multiset *m, uint32_t i)
{
	return (int64_t) multiset_record(m, i)[m->words];
}

/* ---------- Blocks ---------- */

/* The bytes of a block with room for so many records. */
static inline size_t
multiset_bytes(int words, uint32_t room)
{
	return sizeof(Multiset) + (size_t) room * (words + 1) * sizeof(uint64_t);
}

/* The bytes of this block: what a varlena's length word has to say. */
static inline size_t
multiset_size(const Multiset *m)
{
	return multiset_bytes(m->words, m->room);
}

/* An empty multiset of a small first size, the start of every state. */
extern Multiset *multiset_new(int words);

/* An empty multiset with this room exactly; NULL when that is too large. For readers of stored forms. */
extern Multiset *multiset_new_sized(int words, uint32_t room);

/* Whether `size` bytes can be read as a multiset of such keys, a state included: all parts lie inside. O(1). */
extern bool multiset_fits(const Multiset *m, size_t size, int words);

/*
 * Why a block that fits is no stored value: nothing in it, a wrong order, a count below
 * 1, a wrong total; NULL when it is one. O(n): for readers of stored forms.
 */
extern const char *multiset_problem(const Multiset *m);

/* ---------- Changing ---------- */

/* multiset_add where the block is full. */
extern MultisetStatus multiset_add_full(Multiset **m, const uint64_t *key, int64_t count);

/*
 * Adds `count` of a key, at the end of the tail; a negative count takes away.
 * The hot path of the aggregates. Taking away what is not there may show only
 * when the tail is merged.
 */
static inline MultisetStatus
multiset_add(Multiset **m, const uint64_t *key, int64_t count)
{
	Multiset   *block = *m;
	const uint32_t used = block->n_sorted + block->n_tail;
	uint64_t   *record;

	if (used >= block->room)
		return multiset_add_full(m, key, count);
	if (__builtin_add_overflow(block->total, count, &block->total))
		return MULTISET_OVERFLOW;
	record = block->records + (size_t) used * (block->words + 1);
	for (int i = 0; i < block->words; i++)
		record[i] = key[i];
	record[block->words] = (uint64_t) count;
	block->n_tail++;
	return MULTISET_OK;
}

/*
 * The same into the sorted part while that is small: for moving frames, which
 * ask for the canonical form after every row.
 */
extern MultisetStatus multiset_insert(Multiset **m, const uint64_t *key, int64_t count);

/* Adds all of another multiset of such keys (sign 1), or takes it away (-1). `unit` is not looked at. */
extern MultisetStatus multiset_merge(Multiset **m, const Multiset *other, int sign);

/* Merges the tail into the sorted part, in place. MULTISET_NEGATIVE when a count is below 0. */
extern MultisetStatus multiset_compact(Multiset *m);

/* *copy becomes the canonical form, a new block of the least size; m does not change. */
extern MultisetStatus multiset_canonical(const Multiset *m, Multiset **copy);

#endif							/* CX_MULTISET_H */
