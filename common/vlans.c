// SPDX-License-Identifier: ISC
// Sets of VLAN IDs, in the grammar of xl's vlan= keyword.
#include "vlans.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *ret)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || n < min || n > max)
		return -ERANGE;
	*ret = n;
	return 0;
}

bool vlans_has(const struct vlans *set, unsigned int id)
{
	return id <= VLAN_MAX && (set->bits[id / 64] >> (id % 64) & 1);
}

void vlans_add(struct vlans *set, unsigned int first, unsigned int last)
{
	for (unsigned int id = first; id <= last; id++)
		set->bits[id / 64] |= 1ULL << (id % 64);
}

bool vlans_empty(const struct vlans *set)
{
	for (int i = 0; i < 64; i++)
		if (set->bits[i])
			return false;
	return true;
}

bool vlans_equal(const struct vlans *a, const struct vlans *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void vlans_union(struct vlans *a, const struct vlans *b)
{
	for (int i = 0; i < 64; i++)
		a->bits[i] |= b->bits[i];
}

void vlans_subtract(struct vlans *a, const struct vlans *b)
{
	for (int i = 0; i < 64; i++)
		a->bits[i] &= ~b->bits[i];
}

bool vlans_range(const struct vlans *set, unsigned int from, unsigned int *first, unsigned int *last)
{
	unsigned int id = from;

	while (id <= VLAN_MAX && !vlans_has(set, id))
		id = set->bits[id / 64] >> (id % 64) ? id + 1 : (id / 64 + 1) * 64;
	if (id > VLAN_MAX)
		return false;
	*first = id;
	while (vlans_has(set, id + 1))
		id++;
	*last = id;
	return true;
}

unsigned int vlans_only(const struct vlans *set)
{
	unsigned int first, last, more;

	if (!vlans_range(set, 0, &first, &last) || first != last || vlans_range(set, last + 1, &more, &more))
		return 0;
	return first;
}

bool port_vlans_equal(const struct port_vlans *a, const struct port_vlans *b)
{
	return a->pvid == b->pvid && vlans_equal(&a->all, &b->all) && vlans_equal(&a->untagged, &b->untagged);
}

struct vlans port_vlans_tagged(const struct port_vlans *v)
{
	struct vlans tagged = v->all;

	vlans_subtract(&tagged, &v->untagged);
	return tagged;
}

static bool is_same(const struct port_vlans *a, const struct port_vlans *b, unsigned int id)
{
	return vlans_has(&a->all, id) == vlans_has(&b->all, id) &&
	       vlans_has(&a->untagged, id) == vlans_has(&b->untagged, id) && (a->pvid == id) == (b->pvid == id);
}

static void copy_vlan(struct port_vlans *to, const struct port_vlans *from, unsigned int id)
{
	if (!vlans_has(&from->all, id))
		return;
	vlans_add(&to->all, id, id);
	if (vlans_has(&from->untagged, id))
		vlans_add(&to->untagged, id, id);
	if (from->pvid == id)
		to->pvid = (uint16_t)id;
}

void port_vlans_difference(
	const struct port_vlans *now, const struct port_vlans *want, struct port_vlans *drop, struct port_vlans *add)
{
	*drop = *add = (struct port_vlans){0};
	for (unsigned int id = VLAN_MIN; id <= VLAN_MAX; id++) {
		if (is_same(now, want, id))
			continue;
		copy_vlan(drop, now, id);
		copy_vlan(add, want, id);
	}
}

void port_vlans_default(struct port_vlans *v, unsigned int pvid)
{
	*v = (struct port_vlans){.pvid = (uint16_t)pvid};
	if (!pvid)
		return;
	vlans_add(&v->all, pvid, pvid);
	vlans_add(&v->untagged, pvid, pvid);
}

char *vlans_print(const struct vlans *set, char *buf, size_t size)
{
	unsigned int a, b, id;
	size_t len = 0;

	buf[0] = '\0';
	for (id = 0; vlans_range(set, id, &a, &b) && len < size; id = b + 1)
		len += (size_t)snprintf(buf + len, size - len, a == b ? "%s%u" : "%s%u-%u", len ? "/" : "", a, b);
	return buf;
}

// One term of the grammar, as numbers: FIRST, FIRST-LAST or FIRST+STEPxCOUNT, then a suffix.
struct term {
	unsigned long first, last, step;
	char suffix; // 'p', 'u' or '\0'
	bool single;
};

static int digits(const char **text, unsigned long *n)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	errno = 0;
	*n = strtoul(*text, &end, 10);
	*text = end;
	return errno ? -ERANGE : 0;
}

static int term_numbers(const char **text, struct term *t)
{
	unsigned long count;

	t->step = 1;
	if (digits(text, &t->first))
		return -EINVAL;
	t->last = t->first;
	if (**text == '-') {
		(*text)++;
		return digits(text, &t->last);
	}
	if (**text == '+') {
		(*text)++;
		if (digits(text, &t->step) || *(*text)++ != 'x' || digits(text, &count))
			return -EINVAL;
		if (!t->step || !count || t->step > VLAN_MAX || count > VLAN_MAX)
			return -EINVAL;
		t->last = t->first + t->step * (count - 1);
		return 0;
	}
	t->single = true;
	return 0;
}

static int term_parse(char *text, bool suffixes, struct term *t, struct err *e)
{
	const char *c = text;

	*t = (struct term){0};
	if (term_numbers(&c, t))
		return err_set(
			e, EINVAL, "VLAN list: '%s' is neither a VLAN ID, nor FIRST-LAST, nor FIRST+STEPxCOUNT", text);
	if (suffixes && (*c == 'p' || *c == 'u'))
		t->suffix = *c++;
	if (*c)
		return err_set(e, EINVAL, "VLAN list: '%s' has '%s' after the number%s", text, c,
			suffixes ? " (only p or u may follow)" : "");
	if (t->first < VLAN_MIN || t->last > VLAN_MAX || t->first > VLAN_MAX)
		return err_set(e, EINVAL, "VLAN %lu in '%s' is outside %d-%d",
			t->first < VLAN_MIN || t->first > VLAN_MAX ? t->first : t->last, text, VLAN_MIN, VLAN_MAX);
	if (t->first > t->last)
		return err_set(e, EINVAL, "VLAN range '%s' ends before it begins", text);
	if (t->suffix == 'p' && t->first != t->last)
		return err_set(e, EINVAL, "VLAN list: '%s': a PVID is one VLAN, not a range", text);
	return 0;
}

// Calls use(term) for every '/'-separated term of text.
static int terms(const char *text, bool suffixes, struct err *e,
	int (*use)(const struct term *t, struct port_vlans *set, struct err *e), struct port_vlans *set)
{
	char copy[1024], *rest = copy, *word;
	size_t len = strlen(text);
	struct term t;
	int r;

	if (!len)
		return err_set(e, EINVAL, "a VLAN list is empty");
	if (len >= sizeof(copy))
		return err_set(e, EINVAL, "a VLAN list of %zu bytes is too long", len);
	memcpy(copy, text, len + 1);
	while ((word = strsep(&rest, "/"))) {
		r = term_parse(word, suffixes, &t, e);
		if (!r)
			r = use(&t, set, e);
		if (r)
			return r;
	}
	return 0;
}

static int use_term(const struct term *t, struct port_vlans *set, struct err *e)
{
	for (unsigned long id = t->first; id <= t->last; id += t->step) {
		vlans_add(&set->all, (unsigned int)id, (unsigned int)id);
		if (t->suffix)
			vlans_add(&set->untagged, (unsigned int)id, (unsigned int)id);
	}
	if (t->suffix == 'p') {
		if (set->pvid && set->pvid != t->first)
			return err_set(e, EINVAL, "VLAN list: %u and %lu can't both be the PVID", set->pvid, t->first);
		set->pvid = (uint16_t)t->first;
	}
	return 0;
}

int vlans_parse(const char *text, struct vlans *set, struct err *e)
{
	struct port_vlans port = {0};
	int r = terms(text, false, e, use_term, &port);

	if (!r)
		*set = port.all;
	return r;
}

int port_vlans_parse(const char *text, struct port_vlans *set, struct err *e)
{
	struct port_vlans port = {0};
	unsigned long id;
	int r = terms(text, true, e, use_term, &port);

	if (r)
		return r;
	// xl: a lone plain VLAN is what an access port has.
	if (!number_parse(text, VLAN_MIN, VLAN_MAX, &id)) {
		port.pvid = (uint16_t)id;
		port.untagged = port.all;
	}
	*set = port;
	return 0;
}
