/*
 * journey_gin.c
 *	  The GIN operator class journey_ops.
 *
 * Its keys are the hashes of journey_keys.h as bigint: they take no more room in
 * the index than half of them would, and so many bits hardly ever meet. What
 * an operator asks for is a conjunction of disjunctions of keys.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "fmgr.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "journey/journey_contains.h"
#include "journey/journey_gin.h"
#include "journey/journey_type.h"
#include "journey/pattern_type.h"

KeyQuery *
journey_key_query(int operator_number, Datum right)
{
	const EventList *list;

	if (operator_number == JOURNEY_MATCHES)
		return key_query_of_pattern(journey_pattern_load(right));
	list = event_list_read(DatumGetArrayTypeP(right));
	if (operator_number == JOURNEY_OVERLAPS)
		return key_query_any(list->events, list->count);
	/* As with arrays: nothing contains a NULL. */
	return list->has_null ? key_query_never() : key_query_all(list->events, list->count);
}

/* Keys as SQL knows them: bigint. */
static Datum
key_datum(uint64 key)
{
	return Int64GetDatum((int64) key);
}

PG_FUNCTION_INFO_V1(journey_gin_extract_value);
Datum
journey_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	JourneyView view;
	JourneyKeys keys;
	Datum	   *result;

	JOURNEY_ARG(0, &view);
	journey_keys_read(&keys, &view, false);
	/* GIN sorts them in one piece of memory, with a word for each beside the key. */
	if (keys.count > MaxAllocSize / (2 * sizeof(Datum)))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey has too many different events and pairs of events to be indexed: %zu", keys.count),
				 errhint("Index journeys of shorter periods, a month for example.")));
	result = palloc(Max(keys.count, 1) * sizeof(Datum));
	for (size_t i = 0; i < keys.count; i++)
		result[i] = key_datum(keys.keys[i]);
	*n_keys = (int32) keys.count;
	journey_keys_free(&keys);
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(journey_gin_extract_query);
Datum
journey_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	Pointer   **extra_data = (Pointer **) PG_GETARG_POINTER(4);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	KeyQuery   *query = journey_key_query(PG_GETARG_UINT16(2), PG_GETARG_DATUM(0));
	Datum	   *keys = palloc(Max(query->n_facts, 1) * sizeof(Datum));

	*extra_data = palloc(Max(query->n_facts, 1) * sizeof(Pointer));
	for (int i = 0; i < query->n_facts; i++)
	{
		keys[i] = key_datum(journey_key(&query->facts[i]));
		(*extra_data)[i] = (Pointer) query;
	}
	*n_keys = query->n_facts;
	/* Without clauses every journey may pass, the empty one as well; a clause without keys is passed by none. */
	*search_mode = query->n_clauses == 0 ? GIN_SEARCH_MODE_ALL : GIN_SEARCH_MODE_DEFAULT;
	PG_RETURN_POINTER(keys);
}

/* Whether each clause has a key that is there, or may be. */
static bool
clauses_may_hold(const KeyQuery *query, const GinTernaryValue *check)
{
	int			fact = 0;

	for (int clause = 0; clause < query->n_clauses; clause++)
	{
		bool		may_hold = false;

		for (; fact < query->ends[clause]; fact++)
			may_hold |= check[fact] != GIN_FALSE;
		if (!may_hold)
			return false;
	}
	return true;
}

/*
 * Keys are hashes, so the best they tell is maybe. Without keys @> was given an
 * empty array, which every journey passes, and @~ a pattern that has to be tried.
 */
static GinTernaryValue
answer(StrategyNumber operator_number, int32 n_keys, Pointer *extra_data, const GinTernaryValue *check)
{
	if (n_keys == 0)
		return operator_number == JOURNEY_MATCHES ? GIN_MAYBE : GIN_TRUE;
	return clauses_may_hold((KeyQuery *) extra_data[0], check) ? GIN_MAYBE : GIN_FALSE;
}

/* The two kinds of `check` are arrays of the same bytes: GIN_FALSE is false, GIN_TRUE is true. */
PG_FUNCTION_INFO_V1(journey_gin_consistent);
Datum
journey_gin_consistent(PG_FUNCTION_ARGS)
{
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	GinTernaryValue result = answer(PG_GETARG_UINT16(1), PG_GETARG_INT32(3),
									(Pointer *) PG_GETARG_POINTER(4),
									(GinTernaryValue *) PG_GETARG_POINTER(0));

	*recheck = result == GIN_MAYBE;
	PG_RETURN_BOOL(result != GIN_FALSE);
}

PG_FUNCTION_INFO_V1(journey_gin_triconsistent);
Datum
journey_gin_triconsistent(PG_FUNCTION_ARGS)
{
	PG_RETURN_GIN_TERNARY_VALUE(answer(PG_GETARG_UINT16(1), PG_GETARG_INT32(3),
									   (Pointer *) PG_GETARG_POINTER(4),
									   (GinTernaryValue *) PG_GETARG_POINTER(0)));
}
