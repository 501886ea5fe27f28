/*
 * consistency.c
 *	  consistency: do the channels of a customer give the same experience?
 *
 * Cochran, "The combination of estimates from different experiments" (1954):
 * Q = sum w_i (x_i - x)^2 with w_i = 1 / SE_i^2 and x their weighted mean is
 * chi-square with one degree less than there are groups, where all are alike.
 * I^2 (Higgins and Thompson 2002) is the part of Q above that.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "common/compat.h"
#include "common/results.h"
#include "numerics/distributions.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

typedef enum Metric
{
	METRIC_MEAN,
	METRIC_NPS,
	METRIC_CSAT,
	METRIC_NET_SATISFACTION
} Metric;

static const char *const metric_names[] = {"mean", "nps", "csat", "net_satisfaction", NULL};

/* The groups that have a value and an error. */
typedef struct Groups
{
	int			n;
	int			left_out;
	double	   *values;
	double	   *weights;
} Groups;

/* Sets the value of the metric and its standard error, NaN where there is none. */
static void
measure(const ScoreHistogram *h, Metric metric, double *value, double *std_error)
{
	/* With nothing at the bottom the net share is the share of the top. */
	int			bottom = SCORE_MIN - 1;
	int			top = CSAT_SCALE_MAX - CSAT_BOXES + 1;

	if (metric == METRIC_MEAN)
	{
		*value = histogram_mean(h);
		*std_error = histogram_mean_error(h);
		return;
	}
	if (metric == METRIC_NPS)
	{
		score_summary_require_scale(h, 0, 10, "nps");
		bottom = NPS_DETRACTOR_MAX;
		top = NPS_PROMOTER_MIN;
	}
	else
		score_summary_require_scale(h, CSAT_SCALE_MIN, CSAT_SCALE_MAX, metric_names[metric]);
	if (metric == METRIC_NET_SATISFACTION)
		bottom = CSAT_SCALE_MIN + CSAT_BOXES - 1;
	*value = 100 * histogram_net_share(h, bottom, top);
	*std_error = 100 * histogram_net_error(h, bottom, top);
}

static Groups
measure_groups(ArrayType *array, Metric metric)
{
	Groups		groups = {0};
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &elements, &nulls, &count);
	groups.values = palloc(Max(count, 1) * sizeof(double));
	groups.weights = palloc(Max(count, 1) * sizeof(double));
	for (int i = 0; i < count; i++)
	{
		ScoreHistogram h;
		double		value;
		double		std_error = NAN;

		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
		{
			score_summary_load(elements[i], &h);
			measure(&h, metric, &value, &std_error);
		}
		if (!(std_error > 0))
		{
			groups.left_out++;
			continue;
		}
		groups.values[groups.n] = value;
		groups.weights[groups.n++] = 1 / (std_error * std_error);
	}
	return groups;
}

static double
cochran_q(const Groups *groups)
{
	double		weight = 0;
	double		mean = 0;
	double		q = 0;

	for (int i = 0; i < groups->n; i++)
	{
		weight += groups->weights[i];
		mean += groups->weights[i] * groups->values[i];
	}
	mean /= weight;
	for (int i = 0; i < groups->n; i++)
	{
		double		distance = groups->values[i] - mean;

		q += groups->weights[i] * distance * distance;
	}
	return q;
}

PG_FUNCTION_INFO_V1(consistency);
Datum
consistency(PG_FUNCTION_ARGS)
{
	Groups		groups = measure_groups(PG_GETARG_ARRAYTYPE_P(0),
										choice_arg(fcinfo, 1, "metric", metric_names));
	int			df = groups.n - 1;
	double		q = NAN;
	double		p_value = NAN;
	double		lowest = groups.n > 0 ? INFINITY : NAN;
	double		highest = groups.n > 0 ? -INFINITY : NAN;
	Datum		values[9];
	bool		nulls[9] = {false};

	if (df > 0)
	{
		q = cochran_q(&groups);
		(void) cx_chi_square_upper(df, q, &p_value);
	}
	for (int i = 0; i < groups.n; i++)
	{
		lowest = fmin(lowest, groups.values[i]);
		highest = fmax(highest, groups.values[i]);
	}
	values[0] = Int32GetDatum(groups.n);
	values[1] = float8_or_null(q, &nulls[1]);
	values[2] = Int32GetDatum(df);
	nulls[2] = df <= 0;
	values[3] = float8_or_null(p_value, &nulls[3]);
	values[4] = float8_or_null(isnan(q) ? NAN : q > df ? (q - df) / q : 0, &nulls[4]);
	values[5] = float8_or_null(lowest, &nulls[5]);
	values[6] = float8_or_null(highest, &nulls[6]);
	values[7] = float8_or_null(highest - lowest, &nulls[7]);
	values[8] = Int32GetDatum(groups.left_out);
	return HeapTupleGetDatum(heap_form_tuple(result_row_type(fcinfo), values, nulls));
}
