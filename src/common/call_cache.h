/*
 * call_cache.h
 *	  What a function makes of its arguments, kept while they stay the same.
 *
 * Include it after postgres.h and fmgr.h. A function whose arguments define
 * something (a pattern, a funnel, a model) is called for row after row with
 * the same ones. It compiles them once; fn_extra of the call site keeps the
 * result, which is made anew only when one of these arguments changes.
 */
#ifndef CX_CALL_CACHE_H
#define CX_CALL_CACHE_H

/* An argument in a set of arguments, and all from `first` to `last`; numbers go to 30. */
#define CALL_ARG(arg) (UINT32_C(1) << (arg))
#define CALL_ARGS(first, last) (CALL_ARG((last) + 1) - CALL_ARG(first))

/*
 * Makes the result, in a memory context that lives as long as the result: it
 * has to copy what it keeps of an argument. NULL is a result like others.
 */
typedef void *(*CallCompile) (FunctionCallInfo fcinfo);

/* Likewise; `detail` is what was given to call_cache_with. */
typedef void *(*CallCompileWith) (FunctionCallInfo fcinfo, const void *detail);

typedef struct CallCache
{
	bool		constant;		/* the arguments cannot change */
	void	   *compiled;
} CallCache;

/* Where the arguments may have changed, or nothing is kept yet; `with` is called if it is not NULL. */
extern void *call_cache_lookup(FunctionCallInfo fcinfo, uint32 args, CallCompile compile,
							   CallCompileWith with, const void *detail);

/*
 * What `compile` made of the set `args` of arguments, NULLs among them; those
 * that the call does not have are ignored. A function uses fn_extra for this
 * alone, always with the same set. What compile raises is raised, and nothing
 * is kept.
 */
static inline void *
call_cache(FunctionCallInfo fcinfo, uint32 args, CallCompile compile)
{
	const CallCache *cache = (const CallCache *) fcinfo->flinfo->fn_extra;

	if (likely(cache != NULL && cache->constant))
		return cache->compiled;
	return call_cache_lookup(fcinfo, args, compile, NULL, NULL);
}

/* The same for several functions that share one way of compiling; `detail`, always the same, tells them apart. */
static inline void *
call_cache_with(FunctionCallInfo fcinfo, uint32 args, CallCompileWith with, const void *detail)
{
	const CallCache *cache = (const CallCache *) fcinfo->flinfo->fn_extra;

	if (likely(cache != NULL && cache->constant))
		return cache->compiled;
	return call_cache_lookup(fcinfo, args, NULL, with, detail);
}

#endif							/* CX_CALL_CACHE_H */
