/*
 * significance.c
 *	  srm_test, p_adjust, prob_b_beats_a, diff_in_diff, and the sample sizes of tests.
 *
 * The formulas stand in significance_math.c.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "experiment/significance_math.h"
#include "index/covariance_summary.h"
#include "survey/score_summary.h"

/* ---------- Sample ratio mismatch ---------- */

/* A p-value below this is not chance: so many experiments are looked at that less would be. */
#define SUSPICIOUS 0.001

/* The elements of a plain array without NULLs, all of a fixed size. */
static const void *
elements_arg(FunctionCallInfo fcinfo, int arg, const char *what, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is an array of %d dimensions", what, ARR_NDIM(array)),
				 errhint("Give a plain array, one element an arm.")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an element of %s is NULL", what),
				 errhint("An arm that nobody was given has 0 observed.")));
	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return ARR_DATA_PTR(array);
}

static void
check_arms(const int64 *observed, int arms, const double *expected, int shares)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (arms < 2 || arms != shares)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("observed has %d elements and expected has %d", arms, shares),
				 errhint("Give both arrays one element an arm, two arms at least.")));
	for (int i = 0; i < arms; i++)
	{
		if (observed[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("observed count " INT64_FORMAT " is below 0", observed[i]),
					 errhint("Give how many were seen in each arm.")));
		if (!(expected[i] > 0 && expected[i] <= 1e300))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("expected share %s is not above 0 and at most 1e300",
							float8_text(expected[i], number)),
					 errhint("Give the shares of the plan in any unit, for example 1 and 1.")));
	}
}

/* (observed, expected) */
PG_FUNCTION_INFO_V1(srm_test);
Datum
srm_test(PG_FUNCTION_ARGS)
{
	int			arms;
	int			shares;
	const int64 *observed = elements_arg(fcinfo, 0, "observed", &arms);
	const double *expected = elements_arg(fcinfo, 1, "expected", &shares);
	double		chi2 = NAN;
	double		p_value = NAN;
	Datum		values[4];
	bool		nulls[4];

	check_arms(observed, arms, expected, shares);
	if (!srm_chi_square(observed, expected, arms, &chi2, &p_value) || !isfinite(chi2))
		chi2 = p_value = NAN;
	values[0] = float8_or_null(chi2, &nulls[0]);
	values[1] = Int32GetDatum(arms - 1);
	nulls[1] = isnan(chi2);
	values[2] = float8_or_null(p_value, &nulls[2]);
	values[3] = BoolGetDatum(p_value < SUSPICIOUS);
	nulls[3] = isnan(p_value);
	return HeapTupleGetDatum(heap_form_tuple(result_row_type(fcinfo), values, nulls));
}

/* ---------- Many comparisons ---------- */

/* (p_values, method) */
PG_FUNCTION_INFO_V1(p_adjust);
Datum
p_adjust(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	AdjustMethod method = (AdjustMethod) choice_arg(fcinfo, 1, "method", adjust_method_names);
	Datum	   *values;
	bool	   *nulls;
	double	   *p;
	int			count;
	char		number[FLOAT8_TEXT_SIZE];

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &count);
	if (count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	p = palloc(count * sizeof(double));
	for (int i = 0; i < count; i++)
	{
		p[i] = nulls[i] ? NAN : DatumGetFloat8(values[i]);
		if (!nulls[i] && !(p[i] >= 0 && p[i] <= 1))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("p-value %s is not between 0 and 1", float8_text(p[i], number)),
					 errhint("Give probabilities; NULL for a test that was not made.")));
	}
	adjust_p_values(p, count, method);
	for (int i = 0; i < count; i++)
		values[i] = float8_or_null(p[i], &nulls[i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(array), ARR_DIMS(array),
											 ARR_LBOUND(array), FLOAT8OID, sizeof(float8),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* ---------- Two shares ---------- */

static double
prior_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		prior = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(prior >= SHAPE_MIN && prior <= SHAPE_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s %s is not between %g and %g", name, float8_text(prior, number),
						SHAPE_MIN, SHAPE_MAX),
				 errhint("1 and 1 make every rate equally likely beforehand.")));
	return prior;
}

static void
check_successes(int64 successes, int64 trials)
{
	if (successes < 0 || successes > trials)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg(INT64_FORMAT " successes of " INT64_FORMAT " trials are out of range",
						successes, trials),
				 errhint("Successes lie between 0 and the number of trials.")));
	if (trials > SHAPE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg(INT64_FORMAT " trials are out of range", trials),
				 errhint("There may be %g at most.", SHAPE_MAX)));
}

/* (x_a, n_a, x_b, n_b, prior_alpha, prior_beta) */
PG_FUNCTION_INFO_V1(prob_b_beats_a);
Datum
prob_b_beats_a(PG_FUNCTION_ARGS)
{
	int64		x_a = PG_GETARG_INT64(0);
	int64		n_a = PG_GETARG_INT64(1);
	int64		x_b = PG_GETARG_INT64(2);
	int64		n_b = PG_GETARG_INT64(3);
	double		alpha = prior_arg(fcinfo, 4, "prior_alpha");
	double		beta = prior_arg(fcinfo, 5, "prior_beta");

	check_successes(x_a, n_a);
	check_successes(x_b, n_b);
	RETURN_FLOAT8_OR_NULL(beta_exceeds(alpha + x_a, beta + (n_a - x_a),
									   alpha + x_b, beta + (n_b - x_b)));
}

/* ---------- Differences in differences ---------- */

#define DID_COLUMNS 8

static Datum
did_record(FunctionCallInfo fcinfo, const DidCell *cells)
{
	DiffInDiff	did = diff_in_diff(cells, confidence_arg(fcinfo, DID_CELLS));
	const double figures[DID_COLUMNS - 1] = {
		did.effect, did.lo, did.hi, did.std_error, did.statistic, did.df, did.p_value
	};
	Datum		values[DID_COLUMNS] = {0};
	bool		nulls[DID_COLUMNS];

	for (int i = 0; i < DID_COLUMNS - 1; i++)
		values[i] = float8_or_null(isfinite(figures[i]) ? figures[i] : NAN, &nulls[i]);
	nulls[DID_COLUMNS - 1] = did.note == NULL;
	if (did.note != NULL)
		values[DID_COLUMNS - 1] = CStringGetTextDatum(did.note);
	return HeapTupleGetDatum(heap_form_tuple(result_row_type(fcinfo), values, nulls));
}

/* (control_before, control_after, treated_before, treated_after, confidence) */
PG_FUNCTION_INFO_V1(score_summary_diff_in_diff);
Datum
score_summary_diff_in_diff(PG_FUNCTION_ARGS)
{
	DidCell		cells[DID_CELLS];

	for (int i = 0; i < DID_CELLS; i++)
	{
		ScoreHistogram h;
		double		stddev;

		score_summary_load(PG_GETARG_DATUM(i), &h);
		stddev = histogram_stddev(&h);
		cells[i].n = histogram_base(&h).effective_base;
		cells[i].mean = histogram_mean(&h);
		cells[i].squares = isnan(stddev) ? 0 : stddev * stddev * (cells[i].n - 1);
	}
	return did_record(fcinfo, cells);
}

PG_FUNCTION_INFO_V1(covariance_summary_diff_in_diff);
Datum
covariance_summary_diff_in_diff(PG_FUNCTION_ARGS)
{
	DidCell		cells[DID_CELLS];

	for (int i = 0; i < DID_CELLS; i++)
	{
		Covariances c = covariance_summary_load(PG_GETARG_DATUM(i));

		cells[i] = (DidCell) {c.n, c.means[0], covariance_product(&c, 0, 0)};
	}
	return did_record(fcinfo, cells);
}

/* ---------- Sample sizes ---------- */

static double
rate_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		rate = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(rate >= 0 && rate <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s %s is not between 0 and 1", name, float8_text(rate, number)),
				 errhint("Give a fraction: 0.12 for 12 percent.")));
	return rate;
}

static double
power_arg(FunctionCallInfo fcinfo, int arg, double confidence)
{
	double		power = PG_GETARG_FLOAT8(arg);
	double		chance = (1 - confidence) / 2;
	char		number[FLOAT8_TEXT_SIZE];

	if (!(power > chance && power < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("power %s is not between %g and 1", float8_text(power, number), chance),
				 errhint("Half of 1 - confidence comes by chance alone; 0.8 is usual.")));
	return power;
}

static Datum
sample_size_result(double size)
{
	if (!isfinite(size))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sample size out of range"),
				 errhint("Look for a larger difference.")));
	PG_RETURN_FLOAT8(size);
}

/* (p1, p2, power, confidence) */
PG_FUNCTION_INFO_V1(rate_test_sample_size);
Datum
rate_test_sample_size(PG_FUNCTION_ARGS)
{
	double		p1 = rate_arg(fcinfo, 0, "p1");
	double		p2 = rate_arg(fcinfo, 1, "p2");
	double		confidence = confidence_arg(fcinfo, 3);
	double		power = power_arg(fcinfo, 2, confidence);
	char		number[FLOAT8_TEXT_SIZE];

	if (p1 == p2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("p1 and p2 are both %s", float8_text(p1, number)),
				 errhint("Give the rate of the control and the rate worth finding.")));
	return sample_size_result(rate_sample_size(p1, p2, power, confidence));
}

/* (difference, stddev, power, confidence) */
PG_FUNCTION_INFO_V1(mean_test_sample_size);
Datum
mean_test_sample_size(PG_FUNCTION_ARGS)
{
	double		difference = PG_GETARG_FLOAT8(0);
	double		stddev = PG_GETARG_FLOAT8(1);
	double		confidence = confidence_arg(fcinfo, 3);
	double		power = power_arg(fcinfo, 2, confidence);
	char		number[FLOAT8_TEXT_SIZE];

	if (difference == 0 || !isfinite(difference))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("difference %s is not a finite number other than 0",
						float8_text(difference, number)),
				 errhint("Give the smallest difference worth finding.")));
	if (!(stddev > 0) || isinf(stddev))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("stddev %s is not a finite number above 0", float8_text(stddev, number)),
				 errhint("Give the standard deviation of one answer, for example by stddev() of a summary.")));
	return sample_size_result(mean_sample_size(difference / stddev, power, confidence));
}

/* (p1, p2, n, confidence) */
PG_FUNCTION_INFO_V1(rate_test_power);
Datum
rate_test_power(PG_FUNCTION_ARGS)
{
	double		p1 = rate_arg(fcinfo, 0, "p1");
	double		p2 = rate_arg(fcinfo, 1, "p2");
	int64		n = PG_GETARG_INT64(2);
	double		confidence = confidence_arg(fcinfo, 3);

	if (n < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n " INT64_FORMAT " is below 1", n),
				 errhint("Give the number of answers in each arm.")));
	RETURN_FLOAT8_OR_NULL(rate_power(p1, p2, (double) n, confidence));
}
