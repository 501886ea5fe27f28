/*
 * atom_fuzz.c
 *	  The text of atoms, and what is read of it over random journeys.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"

static size_t
make_atom(uint8_t *out)
{
	FuzzText	text = {(char *) out, 0, false};

	put_atom(&text);
	return text.length;
}

static const char *const pieces[] = {
	"a", "b", "c", "a/b", "/*", "/", "-", "'", "''", "'it''s'", "[", "[^", "]", "|", ".", "@",
	"@web", ":", ":score", ":value", "<", "<=", "=", ">=", ">", "6", "-0", "0.5", ".", "e", "e5",
	"1e999", "+", "within", "without", "\xC3\xA9", " ", "\t", NULL
};

const FuzzTarget fuzz_target = {"atom", make_atom, pieces, 0};

/* The canonical text reads back, and is its own. */
static void
round_trips(const Atom *atom)
{
	PatternText text = {NULL, 0, 0};
	PatternText text_again = {NULL, 0, 0};
	ParseProblem problem;
	Atom		again;

	atom_write(&text, atom);
	CHECK(atom_parse(text.bytes, text.length, &again, &problem));
	atom_write(&text_again, &again);
	CHECK(text_again.length == text.length && memcmp(text_again.bytes, text.bytes, text.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ParseProblem problem;
	Atom		atoms[2];

	fuzz_begin(data, size);
	if (!atom_parse((const char *) data, size, &atoms[0], &problem))
		CHECK(problem.expected != NULL && problem.at <= size);
	else
	{
		JourneyView view;
		AtomSet    *set;

		fuzz_accepted++;
		round_trips(&atoms[0]);
		atoms[1] = atoms[0];
		atoms[1].negated = !atoms[0].negated && !atoms[0].any;
		set = atom_set_make(atoms, 2);
		random_journey(&view, 60);
		atoms_hold(set, &view);
	}
	fuzz_free_all();			/* an atom's names belong to the memory around it */
	return 0;
}
