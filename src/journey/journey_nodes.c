/*
 * journey_nodes.c
 *	  A journey as a sequence of nodes; see journey_nodes.h.
 */
#include <stdlib.h>

#include "common/memory.h"
#include "journey/journey_nodes.h"

const char *const journey_by_names[] = {"event", "channel", "phase", NULL};

static int
compare_names(const void *a, const void *b)
{
	return name_compare(a, b);
}

/* The place of a name among sorted ones; it is there. */
static uint32_t
place_of(const JourneyName *names, uint32_t count, const JourneyName *name)
{
	uint32_t	low = 0;

	while (count > 1)
	{
		uint32_t	half = count / 2;

		if (name_compare(&names[low + half], name) <= 0)
			low += half;
		count -= half;
	}
	return low;
}

/* Phases in the order of the events, which nearly always is their own order; false when it is not. */
static bool
read_phases_in_order(JourneyNodes *nodes)
{
	for (uint32_t code = 0; code < nodes->view->event_count; code++)
	{
		JourneyName phase = name_prefix(nodes->all_names[code], 1);
		int			order = nodes->count == 0 ? -1 : name_compare(&nodes->names[nodes->count - 1], &phase);

		if (order > 0)
			return false;
		if (order < 0)
			nodes->names[nodes->count++] = phase;
		nodes->of_event[code] = nodes->count - 1;
	}
	return true;
}

/*
 * In bytewise order the names below a part are not always neighbours: 'a',
 * 'a-b', 'a/c'. Then their first parts are put in order anew.
 */
static void
read_phases(JourneyNodes *nodes)
{
	uint32_t	events = nodes->view->event_count;

	nodes->names = cx_alloc(events + 1, sizeof(JourneyName));
	nodes->of_event = cx_alloc(events + 1, sizeof(uint32_t));
	if (read_phases_in_order(nodes))
		return;
	nodes->count = 0;
	for (uint32_t code = 0; code < events; code++)
		nodes->names[code] = name_prefix(nodes->all_names[code], 1);
	qsort(nodes->names, events, sizeof(JourneyName), compare_names);
	for (uint32_t i = 0; i < events; i++)
	{
		if (i == 0 || name_compare(&nodes->names[nodes->count - 1], &nodes->names[i]) != 0)
			nodes->names[nodes->count++] = nodes->names[i];
	}
	for (uint32_t code = 0; code < events; code++)
	{
		JourneyName phase = name_prefix(nodes->all_names[code], 1);

		nodes->of_event[code] = place_of(nodes->names, nodes->count, &phase);
	}
}

void
journey_nodes_read(const JourneyView *view, JourneyBy by, JourneyNodes *nodes)
{
	*nodes = (JourneyNodes) {.view = view, .by = by};
	nodes->all_names = cx_alloc((size_t) view->event_count + view->channel_count + 1, sizeof(JourneyName));
	journey_read_names(view, nodes->all_names);
	switch (by)
	{
		case BY_EVENT:
			nodes->names = nodes->all_names;
			nodes->count = view->event_count;
			break;
		case BY_CHANNEL:
			nodes->names = nodes->all_names + view->event_count;
			nodes->count = view->channel_count;
			break;
		case BY_PHASE:
			read_phases(nodes);
			break;
	}
}

void
journey_nodes_free(JourneyNodes *nodes)
{
	if (nodes->by == BY_PHASE)
	{
		cx_free(nodes->names);
		cx_free(nodes->of_event);
	}
	cx_free(nodes->all_names);
}
