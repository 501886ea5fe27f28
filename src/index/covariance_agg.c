/*
 * covariance_agg.c
 *	  covariance_agg and rollup(covariance_summary).
 *
 * The first row makes the state; every other is added in place. There is no
 * inverse that is exact, so a moving frame starts anew.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/array.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/covariance_summary.h"

/* Arguments: state, outcome or summary, covariates. */
#define STATE 0
#define OUTCOME 1
#define COVARIATES 2

/* The state unchanged. */
static inline Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(STATE))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(STATE));
}

static void
value_not_finite(float8 value, int variable)
{
	char		number[FLOAT8_TEXT_SIZE];
	char		which[32] = "the outcome";

	if (variable > 0)
		snprintf(which, sizeof(which), "covariate %d", variable);
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s is %s, which is not a finite number", which, float8_text(value, number)),
			 errhint("Leave such rows out with FILTER.")));
}

static inline void
check_row(float8 outcome, const float8 *covariates, int n)
{
	/* 0 for finite numbers, NaN for any other: one test for all of them. */
	float8		sum = outcome - outcome;

	for (int i = 0; i < n; i++)
		sum += covariates[i] - covariates[i];
	if (likely(sum == 0))
		return;
	if (!isfinite(outcome))
		value_not_finite(outcome, 0);
	for (int i = 0; i < n; i++)
	{
		if (!isfinite(covariates[i]))
			value_not_finite(covariates[i], i + 1);
	}
}

static CovarianceSummary *
first_state(int k)
{
	if (k > COVARIANCE_VARIABLES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d covariates are too many", k - 1),
				 errhint("A covariance_summary holds at most %d, and the outcome.",
						 COVARIANCE_VARIABLES - 1)));
	return covariance_summary_new(k, COVARIANCE_STATE);
}

/* Adds a row to the state, which is made where there is none. */
static inline Datum
add_row(FunctionCallInfo fcinfo, const float8 *covariates, int n)
{
	CovarianceSummary *state = aggregate_state_or_null(fcinfo);
	float8		outcome = PG_GETARG_FLOAT8(OUTCOME);
	Covariances c;

	check_row(outcome, covariates, n);
	if (unlikely(state == NULL))
		state = first_state(n + 1);
	if (unlikely(state->k != n + 1))
		covariance_summary_mismatch(state->k, n + 1);
	c = covariance_summary_numbers(state);
	covariances_add(&c, outcome, covariates);
	state->n = c.n;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(covariance_accum_outcome);
Datum
covariance_accum_outcome(PG_FUNCTION_ARGS)
{
	return PG_ARGISNULL(OUTCOME) ? same_state(fcinfo) : add_row(fcinfo, NULL, 0);
}

PG_FUNCTION_INFO_V1(covariance_accum);
Datum
covariance_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;

	if (PG_ARGISNULL(OUTCOME) || PG_ARGISNULL(COVARIATES))
		return same_state(fcinfo);
	array = PG_GETARG_ARRAYTYPE_P(COVARIATES);
	if (unlikely(ARR_HASNULL(array) && array_contains_nulls(array)))
		return same_state(fcinfo);
	return add_row(fcinfo, (const float8 *) ARR_DATA_PTR(array),
				   ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
}

PG_FUNCTION_INFO_V1(covariance_combine);
Datum
covariance_combine(PG_FUNCTION_ARGS)
{
	CovarianceSummary *state = aggregate_state_or_null(fcinfo);
	Covariances other;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	other = covariance_summary_load(PG_GETARG_DATUM(1));
	if (state == NULL)
		state = covariance_summary_new(other.k, COVARIANCE_STATE);
	covariance_summary_merge(state, &other);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(covariance_final);
Datum
covariance_final(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));

	PG_RETURN_POINTER(covariance_summary_store(&c));
}
