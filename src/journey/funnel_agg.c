/*
 * funnel_agg.c
 *	  funnel_agg, rollup(funnel_summary) and funnel_steps: many journeys in a funnel.
 *
 * The state is a funnel_summary with room for more bins, changed in place
 * while there is room; where there is none a larger copy is returned, which
 * the executor moves into its context.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/funnel_args.h"
#include "journey/funnel_summary.h"
#include "journey/journey_type.h"
#include "survey/intervals.h"

/* Arguments: state, journey, steps, within, mode, without, as_of. */
#define STATE 0
#define JOURNEY 1
#define STEPS 2
#define AS_OF 6

/* Bins a new state has room for. */
#define FIRST_BINS 8

/* The state, or NULL where there is none yet. */
static inline FunnelSummary *
state_arg(FunctionCallInfo fcinfo)
{
	FunnelSummary *state = aggregate_state_or_null(fcinfo);

	return state != NULL && state->n_steps > 0 ? state : NULL;
}

/*
 * The state unchanged. In a moving frame no state may be NULL: a summary
 * without steps stands for that.
 */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	FunnelSummary *nothing;

	if (!PG_ARGISNULL(STATE))
		PG_RETURN_DATUM(PG_GETARG_DATUM(STATE));
	if (!IsA(fcinfo->context, WindowAggState))
		PG_RETURN_NULL();
	nothing = palloc0(sizeof(FunnelSummary));
	SET_VARSIZE(nothing, sizeof(FunnelSummary));
	PG_RETURN_POINTER(nothing);
}

/* An empty summary of the funnel the arguments define. */
static FunnelSummary *
definition(FunnelArgs *args)
{
	if (args->definition == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(GetMemoryChunkContext(args));

		args->definition = funnel_summary_new(&args->funnel, 0);
		MemoryContextSwitchTo(caller);
	}
	return args->definition;
}

/* Runs the journey of a row; NULL when the row is to be ignored. */
static FunnelArgs *
run_row(FunctionCallInfo fcinfo, FunnelResult *result)
{
	FunnelArgs *args;
	JourneyView view;
	int64		as_of;

	if (PG_ARGISNULL(JOURNEY))
		return NULL;
	args = funnel_args(fcinfo, STEPS);
	if (args == NULL)
		return NULL;
	JOURNEY_ARG(JOURNEY, &view);
	funnel_run(&args->funnel, &view, journey_as_of_arg(fcinfo, AS_OF, &as_of), result);
	return args;
}

PG_FUNCTION_INFO_V1(funnel_accum);
Datum
funnel_accum(PG_FUNCTION_ARGS)
{
	FunnelSummary *state = state_arg(fcinfo);
	FunnelResult result;
	FunnelArgs *args = run_row(fcinfo, &result);

	if (args == NULL)
		return same_state(fcinfo);
	if (state == NULL)
		state = funnel_summary_copy(definition(args), FIRST_BINS);
	else
		funnel_require_same(state, definition(args));
	PG_RETURN_POINTER(funnel_summary_add(state, &result));
}

PG_FUNCTION_INFO_V1(funnel_accum_inv);
Datum
funnel_accum_inv(PG_FUNCTION_ARGS)
{
	FunnelSummary *state = state_arg(fcinfo);
	FunnelResult result;
	FunnelArgs *args = run_row(fcinfo, &result);

	if (args == NULL)
		return same_state(fcinfo);
	if (state == NULL || !funnel_summary_remove(state, &result))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(funnel_combine);
Datum
funnel_combine(PG_FUNCTION_ARGS)
{
	FunnelSummary *state = state_arg(fcinfo);
	FunnelSummary *other;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	other = funnel_summary_load(PG_GETARG_DATUM(1));
	if (state == NULL)
		PG_RETURN_POINTER(funnel_summary_copy(other, FIRST_BINS));
	funnel_require_same(state, other);
	PG_RETURN_POINTER(funnel_summary_merge(state, other));
}

PG_FUNCTION_INFO_V1(funnel_combine_inv);
Datum
funnel_combine_inv(PG_FUNCTION_ARGS)
{
	FunnelSummary *state = state_arg(fcinfo);

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	if (state == NULL || !funnel_summary_unmerge(state, funnel_summary_load(PG_GETARG_DATUM(1))))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(funnel_final);
Datum
funnel_final(PG_FUNCTION_ARGS)
{
	FunnelSummary *state = (FunnelSummary *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));

	if (state->n_steps == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(funnel_summary_copy(funnel_summary_load(PointerGetDatum(state)), 0));
}

/* ---------- Steps ---------- */

/* The bins of a step, unpacked into counted[]; how many there are. */
static int
step_bins(FunnelSummary *s, int step, LogBin *counted)
{
	const uint64 *bins = funnel_bins(s);
	int			n = 0;

	for (uint32 i = 0; i < s->n_bins && n < LOG_BINS; i++)
	{
		if (funnel_bin_step(bins[i]) == step)
			counted[n++] = (LogBin) {funnel_bin_bin(bins[i]), funnel_bin_count(bins[i])};
	}
	return n;
}

static inline double
share_of(int64 part, int64 whole)
{
	return whole == 0 ? NAN : (double) part / (double) whole;
}

PG_FUNCTION_INFO_V1(funnel_summary_steps);
Datum
funnel_summary_steps(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	FunnelSummary *s = funnel_summary_load(PG_GETARG_DATUM(0));
	double		confidence = confidence_arg(fcinfo, 1);
	const char *at = s->data;
	LogBin	   *counted = palloc(LOG_BINS * sizeof(LogBin));
	int64		entrants = funnel_mature(s)[0];

	for (int step = 0; step < s->n_steps; step++)
	{
		int64		mature = funnel_mature(s)[step];
		Estimate	rate = proportion_interval((double) mature, (double) entrants, confidence,
											   PROPORTION_WILSON);
		int			n_bins = step_bins(s, step, counted);
		uint32		length;
		const char *text = funnel_next_text(&at, &length);
		Datum		values[11];
		bool		nulls[11] = {false};

		values[0] = Int32GetDatum(step + 1);
		values[1] = PointerGetDatum(cstring_to_text_with_len(text, length));
		values[2] = Int64GetDatum(funnel_reached(s)[step]);
		values[3] = Int64GetDatum(mature);
		values[4] = float8_or_null(share_of(mature, entrants), &nulls[4]);
		values[5] = float8_or_null(rate.lo, &nulls[5]);
		values[6] = float8_or_null(rate.hi, &nulls[6]);
		values[7] = float8_or_null(share_of(mature, funnel_mature(s)[Max(step - 1, 0)]), &nulls[7]);
		values[8] = Int64GetDatum(funnel_open(s)[step]);
		values[9] = float8_or_null(step == 0 && mature > 0 ? 0 : log_bins_quantile(counted, n_bins, 1, 2),
								   &nulls[9]);
		values[10] = float8_or_null(step == 0 && mature > 0 ? 0 : log_bins_quantile(counted, n_bins, 9, 10),
									&nulls[10]);
		rowset_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
