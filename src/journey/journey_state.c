/*
 * journey_state.c
 *	  Touchpoints as they came; see journey_state.h.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/journey_state.h"
#include "journey/varint.h"

#define ROW_CHANNEL 0x04
#define ROW_VALUE 0x08
#define ROW_SCORE 0x10
#define ROW_FLAGS 0x1F

/* Names that are looked up. */
#define SHARED_NAMES 32

/* What a row takes at most without its names: flags, time, two numbers of names, value, score. */
#define ROW_MAX_SIZE (1 + VARINT_MAX_SIZE + 5 + 5 + 8 + 5)

static const int64_t row_unit_us[4] = {1, 1000, INT64_C(1000000), INT64_C(60000000)};

void
journey_state_init(JourneyState *state)
{
	memset((char *) state + sizeof(state->vl_len_), 0, JOURNEY_STATE_HEADER - sizeof(state->vl_len_));
	state->version = JOURNEY_STATE_VERSION;
}

bool
journey_state_valid(const JourneyState *state, size_t size)
{
	return size >= JOURNEY_STATE_HEADER && state->version == JOURNEY_STATE_VERSION &&
		(uint64_t) state->used + state->names_used <= size - JOURNEY_STATE_HEADER &&
		/* a row has three bytes at least, a name two */
		state->count <= state->used / 3 && state->names <= state->names_used / 2;
}

/* The last byte of the block, after which the names end. */
static inline const uint8_t *
state_end(const JourneyState *state, size_t size)
{
	return (const uint8_t *) state + size;
}

/* The name that ends where the names after it begin; moves *end to its own beginning. */
static inline JourneyName
name_before(const uint8_t **end)
{
	uint32_t	length = (*end)[-2] | (uint32_t) (*end)[-1] << 8;
	JourneyName name = {(const char *) *end - 2 - length, length};

	*end -= 2 + length;
	return name;
}

/* The number of the name, or of the next one when it is not among those looked up. */
static inline uint32_t
name_number(const JourneyState *state, size_t size, const JourneyName *name)
{
	const uint8_t *end = state_end(state, size);
	uint32_t	shared = state->names < SHARED_NAMES ? state->names : SHARED_NAMES;

	for (uint32_t i = 0; i < shared; i++)
	{
		uint32_t	length = end[-2] | (uint32_t) end[-1] << 8;

		if (length == name->length && memcmp(end - 2 - length, name->bytes, length) == 0)
			return i;
		end -= 2 + length;
	}
	return state->names;
}

/* Puts a name in front of the others, where there is room. */
static void
add_name(JourneyState *state, size_t size, const JourneyName *name)
{
	uint8_t    *end = (uint8_t *) state + size - state->names_used;

	end[-2] = (uint8_t) name->length;
	end[-1] = (uint8_t) (name->length >> 8);
	memcpy(end - 2 - name->length, name->bytes, name->length);
	state->names_used += 2 + name->length;
	state->names++;
}

/* The time since the row before, in the largest unit that divides it. */
static inline uint8_t *
put_time(uint8_t *out, uint8_t *flags, int64_t at, int64_t last_at)
{
	int64_t		passed;

	/* Past 64 bits it wraps here, and back when it is read. */
	if (__builtin_sub_overflow(at, last_at, &passed) || passed % 1000 != 0)
		return varint_write(out, zigzag(passed));
	if (passed % INT64_C(1000000) != 0)
	{
		*flags |= 1;
		return varint_write(out, zigzag(passed / 1000));
	}
	if (passed % INT64_C(60000000) != 0)
	{
		*flags |= 2;
		return varint_write(out, zigzag(passed / INT64_C(1000000)));
	}
	*flags |= 3;
	return varint_write(out, zigzag(passed / INT64_C(60000000)));
}

/* Writes the row, names by their numbers. */
static inline uint8_t *
put_row(uint8_t *row, const Touchpoint *touchpoint, int64_t last_at, uint32_t event, uint32_t channel)
{
	uint8_t    *out = row + 1;

	*row = 0;
	out = put_time(out, row, touchpoint->at, last_at);
	out = varint_write(out, event);
	if (touchpoint->channel.bytes != NULL)
	{
		*row |= ROW_CHANNEL;
		out = varint_write(out, channel);
	}
	if (touchpoint->has_value)
	{
		*row |= ROW_VALUE;
		memcpy(out, &touchpoint->value, sizeof(double));
		out += sizeof(double);
	}
	if (touchpoint->has_score)
	{
		*row |= ROW_SCORE;
		out = varint_write(out, zigzag(touchpoint->score));
	}
	return out;
}

size_t
journey_state_add(JourneyState *state, size_t size, const Touchpoint *touchpoint)
{
	bool		has_channel = touchpoint->channel.bytes != NULL;
	uint32_t	event = name_number(state, size, &touchpoint->event);
	bool		new_event = event == state->names;
	uint32_t	channel = 0;
	bool		new_channel = false;
	uint8_t		row[ROW_MAX_SIZE];
	size_t		row_size;
	size_t		needed;

	if (has_channel)
	{
		channel = name_number(state, size, &touchpoint->channel);
		new_channel = channel == state->names;
		channel += new_channel && new_event;
	}
	row_size = put_row(row, touchpoint, state->last_at, event, channel) - row;
	needed = JOURNEY_STATE_HEADER + state->used + state->names_used + row_size +
		(new_event ? 2 + touchpoint->event.length : 0) +
		(new_channel ? 2 + touchpoint->channel.length : 0);
	if (needed > size)
		return needed;

	memcpy(state->bytes + state->used, row, row_size);
	state->used += (uint32_t) row_size;
	state->count++;
	state->last_at = touchpoint->at;
	if (new_event)
		add_name(state, size, &touchpoint->event);
	if (new_channel)
		add_name(state, size, &touchpoint->channel);
	return 0;
}

void
journey_state_move(JourneyState *to, size_t to_size, const JourneyState *from, size_t from_size)
{
	size_t		header = JOURNEY_STATE_HEADER - sizeof(from->vl_len_);

	memcpy((char *) to + sizeof(to->vl_len_), (const char *) from + sizeof(from->vl_len_), header + from->used);
	memcpy((char *) to + to_size - from->names_used, state_end(from, from_size) - from->names_used,
		   from->names_used);
}

/* All the names, by their numbers; NULL when their lengths do not add up. */
static JourneyName *
read_names(const JourneyState *state, size_t size)
{
	JourneyName *names = cx_alloc(state->names, sizeof(JourneyName));
	const uint8_t *end = state_end(state, size);
	const uint8_t *start = end - state->names_used;

	for (uint32_t i = 0; i < state->names; i++)
	{
		if (end - start < 2 || end - 2 - (end[-2] | (uint32_t) end[-1] << 8) < start)
		{
			cx_free(names);
			return NULL;
		}
		names[i] = name_before(&end);
	}
	return names;
}

/* One row; false when it does not fit before `end` or names a name that is not there. */
static inline bool
read_row(const uint8_t **at, const uint8_t *end, int64_t *last_at, const JourneyName *names, uint32_t count,
		 Touchpoint *touchpoint)
{
	uint64_t	event;
	uint64_t	channel = 0;
	uint8_t		flags;

	if (*at >= end)
		return false;
	flags = *(*at)++;
	*last_at = (int64_t) ((uint64_t) *last_at +
						  (uint64_t) unzigzag(varint_read(at, end)) * (uint64_t) row_unit_us[flags & 3]);
	event = varint_read(at, end);
	if (flags & ROW_CHANNEL)
		channel = varint_read(at, end);
	if (flags > ROW_FLAGS || event >= count || channel >= count)
		return false;
	touchpoint->at = *last_at;
	touchpoint->event = names[event];
	touchpoint->channel = flags & ROW_CHANNEL ? names[channel] : (JourneyName) {NULL, 0};
	touchpoint->has_value = (flags & ROW_VALUE) != 0;
	touchpoint->value = 0;
	if (touchpoint->has_value)
	{
		if (end - *at < (ptrdiff_t) sizeof(double))
			return false;
		memcpy(&touchpoint->value, *at, sizeof(double));
		*at += sizeof(double);
	}
	touchpoint->has_score = (flags & ROW_SCORE) != 0;
	touchpoint->score = touchpoint->has_score ? (int32_t) unzigzag(varint_read(at, end)) : 0;
	return true;
}

bool
journey_state_read(const JourneyState *state, size_t size, Touchpoint *touchpoints)
{
	JourneyName *names = read_names(state, size);
	const uint8_t *at = state->bytes;
	const uint8_t *end = state->bytes + state->used;
	int64_t		last_at = 0;
	bool		valid = names != NULL;

	for (uint32_t i = 0; i < state->count && valid; i++)
		valid = read_row(&at, end, &last_at, names, state->names, &touchpoints[i]);
	cx_free(names);
	return valid && at == end;
}
