// SPDX-License-Identifier: ISC
// Layer-3 entries from netlink. What isn't about the device is kept as the kernel gave it.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l3_key.h"
#include "l3_message.h"
#include "l3_wire.h"

#define ATTRIBUTES 40 // more than any of the four kinds has

// The lengths that the attributes read here must have; addresses depend on the family, l3_read_ip looks at them.
static const struct nla_policy policies[L3_KIND_COUNT][ATTRIBUTES + 1] =
	{
		[L3_ADDRESS] =
			{
				[IFA_FLAGS] = {.type = NLA_U32},
				[IFA_PROTO] = {.type = NLA_U8},
				[IFA_RT_PRIORITY] = {.type = NLA_U32},
				[IFA_CACHEINFO] = {.minlen = sizeof(struct ifa_cacheinfo)},
			},
		[L3_ROUTE] =
			{
				[RTA_TABLE] = {.type = NLA_U32},
				[RTA_PRIORITY] = {.type = NLA_U32},
				[RTA_OIF] = {.type = NLA_U32},
				[RTA_VIA] = {.minlen = sizeof(struct rtvia)},
				[RTA_CACHEINFO] = {.minlen = sizeof(struct rta_cacheinfo)},
			},
		[L3_RULE] =
			{
				[FRA_PRIORITY] = {.type = NLA_U32},
			},
};

int l3_read_ip(int family, const struct nlattr *a, char buf[L3_ADDRESS_SIZE])
{
	int size = family == AF_INET ? 4 : 16;

	buf[0] = '\0';
	if (!a)
		return 0;
	if (nla_len(a) < size || !inet_ntop(family, nla_data(a), buf, L3_ADDRESS_SIZE))
		return -ENODATA;
	return 0;
}

int l3_set_devices(struct l3_entry *e, size_t count)
{
	e->devices = calloc(count, sizeof(*e->devices));
	if (!e->devices)
		return -ENOMEM;
	e->device_count = count;
	return 0;
}

int l3_set_device(struct l3_entry *e, unsigned int index)
{
	if (l3_set_devices(e, 1))
		return -ENOMEM;
	e->devices->index = (int)index;
	return 0;
}

static int parse_rule(struct l3_entry *e, struct nlattr **tb)
{
	const struct nlattr *names[2] = {tb[FRA_IIFNAME], tb[FRA_OIFNAME]};
	size_t count = (names[0] != NULL) + (names[1] != NULL), n = 0;

	if (!count)
		return -ENODATA;
	if (l3_set_devices(e, count))
		return -ENOMEM;
	((struct fib_rule_hdr *)e->message)->flags &= FIB_RULE_INVERT;
	for (int i = 0; i < 2; i++)
		if (names[i])
			nla_strlcpy(e->devices[n++].name, names[i], NAME_SIZE);
	snprintf(e->key, sizeof(e->key), "%u", tb[FRA_PRIORITY] ? nla_get_u32(tb[FRA_PRIORITY]) : 0);
	return 0;
}

static void set_neighbour_key(struct l3_entry *e, const char *address, const struct nlattr *mac)
{
	const unsigned char *b = mac ? nla_data(mac) : NULL;
	size_t length = (size_t)snprintf(e->key, sizeof(e->key), "%s%s", e->proxy ? "proxy " : "", address);

	for (int i = 0; b && i < nla_len(mac) && length + 16 < sizeof(e->key); i++)
		length += (size_t)snprintf(
			e->key + length, sizeof(e->key) - length, "%s%02x", i ? ":" : " lladdr ", b[i]);
}

static int parse_neighbour(struct l3_entry *e, struct nlattr **tb)
{
	struct ndmsg *h = e->message;
	char address[L3_ADDRESS_SIZE];

	e->proxy = h->ndm_flags & NTF_PROXY;
	if ((!(h->ndm_state & NUD_PERMANENT) && !e->proxy) || !h->ndm_ifindex)
		return -ENODATA;
	if (l3_read_ip(e->family, tb[NDA_DST], address) || !*address)
		return -ENODATA;
	if (l3_set_device(e, (unsigned int)h->ndm_ifindex))
		return -ENOMEM;
	set_neighbour_key(e, address, tb[NDA_LLADDR]);
	h->ndm_ifindex = 0;
	h->ndm_type = 0;
	h->ndm_flags &= NTF_ROUTER | NTF_EXT_LEARNED | NTF_PROXY;
	return 0;
}

static void print_hex(FILE *out, const void *data, int len)
{
	const unsigned char *b = data;

	for (int i = 0; i < len; i++)
		fprintf(out, "%02x", b[i]);
}

// RTA_MULTIPATH, whose devices are zeroed by then, has weights and encapsulations.
static bool in_text(enum l3_kind kind, int type)
{
	return !l3_left_out(kind, type) || (kind == L3_ROUTE && type == RTA_MULTIPATH);
}

// All attributes in hexadecimal, sorted by type as nla_parse does: the text only has to be complete and stable.
static void write_text(FILE *out, const struct l3_entry *e, struct nlattr **tb)
{
	fprintf(out, "%s", e->key);
	// What we make, and what the kernel makes by itself, is told by its key alone: so is an entry that isn't made
	// yet.
	if (e->ours || e->link_local || e->from_ra)
		return;
	fputc(' ', out);
	print_hex(out, e->message, l3_header_size(e->kind));
	for (int i = 1; i <= ATTRIBUTES; i++) {
		if (!tb[i])
			continue;
		if (in_text(e->kind, i)) {
			fprintf(out, " %d:", i);
			print_hex(out, nla_data(tb[i]), nla_len(tb[i]));
		} else if (e->kind == L3_RULE) {
			fprintf(out, " %d", i); // iif or oif: not the device, but which of the two it is
		}
	}
}

static int set_text(struct l3_entry *e, struct nlattr **tb)
{
	size_t size;
	FILE *out = open_memstream(&e->text, &size);

	if (!out)
		return -ENOMEM;
	write_text(out, e, tb);
	return fclose(out) ? -ENOMEM : 0;
}

static bool find_kind(int type, enum l3_kind *ret)
{
	static const int types[L3_KIND_COUNT] = {[L3_ADDRESS] = RTM_NEWADDR,
		[L3_ROUTE] = RTM_NEWROUTE,
		[L3_RULE] = RTM_NEWRULE,
		[L3_NEIGHBOUR] = RTM_NEWNEIGH};

	for (int kind = 0; kind < L3_KIND_COUNT; kind++)
		if (types[kind] == type) {
			*ret = (enum l3_kind)kind;
			return true;
		}
	return false;
}

static struct l3_entry *new_entry(enum l3_kind kind, const struct nlmsghdr *h)
{
	struct l3_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->kind = kind;
	e->size = h->nlmsg_len - NLMSG_HDRLEN;
	e->message = malloc(e->size);
	if (!e->message) {
		l3_free(e);
		return NULL;
	}
	memcpy(e->message, NLMSG_DATA(h), e->size);
	e->family = *(unsigned char *)e->message; // the first byte of each of the four headers
	return e;
}

static int parse_kind(struct l3_entry *e, struct nlattr **tb)
{
	switch (e->kind) {
	case L3_ADDRESS:
		return l3_parse_address(e, tb);
	case L3_ROUTE:
		return l3_parse_route(e, tb);
	case L3_RULE:
		return parse_rule(e, tb);
	default:
		return parse_neighbour(e, tb);
	}
}

// Appends the entry, or frees one that is of no interest.
static int parse_entry(struct l3_entry *e, struct nlattr **tb, struct l3_list *ret)
{
	int r = parse_kind(e, tb);

	if (!r)
		r = set_text(e, tb);
	if (!r)
		return l3_list_append(ret, e);
	l3_free(e);
	return r == -ENODATA ? 0 : r;
}

static int parse_hops(const struct l3_entry *e, const struct nlattr *multipath, struct l3_list *ret)
{
	struct rtnexthop *nh = NULL;
	int r = 0;

	while (!r && (nh = l3_hop_after(multipath, nh))) {
		struct nl_msg *m = l3_hop_message(e, nh);

		r = m ? l3_parse(nlmsg_hdr(m), ret) : -ENOMEM;
		nlmsg_free(m);
	}
	return r;
}

// A hop with a weight keeps its RTA_MULTIPATH, which holds the weight.
static bool has_more_hops(const struct l3_entry *e, struct nlattr **tb)
{
	struct rtnexthop *first;

	if (e->kind != L3_ROUTE || e->family != AF_INET6 || !tb[RTA_MULTIPATH] || tb[RTA_NH_ID])
		return false;
	first = l3_hop_after(tb[RTA_MULTIPATH], NULL);
	return first && (!first->rtnh_hops || l3_hop_after(tb[RTA_MULTIPATH], first));
}

int l3_parse(const struct nlmsghdr *h, struct l3_list *ret)
{
	struct nlattr *tb[ATTRIBUTES + 1];
	struct l3_entry *e;
	enum l3_kind kind;
	int r = 0;

	if (!find_kind(h->nlmsg_type, &kind) || (int)h->nlmsg_len - NLMSG_HDRLEN < NLA_ALIGN(l3_header_size(kind)))
		return 0;
	e = new_entry(kind, h);
	if (!e)
		return -ENOMEM;
	if ((e->family != AF_INET && e->family != AF_INET6) ||
		nla_parse(tb, ATTRIBUTES, l3_attributes(e), l3_attributes_size(e), policies[kind]) < 0) {
		l3_free(e);
		return 0;
	}
	if (!has_more_hops(e, tb))
		return parse_entry(e, tb, ret);
	r = parse_hops(e, tb[RTA_MULTIPATH], ret);
	l3_free(e);
	return r;
}

// With the indexes of its next hops, which l3_parse took out. hops has room for all.
static struct nl_msg *live_message(const struct l3_entry *e, const struct rtnexthop **hops,
	bool (*is_dead)(const struct host *h, const char *device), const struct host *h)
{
	struct nlattr *multipath = nla_find(l3_attributes(e), l3_attributes_size(e), RTA_MULTIPATH);
	struct rtnexthop *nh = NULL;
	size_t count = 0;

	for (size_t i = 0; i < e->device_count && (nh = l3_hop_after(multipath, nh)); i++) {
		nh->rtnh_ifindex = e->devices[i].index;
		if (!is_dead(h, e->devices[i].name))
			hops[count++] = nh;
	}
	return count == 1 ? l3_hop_message(e, hops[0]) : l3_hops_message(e, hops, count);
}

struct l3_entry *l3_without_hops(
	const struct l3_entry *e, bool (*is_dead)(const struct host *h, const char *device), const struct host *h)
{
	const struct rtnexthop **hops = calloc(e->device_count, sizeof(*hops));
	struct l3_entry *whole = l3_copy(e), *live = NULL;
	struct l3_list parsed = {0};
	struct nl_msg *m = hops && whole ? live_message(whole, hops, is_dead, h) : NULL;

	if (m && !l3_parse(nlmsg_hdr(m), &parsed) && parsed.count) {
		live = parsed.list[0];
		live->whole = whole;
		live->volatile_ = true;
		parsed.list[0] = whole = NULL;
	}
	l3_list_free(&parsed);
	l3_free(whole);
	nlmsg_free(m);
	free(hops);
	return live;
}
