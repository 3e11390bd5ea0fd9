// SPDX-License-Identifier: ISC
// The configuration from the file, whose syntax is that of xl.conf.
#include "config.h"

#include <errno.h>
#include <libxlutil.h>
#include <stdlib.h>
#include <string.h>

#include "config_item.h"
#include "config_text.h"

#define WAIT_DEFAULT 10
#define WAIT_MAX 600
#define READ_SIZE 65536

// In the order in which they are read: bridges name bonds as their uplinks, VLANs name bridges.
static int (*const read_item[CONFIG_WAIT])(struct config_item *it) = {
	[CONFIG_BONDS] = config_bond,
	[CONFIG_BRIDGES] = config_bridge,
	[CONFIG_VLANS] = config_vlan,
};

struct parser {
	struct config *to;
	int lines[CONFIG_NAMES];
	XLU_Config *xlu;
	FILE *report; // where libxlutil writes its complaints, FILE:LINE:COLUMN: …, to report_text
	char *report_text;
	size_t report_size;
	struct err *e;
};

static int refuse_memory(struct parser *p)
{
	return err_set(p->e, ENOMEM, "no memory to read the configuration");
}

static int parser_open(struct parser *p)
{
	p->report = open_memstream(&p->report_text, &p->report_size);
	if (!p->report)
		return refuse_memory(p);
	p->xlu = xlu_cfg_init(p->report, p->to->file);
	if (!p->xlu)
		return refuse_memory(p);
	return 0;
}

static void parser_close(struct parser *p)
{
	if (p->xlu)
		xlu_cfg_destroy(p->xlu);
	if (p->report)
		fclose(p->report);
	free(p->report_text);
}

// A comment in the last line needs a newline for libxlutil.
static int parser_read(struct parser *p, const char *text, size_t size)
{
	char *copy = malloc(size + 1);
	int r;

	if (!copy)
		return refuse_memory(p);
	if (size)
		memcpy(copy, text, size);
	copy[size] = '\n';
	r = xlu_cfg_readdata(p->xlu, copy, (int)size + 1);
	free(copy);
	if (!r)
		return 0;
	fflush(p->report);
	p->report_text[strcspn(p->report_text, "\n")] = '\0';
	return err_set(p->e, EINVAL, "%s", *p->report_text ? p->report_text : p->to->file);
}

// libxlutil knows the line of every value but tells it only in its complaints: ask a string for its
// list.
static int line_of(struct parser *p, XLU_ConfigValue *value)
{
	size_t prefix = strlen(p->to->file) + 1;
	XLU_ConfigList *list;
	long line = 0;

	rewind(p->report);
	xlu_cfg_value_get_list(p->xlu, value, &list, 0);
	fflush(p->report);
	if (strlen(p->report_text) > prefix)
		line = strtol(p->report_text + prefix, NULL, 10);
	if (line < 1 || line > INT32_MAX)
		return 1;
	return (int)line;
}

static int read_text(struct parser *p, enum config_name section, int line, const char *text)
{
	struct config_item it = {.to = p->to, .origin = MARK_FILE, .line = line, .e = p->e};
	char *copy = strdup(text);

	if (!copy)
		return refuse_memory(p);
	if (!config_item_split(&it, copy))
		read_item[section](&it);
	free(copy);
	return it.failed;
}

static int read_section(struct parser *p, enum config_name section)
{
	const char *name = config_names[section];
	XLU_ConfigList *list;
	char *text;
	int count, r = 0;

	if (!p->lines[section])
		return 0;
	if (xlu_cfg_get_list(p->xlu, name, &list, &count, 1))
		return config_refuse(
			p->to, p->lines[section], p->e, "'%s' must be a list: %s = [ '…', '…' ]", name, name);
	for (int i = 0; i < count && !r; i++) {
		XLU_ConfigValue *value = xlu_cfg_get_listitem2(list, i);

		if (xlu_cfg_value_get_string(p->xlu, value, &text, 1))
			return config_refuse(
				p->to, p->lines[section], p->e, "item %d of '%s' is no string", i + 1, name);
		r = read_text(p, section, line_of(p, value), text);
	}
	return r;
}

// Not by libxlutil's own function for numbers, which takes octal and hexadecimal ones.
static int read_wait(struct parser *p)
{
	const char *name = config_names[CONFIG_WAIT], *value = "[…]";

	p->to->wait = WAIT_DEFAULT;
	if (!p->lines[CONFIG_WAIT])
		return 0;
	xlu_cfg_get_string(p->xlu, name, &value, 1);
	if (number_parse(value, 0, WAIT_MAX, &p->to->wait))
		return config_refuse(p->to, p->lines[CONFIG_WAIT], p->e,
			"%s=%s: it must be a decimal number of seconds from 0 to %d", name, value, WAIT_MAX);
	return 0;
}

static int parse(struct parser *p, const char *text, size_t size)
{
	int r = config_text_check(p->to->file, text, size, p->lines, p->e);

	if (!r)
		r = parser_open(p);
	if (!r)
		r = parser_read(p, text, size);
	if (!r)
		r = read_wait(p);
	for (int i = 0; i < CONFIG_WAIT && !r; i++)
		r = read_section(p, (enum config_name)i);
	if (!r)
		r = config_check(p->to, p->e);
	return r;
}

int config_parse(const char *file, const char *text, size_t size, struct config *ret, struct err *e)
{
	struct parser p = {.to = ret, .e = e};
	int r;

	ret->file = file;
	if (size >= INT32_MAX)
		r = err_set(e, EFBIG, "%s: the file is too long", file);
	else
		r = parse(&p, text, size);
	parser_close(&p);
	if (r)
		config_free(ret);
	return r;
}

// Appends all of f to text.
static int read_all(FILE *f, const char *file, char **text, size_t *size, struct err *e)
{
	size_t n = READ_SIZE;

	while (n == READ_SIZE) {
		char *grown = realloc(*text, *size + READ_SIZE + 1);

		if (!grown)
			return err_set(e, ENOMEM, "no memory to read %s", file);
		*text = grown;
		n = fread(*text + *size, 1, READ_SIZE, f);
		*size += n;
		(*text)[*size] = '\0';
	}
	if (ferror(f))
		return err_set(e, errno, "can't read the configuration %s: %s", file, strerror(errno));
	return 0;
}

int config_read_text(const char *file, char **text, size_t *size, struct err *e)
{
	FILE *f = fopen(file, "re");
	int r;

	*text = NULL;
	*size = 0;
	if (!f)
		return err_set(e, errno, "can't read the configuration %s: %s", file, strerror(errno));
	r = read_all(f, file, text, size, e);
	fclose(f);
	return r;
}

int config_read(const char *file, struct config *ret, struct err *e)
{
	char *text;
	size_t size;
	int r = config_read_text(file, &text, &size, e);

	if (!r)
		r = config_parse(file, text, size, ret, e);
	free(text);
	return r;
}
