/*
 * purchase_agg.c
 *	  purchase_agg, spend_agg and rollup of their summaries.
 *
 * The states are summaries with a tail and room to spare (multiset.h). The
 * same transition functions serve the fits as aggregates.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "value/purchase_summary.h"
#include "value/rfm_summary.h"

/* ---------- purchase_agg ---------- */

/* Arguments: state, frequency, recency, age or state, summary. */
#define FREQUENCY 1
#define RECENCY 2
#define AGE 3
#define SUMMARY 1

static void
different_units(double a, double b)
{
	char		text[2][FLOAT8_TEXT_SIZE + 8];
	const double units[2] = {Min(a, b), Max(a, b)};

	for (int i = 0; i < 2; i++)
	{
		char		number[FLOAT8_TEXT_SIZE];

		if (units[i] == 0)
			strcpy(text[i], "unknown");
		else
			snprintf(text[i], sizeof(text[i]), "%s seconds", float8_text(units[i], number));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("customers are measured in different units: %s and %s", text[0], text[1]),
			 errhint("Give rfm the same unit everywhere.")));
}

/* The state takes a customer or a summary of this unit. */
static inline void
require_unit(Multiset *state, double unit)
{
	if (state->total == 0)
		state->unit = unit;
	else if (unlikely(state->unit != unit))
		different_units(state->unit, unit);
}

static inline bool
history_is_missing(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(FREQUENCY) || PG_ARGISNULL(RECENCY) || PG_ARGISNULL(AGE);
}

/* The customer of a row as a key; 22023 where there is none such. */
static inline void
history_key(FunctionCallInfo fcinfo, uint64 *key)
{
	const int64 x = PG_GETARG_INT64(FREQUENCY);
	const double t_x = PG_GETARG_FLOAT8(RECENCY);
	const double T = PG_GETARG_FLOAT8(AGE);

	purchase_check(x, t_x, T);
	purchase_key(x, t_x, T, key);
}

PG_FUNCTION_INFO_V1(purchase_accum);
Datum
purchase_accum(PG_FUNCTION_ARGS)
{
	uint64		key[PURCHASE_WORDS];
	Multiset   *state;

	if (history_is_missing(fcinfo))
		return multiset_same_state(fcinfo, PURCHASE_WORDS);
	history_key(fcinfo, key);
	state = multiset_state(fcinfo, PURCHASE_WORDS);
	require_unit(state, 0);
	return multiset_state_add(fcinfo, state, key, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_accum_inv);
Datum
purchase_accum_inv(PG_FUNCTION_ARGS)
{
	uint64		key[PURCHASE_WORDS];

	if (history_is_missing(fcinfo))
		return multiset_same_state(fcinfo, PURCHASE_WORDS);
	history_key(fcinfo, key);
	return multiset_state_remove(fcinfo, multiset_state(fcinfo, PURCHASE_WORDS), key, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_accum_rfm);
Datum
purchase_accum_rfm(PG_FUNCTION_ARGS)
{
	uint64		key[PURCHASE_WORDS];
	RfmSummary	summary = {0};
	Multiset   *state;

	if (!PG_ARGISNULL(SUMMARY))
		summary = rfm_summary_arg(fcinfo, SUMMARY);
	if (!summary.has_history)
		return multiset_same_state(fcinfo, PURCHASE_WORDS);
	purchase_check(summary.x, summary.t_x, summary.T);
	purchase_key(summary.x, summary.t_x, summary.T, key);
	state = multiset_state(fcinfo, PURCHASE_WORDS);
	require_unit(state, summary.unit_seconds);
	return multiset_state_add(fcinfo, state, key, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_accum_rfm_inv);
Datum
purchase_accum_rfm_inv(PG_FUNCTION_ARGS)
{
	uint64		key[PURCHASE_WORDS];
	RfmSummary	summary = {0};

	if (!PG_ARGISNULL(SUMMARY))
		summary = rfm_summary_arg(fcinfo, SUMMARY);
	if (!summary.has_history)
		return multiset_same_state(fcinfo, PURCHASE_WORDS);
	purchase_key(summary.x, summary.t_x, summary.T, key);
	return multiset_state_remove(fcinfo, multiset_state(fcinfo, PURCHASE_WORDS), key, PURCHASE_TYPE);
}

/* The units first. */
PG_FUNCTION_INFO_V1(purchase_combine);
Datum
purchase_combine(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
	{
		Multiset   *state = multiset_state(fcinfo, PURCHASE_WORDS);
		const Multiset *other = purchase_summary_load(PG_GETARG_DATUM(1));

		if (other->total > 0)
			require_unit(state, other->unit);
	}
	return multiset_state_combine(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_combine_inv);
Datum
purchase_combine_inv(PG_FUNCTION_ARGS)
{
	return multiset_state_combine_inv(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_final);
Datum
purchase_final(PG_FUNCTION_ARGS)
{
	return multiset_state_final(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);
}

/* ---------- spend_agg ---------- */

/* Arguments: state, frequency, monetary or state, summary. */
#define MONETARY 2

/* Whether a customer says anything on spend; 22023 where there is none such. */
static inline bool
spend_counts(int64 x, double m)
{
	char		monetary[FLOAT8_TEXT_SIZE];

	if (unlikely(x < 0 || !isfinite(m)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no customer has frequency " INT64_FORMAT " and monetary %s", x,
						float8_text(m, monetary)),
				 errhint("Frequency counts repeat purchases, monetary is their mean amount.")));
	return x > 0 && m > 0;
}

/* The customer of a row as a key; false for a row that is ignored. */
static inline bool
spend_row(FunctionCallInfo fcinfo, uint64 *key)
{
	if (PG_ARGISNULL(FREQUENCY) || PG_ARGISNULL(MONETARY) ||
		!spend_counts(PG_GETARG_INT64(FREQUENCY), PG_GETARG_FLOAT8(MONETARY)))
		return false;
	spend_key(PG_GETARG_INT64(FREQUENCY), PG_GETARG_FLOAT8(MONETARY), key);
	return true;
}

static inline bool
spend_summary_row(FunctionCallInfo fcinfo, uint64 *key)
{
	RfmSummary	summary;

	if (PG_ARGISNULL(SUMMARY))
		return false;
	summary = rfm_summary_arg(fcinfo, SUMMARY);
	if (!summary.has_history || !summary.has_monetary || !spend_counts(summary.x, summary.monetary))
		return false;
	spend_key(summary.x, summary.monetary, key);
	return true;
}

typedef bool (*SpendRowReader) (FunctionCallInfo fcinfo, uint64 *key);

/* Puts the customer of the row, as `read` finds it, into the state. */
static inline Datum
add_spend(FunctionCallInfo fcinfo, SpendRowReader read)
{
	uint64		key[SPEND_WORDS];

	if (!read(fcinfo, key))
		return multiset_same_state(fcinfo, SPEND_WORDS);
	return multiset_state_add(fcinfo, multiset_state(fcinfo, SPEND_WORDS), key, SPEND_TYPE);
}

/* Takes it out again. */
static inline Datum
remove_spend(FunctionCallInfo fcinfo, SpendRowReader read)
{
	uint64		key[SPEND_WORDS];

	if (!read(fcinfo, key))
		return multiset_same_state(fcinfo, SPEND_WORDS);
	return multiset_state_remove(fcinfo, multiset_state(fcinfo, SPEND_WORDS), key, SPEND_TYPE);
}

PG_FUNCTION_INFO_V1(spend_accum);
Datum
spend_accum(PG_FUNCTION_ARGS)
{
	return add_spend(fcinfo, spend_row);
}

PG_FUNCTION_INFO_V1(spend_accum_inv);
Datum
spend_accum_inv(PG_FUNCTION_ARGS)
{
	return remove_spend(fcinfo, spend_row);
}

PG_FUNCTION_INFO_V1(spend_accum_rfm);
Datum
spend_accum_rfm(PG_FUNCTION_ARGS)
{
	return add_spend(fcinfo, spend_summary_row);
}

PG_FUNCTION_INFO_V1(spend_accum_rfm_inv);
Datum
spend_accum_rfm_inv(PG_FUNCTION_ARGS)
{
	return remove_spend(fcinfo, spend_summary_row);
}

PG_FUNCTION_INFO_V1(spend_combine);
Datum
spend_combine(PG_FUNCTION_ARGS)
{
	return multiset_state_combine(fcinfo, SPEND_WORDS, SPEND_TYPE);
}

PG_FUNCTION_INFO_V1(spend_combine_inv);
Datum
spend_combine_inv(PG_FUNCTION_ARGS)
{
	return multiset_state_combine_inv(fcinfo, SPEND_WORDS, SPEND_TYPE);
}

PG_FUNCTION_INFO_V1(spend_final);
Datum
spend_final(PG_FUNCTION_ARGS)
{
	return multiset_state_final(fcinfo, SPEND_WORDS, SPEND_TYPE);
}
