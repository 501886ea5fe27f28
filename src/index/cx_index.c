/*
 * cx_index.c
 *	  What a cx_summary says: the index, its interval, coverage and dimensions.
 *
 * Dimension weights are an object {"ease": 0.3, ..}: a dimension that it does
 * not name does not count, one that it names but nobody answered is missing.
 * Without weights every dimension that was answered counts alike.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/cx_summary.h"
#include "index/index_math.h"
#include "survey/intervals.h"

/* The weights argument, beside the summary that it is about. */
typedef struct Weighting
{
	double		weights[CX_DIMENSIONS]; /* by dimension of the summary */
	double		answered;		/* their sum */
	double		total;			/* the same with those of the missing dimensions */
	int			missing;		/* names with a weight and no answer */
	const char **missing_names;
	double	   *missing_weights;
} Weighting;

static const char *const missing_names[] = {"renormalize", "null", NULL};

/* The weight of one member of the object; 22023 where it is not a number of 0 or more. */
static double
member_weight(const char *name, const JsonbValue *value)
{
	double		weight = -1;

	if (value->type == jbvNumeric)
		weight = DatumGetFloat8(DirectFunctionCall1(numeric_float8,
													NumericGetDatum(value->val.numeric)));
	if (!(weight >= 0 && weight <= 1e100))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the weight of dimension \"%s\" is not a number of 0 or more", name),
				 errhint("Weights look like {\"function\": 0.5, \"ease\": 0.3, \"emotion\": 0.2}.")));
	return weight;
}

static void
bad_weights(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", problem),
			 errhint("Weights look like {\"function\": 0.5, \"ease\": 0.3, \"emotion\": 0.2}.")));
}

static int
find_name(const CxData *data, const char *name)
{
	for (int d = 0; d < data->ndims; d++)
	{
		if (strcmp(data->dims[d].name, name) == 0)
			return d;
	}
	return -1;
}

/* Reads the object; what names no answered dimension goes to the missing ones. */
static void
read_weights(Jsonb *object, const CxData *data, Weighting *weighting)
{
	JsonbIterator *iterator = JsonbIteratorInit(&object->root);
	JsonbValue	value;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(object))
		bad_weights("weights are not an object");
	weighting->missing_names = palloc(Max(JB_ROOT_COUNT(object), 1) * sizeof(char *));
	weighting->missing_weights = palloc(Max(JB_ROOT_COUNT(object), 1) * sizeof(double));

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		char	   *name;
		double		weight;
		int			d;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		(void) JsonbIteratorNext(&iterator, &value, true);
		weight = member_weight(name, &value);
		weighting->total += weight;
		d = find_name(data, name);
		if (d >= 0)
			weighting->weights[d] = weight;
		else if (weight > 0)
		{
			weighting->missing_names[weighting->missing] = name;
			weighting->missing_weights[weighting->missing++] = weight;
		}
	}
	if (weighting->total == 0)
		bad_weights("weights are all 0");
}

/* The weights argument (NULL: all alike) applied to the summary. */
static void
weights_arg(FunctionCallInfo fcinfo, int arg, const CxData *data, Weighting *weighting)
{
	memset(weighting, 0, sizeof(*weighting));
	if (!PG_ARGISNULL(arg))
		read_weights(PG_GETARG_JSONB_P(arg), data, weighting);
	else
	{
		for (int d = 0; d < data->ndims; d++)
			weighting->weights[d] = 1;
		weighting->total = data->ndims;
	}
	for (int d = 0; d < data->ndims; d++)
		weighting->answered += weighting->weights[d];
}

static IndexMethod
method_arg(FunctionCallInfo fcinfo, int arg)
{
	return (IndexMethod) choice_arg(fcinfo, arg, "method", index_method_names);
}

/* 22023 for net on a scale, among those that count, that has no middle. */
static void
check_net_scales(const CxData *data, const Weighting *weighting, IndexMethod method)
{
	for (int d = 0; d < data->ndims && method == INDEX_NET; d++)
	{
		const CxDimension *dim = &data->dims[d];

		if (weighting->weights[d] > 0 && dim->scale_max - dim->scale_min < 3)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the top two and bottom two of %d..%d overlap",
							dim->scale_min, dim->scale_max),
					 errhint("Method net needs scales of four scores or more.")));
	}
}

/* cx_index(summary, weights, method, missing) */
PG_FUNCTION_INFO_V1(cx_summary_index);
Datum
cx_summary_index(PG_FUNCTION_ARGS)
{
	CxData	   *data;
	Weighting	weighting;
	IndexMethod method;
	int			missing;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	data = cx_summary_load(PG_GETARG_DATUM(0));
	method = method_arg(fcinfo, 2);
	missing = choice_arg(fcinfo, 3, "way to treat what is missing", missing_names);
	weights_arg(fcinfo, 1, data, &weighting);
	check_net_scales(data, &weighting, method);
	if (missing == 1 && weighting.missing > 0)
		PG_RETURN_NULL();
	RETURN_FLOAT8_OR_NULL(index_value(data, weighting.weights, method));
}

/* cx_index_ci(summary, weights, method, confidence, correlation) */
PG_FUNCTION_INFO_V1(cx_summary_index_ci);
Datum
cx_summary_index_ci(PG_FUNCTION_ARGS)
{
	CxData	   *data;
	Weighting	weighting;
	IndexMethod method;
	double		confidence;
	double		correlation;
	char		number[FLOAT8_TEXT_SIZE];
	Estimate	estimate;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	data = cx_summary_load(PG_GETARG_DATUM(0));
	method = method_arg(fcinfo, 2);
	confidence = confidence_arg(fcinfo, 3);
	correlation = PG_GETARG_FLOAT8(4);
	if (!(correlation >= 0 && correlation <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("correlation %s is not between 0 and 1", float8_text(correlation, number)),
				 errhint("1 is never too narrow; a wide-form summary knows its own.")));
	weights_arg(fcinfo, 1, data, &weighting);
	check_net_scales(data, &weighting, method);
	estimate = index_interval(data, weighting.weights, method, confidence, correlation);
	return estimate_record(fcinfo, &estimate);
}

/* cx_coverage(summary, weights) */
PG_FUNCTION_INFO_V1(cx_summary_coverage);
Datum
cx_summary_coverage(PG_FUNCTION_ARGS)
{
	CxData	   *data;
	Weighting	weighting;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	data = cx_summary_load(PG_GETARG_DATUM(0));
	weights_arg(fcinfo, 1, data, &weighting);
	if (data->ndims == 0 && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(weighting.answered / weighting.total);
}

static void
add_dimension_row(RowSet *rows, const CxDimension *dim, double share, double confidence)
{
	ScoreBase	base = histogram_base(&dim->answers);
	double		value = dimension_value(dim, INDEX_MEAN);
	double		margin = two_sided_t(confidence, base.effective_base - 1) *
		dimension_error(dim, INDEX_MEAN);
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = CStringGetTextDatum(dim->name);
	values[1] = Int64GetDatum(base.responses);
	values[2] = float8_or_null(value, &nulls[2]);
	values[3] = float8_or_null(value - margin < 0 ? 0 : value - margin, &nulls[3]);
	values[4] = float8_or_null(value + margin > 100 ? 100 : value + margin, &nulls[4]);
	values[5] = Float8GetDatum(share);
	values[6] = float8_or_null(share * value, &nulls[6]);
	rowset_add(rows, values, nulls);
}

/* cx_dimensions(summary, weights, confidence) */
PG_FUNCTION_INFO_V1(cx_summary_dimensions);
Datum
cx_summary_dimensions(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	CxData	   *data;
	Weighting	weighting;
	double		confidence;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		return (Datum) 0;
	data = cx_summary_load(PG_GETARG_DATUM(0));
	confidence = confidence_arg(fcinfo, 2);
	weights_arg(fcinfo, 1, data, &weighting);
	for (int d = 0; d < data->ndims; d++)
		add_dimension_row(&rows, &data->dims[d],
						  weighting.answered > 0 ? weighting.weights[d] / weighting.answered : 0,
						  confidence);

	/* Nothing silent: what was asked for and nobody answered has a row too. */
	for (int i = 0; i < weighting.missing; i++)
	{
		Datum		values[7] = {CStringGetTextDatum(weighting.missing_names[i]), Int64GetDatum(0)};
		bool		nulls[7] = {false, false, true, true, true, true, true};

		rowset_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
