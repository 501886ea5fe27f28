/*
 * memory.h
 *	  Memory and interruption for plain C files.
 *
 * In the server these are palloc, repalloc, pfree and CHECK_FOR_INTERRUPTS
 * (memory.c); the unit tests and the fuzz drivers bring their own. A request
 * that cannot be met does not return.
 */
#ifndef CX_MEMORY_H
#define CX_MEMORY_H

#include <stddef.h>

/* `count` items of `size` bytes, not cleared; the product is overflow-checked. */
extern void *cx_alloc(size_t count, size_t size);

/* The same, cleared. */
extern void *cx_alloc0(size_t count, size_t size);

/* As realloc; `old` comes from cx_alloc, or is NULL. */
extern void *cx_realloc(void *old, size_t count, size_t size);

/* Gives back what cx_alloc gave; NULL is let through. */
extern void cx_free(void *memory);

/* To be called in loops over data: does not return where the user cancelled. */
extern void cx_check_interrupts(void);

#endif							/* CX_MEMORY_H */
