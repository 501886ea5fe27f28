/*
 * pattern_word.c
 *	  The automaton in single words: one pass over a journey's codes.
 *
 * Nearly every pattern that people write fits, and nearly every journey is
 * answered here, so this is written for speed. Where a pattern asks for nothing
 * but names of events, the journey's dictionary is looked up without a branch
 * that depends on a name: a name of up to 16 bytes is two words and a length, and
 * the names of the pattern stand in a table without collisions.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/pattern_word.h"
#include "journey/varint.h"
#include "journey/words.h"

/* Touchpoints between two looks for a cancel request: a power of two. */
#define TOUCHPOINTS_PER_CHECK 65536

/* More names than this are not looked up by table. */
#define MAX_NAMES 64

/* Tries to find a table of one size without collisions. */
#define MAX_SEEDS 64

/* ---------- Names as words ---------- */

typedef struct NameWords
{
	uint64_t	head;			/* the first eight bytes, zeros behind a shorter name */
	uint64_t	tail;			/* the last eight, or the same as head */
	uint32_t	length;
} NameWords;

/* All bits where the condition holds: instead of a branch that nobody could predict. */
static inline uint64_t
all_bits_if(bool condition)
{
	return -(uint64_t) condition;
}

/* Reads eight bytes even where the name is shorter. */
static inline NameWords
name_words(const char *bytes, uint32_t length)
{
	/* The bytes of a word that belong to a name of 0 to 8 bytes. */
	static const uint64_t masks[] = {
		0, UINT64_MAX >> 56, UINT64_MAX >> 48, UINT64_MAX >> 40, UINT64_MAX >> 32,
		UINT64_MAX >> 24, UINT64_MAX >> 16, UINT64_MAX >> 8, UINT64_MAX
	};
	uint32_t	taken = length < 8 ? length : 8;
	NameWords	words;

	words.head = load_word(bytes) & masks[taken];
	words.tail = load_word(bytes + length - taken) & masks[taken];
	words.length = length;
	return words;
}

static inline uint32_t
name_slot(const WordProgram *word, const NameWords *name)
{
	uint64_t	key = name->head ^ (name->tail << 23 | name->tail >> 41) ^ name->length;

	return (uint32_t) ((key * word->seed) >> word->slot_shift);
}

/* ---------- Making ---------- */

/* The steps of position p in single words. Steps to p or p + 1 alone are shifts. */
static void
add_steps(PatternProgram *program, int p, uint64_t *set_of)
{
	WordProgram *word = &program->word;
	uint64_t	self = UINT64_C(1) << p;
	uint64_t	up = self << 1;

	for (uint32_t i = program->forward.start[p]; i < program->forward.start[p + 1]; i++)
	{
		const ProgramStep *step = &program->forward.steps[i];

		set_of[step->set] |= step->positions;
		if (step->set == SET_NEXT)
		{
			word->next[p] = step->positions;
			continue;
		}
		word->later[p] |= step->positions;
		for (int set = SET_LATER; set < program->n_sets; set++)
		{
			if (set != step->set && (set_of[set] & step->positions) != 0)
				word->usable = false;
		}
	}
	if ((word->next[p] & ~(self | up)) != 0 || (word->later[p] & ~up) != 0)
	{
		word->others |= self;
		return;
	}
	word->next_self |= word->next[p] & self;
	word->next_up |= word->next[p] & up;
	word->later_up |= word->later[p];
}

/* What a name does: the positions it passes, and those that it does not end the wait for. */
static void
name_effects(const PatternProgram *program, const JourneyName *name, uint64_t *passed,
			 uint64_t *stays)
{
	const WordProgram *word = &program->word;
	Touchpoint	touchpoint = {.event = *name};

	*passed = 0;
	*stays = UINT64_MAX;
	for (int atom = 0; atom < program->n_atoms; atom++)
	{
		if (!atom_matches(&program->atoms[atom], &touchpoint))
			continue;
		*passed |= word->positions_of[atom];
		*stays &= ~word->ended_by[atom];
	}
}

/* All names that the atoms test, each once; false when other things are tested, or too many. */
static bool
collect_names(const PatternProgram *program, JourneyName *names, int *count)
{
	for (int atom = 0; atom < program->n_atoms; atom++)
	{
		const Atom *a = &program->atoms[atom];

		if (a->n_channels > 0 || a->n_numbers > 0)
			return false;
		for (int i = 0; i < a->n_events; i++)
		{
			int			k = 0;

			if (a->events[i].below)
				return false;
			while (k < *count && name_compare(&names[k], &a->events[i].name) != 0)
				k++;
			if (k == MAX_NAMES)
				return false;
			names[k] = a->events[i].name;
			*count += k == *count;
		}
	}
	return true;
}

/* Puts the names into a table of `size` slots; false when two of them collide. */
static bool
fill_slots(const PatternProgram *program, WordProgram *word, size_t size, const JourneyName *names,
		   int count)
{
	for (size_t i = 0; i < size; i++)
		word->slots[i] = (WordSlot) {.length = UINT64_MAX};
	for (int i = 0; i < count; i++)
	{
		char		padded[NAME_MAX_LENGTH + 8] = {0};
		NameWords	words;
		WordSlot   *slot;

		memcpy(padded, names[i].bytes, names[i].length);
		words = name_words(padded, names[i].length);
		slot = &word->slots[name_slot(word, &words)];
		if (slot->length != UINT64_MAX)
			return false;
		slot->head = words.head;
		slot->tail = words.tail;
		slot->length = words.length;
		slot->bytes = names[i].bytes;
		name_effects(program, &names[i], &slot->passed, &slot->stays);
		slot->passed ^= word->unknown_passed;
		slot->stays ^= word->unknown_stays;
	}
	return true;
}

/* A table in which each name has a slot for itself. */
static void
make_slots(PatternProgram *program)
{
	/* Longer than any name, so it is none of them. */
	const JourneyName unknown = {"", NAME_MAX_LENGTH + 1};
	WordProgram *word = &program->word;
	JourneyName names[MAX_NAMES];
	int			count = 0;
	int			bits = 1;

	word->by_name = word->usable && collect_names(program, names, &count);
	if (!word->by_name)
		return;
	name_effects(program, &unknown, &word->unknown_passed, &word->unknown_stays);
	while (1 << bits < 2 * count)
		bits++;
	for (; 1 << bits <= 64 * MAX_NAMES; bits++)
	{
		size_t		size = (size_t) 1 << bits;

		cx_free(word->slots);
		word->slots = cx_alloc(size, sizeof(WordSlot));
		word->slot_shift = 64 - bits;
		for (uint64_t seed = 0; seed < MAX_SEEDS; seed++)
		{
			word->seed = UINT64_C(0x9E3779B97F4A7C15) + 2 * seed * UINT64_C(0xD1B54A32D192ED03);
			if (fill_slots(program, word, size, names, count))
				return;
		}
	}
	word->by_name = false;
}

void
word_program_make(PatternProgram *program)
{
	WordProgram *word = &program->word;
	uint64_t   *set_of;

	word->usable = program->words == 1 && program->n_atoms <= 64;
	if (!word->usable)
		return;
	set_of = cx_alloc0(program->n_sets, sizeof(uint64_t));
	for (int p = 0; p < program->n_positions; p++)
	{
		word->positions_of[program->positions[p].atom] |= UINT64_C(1) << p;
		add_steps(program, p, set_of);
	}
	for (int atom = 0; atom < program->n_atoms; atom++)
	{
		if ((program->mandatory >> atom & 1) != 0)
			word->mandatory |= word->positions_of[atom];
		if (program->without_of[atom] < 0)
			continue;
		word->without |= UINT64_C(1) << atom;
		word->ended_by[atom] = set_of[SET_WITHOUT + program->without_of[atom]];
	}
	cx_free(set_of);
	make_slots(program);
}

/* ---------- The pass ---------- */

/* Before a touchpoint: what it may fill, and of that what later ones may fill as well. */
typedef struct WordState
{
	uint64_t	ready;
	uint64_t	waiting;
	uint64_t	filled;			/* by the touchpoint before it */
	uint64_t	ends;			/* what was filled so far and ends a match */
} WordState;

static inline WordState
start_state(const PatternProgram *program)
{
	return (WordState) {program->first[0] | program->first_start[0], 0, 0, 0};
}

/*
 * Takes a touchpoint that passes the positions `passed`. What comes of `ready`
 * has to wait for the touchpoint before, so that way is kept short. Without
 * `general`, the pattern is a chain: each position leads to the next one only.
 */
static inline __attribute__((always_inline)) void
take(const PatternProgram *program, WordState *state, uint64_t passed, const bool general)
{
	const WordProgram *word = &program->word;
	uint64_t	always = program->first[0] | state->waiting;
	uint64_t	moved = state->ready << 1 & (passed << 1 & (word->next_up | word->later_up));

	state->filled = state->ready & passed;
	state->ends |= state->filled & program->last[0];
	state->waiting |= moved & word->later_up;
	state->ready = always | moved;
	if (general)
	{
		state->ready |= state->filled & word->next_self;
		for (uint64_t rest = state->filled & word->others; rest != 0; rest &= rest - 1)
		{
			int			p = __builtin_ctzll(rest);

			state->waiting |= word->later[p];
			state->ready |= word->later[p] | word->next[p];
		}
	}
}

bool
word_exists(const PatternProgram *program, const AtomBinding *binding)
{
	const WordProgram *word = &program->word;
	WordState	state = start_state(program);

	for (uint32_t i = 0; i < binding->view->count; i++)
	{
		uint64_t	passed = 0;

		for (uint64_t atoms = atom_mask(binding, i, 0); atoms != 0; atoms &= atoms - 1)
		{
			int			atom = __builtin_ctzll(atoms);

			passed |= word->positions_of[atom];
			state.waiting &= ~word->ended_by[atom];
		}
		take(program, &state, passed, true);
		if (state.ends != 0)
			return true;
		if (i % TOUCHPOINTS_PER_CHECK == TOUCHPOINTS_PER_CHECK - 1)
			cx_check_interrupts();
	}
	return (state.filled & program->last_end[0]) != 0;
}

/* ---------- The same by names alone ---------- */

/* What a touchpoint does, by the code of its event. */
typedef struct WordTables
{
	uint64_t	passed[256];
	uint64_t	stays[256];
} WordTables;

/*
 * Fills the tables from the journey's dictionary; false when it lacks what every
 * match needs, or is damaged.
 */
static inline __attribute__((always_inline)) bool
look_up_names(const WordProgram *word, const JourneyView *view, WordTables *tables, const bool ends)
{
	const uint8_t *at = view->names;
	const uint8_t *end = at + view->names_size;
	uint32_t	count = view->event_count;
	uint64_t	any = 0;

	for (uint32_t code = 0; code < count; code++)
	{
		uint64_t	length = *at++;
		NameWords	words;
		const WordSlot *slot;
		uint64_t	differ;
		uint64_t	known;

		if (__builtin_expect(length >= 0x80, 0))
		{
			at--;
			length = varint_read(&at, end);
		}
		if (__builtin_expect(length > (uint64_t) (end - at), 0))
			return false;
		words = name_words((const char *) at, (uint32_t) length);
		slot = &word->slots[name_slot(word, &words)];
		differ = (slot->head ^ words.head) | (slot->tail ^ words.tail) | (slot->length ^ length);
		known = all_bits_if(differ == 0);
		if (length > 16)
			known &= all_bits_if(differ == 0 && memcmp(slot->bytes, at, length) == 0);
		tables->passed[code] = word->unknown_passed ^ (slot->passed & known);
		if (ends)
			tables->stays[code] = word->unknown_stays ^ (slot->stays & known);
		any |= tables->passed[code];
		at += length;
	}
	return (word->mandatory & ~any) == 0;
}

/* Without `ends`, no link has a `without`; `general` as above. */
static inline __attribute__((always_inline)) bool
scan_codes(const PatternProgram *program, const JourneyView *view, const bool ends, const bool general)
{
	const uint8_t *codes = view->event_codes;
	uint32_t	count = view->count;
	uint32_t	i = 0;
	WordTables	tables;
	WordState	state = start_state(program);

	if (!look_up_names(&program->word, view, &tables, ends))
		return false;
	for (; count - i >= 4; i += 4)
	{
		for (int k = 0; k < 4; k++)
		{
			if (ends)
				state.waiting &= tables.stays[codes[i + k]];
			take(program, &state, tables.passed[codes[i + k]], general);
		}
		if (state.ends != 0)
			return true;
		if (__builtin_expect(i % TOUCHPOINTS_PER_CHECK == 0, 0))
			cx_check_interrupts();
	}
	for (; i < count; i++)
	{
		if (ends)
			state.waiting &= tables.stays[codes[i]];
		take(program, &state, tables.passed[codes[i]], general);
	}
	return state.ends != 0 || (state.filled & program->last_end[0]) != 0;
}

bool
word_exists_by_name(const PatternProgram *program, const JourneyView *view)
{
	const WordProgram *word = &program->word;
	bool		general = (word->next_self | word->others) != 0;

	if (word->without != 0)
		return general ? scan_codes(program, view, true, true) : scan_codes(program, view, true, false);
	return general ? scan_codes(program, view, false, true) : scan_codes(program, view, false, false);
}
