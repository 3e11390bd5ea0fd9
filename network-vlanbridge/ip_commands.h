/* SPDX-License-Identifier: ISC */
/* A plan as commands of ip(8), bridge(8), sysctl(8) and modprobe(8), which a person could paste. */
#ifndef IP_COMMANDS_H
#define IP_COMMANDS_H

#include <stdio.h>

#include "plan.h"

/* Prints the commands of p, which begins at current, in its order. What has no command is a comment: a line that begins
 * with '#'. */
void ip_commands_print(FILE *out, const struct plan *p, const struct host *current);

/* ip_commands_entry.c: the command for a step about an address, route, neighbour or rule. */
void ip_commands_print_entry(FILE *out, const struct step *s);

/* ip_commands_type.c: " type KIND OPTION VALUE ...", the last words of a command. */
void ip_commands_print_type(FILE *out, const struct link *l);

/* A word as a shell takes it for one. */
void ip_commands_print_word(FILE *out, const char *word);

#endif
