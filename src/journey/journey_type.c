/*
 * journey_type.c
 *	  The SQL type journey: loading, making, text and binary forms, ||.
 *
 * The binary form is the packed bytes themselves: they are the same on every
 * machine. Only where the client has another encoding are they packed anew.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "common/summary_io.h"
#include "journey/journey_build.h"
#include "journey/journey_text.h"
#include "journey/journey_type.h"

#define JOURNEY_TYPE "journey"

/* ---------- Loading and making ---------- */

void
journey_load(Datum value, JourneyView *view)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(value);

	if (unlikely(!journey_open(view, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed))))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("journey of %zu bytes is corrupt", (Size) VARSIZE_ANY_EXHDR(packed))));
}

Touchpoint *
journey_touchpoints(const JourneyView *view)
{
	Touchpoint *touchpoints = palloc_extended(Max(view->count, 1) * sizeof(Touchpoint), MCXT_ALLOC_HUGE);

	journey_read(view, touchpoints);
	return touchpoints;
}

/* Gives packed bytes their length word. */
static struct varlena *
as_varlena(void *packed, size_t size)
{
	if (packed == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey is larger than 1 GB"),
				 errhint("Build it for shorter periods, a month for example.")));
	SET_VARSIZE(packed, VARHDRSZ + size);
	return packed;
}

struct varlena *
journey_make(Touchpoint *touchpoints, size_t count)
{
	size_t		size;
	void	   *packed = journey_build(touchpoints, count, VARHDRSZ, &size);

	return as_varlena(packed, size);
}

struct varlena *
journey_make_sorted(const Touchpoint *touchpoints, size_t count)
{
	size_t		size;
	void	   *packed = journey_pack(touchpoints, count, VARHDRSZ, &size);

	return as_varlena(packed, size);
}

/* ---------- What SQL gives ---------- */

int64
journey_time(TimestampTz at, const char *what)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s cannot be infinite", what),
				 errhint("Leave the row out with FILTER, or give the time it stands for.")));
	return at;
}

static void
check_name_length(uint32 length, const char *what)
{
	if (length > NAME_MAX_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s of %u bytes is too long", what, length),
				 errdetail("Names of events and channels have at most %d bytes.", NAME_MAX_LENGTH),
				 errhint("Shorten it, for example with left().")));
}

JourneyName
journey_name(text *name, const char *what)
{
	JourneyName		result = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};

	check_name_length(result.length, what);
	return result;
}

double
journey_value(float8 value)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value %s is out of range", float8_text(value, number)),
				 errdetail("The value of a touchpoint is a finite number."),
				 errhint("Leave it out with NULL.")));
	return value + 0.0;			/* no -0 */
}

CalendarInterval
journey_interval(const Interval *given, const char *what)
{
	CalendarInterval interval = {given->month, given->day, given->time};

	if (!calendar_interval_forward(&interval))
	{
		char		text[CALENDAR_INTERVAL_TEXT];

		calendar_interval_text(&interval, text);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of %s points backwards", what, text),
				 errhint("Give an interval of zero or more.")));
	}
	return interval;
}

bool
interval_is_endless(const Interval *interval)
{
#ifdef INTERVAL_IS_NOEND
	return INTERVAL_IS_NOEND(interval);
#else
	return false;
#endif
}

const int64 *
journey_as_of_arg(FunctionCallInfo fcinfo, int arg, int64 *as_of)
{
	if (!arg_is_given(fcinfo, arg))
		return NULL;
	*as_of = PG_GETARG_TIMESTAMPTZ(arg);
	if (TIMESTAMP_NOT_FINITE(*as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of cannot be infinite"),
				 errhint("Give NULL to see everything.")));
	return as_of;
}

/* ---------- Text ---------- */

void
touchpoint_append_json(StringInfo text, const Touchpoint *touchpoint, bool first)
{
	char		number[CALENDAR_TIME_TEXT];

	calendar_time_text(touchpoint->at, number);
	appendStringInfo(text, "%s{\"at\": \"%s\"", first ? "" : ", ", number);
	appendStringInfoString(text, ", \"event\": ");
	append_json_string(text, touchpoint->event.bytes, touchpoint->event.length);
	if (touchpoint->channel.bytes != NULL)
	{
		appendStringInfoString(text, ", \"channel\": ");
		append_json_string(text, touchpoint->channel.bytes, touchpoint->channel.length);
	}
	if (touchpoint->has_value)
		appendStringInfo(text, ", \"value\": %s", float8_text(touchpoint->value, number));
	if (touchpoint->has_score)
		appendStringInfo(text, ", \"score\": %d", touchpoint->score);
	appendStringInfoChar(text, '}');
}

StaticAssertDecl(CALENDAR_TIME_TEXT >= FLOAT8_TEXT_SIZE, "one buffer serves times and numbers");

PG_FUNCTION_INFO_V1(journey_out);
Datum
journey_out(PG_FUNCTION_ARGS)
{
	JourneyView view;
	Touchpoint *touchpoints;
	StringInfoData text;

	JOURNEY_ARG(0, &view);
	touchpoints = journey_touchpoints(&view);
	initStringInfo(&text);
	appendStringInfoChar(&text, '[');
	for (uint32 i = 0; i < view.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		touchpoint_append_json(&text, &touchpoints[i], i == 0);
	}
	appendStringInfoChar(&text, ']');
	PG_RETURN_CSTRING(text.data);
}

PG_FUNCTION_INFO_V1(journey_in);
Datum
journey_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	JsonReader	reader;
	TouchpointList list;

	text_open(&reader, text, strlen(text));
	if (!touchpoints_read_json(&reader, &list))
		return refuse_json(fcinfo, JOURNEY_TYPE, &reader);
	PG_RETURN_POINTER(journey_make(list.touchpoints, list.count));
}

/* ---------- Binary ---------- */

/* A name in another encoding, or as it is where nothing changes. */
static void
convert_name(JourneyName *name, char *(*convert) (const char *, int))
{
	char	   *source = pnstrdup(name->bytes, name->length);
	char	   *converted = convert(source, name->length);

	name->bytes = converted;
	name->length = strlen(converted);
}

static char *
to_client(const char *bytes, int length)
{
	return pg_server_to_client(bytes, length);
}

static char *
from_client(const char *bytes, int length)
{
	char	   *converted = pg_client_to_server(bytes, length);

	/* A letter may be longer here. */
	check_name_length(strlen(converted), "name");
	return converted;
}

/* Converts the names of a journey, each distinct one once, and packs it anew. */
static struct varlena *
convert_names(const JourneyView *view, char *(*convert) (const char *, int))
{
	Touchpoint *touchpoints = journey_touchpoints(view);
	Size		count = (Size) view->event_count + view->channel_count;
	JourneyName	   *names = palloc(Max(count, 1) * sizeof(JourneyName));

	journey_read_names(view, names);
	for (Size i = 0; i < count; i++)
		convert_name(&names[i], convert);
	for (uint32 i = 0; i < view->count; i++)
	{
		touchpoints[i].event = names[journey_event_code(view, i)];
		if (touchpoints[i].channel.bytes != NULL)
			touchpoints[i].channel = names[view->event_count + journey_channel_code(view, i)];
	}
	return journey_make(touchpoints, view->count);
}

PG_FUNCTION_INFO_V1(journey_send);
Datum
journey_send(PG_FUNCTION_ARGS)
{
	JourneyView view;
	StringInfoData buffer;

	JOURNEY_ARG(0, &view);
	if (pg_get_client_encoding() != GetDatabaseEncoding())
	{
		struct varlena *converted = convert_names(&view, to_client);

		journey_open(&view, VARDATA(converted), VARSIZE(converted) - VARHDRSZ);
	}
	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, (const char *) view.bytes, view.size);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(journey_recv);
Datum
journey_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buffer->len - buffer->cursor;
	const char *bytes = pq_getmsgbytes(buffer, size);
	const char *problem = journey_problem(bytes, size);
	JourneyView view;
	NameCursor	cursor;
	bool		convert = pg_get_client_encoding() != GetDatabaseEncoding();
	struct varlena *result;

	if (problem != NULL)
		refuse_binary(JOURNEY_TYPE, problem);
	journey_open(&view, bytes, size);
	if (convert && view.count > 0)
		PG_RETURN_POINTER(convert_names(&view, from_client));

	journey_names(&view, &cursor);
	for (uint64 i = 0; i < (uint64) view.event_count + view.channel_count; i++)
	{
		JourneyName		name = journey_next_name(&cursor);

		pg_verifymbstr(name.bytes, name.length, false);
	}
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	memcpy(VARDATA(result), bytes, size);
	PG_RETURN_POINTER(result);
}

/* ---------- || ---------- */

PG_FUNCTION_INFO_V1(journey_concat);
Datum
journey_concat(PG_FUNCTION_ARGS)
{
	JourneyView a;
	JourneyView b;
	Touchpoint *touchpoints;

	JOURNEY_ARG(0, &a);
	JOURNEY_ARG(1, &b);
	touchpoints = palloc_extended(((Size) a.count + b.count + 1) * sizeof(Touchpoint), MCXT_ALLOC_HUGE);
	journey_read(&a, touchpoints);
	journey_read(&b, touchpoints + a.count);
	PG_RETURN_POINTER(journey_make(touchpoints, (Size) a.count + b.count));
}
