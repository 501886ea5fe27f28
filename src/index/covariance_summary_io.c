/*
 * covariance_summary_io.c
 *	  The type covariance_summary: its text and binary forms.
 *
 * Text form: {"observations": 3, "means": [8, 4], "products": [2, 1, 6]}: the
 * outcome first, then its covariates; the products are the upper triangle of
 * the centred cross-products, row by row. The members may come in any order.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "index/covariance_summary.h"

#define TYPE "covariance_summary"

#define CELLS (COVARIANCE_VARIABLES * (COVARIANCE_VARIABLES + 1) / 2)

/* ---------- Text ---------- */

static void
append_numbers(StringInfo text, const char *name, const float8 *numbers, int n)
{
	appendStringInfo(text, ", \"%s\": [", name);
	for (int i = 0; i < n; i++)
	{
		char		number[FLOAT8_TEXT_SIZE];

		appendStringInfoString(text, i > 0 ? ", " : "");
		appendStringInfoString(text, float8_text(numbers[i], number));
	}
	appendStringInfoChar(text, ']');
}

PG_FUNCTION_INFO_V1(covariance_summary_out);
Datum
covariance_summary_out(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"observations\": " INT64_FORMAT, c.n);
	append_numbers(&text, "means", c.means, c.k);
	append_numbers(&text, "products", c.products, covariance_cells(c.k));
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* Reads up to `most` numbers; there is one 0, without a sign. */
static bool
read_numbers(JsonReader *reader, float8 *numbers, int most, int *n)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	for (*n = 0; json_next(reader, &first, ']'); (*n)++)
	{
		if (*n == most)
			return json_fail(reader, "fewer numbers");
		if (!json_float8(reader, &numbers[*n]))
			return false;
		numbers[*n] += 0.0;
	}
	return reader->expected == NULL;
}

enum
{
	OBSERVATIONS, MEANS, PRODUCTS
};

static const char *const member_names[] = {"observations", "means", "products", NULL};

/* Reads into the arrays of c, which have room for all there can be. */
static bool
read_summary(JsonReader *reader, Covariances *c)
{
	unsigned int seen = 0;
	int			cells = 0;
	int			member;
	char		key[16];

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while ((member = json_member(reader, member_names, &seen, key, sizeof(key))) >= 0)
	{
		if (member == OBSERVATIONS ? !json_int64(reader, &c->n)
			: member == MEANS ? !read_numbers(reader, c->means, COVARIANCE_VARIABLES, &c->k)
			: !read_numbers(reader, c->products, CELLS, &cells))
			return false;
	}
	if (reader->expected != NULL)
		return false;
	if (c->k < 1 || cells != covariance_cells(c->k))
		return json_fail(reader, "a mean of each variable and a product of each pair of them");
	return json_finish(reader);
}

PG_FUNCTION_INFO_V1(covariance_summary_in);
Datum
covariance_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	float8	   *numbers = palloc((COVARIANCE_VARIABLES + CELLS) * sizeof(float8));
	Covariances c = {0, 0, numbers, numbers + COVARIANCE_VARIABLES, NULL};
	const char *problem;
	JsonReader	reader;

	json_open(&reader, text, strlen(text));
	reader.ascii = true;
	if (!read_summary(&reader, &c))
		return refuse_json(fcinfo, TYPE, &reader);
	problem = covariances_problem(&c);
	if (problem != NULL)
		return refuse_text(fcinfo, TYPE, problem);
	PG_RETURN_POINTER(covariance_summary_store(&c));
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(covariance_summary_send);
Datum
covariance_summary_send(PG_FUNCTION_ARGS)
{
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, COVARIANCE_SUMMARY_VERSION);
	pq_sendint8(&buffer, c.k);
	pq_sendint64(&buffer, c.n);
	for (int i = 0; i < c.k; i++)
		pq_sendfloat8(&buffer, c.means[i]);
	for (int i = 0; i < covariance_cells(c.k); i++)
		pq_sendfloat8(&buffer, c.products[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(covariance_summary_recv);
Datum
covariance_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	CovarianceSummary *s;
	Covariances c;
	const char *problem;
	int			k;
	int			numbers;

	receive_version(buffer, TYPE, COVARIANCE_SUMMARY_VERSION, 1 + 1 + 8);
	k = pq_getmsgbyte(buffer);
	if (k < 1 || k > COVARIANCE_VARIABLES)
		refuse_binary(TYPE, "There is no variable, or there are too many.");
	s = covariance_summary_new(k, 0);
	s->n = pq_getmsgint64(buffer);
	numbers = k + covariance_cells(k);
	if (buffer->len - buffer->cursor != numbers * sizeof(float8))
		refuse_binary(TYPE, "The message is not of the length that so many variables have.");
	for (int i = 0; i < numbers; i++)
		s->data[i] = pq_getmsgfloat8(buffer) + 0.0;
	c = covariance_summary_numbers(s);
	problem = covariances_problem(&c);
	if (problem != NULL)
		refuse_binary(TYPE, problem);
	PG_RETURN_POINTER(s);
}
