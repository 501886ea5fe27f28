/*
 * local_time.c
 *	  Local times of a time zone, as AT TIME ZONE has them; see local_time.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/local_time.h"

#define UNIX_EPOCH_SECONDS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/* Two offsets differ by less than this. */
#define MOST_SHIFT (2 * USECS_PER_DAY)

/* ---------- The zone ---------- */

typedef enum ZoneKind
{
	ZONE_OFFSET,
	ZONE_ABBREVIATION,
	ZONE_NAME
} ZoneKind;

/* Sets the offset in seconds, or the zone. */
#if PG_VERSION_NUM >= 160000
static ZoneKind
find_zone(char *name, int *offset, pg_tz **zone)
{
	switch (DecodeTimezoneName(name, offset, zone))
	{
		case TZNAME_FIXED_OFFSET:
			return ZONE_OFFSET;
		case TZNAME_DYNTZ:
			return ZONE_ABBREVIATION;
		default:
			return ZONE_NAME;
	}
}
#else
static ZoneKind
find_zone(char *name, int *offset, pg_tz **zone)
{
	char	   *lower = downcase_truncate_identifier(name, strlen(name), false);
	int			type = DecodeTimezoneAbbrev(0, lower, offset, zone);

	if (type == TZ || type == DTZ)
		return ZONE_OFFSET;
	if (type == DYNTZ)
		return ZONE_ABBREVIATION;
	*zone = pg_tzset(name);
	if (*zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", name),
				 errhint("Take a name of pg_timezone_names, for example Europe/Madrid.")));
	return ZONE_NAME;
}
#endif

void
local_zone_open(LocalZone *zone, const text *name)
{
	int			offset = 0;
	ZoneKind	kind;

	memset(zone, 0, sizeof(LocalZone));
	text_to_cstring_buffer(name, zone->name, sizeof(zone->name));
	kind = find_zone(zone->name, &offset, &zone->zone);
	if (kind == ZONE_OFFSET)
	{
		zone->zone = NULL;
		zone->offset = offset * USECS_PER_SEC;
	}
	zone->abbreviation = kind == ZONE_ABBREVIATION;
}

/* ---------- Stretches ---------- */

/* The second a time lies in, since 1970. */
static pg_time_t
unix_seconds(int64 at)
{
	return at / USECS_PER_SEC - (at % USECS_PER_SEC < 0) + UNIX_EPOCH_SECONDS;
}

/* Finds the stretch around `utc`, as far as its window and what is near it go. */
static void
find_stretch(const LocalZone *zone, int64 utc, LocalStretch *stretch)
{
	const int64 window = INT64CONST(1) << LOCAL_WINDOW_SHIFT;
	int64		from = (utc >> LOCAL_WINDOW_SHIFT) * window - 2 * MOST_SHIFT;
	int64		until = PG_INT64_MAX;
	pg_time_t	now;
	pg_time_t	change;
	long int	before = 0;
	long int	after;
	int			before_dst;
	int			after_dst;
	struct pg_tm *clock;

	for (;;)
	{
		now = unix_seconds(from);
		if (pg_next_dst_boundary(&now, &before, &before_dst, &change, &after, &after_dst,
								 zone->zone) <= 0 ||
			change >= PG_INT64_MAX / USECS_PER_SEC)
			break;
		until = (change - UNIX_EPOCH_SECONDS) * USECS_PER_SEC;
		if (until > utc)
			break;
		from = until;
		until = PG_INT64_MAX;
	}
	clock = pg_localtime(&now, zone->zone);
	stretch->from = from;
	stretch->until = until;
	stretch->offset = (clock == NULL ? before : clock->tm_gmtoff) * USECS_PER_SEC;
	stretch->both_ways = clock != NULL && clock->tm_gmtoff == before;
}

static inline bool
lies_in(const LocalStretch *stretch, int64 utc)
{
	return utc >= stretch->from && utc < stretch->until;
}

static inline const LocalStretch *
stretch_of(LocalZone *zone, int64 utc)
{
	LocalStretch *known = zone->stretches[utc >> LOCAL_WINDOW_SHIFT & (LOCAL_SLOTS - 1)];

	if (likely(lies_in(&known[0], utc)))
		return &known[0];
	if (lies_in(&known[1], utc))
		return &known[1];
	known[1] = known[0];
	find_stretch(zone, utc, &known[0]);
	return &known[0];
}

/* ---------- Conversions ---------- */

int64
local_of_utc(LocalZone *zone, int64 utc)
{
	int			is_dst;

	if (zone->zone == NULL)
		return utc + zone->offset;
	if (zone->abbreviation)
		return utc - DetermineTimeZoneAbbrevOffsetTS(utc, zone->name, zone->zone, &is_dst) * USECS_PER_SEC;
	return utc + stretch_of(zone, utc)->offset;
}

/* PostgreSQL's own way. */
static int64
convert_local(LocalZone *zone, int64 local)
{
	struct pg_tm clock;
	fsec_t		fraction;
	int			west;

	if (timestamp2tm(local, NULL, &clock, &fraction, NULL, NULL) != 0)
		return local;
	west = zone->abbreviation ? DetermineTimeZoneAbbrevOffset(&clock, zone->name, zone->zone)
		: DetermineTimeZoneOffset(&clock, zone->zone);
	return local + west * USECS_PER_SEC;
}

int64
utc_of_local(LocalZone *zone, int64 local)
{
	if (zone->zone == NULL)
		return local - zone->offset;
	if (!zone->abbreviation)
	{
		const LocalStretch *stretch = stretch_of(zone, local);

		if (likely(stretch->both_ways && local - stretch->from >= MOST_SHIFT &&
				   stretch->until - local > MOST_SHIFT))
			return local - stretch->offset;
	}
	return convert_local(zone, local);
}

int64
utc_of_local_start(LocalZone *zone, int64 local)
{
	int64		utc;
	int64		skipped;
	pg_time_t	before;
	pg_time_t	change;
	long int	offset;
	int			is_dst;

	if (local == PG_INT64_MIN || local == PG_INT64_MAX)
		return local;
	utc = utc_of_local(zone, local);
	if (zone->zone == NULL)
		return utc;

	/* In a gap clocks show more, by the length of the gap; they were turned less than that ago. */
	skipped = local_of_utc(zone, utc) - local;
	if (likely(skipped <= 0))
		return utc;
	before = unix_seconds(utc - skipped);
	if (pg_next_dst_boundary(&before, &offset, &is_dst, &change, &offset, &is_dst, zone->zone) <= 0)
		return utc;
	return Min(utc, (change - UNIX_EPOCH_SECONDS) * USECS_PER_SEC);
}
