/*
 * score_summary.c
 *	  The type score_summary: construction, text and binary forms, order, + and -.
 *
 * Text form: {"counts": {"7": 2, "9": 5}}, with weights also
 * "weights" (sums of w) and "squared_weights" (sums of w^2) by score.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "common/int.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "survey/score_summary.h"

#define SCORE_SUMMARY_TYPE "score_summary"

ScoreSummary *
score_summary_new(int first, int last, uint8 flags)
{
	int			slots = last - first + 1;
	Size		size = score_summary_size(slots, flags);
	ScoreSummary *s = palloc0(size);

	SET_VARSIZE(s, size);
	s->version = SCORE_SUMMARY_VERSION;
	s->flags = flags;
	s->first = first;
	s->slots = slots;
	return s;
}

/* Why a header cannot be one of ours, or NULL. */
static const char *
header_problem(uint8 version, uint8 flags, int first, int slots)
{
	if (version != SCORE_SUMMARY_VERSION)
		return "unknown version";
	if ((flags & ~SCORE_SUMMARY_FLAGS) != 0)
		return "unknown flags";
	if (first < SCORE_MIN || first + slots - 1 > SCORE_MAX)
		return "scores outside -100..100";
	return NULL;
}

void
score_summary_load(Datum value, ScoreHistogram *h)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(value);
	const char *bytes = VARDATA_ANY(packed);
	Size		size = VARSIZE_ANY_EXHDR(packed) + VARHDRSZ;
	bool		whole = size >= SCORE_SUMMARY_HEADER;
	uint8		flags = whole ? bytes[1] : 0;
	int			first = whole ? (int8) bytes[2] : 0;
	int			slots = whole ? (uint8) bytes[3] : 0;
	const char *counts = bytes + SCORE_SUMMARY_HEADER - VARHDRSZ;

	if (!whole ||
		header_problem(bytes[0], flags, first, slots) != NULL ||
		size != score_summary_size(slots, flags))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("score_summary of %zu bytes is corrupt", size)));

	h->first = first;
	h->slots = slots;
	h->weighted = (flags & SCORE_SUMMARY_WEIGHTED) != 0;
	if (h->weighted)
	{
		memcpy(h->weights, counts, slots * sizeof(float8));
		memcpy(h->squares, counts + slots * sizeof(float8), slots * sizeof(float8));
		counts += 2 * slots * sizeof(float8);
	}
	for (int i = 0; i < slots; i++)
	{
		if (flags & SCORE_SUMMARY_COUNT64)
			memcpy(&h->counts[i], counts + i * sizeof(int64), sizeof(int64));
		else
		{
			uint32		count;

			memcpy(&count, counts + i * sizeof(uint32), sizeof(uint32));
			h->counts[i] = count;
		}
		if (!h->weighted)
			h->weights[i] = h->squares[i] = (float8) h->counts[i];
	}
}

/* Sums the responses; false when they do not fit 64 bits. */
static bool
sum_counts(const ScoreHistogram *h, int64 *responses)
{
	*responses = 0;
	for (int i = 0; i < h->slots; i++)
	{
		if (pg_add_s64_overflow(*responses, h->counts[i], responses))
			return false;
	}
	return true;
}

bool
score_summary_load_state(Datum state, ScoreHistogram *h)
{
	int64		responses;

	score_summary_load(state, h);
	if (!sum_counts(h, &responses) || (h->weighted && !score_summary_sums_fit(h)))
		score_summary_overflow();
	return responses > 0;
}

ScoreSummary *
score_summary_build(const ScoreHistogram *h)
{
	uint8		flags = h->weighted ? SCORE_SUMMARY_WEIGHTED : 0;
	int			low = 0;
	int			high = h->slots - 1;
	ScoreSummary *s;

	while (low <= high && h->counts[low] == 0)
		low++;
	while (high >= low && h->counts[high] == 0)
		high--;
	if (low > high)
		return score_summary_new(0, 10, 0);

	for (int i = low; i <= high; i++)
	{
		if (h->counts[i] > PG_UINT32_MAX)
			flags |= SCORE_SUMMARY_COUNT64;
	}

	s = score_summary_new(h->first + low, h->first + high, flags);
	if (h->weighted)
	{
		memcpy(score_summary_weights(s), h->weights + low, s->slots * sizeof(float8));
		memcpy(score_summary_squares(s), h->squares + low, s->slots * sizeof(float8));
	}
	if (flags & SCORE_SUMMARY_COUNT64)
		memcpy(score_summary_counts(s), h->counts + low, s->slots * sizeof(int64));
	else
	{
		uint32	   *counts = score_summary_counts(s);

		for (int i = 0; i < s->slots; i++)
			counts[i] = (uint32) h->counts[low + i];
	}
	return s;
}

/* ---------- Checks shared by the wing ---------- */

void
score_out_of_range(int score)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("score %d is out of range", score),
			 errdetail("Scores are whole numbers from %d to %d.", SCORE_MIN, SCORE_MAX),
			 errhint("Filter the answer out, or bring it onto its scale first.")));
}

int
score_from_float8(float8 score)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (!(score >= SCORE_MIN && score <= SCORE_MAX) || score != (int) score)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %s is out of range", float8_text(score, number)),
				 errdetail("Scores are whole numbers from %d to %d.", SCORE_MIN, SCORE_MAX),
				 errhint("Round a fraction to the scale's steps, or average it with avg().")));
	return (int) score;
}

void
score_weight_check(float8 weight)
{
	char		number[FLOAT8_TEXT_SIZE];

	/* The square has to be a normal number, or an effective base would divide by 0. */
	if (weight == 0 || (weight * weight >= DBL_MIN && weight * weight <= DBL_MAX && weight > 0))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("weight %s is out of range", float8_text(weight, number)),
			 errdetail("A weight is 0 or a finite positive number from 1.5e-154 to 1.3e154."),
			 errhint("Weights say how many respondents an answer stands for; NULL or 0 leaves it out.")));
}

float8
threshold_arg(FunctionCallInfo fcinfo, int arg)
{
	float8		threshold = PG_GETARG_FLOAT8(arg);

	if (isnan(threshold))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the threshold is not a number")));
	return threshold;
}

void
score_summary_require_scale(const ScoreHistogram *h, int lo, int hi, const char *metric)
{
	int			score;

	if (histogram_outside(h, lo, hi, &score))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score %d is outside the scale of %s", score, metric),
				 errdetail("%s expects scores from %d to %d.", metric, lo, hi),
				 errhint("Leave such answers out with FILTER, or give the question's scale where the function takes one.")));
}

bool
score_summary_sums_fit(const ScoreHistogram *h)
{
	int64		responses;
	ScoreBase	base = histogram_base(h);

	return sum_counts(h, &responses) && isfinite(base.weight) && isfinite(base.squares);
}

void
score_summary_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("score_summary out of range"),
			 errdetail("The number of responses or the sum of their weights is too large.")));
}

/* ---------- Text ---------- */

/* Which of the three members a histogram's text has been read. */
static const char *const member_names[] = {"counts", "weights", "squared_weights", NULL};

static void
append_counts(StringInfo text, const ScoreHistogram *h)
{
	const char *separator = "";

	appendStringInfoString(text, "\"counts\": {");
	for (int i = 0; i < h->slots; i++)
	{
		if (h->counts[i] == 0)
			continue;
		appendStringInfo(text, "%s\"%d\": " INT64_FORMAT, separator, h->first + i, h->counts[i]);
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
}

static void
append_sums(StringInfo text, const ScoreHistogram *h, const char *name, const float8 *sums)
{
	const char *separator = "";

	appendStringInfo(text, ", \"%s\": {", name);
	for (int i = 0; i < h->slots; i++)
	{
		char		number[FLOAT8_TEXT_SIZE];

		if (h->counts[i] == 0)
			continue;
		appendStringInfo(text, "%s\"%d\": %s", separator, h->first + i,
						 float8_text(sums[i], number));
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
}

void
score_histogram_append(StringInfo text, const ScoreHistogram *h)
{
	append_counts(text, h);
	if (h->weighted)
	{
		append_sums(text, h, member_names[1], h->weights);
		append_sums(text, h, member_names[2], h->squares);
	}
}

PG_FUNCTION_INFO_V1(score_summary_out);
Datum
score_summary_out(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;
	StringInfoData text;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	score_histogram_append(&text, &h);
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* Reads a score as the key of a member, with its colon. */
static bool
read_score_key(JsonReader *reader, int *slot)
{
	char		key[8];
	JsonReader	key_reader;
	int64		score;

	if (!json_key(reader, key, sizeof(key)))
		return false;
	json_open(&key_reader, key, strlen(key));
	if (!json_int64(&key_reader, &score) || key_reader.at != key_reader.end ||
		strchr("-0123456789", key[0]) == NULL || score < SCORE_MIN || score > SCORE_MAX)
		return json_fail(reader, "a score from -100 to 100 as the key");
	*slot = (int) score - SCORE_MIN;
	return true;
}

/* {"score": positive number, ...}: counts are whole, sums of weights are not. */
static bool
read_by_score(JsonReader *reader, int64 *counts, float8 *sums)
{
	bool		first = true;
	int			slot = 0;

	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		if (!read_score_key(reader, &slot))
			return false;
		if (counts != NULL ? counts[slot] != 0 : sums[slot] != 0)
			return json_fail(reader, "each score once");
		if (!(counts != NULL ? json_int64(reader, &counts[slot])
			  : json_float8(reader, &sums[slot])))
			return false;
		if (!(counts != NULL ? counts[slot] > 0 : sums[slot] > 0))
			return json_fail(reader, "a number above 0");
	}
	return reader->expected == NULL;
}

bool
score_histogram_read_member(JsonReader *reader, const char *key, ScoreHistogram *h,
							unsigned int *seen)
{
	int			part = json_known(reader, member_names, seen, key);

	return part >= 0 &&
		read_by_score(reader, part == 0 ? h->counts : NULL,
					  part == 1 ? h->weights : h->squares);
}

/*
 * A score that nobody gave has no weight. Of n answers the ratio of sum w to
 * the root of sum w^2 lies between 1 (one carries all) and root n (all alike).
 */
bool
score_histogram_plausible(const ScoreHistogram *h)
{
	const double slack = 1e-6;

	for (int i = 0; i < h->slots; i++)
	{
		double		ratio = h->weights[i] / sqrt(h->squares[i]);

		if (h->counts[i] == 0 && h->weights[i] == 0 && h->squares[i] == 0 &&
			!signbit(h->weights[i]) && !signbit(h->squares[i]))
			continue;
		if (h->counts[i] <= 0 || !(h->weights[i] > 0 && h->squares[i] > 0) ||
			!(ratio >= 1 - slack && ratio <= sqrt((double) h->counts[i]) * (1 + slack)))
			return false;
	}
	return true;
}

bool
score_histogram_read_end(JsonReader *reader, ScoreHistogram *h, unsigned int seen)
{
	if (seen != 1 && seen != 7)
		return json_fail(reader, "\"counts\", and both sums of weights or none");
	h->weighted = seen == 7;
	for (int i = 0; i < h->slots && !h->weighted; i++)
		h->weights[i] = h->squares[i] = (float8) h->counts[i];
	return score_histogram_plausible(h) ||
		json_fail(reader, "sums of weights for the scores that have counts");
}

static bool
read_summary(JsonReader *reader, ScoreHistogram *h)
{
	bool		first = true;
	unsigned int seen = 0;
	char		key[16];

	histogram_init(h, SCORE_MIN, SCORE_MAX, false);
	if (!json_expect(reader, '{', "\"{\""))
		return false;
	while (json_next(reader, &first, '}'))
	{
		if (!json_key(reader, key, sizeof(key)) ||
			!score_histogram_read_member(reader, key, h, &seen))
			return false;
	}
	return reader->expected == NULL && json_finish(reader) &&
		score_histogram_read_end(reader, h, seen);
}

PG_FUNCTION_INFO_V1(score_summary_in);
Datum
score_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	JsonReader	reader;
	ScoreHistogram h;

	json_open(&reader, text, strlen(text));
	if (!read_summary(&reader, &h))
		return refuse_json(fcinfo, SCORE_SUMMARY_TYPE, &reader);
	if (!score_summary_sums_fit(&h))
		return refuse_range(fcinfo, SCORE_SUMMARY_TYPE);
	PG_RETURN_POINTER(score_summary_build(&h));
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(score_summary_send);
Datum
score_summary_send(PG_FUNCTION_ARGS)
{
	ScoreHistogram h;
	StringInfoData buffer;

	score_summary_load(PG_GETARG_DATUM(0), &h);
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, SCORE_SUMMARY_VERSION);
	pq_sendint8(&buffer, h.weighted ? SCORE_SUMMARY_WEIGHTED : 0);
	pq_sendint8(&buffer, (uint8) h.first);
	pq_sendint8(&buffer, h.slots);
	for (int i = 0; i < h.slots; i++)
		pq_sendint64(&buffer, h.counts[i]);
	for (int i = 0; i < h.slots && h.weighted; i++)
	{
		pq_sendfloat8(&buffer, h.weights[i]);
		pq_sendfloat8(&buffer, h.squares[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(score_summary_recv);
Datum
score_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	ScoreHistogram h;
	uint8		flags;
	int			first;
	int			slots;
	const char *problem;

	if (buffer->len - buffer->cursor < 4)
		refuse_binary(SCORE_SUMMARY_TYPE, "The header is incomplete.");
	problem = pq_getmsgbyte(buffer) == SCORE_SUMMARY_VERSION ? NULL : "The version is unknown.";
	flags = pq_getmsgbyte(buffer);
	first = (int8) pq_getmsgbyte(buffer);
	slots = pq_getmsgbyte(buffer);
	if (problem == NULL && (flags & ~SCORE_SUMMARY_WEIGHTED) != 0)
		problem = "The flags are unknown.";
	if (problem == NULL && header_problem(SCORE_SUMMARY_VERSION, flags, first, slots) != NULL)
		problem = "The scores lie outside -100..100.";
	if (problem == NULL && buffer->len - buffer->cursor !=
		slots * (int) (sizeof(int64) + (flags ? 2 * sizeof(float8) : 0)))
		problem = "The length does not fit the header.";
	if (problem != NULL)
		refuse_binary(SCORE_SUMMARY_TYPE, problem);

	histogram_init(&h, first, first + slots - 1, flags != 0);
	for (int i = 0; i < slots; i++)
	{
		h.counts[i] = pq_getmsgint64(buffer);
		h.weights[i] = h.squares[i] = (float8) h.counts[i];
	}
	for (int i = 0; i < slots && h.weighted; i++)
	{
		h.weights[i] = pq_getmsgfloat8(buffer);
		h.squares[i] = pq_getmsgfloat8(buffer);
	}
	if (!score_histogram_plausible(&h))
		refuse_binary(SCORE_SUMMARY_TYPE, "A count is negative, or the sums of weights do not fit the counts.");
	if (!score_summary_sums_fit(&h))
		refuse_binary(SCORE_SUMMARY_TYPE, "The number of responses or the sum of their weights is too large.");
	PG_RETURN_POINTER(score_summary_build(&h));
}

/* ---------- + and - ---------- */

/* Makes room in h for the scores first..last. */
static void
histogram_extend(ScoreHistogram *h, int first, int last)
{
	ScoreHistogram wide;
	int			shift;

	first = Min(first, h->first);
	last = Max(last, h->first + h->slots - 1);
	shift = h->first - first;
	if (shift == 0 && h->slots == last - first + 1)
		return;
	histogram_init(&wide, first, last, h->weighted);
	memcpy(wide.counts + shift, h->counts, h->slots * sizeof(h->counts[0]));
	memcpy(wide.weights + shift, h->weights, h->slots * sizeof(h->weights[0]));
	memcpy(wide.squares + shift, h->squares, h->slots * sizeof(h->squares[0]));
	*h = wide;
}

void
score_histogram_add(ScoreHistogram *a, const ScoreHistogram *b)
{
	int64		responses;

	if (pg_add_s64_overflow(histogram_base(a).responses, histogram_base(b).responses, &responses))
		score_summary_overflow();
	histogram_extend(a, b->first, b->first + b->slots - 1);
	a->weighted |= b->weighted;
	for (int i = 0; i < b->slots; i++)
	{
		int			slot = b->first + i - a->first;

		a->counts[slot] += b->counts[i];
		a->weights[slot] += b->weights[i];
		a->squares[slot] += b->squares[i];
	}
	if (!score_summary_sums_fit(a))
		score_summary_overflow();
}

bool
score_histogram_subtract(ScoreHistogram *a, const ScoreHistogram *b)
{
	histogram_extend(a, b->first, b->first + b->slots - 1);
	for (int i = 0; i < b->slots; i++)
	{
		int			slot = b->first + i - a->first;

		if (a->counts[slot] < b->counts[i])
			return false;
		a->counts[slot] -= b->counts[i];
		a->weights[slot] = a->squares[slot] = (float8) a->counts[slot];
	}
	return true;
}

/* Loads both arguments of an operator that is exact only without weights. */
static void
load_unweighted_args(FunctionCallInfo fcinfo, const char *operator,
					 ScoreHistogram *a, ScoreHistogram *b)
{
	score_summary_load(PG_GETARG_DATUM(0), a);
	score_summary_load(PG_GETARG_DATUM(1), b);
	if (a->weighted || b->weighted)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("operator %s does not take a weighted score_summary", operator),
				 errhint("Merge weighted summaries with rollup(); recompute instead of taking away.")));
}

PG_FUNCTION_INFO_V1(score_summary_add);
Datum
score_summary_add(PG_FUNCTION_ARGS)
{
	ScoreHistogram a;
	ScoreHistogram b;

	load_unweighted_args(fcinfo, "+", &a, &b);
	score_histogram_add(&a, &b);
	PG_RETURN_POINTER(score_summary_build(&a));
}

PG_FUNCTION_INFO_V1(score_summary_subtract);
Datum
score_summary_subtract(PG_FUNCTION_ARGS)
{
	ScoreHistogram a;
	ScoreHistogram b;

	load_unweighted_args(fcinfo, "-", &a, &b);
	if (!score_histogram_subtract(&a, &b))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("cannot take away answers that are not there"),
				 errhint("The right side of - has to be part of the left side.")));
	PG_RETURN_POINTER(score_summary_build(&a));
}
