/* SPDX-License-Identifier: ISC */
/* The grammar of a layer-3 entry's key, in one place: what the kernel reports and what the configuration asks for
 * compare equal because both are written here. */
#ifndef L3_KEY_H
#define L3_KEY_H

#include <stdint.h>

#include "l3.h"

#define L3_PREFIX_SIZE (L3_ADDRESS_SIZE + 4) /* ADDRESS/PREFIX */

/* The metric of a route that nobody gave one: it isn't written in keys. */
uint32_t l3_usual_metric(int family);

/* What tells a route from others. Texts are never NULL. */
struct l3_route_key {
	int family;
	unsigned int type;                /* RTN_UNICAST, which isn't written, or another one */
	char destination[L3_PREFIX_SIZE]; /* ADDRESS/PREFIX or "default" */
	char from[L3_PREFIX_SIZE];        /* of an IPv6 route for some sources only, or "" */
	const char *via;                  /* the gateway, several joined by " via ", or "" */
	uint32_t table, metric, tos, scope;
	const char *source;
};

/* [TYPE] DESTINATION [from PREFIX] [via GATEWAY]... [table N] [metric N] [tos N] [scope N] [src A]; what is usual isn't
 * written. Returns 0 or -ENOMEM. A route with so many next hops that this gets too long ends with a checksum. */
int l3_key_route(char key[L3_KEY_SIZE], const struct l3_route_key *k);

/* ADDRESS/PREFIX, or ADDRESS peer PEER/PREFIX. peer may be "". */
void l3_key_address(char key[L3_KEY_SIZE], const char *address, const char *peer, unsigned int prefix);

/* A word's value in a key, such as "metric"'s. Returns false, with buf "", when the key doesn't have the word or buf is
 * too small. */
bool l3_key_value(const char *key, const char *word, char *buf, size_t size);

/* An address entry's key taken apart: its own address, the one whose prefix is reached directly (the peer's, if it has
 * one), and the prefix length. Returns 0 or -EINVAL. */
struct l3_address_key {
	unsigned char local[16], address[16];
	unsigned int prefix;
};
int l3_key_read_address(const struct l3_entry *e, struct l3_address_key *ret);

/* The network of address as ADDRESS/PREFIX. */
void l3_key_network(int family, const unsigned char address[16], unsigned int prefix, char buf[L3_PREFIX_SIZE]);

#endif
