/*
 * journey_text.c
 *	  Reads touchpoints from their text form; see journey_text.h.
 */
#include <math.h>
#include <string.h>

#include "common/calendar.h"
#include "common/memory.h"
#include "journey/journey_text.h"

/* The members of a touchpoint. */
enum
{
	MEMBER_AT,
	MEMBER_EVENT,
	MEMBER_CHANNEL,
	MEMBER_VALUE,
	MEMBER_SCORE,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {"at", "event", "channel", "value", "score"};

/* Where decoded names go. Decoding never makes a string longer, so the text's length is enough. */
typedef struct NameSpace
{
	char	   *bytes;
	size_t		used;
	size_t		room;
} NameSpace;

static bool
read_at(JsonReader *reader, int64_t *at)
{
	char		text[CALENDAR_TIME_TEXT];

	return json_string(reader, text, sizeof(text)) &&
		(calendar_time_read(text, strlen(text), at) ||
		 json_fail(reader, "a valid time with its zone, such as \"2024-03-13T10:21:14Z\""));
}

static bool
read_name(JsonReader *reader, NameSpace *space, JourneyName *name)
{
	size_t		room = space->room - space->used;
	char	   *out = space->bytes + space->used;

	if (!json_string(reader, out, room <= NAME_MAX_LENGTH ? room : NAME_MAX_LENGTH + 1))
		return false;
	name->bytes = out;
	name->length = (uint32_t) strlen(out);
	space->used += name->length;
	return true;
}

/* jsonb may have kept a whole number as 9.0. */
static bool
read_score(JsonReader *reader, int32_t *score)
{
	double		number;

	if (!json_float8(reader, &number))
		return false;
	if (!(number >= INT32_MIN && number <= INT32_MAX) || number != floor(number))
		return json_fail(reader, "a whole number of 32 bits");
	*score = (int32_t) number;
	return true;
}

/* The value of a member that is not null. */
static bool
read_member(JsonReader *reader, int member, NameSpace *space, Touchpoint *touchpoint)
{
	switch (member)
	{
		case MEMBER_AT:
			return read_at(reader, &touchpoint->at);
		case MEMBER_EVENT:
			return read_name(reader, space, &touchpoint->event);
		case MEMBER_CHANNEL:
			return read_name(reader, space, &touchpoint->channel);
		case MEMBER_VALUE:
			touchpoint->has_value = true;
			if (!json_float8(reader, &touchpoint->value))
				return false;
			touchpoint->value += 0.0;	/* no -0 */
			return true;
		default:
			touchpoint->has_score = true;
			return read_score(reader, &touchpoint->score);
	}
}

/* One of the members, each at most once. */
static bool
read_member_name(JsonReader *reader, unsigned int *seen, int *member)
{
	const char *start = reader->at;
	char		key[8];

	if (!json_key(reader, key, sizeof(key)))
		return false;
	for (*member = 0; *member < MEMBERS; (*member)++)
	{
		if (strcmp(key, member_names[*member]) == 0 && (*seen & 1u << *member) == 0)
		{
			*seen |= 1u << *member;
			return true;
		}
	}
	reader->at = start;
	return json_fail(reader, "at, event, channel, value or score, each once");
}

static bool
read_touchpoint(JsonReader *reader, NameSpace *space, Touchpoint *touchpoint)
{
	bool		first = true;
	unsigned int seen = 0;
	unsigned int given = 0;

	memset(touchpoint, 0, sizeof(*touchpoint));
	if (!json_expect(reader, '{', "\"{\" or \"]\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		int			member;

		if (!read_member_name(reader, &seen, &member))
			return false;
		if (json_accept_null(reader))
			continue;
		if (!read_member(reader, member, space, touchpoint))
			return false;
		given |= 1u << member;
	}
	if (reader->expected != NULL)
		return false;
	return (given & 1u << MEMBER_AT) != 0 && (given & 1u << MEMBER_EVENT) != 0 ? true :
		json_fail(reader, "\"at\" and \"event\" in every touchpoint");
}

static bool
read_list(JsonReader *reader, NameSpace *space, TouchpointList *list)
{
	bool		first = true;
	size_t		room = 0;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (list->count == room)
		{
			room = room == 0 ? 16 : room * 2;
			list->touchpoints = room == 16 ? cx_alloc(room, sizeof(Touchpoint)) :
				cx_realloc(list->touchpoints, room, sizeof(Touchpoint));
			cx_check_interrupts();
		}
		if (!read_touchpoint(reader, space, &list->touchpoints[list->count]))
			return false;
		list->count++;
	}
	return reader->expected == NULL && json_finish(reader);
}

bool
touchpoints_read_json(JsonReader *reader, TouchpointList *list)
{
	NameSpace	space;

	space.used = 0;
	space.room = (size_t) (reader->end - reader->at) + 1;
	space.bytes = list->names = cx_alloc(space.room, 1);
	list->touchpoints = NULL;
	list->count = 0;
	if (read_list(reader, &space, list))
		return true;
	touchpoint_list_free(list);
	return false;
}

void
touchpoint_list_free(TouchpointList *list)
{
	cx_free(list->touchpoints);
	cx_free(list->names);
}
