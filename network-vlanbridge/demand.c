// SPDX-License-Identifier: ISC
// Bridges on demand: made when the first vif asks, removed with the last.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "command_run.h"
#include "confirm.h"
#include "link_msg.h"
#include "snapshot.h"

static int add_device(struct config *to, const struct config_device *from, bool create, struct err *e)
{
	struct config_device *d;
	size_t slot;
	int r = config_add(to, from->link.name, &d);

	if (r)
		return err_set(e, -r, "no memory for '%s'", from->link.name);
	slot = d->slot;
	*d = *from;
	d->slot = slot;
	d->vlans = (struct kept_vlans){0};
	d->on_demand = false;
	d->create = create;
	if (!create) { // it has to be there, as start made it
		d->link.set = 0;
		d->optional = false;
	}
	r = kept_vlans_copy(&d->vlans, &from->vlans);
	if (!r && *d->link.altname && create) {
		d->link.altname[0] = '\0';
		r = config_set_altname(to, d, from->link.altname);
	}
	return r ? err_set(e, -r, "no memory for '%s'", from->link.name) : 0;
}

static int add_entries(struct config *to, const struct config *from, const char *device, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < from->entries.count && !r; i++)
		if (l3_uses(from->entries.list[i], device))
			r = l3_list_append(&to->entries, l3_copy(from->entries.list[i]));
	return r ? err_set(e, ENOMEM, "no memory for '%s'", device) : 0;
}

static struct config_device *find_vlan_of(const struct config *c, const struct config_device *bridge)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->devices[i]->link.kind == KIND_VLAN &&
			!strcmp(c->devices[i]->link.master.name, bridge->link.name))
			return c->devices[i];
	return NULL;
}

// Of the file only the bridge that is asked for, by its name or by UPLINK.VLAN, its VLAN device, and the uplink as it
// is.
static int pick_demanded(const struct config *file, const char *name, struct config *ret, struct err *e)
{
	struct config_device *d = config_find(file, name), *vlan, *uplink;
	int r;

	if (d && d->link.kind == KIND_VLAN)
		d = config_find(file, d->link.master.name);
	if (!d || d->link.kind != KIND_BRIDGE)
		return err_set(e, ENOENT, "%s doesn't make '%s' on demand", file->file, name);
	if (!d->on_demand)
		return err_set(e, ENODEV, "%s has the bridge '%s' without demand=yes: run 'network-vlanbridge start'",
			file->file, d->link.name);
	vlan = find_vlan_of(file, d);
	uplink = config_find(file, d->mark.uplink);
	if (!vlan || !uplink)
		return err_set(e, ENODEV, "'%s' has no VLAN", name);
	ret->file = file->file;
	r = add_device(ret, uplink, false, e);
	if (!r)
		r = add_device(ret, d, true, e);
	if (!r)
		r = add_device(ret, vlan, true, e);
	if (!r)
		r = add_entries(ret, file, d->link.name, e);
	return r;
}

static int demand(struct command_run *r, const char *name, struct err *e)
{
	struct config file = {.demanded = name};
	int result;

	if (access(r->config_file, F_OK)) {
		err_set(e, ENOENT, "there is no %s", r->config_file);
		return EXIT_NOT_ON_DEMAND;
	}
	if (confirm_read_config(r->config_file, &file, e))
		return EXIT_USAGE;
	result = pick_demanded(&file, name, &r->config, e);
	config_free(&file);
	if (result)
		return result == -ENOENT ? EXIT_NOT_ON_DEMAND : EXIT_FAILED;
	return EXIT_DONE;
}

static int lock_and_open(struct netlink **nl, struct err *e)
{
	if (command_run_lock(e) < 0 || netlink_open(nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	return EXIT_DONE;
}

// Called by vif-vlanbridge when the bridge of a vif isn't there. Concurrent calls take turns; the later ones find it
// made.
int command_demand(char **args, struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status;

	r->scope = SCOPE_ADD;
	status = demand(r, args[0], e);
	if (!status)
		status = lock_and_open(&nl, e);
	if (!status)
		status = command_run_carry_out(nl, r, e);
	netlink_close(nl);
	return status;
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
	if (r)
		return r;
	m = link_msg_set(0, &change, LINK_ALIAS, false);
	r = m ? netlink_send(nl, &m, 1, &ack, NULL, NULL, e) : err_set(e, ENOMEM, "no memory");
	netlink_message_free(m);
	if (!r && ack.error)
		r = err_set(e, -ack.error, "can't mark %s: %s", d->link.name, ack.reason);
	return r;
}

static int add_name(struct config *to, const struct device *d, struct err *e)
{
	struct config_device *c;
	int r = config_add(to, d->link.name, &c);

	if (r)
		return err_set(e, -r, "no memory for '%s'", d->link.name);
	c->create = true;
	return 0;
}

// Whether there is a bridge on demand of that name, without any port but its VLAN device: those two are what r concerns
// then.
static int is_empty(
	struct netlink *nl, struct command_run *r, const char *name, const struct device **bridge, struct err *e)
{
	const struct device *d, *v;
	int result;

	host_free(&r->current);
	config_free(&r->config);
	if (snapshot_links(nl, &r->current, e))
		return -EIO;
	*bridge = d = host_find(&r->current, name);
	if (!d || !d->mark.demand)
		return 0;
	v = host_find_vlan(&r->current, d->mark.uplink, d->mark.vlan, LINK_VLAN_PROTOCOL_DEFAULT);
	if (d->ports > (v && !strcmp(v->link.master.name, d->link.name)))
		return 0;
	result = add_name(&r->config, d, e);
	if (!result && v)
		result = add_name(&r->config, v, e);
	return result ? result : 1;
}

// A vif may join in the meantime. It reads the mark after joining, and we look for ports after writing `closing`:
// either we see the vif and leave the bridge alone, or the vif sees the word and asks for the bridge again.
static int release(struct netlink *nl, struct command_run *r, const char *name, struct err *e)
{
	const struct device *bridge;
	int empty = is_empty(nl, r, name, &bridge, e);

	if (empty <= 0)
		return empty ? EXIT_FAILED : EXIT_DONE;
	if (set_closing(nl, bridge, true, e))
		return EXIT_FAILED;
	empty = is_empty(nl, r, name, &bridge, e);
	if (empty > 0)
		return command_run_carry_out(nl, r, e);
	if (empty < 0)
		return EXIT_FAILED;
	if (bridge && set_closing(nl, bridge, false, e))
		return EXIT_FAILED;
	return EXIT_DONE;
}

// Called by vif-vlanbridge when a vif has left a bridge on demand. If that was the last one, the bridge is removed.
int command_release(char **args, struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status = lock_and_open(&nl, e);

	r->stop = r->from_args = true;
	r->scope = SCOPE_ALL;
	if (!status)
		status = release(nl, r, args[0], e);
	netlink_close(nl);
	return status;
}
