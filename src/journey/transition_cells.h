/*
 * transition_cells.h
 *	  How often many journeys went from node to node: one flat block.
 *
 * Plain C. A path is start -> node -> .. -> node -> end. Every pair of
 * neighbours is counted in a cell by how long it took (log_bins.h). Where a
 * journey has the pair again, another cell of the pair counts that too: so the
 * journeys of a pair are its transitions less these repeats, and what is rare
 * is what costs. A cell has the key
 *
 *	  source (21 bits) | target (21 bits) | bin (11 bits)
 *
 * with node 0 for the start, 1 for the end, and the names from 2 on.
 *
 * The block is a value of the SQL type transition_matrix, in one of two layouts.
 * Stored, it is canonical:
 *
 *	  header, the text of `until`, then without gaps
 *	  names		of the nodes, those with cells, in bytewise order: varint length, bytes
 *	  cells		by key: varint key less the one before, varint count
 *
 * As the state of an aggregate it is hashed, so that a transition is one step:
 *
 *	  header, the text of `until`, zeros up to a multiple of 8 bytes
 *	  rooms		how large the next parts are
 *	  nodes		hash table of TransitionNode, numbered as they came
 *	  cells		hash table of TransitionCell
 *	  names		bytes
 *
 * There a cell may have come down to 0, and a node may have no cells.
 */
#ifndef CX_TRANSITION_CELLS_H
#define CX_TRANSITION_CELLS_H

#include "common/log_bins.h"
#include "journey/atom.h"
#include "journey/journey_nodes.h"

#define TRANSITION_VERSION 1

/* What stands before the first and behind the last node of each path. */
#define TRANSITION_START 0
#define TRANSITION_END 1

/* The first node that has a name of its own. */
#define TRANSITION_NAMED 2

/* Nodes with names there can be: their numbers have 21 bits. */
#define TRANSITION_MAX_NODES 2000000

/* The most transitions that are counted. */
#define TRANSITION_MAX_COUNT ((INT64_C(1) << 47) - 1)

/* The bytes of a block end at 1 GB. */
#define TRANSITION_MAX_SIZE ((size_t) 0x3fffffff)

/* ---------- Cells ---------- */

#define TRANSITION_TARGET_SHIFT 11
#define TRANSITION_SOURCE_SHIFT 32

/* Bins of a key: repeats; from the start or to the end; then those of log_bins.h. */
#define TRANSITION_REPEATS 0
#define TRANSITION_NO_TIME 1
#define TRANSITION_TIMED 2
#define TRANSITION_BINS (TRANSITION_TIMED + LOG_BINS)

/* 0 is no key of a cell: nothing goes from the start to the start. */
typedef struct TransitionCell
{
	uint64_t	key;
	int64_t		count;
} TransitionCell;

static inline uint64_t
transition_key(uint32_t source, uint32_t target, uint32_t bin)
{
	return (uint64_t) source << TRANSITION_SOURCE_SHIFT | (uint64_t) target << TRANSITION_TARGET_SHIFT | bin;
}

static inline uint32_t
transition_key_source(uint64_t key)
{
	return (uint32_t) (key >> TRANSITION_SOURCE_SHIFT);
}

static inline uint32_t
transition_key_target(uint64_t key)
{
	return (uint32_t) (key >> TRANSITION_TARGET_SHIFT) & 0x1FFFFF;
}

static inline uint32_t
transition_key_bin(uint64_t key)
{
	return (uint32_t) key & 0x7FF;
}

/* The key of another bin of the same pair. */
static inline uint64_t
transition_key_of_bin(uint64_t key, uint32_t bin)
{
	return (key & ~UINT64_C(0x7FF)) | bin;
}

/* ---------- The block ---------- */

#define TRANSITION_RESTART 0x01
#define TRANSITION_UNTIL 0x02
#define TRANSITION_HASHED 0x04

typedef struct TransitionBlock
{
	int32_t		vl_len_;		/* the server's */
	uint8_t		version;
	uint8_t		by;				/* JourneyBy */
	uint8_t		flags;
	uint8_t		zero;
	uint32_t	until_size;		/* bytes of the canonical text of the atom */
	uint32_t	names_size;
	uint32_t	n_nodes;		/* with names */
	uint32_t	n_cells;
	int64_t		journeys;		/* with a path; 0 only in a state of nothing */
	int64_t		transitions;
	char		data[];
} TransitionBlock;

/* What a path is. */
typedef struct TransitionDefinition
{
	JourneyBy	by;
	bool		restart;
	JourneyName until;			/* canonical text of an atom; bytes NULL for none */
} TransitionDefinition;

/* How adding and taking away went. */
typedef enum TransitionOutcome
{
	TRANSITION_DONE,
	TRANSITION_IGNORED,			/* a journey without a node: nothing has changed */
	TRANSITION_MISSING,			/* it was not in there, or nothing would be left: the block is spoilt */
	TRANSITION_TOO_MANY,		/* above TRANSITION_MAX_COUNT: the block is spoilt */
	TRANSITION_TOO_LARGE		/* above TRANSITION_MAX_SIZE or TRANSITION_MAX_NODES: the block is spoilt */
} TransitionOutcome;

/* A hashed block of no journeys, by cx_alloc0. The length word is the caller's to set. */
extern TransitionBlock *transition_block_new(const TransitionDefinition *definition);

/* The bytes of a hashed block. */
extern size_t transition_block_size(const TransitionBlock *block);

extern TransitionDefinition transition_definition(const TransitionBlock *block);
extern bool transition_same_definition(const TransitionDefinition *a, const TransitionDefinition *b);

/*
 * Adds a journey to a hashed block, or takes it away. `until` is one atom, the
 * compiled definition, or NULL. Where there is not enough room, *block becomes a
 * larger copy by cx_alloc0; the one that was given is left to the caller.
 */
extern TransitionOutcome transition_add(TransitionBlock **block, const JourneyView *journey, const AtomSet *until);
extern TransitionOutcome transition_remove(TransitionBlock **block, const JourneyView *journey, const AtomSet *until);

/* The same for all that another block of the same definition counted, of `size` bytes; MISSING where it is damaged. */
extern TransitionOutcome transition_merge(TransitionBlock **block, const TransitionBlock *other, size_t size);
extern TransitionOutcome transition_unmerge(TransitionBlock **block, const TransitionBlock *other, size_t size);

/* ---------- Reading ---------- */

/* A block unpacked: what is used, in the canonical order, without nodes and cells that count nothing. */
typedef struct TransitionMatrix
{
	TransitionDefinition definition;	/* the text stays in the block */
	int64_t		journeys;
	int64_t		transitions;
	uint32_t	n_nodes;		/* start and end among them */
	uint32_t	n_cells;
	JourneyName *names;			/* by node; the bytes stay in the block */
	TransitionCell *cells;		/* by key */
} TransitionMatrix;

/* Unpacks a block of `size` bytes of either layout; NULL where it is damaged. Give it back with transition_close. */
extern TransitionMatrix *transition_open(const TransitionBlock *block, size_t size);
extern void transition_close(TransitionMatrix *matrix);

/* Brings nodes and cells that stand in any order into the canonical one; names and cells may be in there twice. */
extern void transition_sort(TransitionMatrix *matrix);

/* Why what came from outside, sorted, cannot be counts of journeys; NULL when it can. Sets matrix->transitions. */
extern const char *transition_problem(TransitionMatrix *matrix);

/* The canonical block, by cx_alloc0; NULL when it would be too large. */
extern TransitionBlock *transition_pack(const TransitionMatrix *matrix, size_t *size);

#endif							/* CX_TRANSITION_CELLS_H */
