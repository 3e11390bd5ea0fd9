/* SPDX-License-Identifier: ISC */
/* Memory that runs out, and memory that isn't given back. With sanitizers, which have their own malloc, nothing is
 * counted and nothing fails. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stddef.h>

/* From now on the nth allocation fails, 1 being the next one; 0: none. */
void allocations_fail(size_t nth);

/* How many there were since then. */
size_t allocations_made(void);

/* How many blocks aren't freed. */
size_t allocations_live(void);

#endif
