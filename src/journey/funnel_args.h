/*
 * funnel_args.h
 *	  The arguments that define a funnel, compiled once.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_FUNNEL_ARGS_H
#define CX_FUNNEL_ARGS_H

#include "access/tupdesc.h"
#include "utils/timestamp.h"

#include "journey/funnel.h"

typedef struct FunnelArgs
{
	Funnel		funnel;
	TupleDesc	result;			/* for the caller, in memory of the funnel; NULL at first */
	struct FunnelSummary *definition;	/* likewise */
	MemoryContext memory;		/* lives as long as the funnel */

	/* What it was compiled from. */
	bool		constant;		/* the arguments cannot change */
	struct varlena *steps;
	struct varlena *mode;		/* NULL: not given */
	struct varlena *without;	/* NULL: not given */
	Interval	within;
} FunnelArgs;

/*
 * Steps, within and, where the call has so many arguments, mode and without,
 * the first of them being argument `arg`. NULL when a required one is NULL.
 * The result is kept in fn_extra and compiled anew only when an argument changes.
 */
extern FunnelArgs *funnel_args(FunctionCallInfo fcinfo, int arg);

/* The optional argument `arg`, a time that is not infinite (22008); NULL when it is not given or NULL. */
extern const int64 *funnel_as_of_arg(FunctionCallInfo fcinfo, int arg, int64 *as_of);

#endif							/* CX_FUNNEL_ARGS_H */
