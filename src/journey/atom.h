/*
 * atom.h
 *	  A test of one touchpoint: the atoms of the pattern language and the steps of funnels.
 *
 * Plain C. An atom is what the grammar calls `atom` without its group:
 *
 *	  name | 'quoted name' | either with "/" and "*" behind it | '[' a|b ']' | '[^' a|b ']' | '.'
 *	  then '@channel' and ':score<=6' or ':value>100', any number of each
 *
 * What the readers allocate (names, arrays) lives in the caller's memory; after
 * a failure the atom holds what was read before it.
 */
#ifndef CX_ATOM_H
#define CX_ATOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journey/journey_format.h"
#include "journey/touchpoint.h"

typedef enum Comparison
{
	NUMBER_LT,
	NUMBER_LE,
	NUMBER_EQ,
	NUMBER_GE,
	NUMBER_GT
} Comparison;

/* A name, or with `below` every name that starts with it and a slash. */
typedef struct NameTest
{
	JourneyName		name;
	bool		below;
} NameTest;

typedef struct NumberTest
{
	bool		of_score;		/* else of the value */
	Comparison	comparison;
	double		limit;
} NumberTest;

typedef struct Atom
{
	bool		any;			/* '.': no test of the event */
	bool		negated;		/* the event is none of `events` */
	int			n_events;
	NameTest   *events;			/* one of them */
	int			n_channels;
	NameTest   *channels;		/* every one of them */
	int			n_numbers;
	NumberTest *numbers;		/* every one of them */
} Atom;

/* Why a text could not be read. */
typedef struct ParseProblem
{
	const char *expected;		/* what should have stood there */
	size_t		at;				/* byte offset into the text */
} ParseProblem;

/* A cursor over the text of an atom or a pattern. */
typedef struct PatternReader
{
	const char *text;
	size_t		length;
	size_t		at;
	ParseProblem problem;		/* problem.expected is NULL until something failed */
} PatternReader;

/* Marks the place as wrong unless one was marked before; returns false. */
extern bool pattern_fail(PatternReader *reader, size_t at, const char *expected);

/* Skips blanks; at the end of the text the next character is '\0'. */
extern char pattern_peek(PatternReader *reader);

/* Reads a name: bare or quoted, with `below` when "/" and "*" follow. The bytes are allocated. */
extern bool name_test_read(PatternReader *reader, NameTest *test);

/* A name as it is, without quotes; one that ends with a slash and a star stands for all below. */
extern NameTest name_test_of(JourneyName name);

/* Reads an atom other than a group. */
extern bool atom_read(PatternReader *reader, Atom *atom);

/* Reads only the '@' and ':' tests that follow, and adds them to the atom. */
extern bool atom_read_tests(PatternReader *reader, Atom *atom);

/* Reads a whole text as one atom; false with *problem set. */
extern bool atom_parse(const char *text, size_t length, Atom *atom, ParseProblem *problem);

/* Canonical text: appended to *out (cx_realloc, *length and *room kept); names quoted only where they must be. */
typedef struct PatternText
{
	char	   *bytes;
	size_t		length;
	size_t		room;
} PatternText;

extern void pattern_text_add(PatternText *text, const char *bytes, size_t length);
extern void name_test_write(PatternText *text, const NameTest *test);
extern void atom_write(PatternText *text, const Atom *atom);

/* The definition, one touchpoint at a time. What a touchpoint does not have passes no test. */
extern bool name_test_matches(const NameTest *test, const JourneyName *name);
extern bool number_test_passes(const NumberTest *test, double number);
extern bool atom_matches(const Atom *atom, const Touchpoint *touchpoint);

/* ---------- Many atoms against one journey ---------- */

/*
 * Up to 64 words x 64 atoms, compiled once, then bound to one journey after
 * the other: the names of the journey's dictionary are tested once, and a
 * touchpoint's atoms are then two lookups.
 */
typedef struct AtomSet
{
	int			count;
	int			words;			/* (count + 63) / 64, at least 1 */
	const Atom *atoms;			/* kept by reference, with their names */
	struct AtomTables *tables;	/* see atom.c */
} AtomSet;

/* One piece of memory: given back by cx_free. */
extern AtomSet *atom_set_make(const Atom *atoms, int count);

typedef struct AtomBinding
{
	const AtomSet *set;
	const JourneyView *view;
	int			words;
	uint64_t   *by_event;		/* [event code * words + word]: atoms whose event test passes */
	uint64_t   *by_channel;		/* [(channel code + 1) * words + word], place 0 for no channel; NULL when no atom asks */
	uint64_t   *plain;			/* [word]: atoms without tests of numbers */
	double	   *values;			/* by touchpoint, read only when an atom asks; else NULL */
	bool	   *has_value;
	int32_t    *scores;
	bool	   *has_score;
	uint64_t	any;			/* words == 1: all atoms that some event name passes; else all bits */
	uint64_t	small[64];		/* by_event and by_channel where they fit: do not copy a binding */
} AtomBinding;

/* Binds; what it allocates is freed by atom_unbind. */
extern void atom_bind(AtomBinding *binding, const AtomSet *set, const JourneyView *view);
extern void atom_unbind(AtomBinding *binding);

/* Of the atoms in `candidates` (of word w, tests of numbers among them) those whose numbers pass at touchpoint i. */
extern uint64_t atom_number_mask(const AtomBinding *binding, uint32_t i, int word, uint64_t candidates);

/* The atoms that touchpoint i passes, as bits of word w. A code that only damage brings passes none. */
static inline uint64_t
atom_mask(const AtomBinding *binding, uint32_t i, int word)
{
	uint32_t	event = journey_event_code(binding->view, i);
	uint64_t	mask;

	if (__builtin_expect(event >= binding->view->event_count, 0))
		return 0;
	mask = binding->by_event[(size_t) event * binding->words + word];
	if (mask != 0 && binding->by_channel != NULL)
	{
		int64_t		channel = journey_channel_code(binding->view, i);

		if (__builtin_expect(channel >= (int64_t) binding->view->channel_count, 0))
			return 0;
		mask &= binding->by_channel[(size_t) (channel + 1) * binding->words + word];
	}
	if ((mask & ~binding->plain[word]) != 0)
		mask = (mask & binding->plain[word]) |
			atom_number_mask(binding, i, word, mask & ~binding->plain[word]);
	return mask;
}

#endif							/* CX_ATOM_H */
