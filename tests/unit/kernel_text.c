// SPDX-License-Identifier: ISC
// A kernel state from text.
#include "kernel_text.h"

#include <string.h>
#include <sys/socket.h>

#include "tests.h"

static bool key(const char *word, const char *name, const char **value)
{
	size_t n = strlen(name);

	*value = word + n + 1;
	return !strncmp(word, name, n) && word[n] == '=';
}

static void number(const char *text, uint32_t *n, struct link *l, unsigned int field)
{
	unsigned long v;

	assert_int_equal(number_parse(text, 0, UINT32_MAX, &v), 0);
	*n = (uint32_t)v;
	l->set |= field;
}

static void kind(struct link *l, const char *name)
{
	text_copy(l->kind_name, sizeof(l->kind_name), name);
	l->kind = kind_find(name);
	for (size_t i = 0; i < link_kinds[l->kind].count && l->kind == KIND_BOND; i++)
		option_reset(l, &link_kinds[l->kind].options[i]);
}

static void word(struct host *t, struct device *d, const char *w)
{
	struct link *l = &d->link;
	const char *v;
	char name[64];

	if (!strcmp(w, "up") || !strcmp(w, "down"))
		l->up = *w == 'u';
	else if (kind_find(w) != KIND_OTHER && l->kind == KIND_OTHER)
		kind(l, w);
	else if (key(w, "link", &v))
		assert_true(text_copy(l->lower.name, NAME_SIZE, v));
	else if (key(w, "master", &v))
		assert_true(text_copy(l->master.name, NAME_SIZE, v));
	else if (key(w, "mtu", &v))
		number(v, &l->mtu, l, LINK_MTU);
	else if (key(w, "group", &v))
		number(v, &l->group, l, LINK_GROUP);
	else if (key(w, "addr_gen", &v))
		number(v, &l->addr_gen, l, LINK_ADDR_GEN);
	else if (key(w, "mac", &v))
		assert_int_equal(mac_scan(v, l->mac), 0), l->set |= LINK_MAC;
	else if (key(w, "altname", &v))
		assert_int_equal(host_set_altname(t, d, v), 0), l->set |= LINK_ALTNAME;
	else if (sscanf(w, "%63[a-z_]=", name) == 1 && option_find(l->kind, name))
		assert_int_equal(option_scan(l, option_find(l->kind, name), w + strlen(name) + 1, NULL), 0);
	else
		fail_msg("kernel state: can't read '%s' of %s", w, l->name);
}

static void line(struct host *t, char *text)
{
	char *alias = strstr(text, "alias=\""), *after = NULL, *rest = text, *w;
	struct device *d;

	if (alias) {
		*alias = '\0';
		alias += strlen("alias=\"");
		after = alias + strcspn(alias, "\"");
		*after++ = '\0';
	}
	assert_int_equal(host_add(t, strsep(&rest, " "), &d), 0);
	d->link.index = (int)t->count;
	d->link.mtu = 1500;
	d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_MTU | LINK_ADDR_GEN | LINK_GROUP;
	if (alias)
		assert_true(text_copy(d->link.alias, sizeof(d->link.alias), alias));
	while ((w = strsep(&rest, " ")) || (w = strsep(&after, " ")))
		if (*w)
			word(t, d, w);
	device_read_mark(d);
}

// `address KEY dev DEVICE`, with `ours` in front if the file gave it, `route KEY dev DEVICE`, `rule NUMBER dev DEVICE`.
static bool record_line(struct host *t, char *text)
{
	static const char *const kinds[] = {"address ", "route ", "rule "};
	char *dev = strstr(text, " dev ");
	struct l3_entry r = {.family = strchr(text, ':') ? AF_INET6 : AF_INET, .link_count = 1};

	if (!strncmp(text, "ours ", 5)) {
		r.ours = true;
		text += 5;
	}
	for (int k = 0; k < 3; k++) {
		if (strncmp(text, kinds[k], strlen(kinds[k])))
			continue;
		assert_non_null(dev);
		*dev = '\0';
		assert_true(text_copy(r.links[0].name, NAME_SIZE, dev + 5));
		r.kind = (enum l3_kind)k;
		text += strlen(kinds[k]);
		assert_true(text_copy(r.key, sizeof(r.key), text));
		r.text = r.key;
		r.gateway = strstr(text, " via ");
		r.link_local = k == L3_ADDRESS && !strncmp(text, "fe80:", 5);
		assert_int_equal(l3_list_add(&t->records, &r), 0);
		return true;
	}
	return false;
}

void kernel_text(char *text, struct host *t)
{
	char *rest = text, *l;

	while ((l = strsep(&rest, "\n"))) {
		if (!strcmp(l, "bonding"))
			t->bonding = true;
		else if (*l && *l != '#' && !record_line(t, l))
			line(t, l);
	}
	for (size_t i = 0; i < t->count; i++) {
		struct device *m = host_find(t, t->devices[i]->link.master.name);

		if (m)
			m->ports++;
	}
}
