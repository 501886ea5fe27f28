/*
 * multiset.c
 *	  Counts of equal keys in one flat block: sorting, merging, growing.
 *
 * What is hot (sorting and merging) is written once with the number of words as
 * an argument and inlined for one, two and three, so that a record is copied
 * in registers.
 */
#include <limits.h>

#include "common/memory.h"
#include "value/multiset.h"

#define always_inline inline __attribute__((always_inline))

#define MAX_RECORD (MULTISET_MAX_WORDS + 1)

/* The first block, in bytes: what palloc hands out whole. */
#define FIRST_BYTES 128

/* Smaller blocks double. Larger ones grow by an eighth: while one is replaced, three exist. */
#define LARGE_BYTES ((size_t) 64 << 20)

/* multiset_insert keeps so many records sorted. */
#define INSERT_LIMIT 4096

/* ---------- Records ---------- */

static always_inline void
copy_record(const int words, uint64_t *to, const uint64_t *from)
{
	for (int i = 0; i <= words; i++)
		to[i] = from[i];
}

/* Below 0, 0 or above 0 as a comes before b, is b or comes after it. */
static always_inline int
compare_keys(const int words, const uint64_t *a, const uint64_t *b)
{
	for (int i = 0; i < words - 1; i++)
	{
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return (a[words - 1] > b[words - 1]) - (a[words - 1] < b[words - 1]);
}

static inline uint64_t *
record_at(Multiset *m, size_t i)
{
	return m->records + i * (m->words + 1);
}

static inline size_t
record_bytes(const Multiset *m)
{
	return (m->words + 1) * sizeof(uint64_t);
}

/* ---------- Sorting ---------- */

/*
 * Buckets by the eight bits from the highest one on in which the keys differ,
 * from one array into the other, then each bucket the same way back; few
 * records by insertion. So the bits that all keys share cost nothing, and once
 * a bucket fits the cache everything stays there.
 */

#define FEW 24
#define BUCKETS 256

typedef void (*Sorter) (uint64_t *from, uint64_t *to, size_t n, bool stay, int word);

/* Sorts few records of `from` into `to`, which may be `from`. */
static always_inline void
sort_few(const int words, const uint64_t *from, uint64_t *to, size_t n)
{
	const size_t step = words + 1;

	for (size_t i = 0; i < n; i++)
	{
		uint64_t	record[MAX_RECORD];
		size_t		at = i;

		copy_record(words, record, from + i * step);
		for (; at > 0 && compare_keys(words, to + (at - 1) * step, record) > 0; at--)
			copy_record(words, to + at * step, to + (at - 1) * step);
		copy_record(words, to + at * step, record);
	}
}

/*
 * Sorts the n records of `from`, whose keys are the same before `word`, in place
 * (stay) or into `to`; the other array is spoilt. `self` is the caller.
 */
static always_inline void
sort_range(const int words, Sorter self, uint64_t *from, uint64_t *to, size_t n, bool stay, int word)
{
	const size_t step = words + 1;
	uint32_t	counts[BUCKETS] = {0};
	uint32_t	starts[BUCKETS];
	uint32_t	start = 0;
	uint64_t	differ = 0;
	int			shift;

	for (; word < words; word++)
	{
		for (size_t i = 1; i < n; i++)
			differ |= from[i * step + word] ^ from[word];
		if (differ != 0)
			break;
	}
	if (word == words)
	{
		if (!stay)
			memcpy(to, from, n * step * sizeof(uint64_t));
		return;
	}
	shift = 63 - __builtin_clzll(differ) - 7;
	if (shift < 0)
		shift = 0;

	for (size_t i = 0; i < n; i++)
		counts[from[i * step + word] >> shift & (BUCKETS - 1)]++;
	for (int b = 0; b < BUCKETS; b++)
	{
		starts[b] = start;
		start += counts[b];
	}
	for (size_t i = 0; i < n; i++)
	{
		const uint64_t *record = from + i * step;

		copy_record(words, to + starts[record[word] >> shift & (BUCKETS - 1)]++ * step, record);
	}

	start = 0;
	for (int b = 0; b < BUCKETS; b++)
	{
		uint64_t   *bucket = to + start * step;
		uint64_t   *other = from + start * step;

		if (counts[b] > FEW)
			self(bucket, other, counts[b], !stay, word);
		else if (counts[b] > 0)
			sort_few(words, bucket, stay ? other : bucket, counts[b]);
		start += counts[b];
	}
	if (n > 65536)
		cx_check_interrupts();
}

static void
sort_one_word(uint64_t *from, uint64_t *to, size_t n, bool stay, int word)
{
	sort_range(1, sort_one_word, from, to, n, stay, word);
}

static void
sort_two_words(uint64_t *from, uint64_t *to, size_t n, bool stay, int word)
{
	sort_range(2, sort_two_words, from, to, n, stay, word);
}

static void
sort_three_words(uint64_t *from, uint64_t *to, size_t n, bool stay, int word)
{
	sort_range(3, sort_three_words, from, to, n, stay, word);
}

/* Sorts n records of `from` into `to`. */
static void
sort_records(int words, uint64_t *from, uint64_t *to, size_t n)
{
	static const Sorter sorters[] = {sort_one_word, sort_two_words, sort_three_words};

	sorters[words - 1] (from, to, n, false, 0);
}

/* ---------- Merging ---------- */

/* Adds up the counts of equal keys that stand together; how many records are left. */
static always_inline size_t
fold(const int words, uint64_t *records, size_t n)
{
	const size_t step = words + 1;
	uint64_t   *last = records;

	if (n == 0)
		return 0;
	for (size_t i = 1; i < n; i++)
	{
		const uint64_t *record = records + i * step;

		if (compare_keys(words, last, record) == 0)
			last[words] += record[words];
		else
		{
			last += step;
			copy_record(words, last, record);
		}
	}
	return (last - records) / step + 1;
}

/*
 * Merges n records with ascending keys, their counts times `sign`, into the
 * sorted part of m, from the last one to the first. At most `missing` of the
 * keys are new, and m has the room for so many. Where fewer are, a gap is left
 * and closed.
 */
static always_inline MultisetStatus
merge_sorted(const int words, Multiset *m, const uint64_t *others, size_t n, size_t missing,
			 int sign)
{
	const size_t step = words + 1;
	uint64_t   *records = m->records;
	size_t		from = m->n_sorted;
	const size_t end = from + missing;
	size_t		to = end;
	bool		negative = false;

	while (n > 0)
	{
		uint64_t	record[MAX_RECORD];
		int			order;

		copy_record(words, record, others + (n - 1) * step);
		record[words] *= (uint64_t) (int64_t) sign;
		order = 1;
		while (from > 0)
		{
			order = compare_keys(words, record, records + (from - 1) * step);
			if (order >= 0)
				break;
			from--;
			to--;
			copy_record(words, records + to * step, records + from * step);
		}
		if (from > 0 && order == 0)
			record[words] += records[--from * step + words];
		n--;
		if (record[words] == 0)
			continue;
		negative |= (int64_t) record[words] < 0;
		copy_record(words, records + --to * step, record);
	}
	if (to > from)
		memmove(records + from * step, records + to * step, (end - to) * step * sizeof(uint64_t));
	m->n_sorted = (uint32_t) (from + (end - to));
	return negative ? MULTISET_NEGATIVE : MULTISET_OK;
}

static MultisetStatus
merge_records(Multiset *m, const uint64_t *others, size_t n, size_t missing, int sign)
{
	switch (m->words)
	{
		case 1:
			return merge_sorted(1, m, others, n, missing, sign);
		case 2:
			return merge_sorted(2, m, others, n, missing, sign);
		default:
			return merge_sorted(3, m, others, n, missing, sign);
	}
}

static size_t
fold_records(int words, uint64_t *records, size_t n)
{
	switch (words)
	{
		case 1:
			return fold(1, records, n);
		case 2:
			return fold(2, records, n);
		default:
			return fold(3, records, n);
	}
}

MultisetStatus
multiset_compact(Multiset *m)
{
	const size_t n = m->n_tail;
	MultisetStatus status;
	uint64_t   *sorted;
	size_t		folded;

	if (n == 0)
		return MULTISET_OK;
	sorted = cx_alloc(n, record_bytes(m));
	sort_records(m->words, record_at(m, m->n_sorted), sorted, n);
	m->n_tail = 0;
	folded = fold_records(m->words, sorted, n);
	status = merge_records(m, sorted, folded, folded, 1);
	cx_free(sorted);
	return status;
}

/* How many of n ascending keys are not in the sorted part; false where they do not ascend, as damage may have it. */
static bool
count_missing(const Multiset *m, const uint64_t *others, size_t n, size_t *found)
{
	const size_t step = m->words + 1;
	size_t		missing = 0;
	uint32_t	at = 0;

	for (size_t i = 0; i < n; i++)
	{
		int			order = 1;

		if (i > 0 && compare_keys(m->words, others + (i - 1) * step, others + i * step) >= 0)
			return false;
		while (at < m->n_sorted &&
			   (order = compare_keys(m->words, multiset_record(m, at), others + i * step)) < 0)
			at++;
		missing += at == m->n_sorted || order != 0;
	}
	*found = missing;
	return true;
}

/* ---------- Blocks ---------- */

Multiset *
multiset_new_sized(int words, uint32_t room)
{
	Multiset   *m;

	if (multiset_bytes(words, room) > MULTISET_MAX_BYTES)
		return NULL;
	m = cx_alloc(1, multiset_bytes(words, room));
	memset(m, 0, sizeof(Multiset));
	m->version = MULTISET_VERSION;
	m->words = (uint8_t) words;
	m->room = room;
	return m;
}

/* How many records fit so many bytes. */
static inline size_t
room_of(int words, size_t bytes)
{
	return (bytes - sizeof(Multiset)) / ((words + 1) * sizeof(uint64_t));
}

Multiset *
multiset_new(int words)
{
	return multiset_new_sized(words, (uint32_t) room_of(words, FIRST_BYTES));
}

/* A copy of all records in a block with more room, or just enough. */
static Multiset *
copy_block(const Multiset *m, uint32_t room)
{
	Multiset   *copy = multiset_new_sized(m->words, room);

	if (copy == NULL)
		return NULL;
	memcpy(copy, m, sizeof(Multiset) + ((size_t) m->n_sorted + m->n_tail) * record_bytes(m));
	copy->room = room;
	return copy;
}

/* The room of the block that replaces a full one; 0 when that is too large. */
static uint32_t
next_room(const Multiset *m, size_t more)
{
	const size_t least = multiset_bytes(m->words, m->n_sorted) + more * record_bytes(m);
	const size_t spare = least / 32;
	size_t		bytes = FIRST_BYTES;

	if (least + spare > MULTISET_MAX_BYTES)
		return 0;
	if (least < LARGE_BYTES)
	{
		while (bytes < least || bytes < 2 * multiset_bytes(m->words, m->n_sorted))
			bytes *= 2;
	}
	else
		bytes = least + least / 8;
	return (uint32_t) room_of(m->words, bytes < MULTISET_MAX_BYTES ? bytes : MULTISET_MAX_BYTES);
}

/* Whether so much is left free that merging the tail again will not be soon. */
static bool
room_enough(const Multiset *m, size_t more)
{
	const size_t left = m->room - m->n_sorted;

	if (left < more)
		return false;
	return multiset_size(m) < LARGE_BYTES ? left >= m->n_sorted : left >= m->n_sorted / 16;
}

/* Merges the tail and makes room for `more` records. */
static MultisetStatus
make_room(Multiset **m, size_t more)
{
	MultisetStatus status = multiset_compact(*m);
	uint32_t	room;

	if (status != MULTISET_OK || room_enough(*m, more))
		return status;
	room = next_room(*m, more);
	if (room == 0)
		return MULTISET_TOO_LARGE;
	*m = copy_block(*m, room);
	return MULTISET_OK;
}

MultisetStatus
multiset_canonical(const Multiset *m, Multiset **copy)
{
	MultisetStatus status;

	*copy = copy_block(m, m->n_sorted + m->n_tail);
	status = multiset_compact(*copy);
	(*copy)->room = (*copy)->n_sorted;
	return status;
}

/* ---------- Changing ---------- */

MultisetStatus
multiset_add_full(Multiset **m, const uint64_t *key, int64_t count)
{
	MultisetStatus status = make_room(m, 1);

	return status != MULTISET_OK ? status : multiset_add(m, key, count);
}

/* The place of the first record of the sorted part whose key is not before this one. */
static uint32_t
find_record(const Multiset *m, const uint64_t *key)
{
	uint32_t	low = 0;
	uint32_t	n = m->n_sorted;

	while (n > 0)
	{
		uint32_t	half = n / 2;

		if (compare_keys(m->words, multiset_record(m, low + half), key) < 0)
		{
			low += half + 1;
			n -= half + 1;
		}
		else
			n = half;
	}
	return low;
}

/* Adds to the sorted part, the only one there is. */
static MultisetStatus
insert_sorted(Multiset **m, const uint64_t *key, int64_t count)
{
	uint32_t	at = find_record(*m, key);
	uint64_t   *record = record_at(*m, at);
	size_t		after = ((*m)->n_sorted - at) * record_bytes(*m);
	MultisetStatus status;

	if (after > 0 && compare_keys((*m)->words, record, key) == 0)
	{
		record[(*m)->words] += (uint64_t) count;
		if (record[(*m)->words] == 0)
		{
			memmove(record, record + (*m)->words + 1, after - record_bytes(*m));
			(*m)->n_sorted--;
		}
		else if ((int64_t) record[(*m)->words] < 0)
			return MULTISET_NEGATIVE;
		return MULTISET_OK;
	}
	if (count < 0)
		return MULTISET_NEGATIVE;
	if ((*m)->n_sorted == (*m)->room)
	{
		status = make_room(m, 1);
		if (status != MULTISET_OK)
			return status;
		record = record_at(*m, at);
	}
	memmove(record + (*m)->words + 1, record, after);
	for (int i = 0; i < (*m)->words; i++)
		record[i] = key[i];
	record[(*m)->words] = (uint64_t) count;
	(*m)->n_sorted++;
	return MULTISET_OK;
}

MultisetStatus
multiset_insert(Multiset **m, const uint64_t *key, int64_t count)
{
	MultisetStatus status;

	if ((*m)->n_tail > (*m)->n_sorted / 16 + 256 || (*m)->n_sorted < INSERT_LIMIT)
	{
		status = multiset_compact(*m);
		if (status != MULTISET_OK)
			return status;
	}
	if ((*m)->n_sorted >= INSERT_LIMIT)
		return multiset_add(m, key, count);
	if (__builtin_add_overflow((*m)->total, count, &(*m)->total))
		return MULTISET_OVERFLOW;
	return insert_sorted(m, key, count);
}

MultisetStatus
multiset_merge(Multiset **m, const Multiset *other, int sign)
{
	const uint32_t n = other->n_sorted + other->n_tail;
	uint32_t	at = 0;
	MultisetStatus status = MULTISET_OK;

	/* Many sorted records are merged as they are; few wait in the tail. */
	if (other->n_sorted >= (*m)->n_sorted / 8)
	{
		int64_t		total = 0;
		size_t		missing;

		status = multiset_compact(*m);
		if (status != MULTISET_OK)
			return status;
		if (!count_missing(*m, other->records, other->n_sorted, &missing))
			return MULTISET_DAMAGED;
		if (missing > (*m)->room - (*m)->n_sorted)
			status = make_room(m, missing);
		if (status != MULTISET_OK)
			return status;
		for (; at < other->n_sorted; at++)
		{
			if (__builtin_add_overflow(total, multiset_count(other, at), &total))
				return MULTISET_OVERFLOW;
		}
		if (__builtin_add_overflow((*m)->total, sign * total, &(*m)->total))
			return MULTISET_OVERFLOW;
		status = merge_records(*m, other->records, other->n_sorted, missing, sign);
	}
	for (; at < n && status == MULTISET_OK; at++)
		status = multiset_add(m, multiset_record(other, at), sign * multiset_count(other, at));
	return status;
}

/* ---------- Blocks from outside ---------- */

bool
multiset_fits(const Multiset *m, size_t size, int words)
{
	return size >= sizeof(Multiset) && m->version == MULTISET_VERSION && m->words == words &&
		m->zero == 0 && m->zeros == 0 && size == multiset_size(m) && size <= MULTISET_MAX_BYTES &&
		m->n_sorted <= m->room && m->n_tail <= m->room - m->n_sorted;
}

const char *
multiset_problem(const Multiset *m)
{
	int64_t		total = 0;

	if (m->n_tail != 0 || m->room != m->n_sorted)
		return "There is room to spare.";
	if (m->n_sorted == 0)
		return "Nothing is counted.";
	for (uint32_t i = 0; i < m->n_sorted; i++)
	{
		if (multiset_count(m, i) < 1)
			return "A count is below 1.";
		if (__builtin_add_overflow(total, multiset_count(m, i), &total))
			return "The counts add up to more than 64 bits.";
		if (i > 0 && compare_keys(m->words, multiset_record(m, i - 1), multiset_record(m, i)) >= 0)
			return "The keys do not ascend.";
	}
	return total == m->total ? NULL : "The total is not that of the counts.";
}
