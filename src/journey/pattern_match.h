/*
 * pattern_match.h
 *	  Running a compiled pattern over a journey.
 *
 * Plain C. Nothing here goes back to try something else: a run looks at each
 * touchpoint once and carries everything that could still become a match.
 *
 * Every function adds what it did to *steps, unless that is NULL: one for a
 * touchpoint, a word, an edge or a waiting time that it handled. A program is
 * not changed by its runs.
 */
#ifndef CX_PATTERN_MATCH_H
#define CX_PATTERN_MATCH_H

#include "journey/pattern_program.h"

/* Whether the journey contains a match. */
extern bool pattern_exists(const PatternProgram *program, const JourneyView *view, uint64_t *steps);

/*
 * The match that starts earliest, of these the one that ends earliest, of these
 * the one with the smallest touchpoints: their places, from 0, ascending. NULL
 * where there is none; to be freed by cx_free.
 */
extern uint32_t *pattern_find(const PatternProgram *program, const JourneyView *view,
							  uint32_t *count, uint64_t *steps);

/* How many such matches follow each other without overlap. */
extern uint64_t pattern_count(const PatternProgram *program, const JourneyView *view,
							  uint64_t *steps);

#endif							/* CX_PATTERN_MATCH_H */
