/* SPDX-License-Identifier: ISC */
/* The options of the commands: one table, from which they are parsed and explained. */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include <stdio.h>

#include "command.h"

/* Takes the options out of args into r; what remains are the arguments. Returns 0, or -EINVAL with a message in e for
 * an option that c doesn't take, that is given twice, that another one excludes, or whose value is wrong, and for too
 * many or too few arguments. With --help nothing else counts. */
int command_options_read(const struct command *c, char **args, struct command_run *r, struct err *e);

/* How c is called, and its options. */
void command_options_print(FILE *out, const struct command *c);

#endif
