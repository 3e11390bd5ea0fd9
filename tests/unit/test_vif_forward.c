// SPDX-License-Identifier: ISC
// vif-vlanbridge: whether iptables would drop a guest's frames, as nf_tables tells.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_physdev.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "tests_vif.h"
#include "vif-vlanbridge/forward.h"

static struct nl_msg *begin(int family)
{
	struct nfgenmsg head = {.nfgen_family = (uint8_t)family};

	return netlink_message(NFNL_SUBSYS_NFTABLES << 8, 0, &head, sizeof(head));
}

static struct nl_msg *chain(int family, uint32_t hook, uint32_t policy)
{
	struct nl_msg *m = begin(family);
	struct nlattr *nest;

	nla_put_string(m, NFTA_CHAIN_TABLE, "filter");
	nla_put_string(m, NFTA_CHAIN_NAME, "FORWARD");
	nest = nla_nest_start(m, NFTA_CHAIN_HOOK);
	nla_put_u32(m, NFTA_HOOK_HOOKNUM, htonl(hook));
	nla_nest_end(m, nest);
	nla_put_u32(m, NFTA_CHAIN_POLICY, htonl(policy));
	return m;
}

static bool drops(struct nl_msg *m, unsigned int calls, const char *table)
{
	struct forward_chain c = {0};
	bool found = forward_is_dropping_chain(nlmsg_hdr(m), calls, &c);

	if (found) {
		assert_string_equal(c.table, table);
		assert_string_equal(c.chain, "FORWARD");
	}
	nlmsg_free(m);
	return found;
}

static void chains(void **state)
{
	(void)state;
	assert_true(drops(chain(NFPROTO_IPV4, NF_INET_FORWARD, NF_DROP), 1, "ip filter"));
	assert_true(drops(chain(NFPROTO_IPV6, NF_INET_FORWARD, NF_DROP), 2, "ip6 filter"));
	assert_true(drops(chain(NFPROTO_INET, NF_INET_FORWARD, NF_DROP), 2, "inet filter"));
	assert_false(drops(chain(NFPROTO_IPV4, NF_INET_FORWARD, NF_DROP), 2, ""));
	assert_false(drops(chain(NFPROTO_IPV6, NF_INET_FORWARD, NF_DROP), 1, ""));
	assert_false(drops(chain(NFPROTO_BRIDGE, NF_INET_FORWARD, NF_DROP), 3, ""));
	assert_false(drops(chain(NFPROTO_IPV4, NF_INET_FORWARD, NF_ACCEPT), 3, ""));
	assert_false(drops(chain(NFPROTO_IPV4, NF_INET_LOCAL_IN, NF_DROP), 3, ""));
	assert_false(drops(begin(NFPROTO_IPV4), 3, ""));
}

// -m physdev [!] --physdev-in IN or --physdev-out OUT, or neither; after another expression.
static bool concerns(const char *expression, uint8_t bitmask, uint8_t invert, const char *in, int bytes)
{
	struct xt_physdev_info p = {.bitmask = bitmask, .invert = invert};
	struct nl_msg *m = begin(NFPROTO_IPV4);
	struct nlattr *all = nla_nest_start(m, NFTA_RULE_EXPRESSIONS), *one, *data;
	bool found;

	strcpy(p.physindev, in);
	memset(p.in_mask, 0xff, (size_t)bytes);
	one = nla_nest_start(m, NFTA_LIST_ELEM);
	nla_put_string(m, NFTA_EXPR_NAME, "counter");
	nla_nest_end(m, one);
	one = nla_nest_start(m, NFTA_LIST_ELEM);
	nla_put_string(m, NFTA_EXPR_NAME, "match");
	data = nla_nest_start(m, NFTA_EXPR_DATA);
	nla_put_string(m, NFTA_MATCH_NAME, expression);
	nla_put(m, NFTA_MATCH_INFO, sizeof(p), &p);
	nla_nest_end(m, data);
	nla_nest_end(m, one);
	nla_nest_end(m, all);
	found = forward_is_rule_for(nlmsg_hdr(m), "vif7.1");
	nlmsg_free(m);
	return found;
}

static void rules(void **state)
{
	(void)state;
	assert_true(concerns("physdev", XT_PHYSDEV_OP_BRIDGED, 0, "", 0));
	assert_true(concerns("physdev", XT_PHYSDEV_OP_IN | XT_PHYSDEV_OP_BRIDGED, 0, "vif7.1", 7));
	assert_true(concerns("physdev", XT_PHYSDEV_OP_IN, 0, "vif", 3)); // vif+
	assert_false(concerns("physdev", XT_PHYSDEV_OP_IN, 0, "vif7.10", 8));
	assert_false(concerns("physdev", XT_PHYSDEV_OP_IN, 0, "vif7.2", 7));
	assert_false(concerns("physdev", XT_PHYSDEV_OP_IN, XT_PHYSDEV_OP_IN, "vif7.1", 7));
	assert_true(concerns("physdev", XT_PHYSDEV_OP_IN, XT_PHYSDEV_OP_IN, "vif7.2", 7));
	assert_false(concerns("physdev", XT_PHYSDEV_OP_OUT, 0, "", 0));
	assert_false(concerns("conntrack", XT_PHYSDEV_OP_BRIDGED, 0, "", 0));
}

int test_vif_forward(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chains), cmocka_unit_test(rules)};

	return cmocka_run_group_tests_name("vif forward", tests, NULL, NULL);
}
