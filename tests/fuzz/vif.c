// SPDX-License-Identifier: ISC
// What the vif hook reads: arguments, environment, the toolstack's directory in xenstore; and what it decides by that.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include "fuzz.h"
#include "vif-vlanbridge/bridge_ref.h"
#include "vif-vlanbridge/decide.h"
#include "vif-vlanbridge/request.h"
#include "vif-vlanbridge/rules.h"
#include "vif-vlanbridge/update_request.h"
#include "vif-vlanbridge/xenstore.h"

#define WORDS 32
#define KNOWN 10

// VAR=VALUE: of the environment, or nodes of the directory.
static struct {
	char *list[WORDS];
	size_t count;
} variables;

static void add_variable(char *text)
{
	if (variables.count < WORDS)
		variables.list[variables.count++] = text;
}

static const char *read_variable(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < variables.count; i++)
		if (!strncmp(variables.list[i], name, length) && variables.list[i][length] == '=')
			return variables.list[i] + length + 1;
	return NULL;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)&variables;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names = calloc(WORDS, sizeof(*names) + 32), *text = (char *)(names + WORDS);

	(void)h, (void)t, (void)path;
	*num = 0;
	for (size_t i = 0; i < variables.count; i++, text += 32) {
		size_t length = strcspn(variables.list[i], "=");

		if (length >= 32)
			continue;
		memcpy(text, variables.list[i], length);
		names[(*num)++] = text;
	}
	return names;
}

// A tab stands for NUL.
void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	const char *value = read_variable(strrchr(path, '/') + 1);
	char *copy;

	(void)h, (void)t;
	errno = ENOENT;
	if (!value)
		return NULL;
	*len = (unsigned int)strlen(value);
	copy = strdup(value);
	for (char *c = copy; (c = strchr(c, '\t')); c++)
		*c = '\0';
	return copy;
}

// Lines: arguments, but for those that begin with '$'.
static int split(char *data, char *argv[WORDS])
{
	int argc = 1;

	variables.count = 0;
	argv[0] = (char[]){"vif-vlanbridge"};
	while (data && argc < WORDS) {
		char *line = fuzz_line(&data);

		if (*line == '$')
			add_variable(line + 1);
		else
			argv[argc++] = line;
	}
	return argc;
}

static void check_request(struct request *req, struct err *e)
{
	struct bridge_ref ref;
	char name[NAME_SIZE];

	if (req->idle)
		return;
	HOLDS(!name_check(req->dev, e));
	HOLDS(*request_command_name(req));
	HOLDS(req->domid <= REQUEST_ID_MAX && req->devid <= REQUEST_ID_MAX);
	if (nic_check(&req->nic, req->emulated, e))
		return;
	nic_wanted_name(&req->nic, req->tap, name);
	HOLDS(!*name || !name_check(name, e));
	if (*req->nic.text[NIC_BRIDGE])
		bridge_ref_parse(&req->nic, &ref, e);
}

void fuzz_request(char *data, size_t size)
{
	static struct request req;
	char *argv[WORDS];
	struct err e = {0};
	int argc = split(data, argv);

	(void)size;
	if (!request_parse(argc, argv, read_variable, &req, &e))
		check_request(&req, &e);
	else
		HOLDS(e.code == EINVAL && *e.text);
}

// What update accepts once for a NIC that is fine, it accepts again, and changes nothing more.
static void overlay(const struct update_request *u, struct nic *nic)
{
	static struct nic again;
	struct err e = {0};

	if (update_request_overlay(u, false, nic, &e)) {
		HOLDS(e.code > 0 && *e.text);
		return;
	}
	again = *nic;
	HOLDS(!update_request_overlay(u, false, &again, &e));
	for (int k = 0; k < NIC_KEYS; k++)
		HOLDS(!strcmp(nic->text[k], again.text[k]));
	HOLDS(!memcmp(nic->settings, again.settings, sizeof(again.settings)));
}

void fuzz_update(char *data, size_t size)
{
	static struct nic nic;
	struct update_request u;
	char *argv[WORDS];
	struct err e = {0};
	int argc = split(data, argv);

	(void)size;
	if (update_request_parse(argc, argv, &u, &e)) {
		HOLDS(e.code == EINVAL && *e.text);
		return;
	}
	memset(&nic, 0, sizeof(nic));
	for (int k = 0; k < NIC_KEYS; k++)
		if (read_variable(nic_keys[k]) && nic_set(&nic, (enum nic_key)k, read_variable(nic_keys[k]), &e))
			return;
	if (!nic_check(&nic, false, &e))
		overlay(&u, &nic);
}

static struct lookup known[KNOWN] = {
	{.link = {.name = "vif7.1", .index = 1, .mtu = 1500, .set = LINK_ADDR_GEN}, .parent = "vif-7-1"},
	{.link = {.name = "vif7.1-emu", .index = 2, .kind_name = "tun", .mtu = 1500, .max_mtu = 9000}},
	{.link = {.name = "xenbr0", .index = 3, .kind = KIND_BRIDGE, .mtu = 1500}},
	{.link = {.name = "aware",
		 .index = 4,
		 .kind = KIND_BRIDGE,
		 .mtu = 9000,
		 .bridge = {.vlan_filtering = 1, .vlan_protocol = 0x8100, .vlan_default_pvid = 1}}},
	{.link = {.name = "br0",
		 .index = 5,
		 .kind = KIND_BRIDGE,
		 .mtu = 1500,
		 .bridge = {.vlan_filtering = 1, .vlan_protocol = 0x88a8}}},
	{.link = {.name = "br100",
		 .index = 6,
		 .kind = KIND_BRIDGE,
		 .mtu = 1500,
		 .alias = "vlanbridge file uplink=bond0 vlan=100 isolated antispoof"}},
	{.link = {.name = "bond0", .index = 7, .kind = KIND_BOND, .kind_name = "bond", .mtu = 1500}},
	{.link = {.name = "bond0.100",
		 .index = 8,
		 .kind = KIND_VLAN,
		 .kind_name = "vlan",
		 .mtu = 1500,
		 .master.index = 6}},
	{.link = {.name = "eth0", .index = 9, .mtu = 1500, .master.index = 4}},
	{.link = {.name = "web", .index = 10, .mtu = 1500}, .parent = "vif-8-0"},
};

static void set_alias(struct link *l, const char *variable)
{
	const char *text = read_variable(variable);

	memset(l->alias, 0, sizeof(l->alias));
	if (text && !text_copy(l->alias, sizeof(l->alias), text))
		memcpy(l->alias, text, sizeof(l->alias) - 1);
}

// As query.c fills it.
static void look_up(const char *name, struct lookup *ret)
{
	*ret = (struct lookup){0};
	for (size_t i = 0; i < KNOWN && *name; i++) {
		if (strcmp(known[i].link.name, name))
			continue;
		*ret = known[i];
		ret->found = true;
		if (ret->link.kind == KIND_BRIDGE)
			ret->bridge = ret->link;
		else if (ret->link.master.index && bridge_ref_is_uplink(ret))
			ret->bridge = known[ret->link.master.index - 1].link;
	}
}

static void check_attachment(const struct request *req, const struct bridge_choice *c, const struct attachment *a)
{
	struct guest_mark g;
	struct err e;

	HOLDS(!name_check(a->name, &e));
	HOLDS(a->join.mtu && a->join.mtu <= c->bridge->mtu);
	HOLDS(!c->bridge->bridge.vlan_filtering || a->set_vlans || c->bridge->bridge.vlan_default_pvid);
	if (a->set_vlans) {
		fuzz_check_port_vlans(&a->vlans);
		HOLDS(!vlans_empty(&a->vlans.all));
	}
	HOLDS(memchr(a->join.alias, '\0', ALIAS_SIZE));
	if (mark_parse_guest(a->join.alias, &g) && *g.bridge)
		HOLDS(!strcmp(g.bridge, c->bridge->name));
	fuzz_rules(&req->nic, c->bridge, &a->bridge_mark, a->set_vlans ? &a->vlans : NULL);
}

static void decide(const struct request *req)
{
	static struct lookup lookups[SLOTS];
	static struct bridge_ref ref;
	static struct attachment a, before;
	struct bridge_choice choice = {0};
	char name[NAME_SIZE];
	struct err e = {0};

	if (bridge_ref_parse(&req->nic, &ref, &e)) {
		HOLDS(e.code == EINVAL && *e.text);
		return;
	}
	text_copy(ref.names[SLOT_DEV], ALTNAME_SIZE, req->dev);
	text_copy(ref.names[SLOT_NEW], ALTNAME_SIZE, nic_wanted_name(&req->nic, req->tap, name));
	for (int s = 0; s < SLOTS; s++)
		look_up(ref.names[s], &lookups[s]);
	if (bridge_ref_resolve(&ref, lookups, &choice, &e)) {
		HOLDS(!choice.bridge && *e.text);
		bridge_ref_add_uplink_vlan(&ref, lookups);
		return;
	}
	memset(&before, 0xa5, sizeof(before));
	memcpy(&a, &before, sizeof(a));
	if (!decide_attachment(req, lookups, &choice, &a, &e))
		check_attachment(req, &choice, &a);
	else
		HOLDS(*e.text && !memcmp(&a, &before, sizeof(a)));
}

// Lines KEY=VALUE of the directory; also alias= and bridge-alias= of the kernel.
void fuzz_vif(char *data, size_t size)
{
	static struct request req;
	struct store *s = NULL;
	struct err e = {0};

	(void)size;
	variables.count = 0;
	while (data)
		add_variable(fuzz_line(&data));
	HOLDS(!request_for_nic(7, 1, read_variable("tap"), &req, &e));
	req.emulated = req.tap || read_variable("emulated");
	set_alias(&known[req.tap].link, "alias");
	set_alias(&known[2].link, "bridge-alias");
	HOLDS(!store_open(&req, &s, &e));
	if (store_read(s, NIC_BIT(NIC_KEYS) - 1, &req.nic, &e) || nic_check(&req.nic, req.emulated, &e))
		HOLDS(e.code == EINVAL && *e.text);
	else if (*req.nic.text[NIC_BRIDGE])
		decide(&req);
	store_close(s);
}
