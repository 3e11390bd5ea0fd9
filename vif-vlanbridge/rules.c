// SPDX-License-Identifier: ISC
// Packet rules against spoofed addresses, as text for nft.
#include "rules.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "vlans.h"

#define TABLE "bridge vlanbridge"
#define ADDRESSES_MAX 128
#define DROP " counter drop\n"

// One of ip='s addresses or networks.
struct source {
	int family;
	unsigned int bits;
	uint8_t address[16];
};

struct sources {
	struct source list[ADDRESSES_MAX];
	size_t n;
};

// Words that nft takes as they are; everything else would be a way to write rules of one's own.
static int check_word(const char *word, struct err *e)
{
	for (const char *c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return err_set(e, EINVAL,
				"packet rules for a device called '%s' aren't possible: nft "
				"doesn't take the '%c'",
				word, *c);
	return 0;
}

static int parse_source(const char *word, struct source *s)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : strlen(word);
	unsigned long bits;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, word, len);
	address[len] = '\0';
	*s = (struct source){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
	bits = s->family == AF_INET ? 32 : 128;
	if (inet_pton(s->family, address, s->address) != 1 ||
		(slash && number_parse(slash + 1, 0, bits, &bits)))
		return -EINVAL;
	s->bits = (unsigned int)bits;
	// The host bits of 192.0.2.1/24 are of no use in a comparison.
	for (unsigned int bit = s->bits; bit < 128; bit++)
		s->address[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return 0;
}

static int parse_sources(const char *text, struct sources *all, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;

	text_copy(copy, sizeof(copy), text);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		if (all->n == ADDRESSES_MAX)
			return err_set(e, E2BIG, "ip= has more than %d addresses", ADDRESSES_MAX);
		if (parse_source(word, &all->list[all->n++]))
			return err_set(
				e, EINVAL, "ip=: '%s' is neither an address nor a network", word);
	}
	return 0;
}

// What a guest needs for neighbour discovery and DHCPv6: RFC 4291's address made of its MAC.
static void add_link_local(const struct nic *nic, struct sources *all)
{
	const uint8_t *m = nic->mac;
	struct source s = {AF_INET6, 128,
		{0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}};

	if (nic->has_mac && all->n < ADDRESSES_MAX)
		all->list[all->n++] = s;
}

// " WHAT != A WHAT != B …": true for a packet that has none of them.
static void put_none_of(FILE *f, const char *what, int family, const struct sources *all)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family == family)
			fprintf(f, " %s != %s/%u", what,
				inet_ntop(family, s->address, text, sizeof(text)), s->bits);
	}
}

// The same for the target of a neighbour advertisement, which nft 1.0.6 has no word for: bytes 8 to
// 23 of it.
static void put_target_none_of(FILE *f, const struct sources *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family != AF_INET6 || !s->bits)
			continue;
		fprintf(f, " @th,64,%u != 0x", s->bits);
		// A field of so many bits is a number, flush right.
		for (unsigned int bit = 0, value = 0, left = s->bits; left; bit++) {
			value = value << 1 | (s->address[bit / 8] >> (7 - bit % 8) & 1);
			if (!(--left % 4)) {
				fprintf(f, "%x", value);
				value = 0;
			}
		}
	}
}

static bool has_all(const struct sources *all, int family)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].family == family && !all->list[i].bits)
			return true;
	return false;
}

static void put_ipv4(FILE *f, const char *rule, const struct sources *all)
{
	if (has_all(all, AF_INET))
		return;
	fprintf(f, "%s ip saddr 0.0.0.0 udp sport 68 udp dport 67 return\n", rule);
	fprintf(f, "%s meta protocol ip", rule);
	put_none_of(f, "ip saddr", AF_INET, all);
	fputs(DROP, f);
	// A probe for a duplicate has no sender yet: RFC 5227.
	fprintf(f, "%s meta protocol arp arp saddr ip != 0.0.0.0", rule);
	put_none_of(f, "arp saddr ip", AF_INET, all);
	fputs(DROP, f);
}

static void put_ipv6(FILE *f, const char *rule, const struct sources *all)
{
	if (has_all(all, AF_INET6))
		return;
	fprintf(f,
		"%s ip6 saddr :: icmpv6 type { nd-neighbor-solicit, nd-router-solicit, "
		"mld2-listener-report } return\n",
		rule);
	fprintf(f, "%s ip6 saddr fe80::/10 udp sport 546 udp dport 547 return\n", rule);
	fprintf(f, "%s icmpv6 type nd-neighbor-advert", rule);
	put_target_none_of(f, all);
	fputs(DROP, f);
	fprintf(f, "%s meta protocol ip6", rule);
	put_none_of(f, "ip6 saddr", AF_INET6, all);
	fputs(DROP, f);
}

// The frame of the transaction: table, map from device to chain, and the one place that looks into
// it. Said anew every time, because all of it is without effect where it is there already.
static void put_frame(FILE *f, const char *dev)
{
	fputs("add table " TABLE "\n"
	      "add map " TABLE " vifs { type ifname : verdict; }\n"
	      "add chain " TABLE
	      " prerouting { type filter hook prerouting priority -300; policy accept; }\n"
	      "flush chain " TABLE " prerouting\n"
	      "add rule " TABLE " prerouting iifname vmap @vifs\n",
		f);
	fprintf(f, "add chain " TABLE " from-%s\n", dev);
	fprintf(f, "flush chain " TABLE " from-%s\n", dev);
	fprintf(f, "add element " TABLE " vifs { \"%s\" : jump from-%s }\n", dev, dev);
}

static void put_guard(
	FILE *f, const char *rule, const struct nic *nic, const struct sources *all, bool antispoof)
{
	char mac[18];

	if (antispoof) {
		mac_print(nic->mac, mac);
		fprintf(f, "%s ether saddr != %s" DROP, rule, mac);
		fprintf(f, "%s arp saddr ether != %s" DROP, rule, mac);
	}
	if (!all)
		return;
	put_ipv4(f, rule, all);
	put_ipv6(f, rule, all);
	// A second VLAN tag: what is inside can't be seen here, and isn't for this network.
	fprintf(f, "%s meta protocol { 8021q, 8021ad }" DROP, rule);
}

char *rules_format_add(const char *dev, const struct nic *nic, bool antispoof, struct err *e)
{
	struct sources all = {.n = 0};
	bool limited = *nic->text[NIC_IP];
	char *text = NULL, rule[64];
	size_t size;
	FILE *f;

	if (check_word(dev, e) || parse_sources(nic->text[NIC_IP], &all, e))
		return NULL;
	if (antispoof && !nic->has_mac) {
		err_set(e, EINVAL,
			"antispoof needs the guest's MAC address, and there is no mac= for it");
		return NULL;
	}
	add_link_local(nic, &all);
	f = open_memstream(&text, &size);
	if (!f) {
		err_set(e, ENOMEM, "no memory");
		return NULL;
	}
	put_frame(f, dev);
	snprintf(rule, sizeof(rule), "add rule " TABLE " from-%.20s", dev);
	put_guard(f, rule, nic, limited ? &all : NULL, antispoof);
	fclose(f);
	return text;
}

char *rules_format_delete(const char *dev, struct err *e)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	if (check_word(dev, e))
		return NULL;
	f = open_memstream(&text, &size);
	if (!f) {
		err_set(e, ENOMEM, "no memory");
		return NULL;
	}
	// Added first, so that deleting works whether or not it was there.
	put_frame(f, dev);
	fprintf(f, "delete element " TABLE " vifs { \"%s\" }\n", dev);
	fprintf(f, "delete chain " TABLE " from-%s\n", dev);
	fclose(f);
	return text;
}

int rules_apply(char *text, struct deadline *d, struct err *e)
{
	static const char *const usual[] = {"/usr/sbin/nft", "-f", "-", NULL}, *const in_path[] = {
										       "nft", "-f",
										       "-", NULL};
	struct child c;
	int r;

	if (!text)
		return -e->code;
	// A hotplug script's PATH may lack the sbin directories.
	r = child_run(usual, text, d, &c, e);
	if (r == -ENOENT)
		r = child_run(in_path, text, d, &c, e);
	free(text);
	if (r == -ENOENT)
		return err_set(
			e, ENOENT, "ip= and antispoof need nft: install the package nftables");
	if (!r && c.status)
		r = err_set(e, EIO, "nft refuses the packet rules: %s", child_first_line(&c));
	return r;
}
