// SPDX-License-Identifier: ISC
// Looks for a chain that drops what guests send, where br_netfilter hands bridged frames to it.
#include "forward.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_physdev.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link.h"

#define SYSCTLS "/proc/sys/net/bridge" // there with br_netfilter
#define CALL_IPTABLES SYSCTLS "/bridge-nf-call-iptables"
#define CALL_IP6TABLES SYSCTLS "/bridge-nf-call-ip6tables"
#define CHAINS_MAX 8

static bool is_on(const char *sysctl)
{
	int fd = open(sysctl, O_RDONLY | O_CLOEXEC);
	char value = '0';
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, &value, 1);
	close(fd);
	return n == 1 && value != '0';
}

unsigned int forward_read_calls(void)
{
	unsigned int calls = 0;

	if (access(SYSCTLS, F_OK))
		return 0;
	if (is_on(CALL_IPTABLES))
		calls |= LINK_NF_CALL_IPTABLES;
	if (is_on(CALL_IP6TABLES))
		calls |= LINK_NF_CALL_IP6TABLES;
	return calls;
}

static struct nlattr *find_attribute(const struct nlmsghdr *h, int type)
{
	return nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, sizeof(struct nfgenmsg), type);
}

static struct nlattr *find_nested(struct nlattr *nest, int type)
{
	return nest ? nla_find(nla_data(nest), nla_len(nest), type) : NULL;
}

static bool has_number(const struct nlattr *a, uint32_t number)
{
	return a && nla_len(a) >= 4 && ntohl(nla_get_u32(a)) == number;
}

static const struct {
	int family;
	const char *name;
	unsigned int calls;
} families[] = {
	{NFPROTO_IPV4, "ip", LINK_NF_CALL_IPTABLES},
	{NFPROTO_IPV6, "ip6", LINK_NF_CALL_IP6TABLES},
	{NFPROTO_INET, "inet", LINK_NF_CALL_IPTABLES | LINK_NF_CALL_IP6TABLES},
};

bool forward_is_dropping_chain(const struct nlmsghdr *h, unsigned int calls, struct forward_chain *ret)
{
	const struct nfgenmsg *head = NLMSG_DATA(h);
	struct nlattr *table = find_attribute(h, NFTA_CHAIN_TABLE), *name = find_attribute(h, NFTA_CHAIN_NAME);
	char text[FORWARD_NAME];

	if (!has_number(find_nested(find_attribute(h, NFTA_CHAIN_HOOK), NFTA_HOOK_HOOKNUM), NF_INET_FORWARD) ||
		!has_number(find_attribute(h, NFTA_CHAIN_POLICY), NF_DROP) || !table || !name)
		return false;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (families[i].family != head->nfgen_family || !(families[i].calls & calls))
			continue;
		nla_strlcpy(text, table, sizeof(text));
		ret->family = head->nfgen_family;
		snprintf(ret->table, sizeof(ret->table), "%s %s", families[i].name, text);
		nla_strlcpy(ret->chain, name, sizeof(ret->chain));
		return true;
	}
	return false;
}

// Without a device, it is about all of them. What leaves by a certain one is no matter of what comes in by dev.
static bool is_physdev_for(const struct xt_physdev_info *p, const char *dev)
{
	char name[IFNAMSIZ] = "";
	bool equal = true;

	if (!(p->bitmask & XT_PHYSDEV_OP_IN))
		return !(p->bitmask & XT_PHYSDEV_OP_OUT);
	text_copy(name, sizeof(name), dev);
	for (size_t i = 0; i < sizeof(name); i++)
		equal &= !((name[i] ^ p->physindev[i]) & p->in_mask[i]);
	return equal != !!(p->invert & XT_PHYSDEV_OP_IN);
}

static bool is_expression_for(struct nlattr *expression, const char *dev)
{
	struct nlattr *name = find_nested(expression, NFTA_EXPR_NAME), *data = find_nested(expression, NFTA_EXPR_DATA);
	struct nlattr *match = find_nested(data, NFTA_MATCH_NAME), *info = find_nested(data, NFTA_MATCH_INFO);
	struct xt_physdev_info p;

	if (!name || nla_strcmp(name, "match") || !match || nla_strcmp(match, "physdev") || !info ||
		nla_len(info) < (int)sizeof(p))
		return false;
	memcpy(&p, nla_data(info), sizeof(p));
	return is_physdev_for(&p, dev);
}

bool forward_is_rule_for(const struct nlmsghdr *h, const char *dev)
{
	struct nlattr *all = find_attribute(h, NFTA_RULE_EXPRESSIONS), *expression;
	int left;

	if (!all)
		return false;
	nla_for_each_nested(expression, all, left) if (is_expression_for(expression, dev)) return true;
	return false;
}

struct search {
	unsigned int calls;
	const char *dev;
	struct forward_chain chains[CHAINS_MAX];
	size_t n;
	bool has_rule;
};

static int take_chain(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct search *s = arg;

	(void)i, (void)e;
	if (s->n < CHAINS_MAX && forward_is_dropping_chain(h, s->calls, &s->chains[s->n]))
		s->n++;
	return 0;
}

static int take_rule(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct search *s = arg;

	(void)i, (void)e;
	s->has_rule |= forward_is_rule_for(h, s->dev);
	return 0;
}

static void clear_search(void *arg)
{
	struct search *s = arg;

	s->n = 0;
}

static struct nl_msg *make_dump(int type, int family)
{
	struct nfgenmsg head = {.nfgen_family = (uint8_t)family, .version = NFNETLINK_V0};

	return netlink_message(NFNL_SUBSYS_NFTABLES << 8 | type, 0, &head, sizeof(head));
}

static int read_rules(struct netlink *nl, const struct forward_chain *c, struct search *s, struct err *e)
{
	struct nl_msg *m = make_dump(NFT_MSG_GETRULE, c->family);
	int r = 0;

	if (m)
		r = nla_put_string(m, NFTA_RULE_TABLE, strchr(c->table, ' ') + 1) ||
		    nla_put_string(m, NFTA_RULE_CHAIN, c->chain);
	s->has_rule = false;
	return netlink_dump(nl, m ? netlink_message_finish(m, r) : NULL, take_rule, NULL, s, e);
}

static bool find_drop(struct netlink *nl, struct search *s, struct forward_chain *ret)
{
	struct err unused;

	if (netlink_dump(nl, make_dump(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC), take_chain, clear_search, s, &unused))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (read_rules(nl, &s->chains[i], s, &unused) || s->has_rule)
			continue;
		*ret = s->chains[i];
		return true;
	}
	return false;
}

bool forward_find_drop(unsigned int calls, const char *dev, struct forward_chain *ret)
{
	struct search s = {.calls = calls, .dev = dev};
	struct netlink *nl;
	struct err unused;
	bool found;

	// The question would load the module.
	if (!calls || access("/sys/module/nf_tables", F_OK) || netlink_open_netfilter(&nl, &unused))
		return false;
	found = find_drop(nl, &s, ret);
	netlink_close(nl);
	return found;
}
