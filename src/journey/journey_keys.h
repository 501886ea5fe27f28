/*
 * journey_keys.h
 *	  What an index knows of a journey, and what it is asked.
 *
 * Plain C. A key is a hash of a fact about a journey: it has an event, an event
 * below a name, a channel, a channel below a name, or two events at adjacent
 * touchpoints. Keys are what an index stores, so a hash never changes; two
 * facts may share one, so what an index finds is looked at again.
 */
#ifndef CX_JOURNEY_KEYS_H
#define CX_JOURNEY_KEYS_H

#include "journey/journey_format.h"
#include "journey/pattern_require.h"

/* The key of a fact. */
extern uint64_t journey_key(const Requirement *fact);

/* The keys of a journey, each once, in no particular order. */
typedef struct JourneyKeys
{
	size_t		count;
	uint64_t   *keys;
	Requirement *facts;			/* what they stand for, or NULL; names point into the journey */
} JourneyKeys;

/* Collects them, with `facts` on demand. To be freed by journey_keys_free. */
extern void journey_keys_read(JourneyKeys *keys, const JourneyView *view, bool with_facts);
extern void journey_keys_free(JourneyKeys *keys);

/*
 * A question in facts: every clause has to hold, and a clause holds when one of
 * its facts does. No clause: any journey may be meant. A clause without facts
 * never holds.
 */
typedef struct KeyQuery
{
	int			n_clauses;
	int		   *ends;			/* clause k has the facts from ends[k - 1], or 0, up to ends[k] */
	int			n_facts;
	Requirement *facts;			/* names as in what the query was made of */
} KeyQuery;

/* All of these events, and any of them. One piece of memory: to be freed by cx_free. */
extern KeyQuery *key_query_all(const NameTest *events, int count);
extern KeyQuery *key_query_any(const NameTest *events, int count);

/* What a match of the pattern needs, without clauses that follow from others. */
extern KeyQuery *key_query_of_pattern(const Pattern *pattern);

/* What never holds. */
extern KeyQuery *key_query_never(void);

#endif							/* CX_JOURNEY_KEYS_H */
