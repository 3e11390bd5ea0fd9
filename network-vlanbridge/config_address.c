// SPDX-License-Identifier: ISC
// What dom0 has on a device: address= and gateway= of an item.
#include <arpa/inet.h>
#include <string.h>

#include "config_item.h"

struct ip {
	int family;
	unsigned int prefix; // the whole address where none is given
	unsigned char bytes[16];
};

static unsigned int ip_bits(const struct ip *ip)
{
	if (ip->family == AF_INET)
		return 32;
	return 128;
}

// Takes ADDRESS or ADDRESS/PREFIX. Returns whether it is one.
static bool ip_parse(const char *text, struct ip *ret)
{
	char copy[64], *slash;
	unsigned long prefix;

	*ret = (struct ip){.family = AF_INET};
	if (strchr(text, ':'))
		ret->family = AF_INET6;
	prefix = ip_bits(ret);
	if (!text_copy(copy, sizeof(copy), text))
		return false;
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		if (number_parse(slash + 1, 1, ip_bits(ret), &prefix))
			return false;
	}
	ret->prefix = (unsigned int)prefix;
	return inet_pton(ret->family, copy, ret->bytes) == 1;
}

static bool ip_is_link_local(const struct ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static bool ip_is_in_subnet(const struct ip *ip, const struct ip *subnet)
{
	unsigned int whole = subnet->prefix / 8, rest = subnet->prefix % 8;
	unsigned int mask = 0xff00 >> rest & 0xff;

	if (ip->family != subnet->family || memcmp(ip->bytes, subnet->bytes, whole))
		return false;
	return !rest || !((ip->bytes[whole] ^ subnet->bytes[whole]) & mask);
}

// The kernel takes a gateway only where it has a route to it: the subnet of an address of the
// device. With a host address, /32 or /128, the gateway is reached on the link itself.
static void check_gateway(struct config_item *it, const char *text, const char *addresses)
{
	char copy[ITEM_VALUE_SIZE], *rest, *word;
	struct ip gateway, address;
	bool reachable;

	if (!ip_parse(text, &gateway) || !text_copy(copy, sizeof(copy), addresses))
		return;
	reachable = ip_is_link_local(&gateway);
	for (word = strtok_r(copy, ITEM_SEPARATORS, &rest); word; word = strtok_r(NULL, ITEM_SEPARATORS, &rest)) {
		if (!ip_parse(word, &address) || address.family != gateway.family)
			continue;
		if (!memcmp(address.bytes, gateway.bytes, sizeof(address.bytes))) {
			config_item_refuse(it, "gateway=%s is an address of this host: it is in address=, too", text);
			return;
		}
		if (address.prefix == ip_bits(&address) || ip_is_in_subnet(&gateway, &address))
			reachable = true;
	}
	if (!reachable)
		config_item_refuse(
			it, "gateway=%s can't be reached: it is in no subnet of address=%s", text, addresses);
}

typedef int (*new_entry)(const char *text, const char *device, struct l3_entry **ret, struct err *err);

// Takes each word of address= or gateway=. `addresses` is what a gateway has to fit, NULL with address=.
static void take_entries(struct config_item *it, const char *key, const char *list, new_entry make, const char *device,
	const char *addresses)
{
	char copy[ITEM_VALUE_SIZE], *rest, *word;
	struct l3_entry *entry;
	struct err inner;

	if (!text_copy(copy, sizeof(copy), list))
		return;
	for (word = strtok_r(copy, ITEM_SEPARATORS, &rest); word; word = strtok_r(NULL, ITEM_SEPARATORS, &rest)) {
		if (make(word, device, &entry, &inner)) {
			config_item_refuse(it, "%s: %s", key, inner.text);
			return;
		}
		// The entry belongs to the configuration from here on.
		if (l3_list_append(&it->to->entries, entry))
			config_item_refuse_memory(it);
		if (addresses)
			check_gateway(it, word, addresses);
	}
}

static void take_list(struct config_item *it, struct config_device *d, const char *addresses)
{
	const char *gateways = config_item_value(it, "gateway");

	if (addresses[strspn(addresses, ITEM_SEPARATORS)] == '\0')
		config_item_refuse(it, "address=%s has no address", addresses);
	d->policy = ADDRESS_LIST;
	take_entries(it, "address", addresses, l3_new_address, d->link.name, NULL);
	if (gateways && !it->failed)
		take_entries(it, "gateway", gateways, l3_new_gateway, d->link.name, addresses);
}

static void take_inherit(struct config_item *it, struct config_device *d)
{
	if (!d->can_inherit)
		config_item_refuse(it, "address=inherit needs a port whose untagged frames the device gets: "
				       "an uplink= without vlan=; with tagged= also vlan_default_pvid=");
	// The device starts without a link-local address: that of its port moves with the others.
	d->policy = ADDRESS_INHERIT;
}

void config_item_address(struct config_item *it, struct config_device *d, bool can_inherit)
{
	const char *v = config_item_value(it, "address"), *gateway = config_item_value(it, "gateway");

	config_deny_addresses(d);
	d->can_inherit = can_inherit;
	if (!v && can_inherit)
		v = "inherit";
	if (!v)
		v = "none";
	if (gateway && !strchr(v, '/')) {
		config_item_refuse(it, "gateway=%s needs addresses in address=", gateway);
		return;
	}
	if (!strcmp(v, "none"))
		return;
	if (!strcmp(v, "inherit")) {
		take_inherit(it, d);
		return;
	}
	d->link.addr_gen = 0; // IN6_ADDR_GEN_MODE_EUI64, the kernel's default
	if (strcmp(v, "dhcp")) {
		take_list(it, d, v);
		return;
	}
	d->policy = ADDRESS_DHCP;
	d->mark.dhcp = true;
}
