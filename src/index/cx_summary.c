/*
 * cx_summary.c
 *	  The type cx_summary: its layout and its working form.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/compat.h"
#include "index/cx_summary.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* The most that one respondent adds to a product of scores. */
#define LARGEST_PRODUCT ((int64) (SCORE_SLOTS - 1) * (SCORE_SLOTS - 1))

/* ---------- Layout ---------- */

/* Bytes of the parts after the directory. */
static Size
parts_size(uint8 flags, int ndims, int slots)
{
	Size		count_size = (flags & CX_SUMMARY_WIDE) ? sizeof(int64) : sizeof(uint32);
	Size		size = slots * count_size;

	if (flags & CX_SUMMARY_WEIGHTED)
		size += 2 * slots * sizeof(float8);
	if (flags & CX_SUMMARY_JOINT)
		size += cx_pairs(ndims) * PRODUCTS *
			((flags & CX_SUMMARY_WEIGHTED) ? sizeof(float8) : count_size);
	return size;
}

CxParts
cx_summary_parts(CxSummary *s)
{
	CxParts		parts = {0};
	char	   *at = s->data + s->directory_size;
	int			products = cx_pairs(s->ndims) * PRODUCTS;

	if (s->flags & CX_SUMMARY_WEIGHTED)
	{
		parts.weights = (float8 *) at;
		parts.squares = parts.weights + s->slots;
		at = (char *) (parts.squares + s->slots);
		if (s->flags & CX_SUMMARY_JOINT)
		{
			parts.float_products = (float8 *) at;
			at = (char *) (parts.float_products + products);
		}
	}
	if (s->flags & CX_SUMMARY_WIDE)
	{
		parts.counts64 = (int64 *) at;
		at = (char *) (parts.counts64 + s->slots);
	}
	else
	{
		parts.counts32 = (uint32 *) at;
		at = (char *) (parts.counts32 + s->slots);
	}
	if ((s->flags & CX_SUMMARY_JOINT) && !(s->flags & CX_SUMMARY_WEIGHTED))
	{
		if (s->flags & CX_SUMMARY_WIDE)
			parts.products64 = (int64 *) at;
		else
			parts.products32 = (int32 *) at;
	}
	return parts;
}

Size
cx_directory_end(const CxSummary *s)
{
	const uint8 *entry = (const uint8 *) s->data;

	for (int d = 0; d < s->ndims; d++)
		entry += CX_ENTRY_HEADER + entry[2];
	return entry - (const uint8 *) s->data;
}

/* ---------- Working form ---------- */

CxData *
cx_data_new(int ndims, bool weighted, bool joint)
{
	CxData	   *data = palloc(sizeof(CxData));
	Size		pairs = cx_pairs(ndims);

	data->ndims = ndims;
	data->weighted = weighted;
	data->joint = joint;
	data->mixed = false;
	data->dims = palloc(Max(ndims, 1) * sizeof(CxDimension));
	data->float_products = palloc0(Max(pairs, 1) * sizeof(float8[PRODUCTS]));
	data->int_products = palloc0(Max(pairs, 1) * sizeof(int64[PRODUCTS]));
	return data;
}

static void
corrupt(Size size)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("cx_summary of %zu bytes is corrupt", size)));
}

/* Whether the directory is one of ours: entries inside it, with scales and names; counts their slots. */
static bool
directory_fits(const CxSummary *s, int *slots)
{
	const uint8 *entry = (const uint8 *) s->data;
	const uint8 *end = entry + s->directory_size;

	*slots = 0;
	for (int d = 0; d < s->ndims; d++)
	{
		int			scale_min;
		int			scale_max;

		if (end - entry < CX_ENTRY_HEADER || end - entry < CX_ENTRY_HEADER + entry[2])
			return false;
		scale_min = (int8) entry[0];
		scale_max = (int8) entry[1];
		if (entry[2] == 0 || scale_min < SCORE_MIN || scale_max > SCORE_MAX ||
			scale_min >= scale_max)
			return false;
		*slots += scale_max - scale_min + 1;
		entry += CX_ENTRY_HEADER + entry[2];
	}
	return true;
}

/* Whether a value of `size` bytes can be read: all parts lie inside it. */
static bool
layout_fits(const CxSummary *s, Size size)
{
	Size		head = offsetof(CxSummary, data);
	int			slots;

	if (size < head || s->version != CX_SUMMARY_VERSION || s->ndims > CX_DIMENSIONS ||
		(s->flags & ~(CX_SUMMARY_FLAGS | CX_SUMMARY_BUFFERED)) != 0)
		return false;
	head += s->directory_size;
	if (size < head || !directory_fits(s, &slots))
		return false;
	if (s->flags & CX_SUMMARY_BUFFERED)
		return size >= head + s->slots;
	return slots == s->slots && size == head + parts_size(s->flags, s->ndims, s->slots);
}

/* Reads the directory into the dimensions. */
static void
load_directory(const CxSummary *s, CxData *data)
{
	const uint8 *entry = (const uint8 *) s->data;

	for (int d = 0; d < s->ndims; d++)
	{
		CxDimension *dim = &data->dims[d];

		dim->scale_min = (int8) entry[0];
		dim->scale_max = (int8) entry[1];
		memcpy(dim->name, entry + CX_ENTRY_HEADER, entry[2]);
		dim->name[entry[2]] = '\0';
		histogram_init(&dim->answers, dim->scale_min, dim->scale_max, data->weighted);
		entry += CX_ENTRY_HEADER + entry[2];
	}
}

/* Adds a respondent's weighted answers on the dimensions dims[0..n-1]. */
static void
data_add_row(CxData *data, int n, const int *dims, const int *scores, float8 weight)
{
	for (int j = 0; j < n; j++)
	{
		CxDimension *dim = &data->dims[dims[j]];
		int			u = scores[j] - dim->scale_min;
		int			sign = cx_sign(scores[j], dim->scale_min, dim->scale_max);

		dim->answers.counts[u]++;
		dim->answers.weights[u] += weight;
		dim->answers.squares[u] += weight * weight;
		for (int i = 0; i < j && data->joint; i++)
		{
			CxDimension *other = &data->dims[dims[i]];
			int			other_u = scores[i] - other->scale_min;
			int			other_sign = cx_sign(scores[i], other->scale_min, other->scale_max);
			bool		first = dims[i] < dims[j];
			double	   *sums = data->float_products[first ? cx_pair(dims[i], dims[j])
													: cx_pair(dims[j], dims[i])];
			double		square = weight * weight;

			sums[PRODUCT_BASE] += square;
			sums[PRODUCT_U1] += square * (first ? other_u : u);
			sums[PRODUCT_U2] += square * (first ? u : other_u);
			sums[PRODUCT_U1_U2] += square * u * other_u;
			sums[PRODUCT_S1] += square * (first ? other_sign : sign);
			sums[PRODUCT_S2] += square * (first ? sign : other_sign);
			sums[PRODUCT_S1_S2] += square * sign * other_sign;
		}
	}
}

/* Adds up the rows of a buffered state. */
static CxData *
load_buffered(const CxSummary *s)
{
	CxData	   *data = cx_data_new(0, true, (s->flags & CX_SUMMARY_JOINT) != 0);
	const uint8 *entry = (const uint8 *) s->data;
	const char *at = s->data + s->directory_size;
	const char *end = at + s->slots;
	int			to[CX_DIMENSIONS];

	/* Names first, for each may move the places of those before it. */
	for (int turn = 0; turn < 2; turn++)
	{
		entry = (const uint8 *) s->data;
		for (int d = 0; d < s->ndims; d++)
		{
			to[d] = cx_data_add_dimension(data, (const char *) entry + CX_ENTRY_HEADER, entry[2],
										  (int8) entry[0], (int8) entry[1]);
			entry += CX_ENTRY_HEADER + entry[2];
		}
	}
	while (at < end)
	{
		int			n = (uint8) *at++;
		int			dims[CX_DIMENSIONS];
		int			scores[CX_DIMENSIONS];
		float8		weight;

		if (n > s->ndims || end - at < (ptrdiff_t) CX_BUFFERED_ROW(n) - 1)
			corrupt(VARSIZE(s));
		for (int k = 0; k < n; k++)
		{
			if ((uint8) *at >= s->ndims)
				corrupt(VARSIZE(s));
			dims[k] = to[(uint8) *at++];
			scores[k] = (int8) *at++;
		}
		memcpy(&weight, at, sizeof(weight));
		at += sizeof(weight);
		data_add_row(data, n, dims, scores, weight);
	}
	return data;
}

CxData *
cx_summary_load(Datum value)
{
	CxSummary  *s = (CxSummary *) PG_DETOAST_DATUM(value);
	Size		size = VARSIZE(s);
	CxData	   *data;
	CxParts		parts;
	int			slot = 0;

	if (!layout_fits(s, size))
		corrupt(size);
	if (s->flags & CX_SUMMARY_BUFFERED)
		return load_buffered(s);
	data = cx_data_new(s->ndims, (s->flags & CX_SUMMARY_WEIGHTED) != 0,
					   (s->flags & CX_SUMMARY_JOINT) != 0);
	load_directory(s, data);
	data->mixed = (s->flags & CX_SUMMARY_MIXED) != 0;

	parts = cx_summary_parts(s);
	for (int d = 0; d < data->ndims; d++)
	{
		ScoreHistogram *h = &data->dims[d].answers;

		for (int i = 0; i < h->slots; i++, slot++)
		{
			h->counts[i] = parts.counts64 ? parts.counts64[slot] : parts.counts32[slot];
			h->weights[i] = parts.weights ? parts.weights[slot] : (float8) h->counts[i];
			h->squares[i] = parts.squares ? parts.squares[slot] : (float8) h->counts[i];
		}
	}
	for (int i = 0; data->joint && i < cx_pairs(data->ndims) * PRODUCTS; i++)
	{
		if (parts.float_products)
			cx_float_products(data)[i] = parts.float_products[i];
		else
			cx_int_products(data)[i] = parts.products64 ? parts.products64[i]
				: parts.products32[i];
	}
	if ((Pointer) s != DatumGetPointer(value))
		pfree(s);
	return data;
}

/* True when a count or a product needs 64 bits. */
static bool
needs_wide(const CxData *data)
{
	for (int d = 0; d < data->ndims; d++)
	{
		const ScoreHistogram *h = &data->dims[d].answers;

		for (int i = 0; i < h->slots; i++)
		{
			if (h->counts[i] > PG_UINT32_MAX)
				return true;
		}
		for (int i = 0; i < d && data->joint && !data->weighted; i++)
		{
			if (data->int_products[cx_pair(i, d)][PRODUCT_BASE] >
				cx_narrow_limit(data->dims[i].answers.slots - 1, h->slots - 1))
				return true;
		}
	}
	return false;
}

/* The numbers of the dimensions to store; returns how many. */
static int
dimensions_to_store(const CxData *data, bool canonical, int *kept)
{
	int			n = 0;

	for (int d = 0; d < data->ndims; d++)
	{
		if (!canonical || histogram_base(&data->dims[d].answers).responses > 0)
			kept[n++] = d;
	}
	return n;
}

static void
store_directory(const CxData *data, const int *kept, CxSummary *s)
{
	uint8	   *entry = (uint8 *) s->data;

	for (int k = 0; k < s->ndims; k++)
	{
		const CxDimension *dim = &data->dims[kept[k]];
		uint8		length = strlen(dim->name);

		entry[0] = (uint8) (int8) dim->scale_min;
		entry[1] = (uint8) (int8) dim->scale_max;
		entry[2] = length;
		memcpy(entry + CX_ENTRY_HEADER, dim->name, length);
		entry += CX_ENTRY_HEADER + length;
	}
}

static void
store_answers(const CxData *data, const int *kept, CxSummary *s)
{
	CxParts		parts = cx_summary_parts(s);
	int			slot = 0;

	for (int k = 0; k < s->ndims; k++)
	{
		const ScoreHistogram *h = &data->dims[kept[k]].answers;

		for (int i = 0; i < h->slots; i++, slot++)
		{
			if (parts.counts64)
				parts.counts64[slot] = h->counts[i];
			else
				parts.counts32[slot] = (uint32) h->counts[i];
			if (parts.weights)
			{
				parts.weights[slot] = h->weights[i];
				parts.squares[slot] = h->squares[i];
			}
		}
	}
}

static void
store_products(const CxData *data, const int *kept, CxSummary *s)
{
	CxParts		parts = cx_summary_parts(s);

	for (int j = 1; j < s->ndims; j++)
	{
		for (int i = 0; i < j; i++)
		{
			int			from = cx_pair(kept[i], kept[j]);
			int			to = cx_pair(i, j) * PRODUCTS;

			for (int k = 0; k < PRODUCTS; k++)
			{
				if (parts.float_products)
					parts.float_products[to + k] = data->float_products[from][k];
				else if (parts.products64)
					parts.products64[to + k] = data->int_products[from][k];
				else
					parts.products32[to + k] = (int32) data->int_products[from][k];
			}
		}
	}
}

CxSummary *
cx_summary_store(const CxData *data, bool canonical, bool wide)
{
	int			kept[CX_DIMENSIONS];
	int			ndims = dimensions_to_store(data, canonical, kept);
	uint8		flags = 0;
	Size		directory = 0;
	int			slots = 0;
	Size		size;
	CxSummary  *s;

	/* Nothing is neither weighted nor joint: there is one empty value. */
	if (ndims > 0)
		flags = (data->weighted ? CX_SUMMARY_WEIGHTED : 0) |
			(data->joint ? CX_SUMMARY_JOINT : 0) |
			(wide || needs_wide(data) ? CX_SUMMARY_WIDE : 0) |
			(data->mixed && !canonical ? CX_SUMMARY_MIXED : 0);
	for (int k = 0; k < ndims; k++)
	{
		directory += CX_ENTRY_HEADER + strlen(data->dims[kept[k]].name);
		slots += data->dims[kept[k]].answers.slots;
	}
	directory = TYPEALIGN(sizeof(int64), directory);
	size = offsetof(CxSummary, data) + directory + parts_size(flags, ndims, slots);

	s = palloc0(size);
	SET_VARSIZE(s, size);
	s->version = CX_SUMMARY_VERSION;
	s->flags = flags;
	s->ndims = ndims;
	s->directory_size = directory;
	s->slots = slots;
	store_directory(data, kept, s);
	store_answers(data, kept, s);
	if (flags & CX_SUMMARY_JOINT)
		store_products(data, kept, s);
	return s;
}

void
cx_data_drop_empty(CxData *data)
{
	int			kept[CX_DIMENSIONS];
	int			n = dimensions_to_store(data, true, kept);

	for (int j = 0; j < n; j++)
	{
		if (kept[j] != j)
			data->dims[j] = data->dims[kept[j]];
		for (int i = 0; i < j; i++)
		{
			int			from = cx_pair(kept[i], kept[j]);
			int			to = cx_pair(i, j);

			memmove(data->float_products[to], data->float_products[from],
					sizeof(float8[PRODUCTS]));
			memmove(data->int_products[to], data->int_products[from], sizeof(int64[PRODUCTS]));
		}
	}
	data->ndims = n;
}

void
cx_data_make_weighted(CxData *data)
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

/* Makes place d free in the dimensions, and its pairs' products 0. */
static void
open_place(CxData *data, int d)
{
	int			n = data->ndims;
	CxData	   *wide = cx_data_new(n + 1, data->weighted, data->joint);

	for (int j = 0; j < n; j++)
	{
		int			to_j = j + (j >= d);

		wide->dims[to_j] = data->dims[j];
		for (int i = 0; i < j; i++)
		{
			int			to = cx_pair(i + (i >= d), to_j);

			memcpy(wide->float_products[to], data->float_products[cx_pair(i, j)],
				   sizeof(float8[PRODUCTS]));
			memcpy(wide->int_products[to], data->int_products[cx_pair(i, j)],
				   sizeof(int64[PRODUCTS]));
		}
	}
	wide->mixed = data->mixed;
	*data = *wide;
}

int
cx_data_add_dimension(CxData *data, const char *name, int name_length,
					  int scale_min, int scale_max)
{
	CxDimension *dim;
	int			d = 0;

	cx_check_name(name_length);
	scale_check(scale_min, scale_max);

	while (d < data->ndims)
	{
		int			length = strlen(data->dims[d].name);
		int			order = memcmp(data->dims[d].name, name, Min(length, name_length));

		if (order == 0)
			order = length - name_length;
		if (order == 0)
		{
			dim = &data->dims[d];
			if (dim->scale_min != scale_min || dim->scale_max != scale_max)
				cx_scale_conflict(name, name_length, scale_min, scale_max,
								  dim->scale_min, dim->scale_max);
			return d;
		}
		if (order > 0)
			break;
		d++;
	}

	if (data->ndims == CX_DIMENSIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a cx_summary holds at most %d dimensions", CX_DIMENSIONS),
				 errhint("Summarise other questions with score_agg().")));
	open_place(data, d);
	dim = &data->dims[d];
	memcpy(dim->name, name, name_length);
	dim->name[name_length] = '\0';
	dim->scale_min = scale_min;
	dim->scale_max = scale_max;
	histogram_init(&dim->answers, scale_min, scale_max, data->weighted);
	return d;
}

/* ---------- Checks ---------- */

void
cx_check_name(int length)
{
	if (length == 0 || length >= CX_NAME_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the name of a dimension has %d bytes", length),
				 errhint("A name has 1 to %d bytes.", CX_NAME_SIZE - 1)));
}

void
cx_scale_conflict(const char *name, int name_length, int scale_min, int scale_max,
				  int other_min, int other_max)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("dimension \"%.*s\" is on the scale %d..%d and on %d..%d",
					name_length, name, other_min, other_max, scale_min, scale_max),
			 errhint("Name the dimension by its scale too, or bring the answers onto one.")));
}

bool
cx_data_sums_fit(const CxData *data)
{
	for (int d = 0; d < data->ndims; d++)
	{
		if (!score_summary_sums_fit(&data->dims[d].answers))
			return false;
	}
	for (int i = 0; data->joint && i < cx_pairs(data->ndims); i++)
	{
		if (data->int_products[i][PRODUCT_BASE] > PG_INT64_MAX / LARGEST_PRODUCT)
			return false;
		for (int k = 0; k < PRODUCTS; k++)
		{
			if (!isfinite(data->float_products[i][k]))
				return false;
		}
	}
	return true;
}

void
cx_summary_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("cx_summary out of range"),
			 errdetail("The number of responses or the sum of their weights is too large.")));
}
