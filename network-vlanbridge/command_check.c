// SPDX-License-Identifier: ISC
// check: what is wrong with this host, or would keep a guest from starting here.
#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "check_guest.h"
#include "check_read.h"
#include "command.h"
#include "command_run.h"
#include "confirm.h"
#include "filters.h"
#include "snapshot.h"
#include "target.h"

static int fill_line(struct libscols_table *table, const struct trouble *t)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		return -ENOMEM;
	if (*t->device)
		scols_line_set_data(line, 0, t->device);
	if (t->problem)
		scols_line_set_data(line, 1, t->problem);
	return scols_line_set_data(line, 2, t->text);
}

static int print_json(const struct check_report *report)
{
	static const char *const columns[] = {"device", "problem", "text"};
	struct libscols_table *table;
	int r = 0;

	if (!report->troubles_count) // libsmartcols prints nothing then
		return printf("{\n   \"troubles\": []\n}\n") < 0;
	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return -ENOMEM;
	scols_table_enable_json(table, 1);
	scols_table_set_name(table, "troubles");
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns) && !r; i++)
		r = scols_table_new_column(table, columns[i], 0, 0) ? 0 : -ENOMEM;
	for (size_t i = 0; i < report->troubles_count && !r; i++)
		r = fill_line(table, &report->troubles[i]);
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r;
}

// Returns the exit status.
static int print_report(const struct check_report *report, bool json, struct err *e)
{
	bool trouble = false;
	int r = json ? print_json(report) : 0;

	for (size_t i = 0; i < report->troubles_count; i++) {
		trouble |= report->troubles[i].problem != NULL;
		if (!json)
			printf("%s\n", report->troubles[i].text);
	}
	if (r || fflush(stdout) || ferror(stdout)) {
		err_set(e, r < 0 ? -r : EIO, "can't print what was found: %s", strerror(r < 0 ? -r : errno));
		return EXIT_FAILED;
	}
	return trouble ? EXIT_TROUBLE : EXIT_DONE;
}

// Without a file there is nothing to compare with, unless it is one that was asked for.
static int read_config(struct command_run *r, bool *has_file, struct err *e)
{
	*has_file = strcmp(r->config_file, CONFIG_FILE) || !access(CONFIG_FILE, F_OK);
	return *has_file ? config_read(r->config_file, &r->config, e) : 0;
}

static int read_host(struct netlink *nl, struct command_run *r, struct check_input *in, struct err *e)
{
	int result;

	in->at_work = command_run_is_locked(); // before and after
	result = snapshot_read(nl, false, &r->current, e);
	in->current = &r->current;
	in->file = r->config_file;
	return result;
}

static int make_target(struct command_run *r, struct check_input *in, struct err *refused, struct err *e)
{
	int result = origin_make(&r->current, SCOPE_FILE, &r->config, &r->origin, e);

	if (result)
		return result;
	result = target_make(&r->origin, &r->config, &r->target, refused);
	if (result == -ENOMEM)
		return err_set(e, ENOMEM, "%s", refused->text);
	if (result)
		in->refused = refused->text;
	else
		in->target = &r->target;
	return 0;
}

static bool is_without_rules(const struct device *vif, void *arg)
{
	const struct filter_port *port = filters_find(arg, vif->link.name);

	return port && port->attached && !port->filtered;
}

static int check_host(struct check_input *in, const char *device, struct check_report *report, struct err *e)
{
	struct check_readings readings = {0};
	struct filters filters = {0};
	struct guests guests;
	struct err unused;
	int r = check_read(in->current, &readings);

	guests_read(&guests);
	if (!filters_read(in->current, &filters, &unused)) {
		in->rules_missing = is_without_rules;
		in->rules_arg = &filters;
	}
	in->readings = &readings;
	in->guests = &guests;
	in->at_work |= command_run_is_locked();
	if (!r)
		r = check_run(in, report);
	if (!r && device)
		r = check_report_limit(report, in->current, device);
	filters_free(&filters);
	guests_free(&guests);
	check_readings_free(&readings);
	return r ? err_set(e, ENOMEM, "no memory to check the host") : 0;
}

static int check_devices(
	struct netlink *nl, struct command_run *r, const char *device, bool has_file, struct err *e, int *status)
{
	struct check_report report = {0};
	struct check_input in = {0};
	struct err refused = {0};
	int result = read_host(nl, r, &in, e);

	in.unconfirmed = confirm_is_awaited();
	if (!result && has_file)
		result = make_target(r, &in, &refused, e);
	if (!result && device && !host_find(&r->current, device) && !host_find(&r->target, device)) {
		*status = EXIT_USAGE;
		return err_set(e, ENODEV, "there is no device '%s', nor does %s make one", device, r->config_file);
	}
	if (geteuid())
		fprintf(stderr,
			"network-vlanbridge check: without root's rights, guests, LACP and packet filters aren't "
			"looked at\n");
	if (!result)
		result = check_host(&in, device, &report, e);
	if (!result)
		*status = print_report(&report, r->given & WITH_JSON, e);
	check_report_free(&report);
	return result;
}

static bool is_guest_file(const char *arg)
{
	size_t n = strlen(arg);

	return strchr(arg, '/') || (n > 4 && !strcmp(arg + n - 4, ".cfg"));
}

static char *read_guest_file(const char *file, size_t *size, struct err *e)
{
	FILE *f = fopen(file, "re"), *out;
	char *text = NULL;
	int c;

	out = f ? open_memstream(&text, size) : NULL;
	while (out && (c = getc(f)) != EOF)
		putc(c, out);
	if (!out || ferror(f))
		err_set(e, errno, "can't read %s: %s", file, strerror(errno));
	if (out) {
		putc('\n', out); // a comment in the last line needs one
		fclose(out);
	}
	if (f)
		fclose(f);
	return text;
}

static int check_guest_file(struct netlink *nl, struct command_run *r, const char *file, struct err *e, int *status)
{
	struct check_report report = {0};
	struct check_input in;
	size_t size = 0;
	char *text = read_guest_file(file, &size, e);
	int result = e->code ? -e->code : read_host(nl, r, &in, e);

	if (!result && check_guest(file, text, size, &r->current, &r->config, &report, e))
		*status = EXIT_USAGE;
	else if (!result)
		*status = print_report(&report, r->given & WITH_JSON, e);
	free(text);
	check_report_free(&report);
	return result;
}

int command_check(char **args, struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;
	bool has_file;

	if (read_config(r, &has_file, e))
		status = EXIT_USAGE;
	else if (!netlink_open(&nl, e) && *args && is_guest_file(*args))
		check_guest_file(nl, r, *args, e, &status);
	else if (nl)
		check_devices(nl, r, *args, has_file, e, &status);
	netlink_close(nl);
	return status;
}
