/*
 * driver_test.c
 *	  Covariances against sums in two passes, and drivers against their definitions.
 *
 * R^2 of every set of drivers comes from Gaussian elimination in long double;
 * Shapley values from all orders of the players; relative weights from the
 * square root of the correlations by Newton's iteration, without eigenvalues.
 * DRIVER_SEED and DRIVER_ROUNDS in the environment change the seed and the
 * rounds of random samples.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "index/driver_math.h"
#include "tap.h"

#define MAX_ROWS 400
#define MAX_K 8

typedef long double Wide;

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static double
random_share(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double) (random_state >> 11) / 9007199254740992.0;
}

static int
random_below(int limit)
{
	return (int) (random_share() * limit);
}

/* ---------- Samples ---------- */

typedef struct Sample
{
	int			k;
	int			n;
	double		x[MAX_ROWS][MAX_K];	/* the outcome first */
} Sample;

/* Correlated columns, with means and spreads that differ. */
static void
random_sample(Sample *s, int k, int n, double mean)
{
	double		load[MAX_K];
	double		scale[MAX_K];

	s->k = k;
	s->n = n;
	for (int j = 0; j < k; j++)
	{
		load[j] = 2 * random_share() - 0.7;
		scale[j] = mean > 0 ? 1 : pow(10, 4 * random_share() - 2);
	}
	for (int i = 0; i < n; i++)
	{
		double		common = random_share();

		for (int j = 0; j < k; j++)
			s->x[i][j] = mean + scale[j] * (load[j] * common + random_share());
	}
}

typedef struct Numbers
{
	Covariances c;
	double		data[MAX_K + MAX_K * (MAX_K + 1) / 2];
} Numbers;

static void
numbers_init(Numbers *numbers, int k)
{
	memset(numbers, 0, sizeof(*numbers));
	numbers->c.k = k;
	numbers->c.means = numbers->data;
	numbers->c.products = numbers->data + k;
}

/* Rows from..to-1, one by one. */
static void
add_rows(Numbers *numbers, const Sample *s, int from, int to)
{
	for (int i = from; i < to; i++)
		covariances_add(&numbers->c, s->x[i][0], s->x[i] + 1);
}

/* The same in two passes. */
static void
two_passes(const Sample *s, Wide *means, Wide products[MAX_K][MAX_K])
{
	for (int j = 0; j < s->k; j++)
	{
		means[j] = 0;
		for (int i = 0; i < s->n; i++)
			means[j] += s->x[i][j];
		means[j] /= s->n;
	}
	for (int a = 0; a < s->k; a++)
	{
		for (int b = 0; b < s->k; b++)
		{
			products[a][b] = 0;
			for (int i = 0; i < s->n; i++)
				products[a][b] += (s->x[i][a] - means[a]) * (s->x[i][b] - means[b]);
		}
	}
}

/* The largest difference, of products relative to what they can be. */
static double
largest_difference(const Covariances *c, const Sample *s)
{
	Wide		means[MAX_K];
	Wide		products[MAX_K][MAX_K];
	double		largest = c->n == s->n && c->k == s->k ? 0 : INFINITY;

	two_passes(s, means, products);
	for (int a = 0; a < s->k; a++)
	{
		Wide		spread = fabsl(means[a]) + sqrtl(products[a][a] / s->n);

		largest = fmax(largest, (double) (fabsl(c->means[a] - means[a]) / spread));
		for (int b = 0; b < s->k; b++)
			largest = fmax(largest, (double) (fabsl(covariance_product(c, a, b) - products[a][b]) /
											  sqrtl(products[a][a] * products[b][b])));
	}
	return largest;
}

static void
shuffle(Sample *s)
{
	for (int i = s->n - 1; i > 0; i--)
	{
		int			j = random_below(i + 1);
		double		row[MAX_K];

		memcpy(row, s->x[i], sizeof(row));
		memcpy(s->x[i], s->x[j], sizeof(row));
		memcpy(s->x[j], row, sizeof(row));
	}
}

/* Cuts the rows at random, each part row by row, and merges the parts in a random order. */
static void
add_parts(Numbers *numbers, const Sample *s)
{
	int			from = 0;

	while (from < s->n)
	{
		int			to = from + 1 + random_below(s->n - from);
		Numbers		part;

		numbers_init(&part, s->k);
		add_rows(&part, s, from, to);
		if (random_below(2))
			covariances_merge(&numbers->c, &part.c);
		else
		{
			covariances_merge(&part.c, &numbers->c);
			memcpy(numbers->data, part.data, sizeof(part.data));
			numbers->c.n = part.c.n;
		}
		from = to;
	}
}

static void
test_covariances(int rounds)
{
	static Sample sample;
	double		serial = 0;
	double		merged = 0;
	double		shuffled = 0;
	int			problems = 0;

	for (int round = 0; round < rounds; round++)
	{
		Numbers		numbers;

		random_sample(&sample, 1 + random_below(MAX_K), 2 + random_below(MAX_ROWS - 1), 0);
		numbers_init(&numbers, sample.k);
		add_rows(&numbers, &sample, 0, sample.n);
		serial = fmax(serial, largest_difference(&numbers.c, &sample));
		problems += covariances_problem(&numbers.c) != NULL;

		numbers_init(&numbers, sample.k);
		add_parts(&numbers, &sample);
		merged = fmax(merged, largest_difference(&numbers.c, &sample));
		problems += covariances_problem(&numbers.c) != NULL;

		shuffle(&sample);
		numbers_init(&numbers, sample.k);
		add_parts(&numbers, &sample);
		shuffled = fmax(shuffled, largest_difference(&numbers.c, &sample));
	}
	printf("# largest differences: %.2g row by row, %.2g merged, %.2g shuffled and merged\n", serial, merged, shuffled);
	ok(serial < 1e-12, "row by row: two passes, to 1e-12");
	ok(merged < 1e-12, "merged: two passes, to 1e-12");
	ok(shuffled < 1e-12, "shuffled and merged: two passes, to 1e-12");
	ok(problems == 0, "no numbers of rows are refused");
}

static void
test_large_means(void)
{
	static Sample sample;
	Numbers		numbers;
	double		serial;
	double		merged;
	double		raw = 0;
	Wide		means[MAX_K];
	Wide		products[MAX_K][MAX_K];

	random_sample(&sample, 4, MAX_ROWS, 1e9);
	numbers_init(&numbers, sample.k);
	add_rows(&numbers, &sample, 0, sample.n);
	serial = largest_difference(&numbers.c, &sample);
	numbers_init(&numbers, sample.k);
	add_parts(&numbers, &sample);
	merged = largest_difference(&numbers.c, &sample);
	printf("# mean 1e9, spread 1: %.2g row by row, %.2g merged\n", serial, merged);
	ok(serial < 1e-6 && merged < 1e-6, "a mean of 1e9 leaves 6 digits");

	two_passes(&sample, means, products);
	for (int i = 0; i < sample.n; i++)
		raw += sample.x[i][0] * sample.x[i][0];
	raw -= sample.n * (double) means[0] * (double) means[0];
	ok(fabs(raw / (double) products[0][0] - 1) > 1e-6, "where sums of squares would leave fewer");
}

static void
test_problems(void)
{
	double		data[5] = {1, 2, 4, 6, 9};
	Covariances c = {2, 3, data, data + 2, NULL};

	ok(covariances_problem(&c) == NULL, "perfect correlation is allowed");
	data[3] = -6.01;
	ok(covariances_problem(&c) != NULL, "more than that is not");
	data[3] = 0;
	data[2] = -1;
	ok(covariances_problem(&c) != NULL, "no negative sum of squares");
	data[2] = INFINITY;
	ok(covariances_problem(&c) != NULL, "no infinite number");
	data[2] = 4;
	data[0] = NAN;
	ok(covariances_problem(&c) != NULL, "no NaN");
	data[0] = 1;
	c.n = 1;
	ok(covariances_problem(&c) != NULL, "one row does not vary");
	c.n = 0;
	ok(covariances_problem(&c) != NULL, "no row is no summary");
}

/* ---------- Drivers by their definitions ---------- */

/* Solves a x = b in place by elimination with pivoting; x is in b. */
static void
eliminate(int n, Wide a[MAX_K][MAX_K], Wide b[MAX_K])
{
	for (int i = 0; i < n; i++)
	{
		int			best = i;

		for (int r = i; r < n; r++)
		{
			if (fabsl(a[r][i]) > fabsl(a[best][i]))
				best = r;
		}
		for (int c = 0; c < n; c++)
		{
			Wide		keep = a[i][c];

			a[i][c] = a[best][c];
			a[best][c] = keep;
		}
		Wide		keep = b[i];

		b[i] = b[best];
		b[best] = keep;
		for (int r = 0; r < n; r++)
		{
			Wide		factor = r == i ? 0 : a[r][i] / a[i][i];

			for (int c = 0; c < n; c++)
				a[r][c] -= factor * a[i][c];
			b[r] -= factor * b[i];
		}
	}
	for (int i = 0; i < n; i++)
		b[i] /= a[i][i];
}

/* R^2 of the drivers in the set, from cross-products in two passes. */
static Wide
r_squared_of(const Sample *s, unsigned int set)
{
	Wide		means[MAX_K];
	Wide		products[MAX_K][MAX_K];
	Wide		a[MAX_K][MAX_K];
	Wide		b[MAX_K];
	int			members[MAX_K];
	int			n = 0;
	Wide		explained = 0;

	two_passes(s, means, products);
	for (int i = 0; i < s->k - 1; i++)
	{
		if (set & 1u << i)
			members[n++] = i + 1;
	}
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			a[i][j] = products[members[i]][members[j]];
		b[i] = products[members[i]][0];
	}
	eliminate(n, a, b);
	for (int i = 0; i < n; i++)
		explained += b[i] * products[members[i]][0];
	return explained / products[0][0];
}

typedef struct Orders
{
	Wide		r_squared[1 << (MAX_K - 1)];	/* of a set of drivers */
	unsigned int drivers[MAX_K];	/* of a player */
	int			players;
	int			count;
	Wide		sums[MAX_K];
} Orders;

/* Lets the players that are not in yet in, in every order. */
static void
all_orders(Orders *orders, unsigned int in, unsigned int set)
{
	if (in == (1u << orders->players) - 1)
		orders->count++;
	for (int p = 0; p < orders->players; p++)
	{
		unsigned int next = set | orders->drivers[p];
		int			before = orders->count;

		if (in & 1u << p)
			continue;
		all_orders(orders, in | 1u << p, next);
		orders->sums[p] += (orders->count - before) * (orders->r_squared[next] - orders->r_squared[set]);
	}
}

static double
shapley_difference(const Sample *s, const DriverModel *model, const int *player, int players)
{
	Orders		orders = {.players = players};
	double		importance[MAX_K];
	double		largest = 0;

	for (unsigned int set = 0; set < 1u << (s->k - 1); set++)
		orders.r_squared[set] = r_squared_of(s, set);
	for (int i = 0; i < s->k - 1; i++)
		orders.drivers[player[i]] |= 1u << i;
	all_orders(&orders, 0, 0);
	driver_importance(model, DRIVERS_SHAPLEY, player, players, importance);
	for (int p = 0; p < players; p++)
		largest = fmax(largest, fabs(importance[p] - (double) (orders.sums[p] / orders.count)));
	return largest;
}

/* The inverse of an n x n matrix. */
static void
invert(int n, Wide a[MAX_K][MAX_K], Wide inverse[MAX_K][MAX_K])
{
	for (int c = 0; c < n; c++)
	{
		Wide		copy[MAX_K][MAX_K];
		Wide		unit[MAX_K] = {0};

		memcpy(copy, a, sizeof(copy));
		unit[c] = 1;
		eliminate(n, copy, unit);
		for (int r = 0; r < n; r++)
			inverse[r][c] = unit[r];
	}
}

/* Newton's iteration of Denman and Beavers: y goes to the square root of a, z to its inverse. */
static void
square_root(int n, Wide y[MAX_K][MAX_K])
{
	Wide		z[MAX_K][MAX_K] = {{0}};

	for (int i = 0; i < n; i++)
		z[i][i] = 1;
	for (int turn = 0; turn < 60; turn++)
	{
		Wide		y_inverse[MAX_K][MAX_K];
		Wide		z_inverse[MAX_K][MAX_K];

		invert(n, y, y_inverse);
		invert(n, z, z_inverse);
		for (int i = 0; i < n; i++)
		{
			for (int j = 0; j < n; j++)
			{
				y[i][j] = (y[i][j] + z_inverse[i][j]) / 2;
				z[i][j] = (z[i][j] + y_inverse[i][j]) / 2;
			}
		}
	}
}

static double
weights_difference(const Sample *s, const DriverModel *model, const int *player)
{
	int			n = s->k - 1;
	Wide		means[MAX_K];
	Wide		products[MAX_K][MAX_K];
	Wide		root[MAX_K][MAX_K];
	Wide		copy[MAX_K][MAX_K];
	Wide		b[MAX_K];
	double		importance[MAX_K];
	double		largest = 0;

	two_passes(s, means, products);
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
			root[i][j] = products[i + 1][j + 1] / sqrtl(products[i + 1][i + 1] * products[j + 1][j + 1]);
		b[i] = products[0][i + 1] / sqrtl(products[i + 1][i + 1] * products[0][0]);
	}
	square_root(n, root);
	memcpy(copy, root, sizeof(copy));
	eliminate(n, copy, b);
	driver_importance(model, DRIVERS_RELATIVE_WEIGHTS, player, n, importance);
	for (int i = 0; i < n; i++)
	{
		Wide		weight = 0;

		for (int j = 0; j < n; j++)
			weight += root[i][j] * root[i][j] * b[j] * b[j];
		largest = fmax(largest, fabs(importance[i] - (double) weight));
	}
	return largest;
}

static void
test_drivers(int rounds)
{
	static Sample sample;
	static DriverModel model;
	double		r_squared = 0;
	double		shapley = 0;
	double		grouped = 0;
	double		weights = 0;
	double		sums = 0;
	int			models = 0;

	for (int round = 0; round < rounds; round++)
	{
		int			drivers = 1 + random_below(6);
		int			own[MAX_K];
		int			group[MAX_K];
		int			groups = 1 + random_below(drivers);
		double		importance[MAX_K];
		Numbers		numbers;

		random_sample(&sample, drivers + 1, drivers + 5 + random_below(60), 0);
		numbers_init(&numbers, sample.k);
		add_rows(&numbers, &sample, 0, sample.n);
		driver_model(&numbers.c, &model);
		models += model.status == DRIVERS_MODEL;
		r_squared = fmax(r_squared, fabs(model.r_squared - (double) r_squared_of(&sample, (1u << drivers) - 1)));
		for (int i = 0; i < drivers; i++)
		{
			own[i] = i;
			group[i] = i < groups ? i : random_below(groups);
		}
		shapley = fmax(shapley, shapley_difference(&sample, &model, own, drivers));
		grouped = fmax(grouped, shapley_difference(&sample, &model, group, groups));
		weights = fmax(weights, weights_difference(&sample, &model, own));
		for (int method = 0; method < 2; method++)
		{
			double		sum = 0;

			driver_importance(&model, (DriverMethod) method, group, groups, importance);
			for (int p = 0; p < groups; p++)
				sum += importance[p];
			sums = fmax(sums, fabs(sum - model.r_squared));
		}
	}
	printf("# largest differences: R^2 %.2g, Shapley %.2g, of groups %.2g, weights %.2g, sums %.2g\n",
		   r_squared, shapley, grouped, weights, sums);
	ok(models == rounds, "every sample has a model");
	ok(r_squared < 1e-12, "R^2 by elimination");
	ok(shapley < 1e-12, "Shapley over all orders of the drivers");
	ok(grouped < 1e-12, "Shapley over all orders of the groups");
	ok(weights < 1e-12, "relative weights from the square root of the correlations");
	ok(sums < 1e-12, "both sum to R^2");
}

/* ---------- What has no model ---------- */

static void
test_status(void)
{
	static Sample sample;
	static DriverModel model;
	const int	own[] = {0, 1, 2};
	double		importance[3];
	Numbers		numbers;

	random_sample(&sample, 4, 50, 0);
	numbers_init(&numbers, 4);
	add_rows(&numbers, &sample, 0, 4);
	driver_model(&numbers.c, &model);
	ok(model.status == DRIVERS_TOO_FEW_ROWS && isnan(model.r_squared) && !isnan(model.correlation[0]), "n = drivers + 1");
	add_rows(&numbers, &sample, 4, 5);
	driver_model(&numbers.c, &model);
	ok(model.status == DRIVERS_MODEL, "one more");

	numbers_init(&numbers, 4);
	add_rows(&numbers, &sample, 0, 1);
	driver_model(&numbers.c, &model);
	driver_importance(&model, DRIVERS_SHAPLEY, own, 3, importance);
	ok(model.status == DRIVERS_TOO_FEW_ROWS && isnan(importance[2]), "one row");

	for (int i = 0; i < sample.n; i++)
		sample.x[i][2] = 1e9 / 7;
	numbers_init(&numbers, 4);
	add_parts(&numbers, &sample);
	driver_model(&numbers.c, &model);
	ok(model.status == DRIVERS_MODEL && model.constant[1] && model.n == 2, "a constant is left out");
	driver_importance(&model, DRIVERS_SHAPLEY, own, 3, importance);
	ok(isnan(importance[1]) && fabs(importance[0] + importance[2] - model.r_squared) < 1e-14, "the rest make R^2");
	ok(fabs(model.r_squared - (double) r_squared_of(&sample, 5)) < 1e-12, "which is theirs");

	for (int i = 0; i < sample.n; i++)
		sample.x[i][2] = sample.x[i][1] * 3 - 100;
	numbers_init(&numbers, 4);
	add_rows(&numbers, &sample, 0, sample.n);
	driver_model(&numbers.c, &model);
	driver_importance(&model, DRIVERS_RELATIVE_WEIGHTS, own, 3, importance);
	ok(model.status == DRIVERS_COLLINEAR && isnan(model.r_squared) && isnan(importance[0]) &&
	   fabs(model.correlation[0] - model.correlation[1]) < 1e-12, "collinear");

	for (int i = 0; i < sample.n; i++)
		sample.x[i][0] = 0.1;
	numbers_init(&numbers, 4);
	add_rows(&numbers, &sample, 0, sample.n);
	driver_model(&numbers.c, &model);
	ok(model.status == DRIVERS_CONSTANT_OUTCOME && isnan(model.correlation[0]), "constant outcome");
}

/* Orthogonal drivers explain the squares of their correlations; as many as there can be. */
static void
test_many(void)
{
	enum
	{
		N = SHAPLEY_PLAYERS
	};
	static DriverModel model;
	double		data[N + 1 + (N + 1) * (N + 2) / 2] = {0};
	Covariances c = {N + 1, 1000, data, data + N + 1, NULL};
	int			own[N];
	double		importance[N];
	double		largest = 0;

	for (int i = 0; i <= N; i++)
	{
		c.products[covariance_cell(N + 1, i, i)] = 1;
		if (i == 0)
			continue;
		own[i - 1] = i - 1;
		c.products[covariance_cell(N + 1, 0, i)] = i * 0.01 - 0.1;
	}
	driver_model(&c, &model);
	driver_importance(&model, DRIVERS_SHAPLEY, own, N, importance);
	for (int i = 0; i < N; i++)
		largest = fmax(largest, fabs(importance[i] - pow((i + 1) * 0.01 - 0.1, 2)));
	printf("# twenty orthogonal drivers: %.2g\n", largest);
	ok(largest < 1e-14, "twenty orthogonal drivers");
}

/* ---------- Jackknife ---------- */

static void
test_jackknife(void)
{
	enum
	{
		BLOCKS = 7
	};
	static Sample sample;
	static DriverModel model;
	const int	player[] = {0, 0, 1};
	Numbers		blocks[BLOCKS];
	Covariances parts[BLOCKS];
	double		without[BLOCKS][2];
	double		std_error[2];

	random_sample(&sample, 4, 90, 0);
	for (int b = 0; b < BLOCKS; b++)
		numbers_init(&blocks[b], 4);
	for (int i = 0; i < sample.n; i++)
		add_rows(&blocks[i % BLOCKS], &sample, i, i + 1);
	for (int b = 0; b < BLOCKS; b++)
	{
		Numbers		rest;

		numbers_init(&rest, 4);
		for (int i = 0; i < sample.n; i++)
		{
			if (i % BLOCKS != b)
				add_rows(&rest, &sample, i, i + 1);
		}
		driver_model(&rest.c, &model);
		driver_importance(&model, DRIVERS_SHAPLEY, player, 2, without[b]);
		parts[b] = blocks[b].c;
	}
	driver_jackknife(parts, BLOCKS, DRIVERS_SHAPLEY, player, 2, std_error);
	for (int p = 0; p < 2; p++)
	{
		double		mean = 0;
		double		sum = 0;

		for (int b = 0; b < BLOCKS; b++)
			mean += without[b][p] / BLOCKS;
		for (int b = 0; b < BLOCKS; b++)
			sum += (without[b][p] - mean) * (without[b][p] - mean);
		is_close(std_error[p], sqrt(sum * (BLOCKS - 1) / BLOCKS), 1e-10, "jackknife by the rows of the other blocks");
	}
	driver_jackknife(parts, 1, DRIVERS_SHAPLEY, player, 2, std_error);
	ok(isnan(std_error[0]) && isnan(std_error[1]), "one block has no error");
}

int
main(void)
{
	const char *seed = getenv("DRIVER_SEED");
	const char *given = getenv("DRIVER_ROUNDS");
	int			rounds = given ? atoi(given) : 200;

	random_state = seed ? strtoull(seed, NULL, 10) : 20260601;
	printf("# DRIVER_SEED=%" PRIu64 " DRIVER_ROUNDS=%d\n", random_state, rounds);
	test_covariances(rounds);
	test_large_means();
	test_problems();
	test_drivers(rounds);
	test_status();
	test_many();
	test_jackknife();
	return done();
}
