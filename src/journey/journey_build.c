/*
 * journey_build.c
 *	  From touchpoints in any order to the packed bytes of a journey.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/journey_format.h"
#include "journey/name_table.h"

/* ---------- Order ---------- */

/* What is sorted: the time, and where the touchpoint stands. */
typedef struct SortKey
{
	int64_t		at;
	uint32_t	index;
} SortKey;

static inline bool
in_order(const Touchpoint *touchpoints, const SortKey *a, const SortKey *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return touchpoint_compare(&touchpoints[a->index], &touchpoints[b->index]) <= 0;
}

static void
insertion_sort(const Touchpoint *touchpoints, SortKey *keys, size_t count)
{
	for (size_t i = 1; i < count; i++)
	{
		SortKey		key = keys[i];
		size_t		place = i;

		for (; place > 0 && !in_order(touchpoints, &keys[place - 1], &key); place--)
			keys[place] = keys[place - 1];
		keys[place] = key;
	}
}

/* Merges the two sorted runs from..middle and middle..end. */
static void
merge_runs(const Touchpoint *touchpoints, const SortKey *keys, SortKey *out,
		   size_t from, size_t middle, size_t end)
{
	size_t		left = from;
	size_t		right = middle;

	for (size_t i = from; i < end; i++)
	{
		if (left < middle &&
			(right >= end || in_order(touchpoints, &keys[left], &keys[right])))
			out[i] = keys[left++];
		else
			out[i] = keys[right++];
	}
}

/* Runs of 32 by insertion, then merged. Returns the array that holds the result. */
static SortKey *
sort_keys(const Touchpoint *touchpoints, SortKey *keys, SortKey *spare, size_t count)
{
	const size_t run = 32;

	for (size_t from = 0; from < count; from += run)
		insertion_sort(touchpoints, keys + from, count - from < run ? count - from : run);
	for (size_t width = run; width < count; width *= 2)
	{
		SortKey    *merged = spare;

		for (size_t from = 0; from < count; from += 2 * width)
		{
			size_t		middle = from + width < count ? from + width : count;
			size_t		end = from + 2 * width < count ? from + 2 * width : count;

			merge_runs(touchpoints, keys, merged, from, middle, end);
		}
		cx_check_interrupts();
		spare = keys;
		keys = merged;
	}
	return keys;
}

void
touchpoints_sort(Touchpoint *touchpoints, size_t count)
{
	size_t		sorted = 1;
	SortKey    *keys;
	SortKey    *spare;
	SortKey    *order;
	Touchpoint *copy;

	while (sorted < count && touchpoint_compare(&touchpoints[sorted - 1], &touchpoints[sorted]) <= 0)
		sorted++;
	if (sorted >= count)
		return;

	keys = cx_alloc(count, sizeof(SortKey));
	spare = cx_alloc(count, sizeof(SortKey));
	for (size_t i = 0; i < count; i++)
	{
		keys[i].at = touchpoints[i].at;
		keys[i].index = (uint32_t) i;
	}
	order = sort_keys(touchpoints, keys, spare, count);
	copy = cx_alloc(count, sizeof(Touchpoint));
	memcpy(copy, touchpoints, count * sizeof(Touchpoint));
	for (size_t i = 0; i < count; i++)
		touchpoints[i] = copy[order[i].index];
	cx_free(copy);
	cx_free(keys);
	cx_free(spare);
}

/* ---------- Columns ---------- */

/* One dictionary and the codes of its column. */
typedef struct CodeColumn
{
	NameTable	table;
	uint32_t   *codes;			/* by touchpoint: index into the table while it fills, then the code */
	JourneyName	   *sorted;			/* names in bytewise order */
	size_t		names_size;		/* bytes of the names with their lengths */
	bool		gaps;			/* some touchpoint has no name */
	uint8_t		width;
} CodeColumn;

/* All that decides the size of the packed bytes. */
typedef struct Layout
{
	CodeColumn	events;
	CodeColumn	channels;
	uint8_t		flags;
	uint8_t		unit;
	uint8_t		score_width;
	uint8_t		bitmap_size;
	uint32_t	values;			/* touchpoints with a value */
	uint32_t	scores;
	size_t		times_size;
	size_t		size;
} Layout;

static const uint32_t no_name = UINT32_MAX;

static inline uint8_t *
put_little_endian(uint8_t *out, uint64_t number, int size)
{
	for (int i = 0; i < size; i++)
		*out++ = (uint8_t) (number >> (8 * i));
	return out;
}

/* Division by a unit, with the divisors known to the compiler. */
static inline int64_t
in_units(int64_t us, uint8_t unit)
{
	switch (unit)
	{
		case 0:
			return us;
		case 1:
			return us / 1000;
		case 2:
			return us / 1000000;
		case 3:
			return us / INT64_C(60000000);
		case 4:
			return us / INT64_C(3600000000);
		default:
			return us / INT64_C(86400000000);
	}
}

/* The largest unit that every time is a multiple of. */
static uint8_t
common_unit(const Touchpoint *touchpoints, size_t count)
{
	uint8_t		unit = JOURNEY_UNITS - 1;

	for (size_t i = 0; i < count && unit > 0; i++)
	{
		while (in_units(touchpoints[i].at, unit) * journey_unit_us[unit] != touchpoints[i].at)
			unit--;
	}
	return unit;
}

static size_t
measure_times(const Touchpoint *touchpoints, size_t count, uint8_t unit)
{
	int64_t		now = in_units(touchpoints[0].at, unit);
	size_t		size = varint_size(zigzag(now));

	for (size_t i = 1; i < count; i++)
	{
		int64_t		before = now;

		now = in_units(touchpoints[i].at, unit);
		/* From the first year there is to the last is more than an int64. */
		size += varint_size((uint64_t) now - (uint64_t) before);
	}
	return size;
}

/* Turns indexes into codes and measures the dictionary. */
static void
finish_codes(CodeColumn *column, size_t count)
{
	uint32_t	few[32];
	uint32_t   *code_of = column->table.count <= 32 ? few :
		cx_alloc(column->table.count, sizeof(uint32_t));
	uint64_t	different = (uint64_t) column->table.count + column->gaps;

	column->sorted = cx_alloc(column->table.count, sizeof(JourneyName));
	name_table_sort(&column->table, code_of, column->sorted);
	for (size_t i = 0; i < count; i++)
		column->codes[i] = column->codes[i] == no_name ? 0 : code_of[column->codes[i]] + column->gaps;
	for (uint32_t i = 0; i < column->table.count; i++)
		column->names_size += varint_size(column->sorted[i].length) + column->sorted[i].length;
	column->width = journey_code_width(different);
	if (code_of != few)
		cx_free(code_of);
}

/*
 * Touchpoints of a state or a journey share the bytes of a name, so that most
 * names are known again by their address.
 */
#define ADDRESSES 64

typedef struct AddressTable
{
	JourneyName name[ADDRESSES];
	uint32_t	index[ADDRESSES];
} AddressTable;

static inline uint32_t
index_by_address(AddressTable *addresses, NameTable *table, const JourneyName *name)
{
	unsigned int place = (uint32_t) ((uintptr_t) name->bytes * UINT32_C(0x9E3779B1)) >> 26;

	if (addresses->name[place].bytes != name->bytes || addresses->name[place].length != name->length)
	{
		addresses->name[place] = *name;
		addresses->index[place] = name_table_index(table, name);
	}
	return addresses->index[place];
}

static void
code_events(CodeColumn *column, const Touchpoint *touchpoints, size_t count)
{
	AddressTable addresses = {0};

	name_table_init(&column->table);
	column->codes = cx_alloc(count, sizeof(uint32_t));
	for (size_t i = 0; i < count; i++)
		column->codes[i] = index_by_address(&addresses, &column->table, &touchpoints[i].event);
	finish_codes(column, count);
}

/* False when no touchpoint has a channel. */
static bool
code_channels(CodeColumn *column, const Touchpoint *touchpoints, size_t count)
{
	AddressTable addresses = {0};
	size_t		first = 0;

	while (first < count && touchpoints[first].channel.bytes == NULL)
		first++;
	if (first == count)
		return false;
	name_table_init(&column->table);
	column->codes = cx_alloc(count, sizeof(uint32_t));
	for (size_t i = 0; i < count; i++)
	{
		bool		absent = touchpoints[i].channel.bytes == NULL;

		column->codes[i] = absent ? no_name :
			index_by_address(&addresses, &column->table, &touchpoints[i].channel);
		column->gaps |= absent;
	}
	finish_codes(column, count);
	return true;
}

/* Counts values and scores, and how wide a score is. */
static void
measure_numbers(Layout *layout, const Touchpoint *touchpoints, size_t count)
{
	layout->score_width = 1;
	for (size_t i = 0; i < count; i++)
	{
		layout->values += touchpoints[i].has_value;
		if (!touchpoints[i].has_score)
			continue;
		layout->scores++;
		if (touchpoints[i].score != (int16_t) touchpoints[i].score)
			layout->score_width = 4;
		else if (layout->score_width == 1 && touchpoints[i].score != (int8_t) touchpoints[i].score)
			layout->score_width = 2;
	}
	if (layout->values > 0)
		layout->flags |= JOURNEY_HAS_VALUE | (layout->values < count ? JOURNEY_VALUE_GAPS : 0);
	if (layout->scores > 0)
		layout->flags |= JOURNEY_HAS_SCORE | (layout->scores < count ? JOURNEY_SCORE_GAPS : 0);
}

/* The number of channels as the header has it. */
static inline uint64_t
coded_channels(const CodeColumn *channels)
{
	return (uint64_t) channels->table.count * 2 + channels->gaps;
}

static void
measure(Layout *layout, const Touchpoint *touchpoints, size_t count)
{
	size_t		gaps = (count + 7) / 8;
	size_t		names_size;
	uint32_t	events;

	memset(layout, 0, sizeof(*layout));
	layout->unit = common_unit(touchpoints, count);
	code_events(&layout->events, touchpoints, count);
	if (code_channels(&layout->channels, touchpoints, count))
		layout->flags |= JOURNEY_HAS_CHANNEL;
	measure_numbers(layout, touchpoints, count);
	layout->flags |= layout->unit << JOURNEY_UNIT_SHIFT;
	layout->times_size = measure_times(touchpoints, count, layout->unit);
	events = layout->events.table.count;
	layout->bitmap_size = journey_bitmap_size(events);
	names_size = layout->events.names_size + layout->channels.names_size;

	layout->size = 2 + varint_size(count) + varint_size(events) + varint_size(names_size) +
		layout->bitmap_size + names_size + count * layout->events.width + layout->times_size;
	if (layout->flags & JOURNEY_HAS_CHANNEL)
		layout->size += varint_size(coded_channels(&layout->channels)) + count * layout->channels.width;
	if (layout->flags & JOURNEY_HAS_VALUE)
		layout->size += (size_t) layout->values * 8 + (layout->flags & JOURNEY_VALUE_GAPS ? gaps : 0);
	if (layout->flags & JOURNEY_HAS_SCORE)
		layout->size += 1 + (size_t) layout->scores * layout->score_width +
			(layout->flags & JOURNEY_SCORE_GAPS ? gaps : 0);
}

static void
layout_free(Layout *layout)
{
	cx_free(layout->events.codes);
	cx_free(layout->events.sorted);
	name_table_free(&layout->events.table);
	if (layout->channels.codes == NULL)
		return;
	cx_free(layout->channels.codes);
	cx_free(layout->channels.sorted);
	name_table_free(&layout->channels.table);
}

/* ---------- Writing ---------- */

static uint8_t *
put_names(uint8_t *out, const CodeColumn *column, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
	{
		out = varint_write(out, column->sorted[i].length);
		memcpy(out, column->sorted[i].bytes, column->sorted[i].length);
		out += column->sorted[i].length;
	}
	return out;
}

static uint8_t *
put_codes(uint8_t *out, const CodeColumn *column, size_t count)
{
	if (column->width == 1)
	{
		for (size_t i = 0; i < count; i++)
			*out++ = (uint8_t) column->codes[i];
	}
	else
	{
		for (size_t i = 0; i < count && column->width > 0; i++)
			out = put_little_endian(out, column->codes[i], column->width);
	}
	return out;
}

static uint8_t *
put_bitmap(uint8_t *out, const Layout *layout)
{
	uint64_t	bitmap = 0;
	int			bits = layout->bitmap_size * 8;

	for (uint32_t i = 0; i < layout->events.table.count; i++)
		bitmap |= UINT64_C(1) << name_bit(layout->events.sorted[i].bytes,
										  layout->events.sorted[i].length) % bits;
	return put_little_endian(out, bitmap, layout->bitmap_size);
}

static uint8_t *
put_header(uint8_t *out, const Layout *layout, size_t count)
{
	*out++ = JOURNEY_VERSION;
	*out++ = layout->flags;
	out = varint_write(out, count);
	out = varint_write(out, layout->events.table.count);
	if (layout->flags & JOURNEY_HAS_CHANNEL)
		out = varint_write(out, coded_channels(&layout->channels));
	out = varint_write(out, layout->events.names_size + layout->channels.names_size);
	return put_bitmap(out, layout);
}

static uint8_t *
put_values(uint8_t *out, const Touchpoint *touchpoints, size_t count, bool gaps)
{
	if (gaps)
	{
		memset(out, 0, (count + 7) / 8);
		for (size_t i = 0; i < count; i++)
			out[i / 8] |= touchpoints[i].has_value << (i % 8);
		out += (count + 7) / 8;
	}
	for (size_t i = 0; i < count; i++)
	{
		uint64_t	bits;

		if (!touchpoints[i].has_value)
			continue;
		memcpy(&bits, &touchpoints[i].value, sizeof(bits));
		out = put_little_endian(out, bits, 8);
	}
	return out;
}

static uint8_t *
put_scores(uint8_t *out, const Touchpoint *touchpoints, size_t count, const Layout *layout)
{
	*out++ = layout->score_width;
	if (layout->flags & JOURNEY_SCORE_GAPS)
	{
		memset(out, 0, (count + 7) / 8);
		for (size_t i = 0; i < count; i++)
			out[i / 8] |= touchpoints[i].has_score << (i % 8);
		out += (count + 7) / 8;
	}
	for (size_t i = 0; i < count; i++)
	{
		if (touchpoints[i].has_score)
			out = put_little_endian(out, (uint32_t) touchpoints[i].score, layout->score_width);
	}
	return out;
}

static uint8_t *
put_times(uint8_t *out, const Touchpoint *touchpoints, size_t count, uint8_t unit)
{
	int64_t		now = in_units(touchpoints[0].at, unit);

	out = varint_write(out, zigzag(now));
	for (size_t i = 1; i < count; i++)
	{
		int64_t		before = now;

		now = in_units(touchpoints[i].at, unit);
		out = varint_write(out, (uint64_t) now - (uint64_t) before);
	}
	return out;
}

static void *
pack_empty(size_t reserve, size_t *size)
{
	uint8_t    *out = cx_alloc(reserve + 3, 1);

	out[reserve] = JOURNEY_VERSION;
	out[reserve + 1] = 0;
	out[reserve + 2] = 0;
	*size = 3;
	return out;
}

void *
journey_pack(const Touchpoint *touchpoints, size_t count, size_t reserve, size_t *size)
{
	Layout		layout;
	uint8_t    *memory = NULL;

	if (count == 0)
		return pack_empty(reserve, size);
	if (count > JOURNEY_MAX_SIZE)
		return NULL;
	measure(&layout, touchpoints, count);
	if (layout.size <= JOURNEY_MAX_SIZE)
	{
		uint8_t    *out;

		memory = cx_alloc(reserve + layout.size, 1);
		out = put_header(memory + reserve, &layout, count);
		out = put_names(out, &layout.events, layout.events.table.count);
		if (layout.flags & JOURNEY_HAS_CHANNEL)
			out = put_names(out, &layout.channels, layout.channels.table.count);
		out = put_codes(out, &layout.events, count);
		if (layout.flags & JOURNEY_HAS_CHANNEL)
			out = put_codes(out, &layout.channels, count);
		if (layout.flags & JOURNEY_HAS_VALUE)
			out = put_values(out, touchpoints, count, (layout.flags & JOURNEY_VALUE_GAPS) != 0);
		if (layout.flags & JOURNEY_HAS_SCORE)
			out = put_scores(out, touchpoints, count, &layout);
		put_times(out, touchpoints, count, layout.unit);
		*size = layout.size;
	}
	layout_free(&layout);
	return memory;
}

void *
journey_build(Touchpoint *touchpoints, size_t count, size_t reserve, size_t *size)
{
	touchpoints_sort(touchpoints, count);
	return journey_pack(touchpoints, count, reserve, size);
}
