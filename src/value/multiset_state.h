/*
 * multiset_state.h
 *	  Types that are a multiset: arguments, states of aggregates, binary form.
 *
 * Include it after postgres.h and fmgr.h. Such a type is a canonical Multiset
 * (multiset.h) and its version byte is MULTISET_VERSION. `words` is the size of
 * its keys and `type` its name, for messages. The transition functions are not
 * strict; in a moving frame they keep the state canonical while it is small.
 */
#ifndef CX_MULTISET_STATE_H
#define CX_MULTISET_STATE_H

#include "value/multiset.h"

/* Reads a stored value, unpacked; XX001 where its layout is not that of a canonical one with a record. */
extern Multiset *multiset_arg(Datum value, int words, const char *type);

/* The same for a stored value or the state of an aggregate. */
extern Multiset *multiset_or_state_arg(Datum value, int words, const char *type);

/*
 * Argument 0 of a transition function, to change in place; where there is none
 * yet a new one of no rows. 0A000 outside an aggregate.
 */
extern Multiset *multiset_state(FunctionCallInfo fcinfo, int words);

/* What a transition function returns for a row that is ignored: NULL, or the state as it is. */
extern Datum multiset_same_state(FunctionCallInfo fcinfo, int words);

/* Adds a key once to a state and returns what the transition function returns; 54000 past the limit. */
extern Datum multiset_state_add(FunctionCallInfo fcinfo, Multiset *state, const uint64_t *key,
								const char *type);

/* Takes it away again, for an inverse transition function: NULL, a restart of the frame, when it was not there. */
extern Datum multiset_state_remove(FunctionCallInfo fcinfo, Multiset *state, const uint64_t *key,
								   const char *type);

/*
 * The whole of a combine function, which is also the transition function of
 * rollup, and of its inverse: argument 1 into or out of argument 0. A unit that
 * differs is for the caller to refuse before. A state without rows takes over
 * the unit of the other.
 */
extern Datum multiset_state_combine(FunctionCallInfo fcinfo, int words, const char *type);
extern Datum multiset_state_combine_inv(FunctionCallInfo fcinfo, int words, const char *type);

/* The whole of a strict final function: the canonical form, NULL without a row. */
extern Datum multiset_state_final(FunctionCallInfo fcinfo, int words, const char *type);

/* Sets the length word of a canonical block and makes it a Datum. */
extern Datum multiset_datum(Multiset *m);

/* Raises what a status that is not MULTISET_OK says: 54000, 22003 or XX001. */
pg_noreturn extern void multiset_raise(MultisetStatus status, const char *type);

/*
 * The binary form: version byte, number of records as int32, unit as float8,
 * then for each record its words as they are and its count, int64 each.
 * multiset_receive raises 22P03 for anything that is not canonical; what the
 * words mean is for the caller to check.
 */
extern Datum multiset_send(const Multiset *m);
extern Multiset *multiset_receive(FunctionCallInfo fcinfo, int words, const char *type);

#endif							/* CX_MULTISET_STATE_H */
