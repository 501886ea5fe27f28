/*
 * make.c
 *	  Chance and inputs for fuzzing: bytes, pieces, damage, names, touchpoints.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/journey_build.h"

uint64_t	fuzz_accepted;

void
fuzz_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "# %s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

/* ---------- Chance ---------- */

static uint64_t random_state;

static uint64_t
mix(uint64_t bits)
{
	bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
	return bits ^ bits >> 31;
}

void
random_start(uint64_t seed)
{
	random_state = mix(seed);
}

void
fuzz_begin(const uint8_t *data, size_t size)
{
	uint64_t	hash = size;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001B3);
	make_usual_questions();
	random_start(hash);
}

uint64_t
random_bits(void)
{
	random_state += UINT64_C(0x9E3779B97F4A7C15);
	return mix(random_state);
}

uint32_t
random_below(uint32_t limit)
{
	return (uint32_t) ((random_bits() >> 32) * limit >> 32);
}

bool
one_in(uint32_t n)
{
	return random_below(n) == 0;
}

/* ---------- Bytes and damage ---------- */

static void
fill(uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t) random_bits();
}

/* Mostly short; many with small bytes, most with their version, so that more of them is looked at. */
size_t
make_bytes(uint8_t *out)
{
	size_t		size = one_in(50) ? random_below(2000) : random_below(80);
	uint32_t	small = random_below(8);

	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t) (random_below(8) < small ? random_below(one_in(2) ? 1 : 8) : random_bits());
	if (size > fuzz_target.version_at && !one_in(4))
		out[fuzz_target.version_at] = 1;
	return size;
}

size_t
make_pieces(uint8_t *out)
{
	size_t		n_pieces = 0;
	size_t		size = 0;

	while (fuzz_target.pieces[n_pieces] != NULL)
		n_pieces++;
	for (uint32_t n = random_below(one_in(20) ? 400 : 24); n > 0; n--)
	{
		const char *piece = fuzz_target.pieces[random_below((uint32_t) n_pieces)];

		if (one_in(30))
			out[size++] = (uint8_t) random_bits();
		else
		{
			memcpy(out + size, piece, strlen(piece));
			size += strlen(piece);
		}
	}
	return size;
}

/* Opens a hole of `count` bytes, or takes out -count. */
static size_t
shift(uint8_t *bytes, size_t size, size_t at, ptrdiff_t count)
{
	if (count < 0)
		memmove(bytes + at, bytes + at - count, size - at + count);
	else
		memmove(bytes + at + count, bytes + at, size - at);
	return size + count;
}

/* Something into a hole of `count` bytes. */
static void
fill_hole(uint8_t *hole, size_t count)
{
	if (one_in(3))
		fill(hole, count);
	else
	{
		/* bytes of a huge varint, or zeros */
		memset(hole, one_in(3) ? 0 : 0xFF, count);
		if (count > 0 && one_in(2))
			hole[count - 1] &= 0x01;
	}
}

static size_t
damage_once(uint8_t *bytes, size_t size)
{
	static const uint8_t edges[] = {0, 1, 2, 0x7F, 0x80, 0x81, 0xFE, 0xFF};
	size_t		at = random_below((uint32_t) size);
	size_t		count = 1 + random_below(one_in(10) ? 300 : 12);

	if (count > size - at)
		count = size - at;
	switch (random_below(9))
	{
		case 0:
			bytes[at] ^= 1 << random_below(8);
			break;
		case 1:
			bytes[at] = edges[random_below(sizeof(edges))];
			break;
		case 2:
			bytes[at] += one_in(2) ? 1 : -1;
			break;
		case 3:
			bytes[at] = bytes[random_below((uint32_t) size)];
			break;
		case 4:
			return one_in(2) ? at : size - count;
		case 5:
			return shift(bytes, size, at, -(ptrdiff_t) count);
		case 6:
			fill_hole(bytes + at, count);
			break;
		case 7:
			size = shift(bytes, size, at, (ptrdiff_t) count);
			fill_hole(bytes + at, count);
			break;
		default:				/* repeat */
			return shift(bytes, size, at, (ptrdiff_t) count);
	}
	return size;
}

/* The front of one and the back of another. */
static size_t
splice(uint8_t *bytes, size_t size)
{
	static uint8_t other[FUZZ_MAX_INPUT];
	size_t		other_size = fuzz_target.make_valid(other);
	size_t		front = random_below((uint32_t) size + 1);
	size_t		from = random_below((uint32_t) other_size + 1);

	if (front + other_size - from > FUZZ_MAX_INPUT)
		return size;
	memcpy(bytes + front, other + from, other_size - from);
	return front + other_size - from;
}

static size_t
insert_piece(uint8_t *bytes, size_t size)
{
	static uint8_t piece[FUZZ_MAX_INPUT];
	size_t		piece_size = make_pieces(piece);
	size_t		at = random_below((uint32_t) size + 1);

	if (piece_size > 12)
		piece_size = 12;
	shift(bytes, size, at, (ptrdiff_t) piece_size);
	memcpy(bytes + at, piece, piece_size);
	return size + piece_size;
}

size_t
make_mutated(uint8_t *out)
{
	size_t		size = fuzz_target.make_valid(out);

	if (one_in(8))
		size = splice(out, size);
	for (uint32_t n = one_in(4) ? 1 + random_below(6) : 1; n > 0; n--)
	{
		if (size == 0 || size > FUZZ_MAX_INPUT - 1000)
			break;
		size = fuzz_target.pieces != NULL && one_in(4) ? insert_piece(out, size) : damage_once(out, size);
	}
	return size;
}

/* ---------- Texts by a grammar ---------- */

void
put(FuzzText *text, const char *format,...)
{
	va_list		values;
	int			length;

	va_start(values, format);
	length = vsnprintf(text->bytes + text->length, FUZZ_MAX_INPUT - text->length, format, values);
	va_end(values);
	if ((size_t) length < FUZZ_MAX_INPUT - text->length)
		text->length += length;
	else
		text->full = true;
}

void
put_name(FuzzText *text)
{
	static const char *const names[] = {
		"a", "b", "c", "a/b", "b/c/a", "'a'", "'it''s'", "''", "'with in'", "'within'", "x-y",
		"\xC3\xA9t\xC3\xA9", "a1", "_", "'/'", "phone", "web", "'a/'"
	};

	put(text, "%s%s", ONE_OF(names), one_in(6) ? "/*" : "");
}

void
put_tests(FuzzText *text)
{
	static const char *const comparisons[] = {"<", "<=", "=", ">=", ">"};
	static const char *const numbers[] = {
		"6", "-1", "0.5", "1e3", "-0", "+2", "1.5E-7", "0.1", "123456789012345678", "1e308",
		"0.30000000000000004", "1.7976931348623157e308", "5e-324"
	};

	while (one_in(4))
	{
		if (one_in(2))
		{
			put(text, "@");
			put_name(text);
		}
		else
			put(text, ":%s%s%s", one_in(2) ? "score" : " value ", ONE_OF(comparisons), ONE_OF(numbers));
	}
}

void
put_atom(FuzzText *text)
{
	if (one_in(6))
		put(text, ".");
	else if (one_in(4))
	{
		put(text, one_in(2) ? "[^" : "[");
		put_name(text);
		while (one_in(2))
		{
			put(text, "|");
			put_name(text);
		}
		put(text, "]");
	}
	else
		put_name(text);
	put_tests(text);
}

void
put_interval(FuzzText *text)
{
	static const char *const wholes[] = {"year", "y", "months", "mon", "MONTH"};
	static const char *const others[] = {
		"week", "w", "days", "day", "d", "hour", "h", "minutes", "min", "m", "sec", "s", "ms", "us",
		"Microseconds"
	};

	for (bool first = true; first || one_in(4); first = false)
	{
		put(text, !first && one_in(2) ? " " : "");
		if (one_in(4))
			put(text, "%d %s", random_below(20), ONE_OF(wholes));
		else if (one_in(4))
			put(text, "%d.%d%s", random_below(20), random_below(1000), ONE_OF(others));
		else
			put(text, "%d %s", random_below(one_in(5) ? 100000 : 60), ONE_OF(others));
	}
}

/* ---------- Journeys ---------- */

/* Bytes without NUL, which no encoding of PostgreSQL has in a text. */
static JourneyName
random_bytes_name(uint32_t length)
{
	char	   *bytes = cx_alloc(length, 1);

	for (uint32_t i = 0; i < length; i++)
		bytes[i] = (char) (1 + random_below(255));
	return (JourneyName) {bytes, length};
}

static JourneyName
random_name(uint32_t variety)
{
	static const char *const few[] = {
		"a", "b", "c", "a/b", "b/c/a", "a1", "_", "phone", "web", "x-y", "", "within", "it's", "/",
		"\xC3\xA9t\xC3\xA9"
	};
	const char *name = few[random_below(one_in(4) ? lengthof(few) : 5)];

	if (variety > 0)
	{
		char	   *numbered = cx_alloc(12, 1);

		return (JourneyName) {numbered, (uint32_t) snprintf(numbered, 12, "n%u", random_below(variety))};
	}
	if (one_in(100))
		return random_bytes_name(one_in(10) ? NAME_MAX_LENGTH - random_below(2) : random_below(300));
	return (JourneyName) {name, (uint32_t) strlen(name)};
}

int64_t
random_time(void)
{
	static const int64_t ends[] = {
		CALENDAR_MIN_TIME, CALENDAR_MIN_TIME + 1, CALENDAR_END_TIME - 1,
		CALENDAR_END_TIME - US_PER_DAY, 0, -1
	};
	int64_t		at = (int64_t) random_bits();

	if (one_in(2))
		return ends[random_below(lengthof(ends))];
	return calendar_time_valid(at) ? at : at / 64;
}

static double
random_value(void)
{
	static const double values[] = {0, 1, -1, 0.1, 12.5, 5e-324, 1.7976931348623157e308, -1e300};

	return one_in(2) ? (double) random_below(8) : values[random_below(lengthof(values))];
}

/* How many touchpoints of three have a channel, a value, a score. */
typedef struct Theme
{
	uint32_t	channels;
	uint32_t	values;
	uint32_t	scores;
	uint32_t	variety;		/* of names, 0 for the usual ones */
	uint32_t	score_bits;
	int64_t		unit_us;
	uint32_t	spread;			/* units between touchpoints */
	bool		wild;			/* times anywhere */
} Theme;

static Theme
random_theme(size_t count)
{
	Theme		theme = {0};

	theme.channels = random_below(4);
	theme.values = one_in(2) ? random_below(4) : 0;
	theme.scores = one_in(2) ? random_below(4) : 0;
	theme.variety = count > 20 && one_in(2) ? (uint32_t) count * 4 : 0;
	theme.score_bits = 4 + random_below(29);
	theme.unit_us = journey_unit_us[random_below(JOURNEY_UNITS)];
	theme.spread = one_in(3) ? 2 : one_in(2) ? 40 : 20000;
	theme.wild = one_in(12);
	return theme;
}

static Touchpoint
random_touchpoint(const Theme *theme, int64_t around)
{
	Touchpoint	touchpoint = {0};

	if (theme->wild ||
		__builtin_add_overflow(around, random_below(theme->spread) * theme->unit_us, &touchpoint.at) ||
		!calendar_time_valid(touchpoint.at))
		touchpoint.at = random_time();
	touchpoint.event = random_name(theme->variety);
	if (random_below(3) < theme->channels)
		touchpoint.channel = random_name(theme->variety);
	touchpoint.has_value = random_below(3) < theme->values;
	if (touchpoint.has_value)
		touchpoint.value = random_value();
	touchpoint.has_score = random_below(3) < theme->scores;
	if (touchpoint.has_score)
		touchpoint.score = (int32_t) (random_bits() >> 32) >> (32 - theme->score_bits);
	return touchpoint;
}

size_t
random_touchpoints(Touchpoint *touchpoints, size_t most)
{
	uint32_t	limit = most < 14 || one_in(100) ? (uint32_t) most : 13;
	size_t		count = random_below(limit + 1);
	Theme		theme = random_theme(count);
	int64_t		around = one_in(10) ? random_time() : INT64_C(8760) * US_PER_DAY;

	around -= around % theme.unit_us;
	for (size_t i = 0; i < count; i++)
		touchpoints[i] = random_touchpoint(&theme, around);
	return count;
}

void
random_journey(JourneyView *view, size_t most)
{
	Touchpoint *touchpoints = cx_alloc(most, sizeof(Touchpoint));
	size_t		count = random_touchpoints(touchpoints, most);
	size_t		size;
	void	   *bytes = journey_build(touchpoints, count, 0, &size);

	CHECK(bytes != NULL && journey_open(view, bytes, size));
}
