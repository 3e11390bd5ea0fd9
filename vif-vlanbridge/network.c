// SPDX-License-Identifier: ISC
// Runs network-vlanbridge.
#include "network.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "network-vlanbridge"

// The program is installed in the directory of this one.
static void find_program(char path[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - sizeof(PROGRAM));

	if (len < 0)
		len = 0;
	while (len > 0 && path[len - 1] != '/')
		len--;
	memcpy(path + len, PROGRAM, sizeof(PROGRAM));
}

int network_run(const char *const arguments[], struct deadline *d, struct child *ret, struct err *e)
{
	const char *argv[NETWORK_ARGUMENTS + 2] = {NULL};
	char program[PATH_MAX];

	find_program(program);
	argv[0] = program;
	for (size_t i = 0; i < NETWORK_ARGUMENTS && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	return child_run(argv, d, ret, e);
}

const char *network_message(struct child *c)
{
	const char *line = child_last_line(c), *colon = strstr(line, ": ");

	if (colon && !strncmp(line, PROGRAM " ", strlen(PROGRAM " ")))
		return colon + strlen(": ");
	return line;
}
