// SPDX-License-Identifier: ISC
// Checks of what else on the host has a say in our devices: network managers, DHCP clients, sysctls, packet filters.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "check_build.h"
#include "link_sysctl.h"

#define STRICT_RA 1 /* accept_ra: not while the host forwards */

static int sysctl_of(const struct device *d, const char *family, const char *name)
{
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (!strcmp(link_sysctls[i].family, family) && !strcmp(link_sysctls[i].name, name))
			return d->link.sysctls[i];
	return 0;
}

// Ours, or a port of ours, which nobody else should configure. What an uplink of VLANs has itself is its own.
static bool is_managed_by_us(const struct check_input *in, const struct device *d)
{
	return device_is_ours(d) || (check_master_of_ours(in, d) && !check_is_guest(in, d));
}

// ifupdown sets a fixed address once, at boot, and it moves to the bridge: as with network-bridge.
static bool is_moved_address(const struct check_managed *m, const struct device *master)
{
	return m->is_static && master && master->mark.inherit;
}

void check_managers(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->managed_count; i++) {
		const struct check_managed *m = &in->readings->managed[i];
		const struct device *d = host_find(in->current, m->device);
		const struct device *master = d ? check_master_of_ours(in, d) : NULL;

		if (!d || !is_managed_by_us(in, d) || is_moved_address(m, master) ||
			check_has_told(r, m->device, "dhcp-client") || check_has_told(r, m->device, "other-manager"))
			continue;
		check_tell(r, m->device, "other-manager",
			"%s configures %s too (%s), %s%s: each may undo what the other does; take it out there",
			m->program, m->device, m->file, master ? "a port of " : "which network-vlanbridge makes",
			master ? master->link.name : "");
	}
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

static const struct check_process *find_client(const struct check_input *in, const char *device)
{
	for (size_t i = 0; i < in->readings->processes_count; i++)
		if (has_word(in->readings->processes[i].arguments, device))
			return &in->readings->processes[i];
	return NULL;
}

void check_dhcp_clients(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count && in->readings->processes_count; i++) {
		const struct device *d = in->current->devices[i], *m = check_master_of_ours(in, d);
		const struct check_process *p = m && in->used[i] ? find_client(in, d->link.name) : NULL;

		if (p)
			check_tell(r, d->link.name, "dhcp-client",
				"the DHCP client %s (process %ld) runs on %s, a port of %s: it gets no answers there, "
				"or "
				"gives the port an address; end it, and use address=dhcp for %s",
				p->name, p->pid, d->link.name, m->link.name, m->link.name);
	}
}

void check_lifetimes(const struct check_input *in, struct check_report *r)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(in->current, &at))) {
		const struct device *d =
			e->kind == L3_ADDRESS && e->device_count ? host_find(in->current, e->devices[0].name) : NULL;

		if (!d || e->family != AF_INET || !e->volatile_ || !device_is_ours(d) || !d->mark.inherit || d->dhcp ||
			find_client(in, d->link.name))
			continue;
		check_tell(r, d->link.name, "lifetime",
			"%s on %s, which came from %s, has a finite lifetime, and no DHCP client on %s renews it; "
			"address=dhcp for %s starts one",
			e->key, d->link.name, d->mark.uplink, d->link.name, d->link.name);
	}
}

static bool has_ipv4(const struct check_input *in, const struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(in->current, &at)))
		if (e->kind == L3_ADDRESS && e->family == AF_INET && l3_uses(e, d->link.name))
			return true;
	return false;
}

// Without an address on the bridge, any rp_filter drops what guests send to be forwarded (fib_validate_source).
void check_forwarding(const struct check_input *in, struct check_report *r)
{
	const struct device *first = NULL;
	char others[64] = "";
	size_t n = 0;

	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i];

		if (!device_is_ours(d) || d->link.kind != KIND_BRIDGE || in->readings->rp_filter_all > 0 ||
			sysctl_of(d, "ipv4", "rp_filter") || !sysctl_of(d, "ipv4", "forwarding") || has_ipv4(in, d))
			continue;
		if (!n++)
			first = d;
	}
	if (n > 1)
		snprintf(others, sizeof(others), " and %zu other bridge%s", n - 1, n > 2 ? "s" : "");
	if (first)
		check_tell(r, first->link.name, "forwarding",
			"dom0 routes what guests in %s%s send to it, into its other networks: it forwards IPv4, and no "
			"rp_filter stops them; sysctl net.ipv4.conf.all.rp_filter=2, or net.ipv4.ip_forward=0",
			first->link.name, others);
}

void check_router_advertisements(const struct check_input *in, struct check_report *r)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (in->readings->ipv6_forwarding && (e = host_next_entry(in->current, &at))) {
		const struct device *d =
			e->from_ra && e->device_count ? host_find(in->current, e->devices[0].name) : NULL;

		if (d && device_is_ours(d) && sysctl_of(d, "ipv6", "accept_ra") == STRICT_RA &&
			!check_has_told(r, d->link.name, "accept-ra"))
			check_tell(r, d->link.name, "accept-ra",
				"dom0 forwards IPv6, so %s takes no router advertisements any more, and loses the "
				"routes "
				"that it has from them; sysctl net.ipv6.conf.%s.accept_ra=2",
				d->link.name, d->link.name);
	}
}

static bool has_guests_bridge(const struct check_input *in)
{
	for (size_t i = 0; i < in->current->count; i++)
		if (device_is_ours(in->current->devices[i]) && in->current->devices[i]->link.kind == KIND_BRIDGE)
			return true;
	return false;
}

// Which of LINK_NF_CALL_* hand frames to the rules of a table.
static unsigned int calls_of_table(const char *table)
{
	if (!strncmp(table, "ip ", 3))
		return LINK_NF_CALL_IPTABLES;
	if (!strncmp(table, "ip6 ", 4))
		return LINK_NF_CALL_IP6TABLES;
	return LINK_NF_CALL_IPTABLES | LINK_NF_CALL_IP6TABLES;
}

static void tell_netfilter_of_all(const struct check_filter *f, unsigned int calls, struct check_report *r)
{
	const char *name = calls & LINK_NF_CALL_IPTABLES ? "iptables" : "ip6tables";

	check_tell(r, "", "bridge-netfilter",
		"bridged frames of guests pass iptables (net.bridge.bridge-nf-call-%s=1), and the chain %s of table %s "
		"drops what no rule accepts; sysctl net.bridge.bridge-nf-call-%s=0",
		name, f->chain, f->table, name);
}

// Of its own, without the file wanting it.
static void tell_netfilter_of_bridges(
	const struct check_input *in, const struct check_filter *f, unsigned int calls, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i], *t;

		if (!device_is_ours(d) || d->link.kind != KIND_BRIDGE || !(d->link.bridge.nf_call & calls))
			continue;
		t = in->target ? host_find(in->target, d->link.name) : NULL;
		if (!device_is_kind(t, KIND_BRIDGE) || !(t->link.bridge.nf_call & calls))
			check_tell(r, d->link.name, "bridge-netfilter",
				"bridged frames of %s's guests pass iptables (its own nf_call), and the chain %s of "
				"table %s drops what no rule accepts; nf_call=no for %s",
				d->link.name, f->chain, f->table, d->link.name);
	}
}

void check_bridge_netfilter(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->filters_count; i++) {
		const struct check_filter *f = &in->readings->filters[i];
		unsigned int calls = calls_of_table(f->table);

		if (!f->drops_forwarded || f->knows_bridged || !has_guests_bridge(in))
			continue;
		if (in->readings->nf_call & calls)
			tell_netfilter_of_all(f, in->readings->nf_call & calls, r);
		else
			tell_netfilter_of_bridges(in, f, calls, r);
	}
}

static void check_policy_rule(const struct check_input *in, const struct l3_entry *e, struct check_report *r)
{
	const struct device *d = host_find(in->current, e->devices[0].name),
			    *m = d ? check_master_of_ours(in, d) : NULL;

	if (m && in->used[d->slot] && m->mark.inherit)
		check_tell(r, d->link.name, "old-device",
			"the policy rule with priority %s names %s, whose packets come by %s now; let it name %s",
			e->key, d->link.name, m->link.name, m->link.name);
}

// What came by a NIC comes by the bridge or bond that it is a port of now.
void check_rule_devices(const struct check_input *in, struct check_report *r)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(in->current, &at)))
		if (e->kind == L3_RULE && e->device_count)
			check_policy_rule(in, e, r);
	for (size_t i = 0; i < in->readings->filters_count; i++) {
		const struct check_filter *f = &in->readings->filters[i];
		const struct device *d = *f->device ? host_find(in->current, f->device) : NULL;
		const struct device *m = d ? check_master_of_ours(in, d) : NULL;

		if (m && in->used[d->slot] && !check_has_told(r, f->device, "old-device"))
			check_tell(r, f->device, "old-device",
				"a rule in chain %s of table %s names %s, whose packets come by %s now; let it name %s",
				f->chain, f->table, f->device, m->link.name, m->link.name);
	}
}
