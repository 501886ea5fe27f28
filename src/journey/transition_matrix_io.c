/*
 * transition_matrix_io.c
 *	  The type transition_matrix: its text and binary forms.
 *
 * Text form: {"by": "event", "until": null, "restart": false, "journeys": 2,
 * "nodes": ["cart", "visit"], "transitions": [[0, 3, 2, 2], [2, 1, 1, 1],
 * [3, 1, 1, 1], [3, 2, 1, [[1130, 1]]]]}. A transition is the source, the
 * target, in how many journeys it is, and how often: from the start and to the
 * end a number, else the bins with their counts. Node 0 is the start, 1 the
 * end, those of "nodes" follow. Members, nodes, transitions and bins may come
 * in any order.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/transition_matrix.h"

#define TRANSITION_TYPE "transition_matrix"

StaticAssertDecl(sizeof(TransitionCell) == 2 * sizeof(int64), "a cell is its key and its count");

/* ---------- What is read, from either form ---------- */

typedef struct Parts
{
	TransitionMatrix matrix;
	Size		names_room;
	Size		cells_room;
} Parts;

static void
add_name(Parts *parts, JourneyName name)
{
	TransitionMatrix *matrix = &parts->matrix;

	if (matrix->n_nodes == parts->names_room)
	{
		parts->names_room = Max(16, 2 * parts->names_room);
		matrix->names = cx_realloc(matrix->names, parts->names_room, sizeof(JourneyName));
	}
	matrix->names[matrix->n_nodes++] = name;
}

static void
add_cell(Parts *parts, uint64 key, int64 count)
{
	TransitionMatrix *matrix = &parts->matrix;

	if (matrix->n_cells == parts->cells_room)
	{
		CHECK_FOR_INTERRUPTS();
		parts->cells_room = Max(64, 2 * parts->cells_room);
		matrix->cells = cx_realloc(matrix->cells, parts->cells_room, sizeof(TransitionCell));
	}
	matrix->cells[matrix->n_cells++] = (TransitionCell) {key, count};
}

/* Starts with the nodes every matrix has. */
static void
open_parts(Parts *parts)
{
	memset(parts, 0, sizeof(Parts));
	for (int node = 0; node < TRANSITION_NAMED; node++)
		add_name(parts, (JourneyName) {"", 0});
}

/* Reads a text as the atom that ends paths, and keeps its canonical form; false when it is none. */
static bool
add_until(Parts *parts, const char *text, Size length)
{
	Atom		atom;
	ParseProblem problem;
	PatternText canonical = {NULL, 0, 0};

	if (!atom_parse(text, length, &atom, &problem))
		return false;
	atom_write(&canonical, &atom);
	parts->matrix.definition.until = (JourneyName) {canonical.bytes, (uint32) canonical.length};
	return true;
}

/* Makes the value; NULL with *problem set when the parts do not fit together. */
static TransitionBlock *
assemble(Parts *parts, const char **problem)
{
	TransitionMatrix *matrix = &parts->matrix;

	for (uint32 i = 0; i < matrix->n_cells; i++)
	{
		if (transition_key_source(matrix->cells[i].key) >= matrix->n_nodes ||
			transition_key_target(matrix->cells[i].key) >= matrix->n_nodes)
		{
			*problem = "A transition is between nodes that are not there.";
			return NULL;
		}
	}
	transition_sort(matrix);
	*problem = transition_problem(matrix);
	return *problem == NULL ? transition_matrix_make(matrix) : NULL;
}

/* ---------- Text ---------- */

static void
append_number(StringInfo text, int64 number)
{
	char		digits[24];

	appendBinaryStringInfo(text, digits, pg_lltoa(number, digits));
}

static void
append_pair(StringInfo text, const TransitionMatrix *matrix, const TransitionPair *pair)
{
	const TransitionCell *cells = &matrix->cells[pair->first_cell];

	appendStringInfoChar(text, '[');
	append_number(text, pair->source);
	appendStringInfoString(text, ", ");
	append_number(text, pair->target);
	appendStringInfoString(text, ", ");
	append_number(text, pair->journeys);
	appendStringInfoString(text, ", ");
	if (pair->source == TRANSITION_START || pair->target == TRANSITION_END)
		append_number(text, pair->transitions);
	else
	{
		const char *separator = "[[";

		for (uint32 i = 0; i < pair->n_cells; i++)
		{
			if (transition_key_bin(cells[i].key) == TRANSITION_REPEATS)
				continue;
			appendStringInfoString(text, separator);
			separator = ", [";
			append_number(text, (int64) transition_key_bin(cells[i].key) - TRANSITION_TIMED);
			appendStringInfoString(text, ", ");
			append_number(text, cells[i].count);
			appendStringInfoChar(text, ']');
		}
		appendStringInfoChar(text, ']');
	}
	appendStringInfoChar(text, ']');
}

PG_FUNCTION_INFO_V1(transition_matrix_out);
Datum
transition_matrix_out(PG_FUNCTION_ARGS)
{
	TransitionMatrix *matrix = transition_matrix_load(PG_GETARG_DATUM(0));
	uint32		n_pairs;
	TransitionPair *pairs = transition_pairs(matrix, &n_pairs);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"by\": \"%s\", \"until\": ", journey_by_names[matrix->definition.by]);
	if (matrix->definition.until.bytes == NULL)
		appendStringInfoString(&text, "null");
	else
		append_json_string(&text, matrix->definition.until.bytes, matrix->definition.until.length);
	appendStringInfo(&text, ", \"restart\": %s, \"journeys\": " INT64_FORMAT ", \"nodes\": [",
					 matrix->definition.restart ? "true" : "false", matrix->journeys);
	for (uint32 node = TRANSITION_NAMED; node < matrix->n_nodes; node++)
	{
		appendStringInfoString(&text, node > TRANSITION_NAMED ? ", " : "");
		append_json_string(&text, matrix->names[node].bytes, matrix->names[node].length);
	}
	appendStringInfoString(&text, "], \"transitions\": [");
	for (uint32 i = 0; i < n_pairs; i++)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(&text, i > 0 ? ", " : "");
		append_pair(&text, matrix, &pairs[i]);
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

static bool
read_by(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	int			by = json_choice(reader, journey_by_names, "\"event\", \"channel\" or \"phase\"", buffer, size);

	parts->matrix.definition.by = (JourneyBy) by;
	return by >= 0;
}

/* A string in the encoding of the database. */
static bool
read_text(JsonReader *reader, char *buffer, Size size)
{
	return text_string(reader, buffer, size, "a name in the encoding of the database");
}

static bool
read_until(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	if (json_accept_null(reader))
		return true;
	if (!read_text(reader, buffer, size))
		return false;
	return add_until(parts, buffer, strlen(buffer)) ||
		json_fail(reader, "an atom as the pattern language has it");
}

/* true or false. */
static bool
read_restart(JsonReader *reader, Parts *parts)
{
	static const char *const words[] = {"false", "true"};

	for (int value = 0; value < 2; value++)
	{
		if (json_accept(reader, words[value][0]))
		{
			Size		rest = strlen(words[value]) - 1;

			if ((Size) (reader->end - reader->at) < rest || memcmp(reader->at, words[value] + 1, rest) != 0)
				break;
			reader->at += rest;
			parts->matrix.definition.restart = value == 1;
			return true;
		}
	}
	return json_fail(reader, "true or false");
}

static bool
read_nodes(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (parts->matrix.n_nodes == TRANSITION_NAMED + TRANSITION_MAX_NODES)
			return json_fail(reader, "fewer nodes");
		if (!read_text(reader, buffer, size))
			return false;
		add_name(parts, (JourneyName) {pstrdup(buffer), (uint32) strlen(buffer)});
	}
	return reader->expected == NULL;
}

static bool
read_node(JsonReader *reader, uint32 *node)
{
	int64		number;

	if (!json_int64(reader, &number) || !json_expect(reader, ',', "\",\""))
		return false;
	if (number < 0 || number >= TRANSITION_NAMED + TRANSITION_MAX_NODES)
		return json_fail(reader, "the number of a node");
	*node = (uint32) number;
	return true;
}

static bool
read_count(JsonReader *reader, int64 *count)
{
	if (!json_int64(reader, count))
		return false;
	return (*count > 0 && *count <= TRANSITION_MAX_COUNT) || json_fail(reader, "a count");
}

/* [[bin, count], ..] after the first bracket; adds the counts to *transitions. */
static bool
read_bins(JsonReader *reader, Parts *parts, uint32 source, uint32 target, int64 *transitions)
{
	bool		first = true;

	while (json_next(reader, &first, ']'))
	{
		int64		bin;
		int64		count;

		if (!json_expect(reader, '[', "\"[\"") || !json_int64(reader, &bin) ||
			!json_expect(reader, ',', "\",\"") || !read_count(reader, &count) ||
			!json_expect(reader, ']', "\"]\""))
			return false;
		if (bin < 0 || bin >= LOG_BINS)
			return json_fail(reader, "a bin with a count");
		if (count > TRANSITION_MAX_COUNT - *transitions)
			return json_fail(reader, "smaller counts");
		*transitions += count;
		add_cell(parts, transition_key(source, target, TRANSITION_TIMED + (uint32) bin), count);
	}
	return reader->expected == NULL;
}

/* [source, target, journeys, count or bins] */
static bool
read_pair(JsonReader *reader, Parts *parts)
{
	uint32		source;
	uint32		target;
	int64		journeys;
	int64		transitions = 0;

	if (!json_expect(reader, '[', "\"[\"") || !read_node(reader, &source) || !read_node(reader, &target) ||
		!read_count(reader, &journeys) || !json_expect(reader, ',', "\",\""))
		return false;
	if (json_accept(reader, '['))
	{
		if (!read_bins(reader, parts, source, target, &transitions))
			return false;
	}
	else if (!read_count(reader, &transitions))
		return false;
	else
		add_cell(parts, transition_key(source, target, TRANSITION_NO_TIME), transitions);
	if (journeys > transitions)
		return json_fail(reader, "no more journeys than transitions");
	if (journeys < transitions)
		add_cell(parts, transition_key(source, target, TRANSITION_REPEATS), transitions - journeys);
	return json_expect(reader, ']', "\"]\"");
}

static bool
read_pairs(JsonReader *reader, Parts *parts)
{
	bool		first = true;

	if (!json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		if (!read_pair(reader, parts))
			return false;
	}
	return reader->expected == NULL;
}

static const char *const member_names[] = {"by", "until", "restart", "journeys", "nodes", "transitions", NULL};

static bool
read_member(JsonReader *reader, Parts *parts, int member, char *buffer, Size size)
{
	switch (member)
	{
		case 0:
			return read_by(reader, parts, buffer, size);
		case 1:
			return read_until(reader, parts, buffer, size);
		case 2:
			return read_restart(reader, parts);
		case 3:
			return read_count(reader, &parts->matrix.journeys);
		case 4:
			return read_nodes(reader, parts, buffer, size);
		default:
			return read_pairs(reader, parts);
	}
}

static bool
read_matrix(JsonReader *reader, Parts *parts, char *buffer, Size size)
{
	unsigned int seen = 0;
	int			member;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while ((member = json_member(reader, member_names, &seen, buffer, size)) >= 0)
	{
		if (!read_member(reader, parts, member, buffer, size))
			return false;
	}
	return reader->expected == NULL && json_finish(reader);
}

PG_FUNCTION_INFO_V1(transition_matrix_in);
Datum
transition_matrix_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Size		size = strlen(text) + 1;
	Parts		parts;
	const char *problem = NULL;
	JsonReader	reader;
	TransitionBlock *block;

	text_open(&reader, text, size - 1);
	open_parts(&parts);
	if (!read_matrix(&reader, &parts, palloc(size), size))
		return refuse_json(fcinfo, TRANSITION_TYPE, &reader);
	block = assemble(&parts, &problem);
	if (block == NULL)
		return refuse_text(fcinfo, TRANSITION_TYPE, problem);
	PG_RETURN_POINTER(block);
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(transition_matrix_send);
Datum
transition_matrix_send(PG_FUNCTION_ARGS)
{
	TransitionMatrix *matrix = transition_matrix_load(PG_GETARG_DATUM(0));
	const TransitionDefinition *definition = &matrix->definition;
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, TRANSITION_VERSION);
	pq_sendint8(&buffer, definition->by);
	pq_sendint8(&buffer, definition->restart);
	pq_sendint8(&buffer, definition->until.bytes != NULL);
	if (definition->until.bytes != NULL)
		send_string(&buffer, definition->until.bytes, definition->until.length);
	pq_sendint64(&buffer, matrix->journeys);
	pq_sendint32(&buffer, matrix->n_nodes - TRANSITION_NAMED);
	for (uint32 node = TRANSITION_NAMED; node < matrix->n_nodes; node++)
		send_string(&buffer, matrix->names[node].bytes, matrix->names[node].length);
	pq_sendint32(&buffer, matrix->n_cells);
	send_int64s(&buffer, matrix->cells, (Size) matrix->n_cells * 2);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static JourneyName
receive_name(StringInfo buffer)
{
	int			length;
	char	   *text = receive_string(buffer, TRANSITION_TYPE, &length);

	return (JourneyName) {text, (uint32) length};
}

static void
receive_definition(StringInfo buffer, Parts *parts)
{
	int			by;
	int			restart;
	int			has_until;

	receive_version(buffer, TRANSITION_TYPE, TRANSITION_VERSION, 4);
	by = pq_getmsgbyte(buffer);
	restart = pq_getmsgbyte(buffer);
	has_until = pq_getmsgbyte(buffer);
	if (by > BY_PHASE || restart > 1 || has_until > 1)
		refuse_binary(TRANSITION_TYPE, "The definition is unknown.");
	parts->matrix.definition.by = (JourneyBy) by;
	parts->matrix.definition.restart = restart == 1;
	if (has_until)
	{
		JourneyName until = receive_name(buffer);

		if (!add_until(parts, until.bytes, until.length))
			refuse_binary(TRANSITION_TYPE, "What ends a path is not an atom of the pattern language.");
	}
}

PG_FUNCTION_INFO_V1(transition_matrix_recv);
Datum
transition_matrix_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	Parts		parts;
	const char *problem;
	uint32		n;
	TransitionBlock *block;

	open_parts(&parts);
	receive_definition(buffer, &parts);
	require_bytes(buffer, TRANSITION_TYPE, sizeof(int64) + sizeof(int32));
	parts.matrix.journeys = pq_getmsgint64(buffer);
	n = (uint32) pq_getmsgint(buffer, 4);
	if (n > TRANSITION_MAX_NODES)
		refuse_binary(TRANSITION_TYPE, "There are too many nodes.");
	for (uint32 i = 0; i < n; i++)
		add_name(&parts, receive_name(buffer));
	require_bytes(buffer, TRANSITION_TYPE, sizeof(int32));
	n = (uint32) pq_getmsgint(buffer, 4);
	require_bytes(buffer, TRANSITION_TYPE, (int64) n * 2 * sizeof(int64));
	for (uint32 i = 0; i < n; i++)
	{
		uint64		key = (uint64) pq_getmsgint64(buffer);

		add_cell(&parts, key, pq_getmsgint64(buffer));
	}
	require_end(buffer, TRANSITION_TYPE);
	block = assemble(&parts, &problem);
	if (block == NULL)
		refuse_binary(TRANSITION_TYPE, problem);
	PG_RETURN_POINTER(block);
}
