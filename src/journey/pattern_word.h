/*
 * pattern_word.h
 *	  Whether there is a match, when the automaton fits into single words; only for the pattern_ files.
 */
#ifndef CX_PATTERN_WORD_H
#define CX_PATTERN_WORD_H

#include "journey/pattern_program.h"

/* Fills program->word from the rest of the program. */
extern void word_program_make(PatternProgram *program);

/*
 * Whether the journey contains a match when time conditions do not count. Only
 * where program->word.usable.
 */
extern bool word_exists(const PatternProgram *program, const AtomBinding *binding);

/* Whether word_exists_by_name may be called: nothing but exact names of events is asked for. */
static inline bool
word_by_name(const PatternProgram *program, const JourneyView *view)
{
	return program->word.by_name && view->event_width == 1 &&
		view->end - (view->names + view->names_size) >= 8;
}

/* The same as word_exists, without a binding. */
extern bool word_exists_by_name(const PatternProgram *program, const JourneyView *view);

#endif							/* CX_PATTERN_WORD_H */
