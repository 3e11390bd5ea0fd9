// SPDX-License-Identifier: ISC
// status: what is there, beside what the file asks for.
#include <errno.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "check_read.h"
#include "command.h"
#include "confirm.h"
#include "plan_move.h"
#include "snapshot.h"
#include "status.h"
#include "target.h"

#define CLEAR "\033[H\033[2J" // the terminal
#define WATCH_PAUSE 200000000 // ns

static void find_confirmed(const struct text *file, char confirmed[20])
{
	struct confirmed list[STORE_KEPT];
	struct err unused;
	size_t count = 0;

	*confirmed = '\0';
	if (file->data && confirmed_is_last(file) && !confirmed_list(list, &count, &unused) && count)
		strftime(confirmed, 20, "%F %H:%M", localtime(&list[0].date));
}

// Whether the file can be carried out, and what differs then. That it can't is for check to explain.
static void compare_with_file(struct command_run *r, struct status_view *v)
{
	struct err unused = {0};

	v->file = r->config_file;
	v->has_file = !access(r->config_file, F_OK);
	if (!v->has_file || config_read_text(r->config_file, &r->text.data, &r->text.size, &unused))
		return;
	if (config_parse(r->config_file, r->text.data, r->text.size, &r->config, &unused) ||
		origin_make(&r->current, SCOPE_FILE, &r->config, &r->origin, &unused) ||
		target_make(&r->origin, &r->config, &r->target, &unused) ||
		plan_make(&r->current, &r->target, &r->plan, &unused))
		return;
	v->target = &r->target;
	v->differing = plan_count_devices(&r->plan, &r->current);
	find_confirmed(&r->text, v->confirmed);
}

static int print_table(const struct status_view *v, struct err *e)
{
	confirm_print(stdout);
	if (!v->only) {
		status_print_head(stdout, v);
		putchar('\n');
	}
	return status_print_table(stdout, v, e);
}

static int print_status(struct command_run *r, const struct status_view *v, struct err *e)
{
	if (r->given & WITH_JSON)
		return status_print_json(stdout, v, e);
	if (r->given & WITH_DOT)
		return status_print_dot(stdout, v, e);
	if (!(r->given & WITH_TREE))
		return print_table(v, e);
	confirm_print(stdout);
	return status_print_tree(stdout, v, e);
}

static bool is_known(const struct status_view *v)
{
	return !v->only || host_find(v->current, v->only) || (v->target && host_find(v->target, v->only));
}

// 0: it isn't one, or doesn't tell.
static size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

static int read_and_print(struct command_run *r, struct status_view *v, struct err *e)
{
	struct check_readings readings = {0};
	struct filters filters = {0};
	struct guests guests;
	struct err unused;
	int result;

	guests_read(&guests);
	// Without the right to ask, or without nf_tables, nothing was dropped that could be told.
	filters_read(&r->current, &filters, &unused);
	result = check_read_bonds(&r->current, &readings);
	v->guests = &guests;
	v->filters = &filters;
	v->readings = &readings;
	v->colour = isatty(STDOUT_FILENO) && (!getenv("NO_COLOR") || !*getenv("NO_COLOR"));
	v->width = terminal_width();
	if (!result)
		result = print_status(r, v, e);
	else
		err_set(e, ENOMEM, "no memory for the ports of bonds");
	check_readings_free(&readings);
	filters_free(&filters);
	guests_free(&guests);
	return result;
}

static int show(struct netlink *nl, struct command_run *r, const char *only, struct err *e)
{
	struct status_view v = {.current = &r->current, .only = only};

	if (snapshot_read(nl, false, &r->current, e))
		return EXIT_FAILED;
	compare_with_file(r, &v);
	if (!is_known(&v)) {
		err_set(e, ENODEV, "there is no device '%s'", only);
		return EXIT_USAGE;
	}
	return read_and_print(r, &v, e) ? EXIT_FAILED : EXIT_DONE;
}

int command_status(char **args, struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status = netlink_open(&nl, e) ? EXIT_FAILED : show(nl, r, *args, e);

	netlink_close(nl);
	return status;
}

static int show_anew(const struct command_run *options, const char *only, struct err *e)
{
	struct command_run r = {.given = options->given, .config_file = options->config_file};
	struct netlink *nl = NULL;
	int status;

	fputs(isatty(STDOUT_FILENO) ? CLEAR : "", stdout);
	status = netlink_open(&nl, e) ? EXIT_FAILED : show(nl, &r, only, e);
	netlink_close(nl);
	command_run_free(&r);
	return status;
}

// Many changes at once are shown as one. What comes meanwhile is another.
static void await_change(int listener)
{
	const struct timespec pause = {.tv_nsec = WATCH_PAUSE};

	while (!netlink_wait(listener, INT_MAX))
		;
	nanosleep(&pause, NULL);
	netlink_wait(listener, 1);
}

// Listens first and looks then, so that nothing comes between the two.
int command_watch(char **args, struct command_run *r, struct err *e)
{
	int listener = netlink_listen(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, e);
	int status = listener < 0 ? EXIT_FAILED : show_anew(r, *args, e);

	while (!status && !fflush(stdout)) {
		await_change(listener);
		fputs(isatty(STDOUT_FILENO) ? "" : "\n", stdout);
		status = show_anew(r, *args, e);
	}
	if (listener >= 0)
		close(listener);
	return status;
}
