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

// A device has every option, a step only those that it says.
static void kind(struct link *l, const char *name, bool is_step)
{
	text_copy(l->kind_name, sizeof(l->kind_name), name);
	l->kind = kind_find(name);
	if (is_step)
		return;
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
		l->sysctls_known |= 1U << i;
		l->set |= LINK_SYSCTLS;
		return true;
	}
	return false;
}

// t NULL: a word of a step.
static void word(struct host *t, struct device *d, const char *w)
{
	struct link *l = &d->link;
	const char *v;
	char name[64];

	if (!strcmp(w, "up") || !strcmp(w, "down"))
		l->up = *w == 'u', l->set |= LINK_UP;
	else if (!strcmp(w, "no-carrier"))
		l->running = false;
	else if (!strcmp(w, "not-ethernet"))
		l->not_ethernet = true;
	else if (kind_find(w) != KIND_OTHER && l->kind == KIND_OTHER)
		kind(l, w, !t);
	else if (!strcmp(w, "dhcp"))
		d->dhcp = true;
	else if (!strncmp(w, "vlans=", 6)) {
		struct port_vlans vlans = {0};

		assert_int_equal(port_vlans_parse(w + 6, &vlans, NULL), 0);
		assert_int_equal(vlans_keep(&d->vlans, &vlans), 0);
	} else if (!strcmp(w, "isolated")) {
		l->port_flags_known = LINK_PORT_FLAGS_INITIAL | 1ULL << 33;
		l->port_flags = l->port_flags_known;
		l->set |= LINK_PORT_FLAGS;
	} else if (sysctl_word(l, w)) {
		return;
	} else if (key(w, "link", &v))
		assert_true(text_copy(l->lower.name, NAME_SIZE, v)), l->set |= LINK_LOWER;
	else if (key(w, "master", &v))
		assert_true(text_copy(l->master.name, NAME_SIZE, v)), l->set |= LINK_MASTER;
	else if (!strcmp(w, "nomaster"))
		l->set |= LINK_MASTER;
	else if (key(w, "name", &v))
		assert_true(text_copy(l->new_name, NAME_SIZE, v)), l->set |= LINK_RENAME;
	else if (key(w, "mtu", &v))
		number(v, &l->mtu, l, LINK_MTU);
	else if (key(w, "unknown", &v)) // an option that this kernel doesn't tell
		l->options &= ~(1ULL << (option_find(l->kind, v) - link_kinds[l->kind].options));
	else if (key(w, "max_mtu", &v))
		number(v, &l->max_mtu, l, 0);
	else if (key(w, "kind", &v))
		assert_true(text_copy(l->kind_name, sizeof(l->kind_name), v));
	else if (key(w, "group", &v))
		number(v, &l->group, l, LINK_GROUP);
	else if (key(w, "addr_gen", &v))
		number(v, &l->addr_gen, l, LINK_ADDR_GEN);
	else if (key(w, "mac", &v))
		assert_int_equal(mac_scan(v, l->mac), 0), l->set |= LINK_MAC;
	else if (key(w, "altname", &v))
		text_copy(l->altname, sizeof(l->altname), v), assert_int_equal(t ? host_add_altname(t, d, v) : 0, 0),
			l->set |= LINK_ALTNAME;
	else if (sscanf(w, "%63[a-z_]=", name) == 1 && option_find(l->kind, name))
		assert_int_equal(option_scan(l, option_find(l->kind, name), w + strlen(name) + 1, NULL), 0);
	else
		fail_msg("kernel state: can't read '%s' of %s", w, l->name);
}

// Reads an alias, which may have blanks in it, and cuts the text there. Returns what stands behind it, or NULL.
static char *take_alias(struct link *l, char *text)
{
	char *alias = strstr(text, "alias=\""), *after;

	if (!alias)
		return NULL;
	*alias = '\0';
	alias += strlen("alias=\"");
	after = alias + strcspn(alias, "\"");
	*after++ = '\0';
	assert_true(text_copy(l->alias, sizeof(l->alias), alias));
	l->set |= LINK_ALIAS;
	return after;
}

static void words(struct host *t, struct device *d, char *text, char *after)
{
	char *w;

	while ((w = strsep(&text, " ")) || (w = strsep(&after, " ")))
		if (*w)
			word(t, d, w);
}

static void line(struct host *t, char *text)
{
	struct link described = {0};
	char *after = take_alias(&described, text), *rest = text;
	struct device *d;

	assert_int_equal(host_add(t, strsep(&rest, " "), &d), 0);
	d->link.index = (int)t->count;
	d->link.mtu = 1500;
	d->link.running = true;
	d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_MTU | LINK_ADDR_GEN | LINK_GROUP;
	memcpy(d->link.alias, described.alias, sizeof(d->link.alias));
	words(t, d, rest, after);
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
static struct l3_entry *read_entry(char *text)
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
		e->proxy = k == L3_NEIGHBOUR && !strncmp(e->key, "proxy ", 6);
		e->family = strchr(e->key, ':') && (k != L3_NEIGHBOUR || e->proxy) ? AF_INET6 : AF_INET;
		// "eth0:1" is the label ":1"
		n = e->device_count ? strlen(e->devices[0].name) : 0;
		if (*e->label && !strncmp(e->label, e->devices[0].name, n))
			memmove(e->label, e->label + n, strlen(e->label + n) + 1);
		e->gateway = strstr(e->key, "via ");
		if ((word = strstr(e->key, " volatile"))) { // at the end
			e->volatile_ = true;
			*word = '\0';
		}
		if ((word = strstr(e->key, " proto kernel"))) { // at the end
			e->from_kernel = true;
			*word = '\0';
		}
		e->no_prefix_route = k == L3_ADDRESS && strstr(e->key, " noprefixroute");
		e->from_ra = k == L3_ROUTE && strstr(e->text, " proto ra");
		if (k == L3_ADDRESS && (word = strstr(e->key, " nodad"))) { // a flag, which the text has too
			e->no_dad = true;
			memmove(word, word + strlen(" nodad"), strlen(word + strlen(" nodad")) + 1);
		}
		if ((word = strstr(e->key, " src ")))
			assert_int_equal(sscanf(word + 5, "%45s", e->source), 1);
		e->link_local = k == L3_ADDRESS && !strncmp(e->key, "fe80:", 5) && strstr(e->key, "ff:fe");
		e->is_default = k == L3_ROUTE && !strncmp(e->key, "default", 7) && e->family == AF_INET;
		return e;
	}
	l3_free(e);
	return NULL;
}

static bool entry_line(struct host *t, char *text)
{
	struct l3_entry *e = read_entry(text);

	if (!e)
		return false;
	if (!e->device_count) // it moves with nothing: the model doesn't have it
		l3_free(e);
	else
		assert_int_equal(host_add_entry(t, e), 0);
	return true;
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

	t->ipv6 = true;
	while ((l = strsep(&rest, "\n"))) {
		if (!strcmp(l, "bonding"))
			t->bonding = true;
		else if (!strcmp(l, "no ipv6"))
			t->ipv6 = false;
		else if (!strcmp(l, "stable secret"))
			t->stable_secret = true;
		else if (*l && *l != '#' && !entry_line(t, l))
			line(t, l);
	}
	mark_secondary_addresses(t);
	host_count_references(t);
	host_mark_dead_routes(t);
}

void host_from_text(const char *text, struct host *ret)
{
	char *copy = strdup(text);

	*ret = (struct host){0};
	kernel_text(copy, ret);
	free(copy);
}

static void read_vlans(struct step *s, char *rest)
{
	char *ids = strsep(&rest, " "), *w;

	s->vlans = calloc(1, sizeof(*s->vlans));
	assert_non_null(s->vlans);
	assert_int_equal(vlans_parse(ids, &s->vlans->all, NULL), 0);
	while ((w = strsep(&rest, " "))) {
		char *value = strsep(&rest, " ");

		assert_non_null(value);
		if (!strcmp(w, "dev"))
			assert_true(text_copy(s->link->name, NAME_SIZE, value));
		else if (!strcmp(w, "untagged"))
			assert_int_equal(vlans_parse(value, &s->vlans->untagged, NULL), 0);
		else
			s->vlans->pvid = (uint16_t)atoi(value);
	}
}

static void read_device_step(struct step *s, char *text)
{
	struct device d = {0};
	char *after = take_alias(&d.link, text), *name = strsep(&text, " ");

	assert_true(text_copy(d.link.name, NAME_SIZE, name));
	words(NULL, &d, text, after);
	*s->link = d.link;
}

void step_from_text(char *text, struct step *ret)
{
	static const struct {
		const char *words;
		enum step_kind kind;
	} verbs[] = {
		{"load module ", STEP_MODULE},
		{"add vlans ", STEP_VLANS_ADD},
		{"delete vlans ", STEP_VLANS_DEL},
		{"start dhcp on ", STEP_DHCP_START},
		{"stop dhcp on ", STEP_DHCP_STOP},
		{"add ", STEP_LINK_ADD},
		{"delete ", STEP_LINK_DEL},
		{"set ", STEP_LINK_SET},
	};
	size_t i = 0;

	while (strncmp(text, verbs[i].words, strlen(verbs[i].words)))
		assert_true(++i < sizeof(verbs) / sizeof(*verbs));
	text += strlen(verbs[i].words);
	*ret = (struct step){.kind = verbs[i].kind};
	if (ret->kind == STEP_MODULE)
		return;
	if (ret->kind == STEP_LINK_ADD || ret->kind == STEP_LINK_DEL)
		ret->entry = read_entry(text);
	if (ret->entry) {
		ret->kind = ret->kind == STEP_LINK_ADD ? STEP_L3_ADD : STEP_L3_DEL;
		return;
	}
	ret->link = calloc(1, sizeof(*ret->link));
	if (ret->kind == STEP_VLANS_ADD || ret->kind == STEP_VLANS_DEL)
		read_vlans(ret, text);
	else
		read_device_step(ret, text);
}

bool host_counts_are_right(const struct host *h)
{
	struct host again;
	bool right = true;

	assert_int_equal(host_copy(h, &again), 0);
	host_count_references(&again);
	for (size_t i = 0; i < h->count; i++) {
		const struct device *a = h->devices[i], *b = again.devices[i];

		right &= a->slot == i && a->ports == b->ports && a->uppers == b->uppers && a->entries == b->entries &&
			 a->odd_uppers >= b->odd_uppers;
	}
	host_free(&again);
	return right;
}
