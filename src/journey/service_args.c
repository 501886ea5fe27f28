/*
 * service_args.c
 *	  What repeat_contacts, friction, journey_effort and sequence_stats keep from call to call.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/primnodes.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "journey/atom_args.h"
#include "journey/service_args.h"

/* The place of the nth argument that is an atom: the single ones, then the array; -1 for none. */
static inline int
nth_arg(const ServiceAtoms *atoms, int n)
{
	return n < SERVICE_SINGLES ? atoms->single[n] : atoms->array;
}

static bool
same_bytes(FunctionCallInfo fcinfo, int arg, const struct varlena *before)
{
	struct varlena *now;
	bool		same;

	if (PG_ARGISNULL(arg) || before == NULL)
		return PG_ARGISNULL(arg) && before == NULL;
	now = PG_GETARG_VARLENA_PP(arg);
	same = VARSIZE_ANY_EXHDR(now) == VARSIZE_ANY_EXHDR(before) &&
		memcmp(VARDATA_ANY(now), VARDATA_ANY(before), VARSIZE_ANY_EXHDR(now)) == 0;
	PG_FREE_IF_COPY(now, arg);
	return same;
}

static bool
same_args(FunctionCallInfo fcinfo, const ServiceAtoms *atoms, const ServiceArgs *args)
{
	for (int n = 0; n < SERVICE_ATOM_ARGS; n++)
	{
		int			arg = nth_arg(atoms, n);

		if (arg >= 0 && !same_bytes(fcinfo, arg, args->given[n]))
			return false;
	}
	return true;
}

/* True when the atoms are constants. (A parameter is not: PL/pgSQL runs one expression with many values.) */
static bool
args_are_constant(FunctionCallInfo fcinfo, const ServiceAtoms *atoms)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	if (call == NULL || !IsA(call, FuncExpr))
		return false;
	for (int n = 0; n < SERVICE_ATOM_ARGS; n++)
	{
		int			arg = nth_arg(atoms, n);

		if (arg >= 0 && !IsA(list_nth(((FuncExpr *) call)->args, arg), Const))
			return false;
	}
	return true;
}

/* All the atoms as one set, in the current context. */
static void
compile_atoms(ServiceArgs *args, const ServiceAtoms *atoms)
{
	struct varlena *array = args->given[SERVICE_SINGLES];
	Atom		single[SERVICE_SINGLES];
	Atom	   *all = single;
	int			n_single = 0;
	int			n_array = 0;

	for (int n = 0; n < SERVICE_SINGLES; n++)
	{
		if (args->given[n] == NULL)
			continue;
		atom_from_text((text *) args->given[n], atoms->single_what[n], &single[n_single]);
		args->single[n] = UINT64CONST(1) << n_single++;
	}
	if (array != NULL)
	{
		Atom	   *of_array = atoms_from_array((ArrayType *) array, atoms->array_what, &n_array);

		if (n_array > ATOM_ARGS_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("%d are too many for %s", n_array, atoms->array_what),
					 errdetail("There can be %d.", ATOM_ARGS_MAX),
					 errhint("Name events below a common part by name/*.")));
		all = palloc((n_single + n_array) * sizeof(Atom) + 1);
		memcpy(all, single, n_single * sizeof(Atom));
		memcpy(all + n_single, of_array, n_array * sizeof(Atom));
	}
	else if (n_single > 0)
	{
		all = palloc(n_single * sizeof(Atom));
		memcpy(all, single, n_single * sizeof(Atom));
	}
	if (n_single + n_array > 0)
		args->set = atom_set_make(all, n_single + n_array);
}

static ServiceArgs *
compile(FunctionCallInfo fcinfo, const ServiceAtoms *atoms)
{
	ServiceArgs *args = palloc0(sizeof(ServiceArgs));
	TupleDesc	result;

	args->memory = CurrentMemoryContext;
	args->constant = args_are_constant(fcinfo, atoms);
	for (int n = 0; n < SERVICE_ATOM_ARGS; n++)
	{
		int			arg = nth_arg(atoms, n);

		if (arg >= 0 && !PG_ARGISNULL(arg))
			args->given[n] = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(arg));
	}
	compile_atoms(args, atoms);
	if (get_call_result_type(fcinfo, NULL, &result) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is not a row type");
	args->result = BlessTupleDesc(CreateTupleDescCopy(result));
	return args;
}

ServiceArgs *
service_args(FunctionCallInfo fcinfo, const ServiceAtoms *atoms)
{
	ServiceArgs *args = fcinfo->flinfo->fn_extra;
	MemoryContext memory;
	MemoryContext caller;

	if (likely(args != NULL && (args->constant || same_args(fcinfo, atoms, args))))
		return args;

	fcinfo->flinfo->fn_extra = NULL;
	if (args != NULL)
		MemoryContextDelete(args->memory);
	memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx_metrics service", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(memory);
	args = compile(fcinfo, atoms);
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = args;
	return args;
}

Datum
service_row(const ServiceArgs *args, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(args->result, values, nulls));
}
