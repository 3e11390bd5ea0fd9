// SPDX-License-Identifier: ISC
// Carries out what decide.h decided for a vif or tap.
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "addresses.h"
#include "link_msg.h"
#include "port_msg.h"
#include "tx_offload.h"

// The messages, in the order in which they are sent.
enum attach_step {
	STEP_DOWN,
	STEP_RENAME,
	STEP_JOIN,
	STEP_DROP_DEFAULT,
	STEP_VLANS,
	STEP_MAC,
	STEP_UP,
	STEP_ADDRESSES,
	STEP_CHECK,
	STEPS
};

struct attach_batch {
	struct nl_msg *msgs[STEPS];
	enum attach_step steps[STEPS];
	size_t n;
	int index;
	bool has_addresses; // the answer to STEP_ADDRESSES
	struct link bridge; // the answer to STEP_CHECK
};

static void add_message(struct attach_batch *batch, enum attach_step step, struct nl_msg *msg)
{
	batch->steps[batch->n] = step;
	batch->msgs[batch->n++] = msg;
}

static void free_messages(struct attach_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		netlink_message_free(batch->msgs[i]);
}

// A port's options are set here because the kernel takes them only of a device that has its master.
static struct nl_msg *make_up_message(const struct attachment *a)
{
	struct link up = {.up = true, .port_flags_known = LINK_PORT_ISOLATED};
	unsigned int fields = LINK_UP;

	if (a->isolated)
		up.port_flags |= LINK_PORT_ISOLATED;
	// The MAC address that STEP_MAC gives it is all that the bridge takes from it. Linux before 5.18 has no
	// LINK_PORT_LOCKED, and ignores it.
	if (a->locked)
		up.port_flags |= LINK_PORT_LOCKED;
	else
		up.port_flags |= LINK_PORT_LEARNING;
	if (a->locked || a->was_port)
		up.port_flags_known |= LINK_PORT_LEARNING | LINK_PORT_LOCKED;
	if (a->isolated || a->locked || a->was_port)
		fields |= LINK_PORT_FLAGS;
	return link_msg_set(a->index, &up, fields, false);
}

static struct nl_msg *make_drop_default_message(const struct attachment *a)
{
	struct port_vlans old = {0};

	vlans_add(&old.all, a->default_pvid, a->default_pvid);
	return port_msg_vlans(a->index, false, false, &old);
}

static void add_vlan_messages(const struct attachment *a, struct attach_batch *batch)
{
	if (!a->set_vlans)
		return;
	if (a->default_pvid && !vlans_has(&a->vlans.all, a->default_pvid))
		add_message(batch, STEP_DROP_DEFAULT, make_drop_default_message(a));
	add_message(batch, STEP_VLANS, port_msg_vlans(a->index, false, true, &a->vlans));
}

static void add_attach_messages(const struct attachment *a, struct attach_batch *batch)
{
	struct link down = {.up = false};
	unsigned int down_fields = LINK_UP;

	if (a->leave_first)
		down_fields |= LINK_MASTER;
	if (a->was_up || a->leave_first)
		add_message(batch, STEP_DOWN, link_msg_set(a->index, &down, down_fields, false));
	if (a->join_fields)
		add_message(batch, STEP_JOIN, link_msg_set(a->index, &a->join, a->join_fields, false));
	add_vlan_messages(a, batch);
	if (a->locked)
		add_message(batch, STEP_MAC, port_msg_static_mac(a->index, true, a->guest_mac));
	add_message(batch, STEP_UP, make_up_message(a));
	add_message(batch, STEP_ADDRESSES, addresses_msg_dump(a->index));
	// network-vlanbridge marks a bridge as closing before it looks for ports, and we join
	// before we look for the mark: at least one of the two sees the other.
	if (a->bridge_mark.demand)
		add_message(batch, STEP_CHECK, link_msg_get(a->bridge.index, NULL));
}

static int take_answer(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct attach_batch *batch = arg;

	(void)e;
	if (batch->steps[i] == STEP_CHECK)
		link_parse(h, &batch->bridge);
	if (batch->steps[i] == STEP_ADDRESSES && addresses_is_of(h, batch->index))
		batch->has_addresses = true;
	return 0;
}

static int set_refusal(const struct attachment *a, enum attach_step step, const struct netlink_ack *ack, struct err *e)
{
	char vlans[256];

	switch (step) {
	case STEP_DOWN:
		return err_set(e, -ack->error, "can't take it down: %s", ack->reason);
	case STEP_RENAME:
		return err_set(e, -ack->error, "can't rename it to %s: %s", a->join.new_name, ack->reason);
	case STEP_JOIN:
		if (a->join_fields & LINK_MTU)
			return err_set(e, -ack->error, "can't put it into bridge %s with MTU %u (it has %u): %s",
				a->bridge.name, a->join.mtu, a->undo.mtu, ack->reason);
		return err_set(e, -ack->error, "can't put it into bridge %s: %s", a->bridge.name, ack->reason);
	case STEP_DROP_DEFAULT:
		return err_set(e, -ack->error, "can't take it out of %s's default VLAN %u: %s", a->bridge.name,
			a->default_pvid, ack->reason);
	case STEP_VLANS:
		return err_set(e, -ack->error, "can't put it into VLAN %s of bridge %s: %s",
			vlans_print(&a->vlans.all, vlans, sizeof(vlans)), a->bridge.name, ack->reason);
	case STEP_ADDRESSES:
		return err_set(e, -ack->error, "can't read its addresses: %s", ack->reason);
	case STEP_MAC:
		return err_set(e, -ack->error, "can't tell bridge %s the guest's MAC address: %s", a->bridge.name,
			ack->reason);
	default:
		return err_set(e, -ack->error, "can't bring it up%s: %s", a->isolated ? ", isolated" : "", ack->reason);
	}
}

// The first refusal counts: the others mostly follow from it.
static int check_answers(
	const struct attachment *a, const struct attach_batch *batch, const struct netlink_ack *acks, struct err *e)
{
	bool checked = batch->steps[batch->n - 1] == STEP_CHECK;
	struct mark mark;

	mark_parse(batch->bridge.alias, &mark);
	if (checked && (batch->bridge.kind != KIND_BRIDGE || mark.closing))
		return err_set(e, EAGAIN, "bridge %s went away with its last vif", a->bridge.name);
	for (size_t i = 0; i < batch->n; i++)
		if (acks[i].error)
			return set_refusal(a, batch->steps[i], &acks[i], e);
	return 0;
}

static bool is_complete(const struct attach_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (!batch->msgs[i])
			return false;
	return true;
}

// Frees the messages.
static int send_batch(struct netlink *nl, const struct attachment *a, struct attach_batch *batch, struct err *e)
{
	struct netlink_ack acks[STEPS] = {0};
	int r;

	if (is_complete(batch))
		r = netlink_send(nl, batch->msgs, batch->n, acks, take_answer, batch, e);
	else
		r = err_set(e, ENOMEM, "no memory for a netlink message");
	if (!r)
		r = check_answers(a, batch, acks, e);
	free_messages(batch);
	return r;
}

int attach_device(struct netlink *nl, const struct attachment *a, struct err *e)
{
	struct attach_batch batch = {.index = a->index};
	int r;

	add_attach_messages(a, &batch);
	r = send_batch(nl, a, &batch, e);
	if (!r && batch.has_addresses)
		r = addresses_flush(nl, a->index, e);
	if (!r && a->bridge_mark.tx_offload_off)
		r = tx_offload_set(a->name, false, a->bridge.name, e);
	if (r)
		attach_undo(nl, a);
	return r;
}

int attach_rename(struct netlink *nl, struct attachment *a, struct err *e)
{
	struct link down = {.up = false};
	struct attach_batch batch = {0};
	int r;

	if (a->was_up)
		add_message(&batch, STEP_DOWN, link_msg_set(a->index, &down, LINK_UP, false));
	add_message(&batch, STEP_RENAME, link_msg_set(a->index, &a->join, LINK_RENAME, false));
	r = send_batch(nl, a, &batch, e);
	if (r)
		return r;
	a->join_fields &= ~(unsigned int)LINK_RENAME;
	a->undo_fields &= ~(unsigned int)LINK_RENAME;
	return 0;
}

void attach_undo_rename(struct netlink *nl, int index, const char *name)
{
	struct link back = {0};
	struct netlink_ack ack;
	struct nl_msg *m;
	struct err unused;

	text_copy(back.new_name, sizeof(back.new_name), name);
	m = link_msg_set(index, &back, LINK_RENAME, false);
	if (m)
		netlink_send(nl, &m, 1, &ack, NULL, NULL, &unused);
	netlink_message_free(m);
}

// Two messages, because the kernel doesn't rename a device that is up. The old master isn't
// restored: the VLANs that the port had there would be lost.
void attach_undo(struct netlink *nl, const struct attachment *a)
{
	struct netlink_ack acks[STEPS];
	struct link down = {.up = false};
	struct attach_batch batch = {0};
	struct err unused;

	add_message(&batch, STEP_DOWN, link_msg_set(a->index, &down, LINK_UP | LINK_MASTER, false));
	if (a->undo_fields)
		add_message(&batch, STEP_JOIN, link_msg_set(a->index, &a->undo, a->undo_fields, false));
	if (is_complete(&batch))
		netlink_send(nl, batch.msgs, batch.n, acks, NULL, NULL, &unused);
	free_messages(&batch);
}

int detach_device(struct netlink *nl, const struct link *dev, struct err *e)
{
	unsigned int fields = LINK_UP | (dev->master.index ? LINK_MASTER : 0);
	struct link down = {.up = false};
	struct guest_mark place;
	struct netlink_ack ack = {0};
	struct nl_msg *m;
	int r;

	if (mark_parse_guest(dev->alias, &place)) {
		memcpy(down.alias, dev->alias, ALIAS_SIZE);
		mark_write_guest(down.alias, NULL);
		fields |= LINK_ALIAS;
	}
	m = link_msg_set(dev->index, &down, fields, false);
	if (!m)
		return err_set(e, ENOMEM, "no memory for a netlink message");
	r = netlink_send(nl, &m, 1, &ack, NULL, NULL, e);
	netlink_message_free(m);
	if (r)
		return r;
	if (ack.error && ack.error != -ENODEV)
		return err_set(e, -ack.error, "can't take it out of its bridge: %s", ack.reason);
	return 0;
}
