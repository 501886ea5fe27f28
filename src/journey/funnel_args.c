/*
 * funnel_args.c
 *	  The arguments that define a funnel, compiled once.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/funnel_args.h"
#include "journey/journey_type.h"

/* Where the arguments stand after the first. */
#define WITHIN 1
#define MODE 2
#define WITHOUT 3

static inline bool
is_given(FunctionCallInfo fcinfo, int arg)
{
	return arg < PG_NARGS() && !PG_ARGISNULL(arg);
}

/* ---------- Has anything changed? ---------- */

/* Whether argument `arg` has the bytes it had. */
static bool
same_bytes(FunctionCallInfo fcinfo, int arg, const struct varlena *before)
{
	struct varlena *now;
	bool		same;

	if (!is_given(fcinfo, arg))
		return before == NULL;
	if (before == NULL)
		return false;
	now = PG_GETARG_VARLENA_PP(arg);
	same = VARSIZE_ANY_EXHDR(now) == VARSIZE_ANY_EXHDR(before) &&
		memcmp(VARDATA_ANY(now), VARDATA_ANY(before), VARSIZE_ANY_EXHDR(now)) == 0;
	PG_FREE_IF_COPY(now, arg);
	return same;
}

static inline bool
same_args(FunctionCallInfo fcinfo, int arg, const FunnelArgs *args)
{
	return memcmp(PG_GETARG_INTERVAL_P(arg + WITHIN), &args->within, sizeof(Interval)) == 0 &&
		same_bytes(fcinfo, arg, args->steps) &&
		same_bytes(fcinfo, arg + MODE, args->mode) &&
		same_bytes(fcinfo, arg + WITHOUT, args->without);
}

/* True when these arguments are constants. (A parameter is not: PL/pgSQL runs one expression with many values.) */
static bool
args_are_constant(FunctionCallInfo fcinfo, int arg)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	if (call == NULL || !IsA(call, FuncExpr))
		return false;
	for (int i = arg; i <= arg + WITHOUT && i < list_length(((FuncExpr *) call)->args); i++)
	{
		if (!IsA(list_nth(((FuncExpr *) call)->args, i), Const))
			return false;
	}
	return true;
}

/* ---------- Compiling ---------- */

static struct varlena *
copy_arg(FunctionCallInfo fcinfo, int arg)
{
	if (!is_given(fcinfo, arg))
		return NULL;
	return PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(arg));
}

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

static bool
interval_is_endless(const Interval *interval)
{
#ifdef INTERVAL_IS_NOEND
	return INTERVAL_IS_NOEND(interval);
#else
	return false;
#endif
}

/* Compiles the arguments, in the current context. */
static FunnelArgs *
compile(FunctionCallInfo fcinfo, int arg)
{
	FunnelArgs *args = palloc0(sizeof(FunnelArgs));
	CalendarInterval within = {0, 0, 0};
	FunnelMode	mode = FUNNEL_ORDERED;
	Atom	   *atoms;
	Atom	   *without = NULL;
	int			n_steps;
	int			n_without = 0;

	args->memory = CurrentMemoryContext;
	args->within = *PG_GETARG_INTERVAL_P(arg + WITHIN);
	args->steps = copy_arg(fcinfo, arg);
	args->mode = copy_arg(fcinfo, arg + MODE);
	args->without = copy_arg(fcinfo, arg + WITHOUT);
	args->constant = args_are_constant(fcinfo, arg);

	if (!interval_is_endless(&args->within))
		within = journey_interval(&args->within, "within");
	if (args->mode != NULL)
		mode = (FunnelMode) choice_arg(fcinfo, arg + MODE, "mode", funnel_mode_names);
	atoms = atoms_from_array((ArrayType *) args->steps, "step", &n_steps);
	if (args->without != NULL)
		without = atoms_from_array((ArrayType *) args->without, "exclusion", &n_without);
	check_counts(n_steps, n_without);

	atoms = repalloc(atoms, (n_steps + n_without) * sizeof(Atom));
	if (n_without > 0)
		memcpy(atoms + n_steps, without, n_without * sizeof(Atom));
	funnel_init(&args->funnel, atom_set_make(atoms, n_steps + n_without), n_steps, mode, &within,
				interval_is_endless(&args->within));
	return args;
}

FunnelArgs *
funnel_args(FunctionCallInfo fcinfo, int arg)
{
	FunnelArgs *args = fcinfo->flinfo->fn_extra;
	MemoryContext memory;
	MemoryContext caller;

	if (likely(args != NULL && args->constant))
		return args;
	if (PG_ARGISNULL(arg) || PG_ARGISNULL(arg + WITHIN) ||
		(arg + MODE < PG_NARGS() && PG_ARGISNULL(arg + MODE)))
		return NULL;
	if (args != NULL && same_args(fcinfo, arg, args))
		return args;

	fcinfo->flinfo->fn_extra = NULL;
	if (args != NULL)
		MemoryContextDelete(args->memory);
	memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "funnel", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(memory);
	args = compile(fcinfo, arg);
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = args;
	return args;
}

const int64 *
funnel_as_of_arg(FunctionCallInfo fcinfo, int arg, int64 *as_of)
{
	if (!is_given(fcinfo, arg))
		return NULL;
	*as_of = PG_GETARG_TIMESTAMPTZ(arg);
	if (TIMESTAMP_NOT_FINITE(*as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of cannot be infinite"),
				 errhint("Give NULL to see everything.")));
	return as_of;
}
