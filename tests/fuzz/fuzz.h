/* SPDX-License-Identifier: ISC */
/* What reads text or messages of others, for libFuzzer. A target gets data that it may change, with a NUL after it, and
 * ends the process where something doesn't hold. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>

struct netlink;

typedef void fuzz_target(char *data, size_t size);

fuzz_target fuzz_vlans, fuzz_mark;                /* text.c */
fuzz_target fuzz_request, fuzz_update, fuzz_vif;  /* vif.c */
fuzz_target fuzz_netlink, fuzz_snapshot;          /* netlink.c */
fuzz_target fuzz_config, fuzz_args, fuzz_confirm; /* config.c */

#define HOLDS(condition)                                                                                               \
	do                                                                                                             \
		if (!(condition))                                                                                      \
			fuzz_fail(__FILE__, __LINE__, #condition);                                                     \
	while (0)

void fuzz_fail(const char *file, int line, const char *condition) __attribute__((noreturn));

/* The next line of *rest, "" after the last one. */
char *fuzz_line(char **rest);

struct vlans;
struct port_vlans;

/* Whether all is in b. */
bool fuzz_is_subset(const struct vlans *a, const struct vlans *b);
void fuzz_check_port_vlans(const struct port_vlans *v);

struct nic;
struct link;
struct mark;

/* rules.c: the filtering rules of such a NIC, as messages for the kernel. */
void fuzz_rules(const struct nic *nic, const struct link *bridge, const struct mark *mark, const struct port_vlans *v);

#endif
