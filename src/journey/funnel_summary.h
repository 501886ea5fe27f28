/*
 * funnel_summary.h
 *	  The stored form of many journeys in one funnel.
 *
 * Include it after postgres.h and fmgr.h. On disk: a header, then
 *
 *	  texts		of the steps, then of `without`: uint32 length, the canonical text;
 *				zeros up to a multiple of 8 bytes
 *	  reached	int64 for each step: journeys that filled so many steps
 *	  mature	int64 for each step: those of them whose window had run out
 *	  open		int64 for each step: journeys that filled no more than so many and are open
 *	  bins		uint64 each: the step after the first (6 bits), a bin of log_bins.h (11
 *				bits), how many mature journeys took so long from step 1 on (47
 *				bits); ascending
 *
 * A value is canonical: no bin without a count, nothing after the last one.
 * States of aggregates have room there, in VARSIZE.
 */
#ifndef CX_FUNNEL_SUMMARY_H
#define CX_FUNNEL_SUMMARY_H

#include "common/log_bins.h"
#include "journey/funnel.h"

#define FUNNEL_SUMMARY_VERSION 1

typedef struct FunnelSummary
{
	int32		vl_len_;
	/* The definition, up to texts_size and with the texts. */
	uint8		version;
	uint8		mode;
	uint8		n_steps;
	uint8		unlimited;
	int32		months;
	int32		days;
	int64		us;
	uint32		n_without;
	uint32		texts_size;		/* in bytes, with the zeros */
	uint32		n_bins;
	uint32		zero;
	int64		journeys;		/* all that were looked at */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} FunnelSummary;

StaticAssertDecl(offsetof(FunnelSummary, data) == 48, "the parts start aligned");

/* The most that anything is counted: 47 bits. */
#define FUNNEL_MAX_COUNT ((INT64CONST(1) << 47) - 1)

#define FUNNEL_BIN_SHIFT 47
#define FUNNEL_STEP_SHIFT (FUNNEL_BIN_SHIFT + 11)

StaticAssertDecl(LOG_BINS <= 1 << 11, "a bin has 11 bits");

static inline uint64
funnel_bin_key(int step, int bin)
{
	return (uint64) step << FUNNEL_STEP_SHIFT | (uint64) bin << FUNNEL_BIN_SHIFT;
}

static inline int
funnel_bin_step(uint64 bin)
{
	return (int) (bin >> FUNNEL_STEP_SHIFT);
}

static inline int
funnel_bin_bin(uint64 bin)
{
	return (int) (bin >> FUNNEL_BIN_SHIFT & 0x7FF);
}

static inline int64
funnel_bin_count(uint64 bin)
{
	return (int64) (bin & (uint64) FUNNEL_MAX_COUNT);
}

/* The counts by step; element 0 is step 1. */
static inline int64 *
funnel_reached(FunnelSummary *s)
{
	return (int64 *) (s->data + s->texts_size);
}

static inline int64 *
funnel_mature(FunnelSummary *s)
{
	return funnel_reached(s) + s->n_steps;
}

static inline int64 *
funnel_open(FunnelSummary *s)
{
	return funnel_mature(s) + s->n_steps;
}

static inline uint64 *
funnel_bins(FunnelSummary *s)
{
	return (uint64 *) (funnel_open(s) + s->n_steps);
}

/* Walks over the texts: returns where one starts, its length, and moves on. */
static inline const char *
funnel_next_text(const char **at, uint32 *length)
{
	const char *text = *at + sizeof(uint32);

	memcpy(length, *at, sizeof(uint32));
	*at = text + *length;
	return text;
}

/* A summary of no journeys with room for `bins`, in the current context. */
extern FunnelSummary *funnel_summary_new(const Funnel *funnel, uint32 bins);

/* Reads an argument, unpacked; XX001 where it is damaged. */
extern FunnelSummary *funnel_summary_load(Datum value);

/* 22023 unless both are of the same definition; names both. */
extern void funnel_require_same(FunnelSummary *a, FunnelSummary *b);

/*
 * Adds a journey to a state; returns the state, or a larger copy of it in the
 * current context. 22003 when a count is full.
 */
extern FunnelSummary *funnel_summary_add(FunnelSummary *s, const FunnelResult *result);

/* The same for all that another summary counted. */
extern FunnelSummary *funnel_summary_merge(FunnelSummary *s, FunnelSummary *other);

/* Takes away again; false, and the state is spoilt, when nothing would be left or it was not in there. */
extern bool funnel_summary_remove(FunnelSummary *s, const FunnelResult *result);
extern bool funnel_summary_unmerge(FunnelSummary *s, FunnelSummary *other);

/* The canonical form of a state, a copy with room for `more` bins. */
extern FunnelSummary *funnel_summary_copy(FunnelSummary *s, uint32 more);

/* Why counts from outside cannot be those of journeys, NULL when they can. The layout is right. */
extern const char *funnel_counts_problem(FunnelSummary *s);

/* 22003: more journeys than can be counted. */
pg_noreturn extern void funnel_summary_overflow(void);

#endif							/* CX_FUNNEL_SUMMARY_H */
