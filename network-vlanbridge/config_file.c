// SPDX-License-Identifier: ISC
// What is wanted: the file, or a command line, to a topology.
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <libxlutil.h>
#include <stdlib.h>
#include <string.h>

#include "config_item.h"

// Bridges name bonds as their uplinks, VLANs name bridges: in this order, every reference is there.
static const struct section {
	const char *name;
	int (*build)(struct config_item *it);
} sections[] = {
	{"bonds", config_bond},
	{"bridges", config_bridge},
	{"vlans", config_vlan},
};

#define WAIT_DEFAULT 10
#define WAIT_MAX 600
#define SECTIONS (sizeof(sections) / sizeof(*sections))

// The library's complaints ("FILE:LINE:COLUMN: …") come as a stream.
struct report {
	FILE *stream;
	char *text;
	size_t size;
};

static int report_open(struct report *r, struct err *e)
{
	r->stream = open_memstream(&r->text, &r->size);
	return r->stream ? 0 : err_set(e, ENOMEM, "no memory to read the configuration");
}

static void report_close(struct report *r)
{
	if (r->stream)
		fclose(r->stream);
	free(r->text);
}

// libxlutil knows the line of every value but tells it only in its complaints: ask a string for its list.
static int line_of(XLU_Config *cfg, XLU_ConfigValue *value, struct report *r)
{
	XLU_ConfigList *list;
	int line = 1;
	const char *at;

	rewind(r->stream);
	xlu_cfg_value_get_list(cfg, value, &list, 0);
	fflush(r->stream);
	at = r->text ? strchr(r->text, ':') : NULL;
	if (at)
		line = atoi(at + 1);
	return line > 0 ? line : 1;
}

static int build_item(struct host *t, const struct section *s, int line, const char *text, struct err *e)
{
	char *copy = strdup(text);
	struct config_item it = {.to = t, .origin = MARK_FILE, .line = line, .e = e};
	int r = copy ? config_item_split(&it, copy) : err_set(e, ENOMEM, "no memory to read the configuration");

	if (!r)
		r = s->build(&it);
	free(copy);
	return r;
}

static int build_section(XLU_Config *cfg, const struct section *s, struct report *report, struct host *t,
	struct err *e)
{
	XLU_ConfigList *list;
	int n, r = xlu_cfg_get_list(cfg, s->name, &list, &n, 1);

	if (r == ESRCH)
		return 0;
	if (r)
		return err_set(e, EINVAL, "%s: '%s' must be a list: %s = [ '…', '…' ]", t->file, s->name,
			s->name);
	for (int i = 0; i < n; i++) {
		XLU_ConfigValue *value = xlu_cfg_get_listitem2(list, i);
		char *text;
		int line;

		if (xlu_cfg_value_get_string(cfg, value, &text, 1))
			return err_set(e, EINVAL, "%s: item %d of '%s' is no string", t->file, i + 1, s->name);
		line = line_of(cfg, value, report);
		r = build_item(t, s, line, text, e);
		if (r)
			return r;
	}
	return 0;
}

static bool known(const char *name, size_t len)
{
	if (len == 4 && !memcmp(name, "wait", 4))
		return true;
	for (size_t i = 0; i < SECTIONS; i++)
		if (strlen(sections[i].name) == len && !memcmp(sections[i].name, name, len))
			return true;
	return false;
}

// libxlutil can't list what is defined. A misspelt section must not pass for an empty one, which would take all of its
// devices down: find the names at the top level, outside of brackets, strings and comments.
static int check_names(const char *file, const char *text, size_t size, struct err *e)
{
	int line = 1, depth = 0;
	char quote = 0;

	for (size_t i = 0; i < size; i++) {
		size_t from = i;

		if (text[i] == '\n')
			line++;
		if (quote) {
			if (text[i] == quote)
				quote = 0;
		} else if (text[i] == '\'' || text[i] == '"') {
			quote = text[i];
		} else if (text[i] == '#') {
			while (i + 1 < size && text[i + 1] != '\n')
				i++;
		} else if (text[i] == '[' || text[i] == ']') {
			depth += text[i] == '[' ? 1 : -1;
		} else if (!depth && isalpha((unsigned char)text[i])) {
			while (i + 1 < size && (isalnum((unsigned char)text[i + 1]) || text[i + 1] == '_'))
				i++;
			if (!known(text + from, i + 1 - from))
				return err_set(e, EINVAL, "%s:%d: '%.*s' is unknown: there are bonds, bridges, vlans and wait",
					file, line, (int)(i + 1 - from), text + from);
		}
	}
	return 0;
}

static int read_wait(XLU_Config *cfg, struct host *t, struct err *e)
{
	long n = WAIT_DEFAULT;
	int r = xlu_cfg_get_bounded_long(cfg, "wait", 0, WAIT_MAX, &n, 1);

	if (r && r != ESRCH)
		return err_set(e, EINVAL, "%s: wait= must be a number of seconds from 0 to %d", t->file, WAIT_MAX);
	t->wait = (unsigned long)n;
	return 0;
}

static int parse(XLU_Config *cfg, struct report *report, const char *text, size_t size, struct host *t,
	struct err *e)
{
	int r = 0;

	if (size > INT32_MAX || xlu_cfg_readdata(cfg, text, (int)size)) {
		fflush(report->stream);
		if (report->text)
			report->text[strcspn(report->text, "\n")] = '\0';
		return err_set(e, EINVAL, "%s", report->text && *report->text ? report->text : t->file);
	}
	r = check_names(t->file, text, size, e);
	if (!r)
		r = read_wait(cfg, t, e);
	for (size_t i = 0; i < SECTIONS && !r; i++)
		r = build_section(cfg, &sections[i], report, t, e);
	return r;
}

int config_parse(const char *file, const char *text, size_t size, struct host *ret, struct err *e)
{
	struct report report = {0};
	XLU_Config *cfg = NULL;
	int r = report_open(&report, e);

	ret->file = file;
	if (!r && !(cfg = xlu_cfg_init(report.stream, file)))
		r = err_set(e, ENOMEM, "no memory to read the configuration");
	if (!r)
		r = parse(cfg, &report, text, size, ret, e);
	if (cfg)
		xlu_cfg_destroy(cfg);
	report_close(&report);
	if (r)
		host_free(ret);
	return r;
}

int config_read(const char *file, struct host *ret, struct err *e)
{
	FILE *f = fopen(file, "re");
	size_t size = 0, room = 0, n;
	char *text = NULL;
	int r = f ? 0 : err_set(e, errno, "can't read the configuration %s: %s", file, strerror(errno));

	while (!r) {
		char *grown = realloc(text, room += 65536);

		if (!grown) {
			r = err_set(e, ENOMEM, "no memory to read %s", file);
			break;
		}
		text = grown;
		n = fread(text + size, 1, room - size, f);
		size += n;
		if (ferror(f))
			r = err_set(e, errno, "can't read the configuration %s: %s", file, strerror(errno));
		else if (feof(f))
			break;
	}
	if (f)
		fclose(f);
	if (!r)
		r = config_parse(file, text, size, ret, e);
	free(text);
	return r;
}
