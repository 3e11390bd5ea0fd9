// SPDX-License-Identifier: ISC
// The mark that a device carries in its alias.
#include "mark.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

#define WORD "vlanbridge"
#define GUEST "guest"

static const char *const origins[] = {[MARK_NONE] = "", "file", "args", "port"};

static const struct flag {
	const char *word;
	size_t offset;
} flags[] = {
	{"adopted", offsetof(struct mark, adopted)},
	{"dhcp", offsetof(struct mark, dhcp)},
	{"inherit", offsetof(struct mark, inherit)},
	{"parking", offsetof(struct mark, parking)},
	{"joined", offsetof(struct mark, joined)},
	{"demand", offsetof(struct mark, demand)},
	{"closing", offsetof(struct mark, closing)},
	{"isolated", offsetof(struct mark, isolated)},
	{"antispoof", offsetof(struct mark, antispoof)},
	{"guests=routers", offsetof(struct mark, routers)},
	{"ipv6=no", offsetof(struct mark, ipv6_off)},
	{"accept_ra=no", offsetof(struct mark, accept_ra_off)},
	{"tx_offload=off", offsetof(struct mark, tx_offload_off)},
};

#define FLAGS (sizeof(flags) / sizeof(*flags))

static bool *flag(const struct mark *m, const struct flag *f)
{
	return (bool *)((char *)(uintptr_t)m + f->offset);
}

static bool begins_with_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(text, word, n) && (text[n] == ' ' || !text[n]);
}

static bool begins_with_origin(const char *text)
{
	for (enum mark_origin o = MARK_FILE; o <= MARK_PORT; o++)
		if (begins_with_word(text, origins[o]))
			return true;
	return begins_with_word(text, GUEST);
}

// Where our part of the alias begins, or NULL. A word of its own with one of ours behind it, so that neither
// "my-vlanbridge-host" nor "to vlanbridge rack 4" is one.
static const char *find(const char *alias)
{
	const char *p = alias;

	for (; (p = strstr(p, WORD)); p++) {
		const char *end = p + strlen(WORD);

		if ((p == alias || p[-1] == ' ') && *end == ' ' && begins_with_origin(end + 1))
			return p;
	}
	return NULL;
}

static void parse_was(const char *word, struct mark *m)
{
	unsigned long n;

	if (!strncmp(word, "up=", 3) && !number_parse(word + 3, 0, 1, &n)) {
		m->was_up = n;
		m->was |= MARK_WAS_UP;
	} else if (!strncmp(word, "mtu=", 4) && !number_parse(word + 4, 0, UINT32_MAX, &n)) {
		m->was_mtu = (uint32_t)n;
		m->was |= MARK_WAS_MTU;
	} else if (!strncmp(word, "addr_gen=", 9) && !number_parse(word + 9, 0, 255, &n)) {
		m->was_addr_gen = (uint32_t)n;
		m->was |= MARK_WAS_ADDR_GEN;
	} else if (!strncmp(word, "name=", 5) && text_copy(m->was_name, sizeof(m->was_name), word + 5)) {
		m->was |= MARK_WAS_NAME;
	}
}

static void parse_word(const char *word, struct mark *m)
{
	unsigned long n;

	for (enum mark_origin o = MARK_FILE; o <= MARK_PORT; o++)
		if (!strcmp(word, origins[o]))
			m->origin = o;
	for (size_t i = 0; i < FLAGS; i++)
		if (!strcmp(word, flags[i].word))
			*flag(m, &flags[i]) = true;
	if (!strncmp(word, "uplink=", 7))
		text_copy(m->uplink, sizeof(m->uplink), word + 7);
	else if (!strncmp(word, "vlan=", 5) && !number_parse(word + 5, VLAN_MIN, VLAN_MAX, &n))
		m->vlan = (uint32_t)n;
	else
		parse_was(word, m);
}

static bool is_guest(const char *p)
{
	return p && begins_with_word(p + strlen(WORD " "), GUEST);
}

void mark_parse(const char *alias, struct mark *m)
{
	const char *p = find(alias);
	char copy[ALIAS_SIZE], *rest = copy, *word;
	struct guest_mark guest;

	*m = (struct mark){0};
	if (mark_parse_guest(alias, &guest))
		m->changing = guest.changing;
	// Also one without a place is no mark of a device of ours.
	if (!p || is_guest(p) || !text_copy(copy, sizeof(copy), p + strlen(WORD)))
		return;
	while ((word = strsep(&rest, " ")))
		parse_word(word, m);
}

// The administrator's part of the alias.
static int own_text(const char *alias, char *text)
{
	const char *old = find(alias);
	int n = old ? (int)(old - alias) : (int)strlen(alias);

	while (n > 0 && alias[n - 1] == ' ')
		n--;
	return snprintf(text, ALIAS_SIZE, "%.*s", n, alias);
}

// What is longer than text is only counted.
#define ADD(...)                                                                                                       \
	(n += snprintf(n < (int)sizeof(text) ? text + n : NULL, n < (int)sizeof(text) ? sizeof(text) - (size_t)n : 0,  \
		 __VA_ARGS__))

int mark_write(char alias[ALIAS_SIZE], const struct mark *m, struct err *e)
{
	char text[2 * ALIAS_SIZE];
	int n = own_text(alias, text);

	if (m->origin != MARK_NONE)
		ADD("%s" WORD " %s", n ? " " : "", origins[m->origin]);
	if (*m->uplink)
		ADD(" uplink=%s", m->uplink);
	if (m->vlan)
		ADD(" vlan=%u", m->vlan);
	for (size_t i = 0; i < FLAGS; i++)
		if (*flag(m, &flags[i]))
			ADD(" %s", flags[i].word);
	if (m->was & MARK_WAS_UP)
		ADD(" up=%d", m->was_up);
	if (m->was & MARK_WAS_MTU)
		ADD(" mtu=%u", m->was_mtu);
	if (m->was & MARK_WAS_ADDR_GEN)
		ADD(" addr_gen=%u", m->was_addr_gen);
	if (m->was & MARK_WAS_NAME)
		ADD(" name=%s", m->was_name);
	if (n >= ALIAS_SIZE)
		return err_set(e, ENOSPC, "the alias '%.40s…' leaves no room for our mark (%d bytes of %d): shorten it",
			alias, n, ALIAS_SIZE - 1);
	memcpy(alias, text, (size_t)n + 1);
	return 0;
}

static void parse_vlans(const char *text, struct vlans *set)
{
	struct err unused;

	if (strcmp(text, "none"))
		vlans_parse(text, set, &unused);
}

static void parse_guest_word(const char *word, struct guest_mark *g)
{
	unsigned long n;
	char *end;

	if (!strcmp(word, "changing"))
		g->changing = true;
	else if (!strncmp(word, "filter=", 7))
		text_copy(g->filter.key, sizeof(g->filter.key), word + 7);
	else if (!strncmp(word, "locked=", 7))
		g->filter.locked = !mac_scan(word + 7, g->filter.mac);
	else if (!strncmp(word, "bridge=", 7))
		text_copy(g->bridge, sizeof(g->bridge), word + 7);
	else if (!strncmp(word, "uplink=", 7))
		text_copy(g->uplink, sizeof(g->uplink), word + 7);
	else if (!strncmp(word, "vlan=", 5) && !number_parse(word + 5, VLAN_MIN, VLAN_MAX, &n))
		g->vlan = (uint32_t)n;
	else if (!strncmp(word, "pvid=", 5) && !number_parse(word + 5, VLAN_MIN, VLAN_MAX, &n))
		g->vlans.pvid = (uint16_t)n;
	else if (!strncmp(word, "untagged=", 9))
		parse_vlans(word + 9, &g->vlans.untagged);
	else if (!strncmp(word, "flags=", 6))
		g->port_flags = strtoull(word + 6, &end, 16) & LINK_PORT_FLAGS_ALL;
	else if (!strncmp(word, "vlans=", 6)) {
		g->vlan_aware = true;
		parse_vlans(word + 6, &g->vlans.all);
	}
}

bool mark_parse_guest(const char *alias, struct guest_mark *g)
{
	const char *p = find(alias);
	char copy[ALIAS_SIZE], *rest = copy, *word;

	if (!is_guest(p))
		return false;
	*g = (struct guest_mark){.port_flags = LINK_PORT_FLAGS_INITIAL};
	text_copy(copy, sizeof(copy), p + strlen(WORD " " GUEST));
	while ((word = strsep(&rest, " ")))
		parse_guest_word(word, g);
	return *g->bridge || *g->filter.key;
}

// Returns whether all of it fits.
static bool print_vlans(const char *key, const struct vlans *set, char *text, size_t size)
{
	char list[ALIAS_SIZE];

	if (vlans_empty(set))
		return snprintf(text, size, " %s=none", key) < (int)size;
	vlans_print(set, list, sizeof(list));
	return strlen(list) + 1 < sizeof(list) && snprintf(text, size, " %s=%s", key, list) < (int)size;
}

int mark_write_guest(char alias[ALIAS_SIZE], const struct guest_mark *g)
{
	char text[2 * ALIAS_SIZE], all[ALIAS_SIZE] = "", untagged[ALIAS_SIZE] = "", mac[18];
	int n = own_text(alias, text);

	if (g && g->vlan_aware &&
		(!print_vlans("vlans", &g->vlans.all, all, sizeof(all)) ||
			!print_vlans("untagged", &g->vlans.untagged, untagged, sizeof(untagged))))
		return -ENOSPC;
	if (g)
		ADD("%s" WORD " " GUEST, n ? " " : "");
	if (g && *g->bridge)
		ADD(" bridge=%s", g->bridge);
	if (g && *g->uplink)
		ADD(" uplink=%s", g->uplink);
	if (g && g->vlan)
		ADD(" vlan=%u", g->vlan);
	if (g && g->port_flags != LINK_PORT_FLAGS_INITIAL)
		ADD(" flags=%llx", (unsigned long long)g->port_flags);
	if (g && g->vlan_aware)
		ADD("%s%s", all, vlans_empty(&g->vlans.untagged) ? "" : untagged);
	if (g && g->vlan_aware && g->vlans.pvid)
		ADD(" pvid=%u", g->vlans.pvid);
	if (g && *g->filter.key)
		ADD(" filter=%s", g->filter.key);
	if (g && g->filter.locked)
		ADD(" locked=%s", mac_print(g->filter.mac, mac));
	if (g && g->changing)
		ADD(" changing");
	if (n >= ALIAS_SIZE)
		return -ENOSPC;
	memcpy(alias, text, (size_t)n + 1);
	return 0;
}

void mark_note_guest(char alias[ALIAS_SIZE], const struct guest_mark *g)
{
	struct guest_mark rest = {.port_flags = LINK_PORT_FLAGS_INITIAL, .filter = g->filter};

	if (*g->bridge && !mark_write_guest(alias, g))
		return;
	if (!*g->filter.key || mark_write_guest(alias, &rest))
		mark_write_guest(alias, NULL);
}
