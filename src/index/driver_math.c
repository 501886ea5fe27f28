/*
 * driver_math.c
 *	  How much of the outcome each driver explains.
 */
#include <string.h>

#include "common/memory.h"
#include "index/driver_math.h"
#include "numerics/linalg.h"

/* ---------- The model ---------- */

/* A correlation below this is rounding: it has no direction and explains nothing. */
#define NO_CORRELATION 1e-13

static double
correlation_of(const Covariances *c, int i, int j)
{
	double		r = covariance_product(c, i, j) / sqrt(covariance_product(c, i, i)) /
		sqrt(covariance_product(c, j, j));

	return fabs(r) < NO_CORRELATION ? 0 : fmax(-1, fmin(1, r));
}

static bool
is_constant(const Covariances *c, int variable)
{
	return covariance_product(c, variable, variable) <= 0;
}

/* Finds the drivers that are no constants, and how they go together and with the outcome. */
static void
keep_drivers(const Covariances *c, DriverModel *model)
{
	bool		outcome_varies = !is_constant(c, 0);

	model->n = 0;
	for (int i = 0; i < c->k - 1; i++)
	{
		model->correlation[i] = model->beta[i] = NAN;
		model->constant[i] = is_constant(c, i + 1);
		if (model->constant[i])
			continue;
		if (outcome_varies)
			model->correlation[i] = correlation_of(c, 0, i + 1);
		model->r[model->n] = model->correlation[i];
		model->kept[model->n++] = i;
	}
	for (int i = 0; i < model->n; i++)
	{
		for (int j = 0; j < model->n; j++)
			model->matrix[i + j * model->n] = i == j ? 1
				: correlation_of(c, model->kept[i] + 1, model->kept[j] + 1);
	}
}

static DriverStatus
status_of(const Covariances *c, DriverModel *model)
{
	if (c->n < 2)
		return DRIVERS_TOO_FEW_ROWS;
	if (is_constant(c, 0))
		return DRIVERS_CONSTANT_OUTCOME;
	if (model->n == 0)
		return DRIVERS_NONE;
	if (c->n <= model->n + 1)
		return DRIVERS_TOO_FEW_ROWS;
	if (!cx_symmetric_eigen(model->n, model->matrix, model->eigenvalues, model->eigenvectors) ||
		model->eigenvalues[0] < COLLINEAR_EIGENVALUE)
		return DRIVERS_COLLINEAR;
	return DRIVERS_MODEL;
}

/* Sets out = V diag(values^power) V' in, where V has the eigenvectors. */
static void
apply_power(const DriverModel *model, double power, const double *in, double *out)
{
	memset(out, 0, model->n * sizeof(double));
	for (int k = 0; k < model->n; k++)
	{
		const double *v = model->eigenvectors + k * model->n;
		double		sum = 0;

		for (int i = 0; i < model->n; i++)
			sum += v[i] * in[i];
		sum *= pow(model->eigenvalues[k], power);
		for (int i = 0; i < model->n; i++)
			out[i] += sum * v[i];
	}
}

void
driver_model(const Covariances *c, DriverModel *model)
{
	double		beta[MAX_DRIVERS];
	double		explained = 0;

	model->r_squared = NAN;
	keep_drivers(c, model);
	model->status = status_of(c, model);
	if (model->status != DRIVERS_MODEL)
		return;
	apply_power(model, -1, model->r, beta);
	for (int i = 0; i < model->n; i++)
	{
		model->beta[model->kept[i]] = beta[i];
		explained += beta[i] * model->r[i];
	}
	model->r_squared = fmax(0, fmin(1, explained));
}

/* ---------- Relative weights ---------- */

/*
 * Johnson, "A heuristic method for estimating the relative weight of predictor
 * variables in multiple regression" (2000). L = V D^(1/2) V' are the loadings of
 * the drivers on the nearest orthogonal variables, b = L^-1 r the weights of these.
 */
static void
relative_weights(const DriverModel *model, double *weights)
{
	int			n = model->n;
	double		b[MAX_DRIVERS];
	double		unit[MAX_DRIVERS] = {0};
	double		loadings[MAX_DRIVERS];

	apply_power(model, -0.5, model->r, b);
	for (int i = 0; i < n; i++)
	{
		unit[i] = 1;
		apply_power(model, 0.5, unit, loadings);
		unit[i] = 0;
		weights[i] = 0;
		for (int j = 0; j < n; j++)
			weights[i] += loadings[j] * loadings[j] * b[j] * b[j];
	}
}

/* ---------- Shapley ---------- */

/*
 * Lindeman, Merenda and Gold (1980): the mean over all orders of what a player
 * adds to R^2. Every set of players is visited once, as the leaf of a tree that
 * lets one player in or not at each level. A node has the correlations among
 * the players still to come and the outcome, given those that are in, so that
 * most nodes, near the leaves, have little to do.
 */
typedef struct Coalitions
{
	int			players;
	int			sizes[SHAPLEY_PLAYERS]; /* drivers of each player */
	int			stride;			/* of every matrix; the outcome is its last column */
	double		weights[SHAPLEY_PLAYERS + 1];	/* of a set that the player joins, by members */
	double	   *matrices;		/* one for each level */
	double		joined[SHAPLEY_PLAYERS];	/* weighted sums of R^2: sets with the player, */
	double		total;			/* and all sets as if without it */
} Coalitions;

static void
count_coalition(Coalitions *all, unsigned int members, int n, double explained)
{
	double		alone = all->weights[n] * explained;
	double		with = alone + (n > 0 ? all->weights[n - 1] * explained : 0);

	all->total += alone;
	for (int i = 0; i < all->players; i++)
	{
		if (members & 1u << i)
			all->joined[i] += with;
	}
}

/* Takes the first variable out of what the others share; returns what it explains of the outcome, the last. */
static double
partial_out(double *matrix, int stride, int size)
{
	double		inverse = 1 / matrix[0];

	for (int i = 1; i < size; i++)
	{
		double		scaled = matrix[i] * inverse;

		for (int j = i; j < size; j++)
			matrix[i * stride + j] -= scaled * matrix[j];
	}
	return matrix[size - 1] * matrix[size - 1] * inverse;
}

/* The upper triangle of `matrix`, size x size, has the players from `player` on and the outcome. */
static void
visit_coalitions(Coalitions *all, int player, const double *matrix, int size,
				 unsigned int members, int n, double explained)
{
	int			drivers;
	double	   *given;

	if (player == all->players)
	{
		count_coalition(all, members, n, explained);
		return;
	}
	if (all->players - player == SHAPLEY_PLAYERS / 2)
		cx_check_interrupts();
	drivers = all->sizes[player];
	visit_coalitions(all, player + 1, matrix + drivers * (all->stride + 1), size - drivers,
					 members, n, explained);

	given = all->matrices + player * all->stride * all->stride;
	for (int i = 0; i < size; i++)
		memcpy(given + i * all->stride + i, matrix + i * all->stride + i, (size - i) * sizeof(double));
	for (int i = 0; i < drivers; i++)
	{
		explained += partial_out(given, all->stride, size--);
		given += all->stride + 1;
	}
	visit_coalitions(all, player + 1, given, size, members | 1u << player, n + 1, explained);
}

/* The matrix of the first node: drivers in the order of their players, and the outcome. */
static void
fill_matrix(const DriverModel *model, const int *order, double *matrix)
{
	int			n = model->n;
	int			stride = n + 1;

	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			matrix[i * stride + j] = model->matrix[order[i] + order[j] * n];
		matrix[i * stride + n] = model->r[order[i]];
	}
	matrix[n * stride + n] = 1;
}

/* Sets the values of the players that have drivers. */
static void
shapley_values(const DriverModel *model, const int *player, int players, double *values)
{
	Coalitions	all = {.stride = model->n + 1};
	int			number[SHAPLEY_PLAYERS];	/* of a player among those with drivers */
	int			order[MAX_DRIVERS];
	int			placed = 0;
	double	   *matrix;

	for (int p = 0; p < players; p++)
	{
		int			before = placed;

		for (int i = 0; i < model->n; i++)
		{
			if (player[model->kept[i]] == p)
				order[placed++] = i;
		}
		number[p] = -1;
		if (placed == before)
			continue;
		number[p] = all.players;
		all.sizes[all.players++] = placed - before;
	}
	for (int n = 0; n < all.players; n++)
		all.weights[n] = n == 0 ? 1.0 / all.players : all.weights[n - 1] * n / (all.players - n);

	matrix = cx_alloc((all.players + 1) * all.stride, all.stride * sizeof(double));
	all.matrices = matrix + all.stride * all.stride;
	fill_matrix(model, order, matrix);
	visit_coalitions(&all, 0, matrix, all.stride, 0, 0, 0);
	cx_free(matrix);
	for (int p = 0; p < players; p++)
	{
		if (number[p] >= 0)
			values[p] = fmax(0, all.joined[number[p]] - all.total);
	}
}

/* ---------- Either ---------- */

void
driver_importance(const DriverModel *model, DriverMethod method, const int *player, int players,
				  double *importance)
{
	double		weights[MAX_DRIVERS];

	for (int p = 0; p < players; p++)
		importance[p] = NAN;
	if (model->status != DRIVERS_MODEL)
		return;
	if (method == DRIVERS_SHAPLEY)
	{
		shapley_values(model, player, players, importance);
		return;
	}
	relative_weights(model, weights);
	for (int i = 0; i < model->n; i++)
	{
		double	   *sum = &importance[player[model->kept[i]]];

		*sum = (isnan(*sum) ? 0 : *sum) + weights[i];
	}
}

/* ---------- Jackknife ---------- */

static Covariances
empty_covariances(int k, double *numbers)
{
	Covariances c = {k, 0, numbers, numbers + k, NULL};

	return c;
}

/* Sets the importances without block i, at without[i * players], for each i. */
static void
leave_one_out(const Covariances *blocks, int n, DriverMethod method, const int *player,
			  int players, DriverModel *model, double *without)
{
	int			k = blocks[0].k;
	int			size = k + covariance_cells(k);
	double	   *numbers = cx_alloc0((size_t) n + 1, size * sizeof(double));
	Covariances before = empty_covariances(k, numbers);
	Covariances *after = cx_alloc(n, sizeof(Covariances));

	/* Place i of `after` has the blocks past i; what comes before grows along the way. */
	for (int i = n - 1; i >= 0; i--)
	{
		after[i] = empty_covariances(k, numbers + (size_t) (i + 1) * size);
		if (i == n - 1)
			continue;
		covariances_merge(&after[i], &after[i + 1]);
		covariances_merge(&after[i], &blocks[i + 1]);
	}
	for (int i = 0; i < n; i++)
	{
		cx_check_interrupts();
		covariances_merge(&after[i], &before);
		driver_model(&after[i], model);
		driver_importance(model, method, player, players, without + (size_t) i * players);
		covariances_merge(&before, &blocks[i]);
	}
	cx_free(after);
	cx_free(numbers);
}

void
driver_jackknife(const Covariances *blocks, int n, DriverMethod method, const int *player,
				 int players, double *std_error)
{
	DriverModel *model = cx_alloc(1, sizeof(DriverModel));
	double	   *without = cx_alloc((size_t) n * players, sizeof(double));

	leave_one_out(blocks, n, method, player, players, model, without);
	for (int p = 0; p < players; p++)
	{
		double		mean = 0;
		double		sum = 0;

		for (int i = 0; i < n; i++)
			mean += without[(size_t) i * players + p] / n;
		for (int i = 0; i < n; i++)
		{
			double		distance = without[(size_t) i * players + p] - mean;

			sum += distance * distance;
		}
		std_error[p] = n < 2 ? NAN : sqrt((double) (n - 1) / n * sum);
	}
	cx_free(without);
	cx_free(model);
}
