// SPDX-License-Identifier: ISC
// A host as text, to compare two.
#include "host_text.h"
#include "link_sysctl.h"
#include "network-vlanbridge/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(char *text)
{
	char *lines[4096], *rest = text, *out, *to;
	size_t n = 0, size = strlen(text) + 2;

	for (char *l; (l = strsep(&rest, "\n")) && n < 4096;)
		if (*l)
			lines[n++] = l;
	qsort(lines, n, sizeof(*lines), by_line);
	to = out = malloc(size);
	for (size_t i = 0; i < n; i++)
		to += sprintf(to, "%s\n", lines[i]);
	*to = '\0';
	free(text);
	return out;
}

bool is_vif(const struct device *d)
{
	return !strncmp(d->link.name, "vif", 3);
}

bool is_filtering_port(const struct host *h, const struct device *d)
{
	const struct device *m = *d->link.master.name ? host_find(h, d->link.master.name) : d;

	return m && m->link.kind == KIND_BRIDGE && m->link.bridge.vlan_filtering;
}

// What a bond keeps from a mode that it isn't in any more, nobody sees.
static void forget_unused_options(struct link *l)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];

	for (size_t i = 0; i < k->count; i++)
		if (k->options[i].modes && !(k->options[i].modes & 1U << l->bond.mode))
			l->options &= ~(1ULL << i);
	if (!*l->bond.primary.name)
		l->options &= ~(1ULL << (option_find(KIND_BOND, "primary") - k->options));
	if (!l->bond.miimon)
		l->bond.updelay = l->bond.downdelay = l->bond.peer_notif_delay = 0;
}

static void print_device(FILE *f, const struct host *h, const struct device *d)
{
	struct link l = d->link;
	const struct port_vlans has = vlans_kept(&d->vlans);
	char vlans[8192];

	// What a bridge keeps on purpose, and what is its port's.
	if (device_is_ours(d) || l.kind == KIND_VLAN || *l.master.name || l.kind == KIND_BOND)
		l.set &= ~(unsigned int)LINK_MAC;
	l.set &= ~(unsigned int)(LINK_PORT_FLAGS | LINK_ALTNAME);
	if (l.kind == KIND_BOND)
		forget_unused_options(&l);
	if (l.sysctls_known & link_sysctls_closed && !link_is_without_ipv6(&l))
		l.set &= ~(unsigned int)LINK_SYSCTLS;
	// Where a guest's device belongs depends on the way; that nothing is open any more doesn't.
	if (is_vif(d) && !d->mark.changing)
		l.set &= ~(unsigned int)LINK_ALIAS;
	link_describe(f, &l);
	if (d->dhcp)
		fprintf(f, " dhcp");
	if (is_filtering_port(h, d)) {
		fprintf(f, " vlans=%s", vlans_print(&has.all, vlans, sizeof(vlans)));
		fprintf(f, " untagged=%s pvid=%u", vlans_print(&has.untagged, vlans, sizeof(vlans)), has.pvid);
	}
	fputc('\n', f);
}

char *host_text(const struct host *h, bool guests)
{
	const struct l3_entry *e;
	char *text = NULL;
	size_t size, at = 0;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < h->count; i++)
		if (guests || !is_vif(h->devices[i]))
			print_device(f, h, h->devices[i]);
	while ((e = host_next_entry(h, &at)))
		if (!e->link_local) {
			l3_describe(f, e);
			fputc('\n', f);
		}
	fclose(f);
	return sorted(text);
}
