// SPDX-License-Identifier: ISC
// The program's own malloc, over the C library's (which uses this one, too). What nobody has written, or has freed, is
// no pointer and no text: who reads one element too many is noticed.
#include "allocations.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <string.h>

static size_t made, fails_at, live;

void allocations_fail(size_t nth)
{
	made = 0;
	fails_at = nth;
}

size_t allocations_made(void)
{
	return made;
}

size_t allocations_live(void)
{
	return live;
}

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *block);

static const int nothing = 0xa5;

static bool fails(void)
{
	made++;
	if (made != fails_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	void *block = fails() ? NULL : __libc_malloc(size);

	if (block)
		memset(block, nothing, size);
	live += block != NULL;
	return block;
}

void *calloc(size_t count, size_t size)
{
	void *block = fails() ? NULL : __libc_calloc(count, size);

	live += block != NULL;
	return block;
}

void *realloc(void *old, size_t size)
{
	size_t had = old ? malloc_usable_size(old) : 0;
	void *block = fails() ? NULL : __libc_realloc(old, size);

	if (block && size > had)
		memset((char *)block + had, nothing, size - had);
	live += block && !old;
	return block;
}

void free(void *block)
{
	live -= block != NULL;
	if (block)
		memset(block, nothing, malloc_usable_size(block));
	__libc_free(block);
}

#endif
