/*
 * pattern_match.c
 *	  Running a compiled pattern over a journey: the fast way out, then the engines.
 *
 * Most journeys are answered before an engine is set up: by the bitmap of the
 * events they have, by their dictionary, or by one pass in which the automaton
 * is a few single words.
 */
#include <string.h>

#include "journey/pattern_match.h"
#include "journey/pattern_run.h"
#include "journey/pattern_word.h"

/* ---------- Setting up ---------- */

/* False when the events of the journey rule a match out. */
static inline bool
bitmap_allows(const PatternProgram *program, const JourneyView *view)
{
	int			size = __builtin_ctz(view->bitmap_size);

	if ((program->bitmap_all[size] & ~view->bitmap) != 0)
		return false;
	for (int i = 0; i < program->n_bitmap_any; i++)
	{
		if ((program->bitmap_any[i][size] & view->bitmap) == 0)
			return false;
	}
	return true;
}

/*
 * What can be said without a binding: false where there is no match. *by_name is
 * set when it looked so far that there is one but for the times.
 */
static inline bool
may_match(const PatternProgram *program, const JourneyView *view, bool *by_name, uint64_t *steps)
{
	if (view->count == 0 || !bitmap_allows(program, view))
		return false;
	*by_name = word_by_name(program, view);
	if (!*by_name)
		return true;
	if (steps != NULL)
		*steps += view->count;
	return word_exists_by_name(program, view);
}

/* Binds the atoms; false, with nothing to free, when the journey is ruled out. */
static bool
bind_run(PatternRun *run, const PatternProgram *program, const JourneyView *view)
{
	run->program = program;
	run->view = view;
	run->steps = 0;
	atom_bind(&run->binding, program->atom_set, view);
	if ((program->mandatory & ~run->binding.any) == 0)
		return true;
	atom_unbind(&run->binding);
	return false;
}

/* What only the engines need. */
static void
open_engine(PatternRun *run)
{
	const PatternProgram *program = run->program;

	run->at = NULL;
	run->ended = cx_alloc(program->n_without, sizeof(int));
	run->waiting = cx_alloc((size_t) program->n_sets * program->words, sizeof(uint64_t));
}

static void
close_engine(PatternRun *run)
{
	cx_free(run->at);
	cx_free(run->ended);
	cx_free(run->waiting);
}

static void
unbind_run(PatternRun *run, uint64_t *steps)
{
	atom_unbind(&run->binding);
	if (steps != NULL)
		*steps += run->steps;
}

/* pattern_look where positions and atoms fit into one word each. */
static inline void
look_at_word(PatternRun *run, uint32_t i)
{
	const WordProgram *word = &run->program->word;
	uint64_t	atoms = atom_mask(&run->binding, i, 0);
	uint64_t	passed = 0;

	for (uint64_t rest = atoms; rest != 0; rest &= rest - 1)
	{
		passed |= word->positions_of[__builtin_ctzll(rest)];
		run->steps++;
	}
	run->passed[0] = passed;
	run->n_ended = 0;
	for (uint64_t rest = atoms & word->without; rest != 0; rest &= rest - 1)
		run->ended[run->n_ended++] = run->program->without_of[__builtin_ctzll(rest)];
	run->steps++;
}

void
pattern_look(PatternRun *run, uint32_t i)
{
	const PatternProgram *program = run->program;

	if (program->word.usable)
	{
		look_at_word(run, i);
		return;
	}
	memset(run->passed, 0, program->words * sizeof(uint64_t));
	run->n_ended = 0;
	for (int w = 0; w < run->binding.words; w++)
	{
		for (uint64_t rest = atom_mask(&run->binding, i, w); rest != 0; rest &= rest - 1)
		{
			int			atom = w * 64 + __builtin_ctzll(rest);
			uint32_t	step = program->positions_of.start[atom];

			for (; step < program->positions_of.start[atom + 1]; step++)
				run->passed[program->positions_of.steps[step].word] |=
					program->positions_of.steps[step].positions;
			if (program->without_of[atom] >= 0)
				run->ended[run->n_ended++] = program->without_of[atom];
			run->steps++;
		}
	}
	run->steps += run->binding.words;
}

/* ---------- What others call ---------- */

/* Whether there is a match when time conditions do not count. */
static bool
untimed_exists(PatternRun *run)
{
	bool		found;

	if (run->program->word.usable)
	{
		run->steps += run->view->count;
		return word_exists(run->program, &run->binding);
	}
	open_engine(run);
	found = untimed_end(run, 0, false) != NOWHERE;
	close_engine(run);
	return found;
}

static bool
timed_match_exists(PatternRun *run)
{
	TimedRun   *timed;
	bool		found;

	open_engine(run);
	timed = timed_start(run);
	found = timed_exists(timed);
	timed_finish(timed);
	close_engine(run);
	return found;
}

bool
pattern_exists(const PatternProgram *program, const JourneyView *view, uint64_t *steps)
{
	PatternRun	run;
	bool		by_name;
	bool		found;

	if (!may_match(program, view, &by_name, steps))
		return false;
	if (by_name && !program->timed)
		return true;
	if (!bind_run(&run, program, view))
		return false;
	found = (by_name || untimed_exists(&run)) && (!program->timed || timed_match_exists(&run));
	unbind_run(&run, steps);
	return found;
}

/* Both engines behind one face; timed is NULL for an untimed pattern. */
static void
find_starts(PatternRun *run, TimedRun *timed, bool *starts)
{
	if (timed != NULL)
		timed_starts(timed, starts);
	else
		untimed_starts(run, starts);
}

/* The end of the first match that starts at *from or later, *from set to its start; or NOWHERE. */
static uint32_t
next_match(PatternRun *run, TimedRun *timed, const bool *starts, uint32_t *from)
{
	while (*from < run->view->count && !starts[*from])
		++*from;
	if (*from == run->view->count)
		return NOWHERE;
	return timed != NULL ? timed_end(timed, *from) : untimed_end(run, *from, true);
}

uint32_t *
pattern_find(const PatternProgram *program, const JourneyView *view, uint32_t *count,
			 uint64_t *steps)
{
	PatternRun	run;
	TimedRun   *timed;
	bool		by_name;
	bool	   *starts;
	uint32_t	start = 0;
	uint32_t	end;
	uint32_t   *ords = NULL;

	*count = 0;
	if (!may_match(program, view, &by_name, steps) || !bind_run(&run, program, view))
		return NULL;
	open_engine(&run);
	timed = program->timed ? timed_start(&run) : NULL;
	starts = cx_alloc(view->count, sizeof(bool));
	find_starts(&run, timed, starts);
	end = next_match(&run, timed, starts, &start);
	if (end != NOWHERE)
		ords = timed != NULL ? timed_ords(timed, start, end, count)
			: untimed_ords(&run, start, end, count);
	cx_free(starts);
	if (timed != NULL)
		timed_finish(timed);
	close_engine(&run);
	unbind_run(&run, steps);
	return ords;
}

uint64_t
pattern_count(const PatternProgram *program, const JourneyView *view, uint64_t *steps)
{
	PatternRun	run;
	TimedRun   *timed;
	bool		by_name;
	bool	   *starts;
	uint64_t	matches = 0;

	if (!may_match(program, view, &by_name, steps) || !bind_run(&run, program, view))
		return 0;
	open_engine(&run);
	timed = program->timed ? timed_start(&run) : NULL;
	starts = cx_alloc(view->count, sizeof(bool));
	find_starts(&run, timed, starts);
	for (uint32_t from = 0;; matches++)
	{
		uint32_t	end = next_match(&run, timed, starts, &from);

		if (end == NOWHERE)
			break;
		from = end + 1;
	}
	cx_free(starts);
	if (timed != NULL)
		timed_finish(timed);
	close_engine(&run);
	unbind_run(&run, steps);
	return matches;
}
