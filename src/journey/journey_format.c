/*
 * journey_format.c
 *	  Reads the packed bytes of a journey; see journey_format.h.
 */
#include <math.h>

#include "common/calendar.h"
#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/journey_format.h"

const int64_t journey_unit_us[JOURNEY_UNITS] = {
	1, 1000, INT64_C(1000000), INT64_C(60000000), INT64_C(3600000000), INT64_C(86400000000)
};

/* Takes `size` bytes; NULL when they are not there. */
static const uint8_t *
take(const uint8_t **at, const uint8_t *end, uint64_t size)
{
	const uint8_t *taken = *at;

	if (size > (uint64_t) (end - *at))
		return NULL;
	*at += size;
	return taken;
}

static uint64_t
read_little_endian(const uint8_t *bytes, int size)
{
	uint64_t	number = 0;

	for (int i = 0; i < size; i++)
		number |= (uint64_t) bytes[i] << (8 * i);
	return number;
}

/* How many of the first n bits are set. */
static uint32_t
count_bits(const uint8_t *bitmap, uint32_t n)
{
	uint32_t	set = 0;

	for (uint32_t i = 0; i < n / 8; i++)
		set += __builtin_popcount(bitmap[i]);
	if (n % 8 != 0)
		set += __builtin_popcount(bitmap[n / 8] & ((1u << (n % 8)) - 1));
	return set;
}

static inline bool
bit_is_set(const uint8_t *bitmap, uint32_t i)
{
	return bitmap == NULL || (bitmap[i / 8] >> (i % 8) & 1) != 0;
}

/* The counts that stand before the dictionaries. */
static bool
open_header(JourneyView *view, const uint8_t **at)
{
	uint64_t	count = varint_read(at, view->end);
	uint64_t	events;
	uint64_t	channels = 0;
	uint64_t	names_size;
	const uint8_t *bitmap;

	view->count = (uint32_t) count;
	view->names = view->end;
	if (count == 0)
		return view->flags == 0 && *at == view->end;
	events = varint_read(at, view->end);
	if (view->flags & JOURNEY_HAS_CHANNEL)
	{
		channels = varint_read(at, view->end);
		view->channel_gaps = channels & 1;
		channels >>= 1;
		if (channels == 0)
			return false;
	}
	names_size = varint_read(at, view->end);
	/* Each touchpoint has a byte of time at least, each name one of length. */
	if (count > view->size || events == 0 || events > count || channels > count ||
		names_size > view->size || events + channels > names_size)
		return false;
	view->event_count = (uint32_t) events;
	view->channel_count = (uint32_t) channels;
	view->names_size = (uint32_t) names_size;
	view->bitmap_size = journey_bitmap_size(events);
	bitmap = take(at, view->end, view->bitmap_size);
	view->names = take(at, view->end, names_size);
	if (bitmap == NULL || view->names == NULL)
		return false;
	view->bitmap = read_little_endian(bitmap, view->bitmap_size);
	return true;
}

/* A bitmap of n bits where the flag says that some are missing. */
static bool
open_gaps(JourneyView *view, const uint8_t **at, uint8_t flag, const uint8_t **bitmap, uint32_t *present)
{
	*present = view->count;
	if ((view->flags & flag) == 0)
		return true;
	*bitmap = take(at, view->end, (view->count + UINT64_C(7)) / 8);
	if (*bitmap == NULL)
		return false;
	*present = count_bits(*bitmap, view->count);
	return true;
}

static bool
open_numbers(JourneyView *view, const uint8_t **at)
{
	uint32_t	present;
	const uint8_t *width;

	if (view->flags & JOURNEY_HAS_VALUE)
	{
		if (!open_gaps(view, at, JOURNEY_VALUE_GAPS, &view->values_present, &present))
			return false;
		view->values = take(at, view->end, (uint64_t) present * sizeof(double));
		if (view->values == NULL)
			return false;
	}
	if (view->flags & JOURNEY_HAS_SCORE)
	{
		width = take(at, view->end, 1);
		if (width == NULL || !(*width == 1 || *width == 2 || *width == 4))
			return false;
		view->score_width = *width;
		if (!open_gaps(view, at, JOURNEY_SCORE_GAPS, &view->scores_present, &present))
			return false;
		view->scores = take(at, view->end, (uint64_t) present * *width);
		if (view->scores == NULL)
			return false;
	}
	return true;
}

bool
journey_open(JourneyView *view, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint8_t		unit;

	memset(view, 0, sizeof(*view));
	view->bytes = bytes;
	view->size = size;
	view->end = view->bytes + size;
	if (size < 3 || at[0] != JOURNEY_VERSION)
		return false;
	view->flags = at[1];
	unit = (view->flags & JOURNEY_UNIT_MASK) >> JOURNEY_UNIT_SHIFT;
	if (unit >= JOURNEY_UNITS)
		return false;
	view->unit_us = journey_unit_us[unit];
	at += 2;
	if (!open_header(view, &at))
		return false;
	if (view->count == 0)
		return true;

	view->event_width = journey_code_width(view->event_count);
	view->event_codes = take(&at, view->end, (uint64_t) view->count * view->event_width);
	if (view->event_codes == NULL)
		return false;
	if (view->flags & JOURNEY_HAS_CHANNEL)
	{
		view->channel_width = journey_code_width((uint64_t) view->channel_count + view->channel_gaps);
		view->channel_codes = take(&at, view->end, (uint64_t) view->count * view->channel_width);
		if (view->channel_codes == NULL)
			return false;
	}
	if ((view->flags & (JOURNEY_HAS_VALUE | JOURNEY_HAS_SCORE)) != 0 && !open_numbers(view, &at))
		return false;
	view->times = at;
	return (uint64_t) (view->end - at) >= view->count;
}

void
journey_read_names(const JourneyView *view, JourneyName *names)
{
	NameCursor	cursor;

	journey_names(view, &cursor);
	for (uint64_t i = 0; i < (uint64_t) view->event_count + view->channel_count; i++)
		names[i] = journey_next_name(&cursor);
}

void
journey_read_times(const JourneyView *view, int64_t *at)
{
	TimeCursor	cursor;

	if (view->count == 0)
		return;
	journey_times(view, &cursor);
	at[0] = cursor.now;
	for (uint32_t i = 1; i < view->count; i++)
		at[i] = journey_next_time(&cursor);
}

void
journey_read_values(const JourneyView *view, double *values, bool *has)
{
	const uint8_t *at = view->values;

	for (uint32_t i = 0; i < view->count; i++)
	{
		uint64_t	bits;

		has[i] = at != NULL && bit_is_set(view->values_present, i);
		values[i] = 0;
		if (!has[i])
			continue;
		bits = read_little_endian(at, 8);
		memcpy(&values[i], &bits, sizeof(double));
		at += 8;
	}
}

void
journey_read_scores(const JourneyView *view, int32_t *scores, bool *has)
{
	const uint8_t *at = view->scores;

	for (uint32_t i = 0; i < view->count; i++)
	{
		uint32_t	bits;

		has[i] = at != NULL && bit_is_set(view->scores_present, i);
		scores[i] = 0;
		if (!has[i])
			continue;
		bits = (uint32_t) read_little_endian(at, view->score_width);
		scores[i] = view->score_width == 1 ? (int8_t) bits :
			view->score_width == 2 ? (int16_t) bits : (int32_t) bits;
		at += view->score_width;
	}
}

/* Names into the touchpoints. */
static void
read_codes(const JourneyView *view, Touchpoint *touchpoints)
{
	JourneyName	   *names = cx_alloc((size_t) view->event_count + view->channel_count, sizeof(JourneyName));

	journey_read_names(view, names);
	for (uint32_t i = 0; i < view->count; i++)
	{
		int64_t		channel = journey_channel_code(view, i);
		uint32_t	event = journey_event_code(view, i);

		if (event >= view->event_count)
			event = 0;
		touchpoints[i].event = names[event];
		touchpoints[i].channel = channel >= 0 && channel < view->channel_count ?
			names[view->event_count + channel] : (JourneyName) {NULL, 0};
	}
	cx_free(names);
}

/* Values and scores into the touchpoints, for a journey that has some. */
static void
read_numbers(const JourneyView *view, Touchpoint *touchpoints)
{
	double	   *values = cx_alloc(view->count, sizeof(double));
	int32_t    *scores = cx_alloc(view->count, sizeof(int32_t));
	bool	   *has_value = cx_alloc(view->count, sizeof(bool));
	bool	   *has_score = cx_alloc(view->count, sizeof(bool));

	journey_read_values(view, values, has_value);
	journey_read_scores(view, scores, has_score);
	for (uint32_t i = 0; i < view->count; i++)
	{
		touchpoints[i].value = values[i];
		touchpoints[i].has_value = has_value[i];
		touchpoints[i].score = scores[i];
		touchpoints[i].has_score = has_score[i];
	}
	cx_free(values);
	cx_free(scores);
	cx_free(has_value);
	cx_free(has_score);
}

void
journey_read(const JourneyView *view, Touchpoint *touchpoints)
{
	TimeCursor	cursor;

	if (view->count == 0)
		return;
	journey_times(view, &cursor);
	for (uint32_t i = 0; i < view->count; i++)
	{
		touchpoints[i].at = i == 0 ? cursor.now : journey_next_time(&cursor);
		touchpoints[i].value = 0;
		touchpoints[i].score = 0;
		touchpoints[i].has_value = touchpoints[i].has_score = false;
	}
	read_codes(view, touchpoints);
	if (view->flags & (JOURNEY_HAS_VALUE | JOURNEY_HAS_SCORE))
		read_numbers(view, touchpoints);
}

/* ---------- Bytes from outside ---------- */

/* What a touchpoint cannot hold, though the columns could. */
static const char *
touchpoint_problem(const Touchpoint *touchpoint)
{
	if (!calendar_time_valid(touchpoint->at))
		return "A time is out of range.";
	if (touchpoint->event.length > NAME_MAX_LENGTH || touchpoint->channel.length > NAME_MAX_LENGTH)
		return "A name is too long.";
	if (!isfinite(touchpoint->value))
		return "A value is not a finite number.";
	if (touchpoint->value == 0 && signbit(touchpoint->value))
		return "A value is -0.";
	return NULL;
}

/*
 * Journeys are canonical: bytes that can be read are a journey when packing
 * what they say gives the same bytes again. Times that overflow come out
 * different, and so do codes past the dictionary.
 */
const char *
journey_problem(const void *bytes, size_t size)
{
	JourneyView view;
	Touchpoint *touchpoints;
	const char *problem = NULL;
	void	   *again;
	size_t		again_size = 0;

	if (!journey_open(&view, bytes, size))
		return "The header does not fit the bytes.";
	touchpoints = cx_alloc(view.count, sizeof(Touchpoint));
	journey_read(&view, touchpoints);
	for (uint32_t i = 0; i < view.count && problem == NULL; i++)
	{
		problem = touchpoint_problem(&touchpoints[i]);
		if (problem == NULL && i > 0 && touchpoint_compare(&touchpoints[i - 1], &touchpoints[i]) > 0)
			problem = "The touchpoints are not in order.";
	}
	if (problem == NULL)
	{
		again = journey_pack(touchpoints, view.count, 0, &again_size);
		if (again == NULL || again_size != size || memcmp(again, bytes, size) != 0)
			problem = "The bytes are not the canonical form.";
		cx_free(again);
	}
	cx_free(touchpoints);
	return problem;
}
