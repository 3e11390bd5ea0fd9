// SPDX-License-Identifier: ISC
// Addresses, routes and neighbours as commands of ip(8).
#include <arpa/inet.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

#include "ip_commands.h"
#include "l3_wire.h"
#include "plan_move.h"

static const struct nlattr *attribute(const struct l3_entry *e, int type)
{
	return e->message ? nla_find(l3_attributes(e), l3_attributes_size(e), type) : NULL;
}

static void print_head(FILE *out, const struct step *s, const char *object)
{
	fprintf(out, "ip%s %s %s ", s->entry->family == AF_INET6 ? " -6" : "", object,
		s->kind == STEP_L3_ADD ? "add" : "del");
}

static void print_device(FILE *out, const char *name)
{
	fputs(" dev ", out);
	ip_commands_print_word(out, name);
}

static void print_lifetime(FILE *out, const char *word, uint32_t seconds)
{
	if (seconds == UINT32_MAX)
		fprintf(out, " %s forever", word);
	else
		fprintf(out, " %s %u", word, seconds);
}

// What the kernel reported of an address that moves.
static void print_address_details(FILE *out, const struct l3_entry *e)
{
	const struct nlattr *cache = attribute(e, IFA_CACHEINFO);
	char broadcast[L3_ADDRESS_SIZE] = "";
	struct ifa_cacheinfo info;

	if (!l3_read_ip(e->family, attribute(e, IFA_BROADCAST), broadcast) && *broadcast && e->family == AF_INET)
		fprintf(out, " brd %s", broadcast);
	if (e->message && e->family == AF_INET && ((const struct ifaddrmsg *)e->message)->ifa_scope)
		fprintf(out, " scope %u", ((const struct ifaddrmsg *)e->message)->ifa_scope);
	if (!cache || !e->volatile_)
		return;
	memcpy(&info, nla_data(cache), sizeof(info));
	print_lifetime(out, "valid_lft", info.ifa_valid);
	print_lifetime(out, "preferred_lft", info.ifa_prefered);
}

static void print_address(FILE *out, const struct step *s)
{
	const struct l3_entry *e = s->entry;

	print_head(out, s, "addr");
	fputs(e->key, out);
	print_device(out, step_device(s));
	if (s->kind == STEP_L3_DEL)
		return;
	if (*e->label) {
		char label[2 * NAME_SIZE];

		snprintf(label, sizeof(label), "%s%s", step_device(s), e->label);
		fputs(" label ", out);
		ip_commands_print_word(out, label);
	}
	if (!e->message && e->family == AF_INET)
		fputs(" brd +", out);
	if (e->prefix_metric)
		fprintf(out, " metric %u", e->prefix_metric);
	print_address_details(out, e);
	if (e->no_dad)
		fputs(" nodad", out);
	if (e->no_prefix_route)
		fputs(" noprefixroute", out);
}

// Words of a key that ip(8) reads otherwise, and attributes that no key has.
static const char *why_no_route(const struct l3_entry *e)
{
	if (strchr(e->key, '#') || !strncmp(e->key, "type ", 5))
		return "its text is cut off";
	if (strstr(e->key, " tos "))
		return "it has a type of service";
	if (e->device_count > 1)
		return "it has several next hops";
	if (attribute(e, RTA_METRICS) || attribute(e, RTA_ENCAP))
		return "it has more attributes";
	if (e->nexthop_object)
		return "it goes through a nexthop object";
	return NULL;
}

static void print_route(FILE *out, const struct step *s)
{
	const struct rtmsg *h = s->entry->message;

	// Beside one on another device, which goes later: `add` would be refused.
	if (s->kind == STEP_L3_DEL)
		print_head(out, s, "route");
	else
		fputs(s->entry->family == AF_INET6 ? "ip -6 route append " : "ip route prepend ", out);
	fputs(s->entry->key, out);
	print_device(out, step_device(s));
	if (s->kind == STEP_L3_DEL)
		return;
	fprintf(out, " proto %u", h ? h->rtm_protocol : L3_PROTOCOL);
	if (h && h->rtm_flags & RTNH_F_ONLINK)
		fputs(" onlink", out);
}

static void print_neighbour(FILE *out, const struct step *s)
{
	print_head(out, s, "neigh");
	fputs(s->entry->key, out);
	print_device(out, step_device(s));
	if (s->kind == STEP_L3_ADD && !s->entry->proxy)
		fputs(" nud permanent", out);
}

static void print_comment(FILE *out, const struct step *s, const char *why)
{
	fputs("# no command: ", out);
	step_print(out, s);
	fprintf(out, " (%s)", why);
}

void ip_commands_print_entry(FILE *out, const struct step *s)
{
	const char *why = s->entry->kind == L3_ROUTE ? why_no_route(s->entry) : NULL;

	if (why)
		print_comment(out, s, why);
	else if (s->entry->kind == L3_RULE)
		print_comment(out, s, "see ip rule show");
	else if (s->entry->kind == L3_ADDRESS)
		print_address(out, s);
	else if (s->entry->kind == L3_ROUTE)
		print_route(out, s);
	else
		print_neighbour(out, s);
	fputc('\n', out);
}
