// SPDX-License-Identifier: ISC
// What a single item of the configuration can't tell: how devices are stacked, addresses, default
// routes and MTUs of all of them.
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_item.h"
#include "name_table.h"

#define DEPTH_MAX 8 // MAX_NEST_DEV (net/core/dev.c): so many devices can stand on each other

struct check {
	const struct config *c;
	struct err *e;
};

static bool is_made_as(const struct config_device *d, enum kind kind)
{
	return d && d->create && d->link.kind == kind;
}

static int check_bridge_port(const struct check *k, const struct config_device *d, const struct config_device *bridge)
{
	if (is_made_as(d, KIND_BRIDGE))
		return config_refuse(k->c, d->master_line, k->e,
			"uplink %s of bridge '%s' is a bridge: it can't be a port of another", d->link.name,
			bridge->link.name);
	// The client would run on a port, which takes no packets for itself.
	if (d->policy == ADDRESS_DHCP)
		return config_refuse(k->c, d->master_line, k->e,
			"%s has address=dhcp, and is a port of bridge '%s': say address=dhcp for "
			"the bridge",
			d->link.name, bridge->link.name);
	return 0;
}

static int check_vlan(const struct check *k, const struct config_device *d, const struct config_device *lower)
{
	const struct config_device *master = config_find(k->c, lower->link.master.name);
	char line[24];

	if (is_made_as(master, KIND_BOND))
		return config_refuse(k->c, d->line, k->e, "VLAN %u of %s: %s is a port of %s%s, which has the VLANs",
			d->link.vlan.id, lower->link.name, lower->link.name, master->link.name,
			config_print_line(line, lower->master_line));
	if (d->link.set & lower->link.set & LINK_MTU && d->link.mtu > lower->link.mtu)
		return config_refuse(k->c, d->line, k->e,
			"mtu=%u of VLAN %u is more than that of the device below it: %s has "
			"mtu=%u%s",
			d->link.mtu, d->link.vlan.id, lower->link.name, lower->link.mtu,
			config_print_line(line, lower->line));
	return 0;
}

static int check_device(const struct check *k, const struct config_device *d)
{
	const struct config_device *master = config_find(k->c, d->link.master.name);
	const struct config_device *lower = config_find(k->c, d->link.lower.name);
	int r = 0;

	if (is_made_as(master, KIND_BRIDGE))
		r = check_bridge_port(k, d, master);
	if (!r && is_made_as(d, KIND_VLAN) && lower)
		r = check_vlan(k, d, lower);
	return r;
}

// How high a device is in its stack, and which one below it made it so.
struct level {
	unsigned int height;
	const struct config_device *below;
};

// Puts upper above lower. Returns whether it wasn't yet.
static bool raise_above(struct level *levels, const struct config_device *upper, const struct config_device *lower)
{
	struct level *l = &levels[upper->slot];

	if (l->height > levels[lower->slot].height)
		return false;
	l->height = levels[lower->slot].height + 1;
	l->below = lower;
	return true;
}

static int find_device(const struct config_device *const list[], int count, const struct config_device *d)
{
	for (int i = 0; i < count; i++)
		if (list[i] == d)
			return i;
	return -1;
}

static void print_stack(const struct config_device *const list[], int count, char *buf, size_t size)
{
	size_t length = (size_t)snprintf(buf, size, "%s", list[0]->link.name);

	for (int i = 1; i < count && length < size; i++)
		length += (size_t)snprintf(buf + length, size - length, " over %s", list[i]->link.name);
}

// top has DEPTH_MAX devices below it: all different, or the same ones again.
static int refuse_stack(const struct check *k, const struct level *levels, const struct config_device *top)
{
	const struct config_device *list[DEPTH_MAX + 2];
	char text[sizeof(list) / sizeof(*list) * (NAME_SIZE + 6)];
	int count = 0, first = -1;

	while (count <= DEPTH_MAX && first < 0) {
		first = find_device(list, count, top);
		list[count] = top;
		count++;
		top = levels[top->slot].below;
	}
	if (first < 0) {
		print_stack(list, count, text, sizeof(text));
		return config_refuse(
			k->c, list[0]->line, k->e, "more than %d devices stand on each other: %s", DEPTH_MAX, text);
	}
	print_stack(list + first, count - first, text, sizeof(text));
	return config_refuse(k->c, list[first]->line, k->e, "a device can't stand on itself: %s", text);
}

// A device is higher than its ports and than the device below it. The heights are raised until that
// is so, or until one is impossible, as it always becomes in a circle.
static int check_heights(const struct check *k, struct level *levels)
{
	bool raised = true;

	while (raised) {
		raised = false;
		for (size_t i = 0; i < k->c->count; i++) {
			const struct config_device *d = k->c->devices[i];
			const struct config_device *master = config_find(k->c, d->link.master.name);
			const struct config_device *lower = config_find(k->c, d->link.lower.name);

			if (lower)
				raised |= raise_above(levels, d, lower);
			if (levels[d->slot].height >= DEPTH_MAX)
				return refuse_stack(k, levels, d);
			if (master)
				raised |= raise_above(levels, master, d);
		}
	}
	return 0;
}

static int check_stacks(const struct check *k)
{
	struct level *levels = calloc(k->c->count + 1, sizeof(*levels));
	int r;

	if (!levels)
		return err_set(k->e, ENOMEM, "no memory to check the configuration");
	r = check_heights(k, levels);
	free(levels);
	return r;
}

// Notes in a table that d has what text says, which only one device may have. Returns 0 and the
// device that has it already, or NULL; or -ENOMEM.
static int note_owner(
	struct name_table **owners, const char *text, struct config_device *d, const struct config_device **ret)
{
	int r = name_table_add(owners, text, d);

	*ret = NULL;
	if (r == -EEXIST) {
		*ret = name_table_find(*owners, text);
		return 0;
	}
	return r;
}

// Writes the address of an entry without its prefix length. Returns whether it must be the only one
// on the host: every link has link-local addresses of its own.
static bool is_unique_address(const struct l3_entry *entry, char text[L3_KEY_SIZE])
{
	struct in6_addr address;

	text_copy(text, L3_KEY_SIZE, entry->key);
	text[strcspn(text, "/")] = '\0';
	if (entry->family != AF_INET6 || inet_pton(AF_INET6, text, &address) != 1)
		return true;
	return !IN6_IS_ADDR_LINKLOCAL(&address);
}

static int check_address(
	const struct check *k, const struct l3_entry *entry, struct config_device *d, struct name_table **owners)
{
	const struct config_device *other;
	char text[L3_KEY_SIZE], line[24];

	if (entry->family == AF_INET6 && d->link.set & LINK_MTU && d->link.mtu < IPV6_MTU_MIN)
		return config_refuse(k->c, d->line, k->e,
			"%s has mtu=%u and the address %s: IPv6 needs an MTU of at least %d", d->link.name, d->link.mtu,
			entry->key, IPV6_MTU_MIN);
	if (!is_unique_address(entry, text))
		return 0;
	if (note_owner(owners, text, d, &other))
		return err_set(k->e, ENOMEM, "no memory to check the configuration");
	if (other == d)
		return config_refuse(k->c, d->line, k->e, "%s has the address %s twice", d->link.name, text);
	if (other)
		return config_refuse(k->c, d->line, k->e, "%s has the address %s, which %s has already%s", d->link.name,
			text, other->link.name, config_print_line(line, other->line));
	return 0;
}

static int check_default_route(
	const struct check *k, const struct l3_entry *entry, struct config_device *d, struct name_table **owners)
{
	const char *family = entry->family == AF_INET6 ? "IPv6" : "IPv4";
	const struct config_device *other;
	char line[24];

	if (note_owner(owners, family, d, &other))
		return err_set(k->e, ENOMEM, "no memory to check the configuration");
	if (other)
		return config_refuse(k->c, d->line, k->e,
			"a second %s gateway= on %s: %s has one already%s, and there is one "
			"default route",
			family, d->link.name, other->link.name, config_print_line(line, other->line));
	return 0;
}

static int check_entries(const struct check *k)
{
	struct name_table *addresses = NULL, *gateways = NULL;
	int r = 0;

	for (size_t i = 0; i < k->c->entries.count && !r; i++) {
		const struct l3_entry *entry = k->c->entries.list[i];
		struct config_device *d = config_find(k->c, entry->devices[0].name);

		if (entry->kind == L3_ADDRESS)
			r = check_address(k, entry, d, &addresses);
		else
			r = check_default_route(k, entry, d, &gateways);
	}
	name_table_free(&addresses);
	name_table_free(&gateways);
	return r;
}

int config_check(const struct config *c, struct err *e)
{
	struct check k = {c, e};
	int r = check_stacks(&k);

	for (size_t i = 0; i < c->count && !r; i++)
		r = check_device(&k, c->devices[i]);
	if (!r)
		r = check_entries(&k);
	return r;
}
