/*
 * cx_summary.c
 *	  The type cx_summary: layout, working form, text and binary forms.
 *
 * Text form: {"dimensions": [{"dimension": "ease", "scale": [1, 5],
 * "counts": {"4": 2}}, ..], "cross_products": [[2, ..], ..]}: each dimension with
 * the members of a score_summary, sorted by name, and where rows were
 * respondents the products of each pair in the order of cx_pair(). The keys are
 * such that jsonb, which sorts them by length, keeps the dimensions first.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/cx_summary.h"
#include "survey/metrics.h"
#include "survey/score_summary.h"

/* A directory entry before its name. */
#define ENTRY_HEADER 3

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

/* ---------- Working form ---------- */

/* An empty form with room for `ndims` dimensions. */
static CxData *
data_new(int ndims, bool weighted, bool joint)
{
	CxData	   *data = palloc(sizeof(CxData));
	Size		pairs = cx_pairs(ndims);

	data->ndims = ndims;
	data->weighted = weighted;
	data->joint = joint;
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

/* Reads the directory into the dimensions; false when it is not one of ours. */
static bool
load_directory(const CxSummary *s, CxData *data)
{
	const uint8 *entry = (const uint8 *) s->data;
	const uint8 *end = entry + s->directory_size;
	int			slots = 0;

	for (int d = 0; d < s->ndims; d++)
	{
		CxDimension *dim = &data->dims[d];

		if (end - entry < ENTRY_HEADER || end - entry < ENTRY_HEADER + entry[2])
			return false;
		dim->scale_min = (int8) entry[0];
		dim->scale_max = (int8) entry[1];
		if (dim->scale_min >= dim->scale_max)
			return false;
		memcpy(dim->name, entry + ENTRY_HEADER, entry[2]);
		dim->name[entry[2]] = '\0';
		histogram_init(&dim->answers, dim->scale_min, dim->scale_max, data->weighted);
		slots += dim->answers.slots;
		entry += ENTRY_HEADER + entry[2];
	}
	return slots == s->slots;
}

CxData *
cx_summary_load(Datum value)
{
	CxSummary  *s = (CxSummary *) PG_DETOAST_DATUM(value);
	Size		size = VARSIZE(s);
	CxData	   *data;
	CxParts		parts;
	int			slot = 0;

	if (size < offsetof(CxSummary, data) || s->version != CX_SUMMARY_VERSION ||
		(s->flags & ~CX_SUMMARY_FLAGS) != 0 || s->ndims > CX_DIMENSIONS ||
		size != offsetof(CxSummary, data) + s->directory_size +
		parts_size(s->flags, s->ndims, s->slots))
		corrupt(size);
	data = data_new(s->ndims, (s->flags & CX_SUMMARY_WEIGHTED) != 0,
					(s->flags & CX_SUMMARY_JOINT) != 0);
	if (!load_directory(s, data))
		corrupt(size);

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
			data->float_products[0][i] = parts.float_products[i];
		else
			data->int_products[0][i] = parts.products64 ? parts.products64[i]
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
		memcpy(entry + ENTRY_HEADER, dim->name, length);
		entry += ENTRY_HEADER + length;
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
	uint8		flags = (data->weighted ? CX_SUMMARY_WEIGHTED : 0) |
		(data->joint ? CX_SUMMARY_JOINT : 0) |
		(wide || needs_wide(data) ? CX_SUMMARY_WIDE : 0);
	Size		directory = 0;
	int			slots = 0;
	Size		size;
	CxSummary  *s;

	for (int k = 0; k < ndims; k++)
	{
		directory += ENTRY_HEADER + strlen(data->dims[kept[k]].name);
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
	if (data->joint)
		store_products(data, kept, s);
	return s;
}

/* Makes place d free in the dimensions, and its pairs' products 0. */
static void
open_place(CxData *data, int d)
{
	int			n = data->ndims;
	CxData	   *wide = data_new(n + 1, data->weighted, data->joint);

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
	*data = *wide;
}

int
cx_data_add_dimension(CxData *data, const char *name, int name_length,
					  int scale_min, int scale_max)
{
	CxDimension *dim;
	int			d = 0;

	if (name_length == 0 || name_length >= CX_NAME_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the name of a dimension has %d bytes", name_length),
				 errhint("A name has 1 to %d bytes.", CX_NAME_SIZE - 1)));
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

/* True when a pair's sums are such as respondents can give. */
static bool
product_plausible(const double *sums, double least_base, double span_1, double span_2)
{
	double		base = sums[PRODUCT_BASE];
	double		slack = 1 + 1e-6;

	return base >= 0 && base <= least_base * slack &&
		sums[PRODUCT_U1] >= 0 && sums[PRODUCT_U1] <= base * span_1 * slack &&
		sums[PRODUCT_U2] >= 0 && sums[PRODUCT_U2] <= base * span_2 * slack &&
		sums[PRODUCT_U1_U2] >= 0 && sums[PRODUCT_U1_U2] <= base * span_1 * span_2 * slack &&
		fabs(sums[PRODUCT_S1]) <= base * slack &&
		fabs(sums[PRODUCT_S2]) <= base * slack &&
		fabs(sums[PRODUCT_S1_S2]) <= base * slack;
}

/* Checks products that came from outside against the answers. */
static bool
products_fit(const CxData *data)
{
	for (int j = 1; j < data->ndims && data->joint; j++)
	{
		for (int i = 0; i < j; i++)
		{
			const ScoreHistogram *a = &data->dims[i].answers;
			const ScoreHistogram *b = &data->dims[j].answers;
			double		sums[PRODUCTS];

			for (int k = 0; k < PRODUCTS; k++)
				sums[k] = data->weighted ? data->float_products[cx_pair(i, j)][k]
					: (double) data->int_products[cx_pair(i, j)][k];
			if (!product_plausible(sums, fmin(histogram_base(a).squares, histogram_base(b).squares),
								   a->slots - 1, b->slots - 1))
				return false;
		}
	}
	return true;
}

/* ---------- Text ---------- */

static void
append_products(StringInfo text, const CxData *data)
{
	appendStringInfoString(text, ", \"cross_products\": [");
	for (int i = 0; i < cx_pairs(data->ndims); i++)
	{
		for (int k = 0; k < PRODUCTS; k++)
		{
			char		number[FLOAT8_TEXT_SIZE];

			appendStringInfoString(text, k > 0 ? ", " : i > 0 ? ", [" : "[");
			if (data->weighted)
				appendStringInfoString(text, float8_text(data->float_products[i][k], number));
			else
				appendStringInfo(text, INT64_FORMAT, data->int_products[i][k]);
		}
		appendStringInfoChar(text, ']');
	}
	appendStringInfoChar(text, ']');
}

PG_FUNCTION_INFO_V1(cx_summary_out);
Datum
cx_summary_out(PG_FUNCTION_ARGS)
{
	CxData	   *data = cx_summary_load(PG_GETARG_DATUM(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "{\"dimensions\": [");
	for (int d = 0; d < data->ndims; d++)
	{
		const CxDimension *dim = &data->dims[d];

		appendStringInfoString(&text, d == 0 ? "{\"dimension\": " : ", {\"dimension\": ");
		escape_json(&text, dim->name);
		appendStringInfo(&text, ", \"scale\": [%d, %d], ", dim->scale_min, dim->scale_max);
		score_histogram_append(&text, &dim->answers);
		appendStringInfoChar(&text, '}');
	}
	appendStringInfoChar(&text, ']');
	if (data->joint)
		append_products(&text, data);
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* [lowest, highest] */
static bool
read_scale(JsonReader *reader, int64 *scale_min, int64 *scale_max)
{
	if (!json_expect(reader, '[', "\"[\"") || !json_int64(reader, scale_min) ||
		!json_expect(reader, ',', "\",\"") || !json_int64(reader, scale_max) ||
		!json_expect(reader, ']', "\"]\""))
		return false;
	return (*scale_min >= SCORE_MIN && *scale_max <= SCORE_MAX && *scale_min < *scale_max) ||
		json_fail(reader, "a scale within -100..100, the lowest score first");
}

/* Cuts a histogram over -100..100 to a scale that holds all its answers. */
static void
cut_to_scale(ScoreHistogram *h, int scale_min, int scale_max)
{
	int			shift = scale_min - h->first;

	h->first = scale_min;
	h->slots = scale_max - scale_min + 1;
	memmove(h->counts, h->counts + shift, h->slots * sizeof(h->counts[0]));
	memmove(h->weights, h->weights + shift, h->slots * sizeof(h->weights[0]));
	memmove(h->squares, h->squares + shift, h->slots * sizeof(h->squares[0]));
}

/* Reads one dimension; its name has to follow the last one's. */
static bool
read_dimension(JsonReader *reader, CxData *data)
{
	bool		first = true;
	unsigned int seen = 0;
	int64		scale_min = 0;
	int64		scale_max = 0;
	char		name[CX_NAME_SIZE] = "";
	ScoreHistogram h;
	int			score;
	int			d;

	histogram_init(&h, SCORE_MIN, SCORE_MAX, false);
	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		char		key[16];

		if (!json_key(reader, key, sizeof(key)))
			return false;
		if (name[0] == '\0' && strcmp(key, "dimension") == 0)
		{
			if (!json_string(reader, name, sizeof(name)))
				return false;
		}
		else if (scale_min == scale_max && strcmp(key, "scale") == 0)
		{
			if (!read_scale(reader, &scale_min, &scale_max))
				return false;
		}
		else if (!score_histogram_read_member(reader, key, &h, &seen))
			return false;
	}
	if (reader->expected != NULL || !score_histogram_read_end(reader, &h, seen))
		return false;
	if (name[0] == '\0' || scale_min == scale_max)
		return json_fail(reader, "\"dimension\" and \"scale\"");
	if (histogram_outside(&h, scale_min, scale_max, &score))
		return json_fail(reader, "scores on the scale");
	if (!pg_verifymbstr(name, strlen(name), true))
		return json_fail(reader, "a name in the encoding of the database");
	if (data->ndims == CX_DIMENSIONS)
		return json_fail(reader, "fewer dimensions");
	if (data->ndims > 0 && strcmp(data->dims[data->ndims - 1].name, name) >= 0)
		return json_fail(reader, "dimensions sorted by name, each once");
	if (data->ndims > 0 && data->weighted != h.weighted)
		return json_fail(reader, "weights in all dimensions or in none");

	data->weighted = h.weighted;
	d = cx_data_add_dimension(data, name, strlen(name), scale_min, scale_max);
	cut_to_scale(&h, scale_min, scale_max);
	data->dims[d].answers = h;
	return true;
}

static bool
read_dimensions(JsonReader *reader, CxData *data)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (!read_dimension(reader, data))
			return false;
	}
	return reader->expected == NULL;
}

/* The products of every pair, after the dimensions. */
static bool
read_products(JsonReader *reader, CxData *data)
{
	if (!json_expect(reader, '[', "\"[\""))
		return false;
	for (int i = 0; i < cx_pairs(data->ndims); i++)
	{
		for (int k = 0; k < PRODUCTS; k++)
		{
			if (k == 0 && i > 0 && !json_expect(reader, ',', "products of every pair"))
				return false;
			if (!json_expect(reader, k == 0 ? '[' : ',', "seven products"))
				return false;
			if (!(data->weighted ? json_float8(reader, &data->float_products[i][k])
				  : json_int64(reader, &data->int_products[i][k])))
				return false;
		}
		if (!json_expect(reader, ']', "\"]\""))
			return false;
	}
	data->joint = true;
	return json_expect(reader, ']', "\"]\"") &&
		(products_fit(data) || json_fail(reader, "products that fit the answers"));
}

static bool
read_cx_summary(JsonReader *reader, CxData *data)
{
	char		key[16];

	if (!json_expect(reader, '{', "\"{\"") || !json_key(reader, key, sizeof(key)))
		return false;
	if (strcmp(key, "dimensions") != 0)
		return json_fail(reader, "\"dimensions\"");
	if (!read_dimensions(reader, data))
		return false;
	if (json_accept(reader, ','))
	{
		if (!json_key(reader, key, sizeof(key)))
			return false;
		if (strcmp(key, "cross_products") != 0)
			return json_fail(reader, "\"cross_products\"");
		if (!read_products(reader, data))
			return false;
	}
	return json_expect(reader, '}', "\",\" or \"}\"") && json_finish(reader);
}

PG_FUNCTION_INFO_V1(cx_summary_in);
Datum
cx_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	CxData	   *data = data_new(0, false, false);
	JsonReader	reader;

	json_open(&reader, text, strlen(text));
	if (!read_cx_summary(&reader, data))
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", "cx_summary", text),
						errdetail_internal("%s", json_error_detail(&reader))));
	if (!cx_data_sums_fit(data))
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("cx_summary out of range: \"%s\"", text)));
	PG_RETURN_POINTER(cx_summary_store(data, true, false));
}

/* ---------- Binary ---------- */

/* A name in the encoding of the client, after its length. */
static void
send_name(StringInfo buffer, char *name)
{
	char	   *converted = pg_server_to_client(name, strlen(name));

	pq_sendint32(buffer, strlen(converted));
	pq_sendbytes(buffer, converted, strlen(converted));
}

PG_FUNCTION_INFO_V1(cx_summary_send);
Datum
cx_summary_send(PG_FUNCTION_ARGS)
{
	CxData	   *data = cx_summary_load(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, CX_SUMMARY_VERSION);
	pq_sendint8(&buffer, (data->weighted ? CX_SUMMARY_WEIGHTED : 0) |
				(data->joint ? CX_SUMMARY_JOINT : 0));
	pq_sendint16(&buffer, data->ndims);
	for (int d = 0; d < data->ndims; d++)
	{
		CxDimension *dim = &data->dims[d];

		pq_sendint8(&buffer, (uint8) dim->scale_min);
		pq_sendint8(&buffer, (uint8) dim->scale_max);
		send_name(&buffer, dim->name);
		for (int i = 0; i < dim->answers.slots; i++)
		{
			pq_sendint64(&buffer, dim->answers.counts[i]);
			if (!data->weighted)
				continue;
			pq_sendfloat8(&buffer, dim->answers.weights[i]);
			pq_sendfloat8(&buffer, dim->answers.squares[i]);
		}
	}
	for (int i = 0; data->joint && i < cx_pairs(data->ndims) * PRODUCTS; i++)
	{
		if (data->weighted)
			pq_sendfloat8(&buffer, data->float_products[0][i]);
		else
			pq_sendint64(&buffer, data->int_products[0][i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static void
bad_binary(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of type cx_summary"),
			 errdetail_internal("%s", problem)));
}

/* The message has to hold this many more bytes. */
static void
require_bytes(StringInfo buffer, int bytes)
{
	if (bytes < 0 || buffer->len - buffer->cursor < bytes)
		bad_binary("The message is too short.");
}

static void
receive_answers(StringInfo buffer, ScoreHistogram *h)
{
	require_bytes(buffer, h->slots * (int) (h->weighted ? 3 * sizeof(int64) : sizeof(int64)));
	for (int i = 0; i < h->slots; i++)
	{
		h->counts[i] = pq_getmsgint64(buffer);
		h->weights[i] = h->weighted ? pq_getmsgfloat8(buffer) : (float8) h->counts[i];
		h->squares[i] = h->weighted ? pq_getmsgfloat8(buffer) : (float8) h->counts[i];
	}
	if (!score_histogram_plausible(h))
		bad_binary("A count is negative, or the sums of weights do not fit the counts.");
}

static void
receive_dimension(StringInfo buffer, CxData *data)
{
	int			scale_min;
	int			scale_max;
	int			length;
	char	   *name;
	int			d;

	require_bytes(buffer, 2 + sizeof(int32));
	scale_min = (int8) pq_getmsgbyte(buffer);
	scale_max = (int8) pq_getmsgbyte(buffer);
	length = pq_getmsgint(buffer, 4);
	require_bytes(buffer, length);
	name = pq_getmsgtext(buffer, length, &length);
	if (scale_min >= scale_max || scale_min < SCORE_MIN || scale_max > SCORE_MAX)
		bad_binary("A scale is not one.");
	if (length == 0 || length >= CX_NAME_SIZE)
		bad_binary("The name of a dimension is empty or too long.");
	if (data->ndims > 0 && strcmp(data->dims[data->ndims - 1].name, name) >= 0)
		bad_binary("The dimensions are not sorted by name, each once.");
	d = cx_data_add_dimension(data, name, length, scale_min, scale_max);
	receive_answers(buffer, &data->dims[d].answers);
}

static void
receive_products(StringInfo buffer, CxData *data)
{
	int			sums = cx_pairs(data->ndims) * PRODUCTS;

	require_bytes(buffer, sums * (int) sizeof(int64));
	for (int i = 0; i < sums; i++)
	{
		if (data->weighted)
			data->float_products[0][i] = pq_getmsgfloat8(buffer);
		else
			data->int_products[0][i] = pq_getmsgint64(buffer);
	}
	if (!products_fit(data))
		bad_binary("The products do not fit the answers.");
}

PG_FUNCTION_INFO_V1(cx_summary_recv);
Datum
cx_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	CxData	   *data;
	uint8		flags;
	int			ndims;

	require_bytes(buffer, 4);
	if (pq_getmsgbyte(buffer) != CX_SUMMARY_VERSION)
		bad_binary("The version is unknown.");
	flags = pq_getmsgbyte(buffer);
	if ((flags & ~(CX_SUMMARY_WEIGHTED | CX_SUMMARY_JOINT)) != 0)
		bad_binary("The flags are unknown.");
	ndims = pq_getmsgint(buffer, 2);
	if (ndims > CX_DIMENSIONS)
		bad_binary("There are too many dimensions.");

	data = data_new(0, (flags & CX_SUMMARY_WEIGHTED) != 0, (flags & CX_SUMMARY_JOINT) != 0);
	for (int d = 0; d < ndims; d++)
		receive_dimension(buffer, data);
	if (data->joint)
		receive_products(buffer, data);
	if (buffer->cursor != buffer->len)
		bad_binary("Bytes are left over.");
	if (!cx_data_sums_fit(data))
		bad_binary("The number of responses or the sum of their weights is too large.");
	PG_RETURN_POINTER(cx_summary_store(data, true, false));
}
