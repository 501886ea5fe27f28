/*
 * pattern_fuzz.c
 *	  The text of patterns, and what is read of it over random journeys.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"

/* ---------- By the grammar ---------- */

static void put_pattern(FuzzText *text, int depth);

static void
put_item(FuzzText *text, int depth)
{
	if (depth < 4 && one_in(4))
	{
		put(text, "(");
		put_pattern(text, depth + 1);
		while (one_in(3))
		{
			put(text, "|");
			put_pattern(text, depth + 1);
		}
		put(text, ")");
		put_tests(text);
	}
	else
		put_atom(text);

	if (one_in(3))
	{
		uint32_t	least = random_below(4);

		switch (random_below(5))
		{
			case 0:
				put(text, "+");
				break;
			case 1:
				put(text, "?");
				break;
			case 2:
				put(text, "{%d}", least + 1);
				break;
			case 3:
				put(text, "{ %d , }", least);
				break;
			default:
				put(text, "{%d,%d}", least, least + 1 + random_below(one_in(10) ? 300 : 3));
		}
	}
}

static void
put_condition(FuzzText *text)
{
	static const char *const comparisons[] = {"<", "<=", ">=", ">", "< "};

	if (one_in(2))
	{
		put(text, "%s", ONE_OF(comparisons));
		put_interval(text);
		return;
	}
	put(text, "without ");
	put_name(text);
	while (one_in(3))
	{
		put(text, "|");
		put_name(text);
	}
}

static void
put_link(FuzzText *text)
{
	put(text, one_in(2) ? " -> " : "~>");
	if (!one_in(3))
		return;
	put(text, "{");
	put_condition(text);
	while (one_in(3))
	{
		put(text, ",");
		put_condition(text);
	}
	put(text, "}");
}

static void
put_pattern(FuzzText *text, int depth)
{
	put(text, one_in(8) ? "^" : "");
	put_item(text, depth);
	while (one_in(2))
	{
		put_link(text);
		put_item(text, depth);
	}
	put(text, one_in(8) ? " $" : "");
	if (one_in(5))
	{
		put(text, " within ");
		put_interval(text);
	}
}

static size_t
make_pattern(uint8_t *out)
{
	FuzzText	text = {(char *) out, 0, false};

	put_pattern(&text, 0);
	CHECK(!text.full);
	return text.length;
}

static const char *const pieces[] = {
	"a", "b", "c", "a/*", "b/c", "'", "''", "'it''s'", "[", "[^", "]", "|", ".", "(", ")",
	"((((((((((", "))))))))))", "@", "@web", ":score", ":value", "<", "<=", "=", ">=", ">", "6",
	"0.5", "1e9", "+", "?", "{", "}", "{2,3}", "{0,}", "{9}", "{999999999}", ",", "->", "~>",
	" -> ", "^", "$", "within", " within ", "without ", "7 days", "1 month", "0.5 h", "\xC3\xA9",
	" ", NULL
};

const FuzzTarget fuzz_target = {"journey_pattern", make_pattern, pieces, 0};

/* ---------- The target ---------- */

static PatternText
canonical(const Pattern *pattern)
{
	PatternText text = {NULL, 0, 0};

	pattern_write(&text, pattern);
	return text;
}

/* The canonical text reads back, and is its own. */
static void
round_trips(const Pattern *pattern)
{
	PatternText text = canonical(pattern);
	ParseProblem problem;
	Pattern    *again = pattern_parse(text.bytes, text.length, &problem);
	PatternText text_again;

	CHECK(again != NULL);
	text_again = canonical(again);
	CHECK(text_again.length == text.length && memcmp(text_again.bytes, text.bytes, text.length) == 0);
	pattern_free(again);
	cx_free(text.bytes);
	cx_free(text_again.bytes);
}

/* Over two journeys; returns the blocks of memory that they are. */
static size_t
runs(Pattern *pattern)
{
	size_t		before = fuzz_blocks();
	JourneyView views[2];
	size_t		left;
	PatternProgram *program;

	random_journey(&views[0], 8);
	random_journey(&views[1], 60);
	left = fuzz_blocks() - before;
	program = pattern_compile(pattern);
	if (program != NULL)
	{
		for (int i = 0; i < 2; i++)
			pattern_holds(pattern, program, &views[i]);
		pattern_program_free(program);
	}
	CHECK(fuzz_blocks() == before + left);
	return left;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ParseProblem problem;
	Pattern    *pattern;
	size_t		left = 0;

	fuzz_begin(data, size);
	pattern = pattern_parse((const char *) data, size, &problem);
	if (pattern == NULL)
		CHECK(problem.expected != NULL && problem.at <= size);
	else
	{
		fuzz_accepted++;
		round_trips(pattern);
		left = runs(pattern);
		pattern_free(pattern);
	}
	CHECK(fuzz_blocks() == left);
	fuzz_free_all();
	return 0;
}
