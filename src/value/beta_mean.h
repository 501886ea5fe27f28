/*
 * beta_mean.h
 *	  The mean of a function of a probability that is beta distributed.
 *
 * Plain C. The answer where closed forms of the models of this folder lose
 * their digits: it holds for all parameters, tiny and huge ones.
 */
#ifndef CX_BETA_MEAN_H
#define CX_BETA_MEAN_H

/* A function on 0 <= p <= 1 that is positive and does not rise. */
typedef double (*BetaFunction) (double p, const void *data);

/*
 * E f(p) for p ~ beta (a, b), about 100 values of f. `steep`: f changes little where p is
 * much below 1 / steep.
 */
extern double beta_mean(double a, double b, BetaFunction f, const void *data, double steep);

#endif							/* CX_BETA_MEAN_H */
