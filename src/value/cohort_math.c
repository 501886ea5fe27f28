/*
 * cohort_math.c
 *	  A cohort, period by period; see cohort_math.h.
 */
#include <math.h>

#include "common/memory.h"
#include "value/cohort_math.h"
#include "value/fit.h"
#include "value/rising.h"
#include "value/sbg.h"

double
cohort_discount(double rate, int32_t period)
{
	return pow(1 + rate, -(double) period);
}

/* ---------- Payback ---------- */

#define PAYBACK_TOLERANCE 1e-12

void
payback_add(Payback *payback, int32_t period, double margin, double cost)
{
	const double before = payback->margin;

	payback->margin += margin;
	if (payback->reached || !(payback->margin >= cost - PAYBACK_TOLERANCE * cost || cost == 0))
		return;
	payback->reached = true;
	payback->periods = cost == 0 ? 0 : period + fmin((cost - before) / margin, 1);
}

/* ---------- Retention ---------- */

/* So many periods without a cell are walked one by one. */
#define FEW_PERIODS 256

/* How many cells to pass between two looks for a cancel request. */
#define CELLS_PER_CHECK 65536

/* A start is not sought further out than this, nor at smaller parameters than e to the minus that. */
#define MOST_START 100.0
#define LONGEST_START 4.0

#define PARAMETERS 2

enum
{
	ALPHA, BETA
};

typedef struct RetentionData
{
	const RetentionCell *cells;
	size_t		n;
} RetentionData;

/*
 * Adds what a cell says, one period after the one before: of those active then, each left with
 * probability alpha / (alpha + beta + k).
 */
static inline void
add_step(FitPoint *point, double alpha, double beta, const RetentionCell *from, const RetentionCell *to)
{
	const double lost = from->active - to->active;
	const double b = beta + from->period;
	const double ab = alpha + b;
	const double one = to->active / b;
	const double all = from->active / ab;
	const double curve = all / ab;
	const double gone = lost / alpha;

	point->value += lost * log(alpha / ab) + to->active * log(b / ab);
	point->gradient[ALPHA] += gone - all;
	point->gradient[BETA] += one - all;
	fit_add_symmetric(point, PARAMETERS, ALPHA, ALPHA, curve - gone / alpha);
	fit_add_symmetric(point, PARAMETERS, ALPHA, BETA, curve);
	fit_add_symmetric(point, PARAMETERS, BETA, BETA, curve - one / b);
}

/*
 * The same over several periods. A share of q = S(to) / S(from) stays: ln q = G(beta) -
 * G(alpha + beta), with G(y) the sum of ln(y + j) for from <= j < to.
 */
static void
add_hole(FitPoint *point, double alpha, double beta, const RetentionCell *from, const RetentionCell *to)
{
	const double lost = from->active - to->active;
	Rising		b = {0, 0, 0};
	Rising		ab = {0, 0, 0};

	rising_add(&b, beta, from->period, to->period);
	rising_add(&ab, alpha + beta, from->period, to->period);

	const double left = -expm1(b.value - ab.value);
	const double odds = (1 - left) / left;	/* of staying */
	const double slope = to->active - lost * odds;	/* by ln q */
	const double bend = lost * odds * (1 + odds);
	const double by_alpha = -ab.first;
	const double by_beta = b.first - ab.first;

	point->value += lost * log(left) + to->active * (b.value - ab.value);
	point->gradient[ALPHA] += slope * by_alpha;
	point->gradient[BETA] += slope * by_beta;
	fit_add_symmetric(point, PARAMETERS, ALPHA, ALPHA, -slope * ab.second - bend * by_alpha * by_alpha);
	fit_add_symmetric(point, PARAMETERS, ALPHA, BETA, -slope * ab.second - bend * by_alpha * by_beta);
	fit_add_symmetric(point, PARAMETERS, BETA, BETA, slope * (b.second - ab.second) - bend * by_beta * by_beta);
}

/* A FitFunction: minus the mean log-likelihood. */
static bool
evaluate(const double *u, const void *given, FitPoint *point)
{
	const RetentionData *data = given;
	const double theta[PARAMETERS] = {exp(u[ALPHA]), exp(u[BETA])};

	*point = (FitPoint) {.value = 0};
	for (size_t i = 1; i < data->n; i++)
	{
		const RetentionCell *cell = &data->cells[i];

		if (i % CELLS_PER_CHECK == 0)
			cx_check_interrupts();
		if (cell->period - cell[-1].period == 1)
			add_step(point, theta[ALPHA], theta[BETA], cell - 1, cell);
		else
			add_hole(point, theta[ALPHA], theta[BETA], cell - 1, cell);
	}
	fit_to_mean(PARAMETERS, data->cells[0].active, point);
	fit_to_logarithms(PARAMETERS, theta, point);
	return fit_point_is_finite(PARAMETERS, point);
}

/*
 * Where to start from: the curve through the first two steps, whose rates are
 * beta / (alpha + beta) and (beta + 1) / (alpha + beta + 1); alpha = beta = 1 where there is none.
 */
static void
find_start(const RetentionCell *cells, size_t n, double *start)
{
	const double first = n < 3 ? 0 : cells[1].active / cells[0].active;
	const double second = n < 3 ? 0 : cells[2].active / cells[1].active;
	const double both = (1 - second) / (second - first);	/* alpha + beta */

	start[ALPHA] = start[BETA] = 0;
	if (n < 3 || cells[2].period != 2 || !(first > 0 && both > 0 && both < MOST_START))
		return;
	start[ALPHA] = fmax(log(both * (1 - first)), -LONGEST_START);
	start[BETA] = fmax(log(both * first), -LONGEST_START);
}

void
retention_fit(const RetentionCell *cells, size_t n, RetentionModel *model)
{
	double		start[PARAMETERS];
	const RetentionData data = {.cells = cells, .n = n};
	double		covariance[PARAMETERS * PARAMETERS];
	Fit			fit;

	*model = (RetentionModel) {.survivor = 1};
	if (n < 2 || cells[0].period != 0 || !(cells[0].active > 0))
		return;
	find_start(cells, n, start);
	if (!fit_minimise(PARAMETERS, evaluate, &data, start, &fit))
		return;
	model->alpha = exp(fit.u[ALPHA]);
	model->beta = exp(fit.u[BETA]);
	model->identified = fit.converged && fit_covariance(PARAMETERS, &fit, cells[0].active, covariance) &&
		fit_inside_borders(PARAMETERS, (double[]) {model->alpha, model->beta});
}

size_t
retention_rise(const RetentionCell *cells, size_t n)
{
	size_t		i = 1;

	while (i < n && cells[i].active <= cells[i - 1].active)
		i++;
	return i < n ? i : n;
}

double
retention_project(RetentionModel *model, int32_t period)
{
	if (period - model->period > FEW_PERIODS)
		model->survivor = sbg_survivor(model->alpha, model->beta, period);
	else
	{
		for (int32_t t = model->period; t < period; t++)
			model->survivor *= (model->beta + t) / (model->alpha + model->beta + t);
	}
	model->period = period;
	return model->survivor;
}
