// SPDX-License-Identifier: ISC
// What the kernel says to a request: its error code, and why.
#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "netlink.h"

#define MAX_ERRNO 4095

// The kernel's error codes are from -4095 to -1 (MAX_ERRNO); whatever else comes is no answer of it.
static int check_code(int code)
{
	return code > 0 || code < -MAX_ERRNO ? -EPROTO : code;
}

// The kernel's own words, among the attributes that follow head bytes of h's payload, else strerror's.
static void read_reason(const struct nlmsghdr *h, size_t head, int error, char *reason, size_t size)
{
	const struct nlattr *text = NULL;

	snprintf(reason, size, "%s", strerror(-error));
	if (h->nlmsg_flags & NLM_F_ACK_TLVS && head <= h->nlmsg_len - NLMSG_HDRLEN)
		text = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, (int)head, NLMSGERR_ATTR_MSG);
	if (text && nla_len(text) > 0)
		snprintf(reason, size, "%.*s", nla_len(text), (const char *)nla_data(text));
}

// The extended ack follows the error message, which has the whole request unless it is capped:
// include/uapi/linux/netlink.h.
void netlink_read_ack(const struct nlmsghdr *h, struct netlink_ack *ack)
{
	const struct nlmsgerr *m = NLMSG_DATA(h);
	size_t head = sizeof(*m);

	ack->error = -EPROTO;
	snprintf(ack->reason, sizeof(ack->reason), "an answer of %u bytes is too short", h->nlmsg_len);
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return;
	ack->error = check_code(m->error);
	ack->reason[0] = '\0';
	if (!ack->error)
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && m->msg.nlmsg_len > NLMSG_HDRLEN)
		head += NLMSG_ALIGN((size_t)m->msg.nlmsg_len - NLMSG_HDRLEN);
	read_reason(h, head, ack->error, ack->reason, sizeof(ack->reason));
}

void netlink_read_done(const struct nlmsghdr *h, struct netlink_ack *ack)
{
	int code = 0;

	if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(code)))
		memcpy(&code, NLMSG_DATA(h), sizeof(code));
	ack->error = check_code(code);
	ack->reason[0] = '\0';
	if (ack->error)
		read_reason(h, sizeof(code), ack->error, ack->reason, sizeof(ack->reason));
}
