/*
 * survival_summary.h
 *	  The stored form of durations, some observed to the end and some still open.
 *
 * Include it after postgres.h and fmgr.h. It is a multiset (multiset.h) of the
 * keys of survival_math.h: 16 bytes for a distinct duration, twice that where
 * both events and censorings have it.
 */
#ifndef CX_SURVIVAL_SUMMARY_H
#define CX_SURVIVAL_SUMMARY_H

#include "value/multiset_state.h"
#include "value/survival_math.h"

#define SURVIVAL_TYPE "survival_summary"

/* Reads an argument, unpacked; XX001 where it is damaged. */
extern Multiset *survival_summary_load(Datum value);

/* A duration as argument, finite and not negative; else 22003. */
extern float8 survival_duration_arg(FunctionCallInfo fcinfo, int arg);

/* The same of an interval: seconds; 22023 for one with months. */
extern float8 survival_interval_arg(FunctionCallInfo fcinfo, int arg);

/* A time to ask for, not negative and not NaN; else 22003. */
extern float8 survival_time_arg(FunctionCallInfo fcinfo, int arg, const char *what);

#endif							/* CX_SURVIVAL_SUMMARY_H */
