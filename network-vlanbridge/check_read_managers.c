// SPDX-License-Identifier: ISC
// Reads which devices other programs configure: systemd-networkd, NetworkManager, ifupdown.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"
#include "check_read.h"

#define PATH_SIZE 512

static int add_managed(struct check_readings *r, const struct device *d, const char *program, const char *file)
{
	struct check_managed *grown = check_grow(r->managed, r->managed_count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	r->managed = grown;
	grown += r->managed_count++;
	*grown = (struct check_managed){.program = program};
	text_copy(grown->device, NAME_SIZE, d->link.name);
	snprintf(grown->file, sizeof(grown->file), "%s", file);
	return 0;
}

// The value of KEY=VALUE, on a line of its own. Returns buf, "" if there is none.
static char *value_of(const char *text, const char *key, char buf[PATH_SIZE])
{
	size_t n = strlen(key);

	*buf = '\0';
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, key, n) || at[n] != '=')
			continue;
		snprintf(buf, PATH_SIZE, "%.*s", (int)strcspn(at + n + 1, "\n"), at + n + 1);
		break;
	}
	return buf;
}

static int read_networkd(const struct device *d, struct check_readings *r)
{
	char path[PATH_SIZE], state[PATH_SIZE], *text;
	int result = 0;

	snprintf(path, sizeof(path), "/run/systemd/netif/links/%d", d->link.index);
	text = check_read_file(path, NULL);
	value_of(text, "ADMIN_STATE", state);
	value_of(text, "NETWORK_FILE", path);
	if ((!strcmp(state, "configured") || !strcmp(state, "configuring") || !strcmp(state, "failed")) && *path)
		result = add_managed(r, d, "systemd-networkd", path);
	free(text);
	return result;
}

// NetworkManager makes a profile of its own for what others have set up, and leaves that alone.
static bool is_external_profile(const char *uuid)
{
	const char *const directory = "/run/NetworkManager/system-connections";
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[PATH_SIZE], *text;
	bool external = false;

	while (dir && !external && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		text = *entry->d_name == '.' ? NULL : check_read_file(path, NULL);
		external = text && strstr(text, uuid) &&
			   (strstr(text, "nm-generated=true") || strstr(text, "external=true"));
		free(text);
	}
	if (dir)
		closedir(dir);
	return external;
}

static int read_network_manager(const struct device *d, struct check_readings *r)
{
	char path[PATH_SIZE], managed[PATH_SIZE], uuid[PATH_SIZE], *text;

	snprintf(path, sizeof(path), "/run/NetworkManager/devices/%d", d->link.index);
	text = check_read_file(path, NULL);
	value_of(text, "managed", managed);
	value_of(text, "connection-uuid", uuid);
	free(text);
	if ((strcmp(managed, "true") && strcmp(managed, "1")) || !*uuid || is_external_profile(uuid))
		return 0;
	snprintf(path, sizeof(path), "connection %.64s", uuid);
	return add_managed(r, d, "NetworkManager", path);
}

static int read_interfaces(const char *file, struct check_readings *r)
{
	char *text = check_read_file(file, NULL);
	int result = text ? check_read_interfaces(text, file, r) : 0;

	free(text);
	return result;
}

static int read_ifupdown(struct check_readings *r)
{
	const char *const directory = "/etc/network/interfaces.d";
	int result = read_interfaces("/etc/network/interfaces", r);
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[PATH_SIZE];

	while (dir && !result && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (*entry->d_name != '.')
			result = read_interfaces(path, r);
	}
	if (dir)
		closedir(dir);
	return result;
}

int check_read_managers(const struct host *h, const struct check_daemons *daemons, struct check_readings *r)
{
	int result = 0;

	for (size_t i = 0; i < h->count && !result; i++) {
		const struct device *d = h->devices[i];

		if (daemons->networkd && (device_is_ours(d) || *d->link.master.name))
			result = read_networkd(d, r);
		if (!result && daemons->network_manager && !device_is_ours(d) && *d->link.master.name)
			result = read_network_manager(d, r);
	}
	return result ? result : read_ifupdown(r);
}
