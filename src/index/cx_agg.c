/*
 * cx_agg.c
 *	  Transition, combine, inverse and final functions over the state cx_summary.
 *
 * A row is one respondent with answers on several dimensions (wide form) or
 * one answer (long form); cx_state.c keeps the sums.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/cx_state.h"
#include "index/index_math.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* The names in a text[] argument, for as long as it stays the same. */
typedef struct NamesCache
{
	CxNames		names;			/* they point into the array */
	ArrayType  *array;
	Size		size;			/* of the argument, */
	struct varlena *argument;	/* and a copy of it, to see whether it changes */
} NamesCache;

/* ---------- Reading the arguments of a row ---------- */

static void
check_scale(CxRow *row)
{
	if (row->scale_min >= row->scale_max ||
		row->scale_min < SCORE_MIN || row->scale_max > SCORE_MAX)
		scale_check(row->scale_min, row->scale_max);
}

static void
set_answer(CxRow *row, int k, int score)
{
	if (score < row->scale_min || score > row->scale_max)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %d of dimension \"%.*s\" is out of range", score,
						row->names->lengths[k], row->names->names[k]),
				 errdetail("Its scale is %d..%d.", row->scale_min, row->scale_max),
				 errhint("Give the scale of the question, or leave such answers out with FILTER.")));
	row->scores[k] = score;
	row->answered[k] = true;
}

/* Sets the weight from the argument; false when the row is to be left out. */
static bool
set_weight(FunctionCallInfo fcinfo, int arg, CxRow *row)
{
	row->weighted = true;
	row->weight = PG_GETARG_FLOAT8(arg);
	score_weight_check(row->weight);
	return row->weight > 0;
}

/* Splits a text[] of names; 22023 where one is NULL, repeated or no name. */
static void
split_names(ArrayType *array, CxNames *names)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dimensions are an array of %d dimensions", ARR_NDIM(array)),
				 errhint("Give the names as a one-dimensional array.")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (n > CX_DIMENSIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a cx_summary holds at most %d dimensions", CX_DIMENSIONS),
				 errhint("Summarise other questions with score_agg().")));
	names->n = n;
	for (int k = 0; k < n; k++)
	{
		if (nulls[k])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("dimension %d is NULL", k + 1),
					 errhint("Name every dimension; an answer that is missing is NULL among the scores.")));
		names->names[k] = VARDATA_ANY(DatumGetPointer(elements[k]));
		names->lengths[k] = VARSIZE_ANY_EXHDR(DatumGetPointer(elements[k]));
		for (int i = 0; i < k; i++)
		{
			if (names->lengths[i] == names->lengths[k] &&
				memcmp(names->names[i], names->names[k], names->lengths[k]) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("dimension \"%.*s\" appears twice in a row",
								names->lengths[k], names->names[k])));
		}
	}
	if (n > 0)
	{
		pfree(elements);
		pfree(nulls);
	}
}

/* The names in the argument, split once for as long as it stays the same. */
static const CxNames *
names_arg(FunctionCallInfo fcinfo, int arg)
{
	NamesCache *cache = fcinfo->flinfo->fn_extra;
	struct varlena *argument = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(arg));
	Size		size = VARSIZE_ANY(argument);
	MemoryContext caller;

	if (likely(cache != NULL && cache->size == size &&
			   memcmp(cache->argument, argument, size) == 0))
		return &cache->names;

	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (cache != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		pfree(cache->argument);
		pfree(cache->array);
		pfree(cache);
	}
	cache = palloc0(sizeof(NamesCache));
	cache->size = size;
	cache->argument = palloc(size);
	memcpy(cache->argument, argument, size);
	cache->array = DatumGetArrayTypePCopy(PointerGetDatum(cache->argument));
	split_names(cache->array, &cache->names);
	fcinfo->flinfo->fn_extra = cache;
	MemoryContextSwitchTo(caller);
	return &cache->names;
}

/* Sets the answers from an int[] that is as long as the names; false without any. */
static bool
set_answers(CxRow *row, ArrayType *scores)
{
	int			n = ArrayGetNItems(ARR_NDIM(scores), ARR_DIMS(scores));
	const bits8 *present = ARR_NULLBITMAP(scores);
	const int32 *score = (const int32 *) ARR_DATA_PTR(scores);
	bool		any = false;

	if (ARR_NDIM(scores) > 1 || n != row->names->n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d dimensions and %d scores in a row", row->names->n, n),
				 errhint("Give both as one-dimensional arrays of the same length.")));
	for (int k = 0; k < n; k++)
	{
		if (present != NULL && (present[k / 8] & (1 << (k % 8))) == 0)
		{
			row->answered[k] = false;
			continue;
		}
		set_answer(row, k, *score++);
		any = true;
	}
	return any;
}

/* (state, dimensions text[], scores int[], scale_min, scale_max [, weight]); false: nothing to count */
static bool
wide_row(FunctionCallInfo fcinfo, CxRow *row)
{
	row->names = names_arg(fcinfo, 1);
	row->scale_min = PG_GETARG_INT32(3);
	row->scale_max = PG_GETARG_INT32(4);
	row->joint = true;
	row->weighted = false;
	row->weight = 1;
	check_scale(row);
	if (PG_NARGS() > 5 && !set_weight(fcinfo, 5, row))
		return false;
	return set_answers(row, PG_GETARG_ARRAYTYPE_P(2));
}

/* (state, dimension text, score, scale_min, scale_max [, weight]); false: nothing to count */
static bool
long_row(FunctionCallInfo fcinfo, CxNames *name, bool is_float8, CxRow *row)
{
	text	   *dimension = PG_GETARG_TEXT_PP(1);

	name->n = 1;
	name->names[0] = VARDATA_ANY(dimension);
	name->lengths[0] = VARSIZE_ANY_EXHDR(dimension);
	row->names = name;
	row->scale_min = PG_GETARG_INT32(3);
	row->scale_max = PG_GETARG_INT32(4);
	row->joint = false;
	row->weighted = false;
	row->weight = 1;
	check_scale(row);
	if (PG_NARGS() > 5 && !set_weight(fcinfo, 5, row))
		return false;
	set_answer(row, 0, is_float8 ? score_from_float8(PG_GETARG_FLOAT8(2)) : PG_GETARG_INT32(2));
	return true;
}

/* (state, function, ease, emotion [, scale_min, scale_max]); complete rows, as the caller is strict */
static void
index_row(FunctionCallInfo fcinfo, CxRow *row)
{
	static const CxNames names = {
		.n = 3,
		.names = {"function", "ease", "emotion"},
		.lengths = {8, 4, 7}
	};

	row->names = &names;
	row->scale_min = PG_NARGS() > 4 ? PG_GETARG_INT32(4) : 1;
	row->scale_max = PG_NARGS() > 4 ? PG_GETARG_INT32(5) : 5;
	row->joint = true;
	row->weighted = false;
	row->weight = 1;
	check_scale(row);
	for (int k = 0; k < 3; k++)
		set_answer(row, k, PG_GETARG_INT32(k + 1));
}

/* Takes a row away again; NULL restarts the frame. */
static Datum
remove_row(FunctionCallInfo fcinfo, const CxRow *row)
{
	CxSummary  *s = aggregate_state(fcinfo);

	if (!cx_state_remove(s, row))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(s);
}

/* ---------- Transition functions ---------- */

PG_FUNCTION_INFO_V1(cx_accum_wide);
Datum
cx_accum_wide(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxRow		row;

	PG_RETURN_POINTER(wide_row(fcinfo, &row) ? cx_state_add(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_wide);
Datum
cx_inv_wide(PG_FUNCTION_ARGS)
{
	CxRow		row;

	if (!wide_row(fcinfo, &row))
		PG_RETURN_POINTER(aggregate_state(fcinfo));
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_int4);
Datum
cx_accum_int4(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxNames		name;
	CxRow		row;

	PG_RETURN_POINTER(long_row(fcinfo, &name, false, &row) ? cx_state_add(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_int4);
Datum
cx_inv_int4(PG_FUNCTION_ARGS)
{
	CxNames		name;
	CxRow		row;

	(void) long_row(fcinfo, &name, false, &row);
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_float8);
Datum
cx_accum_float8(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxNames		name;
	CxRow		row;

	PG_RETURN_POINTER(long_row(fcinfo, &name, true, &row) ? cx_state_add(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_float8);
Datum
cx_inv_float8(PG_FUNCTION_ARGS)
{
	CxNames		name;
	CxRow		row;

	(void) long_row(fcinfo, &name, true, &row);
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_index);
Datum
cx_accum_index(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxRow		row;

	index_row(fcinfo, &row);
	PG_RETURN_POINTER(cx_state_add(s, &row));
}

PG_FUNCTION_INFO_V1(cx_inv_index);
Datum
cx_inv_index(PG_FUNCTION_ARGS)
{
	CxRow		row;

	index_row(fcinfo, &row);
	return remove_row(fcinfo, &row);
}

/* ---------- Merging: combine function of all, transition function of rollup ---------- */

/* Adds b's answers to a. */
static void
add_data(CxData *a, CxData *b)
{
	int			to[CX_DIMENSIONS];

	cx_data_drop_empty(a);
	a->mixed |= b->mixed || (a->ndims > 0 && a->joint != b->joint);
	a->joint = b->joint && (a->joint || a->ndims == 0);
	if (a->weighted || b->weighted)
	{
		cx_data_make_weighted(a);
		cx_data_make_weighted(b);
	}
	for (int d = 0; d < b->ndims; d++)
	{
		CxDimension *dim = &b->dims[d];

		(void) cx_data_add_dimension(a, dim->name, strlen(dim->name),
									 dim->scale_min, dim->scale_max);
	}
	for (int d = 0; d < b->ndims; d++)
	{
		CxDimension *dim = &b->dims[d];

		to[d] = cx_data_add_dimension(a, dim->name, strlen(dim->name),
									  dim->scale_min, dim->scale_max);
		score_histogram_add(&a->dims[to[d]].answers, &dim->answers);
	}
	for (int j = 1; j < b->ndims && a->joint; j++)
	{
		for (int i = 0; i < j; i++)
		{
			int			from = cx_pair(i, j);
			int			pair = cx_pair(to[i], to[j]);

			for (int k = 0; k < PRODUCTS; k++)
			{
				a->float_products[pair][k] += b->float_products[from][k];
				a->int_products[pair][k] += b->int_products[from][k];
			}
		}
	}
	if (!cx_data_sums_fit(a))
		cx_summary_overflow();
}

/* Takes b's answers, both unweighted, out of a; false where they are not in it. */
static bool
subtract_data(CxData *a, const CxData *b)
{
	int			to[CX_DIMENSIONS];

	for (int d = 0; d < b->ndims; d++)
	{
		const CxDimension *dim = &b->dims[d];

		to[d] = cx_data_add_dimension(a, dim->name, strlen(dim->name),
									  dim->scale_min, dim->scale_max);
		if (!score_histogram_subtract(&a->dims[to[d]].answers, &dim->answers))
			return false;
	}
	for (int j = 1; j < b->ndims && a->joint; j++)
	{
		for (int i = 0; i < j; i++)
		{
			for (int k = 0; k < PRODUCTS; k++)
				a->int_products[cx_pair(to[i], to[j])][k] -= b->int_products[cx_pair(i, j)][k];
		}
	}
	return true;
}

PG_FUNCTION_INFO_V1(cx_combine);
Datum
cx_combine(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxData	   *other = cx_summary_load(PG_GETARG_DATUM(1));
	CxData	   *data;

	if (other->ndims == 0)
		PG_RETURN_POINTER(s);
	data = cx_summary_load(PointerGetDatum(s));
	add_data(data, other);
	PG_RETURN_POINTER(cx_summary_store(data, false, false));
}

PG_FUNCTION_INFO_V1(cx_combine_inv);
Datum
cx_combine_inv(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	CxData	   *other = cx_summary_load(PG_GETARG_DATUM(1));
	CxData	   *data;

	if (other->ndims == 0)
		PG_RETURN_POINTER(s);
	data = cx_summary_load(PointerGetDatum(s));

	/* Weights would drift; products that a mixed frame lost come back only by a restart. */
	if (data->weighted || data->mixed || other->weighted || data->joint != other->joint ||
		!subtract_data(data, other))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(cx_summary_store(data, false, false));
}

/* ---------- Final functions ---------- */

/* Loads the state, its sums checked; NULL when it holds no answer. */
static CxData *
load_state(FunctionCallInfo fcinfo)
{
	CxData	   *data = cx_summary_load(PG_GETARG_DATUM(0));

	if (!cx_data_sums_fit(data))
		cx_summary_overflow();
	for (int d = 0; d < data->ndims; d++)
	{
		if (histogram_base(&data->dims[d].answers).responses > 0)
			return data;
	}
	return NULL;
}

PG_FUNCTION_INFO_V1(cx_final);
Datum
cx_final(PG_FUNCTION_ARGS)
{
	CxData	   *data = load_state(fcinfo);

	if (data == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(cx_summary_store(data, true, false));
}

PG_FUNCTION_INFO_V1(cx_index_final);
Datum
cx_index_final(PG_FUNCTION_ARGS)
{
	CxData	   *data = load_state(fcinfo);
	double		weights[CX_DIMENSIONS];

	if (data == NULL)
		PG_RETURN_NULL();
	for (int d = 0; d < data->ndims; d++)
		weights[d] = 1;
	PG_RETURN_FLOAT8(index_value(data, weights, INDEX_MEAN));
}
