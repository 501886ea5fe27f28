/*
 * pattern_parse.c
 *	  The pattern language: from text to tree and back; see pattern.h.
 *
 * One function a rule of the grammar. Each fills a part of the tree that was
 * cleared before and leaves it such that it can be freed, also when it fails.
 */
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "journey/pattern.h"

/* The highest m and n of {m,n} that are read at all. */
#define REPEAT_DIGITS 9

static bool read_pattern(PatternReader *reader, Pattern *pattern, int depth);

/*
 * Makes room for one more of `count` items, whose number of places is a power of
 * two, and clears it.
 */
static void *
add_item(void *items, int count, size_t size)
{
	char	   *grown = items;

	if (count == 0)
		grown = cx_alloc(1, size);
	else if ((count & (count - 1)) == 0)
		grown = cx_realloc(items, (size_t) count * 2, size);
	memset(grown + (size_t) count * size, 0, size);
	return grown;
}

/* ---------- Freeing ---------- */

static void
free_names(NameTest *tests, int count)
{
	for (int i = 0; i < count; i++)
		cx_free((char *) tests[i].name.bytes);
	cx_free(tests);
}

static void
free_link(PatternLink *link)
{
	free_names(link->without, link->n_without);
	cx_free(link->limits);
}

static void
free_parts(Pattern *pattern)
{
	for (int i = 0; i < pattern->n_items; i++)
	{
		PatternItem *item = &pattern->items[i];

		free_names(item->atom.events, item->atom.n_events);
		free_names(item->atom.channels, item->atom.n_channels);
		cx_free(item->atom.numbers);
		free_link(&item->link);
		for (int k = 0; k < item->n_branches; k++)
			free_parts(&item->branches[k]);
		cx_free(item->branches);
	}
	cx_free(pattern->items);
}

void
pattern_free(Pattern *pattern)
{
	free_parts(pattern);
	cx_free(pattern);
}

/* ---------- Reading ---------- */

static char
byte_at(const PatternReader *reader, size_t at)
{
	return at < reader->length ? reader->text[at] : '\0';
}

/* Takes the next character if it is this one. */
static bool
accept(PatternReader *reader, char character)
{
	if (pattern_peek(reader) != character || reader->at >= reader->length)
		return false;
	reader->at++;
	return true;
}

/* Takes two characters that stand together. */
static bool
accept_two(PatternReader *reader, const char *two)
{
	if (pattern_peek(reader) != two[0] || byte_at(reader, reader->at + 1) != two[1])
		return false;
	reader->at += 2;
	return true;
}

/* Takes a word that does not go on as a longer name. */
static bool
accept_word(PatternReader *reader, const char *word)
{
	size_t		length = strlen(word);
	char		after;

	pattern_peek(reader);
	if (reader->length - reader->at < length ||
		memcmp(reader->text + reader->at, word, length) != 0)
		return false;
	after = byte_at(reader, reader->at + length);
	if ((after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z') ||
		(after >= '0' && after <= '9') || after == '_' || after == '/' || (unsigned char) after >= 0x80)
		return false;
	reader->at += length;
	return true;
}

static bool
read_interval(PatternReader *reader, CalendarInterval *interval)
{
	const char *expected = NULL;
	size_t		problem_at = 0;
	size_t		taken;

	pattern_peek(reader);
	taken = calendar_interval_read(reader->text + reader->at, reader->length - reader->at,
								   interval, &expected, &problem_at);
	if (taken == 0)
		return pattern_fail(reader, reader->at + problem_at,
							expected != NULL ? expected : "an interval such as 7 days");
	if (!calendar_interval_forward(interval))
		return pattern_fail(reader, reader->at, "an interval that does not point backwards");
	reader->at += taken;
	return true;
}

static bool
read_without(PatternReader *reader, PatternLink *link)
{
	do
	{
		link->without = add_item(link->without, link->n_without, sizeof(NameTest));
		if (!name_test_read(reader, &link->without[link->n_without]))
			return false;
		link->n_without++;
	} while (accept(reader, '|'));
	return true;
}

static bool
read_limit(PatternReader *reader, PatternLink *link)
{
	bool		less = byte_at(reader, reader->at) == '<';
	bool		or_equal = byte_at(reader, reader->at + 1) == '=';
	PatternLimit *limit;

	link->limits = add_item(link->limits, link->n_limits, sizeof(PatternLimit));
	limit = &link->limits[link->n_limits++];
	if (less)
		limit->comparison = or_equal ? NUMBER_LE : NUMBER_LT;
	else
		limit->comparison = or_equal ? NUMBER_GE : NUMBER_GT;
	reader->at += 1 + or_equal;
	return read_interval(reader, &limit->interval);
}

/* What follows '{' after an arrow, up to its '}'. */
static bool
read_conditions(PatternReader *reader, PatternLink *link)
{
	do
	{
		char		next = pattern_peek(reader);

		if (next == '<' || next == '>')
		{
			if (!read_limit(reader, link))
				return false;
		}
		else if (accept_word(reader, "without"))
		{
			if (!read_without(reader, link))
				return false;
		}
		else
			return pattern_fail(reader, reader->at, "\"<=\", \"<\", \">=\", \">\" or without");
	} while (accept(reader, ','));
	return accept(reader, '}') || pattern_fail(reader, reader->at, "\",\" or \"}\"");
}

static bool
read_times(PatternReader *reader, int *times)
{
	size_t		start;
	size_t		digits = 0;

	pattern_peek(reader);
	start = reader->at;
	*times = 0;
	for (;; digits++)
	{
		char		c = byte_at(reader, start + digits);

		if (c < '0' || c > '9')
			break;
		if (digits == REPEAT_DIGITS)
			return pattern_fail(reader, start, "a smaller number");
		*times = *times * 10 + (c - '0');
	}
	reader->at += digits;
	return digits > 0 || pattern_fail(reader, start, "how often");
}

/* What follows '{' after an atom. */
static bool
read_bounds(PatternReader *reader, PatternItem *item)
{
	size_t		most_at;

	pattern_peek(reader);
	most_at = reader->at;
	if (!read_times(reader, &item->least))
		return false;
	item->most = item->least;
	if (accept(reader, ','))
	{
		char		next = pattern_peek(reader);

		most_at = reader->at;
		if (next == '}')
			item->most = PATTERN_UNLIMITED;
		else if (!read_times(reader, &item->most))
			return false;
	}
	else if (pattern_peek(reader) != '}')
		return pattern_fail(reader, reader->at, "\",\" or \"}\"");
	if (!accept(reader, '}'))
		return pattern_fail(reader, reader->at, "\"}\"");
	if (item->most == 0)
		return pattern_fail(reader, most_at, "1 or more");
	if (item->most != PATTERN_UNLIMITED && item->most < item->least)
		return pattern_fail(reader, most_at, "a number that is not below the one before it");
	return true;
}

static bool
read_repetition(PatternReader *reader, PatternItem *item)
{
	item->least = item->most = 1;
	if (accept(reader, '+'))
		item->most = PATTERN_UNLIMITED;
	else if (accept(reader, '?'))
		item->least = 0;
	else if (accept(reader, '{'))
		return read_bounds(reader, item);
	return true;
}

/* What could still follow a pattern that was read. */
static const char *
may_follow(const Pattern *pattern, bool in_group)
{
	if (pattern->has_within)
		return in_group ? "\"|\" or \")\"" : "the end of the pattern";
	if (pattern->at_end)
		return in_group ? "within, \"|\" or \")\"" : "within or the end of the pattern";
	return in_group ? "\"->\", \"~>\", \"$\", within, \"|\" or \")\""
		: "\"->\", \"~>\", \"$\", within or the end of the pattern";
}

/* What follows '(', with the tests after its ')'. */
static bool
read_group(PatternReader *reader, PatternItem *item, int depth)
{
	if (depth >= PATTERN_MAX_DEPTH)
		return pattern_fail(reader, reader->at - 1, "at most 100 parentheses within each other");
	do
	{
		item->branches = add_item(item->branches, item->n_branches, sizeof(Pattern));
		if (!read_pattern(reader, &item->branches[item->n_branches++], depth + 1))
			return false;
	} while (accept(reader, '|'));
	if (!accept(reader, ')'))
		return pattern_fail(reader, reader->at,
							may_follow(&item->branches[item->n_branches - 1], true));
	return atom_read_tests(reader, &item->atom);
}

static bool
read_item(PatternReader *reader, PatternItem *item, int depth)
{
	bool		read = accept(reader, '(')
		? read_group(reader, item, depth)
		: atom_read(reader, &item->atom);

	return read && read_repetition(reader, item);
}

/* An arrow and its conditions; false without a problem where there is no arrow. */
static bool
read_link(PatternReader *reader, PatternLink *link)
{
	memset(link, 0, sizeof(*link));
	if (accept_two(reader, "->"))
		link->adjacent = true;
	else if (!accept_two(reader, "~>"))
		return false;
	return !accept(reader, '{') || read_conditions(reader, link);
}

static bool
read_pattern(PatternReader *reader, Pattern *pattern, int depth)
{
	PatternLink link = {0};

	pattern->at_start = accept(reader, '^');
	do
	{
		PatternItem *item;

		pattern->items = add_item(pattern->items, pattern->n_items, sizeof(PatternItem));
		item = &pattern->items[pattern->n_items++];
		item->link = link;
		if (!read_item(reader, item, depth))
			return false;
	} while (read_link(reader, &link));
	if (reader->problem.expected != NULL)
	{
		free_link(&link);
		return false;
	}
	pattern->at_end = accept(reader, '$');
	if (accept_word(reader, "within"))
	{
		pattern->has_within = true;
		return read_interval(reader, &pattern->within);
	}
	return true;
}

Pattern *
pattern_parse(const char *text, size_t length, ParseProblem *problem)
{
	PatternReader reader = {text, length, 0, {NULL, 0}};
	Pattern    *pattern = cx_alloc0(1, sizeof(Pattern));
	bool		read = read_pattern(&reader, pattern, 0);

	if (read)
	{
		pattern_peek(&reader);
		if (reader.at < length)
			read = pattern_fail(&reader, reader.at, may_follow(pattern, false));
	}
	*problem = reader.problem;
	if (read)
		return pattern;
	pattern_free(pattern);
	return NULL;
}

/* ---------- Writing ---------- */

static void
add_string(PatternText *text, const char *string)
{
	pattern_text_add(text, string, strlen(string));
}

static void
write_interval(PatternText *text, const CalendarInterval *interval)
{
	char		written[CALENDAR_INTERVAL_TEXT];

	pattern_text_add(text, written, calendar_interval_text(interval, written));
}

static void
write_link(PatternText *text, const PatternLink *link)
{
	static const char *const comparisons[] = {"< ", "<= ", "= ", ">= ", "> "};

	add_string(text, link->adjacent ? " ->" : " ~>");
	if (link->n_limits + link->n_without > 0)
		add_string(text, "{");
	for (int i = 0; i < link->n_limits; i++)
	{
		if (i > 0)
			add_string(text, ", ");
		add_string(text, comparisons[link->limits[i].comparison]);
		write_interval(text, &link->limits[i].interval);
	}
	if (link->n_without > 0)
		add_string(text, link->n_limits > 0 ? ", without " : "without ");
	for (int i = 0; i < link->n_without; i++)
	{
		if (i > 0)
			add_string(text, "|");
		name_test_write(text, &link->without[i]);
	}
	add_string(text, link->n_limits + link->n_without > 0 ? "} " : " ");
}

static void
write_repetition(PatternText *text, int least, int most)
{
	char		bounds[40];

	if (least == 1 && most == 1)
		return;
	if (least == 1 && most == PATTERN_UNLIMITED)
		snprintf(bounds, sizeof(bounds), "+");
	else if (least == 0 && most == 1)
		snprintf(bounds, sizeof(bounds), "?");
	else if (most == PATTERN_UNLIMITED)
		snprintf(bounds, sizeof(bounds), "{%d,}", least);
	else if (least == most)
		snprintf(bounds, sizeof(bounds), "{%d}", least);
	else
		snprintf(bounds, sizeof(bounds), "{%d,%d}", least, most);
	add_string(text, bounds);
}

void
pattern_write(PatternText *text, const Pattern *pattern)
{
	if (pattern->at_start)
		add_string(text, "^");
	for (int i = 0; i < pattern->n_items; i++)
	{
		const PatternItem *item = &pattern->items[i];

		if (i > 0)
			write_link(text, &item->link);
		for (int k = 0; k < item->n_branches; k++)
		{
			add_string(text, k > 0 ? " | " : "(");
			pattern_write(text, &item->branches[k]);
		}
		if (item->n_branches > 0)
			add_string(text, ")");
		atom_write(text, &item->atom);
		write_repetition(text, item->least, item->most);
	}
	if (pattern->at_end)
		add_string(text, "$");
	if (pattern->has_within)
	{
		add_string(text, " within ");
		write_interval(text, &pattern->within);
	}
}
