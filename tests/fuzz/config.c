// SPDX-License-Identifier: ISC
// The configuration, as a file and as arguments: what is refused leaves nothing behind; what isn't has a target on a
// host with five NICs, or a reason why not.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "network-vlanbridge/config.h"
#include "network-vlanbridge/confirm_way_back.h"
#include "network-vlanbridge/origin.h"
#include "network-vlanbridge/plan.h"
#include "network-vlanbridge/target.h"

#define FILE_NAME "vlanbridge.conf"
#define WORDS 32

// eth0, with an address and a default route, to eth4.
static const struct host *get_host(void)
{
	static struct host h;
	struct l3_entry *entry;
	struct device *d;
	struct err e;
	char name[NAME_SIZE];

	for (int i = 0; i < 5 && h.count < 5; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		HOLDS(!host_add(&h, name, &d));
		d->link.index = i + 1;
		d->link.up = d->link.running = true;
		d->link.mtu = 1500;
		d->link.max_mtu = 9000;
		d->link.mac[5] = (uint8_t)i;
		d->link.set = LINK_UP | LINK_MTU | LINK_MAC | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_GROUP |
			      LINK_ADDR_GEN;
		h.ipv6 = h.bonding = true;
	}
	if (h.entries.count)
		return &h;
	HOLDS(!l3_new_address("192.0.2.1/24", "eth0", &entry, &e) && !host_add_entry(&h, entry));
	HOLDS(!l3_new_gateway("192.0.2.254", "eth0", &entry, &e) && !host_add_entry(&h, entry));
	host_count_references(&h);
	return &h;
}

static void make_plan(const struct origin *o, const struct config *c)
{
	struct host target = {0};
	struct plan p = {0};
	struct err e = {0};

	if (target_make(o, c, &target, &e)) {
		HOLDS(e.code > 0 && *e.text);
		return;
	}
	if (plan_make(get_host(), &target, &p, &e))
		HOLDS(e.code > 0 && *e.text);
	plan_free(&p);
	host_free(&target);
}

static void check_config(const struct config *c)
{
	struct origin o = {0};
	struct port_vlans vlans;
	struct err e = {0};

	for (size_t i = 0; i < c->count; i++) {
		const struct config_device *d = c->devices[i];

		HOLDS(!name_check(d->link.name, &e));
		HOLDS(config_find(c, d->link.name) == d);
		vlans = vlans_kept(&d->vlans);
		if (d->tagged)
			fuzz_check_port_vlans(&vlans);
	}
	HOLDS(!origin_make(get_host(), SCOPE_FILE, c, &o, &e));
	make_plan(&o, c);
	origin_free(&o);
}

static void check_refusal(const struct config *c, const struct err *e)
{
	HOLDS(e->code > 0 && *e->text);
	HOLDS(!c->count && !c->devices && !c->names && !c->entries.count);
}

void fuzz_config(char *data, size_t size)
{
	struct config c = {0};
	struct err e = {0};

	if (config_parse(FILE_NAME, data, size, &c, &e)) {
		check_refusal(&c, &e);
		HOLDS(!strncmp(e.text, FILE_NAME ":", strlen(FILE_NAME ":")));
		return;
	}
	check_config(&c);
	config_free(&c);
}

// A line each.
void fuzz_args(char *data, size_t size)
{
	char *args[WORDS + 1];
	struct config c = {0};
	struct err e = {0};
	size_t n = 0;

	(void)size;
	while (data && n < WORDS)
		args[n++] = fuzz_line(&data);
	args[n] = NULL;
	if (config_args(args, get_host(), &c, &e)) {
		check_refusal(&c, &e);
		return;
	}
	check_config(&c);
	config_free(&c);
}

// The text of any file, for one call.
static struct text file;

int __wrap_access(const char *path, int mode);
int __wrap_config_read_text(const char *path, char **text, size_t *size, struct err *e);

int __wrap_access(const char *path, int mode)
{
	(void)path, (void)mode;
	return 0;
}

int __wrap_config_read_text(const char *path, char **text, size_t *size, struct err *e)
{
	(void)path, (void)e;
	*text = file.data;
	*size = file.size;
	file = (struct text){0};
	return *text ? 0 : err_set(e, ENOENT, "there is only one file");
}

// What waits for its confirmation.
void fuzz_confirm(char *data, size_t size)
{
	char buf[WAY_BACK_SIZE];
	struct unconfirmed u;
	struct err e;

	file = (struct text){memcpy(malloc(size + 1), data, size + 1), size};
	HOLDS(!unconfirmed_read(UNCONFIRMED_WAITING, &u, &e));
	HOLDS(strlen(u.boot) < sizeof(u.boot) && u.deadline >= 0);
	HOLDS(u.text.size <= size && !u.text.data[u.text.size]);
	HOLDS(!memcmp(u.text.data, data + size - u.text.size, u.text.size));
	way_back_describe(&u, buf);
	way_back_print_time(u.deadline, buf);
	text_free(&u.text);
}
