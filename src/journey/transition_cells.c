/*
 * transition_cells.c
 *	  Reads, merges and packs blocks of transitions; see transition_cells.h.
 */
#include <stdlib.h>

#include "common/memory.h"
#include "journey/transition_table.h"
#include "journey/varint.h"

/* Cells between two looks for a cancel request and for room. */
#define CELLS_PER_CHECK 4096

/* ---------- Definitions ---------- */

TransitionDefinition
transition_definition(const TransitionBlock *block)
{
	TransitionDefinition definition = {(JourneyBy) block->by, (block->flags & TRANSITION_RESTART) != 0, {NULL, 0}};

	if (block->flags & TRANSITION_UNTIL)
		definition.until = (JourneyName) {block->data, block->until_size};
	return definition;
}

bool
transition_same_definition(const TransitionDefinition *a, const TransitionDefinition *b)
{
	return a->by == b->by && a->restart == b->restart && name_compare(&a->until, &b->until) == 0;
}

/* ---------- The parts of a block of either layout ---------- */

/* Walks over the cells that count something. */
typedef struct CellCursor
{
	const TransitionCell *cells;	/* of a hashed block; else NULL */
	const uint8_t *at;
	const uint8_t *end;
	uint32_t	left;			/* cells, or places of the table */
	uint32_t	n_nodes;		/* start and end among them */
	uint64_t	key;			/* the last one of a canonical block */
	bool		damaged;
} CellCursor;

/* The names by number, NULL where there is none; opens the cells behind them. False where they are damaged. */
static bool
read_canonical(const TransitionBlock *block, size_t size, JourneyName *names, CellCursor *cells)
{
	const uint8_t *at = (const uint8_t *) block->data + block->until_size;
	const uint8_t *end = at + block->names_size;

	for (uint32_t i = 0; i < block->n_nodes; i++)
	{
		uint64_t	length = varint_read(&at, end);

		if (length > (uint64_t) (end - at))
			return false;
		names[TRANSITION_NAMED + i] = (JourneyName) {(const char *) at, (uint32_t) length};
		at += length;
	}
	*cells = (CellCursor) {.at = at, .end = (const uint8_t *) block + size, .left = block->n_cells};
	return at == end;
}

static bool
read_hashed(const TransitionBlock *block, JourneyName *names, CellCursor *cells)
{
	TransitionTable table;

	transition_table_open(&table, (TransitionBlock *) block);
	for (uint32_t i = 0; i < table.node_slots; i++)
	{
		const TransitionNode *node = &table.nodes[i];

		if (node->number != 0)
			names[node->number] = (JourneyName) {table.names + node->at, node->length};
	}
	*cells = (CellCursor) {.cells = table.cells, .left = table.cell_slots};
	for (uint32_t i = 0; i < block->n_nodes; i++)
	{
		if (names[TRANSITION_NAMED + i].bytes == NULL)
			return false;
	}
	return true;
}

/* Whether a block of so many bytes has its parts inside it. */
static bool
header_fits(const TransitionBlock *block, size_t size)
{
	if (size < sizeof(TransitionBlock) || block->version != TRANSITION_VERSION || block->by > BY_PHASE ||
		block->until_size > size - sizeof(TransitionBlock) ||
		block->journeys < 1 || block->journeys > TRANSITION_MAX_COUNT ||
		block->transitions < 1 || block->transitions > TRANSITION_MAX_COUNT)
		return false;
	if (block->flags & TRANSITION_HASHED)
		return transition_table_fits(block, size);
	return block->names_size <= size - sizeof(TransitionBlock) - block->until_size &&
		block->n_nodes <= block->names_size && block->n_cells <= size;
}

/*
 * Opens the parts of a block; returns the names by number, to be freed, or NULL
 * where the block is damaged.
 */
static JourneyName *
read_parts(const TransitionBlock *block, size_t size, CellCursor *cells)
{
	JourneyName *names;

	if (!header_fits(block, size))
		return NULL;
	names = cx_alloc0(TRANSITION_NAMED + block->n_nodes, sizeof(JourneyName));
	names[TRANSITION_START] = (JourneyName) {"(start)", 7};
	names[TRANSITION_END] = (JourneyName) {"(end)", 5};
	if (!(block->flags & TRANSITION_HASHED ? read_hashed(block, names, cells)
		  : read_canonical(block, size, names, cells)))
	{
		cx_free(names);
		return NULL;
	}
	cells->n_nodes = TRANSITION_NAMED + block->n_nodes;
	return names;
}

static bool
next_hashed_cell(CellCursor *cursor, TransitionCell *cell)
{
	while (cursor->left > 0)
	{
		*cell = *cursor->cells++;
		cursor->left--;
		if (cell->count != 0)
			return true;
	}
	return false;
}

/* The next cell; false at the end, or when the cursor is damaged. */
static inline bool
next_cell(CellCursor *cursor, TransitionCell *cell)
{
	uint64_t	step;

	if (cursor->cells != NULL)
	{
		if (!next_hashed_cell(cursor, cell))
			return false;
	}
	else
	{
		if (cursor->left == 0)
		{
			cursor->damaged = cursor->at != cursor->end;
			return false;
		}
		cursor->left--;
		step = varint_read(&cursor->at, cursor->end);
		cell->key = cursor->key + step;
		cell->count = (int64_t) varint_read(&cursor->at, cursor->end);
		cursor->damaged = cell->key <= cursor->key;
		cursor->key = cell->key;
	}
	cursor->damaged |= cell->count < 1 || cell->count > TRANSITION_MAX_COUNT ||
		transition_key_source(cell->key) >= cursor->n_nodes ||
		transition_key_target(cell->key) >= cursor->n_nodes ||
		transition_key_bin(cell->key) >= TRANSITION_BINS;
	return !cursor->damaged;
}

/* ---------- Merging ---------- */

/* The numbers in the table of the names of another block, of which it now has all. */
static uint32_t *
bind_names(TransitionTable *table, const JourneyName *names, uint32_t n_nodes, const char *end)
{
	uint32_t   *number = cx_alloc(n_nodes, sizeof(uint32_t));

	number[TRANSITION_START] = TRANSITION_START;
	number[TRANSITION_END] = TRANSITION_END;
	for (uint32_t i = TRANSITION_NAMED; i < n_nodes; i++)
	{
		TransitionName name = transition_name(names[i].bytes, names[i].length, end);

		number[i] = transition_node_number(table, &name);
	}
	return number;
}

/* Adds sign times the cells; DONE, MISSING or TOO_LARGE. */
static TransitionOutcome
change_cells(TransitionTable *table, CellCursor *cells, const uint32_t *number, int sign)
{
	TransitionCell cell;
	uint32_t	room = 0;

	while (next_cell(cells, &cell))
	{
		uint64_t	key = transition_key(number[transition_key_source(cell.key)],
										 number[transition_key_target(cell.key)],
										 transition_key_bin(cell.key));
		int64_t    *count;

		if (room == 0)
		{
			room = CELLS_PER_CHECK;
			cx_check_interrupts();
			if (!transition_table_reserve(table, 0, 0, cells->left < room ? cells->left + 1 : room, true))
				return TRANSITION_TOO_LARGE;
		}
		room--;
		count = transition_count(table, key);
		*count += sign * cell.count;
		if (*count < 0)
			return TRANSITION_MISSING;
	}
	return cells->damaged ? TRANSITION_MISSING : TRANSITION_DONE;
}

static TransitionOutcome
change_by_block(TransitionBlock **block, const TransitionBlock *other, size_t size, int sign)
{
	TransitionTable table = {.given = *block};
	CellCursor	cells;
	JourneyName *names = read_parts(other, size, &cells);
	uint64_t	name_bytes = 0;
	uint32_t   *number;
	TransitionOutcome outcome;

	if (names == NULL)
		return TRANSITION_MISSING;
	for (uint32_t i = TRANSITION_NAMED; i < cells.n_nodes; i++)
		name_bytes += names[i].length;
	transition_table_open(&table, *block);
	if (!transition_table_reserve(&table, other->n_nodes, name_bytes, 0, false))
	{
		cx_free(names);
		return TRANSITION_TOO_LARGE;
	}
	number = bind_names(&table, names, cells.n_nodes, (const char *) other + size);
	outcome = change_cells(&table, &cells, number, sign);
	*block = table.block;
	(*block)->journeys += sign * other->journeys;
	(*block)->transitions += sign * other->transitions;
	if ((*block)->transitions > TRANSITION_MAX_COUNT)
		outcome = TRANSITION_TOO_MANY;
	else if ((*block)->journeys < 1 || (*block)->transitions < 1)
		outcome = TRANSITION_MISSING;
	cx_free(names);
	cx_free(number);
	return outcome;
}

TransitionOutcome
transition_merge(TransitionBlock **block, const TransitionBlock *other, size_t size)
{
	return change_by_block(block, other, size, 1);
}

TransitionOutcome
transition_unmerge(TransitionBlock **block, const TransitionBlock *other, size_t size)
{
	return change_by_block(block, other, size, -1);
}

/* ---------- Unpacking ---------- */

static int
compare_cells(const void *a, const void *b)
{
	uint64_t	left = ((const TransitionCell *) a)->key;
	uint64_t	right = ((const TransitionCell *) b)->key;

	return (left > right) - (left < right);
}

typedef struct NumberedName
{
	JourneyName name;
	uint32_t	number;
} NumberedName;

static int
compare_names(const void *a, const void *b)
{
	return name_compare(&((const NumberedName *) a)->name, &((const NumberedName *) b)->name);
}

void
transition_sort(TransitionMatrix *matrix)
{
	NumberedName *order = cx_alloc(matrix->n_nodes, sizeof(NumberedName));
	uint32_t   *number = cx_alloc(matrix->n_nodes, sizeof(uint32_t));

	for (uint32_t i = 0; i < matrix->n_nodes; i++)
		order[i] = (NumberedName) {matrix->names[i], i};
	qsort(order + TRANSITION_NAMED, matrix->n_nodes - TRANSITION_NAMED, sizeof(NumberedName), compare_names);
	for (uint32_t i = 0; i < matrix->n_nodes; i++)
	{
		matrix->names[i] = order[i].name;
		number[order[i].number] = i;
	}
	for (uint32_t i = 0; i < matrix->n_cells; i++)
	{
		uint64_t   *key = &matrix->cells[i].key;

		*key = transition_key(number[transition_key_source(*key)], number[transition_key_target(*key)],
							  transition_key_bin(*key));
	}
	qsort(matrix->cells, matrix->n_cells, sizeof(TransitionCell), compare_cells);
	cx_free(order);
	cx_free(number);
}

/* Leaves out the nodes without cells. */
static void
drop_unused(TransitionMatrix *matrix)
{
	uint32_t   *number = cx_alloc0(matrix->n_nodes, sizeof(uint32_t));
	uint32_t	kept = TRANSITION_NAMED;

	for (uint32_t i = 0; i < matrix->n_cells; i++)
	{
		number[transition_key_source(matrix->cells[i].key)] = 1;
		number[transition_key_target(matrix->cells[i].key)] = 1;
	}
	number[TRANSITION_START] = TRANSITION_START;
	number[TRANSITION_END] = TRANSITION_END;
	for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
	{
		if (number[i] == 0)
			continue;
		matrix->names[kept] = matrix->names[i];
		number[i] = kept++;
	}
	matrix->n_nodes = kept;
	for (uint32_t i = 0; i < matrix->n_cells; i++)
	{
		uint64_t   *key = &matrix->cells[i].key;

		*key = transition_key(number[transition_key_source(*key)], number[transition_key_target(*key)],
							  transition_key_bin(*key));
	}
	cx_free(number);
}

TransitionMatrix *
transition_open(const TransitionBlock *block, size_t size)
{
	CellCursor	cursor;
	JourneyName *names = read_parts(block, size, &cursor);
	TransitionMatrix *matrix;

	if (names == NULL)
		return NULL;
	matrix = cx_alloc0(1, sizeof(TransitionMatrix));
	matrix->definition = transition_definition(block);
	matrix->journeys = block->journeys;
	matrix->transitions = block->transitions;
	matrix->n_nodes = cursor.n_nodes;
	matrix->names = names;
	matrix->cells = cx_alloc((size_t) block->n_cells + 1, sizeof(TransitionCell));
	while (matrix->n_cells <= block->n_cells && next_cell(&cursor, &matrix->cells[matrix->n_cells]))
		matrix->n_cells++;
	if (cursor.damaged || matrix->n_cells > block->n_cells)
	{
		transition_close(matrix);
		return NULL;
	}
	if (block->flags & TRANSITION_HASHED)
	{
		drop_unused(matrix);
		transition_sort(matrix);
	}
	return matrix;
}

void
transition_close(TransitionMatrix *matrix)
{
	cx_free(matrix->names);
	cx_free(matrix->cells);
	cx_free(matrix);
}

/* ---------- Packing ---------- */

TransitionBlock *
transition_pack(const TransitionMatrix *matrix, size_t *size)
{
	const TransitionDefinition *definition = &matrix->definition;
	size_t		names_size = 0;
	size_t		cells_size = 0;
	TransitionBlock *block;
	uint8_t    *out;

	for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
		names_size += varint_size(matrix->names[i].length) + matrix->names[i].length;
	for (uint32_t i = 0; i < matrix->n_cells; i++)
		cells_size += varint_size(matrix->cells[i].key - (i == 0 ? 0 : matrix->cells[i - 1].key)) +
			varint_size((uint64_t) matrix->cells[i].count);
	*size = sizeof(TransitionBlock) + definition->until.length + names_size + cells_size;
	if (*size > TRANSITION_MAX_SIZE || matrix->n_nodes - TRANSITION_NAMED > TRANSITION_MAX_NODES)
		return NULL;

	block = cx_alloc0(1, *size);
	block->version = TRANSITION_VERSION;
	block->by = (uint8_t) definition->by;
	block->flags = (definition->restart ? TRANSITION_RESTART : 0) |
		(definition->until.bytes != NULL ? TRANSITION_UNTIL : 0);
	block->until_size = definition->until.length;
	block->names_size = (uint32_t) names_size;
	block->n_nodes = matrix->n_nodes - TRANSITION_NAMED;
	block->n_cells = matrix->n_cells;
	block->journeys = matrix->journeys;
	block->transitions = matrix->transitions;
	out = (uint8_t *) block->data;
	if (block->until_size > 0)
		memcpy(out, definition->until.bytes, block->until_size);
	out += block->until_size;
	for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
	{
		out = varint_write(out, matrix->names[i].length);
		memcpy(out, matrix->names[i].bytes, matrix->names[i].length);
		out += matrix->names[i].length;
	}
	for (uint32_t i = 0; i < matrix->n_cells; i++)
	{
		out = varint_write(out, matrix->cells[i].key - (i == 0 ? 0 : matrix->cells[i - 1].key));
		out = varint_write(out, (uint64_t) matrix->cells[i].count);
	}
	return block;
}

/* ---------- Counts from outside ---------- */

/* What flows through the nodes, added up. */
typedef struct Flow
{
	int64_t		in;
	int64_t		out;
} Flow;

static const char *
names_problem(const TransitionMatrix *matrix)
{
	if (matrix->n_nodes - TRANSITION_NAMED > TRANSITION_MAX_NODES)
		return "There are too many nodes.";
	for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
	{
		if (matrix->names[i].length > NAME_MAX_LENGTH)
			return "The name of a node is too long.";
		if (i > TRANSITION_NAMED && name_compare(&matrix->names[i - 1], &matrix->names[i]) >= 0)
			return "A node is there twice.";
	}
	return NULL;
}

/* The cells of one pair, from *at on; moves past them and adds them up. */
static const char *
pair_problem(const TransitionMatrix *matrix, uint32_t *at, int64_t *journeys, int64_t *transitions)
{
	const TransitionCell *cells = matrix->cells;
	uint64_t	pair = cells[*at].key >> TRANSITION_TARGET_SHIFT;
	uint32_t	source = transition_key_source(cells[*at].key);
	uint32_t	target = transition_key_target(cells[*at].key);
	bool		timeless = source == TRANSITION_START || target == TRANSITION_END;
	int64_t		repeats = 0;

	*transitions = 0;
	if (source >= matrix->n_nodes || target >= matrix->n_nodes || source == TRANSITION_END ||
		target == TRANSITION_START || (source == TRANSITION_START && target == TRANSITION_END))
		return "A transition is between nodes that are not there.";
	for (; *at < matrix->n_cells && cells[*at].key >> TRANSITION_TARGET_SHIFT == pair; (*at)++)
	{
		const TransitionCell *cell = &cells[*at];
		uint32_t	bin = transition_key_bin(cell->key);

		if (*at > 0 && cell->key == cell[-1].key)
			return "A transition, or a bin of one, is there twice.";
		if (cell->count < 1 || cell->count > TRANSITION_MAX_COUNT - *transitions)
			return "A count is out of range.";
		if (bin == TRANSITION_REPEATS)
			repeats = cell->count;
		else if (bin >= TRANSITION_BINS || (bin == TRANSITION_NO_TIME) != timeless)
			return "A bin is out of range.";
		else
			*transitions += cell->count;
	}
	*journeys = *transitions - repeats;
	if (*journeys < 1 || *journeys > matrix->journeys)
		return "A transition is in more journeys than it can be, or in none.";
	return NULL;
}

/* Whatever goes into a node goes out of it, and as many paths end as start. */
static const char *
flow_problem(const TransitionMatrix *matrix, const Flow *flows, int64_t started, int64_t ended)
{
	int64_t		paths = flows[TRANSITION_START].out;

	for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
	{
		if (flows[i].in == 0)
			return "A node is in no transition.";
		if (flows[i].in != flows[i].out)
			return "What goes into a node does not go out of it.";
	}
	if (paths != flows[TRANSITION_END].in)
		return "As many paths have to end as start.";
	if (started < matrix->journeys || ended < matrix->journeys || paths < matrix->journeys)
		return "A journey has no start or no end.";
	if (paths > matrix->journeys &&
		!(matrix->definition.restart && matrix->definition.until.bytes != NULL))
		return "A journey has more paths than one.";
	return NULL;
}

const char *
transition_problem(TransitionMatrix *matrix)
{
	const char *problem = names_problem(matrix);
	Flow	   *flows;
	int64_t		started = 0;	/* sums of journeys */
	int64_t		ended = 0;

	if (problem != NULL)
		return problem;
	if (matrix->journeys < 1 || matrix->journeys > TRANSITION_MAX_COUNT)
		return "The number of journeys is out of range.";
	flows = cx_alloc0(matrix->n_nodes, sizeof(Flow));
	matrix->transitions = 0;
	for (uint32_t i = 0; i < matrix->n_cells && problem == NULL;)
	{
		uint32_t	source = transition_key_source(matrix->cells[i].key);
		uint32_t	target = transition_key_target(matrix->cells[i].key);
		int64_t		journeys;
		int64_t		transitions;

		problem = pair_problem(matrix, &i, &journeys, &transitions);
		if (problem == NULL && transitions > TRANSITION_MAX_COUNT - matrix->transitions)
			problem = "There are more transitions than can be counted.";
		if (problem != NULL)
			break;
		matrix->transitions += transitions;
		flows[source].out += transitions;
		flows[target].in += transitions;
		started += source == TRANSITION_START ? journeys : 0;
		ended += target == TRANSITION_END ? journeys : 0;
	}
	if (problem == NULL)
		problem = flow_problem(matrix, flows, started, ended);
	cx_free(flows);
	return problem;
}
