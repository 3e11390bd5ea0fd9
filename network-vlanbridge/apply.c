// SPDX-License-Identifier: ISC
// Runs a plan: netlink batches, every answer matched to its step; on any refusal the undo of all that was done.
#include "apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group_delete.h"
#include "external.h"
#include "port_msg.h"
#include "snapshot.h"
#include "step_message.h"

struct runner {
	struct netlink *nl;
	const struct step **steps;
	bool *touched; /* the step has an effect to undo: the kernel accepted a message of it, or refused a change halfway */
	size_t count;
	struct host names; /* for interface indexes; read when one is needed */
	struct nl_msg *msgs[NETLINK_BATCH];
	size_t owners[NETLINK_BATCH], queued;
	bool keep_going; /* undo: a step that fails doesn't stop the others */
	struct err *e;
};

static int refuse(struct runner *r, const struct step *s, int code, const char *reason)
{
	char *text = step_text(s);

	err_set(r->e, code, "can't %s: %s", text ? text : "go on", reason);
	free(text);
	return -code;
}

// In an undo, what is so already is no failure: the kernel takes routes with their addresses, and makes link-local ones.
static bool forgiven(const struct runner *r, int error)
{
	return r->keep_going && (error == -EEXIST || error == -ENOENT || error == -ESRCH || error == -EADDRNOTAVAIL ||
					error == -ENODEV);
}

static int flush(struct runner *r)
{
	struct netlink_ack acks[NETLINK_BATCH];
	int result = netlink_send(r->nl, r->msgs, r->queued, acks, NULL, NULL, r->e);

	for (size_t i = 0; i < r->queued; i++) {
		netlink_message_free(r->msgs[i]);
		// Of a change with several fields the kernel keeps those that came before the one that it refuses.
		if (result == 0 && (!acks[i].error || r->steps[r->owners[i]]->kind == STEP_LINK_SET))
			r->touched[r->owners[i]] = true;
	}
	// The first refusal is the reason; later ones may only follow from it.
	for (size_t i = 0; i < r->queued && !result; i++)
		if (acks[i].error && !forgiven(r, acks[i].error))
			result = refuse(r, r->steps[r->owners[i]], -acks[i].error, acks[i].reason);
	r->queued = 0;
	return r->keep_going && result != -ENOMEM ? 0 : result;
}

static int resolve(struct link_ref *ref, void *arg)
{
	const struct host *names = arg;
	const struct device *d = host_find(names, ref->name);

	ref->index = d ? d->link.index : 0;
	return d || !*ref->name ? 0 : -ENODEV;
}

static int refresh(struct runner *r)
{
	host_free(&r->names);
	return snapshot_links(r->nl, &r->names, r->e);
}

static int resolve_names(struct runner *r, const struct step *s)
{
	int result = s->link ? link_refs(s->link, resolve, &r->names) : 0;

	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL || (s->link && s->link->set & LINK_RENAME)) {
		const struct device *d = host_find(&r->names, s->link->name);

		s->link->index = d ? d->link.index : 0;
		return d ? 0 : -ENODEV;
	}
	for (size_t i = 0; s->record && i < s->record->link_count && !result; i++) {
		const struct device *d = host_find(&r->names, s->record->links[i].name);

		s->record->links[i].index = d ? d->link.index : 0;
		result = d || s->record->kind == L3_RULE ? 0 : -ENODEV;
	}
	return result;
}

// Fills in the indexes that a step's messages need. May refresh what we know when allowed.
static int resolve_step(struct runner *r, const struct step *s, bool may_refresh)
{
	int result = resolve_names(r, s);

	if (!result || !may_refresh)
		return result;
	result = refresh(r);
	if (!result)
		result = resolve_names(r, s);
	return result == -ENODEV ? refuse(r, s, ENODEV, "a device that it names isn't there") : result;
}

static int queue_message(struct runner *r, size_t i, struct nl_msg *m)
{
	if (!m)
		return refuse(r, r->steps[i], ENOMEM, "no memory for the message");
	r->msgs[r->queued] = m;
	r->owners[r->queued++] = i;
	return r->queued == NETLINK_BATCH ? flush(r) : 0;
}

static int queue_record(struct runner *r, size_t i)
{
	const struct step *s = r->steps[i];
	struct nl_msg *msgs[2];
	int n = l3_messages(s->record, s->kind == STEP_RECORD_ADD, msgs);
	int result = n < 0 ? refuse(r, s, -n, "no memory for the message") : queue_message(r, i, msgs[0]);

	if (!result && n == 2)
		return queue_message(r, i, msgs[1]);
	if (n == 2)
		netlink_message_free(msgs[1]);
	return result;
}

static int queue_vlans(struct runner *r, size_t i)
{
	const struct step *s = r->steps[i];

	return queue_message(r, i,
		port_msg_vlans(s->link->index, s->link->kind == KIND_BRIDGE, s->kind == STEP_VLANS_ADD, &s->vlans));
}

static int queue(struct runner *r, size_t i, enum phase phase)
{
	const struct step *s = r->steps[i];

	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		return phase == PHASE_FIRST ? queue_vlans(r, i) : 0;
	if (s->record)
		return phase == PHASE_FIRST ? queue_record(r, i) : 0;
	if (!step_has_phase(s, phase))
		return 0;
	return queue_message(r, i, step_message(s, phase));
}

static bool needs_helper(const struct step *s)
{
	return s->kind == STEP_MODULE || s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP;
}

static int run_helper(struct runner *r, size_t i)
{
	const struct step *s = r->steps[i];
	struct err inner = {0};
	int result = s->kind == STEP_MODULE ? external_load_bonding(&inner)
					    : external_dhcp(s->link->name, s->kind == STEP_DHCP_START, &inner);

	if (result)
		return refuse(r, s, -result, inner.text);
	r->touched[i] = true;
	return 0;
}

static bool renames(const struct step *s)
{
	return s->link && s->link->set & LINK_RENAME;
}

// Whether b may go out together with a: new devices of one kind, or anything that is sent in order.
static bool together(const struct step *a, const struct step *b)
{
	if (renames(a) || renames(b))
		return false;
	if (a->kind == STEP_LINK_ADD || b->kind == STEP_LINK_ADD)
		return a->kind == b->kind && a->link->kind == b->link->kind;
	return !needs_helper(b) && b->kind != STEP_NONE;
}

// The end of the run of steps from i on that can go out together, none needing the index of another.
static size_t run_end(struct runner *r, size_t i)
{
	size_t end = i + 1;

	while (end < r->count && together(r->steps[i], r->steps[end]) && !resolve_step(r, r->steps[end], false))
		end++;
	return end;
}

// New devices phase by phase: if one can't be made, nothing is said to whoever has its name. Others step by step,
// because their order counts.
static int send_run(struct runner *r, size_t from, size_t to)
{
	bool by_phase = r->steps[from]->kind == STEP_LINK_ADD;
	int result = 0;

	if (by_phase)
		for (int phase = 0; phase < PHASE_END && !result; phase++) {
			for (size_t i = from; i < to && !result; i++)
				result = queue(r, i, (enum phase)phase);
			if (!result)
				result = flush(r);
		}
	for (size_t i = from; i < to && !by_phase && !result; i++)
		for (int phase = 0; phase < PHASE_END && !result; phase++)
			result = queue(r, i, (enum phase)phase);
	while (r->queued && result)
		netlink_message_free(r->msgs[--r->queued]);
	return result ? result : flush(r);
}

// What was made, deleted or renamed has another index from now on: names are looked up anew when they are needed.
static void forget_names(struct runner *r, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (r->steps[i]->kind == STEP_LINK_ADD || r->steps[i]->kind == STEP_LINK_DEL || renames(r->steps[i])) {
			host_free(&r->names);
			return;
		}
}

// The end of the deletions from i on.
static size_t deletions(const struct runner *r, size_t i)
{
	while (i < r->count && r->steps[i]->kind == STEP_LINK_DEL)
		i++;
	return i;
}

static int delete_many(struct runner *r, size_t from, size_t to)
{
	const char **names = calloc(to - from, sizeof(*names));
	int guard, result = names ? 0 : err_set(r->e, ENOMEM, "no memory to delete devices");

	for (size_t i = from; i < to && names; i++)
		names[i - from] = r->steps[i]->link->name;
	if (!result) {
		guard = expedite_begin();
		result = group_delete(r->nl, names, to - from, r->touched + from, r->e);
		expedite_end(guard);
	}
	free(names);
	return result;
}

static int run(struct runner *r)
{
	size_t end;
	int result = 0;

	for (size_t i = 0; i < r->count && !result; i = end) {
		end = i + 1;
		if (r->steps[i]->kind == STEP_NONE)
			continue;
		// An undo goes on after a device that is gone already, which a group doesn't.
		if (!r->keep_going && deletions(r, i) - i >= GROUP_DELETE_MIN) {
			end = deletions(r, i);
			result = delete_many(r, i, end);
			forget_names(r, i, end);
			continue;
		}
		if (needs_helper(r->steps[i])) {
			result = run_helper(r, i);
			if (r->keep_going)
				result = 0;
			continue;
		}
		result = resolve_step(r, r->steps[i], true);
		if (result && r->keep_going) {
			result = 0;
			continue;
		}
		if (!result) {
			end = run_end(r, i);
			result = send_run(r, i, end);
			forget_names(r, i, end);
		}
	}
	host_free(&r->names);
	return result;
}

// Runs the undo of the touched steps, in reverse, as far as it goes.
static void undo(struct netlink *nl, const struct plan *p, const bool *touched, struct err *e)
{
	struct err trouble = {0};
	const struct step **steps = calloc(p->count + 1, sizeof(*steps));
	bool *ignored = calloc(p->count + 1, sizeof(*ignored));
	struct runner r = {.nl = nl, .steps = steps, .touched = ignored, .keep_going = true, .e = &trouble};

	if (steps && ignored)
		for (size_t i = p->count; i-- > 0;)
			if (!touched || touched[i])
				steps[r.count++] = &p->changes[i].undo;
	run(&r);
	if (trouble.code) {
		struct err reason = *e;

		err_set(e, reason.code, "%s; and undoing what had been done failed: %s", reason.text, trouble.text);
	}
	free(steps);
	free(ignored);
}

void apply_undo(struct netlink *nl, const struct plan *p, struct err *e)
{
	undo(nl, p, NULL, e);
}

int apply_run(struct netlink *nl, const struct plan *p, struct err *e)
{
	const struct step **steps = calloc(p->count + 1, sizeof(*steps));
	bool *touched = calloc(p->count + 1, sizeof(*touched));
	struct runner r = {.nl = nl, .steps = steps, .touched = touched, .count = p->count, .e = e};
	int result = steps && touched ? 0 : err_set(e, ENOMEM, "no memory to apply the plan");

	for (size_t i = 0; i < p->count && !result; i++)
		steps[i] = &p->changes[i].todo;
	if (!result) {
		result = run(&r);
		if (result)
			undo(nl, p, touched, e);
	}
	free(steps);
	free(touched);
	return result;
}
