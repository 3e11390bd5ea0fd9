// SPDX-License-Identifier: ISC
// A fresh host for each test, in a network namespace of its own; and the program, run on it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "generate.h"
struct state;

#define ERROR_SIZE 1024

// A namespace with the scenario's host; the one before is left. What the kernel makes by itself has been waited for.
int lab_host(const struct scenario *s);

// The scenario's guests, as their hooks attach them: MTU of the bridge, no link-local address, VLANs and flags.
// Those whose bridge isn't there stay away.
int lab_attach(const struct scenario *s, const struct state *now);

// Every vif goes, as when its guest is shut down.
int lab_remove_guests(const struct state *now);

struct run {
	long kill, refuse;      // the change message that is spoilt, from 1; 0: none
	int status;             // exit status, or the negative signal
	long changes;           // messages that it sent
	char error[ERROR_SIZE]; // of standard error
	int error_lines;        // without notices
};

struct programs {
	const char *binary, *inject; // paths
};

// `network-vlanbridge COMMAND [config=CONFIG]`
void lab_run(const struct programs *p, const char *command, const char *config, struct run *run);

int lab_write(const char *path, const char *text);
