/*
 * pattern.h
 *	  The pattern language: its tree, reading it from text, its canonical text.
 *
 * Plain C. The grammar, with blanks allowed between any two of its signs:
 *
 *	  pattern := ['^'] item (link item)* ['$'] ['within' interval]
 *	  item    := atom ['+' | '?' | '{m}' | '{m,}' | '{m,n}']
 *	  atom    := what atom.h reads, or '(' pattern ('|' pattern)* ')' with '@channel' and ':score<=6' tests
 *	  link    := ('->' | '~>') ['{' cond (',' cond)* '}']
 *	  cond    := ('<=' | '<' | '>=' | '>') interval | 'without' name ('|' name)*
 *
 * What a pattern means is said by the shortest possible program in
 * test/unit/pattern_brute.h, and in docs/journey.md in words.
 */
#ifndef CX_PATTERN_H
#define CX_PATTERN_H

#include "common/calendar.h"
#include "journey/atom.h"

/* Parentheses within parentheses. */
#define PATTERN_MAX_DEPTH 100

/* PatternItem.most where there is no end to it. */
#define PATTERN_UNLIMITED (-1)

/* A time condition of a link: how far a touchpoint is from the matched one before it. */
typedef struct PatternLimit
{
	Comparison	comparison;		/* never NUMBER_EQ */
	CalendarInterval interval;
} PatternLimit;

/* What joins an item to the matched touchpoint before it. */
typedef struct PatternLink
{
	bool		adjacent;		/* '->', else '~>' */
	int			n_limits;
	PatternLimit *limits;		/* every one of them */
	int			n_without;
	NameTest   *without;		/* no event between the two passes one of them */
	int			number;			/* in the program, set by pattern_compile */
} PatternLink;

typedef struct PatternItem
{
	PatternLink link;			/* nothing in it for the first item of a pattern */
	int			n_branches;		/* 0 for an atom, else the patterns of a group */
	struct Pattern *branches;
	Atom		atom;			/* of a group only the tests of channels and numbers count */
	int			least;			/* how often it follows itself, joined by '->' */
	int			most;			/* or PATTERN_UNLIMITED */
	int			atom_number;	/* of an atom: in the program, set by pattern_compile */
} PatternItem;

typedef struct Pattern
{
	bool		at_start;		/* '^' */
	bool		at_end;			/* '$' */
	bool		has_within;
	CalendarInterval within;
	int			n_items;
	PatternItem *items;
} Pattern;

/*
 * Reads a whole text. NULL with *problem set where it is no pattern; else to be
 * freed by pattern_free.
 */
extern Pattern *pattern_parse(const char *text, size_t length, ParseProblem *problem);

extern void pattern_free(Pattern *pattern);

/* Appends the canonical text, which reads back as the same pattern. */
extern void pattern_write(PatternText *text, const Pattern *pattern);

#endif							/* CX_PATTERN_H */
