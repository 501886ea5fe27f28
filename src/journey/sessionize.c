/*
 * sessionize.c
 *	  The window function sessionize: numbers the sessions of rows in order of time.
 */
#include "postgres.h"

#include "fmgr.h"
#include "windowapi.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "journey/journey_type.h"

/* What is kept of a partition. */
typedef struct Sessions
{
	int64		count;			/* sessions so far */
	int64		last;			/* time of the row before, when count > 0 */
} Sessions;

/*
 * Row by row; a row without a time or a gap belongs to no session. The mark
 * is advanced, so the partition is not kept in memory.
 */
PG_FUNCTION_INFO_V1(sessionize);
Datum
sessionize(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	Sessions   *sessions = WinGetPartitionLocalMemory(window, sizeof(Sessions));
	bool		no_time;
	bool		no_gap;
	Datum		at_arg = WinGetFuncArgCurrent(window, 0, &no_time);
	Datum		gap_arg = WinGetFuncArgCurrent(window, 1, &no_gap);
	int64		at;
	CalendarInterval gap;

	WinSetMarkPosition(window, WinGetCurrentPosition(window));
	if (no_time || no_gap)
		PG_RETURN_NULL();
	at = journey_time(DatumGetTimestampTz(at_arg), "the time of a touchpoint");
	gap = journey_interval(DatumGetIntervalP(gap_arg), "gap");
	if (sessions->count > 0 && at < sessions->last)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sessionize met a row that is earlier than the one before"),
				 errhint("Write OVER (PARTITION BY customer ORDER BY at).")));
	if (sessions->count == 0 || at > calendar_add(sessions->last, &gap))
		sessions->count++;
	sessions->last = at;
	PG_RETURN_INT64(sessions->count);
}
