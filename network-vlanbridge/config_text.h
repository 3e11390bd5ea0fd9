/* SPDX-License-Identifier: ISC */
/* The text of a configuration file before libxlutil parses it. */
#ifndef CONFIG_TEXT_H
#define CONFIG_TEXT_H

#include <stddef.h>

#include "err.h"

/* The names that a file can assign. The lists come first. */
enum config_name { CONFIG_BONDS, CONFIG_BRIDGES, CONFIG_VLANS, CONFIG_WAIT, CONFIG_NAMES };

extern const char *const config_names[CONFIG_NAMES];

/* Fills lines with the line in which each name is assigned, 0 for none. libxlutil aborts at a NUL
 * byte, loses lists that it has begun at a lexical error, takes any name with dots in it, and can't
 * tell which names there are: so all of these are refused here. Returns 0, or -EINVAL with a
 * message in e that starts with file:line:. */
int config_text_check(const char *file, const char *text, size_t size, int lines[CONFIG_NAMES], struct err *e);

#endif
