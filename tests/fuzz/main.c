// SPDX-License-Identifier: ISC
// The targets; the environment variable FUZZ says which.
#include "fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

static const struct {
	const char *name;
	fuzz_target *run;
} targets[] = {
	{"vlans", fuzz_vlans},
	{"mark", fuzz_mark},
	{"request", fuzz_request},
	{"update", fuzz_update},
	{"vif", fuzz_vif},
	{"netlink", fuzz_netlink},
	{"snapshot", fuzz_snapshot},
	{"config", fuzz_config},
	{"args", fuzz_args},
	{"confirm", fuzz_confirm},
};

static fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ");

	(void)argc, (void)argv;
	for (size_t i = 0; name && i < sizeof(targets) / sizeof(*targets); i++)
		if (!strcmp(targets[i].name, name))
			target = targets[i].run;
	if (target)
		return 0;
	fprintf(stderr, "FUZZ must be the name of a directory in tests/fuzz/corpus\n");
	exit(2);
}

// In memory of its own size, so that reading further is seen.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return -1;
	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	target(copy, size);
	free(copy);
	return 0;
}

void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: this doesn't hold: %s\n", file, line, condition);
	abort();
}

char *fuzz_line(char **rest)
{
	char *line = strsep(rest, "\n");
	static char none[1];

	return line ? line : none;
}

bool fuzz_is_subset(const struct vlans *a, const struct vlans *b)
{
	struct vlans rest = *a;

	vlans_subtract(&rest, b);
	return vlans_empty(&rest);
}

void fuzz_check_port_vlans(const struct port_vlans *v)
{
	HOLDS(!v->pvid || vlans_has(&v->all, v->pvid));
	HOLDS(fuzz_is_subset(&v->untagged, &v->all));
	HOLDS(!vlans_has(&v->all, 0));
	HOLDS(!(v->all.bits[63] >> 63));
}
