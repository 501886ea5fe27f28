/*
 * distributions.h
 *	  Tails and quantiles of the normal, Student t, chi-square, beta and F
 *	  distributions, for C. No PostgreSQL here, and nothing here can throw.
 *
 * Each distribution has the same four functions. Its parameters come first,
 * then the point, then where to put the result:
 *
 *	  cdf				p = P(X <= x)
 *	  upper				q = P(X > x), with all its digits however far out
 *	  quantile			the x with cdf(x) = p
 *	  upper_quantile	the x with upper(x) = q, for a q so small that 1 - q is 1
 *
 * All return true and set the result, which is always finite, or return false
 * and leave it alone: a NaN, a parameter that is not positive, a point outside
 * the support, a probability outside 0..1, a quantile that is infinite, or one
 * that did not converge. The figures are Boost's: 1e-11 relative or better in
 * the cases of test/unit, tails down to 1e-300 included. Quantiles of beta and
 * F with a probability below 1e-10 may, rarely, not converge.
 */
#ifndef CX_DISTRIBUTIONS_H
#define CX_DISTRIBUTIONS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Standard normal. */
bool		cx_normal_cdf(double x, double *p);
bool		cx_normal_upper(double x, double *q);
bool		cx_normal_quantile(double p, double *x);
bool		cx_normal_upper_quantile(double q, double *x);

/* Student t with df > 0 degrees of freedom, not necessarily whole. */
bool		cx_student_t_cdf(double df, double x, double *p);
bool		cx_student_t_upper(double df, double x, double *q);
bool		cx_student_t_quantile(double df, double p, double *x);
bool		cx_student_t_upper_quantile(double df, double q, double *x);

/* Chi-square with df > 0 degrees of freedom, not necessarily whole. */
bool		cx_chi_square_cdf(double df, double x, double *p);
bool		cx_chi_square_upper(double df, double x, double *q);
bool		cx_chi_square_quantile(double df, double p, double *x);
bool		cx_chi_square_upper_quantile(double df, double q, double *x);

/* Beta with shapes a, b > 0: density proportional to x^(a-1) (1-x)^(b-1). */
bool		cx_beta_cdf(double a, double b, double x, double *p);
bool		cx_beta_upper(double a, double b, double x, double *q);
bool		cx_beta_quantile(double a, double b, double p, double *x);
bool		cx_beta_upper_quantile(double a, double b, double q, double *x);

/* F: the ratio of two mean squares with d1 > 0 (above) and d2 > 0 (below). */
bool		cx_f_cdf(double d1, double d2, double x, double *p);
bool		cx_f_upper(double d1, double d2, double x, double *q);
bool		cx_f_quantile(double d1, double d2, double p, double *x);
bool		cx_f_upper_quantile(double d1, double d2, double q, double *x);

#ifdef __cplusplus
}
#endif

#endif							/* CX_DISTRIBUTIONS_H */
