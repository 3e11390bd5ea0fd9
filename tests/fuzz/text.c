// SPDX-License-Identifier: ISC
// VLAN lists, and the marks in aliases: what is printed reads as what was printed; what is refused changes nothing.
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mark.h"
#include "vlans.h"

#define LIST_MAX 1024 /* of a list's text */

// In memory of just that size.
static void print_short(const struct vlans *set, const char *whole, size_t size)
{
	char *buf = malloc(size);

	HOLDS(vlans_print(set, buf, size) == buf);
	HOLDS(strlen(buf) < size);
	HOLDS(!strncmp(buf, whole, strlen(buf)));
	free(buf);
}

static void print_and_parse(const struct vlans *set, size_t some)
{
	struct vlans again;
	struct err e;
	char text[32768];

	HOLDS(!vlans_empty(set));
	vlans_print(set, text, sizeof(text));
	print_short(set, text, some % 1024 + 1);
	print_short(set, text, strlen(text) + 1);
	if (strlen(text) >= LIST_MAX)
		return;
	HOLDS(!vlans_parse(text, &again, &e));
	HOLDS(vlans_equal(&again, set));
}

static void parse_list(const char *text, size_t some)
{
	struct vlans set, before;
	struct err e = {0};

	memset(&before, 0xa5, sizeof(before));
	set = before;
	if (!vlans_parse(text, &set, &e)) {
		print_and_parse(&set, some);
		return;
	}
	HOLDS(e.code > 0 && *e.text);
	HOLDS(vlans_equal(&set, &before));
}

void fuzz_vlans(char *text, size_t size)
{
	struct port_vlans port, before;
	struct err e = {0};

	parse_list(text, size);
	memset(&before, 0xa5, sizeof(before));
	memcpy(&port, &before, sizeof(port));
	if (!port_vlans_parse(text, &port, &e)) {
		fuzz_check_port_vlans(&port);
		print_and_parse(&port.all, size);
		return;
	}
	HOLDS(e.code > 0 && *e.text);
	HOLDS(!memcmp(&port, &before, sizeof(port)));
}

// Of two words with one meaning the last counts, and something of the first may be behind it.
static void clear_tails(struct mark *m)
{
	memset(m->uplink + strlen(m->uplink), 0, sizeof(m->uplink) - strlen(m->uplink));
	memset(m->was_name + strlen(m->was_name), 0, sizeof(m->was_name) - strlen(m->was_name));
}

static void check_mark(const char *alias)
{
	char text[ALIAS_SIZE], again[ALIAS_SIZE];
	struct mark m, same;
	struct err e;

	memcpy(text, alias, ALIAS_SIZE);
	mark_parse(text, &m);
	if (m.changing)
		return; // a guest's
	if (mark_write(text, &m, &e)) {
		HOLDS(!strcmp(text, alias));
		return;
	}
	HOLDS(strlen(text) < ALIAS_SIZE);
	mark_parse(text, &same);
	clear_tails(&m);
	HOLDS(!memcmp(&m, &same, sizeof(m)));
	memcpy(again, text, ALIAS_SIZE);
	HOLDS(!mark_write(again, &same, &e));
	HOLDS(!strcmp(again, text));
	HOLDS(!mark_write(again, &(struct mark){0}, &e));
	mark_parse(again, &m);
	HOLDS(m.origin == MARK_NONE);
}

static void expect_same_guest(const struct guest_mark *a, const struct guest_mark *b)
{
	HOLDS(!strcmp(a->bridge, b->bridge));
	HOLDS(!strcmp(a->uplink, b->uplink));
	HOLDS(a->vlan == b->vlan);
	HOLDS(a->changing == b->changing);
	HOLDS(a->port_flags == b->port_flags);
	HOLDS(a->vlan_aware == b->vlan_aware);
	if (a->vlan_aware) {
		HOLDS(a->vlans.pvid == b->vlans.pvid);
		HOLDS(vlans_equal(&a->vlans.all, &b->vlans.all));
		HOLDS(vlans_equal(&a->vlans.untagged, &b->vlans.untagged));
	}
	HOLDS(!strcmp(a->filter.key, b->filter.key));
	HOLDS(a->filter.locked == b->filter.locked);
	if (a->filter.locked)
		HOLDS(!memcmp(a->filter.mac, b->filter.mac, sizeof(a->filter.mac)));
}

static void write_guest(const char *alias, const struct guest_mark *g)
{
	char text[ALIAS_SIZE];
	struct guest_mark same;

	memcpy(text, alias, ALIAS_SIZE);
	if (mark_write_guest(text, g)) {
		HOLDS(!strcmp(text, alias));
	} else {
		HOLDS(strlen(text) < ALIAS_SIZE);
		HOLDS(mark_parse_guest(text, &same));
		expect_same_guest(g, &same);
	}
	mark_note_guest(text, g);
	HOLDS(strlen(text) < ALIAS_SIZE);
	if (mark_parse_guest(text, &same) && *same.bridge)
		expect_same_guest(g, &same);
	HOLDS(!mark_write_guest(text, NULL));
	HOLDS(!mark_parse_guest(text, &same));
}

// An alias; then, a line each, what a guest's mark is made of: bridge, VLANs, uplink, filter.
void fuzz_mark(char *data, size_t size)
{
	struct guest_mark g = {.port_flags = LINK_PORT_FLAGS_INITIAL};
	char alias[ALIAS_SIZE] = "", *line = fuzz_line(&data);
	struct err e;

	if (!text_copy(alias, sizeof(alias), line))
		memcpy(alias, line, ALIAS_SIZE - 1);
	check_mark(alias);
	if (mark_parse_guest(alias, &g))
		write_guest(alias, &g);
	line = fuzz_line(&data);
	if (name_check(line, &e))
		return;
	g = (struct guest_mark){.port_flags = size % 2 ? LINK_PORT_FLAGS_INITIAL : LINK_PORT_ISOLATED};
	text_copy(g.bridge, sizeof(g.bridge), line);
	g.vlan_aware = !port_vlans_parse(fuzz_line(&data), &g.vlans, &e);
	line = fuzz_line(&data);
	if (!name_check(line, &e))
		text_copy(g.uplink, sizeof(g.uplink), line);
	g.vlan = size % VLAN_MAX;
	line = fuzz_line(&data);
	if (!name_check(line, &e))
		text_copy(g.filter.key, sizeof(g.filter.key), line);
	g.filter.locked = size % 4 > 1;
	write_guest(alias, &g);
}
