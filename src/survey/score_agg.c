/*
 * score_agg.c
 *	  Transition, combine, inverse and final functions over the state score_summary.
 *
 * score_agg, rollup and the one-call aggregates (nps, csat, rate, ..) differ
 * only in their final functions, so several of them over the same argument
 * cost one pass and one state. The state is changed in place: it is ours, made
 * from INITCOND or by reshape(), never toasted and never short-headed. Only
 * an unseen score, the first weight or a count past 32 bits makes a new one.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"

#include "common/compat.h"
#include "common/results.h"
#include "survey/histogram.h"
#include "survey/score_summary.h"

/* ---------- The state ---------- */

static inline int64
get_count(ScoreSummary *s, int slot)
{
	return (s->flags & SCORE_SUMMARY_COUNT64)
		? ((int64 *) score_summary_counts(s))[slot]
		: ((uint32 *) score_summary_counts(s))[slot];
}

/* A copy of s with slots for first..last too and with these flags too. */
static ScoreSummary *
reshape(ScoreSummary *s, int first, int last, uint8 flags)
{
	ScoreSummary *wide;
	int			shift;

	first = Min(first, s->first);
	last = Max(last, s->first + s->slots - 1);
	wide = score_summary_new(first, last, s->flags | flags);
	shift = s->first - first;

	for (int i = 0; i < s->slots; i++)
	{
		int64		count = get_count(s, i);

		if (wide->flags & SCORE_SUMMARY_COUNT64)
			((int64 *) score_summary_counts(wide))[i + shift] = count;
		else
			((uint32 *) score_summary_counts(wide))[i + shift] = (uint32) count;
		if (score_summary_weighted(wide))
		{
			bool		weighted = score_summary_weighted(s);

			score_summary_weights(wide)[i + shift] =
				weighted ? score_summary_weights(s)[i] : (float8) count;
			score_summary_squares(wide)[i + shift] =
				weighted ? score_summary_squares(s)[i] : (float8) count;
		}
	}
	return wide;
}

/* Adds n >= 0 answers with this score, widening the state where it has to. */
static ScoreSummary *
add_count(ScoreSummary *s, int score, int64 n)
{
	int			slot;
	int64		count;

	if (score < SCORE_MIN || score > SCORE_MAX)
		score_out_of_range(score);
	if (score < s->first || score >= s->first + s->slots)
		s = reshape(s, score, score, 0);
	slot = score - s->first;

	if (pg_add_s64_overflow(get_count(s, slot), n, &count))
		score_summary_overflow();
	if (count > PG_UINT32_MAX && !(s->flags & SCORE_SUMMARY_COUNT64))
		s = reshape(s, score, score, SCORE_SUMMARY_COUNT64);
	if (s->flags & SCORE_SUMMARY_COUNT64)
		((int64 *) score_summary_counts(s))[slot] = count;
	else
		((uint32 *) score_summary_counts(s))[slot] = (uint32) count;
	return s;
}

/* Adds one answer: a compare and an increment for the usual state. */
static inline ScoreSummary *
add_score(ScoreSummary *s, int score)
{
	unsigned int slot = (unsigned int) (score - s->first);

	if (likely(slot < s->slots && s->flags == 0))
	{
		uint32	   *count = (uint32 *) s->data + slot;

		if (likely(*count != PG_UINT32_MAX))
		{
			++*count;
			return s;
		}
	}
	return add_count(s, score, 1);
}

static inline ScoreSummary *
add_weighted_score(ScoreSummary *s, int score, float8 weight)
{
	float8	   *sum;
	float8	   *square;

	if (unlikely(!score_summary_weighted(s)))
		s = reshape(s, s->first, s->first, SCORE_SUMMARY_WEIGHTED);
	s = add_count(s, score, 1);
	sum = score_summary_weights(s) + (score - s->first);
	square = score_summary_squares(s) + (score - s->first);
	*sum += weight;
	*square += weight * weight;
	if (unlikely(isinf(*sum) || isinf(*square)))
		score_summary_overflow();
	return s;
}

ScoreSummary *
score_state_add(ScoreSummary *s, int score)
{
	return add_score(s, score);
}

bool
score_state_remove(ScoreSummary *s, int score)
{
	int			slot = score - s->first;

	if (score_summary_weighted(s) || slot < 0 || slot >= s->slots || get_count(s, slot) == 0)
		return false;
	if (s->flags & SCORE_SUMMARY_COUNT64)
		((int64 *) score_summary_counts(s))[slot]--;
	else
		((uint32 *) score_summary_counts(s))[slot]--;
	return true;
}

/* Takes one answer away again; NULL (a restart of the frame) where that is not exact. */
static Datum
remove_score(FunctionCallInfo fcinfo, int score)
{
	ScoreSummary *s = aggregate_state(fcinfo);

	if (!score_state_remove(s, score))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(s);
}

/* ---------- Transition functions, one for each type of score ---------- */

PG_FUNCTION_INFO_V1(score_accum_int2);
Datum
score_accum_int2(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), PG_GETARG_INT16(1)));
}

PG_FUNCTION_INFO_V1(score_accum_int4);
Datum
score_accum_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), PG_GETARG_INT32(1)));
}

PG_FUNCTION_INFO_V1(score_accum_float8);
Datum
score_accum_float8(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), score_from_float8(PG_GETARG_FLOAT8(1))));
}

PG_FUNCTION_INFO_V1(score_accum_bool);
Datum
score_accum_bool(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), PG_GETARG_BOOL(1)));
}

/* The weight of (state, score, weight); at 0 nothing else of the row is looked at. */
static inline float8
weight_arg(FunctionCallInfo fcinfo)
{
	float8		weight = PG_GETARG_FLOAT8(2);

	score_weight_check(weight);
	return weight;
}

PG_FUNCTION_INFO_V1(score_accum_weighted_int2);
Datum
score_accum_weighted_int2(PG_FUNCTION_ARGS)
{
	float8		weight = weight_arg(fcinfo);
	ScoreSummary *s = aggregate_state(fcinfo);

	PG_RETURN_POINTER(weight == 0 ? s : add_weighted_score(s, PG_GETARG_INT16(1), weight));
}

PG_FUNCTION_INFO_V1(score_accum_weighted_int4);
Datum
score_accum_weighted_int4(PG_FUNCTION_ARGS)
{
	float8		weight = weight_arg(fcinfo);
	ScoreSummary *s = aggregate_state(fcinfo);

	PG_RETURN_POINTER(weight == 0 ? s : add_weighted_score(s, PG_GETARG_INT32(1), weight));
}

PG_FUNCTION_INFO_V1(score_accum_weighted_float8);
Datum
score_accum_weighted_float8(PG_FUNCTION_ARGS)
{
	float8		weight = weight_arg(fcinfo);
	ScoreSummary *s = aggregate_state(fcinfo);

	PG_RETURN_POINTER(weight == 0 ? s
					  : add_weighted_score(s, score_from_float8(PG_GETARG_FLOAT8(1)), weight));
}

PG_FUNCTION_INFO_V1(score_accum_weighted_bool);
Datum
score_accum_weighted_bool(PG_FUNCTION_ARGS)
{
	float8		weight = weight_arg(fcinfo);
	ScoreSummary *s = aggregate_state(fcinfo);

	PG_RETURN_POINTER(weight == 0 ? s : add_weighted_score(s, PG_GETARG_BOOL(1), weight));
}

/* share_at_least counts, as 0 or 1, whether the score reaches the threshold. */
PG_FUNCTION_INFO_V1(share_at_least_accum_int4);
Datum
share_at_least_accum_int4(PG_FUNCTION_ARGS)
{
	int32		score = PG_GETARG_INT32(1);

	if (score < SCORE_MIN || score > SCORE_MAX)
		score_out_of_range(score);
	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), score >= PG_GETARG_INT32(2)));
}

PG_FUNCTION_INFO_V1(share_at_least_accum_float8);
Datum
share_at_least_accum_float8(PG_FUNCTION_ARGS)
{
	int			score = score_from_float8(PG_GETARG_FLOAT8(1));

	PG_RETURN_POINTER(add_score(aggregate_state(fcinfo), score >= threshold_arg(fcinfo, 2)));
}

/* ---------- Inverse transition functions of moving frames ---------- */

PG_FUNCTION_INFO_V1(score_inv_int2);
Datum
score_inv_int2(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, PG_GETARG_INT16(1));
}

PG_FUNCTION_INFO_V1(score_inv_int4);
Datum
score_inv_int4(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, PG_GETARG_INT32(1));
}

PG_FUNCTION_INFO_V1(score_inv_float8);
Datum
score_inv_float8(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, score_from_float8(PG_GETARG_FLOAT8(1)));
}

PG_FUNCTION_INFO_V1(score_inv_bool);
Datum
score_inv_bool(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, PG_GETARG_BOOL(1));
}

PG_FUNCTION_INFO_V1(share_at_least_inv_int4);
Datum
share_at_least_inv_int4(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, PG_GETARG_INT32(1) >= PG_GETARG_INT32(2));
}

PG_FUNCTION_INFO_V1(share_at_least_inv_float8);
Datum
share_at_least_inv_float8(PG_FUNCTION_ARGS)
{
	return remove_score(fcinfo, PG_GETARG_FLOAT8(1) >= PG_GETARG_FLOAT8(2));
}

/* ---------- Merging: combine function of all, transition function of rollup ---------- */

PG_FUNCTION_INFO_V1(score_combine);
Datum
score_combine(PG_FUNCTION_ARGS)
{
	ScoreSummary *s = aggregate_state(fcinfo);
	ScoreHistogram other;

	score_summary_load(PG_GETARG_DATUM(1), &other);
	if (other.weighted && !score_summary_weighted(s))
		s = reshape(s, s->first, s->first, SCORE_SUMMARY_WEIGHTED);
	for (int i = 0; i < other.slots; i++)
	{
		int			score = other.first + i;

		if (other.counts[i] == 0)
			continue;
		s = add_count(s, score, other.counts[i]);
		if (score_summary_weighted(s))
		{
			score_summary_weights(s)[score - s->first] += other.weights[i];
			score_summary_squares(s)[score - s->first] += other.squares[i];
		}
	}
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(score_combine_inv);
Datum
score_combine_inv(PG_FUNCTION_ARGS)
{
	ScoreSummary *s = aggregate_state(fcinfo);
	ScoreHistogram other;

	score_summary_load(PG_GETARG_DATUM(1), &other);
	if (score_summary_weighted(s))
		PG_RETURN_NULL();
	for (int i = 0; i < other.slots; i++)
	{
		int			slot = other.first + i - s->first;

		if (other.counts[i] == 0)
			continue;
		if (slot < 0 || slot >= s->slots || get_count(s, slot) < other.counts[i])
			PG_RETURN_NULL();
		if (s->flags & SCORE_SUMMARY_COUNT64)
			((int64 *) score_summary_counts(s))[slot] -= other.counts[i];
		else
			((uint32 *) score_summary_counts(s))[slot] -= (uint32) other.counts[i];
	}
	PG_RETURN_POINTER(s);
}

/* ---------- Final function; those of the one-call forms are the metrics' accessors ---------- */

PG_FUNCTION_INFO_V1(score_final);
Datum
score_final(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;

	if (!score_summary_load_state(PG_GETARG_DATUM(0), &h))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(score_summary_build(&h));
}
