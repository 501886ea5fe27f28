/*
 * linalg_test.c
 *	  The linear algebra on matrices that can be checked by hand, or whose
 *	  answers are known.
 *
 * Expected values are exact, unless their source is given.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "numerics/linalg.h"
#include "tap.h"

#define MAX_N 12

/* What no function may return, nor touch when it refuses. */
#define UNTOUCHED (-12345.0)

static const double epsilon = 2.2204460492503131e-16;

/* The matrix 1 / (row + col + 1), whose condition grows thirtyfold with each row. */
static void
hilbert(int n, double *a)
{
	for (int col = 0; col < n; col++)
		for (int row = 0; row < n; row++)
			a[row + col * n] = 1.0 / (row + col + 1);
}

static void
fill(int n, double *a, double value)
{
	for (int i = 0; i < n; i++)
		a[i] = value;
}

static bool
is_untouched(int n, const double *a)
{
	for (int i = 0; i < n; i++)
		if (a[i] != UNTOUCHED)
			return false;
	return true;
}

/* The largest element of |a x - b| for one right-hand side. */
static double
residual(int n, const double *a, const double *x, const double *b)
{
	double		worst = 0;

	for (int row = 0; row < n; row++)
	{
		double		sum = -b[row];

		for (int col = 0; col < n; col++)
			sum += a[row + col * n] * x[col];
		worst = fmax(worst, fabs(sum));
	}
	return worst;
}

/* The largest element of |V D V' - a| and of |V' V - I|. */
static double
decomposition_error(int n, const double *a, const double *values, const double *vectors)
{
	double		worst = 0;

	for (int row = 0; row < n; row++)
		for (int col = 0; col < n; col++)
		{
			double		rebuilt = -a[row + col * n];
			double		product = row == col ? -1 : 0;

			for (int k = 0; k < n; k++)
			{
				rebuilt += vectors[row + k * n] * values[k] * vectors[col + k * n];
				product += vectors[k + row * n] * vectors[k + col * n];
			}
			worst = fmax(worst, fmax(fabs(rebuilt), fabs(product)));
		}
	return worst;
}

static void
test_eigen(void)
{
	static const double two[] = {2, 1, 1, 2};
	static const double lower_only[] = {2, 1, NAN, 2};
	static const double one[] = {-3};
	double		values[2];
	double		vectors[4];

	ok(cx_symmetric_eigen(2, two, values, vectors), "eigen of [2 1; 1 2]");
	is_close(values[0], 1, 4 * epsilon, "its smaller eigenvalue");
	is_close(values[1], 3, 4 * epsilon, "its larger eigenvalue");
	is_close(vectors[0], -vectors[1], 4 * epsilon, "eigenvector of 1 is along (1, -1)");
	is_close(vectors[2], vectors[3], 4 * epsilon, "eigenvector of 3 is along (1, 1)");
	is_close(fabs(vectors[2]), sqrt(0.5), 4 * epsilon, "eigenvectors have length 1");
	ok(decomposition_error(2, two, values, vectors) < 8 * epsilon, "V D V' is the matrix again");

	fill(2, values, UNTOUCHED);
	ok(cx_symmetric_eigen(2, lower_only, values, NULL), "eigenvalues alone, from the lower triangle");
	is_close(values[0], 1, 4 * epsilon, "the same smaller eigenvalue");
	is_close(values[1], 3, 4 * epsilon, "the same larger eigenvalue");

	ok(cx_symmetric_eigen(1, one, values, vectors), "eigen of one number");
	ok(values[0] == -3 && fabs(vectors[0]) == 1, "is that number");
}

/* Source: mpmath 1.3.0, eigsy with 40 digits; R 4.2.2, eigen(). */
static void
test_eigen_hilbert(void)
{
	static const double want[] = {
		3.2879287721718629571e-6, 0.00030589804015119172688, 0.011407491623419806559,
		0.20853421861101333591, 1.5670506910982307955,
	};
	double		a[25];
	double		values[5];
	double		vectors[25];

	hilbert(5, a);
	ok(cx_symmetric_eigen(5, a, values, vectors), "eigen of the Hilbert matrix of 5");
	for (int i = 0; i < 5; i++)
	{
		char		name[50];

		snprintf(name, sizeof(name), "its eigenvalue %d", i);
		is_close(values[i], want[i], 8 * epsilon * want[4] / want[i], name);
	}
	ok(decomposition_error(5, a, values, vectors) < 32 * epsilon, "V D V' is the Hilbert matrix again");
	ok(cx_symmetric_eigen(5, a, values, a), "eigenvectors in the place of the matrix");
	ok(memcmp(a, vectors, sizeof(a)) == 0, "are the same");
}

/* Closed form: 2 - 2 cos(k pi / (n + 1)) for 2 on the diagonal and -1 beside it. */
static void
test_eigen_differences(void)
{
	double		a[MAX_N * MAX_N] = {0};
	double		values[MAX_N];
	double		vectors[MAX_N * MAX_N];
	double		worst = 0;

	for (int i = 0; i < MAX_N; i++)
	{
		a[i + i * MAX_N] = 2;
		if (i > 0)
			a[i + (i - 1) * MAX_N] = a[i - 1 + i * MAX_N] = -1;
	}
	ok(cx_symmetric_eigen(MAX_N, a, values, vectors), "eigen of second differences");
	for (int k = 1; k <= MAX_N; k++)
		worst = fmax(worst, fabs(values[k - 1] - 2 + 2 * cos(k * acos(-1) / (MAX_N + 1))));
	ok(worst < 64 * epsilon, "all its eigenvalues");
	ok(decomposition_error(MAX_N, a, values, vectors) < 64 * epsilon, "V D V' is the matrix of differences again");
}

static void
test_cholesky(void)
{
	static const double two[] = {4, 2, NAN, 3};
	static const double right[] = {8, 8, 4, 2};
	static const double units[] = {4e200, 2e50, 2e50, 3e-100};
	static const double units_right[] = {8e100, 8e-50};
	static const double half[] = {0.5};
	double		x[4] = {8, 8, 4, 2};

	ok(cx_cholesky_solve(2, 2, two, right, x), "Cholesky, two right-hand sides, from the lower triangle");
	is_close(x[0], 1, 4 * epsilon, "first x of the first");
	is_close(x[1], 2, 4 * epsilon, "second x of the first");
	is_close(x[2], 1, 4 * epsilon, "first x of the second");
	ok(fabs(x[3]) < 4 * epsilon, "second x of the second");

	memcpy(x, right, sizeof(x));
	ok(cx_cholesky_solve(2, 1, two, x, x) && fabs(x[1] - 2) < 8 * epsilon, "Cholesky in place");
	ok(x[2] == 4 && x[3] == 2, "and no further");

	ok(cx_cholesky_solve(2, 1, units, units_right, x), "Cholesky with units far apart");
	is_close(x[0], 1e-100, 8 * epsilon, "first x");
	is_close(x[1], 2e50, 8 * epsilon, "second x");

	ok(cx_cholesky_solve(1, 1, half, half, x) && fabs(x[0] - 1) < 4 * epsilon, "Cholesky of one number");
}

static void
test_lu(void)
{
	static const double exchange[] = {0, 1, 1, 0};
	static const double three[] = {2, 4, -2, 1, -6, 7, 1, 0, 2};	/* by columns */
	static const double identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
	static const double units[] = {1e-150, 3e-150, 1e150, 4e150};
	static const double right[] = {5, -2, 9};
	static const double negative[] = {-0.5};
	double		x[9];
	double		inverse[9];

	ok(cx_lu_solve(2, 1, exchange, right, x), "LU of a matrix that needs pivoting");
	ok(x[0] == -2 && x[1] == 5, "exchanges the two");

	ok(cx_lu_solve(3, 1, three, right, x), "LU of [2 1 1; 4 -6 0; -2 7 2]");
	is_close(x[0], 1, 8 * epsilon, "its first x");
	is_close(x[1], 1, 8 * epsilon, "its second x");
	is_close(x[2], 2, 8 * epsilon, "its third x");

	ok(cx_lu_solve(3, 3, three, identity, inverse), "LU of the same for its inverse");
	is_close(inverse[0], 0.75, 8 * epsilon, "inverse (0, 0)");
	is_close(inverse[1], 0.5, 8 * epsilon, "inverse (1, 0)");
	is_close(inverse[3], -0.3125, 8 * epsilon, "inverse (0, 1)");

	memcpy(x, three, sizeof(x));
	ok(cx_lu_solve(3, 3, x, identity, x), "the inverse in the place of the matrix");
	ok(memcmp(x, inverse, sizeof(x)) == 0, "is the same");

	ok(cx_lu_solve(2, 1, units, right, x), "LU with units far apart");
	is_close(x[0], 22e150, 8 * epsilon, "first x");
	is_close(x[1], -17e-150, 8 * epsilon, "second x");

	ok(cx_lu_solve(1, 1, negative, negative, x) && fabs(x[0] - 1) < 4 * epsilon, "LU of one number");
}

/* Of condition 1e10: ten digits of a solution go, but none of its residual. Its inverse has whole numbers. */
static void
test_hilbert(void)
{
	const int	n = 8;
	double		a[64];
	double		identity[64] = {0};
	double		inverse[64];
	double		ones[8];
	double		x[8];

	hilbert(n, a);
	fill(n, ones, 1);
	for (int i = 0; i < n; i++)
		identity[i + i * n] = 1;

	ok(cx_cholesky_solve(n, 1, a, ones, x), "Cholesky of the Hilbert matrix of 8");
	ok(residual(n, a, x, ones) < 1e-9, "leaves no residual, though x reaches 1e6");
	ok(cx_lu_solve(n, 1, a, ones, x), "LU of the Hilbert matrix of 8");
	ok(residual(n, a, x, ones) < 1e-9, "leaves no residual either");

	ok(cx_cholesky_solve(n, n, a, identity, inverse), "its inverse by Cholesky");
	is_close(inverse[0], 64, 1e-5, "first element");
	is_close(inverse[n * n - 1], 176679360, 1e-5, "last element");
	ok(cx_lu_solve(n, n, a, identity, inverse), "its inverse by LU");
	is_close(inverse[0], 64, 1e-5, "first element");
	is_close(inverse[n - 1], -51480, 1e-5, "corner");
}

/* A random walk that never ends has no inverse of I - P; one that leaks has. */
static void
test_markov(void)
{
	double		a[MAX_N * MAX_N];
	double		ones[MAX_N];
	double		x[MAX_N];

	fill(MAX_N, ones, 1);
	for (int row = 0; row < MAX_N; row++)
	{
		double		sum = 0;

		for (int col = 0; col < MAX_N; col++)
			sum += a[row + col * MAX_N] = (row * 7 + col * 5) % 11 + 1;
		for (int col = 0; col < MAX_N; col++)
			a[row + col * MAX_N] = (row == col) - a[row + col * MAX_N] / sum;
	}
	ok(!cx_lu_solve(MAX_N, 1, a, ones, x), "I - P is singular");

	a[0] += 1e-6;
	ok(cx_lu_solve(MAX_N, 1, a, ones, x), "with a leak of 1e-6 it is not");
	ok(x[0] > 1e6 && residual(MAX_N, a, x, ones) < 1e-8, "and the steps to the end are millions");
}

/* Refused, and the outputs left alone. */
static void
refuses(int n, const double *a, bool lu_too, const char *what)
{
	static const double ones[MAX_N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	char		name[100];
	double		x[MAX_N];

	fill(MAX_N, x, UNTOUCHED);
	snprintf(name, sizeof(name), "Cholesky refuses %s", what);
	ok(!cx_cholesky_solve(n, 1, a, ones, x) && is_untouched(MAX_N, x), name);
	snprintf(name, sizeof(name), "LU %s %s", lu_too ? "refuses" : "accepts", what);
	ok(cx_lu_solve(n, 1, a, ones, x) != lu_too && is_untouched(MAX_N, x) == lu_too, name);
}

static void
test_refusals(void)
{
	static const double thirds[] = {1, 1 / 3.0, 2 / 3.0, 1 / 3.0, 1 / 9.0, 2 / 9.0, 2 / 3.0, 2 / 9.0, 4 / 9.0};
	double		many[MAX_N * MAX_N];

	refuses(2, (double[]) {1, 2, 2, 1}, false, "an indefinite matrix");
	refuses(2, (double[]) {-1, 0, 0, -1}, false, "a negative matrix");
	refuses(2, (double[]) {0, 1, 1, 0}, false, "a diagonal of 0");
	refuses(2, (double[]) {1, 2, 2, 4}, true, "a singular matrix");
	refuses(3, thirds, true, "a matrix of rank 1 with rounding");
	refuses(2, (double[]) {1, 0, 0, 0}, true, "a row of 0");
	refuses(2, (double[]) {0, 0, 0, 0}, true, "the zero matrix");
	refuses(1, (double[]) {0}, true, "the number 0");
	refuses(2, (double[]) {1, NAN, NAN, 1}, true, "NaN");
	refuses(2, (double[]) {INFINITY, 0, 0, 1}, true, "infinity");
	refuses(1, (double[]) {1e-310}, true, "a result beyond the range of a double");
	hilbert(MAX_N, many);
	refuses(MAX_N, many, true, "the Hilbert matrix of 12, of condition 1e16");
}

static void
test_arguments(void)
{
	static const double one[] = {1};
	static const double not_a_number[] = {NAN};
	double		x[4];

	fill(4, x, UNTOUCHED);
	ok(cx_symmetric_eigen(0, NULL, NULL, NULL), "eigen of nothing");
	ok(cx_cholesky_solve(0, 1, NULL, NULL, x), "Cholesky of nothing");
	ok(cx_cholesky_solve(1, 0, one, NULL, x), "Cholesky for nothing");
	ok(cx_lu_solve(0, 1, NULL, NULL, x), "LU of nothing");
	ok(cx_lu_solve(1, 0, one, NULL, x), "LU for nothing");
	ok(!cx_symmetric_eigen(-1, one, x, NULL), "eigen of a negative size");
	ok(!cx_cholesky_solve(-1, 1, one, one, x), "Cholesky of a negative size");
	ok(!cx_cholesky_solve(1, -1, one, one, x), "Cholesky of negative columns");
	ok(!cx_lu_solve(-1, 1, one, one, x), "LU of a negative size");
	ok(!cx_lu_solve(0, -1, one, one, x), "LU of negative columns");
	ok(!cx_symmetric_eigen(1, not_a_number, x, x + 1), "eigen of NaN");
	ok(!cx_symmetric_eigen(2, (double[]) {1, NAN, 0, 1}, x, NULL), "eigen of NaN beside the diagonal");
	ok(!cx_symmetric_eigen(1, (double[]) {INFINITY}, x, NULL), "eigen of infinity");
	ok(!cx_cholesky_solve(1, 1, one, not_a_number, x), "Cholesky of a NaN on the right");
	ok(!cx_lu_solve(1, 1, one, not_a_number, x), "LU of a NaN on the right");

	errno = 77;
	ok(!cx_symmetric_eigen(INT_MAX, one, x, x), "eigen without the memory");
	ok(!cx_cholesky_solve(INT_MAX, 1, one, one, x), "Cholesky without the memory");
	ok(!cx_lu_solve(INT_MAX, 1, one, one, x), "LU without the memory");
	ok(errno == 77, "errno stays as it was");
	ok(is_untouched(4, x), "nothing was written");
}

int
main(void)
{
	test_eigen();
	test_eigen_hilbert();
	test_eigen_differences();
	test_cholesky();
	test_lu();
	test_hilbert();
	test_markov();
	test_refusals();
	test_arguments();
	return done();
}
