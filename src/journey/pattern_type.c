/*
 * pattern_type.c
 *	  The SQL type journey_pattern, and the functions that look for patterns.
 *
 * A value is a version byte and the canonical text, so equal patterns are equal
 * bytes.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/journey_type.h"
#include "journey/pattern_match.h"
#include "journey/pattern_type.h"

#define PATTERN_TYPE "journey_pattern"
#define PATTERN_VERSION 1

/* ---------- Loading and making ---------- */

Pattern *
journey_pattern_load(Datum value)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(value);
	const char *bytes = VARDATA_ANY(packed);
	Size		size = VARSIZE_ANY_EXHDR(packed);
	ParseProblem problem;
	Pattern    *pattern = NULL;

	if (size > 0 && bytes[0] == PATTERN_VERSION)
		pattern = pattern_parse(bytes + 1, size - 1, &problem);
	if (pattern == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("journey_pattern of %zu bytes is corrupt", size)));
	return pattern;
}

static struct varlena *
make_value(const Pattern *pattern)
{
	PatternText text = {NULL, 0, 0};
	struct varlena *result;

	pattern_write(&text, pattern);
	result = palloc(VARHDRSZ + 1 + text.length);
	SET_VARSIZE(result, VARHDRSZ + 1 + text.length);
	VARDATA(result)[0] = PATTERN_VERSION;
	memcpy(VARDATA(result) + 1, text.bytes, text.length);
	return result;
}

/* The place of a problem in characters, from 1. */
static int
problem_character(const char *text, int length, const ParseProblem *problem)
{
	return pg_mbstrlen_with_len(text, Min((int) problem->at, length)) + 1;
}

/* Whether quotes around a name might be what is missing. */
static bool
quotes_may_help(int length, const ParseProblem *problem)
{
	return problem->at < length &&
		(strncmp(problem->expected, "a name", 6) == 0 || strncmp(problem->expected, "\"->\"", 4) == 0);
}

/* ---------- Text and binary forms ---------- */

PG_FUNCTION_INFO_V1(journey_pattern_in);
Datum
journey_pattern_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int			length = strlen(text);
	ParseProblem problem;
	Pattern    *pattern = pattern_parse(text, length, &problem);

	if (pattern == NULL)
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", PATTERN_TYPE, text),
						errdetail("Expected %s at character %d.", problem.expected,
								  problem_character(text, length, &problem)),
						quotes_may_help(length, &problem)
						? errhint("Put quotes around a name with blanks or signs in it: '''ER Registration'''.")
						: 0));
	if (pattern_compile(pattern) == NULL)
		cx_input_error(fcinfo->context,
					   (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("journey_pattern is too large"),
						errdetail("After its repetitions are written out, a pattern has at most %d atoms and %d ways from one to the next.",
								  PATTERN_MAX_POSITIONS, PATTERN_MAX_EDGES)));
	PG_RETURN_POINTER(make_value(pattern));
}

/* The text of a stored value, not terminated; XX001 where it is damaged. */
static const char *
stored_text(struct varlena *value, int *length)
{
	journey_pattern_load(PointerGetDatum(value));
	*length = VARSIZE_ANY_EXHDR(value) - 1;
	return VARDATA_ANY(value) + 1;
}

PG_FUNCTION_INFO_V1(journey_pattern_out);
Datum
journey_pattern_out(PG_FUNCTION_ARGS)
{
	int			length;
	const char *text = stored_text(PG_GETARG_VARLENA_PP(0), &length);

	PG_RETURN_CSTRING(pnstrdup(text, length));
}

PG_FUNCTION_INFO_V1(journey_pattern_send);
Datum
journey_pattern_send(PG_FUNCTION_ARGS)
{
	int			length;
	const char *text = stored_text(PG_GETARG_VARLENA_PP(0), &length);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbyte(&buffer, PATTERN_VERSION);
	pq_sendtext(&buffer, text, length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(journey_pattern_recv);
Datum
journey_pattern_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buffer);
	int			length;
	char	   *text;
	ParseProblem problem;
	Pattern    *pattern;

	if (version != PATTERN_VERSION)
		refuse_binary(PATTERN_TYPE, psprintf("Version %d is not known.", version));
	text = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	pattern = pattern_parse(text, length, &problem);
	if (pattern == NULL)
		refuse_binary(PATTERN_TYPE, psprintf("Expected %s at character %d.", problem.expected,
											 problem_character(text, length, &problem)));
	if (pattern_compile(pattern) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey_pattern is too large")));
	PG_RETURN_POINTER(make_value(pattern));
}

/* ---------- Kept from call to call ---------- */

#define PATTERN_ARG 1

static void *
compile_pattern(FunctionCallInfo fcinfo)
{
	PatternProgram *program = pattern_compile(journey_pattern_load(PG_GETARG_DATUM(PATTERN_ARG)));

	if (program == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("journey_pattern of %zu bytes is corrupt",
						(Size) VARSIZE_ANY_EXHDR(PG_GETARG_VARLENA_PP(PATTERN_ARG)))));
	return program;
}

static inline const PatternProgram *
pattern_arg(FunctionCallInfo fcinfo)
{
	return call_cache(fcinfo, CALL_ARG(PATTERN_ARG), compile_pattern);
}

/* What journey_match keeps. */
typedef struct MatchCall
{
	const PatternProgram *program;
	TupleDesc	row;			/* type of the result */
} MatchCall;

static void *
compile_match(FunctionCallInfo fcinfo)
{
	MatchCall  *call = palloc(sizeof(MatchCall));

	call->program = compile_pattern(fcinfo);
	call->row = result_row_type(fcinfo);
	return call;
}

/* ---------- Looking for a pattern ---------- */

PG_FUNCTION_INFO_V1(journey_matches);
Datum
journey_matches(PG_FUNCTION_ARGS)
{
	const PatternProgram *program = pattern_arg(fcinfo);
	JourneyView view;

	JOURNEY_ARG(0, &view);
	PG_RETURN_BOOL(pattern_exists(program, &view, NULL));
}

PG_FUNCTION_INFO_V1(journey_count);
Datum
journey_count(PG_FUNCTION_ARGS)
{
	const PatternProgram *program = pattern_arg(fcinfo);
	JourneyView view;

	JOURNEY_ARG(0, &view);
	PG_RETURN_INT64(pattern_count(program, &view, NULL));
}

/* (started_at, ended_at, ords, at) of the touchpoints at `places`. */
static Datum
match_row(TupleDesc type, const JourneyView *view, const uint32 *places, uint32 count)
{
	Datum	   *ords = palloc(count * sizeof(Datum));
	Datum	   *times = palloc(count * sizeof(Datum));
	int64	   *at = palloc_extended(view->count * sizeof(int64), MCXT_ALLOC_HUGE);
	Datum		values[4];
	bool		nulls[4] = {false};

	journey_read_times(view, at);
	for (uint32 i = 0; i < count; i++)
	{
		ords[i] = Int32GetDatum((int32) places[i] + 1);
		times[i] = TimestampTzGetDatum(at[places[i]]);
	}
	values[0] = times[0];
	values[1] = times[count - 1];
	values[2] = PointerGetDatum(construct_array(ords, count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
	values[3] = PointerGetDatum(construct_array(times, count, TIMESTAMPTZOID, sizeof(TimestampTz),
												FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	return HeapTupleGetDatum(heap_form_tuple(type, values, nulls));
}

PG_FUNCTION_INFO_V1(journey_match);
Datum
journey_match(PG_FUNCTION_ARGS)
{
	const MatchCall *call = call_cache(fcinfo, CALL_ARG(PATTERN_ARG), compile_match);
	JourneyView view;
	uint32	   *places;
	uint32		count;

	JOURNEY_ARG(0, &view);
	places = pattern_find(call->program, &view, &count, NULL);
	if (places == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(match_row(call->row, &view, places, count));
}
