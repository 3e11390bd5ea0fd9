// SPDX-License-Identifier: ISC
// Does to a vif or tap what decide.h decided.
#include "attach.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port_msg.h"

// The messages of a plug, in the kernel's order.
enum step {
	STEP_DOWN,
	STEP_RENAME,
	STEP_JOIN,
	STEP_DROP_DEFAULT,
	STEP_VLANS,
	STEP_UP,
	STEP_CHECK,
	STEPS
};

struct plan {
	struct nl_msg *msgs[STEPS];
	enum step steps[STEPS];
	size_t n;
	struct link bridge; // what the kernel said last
};

static void add(struct plan *plan, enum step step, struct nl_msg *msg)
{
	plan->steps[plan->n] = step;
	plan->msgs[plan->n++] = msg;
}

static void free_messages(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		netlink_message_free(plan->msgs[i]);
}

// The kernel takes a port's options with the kind of its master, and only once it has it.
static struct nl_msg *up_message(const struct attachment *a)
{
	struct link up = {.up = true};
	struct nl_msg *m = link_msg_set(a->index, &up, LINK_UP, false);
	struct nlattr *info, *data;

	if (!m || (!a->policy.isolated && !a->again))
		return m;
	if (!(info = nla_nest_start(m, IFLA_LINKINFO)) ||
		nla_put_string(m, IFLA_INFO_SLAVE_KIND, "bridge") ||
		!(data = nla_nest_start(m, IFLA_INFO_SLAVE_DATA)) ||
		nla_put_u8(m, IFLA_BRPORT_ISOLATED, a->policy.isolated)) {
		netlink_message_free(m);
		return NULL;
	}
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	return m;
}

static void make_plan(const struct attachment *a, struct plan *plan)
{
	struct link down = {.up = false};
	struct port_vlans old = {0};

	if (a->down || a->leave)
		add(plan, STEP_DOWN,
			link_msg_set(
				a->index, &down, LINK_UP | (a->leave ? LINK_MASTER : 0), false));
	if (a->fields)
		add(plan, STEP_JOIN, link_msg_set(a->index, &a->join, a->fields, false));
	if (a->set_vlans && a->default_pvid && !vlans_has(&a->vlans.all, a->default_pvid)) {
		vlans_add(&old.all, a->default_pvid, a->default_pvid);
		add(plan, STEP_DROP_DEFAULT, port_msg_vlans(a->index, false, false, &old));
	}
	if (a->set_vlans)
		add(plan, STEP_VLANS, port_msg_vlans(a->index, false, true, &a->vlans));
	add(plan, STEP_UP, up_message(a));
	// network-vlanbridge marks a bridge before it looks for ports, and we join before we look
	// for the mark: one of the two sees the other.
	if (a->policy.demand)
		add(plan, STEP_CHECK, link_msg_get(a->bridge.index, NULL));
}

static int take_bridge(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct plan *plan = arg;

	(void)i, (void)e;
	link_parse(h, &plan->bridge);
	return 0;
}

static int refused(
	const struct attachment *a, enum step step, const struct netlink_ack *ack, struct err *e)
{
	char vlans[256];

	switch (step) {
	case STEP_DOWN:
		return err_set(e, -ack->error, "can't take it down: %s", ack->reason);
	case STEP_RENAME:
		return err_set(
			e, -ack->error, "can't rename it to %s: %s", a->join.new_name, ack->reason);
	case STEP_JOIN:
		if (a->fields & LINK_MTU)
			return err_set(e, -ack->error,
				"can't put it into bridge %s with MTU %u (it has %u): %s",
				a->bridge.name, a->join.mtu, a->undo.mtu, ack->reason);
		return err_set(e, -ack->error, "can't put it into bridge %s: %s", a->bridge.name,
			ack->reason);
	case STEP_DROP_DEFAULT:
		return err_set(e, -ack->error, "can't take it out of %s's default VLAN %u: %s",
			a->bridge.name, a->default_pvid, ack->reason);
	case STEP_VLANS:
		return err_set(e, -ack->error, "can't put it into VLAN %s of bridge %s: %s",
			vlans_print(&a->vlans.all, vlans, sizeof(vlans)), a->bridge.name,
			ack->reason);
	default:
		return err_set(e, -ack->error, "can't bring it up%s: %s",
			a->policy.isolated ? ", isolated" : "", ack->reason);
	}
}

// What the kernel said, in order: the first refusal counts, the others mostly follow from it.
static int judge(const struct attachment *a, const struct plan *plan,
	const struct netlink_ack *acks, struct err *e)
{
	struct mark mark;

	mark_parse(plan->bridge.alias, &mark);
	if (plan->steps[plan->n - 1] == STEP_CHECK &&
		(plan->bridge.kind != KIND_BRIDGE || mark.closing))
		return err_set(e, EAGAIN, "bridge %s went away with its last vif", a->bridge.name);
	for (size_t i = 0; i < plan->n; i++)
		if (acks[i].error)
			return refused(a, plan->steps[i], &acks[i], e);
	return 0;
}

// The old ioctl: the ethtool netlink family would have to be looked up first.
static int tx_offload_off(const struct attachment *a, struct err *e)
{
	struct ethtool_value value = {.cmd = ETHTOOL_STXCSUM, .data = 0};
	struct ifreq ifr = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;

	text_copy(ifr.ifr_name, sizeof(ifr.ifr_name), a->name);
	ifr.ifr_data = (void *)&value;
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &ifr) < 0)
		r = err_set(e, errno,
			"can't switch its transmit checksums off, as bridge %s wants: %s",
			a->bridge.name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

static int carry_out(
	struct netlink *nl, const struct attachment *a, struct plan *plan, struct err *e)
{
	struct netlink_ack acks[STEPS] = {0};
	int r = 0;

	for (size_t i = 0; !r && i < plan->n; i++)
		if (!plan->msgs[i])
			r = err_set(e, ENOMEM, "no memory for a netlink message");
	if (!r)
		r = netlink_send(nl, plan->msgs, plan->n, acks, take_bridge, plan, e);
	if (!r)
		r = judge(a, plan, acks, e);
	free_messages(plan);
	return r;
}

int attach_device(struct netlink *nl, const struct attachment *a, struct err *e)
{
	struct plan plan = {0};
	int r;

	make_plan(a, &plan);
	r = carry_out(nl, a, &plan, e);
	if (!r && a->policy.tx_offload_off)
		r = tx_offload_off(a, e);
	if (r)
		attach_undo(nl, a);
	return r;
}

int attach_rename(struct netlink *nl, struct attachment *a, struct err *e)
{
	struct link down = {.up = false};
	struct plan plan = {0};
	int r;

	if (a->down)
		add(&plan, STEP_DOWN, link_msg_set(a->index, &down, LINK_UP, false));
	add(&plan, STEP_RENAME, link_msg_set(a->index, &a->join, LINK_RENAME, false));
	r = carry_out(nl, a, &plan, e);
	if (!r) {
		a->fields &= ~(unsigned int)LINK_RENAME;
		a->undo_fields &= ~(unsigned int)LINK_RENAME;
	}
	return r;
}

void attach_undo_rename(struct netlink *nl, int index, const char *name)
{
	struct link back = {0};
	struct nl_msg *m;
	struct netlink_ack ack;
	struct err unused;

	text_copy(back.new_name, sizeof(back.new_name), name);
	m = link_msg_set(index, &back, LINK_RENAME, false);
	if (m)
		netlink_send(nl, &m, 1, &ack, NULL, NULL, &unused);
	netlink_message_free(m);
}

void attach_undo(struct netlink *nl, const struct attachment *a)
{
	struct netlink_ack acks[STEPS];
	struct link down = {.up = false};
	struct plan plan = {0};
	struct err unused;
	bool whole = true;

	// Apart from the rest, because a device that is up keeps its name. And into no bridge, even
	// if it was in one: the VLANs that it had there wouldn't come back.
	add(&plan, STEP_DOWN, link_msg_set(a->index, &down, LINK_UP | LINK_MASTER, false));
	if (a->undo_fields)
		add(&plan, STEP_JOIN, link_msg_set(a->index, &a->undo, a->undo_fields, false));
	for (size_t i = 0; i < plan.n; i++)
		whole = whole && plan.msgs[i];
	if (whole)
		netlink_send(nl, plan.msgs, plan.n, acks, NULL, NULL, &unused);
	free_messages(&plan);
}

int detach_device(struct netlink *nl, const struct link *dev, struct err *e)
{
	struct link change = {.up = false};
	unsigned int fields = LINK_UP | (dev->master.index ? LINK_MASTER : 0);
	struct nl_msg *m = link_msg_set(dev->index, &change, fields, false);
	struct netlink_ack ack = {0};
	int r = m ? netlink_send(nl, &m, 1, &ack, NULL, NULL, e) : err_set(e, ENOMEM, "no memory");

	netlink_message_free(m);
	if (!r && ack.error && ack.error != -ENODEV)
		r = err_set(e, -ack.error, "can't take it out of its bridge: %s", ack.reason);
	return r;
}
