// SPDX-License-Identifier: ISC
// The filtering rules of guests' ports: which ports are to have them, which have, and what they dropped.
#include "filters.h"

#include <endian.h>
#include <errno.h>
#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"

static int add_port(struct filters *f, const struct filter_port *port, struct err *e)
{
	struct filter_port *grown = reallocarray(f->ports, f->count + 1, sizeof(*grown));

	if (!grown)
		return err_set(e, ENOMEM, "no memory for the list of filtered ports");
	f->ports = grown;
	f->ports[f->count++] = *port;
	return 0;
}

static int take_ports(struct filters *f, const struct host *h, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < h->count && !r; i++) {
		const struct device *d = h->devices[i];
		struct filter_port port = {.index = d->link.index, .attached = *d->link.master.name};

		if (!filter_mark_read(d->link.alias, &port.mark))
			continue;
		text_copy(port.name, sizeof(port.name), d->link.name);
		r = add_port(f, &port, e);
	}
	return r;
}

static struct filter_port *find_table(const struct filters *f, struct nlattr *attribute)
{
	char name[FILTER_TABLE_SIZE], table[FILTER_TABLE_SIZE];

	if (!attribute)
		return NULL;
	nla_strlcpy(table, attribute, sizeof(table));
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(filter_table_name(f->ports[i].mark.key, name), table))
			return &f->ports[i];
	return NULL;
}

static struct nlattr *find_attribute(const struct nlmsghdr *h, int type)
{
	return nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, sizeof(struct nfgenmsg), type);
}

static struct nlattr *find_nested(struct nlattr *nest, int type)
{
	return nest ? nla_find(nla_data(nest), nla_len(nest), type) : NULL;
}

// A chain without its device is of a port that is gone: Linux 6.12 keeps it.
static int take_chain(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct filter_port *p = find_table(arg, find_attribute(h, NFTA_CHAIN_TABLE));
	struct nlattr *device = find_nested(find_attribute(h, NFTA_CHAIN_HOOK), NFTA_HOOK_DEV);
	char name[NAME_SIZE];

	(void)i, (void)e;
	if (!p || !device)
		return 0;
	nla_strlcpy(name, device, sizeof(name));
	if (!strcmp(name, p->name))
		p->filtered = true;
	return 0;
}

static int take_counter(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct filter_port *p = find_table(arg, find_attribute(h, NFTA_OBJ_TABLE));
	struct nlattr *name = find_attribute(h, NFTA_OBJ_NAME);
	struct nlattr *packets = find_nested(find_attribute(h, NFTA_OBJ_DATA), NFTA_COUNTER_PACKETS);
	size_t length;
	uint64_t n;

	(void)i, (void)e;
	if (!p || !name || !packets || nla_len(packets) < (int)sizeof(n))
		return 0;
	if (!nla_strcmp(name, FILTER_DISABLED))
		p->disabled = true;
	memcpy(&n, nla_data(packets), sizeof(n));
	length = strlen(p->dropped);
	if (n)
		snprintf(p->dropped + length, sizeof(p->dropped) - length, "%s%.*s %llu", length ? ", " : "",
			nla_len(name), (const char *)nla_data(name), (unsigned long long)be64toh(n));
	return 0;
}

static void clear_state(void *arg)
{
	struct filters *f = arg;

	for (size_t i = 0; i < f->count; i++) {
		f->ports[i].filtered = f->ports[i].disabled = false;
		f->ports[i].dropped[0] = '\0';
	}
}

static struct nl_msg *make_dump(int type)
{
	struct nfgenmsg head = {.nfgen_family = NFPROTO_NETDEV, .version = NFNETLINK_V0};

	return netlink_message(NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_DUMP, &head, sizeof(head));
}

static int read_tables(struct filters *f, struct err *e)
{
	struct netlink *nl = NULL;
	int r = netlink_open_netfilter(&nl, e);

	if (!r)
		r = netlink_dump(nl, make_dump(NFT_MSG_GETOBJ), take_counter, clear_state, f, e);
	if (!r)
		r = netlink_dump(nl, make_dump(NFT_MSG_GETCHAIN), take_chain, NULL, f, e);
	netlink_close(nl);
	return r;
}

int filters_read(const struct host *h, struct filters *ret, struct err *e)
{
	int r;

	*ret = (struct filters){0};
	r = take_ports(ret, h, e);
	if (!r && ret->count)
		r = read_tables(ret, e);
	return r;
}

void filters_free(struct filters *f)
{
	free(f->ports);
	*f = (struct filters){0};
}

const struct filter_port *filters_find(const struct filters *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->ports[i].name, name))
			return &f->ports[i];
	return NULL;
}
