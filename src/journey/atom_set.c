/*
 * atom_set.c
 *	  Many atoms against one journey: compiled once, bound to journey after journey.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/atom.h"
#include "journey/words.h"

/* ---------- Compiling many atoms ---------- */

typedef struct NameSlot
{
	uint64_t	key;
	int			test;			/* -1: the slot is empty */
} NameSlot;

/*
 * The distinct tests of events stand in a hash table with open addressing, so
 * one name costs one probe for the exact tests and one for each length of a
 * name in the `below` tests, however many atoms there are.
 */
struct AtomTables
{
	uint64_t   *base;			/* [word]: '.' and negated atoms, which pass unless a test says no */
	uint64_t   *pass;			/* [test * words + word]: atoms that name the test */
	uint64_t   *reject;			/* [test * words + word]: negated atoms that name it */
	uint64_t   *plain;			/* [word]: atoms without tests of numbers */
	uint64_t   *no_channel;		/* [word]: atoms without tests of channels */
	uint64_t   *needed;			/* [channel test * words + word]: atoms that ask for it */
	NameTest   *tests;			/* distinct tests of events */
	NameTest   *channels;		/* distinct tests of channels */
	NameSlot   *slots;
	uint32_t   *below_lengths;	/* distinct lengths of the names of `below` tests, ascending */
	uint32_t	slot_mask;
	int			n_tests;
	int			n_channels;
	int			n_below_lengths;
	bool		asks_value;
	bool		asks_score;
};

static inline uint64_t
load_32(const char *bytes)
{
	uint32_t	word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static inline uint64_t
mix(uint64_t key, uint64_t word)
{
	key = (key ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return key ^ key >> 32;
}

/* A hash of a name; the last load overlaps the one before it, so nothing outside the name is read. */
static inline uint64_t
name_key(const char *bytes, uint32_t length, bool below)
{
	uint64_t	key = (uint64_t) length << 1 | below;

	if (length >= 8)
	{
		const char *last = bytes + length - 8;

		for (; bytes < last; bytes += 8)
			key = mix(key, load_word(bytes));
		return mix(key, load_word(last));
	}
	if (length >= 4)
		return mix(key, load_32(bytes) << 32 | load_32(bytes + length - 4));
	if (length > 0)
		return mix(key, (uint64_t) (uint8_t) bytes[0] << 56 |
				   (uint64_t) (uint8_t) bytes[length / 2] << 48 |
				   (uint64_t) (uint8_t) bytes[length - 1] << 40);
	return key;
}

/* The test of exactly these bytes, -1 when there is none. */
static inline int
find_test(const struct AtomTables *tables, const char *bytes, uint32_t length, bool below)
{
	uint64_t	key = name_key(bytes, length, below);

	for (uint64_t at = key;; at++)
	{
		const NameSlot *slot = &tables->slots[at & tables->slot_mask];

		if (slot->test < 0)
			return -1;
		if (slot->key == key)
		{
			const NameTest *test = &tables->tests[slot->test];

			if (test->name.length == length && test->below == below &&
				memcmp(test->name.bytes, bytes, length) == 0)
				return slot->test;
		}
	}
}

static void
insert_test(struct AtomTables *tables, int test)
{
	const NameTest *inserted = &tables->tests[test];
	uint64_t	key = name_key(inserted->name.bytes, inserted->name.length, inserted->below);
	uint64_t	at = key;

	while (tables->slots[at & tables->slot_mask].test >= 0)
		at++;
	tables->slots[at & tables->slot_mask] = (NameSlot) {key, test};
}

/* A test as one of the atoms names it. */
typedef struct TestUse
{
	const NameTest *test;
	int			atom;
} TestUse;

/* By kind, then by length, so that equal tests and equal lengths stand together. */
static int
compare_uses(const void *a, const void *b)
{
	const NameTest *x = ((const TestUse *) a)->test;
	const NameTest *y = ((const TestUse *) b)->test;

	if (x->below != y->below)
		return x->below ? 1 : -1;
	if (x->name.length != y->name.length)
		return x->name.length < y->name.length ? -1 : 1;
	return memcmp(x->name.bytes, y->name.bytes, x->name.length);
}

/* All tests of events, or of channels, of the atoms; sorted, freed by the caller. */
static TestUse *
collect_uses(const Atom *atoms, int count, bool of_channels, size_t *n_uses)
{
	TestUse    *uses;
	size_t		n = 0;

	for (int i = 0; i < count; i++)
		n += of_channels ? atoms[i].n_channels : atoms[i].n_events;
	uses = cx_alloc(n + 1, sizeof(TestUse));
	*n_uses = n;
	n = 0;
	for (int i = 0; i < count; i++)
	{
		int			n_tests = of_channels ? atoms[i].n_channels : atoms[i].n_events;
		const NameTest *tests = of_channels ? atoms[i].channels : atoms[i].events;

		for (int k = 0; k < n_tests; k++)
			uses[n++] = (TestUse) {&tests[k], i};
	}
	if (n > 1)
		qsort(uses, n, sizeof(TestUse), compare_uses);
	return uses;
}

static bool
first_of_its_kind(const TestUse *uses, size_t i)
{
	return i == 0 || compare_uses(&uses[i - 1], &uses[i]) != 0;
}

static int
count_distinct(const TestUse *uses, size_t n_uses)
{
	int			distinct = 0;

	for (size_t i = 0; i < n_uses; i++)
		distinct += first_of_its_kind(uses, i);
	return distinct;
}

static void
set_bit(uint64_t *words, int bit)
{
	words[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* The set with its tables and their arrays in one piece of memory, cleared. */
static AtomSet *
allocate_set(int count, int n_tests, int n_channels, size_t n_slots)
{
	size_t		words = count > 64 ? ((size_t) count + 63) / 64 : 1;
	size_t		masks = (3 + 2 * (size_t) n_tests + n_channels) * words;
	char	   *memory = cx_alloc0(1, sizeof(AtomSet) + sizeof(struct AtomTables) +
								   masks * sizeof(uint64_t) + n_slots * sizeof(NameSlot) +
								   ((size_t) n_tests + n_channels) * sizeof(NameTest) +
								   n_tests * sizeof(uint32_t));
	AtomSet    *set = (AtomSet *) memory;
	struct AtomTables *tables = (struct AtomTables *) (set + 1);

	set->count = count;
	set->words = (int) words;
	set->tables = tables;
	tables->n_tests = n_tests;
	tables->n_channels = n_channels;
	tables->slot_mask = (uint32_t) (n_slots - 1);
	tables->base = (uint64_t *) (tables + 1);
	tables->plain = tables->base + words;
	tables->no_channel = tables->plain + words;
	tables->pass = tables->no_channel + words;
	tables->reject = tables->pass + n_tests * words;
	tables->needed = tables->reject + n_tests * words;
	tables->slots = (NameSlot *) (tables->needed + n_channels * words);
	tables->tests = (NameTest *) (tables->slots + n_slots);
	tables->channels = tables->tests + n_tests;
	tables->below_lengths = (uint32_t *) (tables->channels + n_channels);
	return set;
}

/* The tests of events: their masks, the hash table, the lengths of `below` tests. */
static void
compile_events(const AtomSet *set, const TestUse *uses, size_t n_uses)
{
	struct AtomTables *tables = set->tables;
	int			test = -1;

	for (uint32_t i = 0; i <= tables->slot_mask; i++)
		tables->slots[i].test = -1;
	for (size_t i = 0; i < n_uses; i++)
	{
		const Atom *atom = &set->atoms[uses[i].atom];

		if (first_of_its_kind(uses, i))
		{
			uint32_t	length = uses[i].test->name.length;
			int			n = tables->n_below_lengths;

			tables->tests[++test] = *uses[i].test;
			insert_test(tables, test);
			if (uses[i].test->below && (n == 0 || tables->below_lengths[n - 1] != length))
				tables->below_lengths[tables->n_below_lengths++] = length;
		}
		set_bit((atom->negated ? tables->reject : tables->pass) + (size_t) test * set->words,
				uses[i].atom);
	}
}

static void
compile_channels(const AtomSet *set, const TestUse *uses, size_t n_uses)
{
	struct AtomTables *tables = set->tables;
	int			test = -1;

	for (size_t i = 0; i < n_uses; i++)
	{
		if (first_of_its_kind(uses, i))
			tables->channels[++test] = *uses[i].test;
		set_bit(tables->needed + (size_t) test * set->words, uses[i].atom);
	}
}

AtomSet *
atom_set_make(const Atom *atoms, int count)
{
	size_t		n_events;
	size_t		n_channels;
	TestUse    *events = collect_uses(atoms, count, false, &n_events);
	TestUse    *channels = collect_uses(atoms, count, true, &n_channels);
	int			n_tests = count_distinct(events, n_events);
	size_t		n_slots = 1;
	AtomSet    *set;
	struct AtomTables *tables;

	/* At most a quarter full, so that a name that is not tested mostly meets an empty slot. */
	while (n_slots < (size_t) n_tests * 4)
		n_slots *= 2;
	set = allocate_set(count, n_tests, count_distinct(channels, n_channels), n_slots);
	set->atoms = atoms;
	tables = set->tables;
	for (int i = 0; i < count; i++)
	{
		if (atoms[i].any || atoms[i].negated)
			set_bit(tables->base, i);
		if (atoms[i].n_numbers == 0)
			set_bit(tables->plain, i);
		if (atoms[i].n_channels == 0)
			set_bit(tables->no_channel, i);
		for (int k = 0; k < atoms[i].n_numbers; k++)
		{
			if (atoms[i].numbers[k].of_score)
				tables->asks_score = true;
			else
				tables->asks_value = true;
		}
	}
	compile_events(set, events, n_events);
	compile_channels(set, channels, n_channels);
	cx_free(events);
	cx_free(channels);
	return set;
}

/* ---------- Binding them to a journey ---------- */

/* How many names to test between two looks for a cancel request. */
#define NAMES_PER_CHECK 4096

/* A test passed: no atom stands in both masks, so the order of tests does not matter. */
static inline void
apply_test(const struct AtomTables *tables, int words, int test, uint64_t *mask)
{
	const uint64_t *pass = tables->pass + (size_t) test * words;
	const uint64_t *reject = tables->reject + (size_t) test * words;

	for (int w = 0; w < words; w++)
		mask[w] = (mask[w] | pass[w]) & ~reject[w];
}

/* The atoms whose event test a name passes. */
static inline void
event_mask(const struct AtomTables *tables, int words, JourneyName name, uint64_t *mask)
{
	int			test = find_test(tables, name.bytes, name.length, false);

	for (int w = 0; w < words; w++)
		mask[w] = tables->base[w];
	if (test >= 0)
		apply_test(tables, words, test, mask);
	for (int i = 0; i < tables->n_below_lengths; i++)
	{
		uint32_t	length = tables->below_lengths[i];

		if (length >= name.length)
			break;
		if (name.bytes[length] != '/')
			continue;
		test = find_test(tables, name.bytes, length, true);
		if (test >= 0)
			apply_test(tables, words, test, mask);
	}
}

static void
bind_events(AtomBinding *binding, NameCursor *cursor)
{
	const struct AtomTables *tables = binding->set->tables;
	uint32_t	count = binding->view->event_count;

	if (binding->words == 1)
	{
		uint64_t	any = 0;

		for (uint32_t code = 0; code < count; code++)
		{
			uint64_t	mask;

			event_mask(tables, 1, journey_next_name(cursor), &mask);
			binding->by_event[code] = mask;
			any |= mask;
			if (code % NAMES_PER_CHECK == NAMES_PER_CHECK - 1)
				cx_check_interrupts();
		}
		binding->any = any;
		return;
	}
	for (uint32_t code = 0; code < count; code++)
	{
		event_mask(tables, binding->words, journey_next_name(cursor),
				   binding->by_event + (size_t) code * binding->words);
		if (code % NAMES_PER_CHECK == NAMES_PER_CHECK - 1)
			cx_check_interrupts();
	}
	binding->any = UINT64_MAX;
}

/* The atoms that a channel does not keep from passing; the cursor has passed the events. */
static void
bind_channels(AtomBinding *binding, NameCursor *cursor)
{
	const struct AtomTables *tables = binding->set->tables;
	int			words = binding->words;
	uint64_t   *mask = binding->by_channel;

	memcpy(mask, tables->no_channel, words * sizeof(uint64_t));
	for (uint32_t code = 0; code < binding->view->channel_count; code++)
	{
		JourneyName		name = journey_next_name(cursor);

		mask += words;
		memset(mask, 0xFF, words * sizeof(uint64_t));
		for (int test = 0; test < tables->n_channels; test++)
		{
			const uint64_t *needed = tables->needed + (size_t) test * words;

			if (name_test_matches(&tables->channels[test], &name))
				continue;
			for (int w = 0; w < words; w++)
				mask[w] &= ~needed[w];
		}
		if (code % NAMES_PER_CHECK == NAMES_PER_CHECK - 1)
			cx_check_interrupts();
	}
}

/* Called where an atom with a test of numbers may pass. */
static void
bind_numbers(AtomBinding *binding)
{
	const struct AtomTables *tables = binding->set->tables;
	const JourneyView *view = binding->view;

	if (tables->asks_value && (view->flags & JOURNEY_HAS_VALUE) != 0)
	{
		binding->values = cx_alloc(view->count, sizeof(double));
		binding->has_value = cx_alloc(view->count, sizeof(bool));
		journey_read_values(view, binding->values, binding->has_value);
	}
	if (tables->asks_score && (view->flags & JOURNEY_HAS_SCORE) != 0)
	{
		binding->scores = cx_alloc(view->count, sizeof(int32_t));
		binding->has_score = cx_alloc(view->count, sizeof(bool));
		journey_read_scores(view, binding->scores, binding->has_score);
	}
}

void
atom_bind(AtomBinding *binding, const AtomSet *set, const JourneyView *view)
{
	const struct AtomTables *tables = set->tables;
	size_t		event_masks = (size_t) view->event_count * set->words;
	size_t		channel_masks = tables->n_channels == 0 ? 0
		: ((size_t) view->channel_count + 1) * set->words;
	NameCursor	cursor;

	binding->set = set;
	binding->view = view;
	binding->words = set->words;
	binding->plain = tables->plain;
	binding->by_event = event_masks + channel_masks <= sizeof(binding->small) / sizeof(uint64_t)
		? binding->small
		: cx_alloc(event_masks + channel_masks, sizeof(uint64_t));
	binding->by_channel = NULL;
	binding->values = NULL;
	binding->has_value = NULL;
	binding->scores = NULL;
	binding->has_score = NULL;

	journey_names(view, &cursor);
	bind_events(binding, &cursor);
	if (tables->n_channels > 0)
	{
		binding->by_channel = binding->by_event + event_masks;
		bind_channels(binding, &cursor);
	}
	if (binding->words > 1 || (binding->any & ~binding->plain[0]) != 0)
		bind_numbers(binding);
}

void
atom_unbind(AtomBinding *binding)
{
	if (binding->by_event != binding->small)
		cx_free(binding->by_event);
	cx_free(binding->values);
	cx_free(binding->has_value);
	cx_free(binding->scores);
	cx_free(binding->has_score);
}

static bool
numbers_pass(const AtomBinding *binding, uint32_t i, const Atom *atom)
{
	for (int k = 0; k < atom->n_numbers; k++)
	{
		const NumberTest *test = &atom->numbers[k];

		if (test->of_score
			? binding->scores == NULL || !binding->has_score[i] ||
				!number_test_passes(test, binding->scores[i])
			: binding->values == NULL || !binding->has_value[i] ||
				!number_test_passes(test, binding->values[i]))
			return false;
	}
	return true;
}

uint64_t
atom_number_mask(const AtomBinding *binding, uint32_t i, int word, uint64_t candidates)
{
	uint64_t	passed = 0;

	while (candidates != 0)
	{
		int			bit = __builtin_ctzll(candidates);

		candidates &= candidates - 1;
		if (numbers_pass(binding, i, &binding->set->atoms[word * 64 + bit]))
			passed |= UINT64_C(1) << bit;
	}
	return passed;
}
