/*
 * transition_matrix.c
 *	  The type transition_matrix: reading and making values; see transition_matrix.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "common/compat.h"
#include "journey/transition_matrix.h"

TransitionMatrix *
transition_matrix_load(Datum value)
{
	struct varlena *bytes = PG_DETOAST_DATUM(value);
	TransitionMatrix *matrix = transition_open((TransitionBlock *) bytes, VARSIZE(bytes));

	if (matrix == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("transition_matrix of %zu bytes is corrupt", (Size) VARSIZE(bytes))));
	return matrix;
}

TransitionPair *
transition_pairs(const TransitionMatrix *matrix, uint32 *count)
{
	uint32		n = 0;
	TransitionPair *pairs;
	uint64		before = UINT64_MAX;

	for (uint32 i = 0; i < matrix->n_cells; i++)
	{
		n += matrix->cells[i].key >> TRANSITION_TARGET_SHIFT != before;
		before = matrix->cells[i].key >> TRANSITION_TARGET_SHIFT;
	}
	pairs = MemoryContextAllocHuge(CurrentMemoryContext, (n + (Size) 1) * sizeof(TransitionPair));
	*count = 0;
	before = UINT64_MAX;
	for (uint32 i = 0; i < matrix->n_cells; i++)
	{
		const TransitionCell *cell = &matrix->cells[i];
		bool		repeats = transition_key_bin(cell->key) == TRANSITION_REPEATS;
		TransitionPair *pair;

		if (cell->key >> TRANSITION_TARGET_SHIFT != before)
			pairs[(*count)++] = (TransitionPair) {
				transition_key_source(cell->key), transition_key_target(cell->key), 0, 0, i, 0
			};
		before = cell->key >> TRANSITION_TARGET_SHIFT;
		pair = &pairs[*count - 1];
		pair->n_cells++;
		pair->transitions += repeats ? 0 : cell->count;
		pair->journeys += repeats ? -cell->count : cell->count;
	}
	return pairs;
}

TransitionBlock *
transition_matrix_make(const TransitionMatrix *matrix)
{
	size_t		size;
	TransitionBlock *block = transition_pack(matrix, &size);

	if (block == NULL)
		transition_matrix_too_large();
	SET_VARSIZE(block, size);
	return block;
}

/* ---------- Errors ---------- */

/* Appends a definition as a sentence would have it. */
static char *
describe(const TransitionDefinition *definition)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "by %s", journey_by_names[definition->by]);
	if (definition->until.bytes != NULL)
	{
		appendStringInfoString(&text, " until ");
		appendBinaryStringInfo(&text, definition->until.bytes, definition->until.length);
	}
	if (definition->restart)
		appendStringInfoString(&text, " with restart");
	return text.data;
}

void
transition_require_same(const TransitionDefinition *a, const TransitionDefinition *b)
{
	if (likely(transition_same_definition(a, b)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("different transitions cannot be summarised together"),
			 errdetail("One is %s; the other is %s.", describe(a), describe(b)),
			 errhint("Group by what the definition depends on.")));
}

void
transition_matrix_too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("transition_matrix is too large"),
			 errdetail("It has at most %d nodes and 1 GB.", TRANSITION_MAX_NODES),
			 errhint("Take events together first, by channel or phase or with journey_level.")));
}

void
transition_matrix_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("transition_matrix out of range"),
			 errdetail("It counts at most " INT64_FORMAT " transitions.", (int64) TRANSITION_MAX_COUNT)));
}
