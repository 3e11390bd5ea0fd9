// SPDX-License-Identifier: ISC
// Addresses, routes and policy rules as records that can change their device.
#include "l3.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

void l3_clear(struct l3_entry *r)
{
	free(r->text);
	free(r->message);
	r->text = NULL;
	r->message = NULL;
}

void l3_free(struct l3_entry *r)
{
	if (r)
		l3_clear(r);
	free(r);
}

struct l3_entry *l3_copy(const struct l3_entry *r)
{
	struct l3_entry *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *r;
	c->text = strdup(r->text);
	c->message = r->message ? malloc(r->size) : NULL;
	if (!c->text || (r->message && !c->message)) {
		l3_free(c);
		return NULL;
	}
	if (r->message)
		memcpy(c->message, r->message, r->size);
	return c;
}

int l3_list_add(struct l3_list *all, const struct l3_entry *r)
{
	struct l3_entry **grown, *c;

	if (!(all->count & (all->count - 1))) {
		grown = reallocarray(all->list, all->count ? all->count * 2 : 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		all->list = grown;
	}
	c = l3_copy(r);
	if (!c)
		return -ENOMEM;
	all->list[all->count++] = c;
	return 0;
}

void l3_list_remove(struct l3_list *all, size_t i)
{
	l3_free(all->list[i]);
	memmove(&all->list[i], &all->list[i + 1], (--all->count - i) * sizeof(*all->list));
}

void l3_list_free(struct l3_list *all)
{
	for (size_t i = 0; i < all->count; i++)
		l3_free(all->list[i]);
	free(all->list);
	*all = (struct l3_list){0};
}

bool l3_equal(const struct l3_entry *a, const struct l3_entry *b)
{
	if (a->kind != b->kind || a->family != b->family || a->link_count != b->link_count ||
		strcmp(a->text, b->text) || strcmp(a->label, b->label))
		return false;
	for (size_t i = 0; i < a->link_count; i++)
		if (strcmp(a->links[i].name, b->links[i].name))
			return false;
	return true;
}

const struct l3_entry *l3_list_find(const struct l3_list *all, const struct l3_entry *r)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct l3_entry *a = all->list[i];

		if (a->kind == r->kind && a->family == r->family && !strcmp(a->key, r->key) &&
			l3_uses(a, r->links[0].name))
			return a;
	}
	return NULL;
}

bool l3_uses(const struct l3_entry *r, const char *device)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (!strcmp(r->links[i].name, device))
			return true;
	return false;
}

void l3_move(struct l3_entry *r, const char *from, const char *to)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (!strcmp(r->links[i].name, from)) {
			r->links[i].index = 0;
			text_copy(r->links[i].name, NAME_SIZE, to);
		}
}

void l3_describe(FILE *out, const struct l3_entry *r)
{
	static const char *const kinds[] = {"address", "route", "rule"};

	fprintf(out, "%s %s", kinds[r->kind], r->key);
	for (size_t i = 0; i < r->link_count; i++)
		if (!i || strcmp(r->links[i].name, r->links[i - 1].name))
			fprintf(out, " dev %s", r->links[i].name);
	if (*r->label)
		fprintf(out, " label %s", r->label);
}

static struct l3_entry *new_record(enum l3_kind kind, int family, const char *key, const char *device)
{
	struct l3_entry *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->kind = kind;
	r->family = family;
	snprintf(r->key, sizeof(r->key), "%s", key);
	r->text = strdup(key);
	r->ours = true;
	r->link_count = 1;
	text_copy(r->links[0].name, NAME_SIZE, device);
	if (!r->text) {
		l3_free(r);
		return NULL;
	}
	return r;
}

static int parse_address(const char *text, int *family, unsigned char bytes[16])
{
	*family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(*family, text, bytes) == 1 ? 0 : -EINVAL;
}

int l3_address(const char *text, const char *device, struct l3_entry **ret, struct err *e)
{
	char copy[64], canonical[INET6_ADDRSTRLEN], key[96], *slash;
	unsigned char bytes[16];
	unsigned long prefix;
	int family;

	if (!text_copy(copy, sizeof(copy), text) || !(slash = strchr(copy, '/')))
		return err_set(e, EINVAL, "'%s' is no address like 192.0.2.1/24", text);
	*slash = '\0';
	if (parse_address(copy, &family, bytes) ||
		number_parse(slash + 1, 1, family == AF_INET ? 32 : 128, &prefix))
		return err_set(e, EINVAL, "'%s' is no address like 192.0.2.1/24 or 2001:db8::1/64", text);
	inet_ntop(family, bytes, canonical, sizeof(canonical));
	snprintf(key, sizeof(key), "%s/%lu", canonical, prefix);
	*ret = new_record(L3_ADDRESS, family, key, device);
	return *ret ? 0 : err_set(e, ENOMEM, "no memory for an address");
}

int l3_gateway(const char *gateway, const char *device, struct l3_entry **ret, struct err *e)
{
	char canonical[INET6_ADDRSTRLEN], key[96];
	unsigned char bytes[16];
	int family;

	if (parse_address(gateway, &family, bytes))
		return err_set(e, EINVAL, "'%s' is no address of a gateway", gateway);
	inet_ntop(family, bytes, canonical, sizeof(canonical));
	snprintf(key, sizeof(key), "default/0 via %s table 254", canonical);
	*ret = new_record(L3_ROUTE, family, key, device);
	if (*ret)
		(*ret)->gateway = true;
	return *ret ? 0 : err_set(e, ENOMEM, "no memory for a route");
}

int l3_link_local(const uint8_t mac[6], const char *device, struct l3_entry **ret)
{
	char key[64];

	snprintf(key, sizeof(key), "fe80::%x:%xff:fe%02x:%x/64", (mac[0] ^ 2) << 8 | mac[1], mac[2], mac[3],
		mac[4] << 8 | mac[5]);
	if (l3_address(key, device, ret, NULL))
		return -ENOMEM;
	(*ret)->link_local = true;
	(*ret)->ours = false;
	return 0;
}
