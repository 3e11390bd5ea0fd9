// SPDX-License-Identifier: ISC
// One `key=value, key=value` item of the configuration: its pairs, and values of every kind.
#include "config_item.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define MTU_MIN 68
#define MTU_MAX 65535

static void set_message(const struct config *c, int line, struct err *e, const char *text)
{
	if (line)
		err_set(e, EINVAL, "%s:%d: %s", c->file, line, text);
	else
		err_set(e, EINVAL, "%s", text);
}

int config_refuse(const struct config *c, int line, struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	set_message(c, line, e, text);
	return -EINVAL;
}

char *config_print_line(char buf[24], int line)
{
	buf[0] = '\0';
	if (line)
		snprintf(buf, 24, " (line %d)", line);
	return buf;
}

int config_item_refuse(struct config_item *it, const char *fmt, ...)
{
	char text[sizeof(it->e->text)];
	va_list ap;

	if (it->failed)
		return it->failed;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	set_message(it->to, it->line, it->e, text);
	it->failed = -EINVAL;
	return it->failed;
}

int config_item_refuse_memory(struct config_item *it)
{
	if (!it->failed)
		it->failed = err_set(it->e, ENOMEM, "no memory for the configuration");
	return it->failed;
}

const char *config_item_value(const struct config_item *it, const char *key)
{
	for (size_t i = 0; i < it->count; i++)
		if (!strcmp(it->pairs[i].key, key))
			return it->pairs[i].value;
	return NULL;
}

int config_item_add(struct config_item *it, const char *key, const char *value)
{
	if (config_item_value(it, key))
		return config_item_refuse(it, "'%s' is given twice", key);
	if (!*value)
		return config_item_refuse(it, "%s= has no value", key);
	if (strlen(value) >= ITEM_VALUE_SIZE)
		return config_item_refuse(it, "%s= is longer than %d bytes", key, ITEM_VALUE_SIZE - 1);
	if (it->count == ITEM_KEYS)
		return config_item_refuse(it, "more than %d keys in one item", ITEM_KEYS);
	it->pairs[it->count].key = key;
	it->pairs[it->count].value = value;
	it->count++;
	return it->failed;
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

	while (!it->failed && (word = strsep(&text, ","))) {
		word = trim(word);
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value)
			return config_item_refuse(it, "'%s' is no key=value pair", word);
		*value = '\0';
		config_item_add(it, trim(word), trim(value + 1));
	}
	return it->failed;
}

static bool is_listed(const char *const keys[], const char *key)
{
	for (; *keys; keys++)
		if (!strcmp(*keys, key))
			return true;
	return false;
}

int config_item_check_keys(struct config_item *it, const char *what, const char *const keys[], enum kind kind)
{
	for (size_t i = 0; i < it->count; i++) {
		const char *key = it->pairs[i].key;

		if (!is_listed(keys, key) && !option_find(kind, key))
			return config_item_refuse(it, "unknown key '%s' for a %s", key, what);
	}
	return it->failed;
}

int config_item_check_name(struct config_item *it, const char *key, const char *name)
{
	// lo is the host's own; all and default are no devices, but directories of
	// /proc/sys/net/ipv4/conf.
	static const char *const reserved[] = {"lo", "all", "default", NULL};
	struct err inner;

	if (name_check(name, &inner))
		return config_item_refuse(it, "%s: %s", key, inner.text);
	if (is_listed(reserved, name))
		return config_item_refuse(it, "%s=%s: that name is reserved", key, name);
	if (*name == '-')
		return config_item_refuse(
			it, "%s=%s: a name can't start with '-', commands take it for an option", key, name);
	if (strchr(name, ','))
		return config_item_refuse(it, "%s=%s: a name can't contain ','", key, name);
	return it->failed;
}

const char *config_item_name(struct config_item *it, const char *key)
{
	const char *name = config_item_value(it, key);

	if (!name)
		config_item_refuse(it, "key '%s' is missing", key);
	else
		config_item_check_name(it, key, name);
	if (it->failed)
		return NULL;
	return name;
}

void config_item_flag(struct config_item *it, const char *key, const char *yes, const char *no, bool *flag)
{
	const char *v = config_item_value(it, key);

	if (!v)
		return;
	if (strcmp(v, yes) && strcmp(v, no))
		config_item_refuse(it, "%s=%s: it must be %s or %s", key, v, yes, no);
	*flag = !strcmp(v, yes);
}

void config_item_mtu(struct config_item *it, struct link *l)
{
	const char *v = config_item_value(it, "mtu");
	unsigned long n;

	if (!v)
		return;
	if (number_parse(v, MTU_MIN, MTU_MAX, &n))
		config_item_refuse(it, "mtu=%s: it must be a number from %d to %d", v, MTU_MIN, MTU_MAX);
	else
		config_set_mtu(l, (uint32_t)n);
}

void config_item_mac(struct config_item *it, struct link *l)
{
	static const uint8_t zero[MAC_SIZE];
	const char *v = config_item_value(it, "mac");

	if (!v)
		return;
	if (mac_scan(v, l->mac))
		config_item_refuse(it, "mac=%s is no MAC address like 52:54:00:12:34:56", v);
	else if (l->mac[0] & 1)
		config_item_refuse(it, "mac=%s is a multicast address", v);
	else if (!memcmp(l->mac, zero, MAC_SIZE))
		config_item_refuse(it, "mac=%s: the kernel doesn't take this address", v);
	l->set |= LINK_MAC;
}

void config_item_options(struct config_item *it, struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct err inner;

	for (size_t i = 0; i < k->count; i++) {
		const char *v = config_item_value(it, k->options[i].name);

		if (v && option_scan(l, &k->options[i], v, &inner))
			config_item_refuse(it, "%s", inner.text);
	}
}

int config_item_expand(
	struct config_item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE])
{
	static const char word[] = "{vlan}";
	const char *at = strstr(template, word);
	char text[ITEM_VALUE_SIZE + 16];

	if (at && vlan)
		snprintf(text, sizeof(text), "%.*s%u%s", (int)(at - template), template, vlan, at + strlen(word));
	else
		snprintf(text, sizeof(text), "%s", template);
	if (strstr(text, word))
		return config_item_refuse(it, "%s=%s: {vlan} can be there once, and only with vlan=", key, template);
	if (config_item_check_name(it, key, text))
		return it->failed;
	text_copy(name, NAME_SIZE, text);
	return 0;
}
