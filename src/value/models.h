/*
 * models.h
 *	  The SQL records bgnbd_model, mbgnbd_model, gamma_gamma_model and sbg_model.
 *
 * Include it after postgres.h and fmgr.h. All have the columns: parameters
 * (4, 4, 3, 2 of them), customers, loglik, covariance, for 4 parameters
 * unit_seconds, then converged, identified, extra. They are plain rows that
 * users store and may write by hand.
 */
#ifndef CX_MODELS_H
#define CX_MODELS_H

#include "access/tupdesc.h"

#include "value/bgnbd.h"
#include "value/rfm_summary.h"

#define BGNBD_PARAMETERS 4
#define GAMMA_GAMMA_PARAMETERS 3
#define SBG_PARAMETERS 2
#define MOST_PARAMETERS 4

typedef struct Model
{
	int			n;				/* of parameters */
	double		parameters[MOST_PARAMETERS];	/* NaN where they are NULL */
	int64		customers;
	double		loglik;
	double		covariance[MOST_PARAMETERS * MOST_PARAMETERS];	/* only with has_covariance */
	bool		has_covariance;
	double		unit_seconds;	/* 0 where it is NULL, or no column */
	bool		converged;
	bool		identified;		/* as an argument: not said to be unidentified */
} Model;

/* A model as an argument that is not NULL; 22023 for parameters no model has. */
extern void model_arg(FunctionCallInfo fcinfo, int arg, int n, Model *model);

/* Whether predictions can be made from it: nobody says they cannot, and all parameters are there and inside 1e-15..1e15. */
extern bool model_is_usable(const Model *model);

/* What a function declared to return a model returns. What is not finite becomes NULL. */
extern Datum model_datum(FunctionCallInfo fcinfo, const Model *model);

/* Reads rfm_summary arguments row after row: their row type is looked up once. */
typedef struct RfmReader
{
	MemoryContext memory;		/* for the row type */
	Oid			type;
	int32		typmod;
	TupleDesc	desc;
} RfmReader;

/* As rfm_summary_arg. A reader starts with everything 0 but `memory`. */
extern RfmSummary rfm_reader_arg(RfmReader *reader, FunctionCallInfo fcinfo, int arg);

/*
 * The unit of time a prediction is counted in: that of the model, or where it has none that of
 * the summary; 0 where neither says. 22023 when they differ.
 */
extern double common_unit(const Model *model, double summary_unit);

/* A horizon in units of time, infinity included; 22003 when below 0, 22023 for an interval where the unit is not known. */
extern double horizon_arg(FunctionCallInfo fcinfo, int arg, bool is_interval, double unit_seconds);

static inline BgnbdParameters
bgnbd_parameters(const Model *model)
{
	const double *p = model->parameters;

	return (BgnbdParameters) {p[0], p[1], p[2], p[3]};
}

#endif							/* CX_MODELS_H */
