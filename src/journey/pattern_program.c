/*
 * pattern_program.c
 *	  From the tree of a pattern to its automaton; see pattern_program.h.
 *
 * A part of the pattern becomes a fragment: the positions that its first and
 * its last touchpoint can have. Joining two parts draws an edge from each last
 * position of one to each first position of the other. An edge keeps the scopes
 * around the place where it is drawn: it leaves all those further inside.
 */
#include <string.h>

#include "common/memory.h"
#include "journey/pattern_program.h"
#include "journey/pattern_require.h"
#include "journey/pattern_word.h"

/* Links that always exist: the plain arrows. */
#define LINK_NEXT 0
#define LINK_LATER 1

typedef struct Edge
{
	uint16_t	from;
	uint16_t	to;
	uint16_t	link;
	uint16_t	kept;
} Edge;

typedef struct Fragment
{
	bool		nullable;		/* it also stands for no touchpoint at all */
	uint64_t	first[PATTERN_MAX_WORDS];
	uint64_t	first_start[PATTERN_MAX_WORDS]; /* after '^' */
	uint64_t	last[PATTERN_MAX_WORDS];
	uint64_t	last_end[PATTERN_MAX_WORDS];	/* before '$' */
} Fragment;

typedef struct Compiler
{
	PatternProgram *program;
	bool		too_large;
	Edge	   *edges;
	uint32_t	edge_room;
	uint32_t   *slots;			/* hash table: place of an edge, plus 1 */
	uint32_t	slot_mask;
	const CalendarInterval *scopes[PATTERN_MAX_DEPTH + 1];	/* around the place that is being built */
	int			n_scopes;
	int			scope_room;
	bool		scopes_stored;	/* the last position's scopes are the present ones */
} Compiler;

static void build_pattern(Compiler *compiler, const Pattern *pattern, Fragment *out);

/* ---------- Atoms and links ---------- */

static bool
same_names(const NameTest *a, int a_count, const NameTest *b, int b_count)
{
	if (a_count != b_count)
		return false;
	for (int i = 0; i < a_count; i++)
	{
		if (a[i].below != b[i].below || a[i].name.length != b[i].name.length ||
			memcmp(a[i].name.bytes, b[i].name.bytes, a[i].name.length) != 0)
			return false;
	}
	return true;
}

static bool
same_atom(const Atom *a, const Atom *b)
{
	if (a->any != b->any || a->negated != b->negated || a->n_numbers != b->n_numbers ||
		!same_names(a->events, a->n_events, b->events, b->n_events) ||
		!same_names(a->channels, a->n_channels, b->channels, b->n_channels))
		return false;
	for (int i = 0; i < a->n_numbers; i++)
	{
		if (a->numbers[i].of_score != b->numbers[i].of_score ||
			a->numbers[i].comparison != b->numbers[i].comparison ||
			a->numbers[i].limit != b->numbers[i].limit)
			return false;
	}
	return true;
}

/* The place of an atom whose arrays of channels and numbers become the program's. */
static int
add_atom(PatternProgram *program, Atom atom)
{
	for (int i = 0; i < program->n_atoms; i++)
	{
		if (same_atom(&program->atoms[i], &atom))
		{
			cx_free(atom.channels);
			cx_free(atom.numbers);
			return i;
		}
	}
	program->atoms[program->n_atoms] = atom;
	program->without_of[program->n_atoms] = -1;
	return program->n_atoms++;
}

/* `base` with the tests of both, in arrays of its own. */
static Atom
with_tests(Atom base, const Atom *a, const Atom *b)
{
	base.n_channels = a->n_channels + b->n_channels;
	base.n_numbers = a->n_numbers + b->n_numbers;
	base.channels = cx_alloc(base.n_channels, sizeof(NameTest));
	base.numbers = cx_alloc(base.n_numbers, sizeof(NumberTest));
	for (int i = 0; i < base.n_channels; i++)
		base.channels[i] = i < a->n_channels ? a->channels[i] : b->channels[i - a->n_channels];
	for (int i = 0; i < base.n_numbers; i++)
		base.numbers[i] = i < a->n_numbers ? a->numbers[i] : b->numbers[i - a->n_numbers];
	return base;
}

static void
number_link(PatternProgram *program, PatternLink *link)
{
	ProgramLink *numbered;
	int			set = link->adjacent ? SET_NEXT : SET_LATER;

	/* Nothing is between a touchpoint and the very next one. */
	if (!link->adjacent && link->n_without > 0)
	{
		Atom		names = {.n_events = link->n_without, .events = link->without};
		int			atom = add_atom(program, names);

		if (program->without_of[atom] < 0)
			program->without_of[atom] = program->n_without++;
		set = SET_WITHOUT + program->without_of[atom];
	}
	if (link->n_limits == 0 && set < SET_WITHOUT)
	{
		link->number = link->adjacent ? LINK_NEXT : LINK_LATER;
		return;
	}
	link->number = program->n_links;
	numbered = &program->links[program->n_links++];
	numbered->set = set;
	numbered->n_limits = link->n_limits;
	numbered->limits = link->limits;
	numbered->has_lower = numbered->has_upper = numbered->has_months = false;
	for (int i = 0; i < link->n_limits; i++)
	{
		if (link->limits[i].comparison == NUMBER_GE || link->limits[i].comparison == NUMBER_GT)
			numbered->has_lower = true;
		else
			numbered->has_upper = true;
		numbered->has_months |= link->limits[i].interval.months != 0;
	}
	program->timed |= link->n_limits > 0;
}

/*
 * Numbers the atoms and links of the tree; `tests` are those of the groups
 * around. False when there are too many.
 */
static bool
number_parts(PatternProgram *program, Pattern *pattern, const Atom *tests, int *n_items)
{
	program->timed |= pattern->has_within;
	for (int i = 0; i < pattern->n_items; i++)
	{
		PatternItem *item = &pattern->items[i];
		Atom		all = with_tests(item->atom, tests, &item->atom);
		bool		fits = true;

		if (item->n_branches == 0 && ++*n_items > PATTERN_MAX_POSITIONS)
			fits = false;
		else if (item->n_branches == 0)
			item->atom_number = add_atom(program, all);
		if (fits && i > 0)
			number_link(program, &item->link);
		for (int k = 0; k < item->n_branches && fits; k++)
			fits = number_parts(program, &item->branches[k], &all, n_items);
		if (item->n_branches > 0 || !fits)
		{
			cx_free(all.channels);
			cx_free(all.numbers);
		}
		if (!fits)
			return false;
	}
	return true;
}

/* ---------- Positions and edges ---------- */

static void
unite(uint64_t *to, const uint64_t *from)
{
	for (int w = 0; w < PATTERN_MAX_WORDS; w++)
		to[w] |= from[w];
}

static void
store_scopes(Compiler *compiler, ProgramPosition *position)
{
	PatternProgram *program = compiler->program;

	position->n_scopes = compiler->n_scopes;
	if (compiler->scopes_stored)
	{
		position->first_scope = program->n_scopes - compiler->n_scopes;
		return;
	}
	if (program->n_scopes + compiler->n_scopes > compiler->scope_room)
	{
		compiler->scope_room = 2 * (program->n_scopes + compiler->n_scopes);
		program->scopes = cx_realloc(program->scopes, compiler->scope_room, sizeof(CalendarInterval));
	}
	position->first_scope = program->n_scopes;
	for (int i = 0; i < compiler->n_scopes; i++)
		program->scopes[program->n_scopes++] = *compiler->scopes[i];
	compiler->scopes_stored = true;
}

static void
build_atom(Compiler *compiler, int atom, Fragment *out)
{
	PatternProgram *program = compiler->program;
	int			p = program->n_positions;

	memset(out, 0, sizeof(*out));
	if (p == PATTERN_MAX_POSITIONS)
	{
		compiler->too_large = true;
		return;
	}
	program->positions[p].atom = atom;
	store_scopes(compiler, &program->positions[p]);
	program->n_positions++;
	out->first[p / 64] |= UINT64_C(1) << (p % 64);
	memcpy(out->last, out->first, sizeof(out->last));
}

static uint32_t
edge_slot(const Compiler *compiler, const Edge *edge)
{
	uint64_t	key;
	uint32_t	at;

	memcpy(&key, edge, sizeof(key));
	key *= UINT64_C(0x9E3779B97F4A7C15);
	for (at = (uint32_t) (key >> 32);; at++)
	{
		uint32_t	place = compiler->slots[at & compiler->slot_mask];

		if (place == 0 || memcmp(&compiler->edges[place - 1], edge, sizeof(Edge)) == 0)
			return at & compiler->slot_mask;
	}
}

static void
grow_edges(Compiler *compiler)
{
	compiler->edge_room *= 2;
	compiler->edges = cx_realloc(compiler->edges, compiler->edge_room, sizeof(Edge));
	cx_free(compiler->slots);
	compiler->slots = cx_alloc0((size_t) compiler->edge_room * 2, sizeof(uint32_t));
	compiler->slot_mask = compiler->edge_room * 2 - 1;
	for (int i = 0; i < compiler->program->n_edges; i++)
		compiler->slots[edge_slot(compiler, &compiler->edges[i])] = i + 1;
}

static void
add_edge(Compiler *compiler, int from, int to, int link)
{
	Edge		edge = {from, to, link, compiler->n_scopes};
	uint32_t	slot = edge_slot(compiler, &edge);

	if (compiler->slots[slot] != 0)
		return;
	if (compiler->program->n_edges == PATTERN_MAX_EDGES)
	{
		compiler->too_large = true;
		return;
	}
	compiler->edges[compiler->program->n_edges++] = edge;
	compiler->slots[slot] = compiler->program->n_edges;
	if (compiler->program->n_edges == compiler->edge_room)
		grow_edges(compiler);
}

static void
join(Compiler *compiler, const uint64_t *last, const uint64_t *first, int link)
{
	for (int p = 0; p < compiler->program->n_positions; p++)
	{
		if (!set_has(last, p))
			continue;
		for (int w = 0; w < PATTERN_MAX_WORDS && !compiler->too_large; w++)
		{
			for (uint64_t rest = first[w]; rest != 0; rest &= rest - 1)
				add_edge(compiler, p, w * 64 + __builtin_ctzll(rest), link);
		}
	}
}

/* ---------- Fragments ---------- */

/* What stands for no touchpoint. */
static void
make_empty(Fragment *out)
{
	memset(out, 0, sizeof(*out));
	out->nullable = true;
}

/* `whole`, then `next`. */
static void
append(Compiler *compiler, Fragment *whole, const Fragment *next, int link)
{
	join(compiler, whole->last, next->first, link);
	if (whole->nullable)
	{
		unite(whole->first, next->first);
		unite(whole->first_start, next->first_start);
	}
	if (!next->nullable)
	{
		memset(whole->last, 0, sizeof(whole->last));
		memset(whole->last_end, 0, sizeof(whole->last_end));
	}
	unite(whole->last, next->last);
	unite(whole->last_end, next->last_end);
	whole->nullable &= next->nullable;
}

/* Either of the two. */
static void
add_alternative(Fragment *out, const Fragment *other)
{
	unite(out->first, other->first);
	unite(out->first_start, other->first_start);
	unite(out->last, other->last);
	unite(out->last_end, other->last_end);
	out->nullable |= other->nullable;
}

static void
build_once(Compiler *compiler, const PatternItem *item, Fragment *out)
{
	Fragment	branch;

	cx_check_interrupts();
	if (item->n_branches == 0)
	{
		build_atom(compiler, item->atom_number, out);
		return;
	}
	memset(out, 0, sizeof(*out));
	for (int k = 0; k < item->n_branches && !compiler->too_large; k++)
	{
		build_pattern(compiler, &item->branches[k], &branch);
		add_alternative(out, &branch);
	}
}

static void
build_item(Compiler *compiler, const PatternItem *item, Fragment *out)
{
	bool		endless = item->most == PATTERN_UNLIMITED;
	int			copies = !endless ? item->most : item->least > 0 ? item->least : 1;
	Fragment	once;
	Fragment	so_far;			/* the copies up to here, one after the other */

	make_empty(&so_far);
	memset(out, 0, sizeof(*out));
	for (int copy = 1; copy <= copies && !compiler->too_large; copy++)
	{
		build_once(compiler, item, &once);
		if (endless && copy == copies)
			join(compiler, once.last, once.first, LINK_NEXT);
		append(compiler, &so_far, &once, LINK_NEXT);
		if (copy >= item->least)
			add_alternative(out, &so_far);
	}
	out->nullable |= item->least == 0;
}

static void
build_pattern(Compiler *compiler, const Pattern *pattern, Fragment *out)
{
	Fragment	item;

	if (pattern->has_within)
	{
		compiler->scopes[compiler->n_scopes++] = &pattern->within;
		compiler->scopes_stored = false;
	}
	make_empty(out);
	for (int i = 0; i < pattern->n_items && !compiler->too_large; i++)
	{
		build_item(compiler, &pattern->items[i], &item);
		append(compiler, out, &item, pattern->items[i].link.number);
	}
	if (pattern->at_start)
	{
		unite(out->first_start, out->first);
		memset(out->first, 0, sizeof(out->first));
	}
	if (pattern->at_end)
	{
		unite(out->last_end, out->last);
		memset(out->last, 0, sizeof(out->last));
	}
	if (pattern->has_within)
	{
		compiler->n_scopes--;
		compiler->scopes_stored = false;
	}
}

/* ---------- Tables ---------- */

/* Turns the edges round and sorts them by where they start, stably. */
static void
turn_edges(Edge **edges, int n_edges, int n_positions)
{
	Edge	   *turned = cx_alloc(n_edges, sizeof(Edge));
	uint32_t   *place = cx_alloc0((size_t) n_positions + 1, sizeof(uint32_t));

	for (int i = 0; i < n_edges; i++)
		place[(*edges)[i].to + 1]++;
	for (int p = 0; p < n_positions; p++)
		place[p + 1] += place[p];
	for (int i = 0; i < n_edges; i++)
	{
		Edge	   *edge = &(*edges)[i];

		turned[place[edge->to]++] = (Edge) {edge->to, edge->from, edge->link, edge->kept};
	}
	cx_free(place);
	cx_free(*edges);
	*edges = turned;
}

/* Adds a position to the steps from `begin` on, which are those of one position. */
static void
add_step(StepTable *table, uint32_t begin, uint32_t *end, int set, int position)
{
	uint32_t	i = begin;

	while (i < *end && (table->steps[i].set != set || table->steps[i].word != position / 64))
		i++;
	if (i == *end)
		table->steps[(*end)++] = (ProgramStep) {set, position / 64, 0};
	table->steps[i].positions |= UINT64_C(1) << (position % 64);
}

/* Edges are sorted by where they start. */
static void
make_steps(const PatternProgram *program, const Edge *edges, StepTable *table)
{
	int			i = 0;
	uint32_t	end = 0;

	table->start = cx_alloc((size_t) program->n_positions + 1, sizeof(uint32_t));
	table->steps = cx_alloc(program->n_edges, sizeof(ProgramStep));
	for (int p = 0; p < program->n_positions; p++)
	{
		table->start[p] = end;
		for (; i < program->n_edges && edges[i].from == p; i++)
			add_step(table, table->start[p], &end, program->links[edges[i].link].set, edges[i].to);
	}
	table->start[program->n_positions] = end;
}

/* The gates before the positions, found from `edges` sorted by where they end: turned. */
static void
make_gates(const PatternProgram *program, const Edge *turned, GateTable *table)
{
	uint32_t   *gate_of = cx_alloc(program->n_edges, sizeof(uint32_t));
	uint32_t   *place;
	int			i = 0;

	table->gates = cx_alloc(program->n_edges, sizeof(ProgramGate));
	table->before = cx_alloc((size_t) program->n_positions + 1, sizeof(uint32_t));
	table->start = cx_alloc0((size_t) program->n_positions + 1, sizeof(uint32_t));
	table->exits = cx_alloc(program->n_edges, sizeof(uint32_t));
	table->n_gates = 0;
	for (int p = 0; p < program->n_positions; p++)
	{
		int			begin = table->n_gates;

		table->before[p] = begin;
		for (; i < program->n_edges && turned[i].from == p; i++)
		{
			int			gate = begin;

			while (gate < table->n_gates && (table->gates[gate].link != turned[i].link ||
											 table->gates[gate].kept != turned[i].kept))
				gate++;
			if (gate == table->n_gates)
				table->gates[table->n_gates++] = (ProgramGate) {p, turned[i].link, turned[i].kept};
			gate_of[i] = gate;
			table->start[turned[i].to + 1]++;
		}
	}
	table->before[program->n_positions] = table->n_gates;
	for (int p = 0; p < program->n_positions; p++)
		table->start[p + 1] += table->start[p];
	place = cx_alloc(program->n_positions, sizeof(uint32_t));
	memcpy(place, table->start, program->n_positions * sizeof(uint32_t));
	for (i = 0; i < program->n_edges; i++)
		table->exits[place[turned[i].to]++] = gate_of[i];
	cx_free(place);
	cx_free(gate_of);
}

/* Both directions of everything; takes the edges over. */
static void
make_tables(PatternProgram *program, Edge *edges)
{
	turn_edges(&edges, program->n_edges, program->n_positions);
	make_steps(program, edges, &program->backward);
	if (program->timed)
		make_gates(program, edges, &program->forward_gates);
	turn_edges(&edges, program->n_edges, program->n_positions);
	make_steps(program, edges, &program->forward);
	if (program->timed)
		make_gates(program, edges, &program->backward_gates);
	cx_free(edges);
}

/* The positions of each atom, and the words of the positions of each set. */
static void
make_atom_tables(PatternProgram *program)
{
	StepTable  *table = &program->positions_of;
	uint32_t	end = 0;

	program->words = (program->n_positions + 63) / 64;
	table->start = cx_alloc((size_t) program->n_atoms + 1, sizeof(uint32_t));
	table->steps = cx_alloc(program->n_positions, sizeof(ProgramStep));
	for (int atom = 0; atom < program->n_atoms; atom++)
	{
		table->start[atom] = end;
		for (int p = 0; p < program->n_positions; p++)
		{
			if (program->positions[p].atom == atom)
				add_step(table, table->start[atom], &end, 0, p);
		}
	}
	table->start[program->n_atoms] = end;

	program->n_sets = SET_WITHOUT + program->n_without;
	program->set_from = cx_alloc0(program->n_sets, sizeof(uint16_t));
	program->set_to = cx_alloc0(program->n_sets, sizeof(uint16_t));
	for (int direction = 0; direction < 2; direction++)
	{
		const StepTable *steps = direction == 0 ? &program->forward : &program->backward;

		for (uint32_t i = 0; i < steps->start[program->n_positions]; i++)
		{
			int			set = steps->steps[i].set;
			int			word = steps->steps[i].word;

			if (program->set_to[set] == 0 || word < program->set_from[set])
				program->set_from[set] = word;
			if (word >= program->set_to[set])
				program->set_to[set] = word + 1;
		}
	}
}

/* ---------- What a match needs ---------- */

static void
note_mandatory(PatternProgram *program, const Pattern *pattern)
{
	for (int i = 0; i < pattern->n_items; i++)
	{
		const PatternItem *item = &pattern->items[i];

		if (item->least == 0 || item->n_branches > 1)
			continue;
		if (item->n_branches == 1)
			note_mandatory(program, &item->branches[0]);
		else if (item->atom_number < 64)
			program->mandatory |= UINT64_C(1) << item->atom_number;
	}
}

/*
 * The bits of a clause in bitmaps of 1, 2, 4 and 8 bytes; false when it is not
 * about names of events alone.
 */
static bool
clause_bits(const RequirementClause *clause, uint64_t *bits)
{
	memset(bits, 0, 4 * sizeof(uint64_t));
	for (int i = 0; i < clause->count; i++)
	{
		const Requirement *requirement = &clause->alternatives[i];

		if (requirement->kind != REQUIRE_EVENT && requirement->kind != REQUIRE_PAIR)
			return false;
		for (int size = 0; size < 4; size++)
			bits[size] |= UINT64_C(1) <<
				name_bit(requirement->name.bytes, requirement->name.length) % (8 << size);
	}
	return true;
}

static void
make_bitmaps(PatternProgram *program, const Pattern *pattern)
{
	PatternRequirements *needs = pattern_requirements(pattern);

	program->bitmap_any = cx_alloc(needs->count, sizeof(*program->bitmap_any));
	for (int i = 0; i < needs->count; i++)
	{
		const RequirementClause *clause = &needs->clauses[i];
		uint64_t   *bits = program->bitmap_any[program->n_bitmap_any];

		if (!clause_bits(clause, bits))
			continue;
		if (clause->count > 1)
			program->n_bitmap_any++;
		else
		{
			for (int size = 0; size < 4; size++)
				program->bitmap_all[size] |= bits[size];
		}
	}
	cx_free(needs);
}

/* ---------- All of it ---------- */

static void
build_automaton(Compiler *compiler, const Pattern *pattern)
{
	PatternProgram *program = compiler->program;
	Fragment	whole;

	compiler->edge_room = 32;
	grow_edges(compiler);
	build_pattern(compiler, pattern, &whole);
	memcpy(program->first, whole.first, sizeof(whole.first));
	memcpy(program->first_start, whole.first_start, sizeof(whole.first_start));
	memcpy(program->last, whole.last, sizeof(whole.last));
	memcpy(program->last_end, whole.last_end, sizeof(whole.last_end));
}

PatternProgram *
pattern_compile(Pattern *pattern)
{
	PatternProgram *program = cx_alloc0(1, sizeof(PatternProgram));
	Compiler	compiler = {.program = program};
	const Atom	no_tests = {0};
	int			n_items = 0;

	/* Each position brings one atom and one link, and the link one list of names. */
	program->positions = cx_alloc(PATTERN_MAX_POSITIONS, sizeof(ProgramPosition));
	program->atoms = cx_alloc(2 * PATTERN_MAX_POSITIONS, sizeof(Atom));
	program->without_of = cx_alloc(2 * PATTERN_MAX_POSITIONS, sizeof(int));
	program->links = cx_alloc(PATTERN_MAX_POSITIONS + 2, sizeof(ProgramLink));
	program->scopes = cx_alloc(1, sizeof(CalendarInterval));
	program->links[LINK_NEXT] = (ProgramLink) {.set = SET_NEXT};
	program->links[LINK_LATER] = (ProgramLink) {.set = SET_LATER};
	program->n_links = 2;

	compiler.too_large = !number_parts(program, pattern, &no_tests, &n_items);
	if (!compiler.too_large)
		build_automaton(&compiler, pattern);
	cx_free(compiler.slots);
	if (compiler.too_large)
	{
		cx_free(compiler.edges);
		pattern_program_free(program);
		return NULL;
	}
	make_tables(program, compiler.edges);
	make_atom_tables(program);
	note_mandatory(program, pattern);
	word_program_make(program);
	make_bitmaps(program, pattern);
	program->atom_set = atom_set_make(program->atoms, program->n_atoms);
	return program;
}

static void
free_gates(GateTable *table)
{
	cx_free(table->gates);
	cx_free(table->before);
	cx_free(table->start);
	cx_free(table->exits);
}

static void
free_steps(StepTable *table)
{
	cx_free(table->start);
	cx_free(table->steps);
}

void
pattern_program_free(PatternProgram *program)
{
	for (int i = 0; i < program->n_atoms; i++)
	{
		cx_free(program->atoms[i].channels);
		cx_free(program->atoms[i].numbers);
	}
	cx_free(program->atoms);
	cx_free(program->atom_set);
	cx_free(program->without_of);
	cx_free(program->positions);
	cx_free(program->scopes);
	cx_free(program->links);
	cx_free(program->set_from);
	cx_free(program->set_to);
	cx_free(program->bitmap_any);
	cx_free(program->word.slots);
	free_steps(&program->positions_of);
	free_steps(&program->forward);
	free_steps(&program->backward);
	free_gates(&program->forward_gates);
	free_gates(&program->backward_gates);
	cx_free(program);
}
