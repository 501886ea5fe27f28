/*
 * journey_path.c
 *	  journey_path and journey_links: the way of a journey, for a plain GROUP BY.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/memory.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"
#include "journey/path.h"

/* Arguments: journey, length, starting, ending, collapse, by. */
#define JOURNEY 0
#define LENGTH 1
#define STARTING 2
#define ENDING 3
#define COLLAPSE 4
#define BY 5

/* ---------- The arguments ---------- */

static uint32
length_arg(FunctionCallInfo fcinfo)
{
	int32		length = PG_GETARG_INT32(LENGTH);

	if (length < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("length %d is less than 1", length),
				 errhint("It is how many elements the path may have.")));
	if (length < 3 && !PG_ARGISNULL(STARTING) && !PG_ARGISNULL(ENDING))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("length %d is less than 3", length),
				 errhint("Between a starting and an ending event a path has to have room for the first, \"...\" and the last.")));
	return length;
}

/* NULL when one is NULL that must not be. Both anchors are one set of atoms, so that a journey's names are looked up once. */
static void *
compile_query(FunctionCallInfo fcinfo)
{
	PathQuery  *query;
	AtomList	anchors = {0};

	if (PG_ARGISNULL(LENGTH) || PG_ARGISNULL(COLLAPSE) || PG_ARGISNULL(BY))
		return NULL;
	query = palloc0(sizeof(PathQuery));
	query->length = length_arg(fcinfo);
	query->by = choice_arg(fcinfo, BY, "by", journey_by_names);
	query->collapse = PG_GETARG_BOOL(COLLAPSE);
	if (!PG_ARGISNULL(STARTING))
	{
		query->starting = UINT64CONST(1) << anchors.count;
		atoms_add_text(&anchors, PG_GETARG_TEXT_PP(STARTING), "starting event");
	}
	if (!PG_ARGISNULL(ENDING))
	{
		query->ending = UINT64CONST(1) << anchors.count;
		atoms_add_text(&anchors, PG_GETARG_TEXT_PP(ENDING), "ending event");
	}
	if (anchors.count > 0)
		query->anchors = atom_set_make(anchors.atoms, anchors.count);
	return query;
}

/* The path that the arguments ask for; false when there is none, or an argument is NULL that must not be. */
static bool
path_of_args(FunctionCallInfo fcinfo, Path *path)
{
	const PathQuery *query;
	JourneyView view;

	if (PG_ARGISNULL(JOURNEY))
		return false;
	query = call_cache(fcinfo, CALL_ARGS(LENGTH, BY), compile_query);
	if (query == NULL)
		return false;
	JOURNEY_ARG(JOURNEY, &view);
	path_read(&view, query, path);
	return path->count > 0;
}

/* ---------- The path ---------- */

/* The names as text[]; construct_array would copy each of them twice. */
static ArrayType *
names_array(const JourneyName *names, uint32 count)
{
	Size		size = ARR_OVERHEAD_NONULLS(1);
	ArrayType  *array;
	char	   *at;

	for (uint32 i = 0; i < count; i++)
		size += INTALIGN(VARHDRSZ + names[i].length);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a path of %u elements is larger than 1 GB", count),
				 errhint("Ask for a shorter one.")));
	array = palloc(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = (int) count;
	ARR_LBOUND(array)[0] = 1;
	at = ARR_DATA_PTR(array);
	for (uint32 i = 0; i < count; i++)
	{
		Size		length = VARHDRSZ + names[i].length;

		SET_VARSIZE(at, length);
		memcpy(VARDATA(at), names[i].bytes, names[i].length);
		memset(at + length, 0, INTALIGN(length) - length);
		at += INTALIGN(length);
		if (i % 65536 == 0)
			cx_check_interrupts();
	}
	return array;
}

PG_FUNCTION_INFO_V1(journey_path);
Datum
journey_path(PG_FUNCTION_ARGS)
{
	Path		path;
	ArrayType  *array;

	if (!path_of_args(fcinfo, &path))
		PG_RETURN_NULL();
	array = names_array(path.names, path.count);
	path_free(&path);
	PG_RETURN_ARRAYTYPE_P(array);
}

/* ---------- Its links ---------- */

PG_FUNCTION_INFO_V1(journey_links);
Datum
journey_links(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	Path		path;
	Datum		names[2];

	if (!path_of_args(fcinfo, &path))
		return (Datum) 0;
	for (uint32 i = 0; i < path.count; i++)
	{
		names[1] = PointerGetDatum(cstring_to_text_with_len(path.names[i].bytes, path.names[i].length));
		if (i > 0)
		{
			Datum		values[3] = {Int32GetDatum((int32) i), names[0], names[1]};
			bool		nulls[3] = {false};

			rowset_add(&rows, values, nulls);
			pfree(DatumGetPointer(names[0]));
		}
		names[0] = names[1];
		cx_check_interrupts();
	}
	path_free(&path);
	return (Datum) 0;
}
