/*
 * service_args.h
 *	  What repeat_contacts, friction, journey_effort and sequence_stats keep from call to call.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_SERVICE_ARGS_H
#define CX_SERVICE_ARGS_H

#include "access/tupdesc.h"

#include "journey/atom.h"

#define SERVICE_SINGLES 2

/* The arguments of a function that are atoms; 0, where the journey stands: none. */
typedef struct ServiceAtoms
{
	int			single[SERVICE_SINGLES];	/* of type text */
	int			array;			/* of type text[] */
	const char *single_what[SERVICE_SINGLES];	/* their names in messages */
	const char *array_what;
} ServiceAtoms;

typedef struct ServiceArgs
{
	AtomSet    *set;			/* first the single atoms that are not NULL, then those of the array; NULL without any */
	uint64		single[SERVICE_SINGLES];	/* the bit of word 0 that stands for a single atom, 0 where it is NULL */
	TupleDesc	result;			/* row type of the result, blessed */
} ServiceArgs;

/*
 * The atoms of this call and the row type, kept by call_cache. Raises 22023 for
 * what is no atom, 54000 for more than ATOM_ARGS_MAX of them.
 */
extern ServiceArgs *service_args(FunctionCallInfo fcinfo, const ServiceAtoms *atoms);

/* A row of the result. */
extern Datum service_row(const ServiceArgs *args, Datum *values, bool *nulls);

#endif							/* CX_SERVICE_ARGS_H */
