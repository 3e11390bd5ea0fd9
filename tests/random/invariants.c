// SPDX-License-Identifier: ISC
// Invariants of a state.
#include "invariants.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static void note(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	if (vsnprintf(text + used, size - used, format, arguments) >= (int)(size - used))
		text[used] = '\0'; // whole lines only
	va_end(arguments);
}

size_t two_uplinks(const struct state *now, char *text, size_t size)
{
	size_t violations = 0;

	*text = '\0';
	for (size_t b = 0; b < now->device_count; b++) {
		const struct device *bridge = &now->devices[b];
		int ports = 0;

		if (strcmp(bridge->kind, "bridge") || (!bridge->ours && !bridge->marked))
			continue;
		for (size_t i = 0; i < now->device_count; i++)
			ports += now->devices[i].master == bridge->index && !is_guest(now->devices[i].name);
		if (ports < 2)
			continue;
		note(text, size, "# %s has %d ports that aren't guests'\n", bridge->name, ports);
		violations++;
	}
	return violations;
}

static bool is_address(const struct line *l)
{
	return !strncmp(l->text, "address ", 8) && !(l->flags & (LINE_KERNEL | LINE_GUEST));
}

// Not ::1 of lo and the like: those that the administrator or a configuration gave.
static const char *key_of(const struct line *l)
{
	return l->text + strlen("address ") + strlen(l->device) + 1;
}

size_t addresses_on_ports(const struct state *now, char *text, size_t size)
{
	size_t violations = 0;

	*text = '\0';
	for (size_t i = 0; i < now->count; i++) {
		const struct device *d = state_device(now, now->lines[i].device);

		if (!is_address(&now->lines[i]) || !d || !d->master)
			continue;
		note(text, size, "# %s\n", now->lines[i].text);
		violations++;
	}
	return violations;
}

static bool has_address(const struct state *now, const char *key)
{
	size_t length = strcspn(key, " ");

	for (size_t i = 0; i < now->count; i++)
		if (is_address(&now->lines[i]) && !strncmp(key_of(&now->lines[i]), key, length + 1))
			return true;
	return false;
}

size_t addresses_lost(const struct state *host, const struct state *now, char *text, size_t size)
{
	size_t violations = 0;

	*text = '\0';
	for (size_t i = 0; i < host->count; i++) {
		if (!is_address(&host->lines[i]) || has_address(now, key_of(&host->lines[i])))
			continue;
		note(text, size, "# lost: %s\n", host->lines[i].text);
		violations++;
	}
	return violations;
}

// With legacy=yes the device below gets another name.
static bool names_marked_lower(const struct state *now, const struct line *l)
{
	const struct device *d = state_device(now, l->device);
	const struct device *lower = d && d->lower ? state_device(now, device_name(now, d->lower)) : NULL;
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "link %s lower ", l->device);
	return lower && lower->marked && !strncmp(l->text, prefix, strlen(prefix));
}

// Of a device that was there before and that the program hasn't marked, or of none.
static bool is_unmanaged(const struct state *host, const struct state *now, const struct line *l)
{
	const struct device *d = state_device(now, l->device);

	if (!strncmp(l->text, "route - ", 8))
		return false; // next hops may be moved
	if (names_marked_lower(now, l))
		return false;
	if (*l->device == '-')
		return true;
	return state_device(host, l->device) && (!d || (!d->ours && !d->marked));
}

static bool has_line(const struct state *s, const char *text)
{
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->lines[i].text, text))
			return true;
	return false;
}

static size_t missing_lines(const struct state *host, const struct state *now, const struct state *in,
	const struct state *from, char sign, char *text, size_t size)
{
	size_t violations = 0;

	for (size_t i = 0; i < from->count; i++) {
		const struct line *l = &from->lines[i];

		if (l->flags & (LINE_KERNEL | LINE_GUEST | LINE_RANDOM) || !is_unmanaged(host, now, l) ||
			has_line(in, l->text))
			continue;
		note(text, size, "# %c%s\n", sign, l->text);
		violations++;
	}
	return violations;
}

size_t unmanaged_changed(const struct state *host, const struct state *now, char *text, size_t size)
{
	*text = '\0';
	return missing_lines(host, now, now, host, '-', text, size) +
	       missing_lines(host, now, host, now, '+', text, size);
}

static const char *property(const struct state *s, const char *device, const char *name)
{
	char beginning[64];
	const char *line;

	snprintf(beginning, sizeof(beginning), "link %s %s ", device, name);
	line = state_find(s, beginning);
	return line ? line + strlen(beginning) : "";
}

static bool same_vlan_handling(const struct state *a, const struct state *b, const char *bridge)
{
	return !strcmp(property(a, bridge, "bridge.vlan_filtering"), property(b, bridge, "bridge.vlan_filtering")) &&
	       !strcmp(property(a, bridge, "bridge.vlan_default_pvid"),
		       property(b, bridge, "bridge.vlan_default_pvid"));
}

// Its MTU follows the bridge's, and what is shown of its kind isn't the bridge's business.
static bool must_stay(const struct line *l, const char *vif, bool vlans)
{
	char prefix[64];

	if (strcmp(l->device, vif))
		return false;
	if (!strncmp(l->text, "vlan ", 5))
		return vlans;
	snprintf(prefix, sizeof(prefix), "link %s ", vif);
	if (strncmp(l->text, prefix, strlen(prefix)))
		return false;
	return !strncmp(l->text + strlen(prefix), "port.", 5) || !strncmp(l->text + strlen(prefix), "master ", 7) ||
	       !strcmp(l->text + strlen(prefix), "up");
}

static size_t guest_disturbed(
	const struct state *before, const struct state *now, const char *vif, bool vlans, char *text, size_t size)
{
	const char *bridge = property(before, vif, "master"), *after = property(now, vif, "master");
	size_t violations = 0;

	if (strcmp(bridge, after)) {
		note(text, size, "# %s was in %s and is in %s\n", vif, bridge, *after ? after : "none");
		return 1;
	}
	for (size_t i = 0; i < before->count; i++) {
		if (!must_stay(&before->lines[i], vif, vlans) || has_line(now, before->lines[i].text))
			continue;
		note(text, size, "# -%s\n", before->lines[i].text);
		violations++;
	}
	for (size_t i = 0; i < now->count; i++) {
		if (!must_stay(&now->lines[i], vif, vlans) || has_line(before, now->lines[i].text))
			continue;
		note(text, size, "# +%s\n", now->lines[i].text);
		violations++;
	}
	return violations;
}

// Bridges of the same uplink and VLAN: the program says so in their alias.
static bool same_network(const struct state *before, const char *old, const struct state *now, const char *new)
{
	char prefix[64];
	const char *a, *b;

	snprintf(prefix, sizeof(prefix), "link %s alias", old);
	a = state_find(before, prefix);
	snprintf(prefix, sizeof(prefix), "link %s alias", new);
	b = state_find(now, prefix);
	a = a ? strstr(a, "uplink=") : NULL;
	b = b ? strstr(b, "uplink=") : NULL;
	return a && b && strcspn(a, " \"") == strcspn(b, " \"") && !strncmp(a, b, strcspn(a, " \"")) &&
	       !strcmp(strstr(a, " vlan=") ? strstr(a, " vlan=") : "", strstr(b, " vlan=") ? strstr(b, " vlan=") : "");
}

// A legacy bridge has the name of its NIC, which gets it back.
static bool is_bridge(const struct state *s, const char *name)
{
	const struct device *d = state_device(s, name);

	return d && !strcmp(d->kind, "bridge");
}

size_t guests_disturbed(const struct state *before, const struct state *edit, const struct state *target,
	const struct state *now, char *text, size_t size)
{
	size_t violations = 0;

	*text = '\0';
	for (size_t i = 0; i < before->device_count; i++) {
		const struct device *vif = &before->devices[i], *after = state_device(now, vif->name);
		const char *bridge = device_name(before, vif->master);
		bool stays = is_bridge(edit, bridge) && is_bridge(target, bridge);

		if (!is_guest(vif->name) || !vif->master)
			continue;
		if (!after) {
			note(text, size, "# %s is gone\n", vif->name);
			violations++;
		} else if (stays) {
			bool vlans =
				same_vlan_handling(before, edit, bridge) && same_vlan_handling(before, target, bridge);

			violations += guest_disturbed(before, now, vif->name, vlans, text, size);
		} else if (after->master && !is_bridge(target, bridge) &&
			   !same_network(before, bridge, now, device_name(now, after->master))) {
			note(text, size, "# %s was in %s, which isn't wanted any more, and is in %s, another network\n",
				vif->name, bridge, device_name(now, after->master));
			violations++;
		}
	}
	return violations;
}
