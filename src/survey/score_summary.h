/*
 * score_summary.h
 *	  The stored form of counted answers: how many gave each integer score.
 *
 * The public header of the survey wing. Include it after postgres.h and fmgr.h.
 *
 * On disk: an 8-byte header (varlena length, version, flags, lowest score,
 * number of slots), then for each slot
 *
 *	  weighted only:	float8 sum of w, and after all of these
 *						float8 sum of w^2
 *	  always:			uint32 count, or int64 with COUNT64
 *
 * in the machine's byte order (send and recv are endian-neutral). A value is
 * canonical: no empty slot at either end and the narrowest counts that fit, so
 * that equal values are equal bytes. A transition state is the same type with
 * room to spare; an empty value has 0..10, for it is where every state starts.
 */
#ifndef CX_SCORE_SUMMARY_H
#define CX_SCORE_SUMMARY_H

#include "lib/stringinfo.h"

#include "common/json_reader.h"
#include "survey/histogram.h"

#define SCORE_SUMMARY_VERSION 1

#define SCORE_SUMMARY_WEIGHTED 0x01
#define SCORE_SUMMARY_COUNT64 0x02
#define SCORE_SUMMARY_FLAGS (SCORE_SUMMARY_WEIGHTED | SCORE_SUMMARY_COUNT64)

typedef struct ScoreSummary
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	int8		first;			/* score of slot 0 */
	uint8		slots;
	char		data[FLEXIBLE_ARRAY_MEMBER];
} ScoreSummary;

StaticAssertDecl(offsetof(ScoreSummary, data) == 8, "counts and weights start aligned");

#define SCORE_SUMMARY_HEADER offsetof(ScoreSummary, data)

static inline bool
score_summary_weighted(const ScoreSummary *s)
{
	return (s->flags & SCORE_SUMMARY_WEIGHTED) != 0;
}

static inline Size
score_summary_size(int slots, uint8 flags)
{
	Size		count_size = (flags & SCORE_SUMMARY_COUNT64) ? sizeof(int64) : sizeof(uint32);
	Size		weight_size = (flags & SCORE_SUMMARY_WEIGHTED) ? 2 * sizeof(float8) : 0;

	return SCORE_SUMMARY_HEADER + slots * (count_size + weight_size);
}

/* The parts of an aligned summary; the weights only where it is weighted. */
static inline float8 *
score_summary_weights(ScoreSummary *s)
{
	return (float8 *) s->data;
}

static inline float8 *
score_summary_squares(ScoreSummary *s)
{
	return score_summary_weights(s) + s->slots;
}

static inline void *
score_summary_counts(ScoreSummary *s)
{
	return score_summary_weighted(s) ? (void *) (score_summary_squares(s) + s->slots)
		: (void *) s->data;
}

/* An empty summary with slots for first..last, in the current memory context. */
extern ScoreSummary *score_summary_new(int first, int last, uint8 flags);

/* Reads an argument, toasted or packed, into its working form. */
extern void score_summary_load(Datum value, ScoreHistogram *h);

/* The same for what may be the state of an aggregate, its sums checked; false without an answer. */
extern bool score_summary_load_state(Datum state, ScoreHistogram *h);

/* The canonical value of a histogram, in the current memory context. */
extern ScoreSummary *score_summary_build(const ScoreHistogram *h);

/*
 * One answer into the state of an aggregate, in place where it can be (use what
 * is returned), and out of it again: false where that would not be exact.
 */
extern ScoreSummary *score_state_add(ScoreSummary *state, int score);
extern bool score_state_remove(ScoreSummary *state, int score);

/* 22003 when an answer lies outside lo..hi, the scale of `metric`. */
extern void score_summary_require_scale(const ScoreHistogram *h, int lo, int hi,
										const char *metric);

/* False when the responses do not fit 64 bits or a sum of weights is not finite; the error to raise then. */
extern bool score_summary_sums_fit(const ScoreHistogram *h);
pg_noreturn extern void score_summary_overflow(void);

/* 22003 unless w is 0 or a positive weight whose square is a float8. */
extern void score_weight_check(float8 weight);

/* A threshold of scores, any number but NaN; else 22023. */
extern float8 threshold_arg(FunctionCallInfo fcinfo, int arg);

/* `score` as an integer from -100 to 100, else 22003. */
extern int	score_from_float8(float8 score);
pg_noreturn extern void score_out_of_range(int score);

/*
 * The text of a histogram as members of a JSON object: `"counts": {..}` and,
 * with weights, `"weights": {..}, "squared_weights": {..}`. Reading starts
 * with h empty over -100..100 and *seen 0, takes the members in any order,
 * and ends with the check that they fit together.
 */
extern void score_histogram_append(StringInfo text, const ScoreHistogram *h);
extern bool score_histogram_read_member(JsonReader *reader, const char *key,
										ScoreHistogram *h, unsigned int *seen);
extern bool score_histogram_read_end(JsonReader *reader, ScoreHistogram *h, unsigned int seen);

/* False for counts below 0 and sums of weights that no such counts can have. */
extern bool score_histogram_plausible(const ScoreHistogram *h);

/* Adds b's answers to a, 22003 past the limits; or takes them away, unweighted, false below 0. */
extern void score_histogram_add(ScoreHistogram *a, const ScoreHistogram *b);
extern bool score_histogram_subtract(ScoreHistogram *a, const ScoreHistogram *b);

#endif							/* CX_SCORE_SUMMARY_H */
