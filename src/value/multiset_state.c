/*
 * multiset_state.c
 *	  Types that are a multiset: arguments, states of aggregates, binary form.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "value/multiset_state.h"

/* ---------- Blocks as values ---------- */

Datum
multiset_datum(Multiset *m)
{
	SET_VARSIZE(m, multiset_size(m));
	return PointerGetDatum(m);
}

static void
corrupt(const Multiset *m, const char *type)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("%s of %zu bytes is corrupt", type, (Size) VARSIZE(m))));
}

Multiset *
multiset_or_state_arg(Datum value, int words, const char *type)
{
	Multiset   *m = (Multiset *) PG_DETOAST_DATUM(value);

	if (!multiset_fits(m, VARSIZE(m), words))
		corrupt(m, type);
	return m;
}

Multiset *
multiset_arg(Datum value, int words, const char *type)
{
	Multiset   *m = multiset_or_state_arg(value, words, type);

	if (m->n_sorted == 0 || m->room != m->n_sorted)
		corrupt(m, type);
	return m;
}

void
multiset_raise(MultisetStatus status, const char *type)
{
	if (status == MULTISET_TOO_LARGE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s would be larger than %zu MB", type, MULTISET_MAX_BYTES >> 20),
				 errhint("Measure time in a coarser unit, so that more rows are equal, or summarise in smaller groups.")));
	if (status == MULTISET_OVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s out of range", type),
				 errdetail("The number of rows does not fit 64 bits.")));
	if (status == MULTISET_DAMAGED)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("%s is corrupt", type),
				 errdetail("Its records are not in ascending order.")));
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("more was taken away from a state of %s than was in it", type)));
}

/* ---------- States ---------- */

/* A moving frame asks for the result after every row. */
static inline bool
in_window(FunctionCallInfo fcinfo)
{
	return IsA(fcinfo->context, WindowAggState);
}

Multiset *
multiset_state(FunctionCallInfo fcinfo, int words)
{
	Multiset   *state = aggregate_state_or_null(fcinfo);

	return state != NULL ? state : multiset_new(words);
}

Datum
multiset_same_state(FunctionCallInfo fcinfo, int words)
{
	if (!PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (!AggCheckCallContext(fcinfo, NULL))
		not_in_aggregate();
	if (in_window(fcinfo))
		return multiset_datum(multiset_new(words));
	PG_RETURN_NULL();
}

Datum
multiset_state_add(FunctionCallInfo fcinfo, Multiset *state, const uint64_t *key, const char *type)
{
	MultisetStatus status = in_window(fcinfo) ? multiset_insert(&state, key, 1)
		: multiset_add(&state, key, 1);

	if (unlikely(status != MULTISET_OK))
		multiset_raise(status, type);
	return multiset_datum(state);
}

Datum
multiset_state_remove(FunctionCallInfo fcinfo, Multiset *state, const uint64_t *key,
					  const char *type)
{
	MultisetStatus status = multiset_insert(&state, key, -1);

	if (status == MULTISET_NEGATIVE)
		PG_RETURN_NULL();
	if (unlikely(status != MULTISET_OK))
		multiset_raise(status, type);
	return multiset_datum(state);
}

/* Frames whose state is larger than this leave what is merged in the tail. */
#define COMPACT_LIMIT 4096

/* Merges argument 1 times `sign` into the state. */
static Datum
merge_arg(FunctionCallInfo fcinfo, int sign, int words, const char *type)
{
	Multiset   *state;
	Multiset   *other;
	MultisetStatus status;

	if (PG_ARGISNULL(1))
		return multiset_same_state(fcinfo, words);
	state = multiset_state(fcinfo, words);
	other = multiset_or_state_arg(PG_GETARG_DATUM(1), words, type);
	if (state->total == 0)
		state->unit = other->unit;
	status = multiset_merge(&state, other, sign);
	if (status == MULTISET_OK && in_window(fcinfo) && state->n_sorted < COMPACT_LIMIT)
		status = multiset_compact(state);
	if ((Pointer) other != DatumGetPointer(PG_GETARG_DATUM(1)))
		pfree(other);
	if (status == MULTISET_NEGATIVE && sign < 0)
		PG_RETURN_NULL();
	if (status != MULTISET_OK)
		multiset_raise(status, type);
	return multiset_datum(state);
}

Datum
multiset_state_combine(FunctionCallInfo fcinfo, int words, const char *type)
{
	return merge_arg(fcinfo, 1, words, type);
}

Datum
multiset_state_combine_inv(FunctionCallInfo fcinfo, int words, const char *type)
{
	return merge_arg(fcinfo, -1, words, type);
}

Datum
multiset_state_final(FunctionCallInfo fcinfo, int words, const char *type)
{
	Multiset   *state = multiset_or_state_arg(PG_GETARG_DATUM(0), words, type);
	Multiset   *result;
	MultisetStatus status;

	if (state->total == 0)
		PG_RETURN_NULL();
	status = multiset_canonical(state, &result);
	if (status != MULTISET_OK)
		multiset_raise(status, type);
	return multiset_datum(result);
}

/* ---------- Binary form ---------- */

Datum
multiset_send(const Multiset *m)
{
	const size_t words = (size_t) m->n_sorted * (m->words + 1);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	enlargeStringInfo(&buffer, 1 + sizeof(int32) + sizeof(float8) + words * sizeof(uint64));
	pq_sendint8(&buffer, MULTISET_VERSION);
	pq_sendint32(&buffer, m->n_sorted);
	pq_sendfloat8(&buffer, m->unit);
	send_int64s(&buffer, m->records, words);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Multiset *
multiset_receive(FunctionCallInfo fcinfo, int words, const char *type)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	const size_t record_bytes = (words + 1) * sizeof(uint64);
	uint32		n;
	double		unit;
	Multiset   *m;
	const char *problem;

	receive_version(buffer, type, MULTISET_VERSION, 1 + sizeof(int32) + sizeof(float8));
	n = (uint32) pq_getmsgint(buffer, 4);
	unit = pq_getmsgfloat8(buffer);
	if (buffer->len - buffer->cursor != n * record_bytes)
		refuse_binary(type, "The length does not fit the number of records.");
	m = multiset_new_sized(words, n);
	if (m == NULL)
		multiset_raise(MULTISET_TOO_LARGE, type);
	m->n_sorted = n;
	m->unit = unit;
	receive_int64s(buffer, type, m->records, (size_t) n * (words + 1));
	for (uint32 i = 0; i < n; i++)
		m->total = (int64) ((uint64) m->total + (uint64) multiset_count(m, i));
	problem = multiset_problem(m);
	if (problem != NULL)
		refuse_binary(type, problem);
	return m;
}
