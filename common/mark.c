// SPDX-License-Identifier: ISC
// The mark that a device carries in its alias.
#include "mark.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vlans.h"

#define WORD "vlanbridge"

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
	{"tx_offload=off", offsetof(struct mark, tx_offload_off)},
};

#define FLAGS (sizeof(flags) / sizeof(*flags))

static bool *flag(const struct mark *m, const struct flag *f)
{
	return (bool *)((char *)(uintptr_t)m + f->offset);
}

static bool begins_with_origin(const char *text)
{
	for (enum mark_origin o = MARK_FILE; o <= MARK_PORT; o++) {
		size_t n = strlen(origins[o]);

		if (!strncmp(text, origins[o], n) && (text[n] == ' ' || !text[n]))
			return true;
	}
	return false;
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

void mark_parse(const char *alias, struct mark *m)
{
	const char *p = find(alias);
	char copy[ALIAS_SIZE], *rest = copy, *word;

	*m = (struct mark){0};
	if (!p || !text_copy(copy, sizeof(copy), p + strlen(WORD)))
		return;
	while ((word = strsep(&rest, " ")))
		parse_word(word, m);
}

int mark_write(char alias[ALIAS_SIZE], const struct mark *m, struct err *e)
{
	char text[2 * ALIAS_SIZE];
	const char *old = find(alias);
	int n = old ? (int)(old - alias) : (int)strlen(alias);

	while (n > 0 && alias[n - 1] == ' ')
		n--;
	n = snprintf(text, sizeof(text), "%.*s", n, alias);
#define ADD(...) (n += snprintf(text + n, sizeof(text) - (size_t)n, __VA_ARGS__))
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
#undef ADD
	if (n >= ALIAS_SIZE)
		return err_set(e, ENOSPC, "the alias '%.40s…' leaves no room for our mark (%d bytes of %d): shorten it",
			alias, n, ALIAS_SIZE - 1);
	memcpy(alias, text, (size_t)n + 1);
	return 0;
}
