/*
 * pattern_program.h
 *	  A pattern as an automaton, ready to be run over journeys.
 *
 * Plain C. The automaton is Glushkov's: a position is an atom of the pattern,
 * once for each copy that {m,n} makes of it, and an edge leads from the position
 * of one matched touchpoint to that of the next one. It has as many edges as
 * the pattern needs and no others: no step without a touchpoint.
 */
#ifndef CX_PATTERN_PROGRAM_H
#define CX_PATTERN_PROGRAM_H

#include "journey/pattern.h"

/* A pattern that needs more than these is too large. */
#define PATTERN_MAX_POSITIONS 1000
#define PATTERN_MAX_EDGES 100000

/* Words of 64 positions. */
#define PATTERN_MAX_WORDS ((PATTERN_MAX_POSITIONS + 63) / 64)

/*
 * Places in ProgramLink.set: what waits for the very next touchpoint, for any
 * later one, or for one without others.
 */
#define SET_NEXT 0
#define SET_LATER 1
#define SET_WITHOUT 2

typedef struct ProgramLink
{
	int			set;			/* SET_NEXT, SET_LATER or SET_WITHOUT + its list of names */
	int			n_limits;
	const PatternLimit *limits;
	bool		has_lower;		/* among the limits: '>=' or '>', */
	bool		has_upper;		/* '<=' or '<', */
	bool		has_months;		/* and months */
} ProgramLink;

/*
 * A position. Its scopes are the patterns around it that have a `within`, the
 * outermost first.
 */
typedef struct ProgramPosition
{
	int			atom;
	int			n_scopes;
	int			first_scope;	/* in PatternProgram.scopes */
} ProgramPosition;

/* From one position to others of one word: all that have the same set. */
typedef struct ProgramStep
{
	uint16_t	set;
	uint16_t	word;
	uint64_t	positions;
} ProgramStep;

/* The steps of position p are those from start[p] up to start[p + 1]. */
typedef struct StepTable
{
	uint32_t   *start;
	ProgramStep *steps;
} StepTable;

/*
 * What waits before a position on one link, having kept the same scopes: edges
 * from several positions lead to one gate. With time conditions only.
 */
typedef struct ProgramGate
{
	uint16_t	position;
	uint16_t	link;
	uint16_t	kept;			/* scopes of the position that the edge does not leave */
} ProgramGate;

typedef struct GateTable
{
	int			n_gates;
	ProgramGate *gates;			/* by position: those before p from before[p] up to before[p + 1] */
	uint32_t   *before;
	uint32_t   *start;			/* the gates that p leads to are exits[start[p]] up to exits[start[p + 1]] */
	uint32_t   *exits;
} GateTable;

/*
 * What the event of a touchpoint does to the automaton in single words, beyond
 * what an unknown one does.
 */
typedef struct WordSlot
{
	uint64_t	head;			/* its name, see pattern_word.c */
	uint64_t	tail;
	uint64_t	length;			/* UINT64_MAX: the slot is empty */
	const char *bytes;
	uint64_t	passed;			/* positions whose atom it passes */
	uint64_t	stays;			/* positions that it does not end the wait for */
} WordSlot;

/* The automaton in single words: 64 positions and atoms at most. */
typedef struct WordProgram
{
	bool		usable;			/* it fits, and no position is waited for with two lists of names */
	bool		by_name;		/* only names of events are asked for; they are in `slots` */
	int			slot_shift;
	uint64_t	seed;
	WordSlot   *slots;
	uint64_t	unknown_passed; /* what an event does that the pattern does not name: */
	uint64_t	unknown_stays;	/* in a slot stand the bits that differ */
	uint64_t	mandatory;		/* positions whose atoms every match needs */
	uint64_t	next_up;		/* positions k + 1 that '->' leads to from k */
	uint64_t	next_self;		/* positions k that '->' leads to from k */
	uint64_t	later_up;		/* positions k + 1 that '~>' leads to from k */
	uint64_t	others;			/* positions that lead elsewhere: all their edges are below */
	uint64_t	next[64];
	uint64_t	later[64];
	uint64_t	positions_of[64];	/* by atom */
	uint64_t	without;		/* atoms that are lists of names */
	uint64_t	ended_by[64];	/* by atom: positions that it ends the wait for */
} WordProgram;

typedef struct PatternProgram
{
	int			n_positions;
	int			words;			/* of positions */
	int			n_edges;
	bool		timed;			/* some time has to be looked at */
	ProgramPosition *positions;
	CalendarInterval *scopes;
	int			n_scopes;
	int			n_links;
	ProgramLink *links;
	uint64_t	first[PATTERN_MAX_WORDS];	/* where a match may start, */
	uint64_t	first_start[PATTERN_MAX_WORDS]; /* only at the journey's first touchpoint, */
	uint64_t	last[PATTERN_MAX_WORDS];	/* where it may end, */
	uint64_t	last_end[PATTERN_MAX_WORDS];	/* only at the journey's last touchpoint */

	/* Atoms of positions and lists of `without` together, without duplicates. */
	int			n_atoms;
	Atom	   *atoms;
	AtomSet    *atom_set;
	StepTable	positions_of;	/* by atom; set is not used */
	int		   *without_of;		/* by atom: the list of names that it is, or -1 */
	int			n_without;
	uint64_t	mandatory;		/* atoms that every match needs; one word only */

	int			n_sets;			/* SET_WITHOUT + n_without */
	uint16_t   *set_from;		/* by set: the words of the positions that it waits for, */
	uint16_t   *set_to;			/* up to this one, which is excluded */
	StepTable	forward;
	StepTable	backward;
	GateTable	forward_gates;	/* only if timed */
	GateTable	backward_gates; /* its gates stand behind a position */
	WordProgram word;

	/* The bits that a journey's bitmap needs, by the logarithm of its bytes: all of `all`, one of each `any`. */
	uint64_t	bitmap_all[4];
	int			n_bitmap_any;
	uint64_t	(*bitmap_any)[4];
} PatternProgram;

/*
 * Compiles a pattern, which is kept by reference and numbered. NULL where it is
 * too large: more than PATTERN_MAX_POSITIONS or PATTERN_MAX_EDGES.
 */
extern PatternProgram *pattern_compile(Pattern *pattern);

/* Frees the program, not the pattern. */
extern void pattern_program_free(PatternProgram *program);

static inline bool
set_has(const uint64_t *set, int bit)
{
	return (set[bit / 64] >> (bit % 64) & 1) != 0;
}

#endif							/* CX_PATTERN_PROGRAM_H */
