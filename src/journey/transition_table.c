/*
 * transition_table.c
 *	  The hash tables inside a hashed block, and how they grow; see transition_table.h.
 */
#include "common/memory.h"
#include "journey/transition_table.h"

/* Slots of the tables of a new block. */
#define FIRST_SLOTS 8

/* ---------- Layout ---------- */

static inline size_t
rooms_offset(const TransitionBlock *block)
{
	return sizeof(TransitionBlock) + ((size_t) block->until_size + 7) / 8 * 8;
}

static inline TransitionRooms *
rooms_of(const TransitionBlock *block)
{
	return (TransitionRooms *) ((char *) block + rooms_offset(block));
}

static size_t
size_with(const TransitionBlock *block, const TransitionRooms *rooms)
{
	return rooms_offset(block) + sizeof(TransitionRooms) + rooms->node_slots * sizeof(TransitionNode) +
		rooms->cell_slots * sizeof(TransitionCell) + rooms->names_room;
}

size_t
transition_block_size(const TransitionBlock *block)
{
	return size_with(block, rooms_of(block));
}

void
transition_table_open(TransitionTable *table, TransitionBlock *block)
{
	const TransitionRooms *rooms = rooms_of(block);

	table->block = block;
	table->nodes = (TransitionNode *) (rooms + 1);
	table->cells = (TransitionCell *) (table->nodes + rooms->node_slots);
	table->names = (char *) (table->cells + rooms->cell_slots);
	table->node_slots = rooms->node_slots;
	table->cell_slots = rooms->cell_slots;
	table->names_room = rooms->names_room;
	table->node_shift = 64 - __builtin_ctz(rooms->node_slots);
	table->cell_shift = 64 - __builtin_ctz(rooms->cell_slots);
}

static inline bool
is_table_size(uint32_t slots)
{
	return slots >= 2 && (slots & (slots - 1)) == 0;
}

bool
transition_table_fits(const TransitionBlock *block, size_t size)
{
	const TransitionRooms *rooms = rooms_of(block);
	TransitionTable table;

	if (rooms_offset(block) + sizeof(TransitionRooms) > size ||
		!is_table_size(rooms->node_slots) || !is_table_size(rooms->cell_slots) ||
		size_with(block, rooms) > size ||
		block->names_size > rooms->names_room ||
		block->n_nodes > rooms->node_slots / 2 || block->n_cells > rooms->cell_slots / 2)
		return false;
	transition_table_open(&table, (TransitionBlock *) block);
	for (uint32_t i = 0; i < table.node_slots; i++)
	{
		const TransitionNode *node = &table.nodes[i];

		if (node->number != 0 &&
			(node->number < TRANSITION_NAMED || node->number >= TRANSITION_NAMED + block->n_nodes ||
			 node->at > block->names_size || node->length > block->names_size - node->at))
			return false;
	}
	return true;
}

/* An empty block of the definition of `like` with such rooms. */
static TransitionBlock *
empty_block(const TransitionBlock *like, const TransitionRooms *rooms)
{
	TransitionBlock *block = cx_alloc0(1, size_with(like, rooms));

	memcpy(block, like, sizeof(TransitionBlock) + like->until_size);
	block->vl_len_ = 0;
	block->names_size = block->n_nodes = block->n_cells = 0;
	*rooms_of(block) = *rooms;
	return block;
}

TransitionBlock *
transition_block_new(const TransitionDefinition *definition)
{
	const TransitionRooms rooms = {.node_slots = FIRST_SLOTS, .cell_slots = FIRST_SLOTS};
	uint32_t	until_size = definition->until.length;
	TransitionBlock *like = cx_alloc0(1, sizeof(TransitionBlock) + until_size);
	TransitionBlock *block;

	like->version = TRANSITION_VERSION;
	like->by = (uint8_t) definition->by;
	like->flags = TRANSITION_HASHED;
	if (definition->restart)
		like->flags |= TRANSITION_RESTART;
	if (definition->until.bytes != NULL)
	{
		like->flags |= TRANSITION_UNTIL;
		like->until_size = until_size;
		memcpy(like->data, definition->until.bytes, until_size);
	}
	block = empty_block(like, &rooms);
	cx_free(like);
	return block;
}

/* ---------- Growing ---------- */

void
transition_node_fill(TransitionTable *table, TransitionNode *node, const TransitionName *name)
{
	TransitionBlock *block = table->block;

	node->head = name->head;
	node->tail = name->tail;
	node->length = name->length;
	node->at = block->names_size;
	memcpy(table->names + node->at, name->bytes, name->length);
	block->names_size += name->length;
	node->number = TRANSITION_NAMED + block->n_nodes++;
}

/* A power of two of which half holds so many and a quarter as many more; 0 when that is too large. */
static uint32_t
slots_for(uint64_t used, uint64_t more)
{
	uint64_t	slots = FIRST_SLOTS;

	while (slots / 2 < used + (more > used / 4 ? more : used / 4))
		slots *= 2;
	return slots > UINT32_MAX / 2 ? 0 : (uint32_t) slots;
}

/* Marks in used[] the nodes that have cells; returns how many cells count something. */
static uint32_t
find_used(const TransitionTable *table, bool *used)
{
	uint32_t	n_cells = 0;

	for (uint32_t i = 0; i < table->cell_slots; i++)
	{
		const TransitionCell *cell = &table->cells[i];

		if (cell->count == 0)
			continue;
		used[transition_key_source(cell->key)] = true;
		used[transition_key_target(cell->key)] = true;
		n_cells++;
	}
	return n_cells;
}

/* Copies the nodes that stay; number[] says which numbers they have then. */
static void
move_nodes(TransitionTable *to, const TransitionTable *from, const bool *used, uint32_t *number,
		   bool keep_nodes)
{
	for (uint32_t i = 0; i < from->node_slots; i++)
	{
		const TransitionNode *node = &from->nodes[i];
		TransitionName name = {node->head, node->tail, from->names + node->at, node->length};
		TransitionNode *place;

		if (node->number == 0 || !used[node->number])
			continue;
		place = transition_node_place(to, &name);
		transition_node_fill(to, place, &name);
		if (keep_nodes)
			place->number = node->number;
		number[node->number] = place->number;
	}
}

static void
move_cells(TransitionTable *to, const TransitionTable *from, const uint32_t *number)
{
	for (uint32_t i = 0; i < from->cell_slots; i++)
	{
		const TransitionCell *cell = &from->cells[i];

		if (cell->count != 0)
			*transition_count(to, transition_key(number[transition_key_source(cell->key)],
												 number[transition_key_target(cell->key)],
												 transition_key_bin(cell->key))) = cell->count;
	}
}

/* How many nodes are marked, and the bytes of their names. */
static uint32_t
count_used(const TransitionTable *table, const bool *used, uint64_t *name_bytes)
{
	uint32_t	n = 0;

	*name_bytes = 0;
	for (uint32_t i = 0; i < table->node_slots; i++)
	{
		if (table->nodes[i].number != 0 && used[table->nodes[i].number])
		{
			n++;
			*name_bytes += table->nodes[i].length;
		}
	}
	return n;
}

bool
transition_table_grow(TransitionTable *table, uint64_t nodes, uint64_t name_bytes, uint64_t cells, bool keep_nodes)
{
	const TransitionTable from = *table;
	uint32_t	numbers = TRANSITION_NAMED + from.block->n_nodes;
	bool	   *used = cx_alloc0(numbers, sizeof(bool));
	uint32_t   *number = cx_alloc0(numbers, sizeof(uint32_t));
	uint32_t	n_cells = find_used(&from, used);
	uint32_t	n_nodes;
	uint64_t	names_size;
	uint64_t	names_room;
	TransitionRooms rooms = {0};

	if (keep_nodes)
		memset(used, true, numbers);
	n_nodes = count_used(&from, used, &names_size);
	names_room = (names_size + (2 * name_bytes > names_size ? 2 * name_bytes : names_size) + 7) / 8 * 8;
	rooms.node_slots = slots_for(n_nodes, nodes);
	rooms.cell_slots = slots_for(n_cells, cells);
	rooms.names_room = (uint32_t) names_room;
	if (rooms.node_slots == 0 || rooms.cell_slots == 0 || names_room > TRANSITION_MAX_SIZE ||
		n_nodes + nodes > TRANSITION_NUMBERS ||
		size_with(from.block, &rooms) > TRANSITION_MAX_SIZE)
		return false;

	transition_table_open(table, empty_block(from.block, &rooms));
	number[TRANSITION_END] = TRANSITION_END;
	move_nodes(table, &from, used, number, keep_nodes);
	move_cells(table, &from, number);
	if (from.block != from.given)
		cx_free(from.block);
	cx_free(used);
	cx_free(number);
	return true;
}
