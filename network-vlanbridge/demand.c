// SPDX-License-Identifier: ISC
// Bridges on demand: made when the first vif asks, gone with the last.
#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "snapshot.h"
#include "command_run.h"

// The bridge that is asked for by its name or by UPLINK.VLAN, and its VLAN device, if the file makes it on demand.
static int find_demanded(struct command_run *w, const char *name, struct err *e)
{
	struct device *d = host_find(&w->wanted, name), *v, *copy;

	if (d && d->link.kind == KIND_VLAN)
		d = host_find(&w->wanted, d->link.master.name);
	if (!d || d->link.kind != KIND_BRIDGE)
		return err_set(e, ENOENT, "%s doesn't make '%s' on demand", w->config, name);
	if (!d->on_demand)
		return err_set(e, ENODEV, "%s has it, but not on demand: run 'network-vlanbridge start'", w->config);
	v = host_find_vlan(&w->wanted, d->mark.uplink, d->mark.vlan, ETH_P_8021Q);
	if (!v || host_add(&w->only, d->link.name, &copy) || host_add(&w->only, v->link.name, &copy))
		return err_set(e, ENOMEM, "no memory for '%s'", name);
	d->on_demand = v->on_demand = false;
	return 0;
}

// Called by vif-vlanbridge when the bridge of a vif isn't there. Concurrent calls take turns; the later ones find it made.
int command_demand(char **args, struct err *e)
{
	WORK;
	NETLINK;
	int r;

	command_run_options(args, &w);
	if (!args[0] || args[1]) {
		err_set(e, EINVAL, "demand takes the name of a bridge, or UPLINK.VLAN");
		return EXIT_USAGE;
	}
	if (access(w.config, F_OK)) {
		err_set(e, ENOENT, "there is no %s", w.config);
		return EXIT_PROBLEMS;
	}
	w.wanted.demanded = args[0];
	if (config_read(w.config, &w.wanted, e))
		return EXIT_USAGE;
	r = find_demanded(&w, args[0], e);
	if (r)
		return r == -ENOENT ? EXIT_PROBLEMS : EXIT_FAILED;
	w.wanted.wait = 0;
	w.scope = PLAN_ADD;
	if (command_run_lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	return command_run_carry_out(nl, &w, e);
}

static int set_closing(struct netlink *nl, const struct device *d, bool closing, struct err *e)
{
	struct link change = {.set = LINK_ALIAS};
	struct mark mark = d->mark;
	struct netlink_ack ack = {0};
	struct nl_msg *m;
	int r;

	mark.closing = closing;
	memcpy(change.name, d->link.name, sizeof(change.name));
	memcpy(change.alias, d->link.alias, sizeof(change.alias));
	r = mark_write(change.alias, &mark, e);
	m = r ? NULL : link_msg_set(0, &change, LINK_ALIAS, false);
	if (!r)
		r = m ? netlink_send(nl, &m, 1, &ack, NULL, NULL, e) : err_set(e, ENOMEM, "no memory");
	netlink_message_free(m);
	return r || !ack.error ? r : err_set(e, -ack.error, "can't mark %s: %s", d->link.name, ack.reason);
}

// Whether there is a bridge on demand of that name, without any port but its VLAN device: those two are put into w->only.
static int is_empty(struct netlink *nl, struct command_run *w, const char *name, const struct device **bridge, struct err *e)
{
	const struct device *d, *v;
	struct device *copy;

	host_free(&w->current);
	host_free(&w->only);
	if (snapshot_links(nl, &w->current, e))
		return -EIO;
	*bridge = d = host_find(&w->current, name);
	if (!d || !d->mark.demand)
		return 0;
	v = host_find_vlan(&w->current, d->mark.uplink, d->mark.vlan, ETH_P_8021Q);
	if (d->ports > (v && !strcmp(v->link.master.name, d->link.name)))
		return 0;
	if (host_add(&w->only, d->link.name, &copy) || (v && host_add(&w->only, v->link.name, &copy)))
		return err_set(e, ENOMEM, "no memory for '%s'", name);
	return 1;
}

// Called by vif-vlanbridge when a vif has left a bridge on demand. If that was the last one, the bridge goes.
//
// A vif may join in the meantime. It reads the mark after joining, and we look for ports after writing `closing`: either we see the
// vif and leave the bridge alone, or the vif sees the word and asks for the bridge again.
int command_release(char **args, struct err *e)
{
	WORK;
	NETLINK;
	const struct device *bridge;
	int r;

	command_run_options(args, &w);
	if (!args[0] || args[1]) {
		err_set(e, EINVAL, "release takes the name of a bridge");
		return EXIT_USAGE;
	}
	if (command_run_lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	r = is_empty(nl, &w, args[0], &bridge, e);
	if (r <= 0)
		return r ? EXIT_FAILED : EXIT_DONE;
	if (set_closing(nl, bridge, true, e))
		return EXIT_FAILED;
	r = is_empty(nl, &w, args[0], &bridge, e);
	if (r <= 0)
		return !r && bridge && !set_closing(nl, bridge, false, e) ? EXIT_DONE : EXIT_FAILED;
	w.scope = PLAN_ALL;
	return command_run_carry_out(nl, &w, e);
}
