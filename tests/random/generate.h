// SPDX-License-Identifier: ISC
// A scenario from a seed: a host, configurations for it, each an edit of the one before, and guests. Pure: text in,
// text out.
#pragma once

#include <stdint.h>
#include <stdio.h>

#define SCENARIO_CONFIGS 3
#define SCENARIO_TEXT 8192

struct scenario {
	uint64_t seed;

	// As in the section "kernel" of the cases in tests/plan: a line for each device,
	//     NAME [KIND] [KEY=VALUE...] [up] [alias="..."]
	// and then what stands on them, in the words of ip-address(8), ip-route(8), ip-rule(8) and ip-neighbour(8):
	//     address 192.0.2.6/24 label eth0:1 dev eth0
	//     route default via 192.0.2.1 metric 100 dev eth0
	//     route 203.0.113.0/24 nexthop via 192.0.2.1 dev eth0 nexthop via 198.51.100.1 dev eth1
	//     rule 100 from 192.0.2.5 table 100
	//     neighbour 10.77.0.9 lladdr 52:54:00:99:00:01 dev eth1.77
	// A device without a kind is a NIC.
	char host[SCENARIO_TEXT];

	char config[SCENARIO_CONFIGS][SCENARIO_TEXT]; // vlanbridge.conf
	int configs;                                  // two or three

	// A line for each guest's NIC that is attached after the first configuration was started:
	//     vif1.0 bridge=br10 [vlan=10p/20] [isolated]
	char guests[SCENARIO_TEXT];
};

void scenario_generate(uint64_t seed, struct scenario *s);

// All of it, in sections that begin with `-- host`, `-- config A`, `-- config B` and `-- guests`.
void scenario_print(const struct scenario *s, FILE *f);
