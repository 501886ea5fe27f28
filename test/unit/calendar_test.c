/*
 * calendar_test.c
 *	  Times, intervals and their text.
 *
 * Second sources: PostgreSQL 15 (the tables below were computed by it, in UTC,
 * and only brought into our notation), the C library's gmtime and timegm for
 * random times, and a walk over every day of 1,200 years. The C library's and
 * PostgreSQL's calendars are proleptic Gregorian, as ours is.
 */
#define _GNU_SOURCE				/* timegm */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/calendar.h"
#include "tap.h"

#define SECONDS_1970_TO_2000 INT64_C(946684800)

static uint64_t seed;

static uint64_t
random_bits(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * UINT64_C(2685821657736338717);
}

static int64_t
random_time(void)
{
	const uint64_t span = (uint64_t) CALENDAR_END_TIME - (uint64_t) CALENDAR_MIN_TIME;

	return (int64_t) ((uint64_t) CALENDAR_MIN_TIME + random_bits() % span);
}

/* Of any size: as many random bits as chance says. */
static int64_t
random_size(void)
{
	return (int64_t) random_bits() >> random_bits() % 64;
}

/* ---------- Times as text ---------- */

/* extract(epoch from text::timestamptz), from 2000 on; the last second of all by hand, as epoch rounds it. */
static const struct
{
	const char *text;
	int64_t		at;
}			known_times[] = {
	{"2024-03-13T10:21:14.5Z", INT64_C(763640474500000)},
	{"2024-03-13T10:21:14Z", INT64_C(763640474000000)},
	{"2000-01-01T00:00:00Z", INT64_C(0)},
	{"1999-12-31T23:59:59.999999Z", INT64_C(-1)},
	{"0044-03-15T00:00:00Z BC", INT64_C(-64464508800000000)},
	{"4714-11-24T00:00:00Z BC", INT64_C(-211813488000000000)},
	{"0001-12-31T23:59:59Z BC", INT64_C(-63082281601000000)},
	{"0001-01-01T00:00:00Z", INT64_C(-63082281600000000)},
	{"0005-02-29T12:00:00Z BC", INT64_C(-63234993600000000)},
	{"294276-12-31T23:59:59.999999Z", INT64_C(9223371331199999999)},
	{"12345-06-07T08:09:10Z", INT64_C(326470291750000000)},
	{"2024-02-29T00:00:00.1Z", INT64_C(762480000100000)},
	{"1582-10-10T00:00:00Z", INT64_C(-13166409600000000)},
};

/* The same for text that we read but do not write so. */
static const struct
{
	const char *text;
	int64_t		at;
}			read_times[] = {
	{"2024-03-13 10:21:14.5+02", INT64_C(763633274500000)},
	{"2024-03-13T10:21:14-03:30", INT64_C(763653074000000)},
	{"2024-12-31T23:30:00.000001-01:00", INT64_C(789006600000001)},
	{"294276-12-31T23:59:59+15:59", INT64_C(9223371273659000000)},
	{"4714-11-24T02:00:00+02 BC", INT64_C(-211813488000000000)},
	{"2024-02-29T00:00:00.100000Z", INT64_C(762480000100000)},
};

static const char *const bad_times[] = {
	"", "Z", "2024", "2024-03-13", "2024-03-13T10:21:14", "2024-03-13T10:21Z", "2024-03-13 10:21:14 Z",
	"2024-03-13t10:21:14Z", "2024-03-13T10:21:14z", "2024-03-13  10:21:14Z", " 2024-03-13T10:21:14Z",
	"2024-03-13T10:21:14Z ", "2024-3-13T10:21:14Z", "2024-03-13T1:21:14Z", "24-03-13T10:21:14Z",
	"02024-03-13T10:21:14Z", "0000-03-13T10:21:14Z", "-2024-03-13T10:21:14Z", "+2024-03-13T10:21:14Z",
	"2024-00-13T10:21:14Z", "2024-13-13T10:21:14Z", "2024-03-00T10:21:14Z", "2024-03-32T10:21:14Z",
	"2024-04-31T10:21:14Z", "2023-02-29T10:21:14Z", "1900-02-29T00:00:00Z", "0004-02-29T00:00:00Z BC",
	"2024-03-13T24:00:00Z", "2024-03-13T10:60:14Z", "2024-03-13T10:21:60Z", "2024-03-13T10:21:14.Z",
	"2024-03-13T10:21:14.1234567Z", "2024-03-13T10:21:14,5Z", "2024-03-13T10:21:14+2",
	"2024-03-13T10:21:14+02:", "2024-03-13T10:21:14+02:3", "2024-03-13T10:21:14+0230",
	"2024-03-13T10:21:14+16", "2024-03-13T10:21:14+02:60", "2024-03-13T10:21:14+02Z",
	"2024-03-13T10:21:14ZBC", "2024-03-13T10:21:14Z bc", "2024-03-13T10:21:14Z BCE", "infinity", "now",
	"4714-11-23T23:59:59.999999Z BC", "4714-11-24T00:00:00+00:01 BC", "294277-01-01T00:00:00Z",
	"294276-12-31T23:59:59-00:01", "999999-12-31T23:59:59Z", "1000000-01-01T00:00:00Z",
	"99999999999999999999-01-01T00:00:00Z",
};

/* Whether a text, without a closing NUL, is read as the time. */
static bool
reads_as(const char *text, int64_t want)
{
	size_t		length = strlen(text);
	char	   *copy = malloc(length + 1);
	int64_t		at;
	bool		read;

	memcpy(copy + 1, text, length);
	read = calendar_time_read(copy + 1, length, &at);
	free(copy);
	return read && at == want;
}

static void
test_times(void)
{
	char		text[CALENDAR_TIME_TEXT];

	for (size_t i = 0; i < sizeof(known_times) / sizeof(known_times[0]); i++)
	{
		size_t		length = calendar_time_text(known_times[i].at, text);

		if (!ok(strcmp(text, known_times[i].text) == 0 && length == strlen(text) &&
				reads_as(text, known_times[i].at), known_times[i].text))
			printf("# got %s\n", text);
	}
	for (size_t i = 0; i < sizeof(read_times) / sizeof(read_times[0]); i++)
		ok(reads_as(read_times[i].text, read_times[i].at), read_times[i].text);
	for (size_t i = 0; i < sizeof(bad_times) / sizeof(bad_times[0]); i++)
	{
		char		name[100];
		int64_t		at;

		snprintf(name, sizeof(name), "no time: \"%s\"", bad_times[i]);
		ok(!calendar_time_read(bad_times[i], strlen(bad_times[i]), &at), name);
	}
	ok(calendar_time_valid(CALENDAR_MIN_TIME) && !calendar_time_valid(CALENDAR_MIN_TIME - 1) &&
	   calendar_time_valid(CALENDAR_END_TIME - 1) && !calendar_time_valid(CALENDAR_END_TIME) &&
	   !calendar_time_valid(INT64_MIN) && !calendar_time_valid(INT64_MAX), "the first and last time");
}

/* The text of a time by way of gmtime, fraction always in six digits. */
static void
library_text(int64_t at, char *text, size_t size)
{
	int64_t		us = (at % 1000000 + 1000000) % 1000000;
	time_t		seconds = (time_t) ((at - us) / 1000000 + SECONDS_1970_TO_2000);
	struct tm	parts;
	long		year;

	gmtime_r(&seconds, &parts);
	year = parts.tm_year + 1900L;
	snprintf(text, size, "%04ld-%02d-%02dT%02d:%02d:%02d.%06dZ%s", year > 0 ? year : 1 - year,
			 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (int) us,
			 year > 0 ? "" : " BC");
}

static void
test_random_times(void)
{
	int			wrong = 0;

	for (int i = 0; i < 200000; i++)
	{
		int64_t		at = random_time();
		char		want[100];
		char		got[CALENDAR_TIME_TEXT];

		if (i % 4 == 1)
			at -= at % 1000000;
		else if (i % 4 == 2)
			at -= at % 1000;
		else if (i % 4 == 3)
			at = at / 1000000;
		library_text(at, want, sizeof(want));
		wrong += !reads_as(want, at);
		wrong += calendar_time_text(at, got) != strlen(got);
		wrong += !reads_as(got, at);
		/* Ours is the library's without the zeros at the fraction's end. */
		wrong += strncmp(got, want, strcspn(got, ".Z")) != 0;
		if (strchr(got, '.') != NULL)
			wrong += strchr(got, 'Z')[-1] == '0';
		else
			wrong += at % 1000000 != 0;
	}
	ok(wrong == 0, "random times as gmtime has them, and back");
}

/* Day after day from the year 400 BC to 800 AD, and over the turn of 2000. */
static void
walk_days(int from_year, int to_year, const char *first, const char *name)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t		at = 0;
	int			wrong = !calendar_time_read(first, strlen(first), &at);

	for (int year = from_year; year <= to_year; year++)
	{
		bool		leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		for (int month = 1; month <= 12; month++)
		{
			for (int day = 1; day <= lengths[month - 1] + (month == 2 && leap); day++)
			{
				char		want[100];
				char		got[CALENDAR_TIME_TEXT];

				snprintf(want, sizeof(want), "%04d-%02d-%02dT00:00:00Z%s",
						 year > 0 ? year : 1 - year, month, day, year > 0 ? "" : " BC");
				calendar_time_text(at, got);
				wrong += strcmp(got, want) != 0 || !reads_as(want, at);
				at += US_PER_DAY;
			}
		}
	}
	ok(wrong == 0, name);
}

/* ---------- Adding ---------- */

/* text::timestamp + interval */
static const struct
{
	const char *at;
	CalendarInterval interval;
	const char *sum;
}			known_sums[] = {
	{"2024-01-31T00:00:00Z", {1, 0, 0}, "2024-02-29T00:00:00Z"},
	{"2023-01-31T00:00:00Z", {1, 0, 0}, "2023-02-28T00:00:00Z"},
	{"2024-03-31T00:00:00Z", {-1, 0, 0}, "2024-02-29T00:00:00Z"},
	{"2024-02-29T00:00:00Z", {12, 0, 0}, "2025-02-28T00:00:00Z"},
	{"2024-02-29T00:00:00Z", {48, 0, 0}, "2028-02-29T00:00:00Z"},
	{"2024-02-29T00:00:00Z", {-1200, 0, 0}, "1924-02-29T00:00:00Z"},
	{"2000-02-29T00:00:00Z", {-4800, 0, 0}, "1600-02-29T00:00:00Z"},
	{"2024-01-31T23:59:59.999999Z", {1, 0, 1}, "2024-03-01T00:00:00Z"},
	{"2024-12-31T00:00:00Z", {2, 0, 0}, "2025-02-28T00:00:00Z"},
	{"2024-12-31T00:00:00Z", {-10, 0, 0}, "2024-02-29T00:00:00Z"},
	{"2024-08-31T00:00:00Z", {-6, 1, 0}, "2024-03-01T00:00:00Z"},
	{"2024-01-30T00:00:00Z", {1, -1, 0}, "2024-02-28T00:00:00Z"},
	{"2024-05-31T12:00:00Z", {13, 1, INT64_C(-43200000001)}, "2025-06-30T23:59:59.999999Z"},
	{"4714-11-24T00:00:00Z BC", {0, 1, 0}, "4714-11-25T00:00:00Z BC"},
	{"4713-01-01T00:00:00Z BC", {0, -1, 0}, "4714-12-31T00:00:00Z BC"},
	{"0001-12-31T00:00:00Z BC", {0, 1, 0}, "0001-01-01T00:00:00Z"},
	{"0001-01-01T00:00:00Z", {0, 0, -1}, "0001-12-31T23:59:59.999999Z BC"},
	{"0001-01-31T00:00:00Z BC", {1, 0, 0}, "0001-02-29T00:00:00Z BC"},
	{"0005-02-28T00:00:00Z BC", {0, 1, 0}, "0005-02-29T00:00:00Z BC"},
	{"0004-02-28T00:00:00Z BC", {0, 1, 0}, "0004-03-01T00:00:00Z BC"},
	{"0101-02-28T00:00:00Z BC", {0, 1, 0}, "0101-03-01T00:00:00Z BC"},
	{"1900-02-28T00:00:00Z", {0, 1, 0}, "1900-03-01T00:00:00Z"},
	{"2000-02-28T00:00:00Z", {0, 1, 0}, "2000-02-29T00:00:00Z"},
	{"2100-02-28T00:00:00Z", {0, 1, 0}, "2100-03-01T00:00:00Z"},
	{"0044-03-15T00:00:00Z BC", {24804, 0, 0}, "2024-03-15T00:00:00Z"},
	{"294276-11-30T23:59:59.999999Z", {1, 0, 0}, "294276-12-30T23:59:59.999999Z"},
	{"294276-12-30T23:59:59.999999Z", {0, 1, 0}, "294276-12-31T23:59:59.999999Z"},
	{"294276-12-31T00:00:00Z", {-3530000, 0, 0}, "0110-04-30T00:00:00Z"},
	{"1999-12-31T23:59:59.5Z", {0, 0, INT64_C(500000)}, "2000-01-01T00:00:00Z"},
	{"2000-01-01T00:00:00Z", {0, -2451545, 0}, "4714-11-24T00:00:00Z BC"},
	{"2000-01-01T00:00:00Z", {0, 106751982, INT64_C(86399999999)}, "294276-12-31T23:59:59.999999Z"},
	{"1582-10-04T00:00:00Z", {0, 1, 0}, "1582-10-05T00:00:00Z"},
	{"2024-02-10T10:21:14.5Z", {0, 0, INT64_C(-2147483648)}, "2024-02-10T09:45:27.016352Z"},
	{"2020-06-15T00:00:00Z", {-967, 400, INT64_C(-3600000000000000)}, "1826-11-20T08:00:00Z"},
	{"12345-06-07T00:00:00Z", {120011, 0, 0}, "22346-05-07T00:00:00Z"},
};

/* at + interval by the C library: months clamped by hand, then timegm does days and seconds. */
static int64_t
library_add(int64_t at, const CalendarInterval *interval)
{
	int64_t		us = (at % 1000000 + 1000000) % 1000000;
	time_t		seconds = (time_t) ((at - us) / 1000000 + SECONDS_1970_TO_2000);
	int64_t		more = us + interval->us;
	struct tm	parts;
	struct tm	end;
	int			day;

	gmtime_r(&seconds, &parts);
	day = parts.tm_mday;
	parts.tm_mday = 1;
	parts.tm_mon += interval->months;
	end = parts;

	/* Day 0 of the next month is the last of this one. */
	end.tm_mon++;
	end.tm_mday = 0;
	timegm(&end);
	parts.tm_mday = day < end.tm_mday ? day : end.tm_mday;
	parts.tm_mday += interval->days;
	us = (more % 1000000 + 1000000) % 1000000;
	return ((int64_t) timegm(&parts) - SECONDS_1970_TO_2000 + (more - us) / 1000000) * 1000000 + us;
}

static void
test_adding(void)
{
	static const CalendarInterval most = {INT32_MAX, INT32_MAX, INT64_MAX};
	static const CalendarInterval least = {INT32_MIN, INT32_MIN, INT64_MIN};
	static const CalendarInterval back_and_forth = {-1200000, 36524250, 0};
	static const CalendarInterval tick = {0, 0, 1};
	static const CalendarInterval tock = {0, 0, -1};
	int			wrong = 0;

	for (size_t i = 0; i < sizeof(known_sums) / sizeof(known_sums[0]); i++)
	{
		int64_t		at = 0;
		char		text[CALENDAR_TIME_TEXT];
		char		name[150];
		bool		read = calendar_time_read(known_sums[i].at, strlen(known_sums[i].at), &at);

		calendar_time_text(calendar_add(at, &known_sums[i].interval), text);
		snprintf(name, sizeof(name), "%s + %d months %d days %" PRId64 " us", known_sums[i].at,
				 known_sums[i].interval.months, known_sums[i].interval.days,
				 known_sums[i].interval.us);
		if (!ok(read && strcmp(text, known_sums[i].sum) == 0, name))
			printf("# got %s, not %s\n", text, known_sums[i].sum);
	}
	for (int i = 0; i < 200000; i++)
	{
		int64_t		at = random_time() / 4;
		CalendarInterval interval = {(int32_t) (random_bits() % 24001) - 12000,
			(int32_t) (random_bits() % 2000001) - 1000000, (int64_t) random_bits() >> 10};

		wrong += calendar_add(at, &interval) != library_add(at, &interval);
	}
	ok(wrong == 0, "random sums as timegm has them");

	ok(calendar_add(0, &most) == INT64_MAX && calendar_add(CALENDAR_END_TIME - 1, &most) == INT64_MAX &&
	   calendar_add(INT64_MAX, &most) == INT64_MAX, "past the last time");
	ok(calendar_add(0, &least) == INT64_MIN && calendar_add(CALENDAR_MIN_TIME, &least) == INT64_MIN &&
	   calendar_add(INT64_MIN, &least) == INT64_MIN, "before the first time");
	ok(calendar_add(CALENDAR_END_TIME - 1, &tick) == INT64_MAX &&
	   calendar_add(CALENDAR_END_TIME - 2, &tick) == CALENDAR_END_TIME - 1 &&
	   calendar_add(CALENDAR_MIN_TIME, &tock) == INT64_MIN &&
	   calendar_add(CALENDAR_MIN_TIME + 1, &tock) == CALENDAR_MIN_TIME, "the last step is the limit");
	ok(calendar_add(0, &back_and_forth) == 0, "100,000 years back, as many days forth");
}

/* ---------- Intervals as text ---------- */

/* PostgreSQL's months, days and microseconds of the text. */
static const struct
{
	const char *text;
	CalendarInterval interval;
}			known_intervals[] = {
	{"7 days", {0, 7, 0}},
	{"1 year 2 months", {14, 0, 0}},
	{"1 year 2 months 3 days 4 hours 5 minutes 6.5 seconds", {14, 3, INT64_C(14706500000)}},
	{"90 min", {0, 0, INT64_C(5400000000)}},
	{"1.5 hours", {0, 0, INT64_C(5400000000)}},
	{"0.5 days", {0, 0, INT64_C(43200000000)}},
	{"1.5 weeks", {0, 10, INT64_C(43200000000)}},
	{"2 weeks", {0, 14, 0}},
	{"0.1 weeks", {0, 0, INT64_C(60480000000)}},
	{"-1.25 days", {0, -1, INT64_C(-21600000000)}},
	{"1 day -2 hours", {0, 1, INT64_C(-7200000000)}},
	{"-1 month 3 days", {-1, 3, 0}},
	{"250 milliseconds", {0, 0, 250000}},
	{"1500 ms", {0, 0, 1500000}},
	{"7 us", {0, 0, 7}},
	{"12 microseconds", {0, 0, 12}},
	{"0.000001 seconds", {0, 0, 1}},
	{"2 mons", {2, 0, 0}},
	{"3 DAYS 2 Hours", {0, 3, INT64_C(7200000000)}},
	{"1 y 2 mon 3 w 4 d 5 h 6 m 7 s", {14, 25, INT64_C(18367000000)}},
	{"+3 days", {0, 3, 0}},
	{"100 days 100 hours", {0, 100, INT64_C(360000000000)}},
	{"0 seconds", {0, 0, 0}},
	{"2147483647 months", {2147483647, 0, 0}},
	{"-2147483648 days", {0, INT32_MIN, 0}},
	{"0.123456 seconds", {0, 0, 123456}},
	{"36525.75 hours", {0, 0, INT64_C(131492700000000)}},
	{"2.0 weeks", {0, 14, 0}},
	{"1h30min", {0, 0, INT64_C(5400000000)}},
	{"1d12h", {0, 1, INT64_C(43200000000)}},
};

/* By hand, from the rules in calendar.h. */
static const struct
{
	CalendarInterval interval;
	const char *text;
}			written_intervals[] = {
	{{0, 0, 0}, "0 seconds"},
	{{1, 2, INT64_C(1800000000)}, "1 month 2 days 30 minutes"},
	{{12, 1, INT64_C(3661000000)}, "1 year 1 day 1 hour 1 minute 1 second"},
	{{-12, -1, INT64_C(-3661000000)}, "-1 year -1 day -1 hour -1 minute -1 second"},
	{{25, 14, INT64_C(90000000000)}, "2 years 1 month 14 days 25 hours"},
	{{-25, 14, -1}, "-2 years -1 month 14 days -0.000001 seconds"},
	{{0, 0, 1500000}, "1.5 seconds"},
	{{0, 0, -1500000}, "-1.5 seconds"},
	{{0, 0, 100}, "0.0001 seconds"},
	{{INT32_MIN, INT32_MIN, INT64_MIN},
	"-178956970 years -8 months -2147483648 days -2562047788 hours -54.775808 seconds"},
	{{INT32_MAX, INT32_MAX, INT64_MAX},
	"178956970 years 7 months 2147483647 days 2562047788 hours 54.775807 seconds"},
};

static bool
same_interval(const CalendarInterval *a, const CalendarInterval *b)
{
	return a->months == b->months && a->days == b->days && a->us == b->us;
}

/* Reads as many bytes as it should, from a copy without a closing NUL. */
static bool
reads_interval(const char *text, size_t taken, const CalendarInterval *want)
{
	size_t		length = strlen(text);
	char	   *copy = malloc(length + 1);
	CalendarInterval interval;
	const char *expected;
	size_t		at;
	bool		read;

	memcpy(copy + 1, text, length);
	read = calendar_interval_read(copy + 1, length, &interval, &expected, &at) == taken &&
		expected == NULL && same_interval(&interval, want);
	free(copy);
	return read;
}

static void
interval_fails(const char *text, size_t want_at, const char *want)
{
	CalendarInterval interval;
	const char *expected = NULL;
	size_t		at = 0;
	char		name[150];
	size_t		taken = calendar_interval_read(text, strlen(text), &interval, &expected, &at);

	snprintf(name, sizeof(name), "%s: expected %s at %zu", text, want, want_at);
	if (!ok(taken == 0 && expected != NULL && at == want_at && strcmp(expected, want) == 0, name))
		printf("# got %zu bytes, %s at %zu\n", taken, expected == NULL ? "nothing" : expected, at);
}

static void
test_interval_failures(void)
{
	static const char none[] = "an interval such as 30 days";
	static const char unit[] = "a unit of time such as days or hours";
	static const char smaller[] = "a smaller number";
	static const char whole[] = "a whole number of years or months";

	interval_fails("", 0, none);
	interval_fails("  days", 2, none);
	interval_fails("-", 0, none);
	interval_fails(".5 days", 0, none);
	interval_fails("--5 days", 0, none);
	interval_fails("30", 2, unit);
	interval_fails("30 ", 3, unit);
	interval_fails("30 apples", 3, unit);
	interval_fails("30 dayss", 3, unit);
	interval_fails("30 ds", 3, unit);
	interval_fails("30 ss", 3, unit);
	interval_fails("30 days 5", 9, unit);
	interval_fails("30 days 5, b", 9, unit);
	interval_fails("1e3 days", 1, unit);
	interval_fails("1. days", 2, "a digit");
	interval_fails("1.5 years", 0, whole);
	interval_fails("2 days 1.0 months", 7, whole);
	interval_fails("9223372036854775808 us", 0, smaller);
	interval_fails("99999999999999999999999 us", 0, smaller);
	interval_fails("1 day 9223372036854775807 ms", 6, smaller);
	interval_fails("2147483648 days", 0, smaller);
	interval_fails("2147483647 days 1 day", 16, smaller);
	interval_fails("2147483647.5 days 0.5 weeks", 18, smaller);
	interval_fails("178956970 years 8 months", 16, smaller);
	interval_fails("-178956970 years -9 months", 17, smaller);
	interval_fails("306783379 weeks", 0, smaller);
	interval_fails("2562047788.1 hours", 0, smaller);
}

static void
test_intervals(void)
{
	static const CalendarInterval week = {0, 7, 0};
	static const CalendarInterval two_hours = {0, 0, INT64_C(7200000000)};
	int			wrong = 0;

	for (size_t i = 0; i < sizeof(known_intervals) / sizeof(known_intervals[0]); i++)
		ok(reads_interval(known_intervals[i].text, strlen(known_intervals[i].text),
						  &known_intervals[i].interval), known_intervals[i].text);
	for (size_t i = 0; i < sizeof(written_intervals) / sizeof(written_intervals[0]); i++)
	{
		char		text[CALENDAR_INTERVAL_TEXT];
		size_t		length = calendar_interval_text(&written_intervals[i].interval, text);

		if (!ok(length == strlen(text) && strcmp(text, written_intervals[i].text) == 0 &&
				reads_interval(text, length, &written_intervals[i].interval),
				written_intervals[i].text))
			printf("# got %s\n", text);
	}
	ok(reads_interval("7 days, without x", 6, &week) && reads_interval(" 7d} ", 3, &week) &&
	   reads_interval("7 days  -> b", 6, &week) && reads_interval("1\tweek\n", 6, &week) &&
	   reads_interval("2h @web", 2, &two_hours), "an interval ends where it ends");
	for (int i = 0; i < 200000; i++)
	{
		CalendarInterval interval = {(int32_t) random_size(), (int32_t) random_size(), random_size()};
		char		text[CALENDAR_INTERVAL_TEXT];

		if (random_bits() % 4 == 0)
			interval.us -= interval.us % US_PER_SECOND;
		wrong += calendar_interval_text(&interval, text) != strlen(text);
		wrong += !reads_interval(text, strlen(text), &interval);
	}
	ok(wrong == 0, "random intervals read back");
	ok(calendar_interval_forward(&week) && calendar_interval_forward(&known_intervals[22].interval) &&
	   !calendar_interval_forward(&(CalendarInterval) {1, -1, 0}) &&
	   !calendar_interval_forward(&(CalendarInterval) {-1, 60, 0}) &&
	   !calendar_interval_forward(&(CalendarInterval) {0, 1, -1}), "forward");
}

/* Random text in the letters of both: what is read can be written and read again. */
static void
test_random_text(void)
{
	static const char alphabet[] = "0123456789.-+:TZ BC dayhourmnsecwk";
	int			wrong = 0;

	for (int i = 0; i < 300000; i++)
	{
		char		text[40];
		char		written[CALENDAR_TIME_TEXT];
		size_t		length = random_bits() % 30;
		int64_t		at;
		CalendarInterval interval;
		const char *expected;
		size_t		problem_at;

		for (size_t k = 0; k < length; k++)
			text[k] = alphabet[random_bits() % (sizeof(alphabet) - 1)];
		if (i % 2 == 0)
		{
			/* A good time with one character changed is sometimes still one. */
			length = calendar_time_text(random_time(), text);
			text[random_bits() % length] = alphabet[random_bits() % (sizeof(alphabet) - 1)];
		}
		if (calendar_time_read(text, length, &at))
		{
			calendar_time_text(at, written);
			wrong += !calendar_time_valid(at) || !reads_as(written, at);
		}
		if (calendar_interval_read(text, length, &interval, &expected, &problem_at) == 0)
			wrong += expected == NULL || problem_at > length;
		else
			wrong += expected != NULL;
	}
	ok(wrong == 0, "random text");
}

int
main(int argc, char **argv)
{
	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20240613;
	printf("# seed %" PRIu64 "\n", seed);

	test_times();
	test_random_times();
	walk_days(-399, 800, "0400-01-01T00:00:00Z BC", "every day from 400 BC to 800");
	walk_days(1896, 2104, "1896-01-01T00:00:00Z", "every day from 1896 to 2104");
	test_adding();
	test_intervals();
	test_interval_failures();
	test_random_text();
	return done();
}
