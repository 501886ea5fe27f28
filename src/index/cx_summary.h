/*
 * cx_summary.h
 *	  The stored form of answers on the dimensions of customer experience.
 *
 * The public header of the index wing. Include it after postgres.h and fmgr.h.
 *
 * On disk: a 16-byte header, then
 *
 *	  directory		a dimension after the other, sorted by name bytewise: int8
 *					scale_min, int8 scale_max, uint8 length of the name, the name;
 *					zeros up to a multiple of 8 bytes
 *	  weighted:		float8 sum of w for each slot, then float8 sum of w^2 for each
 *	  weighted and joint:	float8 products, PRODUCTS a pair (cx_data.h)
 *	  counts		uint32 for each slot, or int64 with WIDE
 *	  joint, not weighted:	int32 products, or int64 with WIDE
 *
 * where a dimension has a slot for each score of its scale. A value is
 * canonical: no dimension without answers, and WIDE only where it has to be.
 *
 * States of aggregates may have empty dimensions, be MIXED (rollup met both
 * respondents and single answers) or BUFFERED: then the
 * directory is in order of appearance, rows follow it as they came, and `slots`
 * is their length in bytes. A row is the number of its answers (uint8), for
 * each the number of its dimension (uint8) and its score (int8), and the weight
 * (float8).
 */
#ifndef CX_SUMMARY_H
#define CX_SUMMARY_H

#include "index/cx_data.h"

#define CX_SUMMARY_VERSION 1

#define CX_SUMMARY_WEIGHTED 0x01
#define CX_SUMMARY_JOINT 0x02
#define CX_SUMMARY_WIDE 0x04
#define CX_SUMMARY_BUFFERED 0x08	/* in states only */
#define CX_SUMMARY_MIXED 0x10	/* in states only */
#define CX_SUMMARY_FLAGS \
	(CX_SUMMARY_WEIGHTED | CX_SUMMARY_JOINT | CX_SUMMARY_WIDE | CX_SUMMARY_MIXED)

typedef struct CxSummary
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	uint16		ndims;
	uint16		directory_size;
	uint16		slots;			/* of all dimensions together */
	uint32		zero;
	char		data[FLEXIBLE_ARRAY_MEMBER];
} CxSummary;

StaticAssertDecl(offsetof(CxSummary, data) == 16, "the parts start aligned");

/* Bytes of a directory entry before its name. */
#define CX_ENTRY_HEADER 3

/* Bytes of a buffered row of n answers. */
#define CX_BUFFERED_ROW(n) (1 + 2 * (n) + sizeof(float8))

/* The end of the directory's last entry, from the start of `data`. */
extern Size cx_directory_end(const CxSummary *s);

/* 22023 unless a dimension's name may have so many bytes. */
extern void cx_check_name(int length);

/* Where the parts of an aligned summary stand. */
typedef struct CxParts
{
	float8	   *weights;
	float8	   *squares;
	float8	   *float_products;
	uint32	   *counts32;		/* one of the two, NULL the other */
	int64	   *counts64;
	int32	   *products32;		/* one of the two, when joint and not weighted */
	int64	   *products64;
} CxParts;

extern CxParts cx_summary_parts(CxSummary *s);

/* An empty working form with room for `ndims` dimensions, in the current context. */
extern CxData *cx_data_new(int ndims, bool weighted, bool joint);

/* Reads an argument, toasted or packed, into its working form, in the current context. */
extern CxData *cx_summary_load(Datum value);

/*
 * Stores the working form: as a canonical value, or with `canonical` false as a
 * state that keeps its empty dimensions. `wide` asks for 64 bits even where 32
 * would do.
 */
extern CxSummary *cx_summary_store(const CxData *data, bool canonical, bool wide);

/* Room for a dimension at the place of its name; returns that place. 22023, 54000 where it cannot be. */
extern int	cx_data_add_dimension(CxData *data, const char *name, int name_length,
								  int scale_min, int scale_max);

/* Forgets dimensions that have no answers any more, as a moving frame leaves them. */
extern void cx_data_drop_empty(CxData *data);

/* Turns what is known without weights into sums of weights of 1. */
extern void cx_data_make_weighted(CxData *data);

/* The largest base a pair's int32 products surely hold. */
static inline int32
cx_narrow_limit(int span_1, int span_2)
{
	return PG_INT32_MAX / (span_1 * span_2);
}

/* False when responses, sums of weights or products pass their limits; the error to raise then. */
extern bool cx_data_sums_fit(const CxData *data);
pg_noreturn extern void cx_summary_overflow(void);

/* 22023: one dimension came on two scales. */
pg_noreturn extern void cx_scale_conflict(const char *name, int name_length, int scale_min, int scale_max,
							  int other_min, int other_max);

#endif							/* CX_SUMMARY_H */
