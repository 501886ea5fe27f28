/*
 * survival_accessors.c
 *	  What a survival_summary says: the curve, quantiles, areas and the log-rank test.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "common/compat.h"
#include "common/results.h"
#include "numerics/distributions.h"
#include "survey/intervals.h"
#include "value/survival_summary.h"

static SurvivalMethod
method_arg(FunctionCallInfo fcinfo, int arg)
{
	return (SurvivalMethod) choice_arg(fcinfo, arg, "survival interval method",
									   survival_method_names);
}

PG_FUNCTION_INFO_V1(survival_summary_at);
Datum
survival_summary_at(PG_FUNCTION_ARGS)
{
	float8		t = survival_time_arg(fcinfo, 1, "duration");

	RETURN_FLOAT8_OR_NULL(survival_at(survival_summary_load(PG_GETARG_DATUM(0)), t));
}

PG_FUNCTION_INFO_V1(survival_summary_ci);
Datum
survival_summary_ci(PG_FUNCTION_ARGS)
{
	float8		t = survival_time_arg(fcinfo, 1, "duration");
	double		z = two_sided_z(confidence_arg(fcinfo, 2));
	SurvivalMethod method = method_arg(fcinfo, 3);
	Estimate	estimate = survival_estimate(survival_summary_load(PG_GETARG_DATUM(0)), t, z, method);

	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(survival_summary_median);
Datum
survival_summary_median(PG_FUNCTION_ARGS)
{
	RETURN_FLOAT8_OR_NULL(survival_quantile(survival_summary_load(PG_GETARG_DATUM(0)), 0.5));
}

PG_FUNCTION_INFO_V1(survival_summary_quantile);
Datum
survival_summary_quantile(PG_FUNCTION_ARGS)
{
	float8		p = PG_GETARG_FLOAT8(1);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(p >= 0 && p <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("quantile %s is not between 0 and 1", float8_text(p, number)),
				 errhint("The time by which a quarter had the event is the quantile 0.25.")));
	RETURN_FLOAT8_OR_NULL(survival_quantile(survival_summary_load(PG_GETARG_DATUM(0)), p));
}

PG_FUNCTION_INFO_V1(survival_summary_restricted_mean);
Datum
survival_summary_restricted_mean(PG_FUNCTION_ARGS)
{
	float8		until = survival_time_arg(fcinfo, 1, "limit");

	RETURN_FLOAT8_OR_NULL(survival_restricted_mean(survival_summary_load(PG_GETARG_DATUM(0)),
												   until));
}

PG_FUNCTION_INFO_V1(survival_summary_curve);
Datum
survival_summary_curve(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	Multiset   *durations = survival_summary_load(PG_GETARG_DATUM(0));
	double		z = two_sided_z(confidence_arg(fcinfo, 1));
	SurvivalMethod method = method_arg(fcinfo, 2);
	SurvivalWalk walk;

	survival_open(&walk, durations);
	while (survival_next(&walk))
	{
		const SurvivalPoint *point = &walk.point;
		Estimate	estimate = survival_interval(point, durations->total, z, method);
		Datum		values[8];
		bool		nulls[8] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Float8GetDatum(point->duration);
		values[1] = Int64GetDatum(point->at_risk);
		values[2] = Int64GetDatum(point->events);
		values[3] = Int64GetDatum(point->censored);
		values[4] = Float8GetDatum(point->survival);
		values[5] = float8_or_null(estimate.lo, &nulls[5]);
		values[6] = float8_or_null(estimate.hi, &nulls[6]);
		values[7] = Float8GetDatum(point->hazard);
		rowset_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(survival_summary_logrank);
Datum
survival_summary_logrank(PG_FUNCTION_ARGS)
{
	double		chi2 = survival_logrank(survival_summary_load(PG_GETARG_DATUM(0)),
										survival_summary_load(PG_GETARG_DATUM(1)));
	double		p_value = NAN;
	bool		known = !isnan(chi2) && cx_chi_square_upper(1, chi2, &p_value);
	Datum		values[3];
	bool		nulls[3] = {!known, !known, !known};
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is not a row type");
	values[0] = Float8GetDatum(chi2);
	values[1] = Int32GetDatum(1);
	values[2] = Float8GetDatum(p_value);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
