/*
 * person.c
 *	  One figure for one customer: rescale, customer_score, peak_end.
 *
 * The states are float8[] of fixed length, changed in place. They add float8,
 * so shuffled, parallel and plain runs agree to 1e-12 relative.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "fmgr.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/results.h"

/* A month of a half-life, in days: a twelfth of 365.25. */
#define DAYS_OF_MONTH 30.4375

PG_FUNCTION_INFO_V1(rescale);
Datum
rescale(PG_FUNCTION_ARGS)
{
	float8		score = PG_GETARG_FLOAT8(0);
	float8		scale_min = PG_GETARG_FLOAT8(1);
	float8		scale_max = PG_GETARG_FLOAT8(2);
	float8		points;
	char		number[3][FLOAT8_TEXT_SIZE];

	if (!(scale_min < scale_max) || isinf(scale_max - scale_min))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s..%s is not a scale", float8_text(scale_min, number[1]),
						float8_text(scale_max, number[2])),
				 errhint("A scale runs from its lowest to its highest score.")));
	if (!(score >= scale_min && score <= scale_max))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %s is outside the scale %s..%s", float8_text(score, number[0]),
						float8_text(scale_min, number[1]), float8_text(scale_max, number[2]))));

	/* Multiplied first the steps of a scale come out round, but for its end and the largest numbers. */
	points = 100 * (score - scale_min) / (scale_max - scale_min);
	if (score == scale_max || points > 100)
		points = 100 * ((score - scale_min) / (scale_max - scale_min));
	PG_RETURN_FLOAT8(points);
}

/* ---------- States and arguments ---------- */

/* The numbers of a float8[] that has to have `n` of them. */
static float8 *
numbers_of(ArrayType *array, int n)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != n || ARR_HASNULL(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of the aggregate is not %d numbers", n)));
	return (float8 *) ARR_DATA_PTR(array);
}

static float8
finite_score_arg(FunctionCallInfo fcinfo, int arg)
{
	float8		score = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(fabs(score) <= 1e100))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %s is out of range", float8_text(score, number)),
				 errhint("Scores are finite numbers.")));
	return score;
}

static TimestampTz
finite_time_arg(FunctionCallInfo fcinfo, int arg)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(arg);

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time is infinite"),
				 errhint("Leave rows without a real time out.")));
	return at;
}

/* A time as two numbers that a float8 holds exactly: days and microseconds of the day. */
static void
split_time(TimestampTz at, float8 *day, float8 *microseconds)
{
	*day = (float8) (at / USECS_PER_DAY);
	*microseconds = (float8) (at % USECS_PER_DAY);
}

/* Days from one split time to another. */
static float8
days_between(const float8 *from, const float8 *to)
{
	return (to[0] - from[0]) + (to[1] - from[1]) / (float8) USECS_PER_DAY;
}

/* ---------- customer_score: recent scores weigh more ---------- */

/*
 * Scores are weighted by 2^(age / half-life) against the latest one, which
 * weighs 1: the ratio of sums is the same for any reference, and the latest
 * keeps old histories from vanishing.
 */
enum
{
	DECAY_HALF_LIFE,			/* days; 0 before the first row */
	DECAY_LATEST,				/* its day, */
	DECAY_LATEST_TIME,			/* and microseconds of the day */
	DECAY_WEIGHT,				/* sum of weights; 0 before the first score */
	DECAY_SUM,					/* sum of weight * score */
	DECAY_SIZE
};

/* The half-life in days; 22023 unless above 0. */
static float8
half_life_arg(FunctionCallInfo fcinfo, int arg)
{
	Interval   *interval = PG_GETARG_INTERVAL_P(arg);
	float8		days = interval->month * DAYS_OF_MONTH + interval->day +
		interval->time / (float8) USECS_PER_DAY;

	if (!(days > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the half-life is not above 0"),
				 errhint("After one half-life a score counts half: interval '90 days'.")));
	return days;
}

/* Adds a weighted sum whose own latest time is given to the state. */
static void
decay_add(float8 *state, const float8 *latest, float8 weight, float8 sum)
{
	float8		days;
	float8		factor;

	if (state[DECAY_WEIGHT] == 0)
	{
		state[DECAY_LATEST] = latest[0];
		state[DECAY_LATEST_TIME] = latest[1];
		state[DECAY_WEIGHT] = weight;
		state[DECAY_SUM] = sum;
		return;
	}
	days = days_between(&state[DECAY_LATEST], latest);
	factor = exp2(-fabs(days) / state[DECAY_HALF_LIFE]);
	if (days > 0)
	{
		state[DECAY_LATEST] = latest[0];
		state[DECAY_LATEST_TIME] = latest[1];
		state[DECAY_WEIGHT] = state[DECAY_WEIGHT] * factor + weight;
		state[DECAY_SUM] = state[DECAY_SUM] * factor + sum;
	}
	else
	{
		state[DECAY_WEIGHT] += weight * factor;
		state[DECAY_SUM] += sum * factor;
	}
}

static void
require_half_life(float8 *state, float8 days)
{
	if (state[DECAY_HALF_LIFE] == 0)
		state[DECAY_HALF_LIFE] = days;
	else if (state[DECAY_HALF_LIFE] != days)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("half-lives of %g and %g days in one customer_score",
						state[DECAY_HALF_LIFE], days),
				 errhint("Use one half-life for all rows of a group.")));
}

/* (state, score, at, as_of, half_life) */
PG_FUNCTION_INFO_V1(customer_score_accum);
Datum
customer_score_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8	   *state = numbers_of(array, DECAY_SIZE);
	float8		score = finite_score_arg(fcinfo, 1);
	TimestampTz at = finite_time_arg(fcinfo, 2);
	float8		latest[2];

	require_half_life(state, half_life_arg(fcinfo, 4));
	if (at <= finite_time_arg(fcinfo, 3))
	{
		split_time(at, &latest[0], &latest[1]);
		decay_add(state, latest, 1, score);
	}
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(customer_score_combine);
Datum
customer_score_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8	   *state = numbers_of(array, DECAY_SIZE);
	float8	   *other = numbers_of(PG_GETARG_ARRAYTYPE_P(1), DECAY_SIZE);

	if (other[DECAY_HALF_LIFE] != 0)
		require_half_life(state, other[DECAY_HALF_LIFE]);
	if (other[DECAY_WEIGHT] != 0)
		decay_add(state, &other[DECAY_LATEST], other[DECAY_WEIGHT], other[DECAY_SUM]);
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(customer_score_final);
Datum
customer_score_final(PG_FUNCTION_ARGS)
{
	float8	   *state = numbers_of(PG_GETARG_ARRAYTYPE_P(0), DECAY_SIZE);

	if (state[DECAY_WEIGHT] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state[DECAY_SUM] / state[DECAY_WEIGHT]);
}

/* ---------- peak_end: the extreme and the last ---------- */

/* Kahneman et al. 1993: an experience is remembered by its peak and its end. */
enum
{
	PEAK_COUNT,
	PEAK_SUM,
	PEAK_LOWEST,
	PEAK_HIGHEST,
	PEAK_LAST,					/* day of the last score, */
	PEAK_LAST_TIME,				/* microseconds of the day, */
	PEAK_LAST_COUNT,			/* how many share that time, */
	PEAK_LAST_SUM,				/* and their sum */
	PEAK_SIZE
};

/* Distances from the mean this close are a tie: the sum of scores is not exact. */
#define PEAK_TIE 1e-9

/* Adds the scores that `other` sums up to the state. */
static void
peak_add(float8 *state, const float8 *other)
{
	float8		days = days_between(&state[PEAK_LAST], &other[PEAK_LAST]);

	if (state[PEAK_COUNT] == 0)
	{
		memcpy(state, other, PEAK_SIZE * sizeof(float8));
		return;
	}
	state[PEAK_COUNT] += other[PEAK_COUNT];
	state[PEAK_SUM] += other[PEAK_SUM];
	state[PEAK_LOWEST] = fmin(state[PEAK_LOWEST], other[PEAK_LOWEST]);
	state[PEAK_HIGHEST] = fmax(state[PEAK_HIGHEST], other[PEAK_HIGHEST]);
	if (days == 0)
	{
		state[PEAK_LAST_COUNT] += other[PEAK_LAST_COUNT];
		state[PEAK_LAST_SUM] += other[PEAK_LAST_SUM];
	}
	else if (days > 0)
		memcpy(&state[PEAK_LAST], &other[PEAK_LAST], 4 * sizeof(float8));
}

/* (state, score, at) */
PG_FUNCTION_INFO_V1(peak_end_accum);
Datum
peak_end_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8		score = finite_score_arg(fcinfo, 1);
	float8		one[PEAK_SIZE];

	one[PEAK_COUNT] = one[PEAK_LAST_COUNT] = 1;
	one[PEAK_SUM] = one[PEAK_LOWEST] = one[PEAK_HIGHEST] = one[PEAK_LAST_SUM] = score;
	split_time(finite_time_arg(fcinfo, 2), &one[PEAK_LAST], &one[PEAK_LAST_TIME]);
	peak_add(numbers_of(array, PEAK_SIZE), one);
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(peak_end_combine);
Datum
peak_end_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = aggregate_state(fcinfo);
	float8	   *other = numbers_of(PG_GETARG_ARRAYTYPE_P(1), PEAK_SIZE);

	if (other[PEAK_COUNT] > 0)
		peak_add(numbers_of(array, PEAK_SIZE), other);
	PG_RETURN_POINTER(array);
}

PG_FUNCTION_INFO_V1(peak_end_final);
Datum
peak_end_final(PG_FUNCTION_ARGS)
{
	float8	   *state = numbers_of(PG_GETARG_ARRAYTYPE_P(0), PEAK_SIZE);
	float8		mean = state[PEAK_SUM] / state[PEAK_COUNT];
	float8		above = state[PEAK_HIGHEST] - mean;
	float8		below = mean - state[PEAK_LOWEST];
	float8		peak;

	if (state[PEAK_COUNT] == 0)
		PG_RETURN_NULL();
	peak = above > below + PEAK_TIE * (above + below) ? state[PEAK_HIGHEST] : state[PEAK_LOWEST];
	PG_RETURN_FLOAT8((peak + state[PEAK_LAST_SUM] / state[PEAK_LAST_COUNT]) / 2);
}
