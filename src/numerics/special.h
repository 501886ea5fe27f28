/*
 * special.h
 *	  The gamma function and its derivatives, for C. No PostgreSQL here, and
 *	  nothing here can throw.
 *
 * For x > 0; else, and where the result is not finite, NaN. The figures are
 * Boost's: within a few units in the last place. None of them has a state,
 * unlike the lgamma of C with its global sign.
 */
#ifndef CX_SPECIAL_H
#define CX_SPECIAL_H

#ifdef __cplusplus
extern "C" {
#endif

/* ln Gamma(x) */
double		cx_lgamma(double x);

/* Its first and its second derivative. */
double		cx_digamma(double x);
double		cx_trigamma(double x);

#ifdef __cplusplus
}
#endif

#endif							/* CX_SPECIAL_H */
