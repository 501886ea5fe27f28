/*
 * atom_args.c
 *	  Atoms as SQL gives them: text and text[].
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "common/call_cache.h"
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

/* Room for more atoms, which the caller fills. */
static Atom *
add_atoms(AtomList *list, int count)
{
	Atom	   *added;

	list->atoms = list->atoms == NULL ? palloc(count * sizeof(Atom))
		: repalloc(list->atoms, (list->count + count) * sizeof(Atom));
	added = list->atoms + list->count;
	list->count += count;
	return added;
}

void
atoms_add_text(AtomList *list, text *given, const char *what)
{
	atom_from_text(given, what, add_atoms(list, 1));
}

void
atoms_add_array(AtomList *list, ArrayType *given, const char *what)
{
	Datum	   *elements;
	bool	   *nulls;
	Atom	   *atoms;
	int			count;

	if (ARR_NDIM(given) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s stands in an array of %d dimensions", what, ARR_NDIM(given)),
				 errhint("Give a plain array.")));
	deconstruct_array(given, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	atoms = add_atoms(list, count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s %d is NULL", what, i + 1)));
		atom_from_text(DatumGetTextPP(elements[i]), what, &atoms[i]);
	}
}

void
atoms_add_long_array(AtomList *list, ArrayType *given, const char *what)
{
	int			before = list->count;
	int			count;

	atoms_add_array(list, given, what);
	count = list->count - before;
	if (count > ATOM_ARGS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d are too many for %s", count, what),
				 errdetail("There can be %d.", ATOM_ARGS_MAX),
				 errhint("Name events below a common part by name/*.")));
}

/* ---------- Kept from call to call ---------- */

typedef struct TextArg
{
	int			arg;
	const char *what;
} TextArg;

static void *
compile_text(FunctionCallInfo fcinfo, const void *detail)
{
	const TextArg *atom = detail;
	AtomList	list = {0};

	atoms_add_text(&list, PG_GETARG_TEXT_PP(atom->arg), atom->what);
	return atom_set_make(list.atoms, list.count);
}

const AtomSet *
atom_set_of_text(FunctionCallInfo fcinfo, int arg, const char *what)
{
	const TextArg atom = {arg, what};

	return call_cache_with(fcinfo, CALL_ARG(arg), compile_text, &atom);
}
