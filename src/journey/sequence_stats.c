/*
 * sequence_stats.c
 *	  sequence_stats: how varied a journey is.
 *
 * Transitions, normalised entropy and complexity index of A. Gabadinho, G.
 * Ritschard, N. S. Mueller and M. Studer, "Analyzing and Visualizing State
 * Sequences in R with TraMineR", Journal of Statistical Software 40 (2011) 4.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "journey/friction.h"
#include "journey/journey_type.h"
#include "journey/service_args.h"

#define FEW_EVENTS 64

static const ServiceAtoms no_atoms = {.array = 0};

/* Counts the touchpoints of each event; returns the changes between neighbours. */
static uint32
count_events(const JourneyView *view, uint32 *counts)
{
	uint32		transitions = 0;
	uint32		before = 0;

	memset(counts, 0, view->event_count * sizeof(uint32));
	for (uint32 i = 0; i < view->count; i++)
	{
		uint32		event = safe_event_code(view, i);

		counts[event]++;
		transitions += i > 0 && event != before;
		before = event;
	}
	return transitions;
}

/* Shannon's entropy of the shares of the events, as a fraction of what `alphabet` events can have. NaN without touchpoints. */
static double
relative_entropy(const uint32 *counts, const JourneyView *view, int32 alphabet)
{
	double		entropy = 0;
	bool		equal = true;	/* all events come equally often */

	if (view->count == 0)
		return NAN;
	if (view->event_count == 1)
		return 0;
	for (uint32 event = 0; event < view->event_count; event++)
	{
		double		share = (double) counts[event] / view->count;

		if (counts[event] > 0)
			entropy -= share * log(share);
		equal = equal && counts[event] == counts[0];
	}
	/* Without what rounding leaves. */
	if (equal && alphabet == view->event_count)
		return 1;
	return Min(entropy / log(alphabet), 1.0);
}

static void
check_alphabet(int32 alphabet, const JourneyView *view)
{
	if (alphabet < 1 || alphabet < view->event_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("alphabet %d is too small", alphabet),
				 errdetail("Different events in the journey: %u.", view->event_count),
				 errhint("Give the number of different events that can be in any journey.")));
}

PG_FUNCTION_INFO_V1(sequence_stats);
Datum
sequence_stats(PG_FUNCTION_ARGS)
{
	ServiceArgs *args;
	JourneyView view;
	uint32		few_counts[FEW_EVENTS];
	uint32	   *counts = few_counts;
	uint32		transitions;
	int32		alphabet;
	double		entropy;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	args = service_args(fcinfo, &no_atoms);
	JOURNEY_ARG(0, &view);
	alphabet = PG_ARGISNULL(1) ? (int32) view.event_count : PG_GETARG_INT32(1);
	if (!PG_ARGISNULL(1))
		check_alphabet(alphabet, &view);
	if (view.event_count > FEW_EVENTS)
		counts = cx_alloc(view.event_count, sizeof(uint32));
	transitions = count_events(&view, counts);
	entropy = relative_entropy(counts, &view, alphabet);
	if (counts != few_counts)
		cx_free(counts);

	values[0] = Int32GetDatum((int32) view.count);
	values[1] = Int32GetDatum((int32) view.event_count);
	values[2] = Int32GetDatum((int32) transitions);
	values[3] = float8_or_null(entropy, &nulls[3]);
	values[4] = float8_or_null(view.count < 2 ? NAN : sqrt((double) transitions / (view.count - 1) * entropy), &nulls[4]);
	return service_row(args, values, nulls);
}
