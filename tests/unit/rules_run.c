// SPDX-License-Identifier: ISC
// Runs the filtering rules of a port on a frame, as the kernel's nf_tables does.
#include "rules_run.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#define HEADER 14

// A frame as the chain sees it: the outermost tag is beside it, but counts as part of its link header.
struct view {
	const uint8_t *link, *network, *end;
	const uint8_t *transport; // NULL: the headers can't be read
	uint32_t protocol, l4proto;
};

static uint32_t read16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static bool is_extension(uint8_t header)
{
	return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_FRAGMENT ||
	       header == IPPROTO_DSTOPTS;
}

// The extension header of a kind, or what is behind all of them (kind 256), with its protocol. NULL: not there.
static const uint8_t *find_header(const struct view *v, unsigned int kind, uint32_t *protocol)
{
	const uint8_t *p = v->network + 40;
	uint8_t next = v->network[6];

	while (is_extension(next) && next != kind && p + 8 <= v->end) {
		if (next == IPPROTO_FRAGMENT && read16(p + 2) & 0xfff8)
			return kind == 256 && !is_extension(p[0]) ? (*protocol = p[0], p + 8) : NULL;
		next = p[0];
		p += next == IPPROTO_FRAGMENT ? 8 : 8 + 8 * p[1];
	}
	*protocol = next;
	return kind == 256 ? (is_extension(next) ? NULL : p) : (next == kind && p + 8 <= v->end ? p : NULL);
}

static void look(struct view *v, const uint8_t *frame, size_t length)
{
	const uint8_t *type = frame + 12;

	*v = (struct view){.link = frame, .end = frame + length};
	if (read16(type) == ETH_P_8021Q || read16(type) == ETH_P_8021AD)
		type += 4;
	v->protocol = read16(type) < ETH_P_802_3_MIN ? ETH_P_802_2 : read16(type);
	v->network = type + 2;
	if (v->protocol == ETH_P_IP) {
		v->transport = v->network + 4 * (v->network[0] & 15);
		v->l4proto = v->network[9];
	} else if (v->protocol == ETH_P_IPV6) {
		v->transport = find_header(v, 256, &v->l4proto);
	}
}

static uint32_t packet_type(const uint8_t *frame)
{
	static const uint8_t all[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (!(*frame & 1))
		return PACKET_OTHERHOST;
	return memcmp(frame, all, sizeof(all)) ? PACKET_MULTICAST : PACKET_BROADCAST;
}

static uint32_t meta(const struct view *v, enum rules_field field)
{
	if (field == FIELD_PROTOCOL)
		return v->protocol;
	if (field == FIELD_L4PROTO)
		return v->l4proto;
	return field == FIELD_PACKET_TYPE ? packet_type(v->link) : ARPHRD_ETHER;
}

// The field's bytes, masked. Returns false where the frame has none: the rule doesn't match.
static bool load(const struct view *v, enum rules_field field, uint8_t value[RULES_VALUE_MAX])
{
	const struct rules_place *p = &rules_places[field];
	const uint8_t *base = NULL;
	uint64_t mask = p->mask;
	uint32_t unused;

	if (p->base == BASE_META) {
		uint32_t n = meta(v, field);

		value[p->length - 2 + (p->length == 1)] = (uint8_t)(p->length == 1 ? n : n >> 8);
		value[p->length - 1] = (uint8_t)n;
		return field != FIELD_L4PROTO || v->transport;
	}
	if (p->base == BASE_LINK)
		base = v->link;
	else if (p->base == BASE_NETWORK)
		base = v->network;
	else if (p->base == BASE_TRANSPORT)
		base = v->transport;
	else if (v->protocol == ETH_P_IPV6)
		base = find_header(v, p->extension, &unused);
	if (!base || base + p->offset + p->length > v->end)
		return false;
	memcpy(value, base + p->offset, p->length);
	for (size_t i = p->length; mask && i-- > 0; mask >>= 8)
		value[i] &= (uint8_t)mask;
	return true;
}

static bool has_source(const struct sources *all, int family, const uint8_t *address)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];
		unsigned int bit = 0;

		while (bit < s->bits && !((s->address[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1))
			bit++;
		if (s->family == family && bit == s->bits)
			return true;
	}
	return false;
}

static bool is_in(const struct rules *r, enum rules_set set, const uint8_t *value)
{
	if (set == SET_IP4)
		return has_source(&r->sources, AF_INET, value);
	if (set == SET_IP6)
		return has_source(&r->sources, AF_INET6, value);
	if (set == SET_VLANS)
		return !read16(value) || vlans_has(&r->vlans, read16(value));
	return memchr(rules_sets[set].members, value[0], rules_sets[set].n);
}

static int compare(const uint8_t *value, uint64_t number, size_t length)
{
	uint8_t other[RULES_VALUE_MAX] = {0};

	for (; length-- > 0; number >>= 8)
		other[length] = (uint8_t)number;
	return memcmp(value, other, RULES_VALUE_MAX);
}

static bool matches(const struct rules *r, const struct view *v, const struct rules_match *m)
{
	uint8_t value[RULES_VALUE_MAX] = {0};
	int order;

	if (!load(v, m->field, value))
		return false;
	order = compare(value, m->value, rules_places[m->field].length);
	switch (m->test) {
	case TEST_IS:
		return !order;
	case TEST_IS_NOT:
		return order;
	case TEST_BELOW:
		return order < 0;
	case TEST_ABOVE:
		return order > 0;
	case TEST_IS_MAC:
		return !memcmp(value, r->mac, MAC_SIZE);
	case TEST_IS_NOT_MAC:
		return memcmp(value, r->mac, MAC_SIZE);
	case TEST_IN:
		return is_in(r, (enum rules_set)m->value, value);
	case TEST_NOT_IN:
		return !is_in(r, (enum rules_set)m->value, value);
	case TEST_NONE:
		break;
	}
	return true;
}

static bool row_matches(const struct rules *r, const struct view *v, const struct rules_row *row)
{
	for (size_t i = 0; i < RULES_MATCHES && row->matches[i].test != TEST_NONE; i++)
		if (!matches(r, v, &row->matches[i]))
			return false;
	return true;
}

const char *rules_run(const struct rules *r, const uint8_t *frame, size_t length)
{
	enum rules_chain chain = CHAIN_GUEST;
	struct view v;

	look(&v, frame, length);
	// A chain is never left but for one whose rows come later.
	for (size_t i = 0; i < rules_row_count; i++) {
		const struct rules_row *row = &rules_rows[i];

		if (row->chain != chain || !rules_row_applies(row, r) || !row_matches(r, &v, row))
			continue;
		if (row->verdict == VERDICT_DROP)
			return rules_reasons[row->argument];
		if (row->verdict == VERDICT_ACCEPT)
			return "";
		chain = (enum rules_chain)row->argument;
	}
	return "";
}
