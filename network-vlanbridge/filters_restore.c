// SPDX-License-Identifier: ISC
// Puts back what filtered ports lack.
#include <errno.h>
#include <stdlib.h>

#include "external.h"
#include "filters.h"
#include "log.h"
#include "netlink.h"
#include "port_msg.h"

// Messages about so many ports go out together.
struct entry_batch {
	struct nl_msg *msgs[NETLINK_BATCH];
	const struct filter_port *ports[NETLINK_BATCH];
	struct netlink_ack acks[NETLINK_BATCH];
	size_t n;
};

// Ports from *next on, as many as fit.
static void fill_batch(struct entry_batch *b, const struct filters *f, size_t *next)
{
	for (b->n = 0; *next < f->count && b->n < NETLINK_BATCH; (*next)++) {
		const struct filter_port *p = &f->ports[*next];

		if (!p->attached || !p->mark.locked)
			continue;
		b->ports[b->n] = p;
		b->msgs[b->n++] = port_msg_static_mac(p->index, true, p->mark.mac);
	}
}

static int send_batch(struct netlink *nl, struct entry_batch *b, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < b->n; i++)
		if (!b->msgs[i])
			r = err_set(e, ENOMEM, "no memory for a netlink message");
	if (!r)
		r = netlink_send(nl, b->msgs, b->n, b->acks, NULL, NULL, e);
	for (size_t i = 0; i < b->n; i++)
		netlink_message_free(b->msgs[i]);
	for (size_t i = 0; !r && i < b->n; i++)
		if (b->acks[i].error && b->acks[i].error != -ENODEV)
			r = err_set(e, -b->acks[i].error, "can't tell %s's bridge its guest's MAC address: %s",
				b->ports[i]->name, b->acks[i].reason);
	return r;
}

// In all of the port's VLANs. The kernel takes an entry that is there already for no change.
static int restore_entries(const struct filters *f, struct err *e)
{
	struct entry_batch *b = calloc(1, sizeof(*b));
	struct netlink *nl = NULL;
	size_t next = 0;
	int r = b ? netlink_open(&nl, e) : err_set(e, ENOMEM, "no memory for netlink messages");

	while (!r && next < f->count) {
		fill_batch(b, f, &next);
		r = send_batch(nl, b, e);
	}
	netlink_close(nl);
	free(b);
	return r;
}

static int restore_rules(const struct filters *f, struct err *e)
{
	int r = 0, failed;

	for (size_t i = 0; i < f->count; i++) {
		const struct filter_port *p = &f->ports[i];
		struct err failure = {0};

		if (p->filtered || !p->attached)
			continue;
		failed = external_filter(p->mark.key, &failure);
		if (!failed)
			log_info("%s: its filtering rules were missing, and are there again", p->name);
		else if (!r)
			r = err_set(e, -failed, "%s has no filtering rules: %s", p->name, failure.text);
	}
	return r;
}

int filters_restore(const struct host *h, struct err *e)
{
	struct filters f;
	int r = filters_read(h, &f, e);

	if (!r && f.count)
		r = restore_entries(&f, e);
	if (!r)
		r = restore_rules(&f, e);
	filters_free(&f);
	return r;
}
