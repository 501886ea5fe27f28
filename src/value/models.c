/*
 * models.c
 *	  The SQL records of fitted models: reading and making them; see models.h.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/models.h"

/* Columns of a model with n parameters; unit_seconds is there with 4 of them. */
#define CUSTOMERS(n) (n)
#define LOGLIK(n) ((n) + 1)
#define COVARIANCE(n) ((n) + 2)
#define UNIT_SECONDS(n) ((n) + 3)
#define HAS_UNIT(n) ((n) == BGNBD_PARAMETERS)
#define CONVERGED(n) ((n) + 3 + HAS_UNIT(n))
#define IDENTIFIED(n) (CONVERGED(n) + 1)
#define EXTRA(n) (CONVERGED(n) + 2)
#define COLUMNS(n) (CONVERGED(n) + 3)
#define MOST_COLUMNS COLUMNS(MOST_PARAMETERS)

static const char *const parameter_names[MOST_PARAMETERS + 1][MOST_PARAMETERS] = {
	[SBG_PARAMETERS] = {"alpha", "beta"},
	[GAMMA_GAMMA_PARAMETERS] = {"p", "q", "v"},
	[BGNBD_PARAMETERS] = {"r", "alpha", "a", "b"}
};

/* Whoever writes a model by hand may be far out of the borders of a fit, but not as far as this. */
#define EXTREME 1e15

/* ---------- Reading ---------- */

static void
bad_model(HeapTupleHeader header, const char *what, double value)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s has %s %s", format_type_be(HeapTupleHeaderGetTypeId(header)), what,
					float8_text(value, number)),
			 errhint("It has to be a number above 0.")));
}

/* The covariance into the model, where it is a whole matrix without NULLs. */
static void
read_covariance(Datum value, Model *model)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	const int	count = model->n * model->n;

	if (ARR_ELEMTYPE(array) != FLOAT8OID || array_contains_nulls(array) ||
		ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) != count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("covariance of a model with %d parameters is not an array of %d numbers",
						model->n, count),
				 errhint("Take the array as the fit returned it, or NULL.")));
	memcpy(model->covariance, ARR_DATA_PTR(array), count * sizeof(double));
	model->has_covariance = true;
	for (int i = 0; i < count; i++)
		model->has_covariance = model->has_covariance && isfinite(model->covariance[i]);
}

void
model_arg(FunctionCallInfo fcinfo, int arg, int n, Model *model)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(arg);
	TupleDesc	desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
											  HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	Datum		values[MOST_COLUMNS];
	bool		nulls[MOST_COLUMNS];

	if (desc->natts != COLUMNS(n))
		elog(ERROR, "a model with %d parameters has %d columns", n, COLUMNS(n));
	heap_deform_tuple(&tuple, desc, values, nulls);
	ReleaseTupleDesc(desc);

	*model = (Model) {.n = n, .loglik = NAN};
	for (int i = 0; i < n; i++)
	{
		double		value = nulls[i] ? NAN : DatumGetFloat8(values[i]);

		if (!nulls[i] && !(value > 0 && isfinite(value)))
			bad_model(header, parameter_names[n][i], value);
		model->parameters[i] = value;
	}
	if (!nulls[CUSTOMERS(n)])
		model->customers = DatumGetInt64(values[CUSTOMERS(n)]);
	if (!nulls[COVARIANCE(n)])
		read_covariance(values[COVARIANCE(n)], model);
	if (HAS_UNIT(n) && !nulls[UNIT_SECONDS(n)])
	{
		model->unit_seconds = DatumGetFloat8(values[UNIT_SECONDS(n)]);
		if (!(model->unit_seconds > 0 && isfinite(model->unit_seconds)))
			bad_model(header, "unit_seconds", model->unit_seconds);
	}
	model->converged = nulls[CONVERGED(n)] || DatumGetBool(values[CONVERGED(n)]);
	model->identified = nulls[IDENTIFIED(n)] || DatumGetBool(values[IDENTIFIED(n)]);
}

bool
model_is_usable(const Model *model)
{
	for (int i = 0; i < model->n; i++)
	{
		if (!(model->parameters[i] >= 1 / EXTREME && model->parameters[i] <= EXTREME))
			return false;
	}
	return model->identified;
}

/* ---------- Making ---------- */

static Datum
finite_or_null(double value, bool *isnull)
{
	return float8_or_null(isfinite(value) ? value : NAN, isnull);
}

static Datum
float8_array(const double *numbers, int count)
{
	Datum		values[MOST_PARAMETERS * MOST_PARAMETERS];

	for (int i = 0; i < count; i++)
		values[i] = Float8GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(values, count, FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
model_datum(FunctionCallInfo fcinfo, const Model *model)
{
	const int	n = model->n;
	TupleDesc	desc;
	Datum		values[MOST_COLUMNS] = {0};
	bool		nulls[MOST_COLUMNS] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != COLUMNS(n))
		elog(ERROR, "the result is not a model with %d parameters", n);
	for (int i = 0; i < n; i++)
		values[i] = finite_or_null(model->parameters[i], &nulls[i]);
	values[CUSTOMERS(n)] = Int64GetDatum(model->customers);
	values[LOGLIK(n)] = finite_or_null(model->loglik, &nulls[LOGLIK(n)]);
	nulls[COVARIANCE(n)] = !model->has_covariance;
	if (model->has_covariance)
		values[COVARIANCE(n)] = float8_array(model->covariance, n * n);
	if (HAS_UNIT(n))
	{
		nulls[UNIT_SECONDS(n)] = model->unit_seconds == 0;
		values[UNIT_SECONDS(n)] = Float8GetDatum(model->unit_seconds);
	}
	values[CONVERGED(n)] = BoolGetDatum(model->converged);
	values[IDENTIFIED(n)] = BoolGetDatum(model->identified);
	nulls[EXTRA(n)] = true;
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/* Standard errors of the parameters: the roots of the covariance's diagonal. */
static Datum
standard_errors(FunctionCallInfo fcinfo, int n)
{
	Model		model;
	double		errors[MOST_PARAMETERS];

	model_arg(fcinfo, 0, n, &model);
	if (!model.has_covariance)
		PG_RETURN_NULL();
	for (int i = 0; i < n; i++)
		errors[i] = sqrt(Max(model.covariance[i * n + i], 0));
	return float8_array(errors, n);
}

PG_FUNCTION_INFO_V1(bgnbd_standard_errors);
Datum
bgnbd_standard_errors(PG_FUNCTION_ARGS)
{
	return standard_errors(fcinfo, BGNBD_PARAMETERS);
}

PG_FUNCTION_INFO_V1(gamma_gamma_standard_errors);
Datum
gamma_gamma_standard_errors(PG_FUNCTION_ARGS)
{
	return standard_errors(fcinfo, GAMMA_GAMMA_PARAMETERS);
}

PG_FUNCTION_INFO_V1(sbg_standard_errors);
Datum
sbg_standard_errors(PG_FUNCTION_ARGS)
{
	return standard_errors(fcinfo, SBG_PARAMETERS);
}

/* ---------- Customers ---------- */

/* Columns of rfm_summary. */
enum
{
	FREQUENCY, RECENCY, AGE, MONETARY, UNIT, RFM_COLUMNS
};

/* Looks the row type up; it stays as long as the reader. */
static void
find_row_type(RfmReader *reader, HeapTupleHeader header)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
											  HeapTupleHeaderGetTypMod(header));
	MemoryContext caller;

	if (desc->natts != RFM_COLUMNS)
		elog(ERROR, "rfm_summary has %d columns", RFM_COLUMNS);
	caller = MemoryContextSwitchTo(reader->memory);
	reader->desc = CreateTupleDescCopy(desc);
	MemoryContextSwitchTo(caller);
	reader->type = HeapTupleHeaderGetTypeId(header);
	reader->typmod = HeapTupleHeaderGetTypMod(header);
	ReleaseTupleDesc(desc);
}

RfmSummary
rfm_reader_arg(RfmReader *reader, FunctionCallInfo fcinfo, int arg)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(arg);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	Datum		values[RFM_COLUMNS];
	bool		nulls[RFM_COLUMNS];

	if (unlikely(reader->type != HeapTupleHeaderGetTypeId(header) ||
				 reader->typmod != HeapTupleHeaderGetTypMod(header)))
		find_row_type(reader, header);
	heap_deform_tuple(&tuple, reader->desc, values, nulls);
	return (RfmSummary) {
		.x = nulls[FREQUENCY] ? 0 : DatumGetInt64(values[FREQUENCY]),
		.t_x = nulls[RECENCY] ? 0 : DatumGetFloat8(values[RECENCY]),
		.T = nulls[AGE] ? 0 : DatumGetFloat8(values[AGE]),
		.monetary = nulls[MONETARY] ? 0 : DatumGetFloat8(values[MONETARY]),
		.unit_seconds = nulls[UNIT] ? 0 : DatumGetFloat8(values[UNIT]),
		.has_history = !nulls[FREQUENCY] && !nulls[RECENCY] && !nulls[AGE],
		.has_monetary = !nulls[MONETARY]
	};
}

double
common_unit(const Model *model, double summary_unit)
{
	char		numbers[2][FLOAT8_TEXT_SIZE];

	if (likely(summary_unit == model->unit_seconds || summary_unit == 0))
		return model->unit_seconds;
	if (unlikely(!(summary_unit > 0 && isfinite(summary_unit))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a unit of %s seconds", float8_text(summary_unit, numbers[0])),
				 errhint("Give the length of the unit of time in seconds, or NULL where it is not known.")));
	if (unlikely(model->unit_seconds != 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the model is in units of %s seconds, the customer in units of %s",
						float8_text(model->unit_seconds, numbers[0]),
						float8_text(summary_unit, numbers[1])),
				 errhint("Give rfm the unit that the model was fitted with.")));
	return summary_unit;
}

/* ---------- Horizons ---------- */

double
horizon_arg(FunctionCallInfo fcinfo, int arg, bool is_interval, double unit_seconds)
{
	double		horizon;
	char		number[FLOAT8_TEXT_SIZE];

	if (is_interval)
	{
		if (unit_seconds == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("horizon is an interval but the model's unit of time is not known"),
					 errhint("Give the horizon as a number of the units the model was fitted with, or fit it from rfm_summary.")));
		return rfm_interval_arg(fcinfo, arg, "horizon") / (USECS_PER_SEC * unit_seconds);
	}
	horizon = PG_GETARG_FLOAT8(arg);
	if (unlikely(!(horizon >= 0)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("horizon %s is not 0 or more", float8_text(horizon, number)),
				 errhint("Give the time to look ahead in the model's units, or 'infinity'.")));
	return horizon;
}
