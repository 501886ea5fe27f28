/*
 * retention_summary.h
 *	  The stored form of many customers' retention: counts by period.
 *
 * Include it after postgres.h and fmgr.h. A value is canonical: the last period
 * is one that some array reaches. States of aggregates have room after it, in
 * VARSIZE.
 */
#ifndef CX_RETENTION_SUMMARY_H
#define CX_RETENTION_SUMMARY_H

#include "utils/array.h"

#include "journey/retained.h"

#define RETENTION_SUMMARY_VERSION 1

/* None is larger than the one before it. */
typedef struct RetentionCounts
{
	int64		reach;			/* arrays with an element there */
	int64		eligible;		/* that is not NULL */
	int64		retained;		/* and true */
} RetentionCounts;

typedef struct RetentionSummary
{
	int32		vl_len_;
	uint8		version;		/* 0: a state of nothing yet */
	uint8		zero[3];
	uint32		n_periods;
	uint32		zeros;
	int64		arrays;			/* all that were looked at */
	RetentionCounts periods[FLEXIBLE_ARRAY_MEMBER];
} RetentionSummary;

StaticAssertDecl(offsetof(RetentionSummary, periods) == 24, "no padding before the periods");

/* A summary of nothing with room for `periods`, in the current context. */
extern RetentionSummary *retention_summary_new(uint32 periods);

/* Reads an argument, unpacked; XX001 where it is damaged. */
extern RetentionSummary *retention_summary_load(Datum value);

/* The elements of a boolean[]: 22023 for several dimensions, 54000 for more than RETAINED_MAX_PERIODS. */
extern int	retention_array_length(const ArrayType *array);

/*
 * Adds an array to a state; returns the state, or a larger copy of it in the
 * current context. 22003 when there are too many.
 */
extern RetentionSummary *retention_summary_add(RetentionSummary *s, ArrayType *array);

/* The same for all that another summary counted. */
extern RetentionSummary *retention_summary_merge(RetentionSummary *s, const RetentionSummary *other);

/* Takes away again; false, and the state is spoilt, when nothing would be left or it was not in there. */
extern bool retention_summary_remove(RetentionSummary *s, ArrayType *array);
extern bool retention_summary_unmerge(RetentionSummary *s, const RetentionSummary *other);

/* The canonical form of a state, a copy with room for `more` periods. */
extern RetentionSummary *retention_summary_copy(const RetentionSummary *s, uint32 more);

/* Why counts from outside cannot be those of arrays, NULL when they can. The layout is right. */
extern const char *retention_counts_problem(const RetentionSummary *s);

#endif							/* CX_RETENTION_SUMMARY_H */
