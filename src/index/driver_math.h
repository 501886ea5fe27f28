/*
 * driver_math.h
 *	  How much of the outcome each driver explains.
 *
 * Plain C, no PostgreSQL. A driver is a covariate; what it explains is its part
 * of R^2, by relative weights or as its Shapley value. Only means and
 * cross-products are needed, so all of it follows from Covariances. A driver
 * that is constant is left out of the model.
 */
#ifndef CX_DRIVER_MATH_H
#define CX_DRIVER_MATH_H

#include "index/covariance_math.h"

#define MAX_DRIVERS (COVARIANCE_VARIABLES - 1)

/* The most players of a Shapley value: 2^20 models. */
#define SHAPLEY_PLAYERS 20

/* Correlations whose smallest eigenvalue is below this are collinear. */
#define COLLINEAR_EIGENVALUE 1e-10

typedef enum DriverMethod
{
	DRIVERS_RELATIVE_WEIGHTS,
	DRIVERS_SHAPLEY
} DriverMethod;

/* Why there is no model. */
typedef enum DriverStatus
{
	DRIVERS_MODEL,				/* there is one */
	DRIVERS_TOO_FEW_ROWS,		/* not more than the drivers and the constant */
	DRIVERS_CONSTANT_OUTCOME,
	DRIVERS_COLLINEAR,
	DRIVERS_NONE				/* nothing but constants */
} DriverStatus;

/* The model; numbers that are not known are NaN. Drivers are counted from 0. */
typedef struct DriverModel
{
	DriverStatus status;
	double		r_squared;
	double		correlation[MAX_DRIVERS];	/* with the outcome */
	double		beta[MAX_DRIVERS];	/* of standardised variables */
	bool		constant[MAX_DRIVERS];

	/* The drivers that are left in, and of these alone: */
	int			n;
	int			kept[MAX_DRIVERS];	/* which they are */
	double		r[MAX_DRIVERS];	/* correlation with the outcome */
	double		matrix[MAX_DRIVERS * MAX_DRIVERS];	/* n x n correlations */
	double		eigenvalues[MAX_DRIVERS];
	double		eigenvectors[MAX_DRIVERS * MAX_DRIVERS];
} DriverModel;

/* Fits the model to the covariances. */
extern void driver_model(const Covariances *c, DriverModel *model);

/*
 * Sets the importance of each player: a driver, or a group of them. player[i]
 * is that of driver i. NaN where there is no model, or a player has constants
 * alone. They sum to R^2. With DRIVERS_SHAPLEY there are at most
 * SHAPLEY_PLAYERS players.
 */
extern void driver_importance(const DriverModel *model, DriverMethod method,
							  const int *player, int players, double *importance);

/*
 * Sets the standard error of the importance over all of one or more blocks,
 * which have the same drivers, by leaving out one block at a time (Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993, 11.5). NaN where a
 * player has no importance without some block.
 */
extern void driver_jackknife(const Covariances *blocks, int n, DriverMethod method,
							 const int *player, int players, double *std_error);

#endif							/* CX_DRIVER_MATH_H */
