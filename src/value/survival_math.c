/*
 * survival_math.c
 *	  Kaplan-Meier, Greenwood, Nelson-Aalen and log-rank over counted durations.
 *
 * Kaplan and Meier 1958 for S; Greenwood 1926 for its variance; the intervals
 * are plain, or made for ln S or ln(-ln S) and transformed back (Kalbfleisch
 * and Prentice); Mantel 1966 for the test.
 */
#include <math.h>

#include "value/survival_math.h"

const char *const survival_method_names[] = {"log-log", "log", "plain", NULL};

/* ---------- The curve ---------- */

void
survival_open(SurvivalWalk *walk, const Multiset *durations)
{
	memset(walk, 0, sizeof(*walk));
	walk->durations = durations;
	walk->left = durations->total;
	walk->start_survival = 1;
	walk->start_at_risk = (double) durations->total;
	walk->point.at_risk = durations->total;
	walk->point.survival = 1;
}

bool
survival_next(SurvivalWalk *walk)
{
	const Multiset *durations = walk->durations;
	SurvivalPoint *point = &walk->point;
	uint64_t	key;

	if (walk->next >= durations->n_sorted)
		return false;
	key = *multiset_record(durations, walk->next);
	point->duration = survival_key_duration(key);
	point->at_risk = walk->left;
	point->events = 0;
	point->censored = 0;
	if (survival_key_observed(key))
		point->events = multiset_count(durations, walk->next++);
	if (walk->next < durations->n_sorted &&
		(*multiset_record(durations, walk->next) ^ key) <= 1)
		point->censored = multiset_count(durations, walk->next++);

	if (point->events > 0)
	{
		const double at_risk = (double) point->at_risk;
		const double events = (double) point->events;
		const double after = (double) (point->at_risk - point->events);

		point->survival = walk->start_survival * (after / walk->start_at_risk);
		point->greenwood += events / (at_risk * after);
		point->hazard += events / at_risk;
	}
	walk->left = point->at_risk - point->events - point->censored;
	if (point->censored > 0)
	{
		walk->start_survival = point->survival;
		walk->start_at_risk = (double) walk->left;
	}
	return true;
}

/* Walks to the last duration that is not after t; false where S(t) is not known. */
static bool
walk_to(SurvivalWalk *walk, const Multiset *durations, double t)
{
	survival_open(walk, durations);
	while (walk->next < durations->n_sorted)
	{
		if (survival_key_duration(*multiset_record(durations, walk->next)) > t)
			return true;
		survival_next(walk);
	}
	return walk->point.duration == t || walk->point.survival == 0;
}

double
survival_at(const Multiset *durations, double t)
{
	SurvivalWalk walk;

	return walk_to(&walk, durations, t) ? walk.point.survival : NAN;
}

/* ---------- Intervals ---------- */

static inline double
clip(double share)
{
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

Estimate
survival_interval(const SurvivalPoint *point, int64_t rows, double z, SurvivalMethod method)
{
	const double survival = point->survival;
	const double error = sqrt(point->greenwood);	/* of ln S */
	Estimate	estimate = estimate_unknown(rows, (double) rows);

	estimate.value = survival;
	if (survival == 0)
		return estimate;
	estimate.std_error = survival * error;
	switch (method)
	{
		case SURVIVAL_LOG_LOG:
			if (survival < 1)
			{
				const double spread = z * error / log(survival);	/* below 0 */

				estimate.lo = clip(pow(survival, exp(-spread)));
				estimate.hi = clip(pow(survival, exp(spread)));
			}
			break;
		case SURVIVAL_LOG:
			estimate.lo = clip(survival * exp(-z * error));
			estimate.hi = clip(survival * exp(z * error));
			break;
		case SURVIVAL_PLAIN:
			estimate.lo = clip(survival - z * estimate.std_error);
			estimate.hi = clip(survival + z * estimate.std_error);
			break;
	}
	return estimate;
}

Estimate
survival_estimate(const Multiset *durations, double t, double z, SurvivalMethod method)
{
	SurvivalWalk walk;

	if (!walk_to(&walk, durations, t))
		return estimate_unknown(durations->total, (double) durations->total);
	return survival_interval(&walk.point, durations->total, z, method);
}

/* ---------- Quantiles and areas ---------- */

double
survival_quantile(const Multiset *durations, double p)
{
	const double level = (1 - p) * (1 + 1e-12);
	SurvivalWalk walk;

	survival_open(&walk, durations);
	if (walk.point.survival <= level)
		return 0;
	while (survival_next(&walk))
	{
		if (walk.point.survival <= level)
			return walk.point.duration;
	}
	return NAN;
}

double
survival_restricted_mean(const Multiset *durations, double until)
{
	SurvivalWalk walk;
	double		area = 0;
	double		survival = 1;
	double		from = 0;

	survival_open(&walk, durations);
	while (survival_next(&walk))
	{
		if (walk.point.duration >= until)
			return area + survival * (until - from);
		if (walk.point.events == 0)
			continue;
		area += survival * (walk.point.duration - from);
		survival = walk.point.survival;
		from = walk.point.duration;
	}
	return survival == 0 ? area : NAN;
}

/* ---------- Two samples ---------- */

double
survival_logrank(const Multiset *a, const Multiset *b)
{
	SurvivalWalk walk[2];
	bool		open[2];
	double		excess = 0;		/* events of a, less those expected */
	double		variance = 0;

	survival_open(&walk[0], a);
	survival_open(&walk[1], b);
	open[0] = survival_next(&walk[0]);
	open[1] = survival_next(&walk[1]);
	while (open[0] && open[1])
	{
		const double first = fmin(walk[0].point.duration, walk[1].point.duration);
		double		at_risk[2];
		double		events[2];
		double		n;
		double		d;

		for (int i = 0; i < 2; i++)
		{
			const bool	here = walk[i].point.duration == first;

			at_risk[i] = (double) walk[i].point.at_risk;
			events[i] = here ? (double) walk[i].point.events : 0;
			if (here)
				open[i] = survival_next(&walk[i]);
		}
		n = at_risk[0] + at_risk[1];
		d = events[0] + events[1];
		excess += events[0] - d * at_risk[0] / n;
		if (n > 1)
			variance += d * (at_risk[0] / n) * (at_risk[1] / n) * (n - d) / (n - 1);
	}
	/* Where one sample has ended, the other expects exactly its own events. */
	return variance > 0 ? excess * excess / variance : NAN;
}

/* ---------- Values from outside ---------- */

const char *
survival_problem(const Multiset *durations)
{
	/* The keys ascend: the last one says it for all. */
	if (!isfinite(survival_key_duration(*multiset_record(durations, durations->n_sorted - 1))))
		return "A duration is not finite.";
	if (durations->unit != 0)
		return "There is a unit, and durations have none.";
	return NULL;
}
