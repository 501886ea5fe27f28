/*
 * pattern_test.c
 *	  The pattern language against its definition, pattern_brute.h.
 *
 * Random patterns of every construct on random small journeys full of ties;
 * then what malformed text is answered with, and how many steps the engines take
 * where a backtracking matcher would take for ever.
 *
 *	  pattern_test [rounds] [seed] [texts]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/pattern_match.h"
#include "journey/pattern_require.h"
#include "pattern_brute.h"
#include "tap.h"

/* ---------- Chance ---------- */

static uint64_t random_state;

static uint32_t
chance(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t) (random_state >> 33) % below;
}

static bool
one_in(uint32_t n)
{
	return chance(n) == 0;
}

static const char *
one_of(const char *const *texts, int count)
{
	return texts[chance(count)];
}

#define ONE_OF(texts) one_of(texts, sizeof(texts) / sizeof(texts[0]))

/* ---------- Random journeys ---------- */

/* 2024-01-29 20:00 UTC: a leap year's month end is near. */
#define BASE_TIME (INT64_C(8794) * US_PER_DAY + 20 * 3600 * US_PER_SECOND)

/* Names that differ only where neither their first nor their last eight bytes are. */
#define LONG_NAME(middle) "longname-" middle "-longname"

static JourneyName
name_of(const char *text)
{
	return (JourneyName) {text, strlen(text)};
}

/* Seconds from one touchpoint to the next, with a tie in every third place. */
static int64_t
random_step(void)
{
	static const int64_t steps[] = {0, 0, 0, 0, 1, 3600, 3600, 7200, 86400, 2 * 86400, 28 * 86400, 30 * 86400};

	return steps[chance(sizeof(steps) / sizeof(steps[0]))];
}

static int
compare_times(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/*
 * Ascending; half of the time around the ends of January and February, where a
 * month's end is clamped.
 */
static void
random_times(int64_t *at, int count)
{
	int64_t		now = BASE_TIME + (int64_t) chance(4) * 12 * 3600 * US_PER_SECOND;
	bool		month_ends = one_in(2);

	for (int i = 0; i < count; i++)
	{
		if (month_ends)
			at[i] = BASE_TIME + (one_in(2) ? 0 : 29 * US_PER_DAY) +
				(int64_t) chance(16) * 3 * 3600 * US_PER_SECOND;
		else
			at[i] = now += random_step() * US_PER_SECOND;
	}
	qsort(at, count, sizeof(int64_t), compare_times);
}

static int
random_journey(Touchpoint *touchpoints, int most)
{
	static const char *const events[] = {
		"a", "a", "b", "b", "b/c", "d", LONG_NAME("1"), LONG_NAME("2"), "twelve_bytes", "twelve_by_es",
		"aaaaaaaaaaa", "aaaaaaaaaaaa"
	};
	static const char *const channels[] = {"web", "phone", "phone/x"};
	int			count = chance(most + 1);
	int			n_events = 2 + chance(one_in(4) ? 11 : 5);
	int64_t		at[BRUTE_MAX];

	random_times(at, count);
	for (int i = 0; i < count; i++)
	{
		touchpoints[i] = (Touchpoint) {.at = at[i]};
		touchpoints[i].event = name_of(events[chance(n_events)]);
		if (!one_in(3))
			touchpoints[i].channel = name_of(ONE_OF(channels));
		if (one_in(2))
		{
			touchpoints[i].has_score = true;
			touchpoints[i].score = chance(3);
		}
		if (one_in(3))
		{
			touchpoints[i].has_value = true;
			touchpoints[i].value = chance(3) * 0.5;
		}
	}
	return count;
}

static void *
build(Touchpoint *touchpoints, size_t count, JourneyView *view)
{
	size_t		size;
	void	   *bytes = journey_build(touchpoints, count, 0, &size);

	if (!journey_open(view, bytes, size))
		abort();
	return bytes;
}

/* ---------- Random patterns ---------- */

typedef struct Text
{
	char		bytes[8192];
	int			length;
} Text;

static void
put(Text *text, const char *string)
{
	int			length = strlen(string);

	if (text->length + length >= (int) sizeof(text->bytes))
		abort();
	memcpy(text->bytes + text->length, string, length + 1);
	text->length += length;
}

/* What the next pattern is made of. */
static struct
{
	bool		limits;
	bool		withins;
	int			without_rarity;
	int			group_rarity;
} flavour;

static const char *const intervals[] = {
	"0 s", "1 h", "2 hours", "1 day", "30 hours", "1 month", "30 days", "1 month 1 hour", "28 days", "2 months"
};

static void
put_tests(Text *text, int rarity)
{
	static const char *const tests[] = {
		"@phone", "@web", "@phone/*", ":score<=1", ":score = 0", ":score>1", ":value>=0.5", ":value<1"
	};

	while (one_in(rarity))
		put(text, ONE_OF(tests));
}

static void put_pattern(Text *text, int depth, int complexity);

static void
put_item(Text *text, int depth, int complexity)
{
	static const char *const atoms[] = {
		"a", "b", "a", "b", "'a'", ".", ".", "b/c", "b/*", "[a|d]", "[^a|b/*]", "[^b]", "d", "b", "a",
		LONG_NAME("1"), LONG_NAME("2"), "[twelve_bytes|b]", "aaaaaaaaaaa", "[^" LONG_NAME("2") "|a]"
	};
	static const char *const repeats[] = {
		"+", "+", "?", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "{0,}", "{2,3}", "{1}"
	};

	if (depth < 3 && one_in(flavour.group_rarity))
	{
		put(text, "(");
		do
		{
			put_pattern(text, depth + 1, complexity - 1);
			put(text, "|");
		} while (one_in(2));
		text->bytes[text->length - 1] = ')';
		put_tests(text, 8);
	}
	else
	{
		put(text, ONE_OF(atoms));
		put_tests(text, 6);
	}
	if (one_in(3))
		put(text, ONE_OF(repeats));
}

static void
put_link(Text *text)
{
	static const char *const comparisons[] = {"<=", "<", ">=", ">", "<="};
	static const char *const withouts[] = {"without a", "without b", "without b|b/*", "without d|a", "without 'd'"};
	const char *before = "{";

	put(text, one_in(2) ? "->" : " ~> ");
	while (flavour.limits && one_in(3))
	{
		put(text, before);
		put(text, ONE_OF(comparisons));
		put(text, ONE_OF(intervals));
		before = ", ";
	}
	while (one_in(flavour.without_rarity))
	{
		put(text, before);
		put(text, ONE_OF(withouts));
		before = ", ";
	}
	if (before[0] == ',')
		put(text, "}");
}

static void
put_pattern(Text *text, int depth, int complexity)
{
	int			items = 1 + chance(complexity > 1 ? complexity : 1);

	if (one_in(10))
		put(text, "^");
	for (int i = 0; i < items; i++)
	{
		if (i > 0)
			put_link(text);
		put_item(text, depth, complexity);
	}
	if (one_in(10))
		put(text, "$");
	if (flavour.withins && one_in(4))
	{
		put(text, " within ");
		put(text, ONE_OF(intervals));
	}
}

/* Patterns that need more than luck to be made. */
static const char *const special[] = {
	"a ~>{>= 3 h, <= 1 day} b ~> a within 30 hours",
	"(a ~>{>= 3 h, <= 1 day} b ~> a within 30 hours) -> . within 32 hours",
	"a ~>{>= 1 month, <= 1 month 6 hours} b",
	". ~>{> 1 h, < 1 month} . within 1 month",
	"a ~>{without b} (a? ~>{without a} b)",
	"a ~>{without b} (b? ~> d)",
	"(a within 1 h)+ ~> (b within 3 h)+ within 1 day",
	"((a ~> b within 3 h) ~> (a ~> b within 3 h) within 12 h){2}",
	"(a+)+ -> b",
	". ~> . ~> . ~> . ~> a",
	"(a?){2} ~> (b?){3}",
	"(^a | b) ~> (a$ | d)",
	"(a | b)+ within 3 h",
	"a ~>{<= 1 month} b ~>{<= 1 month} a",
	"a{2,3} ~>{without d} b{2,}",
};

/* ---------- One pattern on one journey ---------- */

static struct
{
	uint64_t	compared;
	uint64_t	matched;
	uint64_t	timed;
	uint64_t	large;
	uint64_t	clauses;
	uint64_t	pairs;
	uint64_t	several;
} tally;

static bool
requirement_met(const Requirement *requirement, const Touchpoint *touchpoints, int count)
{
	NameTest	test = {requirement->name, requirement->kind == REQUIRE_EVENT_BELOW ||
		requirement->kind == REQUIRE_CHANNEL_BELOW};
	NameTest	second = {requirement->second, false};
	bool		of_channel = requirement->kind == REQUIRE_CHANNEL || requirement->kind == REQUIRE_CHANNEL_BELOW;

	for (int i = 0; i < count; i++)
	{
		if (!name_test_matches(&test, of_channel ? &touchpoints[i].channel : &touchpoints[i].event))
			continue;
		if (requirement->kind != REQUIRE_PAIR ||
			(i + 1 < count && name_test_matches(&second, &touchpoints[i + 1].event)))
			return true;
	}
	return false;
}

static bool
requirements_met(const Pattern *pattern, const Touchpoint *touchpoints, int count)
{
	PatternRequirements *needs = pattern_requirements(pattern);
	bool		all = true;

	tally.clauses += needs->count;
	for (int i = 0; i < needs->count && all; i++)
	{
		bool		any = false;

		for (int k = 0; k < needs->clauses[i].count && !any; k++)
			any = requirement_met(&needs->clauses[i].alternatives[k], touchpoints, count);
		tally.pairs += needs->clauses[i].alternatives[0].kind == REQUIRE_PAIR;
		all = any;
	}
	cx_free(needs);
	return all;
}

static char *
canonical(const Pattern *pattern)
{
	PatternText text = {NULL, 0, 0};

	pattern_write(&text, pattern);
	pattern_text_add(&text, "", 1);
	return text.bytes;
}

/* What the engines say, and whether it is what the definition says. */
static bool
engines_agree(const PatternProgram *program, const JourneyView *view, const int *ords, int n,
			  int matches, bool count_too)
{
	uint32_t	found_count;
	uint32_t   *found = pattern_find(program, view, &found_count, NULL);
	bool		agree = found_count == (uint32_t) n && (found == NULL) == (n == 0) &&
		pattern_exists(program, view, NULL) == (n > 0);

	for (int i = 0; i < n && agree; i++)
		agree = found[i] == (uint32_t) ords[i];
	if (agree && count_too)
		agree = pattern_count(program, view, NULL) == (uint64_t) matches;
	cx_free(found);
	return agree;
}

static bool
compare(const Pattern *pattern, const PatternProgram *const *programs, int n_programs)
{
	Touchpoint	touchpoints[8];
	int			count = random_journey(touchpoints, 7);
	JourneyView view;
	void	   *bytes = build(touchpoints, count, &view);
	int			ords[BRUTE_MAX];
	int			n = brute_find(pattern, touchpoints, count, 0, ords);
	int			matches = n == 0 ? 0 : brute_count(pattern, touchpoints, count);
	bool		agree = true;

	for (int i = 0; i < n_programs && agree; i++)
		agree = engines_agree(programs[i], &view, ords, n, matches, true);
	if (n > 0 && agree)
		agree = requirements_met(pattern, touchpoints, count);
	tally.compared++;
	tally.matched += n > 0;
	tally.several += matches > 1;
	tally.timed += programs[0]->timed;
	if (!agree)
	{
		printf("# differs on:");
		for (int i = 0; i < count; i++)
			printf(" %s@%.*s+%" PRId64 "s%s", touchpoints[i].event.bytes,
				   (int) touchpoints[i].channel.length, touchpoints[i].channel.bytes,
				   (touchpoints[i].at - BASE_TIME) / US_PER_SECOND,
				   touchpoints[i].has_score ? ":score" : "");
		printf("\n# definition:");
		for (int i = 0; i < n; i++)
			printf(" %d", ords[i]);
		printf(" (%d matches)\n", matches);
	}
	cx_free(bytes);
	return agree;
}

/* A random pattern, its canonical text, and the same pattern moved out of the first words. */
static bool
random_round(void)
{
	Text		text = {{0}, 0};
	Text		large = {{0}, 0};
	Pattern    *patterns[3];
	PatternProgram *programs[3];
	ParseProblem problem;
	char	   *once;
	char	   *twice;
	bool		agree = true;
	bool		is_special = one_in(10);
	int			journeys = is_special ? 30 : 4;

	flavour.limits = one_in(2);
	flavour.withins = one_in(2);
	flavour.without_rarity = one_in(3) ? 2 : 6;
	flavour.group_rarity = one_in(2) ? 3 : 8;
	if (is_special)
		put(&text, ONE_OF(special));
	else
		put_pattern(&text, 0, 4);
	patterns[0] = pattern_parse(text.bytes, text.length, &problem);
	if (patterns[0] == NULL)
	{
		printf("# \"%s\": expected %s at %zu\n", text.bytes, problem.expected, problem.at);
		return false;
	}
	once = canonical(patterns[0]);
	patterns[1] = pattern_parse(once, strlen(once), &problem);
	twice = patterns[1] == NULL ? NULL : canonical(patterns[1]);
	if (twice == NULL || strcmp(once, twice) != 0)
	{
		printf("# \"%s\" is written as \"%s\", that as \"%s\"\n", text.bytes, once, twice);
		return false;
	}
	put(&large, "(never{70} -> never ~>{without never} never | ");
	put(&large, once);
	put(&large, ")");
	patterns[2] = pattern_parse(large.bytes, large.length, &problem);
	for (int i = 0; i < 3; i++)
	{
		programs[i] = patterns[i] == NULL ? NULL : pattern_compile(patterns[i]);
		if (programs[i] == NULL)
			return false;
	}
	tally.large += programs[2]->words > 1;
	for (int i = 0; i < journeys && agree; i++)
		agree = compare(patterns[0], (const PatternProgram *const *) programs, 3);
	if (!agree)
		printf("# with %s\n# written %s\n", text.bytes, once);
	for (int i = 0; i < 3; i++)
	{
		pattern_program_free(programs[i]);
		pattern_free(patterns[i]);
	}
	cx_free(once);
	cx_free(twice);
	return agree;
}

static void
test_random(int rounds)
{
	bool		agree = true;

	for (int i = 0; i < rounds && agree; i++)
		agree = random_round();
	ok(agree, "exists, find, count, requirements and text as the definition says");
	printf("# %" PRIu64 " journeys compared, %" PRIu64 " matched, %" PRIu64 " more than once, %" PRIu64
		   " by timed patterns, %" PRIu64 " patterns also in several words; %" PRIu64 " clauses, %" PRIu64 " pairs\n",
		   tally.compared, tally.matched, tally.several, tally.timed, tally.large, tally.clauses, tally.pairs);
	ok(tally.matched > tally.compared / 10 && tally.matched < tally.compared &&
	   tally.several > 0 && tally.timed > 0 && tally.large > 0 && tally.clauses > 0 && tally.pairs > 0,
	   "and all of it was put to the test");
}

/* ---------- Text ---------- */

static Pattern *
parse(const char *text, ParseProblem *problem)
{
	return pattern_parse(text, strlen(text), problem);
}

static void
written_is(const char *text, const char *want)
{
	ParseProblem problem;
	Pattern    *pattern = parse(text, &problem);
	char	   *got = pattern == NULL ? NULL : canonical(pattern);
	char		name[256];

	snprintf(name, sizeof(name), "\"%s\" is written as \"%s\"", text, want);
	if (!ok(got != NULL && strcmp(got, want) == 0, name))
		printf("# got %s\n", got != NULL ? got : problem.expected);
	if (pattern != NULL)
		pattern_free(pattern);
	cx_free(got);
}

static void
test_text(void)
{
	written_is("a", "a");
	written_is(" ^a->b $ ", "^a -> b$");
	written_is("login~>{<=7 d}complaint@phone ~> { without  resolved } complaint@phone within 30days",
			   "login ~>{<= 7 days} complaint@phone ~>{without resolved} complaint@phone within 30 days");
	written_is("( a|b -> c )@phone:score<=6 +", "(a | b -> c)@phone:score<=6+");
	written_is("a{1}->b{1,}->c{0,1}->d{2}->e{2,2}->f{2,}->g{0,}->h{2,3}",
			   "a -> b+ -> c? -> d{2} -> e{2} -> f{2,} -> g{0,} -> h{2,3}");
	written_is("a ->{without x|'y z', < 90 minutes, > 0 s,without w/*} b",
			   "a ->{< 1 hour 30 minutes, > 0 seconds, without x|'y z'|w/*} b");
	written_is("((a))", "((a))");
	written_is("'within' ~> 'without'", "'within' ~> 'without'");
	written_is("within-x -> without/y -> withins", "within-x -> without/y -> withins");
	written_is("(^a|b$ within 2 weeks)", "(^a | b$ within 14 days)");
	written_is("[a|'b c'] -> [^d] -> .", "[a|'b c'] -> [^d] -> .");
}

static void
fails(const char *text, size_t at, const char *expected)
{
	ParseProblem problem;
	Pattern    *pattern = parse(text, &problem);
	char		name[256];

	snprintf(name, sizeof(name), "\"%.60s\": expected %s at %zu", text, expected, at);
	if (!ok(pattern == NULL && problem.at == at && strcmp(problem.expected, expected) == 0, name))
		printf("# got %s at %zu\n", pattern != NULL ? "a pattern" : problem.expected, problem.at);
	if (pattern != NULL)
		pattern_free(pattern);
}

#define AN_ATOM "a name, a quoted name, \"[\", \".\" or \"(\""
#define AFTER_ITEM "\"->\", \"~>\", \"$\", within or the end of the pattern"
#define A_CONDITION "\"<=\", \"<\", \">=\", \">\" or without"

static void
test_errors(void)
{
	char		deep[2 * PATTERN_MAX_DEPTH + 8];

	fails("", 0, AN_ATOM);
	fails("  ", 2, AN_ATOM);
	fails("->", 0, AN_ATOM);
	fails("a ->", 4, AN_ATOM);
	fails("a -> -> b", 5, AN_ATOM);
	fails("a b", 2, AFTER_ITEM);
	fails("a - b", 2, AFTER_ITEM);
	fails("a ~ > b", 2, AFTER_ITEM);
	fails("a | b", 2, AFTER_ITEM);
	fails("a ^", 2, AFTER_ITEM);
	fails("a++", 2, AFTER_ITEM);
	fails("a)", 1, AFTER_ITEM);
	fails("a$ -> b", 3, "within or the end of the pattern");
	fails("a within 1 day$", 14, "the end of the pattern");
	fails("a within 1 day -> b", 15, "the end of the pattern");
	fails("(a", 2, "\"->\", \"~>\", \"$\", within, \"|\" or \")\"");
	fails("(a$ b)", 4, "within, \"|\" or \")\"");
	fails("(a within 1 day$)", 15, "\"|\" or \")\"");
	fails("()", 1, AN_ATOM);
	fails("(a|)", 3, AN_ATOM);
	fails("a{0}", 2, "1 or more");
	fails("a{0,0}", 4, "1 or more");
	fails("a{3,2}", 4, "a number that is not below the one before it");
	fails("a{}", 2, "how often");
	fails("a{-1}", 2, "how often");
	fails("a{2", 3, "\",\" or \"}\"");
	fails("a{2;3}", 3, "\",\" or \"}\"");
	fails("a{2,3", 5, "\"}\"");
	fails("a{1000000000}", 2, "a smaller number");
	fails("a ->{} b", 5, A_CONDITION);
	fails("a ->{= 1 day} b", 5, A_CONDITION);
	fails("a ->{<= 1 day b} c", 14, "\",\" or \"}\"");
	fails("a ->{without} b", 12, "a name or a quoted name");
	fails("a ->{without x,} b", 15, A_CONDITION);
	fails("a ->{without x|} b", 15, "a name or a quoted name");
	fails("a ->{without within} b", 13, "a name (within and without must be quoted)");
	fails("a -> within", 5, "a name (within and without must be quoted)");
	fails("a within", 8, "an interval such as 30 days");
	fails("a ~>{<= } b", 8, "an interval such as 30 days");
	fails("'a", 2, "a closing quote");
	fails("a@", 2, "a name or a quoted name");
	fails("(a)@", 4, "a name or a quoted name");
	fails("a:points>1", 2, "\"score\" or \"value\"");
	fails("[a|b", 4, "\"|\" or \"]\"");
	fails("\xC3\xA4 \xC3\xA4", 3, AFTER_ITEM);

	memset(deep, '(', PATTERN_MAX_DEPTH);
	deep[PATTERN_MAX_DEPTH] = 'a';
	memset(deep + PATTERN_MAX_DEPTH + 1, ')', PATTERN_MAX_DEPTH);
	deep[2 * PATTERN_MAX_DEPTH + 1] = '\0';
	written_is(deep, deep);
	memset(deep, '(', PATTERN_MAX_DEPTH + 1);
	fails(deep, PATTERN_MAX_DEPTH, "at most 100 parentheses within each other");
}

/*
 * Text of signs of the language in any order, or a pattern with some bytes
 * changed: it parses or says why.
 */
static bool
random_text_round(void)
{
	static const char *const signs[] = {
		"a", "b", "'", "''", "x/y", "/*", "[", "[^", "]", ".", "(", ")", "|", "+", "?", "{", "}", "{2}", "{1,3}", ",", "->",
		"~>", "<", "<=", ">", ">=", "=", "without ", " within ", "1 day", " 2h", "^", "$", "@", ":score", ":value", "-1.5e3",
		" ", "\xC3\xA4", "\t", "9999999999", "month", "-"
	};
	Text		text = {{0}, 0};
	ParseProblem problem;
	Pattern    *pattern;
	PatternProgram *program;
	bool		good = true;

	if (one_in(2))
	{
		for (int n = chance(12); n >= 0; n--)
			put(&text, ONE_OF(signs));
	}
	else
	{
		put_pattern(&text, 1, 3);
		for (int n = chance(3); n >= 0; n--)
			text.bytes[chance(text.length)] = one_in(2) ? (char) chance(256) : ONE_OF(signs)[0];
	}
	pattern = pattern_parse(text.bytes, text.length, &problem);
	if (pattern == NULL)
		return problem.expected != NULL && problem.at <= (size_t) text.length;
	program = pattern_compile(pattern);
	if (program != NULL)
	{
		Touchpoint	touchpoints[8];
		int			count = random_journey(touchpoints, 7);
		JourneyView view;
		void	   *bytes = build(touchpoints, count, &view);
		char	   *once = canonical(pattern);
		uint32_t	n;

		good = memchr(text.bytes, '\0', text.length) != NULL || strlen(once) > 0;
		cx_free(once);
		cx_free(pattern_find(program, &view, &n, NULL));
		good &= pattern_exists(program, &view, NULL) == (n > 0);
		cx_free(bytes);
		pattern_program_free(program);
	}
	pattern_free(pattern);
	return good;
}

static void
test_random_text(int rounds)
{
	bool		good = true;

	for (int i = 0; i < rounds && good; i++)
		good = random_text_round();
	ok(good, "random text is a pattern, or is refused with a reason");
}

/* ---------- Limits ---------- */

static PatternProgram *
compile(const char *text, Pattern **pattern)
{
	ParseProblem problem;

	*pattern = parse(text, &problem);
	return *pattern == NULL ? NULL : pattern_compile(*pattern);
}

static void
size_is(const char *text, int positions)
{
	Pattern    *pattern;
	PatternProgram *program = compile(text, &pattern);
	char		name[128];

	snprintf(name, sizeof(name), positions > 0 ? "%s has %d positions" : "%s is too large", text, positions);
	ok(pattern != NULL && (program == NULL ? 0 : program->n_positions) == positions, name);
	if (program != NULL)
		pattern_program_free(program);
	pattern_free(pattern);
}

static void
test_limits(void)
{
	size_is("a{1000}", 1000);
	size_is("a{1001}", 0);
	size_is("a{999999999}", 0);
	size_is("a{500,}", 500);
	size_is("(a -> b{2,5}){3,4}", 24);
	size_is("((((a{100}){100}){100}){100}){100}", 0);
	size_is("((a?){300})+", 300);
	size_is("((a?){1000})+", 0);
}

/* ---------- Codes of every width ---------- */

/* Many names, so that codes take `width` bytes; a at place `a`, b at place `b`. */
static void
width_is(int names, int width, int a, int b)
{
	Touchpoint *touchpoints = cx_alloc0(names + 2, sizeof(Touchpoint));
	char	   *bytes = cx_alloc(names + 2, 8);
	JourneyView view;
	void	   *packed;
	Pattern    *next_pattern;
	Pattern    *later_pattern;
	PatternProgram *next = compile("a -> b", &next_pattern);
	PatternProgram *later = compile("a ~>{without x} b", &later_pattern);
	char		name[64];

	for (int i = 0; i < names + 2; i++)
	{
		snprintf(bytes + 8 * i, 8, i == a ? "a" : i == b ? "b" : names > 0 ? "n%d" : "a", i);
		touchpoints[i].event = name_of(bytes + 8 * i);
		touchpoints[i].at = i;
	}
	packed = build(touchpoints, names + 2, &view);
	snprintf(name, sizeof(name), "codes of %d bytes, a at %d, b at %d", width, a, b);
	ok(view.event_width == width && pattern_exists(next, &view, NULL) == (b == a + 1) &&
	   pattern_count(next, &view, NULL) == (b == a + 1) &&
	   pattern_exists(later, &view, NULL) == (b > a) && pattern_count(later, &view, NULL) == (b > a), name);
	cx_free(packed);
	cx_free(bytes);
	cx_free(touchpoints);
	pattern_program_free(next);
	pattern_program_free(later);
	pattern_free(next_pattern);
	pattern_free(later_pattern);
}

static void
test_widths(void)
{
	width_is(0, 0, 0, -1);
	for (int width = 1; width <= 4; width *= 2)
	{
		int			names = width == 1 ? 200 : width == 2 ? 1000 : 70000;

		width_is(names, width, 17, 18);
		width_is(names, width, 17, names);
		width_is(names, width, names, 17);
	}
}

/* ---------- Steps ---------- */

typedef struct Steps
{
	uint64_t	exists;
	uint64_t	find;
	uint64_t	count;
} Steps;

/* A journey of one touchpoint a minute, of `events` over and over, then one of `last`. */
static Steps
steps_of(const PatternProgram *program, const char *events, const char *last, int count)
{
	Touchpoint *touchpoints = cx_alloc0(count, sizeof(Touchpoint));
	size_t		period = strlen(events);
	JourneyView view;
	void	   *packed;
	Steps		steps = {0, 0, 0};
	uint32_t	n;

	for (int i = 0; i < count; i++)
	{
		touchpoints[i].at = (int64_t) i * 60 * US_PER_SECOND;
		touchpoints[i].event = i < count - 1 ? (JourneyName) {events + i % period, 1} : name_of(last);
	}
	packed = build(touchpoints, count, &view);
	pattern_exists(program, &view, &steps.exists);
	cx_free(pattern_find(program, &view, &n, &steps.find));
	pattern_count(program, &view, &steps.count);
	cx_free(packed);
	cx_free(touchpoints);
	return steps;
}

static bool
all_below(Steps steps, double limit)
{
	return steps.exists <= limit && steps.find <= limit && steps.count <= limit;
}

/*
 * Steps over 100,000 touchpoints: at most 8 a touchpoint, edge and token that
 * can wait at an edge; and twice the touchpoints take twice the steps.
 */
static void
check_linear(const PatternProgram *program, const char *text, const char *events, const char *last,
			 int tokens)
{
	Steps		half = steps_of(program, events, last, 50000);
	Steps		full = steps_of(program, events, last, 100000);
	double		each = (double) program->n_edges + program->n_positions + program->n_sets * program->words;
	char		name[256];

	snprintf(name, sizeof(name), "%.70s: steps linear in touchpoints", text);
	ok(all_below(full, 8 * 1e5 * each * tokens) && full.exists <= 2.1 * half.exists + 100 &&
	   full.find <= 2.1 * half.find + 100 && full.count <= 2.1 * half.count + 100, name);
	printf("# %d edges; exists %.1f, find %.1f, count %.1f steps a touchpoint\n", program->n_edges,
		   full.exists / 1e5, full.find / 1e5, full.count / 1e5);
}

/* As it is, and without the single words, which answer most of it at once. */
static void
steps_are_linear(const char *text, const char *events, const char *last, int tokens)
{
	Pattern    *pattern;
	PatternProgram *program = compile(text, &pattern);

	check_linear(program, text, events, last, tokens);
	program->word.usable = program->word.by_name = false;
	check_linear(program, text, events, last, tokens);
	pattern_program_free(program);
	pattern_free(pattern);
}

/* With the whole journey in one window: at most quadratic. */
static void
steps_are_quadratic(const char *text, const char *events, const char *last)
{
	Pattern    *pattern;
	PatternProgram *program = compile(text, &pattern);
	Steps		half = steps_of(program, events, last, 1000);
	Steps		full = steps_of(program, events, last, 2000);
	char		name[256];

	snprintf(name, sizeof(name), "%.70s: steps at most quadratic", text);
	ok(full.exists <= 4.2 * half.exists + 100 && full.find <= 4.2 * half.find + 100 &&
	   full.count <= 4.2 * half.count + 100, name);
	printf("# exists %.1f, find %.1f, count %.1f steps a touchpoint, for half of them %.1f, %.1f, %.1f\n",
		   full.exists / 2e3, full.find / 2e3, full.count / 2e3, half.exists / 1e3, half.find / 1e3, half.count / 1e3);
	pattern_program_free(program);
	pattern_free(pattern);
}

static void
test_steps(void)
{
	char		dots[512] = "";

	for (int i = 0; i < 30; i++)
		strcat(dots, ". ~> ");

	/* No match, though everything that a match needs is there. */
	steps_are_linear("(a+)+ -> b", "ab", "a", 1);
	steps_are_linear("((a+)+)+ -> b$", "aaaaaaaaab", "a", 1);
	steps_are_linear("(a | a?)+ ~> b -> b", "aaab", "a", 1);
	steps_are_linear("(a? -> a? -> a?){20} -> b$", "aaaaab", "a", 1);
	strcat(dots, "x -> x");
	steps_are_linear(dots, "aaaaaaaaax", "a", 1);
	steps_are_linear("a ~>{without c} b ~>{without a} b -> x -> c", "abcx", "a", 1);

	/* And with a match at the very end. */
	steps_are_linear("(a+)+ -> b", "a", "b", 1);
	strcpy(dots + 30 * 5, "x");
	steps_are_linear(dots, "a", "x", 1);

	/*
	 * With time conditions, which nothing but the times rules out: a window holds
	 * 60 touchpoints an hour, and none has another one within a second.
	 */
	strcat(dots, " within 1 hour");
	steps_are_linear(dots, "a", "x", 60);
	strcpy(dots + 30 * 5, "x ~>{< 1 second} x within 1 hour");
	steps_are_linear(dots, "aaaaaaaaax", "a", 60);
	steps_are_linear("(a+)+ -> b within 1 hour", "a", "b", 60);
	steps_are_linear("(a+ within 1 hour)+ -> b ->{< 1 second} a", "aaab", "a", 60);
	steps_are_linear("a ~>{>= 1 hour, <= 3 hours} b ->{< 1 second} a", "aaab", "a", 180);
	steps_are_linear("a ->{< 1 second} a ~>{>= 1 hour, <= 3 hours} b", "aaab", "a", 180);
	steps_are_linear("a ~>{>= 1 hour, <= 3 hours} . ~>{>= 1 hour, <= 3 hours} x within 1 day", "a", "x", 1440);
	steps_are_linear("((a ~> a within 2 hours) ~> a within 3 hours) ~> x", "a", "x", 180);
	steps_are_linear("(a ~> a within 1 hour) ~>{> 10 minutes} a within 1 day", "a", "a", 60);
	steps_are_linear("a ~> b ~>{< 1 minute} c ~> a", "aabc", "a", 60);
	steps_are_linear("(a ~> b ~>{< 1 minute} c | b -> c)", "abc", "a", 60);
	steps_are_linear("a ~> (b ~> a within 2 hours) ~>{<= 10 minutes} x", "ab", "x", 120);

	steps_are_quadratic("a ~>{>= 1 hour, <= 1000 days} b ~>{< 1 second} a", "ab", "a");
	steps_are_quadratic("a ~>{< 1 second} b ~>{>= 1 hour, <= 1000 days} a", "ab", "a");
	steps_are_quadratic("((a ~> a within 500 days) ~> a within 1000 days) ~>{< 1 second} a", "a", "a");
	steps_are_quadratic("a ~>{< 1 second} ((a ~> a within 5 hours) ~> a within 10 hours)", "a", "a");
	steps_are_quadratic("(a ~>{>= 1 hour, <= 900 days} . ~>{> 2 h} b within 1000 days) ~>{< 1 second} a", "ab", "a");
}

int
main(int argc, char **argv)
{
	int			rounds = argc > 1 ? atoi(argv[1]) : 10000;
	int			texts = argc > 3 ? atoi(argv[3]) : 20000;
	uint64_t	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20240129;

	random_state = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
	printf("# seed %" PRIu64 "\n", seed);
	test_random(rounds);
	test_random_text(texts);
	test_text();
	test_errors();
	test_limits();
	test_widths();
	test_steps();
	return done();
}
