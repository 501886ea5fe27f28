/*
 * atom_args.h
 *	  Atoms as SQL gives them: text and text[].
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_ATOM_ARGS_H
#define CX_ATOM_ARGS_H

#include "utils/array.h"

#include "journey/atom.h"

/* Atoms of several arguments, for one atom_set_make; starts as {0}. */
typedef struct AtomList
{
	Atom	   *atoms;
	int			count;
} AtomList;

/* One atom; 22023 with the place and what was expected there. `what` names it in the message: "step". */
extern void atom_from_text(text *given, const char *what, Atom *atom);

/* Adds one atom, or one for each element; 22023 on a NULL element or more than one dimension. */
extern void atoms_add_text(AtomList *list, text *given, const char *what);
extern void atoms_add_array(AtomList *list, ArrayType *given, const char *what);

/* The same, and 54000 for more than ATOM_ARGS_MAX elements. */
#define ATOM_ARGS_MAX 4096
extern void atoms_add_long_array(AtomList *list, ArrayType *given, const char *what);

/* The atom of a text argument, kept by call_cache. */
extern const AtomSet *atom_set_of_text(FunctionCallInfo fcinfo, int arg, const char *what);

#endif							/* CX_ATOM_ARGS_H */
