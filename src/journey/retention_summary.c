/*
 * retention_summary.c
 *	  The type retention_summary: its layout, adding and merging.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"

#include "common/compat.h"
#include "journey/retention_summary.h"

#define HEADER offsetof(RetentionSummary, periods)

static inline Size
size_of(uint32 periods)
{
	return HEADER + periods * sizeof(RetentionCounts);
}

static inline uint32
room_of(const RetentionSummary *s)
{
	return (VARSIZE(s) - HEADER) / sizeof(RetentionCounts);
}

RetentionSummary *
retention_summary_new(uint32 periods)
{
	RetentionSummary *s = palloc0(size_of(periods));

	SET_VARSIZE(s, size_of(periods));
	s->version = RETENTION_SUMMARY_VERSION;
	return s;
}

RetentionSummary *
retention_summary_load(Datum value)
{
	RetentionSummary *s = (RetentionSummary *) PG_DETOAST_DATUM(value);

	if (VARSIZE(s) < HEADER || s->version != RETENTION_SUMMARY_VERSION ||
		s->n_periods > RETAINED_MAX_PERIODS || s->n_periods > room_of(s))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("retention_summary of %zu bytes is corrupt", (Size) VARSIZE(s))));
	return s;
}

RetentionSummary *
retention_summary_copy(const RetentionSummary *s, uint32 more)
{
	Size		used = size_of(s->n_periods);
	Size		size = size_of(s->n_periods + more);
	RetentionSummary *copy = palloc(size);

	memcpy(copy, s, used);
	memset((char *) copy + used, 0, size - used);
	SET_VARSIZE(copy, size);
	return copy;
}

/* The state with so many periods at least: itself, or a copy with room for as many again. */
static inline RetentionSummary *
reserve_periods(RetentionSummary *s, uint32 periods)
{
	if (likely(periods <= s->n_periods))
		return s;
	if (periods > room_of(s))
		s = retention_summary_copy(s, Max(periods, 2 * s->n_periods) - s->n_periods);
	memset(s->periods + s->n_periods, 0, (periods - s->n_periods) * sizeof(RetentionCounts));
	s->n_periods = periods;
	return s;
}

/* Forgets the periods at the end that nothing reaches any more. */
static inline void
trim(RetentionSummary *s)
{
	while (s->n_periods > 0 && s->periods[s->n_periods - 1].reach == 0)
		s->n_periods--;
}

static inline void
count_arrays(RetentionSummary *s, int64 more)
{
	if (unlikely(more > PG_INT64_MAX - s->arrays))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("retention_summary out of range"),
				 errdetail("It counts at most " INT64_FORMAT " arrays.", PG_INT64_MAX)));
	s->arrays += more;
}

/* ---------- One array ---------- */

int
retention_array_length(const ArrayType *array)
{
	int			length = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an array of %d dimensions is not one of periods", ARR_NDIM(array)),
				 errhint("Give the array that retained() returns.")));
	if (length > RETAINED_MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("an array of %d elements is too long", length),
				 errdetail("There can be %d periods.", RETAINED_MAX_PERIODS)));
	return length;
}

/* Adds sign to whatever the elements count in. */
static inline void
change_counts(RetentionSummary *s, ArrayType *array, int length, int sign)
{
	const bool *element = (const bool *) ARR_DATA_PTR(array);
	const bits8 *present = ARR_NULLBITMAP(array);

	for (int i = 0; i < length; i++)
	{
		RetentionCounts *counts = &s->periods[i];

		counts->reach += sign;
		if (present != NULL && (present[i / 8] & 1 << i % 8) == 0)
			continue;
		counts->eligible += sign;
		counts->retained += *element++ ? sign : 0;
	}
}

RetentionSummary *
retention_summary_add(RetentionSummary *s, ArrayType *array)
{
	int			length = retention_array_length(array);

	s = reserve_periods(s, length);
	count_arrays(s, 1);
	change_counts(s, array, length, 1);
	return s;
}

bool
retention_summary_remove(RetentionSummary *s, ArrayType *array)
{
	int			length = retention_array_length(array);

	if (s->arrays <= 1 || length > s->n_periods)
		return false;
	s->arrays--;
	change_counts(s, array, length, -1);
	trim(s);
	return true;
}

/* ---------- Merging ---------- */

RetentionSummary *
retention_summary_merge(RetentionSummary *s, const RetentionSummary *other)
{
	s = reserve_periods(s, other->n_periods);
	count_arrays(s, other->arrays);
	for (uint32 i = 0; i < other->n_periods; i++)
	{
		s->periods[i].reach += other->periods[i].reach;
		s->periods[i].eligible += other->periods[i].eligible;
		s->periods[i].retained += other->periods[i].retained;
	}
	return s;
}

bool
retention_summary_unmerge(RetentionSummary *s, const RetentionSummary *other)
{
	if (s->arrays <= other->arrays || s->n_periods < other->n_periods)
		return false;
	s->arrays -= other->arrays;
	for (uint32 i = 0; i < other->n_periods; i++)
	{
		s->periods[i].reach -= other->periods[i].reach;
		s->periods[i].eligible -= other->periods[i].eligible;
		s->periods[i].retained -= other->periods[i].retained;
	}
	trim(s);
	return true;
}

/* ---------- Counts from outside ---------- */

const char *
retention_counts_problem(const RetentionSummary *s)
{
	int64		before = s->arrays;

	if (s->arrays < 0)
		return "The number of arrays is negative.";
	for (uint32 i = 0; i < s->n_periods; i++)
	{
		const RetentionCounts *counts = &s->periods[i];

		if (counts->reach <= 0 || counts->reach > before)
			return "A period is reached by no array, or by more than the one before.";
		if (counts->retained < 0 || counts->retained > counts->eligible ||
			counts->eligible > counts->reach)
			return "A count is negative, or larger than what it is part of.";
		before = counts->reach;
	}
	return NULL;
}
