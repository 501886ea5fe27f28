/*
 * rfm_state.h
 *	  The purchases of one customer as they came: the state of the aggregates rfm.
 *
 * Include it after postgres.h and fmgr.h. A million of these stand in one hash
 * table, so the first block is small. Nothing is added up before all purchases
 * are there: sums of float8 depend on the order.
 */
#ifndef CX_RFM_STATE_H
#define CX_RFM_STATE_H

#include "value/rfm.h"

#define RFM_STATE_VERSION 1
#define RFM_STATE_TYPE "rfm_state"

typedef struct RfmState
{
	int32		vl_len_;		/* the whole block, with its room */
	uint8		version;
	uint8		zero[3];
	uint32		count;
	uint32		room;			/* for so many purchases */
	RfmView		view;
	RfmPurchase purchases[FLEXIBLE_ARRAY_MEMBER];	/* in the order of arrival */
} RfmState;

StaticAssertDecl(offsetof(RfmState, purchases) == 40, "the header has no holes");

/* Reads an argument, unpacked; XX001 where it is damaged. */
extern RfmState *rfm_state_load(Datum value);

/* A state without purchases with room for so many, in the current context; 54000 when that is too large. */
extern RfmState *rfm_state_new(const RfmView *view, uint32 room);

/* A state without purchases of the first size. */
extern RfmState *rfm_state_start(const RfmView *view);

/*
 * The state, or where it is full a larger copy in the current context, with
 * room for `more` purchases; 54000 past the limit.
 */
extern RfmState *rfm_state_make_room(RfmState *state, uint32 more);

/* Adds a purchase where there is room. */
static inline void
rfm_state_add(RfmState *state, int64 bin, double amount)
{
	RfmPurchase *purchase = &state->purchases[state->count++];

	purchase->bin = bin;
	purchase->amount = amount;
}

/* 22023: two views of one customer differ; names how. */
extern void rfm_views_differ(const RfmView *a, const RfmView *b);

static inline void
rfm_require_same(const RfmView *a, const RfmView *b)
{
	if (unlikely(a->as_of != b->as_of || a->merge != b->merge || a->unit != b->unit))
		rfm_views_differ(a, b);
}

#endif							/* CX_RFM_STATE_H */
