/*
 * revenue_retention.c
 *	  revenue_retention: how the revenue of a period's start became that of its end.
 *
 * One row a customer. The state is a bigint[] of fixed length, changed in
 * place, of exact sums (exact_sum.h): a frame moves without drift, and is
 * restarted where an amount cannot be added exactly.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/exact_sum.h"

/* Arguments: state, at_start, at_end. */
#define AT_START 1
#define AT_END 2

/* Sums over customers. */
typedef enum Flow
{
	STARTING,
	NEW_REVENUE,
	EXPANSION,
	CONTRACTION,
	CHURNED,
	ENDING,
	FLOWS
} Flow;

/* The numbers of the array. */
typedef struct RevenueState
{
	ExactSum	flows[FLOWS];
	int64		at_start;		/* customers with revenue at the start, */
	int64		lost;			/* those of them without any at the end, */
	int64		gained;			/* and those with revenue at the end only */
} RevenueState;

#define NUMBERS (sizeof(RevenueState) / sizeof(int64))

/* The columns of revenue_movement: the flows, and these. */
enum
{
	GRR = FLOWS,
	NRR,
	QUICK_RATIO,
	LOGO_CHURN,
	COLUMNS
};

static RevenueState *
state_of(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != NUMBERS || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID)
		elog(ERROR, "the state of revenue_retention is not an array of %zu numbers", NUMBERS);
	return (RevenueState *) ARR_DATA_PTR(array);
}

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the sum of revenue is out of range"),
			 errhint("Measure amounts in a larger unit of money.")));
}

/* Revenue of a customer; NULL is 0. */
static float8
revenue_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	float8		revenue = PG_ARGISNULL(arg) ? 0 : PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!(revenue >= 0 && isfinite(revenue))))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is not a finite number from 0 on", name, float8_text(revenue, number)),
				 errhint("Give one row a customer, with its recurring revenue at the start and at the end.")));
	return revenue;
}

/* One customer: what goes to starting and ending, and the one flow between. */
typedef struct Movement
{
	float8		start;
	float8		end;
	Flow		flow;			/* FLOWS: none, all stays as it was */
	float8		amount;
} Movement;

static Movement
movement_arg(FunctionCallInfo fcinfo)
{
	const float8 start = revenue_arg(fcinfo, AT_START, "at_start");
	const float8 end = revenue_arg(fcinfo, AT_END, "at_end");
	Movement	movement = {start, end, FLOWS, fabs(end - start)};

	if (end > start)
		movement.flow = start == 0 ? NEW_REVENUE : EXPANSION;
	else if (end < start)
		movement.flow = end == 0 ? CHURNED : CONTRACTION;
	return movement;
}

/* Adds the customer (sign 1) to the counts, or takes it out (-1). */
static void
count_customer(RevenueState *state, const Movement *movement, int sign)
{
	if (movement->start > 0)
		state->at_start += sign;
	if (movement->flow == CHURNED)
		state->lost += sign;
	if (movement->flow == NEW_REVENUE)
		state->gained += sign;
}

/* (state, at_start, at_end) */
PG_FUNCTION_INFO_V1(revenue_retention_accum);
Datum
revenue_retention_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	RevenueState *state = state_of(array);
	const Movement movement = movement_arg(fcinfo);

	if (unlikely(!exact_sum_add(&state->flows[STARTING], movement.start) ||
				 !exact_sum_add(&state->flows[ENDING], movement.end) ||
				 (movement.flow != FLOWS && !exact_sum_add(&state->flows[movement.flow], movement.amount))))
		out_of_range();
	count_customer(state, &movement, 1);
	PG_RETURN_POINTER(array);
}

/* The same customer leaves the frame; NULL restarts it. */
PG_FUNCTION_INFO_V1(revenue_retention_inv);
Datum
revenue_retention_inv(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	RevenueState *state = state_of(array);
	const Movement movement = movement_arg(fcinfo);

	if (!exact_sum_remove(&state->flows[STARTING], movement.start) ||
		!exact_sum_remove(&state->flows[ENDING], movement.end) ||
		(movement.flow != FLOWS && !exact_sum_remove(&state->flows[movement.flow], movement.amount)))
		PG_RETURN_NULL();
	count_customer(state, &movement, -1);
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(revenue_retention_combine);
Datum
revenue_retention_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	RevenueState *state = state_of(array);
	const RevenueState *other = state_of(PG_GETARG_ARRAYTYPE_P(1));

	for (int flow = 0; flow < FLOWS; flow++)
	{
		if (!exact_sum_merge(&state->flows[flow], &other->flows[flow]))
			out_of_range();
	}
	state->at_start += other->at_start;
	state->lost += other->lost;
	state->gained += other->gained;
	PG_RETURN_POINTER(array);
}

/* The row type, kept in fn_extra. */
static TupleDesc
movement_desc(FunctionCallInfo fcinfo)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;

	if (desc == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != COLUMNS)
			elog(ERROR, "revenue_movement has %d columns", COLUMNS);
		desc = BlessTupleDesc(CreateTupleDescCopy(desc));
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(caller);
	}
	return desc;
}

/* NaN for a division by 0. */
static float8
ratio(float8 a, float8 b)
{
	return b == 0 ? NAN : a / b;
}

PG_FUNCTION_INFO_V1(revenue_retention_final);
Datum
revenue_retention_final(PG_FUNCTION_ARGS)
{
	const RevenueState *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	float8		numbers[COLUMNS];
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];

	if (state->at_start + state->gained == 0)
		PG_RETURN_NULL();
	for (int flow = 0; flow < FLOWS; flow++)
		numbers[flow] = exact_sum_total(&state->flows[flow]);
	numbers[GRR] = ratio(numbers[STARTING] - numbers[CONTRACTION] - numbers[CHURNED], numbers[STARTING]);
	numbers[NRR] = numbers[GRR] + ratio(numbers[EXPANSION], numbers[STARTING]);
	numbers[QUICK_RATIO] = ratio(numbers[NEW_REVENUE] + numbers[EXPANSION],
								 numbers[CONTRACTION] + numbers[CHURNED]);
	numbers[LOGO_CHURN] = ratio((float8) state->lost, (float8) state->at_start);
	for (int column = 0; column < COLUMNS; column++)
	{
		if (isinf(numbers[column]))
			out_of_range();
		values[column] = float8_or_null(numbers[column], &nulls[column]);
	}
	return HeapTupleGetDatum(heap_form_tuple(movement_desc(fcinfo), values, nulls));
}
