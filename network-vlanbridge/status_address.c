// SPDX-License-Identifier: ISC
// dom0's addresses in status.
#include <string.h>

#include "status_line.h"

#define ADDRESSES_SHOWN 2

struct addresses {
	char text[STATUS_TEXT_SIZE];
	size_t count;
};

static void add_address(struct addresses *a, const char *address, const char *where)
{
	size_t n = strlen(a->text);

	if (a->count++ < ADDRESSES_SHOWN)
		snprintf(a->text + n, STATUS_TEXT_SIZE - n, " %s%s", address, where);
}

static void find_addresses(struct addresses *a, const struct host *h, const char *device, const char *where)
{
	const struct l3_entry *e;
	size_t i = 0;

	while ((e = host_next_entry(h, &i)))
		if (e->kind == L3_ADDRESS && !e->link_local && l3_uses(e, device))
			add_address(a, e->key, where);
}

void status_line_addresses(struct status_line *l, const struct host *h, const struct device *d)
{
	struct addresses a = {0};
	char where[24];

	find_addresses(&a, h, d->link.name, "");
	for (size_t i = 0; i < h->count && d->uppers && d->link.kind == KIND_BRIDGE; i++) {
		const struct device *upper = h->devices[i];

		if (upper->link.kind != KIND_VLAN || strcmp(upper->link.lower.name, d->link.name))
			continue;
		snprintf(where, sizeof(where), " (VLAN %u)", upper->link.vlan.id);
		find_addresses(&a, h, upper->link.name, where);
	}
	if (a.count > ADDRESSES_SHOWN)
		snprintf(
			a.text + strlen(a.text), STATUS_TEXT_SIZE - strlen(a.text), " +%zu", a.count - ADDRESSES_SHOWN);
	if (a.count || d->link.kind == KIND_BRIDGE)
		status_line_detail(l, "dom0:%s", a.count ? a.text : " none");
}
