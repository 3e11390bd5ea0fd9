// SPDX-License-Identifier: ISC
// What has to hold for every scenario.
#pragma once

#include "lab.h"

struct options {
	struct programs programs;
	bool all_kills; // every message once, and not some of them
};

struct result {
	char failed[512];              // names of the properties that don't hold, with a blank in between
	char details[16384];           // for each a line and what differs, as comments
	int accepted, refused, broken; // configurations, started alone
	long runs;                     // of the program
};

void check_scenario(const struct options *o, const struct scenario *s, struct result *result);
