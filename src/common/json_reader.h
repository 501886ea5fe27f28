/*
 * json_reader.h
 *	  Reads the text forms of our types: a cursor over JSON of a known shape.
 *
 * Plain C, no allocation. Each reader skips white space first, returns false
 * when the text is something else, and then leaves in `expected` what it
 * wanted at `at`. After a false the cursor is not used any further.
 */
#ifndef CX_JSON_READER_H
#define CX_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct JsonReader
{
	const char *start;
	const char *at;
	const char *end;
	const char *expected;		/* set by the reader that failed */
	bool		ascii;			/* refuse \u escapes past ASCII: the text is not UTF-8 */
} JsonReader;

/* Starts reading `length` bytes at `text`. */
extern void json_open(JsonReader *reader, const char *text, size_t length);

/* Marks the cursor's place as wrong; returns false, for `return json_fail(..)`. */
extern bool json_fail(JsonReader *reader, const char *expected);

/* Takes the character when it is next; not an error when it is not. */
extern bool json_accept(JsonReader *reader, char character);

/* Takes the character, which has to be next; `expected` names it. */
extern bool json_expect(JsonReader *reader, char character, const char *expected);

/* Takes a null when it is next; not an error when it is not. */
extern bool json_accept_null(JsonReader *reader);

/* A string, decoded to UTF-8 with a closing NUL; fails at `size` bytes or more. */
extern bool json_string(JsonReader *reader, char *out, size_t size);

/* A whole number of 64 bits. */
extern bool json_int64(JsonReader *reader, int64_t *out);

/* A finite number; reads back exactly what shortest-exact output wrote. */
extern bool json_float8(JsonReader *reader, double *out);

/*
 * Moves to the next member of an object or array that is open: false at its
 * end (`close` taken) and on an error (`expected` set). `first` is true before
 * the first member and is cleared here.
 */
extern bool json_next(JsonReader *reader, bool *first, char close);

/* Reads `"key":` into key. */
extern bool json_key(JsonReader *reader, char *key, size_t size);

/* Reads `"name":`, which has to be next; `expected` is the name as an error gives it. */
extern bool json_named(JsonReader *reader, const char *name, const char *expected);

/*
 * Where `key` stands in `names`, which ends with NULL; -1 for a key that is
 * none of them or has its bit in *seen, which is set here.
 */
extern int	json_known(JsonReader *reader, const char *const *names, unsigned int *seen, const char *key);

/*
 * Moves to the value of the next member of an object that is open and has each
 * of `names` once, in any order. Returns which one; -1 at the end, where all
 * have to be there, and on an error (`expected` set). *seen is 0 before the
 * first; `key` is room for any key.
 */
extern int	json_member(JsonReader *reader, const char *const *names, unsigned int *seen, char *key,
						size_t size);

/* A string that is one of `names`: which one, or -1. `text` is room for any string. */
extern int	json_choice(JsonReader *reader, const char *const *names, const char *expected, char *text,
						size_t size);

/* [a, b] */
extern bool json_int64_pair(JsonReader *reader, int64_t *a, int64_t *b);

/* Only white space may be left. */
extern bool json_finish(JsonReader *reader);

#endif							/* CX_JSON_READER_H */
