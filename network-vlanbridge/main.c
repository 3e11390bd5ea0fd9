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

#include "command_options.h"
#include "log.h"

#define CHANGE (WITH_CONFIRM | WITH_PROBE | WITH_DRY_RUN | WITH_JSON | WITH_IP | WITH_EXIT_CODE | WITH_VERBOSITY)
#define STACK "[KEY=VALUE ...]"

static const struct command commands[] = {
	{"start", command_start, CHANGE | WITH_CONFIG, STACK, 0, ANY_NUMBER,
		"builds what the configuration asks for, changes what differs"},
	{"stop", command_stop, CHANGE | WITH_FORCE, STACK, 0, ANY_NUMBER, "removes what start made"},
	{"restart", command_restart, CHANGE | WITH_CONFIG, STACK, 0, ANY_NUMBER, "stop, then start"},
	{"confirm", command_confirm, 0, NULL, 0, 0,
		"keeps a change that start, stop or restart made with confirm=SECONDS"},
	{"revert", command_revert, WITH_TO, NULL, 0, 0,
		"takes such a change back at once, or starts a configuration of history"},
	{"history", command_history, WITH_JSON, NULL, 0, 0, "shows the configurations that were confirmed"},
	{"await-confirm", command_await_confirm, 0, "DEADLINE", 1, 1, NULL},
	{"status", command_status, WITH_CONFIG | WITH_JSON | WITH_TREE | WITH_DOT, "[DEVICE]", 0, 1,
		"shows bonds, VLANs, bridges and the guests in them; also without a command"},
	{"watch", command_watch, WITH_CONFIG, "[DEVICE]", 0, 1, "shows status anew at each change in the kernel"},
	{"plan", command_plan, WITH_CONFIG | WITH_JSON | WITH_IP | WITH_EXIT_CODE, STACK, 0, ANY_NUMBER,
		"shows what start would do, and does nothing"},
	{"check", command_check, WITH_CONFIG | WITH_JSON, "[DEVICE | GUEST.cfg]", 0, 1,
		"says what is wrong here, or keeps a guest from starting"},
	{"rules", command_rules, 0, NULL, 0, 0,
		"puts back filtering rules of vifs that are missing (for nftables.service)"},
	{"demand", command_demand, WITH_CONFIG, "BRIDGE | UPLINK.VLAN", 1, 1,
		"makes a bridge that the file makes on demand (for vif-vlanbridge)"},
	{"release", command_release, 0, "BRIDGE", 1, 1,
		"removes a bridge on demand that has no vif left (for vif-vlanbridge)"},
	{"keep", command_keep, WITH_DRY_RUN, "DOMID/DEVID [KEY=VALUE ...]", 1, ANY_NUMBER,
		"keeps changed settings of a NIC for the guest's next start (for vif-vlanbridge)"},
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int usage(FILE *out)
{
	fprintf(out, "usage: network-vlanbridge COMMAND [OPTION ...] [KEY=VALUE ...]\n");
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].help)
			fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(out, "The options of a command: network-vlanbridge COMMAND --help\n"
		     "The configuration is " CONFIG_FILE "; netdev= bridge= vlan= bond= ports= mode=\n"
		     "miimon= mtu= address= antispoof= vifnum= describe one stack instead of it.\n"
		     "See network-vlanbridge(8) and vlanbridge.conf(5).\n");
	return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int run_command(const struct command *c, char **args, struct err *e)
{
	struct command_run r = {0};
	int status = EXIT_DONE;

	if (command_options_read(c, args, &r, e))
		status = EXIT_USAGE;
	else if (r.given & WITH_HELP)
		command_options_print(stdout, c);
	else
		status = c->run(args, &r, e);
	command_run_free(&r);
	return status;
}

static int help(char **args, struct err *e)
{
	const struct command *c = *args ? find_command(*args) : NULL;

	if (!*args)
		return usage(stdout);
	if (!c || args[1]) {
		err_set(e, EINVAL, "unknown argument '%s'; help takes a command", c ? args[1] : *args);
		return EXIT_USAGE;
	}
	command_options_print(stdout, c);
	return EXIT_DONE;
}

static int print_version(char **args, struct err *e)
{
	if (*args) {
		err_set(e, EINVAL, "unknown argument '%s'", *args);
		return EXIT_USAGE;
	}
	printf("network-vlanbridge %s\n", VERSION);
	return EXIT_DONE;
}

static const struct {
	const char *word;
	int (*answer)(char **args, struct err *e);
} questions[] = {{"--help", help}, {"-h", help}, {"help", help}, {"--version", print_version}};

#define QUESTIONS (sizeof(questions) / sizeof(*questions))

static int run(const char *name, char **args, struct err *e)
{
	const struct command *c = find_command(name);

	if (c)
		return run_command(c, args, e);
	for (size_t i = 0; i < QUESTIONS; i++)
		if (!strcmp(name, questions[i].word))
			return questions[i].answer(args, e);
	log_error("network-vlanbridge: unknown command '%s'", name);
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
	const char *name = argc > 1 ? argv[1] : "status";
	struct err e = {0};
	int status;

	open_standard_files();
	// What is freed here is needed again in a moment: the kernel would take and give it page by page.
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	log_open("network-vlanbridge");
	status = run(name, argv + (argc > 1 ? 2 : argc), &e);
	// What nobody could read isn't done.
	if ((status == EXIT_DONE || status == EXIT_CHANGES) && (fflush(stdout) || ferror(stdout))) {
		err_set(&e, errno, "can't write the output: %s", strerror(errno));
		status = EXIT_FAILED;
	}
	if (e.code)
		log_error("network-vlanbridge %s: %s", name, e.text);
	return status;
}
