/*
 * rfm_summary.h
 *	  The SQL record rfm_summary, and the arguments of what makes one.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_RFM_SUMMARY_H
#define CX_RFM_SUMMARY_H

#include "utils/timestamp.h"

#include "value/rfm.h"

/* An rfm_summary as an argument. */
typedef struct RfmSummary
{
	int64		x;
	double		t_x;
	double		T;
	double		monetary;
	double		unit_seconds;	/* 0 where it is NULL */
	bool		has_history;	/* x, t_x and T are not NULL */
	bool		has_monetary;
} RfmSummary;

/*
 * The columns of an argument that is not NULL; 0 where they are NULL. They are
 * what the user put there: only the unit is checked (22023).
 */
extern RfmSummary rfm_summary_arg(FunctionCallInfo fcinfo, int arg);

/*
 * What a function declared to return rfm_summary returns; 22003 when the
 * amounts add up to more than a float8 holds.
 */
extern Datum rfm_summary_datum(FunctionCallInfo fcinfo, const Rfm *rfm, int64 unit);

/* A length of time in microseconds, above 0 and without months; else 22023. `what` names it. */
extern int64 rfm_interval_arg(FunctionCallInfo fcinfo, int arg, const char *what);

/* A time that is not infinite, else 22008. */
extern int64 rfm_time_arg(FunctionCallInfo fcinfo, int arg, const char *what);

/* An amount that is finite, else 22003. -0 becomes 0. */
extern float8 rfm_amount_arg(FunctionCallInfo fcinfo, int arg);

#endif							/* CX_RFM_SUMMARY_H */
