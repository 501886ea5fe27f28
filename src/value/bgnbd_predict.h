/*
 * bgnbd_predict.h
 *	  What the BG/NBD and MBG/NBD models expect of a customer.
 *
 * Plain C. Arguments as in bgnbd.h; times in the unit of the model.
 */
#ifndef CX_BGNBD_PREDICT_H
#define CX_BGNBD_PREDICT_H

#include "value/bgnbd.h"

/* The probability that the customer has not stopped at T. */
extern double bgnbd_p_alive(BgnbdKind kind, const BgnbdParameters *p, int64_t x, double t_x, double T);

/*
 * The purchases to come until T + horizon, if the customer has not stopped at
 * T: their expected number, each discounted by exp(-delta u) at T + u; delta >= 0.
 * The horizon may be INFINITY; NaN when the number then has no bound (delta 0 and a <= 1).
 */
extern double bgnbd_purchases_if_alive(BgnbdKind kind, const BgnbdParameters *p, int64_t x, double T,
									   double horizon, double delta);

#endif							/* CX_BGNBD_PREDICT_H */
