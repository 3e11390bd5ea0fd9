// SPDX-License-Identifier: ISC
// Who called us by ssh.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_read.h"
#include "probe.h"

#define GENERATIONS 64

// sshd sets both; the client's address is the first word.
static const char *const variables[] = {"SSH_CONNECTION=", "SSH_CLIENT="};

static bool take_peer(const char *value, char peer[PROBE_PEER_SIZE])
{
	size_t length = strcspn(value, " ");

	if (!length || length >= PROBE_PEER_SIZE)
		return false;
	memcpy(peer, value, length);
	peer[length] = '\0';
	return true;
}

// /proc/PID/environ: the variables that a process began with, each with a NUL.
static bool find_in_environment(const char *text, size_t size, char peer[PROBE_PEER_SIZE])
{
	for (const char *v = text; v < text + size; v += strlen(v) + 1)
		for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
			if (!strncmp(v, variables[i], strlen(variables[i])) &&
				take_peer(v + strlen(variables[i]), peer))
				return true;
	return false;
}

static bool find_in_process(long pid, char peer[PROBE_PEER_SIZE])
{
	char path[64], *text;
	size_t size = 0;
	bool found;

	snprintf(path, sizeof(path), "/proc/%ld/environ", pid);
	text = check_read_file(path, &size);
	found = text && find_in_environment(text, size, peer);
	free(text);
	return found;
}

static long parent_of(long pid)
{
	char path[64], *text, *end;
	long parent = 0;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	text = check_read_file(path, NULL);
	end = text ? strrchr(text, ')') : NULL; // the name may have anything in it
	if (end && sscanf(end, ") %*c %ld", &parent) != 1)
		parent = 0;
	free(text);
	return parent;
}

// sudo drops these variables; the shell that it was called from has them.
bool probe_find_caller(char peer[PROBE_PEER_SIZE])
{
	long pid = getpid();

	for (int i = 0; i < GENERATIONS && pid > 1; i++) {
		if (find_in_process(pid, peer))
			return true;
		pid = parent_of(pid);
	}
	return false;
}
