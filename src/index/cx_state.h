/*
 * cx_state.h
 *	  The state of cx_agg and cx_index: one row in, one row out again.
 *
 * Include it after cx_summary.h.
 */
#ifndef CX_STATE_H
#define CX_STATE_H

#include "index/cx_summary.h"

/* The names of the dimensions of a row, each once. */
typedef struct CxNames
{
	int			n;
	const char *names[CX_DIMENSIONS];	/* not closed by NUL */
	int			lengths[CX_DIMENSIONS];
} CxNames;

/* One row: what was answered of `names`, on one scale, with what weight. */
typedef struct CxRow
{
	const CxNames *names;
	int			scores[CX_DIMENSIONS];
	bool		answered[CX_DIMENSIONS];
	int			scale_min;
	int			scale_max;
	bool		joint;			/* a respondent, not a single answer */
	bool		weighted;
	float8		weight;			/* above 0; 1 where it is not weighted */
} CxRow;

/*
 * Adds the row to the state, in place where it can be: use what is returned.
 * Raises 22023 where a dimension is on another scale, 54000 past CX_DIMENSIONS.
 */
extern CxSummary *cx_state_add(CxSummary *state, const CxRow *row);

/* Takes the row out again; false where that would not be exact. */
extern bool cx_state_remove(CxSummary *state, const CxRow *row);

#endif							/* CX_STATE_H */
