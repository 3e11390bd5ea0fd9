// SPDX-License-Identifier: ISC
// Print the scenario of a seed: build/random/scenario SEED
#include <stdio.h>
#include <stdlib.h>

#include "generate.h"

int main(int argc, char **argv)
{
	static struct scenario s;
	char *end;

	if (argc != 2 || !*argv[1]) {
		fprintf(stderr, "usage: scenario SEED\n");
		return 2;
	}
	scenario_generate(strtoull(argv[1], &end, 0), &s);
	if (*end) {
		fprintf(stderr, "scenario: '%s' is no number\n", argv[1]);
		return 2;
	}
	scenario_print(&s, stdout);
	return 0;
}
