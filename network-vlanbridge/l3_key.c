// SPDX-License-Identifier: ISC
// The grammar of a layer-3 entry's key: written and read.
#include "l3_key.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

#define IP6_METRIC 1024 // IP6_RT_PRIO_USER: what the kernel takes for none

uint32_t l3_usual_metric(int family)
{
	return family == AF_INET6 ? IP6_METRIC : 0;
}

static void write_type(FILE *out, unsigned int type)
{
	static const char *const names[] = {[RTN_LOCAL] = "local",
		[RTN_BROADCAST] = "broadcast",
		[RTN_ANYCAST] = "anycast",
		[RTN_MULTICAST] = "multicast",
		[RTN_BLACKHOLE] = "blackhole",
		[RTN_UNREACHABLE] = "unreachable",
		[RTN_PROHIBIT] = "prohibit",
		[RTN_THROW] = "throw",
		[RTN_NAT] = "nat"};

	if (type == RTN_UNICAST)
		return;
	if (type <= RTN_NAT && names[type])
		fprintf(out, "%s ", names[type]);
	else
		fprintf(out, "type %u ", type);
}

static void write_number(FILE *out, const char *word, uint32_t value, uint32_t usual)
{
	if (value != usual)
		fprintf(out, " %s %u", word, value);
}

static void write_word(FILE *out, const char *word, const char *value)
{
	if (*value)
		fprintf(out, " %s %s", word, value);
}

static void write_route(FILE *out, const struct l3_route_key *k)
{
	uint32_t scope = *k->via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;

	write_type(out, k->type);
	fprintf(out, "%s", k->destination);
	write_word(out, "from", k->from);
	write_word(out, "via", k->via);
	write_number(out, "table", k->table, RT_TABLE_MAIN);
	write_number(out, "metric", k->metric, l3_usual_metric(k->family));
	write_number(out, "tos", k->tos, 0);
	if (k->family == AF_INET)
		write_number(out, "scope", k->scope, scope);
	write_word(out, "src", k->source);
}

// FNV-1a.
static uint32_t checksum(const char *text)
{
	uint32_t sum = 2166136261U;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619U;
	return sum;
}

static void fit(char key[L3_KEY_SIZE], const char *text)
{
	if (text_copy(key, L3_KEY_SIZE, text))
		return;
	snprintf(key, L3_KEY_SIZE, "%.*s #%08x", L3_KEY_SIZE - 11, text, checksum(text));
}

int l3_key_route(char key[L3_KEY_SIZE], const struct l3_route_key *k)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	write_route(out, k);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	fit(key, text);
	free(text);
	return 0;
}

void l3_key_address(char key[L3_KEY_SIZE], const char *address, const char *peer, unsigned int prefix)
{
	if (*peer && strcmp(peer, address))
		snprintf(key, L3_KEY_SIZE, "%s peer %s/%u", address, peer, prefix);
	else
		snprintf(key, L3_KEY_SIZE, "%s/%u", address, prefix);
}

bool l3_key_value(const char *key, const char *word, char *buf, size_t size)
{
	size_t length = strlen(word), value;
	const char *found = key;

	*buf = '\0';
	while ((found = strstr(found, word))) {
		if (found > key && found[-1] == ' ' && found[length] == ' ')
			break;
		found += length;
	}
	if (!found)
		return false;
	found += length + 1;
	value = strcspn(found, " ");
	if (value >= size)
		return false;
	memcpy(buf, found, value);
	buf[value] = '\0';
	return true;
}

int l3_key_read_address(const struct l3_entry *e, struct l3_address_key *ret)
{
	char key[L3_KEY_SIZE], *slash, *peer;
	unsigned long prefix;

	memcpy(key, e->key, sizeof(key));
	slash = strchr(key, '/');
	if (!slash || number_parse(slash + 1, 0, e->family == AF_INET ? 32 : 128, &prefix))
		return -EINVAL;
	*slash = '\0';
	peer = strstr(key, " peer ");
	if (peer)
		*peer = '\0';
	*ret = (struct l3_address_key){.prefix = (unsigned int)prefix};
	if (inet_pton(e->family, key, ret->local) != 1 ||
		inet_pton(e->family, peer ? peer + strlen(" peer ") : key, ret->address) != 1)
		return -EINVAL;
	return 0;
}

void l3_key_network(int family, const unsigned char address[16], unsigned int prefix, char buf[L3_PREFIX_SIZE])
{
	unsigned int bytes = family == AF_INET ? 4 : 16;
	unsigned char network[16] = {0};
	char text[L3_ADDRESS_SIZE] = "";

	for (unsigned int i = 0; i < bytes && i * 8 < prefix; i++) {
		unsigned int bits = prefix - i * 8;

		network[i] = bits >= 8 ? address[i] : (unsigned char)(address[i] & (0xff << (8 - bits)));
	}
	inet_ntop(family, network, text, sizeof(text));
	snprintf(buf, L3_PREFIX_SIZE, "%s/%u", text, prefix);
}
