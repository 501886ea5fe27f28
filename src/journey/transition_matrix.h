/*
 * transition_matrix.h
 *	  The SQL type transition_matrix: how often journeys went from node to node.
 *
 * Include it after postgres.h and fmgr.h. A value is a block of
 * transition_cells.h. Whoever reads one finds node 0 for the start
 * (TRANSITION_START), 1 for the end (TRANSITION_END), and from 2 on
 * (TRANSITION_NAMED) the names in bytewise order.
 */
#ifndef CX_TRANSITION_MATRIX_H
#define CX_TRANSITION_MATRIX_H

#include "journey/transition_cells.h"

typedef struct TransitionPair
{
	uint32		source;
	uint32		target;
	int64		transitions;
	int64		journeys;
	uint32		first_cell;		/* of matrix->cells */
	uint32		n_cells;
} TransitionPair;

/* Reads an argument, whatever its layout is; XX001 where it is damaged. In the current context. */
extern TransitionMatrix *transition_matrix_load(Datum value);

/* How many nodes there are, start and end among them: they are 0 to this - 1. */
static inline uint32
transition_node_count(const TransitionMatrix *matrix)
{
	return matrix->n_nodes;
}

/* The name of a node; '(start)' and '(end)' for 0 and 1. */
static inline JourneyName
transition_node_name(const TransitionMatrix *matrix, uint32 node)
{
	return matrix->names[node];
}

/* The pairs with transitions, palloc'd, by source, then target. */
extern TransitionPair *transition_pairs(const TransitionMatrix *matrix, uint32 *count);

/* The value, canonical; 54000 when it would be too large. */
extern TransitionBlock *transition_matrix_make(const TransitionMatrix *matrix);

/* 22023 unless both are the same; names both. */
extern void transition_require_same(const TransitionDefinition *a, const TransitionDefinition *b);

/* 54000 and 22003. */
pg_noreturn extern void transition_matrix_too_large(void);
pg_noreturn extern void transition_matrix_overflow(void);

#endif							/* CX_TRANSITION_MATRIX_H */
