/*
 * funnel_sql.c
 *	  funnel and funnel_level: one journey in a funnel.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/funnel_args.h"
#include "journey/journey_type.h"

/* Arguments: journey, steps, within, mode, without, as_of. */
#define JOURNEY 0
#define STEPS 1
#define AS_OF 5

static TupleDesc
result_desc(FunctionCallInfo fcinfo, FunnelArgs *args)
{
	if (args->result == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(GetMemoryChunkContext(args));

		args->result = result_row_type(fcinfo);
		MemoryContextSwitchTo(caller);
	}
	return args->result;
}

PG_FUNCTION_INFO_V1(journey_funnel);
Datum
journey_funnel(PG_FUNCTION_ARGS)
{
	FunnelArgs *args;
	JourneyView view;
	FunnelResult result;
	int64		as_of;
	Datum		at[FUNNEL_MAX_STEPS];
	Datum		values[3];
	bool		nulls[3] = {false};

	if (PG_ARGISNULL(JOURNEY) || (args = funnel_args(fcinfo, STEPS)) == NULL)
		PG_RETURN_NULL();
	JOURNEY_ARG(JOURNEY, &view);
	funnel_run(&args->funnel, &view, journey_as_of_arg(fcinfo, AS_OF, &as_of), &result);

	for (int i = 0; i < result.level; i++)
		at[i] = TimestampTzGetDatum(result.at[i]);
	values[0] = Int32GetDatum(result.level);
	values[1] = CStringGetTextDatum(funnel_status_names[result.status]);
	values[2] = PointerGetDatum(construct_array(at, result.level, TIMESTAMPTZOID, sizeof(TimestampTz),
												FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	return HeapTupleGetDatum(heap_form_tuple(result_desc(fcinfo, args), values, nulls));
}

PG_FUNCTION_INFO_V1(journey_funnel_level);
Datum
journey_funnel_level(PG_FUNCTION_ARGS)
{
	FunnelArgs *args = funnel_args(fcinfo, STEPS);
	JourneyView view;

	if (args == NULL)
		PG_RETURN_NULL();
	JOURNEY_ARG(JOURNEY, &view);
	PG_RETURN_INT32(funnel_level(&args->funnel, &view));
}
