// SPDX-License-Identifier: ISC
// confirm, revert, and await-confirm, which is what holds the deadline.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "confirm.h"
#include "confirm_deadline.h"
#include "confirm_way_back.h"
#include "log.h"

#define ATTEMPTS 5

// What confirm and revert work on, with the lock.
static int open_waiting(struct netlink **nl, struct unconfirmed *u, struct err *e)
{
	if (command_run_lock(e) < 0 || netlink_open(nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	return unconfirmed_read(UNCONFIRMED_WAITING, u, e) ? EXIT_FAILED : EXIT_DONE;
}

static int refuse_nothing(struct err *e, const char *hint)
{
	err_set(e, ENOENT, "no change waits for its confirmation%s", hint);
	return EXIT_FAILED;
}

int confirm_accept(struct unconfirmed *u, struct err *e)
{
	if (!confirm_waits(u))
		return refuse_nothing(e, "");
	if (!u->made) {
		err_set(e, EINTR, "the change was interrupted, and isn't complete: run 'network-vlanbridge revert'");
		return EXIT_FAILED;
	}
	if (u->probing) {
		err_set(e, EBUSY,
			"the probes haven't answered yet: wait for them, or run 'network-vlanbridge revert' to take "
			"the change back");
		return EXIT_FAILED;
	}
	if (u->back != BACK_BY_REMOVING && u->text.size && confirm_keep(&u->text, e))
		return EXIT_FAILED;
	if (unconfirmed_remove(UNCONFIRMED_WAITING, e))
		return EXIT_FAILED;
	deadline_release();
	log_info("network-vlanbridge: the change is confirmed");
	return EXIT_DONE;
}

int command_confirm(char **args, struct command_run *r, struct err *e)
{
	struct unconfirmed u = {0};
	struct netlink *nl = NULL;
	int status = open_waiting(&nl, &u, e);

	(void)args;
	(void)r;
	if (!status)
		status = confirm_accept(&u, e);
	text_free(&u.text);
	netlink_close(nl);
	return status;
}

static int revert_waiting(struct netlink *nl, struct unconfirmed *u, struct err *e)
{
	char last[WAY_BACK_SIZE];
	int status;

	if (!confirm_waits(u))
		return refuse_nothing(
			e, "; 'network-vlanbridge revert to=N' starts one of 'network-vlanbridge history'");
	status = confirm_go_back(nl, u, e);
	if (status)
		return status;
	if (confirm_reject(u, e))
		return EXIT_FAILED;
	deadline_release();
	log_warning("network-vlanbridge: the host is back to %s", way_back_describe(u, last));
	return EXIT_DONE;
}

static int find_older(unsigned long n, struct text *ret, char path[CONFIRMED_PATH_SIZE], struct err *e)
{
	struct confirmed list[STORE_KEPT];
	size_t count;

	if (confirmed_list(list, &count, e))
		return -e->code;
	if (n > count)
		return err_set(e, ENOENT,
			"to=%lu: there are %zu confirmed configurations, see 'network-vlanbridge history'", n, count);
	confirmed_path(list[n - 1].number, path);
	return confirmed_read(list[n - 1].number, ret, e);
}

// What runs now is the last confirmed one, and a boot is to start it, not the file, unless it has just that.
static int reject_file(struct err *e)
{
	struct unconfirmed u = {.back = BACK_TO_CONFIRMED};
	int r = 0;

	if (!config_read_text(CONFIG_FILE, &u.text.data, &u.text.size, &(struct err){0}))
		r = confirm_reject_text(&u, e);
	text_free(&u.text);
	return r;
}

// The host is as it was asked to be, also where that can't be kept.
static void keep_older(const struct text *text, const char *path)
{
	struct err trouble = {0};

	if (confirm_keep(text, &trouble) || reject_file(&trouble))
		log_warning("network-vlanbridge: the next boot starts " CONFIG_FILE ": %s", trouble.text);
	log_warning("network-vlanbridge: the host has the configuration of %s; copy it to " CONFIG_FILE
		    " to go on from it",
		path);
}

static int revert_to(struct netlink *nl, const struct unconfirmed *waiting, unsigned long n, struct err *e)
{
	struct command_run r = {.scope = SCOPE_FILE};
	char path[CONFIRMED_PATH_SIZE];
	int status = EXIT_USAGE;

	if (confirm_waits(waiting)) {
		err_set(e, EBUSY, "a change waits for its confirmation: confirm or revert it first");
		return EXIT_FAILED;
	}
	if (!find_older(n, &r.text, path, e) && !config_parse(path, r.text.data, r.text.size, &r.config, e))
		status = command_run_carry_out(nl, &r, e);
	if (!status)
		keep_older(&r.text, path);
	command_run_free(&r);
	return status;
}

int command_revert(char **args, struct command_run *r, struct err *e)
{
	struct unconfirmed u = {0};
	struct netlink *nl = NULL;
	int status = open_waiting(&nl, &u, e);

	(void)args;
	if (!status)
		status = r->to ? revert_to(nl, &u, r->to, e) : revert_waiting(nl, &u, e);
	text_free(&u.text);
	netlink_close(nl);
	return status;
}

bool confirm_still_waits(long long deadline)
{
	struct unconfirmed u;
	bool waits = !unconfirmed_read(UNCONFIRMED_WAITING, &u, &(struct err){0}) && confirm_waits(&u) &&
		     u.deadline == deadline;

	text_free(&u.text);
	return waits;
}

// Somebody may have confirmed it while we waited for the lock.
int confirm_take_back(long long deadline, const char *why, struct err *e)
{
	struct unconfirmed u = {0};
	struct netlink *nl = NULL;
	int status = open_waiting(&nl, &u, e);

	if (!status && confirm_waits(&u) && u.deadline == deadline) {
		log_warning("network-vlanbridge: %s", why);
		status = revert_waiting(nl, &u, e);
		for (int attempt = 1; status && attempt < ATTEMPTS; attempt++) {
			log_error("network-vlanbridge: %s; trying again", e->text);
			*e = (struct err){0};
			deadline_sleep(deadline_now() + SECOND);
			status = revert_waiting(nl, &u, e);
		}
	}
	text_free(&u.text);
	netlink_close(nl);
	return status;
}

int command_await_confirm(char **args, struct command_run *r, struct err *e)
{
	char *end;
	long long deadline = strtoll(*args, &end, 10);

	(void)r;
	if (deadline <= 0 || *end) {
		err_set(e, EINVAL, "await-confirm takes a deadline: start confirm=SECONDS calls it");
		return EXIT_USAGE;
	}
	while (confirm_still_waits(deadline))
		if (deadline_sleep(deadline))
			return confirm_take_back(deadline, "the change wasn't confirmed in time", e);
	return EXIT_DONE;
}
