/* SPDX-License-Identifier: ISC */
/* The kernel's rules for interface names (dev_valid_name in net/core/dev.c), and a text helper. */
#ifndef COMMON_NAMES_H
#define COMMON_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define NAME_SIZE 16     /* IFNAMSIZ: 15 bytes and the NUL */
#define ALTNAME_SIZE 128 /* ALTIFNAMSIZ */

/* Checks a name for an interface: 1 to 15 bytes, no '/', ':', blank or control character, not "." or
 * "..". Returns 0, or -EINVAL with the sentence in e; a name that is too long gets one proposed that
 * fits. */
int name_check(const char *name, struct err *e);

/* Copies text into buf of size bytes only if it fits whole. Returns whether it did; buf is untouched
 * otherwise. Names are never truncated. */
bool text_copy(char *buf, size_t size, const char *text);

#endif
