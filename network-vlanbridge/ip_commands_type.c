// SPDX-License-Identifier: ISC
// The options of bonds, bridges and VLAN devices in the words of ip(8).
#include <string.h>

#include "ip_commands.h"

#define SAFE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@%+,=/-"

// Options that ip(8) calls otherwise than the kernel's files do.
static const struct {
	const char *name, *keyword;
} keywords[] = {
	{"peer_notif_delay", "peer_notify_delay"},
	{"stp", "stp_state"},
	{"multicast_snooping", "mcast_snooping"},
};

void ip_commands_print_word(FILE *out, const char *word)
{
	if (*word && !word[strspn(word, SAFE)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

static const char *keyword_of(const struct option *o)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (!strcmp(keywords[i].name, o->name))
			return keywords[i].keyword;
	return o->name;
}

// ip(8) takes numbers for on and off, yes and no.
static bool is_flag(const struct option *o)
{
	return o->names && (!strcmp(o->names[0], "off") || !strcmp(o->names[0], "no"));
}

static void print_nf_call(FILE *out, uint32_t value)
{
	fprintf(out, " nf_call_iptables %d nf_call_ip6tables %d nf_call_arptables %d",
		(value & LINK_NF_CALL_IPTABLES) != 0, (value & LINK_NF_CALL_IP6TABLES) != 0,
		(value & LINK_NF_CALL_ARPTABLES) != 0);
}

static void print_option(FILE *out, const struct link *l, const struct option *o)
{
	const uint32_t *number = option_field(l, o);
	char value[512];

	if (o->type == OPTION_U8_BITS) {
		print_nf_call(out, *number);
		return;
	}
	fprintf(out, " %s ", keyword_of(o));
	if (is_flag(o)) {
		fprintf(out, "%u", *number);
		return;
	}
	option_print(l, o, value, sizeof(value));
	for (char *plus = value; o->type == OPTION_IPV4_LIST && (plus = strchr(plus, '+'));)
		*plus = ',';
	ip_commands_print_word(out, value);
}

void ip_commands_print_type(FILE *out, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];

	fprintf(out, " type %s", k->name);
	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(l, &k->options[i]))
			print_option(out, l, &k->options[i]);
}
