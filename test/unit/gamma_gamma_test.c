/*
 * gamma_gamma_test.c
 *	  The Gamma-Gamma model against mpmath 1.3 (its likelihood maximised there with 30 digits) and Hardie's note 25.
 */
#include "tap.h"
#include "value/gamma_gamma.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

static const SpendRow customers[] = {
	{1, 12, 9}, {1, 25, 14}, {1, 31, 10}, {1, 80, 4}, {1, 7.5, 5}, {2, 20, 8}, {2, 33, 9}, {2, 60, 3},
	{3, 14, 5}, {3, 41, 6}, {5, 28, 4}, {5, 90, 1}, {9, 22, 3}, {30, 36, 2}, {30, 19, 1}
};

#define N lengthof(customers)

static void
test_fit(void)
{
	static const double covariance[9] = {
		1.824163307059784, -2.9957341683311571, -46.795065331981364,
		-2.9957341683311571, 11.441118555389325, 121.31044143848243,
		-46.795065331981364, 121.31044143848243, 1513.4673724861344
	};
	GammaGammaFit fit;

	ok(gamma_gamma_fit(customers, N, 0, &fit), "there are customers");
	ok(fit.converged && fit.identified && fit.customers == 84, "it is found");
	is_close(fit.p, 4.0705143694831131, 1e-9, "p");
	is_close(fit.q, 8.6311245247736585, 1e-9, "q");
	is_close(fit.v, 55.305513653851885, 1e-9, "v");
	is_close(fit.loglik, -336.88282227520982, 1e-12, "log-likelihood");
	for (int i = 0; i < 9; i++)
		is_close(fit.covariance[i], covariance[i], 1e-7, "covariance");
}

/* In another currency only v and the log-likelihood are others. */
static void
test_currency(void)
{
	static const double rates[] = {1e-6, 15000, 1e12};
	GammaGammaFit dollars;

	gamma_gamma_fit(customers, N, 0, &dollars);
	for (int k = 0; k < lengthof(rates); k++)
	{
		SpendRow	rows[N];
		GammaGammaFit fit;

		for (int i = 0; i < N; i++)
			rows[i] = (SpendRow) {customers[i].x, customers[i].m * rates[k], customers[i].customers};
		ok(gamma_gamma_fit(rows, N, 0, &fit) && fit.identified, "identified in any currency");
		is_close(fit.p, dollars.p, 1e-9, "p is the same");
		is_close(fit.q, dollars.q, 1e-9, "q is the same");
		is_close(fit.v, dollars.v * rates[k], 1e-9, "v in the currency");
		is_close(fit.covariance[8], dollars.covariance[8] * rates[k] * rates[k], 1e-7, "its variance");
		is_close(fit.loglik, dollars.loglik - 84 * log(rates[k]), 1e-11, "log-likelihood");
	}
}

static void
test_penalty(void)
{
	GammaGammaFit plain;
	GammaGammaFit fit;

	gamma_gamma_fit(customers, N, 0, &plain);
	ok(gamma_gamma_fit(customers, N, 0.1, &fit) && fit.identified, "a ridge");
	ok(fit.loglik < plain.loglik, "costs likelihood");
	ok(fabs(log(fit.q)) < fabs(log(plain.q)), "and pulls parameters to 1");
}

static void
test_degenerate(void)
{
	static const SpendRow one = {3, 20, 1};
	static const SpendRow alike[] = {{1, 20, 50}, {2, 20, 7}};
	static const SpendRow huge[] = {{1, 1e300, 50}, {2, 1.5e308, 70}};
	static const SpendRow often[] = {{1000000000, 20, 5}, {1000000000, 21, 9}, {2000000000, 25, 9}};
	GammaGammaFit fit;

	ok(!gamma_gamma_fit(NULL, 0, 0, &fit), "no customer");
	ok(gamma_gamma_fit(&one, 1, 0, &fit) && !fit.identified, "one customer");
	ok(gamma_gamma_fit(alike, 2, 0, &fit) && !fit.identified, "all spend the same");
	ok(gamma_gamma_fit(huge, 2, 0, &fit) && !fit.identified, "amounts beyond adding up");
	ok(gamma_gamma_fit(often, 3, 0, &fit) && !fit.identified && isfinite(fit.p), "a billion purchases each");
}

static void
test_spend(void)
{
	/* Hardie's note 25, customers 2 and 4; p, q, v as rounded there */
	is_close(gamma_gamma_spend(6.25, 3.74, 15.44, 1, 11.77), 18.916852057842046, 1e-14, "one purchase");
	is_close(gamma_gamma_spend(6.25, 3.74, 15.44, 0, 0), 35.21897810218978, 1e-14, "none");
	is_close(gamma_gamma_spend(6.25, 3.74, 15.44, 1000000000, 50), 50, 1e-8, "very many: what they spent");
	ok(isnan(gamma_gamma_spend(6.25, 1, 15.44, 0, 0)), "no mean where q is 1");
	ok(isnan(gamma_gamma_spend(6.25, 0.9, 15.44, 5, 20)), "nor below");
}

int
main(void)
{
	test_fit();
	test_currency();
	test_penalty();
	test_degenerate();
	test_spend();
	return done();
}
