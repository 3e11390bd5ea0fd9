// SPDX-License-Identifier: ISC
// The kernel model: addresses, routes, rules and neighbours, and what takes them along.
#include "kernel_model_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "l3_key.h"

// A multipath route stays while one of its next hops lives: with its device up and, if the device of the moment loses
// the last address, another one that has one (fib_sync_down_dev).
static bool has_hop_up(const struct host *h, const struct l3_entry *e, const char *without)
{
	const struct device *d;

	for (size_t i = 0; i < e->device_count; i++) {
		d = host_find(h, e->devices[i].name);
		if (d && d->link.up && strcmp(d->link.name, without) &&
			(e->device_count == 1 || host_find_address(h, d->link.name, e->family, NULL)))
			return true;
	}
	return false;
}

static bool have_same(const struct l3_entry *a, const struct l3_entry *b, const char *word)
{
	char x[16], y[16];

	l3_key_value(a->key, word, x, sizeof(x));
	l3_key_value(b->key, word, y, sizeof(y));
	return !strcmp(x, y);
}

// IPv6 routes to one destination with one metric, each through a gateway, are the next hops of one route
// (rt6_qualify_for_ecmp).
static bool is_sibling(const struct l3_entry *a, const struct l3_entry *b)
{
	size_t n = strcspn(a->key, " ");

	if (a->kind != L3_ROUTE || b->kind != L3_ROUTE || a->family != AF_INET6 || b->family != AF_INET6 ||
		!a->gateway || !b->gateway)
		return false;
	return n == strcspn(b->key, " ") && !strncmp(a->key, b->key, n) && have_same(a, b, "metric") &&
	       have_same(a, b, "table");
}

// They go together, when the last of their devices goes down (fib6_ifdown).
static bool has_sibling_up(const struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *other;
	size_t at = 0;

	if (e->family != AF_INET6 || !e->gateway)
		return false;
	while ((other = host_next_entry(h, &at)))
		if (is_sibling(e, other) && has_hop_up(h, other, ""))
			return true;
	return false;
}

bool model_goes_down_with_device(const struct host *h, const struct l3_entry *e)
{
	switch (e->kind) {
	case L3_ADDRESS:
		return e->family == AF_INET6; // keep_addr_on_down is off
	case L3_ROUTE:
		return !has_hop_up(h, e, "") && !has_sibling_up(h, e);
	case L3_NEIGHBOUR:
		return true;
	default:
		return false;
	}
}

void model_remove_siblings(struct host *h, const struct l3_entry *gone)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (gone->family == AF_INET6 && gone->gateway && (e = host_next_entry(h, &at)))
		if (e != gone && is_sibling(e, gone))
			host_remove_entry(h, e);
}

// With another MAC address (neigh_changeaddr, family 0) proxies stay; without an IPv4 address they go (arp_ifdown).
void model_remove_neighbours(struct host *h, const struct device *d, int family)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(h, &at)))
		if (e->kind == L3_NEIGHBOUR && l3_uses(e, d->link.name) && (family ? e->family == family : !e->proxy))
			host_remove_entry(h, e);
}

// With a new name the first IPv4 address loses its label, and each other one without a label gets its number
// (inetdev_changename).
int model_relabel_addresses(struct host *h, const struct device *d)
{
	size_t at = 0, last = h->entries.count;
	const struct l3_entry *e;
	struct l3_entry *copy;
	int n = 0, r = 0;

	while (!r && at < last && (e = host_next_entry(h, &at))) {
		if (e->kind != L3_ADDRESS || e->family != AF_INET || !l3_uses(e, d->link.name) ||
			(n++ ? *e->label : !*e->label))
			continue;
		copy = l3_copy(e);
		if (!copy)
			return -ENOMEM;
		copy->label[0] = '\0';
		if (n > 1)
			snprintf(copy->label, sizeof(copy->label), ":%d", n);
		host_remove_entry(h, e);
		r = host_add_entry(h, copy);
	}
	return r;
}

static bool is_on_any_device(const struct host *h, const struct l3_entry *address)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (e->kind == L3_ADDRESS && l3_is_same_address(e, address))
			return true;
	return false;
}

// With an IPv4 address its routes go: those that have it as their source where no device has it any more
// (fib_sync_down_addr); and with a device's last one all that go through the device alone, and its neighbours
// (fib_disable_ip).
static void drop_routes_of_address(struct host *h, const struct l3_entry *gone)
{
	const char *device = gone->devices[0].name;
	bool last_here = !host_find_address(h, device, AF_INET, NULL), last_copy = !is_on_any_device(h, gone);
	size_t at = 0, n = strcspn(gone->key, "/ ");
	const struct l3_entry *e;

	while ((e = host_next_entry(h, &at))) {
		bool is_source = n == strlen(e->source) && !strncmp(e->source, gone->key, n);

		if (e->kind != L3_ROUTE || e->family != AF_INET)
			continue;
		if ((last_here && l3_uses(e, device) && !has_hop_up(h, e, device)) || (last_copy && is_source))
			host_remove_entry(h, e);
	}
	if (last_here && host_find(h, device))
		model_remove_neighbours(h, host_find(h, device), AF_INET);
}

// An IPv4 address takes its secondary ones along, and routes.
static int remove_entry(struct host *h, const struct l3_entry *e)
{
	struct l3_entry *gone = l3_copy(e);
	const struct l3_entry *fellow;

	host_remove_entry(h, e);
	if (!gone)
		return -ENOMEM;
	if (gone->kind == L3_ADDRESS && gone->family == AF_INET) {
		while (!gone->secondary && (fellow = host_find_subnet_fellow(h, gone, true)))
			remove_entry(h, fellow);
		drop_routes_of_address(h, gone);
	}
	l3_free(gone);
	return 0;
}

void model_remove_entries_of(struct host *h, const struct device *d, int family)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(h, &at)))
		if (e->kind != L3_RULE && (!family || e->family == family) && l3_uses(e, d->link.name))
			remove_entry(h, e);
}

static bool is_source_there(const struct host *h, const struct l3_entry *route)
{
	struct l3_entry address = {.kind = L3_ADDRESS, .family = route->family};

	snprintf(address.key, sizeof(address.key), "%s", route->source);
	return is_on_any_device(h, &address);
}

static int check_entry(const struct host *h, const struct l3_entry *e)
{
	const struct device *d;

	for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++) {
		d = host_find(h, e->devices[i].name);
		if (!d)
			return -ENODEV;
		if (!d->link.up && e->kind == L3_ROUTE)
			return -ENETDOWN;
		if (e->family == AF_INET6 && (host_is_bond_port(h, d) || link_is_without_ipv6(&d->link)))
			return -EACCES; // IFF_NO_ADDRCONF, disable_ipv6
	}
	if (e->kind == L3_ROUTE && *e->source && !is_source_there(h, e))
		return -EINVAL; // "Invalid prefsrc address"
	if ((e->kind == L3_ROUTE || e->kind == L3_RULE) && host_find_entry(h, e))
		return -EEXIST;
	if (e->kind == L3_ROUTE && e->family == AF_INET6 && host_find_entry_key(h, e))
		return -EEXIST; // whoever made it: the same next hop (fib6_add_rt2node)
	return 0;
}

// The prefix route may be there already, left behind where another address of its subnet has IFA_F_NOPREFIXROUTE: it is
// the new address's from now on.
static void drop_prefix_route(struct host *h, const struct l3_entry *address)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (address->kind == L3_ADDRESS && (e = host_next_entry(h, &at)))
		if (l3_comes_with_address(e, address))
			host_remove_entry(h, e);
}

int model_add_entry(struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *old = host_find_same_address(h, e);
	struct l3_entry *new;
	int r = check_entry(h, e);

	if (r)
		return r;
	if (old && e->family == AF_INET)
		return 0; // of a host's address, only lifetime and metric would change (inet_rtm_newaddr)
	new = l3_copy(old && strcmp(old->key, e->key) ? old : e); // it keeps its prefix length (inet6_addr_modify)
	if (!new)
		return -ENOMEM;
	new->ours = e->ours;
	if (old)
		host_remove_entry(h, old);
	else if (e->kind == L3_ADDRESS && e->family == AF_INET)
		new->secondary = host_find_subnet_fellow(h, new, false) != NULL;
	drop_prefix_route(h, new);
	return host_add_entry(h, new);
}

int model_delete_entry(struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *found = host_find_entry(h, e);

	if (!found)
		return e->kind == L3_ADDRESS ? -EADDRNOTAVAIL : -ESRCH;
	return remove_entry(h, found);
}
