/*
 * memory.c
 *	  What common/memory.h asks for, for fuzzing: every block is known until it is freed.
 *
 * Each block is one of malloc's, so that the address sanitizer sees what goes
 * past its end; the header in front of it is poisoned. A block that grows
 * always moves.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"

/* The sanitizer's header does not come with every clang that compiles this. */
#ifdef __has_include
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size) ((void) (address), (void) (size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void) (address), (void) (size))
#endif

/* More than any input can need. */
#define MOST_BYTES ((size_t) 256 << 20)

/* Its size keeps what follows aligned. */
typedef struct Block
{
	struct Block *before;
	struct Block *after;
	size_t		size;
	size_t		unused;
} Block;

static Block ring = {&ring, &ring, 0, 0};
static size_t blocks;

/* A linked block's neighbours may be poisoned: they are opened to be written. */
static void
join(Block *before, Block *after)
{
	ASAN_UNPOISON_MEMORY_REGION(before, sizeof(Block));
	ASAN_UNPOISON_MEMORY_REGION(after, sizeof(Block));
	before->after = after;
	after->before = before;
	if (before != &ring)
		ASAN_POISON_MEMORY_REGION(before, sizeof(Block));
	if (after != &ring)
		ASAN_POISON_MEMORY_REGION(after, sizeof(Block));
}

void *
cx_alloc(size_t count, size_t size)
{
	size_t		bytes;
	Block	   *block;

	CHECK(!__builtin_mul_overflow(count, size, &bytes) && bytes <= MOST_BYTES);
	/* An empty block has a poisoned byte: a pointer past the end of a block counts as a leak. */
	block = malloc(sizeof(Block) + (bytes > 0 ? bytes : 1));
	CHECK(block != NULL);
	if (bytes == 0)
		ASAN_POISON_MEMORY_REGION(block + 1, 1);
	block->size = bytes;
	blocks++;
	join(block, ring.after);
	join(&ring, block);
	return block + 1;
}

void *
cx_alloc0(size_t count, size_t size)
{
	void	   *memory = cx_alloc(count, size);

	memset(memory, 0, count * size);
	return memory;
}

void
cx_free(void *memory)
{
	Block	   *block;

	if (memory == NULL)
		return;
	block = (Block *) memory - 1;
	ASAN_UNPOISON_MEMORY_REGION(block, sizeof(Block));
	join(block->before, block->after);
	free(block);
	blocks--;
}

void *
cx_realloc(void *old, size_t count, size_t size)
{
	void	   *memory = cx_alloc(count, size);
	Block	   *block;
	size_t		kept;

	if (old == NULL)
		return memory;
	block = (Block *) old - 1;
	ASAN_UNPOISON_MEMORY_REGION(block, sizeof(Block));
	kept = block->size < count * size ? block->size : count * size;
	memcpy(memory, old, kept);
	cx_free(old);
	return memory;
}

void
cx_check_interrupts(void)
{
}

size_t
fuzz_blocks(void)
{
	return blocks;
}

void
fuzz_free_all(void)
{
	while (ring.after != &ring)
		cx_free(ring.after + 1);
}

void
fuzz_keep_all(void)
{
	ring.before = ring.after = &ring;
	blocks = 0;
}
