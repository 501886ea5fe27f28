/*
 * touchpoint.c
 *	  Names, and the one total order of touchpoints.
 */
#include <string.h>

#include "journey/touchpoint.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

int
name_compare(const JourneyName *a, const JourneyName *b)
{
	uint32_t	shared = a->length < b->length ? a->length : b->length;
	int			order;

	if (a->bytes == NULL || b->bytes == NULL)
		return (a->bytes != NULL) - (b->bytes != NULL);
	order = memcmp(a->bytes, b->bytes, shared);
	return order != 0 ? order : ORDER(a->length, b->length);
}

JourneyName
name_prefix(JourneyName name, int depth)
{
	for (uint32_t i = 0; i < name.length; i++)
	{
		if (name.bytes[i] == '/' && --depth == 0)
			name.length = i;
	}
	return name;
}

int
touchpoint_compare(const Touchpoint *a, const Touchpoint *b)
{
	int			order = ORDER(a->at, b->at);

	if (order == 0)
		order = name_compare(&a->event, &b->event);
	if (order == 0)
		order = name_compare(&a->channel, &b->channel);
	if (order == 0)
		order = ORDER(a->has_value, b->has_value);
	if (order == 0 && a->has_value)
		order = ORDER(a->value, b->value);
	if (order == 0)
		order = ORDER(a->has_score, b->has_score);
	if (order == 0 && a->has_score)
		order = ORDER(a->score, b->score);
	return order;
}
