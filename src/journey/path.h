/*
 * path.h
 *	  The way of a journey between two anchors, as a short list of nodes.
 *
 * Plain C. The way goes from the first touchpoint that passes `starting`, or
 * from the first one, to the first from there on that passes `ending`, or to
 * the last one. A path shows at most `length` nodes of it: the first ones, with
 * only `ending` the last ones, with both anchors the first and the last ones
 * with PATH_GAP between them.
 */
#ifndef CX_PATH_H
#define CX_PATH_H

#include "journey/atom.h"
#include "journey/journey_nodes.h"

/* Stands in a path for what was left out. */
#define PATH_GAP "..."

typedef struct PathQuery
{
	JourneyBy	by;
	bool		collapse;		/* repeats in a row are one node */
	uint32_t	length;			/* at least 1; at least 3 with both anchors */
	const AtomSet *anchors;		/* one word; NULL when there are none */
	uint64_t	starting;		/* the bit of the atom among them, 0 for none */
	uint64_t	ending;
} PathQuery;

typedef struct Path
{
	uint32_t	count;			/* 0: an anchor was not found, or no node is left */
	JourneyName *names;			/* they point into the journey */
	JourneyNodes nodes;
	JourneyName *room;			/* what `names` is part of */
} Path;

/* Reads the path of a journey; give it back with path_free. */
extern void path_read(const JourneyView *view, const PathQuery *query, Path *path);
extern void path_free(Path *path);

#endif							/* CX_PATH_H */
