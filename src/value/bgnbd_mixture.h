/*
 * bgnbd_mixture.h
 *	  Purchases to come as a mean over customers who stop at different rates.
 *
 * Plain C. bgnbd_predict.c turns to it where its series are long or lose digits.
 */
#ifndef CX_BGNBD_MIXTURE_H
#define CX_BGNBD_MIXTURE_H

/*
 * A customer who has not stopped buys at a rate that is gamma (k, 1) and stops after each
 * purchase with a probability that is beta (a, b), time being counted in units of alpha + T.
 * Returns the purchases to come until w, expected; each discounted by exp(-discount u) at u.
 */
extern double bgnbd_mixture_purchases(double k, double a, double b, double w, double discount);

#endif							/* CX_BGNBD_MIXTURE_H */
