/*
 * journey_contains.h
 *	  The right side of @> and &&: names of events in a text[].
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_JOURNEY_CONTAINS_H
#define CX_JOURNEY_CONTAINS_H

#include "utils/array.h"

#include "journey/atom.h"

typedef struct EventList
{
	bool		has_null;
	int			count;
	int			n_exact;
	NameTest   *events;			/* exact names in order by bytes, each once, then those that end with a slash and a star */
	uint64		bits[4];		/* of the exact names, in bitmaps of 1, 2, 4, 8 bytes */
} EventList;

/* Reads an array of any shape; palloc'd, names point into it. */
extern EventList *event_list_read(ArrayType *given);

#endif							/* CX_JOURNEY_CONTAINS_H */
