// SPDX-License-Identifier: ISC
// Rounds of asking: who is to be asked is looked up, all are asked at once, and what comes is waited for.
#include "probe_ask.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confirm_deadline.h"

#define ROUND SECOND
#define ROUNDS_BEFORE 2 // one may be lost
#define ROUNDS_AFTER 2  // a switch port may let pass the first frames only
#define ROUNDS_UNTOLD 3 // a carrier and LACP need a moment

struct asker {
	struct netlink *nl;
	int listener, echo[ECHO_SOCKETS];
	uint16_t id; // of this asker's echo requests: replies to earlier ones don't count
	struct probe_targets targets;
};

static void asker_close(struct asker *a)
{
	netlink_close(a->nl);
	if (a->listener >= 0)
		close(a->listener);
	for (int i = 0; i < ECHO_SOCKETS; i++)
		if (a->echo[i] >= 0)
			close(a->echo[i]);
}

// To be closed also if this fails.
static int asker_open(struct asker *a, struct err *e)
{
	int r;

	*a = (struct asker){.listener = -1, .echo = {-1, -1}, .id = (uint16_t)(deadline_now() >> 16)};
	r = netlink_open(&a->nl, e);
	if (!r)
		r = a->listener = netlink_listen(RTMGRP_LINK | RTMGRP_NEIGH, e);
	if (r < 0)
		return r;
	probe_open_echo(a->echo);
	return 0;
}

static void add_address(struct asker *a, const struct probe *p, size_t at)
{
	struct probe_targets *to = &a->targets;
	struct probe_target t = {.probe = at, .family = p->family};

	if (*p->device)
		t.index = probe_find_device(a->nl, p->device);
	if (!p->family || (*p->device && !t.index) || to->count == PROBE_TARGETS)
		return;
	memcpy(t.address, p->address, sizeof(t.address));
	to->list[to->count++] = t;
}

static int find_targets(struct asker *a, const struct probes *p, struct err *e)
{
	int r = 0;

	a->targets.count = 0;
	for (size_t i = 0; i < p->count && !r; i++) {
		if (p->list[i].kind == PROBE_GATEWAY)
			r = probe_add_gateways(a->nl, p->list[i].family, i, &a->targets, e);
		else if (p->list[i].kind == PROBE_ADDRESS)
			add_address(a, &p->list[i], i);
	}
	return r;
}

static void ask_targets(struct asker *a)
{
	for (size_t i = 0; i < a->targets.count; i++) {
		if (a->targets.list[i].is_gateway)
			probe_solicit(a->nl, &a->targets.list[i]);
		probe_send_echo(a->echo, a->id, &a->targets.list[i]);
	}
}

static void look_at_targets(struct asker *a, struct probe *p, size_t at)
{
	p->is_there = false;
	p->answers = true;
	for (size_t i = 0; i < a->targets.count; i++) {
		struct probe_target *t = &a->targets.list[i];

		if (t->probe != at)
			continue;
		if (t->is_gateway && !t->answered)
			t->answered = probe_is_reachable(a->nl, t);
		p->is_there = true;
		p->answers &= t->answered;
	}
	p->answers &= p->is_there;
}

static int look_at_bonds(struct asker *a, struct probe *p, struct err *e)
{
	size_t bonds, partners;
	int r = probe_read_lacp(a->nl, &bonds, &partners, e);

	p->is_there = bonds;
	p->answers = bonds && partners == bonds;
	return r;
}

static int look(struct asker *a, struct probes *p, struct err *e)
{
	int r = 0;

	probe_read_echoes(a->echo, a->id, &a->targets);
	for (size_t i = 0; i < p->count && !r; i++) {
		if (p->list[i].kind == PROBE_LACP)
			r = look_at_bonds(a, &p->list[i], e);
		else
			look_at_targets(a, &p->list[i], i);
	}
	return r;
}

// A reply, or a change of links or neighbours.
static void wait_for_news(const struct asker *a, long long until)
{
	struct pollfd p[] = {{.fd = a->listener, .events = POLLIN}, {.fd = a->echo[ECHO_IPV4], .events = POLLIN},
		{.fd = a->echo[ECHO_IPV6], .events = POLLIN}};
	long long left = until - deadline_now();
	char event[8192];

	if (left > 0)
		poll(p, sizeof(p) / sizeof(*p), (int)(left / 1000000) + 1);
	while (recv(a->listener, event, sizeof(event), 0) > 0)
		;
}

// One round, until all answer or until then.
static int ask(struct asker *a, struct probes *p, long long until, struct err *e)
{
	int r = find_targets(a, p, e);

	if (!r)
		ask_targets(a);
	if (!r)
		r = look(a, p, e);
	while (!r && !probes_all_answer(p) && deadline_now() < until) {
		wait_for_news(a, until);
		r = look(a, p, e);
	}
	return r;
}

int probes_ask(struct probes *p, struct err *e)
{
	bool answered[PROBES] = {false};
	struct asker a;
	int r = asker_open(&a, e);

	for (int round = 0; round < ROUNDS_BEFORE && !r; round++) {
		r = ask(&a, p, deadline_now() + ROUND, e);
		for (size_t i = 0; i < p->count; i++)
			answered[i] |= p->list[i].answers;
		if (probes_all_answer(p))
			break;
	}
	for (size_t i = 0; i < p->count; i++)
		p->list[i].answers = answered[i];
	asker_close(&a);
	return r;
}

int probes_wait(struct probes *p, const struct probe_waiting *w, struct err *e)
{
	struct asker a;
	int r = asker_open(&a, e), complete = 0, incomplete = 0;

	while (!r && complete < ROUNDS_AFTER && deadline_now() < w->deadline && w->goes_on(w->deadline)) {
		long long until = deadline_now() + ROUND;

		if (until > w->deadline)
			until = w->deadline;
		r = ask(&a, p, until, e);
		complete = probes_all_answer(p) ? complete + 1 : 0;
		if (!complete && ++incomplete == ROUNDS_UNTOLD)
			w->tell(p, w->deadline);
		if (complete < ROUNDS_AFTER)
			deadline_sleep(until);
	}
	asker_close(&a);
	return r ? r : complete > 0;
}
