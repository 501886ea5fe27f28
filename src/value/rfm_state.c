/*
 * rfm_state.c
 *	  The type rfm_state: layout, text and binary forms.
 *
 * Text form: {"as_of": "2024-03-13T00:00:00Z", "merge": "1 day", "unit": "7
 * days", "purchases": [[8472, 29.33], [8489, 11.96]]}: the bins of rfm.h and the
 * amounts, in the order of arrival. Binary form: version byte, as_of, merge and
 * unit as int64, the number of purchases as int32, then an int64 and a float8
 * for each.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "common/calendar.h"
#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "value/rfm_state.h"

/* The first block is 120 bytes: with palloc's header it takes 128 and 8 or 16. */
#define FIRST_ROOM 5

#define MAX_BYTES ((Size) 512 << 20)
#define MAX_ROOM ((MAX_BYTES - offsetof(RfmState, purchases)) / sizeof(RfmPurchase))

static inline Size
state_bytes(Size room)
{
	return offsetof(RfmState, purchases) + room * sizeof(RfmPurchase);
}

RfmState *
rfm_state_load(Datum value)
{
	RfmState   *state = (RfmState *) PG_DETOAST_DATUM(value);
	Size		size = VARSIZE(state);

	if (size < state_bytes(0) || state->version != RFM_STATE_VERSION ||
		state->room > MAX_ROOM || size != state_bytes(state->room) || state->count > state->room ||
		state->view.merge <= 0 || state->view.unit <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("%s of %zu bytes is corrupt", RFM_STATE_TYPE, size)));
	return state;
}

static void
too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("%s would be larger than %zu MB", RFM_STATE_TYPE, MAX_BYTES >> 20),
			 errdetail("One group has more than %zu purchases.", (Size) MAX_ROOM),
			 errhint("Group by customer, or add up amounts by time before.")));
}

RfmState *
rfm_state_new(const RfmView *view, uint32 room)
{
	RfmState   *state;

	if (room > MAX_ROOM)
		too_large();
	state = palloc(state_bytes(room));
	memset(state, 0, offsetof(RfmState, purchases));
	SET_VARSIZE(state, state_bytes(room));
	state->version = RFM_STATE_VERSION;
	state->room = room;
	state->view = *view;
	return state;
}

RfmState *
rfm_state_start(const RfmView *view)
{
	return rfm_state_new(view, FIRST_ROOM);
}

RfmState *
rfm_state_make_room(RfmState *state, uint32 more)
{
	const uint64 needed = (uint64) state->count + more;
	uint64		bytes = 256;
	RfmState   *larger;

	if (likely(needed <= state->room))
		return state;
	if (needed > MAX_ROOM)
		too_large();
	while (bytes < state_bytes(needed))
		bytes *= 2;
	larger = rfm_state_new(&state->view, (uint32) ((bytes - state_bytes(0)) / sizeof(RfmPurchase)));
	memcpy(larger->purchases, state->purchases, state->count * sizeof(RfmPurchase));
	larger->count = state->count;
	return larger;
}

/* ---------- One view ---------- */

/* A fixed length of time as text. */
static char *
length_text(int64 us)
{
	CalendarInterval interval = {0, (int32) (us / US_PER_DAY), us % US_PER_DAY};
	char	   *text = palloc(CALENDAR_INTERVAL_TEXT);

	calendar_interval_text(&interval, text);
	return text;
}

static char *
time_text(int64 at)
{
	char	   *text = palloc(CALENDAR_TIME_TEXT);

	calendar_time_text(at, text);
	return text;
}

static void
refuse(const char *what, const char *a, const char *b)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s differs within a group: %s and %s", what, a, b),
			 errhint("Give one %s for all rows of a group, or group by it.", what)));
}

void
rfm_views_differ(const RfmView *a, const RfmView *b)
{
	if (a->as_of != b->as_of)
		refuse("as_of", time_text(Min(a->as_of, b->as_of)), time_text(Max(a->as_of, b->as_of)));
	if (a->merge != b->merge)
		refuse("merge", length_text(Min(a->merge, b->merge)), length_text(Max(a->merge, b->merge)));
	refuse("unit", length_text(Min(a->unit, b->unit)), length_text(Max(a->unit, b->unit)));
}

/* ---------- What is read, from either form ---------- */

static const char *
view_problem(const RfmView *view)
{
	if (!calendar_time_valid(view->as_of))
		return "The time as_of is out of range.";
	if (view->merge <= 0 || view->unit <= 0)
		return "A length of time is not above 0.";
	return NULL;
}

static const char *
purchase_in_state_problem(const RfmView *view, int64 bin, double amount)
{
	if (bin > rfm_bin(view->as_of, view->merge) || bin < rfm_bin(CALENDAR_MIN_TIME, view->merge))
		return "a bin of a time up to as_of";
	if (!isfinite(amount))
		return "a finite amount";
	return NULL;
}

/* ---------- Text ---------- */

PG_FUNCTION_INFO_V1(rfm_state_out);
Datum
rfm_state_out(PG_FUNCTION_ARGS)
{
	const RfmState *state = rfm_state_load(PG_GETARG_DATUM(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"as_of\": \"%s\", \"merge\": \"%s\", \"unit\": \"%s\", \"purchases\": [",
					 time_text(state->view.as_of), length_text(state->view.merge),
					 length_text(state->view.unit));
	for (uint32 i = 0; i < state->count; i++)
	{
		char		number[FLOAT8_TEXT_SIZE];

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&text, "%s[" INT64_FORMAT ", %s]", i > 0 ? ", " : "",
						 state->purchases[i].bin, float8_text(state->purchases[i].amount, number));
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

static bool
read_as_of(JsonReader *reader, int64 *at)
{
	char		text[CALENDAR_TIME_TEXT];

	return json_named(reader, "as_of", "\"as_of\"") && json_string(reader, text, sizeof(text)) &&
		((calendar_time_read(text, strlen(text), at) && calendar_time_valid(*at)) ||
		 json_fail(reader, "a time with its zone"));
}

static bool
read_length(JsonReader *reader, const char *name, const char *quoted, int64 *us)
{
	char		text[CALENDAR_INTERVAL_TEXT];
	CalendarInterval interval;
	const char *expected;
	size_t		problem_at;

	if (!json_named(reader, name, quoted) || !json_string(reader, text, sizeof(text)))
		return false;
	if (calendar_interval_read(text, strlen(text), &interval, &expected, &problem_at) != strlen(text) ||
		interval.months != 0 ||
		__builtin_mul_overflow((int64) interval.days, US_PER_DAY, us) ||
		__builtin_add_overflow(*us, interval.us, us) || *us <= 0)
		return json_fail(reader, "a length of time above 0 without months");
	return true;
}

static bool
read_purchases(JsonReader *reader, RfmState **state)
{
	bool		first = true;

	if (!json_named(reader, "purchases", "\"purchases\"") || !json_expect(reader, '[', "\"[\""))
		return false;
	while (json_next(reader, &first, ']'))
	{
		int64		bin;
		double		amount;
		const char *problem;

		CHECK_FOR_INTERRUPTS();
		if (!(json_expect(reader, '[', "\"[\"") && json_int64(reader, &bin) &&
			  json_expect(reader, ',', "\",\"") && json_float8(reader, &amount) &&
			  json_expect(reader, ']', "\"]\"")))
			return false;
		problem = purchase_in_state_problem(&(*state)->view, bin, amount);
		if (problem != NULL)
			return json_fail(reader, problem);
		*state = rfm_state_make_room(*state, 1);
		rfm_state_add(*state, bin, amount + 0.0);
	}
	return reader->expected == NULL;
}

static bool
read_state(JsonReader *reader, RfmState **state)
{
	RfmView		view;

	if (!(json_expect(reader, '{', "\"{\"") && read_as_of(reader, &view.as_of) &&
		  json_expect(reader, ',', "\",\"") && read_length(reader, "merge", "\"merge\"", &view.merge) &&
		  json_expect(reader, ',', "\",\"") && read_length(reader, "unit", "\"unit\"", &view.unit) &&
		  json_expect(reader, ',', "\",\"")))
		return false;
	*state = rfm_state_start(&view);
	return read_purchases(reader, state) && json_expect(reader, '}', "\"}\"") && json_finish(reader);
}

PG_FUNCTION_INFO_V1(rfm_state_in);
Datum
rfm_state_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	RfmState   *state;
	JsonReader	reader;

	json_open(&reader, text, strlen(text));
	if (!read_state(&reader, &state))
		return refuse_json(fcinfo, RFM_STATE_TYPE, &reader);
	PG_RETURN_POINTER(state);
}

/* ---------- Binary ---------- */

PG_FUNCTION_INFO_V1(rfm_state_send);
Datum
rfm_state_send(PG_FUNCTION_ARGS)
{
	const RfmState *state = rfm_state_load(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, RFM_STATE_VERSION);
	pq_sendint64(&buffer, state->view.as_of);
	pq_sendint64(&buffer, state->view.merge);
	pq_sendint64(&buffer, state->view.unit);
	pq_sendint32(&buffer, state->count);
	for (uint32 i = 0; i < state->count; i++)
	{
		pq_sendint64(&buffer, state->purchases[i].bin);
		pq_sendfloat8(&buffer, state->purchases[i].amount);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(rfm_state_recv);
Datum
rfm_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	RfmView		view;
	uint32		count;
	RfmState   *state;

	receive_version(buffer, RFM_STATE_TYPE, RFM_STATE_VERSION, 1 + 3 * sizeof(int64) + sizeof(int32));
	view.as_of = pq_getmsgint64(buffer);
	view.merge = pq_getmsgint64(buffer);
	view.unit = pq_getmsgint64(buffer);
	if (view_problem(&view) != NULL)
		refuse_binary(RFM_STATE_TYPE, view_problem(&view));
	count = pq_getmsgint(buffer, 4);
	if ((Size) (buffer->len - buffer->cursor) != count * sizeof(RfmPurchase))
		refuse_binary(RFM_STATE_TYPE, "The length does not fit the number of purchases.");
	state = rfm_state_new(&view, count);
	for (uint32 i = 0; i < count; i++)
	{
		int64		bin = pq_getmsgint64(buffer);
		double		amount = pq_getmsgfloat8(buffer);

		if (purchase_in_state_problem(&view, bin, amount) != NULL)
			refuse_binary(RFM_STATE_TYPE, "A purchase is not one up to as_of, or its amount is not finite.");
		rfm_state_add(state, bin, amount + 0.0);
	}
	PG_RETURN_POINTER(state);
}
