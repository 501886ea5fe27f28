/*
 * score_ci.c
 *	  Intervals of the survey metrics and the sample sizes they ask for.
 *
 * The definitions are those of the accessors; the formulas stand in intervals.c.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "survey/intervals.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

static ProportionMethod
proportion_method_arg(FunctionCallInfo fcinfo, int arg)
{
	return (ProportionMethod) choice_arg(fcinfo, arg, "method", proportion_method_names);
}

static NetMethod
net_method_arg(FunctionCallInfo fcinfo, int arg)
{
	return (NetMethod) choice_arg(fcinfo, arg, "method", net_method_names);
}

/* Shares become points. */
static Estimate
in_points(Estimate share)
{
	share.value *= 100;
	share.lo *= 100;
	share.hi *= 100;
	share.std_error *= 100;
	return share;
}

PG_FUNCTION_INFO_V1(score_summary_nps_ci);
Datum
score_summary_nps_ci(PG_FUNCTION_ARGS)
{
	double		confidence = confidence_arg(fcinfo, 1);
	NetMethod	method = net_method_arg(fcinfo, 2);
	int32		detractor_max = PG_GETARG_INT32(3);
	int32		promoter_min = PG_GETARG_INT32(4);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	nps_bands_check(detractor_max, promoter_min);
	score_summary_require_scale(&h, 0, 10, "nps");
	estimate = in_points(net_interval(&h, detractor_max, promoter_min, confidence, method));
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(score_summary_csat_ci);
Datum
score_summary_csat_ci(PG_FUNCTION_ARGS)
{
	double		confidence = confidence_arg(fcinfo, 1);
	ProportionMethod method = proportion_method_arg(fcinfo, 2);
	int32		scale_max = PG_GETARG_INT32(3);
	int32		boxes = PG_GETARG_INT32(4);
	int32		scale_min = PG_GETARG_INT32(5);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	scale_check(scale_min, scale_max);
	boxes_check(boxes, scale_max - scale_min);
	score_summary_require_scale(&h, scale_min, scale_max, "csat");
	estimate = in_points(share_interval(&h, scale_max - boxes + 1, scale_max,
										confidence, method));
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(score_summary_net_satisfaction_ci);
Datum
score_summary_net_satisfaction_ci(PG_FUNCTION_ARGS)
{
	double		confidence = confidence_arg(fcinfo, 1);
	NetMethod	method = net_method_arg(fcinfo, 2);
	int32		scale_max = PG_GETARG_INT32(3);
	int32		boxes = PG_GETARG_INT32(4);
	int32		scale_min = PG_GETARG_INT32(5);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	scale_check(scale_min, scale_max);
	boxes_check(boxes, (scale_max - scale_min + 1) / 2);
	score_summary_require_scale(&h, scale_min, scale_max, "net_satisfaction");
	estimate = in_points(net_interval(&h, scale_min + boxes - 1, scale_max - boxes + 1,
									  confidence, method));
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(score_summary_mean_ci);
Datum
score_summary_mean_ci(PG_FUNCTION_ARGS)
{
	double		confidence = confidence_arg(fcinfo, 1);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	estimate = mean_interval(&h, confidence);
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(score_summary_rate_ci);
Datum
score_summary_rate_ci(PG_FUNCTION_ARGS)
{
	double		confidence = confidence_arg(fcinfo, 1);
	ProportionMethod method = proportion_method_arg(fcinfo, 2);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	score_summary_require_scale(&h, 0, 1, "rate");
	estimate = share_interval(&h, 1, 1, confidence, method);
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(score_summary_share_ci);
Datum
score_summary_share_ci(PG_FUNCTION_ARGS)
{
	int32		lo = PG_GETARG_INT32(1);
	int32		hi = PG_GETARG_INT32(2);
	double		confidence = confidence_arg(fcinfo, 3);
	ProportionMethod method = proportion_method_arg(fcinfo, 4);
	ScoreHistogram h;
	Estimate	estimate;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	share_range_check(lo, hi);
	estimate = share_interval(&h, lo, hi, confidence, method);
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(prop_ci);
Datum
prop_ci(PG_FUNCTION_ARGS)
{
	int64		successes = PG_GETARG_INT64(0);
	int64		trials = PG_GETARG_INT64(1);
	double		confidence = confidence_arg(fcinfo, 2);
	ProportionMethod method = proportion_method_arg(fcinfo, 3);
	Estimate	estimate;

	if (successes < 0 || successes > trials)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg(INT64_FORMAT " successes of " INT64_FORMAT " trials are out of range",
						successes, trials),
				 errhint("Successes lie between 0 and the number of trials.")));
	estimate = proportion_interval((double) successes, (double) trials, confidence, method);
	estimate.responses = trials;
	return estimate_record(fcinfo, &estimate);
}

/* ---------- Sample sizes ---------- */

static double
margin_arg(FunctionCallInfo fcinfo, double most)
{
	double		margin = PG_GETARG_FLOAT8(0);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(margin > 0 && margin <= most))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("margin %s is not above 0 and at most %g", float8_text(margin, number), most),
				 errhint("The margin is half the width of the interval, in the unit of the metric.")));
	return margin;
}

static double
share_arg(FunctionCallInfo fcinfo, int arg)
{
	double		share = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("share %s is not between 0 and 1", float8_text(share, number))));
	return share;
}

static Datum
whole_answers(double answers)
{
	if (answers >= (double) PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sample size out of range"),
				 errhint("Use a wider margin.")));
	PG_RETURN_INT64((int64) answers);
}

PG_FUNCTION_INFO_V1(nps_sample_size);
Datum
nps_sample_size(PG_FUNCTION_ARGS)
{
	double		margin = margin_arg(fcinfo, 100) / 100;
	double		confidence = confidence_arg(fcinfo, 1);
	double		promoters = share_arg(fcinfo, 2);
	double		detractors = share_arg(fcinfo, 3);
	double		net = promoters - detractors;

	if (promoters + detractors > 1 + DBL_EPSILON)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("promoters %g and detractors %g are more than all", promoters, detractors),
				 errhint("Both are shares of the respondents, 0 to 1.")));
	return whole_answers(sample_size(promoters + detractors - net * net, margin, confidence));
}

PG_FUNCTION_INFO_V1(share_sample_size);
Datum
share_sample_size(PG_FUNCTION_ARGS)
{
	double		margin = margin_arg(fcinfo, 1);
	double		confidence = confidence_arg(fcinfo, 1);
	double		share = share_arg(fcinfo, 2);

	return whole_answers(sample_size(share * (1 - share), margin, confidence));
}
