/*
 * results.c
 *	  What SQL-callable functions of every wing return and report alike.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"

StaticAssertDecl(FLOAT8_TEXT_SIZE > DOUBLE_SHORTEST_DECIMAL_LEN, "a float8 fits its buffer");

Datum
float8_or_null(double value, bool *isnull)
{
	*isnull = !isfinite(value);
	return *isnull ? (Datum) 0 : Float8GetDatum(value);
}

const char *
float8_text(double value, char *buffer)
{
	double_to_shortest_decimal_buf(value, buffer);
	return buffer;
}

TupleDesc
result_row_type(FunctionCallInfo fcinfo)
{
	TupleDesc	row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is not a row type");
	return BlessTupleDesc(CreateTupleDescCopy(row));
}

/* How far the reader of a dashboard may trust a base of this size. */
static const char *
base_quality(double effective_base)
{
	/* Thirty equal weights may come to 29.999999999999996. */
	double		base = effective_base * (1 + 1e-9);

	return base >= 100 ? "ok" : base >= 30 ? "low" : "insufficient";
}

Datum
estimate_record(FunctionCallInfo fcinfo, const Estimate *estimate)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;
	Datum		values[7];
	bool		nulls[7] = {false};

	if (desc == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		fcinfo->flinfo->fn_extra = desc = result_row_type(fcinfo);
		MemoryContextSwitchTo(caller);
	}

	values[0] = float8_or_null(estimate->value, &nulls[0]);
	values[1] = float8_or_null(estimate->lo, &nulls[1]);
	values[2] = float8_or_null(estimate->hi, &nulls[2]);
	values[3] = float8_or_null(estimate->std_error, &nulls[3]);
	values[4] = Int64GetDatum(estimate->responses);
	values[5] = float8_or_null(estimate->effective_base, &nulls[5]);
	values[6] = CStringGetTextDatum(base_quality(estimate->effective_base));
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

RowSet
rowset_open(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		(result->allowedModes & SFRM_Materialize) == 0 || result->expectedDesc == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in a context that cannot accept a set"),
				 errhint("Call it in FROM, for example with CROSS JOIN LATERAL.")));
	result->isDone = ExprEndResult;
	return (RowSet) {result};
}

/* The rows are of the type that the executor expects; setDesc stays NULL, or it would free it. */
static void
make_store(ReturnSetInfo *result)
{
	MemoryContext caller = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);

	result->setResult = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0,
											  false, work_mem);
	MemoryContextSwitchTo(caller);
	result->returnMode = SFRM_Materialize;
	result->isDone = ExprSingleResult;
}

void
rowset_add(RowSet *rows, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = rows->result;

	if (unlikely(result->setResult == NULL))
		make_store(result);
	tuplestore_putvalues(result->setResult, result->expectedDesc, values, nulls);
}

void
not_in_aggregate(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("transition function called outside an aggregate"),
			 errhint("Call the aggregate instead.")));
}

double
confidence_arg(FunctionCallInfo fcinfo, int arg)
{
	double		confidence = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence %s is not between 0 and 1", float8_text(confidence, number)),
				 errhint("A 95 %% interval is 0.95.")));
	return confidence;
}

/* The names as a list for a hint. */
static char *
list_names(const char *const *names)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; names[i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
	return list.data;
}

int
choice_arg(FunctionCallInfo fcinfo, int arg, const char *what, const char *const *names)
{
	text	   *given = PG_GETARG_TEXT_PP(arg);
	const char *bytes = VARDATA_ANY(given);
	size_t		length = VARSIZE_ANY_EXHDR(given);

	for (int i = 0; names[i] != NULL; i++)
	{
		if (strlen(names[i]) == length && memcmp(names[i], bytes, length) == 0)
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s \"%s\"", what, text_to_cstring(given)),
			 errhint("Use one of: %s.", list_names(names))));
}

char *
json_error_detail(const JsonReader *reader)
{
	/* The reader may have stopped inside a character. */
	int			whole = pg_mbcliplen(reader->start, reader->end - reader->start,
									 reader->at - reader->start);

	return psprintf("Expected %s at character %d.", reader->expected,
					pg_mbstrlen_with_len(reader->start, whole) + 1);
}
