/* SPDX-License-Identifier: ISC */
/* A netlink session: messages go out in one send, every answer is matched to its message. */
#ifndef COMMON_NETLINK_H
#define COMMON_NETLINK_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct netlink;
struct nl_msg;
struct nlmsghdr;

/* What the kernel said to one message. */
struct netlink_ack {
	int error;        /* 0, or the kernel's -errno, raw */
	char reason[160]; /* its own words (extended ack), or strerror's */
};

/* Called for a message that isn't an acknowledgement; i is the request's index. Returns 0 to go on, or -errno
 * with a sentence in e to give up (the remaining answers are still read). */
typedef int (*netlink_reply)(size_t i, const struct nlmsghdr *reply, void *arg, struct err *e);

/* Opens a session. Returns 0 and the session, which the caller ends with netlink_close, or -errno. */
int netlink_open(struct netlink **ret, struct err *e);
int netlink_open_netfilter(struct netlink **ret, struct err *e); /* for netlink_commit, and dumps of the same */
void netlink_close(struct netlink *nl);

/* Sends n messages in one sendmsg and reads all answers. The kernel works through all of them even if
 * one fails. acks[i] answers msgs[i]; reply (may be NULL) gets what they return. The messages stay the
 * caller's; their sequence numbers and flags are set here. One of them may be a short dump (NLM_F_DUMP), if there is
 * reply. At most NETLINK_BATCH messages, so that
 * the answers fit into the socket's buffer. Returns 0 when all answers came, whatever they say, or -errno: -ENOBUFS
 * when answers were lost: the kernel did what it was told, or refused; acks say nothing then, and the caller reads the
 * kernel again. */
#define NETLINK_BATCH 128
int netlink_send(struct netlink *nl, struct nl_msg *const *msgs, size_t n, struct netlink_ack *acks,
	netlink_reply reply, void *arg, struct err *e);

/* Sends n messages of a netfilter subsystem as one transaction: the kernel carries out all of them or none. The
 * messages stay the caller's; their sequence numbers and flags are set here. Returns 0 when the kernel has answered,
 * with its first refusal, or none, in ret; or -errno. */
int netlink_commit(struct netlink *nl, int subsystem, struct nl_msg *const *msgs, size_t n, struct netlink_ack *ret,
	struct err *e);

/* Sends one dump request and calls each for every object, again from the start (after calling
 * restart, which may be NULL) when the kernel says that the dump was inconsistent. Takes msg. */
int netlink_dump(struct netlink *nl, struct nl_msg *msg, netlink_reply each, void (*restart)(void *arg), void *arg,
	struct err *e);

/* What an NLMSG_ERROR, or the NLMSG_DONE of a dump, says: for netlink.c itself and tests. One that is too short, or has
 * a code that isn't one of the kernel's, is -EPROTO. */
void netlink_read_ack(const struct nlmsghdr *h, struct netlink_ack *ack);
void netlink_read_done(const struct nlmsghdr *h, struct netlink_ack *ack);

/* A socket that tells when links change, or whatever groups (RTMGRP_*) says, for the caller to close; or -errno with a
 * sentence in e. */
int netlink_listen(unsigned int groups, struct err *e);

/* Waits at most so many milliseconds for such a change. Any will do: what it says is for the caller to look up, who
 * listens first and looks then, so that nothing comes between the two. Returns false when the time is over. */
bool netlink_wait(int listener, long milliseconds);

/* A message of a type with a fixed header of size bytes. Returns NULL without memory. */
struct nl_msg *netlink_message(int type, int flags, const void *header, size_t size);
void netlink_message_free(struct nl_msg *msg); /* NULL is fine */

/* The end of building a message: msg; or NULL, with msg freed, if a part of it failed. */
struct nl_msg *netlink_message_finish(struct nl_msg *msg, int failed);

#endif
