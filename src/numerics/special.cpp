/*
 * special.cpp
 *	  The gamma function and its derivatives, by Boost.Math.
 */
#define BOOST_DISABLE_ASSERTS	/* nothing here may abort the server */

#include <cerrno>
#include <cmath>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include "numerics/special.h"

namespace
{

/* The line that no exception and no errno crosses. */
template <typename Function>
double
compute(double x, Function function) noexcept
{
	const int	saved_errno = errno;
	double		value = std::nan("");

	if (!(x > 0))
		return value;
	try
	{
		value = function(x);
	}
	catch (...)
	{
	}
	errno = saved_errno;
	return std::isfinite(value) ? value : std::nan("");
}

}							/* namespace */

double
cx_lgamma(double x)
{
	return compute(x, [](double y) { return boost::math::lgamma(y); });
}

double
cx_digamma(double x)
{
	return compute(x, [](double y) { return boost::math::digamma(y); });
}

double
cx_trigamma(double x)
{
	return compute(x, [](double y) { return boost::math::trigamma(y); });
}
