/*
 * journey_state.h
 *	  Touchpoints as they came: the value that journey_agg builds up.
 *
 * Plain C. One block: a header, rows that grow from the front, names that grow
 * from the back, room between them. A row is
 *
 *	  u8       flags: unit of the time in bits 0 and 1, then has channel, value, score
 *	  varint   zigzag of the time since the row before, in the unit (us, ms, s, minute)
 *	  varint   number of the event's name
 *	  varint   number of the channel's name
 *	  float8   value
 *	  varint   zigzag of the score
 *
 * and a name is its bytes, then its length in 2 bytes, numbered from the back.
 * Only the first few names are looked up; what comes later is stored again for
 * each row, so that a row costs the same however many names a customer has.
 * Everything is small because a million of these stand in one hash table.
 */
#ifndef CX_JOURNEY_STATE_H
#define CX_JOURNEY_STATE_H

#include <stddef.h>

#include "journey/touchpoint.h"

#define JOURNEY_STATE_VERSION 1

typedef struct JourneyState
{
	int32_t		vl_len_;		/* the server's length word: the whole block, with its room */
	uint8_t		version;
	uint8_t		zero[3];
	uint32_t	count;			/* rows */
	uint32_t	used;			/* bytes of rows */
	uint32_t	names;			/* names */
	uint32_t	names_used;		/* bytes of names */
	int64_t		last_at;		/* time of the last row, 0 before the first */
	uint8_t		bytes[];
} JourneyState;

#define JOURNEY_STATE_HEADER offsetof(JourneyState, bytes)

/* Makes a block of `size` bytes an empty state; its length word is the caller's. */
extern void journey_state_init(JourneyState *state);

/*
 * Adds a touchpoint to a state in a block of `size` bytes. Returns 0, or where
 * there is no room for it the bytes that the block needs, and changes nothing.
 */
extern size_t journey_state_add(JourneyState *state, size_t size, const Touchpoint *touchpoint);

/* Moves what is in a state to a larger block. */
extern void journey_state_move(JourneyState *to, size_t to_size, const JourneyState *from, size_t from_size);

/*
 * Reads all rows into touchpoints[count], which point into the state. False
 * when the bytes cannot be a state.
 */
extern bool journey_state_read(const JourneyState *state, size_t size, Touchpoint *touchpoints);

/* The header fits the block: to be asked before anything else of a state from outside. */
extern bool journey_state_valid(const JourneyState *state, size_t size);

#endif							/* CX_JOURNEY_STATE_H */
