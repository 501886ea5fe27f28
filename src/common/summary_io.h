/*
 * summary_io.h
 *	  The text and binary forms of our packed types: what all of them read, write and refuse alike.
 *
 * Include it after postgres.h and fmgr.h.
 */
#ifndef CX_SUMMARY_IO_H
#define CX_SUMMARY_IO_H

#include "lib/stringinfo.h"

#include "common/json_reader.h"

/* ---------- Text ---------- */

/* Appends a string of the database's encoding as one of JSON. */
extern void append_json_string(StringInfo text, const char *bytes, size_t length);

/* Starts reading a text with names in it: escapes have to fit the database's encoding. */
extern void text_open(JsonReader *reader, const char *text, size_t length);

/* json_string() for a name; one that is not in the database's encoding is not `expected`. */
extern bool text_string(JsonReader *reader, char *out, size_t size, const char *expected);

/*
 * The error of an input function whose argument 0 is not a value of the type:
 * 22P02 with the problem as the detail, or with what the reader expected, and
 * 22003 where its numbers are too large. Returns a Datum to return, where the
 * caller takes soft errors.
 */
extern Datum refuse_text(FunctionCallInfo fcinfo, const char *type, const char *problem);
extern Datum refuse_json(FunctionCallInfo fcinfo, const char *type, const JsonReader *reader);
extern Datum refuse_range(FunctionCallInfo fcinfo, const char *type);

/* ---------- Binary ---------- */

/* Appends a string in the client's encoding, after its length in bytes. */
extern void send_string(StringInfo buffer, const char *bytes, uint32 length);

/* Appends n numbers of 64 bits. */
extern void send_int64s(StringInfo buffer, const void *numbers, size_t n);

/* Raises 22P03: the message is not a value of the type. */
pg_noreturn extern void refuse_binary(const char *type, const char *problem);

/* Raises 22P03 unless this many more bytes are there; a length below 0 never is. */
extern void require_bytes(StringInfo buffer, const char *type, int64 bytes);

/* Raises 22P03 unless all bytes are read. */
extern void require_end(StringInfo buffer, const char *type);

/* Reads the version, with which `bytes` bytes begin; 22P03 for another one or when they are not there. */
extern void receive_version(StringInfo buffer, const char *type, int version, int64 bytes);

/* What send_string wrote, in the database's encoding, closed by NUL; palloc'd. Sets *length. */
extern char *receive_string(StringInfo buffer, const char *type, int *length);

/* Reads n numbers of 64 bits. */
extern void receive_int64s(StringInfo buffer, const char *type, void *numbers, size_t n);

#endif							/* CX_SUMMARY_IO_H */
