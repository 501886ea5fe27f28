/*
 * memory.c
 *	  Memory and interruption for plain C files, by the server; see memory.h.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/shmem.h"
#include "utils/memutils.h"

#include "common/memory.h"

void *
cx_alloc(size_t count, size_t size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, mul_size(count, size));
}

void *
cx_alloc0(size_t count, size_t size)
{
	void	   *memory = cx_alloc(count, size);

	memset(memory, 0, count * size);
	return memory;
}

void *
cx_realloc(void *old, size_t count, size_t size)
{
	return old == NULL ? cx_alloc(count, size) : repalloc_huge(old, mul_size(count, size));
}

void
cx_free(void *memory)
{
	if (memory != NULL)
		pfree(memory);
}

void
cx_check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}
