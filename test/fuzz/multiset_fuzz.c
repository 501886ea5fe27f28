/*
 * multiset_fuzz.c
 *	  Multisets: as a damaged disk gives them, and against a plain list that is sorted.
 *
 * An input is the bytes of a block, stored or a state.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "value/multiset.h"

#define MOST_ROWS 600

typedef struct Row
{
	uint64_t	key[MULTISET_MAX_WORDS];
	int64_t		count;
} Row;

/* ---------- Inputs ---------- */

/* Few values, so that keys meet; sometimes the ends of what there is. */
static void
random_key(uint64_t *key)
{
	const uint32_t values = one_in(3) ? 3 : one_in(2) ? 40 : UINT32_MAX;

	for (int i = 0; i < MULTISET_MAX_WORDS; i++)
		key[i] = one_in(20) ? UINT64_MAX - random_below(2) : one_in(4) ? (uint64_t) random_below(values) << 32 : random_below(values);
}

/* Keeps what a change made of a block, and frees what it was. */
static MultisetStatus
changed(Multiset **block, Multiset *now, MultisetStatus status)
{
	if (now != *block)
	{
		cx_free(*block);
		*block = now;
	}
	return status;
}

static MultisetStatus
add(Multiset **block, const uint64_t *key, int64_t count, bool insert)
{
	Multiset   *now = *block;
	MultisetStatus status = insert ? multiset_insert(&now, key, count) : multiset_add(&now, key, count);

	return changed(block, now, status);
}

static MultisetStatus
merge(Multiset **block, const Multiset *other, int sign)
{
	Multiset   *now = *block;
	MultisetStatus status = multiset_merge(&now, other, sign);

	return changed(block, now, status);
}

static Multiset *
canonical(const Multiset *m)
{
	Multiset   *copy;

	CHECK(multiset_canonical(m, &copy) == MULTISET_OK);
	return copy;
}

/* A stored value. */
static size_t
make_multiset(uint8_t *out)
{
	Multiset   *m = multiset_new(1 + random_below(MULTISET_MAX_WORDS));
	Multiset   *stored;
	size_t		size;

	for (uint32_t n = 1 + random_below(one_in(10) ? MOST_ROWS : 12); n > 0; n--)
	{
		uint64_t	key[MULTISET_MAX_WORDS];

		random_key(key);
		CHECK(add(&m, key, 1 + random_below(5), false) == MULTISET_OK);
	}
	stored = canonical(m);
	size = multiset_size(stored);
	memcpy(out, stored, size);
	return size;
}

const FuzzTarget fuzz_target = {"multiset", make_multiset, NULL, 4};

/* ---------- The list ---------- */

static int	list_words;

static int
compare_rows(const void *a, const void *b)
{
	const Row  *x = a;
	const Row  *y = b;

	for (int i = 0; i < list_words; i++)
	{
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	}
	return 0;
}

/* Equal keys together, none with 0; how many are left. */
static uint32_t
list_sort(Row *list, uint32_t n, int words)
{
	uint32_t	kept = 0;

	list_words = words;
	qsort(list, n, sizeof(Row), compare_rows);
	for (uint32_t i = 0; i < n;)
	{
		Row			sum = list[i++];

		for (; i < n && compare_rows(&sum, &list[i]) == 0; i++)
			sum.count += list[i].count;
		if (sum.count != 0)
			list[kept++] = sum;
	}
	return kept;
}

/* The canonical form has what the list has. */
static void
same_as_list(const Multiset *m, Row *list, uint32_t n)
{
	Multiset   *stored = canonical(m);
	int64_t		total = 0;

	n = list_sort(list, n, m->words);
	CHECK(stored->n_sorted == n && stored->room == n && stored->n_tail == 0);
	for (uint32_t i = 0; i < n; i++)
	{
		CHECK(memcmp(multiset_record(stored, i), list[i].key, m->words * sizeof(uint64_t)) == 0);
		CHECK(multiset_count(stored, i) == list[i].count);
		total += list[i].count;
	}
	CHECK(stored->total == total && m->total == total);
	cx_free(stored);
}

/* ---------- What has to hold ---------- */

/* A state that takes rows and gives them back, in whatever ways. */
static void
state_holds(int words)
{
	Row			list[MOST_ROWS];
	Multiset   *m = multiset_new(words);
	uint32_t	n = 0;
	uint32_t	rows = random_below(one_in(10) ? MOST_ROWS : 40);
	const bool	window = one_in(3);

	while (n < rows)
	{
		Row		   *row = &list[n];

		if (n > 0 && one_in(4))
		{
			/* One that is there goes. */
			*row = list[random_below(n)];
			if (row->count < 0)
				continue;
			for (uint32_t i = 0, seen = 0; i < n; i++)
			{
				list_words = words;
				if (compare_rows(&list[i], row) == 0)
					seen += list[i].count;
				row->count = -(int64_t) (seen > 0);
			}
			if (row->count == 0)
				continue;
		}
		else
		{
			random_key(row->key);
			row->count = 1 + random_below(3);
		}
		CHECK(add(&m, row->key, row->count, window || one_in(5)) == MULTISET_OK);
		n++;
		if (one_in(40))
			CHECK(multiset_compact(m) == MULTISET_OK);
	}
	CHECK(multiset_fits(m, multiset_size(m), words));
	same_as_list(m, list, n);
	cx_free(m);
}

/* Taking away what is not there is seen, at the latest when the tail is merged. */
static void
excess_is_seen(const Multiset *stored)
{
	Multiset   *m = canonical(stored);
	const uint32_t i = random_below(stored->n_sorted);
	MultisetStatus status = add(&m, multiset_record(stored, i), -multiset_count(stored, i) - 1, one_in(2));

	if (status == MULTISET_OK)
		status = multiset_compact(m);
	CHECK(status == MULTISET_NEGATIVE);
	cx_free(m);
}

/* Of a stored value: it is its own canonical form; with others and without them again it is what it was. */
static void
stored_holds(const Multiset *stored)
{
	const size_t size = multiset_size(stored);
	Multiset   *m = canonical(stored);
	Multiset   *others = multiset_new(stored->words);
	Multiset   *again;

	CHECK(multiset_size(m) == size && memcmp(m->records, stored->records, size - sizeof(Multiset)) == 0);
	for (uint32_t n = random_below(60); n > 0; n--)
	{
		uint64_t	key[MULTISET_MAX_WORDS];

		random_key(key);
		if (one_in(2))
			memcpy(key, multiset_record(stored, random_below(stored->n_sorted)), stored->words * sizeof(uint64_t));
		CHECK(add(&others, key, 1 + random_below(3), false) == MULTISET_OK);
		if (one_in(20))
			CHECK(multiset_compact(others) == MULTISET_OK);
	}
	if (stored->total < INT64_MAX / 2)
	{
		CHECK(merge(&m, others, 1) == MULTISET_OK && m->total == stored->total + others->total);
		CHECK(merge(&others, stored, 1) == MULTISET_OK);
		again = canonical(m);
		cx_free(m);
		m = canonical(others);
		CHECK(multiset_size(m) == multiset_size(again) &&
			  memcmp(m->records, again->records, multiset_size(m) - sizeof(Multiset)) == 0);
		cx_free(again);
		CHECK(merge(&m, stored, -1) == MULTISET_OK && merge(&others, m, -1) == MULTISET_OK);
		again = canonical(others);
		CHECK(memcmp(again->records, stored->records, size - sizeof(Multiset)) == 0);
		CHECK(again->total == stored->total && multiset_size(again) == size);
		cx_free(again);
		excess_is_seen(stored);
	}
	cx_free(m);
	cx_free(others);
}

/* Bytes that fit and are no stored value: merging them ends, whatever comes of it. */
static void
merging_ends(const Multiset *damaged)
{
	Multiset   *m = multiset_new(damaged->words);
	Multiset   *copy;
	uint64_t	key[MULTISET_MAX_WORDS];

	random_key(key);
	CHECK(add(&m, key, 1, false) == MULTISET_OK);
	merge(&m, damaged, one_in(2) ? 1 : -1);
	multiset_canonical(m, &copy);
	multiset_canonical(damaged, &copy);
	multiset_insert(&copy, key, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Multiset *m = (const Multiset *) data;
	int			words;

	fuzz_begin(data, size);
	words = size < sizeof(Multiset) ? 1 : 1 + (m->words + MULTISET_MAX_WORDS - 1) % MULTISET_MAX_WORDS;
	state_holds(words);
	if (multiset_fits(m, size, words))
	{
		if (multiset_problem(m) == NULL)
		{
			fuzz_accepted++;
			stored_holds(m);
		}
		else
			merging_ends(m);
	}
	fuzz_free_all();			/* a merge that grows twice leaves the block in between to the memory around it */
	return 0;
}
