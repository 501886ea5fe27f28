/*
 * fuzz.h
 *	  What the fuzz targets share: chance, inputs, memory, and what holds of every journey.
 *
 * A target is a file NAME_fuzz.c: LLVMFuzzerTestOneInput, which libFuzzer knows,
 * and fuzz_target, from which main.c makes inputs where there is no libFuzzer.
 * What a target needs besides its input comes from chance, seeded by the input:
 * the same input always does the same.
 */
#ifndef CX_FUZZ_H
#define CX_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journey/funnel.h"
#include "journey/journey_format.h"
#include "journey/pattern_match.h"

#define lengthof(array) (sizeof(array) / sizeof((array)[0]))

/* No input is longer. */
#define FUZZ_MAX_INPUT 65536

/* Stops the program where something does not hold. */
#define CHECK(condition) \
	((condition) ? (void) 0 : fuzz_fail(#condition, __FILE__, __LINE__))

extern void fuzz_fail(const char *condition, const char *file, int line) __attribute__((noreturn));

/* ---------- A target ---------- */

/* Makes an input into out[FUZZ_MAX_INPUT] and returns its length. */
typedef size_t (*FuzzMake) (uint8_t *out);

typedef struct FuzzTarget
{
	const char *what;			/* for the names of the tests */
	FuzzMake	make_valid;		/* inputs that have to be accepted */
	const char *const *pieces;	/* of a text: pieces of its language, closed by NULL; else NULL */
	size_t		version_at;		/* of bytes: the place of their version, which is 1 */
} FuzzTarget;

extern const FuzzTarget fuzz_target;

/* Returns 0. Frees all that it came to allocate. */
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a target does first: chance starts from the input. */
extern void fuzz_begin(const uint8_t *data, size_t size);

/* Inputs that were accepted so far: counted by the target. */
extern uint64_t fuzz_accepted;

/* ---------- Memory (memory.c) ---------- */

/* Blocks of cx_alloc that are alive. */
extern size_t fuzz_blocks(void);

/* Frees all of them, as the server does with a memory context. */
extern void fuzz_free_all(void);

/* Keeps those that are alive now: they are not counted and not freed. */
extern void fuzz_keep_all(void);

/* ---------- Chance (make.c) ---------- */

extern void random_start(uint64_t seed);

extern uint64_t random_bits(void);
extern uint32_t random_below(uint32_t limit);
extern bool one_in(uint32_t n);

/* One string of an array. */
#define ONE_OF(strings) ((strings)[random_below(lengthof(strings))])

/* ---------- Inputs (make.c) ---------- */

extern size_t make_bytes(uint8_t *out);
extern size_t make_pieces(uint8_t *out);	/* of fuzz_target.pieces */
extern size_t make_mutated(uint8_t *out);	/* a valid one, damaged */

/* A text that is being made, never longer than an input. */
typedef struct FuzzText
{
	char	   *bytes;
	size_t		length;
	bool		full;			/* something did not fit */
} FuzzText;

extern void put(FuzzText *text, const char *format,...) __attribute__((format(printf, 2, 3)));

/* Atoms and intervals by their grammar. */
extern void put_atom(FuzzText *text);
extern void put_tests(FuzzText *text);
extern void put_interval(FuzzText *text);
extern void put_name(FuzzText *text);

/* Up to `most` touchpoints in no order; names live in memory of cx_alloc. */
extern size_t random_touchpoints(Touchpoint *touchpoints, size_t most);

/* A time that PostgreSQL can hold, also from the ends of what it can. */
extern int64_t random_time(void);

/* A journey of up to `most` touchpoints: memory of cx_alloc. */
extern void random_journey(JourneyView *view, size_t most);

/* ---------- What holds of journeys (holds.c) ---------- */

/* Every reader, each against journey_read, and every byte of what they give. */
extern void readers_hold(const JourneyView *view);

/*
 * Codes lie within the dictionary and times within what a time can be. Matching takes
 * both for granted: the journey was checked when it came in.
 */
extern bool can_be_asked(const JourneyView *view);

/* atom_mask says what atom_matches says. */
extern void atoms_hold(const AtomSet *set, const JourneyView *view);

/* The questions to a pattern agree, end soon, and what it requires is there. */
extern void pattern_holds(const Pattern *pattern, const PatternProgram *program, const JourneyView *view);

/* A funnel's results agree. */
extern void funnel_holds(const Funnel *funnel, const JourneyView *view);

/* Some atoms, patterns and funnels that never change, made once, and what they say of a journey. */
extern void make_usual_questions(void);
extern void usual_questions_hold(const JourneyView *view);

/* The same questions to damaged bytes, that can_be_asked: whatever the answers, they come. */
extern void usual_questions_end(const JourneyView *view);

#endif							/* CX_FUZZ_H */
