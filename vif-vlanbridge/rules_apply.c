// SPDX-License-Identifier: ISC
// Puts a port's filtering rules into the kernel, and takes them out.
#include "rules_apply.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>

#include "filter_table.h"
#include "rules_msg.h"

static int commit(const struct rules_messages *m, struct netlink_ack *ack, struct err *e)
{
	struct netlink *nl;
	int r;

	if (m->failed)
		return err_set(e, -m->failed, "no memory for the filtering rules");
	r = netlink_open_netfilter(&nl, e);
	if (r)
		return r;
	r = netlink_commit(nl, NFNL_SUBSYS_NFTABLES, m->list, m->n, ack, e);
	netlink_close(nl);
	return r;
}

static int add(
	const char *key, const char *dev, const struct rules *r, bool replace, struct netlink_ack *ack, struct err *e)
{
	struct rules_messages m = {.n = 0};
	char table[FILTER_TABLE_SIZE];
	int code;

	rules_msg_add(&m, filter_table_name(key, table), dev, r, replace);
	code = commit(&m, ack, e);
	rules_msg_free(&m);
	return code;
}

static int explain(int code, const struct netlink_ack *ack, struct err *e)
{
	if (code || !ack->error)
		return code;
	return err_set(e, -ack->error,
		"the kernel refuses the filtering rules of ip= or antispoof (are its modules nf_tables and "
		"nft_objref there?): %s",
		ack->reason);
}

// Deleting a table, even none, makes the kernel wait for an RCU grace period when the socket is closed.
int rules_add(const char *key, const char *dev, const struct rules *r, struct err *e)
{
	struct netlink_ack ack = {0};
	int code = add(key, dev, r, false, &ack, e);

	if (!code && ack.error == -EEXIST)
		return rules_replace(key, dev, r, e);
	return explain(code, &ack, e);
}

int rules_replace(const char *key, const char *dev, const struct rules *r, struct err *e)
{
	struct netlink_ack ack = {0};
	int code = add(key, dev, r, true, &ack, e);

	return explain(code, &ack, e);
}

int rules_delete(const char *key, struct err *e)
{
	struct rules_messages m = {.n = 0};
	struct netlink_ack ack = {0};
	char table[FILTER_TABLE_SIZE];
	int code;

	rules_msg_delete(&m, filter_table_name(key, table));
	code = commit(&m, &ack, e);
	rules_msg_free(&m);
	if (!code && ack.error && ack.error != -ENOENT)
		code = err_set(e, -ack.error, "the kernel doesn't delete the filtering rules: %s", ack.reason);
	return code;
}
