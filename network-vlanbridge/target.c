// SPDX-License-Identifier: ISC
// The desired state of the whole host: the origin, with what the configuration asks for on it.
//
// Devices that are there and are taken; devices to be made; then what follows from both: MTUs and MAC addresses from
// below to above, who carries which address, guests back into the bridge of their name, marks.
#include "target.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "target_build.h"

void target_refuse(struct target_builder *b, const struct config_device *c, int code, const char *fmt, ...)
{
	char text[sizeof(b->e->text)];
	va_list ap;

	if (b->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c && c->line && b->config->file)
		b->failed = err_set(b->e, code, "%s:%d: %s", b->config->file, c->line, text);
	else
		b->failed = err_set(b->e, code, "%s", text);
}

void target_no_memory(struct target_builder *b)
{
	target_refuse(b, NULL, ENOMEM, "no memory for the model of the host");
}

// Why c is needed, for the message that it is missing or taken.
void target_describe_purpose(const struct config_device *c, char *buf, size_t size)
{
	if (*c->link.master.name)
		snprintf(buf, size, "a port of %s", c->link.master.name);
	else
		snprintf(buf, size, "the device below VLANs");
}

struct device *target_device(const struct target_builder *b, const struct config_device *c)
{
	return host_find(b->target, c->link.name);
}

static void refuse_orphans(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count && !b->failed; i++) {
		const struct device *d = b->target->devices[i];
		const struct device *lower = host_find(&b->origin->ours, d->link.lower.name), *after;

		// What had our bridge's name before us is there again (legacy=yes).
		if (!lower || lower->mark.adopted || host_find(&b->origin->host, d->link.lower.name))
			continue;
		after = host_find(b->target, lower->link.name);
		if (after && after->link.kind == lower->link.kind && device_is_same(lower, after))
			continue;
		target_refuse(b, NULL, EBUSY, "%s can't be removed: %s, which %s, stands on it; remove that first",
			lower->link.name, d->link.name,
			device_is_ours(d) ? "belongs to another stack of vlanbridge's" : "isn't vlanbridge's");
	}
}

// A device that stays as it is, below VLANs, needs no mark.
static bool is_untouched(const struct device *d, const struct device *before)
{
	return d->link.up == before->link.up && d->link.mtu == before->link.mtu &&
	       d->link.addr_gen == before->link.addr_gen && !strcmp(d->link.master.name, before->link.master.name) &&
	       !strcmp(d->link.name, before->link.name);
}

static void write_mark(struct target_builder *b, struct device *d)
{
	const struct device *before = host_find(&b->origin->host, original_device_name(d));
	const struct device *ours = host_find(&b->origin->ours, d->link.name);
	struct err inner = {0};

	if (device_is_ours(d) && ours && ours->link.kind == d->link.kind)
		memcpy(d->link.alias, ours->link.alias, sizeof(d->link.alias));
	if (d->mark.origin == MARK_PORT && before && before->mark.origin == MARK_NONE && is_untouched(d, before)) {
		d->mark = (struct mark){0};
		return;
	}
	if (d->mark.origin == MARK_PORT && before) {
		if (before->link.mtu != d->link.mtu && !(d->mark.was & MARK_WAS_MTU)) {
			d->mark.was |= MARK_WAS_MTU;
			d->mark.was_mtu = before->link.mtu;
		}
		if (before->link.addr_gen != d->link.addr_gen && !(d->mark.was & MARK_WAS_ADDR_GEN)) {
			d->mark.was |= MARK_WAS_ADDR_GEN;
			d->mark.was_addr_gen = before->link.addr_gen;
		}
	}
	if (d->mark.origin != MARK_NONE && mark_write(d->link.alias, &d->mark, &inner))
		target_refuse(b, config_find(b->config, d->link.name), ENOSPC, "%s: %s", d->link.name, inner.text);
}

// Below this MTU the kernel takes IPv6 off a device.
static void leave_ipv6_out(struct target_builder *b)
{
	const struct l3_entry *e;
	struct device *d;
	size_t at = 0;

	for (size_t i = 0; i < b->target->count; i++)
		if (b->target->devices[i]->link.mtu < IPV6_MTU_MIN)
			b->target->devices[i]->link.set &= ~(unsigned int)LINK_ADDR_GEN;
	while ((e = host_next_entry(b->target, &at)))
		for (size_t i = 0; i < e->device_count && e->family == AF_INET6 && e->kind != L3_RULE && !e->link_local;
			i++) {
			d = host_find(b->target, e->devices[i].name);
			if (d && d->link.mtu < IPV6_MTU_MIN)
				target_refuse(b, config_find(b->config, d->link.name), EINVAL,
					"%s would have mtu=%u, and has %s: IPv6 needs an MTU of at least %d",
					d->link.name, d->link.mtu, e->key, IPV6_MTU_MIN);
		}
}

static void build(struct target_builder *b)
{
	target_make_devices(b);
	if (!b->failed)
		target_set_masters(b);
	if (!b->failed)
		target_set_sizes(b);
	if (!b->failed)
		target_place_entries(b);
	if (b->failed)
		return;
	leave_ipv6_out(b);
	target_attach_guests(b);
	target_set_port_vlans(b);
	for (size_t i = 0; i < b->target->count && !b->failed; i++)
		write_mark(b, b->target->devices[i]);
}

// The origin of stop has no guests' bridges any more; entries of devices that aren't there are gone with them.
static void drop_loose_entries(struct host *h)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++)
			if (!host_find(h, e->devices[i].name)) {
				host_remove_entry(h, e);
				break;
			}
}

int target_make(const struct origin *o, const struct config *c, struct host *ret, struct err *e)
{
	static const struct config nothing;
	struct target_builder b = {.origin = o, .config = c ? c : &nothing, .target = ret, .e = e};

	b.made = calloc(b.config->count + 1, sizeof(*b.made));
	if (!b.made || host_copy(&o->host, ret)) {
		free(b.made);
		return err_set(e, ENOMEM, "no memory for the model of the host");
	}
	build(&b);
	if (!b.failed) {
		refuse_orphans(&b);
		drop_loose_entries(ret);
		host_count_references(ret);
	}
	free(b.made);
	if (b.failed)
		host_free(ret);
	return b.failed;
}
