/* SPDX-License-Identifier: ISC */
/* Addresses, routes and policy rules: what moves with the device it belongs to. A record keeps the kernel's own message, so
 * that what we don't know about it moves too; its text is what plans compare and print. */
#ifndef L3_H
#define L3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"
#include "names.h"

/* The protocol of the addresses and routes that we make (IFA_PROTO, rtm_protocol): a number that nobody else uses, 'v'. */
#define L3_PROTOCOL 118
#define L3_LINKS 8 /* next hops of a route that can name devices */

struct nl_msg;
struct nlmsghdr;

enum l3_kind { L3_ADDRESS, L3_ROUTE, L3_RULE };

struct l3_entry {
	enum l3_kind kind;
	int family;          /* AF_INET or AF_INET6 */
	bool link_local;     /* an IPv6 address that the kernel makes by itself */
	bool ours;           /* made by us from the configuration, as its protocol says */
	bool is_default;     /* an IPv4 default route of the main table */
	bool gateway;        /* a route through a gateway: needs the routes to it first */
	char key[96];        /* what tells it from others: of an address, ADDRESS/PREFIX */
	char *text;          /* all that counts, without its devices */
	char label[NAME_SIZE]; /* of an IPv4 address, without the device's name in front: "" or ":1" */
	struct {
		int index;
		char name[NAME_SIZE];
	} links[L3_LINKS]; /* the device of an address or rule; of a route, one for each next hop */
	size_t link_count;
	void *message; /* the kernel's: family header and attributes; NULL in tests */
	size_t size;
};

struct l3_list {
	struct l3_entry **list;
	size_t count;
};

/* Appends a record that is copied whole. Returns 0 or -ENOMEM. */
int l3_list_add(struct l3_list *all, const struct l3_entry *r);
void l3_list_remove(struct l3_list *all, size_t i);
void l3_list_free(struct l3_list *all);

/* The record of all that has r's kind, key and devices: the same thing, whatever its attributes. */
const struct l3_entry *l3_list_find(const struct l3_list *all, const struct l3_entry *r);

struct l3_entry *l3_copy(const struct l3_entry *r); /* NULL without memory */
void l3_free(struct l3_entry *r);                 /* NULL is fine */
bool l3_equal(const struct l3_entry *a, const struct l3_entry *b);
bool l3_uses(const struct l3_entry *r, const char *device);
void l3_move(struct l3_entry *r, const char *from, const char *to);

/* One line, without the newline: `address 192.0.2.1/24 dev eth0`. */
void l3_describe(FILE *out, const struct l3_entry *r);

/* An address that the configuration asks for: ADDRESS/PREFIX. Returns 0, or -EINVAL with a sentence in e. */
int l3_address(const char *text, const char *device, struct l3_entry **ret, struct err *e);

/* The link-local address that the kernel makes from a MAC address (addr_gen_mode eui64). Returns 0 or -ENOMEM. */
int l3_link_local(const uint8_t mac[6], const char *device, struct l3_entry **ret);

/* A default route through gateway, an address. Returns 0, or -EINVAL with a sentence in e. */
int l3_gateway(const char *gateway, const char *device, struct l3_entry **ret, struct err *e);

/* record_msg.c, netlink: fills ret (link names still empty) from a dump's message. Returns 0; -ENODATA for what
 * doesn't move: what the kernel makes by itself with an address or a device. The caller frees with l3_clear. */
int l3_parse(const struct nlmsghdr *h, struct l3_entry *ret);
void l3_clear(struct l3_entry *r);

/* The messages that make or delete r, whose links must have their index: 1 or 2 (an IPv6 address is added without duplicate
 * address detection, since it was ours a moment ago, then gets its own flags). Returns their number, or -ENOMEM. */
int l3_messages(const struct l3_entry *r, bool add, struct nl_msg *msgs[2]);
struct nl_msg *l3_dump(enum l3_kind kind);

#endif
