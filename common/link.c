// SPDX-License-Identifier: ISC
// The model of a network device: options as text.
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

enum kind kind_find(const char *name)
{
	for (int k = 1; k < KIND_COUNT; k++)
		if (!strcmp(link_kinds[k].name, name))
			return (enum kind)k;
	return KIND_OTHER;
}

const struct option *option_find(enum kind kind, const char *name)
{
	for (size_t i = 0; i < link_kinds[kind].count; i++)
		if (!strcmp(link_kinds[kind].options[i].name, name))
			return &link_kinds[kind].options[i];
	return NULL;
}

static uint64_t option_bit(const struct link *l, const struct option *o)
{
	return 1ULL << (o - link_kinds[l->kind].options);
}

bool option_is_set(const struct link *l, const struct option *o)
{
	return l->options & option_bit(l, o);
}

void *option_field(const struct link *l, const struct option *o)
{
	return (char *)(uintptr_t)l + o->offset;
}

static size_t field_size(const struct option *o)
{
	switch (o->type) {
	case OPTION_MAC_ADDRESS:
		return MAC_SIZE;
	case OPTION_IPV4_LIST:
		return ARP_TARGETS * sizeof(uint32_t);
	case OPTION_LINK:
		return sizeof(struct link_ref);
	default:
		return sizeof(uint32_t);
	}
}

static bool is_one_off(uint32_t a, uint32_t b)
{
	return a - b == 1 || b - a == 1;
}

bool option_fits_mode(const struct option *o, uint32_t mode)
{
	return !o->modes || o->modes >> mode & 1;
}

bool option_equal(const struct link *a, const struct link *b, const struct option *o)
{
	if (o->rules & OPTION_TICKS && is_one_off(*(uint32_t *)option_field(a, o), *(uint32_t *)option_field(b, o)))
		return true;
	if (o->type == OPTION_LINK)
		return !strcmp(
			((struct link_ref *)option_field(a, o))->name, ((struct link_ref *)option_field(b, o))->name);
	return !memcmp(option_field(a, o), option_field(b, o), field_size(o));
}

void option_copy(struct link *to, const struct link *from, const struct option *o)
{
	memcpy(option_field(to, o), option_field(from, o), field_size(o));
	to->options |= option_bit(to, o);
}

void option_reset(struct link *l, const struct option *o)
{
	memset(option_field(l, o), 0, field_size(o));
	if (o->type <= OPTION_BE16)
		*(uint32_t *)option_field(l, o) = o->initial;
	l->options |= option_bit(l, o);
}

int mac_scan(const char *text, uint8_t mac[MAC_SIZE])
{
	unsigned int b[MAC_SIZE];
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &end) != MAC_SIZE ||
		text[end] || end != 17)
		return -EINVAL;
	for (int i = 0; i < MAC_SIZE; i++)
		mac[i] = (uint8_t)b[i];
	return 0;
}

char *mac_print(const uint8_t mac[MAC_SIZE], char buf[18])
{
	snprintf(buf, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return buf;
}

static int scan_number(const struct option *o, const char *text, uint32_t *value)
{
	unsigned long n;

	for (uint32_t i = 0; o->names && o->names[i]; i++)
		if (!strcmp(text, o->names[i])) {
			*value = i;
			return 0;
		}
	if (o->type == OPTION_BE16 &&
		(!strcmp(text, "802.1ad") || !strcmp(text, "802.1Q") || !strcmp(text, "802.1q"))) {
		*value = strcmp(text, "802.1ad") ? ETH_P_8021Q : ETH_P_8021AD;
		return 0;
	}
	if (number_parse(text, o->min, o->max, &n) < 0)
		return -EINVAL;
	*value = (uint32_t)n;
	return 0;
}

static int scan_ipv4_list(const char *text, uint32_t *list)
{
	char copy[512], *rest = copy, *word;
	size_t n = 0;

	memset(list, 0, ARP_TARGETS * sizeof(*list));
	if (!text_copy(copy, sizeof(copy), text))
		return -EINVAL;
	while ((word = strsep(&rest, " +")))
		if (*word && (n == ARP_TARGETS || inet_pton(AF_INET, word, &list[n++]) != 1))
			return -EINVAL;
	return n ? 0 : -EINVAL;
}

// What a value may be, for the error: the words, or the bounds.
static char *choices(const struct option *o, char *buf, size_t size)
{
	size_t len = 0;

	if (o->type == OPTION_MAC_ADDRESS)
		snprintf(buf, size, "a MAC address");
	else if (o->type == OPTION_IPV4_LIST)
		snprintf(buf, size, "up to %d IPv4 addresses", ARP_TARGETS);
	else if (o->type == OPTION_BE16)
		snprintf(buf, size, "802.1Q or 802.1ad");
	else if (!o->names)
		snprintf(buf, size, "a number from %u to %u", o->min, o->max);
	else
		for (int i = 0; o->names[i] && len < size; i++)
			len += (size_t)snprintf(
				buf + len, size - len, "%s%s", i ? (o->names[i + 1] ? ", " : " or ") : "", o->names[i]);
	return buf;
}

int option_scan(struct link *l, const struct option *o, const char *text, struct err *e)
{
	char may[256];
	int r = 0;

	switch (o->type) {
	case OPTION_MAC_ADDRESS:
		r = mac_scan(text, option_field(l, o));
		break;
	case OPTION_IPV4_LIST:
		r = scan_ipv4_list(text, option_field(l, o));
		break;
	case OPTION_LINK:
		r = name_check(text, e);
		if (r)
			return err_prefix(e, "%s: ", o->name);
		text_copy(((struct link_ref *)option_field(l, o))->name, NAME_SIZE, text);
		break;
	default:
		r = scan_number(o, text, option_field(l, o));
	}
	if (r)
		return err_set(e, EINVAL, "%s=%s: it must be %s", o->name, text, choices(o, may, sizeof(may)));
	l->options |= option_bit(l, o);
	return 0;
}

static void print_ipv4_list(const uint32_t *list, char *buf, size_t size)
{
	char one[INET_ADDRSTRLEN];
	size_t len = 0;

	buf[0] = '\0';
	for (int i = 0; i < ARP_TARGETS && list[i] && len < size; i++)
		len += (size_t)snprintf(
			buf + len, size - len, "%s%s", i ? "+" : "", inet_ntop(AF_INET, &list[i], one, sizeof(one)));
}

char *option_print(const struct link *l, const struct option *o, char *buf, size_t size)
{
	const void *f = option_field(l, o);
	uint32_t n, words = 0;
	char mac[18];

	switch (o->type) {
	case OPTION_MAC_ADDRESS:
		snprintf(buf, size, "%s", mac_print(f, mac));
		break;
	case OPTION_IPV4_LIST:
		print_ipv4_list(f, buf, size);
		break;
	case OPTION_LINK:
		snprintf(buf, size, "%s", ((const struct link_ref *)f)->name);
		break;
	case OPTION_BE16:
		snprintf(buf, size, "%s", *(const uint32_t *)f == ETH_P_8021AD ? "802.1ad" : "802.1Q");
		break;
	default:
		n = *(const uint32_t *)f;
		while (o->names && o->names[words])
			words++;
		if (n < words)
			snprintf(buf, size, "%s", o->names[n]);
		else
			snprintf(buf, size, "%u", n);
	}
	return buf;
}

int link_refs(struct link *l, int (*use)(struct link_ref *ref, void *arg), void *arg)
{
	const struct kind_row *k = &link_kinds[l->kind];
	int r = 0;

	if (l->set & LINK_MASTER)
		r = use(&l->master, arg);
	if (!r && l->set & LINK_LOWER)
		r = use(&l->lower, arg);
	for (size_t i = 0; !r && i < k->count; i++)
		if (k->options[i].type == OPTION_LINK && option_is_set(l, &k->options[i]))
			r = use(option_field(l, &k->options[i]), arg);
	return r;
}
