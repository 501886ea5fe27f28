/*
 * npv.c
 *	  npv: what amounts of the past are worth at a date.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/rfm_summary.h"

#define US_PER_YEAR (365.25 * USECS_PER_DAY)

/* Arguments: state, amount, at, as_of, annual_rate. */
#define AMOUNT 1
#define AT 2
#define AS_OF 3
#define RATE 4

/*
 * The state, a float8[3]: how many amounts, their sum, and what the sum lost by
 * rounding (A. Neumaier, ZAMM 54 (1974) 39-51). So refunds that cancel sales
 * leave what is due, in whatever order they come.
 */
enum
{
	ROWS,
	SUM,
	LOST,
	NUMBERS
};

static float8 *
numbers_of(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != NUMBERS || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != FLOAT8OID)
		elog(ERROR, "the state of npv is not an array of %d numbers", NUMBERS);
	return (float8 *) ARR_DATA_PTR(array);
}

static void
add_amount(float8 *state, float8 amount)
{
	const float8 sum = state[SUM] + amount;

	if (fabs(state[SUM]) >= fabs(amount))
		state[LOST] += (state[SUM] - sum) + amount;
	else
		state[LOST] += (amount - sum) + state[SUM];
	state[SUM] = sum;
	if (unlikely(!isfinite(sum)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("npv out of range"),
				 errhint("Measure amounts in a larger unit of money, or check annual_rate.")));
}

static float8
rate_arg(FunctionCallInfo fcinfo)
{
	float8		rate = PG_GETARG_FLOAT8(RATE);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!(rate > -1 && isfinite(rate))))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("annual_rate %s is not a finite number above -1", float8_text(rate, number)),
				 errhint("Give a fraction: 0.15 for 15 percent a year.")));
	return rate;
}

PG_FUNCTION_INFO_V1(npv_accum);
Datum
npv_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8	   *state = numbers_of(array);
	const float8 amount = rfm_amount_arg(fcinfo, AMOUNT);
	const int64 at = rfm_time_arg(fcinfo, AT, "at");
	const int64 as_of = rfm_time_arg(fcinfo, AS_OF, "as_of");
	const float8 rate = rate_arg(fcinfo);

	if (at <= as_of)
	{
		const float8 years = (float8) ((uint64) as_of - (uint64) at) / US_PER_YEAR;

		state[ROWS]++;
		if (amount != 0)
			add_amount(state, amount * pow(1 + rate, years));
	}
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(npv_combine);
Datum
npv_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8	   *state = numbers_of(array);
	const float8 *other = numbers_of(PG_GETARG_ARRAYTYPE_P(1));

	state[ROWS] += other[ROWS];
	add_amount(state, other[SUM]);
	state[LOST] += other[LOST];
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(npv_final);
Datum
npv_final(PG_FUNCTION_ARGS)
{
	const float8 *state = numbers_of(PG_GETARG_ARRAYTYPE_P(0));

	if (state[ROWS] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state[SUM] + state[LOST]);
}
