/*
 * call_cache.c
 *	  What a function makes of its arguments, kept while they stay the same; see call_cache.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "common/call_cache.h"

/* An argument as it was when the result was compiled. */
typedef struct Given
{
	Datum		value;			/* a copy, not toasted */
	bool		isnull;
	bool		by_value;		/* of the type */
	int16		length;			/* likewise */
} Given;

typedef struct KeptCall
{
	CallCache	cache;			/* first: what fn_extra points to */
	bool		complete;		/* compile came to its end */
	MemoryContext memory;		/* of the copies and what was compiled */
	Given		given[FLEXIBLE_ARRAY_MEMBER];	/* by argument */
} KeptCall;

static inline bool
is_wanted(uint32 args, int arg)
{
	return (args & CALL_ARG(arg)) != 0;
}

/* True when these arguments are constants. (A parameter is not: PL/pgSQL runs one expression with many values.) */
static bool
args_are_constant(FunctionCallInfo fcinfo, uint32 args)
{
	Node	   *call = fcinfo->flinfo->fn_expr;
	List	   *given = NIL;

	if (call != NULL && IsA(call, FuncExpr))
		given = ((FuncExpr *) call)->args;
	else if (call != NULL && IsA(call, OpExpr))
		given = ((OpExpr *) call)->args;
	for (int arg = 0; arg < PG_NARGS(); arg++)
	{
		if (is_wanted(args, arg) &&
			(arg >= list_length(given) || !IsA(list_nth(given, arg), Const)))
			return false;
	}
	return true;
}

/* Whether a value is the same bytes, however they are stored. */
static inline bool
same_value(Datum value, const Given *given)
{
	struct varlena *before = (struct varlena *) DatumGetPointer(given->value);
	struct varlena *now;
	bool		same;

	if (given->length != -1)
		return datumIsEqual(value, given->value, given->by_value, given->length);
	now = PG_DETOAST_DATUM_PACKED(value);
	same = VARSIZE_ANY_EXHDR(now) == VARSIZE_ANY_EXHDR(before) &&
		memcmp(VARDATA_ANY(now), VARDATA_ANY(before), VARSIZE_ANY_EXHDR(now)) == 0;
	if ((Pointer) now != DatumGetPointer(value))
		pfree(now);
	return same;
}

static bool
same_args(FunctionCallInfo fcinfo, uint32 args, const KeptCall *kept)
{
	for (int arg = 0; arg < PG_NARGS(); arg++)
	{
		const Given *given = &kept->given[arg];

		if (!is_wanted(args, arg))
			continue;
		if (PG_ARGISNULL(arg) != given->isnull)
			return false;
		if (!given->isnull && !same_value(PG_GETARG_DATUM(arg), given))
			return false;
	}
	return true;
}

/* Makes room for what a call keeps. */
static KeptCall *
new_call(FunctionCallInfo fcinfo)
{
	MemoryContext lasting = fcinfo->flinfo->fn_mcxt;
	KeptCall   *kept = MemoryContextAllocZero(lasting, offsetof(KeptCall, given) + PG_NARGS() * sizeof(Given));
	Oid		   *types;
	int			n_types;

	get_func_signature(fcinfo->flinfo->fn_oid, &types, &n_types);
	Assert(n_types == PG_NARGS());
	for (int arg = 0; arg < n_types; arg++)
		get_typlenbyval(types[arg], &kept->given[arg].length, &kept->given[arg].by_value);
	kept->memory = AllocSetContextCreate(lasting, "cx_metrics call", ALLOCSET_SMALL_SIZES);
	return kept;
}

/* Copies the arguments, in the current context. */
static void
keep_args(FunctionCallInfo fcinfo, uint32 args, KeptCall *kept)
{
	for (int arg = 0; arg < PG_NARGS(); arg++)
	{
		Given	   *given = &kept->given[arg];

		given->isnull = PG_ARGISNULL(arg);
		if (!is_wanted(args, arg) || given->isnull)
			continue;
		given->value = given->length == -1
			? PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(arg)))
			: datumCopy(PG_GETARG_DATUM(arg), given->by_value, given->length);
	}
}

void *
call_cache_lookup(FunctionCallInfo fcinfo, uint32 args, CallCompile compile,
				  CallCompileWith with, const void *detail)
{
	KeptCall   *kept = fcinfo->flinfo->fn_extra;
	MemoryContext caller;

	if (kept == NULL)
		fcinfo->flinfo->fn_extra = kept = new_call(fcinfo);
	else if (kept->complete && same_args(fcinfo, args, kept))
		return kept->cache.compiled;

	/* An error in compile leaves nothing that would be used. */
	kept->complete = false;
	MemoryContextReset(kept->memory);
	caller = MemoryContextSwitchTo(kept->memory);
	keep_args(fcinfo, args, kept);
	kept->cache.compiled = with != NULL ? with(fcinfo, detail) : compile(fcinfo);
	MemoryContextSwitchTo(caller);
	kept->complete = true;
	kept->cache.constant = args_are_constant(fcinfo, args);
	return kept->cache.compiled;
}
