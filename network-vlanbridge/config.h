/* SPDX-License-Identifier: ISC */
/* What is wanted: the file, or a command line, to a topology. Nothing here looks at the host. */
#ifndef CONFIG_H
#define CONFIG_H

#include "host.h"

#define CONFIG_FILE "/etc/xen/vlanbridge.conf"

/* Reads file (the syntax of xl.conf, through libxlutil) into ret, which must be {0} but for demanded. file must outlive ret. Returns 0, or -errno
 * with a sentence in e that starts with file:line:; ret is empty then. The caller frees it. */
int config_read(const char *file, struct host *ret, struct err *e);

/* The same from the text of a file; file is only its name for messages. */
int config_parse(const char *file, const char *text, size_t size, struct host *ret, struct err *e);

/* The same from KEY=VALUE arguments, NULL-terminated, that describe one stack (DESIGN: netdev= bridge= vlan= bond= ports=
 * mode= miimon= mtu= address= antispoof= vifnum=). */
int config_args(char *const *args, struct host *ret, struct err *e);

#endif
