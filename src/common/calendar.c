/*
 * calendar.c
 *	  Times and intervals without a server; see calendar.h.
 *
 * The calendar is the proleptic Gregorian one with a year 0 (1 BC), counted in
 * years that begin in March, so that the leap day is the last of its year. A
 * day is a number since 2000-01-01; whole days and what is left of them are
 * added apart, which fits 64 bits for any interval.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"

#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR (60 * US_PER_MINUTE)

#define FIRST_DAY (CALENDAR_MIN_TIME / US_PER_DAY)
#define END_DAY (CALENDAR_END_TIME / US_PER_DAY)

#define DAYS_PER_400_YEARS 146097
#define DAYS_PER_100_YEARS 36524	/* the fourth has one more */
#define DAYS_PER_4_YEARS 1461
#define DAYS_BEFORE_MARCH_2000 60

typedef struct Date
{
	int64_t		year;			/* 0 is 1 BC */
	int			month;
	int			day;
} Date;

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The day of a time, and what has passed of it. */
static int64_t
day_of_time(int64_t at, int64_t *us)
{
	*us = at % US_PER_DAY;
	if (*us < 0)
		*us += US_PER_DAY;
	return floor_divide(at, US_PER_DAY);
}

static int64_t
at_most(int64_t a, int64_t limit)
{
	return a < limit ? a : limit;
}

static Date
date_of_day(int64_t day_number)
{
	int64_t		days = day_number - DAYS_BEFORE_MARCH_2000;
	int64_t		cycles = floor_divide(days, DAYS_PER_400_YEARS);
	int64_t		centuries;
	int64_t		fours;
	int64_t		years;
	int			month;
	Date		date;

	days -= cycles * DAYS_PER_400_YEARS;
	centuries = at_most(days / DAYS_PER_100_YEARS, 3);
	days -= centuries * DAYS_PER_100_YEARS;
	fours = days / DAYS_PER_4_YEARS;
	days -= fours * DAYS_PER_4_YEARS;
	years = at_most(days / 365, 3);
	days -= years * 365;

	/* Months from March on have 31, 30, 31, 30, 31 days, over and over: 153 every five. */
	month = (int) (5 * days + 2) / 153;
	date.day = (int) days - (153 * month + 2) / 5 + 1;
	date.month = month < 10 ? month + 3 : month - 9;
	date.year = 2000 + 400 * cycles + 100 * centuries + 4 * fours + years + (date.month <= 2);
	return date;
}

static int64_t
day_of_date(Date date)
{
	int64_t		years = date.year - 2000 - (date.month <= 2);
	int			month = date.month > 2 ? date.month - 3 : date.month + 9;

	return years * 365 + floor_divide(years, 4) - floor_divide(years, 100) +
		floor_divide(years, 400) + (153 * month + 2) / 5 + date.day - 1 + DAYS_BEFORE_MARCH_2000;
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* The time `us` after the start of a day; INT64_MIN or INT64_MAX beyond what there is. */
static int64_t
time_of_day(int64_t day, int64_t us)
{
	int64_t		carried = floor_divide(us, US_PER_DAY);

	day += carried;
	if (day < FIRST_DAY)
		return INT64_MIN;
	if (day >= END_DAY)
		return INT64_MAX;
	return day * US_PER_DAY + (us - carried * US_PER_DAY);
}

bool
calendar_interval_forward(const CalendarInterval *interval)
{
	return interval->months >= 0 && interval->days >= 0 && interval->us >= 0;
}

int64_t
calendar_add(int64_t at, const CalendarInterval *interval)
{
	int64_t		us;
	int64_t		day = day_of_time(at, &us);

	if (interval->months != 0)
	{
		Date		date = date_of_day(day);
		int64_t		months = date.year * 12 + date.month - 1 + interval->months;

		date.year = floor_divide(months, 12);
		date.month = (int) (months - date.year * 12) + 1;
		date.day = (int) at_most(date.day, days_in_month(date.year, date.month));
		day = day_of_date(date);
	}
	day += interval->days;
	day += interval->us / US_PER_DAY;
	return time_of_day(day, us + interval->us % US_PER_DAY);
}

/* ---------- Times as text ---------- */

/* A fraction of a second as ".5", with no digit that is not needed; none when it is 0. */
static size_t
write_fraction(char *out, int us)
{
	size_t		length;

	if (us == 0)
		return 0;
	length = (size_t) snprintf(out, 8, ".%06d", us);
	while (out[length - 1] == '0')
		length--;
	return length;
}

size_t
calendar_time_text(int64_t at, char *out)
{
	int64_t		us;
	int64_t		day = day_of_time(at, &us);
	Date		date = date_of_day(day);
	bool		bc = date.year <= 0;
	size_t		length;

	length = (size_t) snprintf(out, CALENDAR_TIME_TEXT, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d",
							   bc ? 1 - date.year : date.year, date.month, date.day,
							   (int) (us / US_PER_HOUR), (int) (us / US_PER_MINUTE % 60),
							   (int) (us / US_PER_SECOND % 60));
	length += write_fraction(out + length, (int) (us % US_PER_SECOND));
	length += (size_t) snprintf(out + length, CALENDAR_TIME_TEXT - length, bc ? "Z BC" : "Z");
	return length;
}

/* What is left of a text. */
typedef struct TextCursor
{
	const char *at;
	const char *end;
} TextCursor;

static bool
digit_next(const TextCursor *cursor)
{
	return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static bool
accept(TextCursor *cursor, char character)
{
	if (cursor->at >= cursor->end || *cursor->at != character)
		return false;
	cursor->at++;
	return true;
}

/* Exactly two digits, of a number from `low` to `high`. */
static bool
read_two(TextCursor *cursor, int low, int high, int *number)
{
	*number = 0;
	for (int i = 0; i < 2; i++)
	{
		if (!digit_next(cursor))
			return false;
		*number = *number * 10 + (*cursor->at++ - '0');
	}
	return *number >= low && *number <= high;
}

/* A year from 1 on: four digits, or up to six that do not start with 0. */
static bool
read_year(TextCursor *cursor, int64_t *year)
{
	const char *start = cursor->at;
	ptrdiff_t	digits;

	*year = 0;
	while (digit_next(cursor) && cursor->at - start < 6)
		*year = *year * 10 + (*cursor->at++ - '0');
	digits = cursor->at - start;
	return *year > 0 && digits >= 4 && (digits == 4 || *start != '0');
}

/* Seconds with up to six decimals, as microseconds. */
static bool
read_seconds(TextCursor *cursor, int64_t *us)
{
	int			seconds;
	int64_t		place = US_PER_SECOND / 10;

	if (!read_two(cursor, 0, 59, &seconds))
		return false;
	*us = seconds * US_PER_SECOND;
	if (!accept(cursor, '.'))
		return true;
	if (!digit_next(cursor))
		return false;
	for (; digit_next(cursor) && place > 0; place /= 10)
		*us += (*cursor->at++ - '0') * place;
	return true;
}

/* Z or hours, and perhaps minutes, ahead of UTC. */
static bool
read_zone(TextCursor *cursor, int64_t *ahead)
{
	int			hours;
	int			minutes = 0;
	bool		west;

	*ahead = 0;
	if (accept(cursor, 'Z'))
		return true;
	west = accept(cursor, '-');
	if (!west && !accept(cursor, '+'))
		return false;
	if (!read_two(cursor, 0, 15, &hours))
		return false;
	if (accept(cursor, ':') && !read_two(cursor, 0, 59, &minutes))
		return false;
	*ahead = (hours * US_PER_HOUR + minutes * US_PER_MINUTE) * (west ? -1 : 1);
	return true;
}

bool
calendar_time_read(const char *text, size_t length, int64_t *at)
{
	TextCursor	cursor = {text, text + length};
	Date		date;
	int			hour;
	int			minute;
	int64_t		us;
	int64_t		ahead;

	if (!read_year(&cursor, &date.year) || !accept(&cursor, '-') ||
		!read_two(&cursor, 1, 12, &date.month) || !accept(&cursor, '-') ||
		!read_two(&cursor, 1, 31, &date.day) ||
		!(accept(&cursor, 'T') || accept(&cursor, ' ')) ||
		!read_two(&cursor, 0, 23, &hour) || !accept(&cursor, ':') ||
		!read_two(&cursor, 0, 59, &minute) || !accept(&cursor, ':') ||
		!read_seconds(&cursor, &us) || !read_zone(&cursor, &ahead))
		return false;
	if (cursor.end - cursor.at == 3 && memcmp(cursor.at, " BC", 3) == 0)
	{
		date.year = 1 - date.year;
		cursor.at = cursor.end;
	}
	if (cursor.at != cursor.end || date.day > days_in_month(date.year, date.month))
		return false;
	*at = time_of_day(day_of_date(date), hour * US_PER_HOUR + minute * US_PER_MINUTE + us - ahead);
	return calendar_time_valid(*at);
}

/* ---------- Intervals as text ---------- */

/* Adds "-2.5 seconds", or nothing for 0. `fraction` is in millionths, its sign that of `whole`. */
static size_t
write_part(char *out, size_t length, int64_t whole, int fraction, const char *unit)
{
	bool		negative = whole < 0 || fraction < 0;
	size_t		room = CALENDAR_INTERVAL_TEXT - length;
	size_t		added;

	if (whole == 0 && fraction == 0)
		return length;
	whole = negative ? -whole : whole;
	fraction = negative ? -fraction : fraction;
	added = (size_t) snprintf(out + length, room, "%s%s%" PRId64, length > 0 ? " " : "",
							  negative ? "-" : "", whole);
	added += write_fraction(out + length + added, fraction);
	added += (size_t) snprintf(out + length + added, room - added, " %s%s", unit,
							   whole == 1 && fraction == 0 ? "" : "s");
	return length + added;
}

size_t
calendar_interval_text(const CalendarInterval *interval, char *out)
{
	size_t		length = 0;

	length = write_part(out, length, interval->months / 12, 0, "year");
	length = write_part(out, length, interval->months % 12, 0, "month");
	length = write_part(out, length, interval->days, 0, "day");
	length = write_part(out, length, interval->us / US_PER_HOUR, 0, "hour");
	length = write_part(out, length, interval->us / US_PER_MINUTE % 60, 0, "minute");
	length = write_part(out, length, interval->us / US_PER_SECOND % 60,
						(int) (interval->us % US_PER_SECOND), "second");
	if (length == 0)
		length = (size_t) snprintf(out, CALENDAR_INTERVAL_TEXT, "0 seconds");
	return length;
}

/* What one of a unit adds; `us` of those that may have decimals is their length. */
typedef struct CalendarUnit
{
	const char *name;
	bool		plural;			/* an "s" may follow */
	int			months;
	int			days;
	int64_t		us;
} CalendarUnit;

static const CalendarUnit units[] = {
	{"year", true, 12, 0, 0},
	{"y", false, 12, 0, 0},
	{"month", true, 1, 0, 0},
	{"mon", true, 1, 0, 0},
	{"week", true, 0, 7, US_PER_DAY},
	{"w", false, 0, 7, US_PER_DAY},
	{"day", true, 0, 1, US_PER_DAY},
	{"d", false, 0, 1, US_PER_DAY},
	{"hour", true, 0, 0, US_PER_HOUR},
	{"h", false, 0, 0, US_PER_HOUR},
	{"minute", true, 0, 0, US_PER_MINUTE},
	{"min", true, 0, 0, US_PER_MINUTE},
	{"m", false, 0, 0, US_PER_MINUTE},
	{"second", true, 0, 0, US_PER_SECOND},
	{"sec", true, 0, 0, US_PER_SECOND},
	{"s", false, 0, 0, US_PER_SECOND},
	{"millisecond", true, 0, 0, 1000},
	{"ms", false, 0, 0, 1000},
	{"microsecond", true, 0, 0, 1},
	{"us", false, 0, 0, 1},
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

static bool
same_word(const char *text, size_t length, const char *word)
{
	if (length != strlen(word))
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (lower(text[i]) != word[i])
			return false;
	}
	return true;
}

static const CalendarUnit *
read_unit(TextCursor *cursor)
{
	const char *start = cursor->at;
	size_t		length;

	while (cursor->at < cursor->end && lower(*cursor->at) >= 'a' && lower(*cursor->at) <= 'z')
		cursor->at++;
	length = (size_t) (cursor->at - start);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		if (same_word(start, length, units[i].name))
			return &units[i];
		if (units[i].plural && length > 1 && lower(start[length - 1]) == 's' &&
			same_word(start, length - 1, units[i].name))
			return &units[i];
	}
	cursor->at = start;
	return NULL;
}

static void
skip_blanks(TextCursor *cursor)
{
	while (cursor->at < cursor->end &&
		   (*cursor->at == ' ' || (*cursor->at >= '\t' && *cursor->at <= '\r')))
		cursor->at++;
}

/* A number of the text; both parts have its sign. */
typedef struct Decimal
{
	int64_t		whole;
	double		fraction;
	bool		has_fraction;
} Decimal;

/* True at a digit, or at a sign with a digit behind it. */
static bool
number_next(const TextCursor *cursor)
{
	TextCursor	after = *cursor;

	if (accept(&after, '-') || accept(&after, '+'))
		return digit_next(&after);
	return digit_next(cursor);
}

/* Reads a number that number_next has seen; NULL, or what was expected. */
static const char *
read_decimal(TextCursor *cursor, Decimal *number)
{
	const char *start = cursor->at;
	int			sign = accept(cursor, '-') ? -1 : 1;
	const char *point;

	if (sign > 0)
		accept(cursor, '+');
	number->whole = 0;
	number->fraction = 0;
	for (; digit_next(cursor); cursor->at++)
	{
		if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
			__builtin_add_overflow(number->whole, sign * (*cursor->at - '0'), &number->whole))
		{
			cursor->at = start;
			return "a smaller number";
		}
	}
	point = cursor->at;
	number->has_fraction = accept(cursor, '.');
	if (!number->has_fraction)
		return NULL;
	if (!digit_next(cursor))
		return "a digit";
	while (digit_next(cursor))
		cursor->at++;
	for (const char *digit = cursor->at - 1; digit > point; digit--)
		number->fraction = (number->fraction + sign * (*digit - '0')) / 10;
	return NULL;
}

/* Adds number * unit to the interval; false when a field overflows. */
static bool
add_units(CalendarInterval *interval, const Decimal *number, const CalendarUnit *unit)
{
	int64_t		months;
	int64_t		days;
	int64_t		us;
	double		part_days = number->fraction * unit->days;
	double		part_us;

	if (__builtin_mul_overflow(number->whole, unit->months, &months) ||
		__builtin_mul_overflow(number->whole, unit->days, &days) ||
		__builtin_mul_overflow(number->whole, unit->days > 0 ? 0 : unit->us, &us))
		return false;
	part_us = unit->days > 0
		? (part_days - trunc(part_days)) * (double) US_PER_DAY
		: number->fraction * (double) unit->us;
	return !__builtin_add_overflow(days, (int64_t) trunc(part_days), &days) &&
		!__builtin_add_overflow(us, (int64_t) rint(part_us), &us) &&
		!__builtin_add_overflow(months, interval->months, &interval->months) &&
		!__builtin_add_overflow(days, interval->days, &interval->days) &&
		!__builtin_add_overflow(us, interval->us, &interval->us);
}

size_t
calendar_interval_read(const char *text, size_t length, CalendarInterval *interval,
					   const char **expected, size_t *problem_at)
{
	TextCursor	cursor = {text, text + length};
	size_t		taken = 0;

	*interval = (CalendarInterval) {0, 0, 0};
	*expected = NULL;
	for (;;)
	{
		const char *start;
		const CalendarUnit *unit;
		Decimal		number;

		skip_blanks(&cursor);
		if (!number_next(&cursor))
			break;
		start = cursor.at;
		*expected = read_decimal(&cursor, &number);
		if (*expected != NULL)
			break;
		skip_blanks(&cursor);
		unit = read_unit(&cursor);
		if (unit == NULL)
		{
			*expected = "a unit of time such as days or hours";
			break;
		}
		taken = (size_t) (cursor.at - text);
		if (number.has_fraction && unit->us == 0)
			*expected = "a whole number of years or months";
		else if (!add_units(interval, &number, unit))
			*expected = "a smaller number";
		if (*expected != NULL)
		{
			cursor.at = start;
			break;
		}
	}
	if (*expected == NULL && taken > 0)
		return taken;
	if (*expected == NULL)
		*expected = "an interval such as 30 days";
	*problem_at = (size_t) (cursor.at - text);
	return 0;
}
