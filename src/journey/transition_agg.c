/*
 * transition_agg.c
 *	  transition_agg, rollup(transition_matrix) and transitions: from node to node in many journeys.
 *
 * The state is a transition_matrix in its hashed layout, changed in place while
 * there is room; where there is none a larger copy is returned, which the
 * executor moves into its context.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"
#include "journey/transition_matrix.h"
#include "survey/intervals.h"

/* Arguments: state, journey, by, until, restart. */
#define STATE 0
#define JOURNEY 1
#define BY 2
#define UNTIL 3
#define RESTART 4

/* ---------- The definition ---------- */

/* What the arguments say, compiled. */
typedef struct TransitionArgs
{
	TransitionDefinition definition;
	const AtomSet *until;
} TransitionArgs;

static void *
compile(FunctionCallInfo fcinfo)
{
	TransitionArgs *args = palloc0(sizeof(TransitionArgs));

	args->definition.by = BY_EVENT;
	if (arg_is_given(fcinfo, BY))
		args->definition.by = (JourneyBy) choice_arg(fcinfo, BY, "by", journey_by_names);
	args->definition.restart = arg_is_given(fcinfo, RESTART) && PG_GETARG_BOOL(RESTART);
	if (arg_is_given(fcinfo, UNTIL))
	{
		Atom	   *atom = palloc(sizeof(Atom));
		PatternText canonical = {NULL, 0, 0};

		atom_from_text(PG_GETARG_TEXT_PP(UNTIL), "until", atom);
		atom_write(&canonical, atom);
		args->definition.until = (JourneyName) {canonical.bytes, (uint32) canonical.length};
		args->until = atom_set_make(atom, 1);
	}
	return args;
}

/* Kept from row to row. */
static inline const TransitionArgs *
transition_args(FunctionCallInfo fcinfo)
{
	return call_cache(fcinfo, CALL_ARGS(BY, RESTART), compile);
}

/* ---------- The state ---------- */

/* The state, or NULL where there is none yet. */
static inline TransitionBlock *
state_arg(FunctionCallInfo fcinfo)
{
	TransitionBlock *state = aggregate_state_or_null(fcinfo);

	if (state == NULL)
		return NULL;
	if (unlikely((state->flags & TRANSITION_HASHED) == 0))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("an aggregate of transitions cannot start from a value"),
				 errhint("Leave INITCOND out.")));
	return state->journeys > 0 ? state : NULL;
}

/*
 * The state unchanged. In a moving frame no state may be NULL: one without
 * journeys stands for that.
 */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	TransitionBlock *nothing;

	if (!PG_ARGISNULL(STATE))
		PG_RETURN_DATUM(PG_GETARG_DATUM(STATE));
	if (!IsA(fcinfo->context, WindowAggState))
		PG_RETURN_NULL();
	nothing = palloc0(sizeof(TransitionBlock));
	SET_VARSIZE(nothing, sizeof(TransitionBlock));
	nothing->flags = TRANSITION_HASHED;
	PG_RETURN_POINTER(nothing);
}

/* The state after a change, or whatever else came out of it. */
static Datum
changed_state(FunctionCallInfo fcinfo, TransitionOutcome outcome, TransitionBlock *state)
{
	switch (outcome)
	{
		case TRANSITION_DONE:
			SET_VARSIZE(state, transition_block_size(state));
			PG_RETURN_POINTER(state);
		case TRANSITION_IGNORED:
			return same_state(fcinfo);
		case TRANSITION_TOO_MANY:
			transition_matrix_overflow();
		case TRANSITION_TOO_LARGE:
			transition_matrix_too_large();
		case TRANSITION_MISSING:
			break;
	}
	PG_RETURN_NULL();
}

/* The state, or a new one where there is none; 22023 where it is of another definition. */
static TransitionBlock *
state_of(TransitionBlock *state, const TransitionDefinition *definition)
{
	TransitionDefinition ours;

	if (state == NULL)
		return transition_block_new(definition);
	ours = transition_definition(state);
	transition_require_same(&ours, definition);
	return state;
}

PG_FUNCTION_INFO_V1(transition_accum);
Datum
transition_accum(PG_FUNCTION_ARGS)
{
	TransitionBlock *state = state_arg(fcinfo);
	const TransitionArgs *args;
	JourneyView view;
	TransitionOutcome outcome;

	if (PG_ARGISNULL(JOURNEY))
		return same_state(fcinfo);
	args = transition_args(fcinfo);
	JOURNEY_ARG(JOURNEY, &view);
	state = state_of(state, &args->definition);
	outcome = transition_add(&state, &view, args->until);
	return changed_state(fcinfo, outcome, state);
}

PG_FUNCTION_INFO_V1(transition_accum_inv);
Datum
transition_accum_inv(PG_FUNCTION_ARGS)
{
	TransitionBlock *state = state_arg(fcinfo);
	const TransitionArgs *args;
	JourneyView view;
	TransitionOutcome outcome;

	if (PG_ARGISNULL(JOURNEY))
		return same_state(fcinfo);
	args = transition_args(fcinfo);
	JOURNEY_ARG(JOURNEY, &view);
	if (state == NULL)
		state = transition_block_new(&args->definition);
	outcome = transition_remove(&state, &view, args->until);
	return changed_state(fcinfo, outcome, state);
}

/* A matrix that is given to be merged, in whatever layout. */
static TransitionBlock *
matrix_arg(FunctionCallInfo fcinfo, int arg)
{
	TransitionBlock *block = (TransitionBlock *) PG_DETOAST_DATUM(PG_GETARG_DATUM(arg));

	if (VARSIZE(block) < sizeof(TransitionBlock) || block->by > BY_PHASE ||
		block->until_size > VARSIZE(block) - sizeof(TransitionBlock))
		(void) transition_matrix_load(PointerGetDatum(block));
	return block;
}

PG_FUNCTION_INFO_V1(transition_combine);
Datum
transition_combine(PG_FUNCTION_ARGS)
{
	TransitionBlock *state = state_arg(fcinfo);
	TransitionBlock *other;
	TransitionDefinition definition;
	TransitionOutcome outcome;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	other = matrix_arg(fcinfo, 1);
	definition = transition_definition(other);
	state = state_of(state, &definition);
	outcome = transition_merge(&state, other, VARSIZE(other));
	if (outcome == TRANSITION_MISSING)
		(void) transition_matrix_load(PointerGetDatum(other));
	return changed_state(fcinfo, outcome, state);
}

PG_FUNCTION_INFO_V1(transition_combine_inv);
Datum
transition_combine_inv(PG_FUNCTION_ARGS)
{
	TransitionBlock *state = state_arg(fcinfo);
	TransitionBlock *other;
	TransitionOutcome outcome;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	if (state == NULL)
		PG_RETURN_NULL();
	other = matrix_arg(fcinfo, 1);
	outcome = transition_unmerge(&state, other, VARSIZE(other));
	return changed_state(fcinfo, outcome, state);
}

PG_FUNCTION_INFO_V1(transition_final);
Datum
transition_final(PG_FUNCTION_ARGS)
{
	TransitionBlock *state = (TransitionBlock *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));

	if (VARSIZE(state) >= sizeof(TransitionBlock) && state->journeys == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(transition_matrix_make(transition_matrix_load(PointerGetDatum(state))));
}

/* ---------- Rows ---------- */

/* The median of the times of a pair; NaN where it has none. `bins` has room for all there are. */
static double
median_of(const TransitionMatrix *matrix, const TransitionPair *pair, LogBin *bins)
{
	int			n = 0;

	for (uint32 i = 0; i < pair->n_cells && n < LOG_BINS; i++)
	{
		const TransitionCell *cell = &matrix->cells[pair->first_cell + i];
		int			bin = (int) transition_key_bin(cell->key) - TRANSITION_TIMED;

		if (bin >= 0)
			bins[n++] = (LogBin) {bin, cell->count};
	}
	return log_bins_quantile(bins, n, 1, 2);
}

static Datum
node_text(const TransitionMatrix *matrix, uint32 node)
{
	JourneyName name = transition_node_name(matrix, node);

	return PointerGetDatum(cstring_to_text_with_len(name.bytes, name.length));
}

/*
 * What leaves the source of pairs[i], added up; *end is where the next source
 * starts. As rows have it, the end comes last among the targets.
 */
static int64
open_source(TransitionPair *pairs, uint32 n, uint32 i, uint32 *end)
{
	TransitionPair first = pairs[i];
	int64		sum = 0;

	for (*end = i; *end < n && pairs[*end].source == first.source; (*end)++)
		sum += pairs[*end].transitions;
	if (first.target == TRANSITION_END)
	{
		memmove(&pairs[i], &pairs[i + 1], (*end - i - 1) * sizeof(TransitionPair));
		pairs[*end - 1] = first;
	}
	return sum;
}

PG_FUNCTION_INFO_V1(transition_matrix_transitions);
Datum
transition_matrix_transitions(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	TransitionMatrix *matrix = transition_matrix_load(PG_GETARG_DATUM(0));
	double		confidence = confidence_arg(fcinfo, 1);
	LogBin	   *bins = palloc(LOG_BINS * sizeof(LogBin));
	uint32		n_pairs;
	TransitionPair *pairs = transition_pairs(matrix, &n_pairs);
	uint32		source_end = 0;
	int64		out = 0;
	Datum		source = (Datum) 0;

	for (uint32 i = 0; i < n_pairs; i++)
	{
		const TransitionPair *pair = &pairs[i];
		bool		nulls[8] = {false};
		Datum		values[8];
		Estimate	share;

		CHECK_FOR_INTERRUPTS();
		if (i == source_end)
		{
			out = open_source(pairs, n_pairs, i, &source_end);
			source = node_text(matrix, pair->source);
		}
		share = proportion_interval((double) pair->transitions, (double) out, confidence, PROPORTION_WILSON);
		values[0] = source;
		values[1] = node_text(matrix, pair->target);
		values[2] = Int64GetDatum(pair->transitions);
		values[3] = Int64GetDatum(pair->journeys);
		values[4] = float8_or_null((double) pair->transitions / (double) out, &nulls[4]);
		values[5] = float8_or_null(share.lo, &nulls[5]);
		values[6] = float8_or_null(share.hi, &nulls[6]);
		values[7] = float8_or_null(median_of(matrix, pair, bins), &nulls[7]);
		rowset_add(&rows, values, nulls);
		pfree(DatumGetPointer(values[1]));
	}
	return (Datum) 0;
}
