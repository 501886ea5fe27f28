/*
 * retention_agg.c
 *	  retention_agg, rollup(retention_summary) and retention: many customers' periods.
 *
 * The state is a retention_summary with room for more periods, changed in place
 * while there is room; where there is none a larger copy is returned, which
 * the executor moves into its context.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/retention_summary.h"
#include "survey/intervals.h"

/* Arguments: state, array. */
#define STATE 0
#define ARRAY 1

/* The state, or NULL where there is none yet. */
static inline RetentionSummary *
state_arg(FunctionCallInfo fcinfo)
{
	RetentionSummary *state = aggregate_state_or_null(fcinfo);

	return state != NULL && state->version != 0 ? state : NULL;
}

/*
 * The state unchanged. In a moving frame no state may be NULL: one without a
 * version stands for that.
 */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	RetentionSummary *nothing;

	if (!PG_ARGISNULL(STATE))
		PG_RETURN_DATUM(PG_GETARG_DATUM(STATE));
	if (!IsA(fcinfo->context, WindowAggState))
		PG_RETURN_NULL();
	nothing = retention_summary_new(0);
	nothing->version = 0;
	PG_RETURN_POINTER(nothing);
}

PG_FUNCTION_INFO_V1(retention_accum);
Datum
retention_accum(PG_FUNCTION_ARGS)
{
	RetentionSummary *state = state_arg(fcinfo);
	ArrayType  *array;

	if (PG_ARGISNULL(ARRAY))
		return same_state(fcinfo);
	array = PG_GETARG_ARRAYTYPE_P(ARRAY);
	if (state == NULL)
		state = retention_summary_new(retention_array_length(array));
	PG_RETURN_POINTER(retention_summary_add(state, array));
}

PG_FUNCTION_INFO_V1(retention_accum_inv);
Datum
retention_accum_inv(PG_FUNCTION_ARGS)
{
	RetentionSummary *state = state_arg(fcinfo);

	if (PG_ARGISNULL(ARRAY))
		return same_state(fcinfo);
	if (state == NULL || !retention_summary_remove(state, PG_GETARG_ARRAYTYPE_P(ARRAY)))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(retention_combine);
Datum
retention_combine(PG_FUNCTION_ARGS)
{
	RetentionSummary *state = state_arg(fcinfo);
	RetentionSummary *other;

	if (PG_ARGISNULL(ARRAY))
		return same_state(fcinfo);
	other = retention_summary_load(PG_GETARG_DATUM(ARRAY));
	if (state == NULL)
		PG_RETURN_POINTER(retention_summary_copy(other, 0));
	PG_RETURN_POINTER(retention_summary_merge(state, other));
}

PG_FUNCTION_INFO_V1(retention_combine_inv);
Datum
retention_combine_inv(PG_FUNCTION_ARGS)
{
	RetentionSummary *state = state_arg(fcinfo);

	if (PG_ARGISNULL(ARRAY))
		return same_state(fcinfo);
	if (state == NULL || !retention_summary_unmerge(state, retention_summary_load(PG_GETARG_DATUM(ARRAY))))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(retention_final);
Datum
retention_final(PG_FUNCTION_ARGS)
{
	RetentionSummary *state = (RetentionSummary *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));

	if (state->version == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(retention_summary_copy(retention_summary_load(PointerGetDatum(state)), 0));
}

/* ---------- Periods ---------- */

PG_FUNCTION_INFO_V1(retention_summary_periods);
Datum
retention_summary_periods(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	RetentionSummary *s = retention_summary_load(PG_GETARG_DATUM(0));
	double		confidence = confidence_arg(fcinfo, 1);

	for (uint32 i = 0; i < s->n_periods; i++)
	{
		double		eligible = (double) s->periods[i].eligible;
		double		retained = (double) s->periods[i].retained;
		Estimate	rate = proportion_interval(retained, eligible, confidence, PROPORTION_WILSON);
		Datum		values[6];
		bool		nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(i);
		values[1] = Int64GetDatum(s->periods[i].eligible);
		values[2] = Int64GetDatum(s->periods[i].retained);
		values[3] = float8_or_null(eligible > 0 ? retained / eligible : NAN, &nulls[3]);
		values[4] = float8_or_null(rate.lo, &nulls[4]);
		values[5] = float8_or_null(rate.hi, &nulls[5]);
		rowset_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
