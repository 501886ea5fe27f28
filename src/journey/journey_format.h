/*
 * journey_format.h
 *	  The packed bytes of a journey: how to read them.
 *
 * Plain C. The bytes are the same on disk, in memory and on the wire: single
 * bytes, little-endian numbers at any address, and varints (7 bits a byte, the
 * lowest first). Equal journeys are equal bytes.
 *
 *	  u8       version, 1
 *	  u8       flags (JOURNEY_HAS_..), unit of time in bits 3 to 5
 *	  varint   number of touchpoints n; an empty journey ends here, its flags 0
 *	  varint   number of event names e
 *	  varint   2 x number of channel names c, + 1 if some touchpoint has none: only with JOURNEY_HAS_CHANNEL
 *	  varint   bytes of the two dictionaries together
 *	  bitmap   the events present, by a hash (name_bit), in journey_bitmap_size(e) bytes
 *	  names    of events, then of channels: varint length, bytes; each in bytewise order
 *	  codes    n event codes of 0, 1, 2 or 4 bytes (0 when there is one name only)
 *	  codes    n channel codes likewise; with absent channels 0 stands for none, and 0 bytes are not used
 *	  values   with JOURNEY_HAS_VALUE: [bitmap of n bits, with JOURNEY_VALUE_GAPS,] float8 each
 *	  scores   with JOURNEY_HAS_SCORE: u8 width 1, 2 or 4, [bitmap of n bits, with JOURNEY_SCORE_GAPS,] a signed number each
 *	  times    varint zigzag of the first in units, then n - 1 varints of what passed since the one before
 */
#ifndef CX_JOURNEY_FORMAT_H
#define CX_JOURNEY_FORMAT_H

#include <stddef.h>
#include <string.h>

#include "journey/touchpoint.h"
#include "journey/varint.h"

#define JOURNEY_VERSION 1

#define JOURNEY_HAS_CHANNEL 0x01
#define JOURNEY_HAS_VALUE 0x02
#define JOURNEY_HAS_SCORE 0x04
#define JOURNEY_UNIT_SHIFT 3
#define JOURNEY_UNIT_MASK 0x38
#define JOURNEY_VALUE_GAPS 0x40
#define JOURNEY_SCORE_GAPS 0x80

/* Units of time, by their code: us, ms, s, minute, hour, day. */
#define JOURNEY_UNITS 6
extern const int64_t journey_unit_us[JOURNEY_UNITS];

/* A value of PostgreSQL ends at 1 GB. */
#define JOURNEY_MAX_SIZE ((size_t) 0x3fffffff - 8)

/* A journey opened for reading; everything points into its bytes. */
typedef struct JourneyView
{
	const uint8_t *bytes;
	size_t		size;
	uint32_t	count;			/* touchpoints */
	uint32_t	event_count;	/* event names */
	uint32_t	channel_count;	/* channel names */
	uint32_t	names_size;
	uint8_t		flags;
	uint8_t		event_width;	/* bytes a code: 0, 1, 2, 4 */
	uint8_t		channel_width;
	uint8_t		score_width;
	bool		channel_gaps;	/* code 0 means no channel, code k the name k - 1 */
	uint8_t		bitmap_size;	/* 1, 2, 4, 8 */
	uint64_t	bitmap;
	int64_t		unit_us;		/* microseconds in a unit of time */
	const uint8_t *names;
	const uint8_t *event_codes;
	const uint8_t *channel_codes;
	const uint8_t *values_present;	/* NULL when all have a value */
	const uint8_t *values;
	const uint8_t *scores_present;
	const uint8_t *scores;
	const uint8_t *times;
	const uint8_t *end;
} JourneyView;

/* Bytes of the bitmap by the number of event names: what is small stays small. */
static inline uint8_t
journey_bitmap_size(uint64_t event_count)
{
	return event_count == 1 ? 1 : event_count <= 4 ? 2 : event_count <= 6 ? 4 : 8;
}

/* Bytes a code has where so many different ones are possible. */
static inline uint8_t
journey_code_width(uint64_t codes)
{
	return codes <= 1 ? 0 : codes <= 256 ? 1 : codes <= 65536 ? 2 : 4;
}

/*
 * Opens bytes that journey_build or journey_problem has passed. Checks what
 * costs nothing, so that damage on disk does not lead a reader out of the
 * value: false when the bytes cannot be a journey.
 */
extern bool journey_open(JourneyView *view, const void *bytes, size_t size);

/* Why bytes from outside are not a canonical journey, to the last byte; NULL when they are. Names are not checked for their encoding. */
extern const char *journey_problem(const void *bytes, size_t size);

static inline uint32_t
journey_code(const uint8_t *codes, uint8_t width, uint32_t i)
{
	switch (width)
	{
		case 0:
			return 0;
		case 1:
			return codes[i];
		case 2:
			return codes[2 * i] | (uint32_t) codes[2 * i + 1] << 8;
		default:
			return codes[4 * (size_t) i] | (uint32_t) codes[4 * (size_t) i + 1] << 8 |
				(uint32_t) codes[4 * (size_t) i + 2] << 16 | (uint32_t) codes[4 * (size_t) i + 3] << 24;
	}
}

/* The code of touchpoint i's event: its place among the event names in bytewise order. */
static inline uint32_t
journey_event_code(const JourneyView *view, uint32_t i)
{
	return journey_code(view->event_codes, view->event_width, i);
}

/* The place of touchpoint i's channel among the channel names, -1 for none. */
static inline int64_t
journey_channel_code(const JourneyView *view, uint32_t i)
{
	if ((view->flags & JOURNEY_HAS_CHANNEL) == 0)
		return -1;
	return (int64_t) journey_code(view->channel_codes, view->channel_width, i) - view->channel_gaps;
}

/* ---------- Names ---------- */

/* Walks over the dictionary: the event names, then the channel names. */
typedef struct NameCursor
{
	const uint8_t *at;
	const uint8_t *end;
} NameCursor;

static inline void
journey_names(const JourneyView *view, NameCursor *cursor)
{
	cursor->at = view->names;
	cursor->end = view->names + view->names_size;
}

/* The next name; a damaged length is cut at the dictionary's end. */
static inline JourneyName
journey_next_name(NameCursor *cursor)
{
	JourneyName		name;
	uint64_t	length = varint_read(&cursor->at, cursor->end);

	if (length > (uint64_t) (cursor->end - cursor->at))
		length = cursor->end - cursor->at;
	name.bytes = (const char *) cursor->at;
	name.length = (uint32_t) length;
	cursor->at += length;
	return name;
}

/* Every name into names[event_count + channel_count], events first. */
extern void journey_read_names(const JourneyView *view, JourneyName *names);

/* The bit of 0..63 that stands for an event in the bitmap of 8 bytes; a smaller bitmap takes it modulo its bits. */
extern int	name_bit(const char *bytes, uint32_t length);

/* ---------- Times, values, scores ---------- */

/* Walks over the times. */
typedef struct TimeCursor
{
	const uint8_t *at;
	const uint8_t *end;
	int64_t		unit_us;
	int64_t		now;			/* the time last read, in microseconds */
} TimeCursor;

/* Starts at the first touchpoint: cursor->now is its time. Not for an empty journey. */
static inline void
journey_times(const JourneyView *view, TimeCursor *cursor)
{
	cursor->at = view->times;
	cursor->end = view->end;
	cursor->unit_us = view->unit_us;
	cursor->now = (int64_t) ((uint64_t) unzigzag(varint_read(&cursor->at, cursor->end)) *
							 (uint64_t) view->unit_us);
}

/* Moves to the next touchpoint and returns its time. */
static inline int64_t
journey_next_time(TimeCursor *cursor)
{
	uint64_t	passed;

	if (cursor->at < cursor->end && *cursor->at < 0x80)
		passed = *cursor->at++;
	else
		passed = varint_read(&cursor->at, cursor->end);
	cursor->now = (int64_t) ((uint64_t) cursor->now + passed * (uint64_t) cursor->unit_us);
	return cursor->now;
}

/* All the times into at[count]. */
extern void journey_read_times(const JourneyView *view, int64_t *at);

/* Values and scores by touchpoint; NULL in `numbers` when the journey has none. Where has[i] is false there is none at i. */
extern void journey_read_values(const JourneyView *view, double *values, bool *has);
extern void journey_read_scores(const JourneyView *view, int32_t *scores, bool *has);

/* All touchpoints in order into touchpoints[count]; names point into the journey's bytes. */
extern void journey_read(const JourneyView *view, Touchpoint *touchpoints);

#endif							/* CX_JOURNEY_FORMAT_H */
