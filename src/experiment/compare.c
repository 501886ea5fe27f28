/*
 * compare.c
 *	  compare: a treatment against its control, over two summaries.
 *
 * The metrics are those of the survey wing; the formulas stand in
 * compare_math.c. The functions are not strict, for most of their arguments
 * are optional: a side that is NULL gives a row of NULLs.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "experiment/compare_math.h"
#include "index/covariance_summary.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* control .. risk_treatment, note */
#define FIGURES 15
#define COLUMNS (FIGURES + 1)

/* The row of a comparison, or a row of NULLs for none; the row type is kept in fn_extra. */
static Datum
comparison_record(FunctionCallInfo fcinfo, const Comparison *c)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;
	Datum		values[COLUMNS] = {0};
	bool		nulls[COLUMNS];

	if (desc == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		fcinfo->flinfo->fn_extra = desc = result_row_type(fcinfo);
		MemoryContextSwitchTo(caller);
	}
	memset(nulls, true, sizeof(nulls));
	if (c != NULL)
	{
		const double figures[FIGURES] = {
			c->control, c->treatment, c->difference, c->lo, c->hi,
			c->lift, c->lift_lo, c->lift_hi, c->std_error, c->statistic, c->df,
			c->p_value, c->chance_to_win, c->risk_control, c->risk_treatment
		};

		for (int i = 0; i < FIGURES; i++)
			values[i] = float8_or_null(isfinite(figures[i]) ? figures[i] : NAN, &nulls[i]);
		if (c->notes != 0)
		{
			char		notes[COMPARISON_NOTES_SIZE];

			values[FIGURES] = CStringGetTextDatum(comparison_notes(c->notes, notes, sizeof(notes)));
			nulls[FIGURES] = false;
		}
	}
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

static bool
any_null(FunctionCallInfo fcinfo, int first, int last)
{
	for (int i = first; i <= last; i++)
	{
		if (PG_ARGISNULL(i))
			return true;
	}
	return false;
}

static CompareDesign
design_args(FunctionCallInfo fcinfo, int confidence, int method, int tuning)
{
	CompareDesign design = {COMPARE_FREQUENTIST, confidence_arg(fcinfo, confidence), 0, false};
	char		number[FLOAT8_TEXT_SIZE];

	design.method = (CompareMethod) choice_arg(fcinfo, method, "method", compare_method_names);
	design.tuning = PG_GETARG_FLOAT8(tuning);
	if (!(design.tuning > 0) || isinf(design.tuning))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tuning %s is not a finite number above 0",
						float8_text(design.tuning, number)),
				 errhint("Give the number of answers in both arms at which a sequential interval is to be narrowest.")));
	return design;
}

/* ---------- Over score_summary ---------- */

enum
{
	CONTROL,
	TREATMENT,
	METRIC,
	CONFIDENCE,
	METHOD,
	LO,
	HI,
	SCALE_MIN,
	SCALE_MAX,
	BOXES,
	TUNING
};

typedef enum MetricName
{
	METRIC_MEAN,
	METRIC_NPS,
	METRIC_CSAT,
	METRIC_NET_SATISFACTION,
	METRIC_RATE,
	METRIC_SHARE
} MetricName;

static const char *const metric_names[] = {
	"mean", "nps", "csat", "net_satisfaction", "rate", "share", NULL
};

typedef enum MetricKind
{
	KIND_MEAN,
	KIND_SHARE,					/* of the scores from lo to hi */
	KIND_NET					/* at hi or above less at lo or below */
} MetricKind;

typedef struct Metric
{
	const char *name;
	MetricKind	kind;
	int			lo;
	int			hi;
	bool		scaled;			/* scores have to lie in scale_min..scale_max */
	int			scale_min;
	int			scale_max;
	double		unit;			/* of the figures: 100 for points */
} Metric;

static void
require_not_given(FunctionCallInfo fcinfo, int first, int last, const char *what,
				  const char *metric, const char *hint)
{
	for (int i = first; i <= last; i++)
	{
		if (!PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("metric \"%s\" takes no %s", metric, what),
					 errhint("%s", hint)));
	}
}

/* The scale and boxes of csat and net_satisfaction: 1..5 and two boxes unless given. */
static void
set_satisfaction(FunctionCallInfo fcinfo, Metric *metric)
{
	int			boxes = PG_ARGISNULL(BOXES) ? CSAT_BOXES : PG_GETARG_INT32(BOXES);

	metric->scale_min = PG_ARGISNULL(SCALE_MIN) ? CSAT_SCALE_MIN : PG_GETARG_INT32(SCALE_MIN);
	metric->scale_max = PG_ARGISNULL(SCALE_MAX) ? CSAT_SCALE_MAX : PG_GETARG_INT32(SCALE_MAX);
	scale_check(metric->scale_min, metric->scale_max);
	if (metric->kind == KIND_NET)
	{
		boxes_check(boxes, (metric->scale_max - metric->scale_min + 1) / 2);
		metric->lo = metric->scale_min + boxes - 1;
		metric->hi = metric->scale_max - boxes + 1;
	}
	else
	{
		boxes_check(boxes, metric->scale_max - metric->scale_min);
		metric->lo = metric->scale_max - boxes + 1;
		metric->hi = metric->scale_max;
	}
}

static void
set_share(FunctionCallInfo fcinfo, Metric *metric)
{
	if (any_null(fcinfo, LO, HI))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("metric \"share\" needs lo and hi"),
				 errhint("Give the lowest and the highest score that count, for example lo => 9, hi => 10.")));
	metric->lo = PG_GETARG_INT32(LO);
	metric->hi = PG_GETARG_INT32(HI);
	share_range_check(metric->lo, metric->hi);
}

static Metric
metric_args(FunctionCallInfo fcinfo)
{
	MetricName	name = (MetricName) choice_arg(fcinfo, METRIC, "metric", metric_names);
	Metric		metric = {metric_names[name], KIND_MEAN, 0, 0, false, 0, 0, 1};

	if (name != METRIC_SHARE)
		require_not_given(fcinfo, LO, HI, "lo and hi", metric.name,
						  "They belong to metric \"share\".");
	if (name != METRIC_CSAT && name != METRIC_NET_SATISFACTION)
		require_not_given(fcinfo, SCALE_MIN, BOXES, "scale_min, scale_max and boxes", metric.name,
						  "They belong to metrics \"csat\" and \"net_satisfaction\".");
	switch (name)
	{
		case METRIC_MEAN:
			break;
		case METRIC_NPS:
			metric = (Metric) {metric.name, KIND_NET, NPS_DETRACTOR_MAX, NPS_PROMOTER_MIN, true, 0, 10, 100};
			break;
		case METRIC_CSAT:
			metric = (Metric) {metric.name, KIND_SHARE, 0, 0, true, 0, 0, 100};
			set_satisfaction(fcinfo, &metric);
			break;
		case METRIC_NET_SATISFACTION:
			metric = (Metric) {metric.name, KIND_NET, 0, 0, true, 0, 0, 100};
			set_satisfaction(fcinfo, &metric);
			break;
		case METRIC_RATE:
			metric = (Metric) {metric.name, KIND_SHARE, 1, 1, true, 0, 1, 1};
			break;
		case METRIC_SHARE:
			metric.kind = KIND_SHARE;
			set_share(fcinfo, &metric);
			break;
	}
	return metric;
}

static CompareArm
arm_arg(FunctionCallInfo fcinfo, int arg, const Metric *metric)
{
	ScoreHistogram h;
	CompareArm	arm;
	double		error;

	score_summary_load(PG_GETARG_DATUM(arg), &h);
	if (metric->scaled)
		score_summary_require_scale(&h, metric->scale_min, metric->scale_max, metric->name);
	arm.n = histogram_base(&h).effective_base;
	switch (metric->kind)
	{
		case KIND_MEAN:
			arm.value = histogram_mean(&h);
			error = histogram_mean_error(&h);
			arm.variance = error * error;
			break;
		case KIND_NET:
			arm.value = histogram_net_share(&h, metric->lo, metric->hi);
			error = histogram_net_error(&h, metric->lo, metric->hi);
			arm.variance = error * error;
			break;
		case KIND_SHARE:
			arm.value = histogram_share(&h, metric->lo, metric->hi);
			arm.variance = arm.value * (1 - arm.value) / arm.n;
			break;
	}
	return arm;
}

/* (a, b, metric, confidence, method, lo, hi, scale_min, scale_max, boxes, tuning) */
PG_FUNCTION_INFO_V1(score_summary_compare);
Datum
score_summary_compare(PG_FUNCTION_ARGS)
{
	CompareDesign design;
	Metric		metric;
	CompareArm	control;
	CompareArm	treatment;
	Comparison	comparison;

	if (any_null(fcinfo, METRIC, METHOD) || PG_ARGISNULL(TUNING))
		return comparison_record(fcinfo, NULL);
	design = design_args(fcinfo, CONFIDENCE, METHOD, TUNING);
	metric = metric_args(fcinfo);
	if (any_null(fcinfo, CONTROL, TREATMENT))
		return comparison_record(fcinfo, NULL);

	design.shares = metric.kind == KIND_SHARE;
	control = arm_arg(fcinfo, CONTROL, &metric);
	treatment = arm_arg(fcinfo, TREATMENT, &metric);
	comparison = compare_arms(&control, &treatment, &design);
	comparison_scale(&comparison, metric.unit);
	return comparison_record(fcinfo, &comparison);
}

/* ---------- Over covariance_summary ---------- */

/* (a, b, confidence, method, tuning) */
PG_FUNCTION_INFO_V1(covariance_summary_compare);
Datum
covariance_summary_compare(PG_FUNCTION_ARGS)
{
	CompareDesign design;
	Covariances a;
	Covariances b;
	CompareArm	control;
	CompareArm	treatment;
	Comparison	comparison;
	bool		adjusted;

	if (any_null(fcinfo, 2, 4))
		return comparison_record(fcinfo, NULL);
	design = design_args(fcinfo, 2, 3, 4);
	if (any_null(fcinfo, 0, 1))
		return comparison_record(fcinfo, NULL);

	a = covariance_summary_load(PG_GETARG_DATUM(0));
	b = covariance_summary_load(PG_GETARG_DATUM(1));
	if (a.k != b.k)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the arms have %d and %d covariates", a.k - 1, b.k - 1),
				 errhint("Aggregate both arms with the same covariates.")));
	adjusted = compare_adjusted_arms(&a, &b, &control, &treatment);
	comparison = compare_arms(&control, &treatment, &design);
	if (!adjusted)
		comparison.notes |= NOTE_NOT_ADJUSTED;
	return comparison_record(fcinfo, &comparison);
}
