/*
 * journey_gin.h
 *	  What the operators of class journey_ops ask of a journey.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_JOURNEY_GIN_H
#define CX_JOURNEY_GIN_H

#include "journey/journey_keys.h"

/* The operators' numbers in the class. */
#define JOURNEY_OVERLAPS 1		/* && text[] */
#define JOURNEY_CONTAINS 2		/* @> text[] */
#define JOURNEY_MATCHES 3		/* @~ journey_pattern */

/* What the operator needs of a journey, given its right side; palloc'd, with all that it points to. */
extern KeyQuery *journey_key_query(int operator_number, Datum right);

#endif							/* CX_JOURNEY_GIN_H */
