/*
 * results.h
 *	  What SQL-callable functions of every wing return and report alike.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_RESULTS_H
#define CX_RESULTS_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "nodes/execnodes.h"
#include "utils/tuplestore.h"

#include "common/estimate.h"
#include "common/json_reader.h"

/* The rows of a set-returning function while it fills them. */
typedef struct RowSet
{
	ReturnSetInfo *result;
} RowSet;

/* float8, or NULL for NaN and infinity: neither reaches SQL. Sets *isnull. */
extern Datum float8_or_null(double value, bool *isnull);

/* Returns a float8, NULL for NaN and infinity. */
#define RETURN_FLOAT8_OR_NULL(value) \
	do { \
		double		value_ = (value); \
		if (!isfinite(value_)) \
			PG_RETURN_NULL(); \
		PG_RETURN_FLOAT8(value_); \
	} while (0)

/* The SQL record `estimate`; the caller's declared result has to be that type. */
extern Datum estimate_record(FunctionCallInfo fcinfo, const Estimate *estimate);

/* The row type of the result, copied to the current context and blessed. */
extern TupleDesc result_row_type(FunctionCallInfo fcinfo);

/*
 * Opens the result of a function that RETURNS SETOF or TABLE; 0A000 where a set
 * cannot be taken. The tuplestore is made with the first row: where there is
 * none, the function has nothing to give back.
 */
extern RowSet rowset_open(FunctionCallInfo fcinfo);

/* Adds a row; what it points to is copied. */
extern void rowset_add(RowSet *rows, Datum *values, bool *nulls);

/* A confidence level strictly between 0 and 1, else 22023. */
extern double confidence_arg(FunctionCallInfo fcinfo, int arg);

/* Whether the call has the argument and it is not NULL. */
static inline bool
arg_is_given(FunctionCallInfo fcinfo, int arg)
{
	return arg < PG_NARGS() && !PG_ARGISNULL(arg);
}

/* Where `name` stands in `names`, which ends with NULL; else 22023 with the names in the hint. */
extern int	choice_arg(FunctionCallInfo fcinfo, int arg, const char *what,
					   const char *const *names);

/* Describes where and why reading the text of a value stopped, as an errdetail string. */
extern char *json_error_detail(const JsonReader *reader);

/* Raises 0A000: a transition function was called by hand. */
pg_noreturn extern void not_in_aggregate(void);

/*
 * Argument 0 of a transition function, to change in place: inside an aggregate
 * it is ours. The states of our aggregates are plain; one that somebody made
 * without INITCOND may start from a stored value, packed or toasted.
 */
static inline void *
aggregate_state(FunctionCallInfo fcinfo)
{
	Pointer		state = PG_GETARG_POINTER(0);

	if (unlikely(fcinfo->context == NULL ||
				 !(IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState))))
		not_in_aggregate();
	if (unlikely(!VARATT_IS_4B_U(state)))
		return PG_DETOAST_DATUM(PointerGetDatum(state));
	return state;
}

/* The same, or NULL where there is none yet. */
static inline void *
aggregate_state_or_null(FunctionCallInfo fcinfo)
{
	if (likely(!PG_ARGISNULL(0)))
		return aggregate_state(fcinfo);
	if (!AggCheckCallContext(fcinfo, NULL))
		not_in_aggregate();
	return NULL;
}

/* Shortest text that reads back to the same float8, whatever extra_float_digits says. */
extern const char *float8_text(double value, char *buffer);

#define FLOAT8_TEXT_SIZE 32

#endif							/* CX_RESULTS_H */
