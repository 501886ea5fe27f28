/*
 * intervals.h
 *	  Confidence intervals for proportions, net shares and means.
 *
 * Plain C, no PostgreSQL. Every function takes a confidence strictly between 0
 * and 1 and returns an Estimate in the unit it is given in (shares 0..1, net
 * shares -1..1, scores); what the data cannot support is NaN.
 */
#ifndef CX_INTERVALS_H
#define CX_INTERVALS_H

#include "common/estimate.h"
#include "survey/histogram.h"

typedef enum ProportionMethod
{
	PROPORTION_WILSON,
	PROPORTION_AGRESTI_COULL,
	PROPORTION_JEFFREYS,
	PROPORTION_CLOPPER_PEARSON,
	PROPORTION_WALD
} ProportionMethod;

typedef enum NetMethod
{
	NET_ADJUSTED_WALD,
	NET_WALD,
	NET_T,
	NET_AW_UNIFORM
} NetMethod;

/* The names of the methods in SQL, in the order of the enums, closed by NULL. */
extern const char *const proportion_method_names[];
extern const char *const net_method_names[];

/* The normal quantile z that a two-sided interval of this confidence uses. */
extern double two_sided_z(double confidence);

/* The same for Student's t; NaN when df is not positive. */
extern double two_sided_t(double confidence, double df);

/* `successes` of `trials`, which need not be whole; `responses` is left to the caller. */
extern Estimate proportion_interval(double successes, double trials,
									double confidence, ProportionMethod method);

/* The share of answers from lo to hi. */
extern Estimate share_interval(const ScoreHistogram *h, int lo, int hi,
							   double confidence, ProportionMethod method);

/* The share at or above `top` minus the share at or below `bottom`. */
extern Estimate net_interval(const ScoreHistogram *h, int bottom, int top,
							 double confidence, NetMethod method);

/* The mean score, by Student's t with effective_base - 1 degrees of freedom. */
extern Estimate mean_interval(const ScoreHistogram *h, double confidence);

/* Answers needed for a half-width of `margin`, when the variance of one answer is `variance`. */
extern double sample_size(double variance, double margin, double confidence);

#endif							/* CX_INTERVALS_H */
