// SPDX-License-Identifier: ISC
// current → origin → target → plan → apply → verify; and back, by the same engine, if that fails.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apply.h"
#include "command.h"
#include "command_run.h"
#include "interruptions.h"
#include "log.h"
#include "loss.h"
#include "report.h"
#include "snapshot.h"
#include "target.h"
#include "wait.h"

// Somebody else may change the host meanwhile, or the kernel do what the model doesn't know: what is left is planned
// anew.
#define ATTEMPTS 3

static const struct config *names_in_scope(const struct command_run *r)
{
	return r->stop && !r->from_args ? NULL : &r->config;
}

static int make_target(const struct origin *o, const struct command_run *r, struct host *ret, struct err *e)
{
	return target_make(o, r->stop ? NULL : &r->config, ret, e);
}

static bool makes_vlan_aware_bridge(const struct config *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->devices[i]->tagged ||
			(c->devices[i]->link.kind == KIND_BRIDGE && c->devices[i]->link.bridge.vlan_filtering))
			return true;
	return false;
}

// The target is made anew from what is read: its memory serves for that.
static int read_current(struct netlink *nl, struct command_run *r, struct err *e)
{
	host_free(&r->current);
	host_free(&r->target);
	return snapshot_read(nl, makes_vlan_aware_bridge(&r->config), &r->current, e);
}

static int target_now(struct command_run *r, struct err *e)
{
	int result;

	origin_free(&r->origin);
	host_free(&r->target);
	plan_free(&r->plan);
	result = origin_make(&r->current, r->scope, names_in_scope(r), &r->origin, e);
	if (!result)
		result = make_target(&r->origin, r, &r->target, e);
	return result;
}

static int plan_now(struct command_run *r, struct err *e)
{
	int result = target_now(r, e);

	return result ? result : plan_make(&r->current, &r->target, &r->plan, e);
}

// A refusal touches nothing.
static int refusal_status(int result)
{
	return result == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
}

static int plan_current(struct command_run *r, struct err *e, int *status)
{
	int result = target_now(r, e);

	*status = result ? refusal_status(result) : EXIT_FAILED;
	return result ? result : plan_make(&r->current, &r->target, &r->plan, e);
}

int command_run_plan(struct netlink *nl, struct command_run *r, struct err *e, int *status)
{
	int result = read_current(nl, r, e);

	*status = EXIT_FAILED;
	return result ? result : plan_current(r, e, status);
}

// The same, once the devices that the configuration needs are there.
static int wait_and_plan(struct netlink *nl, struct command_run *r, struct err *e, int *status)
{
	int result = read_current(nl, r, e);

	*status = EXIT_FAILED;
	if (!result && !r->stop && wait_is_needed(&r->config, &r->current)) {
		result = wait_for_devices(nl, &r->config, e);
		if (!result)
			result = read_current(nl, r, e);
	}
	return result ? result : plan_current(r, e, status);
}

// The step that says most: an option that the kernel doesn't know, rather than that its bond goes down for it.
static char *print_what_is_left(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->steps[i].link && p->steps[i].link->options)
			return step_text(&p->steps[i]);
	return p->count ? step_text(&p->steps[0]) : NULL;
}

static void say_what_is_left(const struct plan *p, struct err *e)
{
	char *text = print_what_is_left(p);

	err_set(e, EIO, "the kernel accepted everything, but the result isn't the desired state: still to do: %s",
		text ? text : "?");
	free(text);
}

static void tell_what_is_left(const struct plan *p)
{
	char *text = print_what_is_left(p);

	log_info("network-vlanbridge: not all is as planned, %zu steps more: %s", p->count, text ? text : "?");
	free(text);
}

// A client needs a moment before it can be seen. Its start, or its end, was successful.
static void note_clients(struct host *current, const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->steps[i];
		struct device *d = s->link ? host_find(current, s->link->name) : NULL;

		if (d && (s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP))
			d->dhcp = s->kind == STEP_DHCP_START;
	}
}

// One way there, and on from wherever it led, until nothing is left to do.
static int go_to_target(struct netlink *nl, struct command_run *r, struct err *e)
{
	int result = 0;

	for (int attempt = 0; attempt < ATTEMPTS && r->plan.count && !result; attempt++) {
		if (attempt)
			tell_what_is_left(&r->plan);
		result = apply_run(nl, &r->plan, e);
		if (result == -ENOBUFS) // the answers are lost, not the work: look what there is
			result = 0;
		if (!result) {
			r->changed += report_changes(&r->plan);
			result = read_current(nl, r, e);
		}
		if (!result) {
			note_clients(&r->current, &r->plan);
			result = plan_now(r, e);
		}
	}
	if (!result && r->plan.count)
		say_what_is_left(&r->plan, e);
	return !result && r->plan.count ? -EIO : result;
}

// A guest's device that joined a bridge meanwhile, by the hook, is connected: there it stays.
static int keep_guest(struct host *before, struct device *d, const struct device *now)
{
	if (d->mark.origin != MARK_NONE || *d->link.master.name || !now || now->mark.origin != MARK_NONE)
		return 0;
	if (d->link.index != now->link.index || !*now->link.master.name || !host_find(before, now->link.master.name))
		return 0;
	host_set_master(before, d, now->link.master.name);
	d->link.port_flags = now->link.port_flags;
	d->link.port_flags_known = now->link.port_flags_known;
	d->link.up = now->link.up;
	d->link.mtu = now->link.mtu;
	d->link.addr_gen = now->link.addr_gen;
	memcpy(d->link.alias, now->link.alias, sizeof(d->link.alias));
	return kept_vlans_copy(&d->vlans, &now->vlans);
}

static int roll_back_once(struct netlink *nl, struct command_run *r, struct host *before, struct err *e)
{
	int result = read_current(nl, r, e);

	for (size_t i = 0; i < before->count && !result; i++)
		if (keep_guest(before, before->devices[i], host_find(&r->current, before->devices[i]->link.name)))
			result = err_set(e, ENOMEM, "no memory for the state before");
	plan_free(&r->plan);
	if (!result)
		result = plan_make(&r->current, before, &r->plan, e);
	if (!result && r->plan.count)
		result = apply_run(nl, &r->plan, e);
	return result;
}

// Back to the state before, by a plan like any other. e has the reason, to which is added what couldn't be rolled back.
static void roll_back(struct netlink *nl, struct command_run *r, struct host *before, struct err *e)
{
	struct err reason = *e, trouble = {0};

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		trouble = (struct err){0};
		if (!roll_back_once(nl, r, before, &trouble) && !r->plan.count)
			return;
	}
	if (!trouble.code)
		say_what_is_left(&r->plan, &trouble);
	err_set(e, reason.code, "%s; and rolling back failed: %s", reason.text, trouble.text);
}

// The host as it is before the first change, and its origin: what is rolled back to, and must not be lost.
struct before {
	struct host host;
	struct origin origin;
};

// Moves them out of r: they are read and made anew after the change.
static struct before take_before(struct command_run *r)
{
	struct before b = {r->current, r->origin};

	r->current = (struct host){0};
	r->origin = (struct origin){0};
	return b;
}

static void free_before(struct before *b)
{
	host_free(&b->host);
	origin_free(&b->origin);
}

static void tell_interruption(const char *sentence)
{
	log_warning("network-vlanbridge: %s", sentence);
}

static void tell_interruptions(const struct command_run *r)
{
	interruptions_tell(&r->plan, &r->current, &r->target, tell_interruption);
}

static void tell_summary(const struct command_run *r, const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	log_detail("network-vlanbridge: %zu device%s changed in %.2f s", r->changed, r->changed == 1 ? "" : "s",
		(double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9);
}

// The plan is in r. Does it, verifies that nothing is lost, or rolls back.
static int do_all_or_nothing(struct netlink *nl, struct command_run *r, struct before *before, struct err *e)
{
	struct timespec begin;
	int result;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (!r->plan.count)
		return EXIT_DONE;
	result = go_to_target(nl, r, e);
	if (!result)
		result = loss_refuse(&before->origin.host, &r->origin.host, &before->host, &r->current, e);
	if (result)
		roll_back(nl, r, &before->host, e);
	else
		tell_summary(r, &begin);
	return result ? EXIT_FAILED : EXIT_DONE;
}

// xend calls it so, without a terminal. A person may not know what it would do.
static int ask_first(struct err *e)
{
	char answer[8] = "";

	fputs("dom0's addresses and routes move with it. Go on? [y/N] ", stderr);
	if (fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y'))
		return 0;
	return err_set(e, ECANCELED, "nothing was changed; with netdev=DEVICE nobody is asked");
}

int command_run_refuse_stop(const struct command_run *r, struct err *e)
{
	return r->stop && !(r->given & WITH_FORCE) ? interruptions_refuse(&r->current, &r->target, e) : 0;
}

int command_run_carry_out(struct netlink *nl, struct command_run *r, struct err *e)
{
	struct before before;
	int status;

	if (wait_and_plan(nl, r, e, &status))
		return status;
	if (!r->plan.count)
		return EXIT_DONE;
	if (command_run_refuse_stop(r, e) || (r->ask && ask_first(e)))
		return EXIT_USAGE;
	tell_interruptions(r);
	before = take_before(r);
	status = do_all_or_nothing(nl, r, &before, e);
	free_before(&before);
	return status;
}

// As it was before stop: with the stacks that arguments made, and the places of guests that have no room for a mark.
static int start_again(struct netlink *nl, struct command_run *r, struct before *before, struct err *e)
{
	int result = read_current(nl, r, e);

	plan_free(&r->plan);
	if (!result)
		result = make_target(&before->origin, r, &r->target, e);
	if (!result)
		result = plan_make(&r->current, &r->target, &r->plan, e);
	if (result) {
		roll_back(nl, r, &before->host, e);
		return EXIT_FAILED;
	}
	tell_interruptions(r);
	return do_all_or_nothing(nl, r, before, e);
}

int command_run_restart(struct netlink *nl, struct command_run *r, struct err *e)
{
	struct before before = {0};
	struct origin original;
	enum scope scope = r->scope;
	int status, result;

	// A configuration that is refused stops nothing.
	if (wait_and_plan(nl, r, e, &status))
		return status;
	original = r->origin;
	r->origin = (struct origin){0};
	r->stop = true;
	r->scope = SCOPE_ALL;
	result = plan_now(r, e);
	status = refusal_status(result);
	if (!result) {
		tell_interruptions(r);
		before = take_before(r);
		status = do_all_or_nothing(nl, r, &before, e);
	}
	r->stop = false;
	r->scope = scope;
	origin_free(&before.origin); // of stop
	before.origin = original;
	if (!status)
		status = start_again(nl, r, &before, e);
	free_before(&before);
	return status;
}
