// SPDX-License-Identifier: ISC
// Transactions of netfilter's subsystems: include/uapi/linux/netfilter/nfnetlink.h.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netlink/msg.h>

#include "netlink.h"
#include "netlink_session.h"

// The first and the last message of one.
struct bracket {
	struct nlmsghdr head;
	struct nfgenmsg body;
};

static struct iovec make_bracket(struct netlink *nl, struct bracket *b, int type, int subsystem)
{
	*b = (struct bracket){
		.head = {.nlmsg_len = sizeof(*b),
			.nlmsg_type = (uint16_t)type,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = nl->seq++},
		.body = {.res_id = htons((uint16_t)subsystem)},
	};
	return (struct iovec){b, sizeof(*b)};
}

// Only the last message asks for an answer, but a refusal comes in any case. It comes first: what the kernel refuses as
// a whole is answered in the name of the first bracket, and then nothing more needs to be read.
static bool take_answer(const struct nlmsghdr *h, unsigned int first, unsigned int last, struct netlink_ack *ret)
{
	struct netlink_ack ack = {0};

	if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_seq - first > last - first)
		return false;
	netlink_read_ack(h, &ack);
	if (!ret->error)
		*ret = ack;
	return h->nlmsg_seq == last || (h->nlmsg_seq == first && ack.error);
}

static int read_answers(
	struct netlink *nl, unsigned int first, unsigned int last, struct netlink_ack *ret, struct err *e)
{
	bool done = false;

	while (!done) {
		ssize_t len = netlink_receive(nl, e);
		struct nlmsghdr *h = (struct nlmsghdr *)nl->buf;

		if (len < 0)
			return (int)len;
		for (int left = (int)len; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			done |= take_answer(h, first, last, ret);
	}
	return 0;
}

int netlink_commit(
	struct netlink *nl, int subsystem, struct nl_msg *const *msgs, size_t n, struct netlink_ack *ret, struct err *e)
{
	unsigned int first = nl->seq, last = first + (unsigned int)n;
	struct iovec iov[NETLINK_BATCH + 2];
	struct bracket begin, end;
	int r;

	*ret = (struct netlink_ack){0};
	if (n > NETLINK_BATCH)
		return err_set(e, E2BIG, "netlink: %zu messages are too many for one transaction", n);
	netlink_prepare_bulk(nl);
	iov[0] = make_bracket(nl, &begin, NFNL_MSG_BATCH_BEGIN, subsystem);
	for (size_t i = 0; i < n; i++) {
		struct nlmsghdr *h = nlmsg_hdr(msgs[i]);

		h->nlmsg_seq = nl->seq++;
		h->nlmsg_pid = 0;
		h->nlmsg_flags |= NLM_F_REQUEST | (i == n - 1 ? NLM_F_ACK : 0);
		iov[i + 1] = (struct iovec){h, NLMSG_ALIGN(h->nlmsg_len)};
	}
	iov[n + 1] = make_bracket(nl, &end, NFNL_MSG_BATCH_END, subsystem);
	r = netlink_transmit(nl, iov, n + 2, e);
	if (r)
		return r;
	return read_answers(nl, first, last, ret, e);
}
