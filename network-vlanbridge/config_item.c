// SPDX-License-Identifier: ISC
// One `key=value, key=value` item of the configuration, and what it adds to the topology.
#include "config_item.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define ADDR_GEN_NONE 1 // IN6_ADDR_GEN_MODE_NONE
#define MTU_MIN 68
#define MTU_MAX 65535

int config_item_refuse(struct config_item *it, const char *fmt, ...)
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
int config_item_refuse_error(struct config_item *it, const char *about)
{
	struct err inner = *it->e;

	return config_item_refuse(it, "%s: %s", about, inner.text);
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

int config_item_split(struct config_item *it, char *text)
{
	char *word, *value;

	while ((word = strsep(&text, ","))) {
		word = trim(word);
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value)
			return config_item_refuse(it, "'%s' is no key=value pair", word);
		*value++ = '\0';
		word = trim(word);
		for (size_t i = 0; i < it->count; i++)
			if (!strcmp(it->pairs[i].key, word))
				return config_item_refuse(it, "key '%s' stands there twice", word);
		if (it->count == ITEM_KEYS)
			return config_item_refuse(it, "more than %d keys in one item", ITEM_KEYS);
		it->pairs[it->count++] = (struct pair){word, trim(value), false};
	}
	return 0;
}

const char *config_item_take(struct config_item *it, const char *key)
{
	for (size_t i = 0; i < it->count; i++)
		if (!strcmp(it->pairs[i].key, key)) {
			it->pairs[i].used = true;
			return it->pairs[i].value;
		}
	return NULL;
}

int config_item_refuse_unused(struct config_item *it, const char *what)
{
	for (size_t i = 0; i < it->count; i++)
		if (!it->pairs[i].used)
			return config_item_refuse(it, "unknown key '%s' for a %s", it->pairs[i].key, what);
	return 0;
}

int config_item_name(struct config_item *it, const char *key, const char **name)
{
	*name = config_item_take(it, key);
	if (!*name)
		return config_item_refuse(it, "key '%s' is missing", key);
	return name_check(*name, it->e) ? config_item_refuse_error(it, key) : 0;
}

int config_item_flag(struct config_item *it, const char *key, const char *yes, const char *no, bool *flag)
{
	const char *v = config_item_take(it, key);

	if (!v)
		return 0;
	if (strcmp(v, yes) && strcmp(v, no))
		return config_item_refuse(it, "%s=%s: it must be %s or %s", key, v, yes, no);
	*flag = !strcmp(v, yes);
	return 0;
}

int config_item_mtu(struct config_item *it, struct link *l)
{
	const char *v = config_item_take(it, "mtu");
	unsigned long n;

	if (!v)
		return 0;
	if (number_parse(v, MTU_MIN, MTU_MAX, &n))
		return config_item_refuse(it, "mtu=%s: it must be a number from %d to %d", v, MTU_MIN, MTU_MAX);
	l->mtu = (uint32_t)n;
	l->set |= LINK_MTU;
	return 0;
}

int config_item_mac(struct config_item *it, struct link *l)
{
	const char *v = config_item_take(it, "mac");

	if (!v)
		return 0;
	if (mac_scan(v, l->mac))
		return config_item_refuse(it, "mac=%s is no MAC address like 52:54:00:12:34:56", v);
	if (l->mac[0] & 1)
		return config_item_refuse(it, "mac=%s is a multicast address", v);
	l->set |= LINK_MAC;
	return 0;
}

int config_item_options(struct config_item *it, struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	const char *v;

	for (size_t i = 0; i < k->count; i++) {
		v = config_item_take(it, k->options[i].name);
		if (v && option_scan(l, &k->options[i], v, it->e)) {
			struct err inner = *it->e;

			return config_item_refuse(it, "%s", inner.text);
		}
	}
	return 0;
}

static int no_memory(struct config_item *it)
{
	return err_set(it->e, ENOMEM, "no memory for the configuration");
}

// A device that something here stands on or takes as a port; it may be defined elsewhere.
int config_item_refer(struct config_item *it, const char *name, struct device **ret)
{
	int r = 0;

	*ret = host_find(it->to, name);
	if (*ret)
		return 0;
	r = host_add(it->to, name, ret);
	if (r)
		return no_memory(it);
	(*ret)->line = it->line;
	(*ret)->link.set = LINK_UP;
	(*ret)->link.up = true;
	return 0;
}

int config_item_define(struct config_item *it, const char *name, enum kind kind, struct device **ret)
{
	int r = config_item_refer(it, name, ret);

	if (r)
		return r;
	if ((*ret)->create)
		return config_item_refuse(it, "'%s' is defined twice, here and in line %d", name, (*ret)->line);
	(*ret)->create = true;
	(*ret)->line = it->line;
	(*ret)->link.kind = kind;
	(*ret)->mark.origin = it->origin;
	return 0;
}

void config_item_deny_addresses(struct device *d)
{
	d->policy = ADDRESS_NONE;
	d->link.set |= LINK_ADDR_GEN;
	d->link.addr_gen = ADDR_GEN_NONE;
}

int config_item_set_master(struct config_item *it, struct device *d, const char *master)
{
	if (*d->link.master.name)
		return config_item_refuse(it, "%s can't be a port of %s: it is one of %s already (line %d)", d->link.name,
			master, d->link.master.name, d->line);
	text_copy(d->link.master.name, sizeof(d->link.master.name), master);
	d->link.set |= LINK_MASTER;
	d->line = it->line;
	return 0;
}

// Puts the VLAN ID for {vlan}. Without a VLAN the template stands for itself.
int config_item_expand(struct config_item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE])
{
	const char *at = vlan ? strstr(template, "{vlan}") : NULL;
	char text[256];
	int n = at ? snprintf(text, sizeof(text), "%.*s%u%s", (int)(at - template), template, vlan, at + 6)
		   : snprintf(text, sizeof(text), "%s", template);

	if (n >= (int)sizeof(text))
		return config_item_refuse(it, "%s=%.40s… is too long", key, template);
	if (name_check(text, it->e))
		return config_item_refuse_error(it, key);
	text_copy(name, NAME_SIZE, text);
	return 0;
}

static int take_addresses(struct config_item *it, const char *list, const char *device)
{
	char copy[1024], *rest = copy, *word;
	struct l3_entry *r;
	int result = text_copy(copy, sizeof(copy), list) ? 0 : config_item_refuse(it, "address= is too long");

	while (!result && (word = strsep(&rest, " \t+"))) {
		if (!*word)
			continue;
		if (l3_address(word, device, &r, it->e))
			return config_item_refuse_error(it, "address");
		result = l3_list_find(&it->to->records, r) ? config_item_refuse(it, "address %s stands there twice", word)
			: l3_list_add(&it->to->records, r) ? no_memory(it)
							   : 0;
		l3_free(r);
	}
	return result;
}

static int take_gateways(struct config_item *it, const char *list, const char *device)
{
	char copy[256], *rest = copy, *word;
	struct l3_entry *r;
	int result = text_copy(copy, sizeof(copy), list) ? 0 : config_item_refuse(it, "gateway= is too long");

	while (!result && (word = strsep(&rest, " \t+"))) {
		if (!*word)
			continue;
		if (l3_gateway(word, device, &r, it->e))
			return config_item_refuse_error(it, "gateway");
		if (l3_list_add(&it->to->records, r))
			result = no_memory(it);
		l3_free(r);
	}
	return result;
}

int config_item_address(struct config_item *it, struct device *d, const char *device, bool can_inherit)
{
	const char *v = config_item_take(it, "address"), *gateway = config_item_take(it, "gateway");
	int r;

	config_item_deny_addresses(d);
	if (!v && can_inherit)
		v = "inherit";
	if (gateway && (!v || !strchr(v, '/')))
		return config_item_refuse(it, "gateway=%s needs addresses in address=", gateway);
	if (!v || !strcmp(v, "none"))
		return 0;
	if (!strcmp(v, "inherit") && !can_inherit)
		return config_item_refuse(it, "address=inherit needs an uplink= that is a port of the bridge, without vlan=");
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
