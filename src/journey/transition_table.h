/*
 * transition_table.h
 *	  The hash tables inside a hashed block: what adding shares.
 *
 * Plain C, for the files transition_*.c.
 */
#ifndef CX_TRANSITION_TABLE_H
#define CX_TRANSITION_TABLE_H

#include "journey/transition_cells.h"
#include "journey/words.h"

/* How large the parts of a hashed block are. The tables are at most half full, their sizes powers of two. */
typedef struct TransitionRooms
{
	uint32_t	node_slots;
	uint32_t	cell_slots;
	uint32_t	names_room;		/* bytes */
	uint32_t	zero;
} TransitionRooms;

/* A name in the table of nodes. */
typedef struct TransitionNode
{
	uint64_t	head;			/* its first 8 bytes */
	uint64_t	tail;			/* its last 8 bytes where it has more than 8, else 0 */
	uint32_t	length;
	uint32_t	at;				/* in the names */
	uint32_t	number;			/* 0 in an empty place */
	uint32_t	zero;
} TransitionNode;

/* Nodes that have numbers: some more than a matrix may have, for those without cells. */
#define TRANSITION_NUMBERS ((1u << 21) - TRANSITION_NAMED)

/* A hashed block opened for changes. */
typedef struct TransitionTable
{
	TransitionBlock *given;		/* the caller's, never freed here */
	TransitionBlock *block;		/* this, or a larger copy */
	TransitionNode *nodes;
	TransitionCell *cells;
	char	   *names;
	uint32_t	node_slots;
	uint32_t	cell_slots;
	uint32_t	names_room;
	int			node_shift;		/* 64 less the bits of a place */
	int			cell_shift;
} TransitionTable;

/* Opens a block. `given` is left as it is. */
extern void transition_table_open(TransitionTable *table, TransitionBlock *block);

/* Whether a hashed block of `size` bytes can be read: its header lies inside it. */
extern bool transition_table_fits(const TransitionBlock *block, size_t size);

/*
 * Makes room for so many more nodes, bytes of names and cells. False when the
 * block would be too large. Nodes keep their numbers only when `keep_nodes`;
 * else those without cells go.
 */
extern bool transition_table_grow(TransitionTable *table, uint64_t nodes, uint64_t name_bytes, uint64_t cells,
								  bool keep_nodes);

/* The same where there is room already. */
static inline bool
transition_table_reserve(TransitionTable *table, uint64_t nodes, uint64_t name_bytes, uint64_t cells,
						 bool keep_nodes)
{
	const TransitionBlock *block = table->block;

	if (__builtin_expect((block->n_nodes + nodes) * 2 <= table->node_slots &&
						 block->names_size + name_bytes <= table->names_room &&
						 (block->n_cells + cells) * 2 <= table->cell_slots &&
						 block->n_nodes + nodes <= TRANSITION_NUMBERS, 1))
		return true;
	return transition_table_grow(table, nodes, name_bytes, cells, keep_nodes);
}

/* ---------- Nodes ---------- */

/* What a name is looked up by. */
typedef struct TransitionName
{
	uint64_t	head;
	uint64_t	tail;
	const char *bytes;
	uint32_t	length;
} TransitionName;

/* `end` is that of the memory the name stands in. No branch depends on the length where 8 bytes can be read. */
static inline TransitionName
transition_name(const char *bytes, uint32_t length, const char *end)
{
	TransitionName name = {0, 0, bytes, length};
	uint32_t	beyond = length > 8 ? length - 8 : 0;

	if (__builtin_expect(end - bytes >= 8, 1))
	{
		name.head = load_word(bytes) & (length < 8 ? (UINT64_C(1) << (8 * length)) - 1 : UINT64_MAX);
		name.tail = load_word(bytes + beyond) & -(uint64_t) (length > 8);
	}
	else
		name.head = name_head(bytes, length, end);
	return name;
}

#define TRANSITION_MIX UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t
transition_name_hash(const TransitionName *name)
{
	uint64_t	hash = name->head * TRANSITION_MIX;

	hash ^= hash >> 32;
	for (uint32_t at = 8; at + 8 < name->length; at += 8)
		hash = (hash ^ load_word(name->bytes + at)) * TRANSITION_MIX;
	return (hash + name->tail + name->length) * TRANSITION_MIX;
}

/* The place of a name in the table, or the empty one where it belongs. */
static inline TransitionNode *
transition_node_place(const TransitionTable *table, const TransitionName *name)
{
	uint32_t	at = (uint32_t) (transition_name_hash(name) >> table->node_shift);

	for (;; at = (at + 1) & (table->node_slots - 1))
	{
		TransitionNode *node = &table->nodes[at];

		if (node->number == 0 ||
			(node->head == name->head && node->tail == name->tail && node->length == name->length &&
			 (name->length <= 16 || memcmp(table->names + node->at, name->bytes, name->length) == 0)))
			return node;
	}
}

/* Puts a name into an empty place, for which there is room. */
extern void transition_node_fill(TransitionTable *table, TransitionNode *node, const TransitionName *name);

/* The number of a name; there is room for a new one. */
static inline uint32_t
transition_node_number(TransitionTable *table, const TransitionName *name)
{
	TransitionNode *node = transition_node_place(table, name);

	if (__builtin_expect(node->number == 0, 0))
		transition_node_fill(table, node, name);
	return node->number;
}

/* ---------- Cells ---------- */

/* Where the search for a key starts. */
static inline uint32_t
transition_cell_place(const TransitionTable *table, uint64_t key)
{
	return (uint32_t) (key * TRANSITION_MIX >> table->cell_shift);
}

/* The count of a key, of which there is room for a new one. */
static inline int64_t *
transition_count(TransitionTable *table, uint64_t key)
{
	uint32_t	at = transition_cell_place(table, key);

	while (__builtin_expect(table->cells[at].key != key, 0))
	{
		if (table->cells[at].key == 0)
		{
			table->cells[at].key = key;
			table->block->n_cells++;
			break;
		}
		at = (at + 1) & (table->cell_slots - 1);
	}
	return &table->cells[at].count;
}

#endif							/* CX_TRANSITION_TABLE_H */
