// SPDX-License-Identifier: ISC
// Carries out what port_change.h decided.
#include "port_send.h"

#include <errno.h>

#include "link_msg.h"
#include "mark.h"
#include "port_msg.h"

#define STEP_CHECK PORT_STEPS

struct send_batch {
	struct nl_msg *msgs[PORT_STEPS + 1];
	unsigned int steps[PORT_STEPS + 1];
	size_t n;
	struct link bridge; // the answer to STEP_CHECK
};

struct vlans_of {
	int index;
	struct port_vlans *ret;
};

static int take_vlans(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct vlans_of *of = arg;
	struct port_vlans vlans;
	int index;

	(void)i, (void)e;
	if (!port_msg_parse(h, &index, &vlans) && index == of->index)
		*of->ret = vlans;
	return 0;
}

int port_read_vlans(struct netlink *nl, int index, struct port_vlans *ret, struct err *e)
{
	struct vlans_of of = {index, ret};

	*ret = (struct port_vlans){0};
	return netlink_dump(nl, port_msg_dump(), take_vlans, NULL, &of, e);
}

static struct nl_msg *make_message(int index, const struct port_change *c, unsigned int step)
{
	static const struct link out = {.up = false};

	switch (step) {
	case PORT_LEAVE:
		return link_msg_set(index, &out, LINK_UP | LINK_MASTER, false);
	case PORT_UNPIN:
		return port_msg_static_mac(index, false, c->unpin);
	case PORT_LINK:
		return link_msg_set(index, &c->link, c->fields, false);
	case PORT_DROP_VLANS:
		return port_msg_vlans(index, false, false, &c->drop);
	case PORT_ADD_VLANS:
		return port_msg_vlans(index, false, true, &c->add);
	case PORT_PIN:
		return port_msg_static_mac(index, true, c->pin);
	default:
		return link_msg_set(index, &c->link, c->flag_fields, false);
	}
}

static int refuse(const struct port_change *c, unsigned int step, const struct port_state *to, const char *reason,
	int code, struct err *e)
{
	char vlans[256];

	switch (step) {
	case PORT_LEAVE:
		return err_set(e, code, "can't take it out of its bridge: %s", reason);
	case PORT_LINK:
		if (c->fields & LINK_MTU)
			return err_set(
				e, code, "can't set MTU %u, or bridge %s: %s", c->link.mtu, to->bridge.name, reason);
		return err_set(e, code, "can't put it into bridge %s: %s", to->bridge.name, reason);
	case PORT_DROP_VLANS:
		return err_set(e, code, "can't take it out of VLAN %s: %s",
			vlans_print(&c->drop.all, vlans, sizeof(vlans)), reason);
	case PORT_ADD_VLANS:
		return err_set(e, code, "can't put it into VLAN %s of bridge %s: %s",
			vlans_print(&c->add.all, vlans, sizeof(vlans)), to->bridge.name, reason);
	case PORT_UNPIN:
	case PORT_PIN:
		return err_set(e, code, "can't tell bridge %s the guest's MAC address: %s", to->bridge.name, reason);
	default:
		return err_set(e, code, "can't set it up in bridge %s: %s", to->bridge.name, reason);
	}
}

static int take_bridge(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct send_batch *b = arg;

	(void)i, (void)e;
	link_parse(h, &b->bridge);
	return 0;
}

// The first refusal counts: the others mostly follow from it. An entry that isn't there is gone already.
static int check_answers(const struct send_batch *b, const struct port_change *c, const struct netlink_ack *acks,
	const struct port_state *to, struct err *e)
{
	struct mark mark;

	for (size_t i = 0; i < b->n; i++) {
		bool gone = b->steps[i] == PORT_UNPIN && acks[i].error == -ENOENT;

		if (acks[i].error && b->steps[i] != STEP_CHECK && !gone)
			return refuse(c, b->steps[i], to, acks[i].reason, -acks[i].error, e);
	}
	mark_parse(b->bridge.alias, &mark);
	if (b->n && b->steps[b->n - 1] == STEP_CHECK && (b->bridge.kind != KIND_BRIDGE || mark.closing))
		return err_set(e, EAGAIN, "bridge %s went away with its last vif: try again", to->bridge.name);
	return 0;
}

static int send_batch(struct netlink *nl, struct send_batch *b, const struct port_change *c,
	const struct port_state *to, struct err *e)
{
	struct netlink_ack acks[PORT_STEPS + 1] = {0};
	int r;

	for (size_t i = 0; i < b->n; i++)
		if (!b->msgs[i])
			return err_set(e, ENOMEM, "no memory for a netlink message");
	r = netlink_send(nl, b->msgs, b->n, acks, take_bridge, b, e);
	return r ? r : check_answers(b, c, acks, to, e);
}

int port_send(struct netlink *nl, int index, const struct port_change *c, unsigned int steps,
	const struct port_state *to, struct err *e)
{
	struct send_batch b = {.n = 0};
	int r;

	for (unsigned int step = 0; step < PORT_STEPS; step++) {
		if (!(c->steps & steps & PORT_BIT(step)))
			continue;
		b.steps[b.n] = step;
		b.msgs[b.n++] = make_message(index, c, step);
	}
	// See attach.c: the bridge's mark is read after joining.
	if (c->steps & steps & PORT_BIT(PORT_LINK) && c->fields & LINK_MASTER && to->demand) {
		b.steps[b.n] = STEP_CHECK;
		b.msgs[b.n++] = link_msg_get(to->bridge.index, NULL);
	}
	r = send_batch(nl, &b, c, to, e);
	for (size_t i = 0; i < b.n; i++)
		netlink_message_free(b.msgs[i]);
	return r;
}
