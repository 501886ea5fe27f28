/*
 * cohort_fuzz.c
 *	  A cohort, period by period: payback against its definition, and curves that are drawn on.
 *
 * An input is a cost, then four bytes a period: how many periods later, the margin, how many are active.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "value/cohort_math.h"

#define MOST_PERIODS 60

static size_t
make_cohort(uint8_t *out)
{
	const bool	holes = one_in(2);
	uint32_t	active = 255;
	size_t		size = 1;

	out[0] = (uint8_t) random_bits();
	for (uint32_t n = random_below(one_in(5) ? MOST_PERIODS : 12); n > 0; n--)
	{
		out[size++] = (uint8_t) (holes ? random_bits() : 0);
		out[size++] = (uint8_t) random_bits();
		/* Mostly they become fewer. */
		active = one_in(10) ? random_below(256) : active - random_below(active / 4 + 1);
		out[size++] = (uint8_t) active;
		out[size++] = (uint8_t) random_bits();
	}
	return size;
}

const FuzzTarget fuzz_target = {"cohort", make_cohort, NULL, 0};

typedef struct Cohort
{
	double		cost;
	size_t		n;
	double		margins[MOST_PERIODS];
	RetentionCell cells[MOST_PERIODS];
} Cohort;

static void
read_cohort(Cohort *cohort, const uint8_t *data, size_t size)
{
	int32_t		period = 0;

	cohort->n = 0;
	cohort->cost = size == 0 ? 0 : data[0] * (data[0] % 3 == 0 ? 10 : 1.5);
	for (size_t at = 1; at + 4 <= size && cohort->n < MOST_PERIODS; at += 4)
	{
		/* The first one is not always period 0; some are far away. */
		period += data[at] < 250 ? data[at] % 4 + (cohort->n > 0) - (data[at] % 4 > 0 && cohort->n > 0) : data[at] == 255 ? 10000000 : 1000;
		cohort->margins[cohort->n] = ((int8_t) data[at + 1] + 40) / 8.0;
		cohort->cells[cohort->n++] = (RetentionCell) {period, data[at + 2] + (data[at + 3] % 4 == 0 ? 0.5 : 0)};
	}
}

/* The first period by whose end the margins come to the cost. */
static void
payback_holds(const Cohort *cohort)
{
	Payback		payback = {0, false, 0};
	double		sum = 0;
	bool		reached = false;
	double		periods = 0;

	for (size_t i = 0; i < cohort->n; i++)
	{
		const double before = sum;

		payback_add(&payback, cohort->cells[i].period, cohort->margins[i], cohort->cost);
		sum += cohort->margins[i];
		if (!reached && (sum >= cohort->cost || cohort->cost == 0))
		{
			reached = true;
			periods = cohort->cost == 0 ? 0 : cohort->cells[i].period + (cohort->cost - before) / cohort->margins[i];
		}
		CHECK(payback.margin == sum);
		CHECK(payback.reached == reached || fabs(sum - cohort->cost) <= 1e-11 * cohort->cost);
		if (payback.reached && reached)
			CHECK(fabs(payback.periods - periods) <= 1e-9 * (1 + fabs(periods)));
	}
}

static void
discount_holds(const Cohort *cohort)
{
	const double rate = random_below(200) / 100.0 - 0.5;

	for (size_t i = 0; i < cohort->n; i++)
	{
		const double worth = cohort_discount(rate, cohort->cells[i].period);
		const long double want = powl(1 + (long double) rate, -(long double) cohort->cells[i].period);

		CHECK(worth >= 0 && (isinf(worth) || fabsl(worth - want) <= 1e-8L * want || want < 1e-300L));
		CHECK(rate != 0 || worth == 1);
	}
}

/* Where the cells rise, if they do. */
static void
rise_holds(const Cohort *cohort)
{
	const size_t at = retention_rise(cohort->cells, cohort->n);

	CHECK(at <= cohort->n);
	for (size_t i = 1; i < at && i < cohort->n; i++)
		CHECK(cohort->cells[i].active <= cohort->cells[i - 1].active);
	CHECK(at == cohort->n || (at > 0 && cohort->cells[at].active > cohort->cells[at - 1].active));
}

/* A curve falls from 1 on, and stays between 0 and 1. */
static void
projection_holds(const Cohort *cohort)
{
	/* Cells that rise have no curve. */
	const size_t n = retention_rise(cohort->cells, cohort->n);
	RetentionModel model;
	RetentionModel again;
	int32_t		period = 0;
	double		before = 1;

	retention_fit(cohort->cells, n, &model);
	if (!model.identified)
		return;
	CHECK(n >= 2 && cohort->cells[0].period == 0);
	CHECK(model.alpha > 0 && model.beta > 0 && isfinite(model.alpha) && isfinite(model.beta));
	CHECK(retention_project(&model, 0) == 1);
	again = model;
	for (int i = 0; i < 40; i++)
	{
		double		survivor;

		period += 1 + (int32_t) random_below(one_in(10) ? 1000000 : 3);
		survivor = retention_project(&model, period);
		CHECK(survivor >= 0 && survivor <= before);
		before = survivor;
	}
	/* In one step as in many. */
	CHECK(fabs(retention_project(&again, period) - before) <= 1e-9 * before + 1e-300);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Cohort cohort;

	fuzz_begin(data, size);
	read_cohort(&cohort, data, size);
	payback_holds(&cohort);
	discount_holds(&cohort);
	rise_holds(&cohort);
	projection_holds(&cohort);
	fuzz_accepted++;
	CHECK(fuzz_blocks() == 0);
	return 0;
}
