/*
 * model_fits.c
 *	  bgnbd_fit, mbgnbd_fit, gamma_gamma_fit and sbg_fit, over summaries and as aggregates.
 *
 * The aggregates have the states of purchase_agg, spend_agg and survival_agg.
 * A fit always returns a row where there is a customer. What the data do not
 * tell is said in a WARNING, and `identified` is false.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "value/fit.h"
#include "value/models.h"
#include "value/purchase_summary.h"
#include "value/sbg.h"
#include "value/survival_summary.h"

#define RIDGE 1

static double
ridge_arg(FunctionCallInfo fcinfo)
{
	double		ridge = PG_GETARG_FLOAT8(RIDGE);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(ridge >= 0 && isfinite(ridge)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("ridge %s is not a finite number of 0 or more", float8_text(ridge, number)),
				 errhint("0 is no penalty; 0.001 is a small one.")));
	return ridge;
}

/* ---------- What the data do not tell ---------- */

/* Why a model is not identified, in two sentences. */
typedef struct Reason
{
	const char *problem;
	const char *remedy;
} Reason;

#define MORE_CUSTOMERS "Fit more customers together, or give a ridge such as 0.001."

static void
warn(const char *model, Reason reason)
{
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("the %s model is not identified", model),
			 errdetail_internal("%s", reason.problem),
			 errhint("%s", reason.remedy)));
}

/* The parameter that went out of the borders, or NULL. */
static const char *
parameter_outside(int n, const double *parameters, const char *const *names)
{
	for (int i = 0; i < n; i++)
	{
		if (!fit_inside_borders(1, &parameters[i]))
			return names[i];
	}
	return NULL;
}

/* For parameters that went to a border, or did not but are not at a maximum. */
static Reason
reason_of_parameters(int n, const double *parameters, const char *const *names, int64 customers)
{
	const char *outside = parameter_outside(n, parameters, names);

	if (isnan(parameters[0]))
		return (Reason) {"The likelihood is not a number.", "Look for extreme values."};
	if (outside != NULL)
		return (Reason) {
			psprintf("Parameter %s is at a border: the best fit of " INT64_FORMAT " customers lies outside exp(-12) to exp(12).",
					 outside, customers), MORE_CUSTOMERS};
	return (Reason) {
		psprintf("The likelihood of " INT64_FORMAT " customers has no clear maximum.", customers), MORE_CUSTOMERS};
}

/* ---------- BG/NBD and MBG/NBD ---------- */

static Reason
bgnbd_reason(const BgnbdRow *rows, size_t n, const BgnbdFit *fit)
{
	static const char *const names[] = {"r", "alpha", "a", "b"};
	const BgnbdParameters *p = &fit->parameters;
	const double others[] = {p->r, p->a, p->b};

	/* Rows are sorted by frequency. */
	if (rows[n - 1].x == 0)
		return (Reason) {
			psprintf("None of " INT64_FORMAT " customers bought again.", fit->customers),
			"Fit customers some of whom came back."};
	if (fit->customers == 1)
		return (Reason) {"There is only one customer.", MORE_CUSTOMERS};
	if (n == 1)
		return (Reason) {
			psprintf("All " INT64_FORMAT " customers are alike.", fit->customers), MORE_CUSTOMERS};
	if (fit->converged && !isnan(p->alpha) && fit_inside_borders(3, others) && !fit_inside_borders(1, &p->alpha))
		return (Reason) {
			psprintf("Parameter alpha is %.4g units of time, outside exp(-12) to exp(12).", p->alpha),
			"Measure time in a unit nearer to the time between purchases, such as days or weeks."};
	return reason_of_parameters(4, (const double[]) {p->r, p->alpha, p->a, p->b}, names, fit->customers);
}

static Datum
fit_purchases(FunctionCallInfo fcinfo, Datum summary, BgnbdKind kind, double ridge)
{
	PurchaseSummary *customers = purchase_summary_load(summary);
	double		unit = purchase_summary_unit_seconds(customers);
	BgnbdRow   *rows;
	size_t		n = purchase_summary_rows(customers, &rows);
	BgnbdFit	fit;
	Model		model = {.n = BGNBD_PARAMETERS};

	if (!bgnbd_fit(kind, rows, n, ridge, &fit))
		PG_RETURN_NULL();
	if (!fit.identified)
		warn(kind == BGNBD ? "BG/NBD" : "MBG/NBD", bgnbd_reason(rows, n, &fit));
	cx_free(rows);

	model.parameters[0] = fit.parameters.r;
	model.parameters[1] = fit.parameters.alpha;
	model.parameters[2] = fit.parameters.a;
	model.parameters[3] = fit.parameters.b;
	model.customers = fit.customers;
	model.loglik = fit.loglik;
	memcpy(model.covariance, fit.covariance, sizeof(fit.covariance));
	model.has_covariance = fit.identified;
	model.unit_seconds = isnan(unit) ? 0 : unit;
	model.converged = fit.converged;
	model.identified = fit.identified;
	return model_datum(fcinfo, &model);
}

/* A final function: its state as a summary first. */
static Datum
fit_purchase_state(FunctionCallInfo fcinfo, BgnbdKind kind)
{
	Datum		summary = multiset_state_final(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);

	return fcinfo->isnull ? summary : fit_purchases(fcinfo, summary, kind, 0);
}

PG_FUNCTION_INFO_V1(purchase_summary_bgnbd_fit);
Datum
purchase_summary_bgnbd_fit(PG_FUNCTION_ARGS)
{
	return fit_purchases(fcinfo, PG_GETARG_DATUM(0), BGNBD, ridge_arg(fcinfo));
}

PG_FUNCTION_INFO_V1(purchase_summary_mbgnbd_fit);
Datum
purchase_summary_mbgnbd_fit(PG_FUNCTION_ARGS)
{
	return fit_purchases(fcinfo, PG_GETARG_DATUM(0), MBGNBD, ridge_arg(fcinfo));
}

PG_FUNCTION_INFO_V1(bgnbd_fit_final);
Datum
bgnbd_fit_final(PG_FUNCTION_ARGS)
{
	return fit_purchase_state(fcinfo, BGNBD);
}

PG_FUNCTION_INFO_V1(mbgnbd_fit_final);
Datum
mbgnbd_fit_final(PG_FUNCTION_ARGS)
{
	return fit_purchase_state(fcinfo, MBGNBD);
}

/* ---------- Gamma-Gamma ---------- */

static Reason
gamma_gamma_reason(const SpendRow *rows, size_t n, const GammaGammaFit *fit)
{
	static const char *const names[] = {"p", "q", "v"};
	double		parameters[GAMMA_GAMMA_PARAMETERS] = {fit->p, fit->q, fit->v};
	bool		same = true;

	if (fit->customers == 1)
		return (Reason) {"There is only one customer.", MORE_CUSTOMERS};
	for (size_t i = 1; i < n; i++)
		same = same && rows[i].m == rows[0].m;
	if (same)
		return (Reason) {
			psprintf("All " INT64_FORMAT " customers spend the same.", fit->customers), MORE_CUSTOMERS};
	/* Where v is the only one outside, it may not be in units of the mean spend. */
	return reason_of_parameters(fit_inside_borders(2, parameters) ? 2 : 3, parameters, names, fit->customers);
}

static void
warn_no_mean(const GammaGammaFit *fit)
{
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("the Gamma-Gamma model has no mean spend"),
			 errdetail("Parameter q is %.4g; the mean exists where it is above 1.", fit->q),
			 errhint("Look for extreme amounts; expected_spend and cltv return NULL.")));
}

static Datum
fit_spend(FunctionCallInfo fcinfo, Datum summary, double ridge)
{
	SpendRow   *rows;
	size_t		n = spend_summary_rows(spend_summary_load(summary), &rows);
	GammaGammaFit fit;
	Model		model = {.n = GAMMA_GAMMA_PARAMETERS};

	if (!gamma_gamma_fit(rows, n, ridge, &fit))
		PG_RETURN_NULL();
	if (!fit.identified)
		warn("Gamma-Gamma", gamma_gamma_reason(rows, n, &fit));
	else if (fit.q <= 1)
		warn_no_mean(&fit);
	cx_free(rows);

	model.parameters[0] = fit.p;
	model.parameters[1] = fit.q;
	model.parameters[2] = fit.v;
	model.customers = fit.customers;
	model.loglik = fit.loglik;
	memcpy(model.covariance, fit.covariance, sizeof(fit.covariance));
	model.has_covariance = fit.identified;
	model.converged = fit.converged;
	model.identified = fit.identified;
	return model_datum(fcinfo, &model);
}

PG_FUNCTION_INFO_V1(spend_summary_gamma_gamma_fit);
Datum
spend_summary_gamma_gamma_fit(PG_FUNCTION_ARGS)
{
	return fit_spend(fcinfo, PG_GETARG_DATUM(0), ridge_arg(fcinfo));
}

PG_FUNCTION_INFO_V1(gamma_gamma_fit_final);
Datum
gamma_gamma_fit_final(PG_FUNCTION_ARGS)
{
	Datum		summary = multiset_state_final(fcinfo, SPEND_WORDS, SPEND_TYPE);

	return fcinfo->isnull ? summary : fit_spend(fcinfo, summary, 0);
}

/* ---------- sBG ---------- */

/* More periods no function of the model takes. */
#define MOST_PERIODS PG_INT32_MAX

static void
bad_periods(double duration, bool churned)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 churned ? errmsg("nobody churns in period %s", float8_text(duration, number))
			 : errmsg("nobody survives %s periods", float8_text(duration, number)),
			 errhint("Periods are counted in whole numbers; churn is in period 1 or later.")));
}

/* The periods as the fit takes them; palloc'd. */
static size_t
sbg_rows(const Multiset *durations, SbgRow **rows)
{
	SurvivalWalk walk;
	size_t		n = 0;

	*rows = cx_alloc(durations->n_sorted, sizeof(SbgRow));
	survival_open(&walk, durations);
	while (survival_next(&walk))
	{
		const SurvivalPoint *point = &walk.point;

		if (!(point->duration <= MOST_PERIODS) || point->duration != floor(point->duration) ||
			(point->duration == 0 && point->events > 0))
			bad_periods(point->duration, point->events > 0);
		(*rows)[n++] = (SbgRow) {(int64) point->duration, (double) point->events, (double) point->censored};
	}
	return n;
}

static Reason
sbg_reason(const SbgRow *rows, size_t n, const SbgFit *fit)
{
	static const char *const names[] = {"alpha", "beta"};
	double		churned = 0;
	int64		customers = (int64) fit->customers;

	for (size_t i = 0; i < n; i++)
		churned += rows[i].churned;
	if (churned == 0)
		return (Reason) {
			psprintf("None of " INT64_FORMAT " customers churned.", customers),
			"Fit customers some of whom left."};
	if (customers == 1)
		return (Reason) {"There is only one customer.", MORE_CUSTOMERS};
	if (rows[n - 1].periods == 1)
		return (Reason) {
			"Nobody is seen for more than one period.",
			"Fit customers who were seen for at least two periods."};
	return reason_of_parameters(2, (const double[]) {fit->alpha, fit->beta}, names, customers);
}

static Datum
fit_churn(FunctionCallInfo fcinfo, Datum summary)
{
	SbgRow	   *rows;
	size_t		n = sbg_rows(survival_summary_load(summary), &rows);
	SbgFit		fit;
	Model		model = {.n = SBG_PARAMETERS};

	if (!sbg_fit(rows, n, 0, &fit))
		PG_RETURN_NULL();
	if (!fit.identified)
		warn("sBG", sbg_reason(rows, n, &fit));
	cx_free(rows);

	model.parameters[0] = fit.alpha;
	model.parameters[1] = fit.beta;
	model.customers = fit.customers < 9.2e18 ? (int64) fit.customers : PG_INT64_MAX;
	model.loglik = fit.loglik;
	memcpy(model.covariance, fit.covariance, sizeof(fit.covariance));
	model.has_covariance = fit.identified;
	model.converged = fit.converged;
	model.identified = fit.identified;
	return model_datum(fcinfo, &model);
}

PG_FUNCTION_INFO_V1(survival_summary_sbg_fit);
Datum
survival_summary_sbg_fit(PG_FUNCTION_ARGS)
{
	return fit_churn(fcinfo, PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(sbg_fit_final);
Datum
sbg_fit_final(PG_FUNCTION_ARGS)
{
	Datum		summary = multiset_state_final(fcinfo, SURVIVAL_WORDS, SURVIVAL_TYPE);

	return fcinfo->isnull ? summary : fit_churn(fcinfo, summary);
}

/* Arguments of the transition functions: state, periods, churned. */
#define PERIODS 1
#define CHURNED 2

/* The key of a row; 22023 where there is no such customer. */
static uint64
sbg_key(FunctionCallInfo fcinfo)
{
	int32		periods = PG_GETARG_INT32(PERIODS);
	bool		churned = PG_GETARG_BOOL(CHURNED);

	if (periods < (churned ? 1 : 0))
		bad_periods(periods, churned);
	return survival_key(periods, churned);
}

PG_FUNCTION_INFO_V1(sbg_accum);
Datum
sbg_accum(PG_FUNCTION_ARGS)
{
	uint64		key;

	if (PG_ARGISNULL(PERIODS) || PG_ARGISNULL(CHURNED))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	key = sbg_key(fcinfo);
	return multiset_state_add(fcinfo, multiset_state(fcinfo, SURVIVAL_WORDS), &key, SURVIVAL_TYPE);
}

PG_FUNCTION_INFO_V1(sbg_accum_inv);
Datum
sbg_accum_inv(PG_FUNCTION_ARGS)
{
	uint64		key;

	if (PG_ARGISNULL(PERIODS) || PG_ARGISNULL(CHURNED))
		return multiset_same_state(fcinfo, SURVIVAL_WORDS);
	key = sbg_key(fcinfo);
	return multiset_state_remove(fcinfo, multiset_state(fcinfo, SURVIVAL_WORDS), &key, SURVIVAL_TYPE);
}
