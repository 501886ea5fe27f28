/*
 * covariance_accessors.c
 *	  What a covariance_summary says of the outcome, and how much of it the covariates explain.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/covariance_summary.h"
#include "index/driver_math.h"
#include "survey/intervals.h"

static inline double
outcome_stddev(const Covariances *c)
{
	return sqrt(covariance_of(c, 0, 0));
}

PG_FUNCTION_INFO_V1(covariance_summary_observations);
Datum
covariance_summary_observations(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(covariance_summary_load(PG_GETARG_DATUM(0)).n);
}

PG_FUNCTION_INFO_V1(covariance_summary_outcome_mean);
Datum
covariance_summary_outcome_mean(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(covariance_summary_load(PG_GETARG_DATUM(0)).means[0]);
}

PG_FUNCTION_INFO_V1(covariance_summary_outcome_stddev);
Datum
covariance_summary_outcome_stddev(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));

	RETURN_FLOAT8_OR_NULL(outcome_stddev(&c));
}

PG_FUNCTION_INFO_V1(covariance_summary_outcome_ci);
Datum
covariance_summary_outcome_ci(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	double		confidence = confidence_arg(fcinfo, 1);
	double		n = (double) c.n;
	Estimate	estimate = estimate_unknown(c.n, n);

	estimate.value = c.means[0];
	estimate.std_error = outcome_stddev(&c) / sqrt(n);
	if (!isnan(estimate.std_error))
	{
		double		margin = two_sided_t(confidence, n - 1) * estimate.std_error;

		estimate.lo = estimate.value - margin;
		estimate.hi = estimate.value + margin;
	}
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(covariance_summary_r_squared);
Datum
covariance_summary_r_squared(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	DriverModel *model = palloc(sizeof(DriverModel));

	driver_model(&c, model);
	RETURN_FLOAT8_OR_NULL(model->r_squared);
}
