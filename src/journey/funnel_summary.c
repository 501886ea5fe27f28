/*
 * funnel_summary.c
 *	  The type funnel_summary: its layout, adding and merging.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "common/compat.h"
#include "journey/funnel_summary.h"

#define HEADER offsetof(FunnelSummary, data)

/* The definition is the header from `version` up to here, and the texts. */
#define DEFINITION_START offsetof(FunnelSummary, version)
#define DEFINITION_END offsetof(FunnelSummary, n_bins)

/* ---------- Layout ---------- */

static inline Size
bins_offset(const FunnelSummary *s)
{
	return HEADER + s->texts_size + 3 * s->n_steps * sizeof(int64);
}

static inline uint32
bins_room(const FunnelSummary *s)
{
	return (VARSIZE(s) - bins_offset(s)) / sizeof(uint64);
}

FunnelSummary *
funnel_summary_new(const Funnel *funnel, uint32 bins)
{
	PatternText texts = {NULL, 0, 0};
	FunnelSummary head = {0};
	FunnelSummary *s;
	Size		size;

	for (int i = 0; i < funnel->atoms->count; i++)
	{
		uint32		start = texts.length;
		uint32		length = 0;

		pattern_text_add(&texts, (char *) &length, sizeof(length));
		atom_write(&texts, &funnel->atoms->atoms[i]);
		length = texts.length - start - sizeof(length);
		memcpy(texts.bytes + start, &length, sizeof(length));
	}
	head.texts_size = TYPEALIGN(sizeof(int64), texts.length);
	head.n_steps = funnel->n_steps;
	size = bins_offset(&head) + bins * sizeof(uint64);
	s = palloc0(size);
	SET_VARSIZE(s, size);
	s->version = FUNNEL_SUMMARY_VERSION;
	s->mode = funnel->mode;
	s->n_steps = funnel->n_steps;
	s->unlimited = funnel->unlimited;
	s->months = funnel->within.months;
	s->days = funnel->within.days;
	s->us = funnel->within.us;
	s->n_without = funnel->atoms->count - funnel->n_steps;
	s->texts_size = head.texts_size;
	memcpy(s->data, texts.bytes, texts.length);
	pfree(texts.bytes);
	return s;
}

/* Whether the texts lie inside their part, with zeros after them. */
static bool
texts_fit(const FunnelSummary *s)
{
	const char *at = s->data;
	Size		left = s->texts_size;

	for (uint32 i = 0; i < s->n_steps + s->n_without; i++)
	{
		uint32		length;

		if (left < sizeof(length))
			return false;
		memcpy(&length, at, sizeof(length));
		left -= sizeof(length);
		if (length > left)
			return false;
		left -= length;
		at += sizeof(length) + length;
	}
	return left < sizeof(int64);
}

/* Whether a value of `size` bytes can be read: all parts lie inside it. */
static bool
layout_fits(const FunnelSummary *s, Size size)
{
	return size >= HEADER &&
		s->version == FUNNEL_SUMMARY_VERSION && s->mode <= FUNNEL_ANY &&
		s->n_steps >= 1 && s->n_steps <= FUNNEL_MAX_STEPS &&
		s->n_without <= FUNNEL_MAX_ATOMS - s->n_steps &&
		s->texts_size % sizeof(int64) == 0 && s->texts_size <= size &&
		bins_offset(s) <= size &&
		s->n_bins <= (size - bins_offset(s)) / sizeof(uint64) &&
		texts_fit(s);
}

FunnelSummary *
funnel_summary_load(Datum value)
{
	FunnelSummary *s = (FunnelSummary *) PG_DETOAST_DATUM(value);

	if (!layout_fits(s, VARSIZE(s)))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("funnel_summary of %zu bytes is corrupt", (Size) VARSIZE(s))));
	return s;
}

FunnelSummary *
funnel_summary_copy(FunnelSummary *s, uint32 more)
{
	Size		used = bins_offset(s) + s->n_bins * sizeof(uint64);
	Size		size = used + more * sizeof(uint64);
	FunnelSummary *copy = palloc(size);

	memcpy(copy, s, used);
	memset((char *) copy + used, 0, size - used);
	SET_VARSIZE(copy, size);
	return copy;
}

/* The state with room for `more` bins: itself, or a copy of twice the size. */
static FunnelSummary *
reserve_bins(FunnelSummary *s, uint32 more)
{
	uint32		doubled = VARSIZE(s) / sizeof(uint64);

	if (bins_room(s) - s->n_bins >= more)
		return s;
	return funnel_summary_copy(s, Max(more, doubled));
}

/* ---------- Definitions ---------- */

/* Appends steps and conditions as a sentence would have them. */
static void
describe(StringInfo text, FunnelSummary *s)
{
	const char *at = s->data;
	CalendarInterval within = {s->months, s->days, s->us};
	char		interval[CALENDAR_INTERVAL_TEXT];

	for (uint32 i = 0; i < s->n_steps + s->n_without; i++)
	{
		uint32		length;
		const char *step = funnel_next_text(&at, &length);

		appendStringInfoString(text, i == 0 ? "" : i == s->n_steps ? " without " : ", ");
		appendBinaryStringInfo(text, step, length);
	}
	calendar_interval_text(&within, interval);
	appendStringInfo(text, " within %s, %s", s->unlimited ? "infinity" : interval,
					 funnel_mode_names[s->mode]);
}

void
funnel_require_same(FunnelSummary *a, FunnelSummary *b)
{
	StringInfoData first;
	StringInfoData second;

	if (memcmp((char *) a + DEFINITION_START, (char *) b + DEFINITION_START,
			   DEFINITION_END - DEFINITION_START) == 0 &&
		memcmp(a->data, b->data, a->texts_size) == 0)
		return;
	initStringInfo(&first);
	initStringInfo(&second);
	describe(&first, a);
	describe(&second, b);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("different funnels cannot be summarised together"),
			 errdetail("One is %s; the other is %s.", first.data, second.data),
			 errhint("Group by what the definition depends on.")));
}

void
funnel_summary_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("funnel_summary out of range"),
			 errdetail("A funnel counts at most " INT64_FORMAT " journeys.", FUNNEL_MAX_COUNT)));
}

/* ---------- One journey ---------- */

/* The place of the first bin that is not before the key. */
static uint32
find_bin(const uint64 *bins, uint32 n, uint64 key)
{
	uint32		low = 0;

	while (n > 0)
	{
		uint32		half = n / 2;

		if (bins[low + half] < key)
		{
			low += half + 1;
			n -= half + 1;
		}
		else
			n = half;
	}
	return low;
}

static inline bool
same_key(uint64 a, uint64 b)
{
	return a >> FUNNEL_BIN_SHIFT == b >> FUNNEL_BIN_SHIFT;
}

static void
add_duration(FunnelSummary *s, uint64 key)
{
	uint64	   *bins = funnel_bins(s);
	uint32		at = find_bin(bins, s->n_bins, key);

	if (at == s->n_bins || !same_key(bins[at], key))
	{
		memmove(bins + at + 1, bins + at, (s->n_bins - at) * sizeof(uint64));
		bins[at] = key;
		s->n_bins++;
	}
	bins[at]++;
}

/* False when nothing is counted there. */
static bool
remove_duration(FunnelSummary *s, uint64 key)
{
	uint64	   *bins = funnel_bins(s);
	uint32		at = find_bin(bins, s->n_bins, key);

	if (at == s->n_bins || !same_key(bins[at], key))
		return false;
	bins[at]--;
	if (funnel_bin_count(bins[at]) == 0)
	{
		s->n_bins--;
		memmove(bins + at, bins + at + 1, (s->n_bins - at) * sizeof(uint64));
	}
	return true;
}

static inline uint64
duration_key(const FunnelResult *result, int step)
{
	return funnel_bin_key(step, log_bin(result->at[step] - result->at[0]));
}

/* Adds sign to whatever a journey counts in, but for the durations. */
static inline void
change_counts(FunnelSummary *s, const FunnelResult *result, int sign)
{
	int64	   *reached = funnel_reached(s);
	int64	   *mature = funnel_mature(s);

	s->journeys += sign;
	for (int step = 0; step < result->level; step++)
	{
		reached[step] += sign;
		if (result->mature)
			mature[step] += sign;
	}
	if (result->status == FUNNEL_OPEN)
		funnel_open(s)[result->level - 1] += sign;
}

FunnelSummary *
funnel_summary_add(FunnelSummary *s, const FunnelResult *result)
{
	if (s->journeys >= FUNNEL_MAX_COUNT)
		funnel_summary_overflow();
	if (result->mature && result->level > 1)
	{
		s = reserve_bins(s, result->level - 1);
		for (int step = 1; step < result->level; step++)
			add_duration(s, duration_key(result, step));
	}
	change_counts(s, result, 1);
	return s;
}

bool
funnel_summary_remove(FunnelSummary *s, const FunnelResult *result)
{
	if (s->journeys <= 1)
		return false;
	for (int step = 1; step < result->level && result->mature; step++)
	{
		if (!remove_duration(s, duration_key(result, step)))
			return false;
	}
	change_counts(s, result, -1);
	return true;
}

/* ---------- Merging ---------- */

/* How many bins of `other` are not in s. */
static uint32
missing_bins(FunnelSummary *s, FunnelSummary *other)
{
	const uint64 *bins = funnel_bins(s);
	const uint64 *others = funnel_bins(other);
	uint32		missing = 0;
	uint32		at = 0;

	for (uint32 i = 0; i < other->n_bins; i++)
	{
		while (at < s->n_bins && bins[at] >> FUNNEL_BIN_SHIFT < others[i] >> FUNNEL_BIN_SHIFT)
			at++;
		missing += at == s->n_bins || !same_key(bins[at], others[i]);
	}
	return missing;
}

/* Merges the bins of `other` into those of s, which has the room, from the last one to the first. */
static void
merge_bins(FunnelSummary *s, FunnelSummary *other, uint32 missing)
{
	uint64	   *bins = funnel_bins(s);
	const uint64 *others = funnel_bins(other);
	uint32		from = s->n_bins;
	uint32		to = s->n_bins + missing;

	s->n_bins = to;
	for (uint32 i = other->n_bins; i > 0; i--)
	{
		uint64		merged = others[i - 1];

		while (from > 0 && bins[from - 1] >> FUNNEL_BIN_SHIFT > merged >> FUNNEL_BIN_SHIFT)
			bins[--to] = bins[--from];
		if (from > 0 && same_key(bins[from - 1], merged))
			merged = bins[--from] + funnel_bin_count(merged);
		bins[--to] = merged;
	}
}

FunnelSummary *
funnel_summary_merge(FunnelSummary *s, FunnelSummary *other)
{
	uint32		missing = missing_bins(s, other);
	int64	   *counts;

	if (s->journeys > FUNNEL_MAX_COUNT - other->journeys)
		funnel_summary_overflow();
	s = reserve_bins(s, missing);
	merge_bins(s, other, missing);
	s->journeys += other->journeys;
	counts = funnel_reached(s);
	for (int i = 0; i < 3 * s->n_steps; i++)
		counts[i] += funnel_reached(other)[i];
	return s;
}

bool
funnel_summary_unmerge(FunnelSummary *s, FunnelSummary *other)
{
	uint64	   *bins = funnel_bins(s);
	const uint64 *others = funnel_bins(other);
	int64	   *counts = funnel_reached(s);
	uint32		kept = 0;
	uint32		i = 0;

	if (s->journeys <= other->journeys)
		return false;
	for (uint32 at = 0; at < s->n_bins; at++)
	{
		uint64		left = bins[at];

		if (i < other->n_bins && same_key(left, others[i]))
		{
			if (funnel_bin_count(left) < funnel_bin_count(others[i]))
				return false;
			left -= funnel_bin_count(others[i++]);
		}
		if (funnel_bin_count(left) > 0)
			bins[kept++] = left;
	}
	if (i < other->n_bins)
		return false;
	s->n_bins = kept;
	s->journeys -= other->journeys;
	for (int k = 0; k < 3 * s->n_steps; k++)
		counts[k] -= funnel_reached(other)[k];
	return true;
}

/* ---------- Counts from outside ---------- */

/* The bins ascend, count something, and each step's add up to its mature journeys. */
static const char *
bins_problem(FunnelSummary *s)
{
	const uint64 *bins = funnel_bins(s);
	uint32		i = 0;

	for (int step = 1; step < s->n_steps; step++)
	{
		int64		left = funnel_mature(s)[step];

		for (; i < s->n_bins && funnel_bin_step(bins[i]) == step; i++)
		{
			if (funnel_bin_bin(bins[i]) >= LOG_BINS || funnel_bin_count(bins[i]) == 0 ||
				(i > 0 && bins[i - 1] >> FUNNEL_BIN_SHIFT >= bins[i] >> FUNNEL_BIN_SHIFT))
				return "The bins of a step are not ascending, or one counts nothing.";
			left -= Min(left + 1, funnel_bin_count(bins[i]));
		}
		if (left != 0)
			return "The bins of a step do not add up to its mature journeys.";
	}
	return i < s->n_bins ? "There are bins of a step that is not there." : NULL;
}

const char *
funnel_counts_problem(FunnelSummary *s)
{
	const int64 *reached = funnel_reached(s);
	const int64 *mature = funnel_mature(s);
	const int64 *open = funnel_open(s);

	if (s->journeys < 0 || s->journeys > FUNNEL_MAX_COUNT)
		return "The number of journeys is out of range.";
	for (int step = 0; step < s->n_steps; step++)
	{
		if (reached[step] > s->journeys || mature[step] < 0 || mature[step] > reached[step] ||
			open[step] < 0)
			return "A count is negative, or larger than what it is part of.";
	}
	for (int step = 0; step < s->n_steps; step++)
	{
		bool		last = step == s->n_steps - 1;
		int64		next_reached = last ? 0 : reached[step + 1];
		int64		next_mature = last ? 0 : mature[step + 1];

		int64		undecided = (reached[step] - mature[step]) - (next_reached - next_mature);

		if (next_mature > mature[step] || undecided < 0)
			return "More journeys reached a step than the one before.";
		/* What got no farther and is not mature may be open; what converted is not. */
		if (open[step] > (last ? 0 : undecided))
			return "More journeys are open than can be.";
	}
	return bins_problem(s);
}
