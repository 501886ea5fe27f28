/*
 * calendar.h
 *	  Times and intervals without a server: UTC, no settings, no time zone.
 *
 * Plain C. A time is microseconds since 2000-01-01 00:00 UTC, as in
 * PostgreSQL. An interval is added the way DESIGN says: months first, the day
 * clamped to the month's end, then days of 24 hours, then the rest.
 */
#ifndef CX_CALENDAR_H
#define CX_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What PostgreSQL's timestamptz can hold: 4714-11-24 BC up to before 294277-01-01. */
#define CALENDAR_MIN_TIME INT64_C(-211813488000000000)
#define CALENDAR_END_TIME INT64_C(9223371331200000000)

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY INT64_C(86400000000)

typedef struct CalendarInterval
{
	int32_t		months;
	int32_t		days;
	int64_t		us;
} CalendarInterval;

static inline bool
calendar_time_valid(int64_t at)
{
	return at >= CALENDAR_MIN_TIME && at < CALENDAR_END_TIME;
}

/* Nothing in it points backwards: adding it never makes a time earlier. */
extern bool calendar_interval_forward(const CalendarInterval *interval);

/* at + interval; INT64_MAX past the last time there is, INT64_MIN before the first. */
extern int64_t calendar_add(int64_t at, const CalendarInterval *interval);

/* ISO 8601 with Z, fractions only as far as needed: 2024-03-13T10:21:14.5Z. */
#define CALENDAR_TIME_TEXT 40
extern size_t calendar_time_text(int64_t at, char *out);

/*
 * Reads what calendar_time_text writes, and ISO 8601 with an offset (+02, -03:30), a space
 * for the T, up to six decimals. False for anything else, and where no zone is given.
 */
extern bool calendar_time_read(const char *text, size_t length, int64_t *at);

/*
 * Writes an interval as units from the largest to the smallest, for example
 * "1 month 2 days 30 minutes" or "0 seconds". Weeks are written as days; hours, minutes and
 * seconds are split, so that it is canonical.
 */
#define CALENDAR_INTERVAL_TEXT 128
extern size_t calendar_interval_text(const CalendarInterval *interval, char *out);

/*
 * Reads one or more of: a whole or decimal number, then a unit (year, month,
 * week, day, hour, minute, second, millisecond, microsecond; plural; y, mon,
 * w, d, h, min, m, s, sec, ms, us), separated by blanks; case does not matter.
 * Decimals are allowed from weeks down. Stops at the first thing that is not
 * part of it. Returns the bytes taken, 0 if none; on a number that does not
 * fit, or a unit that is missing or unknown, returns 0 and puts what was
 * expected into *expected and its place into *problem_at.
 */
extern size_t calendar_interval_read(const char *text, size_t length, CalendarInterval *interval,
									 const char **expected, size_t *problem_at);

#endif							/* CX_CALENDAR_H */
