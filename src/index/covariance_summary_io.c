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
#include "common/json_reader.h"
#include "common/results.h"
#include "index/covariance_summary.h"

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

	if (*n >= 0)
		return json_fail(reader, "each member once");
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

/* Reads into the arrays of c, which have room for all there can be. */
static bool
read_summary(JsonReader *reader, Covariances *c)
{
	bool		first = true;
	bool		counted = false;
	int			means = -1;
	int			products = -1;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		char		key[16];

		if (!json_key(reader, key, sizeof(key)))
			return false;
		if (strcmp(key, "observations") == 0 && !counted)
		{
			if (!json_int64(reader, &c->n))
				return false;
			counted = true;
		}
		else if (strcmp(key, "means") == 0)
		{
			if (!read_numbers(reader, c->means, COVARIANCE_VARIABLES, &means))
				return false;
		}
		else if (strcmp(key, "products") == 0)
		{
			if (!read_numbers(reader, c->products, CELLS, &products))
				return false;
		}
		else
			return json_fail(reader, "\"observations\", \"means\", \"products\", each once");
	}
	if (reader->expected != NULL)
		return false;
	if (!counted || means < 1 || products != covariance_cells(means))
		return json_fail(reader, "observations, a mean of each variable and a product of each pair of them");
	c->k = means;
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
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", "covariance_summary", text),
						errdetail_internal("%s", json_error_detail(&reader))));
	problem = covariances_problem(&c);
	if (problem != NULL)
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", "covariance_summary", text),
						errdetail_internal("%s", problem)));
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

static void
bad_binary(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of type covariance_summary"),
			 errdetail_internal("%s", problem)));
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

	if (buffer->len - buffer->cursor < 1 + 1 + 8)
		bad_binary("The message is too short.");
	if (pq_getmsgbyte(buffer) != COVARIANCE_SUMMARY_VERSION)
		bad_binary("The version is unknown.");
	k = pq_getmsgbyte(buffer);
	if (k < 1 || k > COVARIANCE_VARIABLES)
		bad_binary("There is no variable, or there are too many.");
	s = covariance_summary_new(k, 0);
	s->n = pq_getmsgint64(buffer);
	numbers = k + covariance_cells(k);
	if (buffer->len - buffer->cursor != numbers * sizeof(float8))
		bad_binary("The message is not of the length that so many variables have.");
	for (int i = 0; i < numbers; i++)
		s->data[i] = pq_getmsgfloat8(buffer) + 0.0;
	c = covariance_summary_numbers(s);
	problem = covariances_problem(&c);
	if (problem != NULL)
		bad_binary(problem);
	PG_RETURN_POINTER(s);
}
