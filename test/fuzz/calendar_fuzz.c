/*
 * calendar_fuzz.c
 *	  The text of times and of intervals, and adding one to the other.
 */
#include <string.h>

#include "fuzz.h"

/* Which of the two a text is, is for the readers to say. */
static size_t
make_calendar(uint8_t *out)
{
	FuzzText	text = {(char *) out, 0, false};
	char		at[CALENDAR_TIME_TEXT];

	if (one_in(2))
		put_interval(&text);
	else if (one_in(2))
	{
		calendar_time_text(random_time(), at);
		put(&text, "%s", at);
	}
	else
	{
		put(&text, "%04d-%02d-%02d%c%02d:%02d:%02d", 1 + random_below(9999), 1 + random_below(12),
			1 + random_below(28), one_in(2) ? 'T' : ' ', random_below(24), random_below(60), random_below(60));
		if (one_in(2))
			put(&text, ".%d", random_below(1000000));
		put(&text, "%c%02d", one_in(2) ? '+' : '-', random_below(16));
		put(&text, one_in(2) ? ":30" : "");
	}
	return text.length;
}

static const char *const pieces[] = {
	"2024-02-29", "T", " ", "10:00:00", "23:59:59", ".5", ".999999", "Z", "+02", "-03:30", " BC",
	"4713-01-01", "294276-12-31", "0000", "1", "-", "+", "0", "9223372036854775807",
	"-9223372036854775808", "2147483647", ".", "0.3333333333333333333", "month", "years", "day",
	"d", "h", "min", "m", "ms", "us", "s", "weeks", " 1 ", "\t", NULL
};

const FuzzTarget fuzz_target = {"calendar", make_calendar, pieces, 0};

static void
time_holds(int64_t at)
{
	char		text[CALENDAR_TIME_TEXT];
	size_t		length = calendar_time_text(at, text);
	int64_t		again;

	CHECK(length < sizeof(text) && strlen(text) == length);
	CHECK(calendar_time_valid(at) && calendar_time_read(text, length, &again) && again == at);
}

/* A sum lies where there are times, or is said to be past them. */
static void
sum_holds(int64_t at, const CalendarInterval *interval)
{
	int64_t		sum = calendar_add(at, interval);

	CHECK(calendar_time_valid(sum) || sum == INT64_MIN || sum == INT64_MAX);
	if (calendar_interval_forward(interval))
		CHECK(sum >= at);
}

static void
interval_holds(const CalendarInterval *interval)
{
	char		text[CALENDAR_INTERVAL_TEXT];
	size_t		length = calendar_interval_text(interval, text);
	const char *expected;
	size_t		problem_at;
	CalendarInterval again;

	CHECK(length < sizeof(text) && strlen(text) == length);
	CHECK(calendar_interval_read(text, length, &again, &expected, &problem_at) == length);
	CHECK(again.months == interval->months && again.days == interval->days && again.us == interval->us);
	for (int i = 0; i < 4; i++)
		sum_holds(random_time(), interval);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	const char *expected = NULL;
	size_t		problem_at = 0;
	size_t		taken;
	int64_t		at;
	CalendarInterval interval;
	CalendarInterval any;

	fuzz_begin(data, size);
	if (calendar_time_read(text, size, &at))
	{
		fuzz_accepted++;
		time_holds(at);
	}
	taken = calendar_interval_read(text, size, &interval, &expected, &problem_at);
	CHECK(taken <= size);
	if (taken == 0)
		CHECK(expected != NULL && problem_at <= size);
	else
	{
		fuzz_accepted += taken == size;
		interval_holds(&interval);
	}
	any = (CalendarInterval) {(int32_t) random_bits(), (int32_t) random_bits(), (int64_t) random_bits()};
	interval_holds(&any);
	return 0;
}
