/*
 * metrics.h
 *	  The default definitions of the named metrics and the checks of given ones.
 *
 * Shared by the accessors and the intervals. Every check raises 22023.
 */
#ifndef CX_METRICS_H
#define CX_METRICS_H

#define NPS_DETRACTOR_MAX 6
#define NPS_PROMOTER_MIN 9
#define CSAT_SCALE_MIN 1
#define CSAT_SCALE_MAX 5
#define CSAT_BOXES 2
#define CES_SCALE_MAX 7

/* The bands of NPS: 0..detractor_max, between, promoter_min..10. */
extern void nps_bands_check(int detractor_max, int promoter_min);

/* scale_min below scale_max, both within -100..100. */
extern void scale_check(int scale_min, int scale_max);

/* At least one box and at most `at_most`. */
extern void boxes_check(int boxes, int at_most);

/* lo not above hi. */
extern void share_range_check(int lo, int hi);

#endif							/* CX_METRICS_H */
