/*
 * compare_math.h
 *	  Two arms of an experiment against each other: difference, lift, and how sure.
 *
 * Plain C, no PostgreSQL. An arm is a number of answers, a value (a mean or a
 * share) and the variance of that value; every figure of a comparison follows
 * from the two arms. What the data cannot support is NaN, with a note.
 */
#ifndef CX_COMPARE_MATH_H
#define CX_COMPARE_MATH_H

#include <stdbool.h>
#include <stddef.h>

#include "index/covariance_math.h"

typedef enum CompareMethod
{
	COMPARE_FREQUENTIST,
	COMPARE_SEQUENTIAL,
	COMPARE_BAYES
} CompareMethod;

/* The names of the methods in SQL, in the order of the enum, closed by NULL. */
extern const char *const compare_method_names[];

typedef struct CompareArm
{
	double		n;				/* answers; the effective base with weights */
	double		value;
	double		variance;		/* of the value: its standard error squared; NaN if unknown */
} CompareArm;

typedef struct CompareDesign
{
	CompareMethod method;
	double		confidence;		/* strictly between 0 and 1 */
	double		tuning;			/* sequential: the n at which the interval is narrowest; above 0 */
	bool		shares;			/* values are shares: normal, with a pooled variance for p */
} CompareDesign;

/* Why figures are missing; bits of Comparison.notes. */
#define NOTE_CONTROL_EMPTY 0x01
#define NOTE_TREATMENT_EMPTY 0x02
#define NOTE_TOO_FEW 0x04
#define NOTE_ZERO_VARIANCE 0x08
#define NOTE_ZERO_CONTROL 0x10
#define NOTE_SEQUENTIAL_EARLY 0x20
#define NOTE_NOT_ADJUSTED 0x40

typedef struct Comparison
{
	double		control;
	double		treatment;
	double		difference;		/* treatment - control */
	double		lo;
	double		hi;
	double		lift;			/* difference / |control| */
	double		lift_lo;
	double		lift_hi;
	double		std_error;		/* the one that made lo and hi */
	double		statistic;
	double		df;
	double		p_value;
	double		chance_to_win;
	double		risk_control;	/* expected loss of staying with the control */
	double		risk_treatment; /* expected loss of taking the treatment */
	unsigned int notes;
} Comparison;

/* Fewest answers an arm needs before a sequential interval is given. */
#define SEQUENTIAL_MINIMUM 50

extern Comparison compare_arms(const CompareArm *control, const CompareArm *treatment,
							   const CompareDesign *design);

/* The figures in the unit of the value times `factor`: shares to points. */
extern void comparison_scale(Comparison *c, double factor);

/* The notes as text, separated by '; ', cut to `size`; returns buffer. */
extern const char *comparison_notes(unsigned int notes, char *buffer, size_t size);

#define COMPARISON_NOTES_SIZE 256

/*
 * The half-width of the asymptotic confidence sequence at n answers in all, in
 * standard errors: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
 * central limit theory and asymptotic confidence sequences", Annals of
 * Statistics 52 (2024) 2613-2640; rho makes it narrow around n = tuning.
 */
extern double sequential_multiplier(double n, double confidence, double tuning);

/* E max(x, 0) for a normal x. */
extern double expected_gain(double mean, double std_error);

/*
 * The arms of a mean, adjusted by the covariates where there are any (CUPED:
 * Deng, Xu, Kohavi, Walker, WSDM 2013), both with the same coefficients
 * theta = (S_a + S_b)^-1 (s_a + s_b) and to the covariate means over both arms.
 * A covariate that is constant within the arms has no say. False if the others
 * are collinear: the arms are then not adjusted. Both have the same variables
 * and at least one row.
 */
extern bool compare_adjusted_arms(const Covariances *a, const Covariances *b,
								  CompareArm *control, CompareArm *treatment);

#endif							/* CX_COMPARE_MATH_H */
