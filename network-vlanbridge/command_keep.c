// SPDX-License-Identifier: ISC
// keep: what vif-vlanbridge has changed of a running guest's NIC is to hold at its next start, too.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "keep.h"

static int set_keys(struct keep *k, int devid, char **args, struct err *e)
{
	int r = 0;

	for (; *args && !r; args++) {
		char *value = strchr(*args, '=');

		if (!value)
			return err_set(e, EINVAL, "'%s' isn't KEY=VALUE", *args);
		*value++ = '\0';
		r = keep_set(k, devid, *args, value, e);
	}
	return r;
}

static int keep(uint32_t domid, int devid, char **args, bool dry_run, struct err *e)
{
	struct keep *k;
	int r = keep_open(domid, &k, e);

	if (!r && k)
		r = set_keys(k, devid, args, e);
	if (!r && k && !dry_run)
		r = keep_write(k, e);
	if (!r && !k)
		printf("xl keeps no configuration of domain %u here: this holds until the guest ends\n", domid);
	else if (!r && keep_is_superseded(k))
		printf("domain %u has got another configuration by `xl config-update`: its next start takes that one\n",
			domid);
	keep_close(k);
	return r;
}

// Called by vif-vlanbridge update.
int command_keep(char **args, struct command_run *r, struct err *e)
{
	unsigned int domid;
	int devid, end = 0;

	if (sscanf(args[0], "%u/%d%n", &domid, &devid, &end) != 2 || args[0][end]) {
		err_set(e, EINVAL, "keep takes DOMID/DEVID, and KEY=VALUE");
		return EXIT_USAGE;
	}
	return keep(domid, devid, args + 1, r->given & WITH_DRY_RUN, e) ? EXIT_FAILED : EXIT_DONE;
}
