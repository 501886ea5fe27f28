/*
 * linalg.cpp
 *	  Small dense linear algebra, by Eigen.
 */
#define EIGEN_DONT_PARALLELIZE	/* one thread to a server process */
#define EIGEN_NO_DEBUG			/* nothing here may abort the server */

#include <cerrno>
#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include "numerics/linalg.h"

namespace
{

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Input = Eigen::Map<const MatrixXd>;
using Output = Eigen::Map<MatrixXd>;

/* The line that no exception and no errno crosses. */
template <typename Function>
bool
compute(Function function) noexcept
{
	const int	saved_errno = errno;
	bool		done = false;

	try
	{
		done = function();
	}
	catch (...)
	{
	}
	errno = saved_errno;
	return done;
}

/* What brings magnitudes into 1..2, as powers of two: scaling by them rounds nothing. */
VectorXd
scales(const VectorXd &magnitudes)
{
	return magnitudes.unaryExpr([](double m) { return std::exp2(-std::logb(m)); });
}

/* Does a factorization with this condition leave digits to solve with? Not if it is NaN. */
bool
is_regular(double reciprocal_condition, int n)
{
	return reciprocal_condition > 4.0 * n * std::numeric_limits<double>::epsilon();
}

/* Hand a result out, if all of it is a number. */
bool
deliver(const MatrixXd &result, double *out)
{
	if (!result.allFinite())
		return false;
	Output(out, result.rows(), result.cols()) = result;
	return true;
}

}							/* namespace */

bool
cx_symmetric_eigen(int n, const double *a, double *values, double *vectors)
{
	if (n <= 0)
		return n == 0;
	return compute([=] {
		const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
			Input(a, n, n), vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);

		if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite())
			return false;
		if (vectors && !deliver(solver.eigenvectors(), vectors))
			return false;
		return deliver(solver.eigenvalues(), values);
	});
}

bool
cx_cholesky_solve(int n, int columns, const double *a, const double *b, double *x)
{
	if (n <= 0 || columns <= 0)
		return n >= 0 && columns >= 0;
	return compute([=] {
		/* With a diagonal near 1 the condition tells of the matrix, not of its units. */
		MatrixXd	matrix = Input(a, n, n);
		const VectorXd scale = scales(matrix.diagonal().cwiseSqrt());

		matrix = scale.asDiagonal() * matrix * scale.asDiagonal();

		const Eigen::LLT<MatrixXd> llt(matrix);

		if (llt.info() != Eigen::Success || !is_regular(llt.rcond(), n))
			return false;

		MatrixXd	solution = scale.asDiagonal() * Input(b, n, columns);

		llt.solveInPlace(solution);
		solution = scale.asDiagonal() * solution;
		return deliver(solution, x);
	});
}

bool
cx_lu_solve(int n, int columns, const double *a, const double *b, double *x)
{
	if (n <= 0 || columns <= 0)
		return n >= 0 && columns >= 0;
	return compute([=] {
		/* As above; here the scales of rows and columns also choose better pivots. */
		MatrixXd	matrix = Input(a, n, n);
		const VectorXd row_scale = scales(matrix.cwiseAbs().rowwise().maxCoeff());

		matrix = row_scale.asDiagonal() * matrix;

		const VectorXd col_scale = scales(matrix.cwiseAbs().colwise().maxCoeff());

		matrix = matrix * col_scale.asDiagonal();

		const Eigen::PartialPivLU<MatrixXd> lu(matrix);

		if (!is_regular(lu.rcond(), n))
			return false;

		MatrixXd	solution = row_scale.asDiagonal() * Input(b, n, columns);

		solution = lu.solve(solution);
		solution = col_scale.asDiagonal() * solution;
		return deliver(solution, x);
	});
}
