// SPDX-License-Identifier: ISC
// A kernel state from text.
#include "kernel_text.h"

#include "link_sysctl.h"

#include <stdlib.h>
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
	for (size_t i = 0; i < link_kinds[l->kind].count && l->kind != KIND_VLAN; i++)
		option_reset(l, &link_kinds[l->kind].options[i]);
}

// ipv4.rp_filter=2
static bool sysctl_word(struct link *l, const char *w)
{
	char name[64];
	const char *v;

	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++) {
		snprintf(name, sizeof(name), "%s.%s", link_sysctls[i].family, link_sysctls[i].name);
		if (!key(w, name, &v))
			continue;
		l->sysctls[i] = atoi(v);
		l->set |= LINK_SYSCTLS;
		return true;
	}
	return false;
}

static void word(struct host *t, struct device *d, const char *w)
{
	struct link *l = &d->link;
	const char *v;
	char name[64];

	if (!strcmp(w, "up") || !strcmp(w, "down"))
		l->up = *w == 'u';
	else if (!strcmp(w, "no-carrier"))
		l->running = false;
	else if (kind_find(w) != KIND_OTHER && l->kind == KIND_OTHER)
		kind(l, w);
	else if (!strcmp(w, "dhcp"))
		d->dhcp = true;
	else if (!strncmp(w, "vlans=", 6)) {
		assert_int_equal(port_vlans_parse(w + 6, &d->vlans, NULL), 0);
	} else if (!strcmp(w, "isolated")) {
		l->port_flags_known = LINK_PORT_FLAGS_INITIAL | 1ULL << 33;
		l->port_flags = l->port_flags_known;
		l->set |= LINK_PORT_FLAGS;
	} else if (sysctl_word(l, w)) {
		return;
	} else if (key(w, "link", &v))
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
		text_copy(l->altname, sizeof(l->altname), v), assert_int_equal(host_add_altname(t, d, v), 0),
			l->set |= LINK_ALTNAME;
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
	d->link.running = true;
	d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_MTU | LINK_ADDR_GEN | LINK_GROUP;
	if (alias)
		assert_true(text_copy(d->link.alias, sizeof(d->link.alias), alias));
	while ((w = strsep(&rest, " ")) || (w = strsep(&after, " ")))
		if (*w)
			word(t, d, w);
	device_read_mark(d);
}

// Takes `dev NAME` out of the words, as often as it is there, `label LABEL` and `nhid ID`; what remains is the key.
static void take_devices(struct l3_entry *e, char *text)
{
	char *word, *next, *rest = text, key[1024] = "";

	while ((word = strsep(&rest, " "))) {
		bool dev = !strcmp(word, "dev"), label = !strcmp(word, "label"), nexthop = !strcmp(word, "nhid");

		if (!dev && !label && !nexthop) {
			snprintf(key + strlen(key), sizeof(key) - strlen(key), "%s%s", *key ? " " : "", word);
			continue;
		}
		next = strsep(&rest, " ");
		assert_non_null(next);
		if (nexthop) {
			e->nexthop_object = true;
			continue;
		}
		if (label) {
			assert_true(text_copy(e->label, sizeof(e->label), next));
			continue;
		}
		e->devices = reallocarray(e->devices, e->device_count + 1, sizeof(*e->devices));
		e->devices[e->device_count] = (struct l3_device){0};
		assert_true(text_copy(e->devices[e->device_count++].name, NAME_SIZE, next));
	}
	assert_true(text_copy(e->key, sizeof(e->key), key));
	e->text = strdup(key);
}

// `[ours ]address KEY [label LABEL] dev DEVICE`, `route KEY dev DEVICE [... dev DEVICE]`, `rule KEY dev DEVICE`,
// `neighbour KEY dev DEVICE`.
static bool entry_line(struct host *t, char *text)
{
	static const char *const kinds[] = {"address ", "route ", "rule ", "neighbour "};
	struct l3_entry *e = calloc(1, sizeof(*e));
	char *word;
	size_t n;

	if (!strncmp(text, "ours ", 5)) {
		e->ours = true;
		text += 5;
	}
	for (int k = 0; k < 4; k++) {
		if (strncmp(text, kinds[k], strlen(kinds[k])))
			continue;
		e->kind = (enum l3_kind)k;
		take_devices(e, text + strlen(kinds[k]));
		e->family = strchr(e->key, ':') && k != L3_NEIGHBOUR ? AF_INET6 : AF_INET;
		// "eth0:1" is the label ":1"
		n = e->device_count ? strlen(e->devices[0].name) : 0;
		if (*e->label && !strncmp(e->label, e->devices[0].name, n))
			memmove(e->label, e->label + n, strlen(e->label + n) + 1);
		e->gateway = strstr(e->key, "via ");
		if ((word = strstr(e->key, " volatile"))) { // at the end
			e->volatile_ = true;
			*word = '\0';
		}
		e->from_ra = k == L3_ROUTE && strstr(e->text, " proto ra");
		if (k == L3_ADDRESS && (word = strstr(e->key, " nodad"))) { // a flag, which the text has too
			e->no_dad = true;
			memmove(word, word + strlen(" nodad"), strlen(word + strlen(" nodad")) + 1);
		}
		if ((word = strstr(e->key, " src ")))
			assert_int_equal(sscanf(word + 5, "%45s", e->source), 1);
		e->link_local = k == L3_ADDRESS && !strncmp(e->key, "fe80:", 5) && strstr(e->key, "ff:fe");
		e->is_default = k == L3_ROUTE && !strncmp(e->key, "default", 7) && e->family == AF_INET;
		if (!e->device_count) { // it moves with nothing: the model doesn't have it
			l3_free(e);
			return true;
		}
		assert_int_equal(host_add_entry(t, e), 0);
		return true;
	}
	l3_free(e);
	return false;
}

static void mark_secondary_addresses(struct host *h)
{
	for (size_t i = 0; i < h->entries.count; i++)
		for (size_t k = 0; k < i; k++) {
			struct l3_entry *a = h->entries.list[i], *b = h->entries.list[k];

			if (a->kind == L3_ADDRESS && b->kind == L3_ADDRESS && a->family == AF_INET &&
				b->family == AF_INET && l3_uses(a, b->devices[0].name) && l3_same_subnet(a, b))
				a->secondary = true;
		}
}

void kernel_text(char *text, struct host *t)
{
	char *rest = text, *l;

	while ((l = strsep(&rest, "\n"))) {
		if (!strcmp(l, "bonding"))
			t->bonding = true;
		else if (*l && *l != '#' && !entry_line(t, l))
			line(t, l);
	}
	t->ipv6 = true;
	mark_secondary_addresses(t);
	host_count_references(t);
}
