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
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "log.h"

static const struct command commands[] = {
	{"start", command_start, "builds what the configuration asks for, changes what differs"},
	{"stop", command_stop, "removes what start made"},
	{"restart", command_restart, "stop, then start"},
	{"confirm", command_confirm, "keeps a change that was made with confirm=SECONDS"},
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
		     "See network-vlanbridge(8) and vlanbridge.conf(5).\n");
	return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	int status;

	log_open("network-vlanbridge");
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")))
		return usage(stdout);
	for (size_t i = 0; argc > 1 && i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		status = commands[i].run(argv + 2, &e);
		if (e.code)
			log_error("network-vlanbridge %s: %s", argv[1], e.text);
		return status;
	}
	if (argc > 1)
		log_error("network-vlanbridge: unknown command '%s'", argv[1]);
	return usage(stderr);
}
