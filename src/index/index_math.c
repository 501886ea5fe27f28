/*
 * index_math.c
 *	  One index from the dimensions of customer experience, with its error.
 *
 * The index is a function of the dimensions' means; its variance is
 * g' C g with g the gradient and C the covariance of the means (delta method).
 * Each mean is a ratio of sums over independent respondents, so by Taylor's
 * linearisation (as in histogram.c)
 *
 *	  C_ij = n/(n-1) * sum_r w_r^2 (f_ri - m_i) (f_rj - m_j) / (W_i W_j)
 *
 * over the respondents r who answered both, which the products give exactly.
 */
#include <math.h>
#include <stddef.h>

#include "index/index_math.h"
#include "survey/intervals.h"

const char *const index_method_names[] = {"mean", "net", "geometric", "min", NULL};

static double
span(const CxDimension *dim)
{
	return dim->scale_max - dim->scale_min;
}

/* A dimension's own mean: of u (score - scale_min), or of the sign. */
static double
own_mean(const CxDimension *dim, IndexMethod method)
{
	if (method == INDEX_NET)
		return histogram_net_share(&dim->answers, dim->scale_min + 1, dim->scale_max - 1);
	return histogram_mean(&dim->answers) - dim->scale_min;
}

/* Its standard error in the same unit. */
static double
own_error(const CxDimension *dim, IndexMethod method)
{
	if (method == INDEX_NET)
		return histogram_net_error(&dim->answers, dim->scale_min + 1, dim->scale_max - 1);
	return histogram_mean_error(&dim->answers);
}

/* Points of the index a unit of the dimension's own mean. */
static double
points(const CxDimension *dim, IndexMethod method)
{
	return method == INDEX_NET ? 100 : 100 / span(dim);
}

double
dimension_value(const CxDimension *dim, IndexMethod method)
{
	return own_mean(dim, method) * points(dim, method);
}

double
dimension_error(const CxDimension *dim, IndexMethod method)
{
	return own_error(dim, method) * points(dim, method);
}

/* The ends of an index. */
static double
lowest_index(IndexMethod method)
{
	return method == INDEX_NET ? -100 : 0;
}

static double
clip_index(double value, IndexMethod method)
{
	double		lowest = lowest_index(method);

	/* NaN passes. */
	return value < lowest ? lowest : value > 100 ? 100 : value;
}

double
index_value(const CxData *data, const double *weights, IndexMethod method)
{
	double		sum = 0;
	double		lowest = INFINITY;
	double		total = 0;

	for (int i = 0; i < data->ndims; i++)
	{
		double		value;

		if (weights[i] == 0)
			continue;
		value = dimension_value(&data->dims[i], method);
		total += weights[i];
		sum += weights[i] * (method == INDEX_GEOMETRIC ? log(value) : value);
		lowest = fmin(lowest, value);
	}
	if (total == 0)
		return NAN;
	if (method == INDEX_MIN)
		return lowest;
	sum /= total;

	/* The sums above may round past the ends. */
	return clip_index(method == INDEX_GEOMETRIC ? exp(sum) : sum, method);
}

/* One of the sums over the respondents who answered both dimensions, whichever way it is kept. */
static double
joint_sum(const CxData *data, int i, int j, int product)
{
	int			pair = cx_pair(i, j);

	return data->weighted ? data->float_products[pair][product]
		: (double) data->int_products[pair][product];
}

/* Covariance of two dimensions' own means, from the respondents who answered both. */
static double
joint_covariance(const CxData *data, int i, int j, IndexMethod method, double correction)
{
	double		mean_i = own_mean(&data->dims[i], method);
	double		mean_j = own_mean(&data->dims[j], method);
	double		weight_i = histogram_base(&data->dims[i].answers).weight;
	double		weight_j = histogram_base(&data->dims[j].answers).weight;
	int			first = method == INDEX_NET ? PRODUCT_S1 : PRODUCT_U1;
	double		sum = joint_sum(data, i, j, first + 2);

	sum -= mean_i * joint_sum(data, i, j, first + 1);
	sum -= mean_j * joint_sum(data, i, j, first);
	sum += mean_i * mean_j * joint_sum(data, i, j, PRODUCT_BASE);
	return correction * sum / weight_i / weight_j;
}

/* The gradient of the index by each dimension's own mean. */
static void
index_gradient(const CxData *data, const double *weights, IndexMethod method,
			   double value, double *gradient)
{
	double		total = 0;

	for (int i = 0; i < data->ndims; i++)
		total += weights[i];
	for (int i = 0; i < data->ndims; i++)
	{
		const CxDimension *dim = &data->dims[i];

		gradient[i] = weights[i] / total * points(dim, method);
		if (method == INDEX_GEOMETRIC && weights[i] != 0)
			gradient[i] *= value / dimension_value(dim, method);
	}
}

/*
 * g' C g; NaN where a used dimension has fewer than two answers. Of respondents
 * all terms have the n/(n-1) of the most answered dimension.
 */
static double
index_variance(const CxData *data, const double *gradient, IndexMethod method,
			   double responses, double correlation)
{
	double		correction = responses / (responses - 1);
	double		variance = 0;

	for (int i = 0; i < data->ndims; i++)
	{
		double		n = (double) histogram_base(&data->dims[i].answers).responses;
		double		error_i;

		if (gradient[i] == 0)
			continue;
		error_i = own_error(&data->dims[i], method);
		variance += gradient[i] * gradient[i] * error_i * error_i *
			(data->joint ? correction * (n - 1) / n : 1);
		for (int j = i + 1; j < data->ndims; j++)
		{
			double		covariance;

			if (gradient[j] == 0)
				continue;
			covariance = data->joint && joint_sum(data, i, j, PRODUCT_BASE) > 0
				? joint_covariance(data, i, j, method, correction)
				: correlation * error_i * own_error(&data->dims[j], method);
			variance += 2 * gradient[i] * gradient[j] * covariance;
		}
	}
	return variance;
}

Estimate
index_interval(const CxData *data, const double *weights, IndexMethod method,
			   double confidence, double correlation)
{
	double		gradient[CX_DIMENSIONS];
	double		margin;
	double		variance;
	Estimate	estimate = estimate_unknown(0, INFINITY);

	for (int i = 0; i < data->ndims; i++)
	{
		ScoreBase	base;

		if (weights[i] == 0)
			continue;
		base = histogram_base(&data->dims[i].answers);
		if (base.responses > estimate.responses)
			estimate.responses = base.responses;
		estimate.effective_base = fmin(estimate.effective_base, base.effective_base);
	}
	if (estimate.responses == 0)
		return estimate_unknown(0, 0);

	estimate.value = index_value(data, weights, method);
	if (method == INDEX_MIN || (method == INDEX_GEOMETRIC && estimate.value == 0))
		return estimate;

	index_gradient(data, weights, method, estimate.value, gradient);
	variance = index_variance(data, gradient, method, (double) estimate.responses, correlation);

	/* Rounding can leave a variance of 0 just below it. */
	estimate.std_error = sqrt(variance < 0 ? 0 : variance);
	margin = two_sided_t(confidence, estimate.effective_base - 1) * estimate.std_error;
	estimate.lo = clip_index(estimate.value - margin, method);
	estimate.hi = clip_index(estimate.value + margin, method);
	return estimate;
}
