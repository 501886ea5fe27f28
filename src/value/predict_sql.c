/*
 * predict_sql.c
 *	  p_alive, expected_purchases, expected_spend, retention_rate, survivor, residual_lifetime.
 *
 * They score millions of customers with one model, which is read once.
 * Predictions of a model that is not identified are NULL.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "value/bgnbd_predict.h"
#include "value/gamma_gamma.h"
#include "value/models.h"
#include "value/purchase_summary.h"
#include "value/sbg.h"

/* ---------- The model of a call ---------- */

/* A model and what reads the other arguments. */
typedef struct Scoring
{
	Model		model;
	bool		usable;
	BgnbdParameters parameters; /* where it is a model of purchases */
	RfmReader	reader;
} Scoring;

static Scoring *
new_scoring(FunctionCallInfo fcinfo, int n)
{
	Scoring    *scoring = palloc0(sizeof(Scoring));

	model_arg(fcinfo, 0, n, &scoring->model);
	scoring->usable = model_is_usable(&scoring->model);
	scoring->reader.memory = CurrentMemoryContext;
	return scoring;
}

static void *
compile_bgnbd(FunctionCallInfo fcinfo)
{
	Scoring    *scoring = new_scoring(fcinfo, BGNBD_PARAMETERS);

	scoring->parameters = bgnbd_parameters(&scoring->model);
	return scoring;
}

static void *
compile_gamma_gamma(FunctionCallInfo fcinfo)
{
	return new_scoring(fcinfo, GAMMA_GAMMA_PARAMETERS);
}

static void *
compile_sbg(FunctionCallInfo fcinfo)
{
	return new_scoring(fcinfo, SBG_PARAMETERS);
}

/* ---------- Arguments ---------- */

/* Repeat purchases, the last and the end, as three arguments; 22023 where there is no such customer. */
static inline RfmSummary
history_args(FunctionCallInfo fcinfo, int first)
{
	RfmSummary	customer = {
		.x = PG_GETARG_INT64(first),
		.t_x = PG_GETARG_FLOAT8(first + 1),
		.T = PG_GETARG_FLOAT8(first + 2),
		.has_history = true
	};

	purchase_check(customer.x, customer.t_x, customer.T);
	return customer;
}

static inline RfmSummary
summary_arg(FunctionCallInfo fcinfo, int arg, Scoring *scoring)
{
	RfmSummary	customer = rfm_reader_arg(&scoring->reader, fcinfo, arg);

	if (customer.has_history)
		purchase_check(customer.x, customer.t_x, customer.T);
	return customer;
}

/* ---------- p_alive ---------- */

static inline Datum
p_alive(FunctionCallInfo fcinfo, BgnbdKind kind, const Scoring *scoring, const RfmSummary *customer)
{
	(void) common_unit(&scoring->model, customer->unit_seconds);
	if (!scoring->usable || !customer->has_history)
		PG_RETURN_NULL();
	RETURN_FLOAT8_OR_NULL(bgnbd_p_alive(kind, &scoring->parameters, customer->x, customer->t_x, customer->T));
}

static inline Datum
p_alive_history(FunctionCallInfo fcinfo, BgnbdKind kind)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_bgnbd);
	RfmSummary	customer = history_args(fcinfo, 1);

	return p_alive(fcinfo, kind, scoring, &customer);
}

static inline Datum
p_alive_summary(FunctionCallInfo fcinfo, BgnbdKind kind)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_bgnbd);
	RfmSummary	customer = summary_arg(fcinfo, 1, scoring);

	return p_alive(fcinfo, kind, scoring, &customer);
}

PG_FUNCTION_INFO_V1(bgnbd_p_alive_history);
Datum
bgnbd_p_alive_history(PG_FUNCTION_ARGS)
{
	return p_alive_history(fcinfo, BGNBD);
}

PG_FUNCTION_INFO_V1(mbgnbd_p_alive_history);
Datum
mbgnbd_p_alive_history(PG_FUNCTION_ARGS)
{
	return p_alive_history(fcinfo, MBGNBD);
}

PG_FUNCTION_INFO_V1(bgnbd_p_alive_summary);
Datum
bgnbd_p_alive_summary(PG_FUNCTION_ARGS)
{
	return p_alive_summary(fcinfo, BGNBD);
}

PG_FUNCTION_INFO_V1(mbgnbd_p_alive_summary);
Datum
mbgnbd_p_alive_summary(PG_FUNCTION_ARGS)
{
	return p_alive_summary(fcinfo, MBGNBD);
}

/* ---------- expected_purchases ---------- */

/* Arguments: model, horizon, then nothing, a history or a summary. */
#define HORIZON 1
#define CUSTOMER 2

static inline Datum
expected_purchases(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval, const Scoring *scoring,
				   const RfmSummary *customer)
{
	const BgnbdParameters *p = &scoring->parameters;
	double		unit = common_unit(&scoring->model, customer->unit_seconds);
	double		horizon;
	double		alive;

	if (!scoring->usable || !customer->has_history)
		PG_RETURN_NULL();
	horizon = horizon_arg(fcinfo, HORIZON, is_interval, unit);
	alive = bgnbd_p_alive(kind, p, customer->x, customer->t_x, customer->T);
	RETURN_FLOAT8_OR_NULL(alive * bgnbd_purchases_if_alive(kind, p, customer->x, customer->T, horizon, 0));
}

static inline Datum
expected_of_new(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_bgnbd);
	RfmSummary	customer = {.has_history = true};

	return expected_purchases(fcinfo, kind, is_interval, scoring, &customer);
}

static inline Datum
expected_of_history(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_bgnbd);
	RfmSummary	customer = history_args(fcinfo, CUSTOMER);

	return expected_purchases(fcinfo, kind, is_interval, scoring, &customer);
}

static inline Datum
expected_of_summary(FunctionCallInfo fcinfo, BgnbdKind kind, bool is_interval)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_bgnbd);
	RfmSummary	customer = summary_arg(fcinfo, CUSTOMER, scoring);

	return expected_purchases(fcinfo, kind, is_interval, scoring, &customer);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_new);
Datum
bgnbd_expected_new(PG_FUNCTION_ARGS)
{
	return expected_of_new(fcinfo, BGNBD, false);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_new_interval);
Datum
bgnbd_expected_new_interval(PG_FUNCTION_ARGS)
{
	return expected_of_new(fcinfo, BGNBD, true);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_history);
Datum
bgnbd_expected_history(PG_FUNCTION_ARGS)
{
	return expected_of_history(fcinfo, BGNBD, false);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_history_interval);
Datum
bgnbd_expected_history_interval(PG_FUNCTION_ARGS)
{
	return expected_of_history(fcinfo, BGNBD, true);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_summary);
Datum
bgnbd_expected_summary(PG_FUNCTION_ARGS)
{
	return expected_of_summary(fcinfo, BGNBD, false);
}

PG_FUNCTION_INFO_V1(bgnbd_expected_summary_interval);
Datum
bgnbd_expected_summary_interval(PG_FUNCTION_ARGS)
{
	return expected_of_summary(fcinfo, BGNBD, true);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_new);
Datum
mbgnbd_expected_new(PG_FUNCTION_ARGS)
{
	return expected_of_new(fcinfo, MBGNBD, false);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_new_interval);
Datum
mbgnbd_expected_new_interval(PG_FUNCTION_ARGS)
{
	return expected_of_new(fcinfo, MBGNBD, true);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_history);
Datum
mbgnbd_expected_history(PG_FUNCTION_ARGS)
{
	return expected_of_history(fcinfo, MBGNBD, false);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_history_interval);
Datum
mbgnbd_expected_history_interval(PG_FUNCTION_ARGS)
{
	return expected_of_history(fcinfo, MBGNBD, true);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_summary);
Datum
mbgnbd_expected_summary(PG_FUNCTION_ARGS)
{
	return expected_of_summary(fcinfo, MBGNBD, false);
}

PG_FUNCTION_INFO_V1(mbgnbd_expected_summary_interval);
Datum
mbgnbd_expected_summary_interval(PG_FUNCTION_ARGS)
{
	return expected_of_summary(fcinfo, MBGNBD, true);
}

/* ---------- expected_spend ---------- */

static Datum
expected_spend(FunctionCallInfo fcinfo, const Scoring *scoring, int64 x, bool has_monetary, double monetary)
{
	const double *p = scoring->model.parameters;
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(x < 0 || (has_monetary && !isfinite(monetary))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no customer has frequency " INT64_FORMAT " and monetary %s", x,
						has_monetary ? float8_text(monetary, number) : "NULL"),
				 errhint("Frequency counts repeat purchases, monetary is their mean amount.")));
	/* What the fit takes nothing from tells nothing here. */
	if (!scoring->usable || (x > 0 && !(has_monetary && monetary > 0)))
		PG_RETURN_NULL();
	RETURN_FLOAT8_OR_NULL(gamma_gamma_spend(p[0], p[1], p[2], x, monetary));
}

PG_FUNCTION_INFO_V1(gamma_gamma_expected_spend);
Datum
gamma_gamma_expected_spend(PG_FUNCTION_ARGS)
{
	bool		has_monetary = !PG_ARGISNULL(2);
	Scoring    *scoring;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	scoring = call_cache(fcinfo, CALL_ARG(0), compile_gamma_gamma);
	return expected_spend(fcinfo, scoring, PG_GETARG_INT64(1), has_monetary, has_monetary ? PG_GETARG_FLOAT8(2) : 0);
}

PG_FUNCTION_INFO_V1(gamma_gamma_expected_spend_summary);
Datum
gamma_gamma_expected_spend_summary(PG_FUNCTION_ARGS)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_gamma_gamma);
	RfmSummary	customer = rfm_reader_arg(&scoring->reader, fcinfo, 1);

	if (!customer.has_history)
		PG_RETURN_NULL();
	return expected_spend(fcinfo, scoring, customer.x, customer.has_monetary, customer.monetary);
}

/* ---------- Contracts ---------- */

static int32
period_arg(FunctionCallInfo fcinfo, int32 least)
{
	int32		period = PG_GETARG_INT32(1);

	if (unlikely(period < least))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("period %d is below %d", period, least),
				 errhint("The first period that can be renewed is 1.")));
	return period;
}

/* What `curve` gives for alpha, beta and the period of argument 1. */
static Datum
sbg_at(FunctionCallInfo fcinfo, int32 least, double (*curve) (double, double, int64_t))
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_sbg);
	const double *p = scoring->model.parameters;
	int32		period = period_arg(fcinfo, least);

	if (!scoring->usable)
		PG_RETURN_NULL();
	RETURN_FLOAT8_OR_NULL(curve(p[0], p[1], period));
}

PG_FUNCTION_INFO_V1(sbg_model_retention_rate);
Datum
sbg_model_retention_rate(PG_FUNCTION_ARGS)
{
	return sbg_at(fcinfo, 1, sbg_retention_rate);
}

PG_FUNCTION_INFO_V1(sbg_model_survivor);
Datum
sbg_model_survivor(PG_FUNCTION_ARGS)
{
	return sbg_at(fcinfo, 0, sbg_survivor);
}

PG_FUNCTION_INFO_V1(sbg_model_residual_lifetime);
Datum
sbg_model_residual_lifetime(PG_FUNCTION_ARGS)
{
	Scoring    *scoring = call_cache(fcinfo, CALL_ARG(0), compile_sbg);
	const double *p = scoring->model.parameters;
	int32		periods = period_arg(fcinfo, 0);
	double		discount = PG_GETARG_FLOAT8(2);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!(discount >= 0 && isfinite(discount))))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("discount %s is not a finite number of 0 or more", float8_text(discount, number)),
				 errhint("10 %% a period is 0.1.")));
	if (!scoring->usable)
		PG_RETURN_NULL();
	RETURN_FLOAT8_OR_NULL(sbg_residual_lifetime(p[0], p[1], periods, discount));
}
