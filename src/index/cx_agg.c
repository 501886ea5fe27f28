/*
 * cx_agg.c
 *	  Transition, combine, inverse and final functions over the state cx_summary.
 *
 * A row is one respondent with answers on several dimensions (wide form) or
 * one answer (long form). Where the state has room for it the sums are changed
 * in place; a new dimension, the first weight or a count past its width makes
 * a new state.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/cx_summary.h"
#include "index/index_math.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* The names of the dimensions of a row, as the argument last had them. */
typedef struct RowNames
{
	Size		size;			/* of the argument */
	struct varlena *argument;	/* a copy, to see whether it changes */
	ArrayType  *array;			/* the same, unpacked; the names point into it */
	int			n;
	const char *names[CX_DIMENSIONS];
	int			lengths[CX_DIMENSIONS];
} RowNames;

/* One row: what was answered of `names`, on one scale, with what weight. */
typedef struct Row
{
	const RowNames *names;
	int			scores[CX_DIMENSIONS];
	bool		answered[CX_DIMENSIONS];
	int			scale_min;
	int			scale_max;
	bool		joint;			/* a respondent, not a single answer */
	bool		weighted;
	float8		weight;
} Row;

/* Where the answers of a row belong in the state, in the order of its directory. */
typedef struct Places
{
	int			n;
	int			dims[CX_DIMENSIONS];
	int			slots[CX_DIMENSIONS];	/* of the score */
	int			u[CX_DIMENSIONS];	/* score - scale_min */
	int			signs[CX_DIMENSIONS];
} Places;

/* ---------- Finding and making room ---------- */

/* Looks a dimension up in the directory of the state; false when it is not there. */
static inline bool
find_dimension(const CxSummary *s, const char *name, int length, int scale_min, int scale_max,
			   int *dim, int *first_slot)
{
	const uint8 *entry = (const uint8 *) s->data;
	int			slot = 0;

	for (int d = 0; d < s->ndims; d++)
	{
		int			entry_min = (int8) entry[0];
		int			entry_max = (int8) entry[1];

		if (entry[2] == length && memcmp(entry + 3, name, length) == 0)
		{
			if (entry_min != scale_min || entry_max != scale_max)
				cx_scale_conflict(name, length, scale_min, scale_max, entry_min, entry_max);
			*dim = d;
			*first_slot = slot;
			return true;
		}
		slot += entry_max - entry_min + 1;
		entry += 3 + entry[2];
	}
	return false;
}

/* Finds the place of each answer; false when the state lacks a dimension or a flag. */
static inline bool
find_places(const CxSummary *s, const Row *row, Places *places)
{
	const uint8 flags = (row->weighted ? CX_SUMMARY_WEIGHTED : 0) |
		(row->joint ? CX_SUMMARY_JOINT : 0);

	if ((s->flags & (CX_SUMMARY_WEIGHTED | CX_SUMMARY_JOINT)) != flags)
		return false;
	places->n = 0;
	for (int k = 0; k < row->names->n; k++)
	{
		int			at = places->n;
		int			dim;
		int			slot;

		if (!row->answered[k])
			continue;
		if (!find_dimension(s, row->names->names[k], row->names->lengths[k],
							row->scale_min, row->scale_max, &dim, &slot))
			return false;

		/* Pairs are found by the order of the directory: insert in that order. */
		while (at > 0 && places->dims[at - 1] > dim)
		{
			places->dims[at] = places->dims[at - 1];
			places->slots[at] = places->slots[at - 1];
			places->u[at] = places->u[at - 1];
			places->signs[at] = places->signs[at - 1];
			at--;
		}
		places->dims[at] = dim;
		places->u[at] = row->scores[k] - row->scale_min;
		places->slots[at] = slot + places->u[at];
		places->signs[at] = cx_sign(row->scores[k], row->scale_min, row->scale_max);
		places->n++;
	}
	return true;
}

/* Turns what is known without weights into sums of weights of 1. */
static void
make_weighted(CxData *data)
{
	if (data->weighted)
		return;
	data->weighted = true;
	for (int i = 0; i < cx_pairs(data->ndims); i++)
	{
		for (int k = 0; k < PRODUCTS; k++)
		{
			data->float_products[i][k] = (double) data->int_products[i][k];
			data->int_products[i][k] = 0;
		}
	}
}

/* A state like s in which the answers of the row have their place. */
static CxSummary *
make_room(CxSummary *s, const Row *row)
{
	CxData	   *data = cx_summary_load(PointerGetDatum(s));

	data->joint = row->joint && (data->joint || data->ndims == 0);
	if (row->weighted)
		make_weighted(data);
	for (int k = 0; k < row->names->n; k++)
	{
		if (row->answered[k])
			cx_data_add_dimension(data, row->names->names[k], row->names->lengths[k],
								  row->scale_min, row->scale_max);
	}
	return cx_summary_store(data, false, (s->flags & CX_SUMMARY_WIDE) != 0);
}

/* True when the 32-bit sums of the state may not hold one more row. */
static inline bool
is_full(const CxParts *parts, const Row *row, const Places *places)
{
	int32		limit = cx_narrow_limit(row->scale_max - row->scale_min,
										row->scale_max - row->scale_min);

	for (int j = 0; j < places->n; j++)
	{
		if (parts->counts32 && parts->counts32[places->slots[j]] == PG_UINT32_MAX)
			return true;
		for (int i = 0; i < j && parts->products32; i++)
		{
			int			pair = cx_pair(places->dims[i], places->dims[j]);

			if (parts->products32[pair * PRODUCTS + PRODUCT_BASE] >= limit)
				return true;
		}
	}
	return false;
}

/* ---------- Changing the sums ---------- */

/* Adds (or with sign -1 takes away) what a respondent brings to the products of pairs. */
static inline void
change_products(const CxParts *parts, const Places *places, float8 square, int sign)
{
	for (int j = 1; j < places->n; j++)
	{
		for (int i = 0; i < j; i++)
		{
			int			at = cx_pair(places->dims[i], places->dims[j]) * PRODUCTS;
			int			terms[PRODUCTS] = {
				1, places->u[i], places->u[j], places->u[i] * places->u[j],
				places->signs[i], places->signs[j], places->signs[i] * places->signs[j]
			};

			for (int k = 0; k < PRODUCTS; k++)
			{
				if (parts->products32)
					parts->products32[at + k] += sign * terms[k];
				else if (parts->products64)
					parts->products64[at + k] += sign * terms[k];
				else
					parts->float_products[at + k] += square * terms[k];
			}
		}
	}
}

static CxSummary *
add_row(CxSummary *s, const Row *row)
{
	Places		places;
	CxParts		parts;

	if (unlikely(!find_places(s, row, &places)))
	{
		s = make_room(s, row);
		(void) find_places(s, row, &places);
	}
	parts = cx_summary_parts(s);
	if (unlikely(is_full(&parts, row, &places)))
	{
		s = cx_summary_store(cx_summary_load(PointerGetDatum(s)), false, true);
		parts = cx_summary_parts(s);
	}

	for (int k = 0; k < places.n; k++)
	{
		int			slot = places.slots[k];

		if (parts.counts64)
			parts.counts64[slot]++;
		else
			parts.counts32[slot]++;
		if (row->weighted)
		{
			parts.weights[slot] += row->weight;
			parts.squares[slot] += row->weight * row->weight;
		}
	}
	if (row->joint)
		change_products(&parts, &places, row->weight * row->weight, 1);
	return s;
}

/* Takes a row away again; NULL (a restart of the frame) where that is not exact. */
static Datum
remove_row(FunctionCallInfo fcinfo, const Row *row)
{
	CxSummary  *s = aggregate_state(fcinfo);
	Places		places;
	CxParts		parts;

	if (row->weighted || !find_places(s, row, &places))
		PG_RETURN_NULL();
	parts = cx_summary_parts(s);
	for (int k = 0; k < places.n; k++)
	{
		if (parts.counts64)
			parts.counts64[places.slots[k]]--;
		else
			parts.counts32[places.slots[k]]--;
	}
	if (row->joint)
		change_products(&parts, &places, 1, -1);
	PG_RETURN_POINTER(s);
}

/* ---------- Reading the arguments of a row ---------- */

static void
check_scale(Row *row)
{
	if (row->scale_min >= row->scale_max ||
		row->scale_min < SCORE_MIN || row->scale_max > SCORE_MAX)
		scale_check(row->scale_min, row->scale_max);
}

static void
set_answer(Row *row, int k, int score)
{
	if (score < row->scale_min || score > row->scale_max)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %d of dimension \"%.*s\" is out of range", score,
						row->names->lengths[k], row->names->names[k]),
				 errdetail("Its scale is %d..%d.", row->scale_min, row->scale_max),
				 errhint("Give the scale of the question as arguments, or FILTER such answers out.")));
	row->scores[k] = score;
	row->answered[k] = true;
}

/* Sets the weight from the argument; false when the row is to be left out. */
static bool
set_weight(FunctionCallInfo fcinfo, int arg, Row *row)
{
	row->weighted = true;
	row->weight = PG_GETARG_FLOAT8(arg);
	score_weight_check(row->weight);
	return row->weight > 0;
}

/* Splits a text[] of names; 22023 where one is NULL, repeated or no name. */
static void
split_names(ArrayType *array, RowNames *names)
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
static const RowNames *
names_arg(FunctionCallInfo fcinfo, int arg)
{
	RowNames   *names = fcinfo->flinfo->fn_extra;
	struct varlena *argument = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(arg));
	Size		size = VARSIZE_ANY(argument);
	MemoryContext caller;

	if (likely(names != NULL && names->size == size &&
			   memcmp(names->argument, argument, size) == 0))
		return names;

	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (names != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		pfree(names->argument);
		pfree(names->array);
		pfree(names);
	}
	names = palloc0(sizeof(RowNames));
	names->size = size;
	names->argument = palloc(size);
	memcpy(names->argument, argument, size);
	names->array = DatumGetArrayTypePCopy(PointerGetDatum(names->argument));
	split_names(names->array, names);
	fcinfo->flinfo->fn_extra = names;
	MemoryContextSwitchTo(caller);
	return names;
}

/* Sets the answers from an int[] that is as long as the names; false without any. */
static bool
set_answers(Row *row, ArrayType *scores)
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
wide_row(FunctionCallInfo fcinfo, Row *row)
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

/* (state, dimension text, score, scale_min, scale_max [, weight]); the score is given apart */
static bool
long_row(FunctionCallInfo fcinfo, RowNames *name, int score, Row *row)
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
	set_answer(row, 0, score);
	return PG_NARGS() <= 5 || set_weight(fcinfo, 5, row);
}

/* (state, function, ease, emotion [, scale_min, scale_max]); complete rows, as the caller is strict */
static void
index_row(FunctionCallInfo fcinfo, Row *row)
{
	static const RowNames names = {
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

/* ---------- Transition functions ---------- */

PG_FUNCTION_INFO_V1(cx_accum_wide);
Datum
cx_accum_wide(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	Row			row;

	PG_RETURN_POINTER(wide_row(fcinfo, &row) ? add_row(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_wide);
Datum
cx_inv_wide(PG_FUNCTION_ARGS)
{
	Row			row;

	if (!wide_row(fcinfo, &row))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_int4);
Datum
cx_accum_int4(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	RowNames	name;
	Row			row;

	PG_RETURN_POINTER(long_row(fcinfo, &name, PG_GETARG_INT32(2), &row) ? add_row(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_int4);
Datum
cx_inv_int4(PG_FUNCTION_ARGS)
{
	RowNames	name;
	Row			row;

	(void) long_row(fcinfo, &name, PG_GETARG_INT32(2), &row);
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_float8);
Datum
cx_accum_float8(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	int			score = score_from_float8(PG_GETARG_FLOAT8(2));
	RowNames	name;
	Row			row;

	PG_RETURN_POINTER(long_row(fcinfo, &name, score, &row) ? add_row(s, &row) : s);
}

PG_FUNCTION_INFO_V1(cx_inv_float8);
Datum
cx_inv_float8(PG_FUNCTION_ARGS)
{
	RowNames	name;
	Row			row;

	(void) long_row(fcinfo, &name, score_from_float8(PG_GETARG_FLOAT8(2)), &row);
	return remove_row(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(cx_accum_index);
Datum
cx_accum_index(PG_FUNCTION_ARGS)
{
	CxSummary  *s = aggregate_state(fcinfo);
	Row			row;

	index_row(fcinfo, &row);
	PG_RETURN_POINTER(add_row(s, &row));
}

PG_FUNCTION_INFO_V1(cx_inv_index);
Datum
cx_inv_index(PG_FUNCTION_ARGS)
{
	Row			row;

	index_row(fcinfo, &row);
	return remove_row(fcinfo, &row);
}

/* ---------- Merging: combine function of all, transition function of rollup ---------- */

/* Adds b's answers to a. */
static void
add_data(CxData *a, CxData *b)
{
	int			to[CX_DIMENSIONS];

	a->joint = b->joint && (a->joint || a->ndims == 0);
	if (a->weighted || b->weighted)
	{
		make_weighted(a);
		make_weighted(b);
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
	if (data->weighted || other->weighted || data->joint != other->joint ||
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
	static const double shares[] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
	CxData	   *data = load_state(fcinfo);

	if (data == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(index_value(data, shares, INDEX_MEAN));
}
