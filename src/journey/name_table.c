/*
 * name_table.c
 *	  The distinct names of a journey; see name_table.h.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/journey_format.h"
#include "journey/name_table.h"

/* Up to eight bytes as a little-endian number, on any machine. */
static inline uint64_t
little_endian(const char *bytes, uint32_t length)
{
	uint64_t	number = 0;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(&number, bytes, length);
#else
	for (uint32_t i = 0; i < length; i++)
		number |= (uint64_t) (uint8_t) bytes[i] << (8 * i);
#endif
	return number;
}

uint64_t
name_hash(const char *bytes, uint32_t length)
{
	const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t	hash = (length + 1) * odd;

	for (; length >= 8; bytes += 8, length -= 8)
	{
		hash = (hash ^ little_endian(bytes, 8)) * odd;
		hash ^= hash >> 32;
	}
	hash = (hash ^ little_endian(bytes, length)) * odd;
	hash ^= hash >> 29;
	return hash * odd;
}

int
name_bit(const char *bytes, uint32_t length)
{
	return (int) (name_hash(bytes, length) >> 58);
}

void
name_table_init(NameTable *table)
{
	table->names = table->few_names;
	table->hashes = table->few_hashes;
	table->room = sizeof(table->few_names) / sizeof(table->few_names[0]);
	table->count = 0;
	table->slots = table->few_slots;
	table->mask = sizeof(table->few_slots) / sizeof(table->few_slots[0]) - 1;
	memset(table->few_slots, 0, sizeof(table->few_slots));
}

void
name_table_free(NameTable *table)
{
	if (table->names == table->few_names)
		return;
	cx_free(table->names);
	cx_free(table->hashes);
	cx_free(table->slots);
}

/* Twice the room, and slots for twice that. */
static void
grow(NameTable *table)
{
	size_t		room = (size_t) table->room * 2;
	JourneyName	   *names = cx_alloc(room, sizeof(JourneyName));
	uint32_t   *hashes = cx_alloc(room, sizeof(uint32_t));
	uint32_t   *slots = cx_alloc0(room * 2, sizeof(uint32_t));
	uint32_t	mask = (uint32_t) (room * 2 - 1);

	memcpy(names, table->names, table->count * sizeof(JourneyName));
	memcpy(hashes, table->hashes, table->count * sizeof(uint32_t));
	for (uint32_t i = 0; i < table->count; i++)
	{
		uint32_t	slot = hashes[i] & mask;

		while (slots[slot] != 0)
			slot = (slot + 1) & mask;
		slots[slot] = i + 1;
	}
	name_table_free(table);
	table->names = names;
	table->hashes = hashes;
	table->room = (uint32_t) room;
	table->slots = slots;
	table->mask = mask;
}

uint32_t
name_table_index(NameTable *table, const JourneyName *name)
{
	uint32_t	hash = (uint32_t) (name_hash(name->bytes, name->length) >> 32);
	uint32_t	slot = hash & table->mask;

	for (; table->slots[slot] != 0; slot = (slot + 1) & table->mask)
	{
		uint32_t	i = table->slots[slot] - 1;

		if (table->hashes[i] == hash && table->names[i].length == name->length &&
			memcmp(table->names[i].bytes, name->bytes, name->length) == 0)
			return i;
	}
	if (table->count == table->room)
	{
		grow(table);
		slot = hash & table->mask;
		while (table->slots[slot] != 0)
			slot = (slot + 1) & table->mask;
	}
	table->names[table->count] = *name;
	table->hashes[table->count] = hash;
	table->slots[slot] = ++table->count;
	return table->count - 1;
}

typedef struct NamePlace
{
	JourneyName		name;
	uint32_t	index;
} NamePlace;

static int
compare_places(const void *a, const void *b)
{
	return name_compare(&((const NamePlace *) a)->name, &((const NamePlace *) b)->name);
}

/* Few names are put in order by insertion, without a copy. */
static void
sort_few(const NameTable *table, uint32_t *codes, JourneyName *sorted)
{
	uint32_t	order[32];

	for (uint32_t i = 0; i < table->count; i++)
	{
		uint32_t	place = i;

		for (; place > 0 && name_compare(&table->names[order[place - 1]], &table->names[i]) > 0; place--)
			order[place] = order[place - 1];
		order[place] = i;
	}
	for (uint32_t place = 0; place < table->count; place++)
	{
		codes[order[place]] = place;
		sorted[place] = table->names[order[place]];
	}
}

void
name_table_sort(const NameTable *table, uint32_t *codes, JourneyName *sorted)
{
	NamePlace  *places;

	if (table->count <= 32)
	{
		sort_few(table, codes, sorted);
		return;
	}
	places = cx_alloc(table->count, sizeof(NamePlace));
	for (uint32_t i = 0; i < table->count; i++)
	{
		places[i].name = table->names[i];
		places[i].index = i;
	}
	qsort(places, table->count, sizeof(NamePlace), compare_places);
	for (uint32_t place = 0; place < table->count; place++)
	{
		codes[places[place].index] = place;
		sorted[place] = places[place].name;
	}
	cx_free(places);
}
