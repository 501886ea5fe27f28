/*
 * rfm_summary.c
 *	  The SQL record rfm_summary, and the arguments of what makes one.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/typcache.h"

#include "common/calendar.h"
#include "common/compat.h"
#include "common/results.h"
#include "value/rfm_summary.h"

/* The columns of rfm_summary. */
enum
{
	FREQUENCY,
	RECENCY,
	AGE,
	MONETARY,
	UNIT_SECONDS,
	COLUMNS
};

/* The row type; the caller releases it. */
static TupleDesc
row_type(Oid type, int32 typmod)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(type, typmod);

	if (desc->natts != COLUMNS)
		elog(ERROR, "rfm_summary has %d columns", desc->natts);
	return desc;
}

RfmSummary
rfm_summary_arg(FunctionCallInfo fcinfo, int arg)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(arg);
	TupleDesc	desc = row_type(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];
	RfmSummary	summary = {0};

	heap_deform_tuple(&tuple, desc, values, nulls);
	ReleaseTupleDesc(desc);
	summary.has_history = !nulls[FREQUENCY] && !nulls[RECENCY] && !nulls[AGE];
	summary.has_monetary = !nulls[MONETARY];
	if (!nulls[FREQUENCY])
		summary.x = DatumGetInt64(values[FREQUENCY]);
	if (!nulls[RECENCY])
		summary.t_x = DatumGetFloat8(values[RECENCY]);
	if (!nulls[AGE])
		summary.T = DatumGetFloat8(values[AGE]);
	if (!nulls[MONETARY])
		summary.monetary = DatumGetFloat8(values[MONETARY]);
	if (!nulls[UNIT_SECONDS])
	{
		char		number[FLOAT8_TEXT_SIZE];

		summary.unit_seconds = DatumGetFloat8(values[UNIT_SECONDS]);
		if (unlikely(!(summary.unit_seconds > 0 && isfinite(summary.unit_seconds))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a unit of %s seconds", float8_text(summary.unit_seconds, number)),
					 errhint("Give the length of the unit of time in seconds, or NULL where it is not known.")));
	}
	return summary;
}

Datum
rfm_summary_datum(FunctionCallInfo fcinfo, const Rfm *rfm, int64 unit)
{
	TupleDesc	desc = row_type(get_fn_expr_rettype(fcinfo->flinfo), -1);
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};
	HeapTuple	tuple;

	if (isinf(rfm->monetary))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("monetary out of range"),
				 errdetail("The amounts add up to more than a float8 holds."),
				 errhint("Measure amounts in a larger unit of money.")));
	values[FREQUENCY] = Int64GetDatum(rfm->x);
	values[RECENCY] = Float8GetDatum(rfm->t_x);
	values[AGE] = Float8GetDatum(rfm->T);
	values[MONETARY] = float8_or_null(rfm->monetary, &nulls[MONETARY]);
	values[UNIT_SECONDS] = Float8GetDatum((float8) unit / USECS_PER_SEC);
	tuple = heap_form_tuple(desc, values, nulls);
	ReleaseTupleDesc(desc);
	return HeapTupleGetDatum(tuple);
}

static void
bad_interval(const Interval *given, const char *what, const char *problem)
{
	const CalendarInterval interval = {given->month, given->day, given->time};
	char		text[CALENDAR_INTERVAL_TEXT];

	calendar_interval_text(&interval, text);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of %s %s", what, text, problem),
			 errhint("Give a fixed length of time, for example '1 day' or '1 week'.")));
}

int64
rfm_interval_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	const Interval *given = PG_GETARG_INTERVAL_P(arg);
	int64		us;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(given))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot be infinite", what)));
#endif
	if (unlikely(given->month != 0))
		bad_interval(given, what, "has no fixed length");
	if (unlikely(pg_mul_s64_overflow(given->day, USECS_PER_DAY, &us) ||
				 pg_add_s64_overflow(us, given->time, &us)))
		bad_interval(given, what, "is too long");
	if (unlikely(us <= 0))
		bad_interval(given, what, "is not above 0");
	return us;
}

int64
rfm_time_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(arg);

	if (unlikely(TIMESTAMP_NOT_FINITE(at)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s cannot be infinite", what),
				 errhint("Leave the row out with FILTER, or give the time it stands for.")));
	return at;
}

float8
rfm_amount_arg(FunctionCallInfo fcinfo, int arg)
{
	float8		amount = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (unlikely(!isfinite(amount)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("amount %s is not a finite number", float8_text(amount, number)),
				 errhint("Leave the row out with FILTER.")));
	return amount + 0.0;
}
