/* SPDX-License-Identifier: ISC */
/* Probes: what answers before a change, and has to after it. Nothing about the answer is kept from before: the gateway
 * is that of the default route as it is then, so that a change on purpose is none that fails. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "names.h"

#define PROBES 16
#define PROBE_TEXT_SIZE 96
#define PROBE_PEER_SIZE 64

enum probe_kind {
	PROBE_ADDRESS, /* answers ICMP echo requests */
	PROBE_GATEWAY, /* of the default route of a family: answers ARP or neighbour solicitations, or ICMP */
	PROBE_LACP,    /* each bond with LACP, one at least, has a partner */
};

struct probe {
	enum probe_kind kind;
	int family;             /* AF_INET or AF_INET6; of an address 0: there is none, as without ssh */
	uint8_t address[16];    /* network byte order; IPv4: the first four */
	char device[NAME_SIZE]; /* of a link-local address */
	bool is_new;            /* has to answer after the change, whatever it does before it */
	bool is_there;          /* there was somebody to ask */
	bool answers;
	char text[PROBE_TEXT_SIZE]; /* as a part of a sentence */
};

struct probes {
	struct probe list[PROBES];
	size_t count;
};

/* Reads `gateway,ADDRESS,+ADDRESS,fe80::1%DEVICE,lacp,ssh`; ssh is peer, an address, or NULL where there is no session.
 * Returns 0 or -EINVAL with a message in e. */
int probes_parse(const char *list, const char *peer, struct probes *ret, struct err *e);

bool probes_all_answer(const struct probes *p);

/* Those that answer, or those that don't, as a part of a sentence: "10.0.0.1, 10.0.0.2 and the LACP partner". Returns
 * buf, which is "" if there are none. */
char *probes_print(const struct probes *p, bool answering, char *buf, size_t size);

/* Drops one gateway that isn't there: many hosts have a default route of one family only. */
void probes_drop_absent_gateway(struct probes *p);

/* Moves those that don't answer and aren't new to dropped, which must be {0}. */
void probes_drop_silent(struct probes *p, struct probes *dropped);

/* probe_ask.c: asks all of them, twice if need be, two seconds at most: p->list[].answers. Returns 0 or -errno. */
int probes_ask(struct probes *p, struct err *e);

/* Asks until all answer in two rounds, one second apart; until the deadline (CLOCK_BOOTTIME, ns), or until goes_on says
 * no. Calls tell, once, if some don't answer for a while. Returns whether all answer, or -errno. */
struct probe_waiting {
	long long deadline;
	bool (*goes_on)(long long deadline);
	void (*tell)(const struct probes *p, long long deadline);
};
int probes_wait(struct probes *p, const struct probe_waiting *w, struct err *e);

/* probe_caller.c: the other end of the ssh session that we were called in, also by sudo. Returns whether there is one.
 */
bool probe_find_caller(char peer[PROBE_PEER_SIZE]);

#endif
