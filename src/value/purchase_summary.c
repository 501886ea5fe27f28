/*
 * purchase_summary.c
 *	  The types purchase_summary and spend_summary: reading values, the customers in them.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"

#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "value/purchase_summary.h"

PurchaseSummary *
purchase_summary_load(Datum value)
{
	return multiset_or_state_arg(value, PURCHASE_WORDS, PURCHASE_TYPE);
}

SpendSummary *
spend_summary_load(Datum value)
{
	return multiset_or_state_arg(value, SPEND_WORDS, SPEND_TYPE);
}

double
purchase_summary_unit_seconds(const PurchaseSummary *s)
{
	return s->unit == 0 ? NAN : s->unit;
}

/* The customers sorted: the summary itself, or where it is a state a copy. */
static const Multiset *
sorted(const Multiset *m, const char *type)
{
	Multiset   *copy;
	MultisetStatus status;

	if (m->n_tail == 0)
		return m;
	status = multiset_canonical(m, &copy);
	if (status != MULTISET_OK)
		multiset_raise(status, type);
	return copy;
}

size_t
purchase_summary_rows(const PurchaseSummary *s, BgnbdRow **rows)
{
	const Multiset *customers = sorted(s, PURCHASE_TYPE);
	const size_t n = customers->n_sorted;

	*rows = cx_alloc(Max(n, 1), sizeof(BgnbdRow));
	for (size_t i = 0; i < n; i++)
	{
		const uint64 *key = multiset_record(customers, i);

		(*rows)[i] = (BgnbdRow) {multiset_int64(key[0]), multiset_float8(key[1]),
			multiset_float8(key[2]), (int64) key[PURCHASE_WORDS]};
	}
	if (customers != s)
		cx_free((void *) customers);
	return n;
}

size_t
spend_summary_rows(const SpendSummary *s, SpendRow **rows)
{
	const Multiset *customers = sorted(s, SPEND_TYPE);
	const size_t n = customers->n_sorted;

	*rows = cx_alloc(Max(n, 1), sizeof(SpendRow));
	for (size_t i = 0; i < n; i++)
	{
		const uint64 *key = multiset_record(customers, i);

		(*rows)[i] = (SpendRow) {multiset_int64(key[0]), multiset_float8(key[1]),
			(int64) key[SPEND_WORDS]};
	}
	if (customers != s)
		cx_free((void *) customers);
	return n;
}

const char *
purchase_problem(int64 x, double t_x, double T)
{
	if (!isfinite(t_x) || !isfinite(T))
		return "Recency and age are finite numbers.";
	if (x < 0 || t_x < 0)
		return "Neither frequency nor recency is below 0.";
	if (t_x > T)
		return "Recency is not after age.";
	if (x == 0 && t_x > 0)
		return "Recency is 0 where there is no repeat purchase.";
	return NULL;
}

static void
refuse(int64 x, double t_x, double T)
{
	char		recency[FLOAT8_TEXT_SIZE];
	char		age[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("no customer has frequency " INT64_FORMAT ", recency %s and age %s", x,
					float8_text(t_x, recency), float8_text(T, age)),
			 errdetail_internal("%s", purchase_problem(x, t_x, T)),
			 errhint("Frequency counts repeat purchases; recency and age are the times from the first purchase to the last and to the end.")));
}

void
purchase_check(int64 x, double t_x, double T)
{
	/* All that purchase_problem asks; NaN fails it. */
	if (unlikely(!(x >= 0 && t_x >= 0 && t_x <= T && T <= DBL_MAX && (x > 0 || t_x == 0))))
		refuse(x, t_x, T);
}
