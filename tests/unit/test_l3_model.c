// SPDX-License-Identifier: ISC
// Layer-3 entries without netlink around them: what comes by itself, keys, order, and what the configuration asks for.
#include "tests.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "network-vlanbridge/l3_key.h"
#include "network-vlanbridge/l3_message.h"
#include "network-vlanbridge/l3_wire.h"

static struct l3_entry *entry(enum l3_kind kind, int family, const char *key, const char *device)
{
	struct l3_entry *e = calloc(1, sizeof(*e));

	e->kind = kind;
	e->family = family;
	assert_true(text_copy(e->key, sizeof(e->key), key));
	e->text = strdup(key);
	e->devices = calloc(1, sizeof(*e->devices));
	e->device_count = 1;
	assert_true(text_copy(e->devices->name, NAME_SIZE, device));
	return e;
}

static void add_address(struct l3_list *all, int family, const char *key, bool no_prefix_route, uint32_t metric)
{
	struct l3_entry *e = entry(L3_ADDRESS, family, key, "eth0");

	e->no_prefix_route = no_prefix_route;
	e->prefix_metric = metric;
	assert_int_equal(l3_list_append(all, e), 0);
}

static void add_kernel_route(struct l3_list *all, int family, const char *key, const char *device)
{
	struct l3_entry *e = entry(L3_ROUTE, family, key, device);

	e->from_kernel = true;
	l3_key_value(key, "src", e->source, sizeof(e->source));
	assert_int_equal(l3_list_append(all, e), 0);
}

// Whether one of those addresses brings the route with it.
static bool dropped(int family, const char *route, const char *device)
{
	struct l3_list all = {0};
	size_t before;
	bool result;

	add_kernel_route(&all, family, route, device);
	add_address(&all, AF_INET, "192.0.2.1/24", false, 0);
	add_address(&all, AF_INET, "10.0.0.1 peer 10.0.0.2/32", false, 0);
	add_address(&all, AF_INET, "198.51.100.1/24", true, 100);
	add_address(&all, AF_INET, "203.0.113.65/26", false, 77);
	add_address(&all, AF_INET6, "2001:db8::1/64", false, 0);
	add_address(&all, AF_INET6, "2001:db8:1::1/64", true, 0);
	add_address(&all, AF_INET6, "2001:db8:3::1 peer 2001:db8:4::2/64", false, 0);
	add_address(&all, AF_INET6, "2001:db8:5::1 peer 2001:db8:6::2/128", true, 0);
	before = all.count;
	l3_list_drop_implied(&all);
	result = all.count == before - 1;
	assert_true(result || all.count == before);
	l3_list_free(&all);
	return result;
}

static void what_the_kernel_makes_is_dropped(void **state)
{
	(void)state;
	assert_true(dropped(AF_INET, "192.0.2.0/24 src 192.0.2.1", "eth0"));
	assert_true(dropped(AF_INET, "192.0.2.0/24 table 10 src 192.0.2.1", "eth0")); // a VRF's
	assert_true(dropped(AF_INET, "10.0.0.2/32 src 10.0.0.1", "eth0"));
	assert_true(dropped(AF_INET, "203.0.113.64/26 metric 77 src 203.0.113.65", "eth0"));
	assert_true(dropped(AF_INET6, "2001:db8::/64 metric 256", "eth0"));
	assert_true(dropped(AF_INET6, "2001:db8:3::/64 metric 256", "eth0"));
	assert_true(dropped(AF_INET6, "2001:db8:4::2/128 metric 256", "eth0"));
	assert_true(dropped(AF_INET6, "2001:db8:6::2/128 metric 256", "eth0"));
	assert_true(dropped(AF_INET6, "fe80::/64 metric 256", "eth1"));
	assert_true(dropped(AF_INET6, "multicast ff00::/8 table 255 metric 256", "eth1"));
	assert_true(dropped(AF_INET6, "ff00::/8 table 10 metric 256", "eth1"));
}

static void what_others_made_stays(void **state)
{
	(void)state;
	assert_false(dropped(AF_INET, "192.0.2.0/24 src 192.0.2.1", "eth1"));
	assert_false(dropped(AF_INET, "192.0.2.0/24 src 192.0.2.9", "eth0"));
	assert_false(dropped(AF_INET, "192.0.2.0/24", "eth0"));
	assert_false(dropped(AF_INET, "192.0.2.0/24 metric 100 src 192.0.2.1", "eth0"));
	assert_false(dropped(AF_INET, "192.0.2.0/24 scope 0 src 192.0.2.1", "eth0"));
	assert_false(dropped(AF_INET, "192.0.2.0/25 src 192.0.2.1", "eth0"));
	assert_false(dropped(AF_INET, "203.0.113.64/26 src 203.0.113.65", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8::/64", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8:2::/64 metric 256", "eth0")); // on-link, from an RA
	// NetworkManager's, beside its noprefixroute addresses.
	assert_false(dropped(AF_INET, "198.51.100.0/24 metric 100 src 198.51.100.1", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8:1::/64 metric 100", "eth0"));
	assert_false(dropped(AF_INET6, "fe80::/64", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8::1/128 metric 256", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8:4::/64 metric 256", "eth0"));
	assert_false(dropped(AF_INET6, "2001:db8:4::2/128 metric 256", "eth1"));
	assert_false(dropped(AF_INET6, "2001:db8:5::1/128 metric 256", "eth0")); // noprefixroute
}

static void route_key_is(const char *expected, struct l3_route_key k)
{
	char key[L3_KEY_SIZE];

	k.via = k.via ? k.via : "";
	k.source = k.source ? k.source : "";
	assert_int_equal(l3_key_route(key, &k), 0);
	assert_string_equal(key, expected);
}

static void keys(void **state)
{
	(void)state;
	route_key_is("default via 192.0.2.1", (struct l3_route_key){.family = AF_INET,
						      .type = RTN_UNICAST,
						      .destination = "default",
						      .via = "192.0.2.1",
						      .table = 254});
	route_key_is("198.51.100.0/24", (struct l3_route_key){.family = AF_INET,
						.type = RTN_UNICAST,
						.destination = "198.51.100.0/24",
						.scope = RT_SCOPE_LINK,
						.table = 254});
	route_key_is("2001:db8::/32 from 2001:db8:1::/48 via fe80::1 table 10 metric 7 tos 16 src 2001:db8::1",
		(struct l3_route_key){.family = AF_INET6,
			.type = RTN_UNICAST,
			.destination = "2001:db8::/32",
			.from = "2001:db8:1::/48",
			.via = "fe80::1",
			.table = 10,
			.metric = 7,
			.tos = 16,
			.source = "2001:db8::1"});
}

static void types(void **state)
{
	static const struct {
		int type;
		const char *key;
	} cases[] = {
		{RTN_UNICAST, "10.0.0.0/8 tos 4 scope 254"},
		{RTN_LOCAL, "local 10.0.0.0/8 tos 4 scope 254"},
		{RTN_BLACKHOLE, "blackhole 10.0.0.0/8 tos 4 scope 254"},
		{RTN_NAT, "nat 10.0.0.0/8 tos 4 scope 254"},
		{RTN_UNSPEC, "type 0 10.0.0.0/8 tos 4 scope 254"},
		{RTN_XRESOLVE, "type 11 10.0.0.0/8 tos 4 scope 254"},
		{255, "type 255 10.0.0.0/8 tos 4 scope 254"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		route_key_is(cases[i].key, (struct l3_route_key){.family = AF_INET,
						   .type = cases[i].type,
						   .destination = "10.0.0.0/8",
						   .table = 254,
						   .tos = 4,
						   .scope = RT_SCOPE_HOST});
}

static void values_of_keys(void **state)
{
	static const struct {
		const char *key, *word, *value; // NULL: it has none
	} cases[] = {
		{"default via fe80::1 metric 7", "metric", "7"},
		{"default via fe80::1 metric 7 table 5", "metric", "7"},
		{"default via fe80::1 metric 7", "via", "fe80::1"},
		{"default via 192.0.2.1 via 192.0.2.2", "via", "192.0.2.1"},
		{"default via fe80::1 metric 7", "table", NULL},
		{"default via fe80::1 xmetric 7", "metric", NULL},
		{"default via fe80::1 metrics 7", "metric", NULL},
		{"default metrics 7 metric 8", "metric", "8"},
		{"metric 7", "metric", NULL},
		{"default via 2001:db8:1111", "via", NULL}, // no room
		{"default via 2001:db8:11", "via", "2001:db8:11"},
	};
	char value[12];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool found = l3_key_value(cases[i].key, cases[i].word, value, sizeof(value));

		assert_int_equal(found, cases[i].value != NULL);
		assert_string_equal(value, found ? cases[i].value : "");
	}
}

// An address and its network; or what can't be read.
static void networks(void **state)
{
	static const struct {
		int family;
		const char *key, *network;
	} cases[] = {
		{AF_INET, "192.0.2.77/24", "192.0.2.0/24"},
		{AF_INET, "192.0.2.77/32", "192.0.2.77/32"},
		{AF_INET, "192.0.2.77/0", "0.0.0.0/0"},
		{AF_INET, "192.0.2.77/26", "192.0.2.64/26"},
		{AF_INET, "192.0.2.77/7", "192.0.0.0/7"},
		{AF_INET, "10.0.0.1 peer 10.9.0.2/16", "10.9.0.0/16"},
		{AF_INET6, "2001:db8:ffff::1/33", "2001:db8:8000::/33"},
		{AF_INET6, "2001:db8::1/128", "2001:db8::1/128"},
		{AF_INET, "192.0.2.77/33", NULL},
		{AF_INET6, "2001:db8::1/129", NULL},
		{AF_INET, "192.0.2.77", NULL},
		{AF_INET, "192.0.2/24", NULL},
		{AF_INET, "10.0.0.1 peer x/16", NULL},
		{AF_INET, "x peer 10.0.0.1/16", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct l3_entry *e = entry(L3_ADDRESS, cases[i].family, cases[i].key, "eth0");
		struct l3_address_key k;
		char network[L3_PREFIX_SIZE];

		assert_int_equal(l3_key_read_address(e, &k), cases[i].network ? 0 : -EINVAL);
		if (cases[i].network) {
			l3_key_network(cases[i].family, k.address, k.prefix, network);
			assert_string_equal(network, cases[i].network);
		}
		l3_free(e);
	}
}

// A prefix route of the kernel's whose address is gone.
static void stale_routes(void **state)
{
	static const struct {
		int family;
		const char *key;
		bool stale;
	} cases[] = {
		{AF_INET6, "2001:db8:9::/64 metric 256", true},
		{AF_INET6, "2001:db8::/64 metric 257", false}, // of the address that is there
		{AF_INET6, "2001:db8:9::/64 metric 100", false},
		{AF_INET6, "2001:db8:4::2/128 metric 256", false}, // of the peer that is there
		{AF_INET6, "2001:db8:4::/64 metric 256", true},
		{AF_INET, "198.51.100.0/24 metric 256", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int other = 0; other < 4; other++) {
			struct l3_list all = {0};
			struct l3_entry *e;

			add_address(&all, AF_INET, "192.0.2.1/24", false, 0);
			add_address(&all, AF_INET6, "2001:db8::1/64", false, 0);
			add_address(&all, AF_INET6, "2001:db8:3::1 peer 2001:db8:4::2/64", false, 77);
			add_kernel_route(&all, cases[i].family, cases[i].key, "eth0");
			e = all.list[all.count - 1];
			e->from_kernel = other != 1;
			e->gateway = other == 2;
			e->nexthop_object = other == 3;
			l3_list_drop_implied(&all);
			assert_int_equal(all.count, 4);
			assert_int_equal(e->stale, cases[i].stale && !other);
			l3_list_free(&all);
		}
}

static void refused_addresses(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"192.0.2.1", "'192.0.2.1' is no address like 192.0.2.1/24"},
		{"192.0.2.1/33", "'192.0.2.1/33' is no address like 192.0.2.1/24 or 2001:db8::1/64"},
		{"192.0.2.1/0", "'192.0.2.1/0' is no address like 192.0.2.1/24 or 2001:db8::1/64"},
		{"192.0.2/24", "'192.0.2/24' is no address like 192.0.2.1/24 or 2001:db8::1/64"},
		{"2001:db8::1/129", "'2001:db8::1/129' is no address like 192.0.2.1/24 or 2001:db8::1/64"},
		{"0.0.0.1/24", "'0.0.0.1/24' is no address that a host can have"},
		{"224.0.0.1/24", "'224.0.0.1/24' is no address that a host can have"},
		{"255.255.255.255/24", "'255.255.255.255/24' is no address that a host can have"},
		{"::/64", "'::/64' is no address that a host can have"},
		{"ff02::1/64", "'ff02::1/64' is no address that a host can have"},
		{"2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001/64",
			"'2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001/64' is no address "
			"like 192.0.2.1/24"},
	};
	struct l3_entry *e;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(l3_new_address(cases[i].text, "eth0", &e, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].message);
	}
	assert_int_equal(l3_new_gateway("192.0.2", "eth0", &e, &err), -EINVAL);
	assert_string_equal(err.text, "'192.0.2' is no address of a gateway");
}

// So many next hops that the key is cut: two routes that differ in the last one still differ.
static void long_keys_differ(void **state)
{
	struct l3_route_key k = {
		.family = AF_INET, .type = RTN_UNICAST, .destination = "default", .table = 254, .source = ""};
	char a[L3_KEY_SIZE], b[L3_KEY_SIZE], via[1024] = "192.0.2.1";

	(void)state;
	k.via = via;
	for (int i = 0; i < 30; i++)
		strcat(via, " via 192.0.2.1");
	assert_int_equal(l3_key_route(a, &k), 0);
	via[strlen(via) - 1] = '2';
	assert_int_equal(l3_key_route(b, &k), 0);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), strlen(b));
}

// What the kernel reports of an entry that we made from the configuration equals it.
static void configured(struct l3_entry *e)
{
	struct l3_list all = {0};
	struct nl_msg *msgs[2];

	e->devices->index = 7;
	assert_int_equal(l3_messages(e, true, msgs), 1);
	assert_int_equal(l3_parse(nlmsg_hdr(msgs[0]), &all), 0);
	assert_int_equal(all.count, 1);
	assert_int_equal(all.list[0]->devices->index, 7);
	text_copy(all.list[0]->devices->name, NAME_SIZE, e->devices->name);
	assert_true(l3_equal(all.list[0], e));
	assert_int_equal(l3_compare_keys(all.list[0], e), 0);
	assert_int_equal(all.list[0]->ours, e->ours);
	assert_int_equal(all.list[0]->link_local, e->link_local);
	assert_int_equal(all.list[0]->gateway, e->gateway);
	assert_int_equal(all.list[0]->is_default, e->is_default);
	l3_list_free(&all);
	nlmsg_free(msgs[0]);
	l3_free(e);
}

static void configured_entries(void **state)
{
	static const char *const addresses[] = {"192.0.2.1/24", "192.0.2.1/32", "2001:DB8::0:1/64", "fe80::1/64"};
	static const char *const gateways[] = {"192.0.2.254", "2001:db8::fe", "fe80::1"};
	struct l3_entry *e;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		assert_int_equal(l3_new_address(addresses[i], "eth0", &e, NULL), 0);
		configured(e);
	}
	for (size_t i = 0; i < sizeof(gateways) / sizeof(*gateways); i++) {
		assert_int_equal(l3_new_gateway(gateways[i], "eth0", &e, NULL), 0);
		configured(e);
	}
	e = l3_new_link_local((const uint8_t[]){0x02, 0, 0, 0, 0, 0x09}, "eth0");
	assert_string_equal(e->key, "fe80::ff:fe00:9/64");
	configured(e);
}

static bool is_link_local(const char *protocol, const unsigned char last[8], uint32_t flags)
{
	struct ifaddrmsg h = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_scope = RT_SCOPE_LINK, .ifa_index = 7};
	unsigned char address[16] = {0xfe, 0x80};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	struct l3_list all = {0};
	bool result;

	memcpy(address + 8, last, 8);
	nlmsg_append(m, &h, sizeof(h), NLMSG_ALIGNTO);
	nla_put(m, IFA_ADDRESS, 16, address);
	nla_put_u32(m, IFA_FLAGS, flags);
	if (*protocol)
		nla_put_u8(m, IFA_PROTO, (uint8_t)atoi(protocol));
	assert_int_equal(l3_parse(nlmsg_hdr(m), &all), 0);
	result = all.list[0]->link_local;
	l3_list_free(&all);
	nlmsg_free(m);
	return result;
}

static void whose_link_local(void **state)
{
	static const unsigned char eui64[8] = {0, 0, 0, 0xff, 0xfe, 0, 0, 9}, one[8] = {[7] = 1};

	(void)state;
	assert_true(is_link_local("3", one, IFA_F_PERMANENT));
	assert_false(is_link_local("118", eui64, IFA_F_PERMANENT));
	assert_true(is_link_local("", eui64, IFA_F_PERMANENT));
	assert_false(is_link_local("", one, IFA_F_PERMANENT));
	assert_true(is_link_local("", one, IFA_F_PERMANENT | IFA_F_STABLE_PRIVACY));
	assert_false(is_link_local("", eui64, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE));
}

static void subnets(void **state)
{
	struct l3_entry *a = entry(L3_ADDRESS, AF_INET, "192.0.2.1/25", "eth0"),
			*b = entry(L3_ADDRESS, AF_INET, "192.0.2.126/25", "eth0"),
			*c = entry(L3_ADDRESS, AF_INET, "192.0.2.129/25", "eth0"),
			*d = entry(L3_ADDRESS, AF_INET, "192.0.2.1/24", "eth0");

	(void)state;
	assert_true(l3_same_subnet(a, b));
	assert_false(l3_same_subnet(a, c));
	assert_false(l3_same_subnet(a, d));
	l3_free(a), l3_free(b), l3_free(c), l3_free(d);
}

// Each entry here comes before the next one; an order must say so of every pair, both ways.
static void order(void **state)
{
	struct l3_entry *e[] = {entry(L3_ADDRESS, AF_INET, "192.0.2.1/24", "eth0"),
		entry(L3_ADDRESS, AF_INET, "192.0.2.1/24", "eth1"), entry(L3_ADDRESS, AF_INET, "192.0.2.2/24", "eth0"),
		entry(L3_ADDRESS, AF_INET6, "192.0.2.1/24", "eth0"), entry(L3_ROUTE, AF_INET, "192.0.2.1/24", "eth0"),
		entry(L3_RULE, AF_INET, "192.0.2.1/24", "eth0")};
	int n = sizeof(e) / sizeof(*e);

	(void)state;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++) {
			int r = l3_compare(e[i], e[k]);

			assert_int_equal((r > 0) - (r < 0), (i > k) - (i < k));
		}
	l3_move(e[0], "eth0", "eth1");
	assert_true(l3_equal(e[0], e[1]));
	for (int i = 0; i < n; i++)
		l3_free(e[i]);
}

int test_l3_model(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_kernel_makes_is_dropped),
		cmocka_unit_test(what_others_made_stays), cmocka_unit_test(keys), cmocka_unit_test(types),
		cmocka_unit_test(values_of_keys), cmocka_unit_test(networks), cmocka_unit_test(stale_routes),
		cmocka_unit_test(refused_addresses), cmocka_unit_test(long_keys_differ),
		cmocka_unit_test(configured_entries), cmocka_unit_test(whose_link_local), cmocka_unit_test(subnets),
		cmocka_unit_test(order)};

	return cmocka_run_group_tests_name("l3 entries", tests, NULL, NULL);
}
