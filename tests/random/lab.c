// SPDX-License-Identifier: ISC
// A host of text becomes one of the kernel: the text is turned into a batch for ip(8), which is one process.
#include "lab.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state.h"

#define BATCH "/tmp/batch"
#define WORDS 32
#define SETTLE_TRIES 100
#define SETTLE_PAUSE 30000 // microseconds

int lab_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	fputs(text, f);
	return fclose(f) ? -errno : 0;
}

static int run_batch(const char *program)
{
	pid_t pid = vfork();
	int status = 0;

	if (pid < 0)
		return -errno;
	if (!pid) {
		execlp(program, program, "-batch", BATCH, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

static int split(char *line, char *words[WORDS])
{
	char *rest = line, *word;
	int n = 0;

	while (n < WORDS && (word = strsep(&rest, " ")))
		if (*word)
			words[n++] = word;
	return n;
}

static const char *find_value(char *const words[], int count, const char *key)
{
	size_t length = strlen(key);

	for (int i = 1; i < count; i++)
		if (!strncmp(words[i], key, length) && words[i][length] == '=')
			return words[i] + length + 1;
	return NULL;
}

static bool has_word(char *const words[], int count, const char *word)
{
	for (int i = 1; i < count; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static void add_option(FILE *f, const char *option, const char *value)
{
	if (value)
		fprintf(f, " %s %s", option, value);
}

static void add_device(FILE *f, char *const words[], int count)
{
	fprintf(f, "link add name %s", words[0]);
	add_option(f, "link", find_value(words, count, "link"));
	add_option(f, "mtu", find_value(words, count, "mtu"));
	add_option(f, "address", find_value(words, count, "mac"));
	if (has_word(words, count, "vlan")) {
		fprintf(f, " type vlan");
		add_option(f, "id", find_value(words, count, "id"));
	} else if (has_word(words, count, "bridge")) {
		fprintf(f, " type bridge%s", find_value(words, count, "vlan_filtering") ? " vlan_filtering 1" : "");
	} else if (has_word(words, count, "bond")) {
		fprintf(f, " type bond");
		add_option(f, "mode", find_value(words, count, "mode"));
		add_option(f, "miimon", find_value(words, count, "miimon"));
	} else {
		fprintf(f, " type dummy");
	}
	fprintf(f, "\n");
}

static void device_commands(FILE *f, char *line)
{
	char *alias = strstr(line, " alias=\""), *words[WORDS];
	const char *value;
	int count;

	if (alias)
		*alias = '\0';
	count = split(line, words);
	add_device(f, words, count);
	value = find_value(words, count, "addr_gen");
	if (value && *value == '1')
		fprintf(f, "link set dev %s addrgenmode none\n", words[0]);
	value = find_value(words, count, "altname");
	if (value)
		fprintf(f, "link property add dev %s altname %s\n", words[0], value);
	if (alias)
		fprintf(f, "link set dev %s alias \"%.*s\"\n", words[0], (int)strcspn(alias + 8, "\""), alias + 8);
	if (has_word(words, count, "up"))
		fprintf(f, "link set dev %s up\n", words[0]);
}

// When all devices are there. A bond takes only what is down.
static void master_commands(FILE *f, char *line)
{
	char *words[WORDS];
	int count = split(line, words);
	const char *master = find_value(words, count, "master");

	if (master)
		fprintf(f, "link set dev %s down\nlink set dev %s master %s\nlink set dev %s up\n", words[0], words[0],
			master, words[0]);
}

static bool record_command(FILE *f, const char *line)
{
	static const struct {
		const char *word, *before, *after;
	} records[] = {{"address ", "address add ", ""}, {"route ", "route add ", ""}, {"rule ", "rule add pref ", ""},
		{"neighbour ", "neighbour add ", " nud permanent"}};

	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		size_t length = strlen(records[i].word);

		if (strncmp(line, records[i].word, length))
			continue;
		if (f)
			fprintf(f, "%s%s%s\n", records[i].before, line + length, records[i].after);
		return true;
	}
	return false;
}

static void each_line(FILE *f, const char *text, void command(FILE *f, char *line))
{
	char *copy = strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line && *line != '#' && strcmp(line, "bonding"))
			command(f, line);
	free(copy);
}

static void only_devices(FILE *f, char *line)
{
	if (!record_command(NULL, line))
		device_commands(f, line);
}

static void only_masters(FILE *f, char *line)
{
	if (!record_command(NULL, line))
		master_commands(f, line);
}

static void only_records(FILE *f, char *line)
{
	record_command(f, line);
}

// No duplicate address detection: it only costs time. No router is there to be asked.
static int fresh_namespace(void)
{
	int error;

	if (unshare(CLONE_NEWNET))
		return -errno;
	umount2("/sys", MNT_DETACH);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	error = lab_write("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
	if (!error)
		error = lab_write("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
	return error ? error : lab_write("/proc/sys/net/ipv6/conf/default/accept_ra", "0");
}

static int settle(void)
{
	struct state s;
	bool settled;
	int error;

	for (int i = 0; i < SETTLE_TRIES; i++) {
		error = state_read(&s);
		settled = state_settled(&s);
		state_free(&s);
		if (error || settled)
			return error;
		usleep(SETTLE_PAUSE);
	}
	return 0;
}

int lab_host(const struct scenario *s)
{
	FILE *f;
	int error = fresh_namespace();

	if (error)
		return error;
	f = fopen(BATCH, "we");
	if (!f)
		return -errno;
	fprintf(f, "link set dev lo up\n");
	each_line(f, s->host, only_devices);
	each_line(f, s->host, only_masters);
	each_line(f, s->host, only_records);
	fclose(f);
	error = run_batch("ip");
	return error ? error : settle();
}

static unsigned int bridge_mtu(const struct state *now, const char *bridge)
{
	char beginning[64];
	const char *line;

	snprintf(beginning, sizeof(beginning), "link %s mtu ", bridge);
	line = state_find(now, beginning);
	return line ? (unsigned int)strtoul(line + strlen(beginning), NULL, 10) : 1500;
}

static void guest_commands(FILE *f, const char *vif, const char *bridge, unsigned int mtu, bool isolated)
{
	fprintf(f, "link add name %s mtu %u address fe:ff:ff:ff:ff:ff type dummy\n", vif, mtu);
	fprintf(f, "link set dev %s addrgenmode none\n", vif);
	fprintf(f, "link set dev %s master %s\n", vif, bridge);
	if (isolated)
		fprintf(f, "link set dev %s type bridge_slave isolated on\n", vif);
	fprintf(f, "link set dev %s up\n", vif);
}

// 10p/20-30: untagged in 10, tagged in the others.
static void vlan_commands(FILE *f, const char *vif, const char *list)
{
	char *copy = strdup(list), *rest = copy, *term;

	while ((term = strsep(&rest, "/"))) {
		size_t length = strlen(term);
		bool pvid = length && term[length - 1] == 'p';

		fprintf(f, "vlan add dev %s vid %.*s%s\n", vif, (int)(length - pvid), term,
			pvid ? " pvid untagged" : "");
	}
	free(copy);
}

int lab_attach(const struct scenario *s, const struct state *now)
{
	char *copy = strdup(s->guests), *rest = copy, *line, *vlans = NULL, *words[WORDS];
	FILE *links = fopen(BATCH, "we"), *ports;
	size_t size = 0;
	int error;

	ports = open_memstream(&vlans, &size);
	if (!links || !ports)
		return -errno;
	while ((line = strsep(&rest, "\n"))) {
		int count = split(line, words);
		const char *bridge = find_value(words, count, "bridge"), *list = find_value(words, count, "vlan");

		if (!bridge || !state_device(now, bridge))
			continue;
		guest_commands(links, words[0], bridge, bridge_mtu(now, bridge), has_word(words, count, "isolated"));
		if (list)
			vlan_commands(ports, words[0], list);
	}
	fclose(links);
	fclose(ports);
	error = run_batch("ip");
	if (!error && *vlans) {
		lab_write(BATCH, vlans);
		error = run_batch("bridge");
	}
	free(vlans);
	free(copy);
	return error;
}

int lab_remove_guests(const struct state *now)
{
	FILE *f = fopen(BATCH, "we");
	bool any = false;

	if (!f)
		return -errno;
	for (size_t i = 0; i < now->device_count; i++) {
		if (!is_guest(now->devices[i].name))
			continue;
		fprintf(f, "link delete dev %s\n", now->devices[i].name);
		any = true;
	}
	fclose(f);
	return any ? run_batch("ip") : 0;
}
