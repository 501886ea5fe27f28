/*
 * pattern_run.h
 *	  What the engines share; only for pattern_match.c, pattern_untimed.c, pattern_timed.c.
 */
#ifndef CX_PATTERN_RUN_H
#define CX_PATTERN_RUN_H

#include "common/memory.h"
#include "journey/pattern_program.h"

/* Touchpoints between two looks for a cancel request: a power of two. */
#define TOUCHPOINTS_PER_CHECK 1024

/* No such touchpoint. */
#define NOWHERE UINT32_MAX

/* One program on one journey. */
typedef struct PatternRun
{
	const PatternProgram *program;
	const JourneyView *view;
	AtomBinding binding;
	uint64_t	steps;

	/* About the touchpoint that pattern_look was called for. */
	uint64_t	passed[PATTERN_MAX_WORDS];	/* positions whose atom it passes */
	int			n_ended;
	int		   *ended;			/* the lists of names that it is on */

	int64_t    *at;				/* all times; NULL until somebody asked */
	uint64_t   *waiting;		/* [set * words + word]: positions that the next touchpoints may fill */
} PatternRun;

/* Fills run->passed and run->ended for touchpoint i. */
extern void pattern_look(PatternRun *run, uint32_t i);

/* ---------- pattern_untimed.c: time conditions do not count here ---------- */

/* Sets starts[i] for each touchpoint i at which a match starts. The journey is not empty. */
extern void untimed_starts(PatternRun *run, bool *starts);

/*
 * The first touchpoint that ends a match, or NOWHERE; with `only_there` it
 * starts at `from`, else there or later.
 */
extern uint32_t untimed_end(PatternRun *run, uint32_t from, bool only_there);

/*
 * For each touchpoint from `from` to `to` the positions that it can fill so that
 * a match follows that ends at `to`, into reach[(i - from) * words].
 */
extern void untimed_reach(PatternRun *run, uint32_t from, uint32_t to, uint64_t *reach);

/*
 * The smallest ords of the matches from `start` to `end`, of which there is one;
 * see pattern_find.
 */
extern uint32_t *untimed_ords(PatternRun *run, uint32_t start, uint32_t end, uint32_t *count);

/* ---------- pattern_timed.c ---------- */

typedef struct TimedRun TimedRun;

/* To be ended by timed_finish. */
extern TimedRun *timed_start(PatternRun *run);
extern void timed_finish(TimedRun *timed);

/* Whether there is a match at all. */
extern bool timed_exists(TimedRun *timed);

/* As untimed_starts. */
extern void timed_starts(TimedRun *timed, bool *starts);

/* The first touchpoint that ends a match that starts at `start`, or NOWHERE. */
extern uint32_t timed_end(TimedRun *timed, uint32_t start);

/* As untimed_ords. */
extern uint32_t *timed_ords(TimedRun *timed, uint32_t start, uint32_t end, uint32_t *count);

/* ---------- Small ones ---------- */

/* Where a match may start at touchpoint i. */
static inline uint64_t
may_start(const PatternProgram *program, uint32_t i, int word)
{
	return i == 0 ? program->first[word] | program->first_start[word] : program->first[word];
}

/* Where it may end. */
static inline uint64_t
may_end(const PatternRun *run, uint32_t i, int word)
{
	const PatternProgram *program = run->program;

	return i + 1 == run->view->count ? program->last[word] | program->last_end[word]
		: program->last[word];
}

static inline void
check_interrupts_at(uint32_t i)
{
	if ((i & (TOUCHPOINTS_PER_CHECK - 1)) == 0)
		cx_check_interrupts();
}

/* An array of ords that grows. */
typedef struct OrdList
{
	uint32_t   *ords;
	uint32_t	count;
	uint32_t	room;
} OrdList;

static inline void
ord_list_add(OrdList *list, uint32_t ord)
{
	if (list->count == list->room)
	{
		list->room = list->room == 0 ? 8 : list->room * 2;
		list->ords = list->ords == NULL ? cx_alloc(list->room, sizeof(uint32_t))
			: cx_realloc(list->ords, list->room, sizeof(uint32_t));
	}
	list->ords[list->count++] = ord;
}

#endif							/* CX_PATTERN_RUN_H */
