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

/* Only white space may be left. */
extern bool json_finish(JsonReader *reader);

#endif							/* CX_JSON_READER_H */
