/*
 * chart_window.c
 *	  Control charts as window functions: one point a row, in order of time.
 *
 * The first row of a partition reads ahead through the baseline, keeps the
 * points, and computes the limits. Each row then gives one record in constant
 * time. The value of a row is evaluated once, and rows after the baseline are
 * not kept. Frames do not matter. Arguments are put into fcinfo, for
 * PG_GETARG_ and its like.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "common/compat.h"
#include "common/results.h"
#include "experiment/chart_math.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* What the arguments after the first define; cleared to be compared. */
typedef struct ChartDefinition
{
	bool		has_target;
	int			baseline;		/* 0: all rows of the partition */
	ChartRuleSet rules;
	float8		lambda;
	float8		target;
	float8		k;
	float8		h;
} ChartDefinition;

/* What tells the functions apart until there are points and limits. */
typedef struct ChartKind
{
	Size		point_size;		/* of a float8 or a ChartMean, and it starts with the value */

	/* Reads the definition from the arguments; false where a NULL leaves none. */
	bool		(*define) (FunctionCallInfo fcinfo, ChartDefinition *definition);

	/* Reads a point from an argument that is not NULL. */
	void		(*read) (Datum arg, void *point);

	ChartScale	(*scale) (const void *points, size_t n);
} ChartKind;

/* What is kept of a partition; starts cleared. */
typedef struct Chart
{
	bool		opened;
	bool		defined;
	bool		varies;			/* the definition might differ in later rows */
	ChartDefinition definition;
	ChartScale	scale;
	int64		ahead;			/* how many rows were read ahead */
	int64		room;
	char	   *points;
	ChartHistory history;
	union
	{
		Ewma		ewma;
		Cusum		cusum;
	};
} Chart;

/* ---------- The definition ---------- */

/* Fetches an argument of the current row; false when it is NULL. */
static inline bool
fetch_arg(FunctionCallInfo fcinfo, int arg)
{
	fcinfo->args[arg].value = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), arg, &fcinfo->args[arg].isnull);
	return !fcinfo->args[arg].isnull;
}

static void
fetch_baseline(FunctionCallInfo fcinfo, int arg, ChartDefinition *definition)
{
	if (!fetch_arg(fcinfo, arg))
		return;
	definition->baseline = PG_GETARG_INT32(arg);
	if (definition->baseline < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("baseline %d is not a number of rows", definition->baseline),
				 errhint("Give how many rows from the first on the limits are made of, or NULL for all.")));
}

/* Fetches a number that `least` and `most` bound, `least` itself only where it may be. */
static bool
fetch_number(FunctionCallInfo fcinfo, int arg, const char *name, float8 least, bool least_too, float8 most, float8 *number)
{
	char		text[FLOAT8_TEXT_SIZE];

	if (!fetch_arg(fcinfo, arg))
		return false;
	*number = PG_GETARG_FLOAT8(arg);
	if (!((*number > least || (least_too && *number == least)) && *number <= most))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s %s is out of range", name, float8_text(*number, text)),
				 errhint("It is a number from %g%s to %g.", least, least_too ? "" : ", not itself,", most)));
	return true;
}

/* (value or summary, rules, baseline) */
static bool
define_control(FunctionCallInfo fcinfo, ChartDefinition *definition)
{
	fetch_baseline(fcinfo, 2, definition);
	if (!fetch_arg(fcinfo, 1))
		return false;
	definition->rules = (ChartRuleSet) choice_arg(fcinfo, 1, "set of rules", chart_rule_set_names);
	return true;
}

/* (value, lambda, baseline) */
static bool
define_ewma(FunctionCallInfo fcinfo, ChartDefinition *definition)
{
	fetch_baseline(fcinfo, 2, definition);
	return fetch_number(fcinfo, 1, "lambda", 0, false, 1, &definition->lambda);
}

/* Values and targets are at most this, either way: then no sum, and no limit, is infinite. */
#define LARGEST_VALUE 1e290

/* (value, target, k, h, baseline) */
static bool
define_cusum(FunctionCallInfo fcinfo, ChartDefinition *definition)
{
	fetch_baseline(fcinfo, 4, definition);
	definition->has_target = fetch_number(fcinfo, 1, "target", -LARGEST_VALUE, true, LARGEST_VALUE, &definition->target);
	return fetch_number(fcinfo, 2, "k", 0, true, 1000, &definition->k) &&
		fetch_number(fcinfo, 3, "h", 0, false, 1000000, &definition->h);
}

/* Keeps the definition of the first row. */
static void
define_chart(FunctionCallInfo fcinfo, const ChartKind *kind, Chart *chart)
{
	chart->defined = kind->define(fcinfo, &chart->definition);
	for (int arg = 1; arg < PG_NARGS(); arg++)
		chart->varies = chart->varies || !get_fn_expr_arg_stable(fcinfo->flinfo, arg);
}

/* 22023 where a later row has another definition. */
static void
check_definition(FunctionCallInfo fcinfo, const ChartKind *kind, const Chart *chart)
{
	ChartDefinition definition;
	bool		defined;

	memset(&definition, 0, sizeof(definition));
	defined = kind->define(fcinfo, &definition);
	if (defined != chart->defined || memcmp(&definition, &chart->definition, sizeof(definition)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("row " INT64_FORMAT " of a chart has other arguments than its first row",
						WinGetCurrentPosition(PG_WINDOW_OBJECT()) + 1),
				 errhint("All arguments but the first are the same in all rows of a partition.")));
}

/* ---------- The points ---------- */

static void
read_value(Datum arg, void *point)
{
	const float8 value = DatumGetFloat8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!(fabs(value) <= LARGEST_VALUE)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value %s is out of range for a chart", float8_text(value, number)),
				 errhint("Values lie within -1e290 and 1e290; a period without one is NULL.")));
	*(float8 *) point = value;
}

static ChartScale
scale_of_values(const void *points, size_t n)
{
	return chart_scale(points, n);
}

static ChartScale
scale_of_means(const void *points, size_t n)
{
	return chart_scale_of_means(points, n);
}

/* Promoters are 100, passives 0, detractors -100. */
static void
read_nps(Datum arg, void *point)
{
	ChartMean  *mean = point;
	ScoreHistogram h;
	double		net;

	score_summary_load(arg, &h);
	score_summary_require_scale(&h, 0, 10, "nps_chart");
	net = histogram_net_share(&h, NPS_DETRACTOR_MAX, NPS_PROMOTER_MIN);
	mean->value = 100 * net;
	mean->square = 100 * 100 * (histogram_share(&h, 0, NPS_DETRACTOR_MAX) + histogram_share(&h, NPS_PROMOTER_MIN, 10));
	mean->base = histogram_base(&h).effective_base;
}

/* Yes is 1, no is 0, and so are their squares. */
static void
read_rate(Datum arg, void *point)
{
	ChartMean  *mean = point;
	ScoreHistogram h;

	score_summary_load(arg, &h);
	score_summary_require_scale(&h, 0, 1, "rate_chart");
	mean->value = mean->square = histogram_share(&h, 1, 1);
	mean->base = histogram_base(&h).effective_base;
}

/* A point from an argument; its value is NaN where that is NULL. */
static inline void
make_point(const ChartKind *kind, Datum arg, bool isnull, void *point)
{
	if (isnull)
		*(float8 *) point = NAN;
	else
		kind->read(arg, point);
}

/* Makes room for more points, in the memory of the partition. */
static void
grow_points(const ChartKind *kind, Chart *chart)
{
	if (chart->room == 0)
	{
		chart->room = 64;
		chart->points = MemoryContextAllocHuge(GetMemoryChunkContext(chart), chart->room * kind->point_size);
	}
	else
	{
		chart->room *= 2;
		chart->points = repalloc_huge(chart->points, chart->room * kind->point_size);
	}
}

/* Rows whose temporary memory is given back together. */
#define ROWS_PER_RESET 256

/* Reads the rows of the baseline ahead and lets go of them: only their points are kept. */
static void
read_ahead(FunctionCallInfo fcinfo, const ChartKind *kind, Chart *chart)
{
	WindowObject window = PG_WINDOW_OBJECT();
	const int	most = chart->definition.baseline > 0 ? chart->definition.baseline : PG_INT32_MAX;
	MemoryContext rows = AllocSetContextCreate(CurrentMemoryContext, "rows of a chart", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(rows);

	for (int row = 0; row < most; row++)
	{
		bool		isnull;
		bool		isout;
		const Datum arg = WinGetFuncArgInPartition(window, 0, row, WINDOW_SEEK_HEAD, false, &isnull, &isout);

		if (isout)
			break;
		if (chart->ahead == chart->room)
			grow_points(kind, chart);
		make_point(kind, arg, isnull, chart->points + chart->ahead * kind->point_size);
		chart->ahead++;
		if (row % ROWS_PER_RESET == ROWS_PER_RESET - 1)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(rows);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(rows);
	if (chart->ahead == PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a baseline has more than %d rows", PG_INT32_MAX - 1),
				 errhint("Give a number of rows as baseline.")));
	WinSetMarkPosition(window, chart->ahead - 1);
}

static void
open_chart(FunctionCallInfo fcinfo, const ChartKind *kind, Chart *chart)
{
	chart->opened = true;
	define_chart(fcinfo, kind, chart);
	if (!chart->defined)
		return;
	read_ahead(fcinfo, kind, chart);
	chart->scale = kind->scale(chart->points, chart->ahead);
}

/*
 * Goes to the current row and gives its point; false where the chart has no
 * definition. *first is set in the first row of the partition.
 */
static inline bool
next_point(FunctionCallInfo fcinfo, const ChartKind *kind, Chart *chart, void *point, bool *first)
{
	WindowObject window = PG_WINDOW_OBJECT();
	const int64 row = WinGetCurrentPosition(window);

	*first = !chart->opened;
	if (unlikely(*first))
		open_chart(fcinfo, kind, chart);
	else if (unlikely(chart->varies))
		check_definition(fcinfo, kind, chart);
	if (!chart->defined)
		return false;
	if (row < chart->ahead)
	{
		memcpy(point, chart->points + row * kind->point_size, kind->point_size);
		return true;
	}
	fetch_arg(fcinfo, 0);
	make_point(kind, fcinfo->args[0].value, fcinfo->args[0].isnull, point);
	WinSetMarkPosition(window, row);
	return true;
}

static inline Chart *
chart_of_partition(FunctionCallInfo fcinfo)
{
	return WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(Chart));
}

/* ---------- The records ---------- */

/* The columns up to the signal, NaN for NULL, and the signal, NULL for none. */
static Datum
chart_record(FunctionCallInfo fcinfo, const double *columns, int n, const char *signal)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;
	Datum		values[8];
	bool		nulls[8];

	if (desc == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		fcinfo->flinfo->fn_extra = desc = result_row_type(fcinfo);
		MemoryContextSwitchTo(caller);
	}
	if (unlikely(desc->natts != n + 1))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the row type of the chart has %d columns instead of %d", desc->natts, n + 1),
				 errhint("Types of an extension are not to be altered.")));
	for (int i = 0; i < n; i++)
		values[i] = float8_or_null(columns[i], &nulls[i]);
	nulls[n] = signal == NULL;
	values[n] = signal == NULL ? (Datum) 0 : CStringGetTextDatum(signal);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

/* Goes to the next point of a Shewhart chart; the metric lies between `lowest` and `highest`. */
static Datum
control_record(FunctionCallInfo fcinfo, Chart *chart, double value, double sigma, double lowest, double highest)
{
	const ChartScale *scale = &chart->scale;
	const double range = chart_moving_range(&chart->history, value);
	const unsigned fired = chart_next(&chart->history, chart->definition.rules, value, scale->center, sigma);
	const double lcl = scale->center - CHART_LIMIT * sigma;
	const double ucl = scale->center + CHART_LIMIT * sigma;
	const double columns[] = {
		scale->center,
		lcl < lowest ? lowest : lcl,
		ucl > highest ? highest : ucl,
		range,
		sigma,
		scale->dispersion
	};
	char		signal[CHART_SIGNAL_SIZE];

	return chart_record(fcinfo, columns, lengthof(columns), chart_signal(fired, signal) ? signal : NULL);
}

/* (value, rules, baseline) */
PG_FUNCTION_INFO_V1(control_chart);
Datum
control_chart(PG_FUNCTION_ARGS)
{
	static const ChartKind kind = {sizeof(float8), define_control, read_value, scale_of_values};
	Chart	   *chart = chart_of_partition(fcinfo);
	float8		value;
	bool		first;

	if (!next_point(fcinfo, &kind, chart, &value, &first))
		PG_RETURN_NULL();
	return control_record(fcinfo, chart, value, chart->scale.sigma, -INFINITY, INFINITY);
}

/* (summary, rules, baseline) */
PG_FUNCTION_INFO_V1(nps_chart);
Datum
nps_chart(PG_FUNCTION_ARGS)
{
	static const ChartKind kind = {sizeof(ChartMean), define_control, read_nps, scale_of_means};
	Chart	   *chart = chart_of_partition(fcinfo);
	ChartMean	mean;
	bool		first;

	if (!next_point(fcinfo, &kind, chart, &mean, &first))
		PG_RETURN_NULL();
	return control_record(fcinfo, chart, mean.value, chart_sigma_of_mean(&chart->scale, &mean), -100, 100);
}

/* (summary, rules, baseline) */
PG_FUNCTION_INFO_V1(rate_chart);
Datum
rate_chart(PG_FUNCTION_ARGS)
{
	static const ChartKind kind = {sizeof(ChartMean), define_control, read_rate, scale_of_means};
	Chart	   *chart = chart_of_partition(fcinfo);
	ChartMean	mean;
	bool		first;

	if (!next_point(fcinfo, &kind, chart, &mean, &first))
		PG_RETURN_NULL();
	return control_record(fcinfo, chart, mean.value, chart_sigma_of_mean(&chart->scale, &mean), 0, 1);
}

/* (value, lambda, baseline) */
PG_FUNCTION_INFO_V1(ewma);
Datum
ewma(PG_FUNCTION_ARGS)
{
	static const ChartKind kind = {sizeof(float8), define_ewma, read_value, scale_of_values};
	Chart	   *chart = chart_of_partition(fcinfo);
	float8		value;
	bool		first;
	double		columns[5] = {NAN};
	const char *signal = NULL;

	if (!next_point(fcinfo, &kind, chart, &value, &first))
		PG_RETURN_NULL();
	if (first)
		chart->ewma = (Ewma) {chart->scale.center, 0};
	if (!isnan(value))
	{
		ewma_add(&chart->ewma, value, chart->definition.lambda);
		columns[0] = chart->ewma.value;
	}
	columns[4] = chart->scale.sigma * sqrt(chart->ewma.variance);
	columns[1] = chart->scale.center;
	columns[2] = columns[1] - CHART_LIMIT * columns[4];
	columns[3] = columns[1] + CHART_LIMIT * columns[4];
	if (columns[0] > columns[3])
		signal = "above";
	else if (columns[0] < columns[2])
		signal = "below";
	return chart_record(fcinfo, columns, lengthof(columns), signal);
}

static void
cusum_overflow(float8 value)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the cumulative sum is out of range at value %s", float8_text(value, number)),
			 errhint("Its distance from the target is too many sigma of the baseline.")));
}

/* (value, target, k, h, baseline) */
PG_FUNCTION_INFO_V1(cusum);
Datum
cusum(PG_FUNCTION_ARGS)
{
	static const ChartKind kind = {sizeof(float8), define_cusum, read_value, scale_of_values};
	Chart	   *chart = chart_of_partition(fcinfo);
	const ChartDefinition *definition = &chart->definition;
	float8		value;
	bool		first;
	double		columns[5] = {NAN, NAN};
	const char *signal = NULL;

	if (!next_point(fcinfo, &kind, chart, &value, &first))
		PG_RETURN_NULL();
	columns[2] = definition->has_target ? definition->target : chart->scale.center;
	columns[3] = definition->h;
	columns[4] = chart->scale.sigma;
	/* Without a sigma, or where it is 0, nothing can be counted in it. */
	if (!isnan(value) && chart->scale.sigma > 0)
	{
		bool		high;
		bool		low;

		cusum_add(&chart->cusum, (value - columns[2]) / chart->scale.sigma, definition->k);
		high = chart->cusum.high > definition->h;
		low = chart->cusum.low < -definition->h;
		if (unlikely(isinf(chart->cusum.high) || isinf(chart->cusum.low)))
			cusum_overflow(value);
		columns[0] = chart->cusum.high;
		columns[1] = chart->cusum.low;
		signal = high && low ? "high, low" : high ? "high" : low ? "low" : NULL;
	}
	return chart_record(fcinfo, columns, lengthof(columns), signal);
}
