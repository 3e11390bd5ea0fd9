// SPDX-License-Identifier: ISC
// What files and programs say about bonds, ifupdown's devices and switches, to readings. Pure.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

// The number after label in a line "label: number …"; untouched for other lines.
static void take_number(const char *line, const char *label, uint32_t *ret)
{
	size_t n = strlen(label);

	if (!strncmp(line, label, n) && line[n] == ':')
		*ret = (uint32_t)strtoul(line + n + 1, NULL, 10);
}

static bool has_label(const char *line, const char *label, const char **value)
{
	size_t n = strlen(label);

	if (strncmp(line, label, n) || strncmp(line + n, ": ", 2))
		return false;
	*value = line + n + 2;
	return true;
}

static struct check_bond_port *add_port(struct check_readings *r, const char *bond, const char *name)
{
	struct check_bond_port *grown = check_grow(r->ports, r->ports_count, sizeof(*grown));

	if (!grown)
		return NULL;
	r->ports = grown;
	grown += r->ports_count++;
	*grown = (struct check_bond_port){0};
	text_copy(grown->bond, NAME_SIZE, bond);
	text_copy(grown->name, NAME_SIZE, name);
	return grown;
}

// A line of a port's paragraph. The actor's and the partner's lines have the same labels.
static void read_port_line(const char *line, bool partner, struct check_bond_port *p)
{
	const char *value;

	if (has_label(line, "MII Status", &value))
		p->failed = !strcmp(value, "down");
	else if (has_label(line, "Duplex", &value))
		p->half_duplex = !strcmp(value, "half");
	else if (partner && has_label(line, "system mac address", &value))
		p->has_lacp = !mac_scan(value, p->partner);
	take_number(line, "Speed", &p->speed);
	take_number(line, "Aggregator ID", &p->aggregator);
	take_number(line, "port key", &p->actor_key);
	take_number(line, "oper key", &p->partner_key);
	take_number(line, "port state", partner ? &p->partner_state : &p->actor_state);
}

int check_read_bond(char *text, const char *bond, struct check_readings *r)
{
	struct check_bond_port *p = NULL;
	uint32_t active = 0;
	bool partner = false;
	const char *value;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (has_label(line, "Slave Interface", &value)) {
			p = add_port(r, bond, value);
			partner = false;
			if (!p)
				return -ENOMEM;
			p->active_aggregator = active;
		}
		if (!strncmp(line, "details partner", strlen("details partner")))
			partner = true;
		if (p)
			read_port_line(line, partner, p);
		else
			take_number(line, "Aggregator ID", &active);
	}
	return 0;
}

static struct check_managed *add_managed(struct check_readings *r, const char *device, const char *file)
{
	struct check_managed *grown = check_grow(r->managed, r->managed_count, sizeof(*grown));

	if (!grown)
		return NULL;
	r->managed = grown;
	grown += r->managed_count++;
	*grown = (struct check_managed){.program = "ifupdown"};
	text_copy(grown->device, NAME_SIZE, device);
	text_copy(grown->file, sizeof(grown->file), file);
	return grown;
}

static bool makes_device(const char *word)
{
	static const char *const words[] = {"bridge_ports", "bridge-ports", "bond-slaves", "bond-primary",
		"bond-master", "slaves", "vlan-raw-device"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static char *next_word(char **rest)
{
	char *word = NULL;

	while ((word = strsep(rest, " \t")) && !*word)
		;
	return word;
}

// `iface NAME [inet|inet6] METHOD`: with method manual ifupdown does nothing with it, unless an option says otherwise.
int check_read_interfaces(char *text, const char *file, struct check_readings *r)
{
	char *line, *word, *method, device[NAME_SIZE] = "";
	struct check_managed *m;

	while ((line = strsep(&text, "\n"))) {
		word = next_word(&line);
		if (!word)
			continue;
		if (!strcmp(word, "iface")) {
			word = next_word(&line);
			next_word(&line); // the family
			method = next_word(&line);
			if (!word || !method || !text_copy(device, NAME_SIZE, word)) {
				*device = '\0';
				continue;
			}
			if (!strcmp(method, "manual") || !strcmp(method, "loopback"))
				continue;
			m = add_managed(r, device, file);
			if (!m)
				return -ENOMEM;
			m->is_static = !strcmp(method, "static");
		} else if (*device && makes_device(word) && !add_managed(r, device, file)) {
			return -ENOMEM;
		}
	}
	return 0;
}

static struct check_lldp *find_lldp(struct check_readings *r, const char *device)
{
	struct check_lldp *grown;

	for (size_t i = 0; i < r->lldp_count; i++)
		if (!strcmp(r->lldp[i].device, device))
			return &r->lldp[i];
	grown = check_grow(r->lldp, r->lldp_count, sizeof(*grown));
	if (!grown)
		return NULL;
	r->lldp = grown;
	grown += r->lldp_count++;
	*grown = (struct check_lldp){0};
	text_copy(grown->device, NAME_SIZE, device);
	return grown;
}

static void add_where(struct check_lldp *l, const char *text)
{
	size_t n = strlen(l->where);

	snprintf(l->where + n, sizeof(l->where) - n, "%s%s", n ? " " : "", text);
}

static void read_lldp_value(struct check_lldp *l, const char *key, const char *value, unsigned long *id)
{
	unsigned long n;

	if (!strcmp(key, "chassis.name") || !strcmp(key, "port.ifname") || !strcmp(key, "port.local"))
		add_where(l, value);
	else if (!strcmp(key, "port.mfs") && !number_parse(value, 64, 65535, &n))
		l->max_frame = (uint32_t)n;
	else if (!strcmp(key, "vlan.vlan-id"))
		*id = number_parse(value, VLAN_MIN, VLAN_MAX, &n) ? 0 : n;
	// The VLAN of untagged frames is told by every switch, the others by some.
	else if (!strcmp(key, "vlan.pvid") && *id && strcmp(value, "yes"))
		vlans_add(&l->vlans, (unsigned int)*id, (unsigned int)*id);
}

// lldp.NIC.KEY=VALUE, as `lldpcli -f keyvalue show neighbors details` prints it: vlan-id, then pvid of the same VLAN.
int check_read_lldp(char *text, struct check_readings *r)
{
	unsigned long id = 0;
	struct check_lldp *l;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		char *device = line + strlen("lldp."), *key, *value = strchr(line, '=');

		if (strncmp(line, "lldp.", strlen("lldp.")) || !value)
			continue;
		*value++ = '\0';
		key = strchr(device, '.');
		if (!key)
			continue;
		*key++ = '\0';
		l = find_lldp(r, device);
		if (!l)
			return -ENOMEM;
		read_lldp_value(l, key, value, &id);
	}
	return 0;
}
