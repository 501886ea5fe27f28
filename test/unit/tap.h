/*
 * tap.h
 *	  A minimal Test Anything Protocol for plain C programs.
 *
 *	  int
 *	  main(void)
 *	  {
 *		  ok(1 + 1 == 2, "addition");
 *		  is_close(sqrt(2), 1.4142135623730951, 1e-15, "square root");
 *		  return done();
 *	  }
 *
 * plan(n), if called first, makes done() fail on any other number of tests.
 */
#ifndef CX_TAP_H
#define CX_TAP_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static struct
{
	int			planned;
	int			run;
	int			failed;
}			tap;

static inline void
plan(int tests)
{
	tap.planned = tests;
	printf("1..%d\n", tests);
}

static inline bool
ok(bool passed, const char *name)
{
	tap.run++;
	tap.failed += !passed;
	printf("%sok %d - %s\n", passed ? "" : "not ", tap.run, name);
	return passed;
}

/* Within rel_tol of want, relative to want: a want of 0 must be met exactly. */
static inline bool
is_close(double got, double want, double rel_tol, const char *name)
{
	const bool	passed = got == want || fabs(got - want) <= rel_tol * fabs(want);

	ok(passed, name);
	if (!passed)
		printf("#      got: %.17g\n#     want: %.17g\n# relative: %.3g, allowed %.3g\n",
			   got, want, fabs(got - want) / fabs(want), rel_tol);
	return passed;
}

/* The exit status of the program. */
static inline int
done(void)
{
	if (tap.planned == 0)
		printf("1..%d\n", tap.run);
	else if (tap.run != tap.planned)
		printf("# planned %d tests but ran %d\n", tap.planned, tap.run);
	if (tap.failed > 0)
		printf("# failed %d of %d tests\n", tap.failed, tap.run);
	return tap.failed > 0 || tap.run == 0 || (tap.planned > 0 && tap.run != tap.planned);
}

#endif							/* CX_TAP_H */
