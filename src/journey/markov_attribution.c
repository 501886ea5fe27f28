/*
 * markov_attribution.c
 *	  markov_attribution: conversions shared out by the removal effects of nodes.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/markov.h"
#include "journey/transition_matrix.h"

StaticAssertDecl(MARKOV_START == TRANSITION_START && MARKOV_END == TRANSITION_END,
				 "the same numbers of nodes");

/* The node of a name; TRANSITION_END when there is none. */
static uint32
find_node(const TransitionMatrix *matrix, text *name)
{
	JourneyName wanted = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};

	for (uint32 node = TRANSITION_NAMED; node < transition_node_count(matrix); node++)
	{
		JourneyName found = transition_node_name(matrix, node);

		if (name_compare(&found, &wanted) == 0)
			return node;
	}
	return TRANSITION_END;
}

/* The removal effects by node, palloc'd. */
static double *
removal_effects(const TransitionMatrix *matrix, uint32 conversion, double *conversions)
{
	uint32		n_nodes = transition_node_count(matrix);
	uint32		n_pairs;
	TransitionPair *pairs = transition_pairs(matrix, &n_pairs);
	MarkovStep *steps = palloc_extended(Max(n_pairs, 1) * sizeof(MarkovStep), MCXT_ALLOC_HUGE);
	double	   *effects = palloc(n_nodes * sizeof(double));

	for (uint32 i = 0; i < n_pairs; i++)
		steps[i] = (MarkovStep) {pairs[i].source, pairs[i].target, pairs[i].transitions};
	switch (markov_removal_effects(steps, n_pairs, n_nodes, conversion, effects, conversions))
	{
		case MARKOV_DONE:
			break;
		case MARKOV_TOO_LARGE:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("more than %d nodes lie on a way to the conversion", MARKOV_MAX_NODES),
					 errhint("Take the transitions by 'channel' or 'phase', or rename rare events to one name.")));
			break;
		case MARKOV_UNSOLVABLE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the removal effects cannot be computed to working precision"),
					 errdetail("Some nodes lead to each other so often, and out so rarely, that the equations cannot be told from singular ones."),
					 errhint("Rename these events to one name, or leave them out with journey_filter.")));
			break;
	}
	pfree(steps);
	pfree(pairs);
	return effects;
}

static void
add_row(RowSet *rows, JourneyName name, double effect, double credit)
{
	Datum		values[3];
	bool		nulls[3] = {false};

	values[0] = PointerGetDatum(cstring_to_text_with_len(name.bytes, name.length));
	values[1] = Float8GetDatum(effect);
	values[2] = float8_or_null(credit, &nulls[2]);
	rowset_add(rows, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

PG_FUNCTION_INFO_V1(markov_attribution);
Datum
markov_attribution(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	TransitionMatrix *matrix = transition_matrix_load(PG_GETARG_DATUM(0));
	text	   *conversion = PG_GETARG_TEXT_PP(1);
	uint32		conversion_node = find_node(matrix, conversion);
	double	   *effects;
	double		conversions;
	double		sum = 0;

	if (conversion_node == TRANSITION_END)
	{
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("the matrix does not contain the conversion \"%s\"", text_to_cstring(conversion)),
				 errhint("By channel or phase, an event is a node of the matrix only as the one at which its paths end (until).")));
		return (Datum) 0;
	}
	effects = removal_effects(matrix, conversion_node, &conversions);
	for (uint32 node = TRANSITION_NAMED; node < transition_node_count(matrix); node++)
		sum += effects[node];
	for (uint32 node = TRANSITION_NAMED; node < transition_node_count(matrix); node++)
	{
		CHECK_FOR_INTERRUPTS();
		if (node != conversion_node)
			add_row(&rows, transition_node_name(matrix, node), effects[node],
					sum > 0 ? conversions * (effects[node] / sum) : NAN);
	}
	return (Datum) 0;
}
