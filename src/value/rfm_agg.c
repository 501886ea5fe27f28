/*
 * rfm_agg.c
 *	  The aggregates rfm over the purchases of a customer.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/rfm_state.h"
#include "value/rfm_summary.h"

/* Arguments: state, at, amount, as_of [, merge, unit]. */
#define AT 1
#define AMOUNT 2
#define AS_OF 3
#define MERGE 4
#define UNIT 5

/* Purchases that are sorted on the stack. */
#define FEW 64

/* The state as it is: NULL before the first row that counts. */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

static inline RfmState *
state_arg(FunctionCallInfo fcinfo, const RfmView *view)
{
	RfmState   *state = aggregate_state_or_null(fcinfo);

	if (state == NULL)
		return rfm_state_start(view);
	rfm_require_same(&state->view, view);
	return state;
}

/* A row whose arguments are there. They are checked even where it is after as_of and counts for nothing. */
static inline Datum
add_row(FunctionCallInfo fcinfo, int64 merge, int64 unit)
{
	const int64 at = rfm_time_arg(fcinfo, AT, "at");
	const float8 amount = rfm_amount_arg(fcinfo, AMOUNT);
	const RfmView view = {rfm_time_arg(fcinfo, AS_OF, "as_of"), merge, unit};
	RfmState   *state = state_arg(fcinfo, &view);

	if (at <= view.as_of)
	{
		state = rfm_state_make_room(state, 1);
		rfm_state_add(state, rfm_bin(at, merge), amount);
	}
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(rfm_accum);
Datum
rfm_accum(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(AT) || PG_ARGISNULL(AMOUNT) || PG_ARGISNULL(AS_OF))
		return same_state(fcinfo);
	return add_row(fcinfo, USECS_PER_DAY, USECS_PER_DAY);
}

PG_FUNCTION_INFO_V1(rfm_accum_units);
Datum
rfm_accum_units(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(AT) || PG_ARGISNULL(AMOUNT) || PG_ARGISNULL(AS_OF) ||
		PG_ARGISNULL(MERGE) || PG_ARGISNULL(UNIT))
		return same_state(fcinfo);
	return add_row(fcinfo, rfm_interval_arg(fcinfo, MERGE, "merge"),
				   rfm_interval_arg(fcinfo, UNIT, "unit"));
}

PG_FUNCTION_INFO_V1(rfm_combine);
Datum
rfm_combine(PG_FUNCTION_ARGS)
{
	const RfmState *other;
	RfmState   *state;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	other = rfm_state_load(PG_GETARG_DATUM(1));
	state = rfm_state_make_room(state_arg(fcinfo, &other->view), other->count);
	memcpy(state->purchases + state->count, other->purchases, other->count * sizeof(RfmPurchase));
	state->count += other->count;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(rfm_final);
Datum
rfm_final(PG_FUNCTION_ARGS)
{
	const RfmState *state = rfm_state_load(PG_GETARG_DATUM(0));
	RfmPurchase few[FEW];
	RfmPurchase *purchases = few;
	Rfm			rfm;
	bool		measured;

	if (state->count > FEW)
		purchases = palloc(state->count * sizeof(RfmPurchase));
	memcpy(purchases, state->purchases, state->count * sizeof(RfmPurchase));
	measured = rfm_measure(&state->view, purchases, state->count, &rfm);
	if (purchases != few)
		pfree(purchases);
	if (!measured)
		PG_RETURN_NULL();
	return rfm_summary_datum(fcinfo, &rfm, state->view.unit);
}
