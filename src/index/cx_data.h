/*
 * cx_data.h
 *	  Answers on the dimensions of customer experience, in their working form.
 *
 * Plain C, no PostgreSQL. Each dimension (function, ease, emotion, ..) has one
 * scale and one histogram over all of it. Where rows were respondents, the
 * products say how the dimensions of one person go together.
 */
#ifndef CX_DATA_H
#define CX_DATA_H

#include <stdbool.h>

#include "survey/histogram.h"

#define CX_DIMENSIONS 32		/* at most, in one summary */
#define CX_NAME_SIZE 256		/* bytes of a name with its closing NUL */

typedef struct CxDimension
{
	char		name[CX_NAME_SIZE];
	int			scale_min;
	int			scale_max;
	ScoreHistogram answers;		/* slots for the whole scale */
} CxDimension;

/*
 * Sums over the respondents who answered both dimensions of a pair, each
 * weighing w^2 (1 without weights). u is the score counted from scale_min; s
 * is its sign: 1 in the top two scores, -1 in the bottom two, else 0.
 */
enum
{
	PRODUCT_BASE,				/* how many answered both */
	PRODUCT_U1,
	PRODUCT_U2,
	PRODUCT_U1_U2,
	PRODUCT_S1,
	PRODUCT_S2,
	PRODUCT_S1_S2,
	PRODUCTS					/* how many sums a pair has */
};

typedef struct CxData
{
	int			ndims;			/* sorted by name, bytewise */
	bool		weighted;
	bool		joint;			/* products are known: every row was a respondent */
	bool		mixed;			/* products were known of a part of it, and dropped */
	CxDimension *dims;
	double		(*float_products)[PRODUCTS];	/* weighted, one row a pair */
	int64_t		(*int_products)[PRODUCTS];	/* unweighted */
} CxData;

static inline int
cx_pairs(int ndims)
{
	return ndims * (ndims - 1) / 2;
}

/* The row of products of dimensions i < j: (0,1), (0,2), (1,2), (0,3), .. */
static inline int
cx_pair(int i, int j)
{
	return j * (j - 1) / 2 + i;
}

/* The products of all pairs, one after the other. */
static inline double *
cx_float_products(const CxData *data)
{
	return (double *) data->float_products;
}

static inline int64_t *
cx_int_products(const CxData *data)
{
	return (int64_t *) data->int_products;
}

/* 1 in the top two scores of the scale, -1 in the bottom two, 0 between. */
static inline int
cx_sign(int score, int scale_min, int scale_max)
{
	return (score >= scale_max - 1) - (score <= scale_min + 1);
}

#endif							/* CX_DATA_H */
