/*
 * special_test.c
 *	  The gamma function and its derivatives, and rising factorials, against mpmath 1.3 with 60 digits.
 */
#include <errno.h>

#include "numerics/special.h"
#include "tap.h"
#include "value/rising.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

static void
test_special(void)
{
	static const struct
	{
		double		x;
		double		lgamma;
		double		digamma;
		double		trigamma;
	}			cases[] = {
		{1e-9, 20.723265836369195, -1000000000.5772156, 9.9999999999999988e+17},
		{0.1, 2.2527126517342059, -10.423754940411076, 101.43329915079275},
		{0.5, 0.57236494292470009, -1.9635100260214235, 4.9348022005446793},
		{1, 0.0, -0.57721566490153286, 1.6449340668482264},
		{1.5, -0.12078223763524522, 0.036489973978576521, 0.93480220054467931},
		{2, 0.0, 0.42278433509846714, 0.64493406684822644},
		{2.0000001, 4.2278436665324979e-8, 0.4227843995918717, 0.64493402643684834},
		{7.25, 7.0521854507385394, 1.910453526883736, 0.14787923315893217},
		{100, 359.1342053695754, 4.6001618527380874, 0.010050166663333571},
		{12345.678, 103959.91990554606, 9.4210208207417609, 8.1003287231112069e-5},
		{1e9, 19723265827.503717, 20.723265836446411, 1.0000000005e-9},
		{1e300, 6.8977552789821374e+302, 690.77552789821371, 9.9999999999999995e-301}
	};
	static const double outside[] = {0, -0.0, -1, -0.5, NAN, INFINITY, -INFINITY};

	for (int i = 0; i < lengthof(cases); i++)
	{
		char		name[64];

		snprintf(name, sizeof(name), "ln Gamma(%g) and its derivatives", cases[i].x);
		is_close(cx_lgamma(cases[i].x), cases[i].lgamma, 4e-15, name);
		is_close(cx_digamma(cases[i].x), cases[i].digamma, 1e-14, name);
		is_close(cx_trigamma(cases[i].x), cases[i].trigamma, 4e-15, name);
	}
	errno = EINTR;
	for (int i = 0; i < lengthof(outside); i++)
	{
		double		x = outside[i];

		ok(isnan(cx_lgamma(x)), "ln Gamma where it is not a number");
		ok(x == INFINITY || isnan(cx_digamma(x)), "its derivative there");
		ok(x == INFINITY || isnan(cx_trigamma(x)), "and the second one");
	}
	ok(errno == EINTR, "errno is left alone");
}

static void
test_rising_by(void)
{
	static const struct
	{
		double		y;
		double		d;
		Rising		want;
	}			cases[] = {
		{1e-6, 0.5, {-13.24314700133229, 999998.61370892879, -999999999996.71024}},
		{0.3, 3.7, {0.69596147440997965, 4.7586418906319336, -11.961541590370616}},
		{1, 50, {148.47776695177303, 4.4992053383294251, -1.6251327336215293}},
		{15.9, 1e5, {1051443.140179824, 8.7785363829418372, -0.064902283138823073}},
		{100, 0.5, {2.3013350982022228, 0.0050124998437578117, -5.0249993750468684e-5}},
		{3e4, 3.7, {38.143291338464192, 0.00012332778372796921, -4.1107411505736714e-9}},
		{6e9, 3.7, {83.305593633678029, 6.166666665279167e-10, -1.0277777773152778e-19}},
		{1e12, 50, {1381.5510557976524, 4.9999999998775e-11, -4.999999999755e-23}}
	};

	for (int i = 0; i < lengthof(cases); i++)
	{
		Rising		got = rising_by(cases[i].y, cases[i].d);
		char		name[64];

		snprintf(name, sizeof(name), "from Gamma(%g) by %g", cases[i].y, cases[i].d);
		is_close(got.value, cases[i].want.value, 1e-14, name);
		is_close(got.first, cases[i].want.first, 1e-14, name);
		is_close(got.second, cases[i].want.second, 1e-14, name);
	}
}

/* Factor by factor, in one go and in parts. */
static void
test_rising_factorial(void)
{
	static const double ys[] = {1e-5, 0.3, 2.4, 70, 1e5};

	for (int i = 0; i < lengthof(ys); i++)
	{
		double		y = ys[i];
		Rising		whole = rising_of(y, 3000);
		Rising		parts = {0, 0, 0};
		long double sum[3] = {0, 0, 0};

		rising_add(&parts, y, 0, 7);
		rising_add(&parts, y, 7, 7);
		rising_add(&parts, y, 7, 263);
		rising_add(&parts, y, 263, 3000);
		for (int j = 0; j < 3000; j++)
		{
			long double factor = (long double) y + j;

			sum[0] += logl(factor);
			sum[1] += 1 / factor;
			sum[2] -= 1 / (factor * factor);
		}
		is_close(whole.value, (double) sum[0], 1e-14, "a rising factorial");
		is_close(whole.first, (double) sum[1], 1e-13, "its derivative");
		is_close(whole.second, (double) sum[2], 1e-12, "its second derivative");
		is_close(parts.value, (double) sum[0], 1e-14, "in parts");
		is_close(parts.first, (double) sum[1], 1e-13, "in parts, its derivative");
		is_close(parts.second, (double) sum[2], 1e-12, "in parts, its second derivative");
	}
	ok(rising_of(2.4, 0).value == 0, "no factor at all");
}

int
main(void)
{
	test_special();
	test_rising_by();
	test_rising_factorial();
	return done();
}
