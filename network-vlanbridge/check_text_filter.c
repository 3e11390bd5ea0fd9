// SPDX-License-Identifier: ISC
// What `nft list ruleset` says, to readings: chains that drop what is forwarded, rules that name a device. Pure.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

struct place {
	char table[64], chain[64];
	size_t forward; // the reading of this chain's policy plus 1, 0: none
};

static struct check_filter *add_filter(struct check_readings *r, const struct place *p)
{
	struct check_filter *grown = check_grow(r->filters, r->filters_count, sizeof(*grown));

	if (!grown)
		return NULL;
	r->filters = grown;
	grown += r->filters_count++;
	*grown = (struct check_filter){0};
	memcpy(grown->table, p->table, sizeof(p->table));
	memcpy(grown->chain, p->chain, sizeof(p->chain));
	return grown;
}

// "table ip filter {" and "chain FORWARD {". Returns whether the line is one of these.
static bool read_head(const char *line, struct place *p)
{
	size_t n = strcspn(line, "{");

	while (n && line[n - 1] == ' ')
		n--;
	if (!strncmp(line, "table ", 6) && n > 6) {
		snprintf(p->table, sizeof(p->table), "%.*s", (int)(n - 6), line + 6);
		*p->chain = '\0';
		return true;
	}
	if (strncmp(line, "chain ", 6) || n <= 6)
		return false;
	snprintf(p->chain, sizeof(p->chain), "%.*s", (int)(n - 6), line + 6);
	p->forward = 0;
	return true;
}

// iifname "eth0", iif eth0 and their opposites.
static bool read_device(const char *line, char device[NAME_SIZE])
{
	static const char *const words[] = {"iifname ", "oifname ", "iif ", "oif "};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *at = strstr(line, words[i]);
		size_t n;

		if (!at || (at > line && at[-1] != ' '))
			continue;
		at += strlen(words[i]);
		at += !strncmp(at, "!= ", 3) ? 3 : 0;
		at += *at == '"';
		n = strcspn(at, "\" ");
		if (!n || n >= NAME_SIZE)
			continue;
		memcpy(device, at, n);
		device[n] = '\0';
		return true;
	}
	return false;
}

// Tables of the host's own packets: those of the family bridge see ports under their own names.
static bool is_of_host(const char *table)
{
	return !strncmp(table, "ip ", 3) || !strncmp(table, "ip6 ", 4) || !strncmp(table, "inet ", 5);
}

static int read_line(const char *line, struct place *p, struct check_readings *r)
{
	struct check_filter *f;
	char device[NAME_SIZE];

	if (strstr(line, "hook forward") && strstr(line, "policy drop")) {
		f = add_filter(r, p);
		if (!f)
			return -ENOMEM;
		f->drops_forwarded = true;
		p->forward = r->filters_count;
		return 0;
	}
	if (p->forward && strstr(line, "physdev"))
		r->filters[p->forward - 1].knows_bridged = true;
	if (!read_device(line, device))
		return 0;
	f = add_filter(r, p);
	if (!f)
		return -ENOMEM;
	memcpy(f->device, device, sizeof(device));
	return 0;
}

int check_read_filter(char *text, struct check_readings *r)
{
	struct place p = {0};
	char *line;
	int result = 0;

	while (!result && (line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (!read_head(line, &p) && is_of_host(p.table))
			result = read_line(line, &p, r);
	}
	return result;
}
