/*
 * compat.h
 *	  What differs between PostgreSQL 14 and 18, in one place.
 *
 * Include it after postgres.h and fmgr.h, before our own headers.
 */
#ifndef CX_COMPAT_H
#define CX_COMPAT_H

#if PG_VERSION_NUM < 140000
#error "cx_metrics needs PostgreSQL 14 or later"
#endif

/* 16 moved the varlena macros out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 16 brought soft errors for input functions: report through the caller's context. */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define cx_input_error(context, ...) \
	ereturn(context, (Datum) 0, __VA_ARGS__)
#else
#define cx_input_error(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return (Datum) 0; \
	} while (0)
#endif

/* 18 writes it before the declaration and under this name. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* For typanalyze functions: the statistics target of the column, and a place where ANALYZE may sleep. Needs commands/vacuum.h. */
#if PG_VERSION_NUM >= 170000
#define cx_statistics_target(stats) ((stats)->attstattarget)
#else
#define cx_statistics_target(stats) ((stats)->attr->attstattarget)
#endif
#if PG_VERSION_NUM >= 180000
#define cx_analyze_delay_point() vacuum_delay_point(true)
#else
#define cx_analyze_delay_point() vacuum_delay_point()
#endif

#endif							/* CX_COMPAT_H */
