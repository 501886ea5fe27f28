/*
 * cohort_window.c
 *	  Window functions over a cohort table: one row a period, in ascending order.
 *
 * Each answers row by row from what it keeps of the partition, and advances
 * the mark, so that the partition is not kept in memory. A row without a period
 * is passed over. Arguments are put into fcinfo, for PG_GETARG_ and its like.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "windowapi.h"

#include "common/compat.h"
#include "common/calendar_units.h"
#include "common/call_cache.h"
#include "common/results.h"
#include "journey/journey_type.h"
#include "value/cohort_math.h"

/* ---------- The rows of a partition ---------- */

/* The row whose period was the last. */
typedef struct CohortRows
{
	bool		any;			/* there was one */
	int32		period;
} CohortRows;

/* Fetches argument `arg` of the current row; false when it is NULL. */
static inline bool
fetch_arg(FunctionCallInfo fcinfo, int arg)
{
	fcinfo->args[arg].value = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), arg, &fcinfo->args[arg].isnull);
	return !fcinfo->args[arg].isnull;
}

static inline void
release_rows_before(FunctionCallInfo fcinfo)
{
	WinSetMarkPosition(PG_WINDOW_OBJECT(), WinGetCurrentPosition(PG_WINDOW_OBJECT()));
}

static void
bad_period(const CohortRows *rows, int32 period)
{
	if (period < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("period %d is negative", period),
				 errhint("Periods are counted from 0, in which the customers were acquired.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("period %d comes after period %d", period, rows->period),
			 errhint("Write OVER (PARTITION BY cohort ORDER BY period), with one row a period.")));
}

/* Goes to the period of the current row; false when it has none. */
static inline bool
next_period(FunctionCallInfo fcinfo, CohortRows *rows)
{
	int32		period;

	release_rows_before(fcinfo);
	if (!fetch_arg(fcinfo, 0))
		return false;
	period = PG_GETARG_INT32(0);
	if (unlikely(period < 0 || (rows->any && period <= rows->period)))
		bad_period(rows, period);
	rows->any = true;
	rows->period = period;
	return true;
}

/* ---------- cohort_period ---------- */

/* Arguments: at, unit, time_zone. */
#define UNIT 1
#define TIME_ZONE 2

typedef struct CustomerRows
{
	bool		any;
	int64		first;
	int64		last;
} CustomerRows;

/* A CallCompile: the units of the calendar. */
static void *
compile_units(FunctionCallInfo fcinfo)
{
	CalendarUnits *units = palloc(sizeof(CalendarUnits));
	CalendarInterval unit;
	char		name[CALENDAR_INTERVAL_TEXT];

	unit = journey_interval(PG_GETARG_INTERVAL_P(UNIT), "unit");
	if (!calendar_units_open(units, &unit, PG_GETARG_TEXT_PP(TIME_ZONE)))
	{
		calendar_interval_text(&unit, name);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is not a unit of the calendar", name),
				 errhint("Give whole months, or whole days, or a time that divides a day.")));
	}
	return units;
}

/* (at, unit, time_zone) */
PG_FUNCTION_INFO_V1(cohort_period);
Datum
cohort_period(PG_FUNCTION_ARGS)
{
	CustomerRows *rows = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(CustomerRows));
	CalendarUnits *units;
	int64		at;
	int64		period;

	release_rows_before(fcinfo);
	if (!fetch_arg(fcinfo, 0))
		PG_RETURN_NULL();
	at = journey_time(PG_GETARG_TIMESTAMPTZ(0), "at");
	if (unlikely(rows->any && at < rows->last))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cohort_period met a row that is earlier than the one before"),
				 errhint("Write OVER (PARTITION BY customer ORDER BY at).")));
	if (!rows->any)
		*rows = (CustomerRows) {true, at, at};
	rows->last = at;
	if (!fetch_arg(fcinfo, UNIT) || !fetch_arg(fcinfo, TIME_ZONE))
		PG_RETURN_NULL();
	units = call_cache(fcinfo, CALL_ARG(UNIT) | CALL_ARG(TIME_ZONE), compile_units);
	period = calendar_unit_of(units, at) - calendar_unit_of(units, rows->first);
	if (unlikely(period > PG_INT32_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("period %lld is out of range", (long long) period),
				 errhint("Take a longer unit.")));
	PG_RETURN_INT32((int32) period);
}

/* ---------- Retention ---------- */

/* Arguments: period, active. */
#define ACTIVE 1

static void
bad_active(const CohortRows *rows, float8 active)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("active is %s in period %d", float8_text(active, number), rows->period),
			 errhint("It is the number of customers who are still active, 0 or more.")));
}

/* Fetches how many are active; false when that is not known. */
static inline bool
fetch_active(FunctionCallInfo fcinfo, const CohortRows *rows, float8 *active)
{
	if (!fetch_arg(fcinfo, ACTIVE))
		return false;
	*active = PG_GETARG_FLOAT8(ACTIVE);
	if (unlikely(!(*active >= 0 && isfinite(*active))))
		bad_active(rows, *active);
	return true;
}

/* The share of `base` that is active: NaN when there was nobody, 22003 when it is no float8. */
static inline float8
share_of(const CohortRows *rows, float8 active, float8 base)
{
	const float8 share = active / base;

	if (unlikely(base == 0))
		return NAN;
	if (unlikely(isinf(share)))
		bad_active(rows, active);
	return share;
}

typedef struct Retention
{
	CohortRows	rows;
	float8		base;			/* active in period 0; 0: nobody, or not known */
} Retention;

/* (period, active) */
PG_FUNCTION_INFO_V1(cohort_retention);
Datum
cohort_retention(PG_FUNCTION_ARGS)
{
	Retention  *retention = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(Retention));
	float8		active;

	if (!next_period(fcinfo, &retention->rows) || !fetch_active(fcinfo, &retention->rows, &active))
		PG_RETURN_NULL();
	if (retention->rows.period == 0)
		retention->base = active;
	RETURN_FLOAT8_OR_NULL(share_of(&retention->rows, active, retention->base));
}

/* 512 MB of them. */
#define MOST_CELLS ((Size) 512 * 1024 * 1024 / sizeof(RetentionCell))
#define FIRST_CELLS 32

typedef struct Projection
{
	Retention	retention;
	RetentionCell *cells;		/* what was observed, until a NULL is met */
	Size		n;
	Size		room;
	bool		fitted;
	RetentionModel model;
} Projection;

/* Makes room for more cells, in the memory of the partition. */
static void
grow_cells(Projection *projection)
{
	Size		room = projection->room == 0 ? FIRST_CELLS : 2 * projection->room;

	if (room > MOST_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %zu observed periods in a partition", MOST_CELLS),
				 errhint("Write OVER (PARTITION BY cohort ORDER BY period), and take a longer unit.")));
	if (projection->cells == NULL)
		projection->cells = MemoryContextAlloc(GetMemoryChunkContext(projection), room * sizeof(RetentionCell));
	else
		projection->cells = repalloc(projection->cells, room * sizeof(RetentionCell));
	projection->room = room;
}

/* Says what keeps the curve from being drawn on. */
static void
warn_of_fit(const Projection *projection)
{
	const RetentionCell *cells = projection->cells;
	const Size	n = projection->n;
	const Size	rise = retention_rise(cells, n);
	char		number[2][FLOAT8_TEXT_SIZE];

	if (projection->retention.base == 0)
		ereport(WARNING,
				(errmsg("retention cannot be projected: nobody is known to be active in period 0")));
	else if (!projection->model.identified)
		ereport(WARNING,
				(errmsg("retention cannot be projected from what %zu periods have observed", n),
				 errdetail("Of %s active in period 0, %s were in period %d.",
						   float8_text(cells[0].active, number[0]),
						   float8_text(cells[n - 1].active, number[1]), cells[n - 1].period),
				 errhint("An sBG takes losses in at least two periods, at rates that differ.")));
	else if (rise < n)
		ereport(WARNING,
				(errmsg("retention is projected although it rises in period %d, from %s to %s active", cells[rise].period,
						float8_text(cells[rise - 1].active, number[0]), float8_text(cells[rise].active, number[1])),
				 errhint("An sBG knows nobody who comes back: count those who are active in a period or later.")));
}

static void
fit_projection(Projection *projection)
{
	retention_fit(projection->cells, projection->n, &projection->model);
	warn_of_fit(projection);
	projection->fitted = true;
	if (projection->cells != NULL)
		pfree(projection->cells);
	projection->cells = NULL;
}

/* (period, active) */
PG_FUNCTION_INFO_V1(projected_retention);
Datum
projected_retention(PG_FUNCTION_ARGS)
{
	Projection *projection = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(Projection));
	Retention  *retention = &projection->retention;
	float8		active;

	if (!next_period(fcinfo, &retention->rows))
		PG_RETURN_NULL();
	if (!fetch_active(fcinfo, &retention->rows, &active))
	{
		if (!projection->fitted)
			fit_projection(projection);
		if (!projection->model.identified)
			PG_RETURN_NULL();
		PG_RETURN_FLOAT8(retention_project(&projection->model, retention->rows.period));
	}
	if (retention->rows.period == 0)
		retention->base = active;
	if (!projection->fitted)
	{
		if (unlikely(projection->n == projection->room))
			grow_cells(projection);
		projection->cells[projection->n++] = (RetentionCell) {retention->rows.period, active};
	}
	RETURN_FLOAT8_OR_NULL(share_of(&retention->rows, active, retention->base));
}

/* ---------- Margins ---------- */

/* Arguments: period, margin, customers, and period_rate or cac. */
#define MARGIN 1
#define CUSTOMERS 2
#define FOURTH 3

/* What is the same in all rows of a cohort, and its margins so far. */
typedef struct CohortMargins
{
	CohortRows	rows;
	bool		open;			/* a NULL was met: nothing is known from there on */
	bool		has_customers;
	bool		has_fourth;
	int64		customers;
	float8		fourth;			/* period_rate or cac */
	float8		margin;			/* discounted, where there is a rate */
} CohortMargins;

/* Checks argument `FOURTH` when it is seen first. */
typedef void (*CheckFourth) (float8 fourth);

static void
check_rate(float8 rate)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (!(rate > -1 && isfinite(rate)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("period_rate %s is not a finite number above -1", float8_text(rate, number)),
				 errhint("Give a fraction: 0.01 for 1 percent a period.")));
}

static void
check_cac(float8 cac)
{
	char		number[FLOAT8_TEXT_SIZE];

	if (!(cac >= 0 && isfinite(cac)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("cac %s is not a finite number from 0 on", float8_text(cac, number)),
				 errhint("It is what a new customer has cost.")));
}

/* Keeps the number of customers, or compares it with the one kept. */
static void
check_customers(CohortMargins *cohort, int64 customers)
{
	if (customers < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("customers is %lld in period %d", (long long) customers, cohort->rows.period),
				 errhint("It is how many customers were acquired, 0 or more.")));
	if (cohort->has_customers)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("customers is %lld in period %d, but was %lld before",
						(long long) customers, cohort->rows.period, (long long) cohort->customers),
				 errhint("It is how many customers were acquired, the same in all periods of a cohort.")));
	cohort->has_customers = true;
	cohort->customers = customers;
}

/* The same for the rate or cac. */
static void
check_fourth(CohortMargins *cohort, float8 fourth, CheckFourth check, const char *name)
{
	char		number[2][FLOAT8_TEXT_SIZE];

	check(fourth);
	if (cohort->has_fourth)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is %s in period %d, but was %s before", name, float8_text(fourth, number[0]),
						cohort->rows.period, float8_text(cohort->fourth, number[1])),
				 errhint("It is the same in all periods of a cohort.")));
	cohort->has_fourth = true;
	cohort->fourth = fourth;
}

static void
bad_margin(const CohortMargins *cohort, float8 margin)
{
	char		number[FLOAT8_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("margin %s of period %d is out of range", float8_text(margin, number), cohort->rows.period),
			 errhint("Margins and their sum are finite numbers.")));
}

/*
 * Goes to the current row and gives its margin; false when its period has not
 * closed, or there is nobody.
 */
static inline bool
next_margin(FunctionCallInfo fcinfo, CohortMargins *cohort, CheckFourth check, const char *name, float8 *margin)
{
	if (!next_period(fcinfo, &cohort->rows))
		return false;
	if (!fetch_arg(fcinfo, CUSTOMERS))
		cohort->open = true;
	else if (unlikely(!cohort->has_customers || PG_GETARG_INT64(CUSTOMERS) != cohort->customers))
		check_customers(cohort, PG_GETARG_INT64(CUSTOMERS));
	if (!fetch_arg(fcinfo, FOURTH))
		cohort->open = true;
	else if (unlikely(!cohort->has_fourth || PG_GETARG_FLOAT8(FOURTH) != cohort->fourth))
		check_fourth(cohort, PG_GETARG_FLOAT8(FOURTH), check, name);
	if (!fetch_arg(fcinfo, MARGIN))
		cohort->open = true;
	else
	{
		*margin = PG_GETARG_FLOAT8(MARGIN);
		if (unlikely(!isfinite(*margin)))
			bad_margin(cohort, *margin);
	}
	return !cohort->open && cohort->customers > 0;
}

/* Adds to the margins so far; `value` is what the margin is worth. */
static inline void
add_margin(CohortMargins *cohort, float8 margin, float8 value)
{
	cohort->margin += value;
	if (unlikely(!isfinite(cohort->margin)))
		bad_margin(cohort, margin);
}

/* (period, margin, customers, period_rate) */
PG_FUNCTION_INFO_V1(cohort_cltv);
Datum
cohort_cltv(PG_FUNCTION_ARGS)
{
	CohortMargins *cohort = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(CohortMargins));
	float8		margin;
	float8		value;

	if (!next_margin(fcinfo, cohort, check_rate, "period_rate", &margin))
		PG_RETURN_NULL();
	value = margin;
	if (cohort->fourth != 0 && margin != 0)
		value *= cohort_discount(cohort->fourth, cohort->rows.period);
	add_margin(cohort, margin, value);
	PG_RETURN_FLOAT8(cohort->margin / cohort->customers);
}

typedef struct CohortPayback
{
	CohortMargins cohort;
	Payback		payback;
} CohortPayback;

/* (period, margin, customers, cac) */
PG_FUNCTION_INFO_V1(payback_period);
Datum
payback_period(PG_FUNCTION_ARGS)
{
	CohortPayback *state = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(CohortPayback));
	CohortMargins *cohort = &state->cohort;
	float8		margin;

	if (!next_margin(fcinfo, cohort, check_cac, "cac", &margin))
		PG_RETURN_NULL();
	add_margin(cohort, margin, margin);
	payback_add(&state->payback, cohort->rows.period, margin, cohort->fourth * cohort->customers);
	if (!state->payback.reached)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state->payback.periods);
}

/* (period, margin, customers, cac) */
PG_FUNCTION_INFO_V1(cltv_cac_ratio);
Datum
cltv_cac_ratio(PG_FUNCTION_ARGS)
{
	CohortMargins *cohort = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(CohortMargins));
	float8		margin;
	float8		ratio;

	if (!next_margin(fcinfo, cohort, check_cac, "cac", &margin))
		PG_RETURN_NULL();
	add_margin(cohort, margin, margin);
	if (cohort->fourth == 0)
		PG_RETURN_NULL();
	ratio = cohort->margin / cohort->customers / cohort->fourth;
	if (unlikely(isinf(ratio)))
		bad_margin(cohort, margin);
	PG_RETURN_FLOAT8(ratio);
}
