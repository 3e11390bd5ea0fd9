// SPDX-License-Identifier: ISC
// Filtering rules against spoofed addresses, as text for nft.
#include "rules.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "sources.h"

#define TABLE "bridge vlanbridge"
#define DROP " counter drop\n"

// A name may hold only what nft reads as part of a word: anything else could inject rules.
static int check_device_name(const char *word, struct err *e)
{
	for (const char *c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return err_set(e, EINVAL,
				"filtering rules for a device called '%s' aren't possible: nft "
				"doesn't take the '%c'",
				word, *c);
	return 0;
}

// " WHAT != A WHAT != B …", which matches a packet whose WHAT is none of the sources.
static void print_none_of(FILE *f, const char *what, int family, const struct sources *all)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family == family)
			fprintf(f, " %s != %s/%u", what, inet_ntop(family, s->address, text, sizeof(text)), s->bits);
	}
}

// The first bits of an address as the hexadecimal number that nft compares a field of so many bits
// with: flush right, so the first digit has the bits that are left over.
static void print_prefix_number(FILE *f, const struct source *s)
{
	unsigned int value = 0, left = s->bits;

	fputs("0x", f);
	for (unsigned int bit = 0; bit < s->bits; bit++) {
		value = value << 1 | (s->address[bit / 8] >> (7 - bit % 8) & 1);
		left--;
		if (left % 4)
			continue;
		fprintf(f, "%x", value);
		value = 0;
	}
}

// The same for the target of a neighbour advertisement, bytes 8 to 23 after the IPv6 header: nft
// 1.0.6 has no name for it.
static void print_target_none_of(FILE *f, const struct sources *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family != AF_INET6 || !s->bits)
			continue;
		fprintf(f, " @th,64,%u != ", s->bits);
		print_prefix_number(f, s);
	}
}

static void print_ipv4_rules(FILE *f, const char *rule, const struct sources *all)
{
	if (sources_have_whole_family(all, AF_INET))
		return;
	fprintf(f, "%s ip saddr 0.0.0.0 udp sport 68 udp dport 67 return\n", rule);
	fprintf(f, "%s meta protocol ip", rule);
	print_none_of(f, "ip saddr", AF_INET, all);
	fputs(DROP, f);
	// A probe for a duplicate address has no sender address yet: RFC 5227.
	fprintf(f, "%s meta protocol arp arp saddr ip != 0.0.0.0", rule);
	print_none_of(f, "arp saddr ip", AF_INET, all);
	fputs(DROP, f);
}

static void print_ipv6_rules(FILE *f, const char *rule, const struct sources *all)
{
	if (sources_have_whole_family(all, AF_INET6))
		return;
	fprintf(f,
		"%s ip6 saddr :: icmpv6 type { nd-neighbor-solicit, nd-router-solicit, "
		"mld2-listener-report } return\n",
		rule);
	fprintf(f, "%s ip6 saddr fe80::/10 udp sport 546 udp dport 547 return\n", rule);
	fprintf(f, "%s icmpv6 type nd-neighbor-advert", rule);
	print_target_none_of(f, all);
	fputs(DROP, f);
	fprintf(f, "%s meta protocol ip6", rule);
	print_none_of(f, "ip6 saddr", AF_INET6, all);
	fputs(DROP, f);
}

// The start of every transaction: the table, the map from device to chain, the chain that looks
// into the map, and an empty chain of the device. It creates only what doesn't exist yet.
static void print_frame(FILE *f, const char *dev)
{
	fputs("add table " TABLE "\n"
	      "add map " TABLE " vifs { type ifname : verdict; }\n"
	      "add chain " TABLE " prerouting { type filter hook prerouting priority -300; policy accept; }\n"
	      "flush chain " TABLE " prerouting\n"
	      "add rule " TABLE " prerouting iifname vmap @vifs\n",
		f);
	fprintf(f, "add chain " TABLE " from-%s\n", dev);
	fprintf(f, "flush chain " TABLE " from-%s\n", dev);
	fprintf(f, "add element " TABLE " vifs { \"%s\" : jump from-%s }\n", dev, dev);
}

static void print_rules(FILE *f, const char *rule, const struct nic *nic, const struct sources *all, bool antispoof)
{
	char mac[18];

	if (antispoof) {
		mac_print(nic->mac, mac);
		fprintf(f, "%s ether saddr != %s" DROP, rule, mac);
		fprintf(f, "%s arp saddr ether != %s" DROP, rule, mac);
	}
	if (!all)
		return;
	print_ipv4_rules(f, rule, all);
	print_ipv6_rules(f, rule, all);
	// A second VLAN tag: what is behind it can't be compared, and doesn't belong to this VLAN.
	fprintf(f, "%s meta protocol { 8021q, 8021ad }" DROP, rule);
}

static FILE *open_text(char **text, size_t *size, struct err *e)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		err_set(e, ENOMEM, "no memory");
	return f;
}

char *rules_format_add(const char *dev, const struct nic *nic, bool antispoof, struct err *e)
{
	struct sources all = {.n = 0};
	bool limited = *nic->text[NIC_IP];
	char *text = NULL, rule[64];
	size_t size;
	FILE *f;

	if (check_device_name(dev, e) || sources_parse(nic->text[NIC_IP], &all, e))
		return NULL;
	if (antispoof && !nic->has_mac) {
		err_set(e, EINVAL, "antispoof needs the guest's MAC address, and there is no mac= for it");
		return NULL;
	}
	sources_add_link_local(nic, &all);
	f = open_text(&text, &size, e);
	if (!f)
		return NULL;
	print_frame(f, dev);
	snprintf(rule, sizeof(rule), "add rule " TABLE " from-%.20s", dev);
	print_rules(f, rule, nic, limited ? &all : NULL, antispoof);
	fclose(f);
	return text;
}

char *rules_format_delete(const char *dev, struct err *e)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	if (check_device_name(dev, e))
		return NULL;
	f = open_text(&text, &size, e);
	if (!f)
		return NULL;
	// Added first: deleting something that doesn't exist would fail.
	print_frame(f, dev);
	fprintf(f, "delete element " TABLE " vifs { \"%s\" }\n", dev);
	fprintf(f, "delete chain " TABLE " from-%s\n", dev);
	fclose(f);
	return text;
}

// By its path first: the PATH of a hotplug script may lack the sbin directories.
static int run_nft(const char *text, struct deadline *d, struct child *c, struct err *e)
{
	const char *program[] = {"/usr/sbin/nft", "nft"};
	int r = -ENOENT;

	for (size_t i = 0; i < 2 && r == -ENOENT; i++) {
		const char *const argv[] = {program[i], "-f", "-", NULL};

		r = child_run(argv, text, d, c, e);
	}
	return r;
}

int rules_apply(char *text, struct deadline *d, struct err *e)
{
	struct child c;
	int r;

	if (!text)
		return -e->code;
	r = run_nft(text, d, &c, e);
	free(text);
	if (r == -ENOENT)
		return err_set(e, ENOENT, "ip= and antispoof need nft: install the package nftables");
	if (r)
		return r;
	if (c.status)
		return err_set(e, EIO, "nft refuses the filtering rules: %s", child_first_line(&c));
	return 0;
}
