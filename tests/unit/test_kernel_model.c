// SPDX-License-Identifier: ISC
// The kernel model by itself: what each step changes, and what is refused.
//
// The files in tests/model are sessions. A line `== TITLE` begins one; then comes a kernel state, and steps after `> `.
// Behind a step stands what it changed: words that a device lost (-) and got (+), devices and entries that went and
// came; or `refused: ERROR`, and then nothing may have changed. UPDATE=1 in the environment writes that anew; read the
// difference before committing it.
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_text.h"
#include "network-vlanbridge/kernel_model.h"
#include "tests.h"

// What the kernel tells of every device.
static void print_unknown(FILE *f, const struct link *l)
{
	static const struct {
		unsigned int field;
		const char *name;
	} fields[] = {{LINK_UP, "up"}, {LINK_MTU, "mtu"}, {LINK_MASTER, "master"}, {LINK_LOWER, "link"},
		{LINK_ALIAS, "alias"}, {LINK_GROUP, "group"}, {LINK_ADDR_GEN, "addr_gen"}};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (!(l->set & fields[i].field))
			fprintf(f, " %s=unknown", fields[i].name);
}

// Without what every device has unless somebody set it.
static void print_device(FILE *f, const struct device *d)
{
	const struct port_vlans has = vlans_kept(&d->vlans);
	const struct kind_row *k = &link_kinds[d->link.kind];
	struct link l = d->link, initial = {.kind = l.kind};
	char vlans[2][4096];

	for (size_t i = 0; i < k->count && l.kind != KIND_VLAN; i++) {
		option_reset(&initial, &k->options[i]);
		if (option_equal(&l, &initial, &k->options[i]))
			l.options &= ~(1ULL << i);
	}
	if (!*l.alias)
		l.set &= ~(unsigned int)LINK_ALIAS;
	if (!l.group)
		l.set &= ~(unsigned int)LINK_GROUP;
	if (!l.addr_gen)
		l.set &= ~(unsigned int)LINK_ADDR_GEN;
	if (!*l.master.name)
		l.set &= ~(unsigned int)LINK_MASTER;
	if (l.port_flags)
		l.set |= LINK_PORT_FLAGS;
	link_describe(f, &l);
	print_unknown(f, &d->link);
	if (d->dhcp)
		fprintf(f, " dhcp");
	if (!vlans_empty(&has.all) || has.pvid)
		fprintf(f, " vlans=%s untagged=%s pvid=%u", vlans_print(&has.all, vlans[0], sizeof(vlans[0])),
			vlans_print(&has.untagged, vlans[1], sizeof(vlans[1])), has.pvid);
	if (d->link.has_perm_mac)
		fprintf(f, " perm_mac=%s", mac_print(d->link.perm_mac, vlans[0]));
	if (d->mtu_before_bond)
		fprintf(f, " mtu_before_bond=%u", d->mtu_before_bond);
	if (d->mark.origin != MARK_NONE)
		fprintf(f, " (marked)");
}

static char *device_text(const struct device *d)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	print_device(f, d);
	fclose(f);
	return text;
}

static char *entry_text(const struct l3_entry *e)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (e->ours)
		fprintf(f, "ours ");
	l3_describe(f, e);
	if (e->secondary)
		fprintf(f, " (secondary)");
	fclose(f);
	return text;
}

// The end of a word, which may have blanks between quotes.
static size_t word_length(const char *text)
{
	size_t n = 0;
	bool quoted = false;

	for (; text[n] && (quoted || text[n] != ' '); n++)
		quoted ^= text[n] == '"';
	return n;
}

static bool has_word(const char *text, const char *word, size_t n)
{
	for (; *text; text += word_length(text), text += *text == ' ')
		if (word_length(text) == n && !strncmp(text, word, n))
			return true;
	return false;
}

static bool print_words_missing(FILE *f, char sign, const char *from, const char *in, bool any)
{
	for (size_t n; *from; from += n, from += *from == ' ') {
		n = word_length(from);
		if (has_word(in, from, n))
			continue;
		fprintf(f, "%s %c%.*s", any ? "" : ":", sign, (int)n, from);
		any = true;
	}
	return any;
}

static void print_change(FILE *f, const char *name, const struct device *a, const struct device *b)
{
	char *before = device_text(a), *after = device_text(b);

	if (strcmp(before, after)) {
		fprintf(f, "%s", name);
		print_words_missing(f, '+', after, before, print_words_missing(f, '-', before, after, false));
		fputc('\n', f);
	}
	free(before);
	free(after);
}

static void print_line(FILE *f, char sign, char *text)
{
	fprintf(f, "%c%s\n", sign, text);
	free(text);
}

static bool has_entry(const struct host *h, const struct l3_entry *wanted)
{
	const struct l3_entry *e = host_find_entry(h, wanted);

	return e && e->secondary == wanted->secondary && e->ours == wanted->ours;
}

static void print_entries_missing(FILE *f, char sign, const struct host *from, const struct host *in)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(from, &at)))
		if (!has_entry(in, e))
			print_line(f, sign, entry_text(e));
}

static void print_difference(FILE *f, const struct host *before, const struct host *after)
{
	if (before->bonding != after->bonding)
		fprintf(f, "+bonding\n");
	for (size_t i = 0; i < before->count; i++) {
		const struct device *a = before->devices[i], *b = host_find(after, a->link.name);

		if (b)
			print_change(f, a->link.name, a, b);
		else
			fprintf(f, "-%s\n", a->link.name);
	}
	for (size_t i = 0; i < after->count; i++)
		if (!host_find(before, after->devices[i]->link.name))
			print_line(f, '+', device_text(after->devices[i]));
	print_entries_missing(f, '-', before, after);
	print_entries_missing(f, '+', after, before);
}

static void do_step(FILE *out, struct host *h, const char *text)
{
	char *copy = strdup(text);
	struct host before;
	struct step s;
	int r;

	step_from_text(copy, &s);
	assert_int_equal(host_copy(h, &before), 0);
	r = kernel_model_do(h, &s);
	if (r)
		fprintf(out, "refused: %s\n", strerrorname_np(-r));
	print_difference(out, &before, h);
	if (!host_counts_are_right(h))
		fprintf(out, "wrong counts\n");
	step_free(&s);
	host_free(&before);
	free(copy);
}

// One session: its kernel state is text, its steps are in rest, up to the next session. Returns what comes then.
static char *run_session(FILE *out, char *text)
{
	struct host h = {0};
	char *line = strchr(text, '\n'), *next = strstr(text, "\n== "), *end;
	char *steps = strstr(text, "\n> "), *kernel;

	assert_non_null(line);
	assert_true(steps && (!next || steps < next));
	fwrite(text, 1, (size_t)(steps + 1 - text), out);
	kernel = strndup(line + 1, steps > line ? (size_t)(steps - line) : 0);
	kernel_text(kernel, &h);
	free(kernel);
	for (line = steps + 1; line && (!next || line < next + 1); line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		if (!strncmp(line, "> ", 2)) {
			fprintf(out, "%s\n", line);
			do_step(out, &h, line + 2);
		}
	}
	host_free(&h);
	if (next)
		fputc('\n', out);
	return next ? next + 1 : NULL;
}

static void compare(const char *path, const char *got, const char *wanted)
{
	size_t line = 1, at = 0, begin = 0;

	for (; got[at] && got[at] == wanted[at]; at++)
		if (got[at] == '\n') {
			line++;
			begin = at + 1;
		}
	if (got[at] != wanted[at])
		fail_msg("%s:%zu: it is\n%.*s\ninstead of\n%.*s", path, line, (int)strcspn(got + begin, "\n"),
			got + begin, (int)strcspn(wanted + begin, "\n"), wanted + begin);
}

static void run_file(const char *path)
{
	char *wanted = file_text(path), *text = strdup(wanted), *got = NULL, *at = strstr(text, "== ");
	size_t size;
	FILE *out = open_memstream(&got, &size);

	assert_non_null(at);
	fwrite(text, 1, (size_t)(at - text), out);
	while (at)
		at = run_session(out, at);
	fclose(out);
	if (getenv("UPDATE")) {
		out = fopen(path, "w");
		assert_non_null(out);
		fputs(got, out);
		fclose(out);
	} else {
		compare(path, got, wanted);
	}
	free(wanted);
	free(text);
	free(got);
}

static void sessions(void **state)
{
	glob_t found = {0};

	(void)state;
	assert_int_equal(glob("tests/model/*.txt", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_file(found.gl_pathv[i]);
	globfree(&found);
}

int test_kernel_model(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sessions)};

	return cmocka_run_group_tests_name("kernel model", tests, NULL, NULL);
}
