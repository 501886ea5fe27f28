/*
 * effort.h
 *	  What it took a customer to reach a goal.
 *
 * Plain C.
 */
#ifndef CX_EFFORT_H
#define CX_EFFORT_H

#include "common/calendar.h"
#include "journey/atom.h"

typedef struct Effort
{
	uint32_t	touchpoints;	/* up to the first that reaches the goal, and so are the following */
	uint32_t	channels;		/* different ones */
	uint32_t	switches;
	uint32_t	handoffs;
	uint32_t	repeats;
	uint32_t	loops;
	uint32_t	attempts;		/* stretches on one channel */
	uint32_t	failures;		/* attempts that failed and did not reach the goal */
	bool		resolved;
	int64_t		started;		/* times; of a journey that has a touchpoint */
	int64_t		reached;		/* of one that is resolved */
	int64_t		ended;
} Effort;

/*
 * Measures a journey. Of the atoms, word 0's bits in `goal` are the goal (0:
 * none), all others say that something failed; no atoms where binding is NULL.
 * With `gap`, an attempt also ends where more than it passes.
 */
extern void effort_measure(Effort *effort, const JourneyView *view, const AtomBinding *binding, uint64_t goal,
						   const CalendarInterval *gap);

#endif							/* CX_EFFORT_H */
