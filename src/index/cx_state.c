/*
 * cx_state.c
 *	  The state of cx_agg and cx_index: one row in, one row out again.
 *
 * Where the state has room for a row its sums are changed in place; a new
 * dimension or a count past its width makes a new state.
 *
 * Weights make the sums of a group large (0.5 kB and more), so the first rows
 * with weights are kept as they came, in up to BUFFER_SIZE bytes: a million
 * small groups fit in memory. What reads a state adds them up.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "index/cx_state.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* A buffered state: at first, and at most. Powers of 2, as memory is given out. */
#define BUFFER_START 64
#define BUFFER_SIZE 256

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

/* Looks a dimension up in the directory of the state; false when it is not there on this scale. */
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

		if (entry[2] == length && memcmp(entry + CX_ENTRY_HEADER, name, length) == 0)
		{
			if (entry_min != scale_min || entry_max != scale_max)
				return false;
			*dim = d;
			*first_slot = slot;
			return true;
		}
		slot += entry_max - entry_min + 1;
		entry += CX_ENTRY_HEADER + entry[2];
	}
	return false;
}

/* Finds the place of each answer; false when the state lacks a dimension or a flag. */
static inline bool
find_places(const CxSummary *s, const CxRow *row, Places *places)
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

/* A state like s in which the answers of the row have their place. */
static CxSummary *
make_room(CxSummary *s, const CxRow *row)
{
	CxData	   *data = cx_summary_load(PointerGetDatum(s));

	cx_data_drop_empty(data);
	data->joint = row->joint && (data->joint || data->ndims == 0);
	if (row->weighted)
		cx_data_make_weighted(data);
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
is_full(const CxParts *parts, const CxRow *row, const Places *places)
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

/* Adds the row to the sums of a state that is not buffered. */
static CxSummary *
add_to_sums(CxSummary *s, const CxRow *row)
{
	Places		places;
	CxParts		parts;

	if (unlikely(!find_places(s, row, &places)))
	{
		s = make_room(s, row);
		if (!find_places(s, row, &places))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the state holds answers of another kind than the row"),
					 errhint("Weighted, wide and long rows are merged by rollup(), not in one aggregate.")));
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

/* ---------- The first rows with weights ---------- */

/* A copy of s of `size` bytes, with room for `name` in its directory where that is not NULL. */
static CxSummary *
resize_buffer(const CxSummary *s, Size size, const char *name, int length,
			  int scale_min, int scale_max)
{
	Size		end = cx_directory_end(s);
	Size		directory = TYPEALIGN(sizeof(int64), end + (name ? CX_ENTRY_HEADER + length : 0));
	CxSummary  *copy = palloc0(size);

	memcpy(copy, s, offsetof(CxSummary, data) + end);
	SET_VARSIZE(copy, size);
	if (name)
	{
		uint8	   *entry = (uint8 *) copy->data + end;

		entry[0] = (uint8) (int8) scale_min;
		entry[1] = (uint8) (int8) scale_max;
		entry[2] = length;
		memcpy(entry + CX_ENTRY_HEADER, name, length);
		copy->ndims++;
	}
	copy->directory_size = directory;
	memcpy(copy->data + directory, s->data + s->directory_size, s->slots);
	return copy;
}

/* The smallest size a buffered state of so many bytes is given; 0 when it is too large. */
static Size
buffer_size(Size bytes)
{
	Size		size = BUFFER_START;

	while (size < bytes && size <= BUFFER_SIZE)
		size *= 2;
	return size <= BUFFER_SIZE ? size : 0;
}

/*
 * Makes sure that the directory has the dimensions of the row; NULL when there
 * is no room. A name on a second scale gets an entry too: adding up refuses it.
 */
static CxSummary *
buffer_dimensions(CxSummary *s, const CxRow *row)
{
	for (int k = 0; k < row->names->n; k++)
	{
		const char *name = row->names->names[k];
		int			length = row->names->lengths[k];
		int			dim;
		int			slot;
		Size		size;

		if (!row->answered[k] ||
			find_dimension(s, name, length, row->scale_min, row->scale_max, &dim, &slot))
			continue;
		cx_check_name(length);
		size = buffer_size(offsetof(CxSummary, data) + cx_directory_end(s) +
						   CX_ENTRY_HEADER + length + sizeof(int64) + s->slots);
		if (size == 0 || s->ndims == CX_DIMENSIONS)
			return NULL;
		s = resize_buffer(s, Max(size, VARSIZE(s)), name, length, row->scale_min, row->scale_max);
	}
	return s;
}

/* Keeps the row as it is in a buffered or empty state; NULL when there is no room. */
static CxSummary *
add_to_buffer(CxSummary *s, const CxRow *row)
{
	char		bytes[CX_BUFFERED_ROW(CX_DIMENSIONS)];
	int			n = 0;
	Size		used;

	if (s->ndims == 0)
	{
		s = resize_buffer(s, BUFFER_START, NULL, 0, 0, 0);
		s->flags = CX_SUMMARY_WEIGHTED | CX_SUMMARY_BUFFERED | (row->joint ? CX_SUMMARY_JOINT : 0);
		s->slots = 0;
	}
	s = buffer_dimensions(s, row);
	if (s == NULL)
		return NULL;

	for (int k = 0; k < row->names->n; k++)
	{
		int			dim = 0;
		int			slot;

		if (!row->answered[k])
			continue;
		(void) find_dimension(s, row->names->names[k], row->names->lengths[k],
							  row->scale_min, row->scale_max, &dim, &slot);
		bytes[1 + 2 * n] = dim;
		bytes[2 + 2 * n] = row->scores[k];
		n++;
	}
	bytes[0] = n;
	memcpy(bytes + 1 + 2 * n, &row->weight, sizeof(float8));

	used = offsetof(CxSummary, data) + s->directory_size + s->slots + CX_BUFFERED_ROW(n);
	if (used > VARSIZE(s))
	{
		Size		size = buffer_size(used);

		if (size == 0)
			return NULL;
		s = resize_buffer(s, size, NULL, 0, 0, 0);
	}
	memcpy(s->data + s->directory_size + s->slots, bytes, CX_BUFFERED_ROW(n));
	s->slots += CX_BUFFERED_ROW(n);
	return s;
}

/* ---------- Rows in and out ---------- */

CxSummary *
cx_state_add(CxSummary *s, const CxRow *row)
{
	if (row->weighted && (s->ndims == 0 || (s->flags & CX_SUMMARY_BUFFERED)))
	{
		CxSummary  *buffered = add_to_buffer(s, row);

		if (buffered != NULL)
			return buffered;
		s = cx_summary_store(cx_summary_load(PointerGetDatum(s)), false, false);
	}
	return add_to_sums(s, row);
}

bool
cx_state_remove(CxSummary *s, const CxRow *row)
{
	Places		places;
	CxParts		parts;

	if (row->weighted || !find_places(s, row, &places))
		return false;
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
	return true;
}
