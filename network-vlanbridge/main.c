// SPDX-License-Identifier: ISC
// network-vlanbridge COMMAND [KEY=VALUE ...]: builds, shows and removes a host's bonds, VLANs and bridges.
//
//     kernel ─► snapshot ─► current ─► origin: the host without us
//                              │          │
//     argv, vlanbridge.conf ─► config ────┴─► target: the host as desired
//                              ▼               ▼
//                              plan(current, target) ─► apply ─► snapshot: nothing is left to do
//
// A refusal, or another result, is rolled back by the same engine: plan(now, before). stop wants the origin. plan
// prints instead of applying; status prints current. carry_out.c is the picture in C.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "log.h"

static const struct command commands[] = {
	{"start", command_start, "builds what the configuration asks for, changes what differs"},
	{"stop", command_stop, "removes what start made"},
	{"restart", command_restart, "stop, then start"},
	{"confirm", command_confirm, "keeps a change that start, stop or restart made with confirm=SECONDS"},
	{"revert", command_revert, "takes such a change back at once; [to=N]: starts one of history"},
	{"history", command_history, "shows the configurations that were confirmed [--json]"},
	{"await-confirm", command_await_confirm, NULL},
	{"status", command_status, "shows bonds, VLANs, bridges and the guests in them [--tree|--json]"},
	{"plan", command_plan, "shows what start would do, and does nothing [--json]"},
	{"check", command_check,
		"says what is wrong here, or keeps a guest from starting [DEVICE | GUEST.cfg] [--json]"},
	{"rules", command_rules, "puts back filtering rules of vifs that are missing (for nftables.service)"},
	{"demand", command_demand, "makes a bridge that the file makes on demand (for vif-vlanbridge)"},
	{"release", command_release, "removes a bridge on demand that has no vif left (for vif-vlanbridge)"},
	{"keep", command_keep, "keeps changed settings of a NIC for the guest's next start (for vif-vlanbridge)"},
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int usage(FILE *out)
{
	fprintf(out, "usage: network-vlanbridge COMMAND [config=FILE | KEY=VALUE ...]\n");
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].help)
			fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(out, "The configuration is /etc/xen/vlanbridge.conf; netdev= bridge= vlan= bond= ports= mode=\n"
		     "miimon= mtu= address= antispoof= vifnum= describe one stack instead of it.\n"
		     "start, stop and restart take confirm=SECONDS: the change goes back unless it is confirmed; and\n"
		     "probe=gateway,ADDRESS,lacp,ssh: it goes back unless these answer after it, too.\n"
		     "See network-vlanbridge(8) and vlanbridge.conf(5).\n");
	return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int print_version(FILE *out)
{
	fprintf(out, "network-vlanbridge %s\n", VERSION);
	return EXIT_DONE;
}

static const struct {
	const char *word;
	int (*print)(FILE *out);
} questions[] = {{"--help", usage}, {"-h", usage}, {"help", usage}, {"--version", print_version}};

#define QUESTIONS (sizeof(questions) / sizeof(*questions))

static int run(char **argv, struct err *e)
{
	for (size_t i = 0; *argv && i < COMMANDS; i++)
		if (!strcmp(*argv, commands[i].name))
			return commands[i].run(argv + 1, e);
	for (size_t i = 0; *argv && i < QUESTIONS; i++) {
		if (strcmp(*argv, questions[i].word))
			continue;
		if (!argv[1])
			return questions[i].print(stdout);
		err_set(e, EINVAL, "unknown argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	if (*argv)
		log_error("network-vlanbridge: unknown command '%s'", *argv);
	return usage(stderr);
}

// Of the first three, the next file or socket would get the number of one that is closed, and messages with it. Writing
// to what stands in for standard output fails, as it would have.
static void open_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open(fd == 1 ? "/dev/full" : "/dev/null", O_RDWR) < 0)
			return;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	int status;

	open_standard_files();
	// What is freed here is needed again in a moment: the kernel would take and give it page by page.
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	log_open("network-vlanbridge");
	status = run(argv + 1, &e);
	// What nobody could read isn't done.
	if (status == EXIT_DONE && (fflush(stdout) || ferror(stdout))) {
		err_set(&e, errno, "can't write the output: %s", strerror(errno));
		status = EXIT_FAILED;
	}
	if (e.code)
		log_error("network-vlanbridge %s: %s", argc > 1 ? argv[1] : "", e.text);
	return status;
}
