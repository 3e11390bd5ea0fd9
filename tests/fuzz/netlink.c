// SPDX-License-Identifier: ISC
// Answers of the kernel. The data are messages; a datagram ends after one that is the last or the only one, and before
// memory that nobody can read: libnl's functions don't see the sanitizers. Sequence numbers count from the request's.
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "link_msg.h"
#include "netlink.h"
#include "netlink_session.h"
#include "network-vlanbridge/l3_message.h"
#include "network-vlanbridge/origin.h"
#include "network-vlanbridge/plan.h"
#include "network-vlanbridge/snapshot.h"
#include "network-vlanbridge/target.h"
#include "port_msg.h"

#define ROOM 65536
#define PAGE 4096

static struct {
	char *end; // of the readable memory
	char *left;
	size_t size;
	unsigned int first; // sequence number of the request
	struct netlink nl;
} kernel;

static void begin(char *data, size_t size)
{
	if (!kernel.end) {
		kernel.end =
			(char *)mmap(NULL, ROOM + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) +
			ROOM;
		HOLDS(!mprotect(kernel.end, PAGE, PROT_NONE));
	}
	kernel.left = data;
	kernel.size = size < ROOM ? size : ROOM;
	kernel.nl = (struct netlink){.fd = -1, .seq = 1, .bulk = true, .buf = kernel.end};
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t size, int flags);

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	const struct nlmsghdr *h = m->msg_iov[0].iov_base;
	ssize_t n = 0;

	(void)fd, (void)flags;
	for (size_t i = 0; i < m->msg_iovlen; i++) {
		h = m->msg_iov[i].iov_base;
		HOLDS(m->msg_iov[i].iov_len == NLMSG_ALIGN(h->nlmsg_len));
		n += (ssize_t)m->msg_iov[i].iov_len;
	}
	h = m->msg_iov[0].iov_base;
	kernel.first = h->nlmsg_seq;
	return n;
}

// The first messages up to the end of a datagram, with their sequence numbers.
static size_t number_messages(void)
{
	char *p = kernel.left;
	struct nlmsghdr h;

	for (size_t left = kernel.size; left >= sizeof(h);
		left -= NLMSG_ALIGN(h.nlmsg_len), p += NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, p, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > left || NLMSG_ALIGN(h.nlmsg_len) > left)
			break;
		h.nlmsg_seq += kernel.first;
		memcpy(p, &h, sizeof(h));
		if (h.nlmsg_type == NLMSG_DONE || h.nlmsg_type == NLMSG_ERROR || !(h.nlmsg_flags & NLM_F_MULTI))
			return (size_t)(p - kernel.left) + NLMSG_ALIGN(h.nlmsg_len);
	}
	return kernel.size;
}

ssize_t __wrap_recv(int fd, void *buf, size_t size, int flags)
{
	size_t n = number_messages();

	(void)fd, (void)buf, (void)flags;
	HOLDS(size == ROOM);
	errno = ENOBUFS;
	if (!n)
		return -1;
	kernel.nl.buf = kernel.end - NLMSG_ALIGN(n);
	memcpy(kernel.nl.buf, kernel.left, n);
	kernel.left += n;
	kernel.size -= n;
	return (ssize_t)n;
}

static bool ends(const char *text, size_t size)
{
	return memchr(text, '\0', size);
}

// What link_msg_create writes of a device that was read reads as the same.
static void write_link(const struct link *l)
{
	struct nl_msg *m = link_msg_create(l, 0);
	struct link again;

	HOLDS(m);
	HOLDS(!link_parse(nlmsg_hdr(m), &again));
	HOLDS(!strcmp(again.name, l->name));
	HOLDS(again.options == l->options);
	for (size_t i = 0; i < link_kinds[l->kind].count; i++)
		if (l->options >> i & 1)
			HOLDS(option_equal(l, &again, &link_kinds[l->kind].options[i]));
	netlink_message_free(m);
}

static int use_altname(const char *name, void *arg)
{
	(void)arg;
	HOLDS(strlen(name) < ALTNAME_SIZE);
	return 0;
}

static void read_link(const struct nlmsghdr *h)
{
	struct port_vlans v;
	struct link l;
	int index;

	link_each_altname(h, use_altname, NULL);
	if (!port_msg_parse(h, &index, &v))
		fuzz_check_port_vlans(&v);
	if (link_parse(h, &l))
		return;
	HOLDS(ends(l.name, sizeof(l.name)) && ends(l.altname, sizeof(l.altname)) && ends(l.alias, sizeof(l.alias)));
	HOLDS(ends(l.kind_name, sizeof(l.kind_name)) && l.kind < KIND_COUNT);
	HOLDS(!(l.port_flags & ~l.port_flags_known));
	if (*l.name && l.kind != KIND_OTHER)
		write_link(&l);
}

// An entry that was read makes messages; what is added reads as the same thing.
static void write_entry(const struct l3_entry *e)
{
	struct nl_msg *msgs[2];
	struct l3_entry *copy = l3_copy(e);
	int n;

	HOLDS(copy && l3_equal(copy, e));
	for (int add = 0; add < 2; add++) {
		n = l3_messages(e, add, msgs);
		HOLDS(n > 0 && n <= 2);
		while (n--)
			netlink_message_free(msgs[n]);
	}
	l3_free(copy);
}

static int read_reply(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct l3_list entries = {0};

	(void)i, (void)arg, (void)e;
	read_link(h);
	HOLDS(!l3_parse(h, &entries));
	for (size_t n = 0; n < entries.count; n++)
		write_entry(entries.list[n]);
	l3_list_free(&entries);
	return 0;
}

static void check_ack(const struct netlink_ack *ack)
{
	HOLDS(ack->error <= 0 && ack->error >= -4095);
	HOLDS(ends(ack->reason, sizeof(ack->reason)));
}

// Answers to a batch of four, to a transaction and to a dump.
void fuzz_netlink(char *data, size_t size)
{
	struct netlink_ack acks[4] = {0}, refusal;
	struct nl_msg *msgs[4];
	struct err e = {0};

	begin(data, size);
	for (int i = 0; i < 4; i++)
		msgs[i] = link_msg_get(i + 1, NULL);
	netlink_send(&kernel.nl, msgs, 4, acks, read_reply, NULL, &e);
	for (int i = 0; i < 4; i++)
		check_ack(&acks[i]);
	netlink_commit(&kernel.nl, NFNL_SUBSYS_NFTABLES, msgs, 4, &refusal, &e);
	check_ack(&refusal);
	for (int i = 0; i < 4; i++)
		netlink_message_free(msgs[i]);
	netlink_dump(&kernel.nl, link_msg_dump(NULL), read_reply, NULL, NULL, &e);
}

// A port of itself: the kernel has none.
static bool has_master_loop(const struct host *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct device *d = h->devices[i];
		size_t steps = 0;

		for (; d && steps <= h->count; steps++)
			d = host_find(h, d->link.master.name);
		if (d)
			return true;
	}
	return false;
}

// All that is read of a host, and the plan of stop: any alias may be on a device.
void fuzz_snapshot(char *data, size_t size)
{
	struct host h = {0}, target = {0};
	struct origin o = {0};
	struct plan p = {0};
	struct err e = {0};

	begin(data, size);
	if (snapshot_read(&kernel.nl, true, &h, &e)) {
		HOLDS(e.code > 0 && *e.text && !h.count && !h.entries.count);
		return;
	}
	if (!has_master_loop(&h) && !origin_make(&h, SCOPE_ALL, NULL, &o, &e) && !target_make(&o, NULL, &target, &e))
		plan_make(&h, &target, &p, &e);
	plan_free(&p);
	host_free(&target);
	origin_free(&o);
	host_free(&h);
}
