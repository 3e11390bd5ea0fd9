// SPDX-License-Identifier: ISC
// The routes that the kernel makes by itself: with an address (fib_add_ifaddr, addrconf_prefix_route) or with IPv6 on a
// device.
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "l3_key.h"
#include "vlans.h"

#define IP6_PREFIX_METRIC 256 // IP6_RT_PRIO_ADDRCONF: of the routes that the kernel makes with an address

static bool same_device(const struct l3_entry *a, const struct l3_entry *b)
{
	return a->device_count == 1 && b->device_count == 1 && !strcmp(a->devices->name, b->devices->name);
}

static bool has_destination(const struct l3_entry *route, const char *destination)
{
	size_t n = strlen(destination);

	return !strncmp(route->key, destination, n) && (!route->key[n] || route->key[n] == ' ');
}

static bool has_metric(const struct l3_entry *route, unsigned long metric)
{
	unsigned long n = l3_usual_metric(route->family);
	char text[16];

	if (l3_key_value(route->key, "metric", text, sizeof(text)) && number_parse(text, 0, UINT32_MAX, &n))
		return false;
	return n == metric;
}

// The source address of a kernel's IPv4 prefix route is the address that it was made with (fib_add_ifaddr).
static bool has_source(const struct l3_entry *route, const struct l3_address_key *key)
{
	char local[L3_ADDRESS_SIZE] = "";

	if (route->family == AF_INET6)
		return !*route->source;
	inet_ntop(AF_INET, key->local, local, sizeof(local));
	return !strcmp(route->source, local);
}

static bool leads_to_network(const struct l3_entry *route, const unsigned char address[16], unsigned int prefix)
{
	char network[L3_PREFIX_SIZE];

	l3_key_network(route->family, address, prefix, network);
	return has_destination(route, network);
}

// Of an address with a peer, the peer's network is reached by IPv4; by IPv6 the address's own (inet6_addr_add).
static bool leads_to_own_network(const struct l3_entry *route, const struct l3_address_key *key)
{
	return leads_to_network(route, route->family == AF_INET6 ? key->local : key->address, key->prefix);
}

// ... and the peer alone, whatever the prefix length and IFA_F_NOPREFIXROUTE (__ipv6_ifa_notify).
static bool leads_to_peer(const struct l3_entry *route, const struct l3_address_key *key)
{
	return route->family == AF_INET6 && memcmp(key->local, key->address, sizeof(key->local)) &&
	       leads_to_network(route, key->address, 128);
}

// Whether the kernel makes this route when it gets that address.
static bool is_prefix_route(const struct l3_entry *route, const struct l3_entry *address)
{
	unsigned long metric = route->family == AF_INET6 ? IP6_PREFIX_METRIC : 0;
	struct l3_address_key key;

	if (address->kind != L3_ADDRESS || address->family != route->family || !same_device(route, address) ||
		l3_key_read_address(address, &key))
		return false;
	if (address->prefix_metric)
		metric = address->prefix_metric;
	if (!has_metric(route, metric) || !has_source(route, &key))
		return false;
	return leads_to_peer(route, &key) || (!address->no_prefix_route && leads_to_own_network(route, &key));
}

// The kernel leaves an IPv6 prefix route behind when an address with a lifetime goes (ipv6_del_addr): nobody's any
// more. It also makes one to the network of a peer when an address with one is changed (inet6_addr_modify), as our
// second message about it does.
static bool is_stale(const struct l3_list *all, const struct l3_entry *route)
{
	struct l3_address_key key;

	if (route->kind != L3_ROUTE || route->family != AF_INET6 || !route->from_kernel || route->gateway ||
		route->nexthop_object)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		const struct l3_entry *a = all->list[i];

		if (a->kind != L3_ADDRESS || a->family != AF_INET6 || !same_device(route, a) ||
			l3_key_read_address(a, &key))
			continue;
		if (leads_to_own_network(route, &key) || leads_to_peer(route, &key))
			return false;
	}
	return has_metric(route, IP6_PREFIX_METRIC);
}

static bool may_come_by_itself(const struct l3_entry *route)
{
	char value[16];

	return route->kind == L3_ROUTE && route->from_kernel && !route->gateway && !route->nexthop_object &&
	       !l3_key_value(route->key, "scope", value, sizeof(value));
}

bool l3_comes_with_address(const struct l3_entry *route, const struct l3_entry *address)
{
	return may_come_by_itself(route) && is_prefix_route(route, address);
}

static bool is_implied(const struct l3_list *all, const struct l3_entry *route)
{
	char value[16];

	if (!may_come_by_itself(route))
		return false;
	if (route->family == AF_INET6 && has_destination(route, "fe80::/64") && has_metric(route, IP6_PREFIX_METRIC))
		return true;
	if (route->family == AF_INET6 && has_destination(route, "ff00::/8"))
		return true;
	if (l3_key_value(route->key, "table", value, sizeof(value)) && !strcmp(value, "255"))
		return true;
	for (size_t i = 0; i < all->count; i++)
		if (is_prefix_route(route, all->list[i]))
			return true;
	return false;
}

void l3_list_drop_implied(struct l3_list *all)
{
	size_t kept = 0;

	// What is dropped is swapped to the end and stays whole until all are known.
	for (size_t i = 0; i < all->count; i++) {
		struct l3_entry *e = all->list[i];

		if (is_implied(all, e))
			continue;
		e->stale = is_stale(all, e);
		all->list[i] = all->list[kept];
		all->list[kept++] = e;
	}
	for (size_t i = kept; i < all->count; i++)
		l3_free(all->list[i]);
	all->count = kept;
}
