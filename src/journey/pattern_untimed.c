/*
 * pattern_untimed.c
 *	  The automaton as sets of positions, whatever its size; see pattern_run.h.
 *
 * Sets are bits in words of 64 positions. Before each touchpoint there is one
 * set of positions that wait for exactly this touchpoint, one of those that wait
 * for it or a later one, and one for each list of `without` names, emptied by a
 * touchpoint that is on the list. All of it runs in both directions: backwards,
 * a position waits for the touchpoint in front of it.
 */
#include <string.h>

#include "journey/pattern_run.h"

static void
clear_waiting(PatternRun *run)
{
	size_t		words = (size_t) run->program->n_sets * run->program->words;

	memset(run->waiting, 0, words * sizeof(uint64_t));
	run->steps += words;
}

/* The positions that wait for this touchpoint, in any way. */
static void
collect_waiting(PatternRun *run, uint64_t *out)
{
	const PatternProgram *program = run->program;

	memset(out, 0, program->words * sizeof(uint64_t));
	for (int set = 0; set < program->n_sets; set++)
	{
		const uint64_t *waiting = run->waiting + (size_t) set * program->words;

		for (int w = program->set_from[set]; w < program->set_to[set]; w++)
			out[w] |= waiting[w];
		run->steps += program->set_to[set] - program->set_from[set];
	}
}

/* What a touchpoint leaves behind that filled the positions `filled`. */
static void
leave(PatternRun *run, const StepTable *table, const uint64_t *filled)
{
	const PatternProgram *program = run->program;
	int			words = program->words;

	memset(run->waiting, 0, words * sizeof(uint64_t));	/* SET_NEXT */
	for (int i = 0; i < run->n_ended; i++)
		memset(run->waiting + (size_t) (SET_WITHOUT + run->ended[i]) * words, 0,
			   words * sizeof(uint64_t));
	run->steps += (size_t) (1 + run->n_ended) * words;
	for (int w = 0; w < words; w++)
	{
		for (uint64_t rest = filled[w]; rest != 0; rest &= rest - 1)
		{
			int			p = w * 64 + __builtin_ctzll(rest);

			for (uint32_t i = table->start[p]; i < table->start[p + 1]; i++)
			{
				const ProgramStep *step = &table->steps[i];

				run->waiting[(size_t) step->set * words + step->word] |= step->positions;
			}
			run->steps += 1 + table->start[p + 1] - table->start[p];
		}
	}
}

uint32_t
untimed_end(PatternRun *run, uint32_t from, bool only_there)
{
	const PatternProgram *program = run->program;
	uint64_t	filled[PATTERN_MAX_WORDS];

	clear_waiting(run);
	for (uint32_t i = from; i < run->view->count; i++)
	{
		uint64_t	ends = 0;

		check_interrupts_at(i);
		pattern_look(run, i);
		collect_waiting(run, filled);
		for (int w = 0; w < program->words; w++)
		{
			if (i == from || !only_there)
				filled[w] |= may_start(program, i, w);
			filled[w] &= run->passed[w];
			ends |= filled[w] & may_end(run, i, w);
		}
		run->steps += program->words;
		if (ends != 0)
			return i;
		leave(run, &program->forward, filled);
	}
	return NOWHERE;
}

/*
 * Backwards from `to` to `from`: the positions that a touchpoint can fill so that
 * a match follows go into reach, whether a match starts there into starts;
 * either may be NULL.
 */
static void
run_backwards(PatternRun *run, uint32_t from, uint32_t to, bool only_there, uint64_t *reach,
			  bool *starts)
{
	const PatternProgram *program = run->program;
	uint64_t	here[PATTERN_MAX_WORDS];

	clear_waiting(run);
	for (uint32_t left = to - from + 1; left > 0; left--)
	{
		uint32_t	i = from + left - 1;
		uint64_t   *filled = reach != NULL ? reach + (size_t) (left - 1) * program->words : here;
		uint64_t	start = 0;

		check_interrupts_at(i);
		pattern_look(run, i);
		collect_waiting(run, filled);
		for (int w = 0; w < program->words; w++)
		{
			if (i == to || !only_there)
				filled[w] |= may_end(run, i, w);
			filled[w] &= run->passed[w];
			start |= filled[w] & may_start(program, i, w);
		}
		run->steps += program->words;
		if (starts != NULL)
			starts[left - 1] = start != 0;
		leave(run, &program->backward, filled);
	}
}

void
untimed_starts(PatternRun *run, bool *starts)
{
	run_backwards(run, 0, run->view->count - 1, false, NULL, starts);
}

void
untimed_reach(PatternRun *run, uint32_t from, uint32_t to, uint64_t *reach)
{
	run_backwards(run, from, to, true, reach, NULL);
}

uint32_t *
untimed_ords(PatternRun *run, uint32_t start, uint32_t end, uint32_t *count)
{
	const PatternProgram *program = run->program;
	int			words = program->words;
	uint64_t   *reach = cx_alloc((size_t) (end - start + 1) * words, sizeof(uint64_t));
	uint64_t	filled[PATTERN_MAX_WORDS];
	OrdList		list = {NULL, 0, 0};

	untimed_reach(run, start, end, reach);
	for (uint32_t i = start; i <= end; i++)
	{
		uint64_t	any = 0;

		check_interrupts_at(i);
		pattern_look(run, i);
		collect_waiting(run, filled);
		for (int w = 0; w < words; w++)
		{
			if (i == start)
				filled[w] = may_start(program, i, w);
			filled[w] &= reach[(size_t) (i - start) * words + w];
			any |= filled[w];
		}
		run->steps += words;

		/* What can be filled now has to be: nothing else keeps the ords smallest. */
		if (any != 0)
		{
			ord_list_add(&list, i);
			clear_waiting(run);
		}
		leave(run, &program->forward, filled);
	}
	cx_free(reach);
	*count = list.count;
	return list.ords;
}
