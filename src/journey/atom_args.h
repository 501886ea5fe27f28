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
 * The atom of a text argument, the atoms of a text[] argument, compiled. Kept in
 * fn_extra, arrays in one of two slots, and compiled again only when the
 * argument's bytes change. 54000 for more than ATOM_ARGS_MAX atoms.
 */
#define ATOM_ARGS_MAX 4096
extern const AtomSet *atom_set_of_text(FunctionCallInfo fcinfo, int arg, const char *what);
extern const AtomSet *atom_set_of_array(FunctionCallInfo fcinfo, int arg, int slot, const char *what);

/* One atom; 22023 with the place and what was expected there. `what` names it in the message: "step". */
extern void atom_from_text(text *given, const char *what, Atom *atom);

/* An atom for each element; 22023 on a NULL element or more than one dimension. */
extern Atom *atoms_from_array(ArrayType *given, const char *what, int *count);

#endif							/* CX_ATOM_ARGS_H */
