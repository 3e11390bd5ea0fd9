// SPDX-License-Identifier: ISC
// Carries out a plan: netlink messages, every answer matched to its step.
//
// The kernel goes on with the messages of a send after one that it refuses. So a send holds only steps of one sort, of
// which none needs another: new devices of one kind, the same fields of different devices, entries of one kind.
// Everything else goes alone.
#include "apply.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "external.h"
#include "group_delete.h"
#include "l3_message.h"
#include "port_msg.h"
#include "snapshot.h"
#include "step_message.h"
#include "step_sysctl.h"

/* How long a new route is waited for, and how many of them: a routing daemon makes others all the time. */
#define PEER_MILLISECONDS 1000
#define PEER_TRIES 100

struct runner {
	struct netlink *nl;
	const struct step *steps;
	size_t count;
	struct host names; /* for interface indexes; read when one is needed */
	struct nl_msg *msgs[NETLINK_BATCH];
	const struct step *owners[NETLINK_BATCH];
	size_t queued;
	struct err *e;
	int failed;
};

static void refuse(struct runner *r, const struct step *s, int code, const char *reason)
{
	char *text;

	if (r->failed)
		return;
	text = step_text(s);
	r->failed = err_set(r->e, code, "can't %s: %s", text ? text : "go on", reason);
	free(text);
}

// Somebody else, or a side effect, was faster. Whether all is as it should be is verified at the end.
static bool is_so_already(const struct step *s, int error)
{
	if (s->kind == STEP_L3_ADD)
		return error == -EEXIST;
	if (s->kind == STEP_LINK_SET || s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		return error == -ENODEV; // a guest that went
	if (s->kind == STEP_L3_DEL)
		return error == -ENOENT || error == -ESRCH || error == -EADDRNOTAVAIL || error == -ENODEV;
	return false;
}

static bool adds_ipv6_peer(const struct runner *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct l3_entry *a = r->steps[i].entry;

		if (r->steps[i].kind == STEP_L3_ADD && a->kind == L3_ADDRESS && a->family == AF_INET6 &&
			strstr(a->key, " peer "))
			return true;
	}
	return false;
}

// The kernel makes the route to an IPv6 peer from a work queue (addrconf_dad_work), a moment after it has the address.
// Until then it refuses a route through that peer, which is sent again when there are new routes.
static void await_peer(struct runner *r, size_t i, struct netlink_ack *ack)
{
	int listener;

	if (ack->error != -EHOSTUNREACH || !adds_ipv6_peer(r))
		return;
	listener = netlink_listen(RTMGRP_IPV6_ROUTE, r->e);
	r->failed = listener < 0 ? listener : 0;
	for (int tries = 0; tries < PEER_TRIES && !r->failed && ack->error == -EHOSTUNREACH; tries++) {
		if (tries && !netlink_wait(listener, PEER_MILLISECONDS))
			break;
		r->failed = netlink_send(r->nl, &r->msgs[i], 1, ack, NULL, NULL, r->e);
	}
	if (listener >= 0)
		close(listener);
}

static void flush(struct runner *r)
{
	struct netlink_ack acks[NETLINK_BATCH];

	if (!r->failed && r->queued)
		r->failed = netlink_send(r->nl, r->msgs, r->queued, acks, NULL, NULL, r->e);
	for (size_t i = 0; i < r->queued && !r->failed; i++)
		await_peer(r, i, &acks[i]);
	// The first refusal is the reason; later ones may only follow from it.
	for (size_t i = 0; i < r->queued && !r->failed; i++)
		if (acks[i].error && !is_so_already(r->owners[i], acks[i].error))
			refuse(r, r->owners[i], -acks[i].error, acks[i].reason);
	while (r->queued)
		netlink_message_free(r->msgs[--r->queued]);
}

static int resolve(struct link_ref *ref, void *arg)
{
	const struct host *names = arg;
	const struct device *d = host_find(names, ref->name);

	ref->index = d ? d->link.index : 0;
	return d || !*ref->name ? 0 : -ENODEV;
}

static bool is_vlans(const struct step *s)
{
	return s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL;
}

static bool needs_index(const struct step *s)
{
	return is_vlans(s) || (s->kind == STEP_LINK_SET && s->link->set & LINK_RENAME);
}

static int resolve_entry(const struct runner *r, const struct step *s)
{
	for (size_t i = 0; s->entry && i < s->entry->device_count; i++) {
		const struct device *d = host_find(&r->names, s->entry->devices[i].name);

		s->entry->devices[i].index = d ? d->link.index : 0;
		if (!d && s->entry->kind != L3_RULE)
			return -ENODEV;
	}
	return 0;
}

static int resolve_names(struct runner *r, const struct step *s)
{
	const struct device *d;
	int result = s->link ? link_refs(s->link, resolve, &r->names) : resolve_entry(r, s);

	if (result || !needs_index(s))
		return result;
	d = host_find(&r->names, s->link->name);
	s->link->index = d ? d->link.index : 0;
	return d ? 0 : -ENODEV;
}

// Fills in the indexes that a step's messages need, reading the links anew where one isn't known.
static void resolve_step(struct runner *r, const struct step *s)
{
	if (!resolve_names(r, s))
		return;
	host_free(&r->names);
	r->failed = snapshot_links(r->nl, &r->names, r->e);
	if (!r->failed && resolve_names(r, s))
		refuse(r, s, ENODEV, "a device that it names isn't there");
}

static void queue_message(struct runner *r, const struct step *s, struct nl_msg *m)
{
	if (!m) {
		refuse(r, s, ENOMEM, "no memory for the message");
		return;
	}
	r->msgs[r->queued] = m;
	r->owners[r->queued++] = s;
	if (r->queued == NETLINK_BATCH)
		flush(r);
}

static void queue_entry(struct runner *r, const struct step *s)
{
	struct nl_msg *msgs[2];
	int n = l3_messages(s->entry, s->kind == STEP_L3_ADD, msgs);

	if (n < 0)
		refuse(r, s, -n, "no memory for the message");
	for (int i = 0; i < n; i++)
		queue_message(r, s, msgs[i]);
}

static void queue_phase(struct runner *r, const struct step *s, enum phase phase)
{
	if (step_has_phase(s, phase))
		queue_message(r, s, step_message(s, phase));
}

static void queue_vlans(struct runner *r, const struct step *s)
{
	queue_message(r, s,
		port_msg_vlans(s->link->index, s->link->kind == KIND_BRIDGE, s->kind == STEP_VLANS_ADD, s->vlans));
}

// A step of several messages, like a new device that is told its alias before it comes up, goes phase by phase.
static size_t count_messages(const struct step *s)
{
	size_t n = 0;

	for (int phase = 0; phase < PHASE_END; phase++)
		n += step_has_phase(s, (enum phase)phase);
	return n;
}

// Whether b may be sent with a: a refusal of the one doesn't make the other harmful.
static bool may_go_together(const struct step *a, const struct step *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case STEP_LINK_ADD:
		return a->link->kind == b->link->kind && strcmp(a->link->name, b->link->lower.name);
	case STEP_LINK_SET:
		return a->link->set == b->link->set &&
		       !(a->link->set & (LINK_UP | LINK_MASTER | LINK_RENAME | LINK_ADDR_GEN)) &&
		       count_messages(a) == 1 && count_messages(b) == 1 && strcmp(a->link->name, b->link->name);
	case STEP_L3_ADD:
	case STEP_L3_DEL:
		return a->entry->kind == b->entry->kind && a->entry->gateway == b->entry->gateway;
	case STEP_VLANS_ADD:
	case STEP_VLANS_DEL:
		return true;
	default:
		return false;
	}
}

static size_t run_end(struct runner *r, size_t i)
{
	size_t end = i + 1;

	while (end < r->count && may_go_together(&r->steps[i], &r->steps[end]) && !resolve_names(r, &r->steps[end]))
		end++;
	return end;
}

// A phase goes to all steps before the next one begins.
static void send_phases(struct runner *r, size_t from, size_t to)
{
	for (int phase = 0; phase < PHASE_END && !r->failed; phase++) {
		for (size_t i = from; i < to && !r->failed; i++)
			queue_phase(r, &r->steps[i], (enum phase)phase);
		flush(r);
	}
}

static size_t send_run(struct runner *r, size_t i)
{
	size_t end = run_end(r, i);

	if (r->steps[i].link && !is_vlans(&r->steps[i]))
		send_phases(r, i, end);
	for (size_t k = i; k < end && !r->failed; k++) {
		if (r->steps[k].entry)
			queue_entry(r, &r->steps[k]);
		else if (is_vlans(&r->steps[k]))
			queue_vlans(r, &r->steps[k]);
	}
	flush(r);
	return end;
}

static void run_external(struct runner *r, const struct step *s)
{
	struct err inner = {0};
	int result;

	if (s->kind == STEP_MODULE)
		result = external_load_bonding(&inner);
	else
		result = external_dhcp(s->link->name, s->kind == STEP_DHCP_START, &inner);
	if (result)
		refuse(r, s, -result, inner.text);
}

static size_t delete_run(struct runner *r, size_t i)
{
	const char **names;
	size_t end = i;

	while (end < r->count && r->steps[end].kind == STEP_LINK_DEL)
		end++;
	names = calloc(end - i, sizeof(*names));
	if (!names)
		r->failed = err_set(r->e, ENOMEM, "no memory to delete devices");
	for (size_t k = i; k < end && names; k++)
		names[k - i] = r->steps[k].link->name;
	if (names)
		r->failed = group_delete(r->nl, names, end - i, r->e);
	free(names);
	return end;
}

static size_t run_steps(struct runner *r, size_t i)
{
	const struct step *s = &r->steps[i];

	if (s->kind == STEP_LINK_DEL)
		return delete_run(r, i);
	if (s->kind == STEP_MODULE || s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP) {
		run_external(r, s);
		return i + 1;
	}
	if (step_is_sysctl(s)) {
		r->failed = step_set_sysctls(s, r->e);
		return i + 1;
	}
	resolve_step(r, s);
	return r->failed ? i + 1 : send_run(r, i);
}

// What was made, deleted or renamed has another index from now on: names are looked up anew when they are needed.
static bool changes_names(const struct step *s)
{
	return s->kind == STEP_LINK_ADD || s->kind == STEP_LINK_DEL ||
	       (s->kind == STEP_LINK_SET && s->link->set & LINK_RENAME);
}

int apply_run(struct netlink *nl, const struct plan *p, struct err *e)
{
	struct runner r = {.nl = nl, .steps = p->steps, .count = p->count, .e = e};
	size_t i = 0, end;

	while (i < r.count && !r.failed) {
		end = run_steps(&r, i);
		if (changes_names(&r.steps[i]))
			host_free(&r.names);
		i = end;
	}
	host_free(&r.names);
	return r.failed;
}
