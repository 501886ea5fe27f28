/*
 * score_accessors.c
 *	  What a score_summary says: counts, moments, shares and the named metrics.
 *
 * Each named metric is a function of the histogram, its scale checked. Its
 * accessor takes the definition as arguments; the final function of the one-call
 * aggregate is the same C function without them, which means the default one.
 * An empty summary has no metric: NULL.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* ---------- Definitions that are arguments ---------- */

void
nps_bands_check(int detractor_max, int promoter_min)
{
	if (detractor_max < 0 || promoter_min > 10 || detractor_max >= promoter_min)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("detractors up to %d and promoters from %d do not divide 0..10",
						detractor_max, promoter_min),
				 errhint("The standard definition is detractors up to 6 and promoters from 9.")));
}

void
scale_check(int scale_min, int scale_max)
{
	if (scale_min >= scale_max || scale_min < SCORE_MIN || scale_max > SCORE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d..%d is not a scale", scale_min, scale_max),
				 errhint("A scale runs from its lowest to its highest score, within %d..%d.",
						 SCORE_MIN, SCORE_MAX)));
}

void
boxes_check(int boxes, int at_most)
{
	if (boxes < 1 || boxes > at_most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d boxes are not between 1 and %d", boxes, at_most),
				 errhint("Boxes are the scores counted at an end of the scale.")));
}

void
share_range_check(int lo, int hi)
{
	if (lo > hi)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the range of scores %d..%d is empty", lo, hi),
				 errhint("Give the lowest score first.")));
}

/* An argument of the definition; its default where the function is declared without it. */
static int
definition_arg(FunctionCallInfo fcinfo, int arg, int standard)
{
	return PG_NARGS() > arg ? PG_GETARG_INT32(arg) : standard;
}

/* ---------- Metrics of a histogram ---------- */

static double
nps_of(const ScoreHistogram *h, int detractor_max, int promoter_min)
{
	nps_bands_check(detractor_max, promoter_min);
	score_summary_require_scale(h, 0, 10, "nps");
	return 100 * histogram_net_share(h, detractor_max, promoter_min);
}

static double
csat_of(const ScoreHistogram *h, int scale_max, int boxes, int scale_min)
{
	scale_check(scale_min, scale_max);
	boxes_check(boxes, scale_max - scale_min);
	score_summary_require_scale(h, scale_min, scale_max, "csat");
	return 100 * histogram_share(h, scale_max - boxes + 1, scale_max);
}

static double
net_satisfaction_of(const ScoreHistogram *h, int scale_max, int boxes, int scale_min)
{
	scale_check(scale_min, scale_max);
	boxes_check(boxes, (scale_max - scale_min + 1) / 2);
	score_summary_require_scale(h, scale_min, scale_max, "net_satisfaction");
	return 100 * histogram_net_share(h, scale_min + boxes - 1, scale_max - boxes + 1);
}

static double
ces_of(const ScoreHistogram *h, int scale_max, bool reversed)
{
	double		mean = histogram_mean(h);

	scale_check(1, scale_max);
	score_summary_require_scale(h, 1, scale_max, "ces");
	return reversed ? scale_max + 1 - mean : mean;
}

/* Agreeing is answering above the middle of the scale: 5 to 7 on 1..7, 4 to 6 on 1..6. */
static double
ces_agree_of(const ScoreHistogram *h, int scale_max, bool reversed)
{
	int			boxes = scale_max / 2;

	scale_check(1, scale_max);
	score_summary_require_scale(h, 1, scale_max, "ces_agree");
	return 100 * (reversed ? histogram_share(h, 1, boxes)
				  : histogram_share(h, scale_max - boxes + 1, scale_max));
}

static double
rate_of(const ScoreHistogram *h)
{
	score_summary_require_scale(h, 0, 1, "rate");
	return histogram_share(h, 1, 1);
}

/* ---------- Accessors: base and moments ---------- */

PG_FUNCTION_INFO_V1(score_summary_responses);
Datum
score_summary_responses(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	PG_RETURN_INT64(histogram_base(&h).responses);
}

PG_FUNCTION_INFO_V1(score_summary_effective_base);
Datum
score_summary_effective_base(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	PG_RETURN_FLOAT8(histogram_base(&h).effective_base);
}

PG_FUNCTION_INFO_V1(score_summary_mean);
Datum
score_summary_mean(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(histogram_mean(&h));
}

PG_FUNCTION_INFO_V1(score_summary_stddev);
Datum
score_summary_stddev(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(histogram_stddev(&h));
}

PG_FUNCTION_INFO_V1(score_summary_median);
Datum
score_summary_median(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(histogram_median(&h));
}

PG_FUNCTION_INFO_V1(score_summary_score_count);
Datum
score_summary_score_count(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	PG_RETURN_INT64(histogram_count(&h, PG_GETARG_INT32(1)));
}

/* ---------- Accessors: shares ---------- */

PG_FUNCTION_INFO_V1(score_summary_share);
Datum
score_summary_share(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	share_range_check(PG_GETARG_INT32(1), PG_GETARG_INT32(2));
	RETURN_FLOAT8_OR_NULL(histogram_share(&h, PG_GETARG_INT32(1), PG_GETARG_INT32(2)));
}

PG_FUNCTION_INFO_V1(score_summary_top_box);
Datum
score_summary_top_box(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;
	int32		scale_max = PG_GETARG_INT32(1);
	int32		boxes = PG_GETARG_INT32(2);

	score_summary_load(PG_GETARG_DATUM(0), &h);
	scale_check(SCORE_MIN, scale_max);
	boxes_check(boxes, scale_max - SCORE_MIN);
	score_summary_require_scale(&h, SCORE_MIN, scale_max, "top_box");
	RETURN_FLOAT8_OR_NULL(histogram_share(&h, scale_max - boxes + 1, scale_max));
}

PG_FUNCTION_INFO_V1(score_summary_bottom_box);
Datum
score_summary_bottom_box(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;
	int32		scale_min = PG_GETARG_INT32(1);
	int32		boxes = PG_GETARG_INT32(2);

	score_summary_load(PG_GETARG_DATUM(0), &h);
	scale_check(scale_min, SCORE_MAX);
	boxes_check(boxes, SCORE_MAX - scale_min);
	score_summary_require_scale(&h, scale_min, SCORE_MAX, "bottom_box");
	RETURN_FLOAT8_OR_NULL(histogram_share(&h, scale_min, scale_min + boxes - 1));
}

PG_FUNCTION_INFO_V1(score_summary_rate);
Datum
score_summary_rate(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	(void) score_summary_load_state(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(rate_of(&h));
}

/* ---------- Accessors: the named metrics ---------- */

PG_FUNCTION_INFO_V1(score_summary_nps);
Datum
score_summary_nps(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	(void) score_summary_load_state(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(nps_of(&h, definition_arg(fcinfo, 1, NPS_DETRACTOR_MAX),
								 definition_arg(fcinfo, 2, NPS_PROMOTER_MIN)));
}

/* Answers in one band of NPS, counted; lo and hi are the band's ends. */
static int64
count_band(FunctionCallInfo fcinfo, int lo, int hi)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	nps_bands_check(PG_GETARG_INT32(1), PG_GETARG_INT32(2));
	score_summary_require_scale(&h, 0, 10, "nps");
	return histogram_count_between(&h, lo, hi);
}

PG_FUNCTION_INFO_V1(score_summary_promoters);
Datum
score_summary_promoters(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(count_band(fcinfo, PG_GETARG_INT32(2), 10));
}

PG_FUNCTION_INFO_V1(score_summary_passives);
Datum
score_summary_passives(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(count_band(fcinfo, PG_GETARG_INT32(1) + 1, PG_GETARG_INT32(2) - 1));
}

PG_FUNCTION_INFO_V1(score_summary_detractors);
Datum
score_summary_detractors(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(count_band(fcinfo, 0, PG_GETARG_INT32(1)));
}

PG_FUNCTION_INFO_V1(score_summary_csat);
Datum
score_summary_csat(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	(void) score_summary_load_state(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(csat_of(&h, definition_arg(fcinfo, 1, CSAT_SCALE_MAX),
								  definition_arg(fcinfo, 2, CSAT_BOXES),
								  definition_arg(fcinfo, 3, CSAT_SCALE_MIN)));
}

PG_FUNCTION_INFO_V1(score_summary_net_satisfaction);
Datum
score_summary_net_satisfaction(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	(void) score_summary_load_state(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(net_satisfaction_of(&h, definition_arg(fcinfo, 1, CSAT_SCALE_MAX),
											  definition_arg(fcinfo, 2, CSAT_BOXES),
											  definition_arg(fcinfo, 3, CSAT_SCALE_MIN)));
}

PG_FUNCTION_INFO_V1(score_summary_satisfaction_index);
Datum
score_summary_satisfaction_index(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;
	int32		scale_min = PG_GETARG_INT32(1);
	int32		scale_max = PG_GETARG_INT32(2);

	score_summary_load(PG_GETARG_DATUM(0), &h);
	scale_check(scale_min, scale_max);
	score_summary_require_scale(&h, scale_min, scale_max, "satisfaction_index");
	RETURN_FLOAT8_OR_NULL(100 * (histogram_mean(&h) - scale_min) / (scale_max - scale_min));
}

PG_FUNCTION_INFO_V1(score_summary_ces);
Datum
score_summary_ces(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	(void) score_summary_load_state(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(ces_of(&h, definition_arg(fcinfo, 1, CES_SCALE_MAX),
								 PG_NARGS() > 2 && PG_GETARG_BOOL(2)));
}

PG_FUNCTION_INFO_V1(score_summary_ces_agree);
Datum
score_summary_ces_agree(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	RETURN_FLOAT8_OR_NULL(ces_agree_of(&h, PG_GETARG_INT32(1), PG_GETARG_BOOL(2)));
}

/* One row a score from the lowest to the highest that was answered, gaps included. */
PG_FUNCTION_INFO_V1(score_summary_distribution);
Datum
score_summary_distribution(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	ScoreHistogram h;
	ScoreBase	base;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	base = histogram_base(&h);
	for (int i = 0; i < h.slots && base.responses > 0; i++)
	{
		Datum		values[3] = {
			Int32GetDatum(h.first + i),
			Int64GetDatum(h.counts[i]),
			Float8GetDatum(h.weights[i] / base.weight)
		};
		bool		nulls[3] = {false};

		rowset_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
