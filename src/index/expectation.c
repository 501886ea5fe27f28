/*
 * expectation.c
 *	  What customers got against what they expected: expectation_gap, wow_rate.
 *
 * The state is a score_summary of the gap, perceived minus expected (or, with a
 * threshold, of whether the gap reaches it), so both are exact, merge, and
 * move with a frame.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "survey/score_summary.h"

/* Perceived minus expected, in -100..100 as the state holds it. */
static int
gap_between(int expected, int perceived)
{
	int			gap = perceived - expected;

	if (gap < SCORE_MIN || gap > SCORE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the gap of %d between %d expected and %d perceived is out of range",
						gap, expected, perceived),
				 errhint("Gaps lie between %d and %d.", SCORE_MIN, SCORE_MAX)));
	return gap;
}

static int
gap_int4(FunctionCallInfo fcinfo)
{
	int32		expected = PG_GETARG_INT32(1);
	int32		perceived = PG_GETARG_INT32(2);

	if (expected < SCORE_MIN || expected > SCORE_MAX)
		score_out_of_range(expected);
	if (perceived < SCORE_MIN || perceived > SCORE_MAX)
		score_out_of_range(perceived);
	return gap_between(expected, perceived);
}

static int
gap_float8(FunctionCallInfo fcinfo)
{
	return gap_between(score_from_float8(PG_GETARG_FLOAT8(1)),
					   score_from_float8(PG_GETARG_FLOAT8(2)));
}

/* Takes a gap out of the state; NULL restarts the frame. */
static Datum
remove_gap(FunctionCallInfo fcinfo, int gap)
{
	ScoreSummary *s = aggregate_state(fcinfo);

	if (!score_state_remove(s, gap))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(s);
}

/* (state, expected, perceived) */
PG_FUNCTION_INFO_V1(gap_accum_int4);
Datum
gap_accum_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(score_state_add(aggregate_state(fcinfo), gap_int4(fcinfo)));
}

PG_FUNCTION_INFO_V1(gap_inv_int4);
Datum
gap_inv_int4(PG_FUNCTION_ARGS)
{
	return remove_gap(fcinfo, gap_int4(fcinfo));
}

PG_FUNCTION_INFO_V1(gap_accum_float8);
Datum
gap_accum_float8(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(score_state_add(aggregate_state(fcinfo), gap_float8(fcinfo)));
}

PG_FUNCTION_INFO_V1(gap_inv_float8);
Datum
gap_inv_float8(PG_FUNCTION_ARGS)
{
	return remove_gap(fcinfo, gap_float8(fcinfo));
}

/* (state, expected, perceived, threshold): counts 1 where the gap reaches the threshold, else 0 */
PG_FUNCTION_INFO_V1(wow_accum_int4);
Datum
wow_accum_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(score_state_add(aggregate_state(fcinfo),
									  gap_int4(fcinfo) >= PG_GETARG_INT32(3)));
}

PG_FUNCTION_INFO_V1(wow_inv_int4);
Datum
wow_inv_int4(PG_FUNCTION_ARGS)
{
	return remove_gap(fcinfo, gap_int4(fcinfo) >= PG_GETARG_INT32(3));
}

PG_FUNCTION_INFO_V1(wow_accum_float8);
Datum
wow_accum_float8(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(score_state_add(aggregate_state(fcinfo),
									  gap_float8(fcinfo) >= threshold_arg(fcinfo, 3)));
}

PG_FUNCTION_INFO_V1(wow_inv_float8);
Datum
wow_inv_float8(PG_FUNCTION_ARGS)
{
	return remove_gap(fcinfo, gap_float8(fcinfo) >= threshold_arg(fcinfo, 3));
}

PG_FUNCTION_INFO_V1(expectation_gap_final);
Datum
expectation_gap_final(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	if (!score_summary_load_state(PG_GETARG_DATUM(0), &h))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(histogram_mean(&h));
}

/* The share of gaps above 0; the 1 of a reached threshold is above 0 too. */
PG_FUNCTION_INFO_V1(wow_rate_final);
Datum
wow_rate_final(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	if (!score_summary_load_state(PG_GETARG_DATUM(0), &h))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(histogram_share(&h, 1, SCORE_MAX));
}
