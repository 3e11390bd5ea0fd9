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

int sources_parse(const char *text, struct sources *all, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;

	text_copy(copy, sizeof(copy), text);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		if (all->n == SOURCES_MAX)
			return err_set(e, E2BIG, "ip= has more than %d addresses", SOURCES_MAX);
		if (parse_source(word, &all->list[all->n++]))
			return err_set(e, EINVAL, "ip=: '%s' is neither an address nor a network", word);
	}
	return 0;
}

void sources_add_link_local(const struct nic *nic, struct sources *all)
{
	const uint8_t *m = nic->mac;
	struct source s = {
		AF_INET6, 128, {0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}};

	if (nic->has_mac && all->n < SOURCES_MAX)
		all->list[all->n++] = s;
}

bool sources_have_whole_family(const struct sources *all, int family)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].family == family && !all->list[i].bits)
			return true;
	return false;
}
