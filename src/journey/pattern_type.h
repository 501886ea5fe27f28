/*
 * pattern_type.h
 *	  The SQL type journey_pattern in C.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_PATTERN_TYPE_H
#define CX_PATTERN_TYPE_H

#include "journey/pattern_program.h"

/* The tree of a pattern, palloc'd; XX001 when the value is damaged. */
extern Pattern *journey_pattern_load(Datum value);

#endif							/* CX_PATTERN_TYPE_H */
