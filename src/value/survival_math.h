/*
 * survival_math.h
 *	  Kaplan-Meier, Greenwood, Nelson-Aalen and log-rank over counted durations.
 *
 * Plain C, without allocation. The durations are a multiset in its canonical
 * form whose keys are one word: the bits of the duration, a float8 of 0 or
 * more, and below them whether it is censored. So events come before
 * censorings of the same duration, as the estimators want it. Every function
 * walks over the durations once. What is undefined is NaN.
 */
#ifndef CX_SURVIVAL_MATH_H
#define CX_SURVIVAL_MATH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/estimate.h"
#include "value/multiset.h"

#define SURVIVAL_WORDS 1

/* The key of a duration that is finite and not below 0. */
static inline uint64_t
survival_key(double duration, bool observed)
{
	uint64_t	bits;

	duration += 0.0;			/* -0 becomes 0 */
	memcpy(&bits, &duration, sizeof(bits));
	return bits << 1 | !observed;
}

static inline double
survival_key_duration(uint64_t key)
{
	double		duration;

	key >>= 1;
	memcpy(&duration, &key, sizeof(duration));
	return duration;
}

static inline bool
survival_key_observed(uint64_t key)
{
	return (key & 1) == 0;
}

/* ---------- The curve, step by step ---------- */

typedef struct SurvivalPoint
{
	double		duration;
	int64_t		at_risk;		/* so long or longer */
	int64_t		events;
	int64_t		censored;
	double		survival;		/* Kaplan-Meier, from here on */
	double		greenwood;		/* sum of d / (n (n - d)); infinite once survival is 0 */
	double		hazard;			/* Nelson-Aalen: sum of d / n */
} SurvivalPoint;

typedef struct SurvivalWalk
{
	const Multiset *durations;
	uint32_t	next;
	int64_t		left;			/* longer than the point's duration */
	double		start_survival; /* since the last censoring: survival is a plain share of these */
	double		start_at_risk;
	SurvivalPoint point;
} SurvivalWalk;

/* Starts before the first duration: a point at 0 where everybody survives. */
extern void survival_open(SurvivalWalk *walk, const Multiset *durations);

/* Moves to the next distinct duration; false after the last one. */
extern bool survival_next(SurvivalWalk *walk);

/* ---------- What it says ---------- */

typedef enum SurvivalMethod
{
	SURVIVAL_LOG_LOG,
	SURVIVAL_LOG,
	SURVIVAL_PLAIN
} SurvivalMethod;

/* "log-log", "log", "plain", NULL */
extern const char *const survival_method_names[];

/* S(t); NaN beyond the last duration unless nobody is left by then. */
extern double survival_at(const Multiset *durations, double t);

/*
 * The survival of a point with its interval: z is the two-sided normal
 * quantile. NaN for lo and hi where survival is 0, and for log-log where it is 1.
 */
extern Estimate survival_interval(const SurvivalPoint *point, int64_t rows, double z,
								  SurvivalMethod method);

/* The same at a time; all NaN where S(t) is. */
extern Estimate survival_estimate(const Multiset *durations, double t, double z,
								  SurvivalMethod method);

/* The first t with S(t) <= 1 - p, within 1e-12 relative; NaN when that is not reached. */
extern double survival_quantile(const Multiset *durations, double p);

/* The area under S up to `until`; NaN where S(until) is. */
extern double survival_restricted_mean(const Multiset *durations, double until);

/*
 * Mantel's log-rank test of two samples, its variance the hypergeometric one.
 * Returns chi-square with one degree of freedom; NaN when the variance is 0.
 */
extern double survival_logrank(const Multiset *a, const Multiset *b);

/* Why a canonical multiset of one word is not one of durations; NULL when it is. */
extern const char *survival_problem(const Multiset *durations);

#endif							/* CX_SURVIVAL_MATH_H */
