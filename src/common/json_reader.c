/*
 * json_reader.c
 *	  A cursor over JSON of a known shape; see json_reader.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/json_reader.h"

/* Room for any number that jsonb writes for a float8: it spells exponents out. */
#define NUMBER_SIZE 400

static void
skip_space(JsonReader *reader)
{
	while (reader->at < reader->end &&
		   (*reader->at == ' ' || *reader->at == '\t' ||
			*reader->at == '\n' || *reader->at == '\r'))
		reader->at++;
}

void
json_open(JsonReader *reader, const char *text, size_t length)
{
	reader->start = reader->at = text;
	reader->end = text + length;
	reader->expected = NULL;
	reader->ascii = false;
}

bool
json_fail(JsonReader *reader, const char *expected)
{
	if (reader->expected == NULL)
		reader->expected = expected;
	return false;
}

bool
json_accept(JsonReader *reader, char character)
{
	skip_space(reader);
	if (reader->at >= reader->end || *reader->at != character)
		return false;
	reader->at++;
	return true;
}

bool
json_expect(JsonReader *reader, char character, const char *expected)
{
	return json_accept(reader, character) || json_fail(reader, expected);
}

bool
json_accept_null(JsonReader *reader)
{
	skip_space(reader);
	if (reader->end - reader->at < 4 || memcmp(reader->at, "null", 4) != 0)
		return false;
	reader->at += 4;
	return true;
}

/* The four hexadecimal digits after \u, or -1. */
static int
hex_quad(JsonReader *reader)
{
	int			value = 0;

	if (reader->end - reader->at < 4)
		return -1;
	for (int i = 0; i < 4; i++)
	{
		char		c = *reader->at++;

		value <<= 4;
		if (c >= '0' && c <= '9')
			value += c - '0';
		else if (c >= 'a' && c <= 'f')
			value += c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			value += c - 'A' + 10;
		else
			return -1;
	}
	return value;
}

/* Writes a code point as UTF-8 and returns its length in bytes. */
static size_t
put_utf8(unsigned int code, char *out)
{
	if (code < 0x80)
	{
		out[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		out[0] = (char) (0xC0 | (code >> 6));
		out[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		out[0] = (char) (0xE0 | (code >> 12));
		out[1] = (char) (0x80 | ((code >> 6) & 0x3F));
		out[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | (code >> 18));
	out[1] = (char) (0x80 | ((code >> 12) & 0x3F));
	out[2] = (char) (0x80 | ((code >> 6) & 0x3F));
	out[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

/* The code point of a \u escape, surrogate pairs joined, or -1; never NUL. */
static int
unicode_escape(JsonReader *reader)
{
	int			high = hex_quad(reader);
	int			low;

	if (high < 0xD800 || high > 0xDFFF)
		return high == 0 ? -1 : high;
	if (high > 0xDBFF || reader->end - reader->at < 6 ||
		reader->at[0] != '\\' || reader->at[1] != 'u')
		return -1;
	reader->at += 2;
	low = hex_quad(reader);
	if (low < 0xDC00 || low > 0xDFFF)
		return -1;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* Decodes what follows a backslash into out and returns its length, 0 if bad. */
static size_t
put_escape(JsonReader *reader, char *out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	char		c;

	if (reader->at >= reader->end)
		return 0;
	c = *reader->at++;
	if (c == 'u')
	{
		int			code = unicode_escape(reader);

		return code < 0 || (reader->ascii && code >= 0x80) ? 0
			: put_utf8((unsigned int) code, out);
	}
	letter = c == '\0' ? NULL : strchr(letters, c);
	if (letter == NULL)
		return 0;
	*out = meanings[letter - letters];
	return 1;
}

bool
json_string(JsonReader *reader, char *out, size_t size)
{
	size_t		length = 0;

	if (!json_expect(reader, '"', "a string"))
		return false;
	for (;;)
	{
		char		piece[4];
		size_t		piece_length = 1;

		if (reader->at >= reader->end || (unsigned char) *reader->at < 0x20)
			return json_fail(reader, "the end of the string");
		piece[0] = *reader->at++;
		if (piece[0] == '"')
			break;
		if (piece[0] == '\\')
		{
			piece_length = put_escape(reader, piece);
			if (piece_length == 0)
				return json_fail(reader, "an escape of JSON");
		}
		if (length + piece_length >= size)
			return json_fail(reader, "a shorter string");
		memcpy(out + length, piece, piece_length);
		length += piece_length;
	}
	out[length] = '\0';
	return true;
}

/* The digits from `at` on, of which there has to be one; NULL otherwise. */
static const char *
skip_digits(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > start ? at : NULL;
}

/* The end of the number of JSON that starts at `at`, or NULL where none does. */
static const char *
skip_number(const char *at, const char *end, bool whole)
{
	if (at < end && *at == '-')
		at++;
	if (at < end && *at == '0')
		at++;
	else
		at = skip_digits(at, end);
	if (at == NULL || whole)
		return at;
	if (at < end && *at == '.')
		at = skip_digits(at + 1, end);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E'))
	{
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		at = skip_digits(at, end);
	}
	return at;
}

/* Takes a number and copies it, closed by NUL, for the C library to convert. */
static bool
take_number(JsonReader *reader, bool whole, char *text)
{
	const char *stop;

	skip_space(reader);
	stop = skip_number(reader->at, reader->end, whole);
	if (stop == NULL || stop - reader->at >= NUMBER_SIZE)
		return false;
	memcpy(text, reader->at, stop - reader->at);
	text[stop - reader->at] = '\0';
	reader->at = stop;
	return true;
}

bool
json_int64(JsonReader *reader, int64_t *out)
{
	char		text[NUMBER_SIZE];

	if (!take_number(reader, true, text))
		return json_fail(reader, "a whole number");
	errno = 0;
	*out = strtoll(text, NULL, 10);
	return errno == 0 || json_fail(reader, "a whole number of 64 bits");
}

bool
json_float8(JsonReader *reader, double *out)
{
	char		text[NUMBER_SIZE];

	if (!take_number(reader, false, text))
		return json_fail(reader, "a number");
	*out = strtod(text, NULL);
	return isfinite(*out) || json_fail(reader, "a finite number");
}

bool
json_next(JsonReader *reader, bool *first, char close)
{
	if (json_accept(reader, close))
		return false;
	if (!*first && !json_expect(reader, ',', close == '}' ? "\",\" or \"}\"" : "\",\" or \"]\""))
		return false;
	*first = false;
	return true;
}

bool
json_key(JsonReader *reader, char *key, size_t size)
{
	return json_string(reader, key, size) && json_expect(reader, ':', "\":\"");
}

bool
json_named(JsonReader *reader, const char *name, const char *expected)
{
	char		key[16];

	return json_key(reader, key, sizeof(key)) &&
		(strcmp(key, name) == 0 || json_fail(reader, expected));
}

/* Where `text` stands in `names`; where they end when it does not. */
static int
find_name(const char *const *names, const char *text)
{
	int			i = 0;

	while (names[i] != NULL && strcmp(names[i], text) != 0)
		i++;
	return i;
}

int
json_known(JsonReader *reader, const char *const *names, unsigned int *seen, const char *key)
{
	int			member = find_name(names, key);

	if (names[member] == NULL || (*seen & 1u << member) != 0)
	{
		json_fail(reader, "the members of the type, each once");
		return -1;
	}
	*seen |= 1u << member;
	return member;
}

int
json_member(JsonReader *reader, const char *const *names, unsigned int *seen, char *key, size_t size)
{
	bool		first = *seen == 0;

	if (json_next(reader, &first, '}'))
		return json_key(reader, key, size) ? json_known(reader, names, seen, key) : -1;
	for (int i = 0; names[i] != NULL; i++)
	{
		if ((*seen & 1u << i) == 0)
			json_fail(reader, "all members of the type");
	}
	return -1;
}

int
json_choice(JsonReader *reader, const char *const *names, const char *expected, char *text, size_t size)
{
	int			choice;

	if (!json_string(reader, text, size))
		return -1;
	choice = find_name(names, text);
	if (names[choice] != NULL)
		return choice;
	json_fail(reader, expected);
	return -1;
}

bool
json_int64_pair(JsonReader *reader, int64_t *a, int64_t *b)
{
	return json_expect(reader, '[', "\"[\"") && json_int64(reader, a) &&
		json_expect(reader, ',', "\",\"") && json_int64(reader, b) &&
		json_expect(reader, ']', "\"]\"");
}

bool
json_finish(JsonReader *reader)
{
	skip_space(reader);
	return reader->at == reader->end || json_fail(reader, "the end of the text");
}
