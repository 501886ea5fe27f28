/*
 * service_args.c
 *	  What repeat_contacts, friction, journey_effort and sequence_stats keep from call to call.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/service_args.h"

static void *
compile(FunctionCallInfo fcinfo, const void *detail)
{
	const ServiceAtoms *atoms = detail;
	ServiceArgs *args = palloc0(sizeof(ServiceArgs));
	AtomList	list = {0};

	for (int n = 0; n < SERVICE_SINGLES; n++)
	{
		if (atoms->single[n] == 0 || PG_ARGISNULL(atoms->single[n]))
			continue;
		args->single[n] = UINT64CONST(1) << list.count;
		atoms_add_text(&list, PG_GETARG_TEXT_PP(atoms->single[n]), atoms->single_what[n]);
	}
	if (atoms->array != 0 && !PG_ARGISNULL(atoms->array))
		atoms_add_long_array(&list, PG_GETARG_ARRAYTYPE_P(atoms->array), atoms->array_what);
	if (list.count > 0)
		args->set = atom_set_make(list.atoms, list.count);
	args->result = result_row_type(fcinfo);
	return args;
}

ServiceArgs *
service_args(FunctionCallInfo fcinfo, const ServiceAtoms *atoms)
{
	/* The journey stands in for those that are not there. */
	uint32		args = CALL_ARG(atoms->single[0]) | CALL_ARG(atoms->single[1]) | CALL_ARG(atoms->array);

	return call_cache_with(fcinfo, args & ~CALL_ARG(0), compile, atoms);
}

Datum
service_row(const ServiceArgs *args, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(args->result, values, nulls));
}
