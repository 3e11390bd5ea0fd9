/* SPDX-License-Identifier: ISC */
/* Layer-3 entries: addresses, routes, policy rules and permanent neighbours: what moves with the device it belongs to.
 * An entry keeps the kernel's own message, so that attributes that we don't know move too; its text is what plans
 * compare. */
#ifndef L3_H
#define L3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"
#include "names.h"

/* The protocol of the addresses and routes that we make (IFA_PROTO, rtm_protocol): a number that nobody else uses, 'v'.
 */
#define L3_PROTOCOL 118
#define L3_KEY_SIZE 160
#define L3_ADDRESS_SIZE 46 /* INET6_ADDRSTRLEN */

enum l3_kind { L3_ADDRESS, L3_ROUTE, L3_RULE, L3_NEIGHBOUR, L3_KIND_COUNT };

/* A device that an entry names: by the kernel's index and by name. */
struct l3_device {
	int index;
	char name[NAME_SIZE];
};

struct l3_entry {
	enum l3_kind kind;
	int family;           /* AF_INET or AF_INET6 */
	bool link_local;      /* an IPv6 address that the kernel made by itself, from addr_gen_mode */
	bool ours;            /* made by us from the configuration, as its protocol says */
	bool is_default;      /* an IPv4 default route of the main table */
	bool gateway;         /* a route through a gateway: needs the routes to it first */
	bool from_kernel;     /* a route with protocol kernel: the kernel may have made it together with an address */
	bool no_prefix_route; /* of an address: IFA_F_NOPREFIXROUTE */
	bool dad_failed;      /* of an IPv6 address: another host has it */
	bool no_dad;          /* of an IPv6 address: IFA_F_NODAD, which a copy has until its second message */
	bool secondary;       /* of an IPv4 address: goes with the primary one of its subnet (promote_secondaries=0) */
	bool volatile_;       /* from a router advertisement, or with a lifetime: may change at any time without us */
	uint32_t prefix_metric; /* of an address: the metric that the kernel gives its prefix route, 0 for the usual one
				 */
	bool from_ra;           /* an IPv6 route that a router advertisement made: its metric doesn't count */
	bool stale;             /* nobody's: an IPv6 prefix route that the kernel left behind when its address went; a
				   next hop alone that is dead, host_mark_dead_routes */
	bool proxy;             /* a neighbour for which the device answers (ip neigh add proxy) */
	bool nexthop_object;    /* a route through a nexthop object (ip nexthop): it can't be moved */
	char key[L3_KEY_SIZE];  /* what tells it from others of the host, apart from its devices: l3_key.h */
	char *text;             /* all that counts, without its devices */
	char label[NAME_SIZE];  /* of an IPv4 address, without the device's name in front: "" or ":1" */
	char source[L3_ADDRESS_SIZE]; /* of a route: its source address ("src"), or "" */
	struct l3_device *devices; /* of an address, rule or neighbour one; of a route one for each next hop; owned */
	size_t device_count;
	struct l3_entry *whole; /* of a route without its dead next hops: with them, as the kernel has it; owned */
	void *message; /* the kernel's: family header and attributes; NULL where we made the entry, and in tests; owned
			*/
	size_t size;
	size_t slot; /* its place in the host's list */
};

struct l3_list {
	struct l3_entry **list;
	size_t count, room;
};

/* Appends e, which belongs to the list from then on (also if this fails: then it is freed). NULL is -ENOMEM. Returns 0
 * or -ENOMEM. */
int l3_list_append(struct l3_list *all, struct l3_entry *e);
void l3_list_free(struct l3_list *all);

struct l3_entry *l3_copy(const struct l3_entry *e); /* NULL without memory */
void l3_free(struct l3_entry *e);                   /* NULL is fine */

/* Orders by what tells entries apart for the kernel, whatever their attributes: kind, family, key and devices. 0: the
 * same thing. l3_compare goes on to what else counts, label and text: entries that are the same thing are neighbours in
 * its order. */
int l3_compare_keys(const struct l3_entry *a, const struct l3_entry *b);
int l3_compare(const struct l3_entry *a, const struct l3_entry *b);
bool l3_equal(const struct l3_entry *a, const struct l3_entry *b);

bool l3_uses(const struct l3_entry *e, const char *device);
void l3_move(struct l3_entry *e, const char *from, const char *to);

/* Whether two address entries have the same address, whatever their peers and prefix lengths. */
bool l3_is_same_address(const struct l3_entry *a, const struct l3_entry *b);

/* The subnet of an IPv4 address entry equals that of another one (same prefix length and network). */
bool l3_same_subnet(const struct l3_entry *a, const struct l3_entry *b);

/* One line, without the newline: `address 192.0.2.1/24 dev eth0`. */
void l3_describe(FILE *out, const struct l3_entry *e);

/* An address that the configuration asks for: ADDRESS/PREFIX. Returns 0 and an entry, which the caller frees, or
 * -EINVAL with a message in e. */
int l3_new_address(const char *text, const char *device, struct l3_entry **ret, struct err *e);

/* The link-local address that the kernel makes from a MAC address (addr_gen_mode eui64). NULL without memory. */
struct l3_entry *l3_new_link_local(const uint8_t mac[6], const char *device);

/* A default route through gateway, an address. Returns 0, or -EINVAL with a message in e. */
int l3_new_gateway(const char *gateway, const char *device, struct l3_entry **ret, struct err *e);

/* Whether a route is the one that the kernel makes with that address: it is dropped with the list's. */
bool l3_comes_with_address(const struct l3_entry *route, const struct l3_entry *address);

/* Pure: marks stale routes, and drops the routes that the kernel makes by itself with an address (its prefix route) or
 * with IPv6 on a device. */
void l3_list_drop_implied(struct l3_list *all);

#endif
