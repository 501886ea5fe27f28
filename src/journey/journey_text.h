/*
 * journey_text.h
 *	  Reads touchpoints from their text form, JSON.
 *
 * Plain C.
 *
 *	  [{"at": "2024-03-13T10:21:14Z", "event": "home", "channel": "email", "value": 12.5, "score": 9}, ..]
 *
 * Only at and event are required; members come in any order, null is as good
 * as absent.
 */
#ifndef CX_JOURNEY_TEXT_H
#define CX_JOURNEY_TEXT_H

#include <stddef.h>

#include "common/json_reader.h"
#include "journey/touchpoint.h"

/* Touchpoints in the order of the text; both members are allocated. */
typedef struct TouchpointList
{
	Touchpoint *touchpoints;
	size_t		count;
	char	   *names;			/* what the names point into */
} TouchpointList;

/* Reads to the end of the text; false with reader->expected set, and nothing allocated. */
extern bool touchpoints_read_json(JsonReader *reader, TouchpointList *list);

extern void touchpoint_list_free(TouchpointList *list);

#endif							/* CX_JOURNEY_TEXT_H */
