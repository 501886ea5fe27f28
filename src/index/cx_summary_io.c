/*
 * cx_summary_io.c
 *	  The type cx_summary: its text and binary forms.
 *
 * Text form: {"dimensions": [{"dimension": "ease", "scale": [1, 5],
 * "counts": {"4": 2}}, ..], "cross_products": [[2, ..], ..]}: each dimension with
 * the members of a score_summary, sorted by name, and where rows were
 * respondents the products of each pair in the order of cx_pair(). The keys are
 * such that jsonb, which sorts them by length, keeps the dimensions first.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "index/cx_summary.h"
#include "survey/score_summary.h"

#define CX_SUMMARY_TYPE "cx_summary"

/* True when a pair's sums are such as respondents can give. */
static bool
product_plausible(const double *sums, double least_base, double span_1, double span_2,
				  double slack)
{
	double		base = sums[PRODUCT_BASE];
	double		most = base * span_1 * span_2;
	double		least = sums[PRODUCT_U1] * span_2 + sums[PRODUCT_U2] * span_1 - most;

	return base >= 0 && base <= least_base * slack &&
		sums[PRODUCT_U1] >= 0 && sums[PRODUCT_U1] <= base * span_1 * slack &&
		sums[PRODUCT_U2] >= 0 && sums[PRODUCT_U2] <= base * span_2 * slack &&
		sums[PRODUCT_U1_U2] >= fmax(0, least - most * (slack - 1)) &&
		sums[PRODUCT_U1_U2] <= sums[PRODUCT_U1] * span_2 * slack &&
		sums[PRODUCT_U1_U2] <= sums[PRODUCT_U2] * span_1 * slack &&
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
								   a->slots - 1, b->slots - 1, data->weighted ? 1 + 1e-6 : 1))
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
	if (!json_int64_pair(reader, scale_min, scale_max))
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
	bool		named = false;
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
		if (!named && strcmp(key, "dimension") == 0)
		{
			if (!json_string(reader, name, sizeof(name)))
				return false;
			named = true;
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
	if (!json_expect(reader, '{', "\"{\"") || !json_named(reader, "dimensions", "\"dimensions\"") ||
		!read_dimensions(reader, data))
		return false;
	if (json_accept(reader, ',') &&
		!(json_named(reader, "cross_products", "\"cross_products\"") && read_products(reader, data)))
		return false;
	return json_expect(reader, '}', "\",\" or \"}\"") && json_finish(reader);
}

PG_FUNCTION_INFO_V1(cx_summary_in);
Datum
cx_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	CxData	   *data = cx_data_new(0, false, false);
	JsonReader	reader;

	text_open(&reader, text, strlen(text));
	if (!read_cx_summary(&reader, data))
		return refuse_json(fcinfo, CX_SUMMARY_TYPE, &reader);
	if (!cx_data_sums_fit(data))
		return refuse_range(fcinfo, CX_SUMMARY_TYPE);
	PG_RETURN_POINTER(cx_summary_store(data, true, false));
}

/* ---------- Binary ---------- */

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
		send_string(&buffer, dim->name, strlen(dim->name));
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
			pq_sendfloat8(&buffer, cx_float_products(data)[i]);
		else
			pq_sendint64(&buffer, cx_int_products(data)[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static void
receive_answers(StringInfo buffer, ScoreHistogram *h)
{
	require_bytes(buffer, CX_SUMMARY_TYPE, h->slots * (int) (h->weighted ? 3 * sizeof(int64) : sizeof(int64)));
	for (int i = 0; i < h->slots; i++)
	{
		h->counts[i] = pq_getmsgint64(buffer);
		h->weights[i] = h->weighted ? pq_getmsgfloat8(buffer) : (float8) h->counts[i];
		h->squares[i] = h->weighted ? pq_getmsgfloat8(buffer) : (float8) h->counts[i];
	}
	if (!score_histogram_plausible(h))
		refuse_binary(CX_SUMMARY_TYPE, "A count is negative, or the sums of weights do not fit the counts.");
}

static void
receive_dimension(StringInfo buffer, CxData *data)
{
	int			scale_min;
	int			scale_max;
	int			length;
	char	   *name;
	int			d;

	require_bytes(buffer, CX_SUMMARY_TYPE, 2);
	scale_min = (int8) pq_getmsgbyte(buffer);
	scale_max = (int8) pq_getmsgbyte(buffer);
	name = receive_string(buffer, CX_SUMMARY_TYPE, &length);
	if (scale_min >= scale_max || scale_min < SCORE_MIN || scale_max > SCORE_MAX)
		refuse_binary(CX_SUMMARY_TYPE, "A scale is not one.");
	if (length == 0 || length >= CX_NAME_SIZE)
		refuse_binary(CX_SUMMARY_TYPE, "The name of a dimension is empty or too long.");
	if (data->ndims > 0 && strcmp(data->dims[data->ndims - 1].name, name) >= 0)
		refuse_binary(CX_SUMMARY_TYPE, "The dimensions are not sorted by name, each once.");
	d = cx_data_add_dimension(data, name, length, scale_min, scale_max);
	receive_answers(buffer, &data->dims[d].answers);
}

static void
receive_products(StringInfo buffer, CxData *data)
{
	int			sums = cx_pairs(data->ndims) * PRODUCTS;

	require_bytes(buffer, CX_SUMMARY_TYPE, sums * (int) sizeof(int64));
	for (int i = 0; i < sums; i++)
	{
		if (data->weighted)
			cx_float_products(data)[i] = pq_getmsgfloat8(buffer);
		else
			cx_int_products(data)[i] = pq_getmsgint64(buffer);
	}
	if (!products_fit(data))
		refuse_binary(CX_SUMMARY_TYPE, "The products do not fit the answers.");
}

PG_FUNCTION_INFO_V1(cx_summary_recv);
Datum
cx_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	CxData	   *data;
	uint8		flags;
	int			ndims;

	receive_version(buffer, CX_SUMMARY_TYPE, CX_SUMMARY_VERSION, 4);
	flags = pq_getmsgbyte(buffer);
	if ((flags & ~(CX_SUMMARY_WEIGHTED | CX_SUMMARY_JOINT)) != 0)
		refuse_binary(CX_SUMMARY_TYPE, "The flags are unknown.");
	ndims = pq_getmsgint(buffer, 2);
	if (ndims > CX_DIMENSIONS)
		refuse_binary(CX_SUMMARY_TYPE, "There are too many dimensions.");

	data = cx_data_new(0, (flags & CX_SUMMARY_WEIGHTED) != 0, (flags & CX_SUMMARY_JOINT) != 0);
	for (int d = 0; d < ndims; d++)
		receive_dimension(buffer, data);
	if (data->joint)
		receive_products(buffer, data);
	require_end(buffer, CX_SUMMARY_TYPE);
	if (!cx_data_sums_fit(data))
		refuse_binary(CX_SUMMARY_TYPE, "The number of responses or the sum of their weights is too large.");
	PG_RETURN_POINTER(cx_summary_store(data, true, false));
}
