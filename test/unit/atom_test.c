/*
 * atom_test.c
 *	  Atoms: their text, and many of them bound to a journey.
 *
 * Expected texts and places are written out by hand from the grammar. Whether
 * an atom passes a touchpoint is decided a second time here, from the atom's
 * text and C strings, and both atom_matches and atom_mask are held against it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/atom.h"
#include "journey/journey_build.h"
#include "tap.h"

static uint64_t seed;

/* A number from 0 to below - 1 (xorshift64*). */
static int
pick(int below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (int) ((seed * UINT64_C(2685821657736338717) >> 33) % (uint64_t) below);
}

static void
release_tests(NameTest *tests, int count)
{
	for (int i = 0; i < count; i++)
		cx_free((char *) tests[i].name.bytes);
	cx_free(tests);
}

static void
release(Atom *atom)
{
	release_tests(atom->events, atom->n_events);
	release_tests(atom->channels, atom->n_channels);
	cx_free(atom->numbers);
}

/* Whether a text is an atom; its canonical text goes into out, "" when it is none. */
static bool
canonical(const char *text, size_t length, char *out, size_t size)
{
	Atom		atom;
	ParseProblem problem;
	PatternText written = {NULL, 0, 0};
	char	   *copy = malloc(length > 0 ? length : 1);
	bool		read;

	/* A copy without a closing NUL, for the address sanitizer to guard. */
	memcpy(copy, text, length);
	read = atom_parse(copy, length, &atom, &problem);
	free(copy);
	out[0] = '\0';
	if (read)
	{
		atom_write(&written, &atom);
		snprintf(out, size, "%.*s", (int) written.length, written.bytes);
	}
	cx_free(written.bytes);
	release(&atom);
	return read;
}

static void
writes(const char *text, const char *want)
{
	char		got[256];
	char		again[256];
	char		name[300];

	snprintf(name, sizeof(name), "%s is %s", text, want);
	if (!ok(canonical(text, strlen(text), got, sizeof(got)) && strcmp(got, want) == 0 &&
			canonical(got, strlen(got), again, sizeof(again)) && strcmp(again, want) == 0, name))
		printf("# got %s\n", got);
}

static void
fails(const char *text, size_t at, const char *expected)
{
	Atom		atom;
	ParseProblem problem;
	char		name[300];
	bool		read = atom_parse(text, strlen(text), &atom, &problem);

	snprintf(name, sizeof(name), "%s: expected %s at %zu", text, expected, at);
	if (!ok(!read && problem.at == at && strcmp(problem.expected, expected) == 0, name))
		printf("# got %s at %zu\n", read ? "an atom" : problem.expected, read ? 0 : problem.at);
	release(&atom);
}

static void
test_text(void)
{
	writes("login", "login");
	writes("  login\t ", "login");
	writes("a-b/c_9", "a-b/c_9");
	writes("9", "9");
	writes("_", "_");
	writes("queja_m\xC3\xB3vil", "queja_m\xC3\xB3vil");
	writes("within/x", "within/x");
	writes("Within", "Within");
	writes("withins", "withins");
	writes("'within'", "'within'");
	writes("'without'/*", "'without'/*");
	writes("'login'", "login");
	writes("'it''s'", "'it''s'");
	writes("''", "''");
	writes("''''", "''''");
	writes("''/*", "''/*");
	writes("'a b'", "'a b'");
	writes("'a--b'", "'a--b'");
	writes("'a-'", "'a-'");
	writes("'-a'", "'-a'");
	writes("'/a'", "'/a'");
	writes("'a//b'", "'a//b'");
	writes("'a/*'", "'a/*'");
	writes("delivery/*", "delivery/*");
	writes("'delivery'/*", "delivery/*");
	writes("'a.b'/*", "'a.b'/*");
	writes("a/b/*", "a/b/*");
	writes(".", ".");
	writes(" . @phone", ".@phone");
	writes("[a]", "a");
	writes("[ a | 'b c'|d/* ]", "[a|'b c'|d/*]");
	writes("[b|a|b]", "[b|a|b]");
	writes("[^a]", "[^a]");
	writes("[ ^ a|b ] @ phone", "[^a|b]@phone");
	writes("a@b@'c d'@e/*", "a@b@'c d'@e/*");
	writes("a:score<=6", "a:score<=6");
	writes("a : score <= +6 :value>-1.50", "a:score<=6:value>-1.5");
	writes("a:score = 6@b", "a@b:score=6");
	writes("a:value>=1e3:value<1E+20", "a:value>=1000:value<1e+20");
	writes("a:value<0.1", "a:value<0.1");
	writes("a:value<0.30000000000000004", "a:value<0.30000000000000004");
	writes("a:value<1.7976931348623157e308", "a:value<1.7976931348623157e+308");
	writes("a:value>5e-324", "a:value>4.94065645841247e-324");
	writes("a:value>-0", "a:value>0");
	writes("a:value>9007199254740993", "a:value>9007199254740992");
	writes("a@b/*:score<1", "a@b/*:score<1");
	writes("score:score>1", "score:score>1");
}

static void
test_failures(void)
{
	static const char start[] = "a name, a quoted name, \"[\" or \".\"";
	static const char name[] = "a name or a quoted name";
	static const char rest[] = "\"@\", \":\" or the end";
	static const char reserved[] = "a name (within and without must be quoted)";

	fails("", 0, start);
	fails("   ", 3, start);
	fails(" (a)", 1, start);
	fails("-a", 0, start);
	fails("/a", 0, start);
	fails("*", 0, start);
	fails("@a", 0, start);
	fails("within", 0, reserved);
	fails(" without@x", 1, reserved);
	fails("[a|within/*]", 3, reserved);
	fails("a b", 2, rest);
	fails("a->b", 1, rest);
	fails("a--b", 1, rest);
	fails("a-", 1, rest);
	fails("a//b", 1, rest);
	fails("a/ *", 1, rest);
	fails("a /*", 2, rest);
	fails("a/**", 3, rest);
	fails("a+", 1, rest);
	fails("'a''b", 5, "a closing quote");
	fails("'", 1, "a closing quote");
	fails("'a'b", 3, rest);
	fails("[", 1, name);
	fails("[]", 1, name);
	fails("[^]", 2, name);
	fails("[a", 2, "\"|\" or \"]\"");
	fails("[a b]", 3, "\"|\" or \"]\"");
	fails("[a|]", 3, name);
	fails("[a|.]", 3, name);
	fails("[a|'b]", 6, "a closing quote");
	fails("a@", 2, name);
	fails("a@.", 2, name);
	fails("a@[b]", 2, name);
	fails("a:", 2, "\"score\" or \"value\"");
	fails("a:scores<1", 2, "\"score\" or \"value\"");
	fails("a:SCORE<1", 2, "\"score\" or \"value\"");
	fails("a:score", 7, "\"<\", \"<=\", \"=\", \">=\" or \">\"");
	fails("a:score!=1", 7, "\"<\", \"<=\", \"=\", \">=\" or \">\"");
	fails("a:score==1", 8, "a number");
	fails("a:score< =1", 9, "a number");
	fails("a:score<-", 8, "a number");
	fails("a:score<.5", 8, "a number");
	fails("a:score<NaN", 8, "a number");
	fails("a:score<5.", 10, "a digit");
	fails("a:score<5.e1", 10, "a digit");
	fails("a:score<5e+", 11, "a digit");
	fails("a:score<1e309", 8, "a number of double precision");
	fails("a:score<6 x", 10, rest);
}

/* Names as long as may be, and one byte longer; numbers of hundreds of digits. */
static void
test_lengths(void)
{
	static char text[NAME_MAX_LENGTH + 10];
	static char out[NAME_MAX_LENGTH + 10];
	char		number[450];

	memset(text, 'x', sizeof(text));
	ok(canonical(text, NAME_MAX_LENGTH, out, sizeof(out)) &&
	   strlen(out) == NAME_MAX_LENGTH, "a name of 4096 bytes");
	ok(!canonical(text, NAME_MAX_LENGTH + 1, out, sizeof(out)), "not one of 4097");
	text[0] = text[NAME_MAX_LENGTH + 1] = '\'';
	ok(canonical(text, NAME_MAX_LENGTH + 2, out, sizeof(out)) &&
	   strlen(out) == NAME_MAX_LENGTH, "a quoted name of 4096 bytes");
	text[NAME_MAX_LENGTH + 1] = 'x';
	text[NAME_MAX_LENGTH + 2] = '\0';
	strcat(text, "'");
	fails(text, 0, "a shorter name");

	strcpy(number, "a:value<1");
	memset(number + 9, '0', 300);
	number[309] = '\0';
	writes(number, "a:value<1e+300");
	memset(number + 9, '0', 410);
	number[419] = '\0';
	fails(number, 8, "a shorter number");
}

/* The cursor: what a pattern's parser builds on. */
static void
test_reader(void)
{
	static const char text[] = "  call@phone:score<=6->'x y'/*";
	PatternReader reader = {text, strlen(text), 0, {NULL, 0}};
	Atom		atom;
	NameTest	test;

	ok(atom_read(&reader, &atom) && reader.at == 21 && atom.n_events == 1 &&
	   atom.n_channels == 1 && atom.n_numbers == 1, "an atom ends before its link");
	ok(pattern_peek(&reader) == '-', "the link is next");
	release(&atom);
	reader.at += 2;
	ok(name_test_read(&reader, &test) && test.below && test.name.length == 3 &&
	   memcmp(test.name.bytes, "x y", 3) == 0 && pattern_peek(&reader) == '\0', "a name test");
	cx_free((char *) test.name.bytes);
	ok(!atom_read(&reader, &atom) && reader.problem.at == strlen(text) &&
	   strcmp(reader.problem.expected, "a name, a quoted name, \"[\", \".\" or \"(\"") == 0,
	   "an atom of a pattern may be a group");
	ok(!pattern_fail(&reader, 3, "something else") && reader.problem.at == strlen(text),
	   "the first problem is kept");
}

/* Random text made of what the language is made of: what is an atom reads back as it is written. */
static void
test_random_text(void)
{
	static const char *const pieces[] = {"a", "b/c", "-", "/", "*", "'", "''", "[", "^", "|", "]", ".",
		"@", ":", "score", "value", "<", "=", ">", "6", "1.5", "e", " ", "within", "\xC3", "(", "_"};
	int			read = 0;
	int			bad = 0;

	for (int round = 0; round < 200000; round++)
	{
		char		text[128];
		char		once[600];
		char		twice[600];
		int			n = 1 + pick(9);

		text[0] = '\0';
		for (int i = 0; i < n; i++)
			strcat(text, pieces[pick(sizeof(pieces) / sizeof(pieces[0]))]);
		if (!canonical(text, strlen(text), once, sizeof(once)))
			continue;
		read++;
		if (!canonical(once, strlen(once), twice, sizeof(twice)) || strcmp(once, twice) != 0)
		{
			bad++;
			printf("# %s gives %s gives %s\n", text, once, twice);
		}
	}
	printf("# %d of 200000 random texts are atoms\n", read);
	ok(bad == 0 && read > 1000, "canonical text of random atoms reads back");
}

/* ---------- Meaning ---------- */

/*
 * An atom before it is text, and a touchpoint as C strings: the second way to
 * decide. Tests are names without blanks, a closing slash and star for what is below.
 */
typedef struct PlainAtom
{
	bool		any;
	bool		negated;
	int			n_events;
	int			n_channels;
	int			n_numbers;
	const char *events[3];
	const char *channels[2];
	bool		of_score[2];
	int			comparison[2];
	double		limit[2];
} PlainAtom;

typedef struct PlainTouchpoint
{
	const char *event;
	const char *channel;		/* NULL for none */
	bool		has_value;
	bool		has_score;
	double		value;
	int			score;
} PlainTouchpoint;

static const char *const operators[] = {"<", "<=", "=", ">=", ">"};

static bool
plain_name_matches(const char *test, const char *name)
{
	size_t		length = strlen(test);

	if (length >= 2 && strcmp(test + length - 2, "/*") == 0)
		return strncmp(name, test, length - 1) == 0;
	return strcmp(name, test) == 0;
}

static bool
plain_compare(int comparison, double number, double limit)
{
	return (comparison == 0 && number < limit) || (comparison == 1 && number <= limit) ||
		(comparison == 2 && number == limit) || (comparison == 3 && number >= limit) ||
		(comparison == 4 && number > limit);
}

static bool
plain_matches(const PlainAtom *atom, const PlainTouchpoint *touchpoint)
{
	int			named = 0;

	for (int i = 0; i < atom->n_events; i++)
		named += plain_name_matches(atom->events[i], touchpoint->event);
	if (!atom->any && (named > 0) == atom->negated)
		return false;
	for (int i = 0; i < atom->n_channels; i++)
	{
		if (touchpoint->channel == NULL ||
			!plain_name_matches(atom->channels[i], touchpoint->channel))
			return false;
	}
	for (int i = 0; i < atom->n_numbers; i++)
	{
		bool		has = atom->of_score[i] ? touchpoint->has_score : touchpoint->has_value;
		double		number = atom->of_score[i] ? touchpoint->score : touchpoint->value;

		if (!has || !plain_compare(atom->comparison[i], number, atom->limit[i]))
			return false;
	}
	return true;
}

static void
plain_text(const PlainAtom *atom, char *out)
{
	char	   *at = out;

	if (atom->any)
		at += sprintf(at, ".");
	else
	{
		at += sprintf(at, atom->negated ? "[^" : "[");
		for (int i = 0; i < atom->n_events; i++)
			at += sprintf(at, "%s%s", i > 0 ? "|" : "", atom->events[i]);
		at += sprintf(at, "]");
	}
	for (int i = 0; i < atom->n_channels; i++)
		at += sprintf(at, "@%s", atom->channels[i]);
	for (int i = 0; i < atom->n_numbers; i++)
		at += sprintf(at, ":%s%s%g", atom->of_score[i] ? "score" : "value",
					  operators[atom->comparison[i]], atom->limit[i]);
}

/*
 * Short and long names, shared beginnings and ends, names below names. Where
 * bytes are little-endian caaa and caaaa have the same hash in atom.c, and so
 * have the last two names.
 */
static const char *const event_names[] = {"a", "ab", "abc", "a/b", "a/b/c", "a/c", "ab/c", "login",
	"logout", "caaa", "caaaa", "checkout", "checkin_", "add_to_cart_now", "add_to_cart_old",
	"add_to_bag_now", "a_name_of_some_length_with_x_in_the_middle",
	"a_name_of_some_length_with_y_in_the_middle", "same_key_as_this", "same_caa_\311\216\234t\300\224\260"};
static const char *const event_tests[] = {"a", "ab", "abc", "a/b", "a/b/c", "a/*", "a/b/*", "ab/*",
	"caaaa", "login", "logout", "checkout", "add_to_cart_now", "add_to_bag_now", "nowhere", "abc/*",
	"a_name_of_some_length_with_x_in_the_middle", "same_key_as_this"};
static const char *const channel_names[] = {"phone", "phone/billing", "web", "phone/sales", "w"};
static const char *const channel_tests[] = {"phone", "phone/*", "web", "phone/sales", "fax"};

#define PICK_NAME(names) names[pick(sizeof(names) / sizeof(names[0]))]

static void
random_atom(PlainAtom *atom)
{
	memset(atom, 0, sizeof(*atom));
	atom->any = pick(8) == 0;
	atom->negated = !atom->any && pick(4) == 0;
	atom->n_events = atom->any ? 0 : 1 + pick(3);
	atom->n_channels = pick(3) == 0 ? 1 + pick(2) : 0;
	atom->n_numbers = pick(3) == 0 ? 1 + pick(2) : 0;
	for (int i = 0; i < 3; i++)
		atom->events[i] = PICK_NAME(event_tests);
	for (int i = 0; i < 2; i++)
	{
		atom->channels[i] = PICK_NAME(channel_tests);
		atom->of_score[i] = pick(2) == 0;
		atom->comparison[i] = pick(5);
		atom->limit[i] = pick(8) - 2;
	}
}

/* What a column holds: nothing, gaps, or something everywhere. */
static bool
present(int fullness)
{
	return fullness == 2 || (fullness == 1 && pick(2) == 0);
}

static void
random_touchpoints(PlainTouchpoint *touchpoints, int count)
{
	int			channels = pick(3);
	int			values = pick(3);
	int			scores = pick(3);

	for (int i = 0; i < count; i++)
	{
		touchpoints[i].event = PICK_NAME(event_names);
		touchpoints[i].channel = present(channels) ? PICK_NAME(channel_names) : NULL;
		touchpoints[i].has_value = present(values);
		touchpoints[i].has_score = present(scores);
		touchpoints[i].value = pick(10) - 3;
		touchpoints[i].score = pick(10) - 3;
	}
}

/* In the order of `from`, one microsecond apart. */
static void
as_touchpoints(const PlainTouchpoint *from, int count, Touchpoint *to)
{
	memset(to, 0, count * sizeof(Touchpoint));
	for (int i = 0; i < count; i++)
	{
		to[i].at = i;
		to[i].event = (JourneyName) {from[i].event, (uint32_t) strlen(from[i].event)};
		if (from[i].channel != NULL)
			to[i].channel = (JourneyName) {from[i].channel, (uint32_t) strlen(from[i].channel)};
		to[i].has_value = from[i].has_value;
		to[i].has_score = from[i].has_score;
		to[i].value = from[i].has_value ? from[i].value : 0;
		to[i].score = from[i].has_score ? from[i].score : 0;
	}
}

/* Parses random atoms; their text is never wrong. */
static void
make_atoms(PlainAtom *plain, Atom *atoms, int count)
{
	for (int i = 0; i < count; i++)
	{
		char		text[400];
		ParseProblem problem;

		random_atom(&plain[i]);
		plain_text(&plain[i], text);
		if (!atom_parse(text, strlen(text), &atoms[i], &problem))
		{
			printf("Bail out! %s: expected %s at %zu\n", text, problem.expected, problem.at);
			exit(1);
		}
	}
}

/* What the bits of one touchpoint and the atoms' matches get wrong. */
static int
count_wrong(const AtomBinding *binding, uint32_t i, const PlainAtom *plain, const Atom *atoms,
			int n_atoms, const PlainTouchpoint *plain_touchpoint, const Touchpoint *touchpoint)
{
	int			wrong = 0;

	for (int a = 0; a < binding->words * 64; a++)
	{
		bool		bit = atom_mask(binding, i, a / 64) >> (a % 64) & 1;
		bool		want = a < n_atoms && plain_matches(&plain[a], plain_touchpoint);

		wrong += bit != want;
		if (a < n_atoms)
			wrong += atom_matches(&atoms[a], touchpoint) != want;
		if (bit && (binding->any >> (a % 64) & 1) == 0)
			wrong++;
	}
	return wrong;
}

static void
test_meaning(const char *name, int rounds, int n_atoms, int max_touchpoints)
{
	PlainAtom  *plain = cx_alloc(n_atoms, sizeof(PlainAtom));
	Atom	   *atoms = cx_alloc(n_atoms, sizeof(Atom));
	PlainTouchpoint *plain_touchpoints = cx_alloc(max_touchpoints, sizeof(PlainTouchpoint));
	Touchpoint *touchpoints = cx_alloc(max_touchpoints, sizeof(Touchpoint));
	int			wrong = 0;

	for (int round = 0; round < rounds; round++)
	{
		AtomSet    *set;

		make_atoms(plain, atoms, n_atoms);
		set = atom_set_make(atoms, n_atoms);
		wrong += set->count != n_atoms || set->words != (n_atoms + 63) / 64;
		for (int k = 0; k < 5; k++)
		{
			int			count = pick(max_touchpoints + 1);
			size_t		size;
			void	   *bytes;
			JourneyView view;
			AtomBinding binding;

			random_touchpoints(plain_touchpoints, count);
			as_touchpoints(plain_touchpoints, count, touchpoints);
			bytes = journey_pack(touchpoints, count, 0, &size);
			wrong += !journey_open(&view, bytes, size);
			atom_bind(&binding, set, &view);
			for (int i = 0; i < count; i++)
				wrong += count_wrong(&binding, i, plain, atoms, n_atoms, &plain_touchpoints[i],
									 &touchpoints[i]);
			atom_unbind(&binding);
			cx_free(bytes);
		}
		cx_free(set);
		for (int a = 0; a < n_atoms; a++)
			release(&atoms[a]);
	}
	if (!ok(wrong == 0, name))
		printf("# %d differences\n", wrong);
	cx_free(plain);
	cx_free(atoms);
	cx_free(plain_touchpoints);
	cx_free(touchpoints);
}

/* The places in the grammar where a definition could be read two ways. */
static void
test_definition(void)
{
	static const struct
	{
		const char *atom;
		const char *event;
		bool		matches;
	}			cases[] = {
		{"delivery/*", "delivery/x", true},
		{"delivery/*", "delivery/x/y", true},
		{"delivery/*", "delivery", false},
		{"delivery/*", "delivery/", true},
		{"delivery/*", "deliveryx", false},
		{"delivery/*", "delivery-x/y", false},
		{"''/*", "/x", true},
		{"''/*", "x", false},
		{"''", "", true},
		{"''", "x", false},
		{"[^a|b/*]", "b", true},
		{"[^a|b/*]", "b/c", false},
		{"[^a|b/*]", "a", false},
		{".", "", true},
		{"a@b", "a", false},
		{"[^a]@b", "c", false},
		{".:score<1", "a", false},
		{".:value>=0", "a", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Touchpoint	touchpoint = {0};
		Atom		atom;
		ParseProblem problem;
		char		name[100];

		touchpoint.event = (JourneyName) {cases[i].event, (uint32_t) strlen(cases[i].event)};
		snprintf(name, sizeof(name), "%s %s \"%s\"", cases[i].atom,
				 cases[i].matches ? "passes" : "does not pass", cases[i].event);
		ok(atom_parse(cases[i].atom, strlen(cases[i].atom), &atom, &problem) &&
		   atom_matches(&atom, &touchpoint) == cases[i].matches, name);
		release(&atom);
	}
}

/* A dictionary of 100,000 names, a set of 600 members of which 400 are in it. */
static void
test_many_names(void)
{
	enum
	{
		NAMES = 100000, MEMBERS = 600
	};
	char	   *texts = cx_alloc(NAMES, 16);
	Touchpoint *touchpoints = cx_alloc0(NAMES, sizeof(Touchpoint));
	char	   *text = cx_alloc(MEMBERS, 20);
	size_t		length = 0;
	size_t		size;
	void	   *bytes;
	JourneyView view;
	Atom		atoms[2];
	ParseProblem problem;
	AtomSet    *set;
	AtomBinding binding;
	int			in = 0;
	int			out = 0;
	int			wrong = 0;

	for (int i = 0; i < NAMES; i++)
	{
		touchpoints[i].at = i;
		touchpoints[i].event.bytes = texts + i * 16;
		touchpoints[i].event.length = (uint32_t) sprintf(texts + i * 16, "n%d/%d", i / 100, i % 100);
	}
	bytes = journey_pack(touchpoints, NAMES, 0, &size);
	for (int i = 0; i < MEMBERS; i++)
		length += sprintf(text + length, "%cn%d/%d", i > 0 ? '|' : '[', i * 250 / 100, i * 250 % 100);
	text[length++] = ']';
	ok(journey_open(&view, bytes, size) && view.event_count == NAMES &&
	   atom_parse(text, length, &atoms[0], &problem) && atoms[0].n_events == MEMBERS &&
	   atom_parse("[^n7/*|n70/*]", 13, &atoms[1], &problem), "many names");
	set = atom_set_make(atoms, 2);
	atom_bind(&binding, set, &view);
	for (int i = 0; i < NAMES; i++)
	{
		uint64_t	mask = atom_mask(&binding, i, 0);

		wrong += (mask & 1) != (i % 250 == 0);
		wrong += (mask >> 1) != (i / 100 != 7 && i / 100 != 70);
		in += mask & 1;
		out += mask >> 1 == 0;
	}
	ok(wrong == 0 && in == 400 && out == 200, "a set of 600 members over 100,000 names");
	atom_unbind(&binding);
	cx_free(set);
	release(&atoms[0]);
	release(&atoms[1]);
	cx_free(bytes);
	cx_free(text);
	cx_free(touchpoints);
	cx_free(texts);
}

int
main(int argc, char **argv)
{
	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20240613;
	printf("# seed %" PRIu64 "\n", seed);

	test_text();
	test_failures();
	test_lengths();
	test_reader();
	test_random_text();
	test_definition();
	test_meaning("1 atom", 300, 1, 20);
	test_meaning("3 atoms", 1000, 3, 30);
	test_meaning("64 atoms", 50, 64, 50);
	test_meaning("65 atoms", 50, 65, 50);
	test_meaning("150 atoms", 50, 150, 60);
	test_meaning("150 atoms, empty and tiny journeys", 50, 150, 2);
	test_many_names();
	return done();
}
