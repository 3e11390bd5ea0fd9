// SPDX-License-Identifier: ISC
// A route netlink session. Messages are libnl-3's; the socket isn't, because libnl 3.7 drops the extended ack, maps
// errnos, and makes a dozen system calls before the first message, which the vif hook pays for every vif.
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "netlink_session.h"

#define RECEIVE_SIZE 65536 // the kernel fills dumps up to the reader's buffer, 32 KiB at most
#define ROOM 960           // for the attributes of a message, with malloc's quick sizes in mind
#define SHORT_BATCH 8      // its answers fit into any socket's buffer

void netlink_close(struct netlink *nl)
{
	if (!nl)
		return;
	if (nl->fd >= 0)
		close(nl->fd);
	free(nl->buf);
	free(nl);
}

static int open_protocol(int protocol, struct netlink **ret, struct err *e)
{
	struct netlink *nl = calloc(1, sizeof(*nl));
	int one = 1, code;

	if (!nl || !(nl->buf = malloc(RECEIVE_SIZE))) {
		free(nl);
		return err_set(e, ENOMEM, "netlink: no memory");
	}
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (nl->fd < 0) {
		code = errno;
		netlink_close(nl);
		return err_set(e, code, "netlink: can't open a socket: %s", strerror(code));
	}
	// An old kernel without one of these still works: the reasons get shorter.
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one)); // a dump of one device's is short
	*ret = nl;
	return 0;
}

int netlink_open(struct netlink **ret, struct err *e)
{
	return open_protocol(NETLINK_ROUTE, ret, e);
}

int netlink_open_netfilter(struct netlink **ret, struct err *e)
{
	return open_protocol(NETLINK_NETFILTER, ret, e);
}

struct nl_msg *netlink_message(int type, int flags, const void *header, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size + ROOM);

	if (msg && (!nlmsg_put(msg, 0, 0, type, 0, NLM_F_REQUEST | flags) ||
			   nlmsg_append(msg, (void *)(uintptr_t)header, size, NLMSG_ALIGNTO))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

void netlink_message_free(struct nl_msg *msg)
{
	if (msg)
		nlmsg_free(msg);
}

struct nl_msg *netlink_message_finish(struct nl_msg *msg, int failed)
{
	if (!failed)
		return msg;
	netlink_message_free(msg);
	return NULL;
}

ssize_t netlink_receive(struct netlink *nl, struct err *e)
{
	ssize_t n;

	do
		n = recv(nl->fd, nl->buf, RECEIVE_SIZE, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == ENOBUFS)
		return err_set(e, ENOBUFS,
			"netlink: answers of the kernel are lost, there was no room for them: "
			"what it did must be read from it again");
	if (n < 0)
		return err_set(e, errno, "netlink: can't read the kernel's answer: %s", strerror(errno));
	if (n > RECEIVE_SIZE)
		return err_set(e, EMSGSIZE, "netlink: an answer of %zd bytes is too long", n);
	return n;
}

int netlink_transmit(struct netlink *nl, struct iovec *iov, size_t n, struct err *e)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct msghdr m = {.msg_name = &kernel, .msg_namelen = sizeof(kernel), .msg_iov = iov, .msg_iovlen = n};
	ssize_t r;

	do
		r = sendmsg(nl->fd, &m, 0);
	while (r < 0 && errno == EINTR);
	// Nothing was done then. ENOBUFS says something else, see netlink_receive.
	if (r < 0)
		return err_set(
			e, errno == ENOBUFS ? ENOMEM : errno, "netlink: can't send to the kernel: %s", strerror(errno));
	return 0;
}

void netlink_prepare_bulk(struct netlink *nl)
{
	int size = 1 << 20;

	if (nl->bulk)
		return;
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	nl->bulk = true;
}

// A batch that is under way.
struct batch {
	size_t count, pending;
	unsigned int first; /* sequence number */
	struct netlink_ack *acks;
	netlink_reply reply;
	void *arg;
	int given_up; /* what reply returned */
};

// Whether message i asks for an acknowledgement. The kernel works through a send in order, and answers what it refuses
// in any case: so the last one's is enough, unless objects or dumps are on their way.
static bool is_acknowledged(const struct batch *b, size_t i)
{
	return b->reply || i == b->count - 1;
}

static void take_ack(struct batch *b, size_t i)
{
	if (is_acknowledged(b, i))
		b->pending--;
}

static void take_answer(struct batch *b, const struct nlmsghdr *h, struct err *e)
{
	size_t i = h->nlmsg_seq - b->first;

	// An answer to an earlier batch, whose others were lost.
	if (i >= b->count)
		return;
	if (h->nlmsg_type == NLMSG_ERROR) {
		netlink_read_ack(h, &b->acks[i]);
		take_ack(b, i);
	} else if (h->nlmsg_type == NLMSG_DONE) {
		netlink_read_done(h, &b->acks[i]);
		take_ack(b, i);
	} else if (h->nlmsg_type >= NLMSG_MIN_TYPE && b->reply && !b->given_up) {
		b->given_up = b->reply(i, h, b->arg, e);
	}
}

static int read_answers(struct netlink *nl, struct batch *b, struct err *e)
{
	while (b->pending) {
		ssize_t len = netlink_receive(nl, e);
		struct nlmsghdr *h = (struct nlmsghdr *)nl->buf;

		if (len < 0)
			return (int)len;
		for (int left = (int)len; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			take_answer(b, h, e);
	}
	return b->given_up;
}

int netlink_send(struct netlink *nl, struct nl_msg *const *msgs, size_t n, struct netlink_ack *acks,
	netlink_reply reply, void *arg, struct err *e)
{
	struct batch b = {
		.count = n, .pending = reply ? n : 1, .first = nl->seq, .acks = acks, .reply = reply, .arg = arg};
	struct iovec iov[NETLINK_BATCH];
	int r;

	if (!n)
		return 0;
	if (n > NETLINK_BATCH)
		return err_set(e, E2BIG, "netlink: %zu messages are too many for one send", n);
	if (n > SHORT_BATCH)
		netlink_prepare_bulk(nl);
	for (size_t i = 0; i < n; i++) {
		struct nlmsghdr *h = nlmsg_hdr(msgs[i]);

		h->nlmsg_seq = nl->seq++;
		h->nlmsg_pid = 0;
		h->nlmsg_flags |= NLM_F_REQUEST | (is_acknowledged(&b, i) ? NLM_F_ACK : 0);
		acks[i] = (struct netlink_ack){0};
		iov[i] = (struct iovec){h, NLMSG_ALIGN(h->nlmsg_len)};
	}
	r = netlink_transmit(nl, iov, n, e);
	return r ? r : read_answers(nl, &b, e);
}

// A dump that is under way.
struct dump {
	unsigned int seq;
	netlink_reply each;
	void *arg;
	int result;   /* what each returned, or the kernel's refusal */
	bool changed; /* while it was read */
	bool done;
};

static void take_dump_message(struct dump *d, const struct nlmsghdr *h, struct err *e)
{
	struct netlink_ack ack = {0};

	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		d->changed = true;
	if (h->nlmsg_type == NLMSG_DONE)
		netlink_read_done(h, &ack);
	else if (h->nlmsg_type == NLMSG_ERROR)
		netlink_read_ack(h, &ack);
	else if (!d->result && h->nlmsg_type >= NLMSG_MIN_TYPE)
		d->result = d->each(0, h, d->arg, e);
	d->done = h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR;
	if (!d->result && ack.error)
		d->result = err_set(e, -ack.error, "netlink: the kernel refused a dump: %s", ack.reason);
}

// Reads one whole dump. Returns 1 when the kernel says that it changed meanwhile.
static int read_dump(struct netlink *nl, struct dump *d, struct err *e)
{
	while (!d->done) {
		ssize_t len = netlink_receive(nl, e);
		struct nlmsghdr *h = (struct nlmsghdr *)nl->buf;

		if (len < 0)
			return (int)len;
		for (int left = (int)len; !d->done && nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			if (h->nlmsg_seq == d->seq)
				take_dump_message(d, h, e);
	}
	return d->result ? d->result : d->changed;
}

int netlink_dump(struct netlink *nl, struct nl_msg *msg, netlink_reply each, void (*restart)(void *arg), void *arg,
	struct err *e)
{
	int r = 1;

	if (!msg)
		return err_set(e, ENOMEM, "netlink: no memory for a dump request");
	netlink_prepare_bulk(nl);
	// A host on which links come and go all the time may never give a consistent dump.
	for (int tries = 0; r == 1 && tries < 20; tries++) {
		struct nlmsghdr *h = nlmsg_hdr(msg);
		struct iovec iov = {h, NLMSG_ALIGN(h->nlmsg_len)};
		struct dump d = {.seq = nl->seq++, .each = each, .arg = arg};

		if (tries && restart)
			restart(arg);
		h->nlmsg_seq = d.seq;
		h->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
		r = netlink_transmit(nl, &iov, 1, e);
		if (!r)
			r = read_dump(nl, &d, e);
	}
	nlmsg_free(msg);
	if (r == 1)
		return err_set(e, EAGAIN, "netlink: the links changed during each of 20 attempts to list them");
	return r;
}
