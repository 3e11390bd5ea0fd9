// SPDX-License-Identifier: ISC
// Deleting many devices.
//
// The kernel deletes a group of devices in one call, which waits once for what one by one waits for each. But it holds
// the RTNL lock all along, and nobody else can so much as set a link up: so we put portions of the devices into a group
// of their own and delete that. A group with a member that can't be deleted fails whole: it only ever holds what we
// made.
#include "group_delete.h"

#include <errno.h>

#include "expedite.h"
#include "link_msg.h"
#include "mark.h"

// While one portion goes, others wait: 0.4 s at most in an emulator, with short grace periods (make bench).
#define PORTION 48

// The names of a portion into the group that goes, then the group; group 0 for the second part leaves the devices
// alone.
static int send_portion(
	struct netlink *nl, const char *const *names, size_t n, uint32_t group, bool delete, struct err *e)
{
	struct netlink_ack acks[PORTION + 1];
	struct nl_msg *msgs[PORTION + 1];
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		struct link l = {.group = group};

		text_copy(l.name, sizeof(l.name), names[i]);
		msgs[count++] = link_msg_set(0, &l, LINK_GROUP, false);
	}
	if (delete)
		msgs[count++] = link_msg_delete_group(group);
	for (size_t i = 0; i < count && !r; i++)
		r = msgs[i] ? 0 : err_set(e, ENOMEM, "no memory to delete devices");
	if (!r)
		r = netlink_send(nl, msgs, count, acks, NULL, NULL, e);
	for (size_t i = 0; i < count && !r; i++)
		if (acks[i].error)
			r = err_set(e, -acks[i].error, "can't delete %s%s: %s", names[i < n ? i : 0],
				i < n ? "" : " and others", acks[i].reason);
	for (size_t i = 0; i < count; i++)
		netlink_message_free(msgs[i]);
	return r;
}

static int delete_by_group(struct netlink *nl, const char *const *names, size_t n, struct err *e)
{
	size_t size;
	int r = 0;

	for (size_t i = 0; i < n && !r; i += size) {
		size = n - i < PORTION ? n - i : PORTION;
		r = send_portion(nl, names + i, size, MARK_GROUP_GOING, true, e);
		if (r)
			send_portion(nl, names + i, size, MARK_GROUP, false, &(struct err){0});
	}
	return r;
}

// Few of them: one message each.
static int delete_one_by_one(struct netlink *nl, const char *const *names, size_t n, struct err *e)
{
	struct netlink_ack ack;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct nl_msg *m = link_msg_delete(names[i]);

		r = m ? netlink_send(nl, &m, 1, &ack, NULL, NULL, e)
		      : err_set(e, ENOMEM, "no memory to delete devices");
		netlink_message_free(m);
		if (!r && ack.error)
			r = err_set(e, -ack.error, "can't delete %s: %s", names[i], ack.reason);
	}
	return r;
}

int group_delete(struct netlink *nl, const char *const *names, size_t n, struct err *e)
{
	int guard, r;

	if (n < GROUP_DELETE_MIN)
		return delete_one_by_one(nl, names, n, e);
	guard = expedite_begin();
	r = delete_by_group(nl, names, n, e);
	expedite_end(guard);
	return r;
}
