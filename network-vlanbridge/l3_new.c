// SPDX-License-Identifier: ISC
// Entries that the configuration asks for. Their text is their key: so is that of the same entry as the kernel reports
// it.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "l3_key.h"
#include "vlans.h"

static struct l3_entry *new_entry(enum l3_kind kind, int family, const char *key, const char *device)
{
	struct l3_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->kind = kind;
	e->family = family;
	text_copy(e->key, sizeof(e->key), key);
	e->text = strdup(key);
	e->devices = calloc(1, sizeof(*e->devices));
	if (!e->text || !e->devices) {
		l3_free(e);
		return NULL;
	}
	e->device_count = 1;
	text_copy(e->devices->name, NAME_SIZE, device);
	return e;
}

// The address as the kernel would print it.
static int parse_address(const char *text, int *family, char canonical[L3_ADDRESS_SIZE])
{
	unsigned char bytes[16];

	*family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(*family, text, bytes) != 1 || !inet_ntop(*family, bytes, canonical, L3_ADDRESS_SIZE))
		return -EINVAL;
	return 0;
}

// Neither multicast, nor unspecified, nor the whole network's.
static bool is_host_address(int family, const char *text)
{
	struct in6_addr a6;
	struct in_addr a4;

	if (family == AF_INET6)
		return inet_pton(AF_INET6, text, &a6) == 1 && !IN6_IS_ADDR_MULTICAST(&a6) &&
		       !IN6_IS_ADDR_UNSPECIFIED(&a6);
	return inet_pton(AF_INET, text, &a4) == 1 && !IN_MULTICAST(ntohl(a4.s_addr)) && ntohl(a4.s_addr) >> 24 &&
	       ntohl(a4.s_addr) != INADDR_BROADCAST;
}

int l3_new_address(const char *text, const char *device, struct l3_entry **ret, struct err *e)
{
	char copy[64], canonical[L3_ADDRESS_SIZE], key[L3_KEY_SIZE], *slash;
	unsigned long prefix;
	int family;

	if (!text_copy(copy, sizeof(copy), text) || !(slash = strchr(copy, '/')))
		return err_set(e, EINVAL, "'%s' is no address like 192.0.2.1/24", text);
	*slash = '\0';
	if (parse_address(copy, &family, canonical) ||
		number_parse(slash + 1, 1, family == AF_INET ? 32 : 128, &prefix))
		return err_set(e, EINVAL, "'%s' is no address like 192.0.2.1/24 or 2001:db8::1/64", text);
	if (!is_host_address(family, canonical))
		return err_set(e, EINVAL, "'%s' is no address that a host can have", text);
	l3_key_address(key, canonical, "", (unsigned int)prefix);
	*ret = new_entry(L3_ADDRESS, family, key, device);
	if (!*ret)
		return err_set(e, ENOMEM, "no memory for an address");
	(*ret)->ours = true;
	return 0;
}

int l3_new_gateway(const char *gateway, const char *device, struct l3_entry **ret, struct err *e)
{
	struct l3_route_key k = {.type = RTN_UNICAST, .destination = "default", .table = RT_TABLE_MAIN, .source = ""};
	char canonical[L3_ADDRESS_SIZE], key[L3_KEY_SIZE];

	if (parse_address(gateway, &k.family, canonical))
		return err_set(e, EINVAL, "'%s' is no address of a gateway", gateway);
	k.via = canonical;
	k.metric = l3_usual_metric(k.family);
	if (l3_key_route(key, &k))
		return err_set(e, ENOMEM, "no memory for a route");
	*ret = new_entry(L3_ROUTE, k.family, key, device);
	if (!*ret)
		return err_set(e, ENOMEM, "no memory for a route");
	(*ret)->ours = true;
	(*ret)->gateway = true;
	(*ret)->is_default = k.family == AF_INET;
	return 0;
}

struct l3_entry *l3_new_link_local(const uint8_t mac[6], const char *device)
{
	unsigned char address[16] = {0xfe, 0x80, [8] = mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
	char text[L3_ADDRESS_SIZE] = "", key[L3_KEY_SIZE];
	struct l3_entry *e;

	inet_ntop(AF_INET6, address, text, sizeof(text));
	l3_key_address(key, text, "", 64);
	e = new_entry(L3_ADDRESS, AF_INET6, key, device);
	if (e)
		e->link_local = true;
	return e;
}
