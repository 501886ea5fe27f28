/*
 * memory.c
 *	  What common/memory.h asks for, by the C library: for unit tests and fuzzing.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

void *
cx_alloc(size_t count, size_t size)
{
	return cx_realloc(NULL, count, size);
}

void *
cx_alloc0(size_t count, size_t size)
{
	void	   *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (memory == NULL)
		abort();
	return memory;
}

void *
cx_realloc(void *old, size_t count, size_t size)
{
	void	   *memory;

	if (size > 0 && count > SIZE_MAX / size)
		abort();
	memory = realloc(old, count * size > 0 ? count * size : 1);
	if (memory == NULL)
		abort();
	return memory;
}

void
cx_free(void *memory)
{
	free(memory);
}

void
cx_check_interrupts(void)
{
}
