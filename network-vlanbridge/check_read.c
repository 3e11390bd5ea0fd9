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
#define LLDPD_SOCKET "/run/lldpd.socket"
#define PROGRAM_MILLISECONDS 600 // for each of nft and lldpcli

char *check_read_file(const char *path, size_t *ret_size)
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
	char *text = check_read_file(path, NULL);
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
		text = check_read_file(path, NULL);
		if (text)
			result = check_read_bond(text, d->link.name, r);
		free(text);
	}
	return result;
}

static void note_daemon(const char *name, struct check_daemons *daemons)
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
	*grown = (struct check_process){.pid = pid, .arguments = check_read_file(path, &size)};
	if (!grown->arguments) // it has ended meanwhile
		return 0;
	text_copy(grown->name, NAME_SIZE, name);
	for (size_t i = 0; i + 1 < size; i++)
		if (!grown->arguments[i])
			grown->arguments[i] = ' ';
	r->processes_count++;
	return 0;
}

static int read_processes(struct check_readings *r, struct check_daemons *daemons)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[PATH_SIZE], *name;
	int result = 0;

	while (dir && !result && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		name = check_read_file(path, NULL);
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

static void read_sysctls(struct check_readings *r)
{
	r->rp_filter_all = read_number("/proc/sys/net/ipv4/conf/all/rp_filter");
	r->ipv6_forwarding = read_number("/proc/sys/net/ipv6/conf/all/forwarding");
	if (read_number("/proc/sys/net/bridge/bridge-nf-call-iptables"))
		r->nf_call |= LINK_NF_CALL_IPTABLES;
	if (read_number("/proc/sys/net/bridge/bridge-nf-call-ip6tables"))
		r->nf_call |= LINK_NF_CALL_IP6TABLES;
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

int check_read_bonds(const struct host *h, struct check_readings *ret)
{
	int r = read_bonds(h, ret);

	return r || access(LLDPD_SOCKET, F_OK) ? r : read_lldp(ret);
}

int check_read(const struct host *h, struct check_readings *ret)
{
	struct check_daemons daemons = {0};
	int r = read_bonds(h, ret);

	if (!r)
		r = read_processes(ret, &daemons);
	if (!r)
		r = check_read_managers(h, &daemons, ret);
	if (!r)
		r = read_filters(ret);
	if (!r && daemons.lldpd)
		r = read_lldp(ret);
	read_sysctls(ret);
	return r;
}
