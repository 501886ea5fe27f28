/*
 * cac.c
 *	  cac: what a new customer costs, a ratio of sums.
 *
 * The state is a bigint[] of fixed length, changed in place. What was spent is
 * an exact sum, so a frame moves without drift; where an amount is none of
 * those that exact_sum.h adds exactly, the frame is restarted.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/exact_sum.h"

/* Arguments: state, spend, customers. */
#define SPEND 1
#define CUSTOMERS 2

/* The numbers of the array. */
typedef struct CacState
{
	ExactSum	spend;
	int64		customers;
} CacState;

#define NUMBERS (sizeof(CacState) / sizeof(int64))

static CacState *
state_of(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != NUMBERS || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID)
		elog(ERROR, "the state of cac is not an array of %zu numbers", NUMBERS);
	return (CacState *) ARR_DATA_PTR(array);
}

static void
out_of_range(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the sum of %s is out of range", what),
			 errhint("Measure in a larger unit.")));
}

static float8
spend_arg(FunctionCallInfo fcinfo)
{
	float8		spend = PG_GETARG_FLOAT8(SPEND);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!isfinite(spend)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("spend %s is not a finite number", float8_text(spend, number)),
				 errhint("Leave the row out with FILTER.")));
	return spend;
}

static int64
customers_arg(FunctionCallInfo fcinfo)
{
	int64		customers = PG_GETARG_INT64(CUSTOMERS);

	if (unlikely(customers < 0))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("customers is %lld", (long long) customers),
				 errhint("It is how many customers were acquired, 0 or more.")));
	return customers;
}

/* (state, spend, customers) */
PG_FUNCTION_INFO_V1(cac_accum);
Datum
cac_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	CacState   *state = state_of(array);
	const float8 spend = spend_arg(fcinfo);
	const int64 customers = customers_arg(fcinfo);

	if (unlikely(!exact_sum_add(&state->spend, spend)))
		out_of_range("spend");
	if (unlikely(pg_add_s64_overflow(state->customers, customers, &state->customers)))
		out_of_range("customers");
	PG_RETURN_POINTER(array);
}

/* The same row leaves the frame; NULL restarts it. */
PG_FUNCTION_INFO_V1(cac_inv);
Datum
cac_inv(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	CacState   *state = state_of(array);

	if (!exact_sum_remove(&state->spend, PG_GETARG_FLOAT8(SPEND)))
		PG_RETURN_NULL();
	state->customers -= PG_GETARG_INT64(CUSTOMERS);
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(cac_combine);
Datum
cac_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	CacState   *state = state_of(array);
	const CacState *other = state_of(PG_GETARG_ARRAYTYPE_P(1));

	if (!exact_sum_merge(&state->spend, &other->spend))
		out_of_range("spend");
	if (pg_add_s64_overflow(state->customers, other->customers, &state->customers))
		out_of_range("customers");
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(cac_final);
Datum
cac_final(PG_FUNCTION_ARGS)
{
	const CacState *state = state_of(PG_GETARG_ARRAYTYPE_P(0));

	if (state->customers == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(exact_sum_total(&state->spend) / state->customers);
}
