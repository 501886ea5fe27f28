/*
 * histogram.h
 *	  Answers on an integer scale, counted by score, and what follows from the counts.
 *
 * Plain C, no PostgreSQL. A ScoreHistogram is the working form of a
 * score_summary and of one dimension of a cx_summary: large, short-lived, on
 * the stack. Without weights every answer weighs 1.
 */
#ifndef CX_HISTOGRAM_H
#define CX_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define SCORE_MIN (-100)
#define SCORE_MAX 100
#define SCORE_SLOTS (SCORE_MAX - SCORE_MIN + 1)

/* Only the first `slots` elements of each array are set. */
typedef struct ScoreHistogram
{
	int			first;			/* the score of element 0 */
	int			slots;
	bool		weighted;
	int64_t		counts[SCORE_SLOTS];
	double		weights[SCORE_SLOTS];	/* sum of w at each score; the count without weights */
	double		squares[SCORE_SLOTS];	/* sum of w^2 */
} ScoreHistogram;

/* The sums that every metric needs. */
typedef struct ScoreBase
{
	int64_t		responses;
	double		weight;			/* sum of w */
	double		squares;		/* sum of w^2 */
	double		effective_base; /* Kish: weight^2 / squares; 0 when empty */
} ScoreBase;

/* Makes h empty with room for the scores first..last. */
extern void histogram_init(ScoreHistogram *h, int first, int last, bool weighted);

extern ScoreBase histogram_base(const ScoreHistogram *h);

/* Finds the lowest score outside lo..hi that has answers. */
extern bool histogram_outside(const ScoreHistogram *h, int lo, int hi, int *score);

/* How many answered `score`; 0 outside the histogram. */
extern int64_t histogram_count(const ScoreHistogram *h, int score);

/* How many answered from lo to hi. */
extern int64_t histogram_count_between(const ScoreHistogram *h, int lo, int hi);

/* Weighted share of the answers from lo to hi, 0..1; NaN when empty. */
extern double histogram_share(const ScoreHistogram *h, int lo, int hi);

/* Share at or above `top` minus share at or below `bottom`, -1..1; NaN when empty. */
extern double histogram_net_share(const ScoreHistogram *h, int bottom, int top);

/* Weighted mean of the scores; NaN when empty. */
extern double histogram_mean(const ScoreHistogram *h);

/* Sample standard deviation, n - 1 in the denominator; NaN below two answers. */
extern double histogram_stddev(const ScoreHistogram *h);

/* Weighted median; the mean of the two middle ones where the halves are equal. NaN when empty. */
extern double histogram_median(const ScoreHistogram *h);

/* Standard error of histogram_mean; NaN below two answers. */
extern double histogram_mean_error(const ScoreHistogram *h);

/* Standard error of histogram_net_share; NaN below two answers. */
extern double histogram_net_error(const ScoreHistogram *h, int bottom, int top);

#endif							/* CX_HISTOGRAM_H */
