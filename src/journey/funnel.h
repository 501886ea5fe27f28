/*
 * funnel.h
 *	  How far a journey gets through the steps of a funnel.
 *
 * Plain C. A start is an instant with a touchpoint that passes step 1 (in mode
 * any: some step). From there
 *
 *	  ordered	fills the steps in their order. It goes through the instants
 *				and fills in each as many of the next steps as its touchpoints
 *				can, in whatever order, each touchpoint one step;
 *	  adjacent	fills step after step from one touchpoint and the very next ones,
 *				in the total order of touchpoints;
 *	  any		fills steps in any order, as many as the touchpoints so far can,
 *				each one step.
 *
 * What happens after the start's deadline (its time + within) does not count.
 * A touchpoint that passes `without` ends a start which it cannot fill a step of, once
 * the instant it stands in has been used; in the start's own instant it does not.
 * (adjacent: it ends the start whose next touchpoint it is.)
 *
 * The best start has the highest level, then the earliest completion, then is
 * the earliest; the result is about that one.
 */
#ifndef CX_FUNNEL_H
#define CX_FUNNEL_H

#include "common/calendar.h"
#include "journey/atom.h"

#define FUNNEL_MAX_STEPS 63

/* Steps and `without` together: what an AtomSet holds. */
#define FUNNEL_MAX_ATOMS (64 * 64)

typedef enum FunnelMode
{
	FUNNEL_ORDERED,
	FUNNEL_ADJACENT,
	FUNNEL_ANY
} FunnelMode;

typedef enum FunnelStatus
{
	FUNNEL_CONVERTED,
	FUNNEL_EXCLUDED,
	FUNNEL_OPEN,
	FUNNEL_DROPPED
} FunnelStatus;

/* Their names in SQL, in the order of the enums, closed by NULL. */
extern const char *const funnel_mode_names[];
extern const char *const funnel_status_names[];

/* A name that a step asks for, ready to be compared with those of a journey. */
typedef struct FunnelName
{
	uint64_t	head;			/* its first 8 bytes, zeros after its end */
	uint64_t	tail;			/* its last 8 bytes, where it has more than 8 */
	const char *bytes;
	uint32_t	length;
	int			step;
} FunnelName;

/* Up to so many names are compared one by one, which beats looking them up. */
#define FUNNEL_FEW_NAMES 8

/* The definition, compiled. */
typedef struct Funnel
{
	int			n_steps;
	FunnelMode	mode;
	bool		unlimited;		/* no deadline; `within` is not looked at */
	CalendarInterval within;	/* does not point backwards */
	const AtomSet *atoms;		/* the steps, then `without` */

	/* For funnel_level: what its short way needs to know. */
	bool		simple;			/* ordered, nothing excluded, no months, steps that test the event only */
	int			first_bit;		/* name_bit of step 1 when nothing but one name starts, else -1 */
	uint64_t	within_units[JOURNEY_UNITS];	/* `within` in whole units of a journey */
	int			n_names;		/* the names that the steps ask for; 0 when that is not all they do */
	FunnelName	names[FUNNEL_FEW_NAMES];
} Funnel;

typedef struct FunnelResult
{
	int			level;			/* steps filled, 0 where nothing starts */
	FunnelStatus status;
	bool		mature;			/* the best start's window has run out, or everything is seen */
	int64_t		at[FUNNEL_MAX_STEPS];	/* when 1, 2, .. level steps were filled */
} FunnelResult;

/* Compiles; `atoms` holds the steps, then those of `without`, and all of it has to outlive the funnel. */
extern void funnel_init(Funnel *funnel, const AtomSet *atoms, int n_steps, FunnelMode mode,
						const CalendarInterval *within, bool unlimited);

/* What a journey does in the funnel. as_of: NULL, or the time after which nothing is seen. */
extern void funnel_run(const Funnel *funnel, const JourneyView *view, const int64_t *as_of,
					   FunnelResult *result);

/* Only the level, everything seen: the same as funnel_run, at a fraction of its cost for plain names in order. */
extern int	funnel_level(const Funnel *funnel, const JourneyView *view);

#endif							/* CX_FUNNEL_H */
