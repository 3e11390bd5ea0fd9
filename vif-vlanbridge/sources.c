// SPDX-License-Identifier: ISC
// The source addresses that a guest may use.
#include "sources.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "vlans.h"

// Clears what isn't of the network: nft compares the whole address with it.
static void clear_host_bits(struct source *s)
{
	for (unsigned int bit = s->bits; bit < 8 * sizeof(s->address); bit++)
		s->address[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

// ADDRESS or ADDRESS/BITS. Returns 0 or -EINVAL.
static int parse_source(const char *word, struct source *s)
{
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(word, "/");
	bool has_bits = word[len];
	unsigned long bits;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, word, len);
	address[len] = '\0';
	*s = (struct source){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
	bits = s->family == AF_INET ? 32 : 128;
	if (inet_pton(s->family, address, s->address) != 1)
		return -EINVAL;
	if (has_bits && number_parse(word + len + 1, 0, bits, &bits))
		return -EINVAL;
	s->bits = (unsigned int)bits;
	clear_host_bits(s);
	return 0;
}

static bool contains(const struct source *network, const struct source *s)
{
	struct source wider = *s;

	if (network->family != s->family || network->bits > s->bits)
		return false;
	wider.bits = network->bits;
	clear_host_bits(&wider);
	return !memcmp(wider.address, network->address, sizeof(wider.address));
}

static int add_source(struct sources *all, const struct source *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++)
		if (contains(&all->list[i], s))
			return 0;
	for (size_t i = 0; i < all->n; i++)
		if (!contains(s, &all->list[i]))
			all->list[kept++] = all->list[i];
	all->n = kept;
	if (kept == SOURCES_MAX + 1)
		return -E2BIG;
	all->list[all->n++] = *s;
	return 0;
}

static int parse_word(const char *word, struct sources *all, struct err *e)
{
	enum nic_setting setting;
	enum nic_choice choice;
	struct source s;
	int r;

	r = nic_parse_setting(word, &setting, &choice, e);
	if (r)
		return r < 0 ? r : 0;
	if (!strcmp(word, "router")) {
		all->router = true;
		return 0;
	}
	if (parse_source(word, &s))
		return err_set(e, EINVAL, "ip=: '%s' is neither an address nor a network", word);
	if (add_source(all, &s) || all->n > SOURCES_MAX)
		return err_set(e, E2BIG, "ip= has more than %d addresses", SOURCES_MAX);
	return 0;
}

int sources_parse(const char *text, struct sources *all, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;
	int r = 0;

	text_copy(copy, sizeof(copy), text);
	while (!r && (word = strsep(&rest, " ,")))
		if (*word)
			r = parse_word(word, all, e);
	return r;
}

void sources_add_link_local(const struct nic *nic, struct sources *all)
{
	const uint8_t *m = nic->mac;
	struct source s = {
		AF_INET6, 128, {0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}};

	if (nic->has_mac)
		add_source(all, &s);
}
