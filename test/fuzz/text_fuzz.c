/*
 * text_fuzz.c
 *	  The text form of journeys and of their states.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/journey_build.h"
#include "journey/journey_text.h"

/* ---------- Writing ---------- */

/* Blanks, where `vary` asks for another form of the same text. */
static void
put_space(FuzzText *text, bool vary)
{
	static const char *const blanks[] = {" ", "\n", "\t", "\r\n", "  "};

	if (vary && one_in(6))
		put(text, "%s", ONE_OF(blanks));
}

static void
put_string(FuzzText *text, const JourneyName *name, bool vary)
{
	put(text, "\"");
	for (uint32_t i = 0; i < name->length; i++)
	{
		unsigned char c = (unsigned char) name->bytes[i];

		if (c < 0x20 || (vary && c < 0x80 && one_in(20)))
			put(text, one_in(2) ? "\\u%04x" : "\\u%04X", c);
		else if (c == '"' || c == '\\')
			put(text, "\\%c", c);
		else
			put(text, "%c", c);
	}
	put(text, "\"");
}

static void
put_member(FuzzText *text, const char *key, bool *first, bool vary)
{
	put_space(text, vary);
	put(text, "%s\"%s\"", *first ? "" : ",", key);
	put_space(text, vary);
	put(text, ":");
	put_space(text, vary);
	*first = false;
}

static void
put_numbers(FuzzText *text, const Touchpoint *touchpoint, bool *first, bool vary)
{
	if (touchpoint->has_value)
	{
		put_member(text, "value", first, vary);
		put(text, "%s%.17g", vary && touchpoint->value == 0 && one_in(2) ? "-" : "", touchpoint->value);
	}
	if (touchpoint->has_score)
	{
		put_member(text, "score", first, vary);
		put(text, "%d", touchpoint->score);
	}
	else if (vary && one_in(8))
	{
		put_member(text, "score", first, vary);
		put(text, "null");
	}
}

static void
put_touchpoint(FuzzText *text, const Touchpoint *touchpoint, bool vary)
{
	char		at[CALENDAR_TIME_TEXT];
	bool		first = true;
	bool		numbers_first = vary && one_in(2);

	calendar_time_text(touchpoint->at, at);
	put(text, "{");
	if (numbers_first)
		put_numbers(text, touchpoint, &first, vary);
	put_member(text, "event", &first, vary);
	put_string(text, &touchpoint->event, vary);
	put_member(text, "at", &first, vary);
	put(text, "\"%s\"", at);
	if (touchpoint->channel.bytes != NULL)
	{
		put_member(text, "channel", &first, vary);
		put_string(text, &touchpoint->channel, vary);
	}
	if (!numbers_first)
		put_numbers(text, touchpoint, &first, vary);
	put_space(text, vary);
	put(text, "}");
}

static void
put_touchpoints(FuzzText *text, const Touchpoint *touchpoints, size_t count, bool vary)
{
	put_space(text, vary);
	put(text, "[");
	for (size_t i = 0; i < count; i++)
	{
		put(text, i > 0 ? "," : "");
		put_touchpoint(text, &touchpoints[i], vary);
	}
	put(text, "]");
	put_space(text, vary);
}

/* ---------- The target ---------- */

static size_t
make_text(uint8_t *out)
{
	Touchpoint	touchpoints[60];
	FuzzText	text;

	do
	{
		size_t		count = random_touchpoints(touchpoints, lengthof(touchpoints));

		text = (FuzzText) {(char *) out, 0, false};
		put_touchpoints(&text, touchpoints, count, true);
	} while (text.full);
	return text.length;
}

static const char *const pieces[] = {
	"[", "]", "{", "}", ",", ":", "\"", "[]", "{\"at\":\"2024-02-29T10:00:00Z\",\"event\":\"a\"",
	"},", "\"at\":", "\"event\":", "\"channel\":", "\"value\":", "\"score\":", "null", "\"a\"",
	"\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\\", "\\u", "\\ud800", "\"\"", "1", "-0", "1e999", "0.5",
	"-2147483649", "12345678901234567890", "\"4714-11-24T00:00:00Z BC\"",
	"\"294276-12-31T23:59:59.999999Z\"", "\"2023-02-29T00:00:00Z\"", " ", NULL
};

const FuzzTarget fuzz_target = {"journey_in", make_text, pieces, 0};

/* What was read gives a journey whose text gives the same journey. */
static void
round_trips(TouchpointList *list)
{
	static char written[FUZZ_MAX_INPUT];
	FuzzText	text = {written, 0, false};
	size_t		size;
	size_t		size_again;
	uint8_t    *bytes = journey_build(list->touchpoints, list->count, 0, &size);
	void	   *again;
	JourneyView view;
	JsonReader	reader;
	TouchpointList read;

	CHECK(journey_problem(bytes, size) == NULL);
	CHECK(journey_open(&view, bytes, size));
	readers_hold(&view);
	put_touchpoints(&text, list->touchpoints, list->count, false);
	if (!text.full)
	{
		json_open(&reader, text.bytes, text.length);
		CHECK(touchpoints_read_json(&reader, &read));
		again = journey_build(read.touchpoints, read.count, 0, &size_again);
		CHECK(size_again == size && memcmp(again, bytes, size) == 0);
		touchpoint_list_free(&read);
		cx_free(again);
	}
	cx_free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JsonReader	reader;
	TouchpointList list;

	fuzz_begin(data, size);
	json_open(&reader, (const char *) data, size);
	if (touchpoints_read_json(&reader, &list))
	{
		fuzz_accepted++;
		round_trips(&list);
		touchpoint_list_free(&list);
	}
	else
	{
		CHECK(reader.expected != NULL);
		CHECK(reader.at >= reader.start && reader.at <= reader.end);
	}
	CHECK(fuzz_blocks() == 0);

	/* Where the database has another encoding. */
	json_open(&reader, (const char *) data, size);
	reader.ascii = true;
	if (touchpoints_read_json(&reader, &list))
		touchpoint_list_free(&list);
	CHECK(fuzz_blocks() == 0);
	return 0;
}
