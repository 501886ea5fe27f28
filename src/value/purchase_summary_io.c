/*
 * purchase_summary_io.c
 *	  The types purchase_summary and spend_summary: their text and binary forms.
 *
 * Text form: {"unit_seconds": 86400, "customers": [[0, 0, 38, 2], [2, 30, 37, 1]]}:
 * frequency, recency, age and how many customers have them; unit_seconds is
 * null where the unit is not known. Of a spend_summary {"customers": [[2, 22.5,
 * 1]]}: frequency, monetary, customers. They ascend; the members may come in
 * any order.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "value/purchase_summary.h"

/* Both types are read and written by the same functions, which tell them apart by the size of a key. */
static inline bool
is_purchase(const Multiset *m)
{
	return m->words == PURCHASE_WORDS;
}

/* Why a key is not one of such a summary; NULL when it is. */
static const char *
key_problem(const uint64 *key, int words)
{
	const int64 x = multiset_int64(key[0]);
	const double number = multiset_float8(key[1]);

	if (words == PURCHASE_WORDS)
		return purchase_problem(x, number, multiset_float8(key[2]));
	return x >= 1 && number > 0 && isfinite(number) ? NULL
		: "Frequency is at least 1 and monetary a finite number above 0.";
}

static inline bool
unit_valid(double unit)
{
	return unit > 0 && isfinite(unit);
}

/* ---------- Text out ---------- */

static void
append_customers(StringInfo text, const Multiset *m)
{
	appendStringInfoString(text, "\"customers\": [");
	for (uint32 i = 0; i < m->n_sorted; i++)
	{
		const uint64 *key = multiset_record(m, i);

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(text, "%s[" INT64_FORMAT, i > 0 ? ", " : "", multiset_int64(key[0]));
		for (int word = 1; word < m->words; word++)
		{
			char		number[FLOAT8_TEXT_SIZE];

			appendStringInfo(text, ", %s", float8_text(multiset_float8(key[word]), number));
		}
		appendStringInfo(text, ", " INT64_FORMAT "]", multiset_count(m, i));
	}
	appendStringInfoChar(text, ']');
}

PG_FUNCTION_INFO_V1(purchase_summary_out);
Datum
purchase_summary_out(PG_FUNCTION_ARGS)
{
	const PurchaseSummary *s = purchase_summary_load(PG_GETARG_DATUM(0));
	char		number[FLOAT8_TEXT_SIZE];
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"unit_seconds\": %s, ",
					 s->unit == 0 ? "null" : float8_text(s->unit, number));
	append_customers(&text, s);
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

PG_FUNCTION_INFO_V1(spend_summary_out);
Datum
spend_summary_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	append_customers(&text, spend_summary_load(PG_GETARG_DATUM(0)));
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* ---------- Text in ---------- */

/* [frequency, recency, age, customers] or [frequency, monetary, customers] */
static bool
read_customers(JsonReader *reader, int words, uint64 *key, int64 *count)
{
	int64		x;

	if (!(json_expect(reader, '[', "\"[\"") && json_int64(reader, &x)))
		return false;
	key[0] = multiset_word_of_int64(x);
	for (int word = 1; word < words; word++)
	{
		double		number;

		if (!(json_expect(reader, ',', "\",\"") && json_float8(reader, &number)))
			return false;
		key[word] = multiset_word(number);
	}
	return json_expect(reader, ',', "\",\"") && json_int64(reader, count) &&
		json_expect(reader, ']', "\"]\"");
}

/* Whether key a comes before b. */
static bool
key_ascends(const uint64 *a, const uint64 *b, int words)
{
	for (int word = 0; word < words; word++)
	{
		if (a[word] != b[word])
			return a[word] < b[word];
	}
	return false;
}

static bool
read_all_customers(JsonReader *reader, Multiset **m)
{
	const int	words = (*m)->words;
	uint64		last[MULTISET_MAX_WORDS];
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		uint64		key[MULTISET_MAX_WORDS];
		int64		count;
		MultisetStatus status;

		CHECK_FOR_INTERRUPTS();
		if (!read_customers(reader, words, key, &count))
			return false;
		if (key_problem(key, words) != NULL)
			return json_fail(reader, "a customer there can be");
		if (count < 1)
			return json_fail(reader, "a count of 1 or more");
		if ((*m)->total > 0 && !key_ascends(last, key, words))
			return json_fail(reader, "customers that ascend");
		memcpy(last, key, sizeof(last));
		status = multiset_add(m, key, count);
		if (status == MULTISET_OVERFLOW)
			return json_fail(reader, "fewer customers than 64 bits hold");
		if (status != MULTISET_OK)
			return json_fail(reader, "fewer customers");
	}
	if (reader->expected == NULL && (*m)->total == 0)
		return json_fail(reader, "a customer");
	return reader->expected == NULL;
}

static bool
read_unit(JsonReader *reader, double *unit)
{
	*unit = 0;
	if (json_accept_null(reader))
		return true;
	return json_float8(reader, unit) &&
		(unit_valid(*unit) || json_fail(reader, "a number of seconds above 0, or null"));
}

static bool
read_summary(JsonReader *reader, Multiset **m)
{
	bool		has_unit = !is_purchase(*m);
	bool		has_customers = false;
	bool		first = true;
	double		unit = 0;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		char		key[16];

		if (!json_key(reader, key, sizeof(key)))
			return false;
		if (!has_unit && strcmp(key, "unit_seconds") == 0)
			has_unit = read_unit(reader, &unit);
		else if (!has_customers && strcmp(key, "customers") == 0)
			has_customers = read_all_customers(reader, m);
		else
			return json_fail(reader, is_purchase(*m) ? "\"unit_seconds\" and \"customers\", once each"
							 : "\"customers\", once");
		if (reader->expected != NULL)
			return false;
	}
	if (reader->expected == NULL && !(has_unit && has_customers))
		return json_fail(reader, has_unit ? "\"customers\"" : "\"unit_seconds\"");
	(*m)->unit = unit;
	return reader->expected == NULL && json_finish(reader);
}

static Datum
summary_in(FunctionCallInfo fcinfo, int words, const char *type)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Multiset   *m = multiset_new(words);
	Multiset   *value;
	MultisetStatus status;
	JsonReader	reader;

	json_open(&reader, text, strlen(text));
	if (!read_summary(&reader, &m))
		return refuse_json(fcinfo, type, &reader);
	status = multiset_canonical(m, &value);
	if (status != MULTISET_OK)
		multiset_raise(status, type);
	return multiset_datum(value);
}

PG_FUNCTION_INFO_V1(purchase_summary_in);
Datum
purchase_summary_in(PG_FUNCTION_ARGS)
{
	return summary_in(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(spend_summary_in);
Datum
spend_summary_in(PG_FUNCTION_ARGS)
{
	return summary_in(fcinfo, SPEND_WORDS, SPEND_TYPE);
}

/* ---------- Binary ---------- */

static Datum
summary_recv(FunctionCallInfo fcinfo, int words, const char *type)
{
	Multiset   *m = multiset_receive(fcinfo, words, type);

	if (!(m->unit == 0 || (is_purchase(m) && unit_valid(m->unit))))
		refuse_binary(type, is_purchase(m) ? "The unit is not above 0." : "There is a unit.");
	m->unit += 0.0;				/* -0 becomes 0 */
	for (uint32 i = 0; i < m->n_sorted; i++)
	{
		const uint64 *key = multiset_record(m, i);
		const char *problem = key_problem(key, words);

		if (problem != NULL)
			refuse_binary(type, problem);
		for (int word = 1; word < words; word++)
		{
			if (multiset_word(multiset_float8(key[word])) != key[word])
				refuse_binary(type, "A number is -0.");
		}
	}
	return multiset_datum(m);
}

PG_FUNCTION_INFO_V1(purchase_summary_recv);
Datum
purchase_summary_recv(PG_FUNCTION_ARGS)
{
	return summary_recv(fcinfo, PURCHASE_WORDS, PURCHASE_TYPE);
}

PG_FUNCTION_INFO_V1(spend_summary_recv);
Datum
spend_summary_recv(PG_FUNCTION_ARGS)
{
	return summary_recv(fcinfo, SPEND_WORDS, SPEND_TYPE);
}

PG_FUNCTION_INFO_V1(purchase_summary_send);
Datum
purchase_summary_send(PG_FUNCTION_ARGS)
{
	return multiset_send(purchase_summary_load(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(spend_summary_send);
Datum
spend_summary_send(PG_FUNCTION_ARGS)
{
	return multiset_send(spend_summary_load(PG_GETARG_DATUM(0)));
}
