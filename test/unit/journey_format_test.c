/*
 * journey_format_test.c
 *	  The packed bytes of a journey, its state while it is built, and what they are made of.
 *
 * The second sources: qsort by touchpoint_compare for the order, a writer of
 * the layout in journey_format.h that is as plain as it can be for the bytes,
 * linear search for the name table, and dumps written by hand. A number as the
 * argument is another seed.
 */
#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/calendar.h"
#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/journey_format.h"
#include "journey/journey_state.h"
#include "journey/name_table.h"
#include "journey/varint.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t seed;

static uint64_t
random_64(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * UINT64_C(2685821657736338717);
}

static uint32_t
below(uint32_t limit)
{
	return (uint32_t) ((random_64() >> 32) % limit);
}

/* ---------- Random touchpoints ---------- */

static JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

/* Names that are a number of their own, of lengths at the edges of a varint and of the longest. */
typedef struct NamePool
{
	JourneyName *names;
	uint32_t	count;
} NamePool;

static NamePool
make_pool(uint32_t count)
{
	static const uint32_t lengths[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 127, 128, 255, 256, NAME_MAX_LENGTH};
	NamePool	pool = {cx_alloc(count, sizeof(JourneyName)), count};

	for (uint32_t i = 0; i < count; i++)
	{
		char		number[16];
		uint32_t	digits = (uint32_t) snprintf(number, sizeof(number), "%" PRIu32, i);
		uint32_t	length = count <= 40 ? lengths[below(lengthof(lengths))] : below(12);
		char	   *bytes;

		if (length < digits && i > 0)
			length = digits;
		bytes = cx_alloc(length, 1);
		/* Bytes below and above those of a letter, so that the order is not that of signed characters. */
		for (uint32_t at = 0; at < length; at++)
			bytes[at] = (char) (i % 3 == 0 ? '!' : i % 3 == 1 ? 'm' : 0xC3);
		if (i > 0)
			memcpy(bytes + length - digits, number, digits);
		pool.names[i].bytes = bytes;
		pool.names[i].length = length;
	}
	return pool;
}

static void
free_pool(NamePool *pool)
{
	for (uint32_t i = 0; i < pool->count; i++)
		cx_free((char *) pool->names[i].bytes);
	cx_free(pool->names);
}

/* A time that is a multiple of the unit. */
static int64_t
random_time(int64_t unit_us)
{
	int64_t		at;

	switch (below(10))
	{
		case 0:
			at = CALENDAR_MIN_TIME;
			break;
		case 1:
			at = CALENDAR_END_TIME - unit_us;
			break;
		case 2:
			at = 0;
			break;
		case 3:
			at = (int64_t) (random_64() % (uint64_t) CALENDAR_END_TIME);
			break;
		case 4:
			at = -(int64_t) (random_64() % (uint64_t) -CALENDAR_MIN_TIME);
			break;
		default:
			at = INT64_C(780000000000000) + below(40) * unit_us;
			break;
	}
	return at - at % unit_us;
}

static double
random_value(void)
{
	static const double values[] = {0, 1, -1, 0.1, DBL_MAX, -DBL_MAX, DBL_MIN, 4.9406564584124654e-324, 1e15};
	uint64_t	bits = random_64();
	double		value;

	if (below(2) == 0)
		return values[below(lengthof(values))];
	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? value : 2.5;
}

static int32_t
random_score(int width)
{
	static const int32_t edges[3][4] = {
		{-128, 127, 0, 9}, {-129, 128, -32768, 32767}, {-32769, 32768, INT32_MIN, INT32_MAX}
	};

	return edges[below(width)][below(4)];
}

/* What a list of touchpoints has in common. */
typedef struct Kind
{
	NamePool	events;
	NamePool	channels;
	int64_t		unit_us;
	uint32_t	with_channel;	/* of 4 */
	uint32_t	with_value;
	uint32_t	with_score;
	int			score_width;	/* 1, 2, 3 for 1, 2, 4 bytes */
	bool		wide_times;		/* anywhere, not within 40 units */
} Kind;

static Kind
random_kind(void)
{
	static const uint32_t names[] = {1, 2, 3, 4, 5, 31, 32, 33, 40, 255, 256, 257, 300};
	static const uint32_t portions[] = {0, 0, 2, 4};
	Kind		kind;

	kind.events = make_pool(names[below(lengthof(names))]);
	kind.channels = make_pool(names[below(lengthof(names))]);
	kind.unit_us = journey_unit_us[below(JOURNEY_UNITS)];
	kind.with_channel = portions[below(4)];
	kind.with_value = portions[below(4)];
	kind.with_score = portions[below(4)];
	kind.score_width = 1 + (int) below(3);
	kind.wide_times = below(2) == 0;
	return kind;
}

static void
free_kind(Kind *kind)
{
	free_pool(&kind->events);
	free_pool(&kind->channels);
}

static Touchpoint *
random_touchpoints(const Kind *kind, size_t count)
{
	Touchpoint *touchpoints = cx_alloc(count, sizeof(Touchpoint));

	memset(touchpoints, 0, count * sizeof(Touchpoint));
	for (size_t i = 0; i < count; i++)
	{
		Touchpoint *touchpoint = &touchpoints[i];

		touchpoint->at = kind->wide_times ? random_time(kind->unit_us) :
			(int64_t) (8838 * US_PER_DAY) + (below(40) - INT64_C(20)) * kind->unit_us;
		touchpoint->event = kind->events.names[below(kind->events.count)];
		if (below(4) < kind->with_channel)
			touchpoint->channel = kind->channels.names[below(kind->channels.count)];
		touchpoint->has_value = below(4) < kind->with_value;
		if (touchpoint->has_value)
			touchpoint->value = random_value();
		touchpoint->has_score = below(4) < kind->with_score;
		if (touchpoint->has_score)
			touchpoint->score = random_score(kind->score_width);
	}
	return touchpoints;
}

static int
compare_touchpoints(const void *a, const void *b)
{
	return touchpoint_compare(a, b);
}

static void
shuffle(Touchpoint *touchpoints, size_t count)
{
	for (size_t i = count; i > 1; i--)
	{
		size_t		other = below((uint32_t) i);
		Touchpoint	kept = touchpoints[i - 1];

		touchpoints[i - 1] = touchpoints[other];
		touchpoints[other] = kept;
	}
}

static bool
all_equal(const Touchpoint *a, const Touchpoint *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (touchpoint_compare(&a[i], &b[i]) != 0)
			return false;
	}
	return true;
}

static Touchpoint *
copy_of(const Touchpoint *touchpoints, size_t count)
{
	Touchpoint *copy = cx_alloc(count, sizeof(Touchpoint));

	memcpy(copy, touchpoints, count * sizeof(Touchpoint));
	return copy;
}

/* ---------- The layout, written as plainly as it can be ---------- */

typedef struct Bytes
{
	uint8_t    *bytes;
	size_t		size;
	size_t		room;
} Bytes;

static void
put(Bytes *out, const void *bytes, size_t size)
{
	if (out->size + size > out->room)
	{
		out->room = (out->size + size) * 2;
		out->bytes = cx_realloc(out->bytes, out->room, 1);
	}
	memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
}

/* The lowest `size` bytes of a number, the lowest first. */
static void
put_number(Bytes *out, uint64_t number, int size)
{
	for (int i = 0; i < size; i++)
	{
		uint8_t		byte = (uint8_t) (number >> (8 * i) & 0xFF);

		put(out, &byte, 1);
	}
}

static void
put_varint(Bytes *out, uint64_t number)
{
	do
	{
		put_number(out, (number & 0x7F) | (number > 0x7F ? 0x80 : 0), 1);
		number >>= 7;
	} while (number > 0);
}

static int
compare_names(const void *a, const void *b)
{
	return name_compare(a, b);
}

/* The distinct names of a column, in order; absent ones are none. */
static JourneyName *
distinct(const Touchpoint *touchpoints, size_t count, bool of_channel, size_t *names_count)
{
	JourneyName *names = cx_alloc(count, sizeof(JourneyName));
	size_t		all = 0;

	for (size_t i = 0; i < count; i++)
	{
		names[all] = of_channel ? touchpoints[i].channel : touchpoints[i].event;
		all += names[all].bytes != NULL;
	}
	qsort(names, all, sizeof(JourneyName), compare_names);
	*names_count = 0;
	for (size_t i = 0; i < all; i++)
	{
		if (*names_count == 0 || name_compare(&names[*names_count - 1], &names[i]) != 0)
			names[(*names_count)++] = names[i];
	}
	return names;
}

static int
width_of(size_t different)
{
	return different <= 1 ? 0 : different <= 256 ? 1 : different <= 65536 ? 2 : 4;
}

static void
put_codes(Bytes *out, const Touchpoint *touchpoints, size_t count, bool of_channel,
		  const JourneyName *names, size_t names_count, bool gaps)
{
	for (size_t i = 0; i < count; i++)
	{
		const JourneyName *name = of_channel ? &touchpoints[i].channel : &touchpoints[i].event;
		uint64_t	code = 0;

		if (name->bytes != NULL)
			code = (uint64_t) ((const JourneyName *) bsearch(name, names, names_count, sizeof(JourneyName),
															  compare_names) - names) + gaps;
		put_number(out, code, width_of(names_count + gaps));
	}
}

/* A bit for each touchpoint, the lowest first, filled up to a byte. */
static void
put_bits(Bytes *out, const Touchpoint *touchpoints, size_t count, bool of_score)
{
	for (size_t from = 0; from < count; from += 8)
	{
		uint8_t		byte = 0;

		for (size_t i = from; i < from + 8 && i < count; i++)
			byte |= (of_score ? touchpoints[i].has_score : touchpoints[i].has_value) << (i - from);
		put(out, &byte, 1);
	}
}

/* Counts over a whole list, in order, that decide its flags. */
typedef struct Facts
{
	JourneyName *events;
	JourneyName *channels;
	size_t		event_count;
	size_t		channel_count;
	size_t		without_channel;
	size_t		values;
	size_t		scores;
	int			score_width;
	int			unit;
} Facts;

static Facts
facts_of(const Touchpoint *touchpoints, size_t count)
{
	Facts		facts = {0};

	facts.events = distinct(touchpoints, count, false, &facts.event_count);
	facts.channels = distinct(touchpoints, count, true, &facts.channel_count);
	facts.score_width = 1;
	facts.unit = JOURNEY_UNITS - 1;
	for (size_t i = 0; i < count; i++)
	{
		int32_t		score = touchpoints[i].score;

		facts.without_channel += touchpoints[i].channel.bytes == NULL;
		facts.values += touchpoints[i].has_value;
		facts.scores += touchpoints[i].has_score;
		if (touchpoints[i].has_score && (score < INT16_MIN || score > INT16_MAX))
			facts.score_width = 4;
		else if (touchpoints[i].has_score && (score < INT8_MIN || score > INT8_MAX) && facts.score_width == 1)
			facts.score_width = 2;
		while (touchpoints[i].at % journey_unit_us[facts.unit] != 0)
			facts.unit--;
	}
	return facts;
}

static void
put_head(Bytes *out, const Facts *facts, size_t count)
{
	size_t		names_size = 0;
	int			bitmap_size = facts->event_count == 1 ? 1 : facts->event_count <= 4 ? 2 : facts->event_count <= 6 ? 4 : 8;
	uint64_t	bitmap = 0;
	Bytes		names = {0};

	put_number(out, 1, 1);
	put_number(out, (facts->channel_count > 0 ? 0x01 : 0) | (facts->values > 0 ? 0x02 : 0) |
			   (facts->scores > 0 ? 0x04 : 0) | facts->unit << 3 |
			   (facts->values > 0 && facts->values < count ? 0x40 : 0) |
			   (facts->scores > 0 && facts->scores < count ? 0x80 : 0), 1);
	put_varint(out, count);
	put_varint(out, facts->event_count);
	if (facts->channel_count > 0)
		put_varint(out, 2 * facts->channel_count + (facts->without_channel > 0));
	for (size_t i = 0; i < facts->event_count + facts->channel_count; i++)
	{
		const JourneyName *name = i < facts->event_count ? &facts->events[i] :
			&facts->channels[i - facts->event_count];

		put_varint(&names, name->length);
		put(&names, name->bytes, name->length);
		if (i < facts->event_count)
			bitmap |= UINT64_C(1) << name_bit(name->bytes, name->length) % (8 * bitmap_size);
	}
	names_size = names.size;
	put_varint(out, names_size);
	put_number(out, bitmap, bitmap_size);
	put(out, names.bytes, names.size);
	cx_free(names.bytes);
}

/* The bytes of touchpoints in order. */
static Bytes
packed(const Touchpoint *touchpoints, size_t count)
{
	Bytes		out = {0};
	Facts		facts = facts_of(touchpoints, count);
	bool		gaps = facts.without_channel > 0;

	put_head(&out, &facts, count);
	put_codes(&out, touchpoints, count, false, facts.events, facts.event_count, false);
	if (facts.channel_count > 0)
		put_codes(&out, touchpoints, count, true, facts.channels, facts.channel_count, gaps);
	if (facts.values > 0 && facts.values < count)
		put_bits(&out, touchpoints, count, false);
	for (size_t i = 0; i < count; i++)
	{
		uint64_t	bits;

		memcpy(&bits, &touchpoints[i].value, sizeof(bits));
		if (touchpoints[i].has_value)
			put_number(&out, bits, 8);
	}
	if (facts.scores > 0)
		put_number(&out, facts.score_width, 1);
	if (facts.scores > 0 && facts.scores < count)
		put_bits(&out, touchpoints, count, true);
	for (size_t i = 0; i < count; i++)
	{
		if (touchpoints[i].has_score)
			put_number(&out, (uint64_t) (int64_t) touchpoints[i].score, facts.score_width);
	}
	for (size_t i = 0; i < count; i++)
	{
		int64_t		unit = journey_unit_us[facts.unit];
		int64_t		first = touchpoints[0].at / unit;

		if (i == 0)
			put_varint(&out, first >= 0 ? (uint64_t) first * 2 : (uint64_t) -(first + 1) * 2 + 1);
		else
			put_varint(&out, ((uint64_t) touchpoints[i].at - (uint64_t) touchpoints[i - 1].at) / (uint64_t) unit);
	}
	cx_free(facts.events);
	cx_free(facts.channels);
	return out;
}

/* ---------- Varints ---------- */

static void
check_varint(uint64_t value, const char *hex)
{
	uint8_t		bytes[VARINT_MAX_SIZE + 1];
	char		text[2 * VARINT_MAX_SIZE + 1] = "";
	char		name[80];
	const uint8_t *at = bytes;
	size_t		size = varint_write(bytes, value) - bytes;

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	snprintf(name, sizeof(name), "varint %" PRIu64, value);
	ok(strcmp(text, hex) == 0 && size == varint_size(value) &&
	   varint_read(&at, bytes + size) == value && at == bytes + size, name);
}

static void
test_varint(void)
{
	bool		right = true;
	const uint8_t endless[12] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
	const uint8_t *at = endless;

	check_varint(0, "00");
	check_varint(1, "01");
	check_varint(127, "7f");
	check_varint(128, "8001");
	check_varint(300, "ac02");
	check_varint(16383, "ff7f");
	check_varint(16384, "808001");
	check_varint(UINT32_MAX, "ffffffff0f");
	check_varint(UINT64_C(1) << 63, "80808080808080808001");
	check_varint(UINT64_MAX, "ffffffffffffffffff01");

	for (int i = 0; i < 20000; i++)
	{
		uint64_t	value = random_64() >> below(64);
		uint8_t		bytes[VARINT_MAX_SIZE];
		size_t		size = varint_write(bytes, value) - bytes;
		const uint8_t *from = bytes;
		size_t		cut = below((uint32_t) size);

		right &= size == varint_size(value) && varint_read(&from, bytes + size) == value;
		right &= unzigzag(zigzag((int64_t) value)) == (int64_t) value;
		from = bytes;
		varint_read(&from, bytes + cut);
		right &= from == bytes + cut;
	}
	ok(right, "random varints are read back, and cut ones not read past their end");
	ok(zigzag(0) == 0 && zigzag(-1) == 1 && zigzag(1) == 2 && zigzag(-2) == 3 &&
	   zigzag(INT64_MAX) == UINT64_MAX - 1 && zigzag(INT64_MIN) == UINT64_MAX, "zigzag");
	varint_read(&at, endless + sizeof(endless));
	ok(at - endless == VARINT_MAX_SIZE, "a varint without an end stops after ten bytes");
	ok(varint_read(&at, at) == 0, "at the end a varint is 0");
}

/* ---------- Order ---------- */

/* Each of these is before the next. */
static void
test_order(void)
{
	static const struct
	{
		int64_t		at;
		const char *event;
		const char *channel;
		const char *value;
		const char *score;
	}			rows[] = {
		{-5, "z", "z", "9", "9"},
		{7, "", NULL, NULL, NULL},
		{7, "", "", NULL, NULL},
		{7, "Z", NULL, NULL, NULL},
		{7, "a", NULL, NULL, NULL},
		{7, "a", NULL, NULL, "-2147483648"},
		{7, "a", NULL, NULL, "2147483647"},
		{7, "a", NULL, "-1e300", NULL},
		{7, "a", NULL, "-1e300", "0"},
		{7, "a", NULL, "0", NULL},
		{7, "a", NULL, "1", NULL},
		{7, "a", "", NULL, NULL},
		{7, "a", "b", NULL, NULL},
		{7, "a", "b/c", NULL, NULL},
		{7, "a", "bc", NULL, NULL},
		{7, "a-b", NULL, NULL, NULL},
		{7, "a/b", NULL, NULL, NULL},
		{7, "aa", NULL, NULL, NULL},
		{7, "\xC3\xA1", NULL, NULL, NULL},
		{8, "", NULL, NULL, NULL}
	};
	Touchpoint	touchpoints[lengthof(rows)];
	bool		right = true;

	memset(touchpoints, 0, sizeof(touchpoints));
	for (int i = 0; i < lengthof(rows); i++)
	{
		touchpoints[i].at = rows[i].at;
		touchpoints[i].event = name_of(rows[i].event);
		touchpoints[i].channel = name_of(rows[i].channel);
		touchpoints[i].has_value = rows[i].value != NULL;
		touchpoints[i].value = rows[i].value != NULL ? atof(rows[i].value) : 0;
		touchpoints[i].has_score = rows[i].score != NULL;
		touchpoints[i].score = rows[i].score != NULL ? (int32_t) atoll(rows[i].score) : 0;
	}
	for (int i = 0; i < lengthof(rows); i++)
		for (int j = 0; j < lengthof(rows); j++)
		{
			int			order = touchpoint_compare(&touchpoints[i], &touchpoints[j]);

			right &= i < j ? order < 0 : i > j ? order > 0 : order == 0;
		}
	ok(right, "time, event, channel, value, score; bytes as they are, what is absent first");
	ok(name_prefix(name_of("a/b/c"), 1).length == 1 && name_prefix(name_of("a/b/c"), 2).length == 3 &&
	   name_prefix(name_of("a/b/c"), 3).length == 5 && name_prefix(name_of("a/b/c"), 9).length == 5 &&
	   name_prefix(name_of("/b"), 1).length == 0 && name_prefix(name_of("a//b"), 2).length == 2 &&
	   name_prefix(name_of(""), 1).length == 0, "the first parts of a name");
}

static void
sort_is_right(Touchpoint *touchpoints, size_t count, const char *what)
{
	Touchpoint *want = copy_of(touchpoints, count);
	char		name[100];

	qsort(want, count, sizeof(Touchpoint), compare_touchpoints);
	touchpoints_sort(touchpoints, count);
	snprintf(name, sizeof(name), "sorts %zu touchpoints, %s", count, what);
	ok(all_equal(touchpoints, want, count), name);
	cx_free(want);
}

static void
test_sort(void)
{
	static const size_t counts[] = {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 4097, 100000};
	Kind		kind = random_kind();

	for (int i = 0; i < lengthof(counts); i++)
	{
		size_t		count = counts[i];
		Touchpoint *touchpoints;

		free_kind(&kind);
		kind = random_kind();
		touchpoints = random_touchpoints(&kind, count);
		sort_is_right(touchpoints, count, "random");
		sort_is_right(touchpoints, count, "in order");
		for (size_t a = 0; a + 1 < count - a; a++)
		{
			Touchpoint	kept = touchpoints[a];

			touchpoints[a] = touchpoints[count - 1 - a];
			touchpoints[count - 1 - a] = kept;
		}
		sort_is_right(touchpoints, count, "reversed");
		for (size_t a = 0; a < count; a++)
			touchpoints[a] = touchpoints[0];
		sort_is_right(touchpoints, count, "all the same");
		for (size_t a = 0; a < count; a++)
			touchpoints[a].at = 5 + (a == count / 2 ? -1 : (int64_t) (a % 2));
		sort_is_right(touchpoints, count, "two times and one before");
		cx_free(touchpoints);
	}
	free_kind(&kind);
}

/* ---------- Build and read ---------- */

/* Builds the touchpoints, compares with the plain writer, reads back, builds permutations and damages. */
static bool
build_is_right(Touchpoint *touchpoints, size_t count)
{
	size_t		size = 0;
	size_t		reserve = below(9);
	uint8_t    *built;
	Touchpoint *want = copy_of(touchpoints, count);
	Touchpoint *read = cx_alloc(count, sizeof(Touchpoint));
	JourneyView view;
	Bytes		plain;
	bool		right;

	qsort(want, count, sizeof(Touchpoint), compare_touchpoints);
	built = journey_build(touchpoints, count, reserve, &size);
	plain = packed(want, count);
	right = size == plain.size && memcmp(built + reserve, plain.bytes, size) == 0 &&
		journey_problem(built + reserve, size) == NULL &&
		journey_open(&view, built + reserve, size) && view.count == count;
	if (right)
	{
		journey_read(&view, read);
		right = all_equal(read, want, count);
	}
	for (int turn = 0; turn < 3 && right; turn++)
	{
		size_t		again_size = 0;
		void	   *again;

		shuffle(touchpoints, count);
		again = journey_build(touchpoints, count, 0, &again_size);
		right = again_size == size && memcmp(again, built + reserve, size) == 0;
		cx_free(again);
	}
	cx_free(built);
	cx_free(plain.bytes);
	cx_free(read);
	cx_free(want);
	return right;
}

static void
test_build(void)
{
	static const size_t counts[] = {1, 2, 3, 7, 8, 9, 16, 100, 257, 1000};
	int			wrong = 0;
	int			rounds = 0;

	for (; rounds < 1500; rounds++)
	{
		Kind		kind = random_kind();
		size_t		count = counts[below(lengthof(counts) - (rounds % 20 != 0) * 2)];
		Touchpoint *touchpoints = random_touchpoints(&kind, count);

		wrong += !build_is_right(touchpoints, count);
		cx_free(touchpoints);
		free_kind(&kind);
	}
	ok(wrong == 0, "random lists: the bytes of the layout, the same for any order, read back");
	if (wrong > 0)
		printf("# %d of %d are wrong\n", wrong, rounds);
}

/* As many names as codes of 1, 2 and 4 bytes hold, and one more. */
static void
test_widths(void)
{
	static const uint32_t names[] = {256, 257, 65536, 65537};
	bool		right = true;

	for (int i = 0; i < lengthof(names); i++)
	{
		NamePool	pool = make_pool(names[i]);
		Touchpoint *touchpoints = cx_alloc(names[i], sizeof(Touchpoint));
		JourneyView view;
		size_t		size;
		void	   *built;

		memset(touchpoints, 0, names[i] * sizeof(Touchpoint));
		for (uint32_t n = 0; n < names[i]; n++)
		{
			touchpoints[n].event = pool.names[n];
			touchpoints[n].channel = n == 0 ? name_of(NULL) : pool.names[n];
		}
		right &= build_is_right(touchpoints, names[i]);
		built = journey_build(touchpoints, names[i], 0, &size);
		/* One channel less than events, and a code for none. */
		right &= journey_open(&view, built, size) && view.event_count == names[i] &&
			view.channel_count == names[i] - 1 && view.channel_gaps &&
			view.event_width == (i == 0 ? 1 : i <= 2 ? 2 : 4) && view.channel_width == view.event_width;
		cx_free(built);
		cx_free(touchpoints);
		free_pool(&pool);
	}
	ok(right, "codes of 1, 2 and 4 bytes");
}

/* The whole of time in one journey, in every unit that divides its ends. */
static void
test_extremes(void)
{
	bool		right = true;

	for (int unit = 0; unit < JOURNEY_UNITS; unit++)
	{
		Touchpoint	touchpoints[4];

		memset(touchpoints, 0, sizeof(touchpoints));
		for (int i = 0; i < 4; i++)
			touchpoints[i].event = name_of("e");
		touchpoints[0].at = CALENDAR_MIN_TIME;
		touchpoints[1].at = CALENDAR_END_TIME - journey_unit_us[unit];
		touchpoints[2].at = -journey_unit_us[unit];
		touchpoints[3].at = journey_unit_us[unit];
		right &= build_is_right(touchpoints, 4);
		right &= build_is_right(touchpoints, 1);
		qsort(touchpoints, 4, sizeof(Touchpoint), compare_touchpoints);
		touchpoints[1] = touchpoints[3];
		right &= build_is_right(touchpoints, 2);
	}
	ok(right, "the first and the last time there is in one journey");
}

/* ---------- Bytes from outside ---------- */

/* What damaged bytes may be: refused, or a journey in every respect. */
static bool
refused_or_a_journey(const uint8_t *bytes, size_t size)
{
	JourneyView view;
	Touchpoint *touchpoints;
	Bytes		plain = {0};
	bool		right;

	if (journey_problem(bytes, size) != NULL)
		return true;
	if (!journey_open(&view, bytes, size))
		return false;
	if (view.count == 0)
		return size == 3 && memcmp(bytes, "\1\0\0", 3) == 0;
	touchpoints = cx_alloc(view.count, sizeof(Touchpoint));
	journey_read(&view, touchpoints);
	right = true;
	for (uint32_t i = 0; i < view.count; i++)
	{
		const Touchpoint *touchpoint = &touchpoints[i];

		right &= calendar_time_valid(touchpoint->at) && isfinite(touchpoint->value) &&
			!(touchpoint->value == 0 && signbit(touchpoint->value)) &&
			touchpoint->event.bytes != NULL && touchpoint->event.length <= NAME_MAX_LENGTH &&
			touchpoint->channel.length <= NAME_MAX_LENGTH;
	}
	qsort(touchpoints, view.count, sizeof(Touchpoint), compare_touchpoints);
	plain = packed(touchpoints, view.count);
	right &= plain.size == size && memcmp(plain.bytes, bytes, size) == 0;
	cx_free(plain.bytes);
	cx_free(touchpoints);
	return right;
}

/* A copy of exactly this size, so that a sanitizer sees a read past it. */
static bool
damaged_is_right(const uint8_t *bytes, size_t size)
{
	uint8_t    *copy = cx_alloc(size, 1);
	bool		right;

	memcpy(copy, bytes, size);
	right = refused_or_a_journey(copy, size);
	cx_free(copy);
	return right;
}

typedef struct DamageCount
{
	int			tried;
	int			read;			/* journeys still, others */
	int			wrong;
} DamageCount;

static void
count_damage(DamageCount *count, const uint8_t *bytes, size_t size)
{
	count->tried++;
	count->read += journey_problem(bytes, size) == NULL;
	count->wrong += !damaged_is_right(bytes, size);
}

/* Every cut, every byte more, every change of a byte. */
static void
damage(DamageCount *cuts, DamageCount *more, DamageCount *changes, const uint8_t *bytes, size_t size)
{
	uint8_t    *copy = cx_alloc(size + 1, 1);

	memcpy(copy, bytes, size);
	for (size_t cut = 0; cut < size; cut++)
		count_damage(cuts, copy, cut);
	for (int byte = 0; byte < 256; byte++)
	{
		copy[size] = (uint8_t) byte;
		count_damage(more, copy, size + 1);
	}
	for (size_t at = 0; at < size; at++)
	{
		for (int change = 1; change < 256; change++)
		{
			copy[at] = bytes[at] ^ (uint8_t) change;
			count_damage(changes, copy, size);
		}
		copy[at] = bytes[at];
	}
	cx_free(copy);
}

static void
test_damage(void)
{
	DamageCount cuts = {0};
	DamageCount more = {0};
	DamageCount changes = {0};
	DamageCount several = {0};

	for (int round = 0; round < 120; round++)
	{
		Kind		kind;
		size_t		count = 1 + below(6);
		size_t		size;
		Touchpoint *touchpoints;
		uint8_t    *bytes;

		do
		{
			kind = random_kind();
			touchpoints = random_touchpoints(&kind, count);
			bytes = journey_build(touchpoints, count, 0, &size);
			cx_free(touchpoints);
			free_kind(&kind);
			if (size > 300)
				cx_free(bytes);
		} while (size > 300);
		damage(&cuts, &more, &changes, bytes, size);
		for (int turn = 0; turn < 200; turn++)
		{
			uint8_t    *copy = cx_alloc(size, 1);

			memcpy(copy, bytes, size);
			for (uint32_t left = 1 + below(4); left > 0; left--)
				copy[below((uint32_t) size)] = (uint8_t) below(256);
			count_damage(&several, copy, size);
			cx_free(copy);
		}
		cx_free(bytes);
	}
	printf("# read among damaged bytes: %d of %d cuts, %d of %d longer, %d of %d changed, %d of %d changed at several\n",
		   cuts.read, cuts.tried, more.read, more.tried, changes.read, changes.tried, several.read, several.tried);
	ok(cuts.wrong == 0 && cuts.read == 0 && cuts.tried > 1000, "no journey that is cut is one");
	ok(more.wrong == 0 && more.read == 0 && more.tried > 1000, "nor one with a byte more");
	ok(changes.wrong == 0, "a byte changed: refused, or another journey in canonical form");
	/* A time, a letter, a value, a score may be another one; most bytes may not. */
	ok(changes.read > 0 && changes.read < changes.tried / 2, "and most are refused");
	ok(several.wrong == 0, "several bytes changed likewise");
}

/* ---------- Version 1, by hand ---------- */

/*
 * Dumps of version 1. Times are counted from 2000-01-01: 2024-03-13 is day
 * 24 * 365 + 6 + 31 + 29 + 12 = 8838. Bits of events are the top six bits of
 * name_hash, worked out apart from the code: login 10, pay 21, home 4, a 50,
 * b 8, call 41, x 38; modulo the bits of the bitmap.
 */
typedef struct Dump
{
	const char *what;
	const char *hex;
	int			count;
	Touchpoint	touchpoints[3];
} Dump;

#define NAME(text) {text, sizeof(text) - 1}
#define NO_NAME {NULL, 0}

static Dump dumps[] = {
	{"an empty journey",
		"01"					/* version */
		"00"					/* no flags */
		"00",					/* no touchpoints */
	0, {{0}}},
	{"login on 2024-03-13",
		"01"
		"28"					/* unit 5, days: 5 << 3 */
		"01" "01"				/* one touchpoint, one event name */
		"06"					/* bytes of names */
		"04"					/* bit 10 % 8 = 2 */
		"05" "6c6f67696e"		/* login */
		"8c8a01",				/* day 8838: zigzag 17676 = 12 + 10 * 128 + 1 * 16384 */
	1, {{8838 * US_PER_DAY, NAME("login"), NO_NAME, 0, 0, false, false}}},
	{"home and pay on the web at 23:58 and 23:59 before 2000, one without channel, value and score",
		"01"
		"df"					/* channel 1, value 2, score 4, minutes 3 << 3, value gaps 40, score gaps 80 */
		"03" "02"				/* three touchpoints, two event names */
		"03"					/* one channel name, some have none: 2 + 1 */
		"0d"					/* 5 + 4 + 4 bytes of names */
		"3000"					/* bits 4 and 21 % 16 = 5 */
		"04" "686f6d65"			/* home */
		"03" "706179"			/* pay */
		"03" "776562"			/* web */
		"000101"				/* home, pay, pay */
		"010001"				/* web, none, web */
		"04"					/* the third has a value: bit 2 */
		"000000000000f83f"		/* 1.5 = 3ff8000000000000 */
		"01"					/* scores of one byte */
		"05"					/* the first and the third have one */
		"09" "fe"				/* 9 and -2 */
		"03"					/* minute -2: zigzag 3 */
		"00"					/* at the same time */
		"01",					/* a minute later */
	3, {{-120 * US_PER_SECOND, NAME("home"), NAME("web"), 0, 9, false, true},
		{-120 * US_PER_SECOND, NAME("pay"), NO_NAME, 0, 0, false, false},
		{-60 * US_PER_SECOND, NAME("pay"), NAME("web"), 1.5, -2, true, true}}},
	{"a, b and call by phone at microsecond 1, 130 and 131, all with scores of two bytes",
		"01"
		"05"					/* channel 1, score 4, microseconds */
		"03" "03"				/* three touchpoints, three event names */
		"02"					/* one channel name, none without: 2 */
		"0f"					/* 2 + 2 + 5 + 6 bytes of names */
		"0403"					/* bits 50 % 16 = 2, 8, 41 % 16 = 9 */
		"01" "61"				/* a */
		"01" "62"				/* b */
		"04" "63616c6c"			/* call */
		"05" "70686f6e65"		/* phone */
		"000102"				/* a, b, call; no bytes for the only channel */
		"02"					/* scores of two bytes */
		"2c01" "ffff" "0080"	/* 300, -1, -32768 */
		"02"					/* zigzag of 1 */
		"8101"					/* 129 later */
		"01",					/* 1 later */
	3, {{1, NAME("a"), NAME("phone"), 0, 300, false, true},
		{130, NAME("b"), NAME("phone"), 0, -1, false, true},
		{131, NAME("call"), NAME("phone"), 0, -32768, false, true}}},
	{"x twice a second apart, on no channel and on an empty one, with values, one score of four bytes",
		"01"
		"97"					/* channel 1, value 2, score 4, seconds 2 << 3, score gaps 80 */
		"02" "01"
		"03"					/* the empty channel name; one has none */
		"03"					/* 2 + 1 bytes of names */
		"40"					/* bit 38 % 8 = 6 */
		"01" "78"				/* x */
		"00"					/* an empty name */
		"0001"					/* no channel, the empty one; no bytes for the only event */
		"0000000000000000"		/* 0 */
		"000000000000f0bf"		/* -1 = bff0000000000000 */
		"04"					/* scores of four bytes */
		"02"					/* the second has one */
		"00000080"				/* -2147483648 */
		"00"					/* 2000-01-01 */
		"01",
	2, {{0, NAME("x"), NO_NAME, 0, 0, true, false},
		{US_PER_SECOND, NAME("x"), NAME(""), -1, INT32_MIN, true, true}}}
};

static size_t
from_hex(const char *hex, uint8_t *bytes)
{
	size_t		size = strlen(hex) / 2;

	for (size_t i = 0; i < size; i++)
	{
		unsigned int byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t) byte;
	}
	return size;
}

static void
test_dumps(void)
{
	for (int i = 0; i < lengthof(dumps); i++)
	{
		uint8_t		bytes[200];
		size_t		size = from_hex(dumps[i].hex, bytes);
		size_t		built_size;
		Touchpoint	read[3];
		JourneyView view;
		uint8_t    *built = journey_build(dumps[i].touchpoints, (size_t) dumps[i].count, 0, &built_size);

		ok(built_size == size && memcmp(built, bytes, size) == 0, dumps[i].what);
		ok(journey_problem(bytes, size) == NULL && journey_open(&view, bytes, size) &&
		   view.count == (uint32_t) dumps[i].count, "is read as written");
		journey_read(&view, read);
		ok(all_equal(read, dumps[i].touchpoints, (size_t) dumps[i].count), "with its touchpoints");
		if (built_size != size || memcmp(built, bytes, size) != 0)
		{
			printf("# got ");
			for (size_t at = 0; at < built_size; at++)
				printf("%02x", built[at]);
			printf("\n# not %s\n", dumps[i].hex);
		}
		cx_free(built);
	}
}

/* Bytes that say what a journey says in another way, or what none can say. */
static void
test_refused(void)
{
	static const char *const refused[] = {
		"",						/* nothing */
		"01", "0100",			/* cut */
		"010000" "00",			/* a byte more */
		"000000", "020000",		/* versions */
		"010800", "010100",		/* an empty journey has no flags */
		"01008000",				/* a count in two bytes */
		"012801010601" "056c6f67696e" "8c8a01", /* another bit */
		"012801010604" "056c6f67696e" "8c8a8100",	/* a time in four bytes */
		"013001010604" "056c6f67696e" "8c8a01", /* unit 6 */
		"012001010604" "056c6f67696e" "a0f219", /* the same day in hours */
		"01280202060004" "056c6f67696e" "0000" "8c8a01" "00",	/* two events, one name */
		"0129010103" "0804" "056c6f67696e" "0177" "01" "8c8a01",	/* gaps where there is none */
		"0129010103" "0804" "056c6f67696e" "0177" "00" "8c8a01",	/* a channel that nothing has */
		"0129010100" "0604" "056c6f67696e" "8c8a01",	/* channels, but none */
		"0129010101" "0604" "056c6f67696e" "8c8a01",
		"012a01010604" "056c6f67696e" "0000000000000080" "8c8a01",	/* value -0 */
		"012a01010604" "056c6f67696e" "000000000000f07f" "8c8a01",	/* infinity */
		"012a01010604" "056c6f67696e" "000000000000f87f" "8c8a01",	/* not a number */
		"012c01010604" "056c6f67696e" "03" "090000" "8c8a01",	/* scores of three bytes */
		"012c01010604" "056c6f67696e" "02" "0900" "8c8a01", /* a score of one byte in two */
		"01ac01010604" "056c6f67696e" "01" "01" "09" "8c8a01",	/* a bitmap of scores without gaps */
		"012801010604" "056c6f67696e" "ffffffffffffffffff01",	/* a day that wraps */
		"012801010604" "056c6f67696e" "b3a1ab02",	/* 4714-11-23 BC: day -2451546 */
	};
	static const char *const read[] = {
		"012a01010604" "056c6f67696e" "0000000000000000" "8c8a01",	/* value 0 */
		"012c01010604" "056c6f67696e" "01" "09" "8c8a01",	/* a score */
		"0129010102" "0804" "056c6f67696e" "0177" "8c8a01",	/* a channel */
		"012801010604" "056c6f67696e" "b1a1ab02",	/* 4714-11-24 BC: day -2451545 */
	};
	uint8_t		bytes[100];

	for (int i = 0; i < lengthof(refused); i++)
	{
		char		name[150];

		snprintf(name, sizeof(name), "refused: %s", refused[i]);
		ok(journey_problem(bytes, from_hex(refused[i], bytes)) != NULL, name);
	}
	for (int i = 0; i < lengthof(read); i++)
		ok(journey_problem(bytes, from_hex(read[i], bytes)) == NULL, "the same, as it should be, is read");
}

/* ---------- Names ---------- */

static void
test_name_table(void)
{
	static const uint32_t counts[] = {1, 31, 32, 33, 64, 65, 1000, 70000};
	bool		right = true;

	for (int i = 0; i < lengthof(counts); i++)
	{
		uint32_t	count = counts[i];
		NamePool	pool = make_pool(count);
		NameTable	table;
		uint32_t   *codes = cx_alloc(count, sizeof(uint32_t));
		JourneyName *sorted = cx_alloc(count, sizeof(JourneyName));

		name_table_init(&table);
		for (uint32_t n = 0; n < count; n++)
			right &= name_table_index(&table, &pool.names[n]) == n;
		for (int turn = 0; turn < 1000; turn++)
		{
			uint32_t	n = below(count);
			char	   *bytes = cx_alloc(pool.names[n].length, 1);
			JourneyName again = {bytes, pool.names[n].length};

			memcpy(bytes, pool.names[n].bytes, again.length);
			right &= name_table_index(&table, &again) == n;
			cx_free(bytes);
		}
		right &= table.count == count;
		name_table_sort(&table, codes, sorted);
		for (uint32_t n = 0; n < count; n++)
			right &= codes[n] < count && name_compare(&sorted[codes[n]], &pool.names[n]) == 0 &&
				(n == 0 || name_compare(&sorted[n - 1], &sorted[n]) < 0);
		name_table_free(&table);
		cx_free(codes);
		cx_free(sorted);
		free_pool(&pool);
	}
	ok(right, "a name has the number of its first coming, and its place in order");
}

typedef struct Hashed
{
	uint32_t	hash;
	uint32_t	number;
} Hashed;

static int
compare_hashed(const void *a, const void *b)
{
	const Hashed *x = a;
	const Hashed *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static JourneyName
number_name(uint32_t number, char *text)
{
	JourneyName name = {text, (uint32_t) sprintf(text, "name-%06" PRIu32, number)};

	return name;
}

/* Names whose 32 bits of hash are the same stay apart. Of 300,000 some ten pairs are to be expected. */
static void
test_collisions(void)
{
	const uint32_t count = 300000;
	Hashed	   *hashed = cx_alloc(count, sizeof(Hashed));
	char		text[2][32];
	int			pairs = 0;
	bool		right = true;

	for (uint32_t i = 0; i < count; i++)
	{
		JourneyName name = number_name(i, text[0]);

		hashed[i].hash = (uint32_t) (name_hash(name.bytes, name.length) >> 32);
		hashed[i].number = i;
	}
	qsort(hashed, count, sizeof(Hashed), compare_hashed);
	for (uint32_t i = 1; i < count; i++)
	{
		NameTable	table;
		JourneyName a;
		JourneyName b;

		if (hashed[i - 1].hash != hashed[i].hash)
			continue;
		pairs++;
		a = number_name(hashed[i - 1].number, text[0]);
		b = number_name(hashed[i].number, text[1]);
		name_table_init(&table);
		right &= name_table_index(&table, &a) == 0 && name_table_index(&table, &b) == 1 &&
			name_table_index(&table, &a) == 0 && name_table_index(&table, &b) == 1;
		name_table_free(&table);
	}
	cx_free(hashed);
	printf("# %d pairs of names with one hash\n", pairs);
	ok(pairs > 0 && right, "names of the same hash stay apart");
}

/* ---------- The state ---------- */

static JourneyState *
new_state(size_t size)
{
	JourneyState *state = cx_alloc(size, 1);

	memset(state, 0xA5, size);
	journey_state_init(state);
	return state;
}

/* Adds all, in blocks that grow by random steps from the smallest. */
static bool
state_is_right(const Touchpoint *touchpoints, uint32_t count)
{
	size_t		size = JOURNEY_STATE_HEADER + below(40);
	JourneyState *state = new_state(size);
	Touchpoint *read = cx_alloc(count, sizeof(Touchpoint));
	bool		right = true;

	for (uint32_t i = 0; i < count && right; i++)
	{
		size_t		needed = journey_state_add(state, size, &touchpoints[i]);

		if (needed > 0)
		{
			size_t		larger_size = needed + (below(2) == 0 ? 0 : below(300));
			JourneyState *larger = new_state(larger_size);

			right &= needed > size && state->count == i;
			journey_state_move(larger, larger_size, state, size);
			cx_free(state);
			state = larger;
			size = larger_size;
			/* What it said that it needs is enough. */
			right &= journey_state_add(state, size, &touchpoints[i]) == 0;
		}
		right &= state->count == i + 1 && journey_state_valid(state, size);
	}
	right = right && journey_state_read(state, size, read) && all_equal(read, touchpoints, count);
	cx_free(read);
	cx_free(state);
	return right;
}

static void
test_state(void)
{
	int			wrong = 0;
	JourneyState *empty = new_state(JOURNEY_STATE_HEADER);

	ok(journey_state_valid(empty, JOURNEY_STATE_HEADER) && journey_state_read(empty, JOURNEY_STATE_HEADER, NULL),
	   "a state without rows");
	cx_free(empty);
	for (int round = 0; round < 600; round++)
	{
		Kind		kind = random_kind();
		uint32_t	count = below(round % 10 == 0 ? 1000 : 60);
		Touchpoint *touchpoints = random_touchpoints(&kind, count);

		wrong += !state_is_right(touchpoints, count);
		cx_free(touchpoints);
		free_kind(&kind);
	}
	ok(wrong == 0, "a state gives back its rows as they came, in blocks of any size");
}

/* What a damaged state is read as does not matter; that it is read within its block does. */
static void
test_state_damage(void)
{
	int			refused = 0;
	int			tried = 0;

	for (int round = 0; round < 3000; round++)
	{
		Kind		kind = random_kind();
		uint32_t	count = 1 + below(20);
		Touchpoint *touchpoints = random_touchpoints(&kind, count);
		size_t		size = 20000 + 20 * 2 * NAME_MAX_LENGTH;
		JourneyState *state = new_state(size);
		JourneyState *damaged;
		size_t		damaged_size;

		for (uint32_t i = 0; i < count; i++)
			journey_state_add(state, size, &touchpoints[i]);
		damaged_size = JOURNEY_STATE_HEADER + state->used + state->names_used;
		damaged = cx_alloc(damaged_size, 1);
		journey_state_move(damaged, damaged_size, state, size);
		for (uint32_t left = 1 + below(3); left > 0; left--)
			((uint8_t *) damaged)[sizeof(int32_t) + below((uint32_t) (damaged_size - sizeof(int32_t)))] ^= 1 + below(255);
		tried++;
		if (!journey_state_valid(damaged, damaged_size))
			refused++;
		else
		{
			Touchpoint *read = cx_alloc(damaged->count, sizeof(Touchpoint));

			if (!journey_state_read(damaged, damaged_size, read))
				refused++;
			else
			{
				/* Names lie within the state: touch each byte. */
				uint32_t	sum = 0;

				for (uint32_t i = 0; i < damaged->count; i++)
					for (uint32_t at = 0; at < read[i].event.length; at++)
						sum += (uint8_t) read[i].event.bytes[at];
				refused += sum == UINT32_MAX;
			}
			cx_free(read);
		}
		cx_free(damaged);
		cx_free(state);
		cx_free(touchpoints);
		free_kind(&kind);
	}
	printf("# %d of %d damaged states are refused\n", refused, tried);
	ok(refused > tried / 10, "damaged states are read within their bounds or refused");
}

int
main(int argc, char **argv)
{
	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20240313;
	printf("# seed %" PRIu64 "\n", seed);

	test_varint();
	test_order();
	test_sort();
	test_build();
	test_widths();
	test_extremes();
	test_damage();
	test_dumps();
	test_refused();
	test_name_table();
	test_collisions();
	test_state();
	test_state_damage();
	return done();
}
