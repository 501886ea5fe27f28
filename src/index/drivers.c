/*
 * drivers.c
 *	  drivers and drivers_jackknife: which covariates the outcome hangs on.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compat.h"
#include "common/results.h"
#include "index/covariance_summary.h"
#include "index/driver_math.h"
#include "survey/intervals.h"

static const char *const method_names[] = {"relative_weights", "shapley", NULL};

/* What the rows of the result are about: a driver each, or a group of them. */
typedef struct Players
{
	int			n;
	Datum		names[MAX_DRIVERS];
	int			of[MAX_DRIVERS];	/* the player of each driver */
} Players;

/* ---------- Arguments ---------- */

/* A text[] with an element for each covariate, none NULL; else 22023. */
static Datum *
labels_arg(FunctionCallInfo fcinfo, int arg, const char *what, int drivers)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);
	Datum	   *labels;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls, &n);
	if (ARR_NDIM(array) > 1 || n != drivers)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d %s for %d covariates", n, what, drivers),
				 errhint("Give one for each covariate, in their order, as a one-dimensional array.")));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("element %d of the %s is NULL", i + 1, what),
					 errhint("Give one for each covariate, in their order.")));
	}
	return labels;
}

static inline bool
same_label(Datum a, Datum b)
{
	const void *x = DatumGetPointer(a);
	const void *y = DatumGetPointer(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
		memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

/* Gives each label a player, in the order in which they appear. */
static void
find_players(const Datum *labels, int drivers, Players *players)
{
	players->n = 0;
	for (int i = 0; i < drivers; i++)
	{
		int			p = 0;

		while (p < players->n && !same_label(players->names[p], labels[i]))
			p++;
		if (p == players->n)
			players->names[players->n++] = labels[i];
		players->of[i] = p;
	}
}

/* The names of the covariates, each another. */
static void
names_arg(FunctionCallInfo fcinfo, int arg, int drivers, Players *players)
{
	Datum	   *names = labels_arg(fcinfo, arg, "names", drivers);

	find_players(names, drivers, players);
	for (int i = 0; i < drivers; i++)
	{
		if (players->of[i] != i)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the name \"%s\" appears twice", TextDatumGetCString(names[i])),
					 errhint("To add drivers up, name groups.")));
	}
}

static DriverMethod
method_arg(FunctionCallInfo fcinfo, int arg, const Players *players)
{
	DriverMethod method = choice_arg(fcinfo, arg, "method", method_names);

	if (method == DRIVERS_SHAPLEY && players->n > SHAPLEY_PLAYERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d drivers are too many for method \"shapley\"", players->n),
				 errhint("It takes at most %d. Put them into groups, or use method \"relative_weights\".",
						 SHAPLEY_PLAYERS)));
	return method;
}

/* ---------- Rows ---------- */

/* Where a figure stands against the mean of all; what rounding hides counts as at the mean. */
static bool
reaches(double value, double mean)
{
	return value >= mean - 1e-9 * fabs(mean);
}

/* The mean of the figures that are known. */
static double
mean_of(const double *figures, int n)
{
	double		sum = 0;
	int			known = 0;

	for (int i = 0; i < n; i++)
	{
		if (isnan(figures[i]))
			continue;
		sum += figures[i];
		known++;
	}
	return known == 0 ? NAN : sum / known;
}

/* Martilla and James, "Importance-performance analysis" (1977). */
static const char *
quadrant_of(bool important, bool performs)
{
	if (important)
		return performs ? "keep up" : "improve";
	return performs ? "possible overkill" : "maintain";
}

/* Why figures are missing; NULL where none is. */
static const char *
note_of(const DriverModel *model, const Covariances *c, const Players *players, int p)
{
	bool		varies = false;

	for (int i = 0; i < c->k - 1; i++)
		varies |= players->of[i] == p && !model->constant[i];
	if (!varies && c->n > 1)
		return "constant";
	switch (model->status)
	{
		case DRIVERS_TOO_FEW_ROWS:
			return "too few rows";
		case DRIVERS_CONSTANT_OUTCOME:
			return "constant outcome";
		case DRIVERS_COLLINEAR:
			return "collinear";
		case DRIVERS_MODEL:
		case DRIVERS_NONE:
			break;
	}
	return NULL;
}

static Datum
text_or_null(const char *text, bool *isnull)
{
	*isnull = text == NULL;
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* The importances, and their sum; what cannot be known is NaN. */
static double
importances(const DriverModel *model, DriverMethod method, const Players *players,
			double *importance)
{
	double		sum = 0;

	driver_importance(model, method, players->of, players->n, importance);
	for (int p = 0; p < players->n; p++)
		sum += isnan(importance[p]) ? 0 : importance[p];
	return sum > 0 ? sum : NAN;
}

/* Sets correlation, beta, direction and quadrant of driver p, which is no group. */
static void
set_driver_columns(const DriverModel *model, const double *means, int p, const double *importance,
				   double least_importance, double least_mean, Datum *values, bool *nulls)
{
	double		r = model->correlation[p];

	values[1] = float8_or_null(means[p], &nulls[1]);
	values[2] = float8_or_null(r, &nulls[2]);
	values[3] = float8_or_null(model->beta[p], &nulls[3]);
	nulls[6] = isnan(r);
	values[6] = Int32GetDatum((r > 0) - (r < 0));
	values[7] = text_or_null(isnan(importance[p]) ? NULL
							 : quadrant_of(reaches(importance[p], least_importance),
										   reaches(means[p], least_mean)), &nulls[7]);
}

/* One row a player; `groups` where these are groups. */
static void
add_rows(RowSet *rows, const Covariances *c, const Players *players, DriverMethod method, bool groups)
{
	DriverModel *model = palloc(sizeof(DriverModel));
	double		importance[MAX_DRIVERS];
	double		means[MAX_DRIVERS];
	double		least_importance;
	double		least_mean;
	double		sum;

	driver_model(c, model);
	sum = importances(model, method, players, importance);
	for (int i = 0; i < c->k - 1; i++)
		means[i] = model->constant[i] && c->n > 1 ? NAN : c->means[i + 1];
	least_importance = mean_of(importance, players->n);
	least_mean = mean_of(means, c->k - 1);
	for (int p = 0; p < players->n; p++)
	{
		Datum		values[9] = {players->names[p]};
		bool		nulls[9] = {false, true, true, true, false, false, true, true, false};

		if (!groups)
			set_driver_columns(model, means, p, importance, least_importance, least_mean, values, nulls);
		values[4] = float8_or_null(importance[p], &nulls[4]);
		values[5] = float8_or_null(importance[p] / sum, &nulls[5]);
		values[8] = text_or_null(note_of(model, c, players, p), &nulls[8]);
		rowset_add(rows, values, nulls);
	}
}

PG_FUNCTION_INFO_V1(covariance_summary_drivers);
Datum
covariance_summary_drivers(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	Players		players;

	names_arg(fcinfo, 1, c.k - 1, &players);
	add_rows(&rows, &c, &players, method_arg(fcinfo, 2, &players), false);
	PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(covariance_summary_grouped_drivers);
Datum
covariance_summary_grouped_drivers(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	Covariances c = covariance_summary_load(PG_GETARG_DATUM(0));
	Players		players;

	names_arg(fcinfo, 1, c.k - 1, &players);
	find_players(labels_arg(fcinfo, 2, "groups", c.k - 1), c.k - 1, &players);
	add_rows(&rows, &c, &players, method_arg(fcinfo, 3, &players), true);
	PG_RETURN_NULL();
}

/* ---------- Jackknife ---------- */

/* Everything the blocks have, of which there is one at least; 22023 where they do not fit together. */
static Covariances
merge_blocks(const Covariances *blocks, int n)
{
	CovarianceSummary *all = covariance_summary_new(blocks[0].k, COVARIANCE_STATE);
	Covariances c;

	for (int i = 0; i < n; i++)
		covariance_summary_merge(all, &blocks[i]);
	c = covariance_summary_numbers(all);
	return covariance_summary_numbers(covariance_summary_store(&c));
}

/* Why there is no interval where there is an importance. */
static const char *
interval_note(int blocks, double std_error)
{
	if (blocks < 2)
		return "too few blocks";
	return isnan(std_error) ? "no importance without one of the blocks" : NULL;
}

PG_FUNCTION_INFO_V1(covariance_summary_drivers_jackknife);
Datum
covariance_summary_drivers_jackknife(PG_FUNCTION_ARGS)
{
	RowSet		rows = rowset_open(fcinfo);
	double		confidence = confidence_arg(fcinfo, 3);
	DriverModel *model = palloc(sizeof(DriverModel));
	double		importance[MAX_DRIVERS];
	double		std_error[MAX_DRIVERS];
	Covariances *blocks;
	Covariances all;
	Players		players;
	DriverMethod method;
	double		sum;
	double		t;
	int			n;

	blocks = covariance_summary_array(PG_GETARG_ARRAYTYPE_P(0), &n);
	if (n == 0)
		PG_RETURN_NULL();
	all = merge_blocks(blocks, n);
	names_arg(fcinfo, 1, all.k - 1, &players);
	method = method_arg(fcinfo, 2, &players);
	driver_model(&all, model);
	sum = importances(model, method, &players, importance);
	driver_jackknife(blocks, n, method, players.of, players.n, std_error);
	t = two_sided_t(confidence, n - 1);
	for (int p = 0; p < players.n; p++)
	{
		double		margin = t * std_error[p];
		const char *note = note_of(model, &all, &players, p);
		Datum		values[6] = {players.names[p]};
		bool		nulls[6] = {false};

		values[1] = float8_or_null(importance[p], &nulls[1]);
		values[2] = float8_or_null(isnan(margin) ? NAN : fmax(0, importance[p] - margin), &nulls[2]);
		values[3] = float8_or_null(isnan(margin) ? NAN : fmin(1, importance[p] + margin), &nulls[3]);
		values[4] = float8_or_null(importance[p] / sum, &nulls[4]);
		values[5] = text_or_null(note != NULL ? note : interval_note(n, std_error[p]), &nulls[5]);
		rowset_add(&rows, values, nulls);
	}
	PG_RETURN_NULL();
}
