/*
 * atom_args.c
 *	  Atoms as SQL gives them: text and text[].
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/compat.h"
#include "journey/atom_args.h"

void
atom_from_text(text *given, const char *what, Atom *atom)
{
	const char *bytes = VARDATA_ANY(given);
	int			length = VARSIZE_ANY_EXHDR(given);
	ParseProblem problem;

	if (!atom_parse(bytes, length, atom, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s \"%s\"", what, text_to_cstring(given)),
				 errdetail("Expected %s at character %d.", problem.expected,
						   pg_mbstrlen_with_len(bytes, Min((int) problem.at, length)) + 1),
				 errhint("Put quotes around a name with blanks or signs in it: '''ER Registration'''.")));
}

Atom *
atoms_from_array(ArrayType *given, const char *what, int *count)
{
	Datum	   *elements;
	bool	   *nulls;
	Atom	   *atoms;

	if (ARR_NDIM(given) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s stands in an array of %d dimensions", what, ARR_NDIM(given)),
				 errhint("Give a plain array.")));
	deconstruct_array(given, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, count);
	atoms = palloc(Max(*count, 1) * sizeof(Atom));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s %d is NULL", what, i + 1)));
		atom_from_text(DatumGetTextPP(elements[i]), what, &atoms[i]);
	}
	return atoms;
}

/* ---------- Kept from call to call ---------- */

#define CACHE_SLOTS 2

typedef struct AtomCache
{
	MemoryContext context;		/* of the key and the set; NULL before the first use */
	struct varlena *key;
	AtomSet    *set;
} AtomCache;

static void
compile(AtomCache *cache, struct varlena *given, bool is_array, const char *what)
{
	MemoryContext caller = MemoryContextSwitchTo(cache->context);
	Atom	   *atoms;
	int			count = 1;

	cache->key = palloc(VARSIZE_ANY(given));
	memcpy(cache->key, given, VARSIZE_ANY(given));
	if (is_array)
		atoms = atoms_from_array(DatumGetArrayTypeP(PointerGetDatum(cache->key)), what, &count);
	else
	{
		atoms = palloc(sizeof(Atom));
		atom_from_text((text *) cache->key, what, atoms);
	}
	if (count > ATOM_ARGS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d are too many for %s", count, what),
				 errdetail("There can be %d.", ATOM_ARGS_MAX),
				 errhint("Name events below a common part by name/*.")));
	cache->set = atom_set_make(atoms, count);
	MemoryContextSwitchTo(caller);
}

static const AtomSet *
atom_set_arg(FunctionCallInfo fcinfo, int arg, int slot, bool is_array, const char *what)
{
	AtomCache  *cache = fcinfo->flinfo->fn_extra;
	struct varlena *given = PG_GETARG_VARLENA_PP(arg);

	if (cache == NULL)
		fcinfo->flinfo->fn_extra = cache =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, CACHE_SLOTS * sizeof(AtomCache));
	cache += slot;
	if (cache->set != NULL && VARSIZE_ANY(cache->key) == VARSIZE_ANY(given) &&
		memcmp(cache->key, given, VARSIZE_ANY(given)) == 0)
		return cache->set;

	if (cache->context == NULL)
		cache->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx_metrics atoms",
											   ALLOCSET_SMALL_SIZES);
	cache->set = NULL;
	MemoryContextReset(cache->context);
	compile(cache, given, is_array, what);
	return cache->set;
}

const AtomSet *
atom_set_of_text(FunctionCallInfo fcinfo, int arg, const char *what)
{
	return atom_set_arg(fcinfo, arg, 0, false, what);
}

const AtomSet *
atom_set_of_array(FunctionCallInfo fcinfo, int arg, int slot, const char *what)
{
	return atom_set_arg(fcinfo, arg, slot, true, what);
}
