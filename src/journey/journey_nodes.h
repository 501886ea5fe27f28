/*
 * journey_nodes.h
 *	  A journey as a sequence of nodes: its events, its channels or its phases.
 *
 * Plain C. By channel, a touchpoint without a channel is no node and is passed
 * over.
 */
#ifndef CX_JOURNEY_NODES_H
#define CX_JOURNEY_NODES_H

#include "journey/journey_format.h"

typedef enum JourneyBy
{
	BY_EVENT,
	BY_CHANNEL,
	BY_PHASE
} JourneyBy;

/* Their names in SQL, in the order of the enum, closed by NULL. */
extern const char *const journey_by_names[];

typedef struct JourneyNodes
{
	const JourneyView *view;
	JourneyBy	by;
	uint32_t	count;			/* different nodes */
	JourneyName *names;			/* of the nodes, in bytewise order; they point into the journey */
	uint32_t   *of_event;		/* by phase: the node of an event code; else NULL */
	JourneyName *all_names;		/* the dictionary; what `names` is part of, but by phase */
} JourneyNodes;

/* Reads the nodes of a journey; give them back with journey_nodes_free. */
extern void journey_nodes_read(const JourneyView *view, JourneyBy by, JourneyNodes *nodes);
extern void journey_nodes_free(JourneyNodes *nodes);

/* The node of touchpoint i, -1 where it is none. */
static inline int64_t
journey_node(const JourneyNodes *nodes, uint32_t i)
{
	switch (nodes->by)
	{
		case BY_EVENT:
			return journey_event_code(nodes->view, i);
		case BY_CHANNEL:
			return journey_channel_code(nodes->view, i);
		default:
			return nodes->of_event[journey_event_code(nodes->view, i)];
	}
}

#endif							/* CX_JOURNEY_NODES_H */
