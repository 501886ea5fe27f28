/*
 * bgnbd_fuzz.c
 *	  Predictions of BG/NBD and MBG/NBD over all parameters that a fit may give, and fits of whatever customers.
 *
 * An input is 16-bit numbers: four parameters, a horizon, a discount, then four a customer. What is expected
 * lies within bounds that follow from the model, and changes in the direction that it has to.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "value/bgnbd_predict.h"
#include "value/fit.h"

#define MOST_CUSTOMERS 40

/* One fit is as long as hundreds of predictions. */
#define FITS 50

static size_t
make_model(uint8_t *out)
{
	size_t		size = 12 + 8 * (1 + random_below(one_in(20) ? MOST_CUSTOMERS : 3));

	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t) random_bits();
	return size;
}

const FuzzTarget fuzz_target = {"BG/NBD", make_model, NULL, 0};

/* ---------- Reading ---------- */

typedef struct Input
{
	const uint8_t *data;
	size_t		size;
	size_t		at;
} Input;

/* The next number, 0 to 1; 0.5 after the end. */
static double
number(Input *input)
{
	double		value = 0.5;

	if (input->at + 2 <= input->size)
		value = (input->data[input->at] << 8 | input->data[input->at + 1]) / 65535.0;
	input->at += 2;
	return value;
}

/* Inside the borders of a fit; often between 1/7 and 7, and 1 just so. */
static double
parameter(Input *input)
{
	const double u = 2 * number(input) - 1;
	const double theta = exp(u * (fabs(u) > 0.7 ? FIT_BORDER : 2));

	return fabs(theta - 1) < 0.01 ? 1 : theta;
}

/* Few purchases or thousands; the last at once, at the end or in between. */
static void
customer(Input *input, double unit, BgnbdRow *row)
{
	const double many = number(input);
	const double when = number(input);

	row->T = unit * 100 * pow(number(input), 3);
	row->x = row->T == 0 ? 0 : (int64_t) (many > 0.95 ? 5000 * many : 12 * many * many);
	row->t_x = row->x == 0 ? 0 : when > 0.9 ? row->T : when < 0.1 ? 0 : row->T * when;
	row->customers = 1 + (int64_t) (5 * number(input));
}

/* ---------- What has to hold ---------- */

static bool
at_most(double a, double b)
{
	return a <= b * (1 + 1e-8) + 1e-300;
}

static void
alive_holds(BgnbdKind kind, const BgnbdParameters *p, const BgnbdRow *row)
{
	const double alive = bgnbd_p_alive(kind, p, row->x, row->t_x, row->T);

	CHECK(alive >= 0 && alive <= 1);
	CHECK(kind == MBGNBD || row->x > 0 || alive == 1);
	/* The longer the silence, the less. */
	CHECK(at_most(bgnbd_p_alive(kind, p, row->x, row->t_x, row->T * 1.5 + 1), alive));
	/* MBG/NBD is BG/NBD with b + 1, of one who bought. */
	if (kind == MBGNBD && row->x > 0)
	{
		const BgnbdParameters one_more = {p->r, p->alpha, p->a, p->b + 1};

		CHECK(fabs(bgnbd_p_alive(BGNBD, &one_more, row->x, row->t_x, row->T) - alive) <= 1e-9);
	}
}

/*
 * Not less until later, not more when discounted, not more than one who never stops buys, nor
 * than is bought before one stops, where that has a mean.
 */
static void
purchases_hold(BgnbdKind kind, const BgnbdParameters *p, const BgnbdRow *row, double horizon, double delta)
{
	const double expected = bgnbd_purchases_if_alive(kind, p, row->x, row->T, horizon, 0);
	const double discounted = bgnbd_purchases_if_alive(kind, p, row->x, row->T, horizon, delta);
	const double without_end = bgnbd_purchases_if_alive(kind, p, row->x, row->T, INFINITY, 0);
	const double rate = (p->r + row->x) / (p->alpha + row->T);

	CHECK(isfinite(expected) && expected >= 0);
	CHECK(isfinite(discounted) && discounted >= 0);
	CHECK(at_most(expected, rate * horizon));
	CHECK(at_most(discounted, expected) && at_most(expected * exp(-delta * horizon), discounted));
	CHECK(at_most(expected, bgnbd_purchases_if_alive(kind, p, row->x, row->T, 2 * horizon, 0)));
	CHECK(bgnbd_purchases_if_alive(kind, p, row->x, row->T, 0, 0) == 0);
	CHECK(isnan(without_end) == (p->a <= 1) || fabs(p->a - 1) < 1e-6);
	if (!isnan(without_end))
		CHECK(at_most(expected, without_end));
	/* This one takes long. */
	if (delta > 0 && one_in(8))
	{
		const double all = bgnbd_purchases_if_alive(kind, p, row->x, row->T, INFINITY, delta);

		CHECK(isfinite(all) && at_most(discounted, all) && at_most(all, rate / delta));
	}
}

/* A fit ends; what it says it found is a finite maximum. */
static void
fit_holds(BgnbdKind kind, const BgnbdRow *rows, size_t n, double ridge)
{
	BgnbdFit	fit;
	int64_t		customers = 0;

	if (!bgnbd_fit(kind, rows, n, ridge, &fit))
	{
		CHECK(n == 0);
		return;
	}
	for (size_t i = 0; i < n; i++)
		customers += rows[i].customers;
	CHECK(fit.customers == customers && (!fit.identified || fit.converged));
	if (!fit.identified)
		return;
	CHECK(fit.parameters.r > 0 && fit.parameters.alpha > 0 && fit.parameters.a > 0 && fit.parameters.b > 0 && isfinite(fit.loglik));
	for (int i = 0; i < 4; i++)
	{
		CHECK(fit.covariance[5 * i] > 0);
		for (int k = 0; k < 4; k++)
			CHECK(isfinite(fit.covariance[4 * i + k]));
	}
}

static int
compare_rows(const BgnbdRow *a, const BgnbdRow *b)
{
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	if (a->t_x != b->t_x)
		return a->t_x < b->t_x ? -1 : 1;
	return a->T < b->T ? -1 : a->T > b->T;
}

/* In the order of a purchase_summary. */
static void
sort_rows(BgnbdRow *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		const BgnbdRow row = rows[i];
		size_t		at = i;

		for (; at > 0 && compare_rows(&rows[at - 1], &row) > 0; at--)
			rows[at] = rows[at - 1];
		rows[at] = row;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size, 0};
	BgnbdRow	rows[MOST_CUSTOMERS];
	size_t		n = 0;
	BgnbdParameters p;
	double		horizon;
	double		delta;
	BgnbdKind	kind;

	fuzz_begin(data, size);
	kind = one_in(2) ? BGNBD : MBGNBD;
	p.r = parameter(&input);
	p.alpha = parameter(&input);
	p.a = parameter(&input);
	p.b = parameter(&input);
	horizon = p.alpha * pow(10, 8 * number(&input) - 3);
	delta = number(&input);
	delta = delta < 0.1 ? 0 : pow(10, 6 * delta - 5) / p.alpha;
	do
	{
		customer(&input, p.alpha, &rows[n]);
		alive_holds(kind, &p, &rows[n]);
		purchases_hold(kind, &p, &rows[n], horizon, delta);
		n++;
	} while (input.at < size && n < MOST_CUSTOMERS);
	if (one_in(FITS))
	{
		sort_rows(rows, n);
		fit_holds(kind, rows, n, one_in(2) ? 0 : 0.01);
	}
	fuzz_accepted++;
	CHECK(fuzz_blocks() == 0);
	return 0;
}
