// SPDX-License-Identifier: ISC
// Puts a port's filtering rules into the kernel, and takes them out.
#include "rules_apply.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>

#include "filter_table.h"
#include "rules_msg.h"

struct rules_change {
	struct rules_messages messages;
	struct netlink *nl;
	bool adds;
};

enum how { ADD, REPLACE, DELETE };

// Deleting a table, even none, makes the kernel wait for an RCU grace period when the socket is closed.
void rules_end(struct rules_change *c)
{
	if (!c)
		return;
	netlink_close(c->nl);
	rules_msg_free(&c->messages);
	free(c);
}

static int prepare(
	const char *key, const char *dev, const struct rules *r, enum how how, struct rules_change **ret, struct err *e)
{
	struct rules_change *c = calloc(1, sizeof(*c));
	char table[FILTER_TABLE_SIZE];
	int code;

	*ret = c;
	if (!c)
		return err_set(e, ENOMEM, "no memory for the filtering rules");
	c->adds = how != DELETE;
	filter_table_name(key, table);
	if (c->adds)
		rules_msg_add(&c->messages, table, dev, r, how == REPLACE);
	else
		rules_msg_delete(&c->messages, table);
	code = netlink_open_netfilter(&c->nl, e);
	if (!code && c->messages.failed)
		code = err_set(e, -c->messages.failed, "no memory for the filtering rules");
	if (code) {
		rules_end(c);
		*ret = NULL;
	}
	return code;
}

int rules_prepare(const char *key, const char *dev, const struct rules *r, struct rules_change **ret, struct err *e)
{
	return prepare(key, dev, r, r->when ? REPLACE : DELETE, ret, e);
}

static int commit(struct rules_change *c, struct netlink_ack *ack, struct err *e)
{
	int code = netlink_commit(c->nl, NFNL_SUBSYS_NFTABLES, c->messages.list, c->messages.n, ack, e);

	if (code || !ack->error)
		return code;
	if (c->adds)
		return err_set(e, -ack->error,
			"the kernel refuses the filtering rules of ip= or antispoof (are its modules nf_tables and "
			"nft_objref there?): %s",
			ack->reason);
	if (ack->error == -ENOENT)
		return 0;
	return err_set(e, -ack->error, "the kernel doesn't delete the filtering rules: %s", ack->reason);
}

int rules_commit(struct rules_change *c, struct err *e)
{
	struct netlink_ack ack = {0};

	return commit(c, &ack, e);
}

static int carry_out(const char *key, const char *dev, const struct rules *r, enum how how, struct err *e)
{
	struct netlink_ack ack = {0};
	struct rules_change *c;
	int code = prepare(key, dev, r, how, &c, e);

	if (code)
		return code;
	code = commit(c, &ack, e);
	rules_end(c);
	return how == ADD && ack.error == -EEXIST ? carry_out(key, dev, r, REPLACE, e) : code;
}

int rules_add(const char *key, const char *dev, const struct rules *r, struct err *e)
{
	return carry_out(key, dev, r, ADD, e);
}

int rules_delete(const char *key, struct err *e)
{
	return carry_out(key, NULL, NULL, DELETE, e);
}
