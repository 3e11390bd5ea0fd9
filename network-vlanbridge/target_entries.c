// SPDX-License-Identifier: ISC
// What the configuration gives on top of what is carried: addresses, gateways, and the sysctls of bridges.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "link_sysctl.h"
#include "step.h"
#include "target_build.h"

static bool is_plain_default(const struct l3_entry *e, int family)
{
	return e->kind == L3_ROUTE && e->family == family && !strncmp(e->key, "default via ", 12) &&
	       !strstr(e->key, " table ") && !strstr(e->key, " metric ");
}

static const struct l3_entry *find_default_route(const struct target_builder *b, const struct l3_entry *wanted)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(b->target, &at)))
		if (is_plain_default(e, wanted->family))
			return e;
	return NULL;
}

static bool is_same_gateway(const struct l3_entry *a, const struct l3_entry *b)
{
	size_t n = strcspn(a->key + 12, " ");

	return n == strcspn(b->key + 12, " ") && !strncmp(a->key + 12, b->key + 12, n) &&
	       !strcmp(a->devices[0].name, b->devices[0].name);
}

// Returns whether wanted is there already.
static bool check_gateway(struct target_builder *b, const struct config_device *c, const struct l3_entry *wanted)
{
	const struct l3_entry *now = find_default_route(b, wanted);

	if (!now)
		return false;
	if (!is_same_gateway(now, wanted))
		target_refuse(b, c, EEXIST,
			"gateway= of %s: there is a default route already, %s dev %s; take it away first", c->link.name,
			now->key, now->devices[0].name);
	return true;
}

static void give_entry(struct target_builder *b, const struct l3_entry *wanted)
{
	const struct config_device *c = config_find(b->config, wanted->devices[0].name);
	struct device *d = host_find(b->target, wanted->devices[0].name), *top;
	struct l3_entry *e;

	if (!d || !c)
		return;
	top = target_top_master(b, d);
	e = l3_copy(wanted);
	if (!e) {
		target_no_memory(b);
		return;
	}
	text_copy(e->devices[0].name, NAME_SIZE, top->link.name);
	if (top != d && target_made_by_config(b, top)->policy != ADDRESS_INHERIT)
		target_refuse(b, c, EINVAL,
			"%s has address=, and is a port of %s, where it couldn't be reached: say address= there",
			d->link.name, top->link.name);
	if (host_find_entry_key(b->target, e) || (e->kind == L3_ROUTE && check_gateway(b, c, e)))
		l3_free(e);
	else if (host_add_entry(b->target, e))
		target_no_memory(b);
}

// A bridge whose uplink is its port, and that inherits, has its mark also where there is nothing to inherit yet.
static void mark_inheriting_bridges(struct target_builder *b)
{
	for (size_t i = 0; i < b->config->count; i++) {
		const struct config_device *c = b->config->devices[i];
		struct device *d = target_device(b, c);

		if (d && device_is_ours(d) && c->create && c->link.kind == KIND_BRIDGE && c->policy == ADDRESS_INHERIT)
			d->mark.inherit = true;
	}
}

static void set_sysctl(struct device *d, size_t row, int32_t value)
{
	d->link.sysctls[row] = value;
	d->link.sysctls_known |= 1U << row;
	d->link.set |= LINK_SYSCTLS;
}

static void set_closed(struct target_builder *b, struct device *d, bool closed)
{
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (link_sysctls_closed >> i & 1)
			set_sysctl(d, i, closed ? 1 : b->target->default_sysctls[i]);
}

// As nobody else sets them: both together.
static bool is_closed(const struct link *l)
{
	return link_is_without_ipv6(l) && l->sysctls[LINK_SYSCTL_ARP_IGNORE] == 1;
}

static void refuse_ipv6(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(b->target, &at)))
		if (e->family == AF_INET6 && e->kind != L3_RULE && !e->link_local && l3_uses(e, d->link.name))
			target_refuse(
				b, c, EINVAL, "ipv6=no: %s would have %s; take it away first", d->link.name, e->key);
}

// ipv6=no and accept_ra=no; what an earlier configuration said so goes back to the default.
static void set_ipv6(
	struct target_builder *b, const struct config_device *c, struct device *d, const struct device *old)
{
	const int32_t *defaults = b->target->default_sysctls;
	bool carries = d->link.sysctls_known >> LINK_SYSCTL_ACCEPT_RA & 1;

	if (c->mark.ipv6_off) {
		refuse_ipv6(b, c, d);
		set_sysctl(d, LINK_SYSCTL_DISABLE_IPV6, 1);
	} else if (old && old->mark.ipv6_off && !carries && !link_is_without_ipv6(&d->link)) {
		set_sysctl(d, LINK_SYSCTL_DISABLE_IPV6, defaults[LINK_SYSCTL_DISABLE_IPV6]);
	}
	if (c->mark.accept_ra_off)
		set_sysctl(d, LINK_SYSCTL_ACCEPT_RA, 0);
	else if (old && old->mark.accept_ra_off && !carries)
		set_sysctl(d, LINK_SYSCTL_ACCEPT_RA, defaults[LINK_SYSCTL_ACCEPT_RA]);
}

static bool has_ipv6_of_config(const struct target_builder *b, const struct device *d)
{
	for (size_t i = 0; i < b->config->entries.count; i++)
		if (b->config->entries.list[i]->family == AF_INET6 && l3_uses(b->config->entries.list[i], d->link.name))
			return true;
	return false;
}

// Where devices begin without IPv6, an address that the configuration asks for needs it.
static void allow_ipv6(struct target_builder *b, struct device *d, const struct device *old)
{
	if ((b->target->default_sysctls[LINK_SYSCTL_DISABLE_IPV6] || (old && link_is_without_ipv6(&old->link))) &&
		has_ipv6_of_config(b, d))
		set_sysctl(d, LINK_SYSCTL_DISABLE_IPV6, 0);
}

// A guests' network on which dom0 has no address: what comes there for dom0 is dropped, and no router's word is taken.
static void close_bridges(struct target_builder *b)
{
	for (size_t i = 0; i < b->config->count && !b->failed; i++) {
		const struct config_device *c = b->config->devices[i];
		struct device *d = target_device(b, c);
		const struct device *old;

		if (!d || !device_is_ours(d))
			continue;
		old = host_find(&b->origin->ours, d->link.name);
		if (!c->mark.ipv6_off)
			allow_ipv6(b, d, old);
		if (c->link.kind != KIND_BRIDGE)
			continue;
		if (c->policy == ADDRESS_NONE && !d->entries)
			set_closed(b, d, true);
		else if (old && is_closed(&old->link) && !(d->link.sysctls_known >> LINK_SYSCTL_ARP_IGNORE & 1)) {
			set_closed(b, d, false);
			allow_ipv6(b, d, old);
		}
		set_ipv6(b, c, d, old);
	}
}

void target_place_entries(struct target_builder *b)
{
	mark_inheriting_bridges(b);
	target_carry_entries(b);
	for (size_t i = 0; i < b->config->entries.count && !b->failed; i++)
		give_entry(b, b->config->entries.list[i]);
	if (!b->failed)
		close_bridges(b);
}
