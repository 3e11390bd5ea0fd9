// SPDX-License-Identifier: ISC
// One `key=value, key=value` item of the configuration, and what it adds to the topology.
#include "item.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define ADDR_GEN_NONE 1 // IN6_ADDR_GEN_MODE_NONE
#define MTU_MIN 68
#define MTU_MAX 65535

int item_refuse(struct item *it, const char *fmt, ...)
{
	char text[sizeof(it->e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (it->line)
		return err_set(it->e, EINVAL, "%s:%d: %s", it->to->file, it->line, text);
	return err_set(it->e, EINVAL, "%s", text);
}

// The sentence that a parser left in it->e, with the place and what it is about.
int item_refuse_error(struct item *it, const char *about)
{
	struct err inner = *it->e;

	return item_refuse(it, "%s: %s", about, inner.text);
}

static char *trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	for (n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

int item_split(struct item *it, char *text)
{
	char *word, *value;

	while ((word = strsep(&text, ","))) {
		word = trim(word);
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value)
			return item_refuse(it, "'%s' is no key=value pair", word);
		*value++ = '\0';
		word = trim(word);
		for (size_t i = 0; i < it->count; i++)
			if (!strcmp(it->pairs[i].key, word))
				return item_refuse(it, "key '%s' stands there twice", word);
		if (it->count == ITEM_KEYS)
			return item_refuse(it, "more than %d keys in one item", ITEM_KEYS);
		it->pairs[it->count++] = (struct pair){word, trim(value), false};
	}
	return 0;
}

const char *item_take(struct item *it, const char *key)
{
	for (size_t i = 0; i < it->count; i++)
		if (!strcmp(it->pairs[i].key, key)) {
			it->pairs[i].used = true;
			return it->pairs[i].value;
		}
	return NULL;
}

int item_refuse_unused(struct item *it, const char *what)
{
	for (size_t i = 0; i < it->count; i++)
		if (!it->pairs[i].used)
			return item_refuse(it, "unknown key '%s' for a %s", it->pairs[i].key, what);
	return 0;
}

int item_name(struct item *it, const char *key, const char **name)
{
	*name = item_take(it, key);
	if (!*name)
		return item_refuse(it, "key '%s' is missing", key);
	return name_check(*name, it->e) ? item_refuse_error(it, key) : 0;
}

int item_flag(struct item *it, const char *key, const char *yes, const char *no, bool *flag)
{
	const char *v = item_take(it, key);

	if (!v)
		return 0;
	if (strcmp(v, yes) && strcmp(v, no))
		return item_refuse(it, "%s=%s: it must be %s or %s", key, v, yes, no);
	*flag = !strcmp(v, yes);
	return 0;
}

int item_mtu(struct item *it, struct link *l)
{
	const char *v = item_take(it, "mtu");
	unsigned long n;

	if (!v)
		return 0;
	if (number_parse(v, MTU_MIN, MTU_MAX, &n))
		return item_refuse(it, "mtu=%s: it must be a number from %d to %d", v, MTU_MIN, MTU_MAX);
	l->mtu = (uint32_t)n;
	l->set |= LINK_MTU;
	return 0;
}

int item_mac(struct item *it, struct link *l)
{
	const char *v = item_take(it, "mac");

	if (!v)
		return 0;
	if (mac_scan(v, l->mac))
		return item_refuse(it, "mac=%s is no MAC address like 52:54:00:12:34:56", v);
	if (l->mac[0] & 1)
		return item_refuse(it, "mac=%s is a multicast address", v);
	l->set |= LINK_MAC;
	return 0;
}

int item_options(struct item *it, struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	const char *v;

	for (size_t i = 0; i < k->count; i++) {
		v = item_take(it, k->options[i].name);
		if (v && option_scan(l, &k->options[i], v, it->e)) {
			struct err inner = *it->e;

			return item_refuse(it, "%s", inner.text);
		}
	}
	return 0;
}

static int no_memory(struct item *it)
{
	return err_set(it->e, ENOMEM, "no memory for the configuration");
}

// A device that something here stands on or takes as a port; it may be defined elsewhere.
int item_refer(struct item *it, const char *name, struct device **ret)
{
	int r = 0;

	*ret = topology_find(it->to, name);
	if (*ret)
		return 0;
	r = topology_add(it->to, name, ret);
	if (r)
		return no_memory(it);
	(*ret)->line = it->line;
	(*ret)->link.set = LINK_UP;
	(*ret)->link.up = true;
	return 0;
}

int item_define(struct item *it, const char *name, enum kind kind, struct device **ret)
{
	int r = item_refer(it, name, ret);

	if (r)
		return r;
	if ((*ret)->create)
		return item_refuse(it, "'%s' is defined twice, here and in line %d", name, (*ret)->line);
	(*ret)->create = true;
	(*ret)->line = it->line;
	(*ret)->link.kind = kind;
	(*ret)->mark.origin = it->origin;
	return 0;
}

void item_deny_addresses(struct device *d)
{
	d->policy = ADDRESS_NONE;
	d->link.set |= LINK_ADDR_GEN;
	d->link.addr_gen = ADDR_GEN_NONE;
}

int item_set_master(struct item *it, struct device *d, const char *master)
{
	if (*d->link.master.name)
		return item_refuse(it, "%s can't be a port of %s: it is one of %s already (line %d)", d->link.name,
			master, d->link.master.name, d->line);
	text_copy(d->link.master.name, sizeof(d->link.master.name), master);
	d->link.set |= LINK_MASTER;
	d->line = it->line;
	return 0;
}

// Puts the VLAN ID for {vlan}. Without a VLAN the template stands for itself.
int item_expand(struct item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE])
{
	const char *at = vlan ? strstr(template, "{vlan}") : NULL;
	char text[256];
	int n = at ? snprintf(text, sizeof(text), "%.*s%u%s", (int)(at - template), template, vlan, at + 6)
		   : snprintf(text, sizeof(text), "%s", template);

	if (n >= (int)sizeof(text))
		return item_refuse(it, "%s=%.40s… is too long", key, template);
	if (name_check(text, it->e))
		return item_refuse_error(it, key);
	text_copy(name, NAME_SIZE, text);
	return 0;
}

static int take_addresses(struct item *it, const char *list, const char *device)
{
	char copy[1024], *rest = copy, *word;
	struct record *r;
	int result = text_copy(copy, sizeof(copy), list) ? 0 : item_refuse(it, "address= is too long");

	while (!result && (word = strsep(&rest, " \t+"))) {
		if (!*word)
			continue;
		if (record_address(word, device, &r, it->e))
			return item_refuse_error(it, "address");
		result = records_find(&it->to->records, r) ? item_refuse(it, "address %s stands there twice", word)
			: records_add(&it->to->records, r) ? no_memory(it)
							   : 0;
		record_free(r);
	}
	return result;
}

static int take_gateways(struct item *it, const char *list, const char *device)
{
	char copy[256], *rest = copy, *word;
	struct record *r;
	int result = text_copy(copy, sizeof(copy), list) ? 0 : item_refuse(it, "gateway= is too long");

	while (!result && (word = strsep(&rest, " \t+"))) {
		if (!*word)
			continue;
		if (record_gateway(word, device, &r, it->e))
			return item_refuse_error(it, "gateway");
		if (records_add(&it->to->records, r))
			result = no_memory(it);
		record_free(r);
	}
	return result;
}

int item_address(struct item *it, struct device *d, const char *device, bool can_inherit)
{
	const char *v = item_take(it, "address"), *gateway = item_take(it, "gateway");
	int r;

	item_deny_addresses(d);
	if (!v && can_inherit)
		v = "inherit";
	if (gateway && (!v || !strchr(v, '/')))
		return item_refuse(it, "gateway=%s needs addresses in address=", gateway);
	if (!v || !strcmp(v, "none"))
		return 0;
	if (!strcmp(v, "inherit") && !can_inherit)
		return item_refuse(it, "address=inherit needs an uplink= that is a port of the bridge, without vlan=");
	// It starts without a link-local address; that of the device it inherits from comes with the others.
	if (!strcmp(v, "inherit")) {
		d->policy = ADDRESS_INHERIT;
		d->mark.inherit = true;
		return 0;
	}
	d->link.addr_gen = 0;
	if (!strcmp(v, "dhcp")) {
		d->policy = ADDRESS_DHCP;
		d->mark.dhcp = true;
		return 0;
	}
	d->policy = ADDRESS_LIST;
	r = take_addresses(it, v, device);
	return r || !gateway ? r : take_gateways(it, gateway, device);
}
