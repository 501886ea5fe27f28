/*
 * survival_agg.c
 *	  survival_agg and rollup(survival_summary).
 *
 * The state is a survival_summary with a tail and room to spare (multiset.h).
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "value/survival_summary.h"

/* Arguments: state, duration, observed. */
#define DURATION 1
#define OBSERVED 2

static inline bool
row_is_ignored(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(DURATION) || PG_ARGISNULL(OBSERVED);
}

static inline Datum
add_row(FunctionCallInfo fcinfo, float8 duration)
{
	uint64		key = survival_key(duration, PG_GETARG_BOOL(OBSERVED));

	return multiset_state_add(fcinfo, multiset_state(fcinfo, SURVIVAL_WORDS), &key, SURVIVAL_TYPE);
}

static inline Datum
remove_row(FunctionCallInfo fcinfo, float8 duration)
{
	uint64		key = survival_key(duration, PG_GETARG_BOOL(OBSERVED));

	return multiset_state_remove(fcinfo, multiset_state(fcinfo, SURVIVAL_WORDS), &key,
								 SURVIVAL_TYPE);
}

PG_FUNCTION_INFO_V1(survival_accum_float8);
Datum
survival_accum_float8(PG_FUNCTION_ARGS)
{
	if (row_is_ignored(fcinfo))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	return add_row(fcinfo, survival_duration_arg(fcinfo, DURATION));
}

PG_FUNCTION_INFO_V1(survival_accum_interval);
Datum
survival_accum_interval(PG_FUNCTION_ARGS)
{
	if (row_is_ignored(fcinfo))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	return add_row(fcinfo, survival_interval_arg(fcinfo, DURATION));
}

PG_FUNCTION_INFO_V1(survival_inv_float8);
Datum
survival_inv_float8(PG_FUNCTION_ARGS)
{
	if (row_is_ignored(fcinfo))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	return remove_row(fcinfo, survival_duration_arg(fcinfo, DURATION));
}

PG_FUNCTION_INFO_V1(survival_inv_interval);
Datum
survival_inv_interval(PG_FUNCTION_ARGS)
{
	if (row_is_ignored(fcinfo))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	return remove_row(fcinfo, survival_interval_arg(fcinfo, DURATION));
}

PG_FUNCTION_INFO_V1(survival_combine);
Datum
survival_combine(PG_FUNCTION_ARGS)
{
	return multiset_state_combine(fcinfo, SURVIVAL_WORDS, SURVIVAL_TYPE);
}

PG_FUNCTION_INFO_V1(survival_combine_inv);
Datum
survival_combine_inv(PG_FUNCTION_ARGS)
{
	return multiset_state_combine_inv(fcinfo, SURVIVAL_WORDS, SURVIVAL_TYPE);
}

PG_FUNCTION_INFO_V1(survival_final);
Datum
survival_final(PG_FUNCTION_ARGS)
{
	return multiset_state_final(fcinfo, SURVIVAL_WORDS, SURVIVAL_TYPE);
}
