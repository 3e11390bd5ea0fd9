// SPDX-License-Identifier: ISC
// Reads what checks need besides the model of the host.
#include "check_read.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_build.h"
#include "external.h"

#define PATH_SIZE 512
#define READ_SIZE 16384
#define PROGRAM_MILLISECONDS 600 // for each of nft and lldpcli

// The daemons of which it matters that they run.
struct daemons {
	bool network_manager, networkd, lldpd;
};

// The text of a file, which the caller frees, and its size; or NULL.
static char *read_file(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL, *grown;
	size_t size = 0, n = READ_SIZE;

	while (f && n == READ_SIZE) {
		grown = realloc(text, size + READ_SIZE + 1);
		if (!grown)
			break;
		text = grown;
		n = fread(text + size, 1, READ_SIZE, f);
		size += n;
		text[size] = '\0';
	}
	if (f)
		fclose(f);
	if (ret_size)
		*ret_size = size;
	return text;
}

static int read_number(const char *path)
{
	char *text = read_file(path, NULL);
	int n = text ? atoi(text) : 0;

	free(text);
	return n;
}

static int read_bonds(const struct host *h, struct check_readings *r)
{
	char path[PATH_SIZE], *text;
	int result = 0;

	for (size_t i = 0; i < h->count && !result; i++) {
		const struct device *d = h->devices[i];

		if (d->link.kind != KIND_BOND || !device_is_ours(d))
			continue;
		snprintf(path, sizeof(path), "/proc/net/bonding/%s", d->link.name);
		text = read_file(path, NULL);
		if (text)
			result = check_read_bond(text, d->link.name, r);
		free(text);
	}
	return result;
}

static void note_daemon(const char *name, struct daemons *daemons)
{
	daemons->network_manager |= !strcmp(name, "NetworkManager");
	daemons->networkd |= !strcmp(name, "systemd-network"); // the kernel keeps 15 bytes
	daemons->lldpd |= !strcmp(name, "lldpd");
}

static bool is_dhcp_client(const char *name)
{
	return !strcmp(name, "dhclient") || !strcmp(name, "dhcpcd") || !strcmp(name, "udhcpc");
}

static int add_process(long pid, const char *name, struct check_readings *r)
{
	struct check_process *grown = check_grow(r->processes, r->processes_count, sizeof(*grown));
	char path[PATH_SIZE];
	size_t size;

	if (!grown)
		return -ENOMEM;
	r->processes = grown;
	grown += r->processes_count;
	snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
	*grown = (struct check_process){.pid = pid, .arguments = read_file(path, &size)};
	if (!grown->arguments) // it has ended meanwhile
		return 0;
	text_copy(grown->name, NAME_SIZE, name);
	for (size_t i = 0; i + 1 < size; i++)
		if (!grown->arguments[i])
			grown->arguments[i] = ' ';
	r->processes_count++;
	return 0;
}

static int read_processes(struct check_readings *r, struct daemons *daemons)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[PATH_SIZE], *name;
	int result = 0;

	while (dir && !result && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		name = read_file(path, NULL);
		if (!name)
			continue;
		name[strcspn(name, "\n")] = '\0';
		note_daemon(name, daemons);
		if (is_dhcp_client(name))
			result = add_process(atol(entry->d_name), name, r);
		free(name);
	}
	if (dir)
		closedir(dir);
	return result;
}

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
	text = read_file(path, NULL);
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
		text = *entry->d_name == '.' ? NULL : read_file(path, NULL);
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
	text = read_file(path, NULL);
	value_of(text, "managed", managed);
	value_of(text, "connection-uuid", uuid);
	free(text);
	if ((strcmp(managed, "true") && strcmp(managed, "1")) || !*uuid || is_external_profile(uuid))
		return 0;
	snprintf(path, sizeof(path), "connection %.64s", uuid);
	return add_managed(r, d, "NetworkManager", path);
}

static int read_daemons(const struct host *h, const struct daemons *daemons, struct check_readings *r)
{
	int result = 0;

	for (size_t i = 0; i < h->count && !result; i++) {
		const struct device *d = h->devices[i];

		if (daemons->networkd && (device_is_ours(d) || *d->link.master.name))
			result = read_networkd(d, r);
		if (!result && daemons->network_manager && !device_is_ours(d) && *d->link.master.name)
			result = read_network_manager(d, r);
	}
	return result;
}

static int read_interfaces(const char *file, struct check_readings *r)
{
	char *text = read_file(file, NULL);
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

static void read_sysctls(struct check_readings *r)
{
	r->rp_filter_all = read_number("/proc/sys/net/ipv4/conf/all/rp_filter");
	r->ipv6_forwarding = read_number("/proc/sys/net/ipv6/conf/all/forwarding");
	r->bridge_calls_iptables = read_number("/proc/sys/net/bridge/bridge-nf-call-iptables") ||
				   read_number("/proc/sys/net/bridge/bridge-nf-call-ip6tables");
}

// nft would load the module.
static int read_filters(struct check_readings *r)
{
	char *const argv[] = {"nft", "-s", "-t", "list", "ruleset", NULL};
	char *text =
		access("/sys/module/nf_tables", F_OK) ? NULL : external_output(argv[0], argv, PROGRAM_MILLISECONDS);
	int result = text ? check_read_filter(text, r) : 0;

	free(text);
	return result;
}

static int read_lldp(struct check_readings *r)
{
	char *const argv[] = {"lldpcli", "-f", "keyvalue", "show", "neighbors", "details", NULL};
	char *text = external_output(argv[0], argv, PROGRAM_MILLISECONDS);
	int result = text ? check_read_lldp(text, r) : 0;

	free(text);
	return result;
}

int check_read(const struct host *h, struct check_readings *ret)
{
	struct daemons daemons = {0};
	int r = read_bonds(h, ret);

	if (!r)
		r = read_processes(ret, &daemons);
	if (!r)
		r = read_daemons(h, &daemons, ret);
	if (!r)
		r = read_ifupdown(ret);
	if (!r)
		r = read_filters(ret);
	if (!r && daemons.lldpd)
		r = read_lldp(ret);
	read_sysctls(ret);
	return r;
}
