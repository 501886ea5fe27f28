/*
 * funnel_args.c
 *	  The arguments that define a funnel, compiled once.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/funnel_args.h"
#include "journey/journey_type.h"

/* Where the arguments stand after the first. */
#define WITHIN 1
#define MODE 2
#define WITHOUT 3

static void
check_counts(int n_steps, int n_without)
{
	if (n_steps == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a funnel needs at least one step"),
				 errhint("Give the steps as an array: array['visit', 'order'].")));
	if (n_steps > FUNNEL_MAX_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a funnel of %d steps is too long", n_steps),
				 errdetail("A funnel has at most %d steps.", FUNNEL_MAX_STEPS)));
	if (n_steps + n_without > FUNNEL_MAX_ATOMS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a funnel without %d events is too long", n_without),
				 errdetail("Steps and exclusions together are at most %d.", FUNNEL_MAX_ATOMS),
				 errhint("One exclusion can name a whole set: '[returned|cancelled]'.")));
}

/* From the argument `detail` points to on; NULL when a required one is NULL. */
static void *
compile(FunctionCallInfo fcinfo, const void *detail)
{
	const int	arg = *(const int *) detail;
	const Interval *given;
	FunnelArgs *args;
	CalendarInterval within = {0, 0, 0};
	FunnelMode	mode = FUNNEL_ORDERED;
	AtomList	list = {0};
	int			n_steps;

	if (PG_ARGISNULL(arg) || PG_ARGISNULL(arg + WITHIN) ||
		(arg + MODE < PG_NARGS() && PG_ARGISNULL(arg + MODE)))
		return NULL;
	given = PG_GETARG_INTERVAL_P(arg + WITHIN);
	if (!interval_is_endless(given))
		within = journey_interval(given, "within");
	if (arg_is_given(fcinfo, arg + MODE))
		mode = (FunnelMode) choice_arg(fcinfo, arg + MODE, "mode", funnel_mode_names);
	atoms_add_array(&list, PG_GETARG_ARRAYTYPE_P(arg), "step");
	n_steps = list.count;
	if (arg_is_given(fcinfo, arg + WITHOUT))
		atoms_add_array(&list, PG_GETARG_ARRAYTYPE_P(arg + WITHOUT), "exclusion");
	check_counts(n_steps, list.count - n_steps);

	args = palloc0(sizeof(FunnelArgs));
	funnel_init(&args->funnel, atom_set_make(list.atoms, list.count), n_steps, mode, &within, interval_is_endless(given));
	return args;
}

FunnelArgs *
funnel_args(FunctionCallInfo fcinfo, int arg)
{
	return call_cache_with(fcinfo, CALL_ARGS(arg, arg + WITHOUT), compile, &arg);
}
