/*
 * json_reader_test.c
 *	  The cursor behind the text forms of our types, fed good and bad text.
 *
 * Expected values are written out by hand from RFC 8259 (JSON) and RFC 3629
 * (UTF-8).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/json_reader.h"
#include "tap.h"

static JsonReader reader;

static JsonReader *
reading(const char *text)
{
	json_open(&reader, text, strlen(text));
	return &reader;
}

static void
string_is(const char *text, const char *want)
{
	char		got[32];
	char		name[64];

	snprintf(name, sizeof(name), "string %s", text);
	ok(json_string(reading(text), got, sizeof(got)) && json_finish(&reader) &&
	   strcmp(got, want) == 0, name);
}

static void
string_fails(const char *text)
{
	char		got[32];
	char		name[64];

	snprintf(name, sizeof(name), "no string %s", text);
	ok(!json_string(reading(text), got, sizeof(got)) && reader.expected != NULL, name);
}

static void
number_is(const char *text, double want)
{
	double		got;
	char		name[64];

	snprintf(name, sizeof(name), "number %s", text);
	ok(json_float8(reading(text), &got) && json_finish(&reader) && got == want, name);
}

static void
number_fails(const char *text)
{
	double		got;
	char		name[64];

	snprintf(name, sizeof(name), "no number %s", text);
	ok(!(json_float8(reading(text), &got) && json_finish(&reader)), name);
}

static void
integer_is(const char *text, int64_t want)
{
	int64_t		got;
	char		name[64];

	snprintf(name, sizeof(name), "integer %s", text);
	ok(json_int64(reading(text), &got) && json_finish(&reader) && got == want, name);
}

static void
integer_fails(const char *text)
{
	int64_t		got;
	char		name[64];

	snprintf(name, sizeof(name), "no integer %s", text);
	ok(!(json_int64(reading(text), &got) && json_finish(&reader)), name);
}

/* Sums the members of an array of integers; -1 where it is not one. */
static int64_t
array_sum(const char *text)
{
	bool		first = true;
	int64_t		sum = 0;
	int64_t		value;

	if (!json_expect(reading(text), '[', "\"[\""))
		return -1;
	while (json_next(&reader, &first, ']'))
	{
		if (!json_int64(&reader, &value))
			return -1;
		sum += value;
	}
	return reader.expected == NULL && json_finish(&reader) ? sum : -1;
}

int
main(void)
{
	string_is("\"\"", "");
	string_is("  \"ease\" ", "ease");
	string_is("\"a\\\"b\\\\c\\/\"", "a\"b\\c/");
	string_is("\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t");
	string_is("\"\\u0041\"", "A");
	string_is("\"\\u00e9\"", "\xC3\xA9");
	string_is("\"\\u20AC\"", "\xE2\x82\xAC");
	string_is("\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80");
	string_is("\"caf\xC3\xA9\"", "caf\xC3\xA9");
	string_is("\"1234567890123456789012345678901\"", "1234567890123456789012345678901");

	string_fails("");
	string_fails("ease");
	string_fails("\"open");
	string_fails("\"tab\tstop\"");
	string_fails("\"\\x\"");
	string_fails("\"\\");
	string_fails("\"\\u12\"");
	string_fails("\"\\u12G4\"");
	string_fails("\"\\u0000\"");
	string_fails("\"\\ud83d\"");
	string_fails("\"\\ud83d\\u0041\"");
	string_fails("\"\\ude00\"");
	string_fails("\"12345678901234567890123456789012\"");

	number_is("0", 0);
	number_is(" -1.5e-3", -1.5e-3);
	number_is("1e308", 1e308);
	number_is("0.1", 0.1);
	number_is("2.8899999999999997", 2.8899999999999997);
	number_is("5e-324", 5e-324);
	number_fails("1e309");
	number_fails("NaN");
	number_fails("Infinity");
	number_fails("0x10");
	number_fails("+1");
	number_fails("-");
	number_fails("1.2.3");
	number_fails("007");
	number_fails("1.");
	number_fails(".5");
	number_fails("1e");
	number_fails("1 2");
	number_fails("");

	integer_is("9223372036854775807", INT64_MAX);
	integer_is("-9223372036854775808", INT64_MIN);
	integer_fails("9223372036854775808");
	integer_fails("1.0");
	integer_fails("1e3");
	integer_fails("--1");
	integer_fails("-");
	integer_fails("01");

	ok(array_sum("[]") == 0, "an empty array");
	ok(array_sum(" [ 1 ,\t2,\n3 ] ") == 6, "an array with white space");
	ok(array_sum("[1,]") == -1, "no array with a closing comma");
	ok(array_sum("[,1]") == -1, "no array with an opening comma");
	ok(array_sum("[1 2]") == -1, "no array without a comma");
	ok(array_sum("[1") == -1, "no array without an end");
	ok(array_sum("[1]]") == -1, "no array with more after it");
	ok(array_sum("[1}") == -1, "no array that ends as an object");

	(void) json_finish(reading("  x"));
	ok(reader.at - reader.start == 2, "an error points at the character");
	return done();
}
