/*
 * multiset_test.c
 *	  Multisets against a plain list that is sorted by the C library.
 *
 * MULTISET_SEED and MULTISET_ROUNDS in the environment change the seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory.h"
#include "tap.h"
#include "value/multiset.h"

#define MAX_ROWS 30000

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint64_t
random_bits(void)
{
	uint64_t	high;

	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	high = random_state >> 32;
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return high << 32 | random_state >> 32;
}

static uint32_t
random_below(uint32_t limit)
{
	return (uint32_t) (random_bits() >> 33) % limit;
}

/* ---------- The second source: a list ---------- */

typedef struct Row
{
	uint64_t	key[MULTISET_MAX_WORDS];
	int64_t		count;
} Row;

static int	row_words;

static int
compare_rows(const void *a, const void *b)
{
	const Row  *x = a;
	const Row  *y = b;

	for (int i = 0; i < row_words; i++)
	{
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	}
	return 0;
}

/* Sorts the rows, adds up equal ones and drops what comes to 0; how many are left. */
static int
count_rows(Row *rows, int n, int words)
{
	int			kept = 0;

	row_words = words;
	qsort(rows, n, sizeof(Row), compare_rows);
	for (int i = 0; i < n;)
	{
		Row			sum = rows[i++];

		for (; i < n && compare_rows(&sum, &rows[i]) == 0; i++)
			sum.count += rows[i].count;
		if (sum.count != 0)
			rows[kept++] = sum;
	}
	return kept;
}

static bool
same_as_rows(const Multiset *m, const Row *rows, int n)
{
	int64_t		total = 0;

	if (m->n_sorted != n || m->n_tail != 0 || m->room != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (memcmp(multiset_record(m, i), rows[i].key, m->words * sizeof(uint64_t)) != 0 ||
			multiset_count(m, i) != rows[i].count)
			return false;
		total += rows[i].count;
	}
	return m->total == total;
}

/* ---------- Multisets ---------- */

/* Puts a larger block in its place the way the executor does. */
static void
replace(Multiset **m, Multiset *now)
{
	if (now != *m)
		cx_free(*m);
	*m = now;
}

static bool
add(Multiset **m, const Row *row, bool insert)
{
	Multiset   *now = *m;
	MultisetStatus status = insert ? multiset_insert(&now, row->key, row->count)
		: multiset_add(&now, row->key, row->count);

	replace(m, now);
	return status == MULTISET_OK;
}

static Multiset *
multiset_of(const Row *rows, int n, int words, bool insert)
{
	Multiset   *m = multiset_new(words);

	for (int i = 0; i < n; i++)
	{
		if (!add(&m, &rows[i], insert))
		{
			printf("Bail out! a row was not taken\n");
			exit(1);
		}
	}
	return m;
}

/* The canonical form; NULL where something is below 0. */
static Multiset *
canonical(const Multiset *m)
{
	Multiset   *copy;

	if (multiset_canonical(m, &copy) == MULTISET_OK)
		return copy;
	cx_free(copy);
	return NULL;
}

static bool
same_bytes(const Multiset *a, const Multiset *b)
{
	return a != NULL && b != NULL && multiset_size(a) == multiset_size(b) &&
		memcmp(a, b, multiset_size(a)) == 0;
}

/* ---------- Random rows of several kinds ---------- */

#define KINDS 6

static uint64_t
random_word(int kind)
{
	switch (kind)
	{
		case 0:
			return random_bits();
		case 1:
			return multiset_word(random_below(1000));
		case 2:
			return multiset_word(random_below(1u << 31) / 1e9);
		case 3:
			return UINT64_C(0x1234567800000000) | random_below(300);
		case 4:
			return (uint64_t) random_below(3) << 62 | random_below(3);
		default:
			return 7;
	}
}

static void
random_rows(Row *rows, int n, int words)
{
	int			kinds[MULTISET_MAX_WORDS];

	for (int i = 0; i < words; i++)
		kinds[i] = random_below(KINDS);
	for (int i = 0; i < n; i++)
	{
		memset(&rows[i], 0, sizeof(Row));
		for (int k = 0; k < words; k++)
			rows[i].key[k] = random_word(kinds[k]);
		rows[i].count = 1;
	}
}

static void
shuffle(Row *rows, int n)
{
	for (int i = n - 1; i > 0; i--)
	{
		int			k = random_below(i + 1);
		Row			row = rows[i];

		rows[i] = rows[k];
		rows[k] = row;
	}
}

static Row	rows[MAX_ROWS];
static Row	counted[MAX_ROWS];

/* Rows in two orders, in parts merged in different ways, inserted one by one. */
static bool
round_of_adding(int n, int words)
{
	const int	cut = n == 0 ? 0 : random_below(n + 1);
	Multiset   *whole;
	Multiset   *other;
	Multiset   *first;
	Multiset   *second;
	Multiset   *merged;
	Multiset   *before;
	bool		good;

	random_rows(rows, n, words);
	first = multiset_of(rows, cut, words, false);
	second = multiset_of(rows + cut, n - cut, words, random_below(2));
	merged = multiset_of(rows, cut, words, true);
	before = canonical(merged);
	memcpy(counted, rows, n * sizeof(Row));
	whole = canonical(multiset_of(rows, n, words, false));
	good = same_as_rows(whole, counted, count_rows(counted, n, words));
	good &= n == 0 || multiset_problem(whole) == NULL;

	shuffle(rows, n);
	other = multiset_of(rows, n, words, true);
	good &= same_bytes(canonical(other), whole);

	/* Merged as a state and in canonical form, and apart again. */
	for (int i = 0; i < 2; i++)
	{
		Multiset   *now = i == 0 ? first : merged;

		good &= multiset_merge(&now, i == 0 ? second : canonical(second), 1) == MULTISET_OK;
		good &= multiset_fits(now, multiset_size(now), words);
		good &= same_bytes(canonical(now), whole);
		good &= multiset_merge(&now, canonical(second), -1) == MULTISET_OK;
		good &= same_bytes(canonical(now), before);
	}
	return good;
}

/* A frame of `width` rows moves over the rows. */
static bool
round_of_moving(int n, int width, int words)
{
	Multiset   *frame = multiset_new(words);
	bool		good = true;

	random_rows(rows, n, words);
	for (int i = 0; i < n; i++)
	{
		Row			leaving = rows[i < width ? 0 : i - width];

		leaving.count = -1;
		good &= add(&frame, &rows[i], true);
		if (i >= width)
			good &= add(&frame, &leaving, true);
		if (i % 97 == 0 || i == n - 1)
		{
			const int	from = i < width ? 0 : i - width + 1;
			Multiset   *copy = canonical(frame);

			memcpy(counted, rows + from, (i + 1 - from) * sizeof(Row));
			good &= copy != NULL &&
				same_as_rows(copy, counted, count_rows(counted, i + 1 - from, words));
			cx_free(copy);
		}
	}
	return good;
}

/* ---------- Words ---------- */

static void
test_words(void)
{
	const double values[] = {-INFINITY, -1e300, -1.5, -1e-310, 0, 1e-310, 1, 1.5, 1e300, INFINITY};
	const int64_t numbers[] = {INT64_MIN, -5, -1, 0, 1, INT64_MAX};
	bool		good = true;

	for (int i = 0; i < 10; i++)
	{
		good &= multiset_float8(multiset_word(values[i])) == values[i];
		good &= i == 0 || multiset_word(values[i - 1]) < multiset_word(values[i]);
	}
	ok(good, "words of float8 have its order and read back");
	ok(multiset_word(-0.0) == multiset_word(0.0), "-0 is 0");
	good = true;
	for (int i = 0; i < 6; i++)
	{
		good &= multiset_int64(multiset_word_of_int64(numbers[i])) == numbers[i];
		good &= i == 0 || multiset_word_of_int64(numbers[i - 1]) < multiset_word_of_int64(numbers[i]);
	}
	ok(good, "words of int64 have its order and read back");
}

/* ---------- Limits ---------- */

static void
test_negative(void)
{
	const uint64_t one = 1;
	const uint64_t two = 2;
	Multiset   *m = multiset_new(1);
	Multiset   *copy;

	ok(multiset_insert(&m, &one, -1) == MULTISET_NEGATIVE, "nothing there: taken away at once");
	m = multiset_new(1);
	ok(multiset_add(&m, &one, -1) == MULTISET_OK, "the tail does not look");
	ok(multiset_canonical(m, &copy) == MULTISET_NEGATIVE, "the canonical form does");
	multiset_add(&m, &one, 2);
	ok(multiset_canonical(m, &copy) == MULTISET_OK && copy->total == 1, "less than nothing, then more");
	multiset_add(&m, &two, 1);
	multiset_add(&m, &one, -1);
	ok(multiset_canonical(m, &copy) == MULTISET_OK && copy->n_sorted == 1 &&
	   multiset_record(copy, 0)[0] == 2, "a count of 0 is no record");
	multiset_compact(m);
	ok(multiset_insert(&m, &two, -2) == MULTISET_NEGATIVE, "more than is there");
}

static void
test_limits(void)
{
	const uint64_t key[3] = {1, 2, 3};
	Multiset   *m = multiset_new(1);
	Multiset   *other = multiset_new(1);
	Multiset   *full;

	ok(multiset_add(&m, key, INT64_MAX) == MULTISET_OK &&
	   multiset_add(&m, key, 1) == MULTISET_OVERFLOW, "a total of 64 bits and no more");
	m = multiset_new(1);
	multiset_add(&m, key, INT64_MAX);
	multiset_add(&other, key + 1, 1);
	multiset_compact(other);
	ok(multiset_merge(&m, other, 1) == MULTISET_OVERFLOW, "nor by merging");

	ok(multiset_new_sized(3, 16777216) == NULL, "a block of more than 512 MB");
	full = multiset_new_sized(3, 16700000);
	full->n_sorted = full->room;
	ok(multiset_add(&full, key, 1) == MULTISET_TOO_LARGE, "no block grows past that");
	cx_free(full);
}

static void
test_blocks(void)
{
	const uint64_t keys[3] = {5, 6, 7};
	Multiset   *m = multiset_new(1);
	Multiset   *good;
	size_t		size;

	ok(multiset_size(m) <= 128, "the first block is small");
	for (int i = 0; i < 3; i++)
		multiset_add(&m, &keys[i], 2);
	multiset_canonical(m, &good);
	size = multiset_size(good);
	ok(multiset_fits(good, size, 1) && multiset_problem(good) == NULL, "a canonical block");
	ok(!multiset_fits(good, size - 8, 1) && !multiset_fits(good, size + 8, 1) &&
	   !multiset_fits(good, 8, 1) && !multiset_fits(good, size, 2), "of another size");
	ok(multiset_problem(m) != NULL, "a state is not canonical");
	good->n_tail = 1;
	ok(!multiset_fits(good, size, 1), "a tail outside");
	good->n_tail = 0;
	good->n_sorted = UINT32_MAX;
	ok(!multiset_fits(good, size, 1), "records outside");
	good->n_sorted = 3;
	good->total = 7;
	ok(multiset_problem(good) != NULL, "a wrong total");
	good->total = 6;
	good->records[2] = 5;
	ok(multiset_problem(good) != NULL, "a key twice");
	good->records[2] = 6;
	good->records[3] = 0;
	good->total = 4;
	ok(multiset_problem(good) != NULL, "a count of 0");
	good->records[3] = (uint64_t) INT64_MAX;
	good->total = INT64_MIN + 3;
	ok(multiset_problem(good) != NULL, "counts that overflow");
	ok(multiset_problem(canonical(multiset_new(2))) != NULL, "nothing in it");
}

/* How long many rows take; told, not tested. */
static void
tell_speed(int n, int kind, int words, const char *what)
{
	Multiset   *m = multiset_new(words);
	clock_t		start = clock();

	for (int i = 0; i < n; i++)
	{
		uint64_t	key[MULTISET_MAX_WORDS];

		for (int k = 0; k < words; k++)
			key[k] = random_word(k < words - 1 ? 1 : kind);
		Multiset   *now = m;

		multiset_add(&now, key, 1);
		replace(&m, now);
	}
	printf("# %s: %.0f ns a row, %u distinct\n", what,
		   (double) (clock() - start) / CLOCKS_PER_SEC * 1e9 / n, canonical(m)->n_sorted);
	cx_free(m);
}

int
main(void)
{
	const char *seed = getenv("MULTISET_SEED");
	const char *rounds = getenv("MULTISET_ROUNDS");
	const int	n_rounds = rounds != NULL ? atoi(rounds) : 60;
	bool		adding = true;
	bool		moving = true;

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 20261122;
	printf("# MULTISET_SEED=%" PRIu64 "\n", random_state);
	test_words();
	test_negative();
	test_limits();
	test_blocks();
	for (int i = 0; i < n_rounds; i++)
	{
		const int	words = 1 + i % MULTISET_MAX_WORDS;
		const int	n = i % 10 == 9 ? 1 + random_below(MAX_ROWS) : random_below(300);

		adding &= round_of_adding(n, words);
		moving &= round_of_moving(n, 1 + random_below(n + 1), words);
	}
	ok(adding, "rows in any order and in any parts are the same bytes");
	ok(moving, "moving frames are what is in them");
	tell_speed(1000000, 1, 1, "1000 distinct");
	tell_speed(1000000, 0, 1, "all distinct");
	tell_speed(1000000, 2, 3, "three words");
	return done();
}
