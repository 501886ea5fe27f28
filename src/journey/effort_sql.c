/*
 * effort_sql.c
 *	  journey_effort: what it took a customer to reach a goal.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "journey/effort.h"
#include "journey/journey_type.h"
#include "journey/service_args.h"

/* Arguments: journey, goal, failed, gap. */
#define JOURNEY 0
#define GOAL 1
#define FAILED 2
#define GAP 3

static const ServiceAtoms effort_atoms = {{GOAL}, FAILED, {"goal"}, "failed event"};

static inline float8
seconds_between(int64 from, int64 to)
{
	/* The longest time there is passes an int64. */
	return (float8) ((uint64) to - (uint64) from) / US_PER_SECOND;
}

PG_FUNCTION_INFO_V1(journey_effort);
Datum
journey_effort(PG_FUNCTION_ARGS)
{
	ServiceArgs *args;
	JourneyView view;
	AtomBinding binding;
	CalendarInterval gap;
	Effort		effort;
	Datum		values[11];
	bool		nulls[11] = {false};

	if (PG_ARGISNULL(JOURNEY))
		PG_RETURN_NULL();
	args = service_args(fcinfo, &effort_atoms);
	if (!PG_ARGISNULL(GAP))
		gap = journey_interval(PG_GETARG_INTERVAL_P(GAP), "gap");
	JOURNEY_ARG(JOURNEY, &view);
	if (args->set != NULL)
		atom_bind(&binding, args->set, &view);
	effort_measure(&effort, &view, args->set != NULL ? &binding : NULL, args->single[0],
				   PG_ARGISNULL(GAP) ? NULL : &gap);
	if (args->set != NULL)
		atom_unbind(&binding);

	values[0] = Int32GetDatum((int32) effort.touchpoints);
	values[1] = Int32GetDatum((int32) effort.channels);
	values[2] = Int32GetDatum((int32) effort.switches);
	values[3] = Int32GetDatum((int32) effort.handoffs);
	values[4] = Int32GetDatum((int32) effort.repeats);
	values[5] = Int32GetDatum((int32) effort.loops);
	values[6] = Int32GetDatum((int32) effort.attempts);
	values[7] = Int32GetDatum((int32) effort.failures);
	values[8] = BoolGetDatum(effort.resolved);
	nulls[8] = PG_ARGISNULL(GOAL);
	values[9] = Float8GetDatum(seconds_between(effort.started, effort.reached));
	nulls[9] = !effort.resolved;
	values[10] = Float8GetDatum(seconds_between(effort.started, effort.ended));
	nulls[10] = view.count == 0;
	return service_row(args, values, nulls);
}
