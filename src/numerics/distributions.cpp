/*
 * distributions.cpp
 *	  Tails and quantiles of the usual distributions, by Boost.Math.
 */
#define BOOST_DISABLE_ASSERTS	/* nothing here may abort the server */

#include <cerrno>
#include <cmath>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "numerics/distributions.h"

namespace
{

using Normal = boost::math::normal;
using StudentT = boost::math::students_t;
using ChiSquared = boost::math::chi_squared;
using Beta = boost::math::beta_distribution<>;
using FisherF = boost::math::fisher_f;

/* The line that no exception and no errno crosses. */
template <typename Function>
bool
compute(double *result, Function function) noexcept
{
	const int	saved_errno = errno;
	double		value = std::nan("");

	try
	{
		value = function();
	}
	catch (...)
	{
	}
	errno = saved_errno;
	if (!std::isfinite(value))
		return false;
	*result = value;
	return true;
}

}							/* namespace */

bool
cx_normal_cdf(double x, double *p)
{
	return compute(p, [=] { return cdf(Normal(), x); });
}

bool
cx_normal_upper(double x, double *q)
{
	return compute(q, [=] { return cdf(complement(Normal(), x)); });
}

bool
cx_normal_quantile(double p, double *x)
{
	return compute(x, [=] { return quantile(Normal(), p); });
}

bool
cx_normal_upper_quantile(double q, double *x)
{
	return compute(x, [=] { return quantile(complement(Normal(), q)); });
}

bool
cx_student_t_cdf(double df, double x, double *p)
{
	return compute(p, [=] { return cdf(StudentT(df), x); });
}

bool
cx_student_t_upper(double df, double x, double *q)
{
	return compute(q, [=] { return cdf(complement(StudentT(df), x)); });
}

bool
cx_student_t_quantile(double df, double p, double *x)
{
	return compute(x, [=] { return quantile(StudentT(df), p); });
}

bool
cx_student_t_upper_quantile(double df, double q, double *x)
{
	return compute(x, [=] { return quantile(complement(StudentT(df), q)); });
}

bool
cx_chi_square_cdf(double df, double x, double *p)
{
	return compute(p, [=] { return cdf(ChiSquared(df), x); });
}

bool
cx_chi_square_upper(double df, double x, double *q)
{
	return compute(q, [=] { return cdf(complement(ChiSquared(df), x)); });
}

bool
cx_chi_square_quantile(double df, double p, double *x)
{
	return compute(x, [=] { return quantile(ChiSquared(df), p); });
}

bool
cx_chi_square_upper_quantile(double df, double q, double *x)
{
	return compute(x, [=] { return quantile(complement(ChiSquared(df), q)); });
}

bool
cx_beta_cdf(double a, double b, double x, double *p)
{
	return compute(p, [=] { return cdf(Beta(a, b), x); });
}

bool
cx_beta_upper(double a, double b, double x, double *q)
{
	return compute(q, [=] { return cdf(complement(Beta(a, b), x)); });
}

bool
cx_beta_quantile(double a, double b, double p, double *x)
{
	return compute(x, [=] { return quantile(Beta(a, b), p); });
}

bool
cx_beta_upper_quantile(double a, double b, double q, double *x)
{
	return compute(x, [=] { return quantile(complement(Beta(a, b), q)); });
}

bool
cx_f_cdf(double d1, double d2, double x, double *p)
{
	return compute(p, [=] { return cdf(FisherF(d1, d2), x); });
}

bool
cx_f_upper(double d1, double d2, double x, double *q)
{
	return compute(q, [=] { return cdf(complement(FisherF(d1, d2), x)); });
}

bool
cx_f_quantile(double d1, double d2, double p, double *x)
{
	return compute(x, [=] { return quantile(FisherF(d1, d2), p); });
}

bool
cx_f_upper_quantile(double d1, double d2, double q, double *x)
{
	return compute(x, [=] { return quantile(complement(FisherF(d1, d2), q)); });
}
