/*
 * funnel_args.h
 *	  The arguments that define a funnel, compiled once.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_FUNNEL_ARGS_H
#define CX_FUNNEL_ARGS_H

#include "access/tupdesc.h"

#include "journey/funnel.h"

typedef struct FunnelArgs
{
	Funnel		funnel;
	TupleDesc	result;			/* for the caller, in memory of the funnel; NULL at first */
	struct FunnelSummary *definition;	/* likewise */
} FunnelArgs;

/*
 * Steps, within and, where the call has so many arguments, mode and without,
 * the first of them being argument `arg`. NULL when a required one is NULL.
 * The result is kept by call_cache.
 */
extern FunnelArgs *funnel_args(FunctionCallInfo fcinfo, int arg);

#endif							/* CX_FUNNEL_ARGS_H */
