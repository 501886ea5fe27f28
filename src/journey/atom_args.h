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

/*
 * The atoms of argument `arg`, text or text[], compiled. Kept in fn_extra in
 * one of two slots, and compiled again only when the argument's bytes change.
 */
extern const AtomSet *atom_set_arg(FunctionCallInfo fcinfo, int arg, int slot, const char *what);

/* One atom; 22023 with the place and what was expected there. `what` names it in the message: "step". */
extern void atom_from_text(text *given, const char *what, Atom *atom);

/* An atom for each element; 22023 on a NULL element or more than one dimension. */
extern Atom *atoms_from_array(ArrayType *given, const char *what, int *count);

#endif							/* CX_ATOM_ARGS_H */
