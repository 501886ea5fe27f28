/*
 * covariance_summary.c
 *	  The type covariance_summary: its layout, reading values and merging them.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "common/compat.h"
#include "index/covariance_summary.h"

static inline Size
size_of(int k, uint8 flags)
{
	int			lows = flags & COVARIANCE_STATE ? k : 0;

	return offsetof(CovarianceSummary, data) + (k + covariance_cells(k) + lows) * sizeof(float8);
}

CovarianceSummary *
covariance_summary_new(int k, uint8 flags)
{
	CovarianceSummary *s = palloc0(size_of(k, flags));

	SET_VARSIZE(s, size_of(k, flags));
	s->flags = flags;
	s->version = COVARIANCE_SUMMARY_VERSION;
	s->k = k;
	return s;
}

Covariances
covariance_summary_load(Datum value)
{
	CovarianceSummary *s = (CovarianceSummary *) PG_DETOAST_DATUM(value);

	if (VARSIZE(s) < size_of(0, 0) || s->version != COVARIANCE_SUMMARY_VERSION ||
		(s->flags & ~COVARIANCE_STATE) != 0 || s->k < 1 || s->k > COVARIANCE_VARIABLES || s->n < 1 ||
		VARSIZE(s) != size_of(s->k, s->flags))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("covariance_summary of %zu bytes is corrupt", (Size) VARSIZE(s))));
	return covariance_summary_numbers(s);
}

CovarianceSummary *
covariance_summary_store(const Covariances *c)
{
	CovarianceSummary *s = covariance_summary_new(c->k, 0);

	if (!covariances_finite(c))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("covariance_summary out of range"),
				 errdetail("A sum of squares or products is too large for a float8."),
				 errhint("Give the values in a larger unit.")));
	s->n = c->n;
	memcpy(s->data, c->means, c->k * sizeof(float8));
	memcpy(s->data + c->k, c->products, covariance_cells(c->k) * sizeof(float8));
	return s;
}

void
covariance_summary_mismatch(int known, int k)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%d covariates after %d of them", k - 1, known - 1),
			 errhint("Give every row the same covariates in the same order; one that was not answered is NULL and leaves its row out.")));
}

void
covariance_summary_merge(CovarianceSummary *a, const Covariances *b)
{
	Covariances c = covariance_summary_numbers(a);
	int64		n;

	if (a->k != b->k)
		covariance_summary_mismatch(a->k, b->k);
	if (pg_add_s64_overflow(a->n, b->n, &n))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("covariance_summary out of range"),
				 errdetail("It counts at most " INT64_FORMAT " observations.", PG_INT64_MAX)));
	covariances_merge(&c, b);
	a->n = c.n;
}

Covariances *
covariance_summary_array(ArrayType *array, int *n)
{
	Covariances *summaries;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &elements, &nulls, &count);
	summaries = palloc(Max(count, 1) * sizeof(Covariances));
	*n = 0;
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			continue;
		summaries[(*n)++] = covariance_summary_load(elements[i]);
	}
	return summaries;
}
