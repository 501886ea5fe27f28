/*
 * cltv_sql.c
 *	  cltv and cltv_ci: what customers are still going to be worth.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "survey/intervals.h"
#include "value/cltv.h"
#include "value/models.h"
#include "value/purchase_summary.h"

/* Arguments: model, gg, summary, horizon, annual_rate, margin, discounting, confidence. */
enum
{
	MODEL, GAMMA_GAMMA, SUMMARY, HORIZON, ANNUAL_RATE, MARGIN, DISCOUNTING, CONFIDENCE
};

#define SECONDS_A_YEAR (365.25 * SECS_PER_DAY)

/* The longest horizon that is added up month by month. */
#define MOST_YEARS 10000

static const char *const discounting_names[] = {"continuous", "monthly", NULL};

/* The models of a call, and what reads the customers. */
typedef struct Valuation
{
	Model		purchases;
	Model		spend;
	bool		usable;
	CltvModels	models;			/* but for the kind */
	RfmReader	reader;
} Valuation;

static void *
compile_valuation(FunctionCallInfo fcinfo)
{
	Valuation  *v = palloc0(sizeof(Valuation));

	model_arg(fcinfo, MODEL, BGNBD_PARAMETERS, &v->purchases);
	model_arg(fcinfo, GAMMA_GAMMA, GAMMA_GAMMA_PARAMETERS, &v->spend);
	v->usable = model_is_usable(&v->purchases) && model_is_usable(&v->spend);
	v->models.purchases = bgnbd_parameters(&v->purchases);
	v->models.purchase_covariance = v->purchases.has_covariance ? v->purchases.covariance : NULL;
	v->models.has_spend = true;
	v->models.spend = (SpendParameters) {v->spend.parameters[0], v->spend.parameters[1], v->spend.parameters[2]};
	v->models.spend_covariance = v->spend.has_covariance ? v->spend.covariance : NULL;
	v->models.customers = v->purchases.customers;
	v->reader.memory = CurrentMemoryContext;
	return v;
}

/* ---------- Terms ---------- */

static double
annual_rate_arg(FunctionCallInfo fcinfo)
{
	double		rate = PG_GETARG_FLOAT8(ANNUAL_RATE);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!(rate >= 0 && isfinite(rate))))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("annual_rate %s is not a finite number of 0 or more", float8_text(rate, number)),
				 errhint("10 %% a year is 0.1.")));
	return rate;
}

static double
margin_arg(FunctionCallInfo fcinfo)
{
	double		margin = PG_GETARG_FLOAT8(MARGIN);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!isfinite(margin)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("margin %s is not a finite number", float8_text(margin, number)),
				 errhint("A margin of 30 %% is 0.3.")));
	return margin;
}

/* The terms of a call, `unit` being the seconds of a unit of time, 0 where that is not known. */
static CltvTerms
terms_args(FunctionCallInfo fcinfo, bool is_interval, double unit)
{
	CltvTerms	terms = {
		.horizon = horizon_arg(fcinfo, HORIZON, is_interval, unit),
		.annual_rate = annual_rate_arg(fcinfo),
		.margin = margin_arg(fcinfo),
		.monthly = choice_arg(fcinfo, DISCOUNTING, "discounting", discounting_names) == 1
	};

	if (unlikely(unit == 0 && (terms.annual_rate > 0 || terms.monthly)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a rate a year cannot be applied: the unit of time is not known"),
				 errhint("Fit the model from rfm_summary, or set unit_seconds in the model or in the summary.")));
	if (unlikely(terms.monthly && isinf(terms.horizon)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("monthly discounting needs a horizon that ends"),
				 errhint("Use discounting 'continuous' for all that is to come.")));
	terms.year = unit == 0 ? 0 : SECONDS_A_YEAR / unit;
	if (unlikely(terms.monthly && terms.horizon > MOST_YEARS * terms.year))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a horizon of more than %d years cannot be discounted month by month", MOST_YEARS),
				 errhint("Use discounting 'continuous'.")));
	return terms;
}

/* A customer as an argument; false where the history is not there. */
static bool
customer_arg(FunctionCallInfo fcinfo, const RfmSummary *summary, CltvCustomer *customer)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (!summary->has_history)
		return false;
	purchase_check(summary->x, summary->t_x, summary->T);
	if (unlikely(summary->has_monetary && !isfinite(summary->monetary)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no customer has monetary %s", float8_text(summary->monetary, number)),
				 errhint("Monetary is the mean amount of the repeat purchases.")));
	*customer = (CltvCustomer) {
		summary->x, summary->t_x, summary->T, summary->has_monetary ? summary->monetary : NAN
	};
	return true;
}

/* ---------- cltv ---------- */

static Datum
cltv(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval)
{
	Valuation  *v = call_cache(fcinfo, CALL_ARG(MODEL) | CALL_ARG(GAMMA_GAMMA), compile_valuation);
	RfmSummary	summary = rfm_reader_arg(&v->reader, fcinfo, SUMMARY);
	CltvTerms	terms = terms_args(fcinfo, is_interval, common_unit(&v->purchases, summary.unit_seconds));
	CltvCustomer customer;
	double		value;

	if (!customer_arg(fcinfo, &summary, &customer) || !v->usable)
		PG_RETURN_NULL();
	v->models.kind = kind;
	value = cltv_value(&v->models, &customer, &terms);
	if (!isfinite(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

PG_FUNCTION_INFO_V1(bgnbd_cltv);
Datum
bgnbd_cltv(PG_FUNCTION_ARGS)
{
	return cltv(fcinfo, BGNBD, false);
}

PG_FUNCTION_INFO_V1(bgnbd_cltv_interval);
Datum
bgnbd_cltv_interval(PG_FUNCTION_ARGS)
{
	return cltv(fcinfo, BGNBD, true);
}

PG_FUNCTION_INFO_V1(mbgnbd_cltv);
Datum
mbgnbd_cltv(PG_FUNCTION_ARGS)
{
	return cltv(fcinfo, MBGNBD, false);
}

PG_FUNCTION_INFO_V1(mbgnbd_cltv_interval);
Datum
mbgnbd_cltv_interval(PG_FUNCTION_ARGS)
{
	return cltv(fcinfo, MBGNBD, true);
}

/* ---------- cltv_ci ---------- */

/* The models are read in every call: reading them is little beside the derivatives, and estimate_record has fn_extra. */
static Datum
cltv_ci(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval)
{
	Valuation  *v = compile_valuation(fcinfo);
	RfmSummary	summary = rfm_reader_arg(&v->reader, fcinfo, SUMMARY);
	CltvTerms	terms = terms_args(fcinfo, is_interval, common_unit(&v->purchases, summary.unit_seconds));
	double		z = two_sided_z(confidence_arg(fcinfo, CONFIDENCE));
	CltvCustomer customer;
	Estimate	estimate;

	if (!customer_arg(fcinfo, &summary, &customer) || !v->usable)
		PG_RETURN_NULL();
	v->models.kind = kind;
	estimate = cltv_estimate(&v->models, &customer, &terms, z);
	if (!isfinite(estimate.value))
		PG_RETURN_NULL();
	return estimate_record(fcinfo, &estimate);
}

PG_FUNCTION_INFO_V1(bgnbd_cltv_ci);
Datum
bgnbd_cltv_ci(PG_FUNCTION_ARGS)
{
	return cltv_ci(fcinfo, BGNBD, false);
}

PG_FUNCTION_INFO_V1(bgnbd_cltv_ci_interval);
Datum
bgnbd_cltv_ci_interval(PG_FUNCTION_ARGS)
{
	return cltv_ci(fcinfo, BGNBD, true);
}

PG_FUNCTION_INFO_V1(mbgnbd_cltv_ci);
Datum
mbgnbd_cltv_ci(PG_FUNCTION_ARGS)
{
	return cltv_ci(fcinfo, MBGNBD, false);
}

PG_FUNCTION_INFO_V1(mbgnbd_cltv_ci_interval);
Datum
mbgnbd_cltv_ci_interval(PG_FUNCTION_ARGS)
{
	return cltv_ci(fcinfo, MBGNBD, true);
}
