/*
 * name_table.h
 *	  The distinct names of a journey, as they are met.
 *
 * Plain C.
 */
#ifndef CX_NAME_TABLE_H
#define CX_NAME_TABLE_H

#include <stddef.h>

#include "journey/touchpoint.h"

typedef struct NameTable
{
	JourneyName	   *names;			/* by the order in which they came */
	uint32_t   *hashes;
	uint32_t	count;
	uint32_t	room;
	uint32_t   *slots;			/* open addressing: 1 + index of the name, 0 empty */
	uint32_t	mask;			/* slots - 1 */
	uint32_t	few_slots[64];
	JourneyName		few_names[32];
	uint32_t	few_hashes[32];
} NameTable;

/* The hash behind name_bit and the table: never to change, the bitmap is on disk. */
extern uint64_t name_hash(const char *bytes, uint32_t length);

/* The table itself is the caller's; what it comes to need beyond a few names is given back by name_table_free. */
extern void name_table_init(NameTable *table);
extern void name_table_free(NameTable *table);

/* The index of the name, which is added when it is new. Bytes are kept by reference. */
extern uint32_t name_table_index(NameTable *table, const JourneyName *name);

/* Order by bytes: codes[index] is the place of names[index], sorted[place] the name there. */
extern void name_table_sort(const NameTable *table, uint32_t *codes, JourneyName *sorted);

#endif							/* CX_NAME_TABLE_H */
