/*
 * atom.c
 *	  Atoms of the pattern language: their text and their meaning.
 *
 * What the reading functions allocate belongs to the caller and is never freed
 * here, except a name that could not be read to its end; the server frees it
 * with the memory context. After a failure an atom holds what was read before.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/atom.h"

/* Longest text of a number that is read. */
#define NUMBER_SIZE 400

/* ---------- Reading ---------- */

bool
pattern_fail(PatternReader *reader, size_t at, const char *expected)
{
	if (reader->problem.expected == NULL)
	{
		reader->problem.expected = expected;
		reader->problem.at = at;
	}
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
		(unsigned char) c >= 0x80;
}

/* The character `ahead` bytes further, '\0' past the end. */
static char
character(const PatternReader *reader, size_t ahead)
{
	return ahead < reader->length - reader->at ? reader->text[reader->at + ahead] : '\0';
}

char
pattern_peek(PatternReader *reader)
{
	while (reader->at < reader->length && is_blank(reader->text[reader->at]))
		reader->at++;
	return character(reader, 0);
}

static bool
is_word(const char *bytes, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(bytes, word, length) == 0;
}

/* `within` and `without` are words of the language, so these names are quoted. */
static bool
is_reserved(const char *bytes, size_t length)
{
	return is_word(bytes, length, "within") || is_word(bytes, length, "without");
}

/* The length of the bare name at the start of a text, 0 where there is none. */
static size_t
bare_name_length(const char *text, size_t length)
{
	size_t		i = 0;

	while (i < length)
	{
		bool		joins = i > 0 && (text[i] == '-' || text[i] == '/');

		if (joins && i + 1 < length && is_name_character(text[i + 1]))
			i += 2;
		else if (is_name_character(text[i]))
			i++;
		else
			break;
	}
	return i;
}

static bool
read_bare_name(PatternReader *reader, JourneyName *name, const char *expected)
{
	const char *start = reader->text + reader->at;
	size_t		length = bare_name_length(start, reader->length - reader->at);
	char	   *bytes;

	if (length == 0)
		return pattern_fail(reader, reader->at, expected);
	if (is_reserved(start, length))
		return pattern_fail(reader, reader->at, "a name (within and without must be quoted)");
	if (length > NAME_MAX_LENGTH)
		return pattern_fail(reader, reader->at, "a shorter name");
	bytes = cx_alloc(length, 1);
	memcpy(bytes, start, length);
	name->bytes = bytes;
	name->length = (uint32_t) length;
	reader->at += length;
	return true;
}

static bool
read_quoted_name(PatternReader *reader, JourneyName *name)
{
	size_t		start = reader->at;
	size_t		length = 0;
	char	   *bytes;

	/* Find the end first, so that exactly what is needed is allocated. */
	for (reader->at++;; reader->at++, length++)
	{
		if (reader->at >= reader->length)
			return pattern_fail(reader, reader->at, "a closing quote");
		if (character(reader, 0) == '\'')
		{
			if (character(reader, 1) != '\'')
				break;
			reader->at++;
		}
	}
	reader->at++;
	if (length > NAME_MAX_LENGTH)
		return pattern_fail(reader, start, "a shorter name");

	bytes = cx_alloc(length + 1, 1);
	for (size_t from = start + 1, to = 0; to < length; from++, to++)
	{
		bytes[to] = reader->text[from];
		from += bytes[to] == '\'';
	}
	name->bytes = bytes;
	name->length = (uint32_t) length;
	return true;
}

static bool
read_name_test(PatternReader *reader, NameTest *test, const char *expected)
{
	bool		read = pattern_peek(reader) == '\''
		? read_quoted_name(reader, &test->name)
		: read_bare_name(reader, &test->name, expected);

	if (!read)
		return false;
	test->below = character(reader, 0) == '/' && character(reader, 1) == '*';
	if (test->below)
		reader->at += 2;
	return true;
}

bool
name_test_read(PatternReader *reader, NameTest *test)
{
	return read_name_test(reader, test, "a name or a quoted name");
}

/* Room for one more of `count` items; an array of them always has a power of two of places. */
static void *
grow(void *items, int count, size_t size)
{
	if (count == 0)
		return cx_alloc(1, size);
	if ((count & (count - 1)) == 0)
		return cx_realloc(items, (size_t) count * 2, size);
	return items;
}

static void
add_name_test(NameTest **tests, int *count, const NameTest *test)
{
	*tests = grow(*tests, *count, sizeof(NameTest));
	(*tests)[(*count)++] = *test;
}

/* What follows '[' up to its ']'. */
static bool
read_set(PatternReader *reader, Atom *atom)
{
	char		next;

	if (pattern_peek(reader) == '^')
	{
		atom->negated = true;
		reader->at++;
	}
	do
	{
		NameTest	test;

		if (!name_test_read(reader, &test))
			return false;
		add_name_test(&atom->events, &atom->n_events, &test);
		next = pattern_peek(reader);
		if (next != '|' && next != ']')
			return pattern_fail(reader, reader->at, "\"|\" or \"]\"");
		reader->at++;
	} while (next == '|');
	return true;
}

static bool
read_events(PatternReader *reader, Atom *atom, const char *expected)
{
	char		next = pattern_peek(reader);
	NameTest	test;

	if (next == '[')
	{
		reader->at++;
		return read_set(reader, atom);
	}
	if (next == '.')
	{
		reader->at++;
		atom->any = true;
		return true;
	}
	if (!read_name_test(reader, &test, expected))
		return false;
	add_name_test(&atom->events, &atom->n_events, &test);
	return true;
}

static size_t
digits_at(const PatternReader *reader, size_t ahead)
{
	size_t		count = 0;

	while (is_digit(character(reader, ahead + count)))
		count++;
	return count;
}

static bool
read_number(PatternReader *reader, double *number)
{
	char		text[NUMBER_SIZE];
	char		sign = pattern_peek(reader);
	size_t		length = sign == '+' || sign == '-';
	size_t		digits = digits_at(reader, length);

	if (digits == 0)
		return pattern_fail(reader, reader->at, "a number");
	length += digits;
	if (character(reader, length) == '.')
	{
		digits = digits_at(reader, length + 1);
		length += 1 + digits;
	}
	if (digits > 0 && (character(reader, length) == 'e' || character(reader, length) == 'E'))
	{
		length++;
		length += character(reader, length) == '+' || character(reader, length) == '-';
		digits = digits_at(reader, length);
		length += digits;
	}
	if (digits == 0)
		return pattern_fail(reader, reader->at + length, "a digit");
	if (length >= NUMBER_SIZE)
		return pattern_fail(reader, reader->at, "a shorter number");
	memcpy(text, reader->text + reader->at, length);
	text[length] = '\0';
	*number = strtod(text, NULL) + 0.0; /* 0 for -0 */
	if (!isfinite(*number))
		return pattern_fail(reader, reader->at, "a number of double precision");
	reader->at += length;
	return true;
}

static bool
read_comparison(PatternReader *reader, Comparison *comparison)
{
	char		first = pattern_peek(reader);
	bool		or_equal = character(reader, 1) == '=';

	if (first == '<')
		*comparison = or_equal ? NUMBER_LE : NUMBER_LT;
	else if (first == '>')
		*comparison = or_equal ? NUMBER_GE : NUMBER_GT;
	else if (first == '=')
		*comparison = NUMBER_EQ;
	else
		return pattern_fail(reader, reader->at, "\"<\", \"<=\", \"=\", \">=\" or \">\"");
	reader->at += 1 + (first != '=' && or_equal);
	return true;
}

/* What follows ':'. */
static bool
read_number_test(PatternReader *reader, NumberTest *test)
{
	const char *word;
	size_t		length;

	pattern_peek(reader);
	word = reader->text + reader->at;
	length = bare_name_length(word, reader->length - reader->at);
	test->of_score = is_word(word, length, "score");
	if (!test->of_score && !is_word(word, length, "value"))
		return pattern_fail(reader, reader->at, "\"score\" or \"value\"");
	reader->at += length;
	return read_comparison(reader, &test->comparison) && read_number(reader, &test->limit);
}

bool
atom_read_tests(PatternReader *reader, Atom *atom)
{
	for (;;)
	{
		char		next = pattern_peek(reader);

		if (next == '@')
		{
			NameTest	channel;

			reader->at++;
			if (!name_test_read(reader, &channel))
				return false;
			add_name_test(&atom->channels, &atom->n_channels, &channel);
		}
		else if (next == ':')
		{
			NumberTest	number;

			reader->at++;
			if (!read_number_test(reader, &number))
				return false;
			atom->numbers = grow(atom->numbers, atom->n_numbers, sizeof(NumberTest));
			atom->numbers[atom->n_numbers++] = number;
		}
		else
			return true;
	}
}

bool
atom_read(PatternReader *reader, Atom *atom)
{
	memset(atom, 0, sizeof(*atom));
	return read_events(reader, atom, "a name, a quoted name, \"[\", \".\" or \"(\"") &&
		atom_read_tests(reader, atom);
}

bool
atom_parse(const char *text, size_t length, Atom *atom, ParseProblem *problem)
{
	PatternReader reader = {text, length, 0, {NULL, 0}};
	bool		read;

	memset(atom, 0, sizeof(*atom));
	read = read_events(&reader, atom, "a name, a quoted name, \"[\" or \".\"") &&
		atom_read_tests(&reader, atom);
	if (read && reader.at < length)
		read = pattern_fail(&reader, reader.at, "\"@\", \":\" or the end");
	*problem = reader.problem;
	return read;
}

/* ---------- Writing ---------- */

void
pattern_text_add(PatternText *text, const char *bytes, size_t length)
{
	if (length > text->room - text->length)
	{
		text->room = text->room * 2 + length + 64;
		text->bytes = text->bytes == NULL
			? cx_alloc(text->room, 1)
			: cx_realloc(text->bytes, text->room, 1);
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

static void
add_string(PatternText *text, const char *string)
{
	pattern_text_add(text, string, strlen(string));
}

static void
write_quoted(PatternText *text, const JourneyName *name)
{
	add_string(text, "'");
	for (uint32_t i = 0; i < name->length; i++)
	{
		if (name->bytes[i] == '\'')
			add_string(text, "'");
		pattern_text_add(text, name->bytes + i, 1);
	}
	add_string(text, "'");
}

void
name_test_write(PatternText *text, const NameTest *test)
{
	const JourneyName *name = &test->name;

	if (name->length > 0 && bare_name_length(name->bytes, name->length) == name->length &&
		!is_reserved(name->bytes, name->length))
		pattern_text_add(text, name->bytes, name->length);
	else
		write_quoted(text, name);
	if (test->below)
		add_string(text, "/*");
}

/* The fewest digits that read back as the same number. */
static void
write_number(PatternText *text, double number)
{
	char		digits[40];

	for (int precision = 15; precision <= 17; precision++)
	{
		snprintf(digits, sizeof(digits), "%.*g", precision, number);
		if (strtod(digits, NULL) == number)
			break;
	}
	add_string(text, digits);
}

void
atom_write(PatternText *text, const Atom *atom)
{
	static const char *const comparisons[] = {"<", "<=", "=", ">=", ">"};
	bool		set = atom->negated || atom->n_events > 1;

	if (atom->any)
		add_string(text, ".");
	if (set)
		add_string(text, atom->negated ? "[^" : "[");
	for (int i = 0; i < atom->n_events; i++)
	{
		if (i > 0)
			add_string(text, "|");
		name_test_write(text, &atom->events[i]);
	}
	if (set)
		add_string(text, "]");
	for (int i = 0; i < atom->n_channels; i++)
	{
		add_string(text, "@");
		name_test_write(text, &atom->channels[i]);
	}
	for (int i = 0; i < atom->n_numbers; i++)
	{
		add_string(text, atom->numbers[i].of_score ? ":score" : ":value");
		add_string(text, comparisons[atom->numbers[i].comparison]);
		write_number(text, atom->numbers[i].limit);
	}
}

/* ---------- The definition ---------- */

NameTest
name_test_of(JourneyName name)
{
	NameTest	test = {name, false};

	if (name.length >= 2 && memcmp(name.bytes + name.length - 2, "/*", 2) == 0)
	{
		test.below = true;
		test.name.length -= 2;
	}
	return test;
}

bool
name_test_matches(const NameTest *test, const JourneyName *name)
{
	uint32_t	length = test->name.length;

	if (name->bytes == NULL)
		return false;
	if (test->below ? name->length <= length || name->bytes[length] != '/' : name->length != length)
		return false;
	return memcmp(name->bytes, test->name.bytes, length) == 0;
}

bool
number_test_passes(const NumberTest *test, double number)
{
	switch (test->comparison)
	{
		case NUMBER_LT:
			return number < test->limit;
		case NUMBER_LE:
			return number <= test->limit;
		case NUMBER_EQ:
			return number == test->limit;
		case NUMBER_GE:
			return number >= test->limit;
		case NUMBER_GT:
			return number > test->limit;
	}
	return false;
}

static bool
event_matches(const Atom *atom, const JourneyName *event)
{
	if (atom->any)
		return true;
	for (int i = 0; i < atom->n_events; i++)
	{
		if (name_test_matches(&atom->events[i], event))
			return !atom->negated;
	}
	return atom->negated;
}

bool
atom_matches(const Atom *atom, const Touchpoint *touchpoint)
{
	if (!event_matches(atom, &touchpoint->event))
		return false;
	for (int i = 0; i < atom->n_channels; i++)
	{
		if (!name_test_matches(&atom->channels[i], &touchpoint->channel))
			return false;
	}
	for (int i = 0; i < atom->n_numbers; i++)
	{
		const NumberTest *test = &atom->numbers[i];

		if (test->of_score
			? !touchpoint->has_score || !number_test_passes(test, touchpoint->score)
			: !touchpoint->has_value || !number_test_passes(test, touchpoint->value))
			return false;
	}
	return true;
}
