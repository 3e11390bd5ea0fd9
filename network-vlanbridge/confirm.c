// SPDX-License-Identifier: ISC
// A change that waits for its confirmation, from the outside in: what it goes back to is decided and the deadline held
// before it begins, so that a kill at any moment is taken back, too.
#include "confirm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "confirm_deadline.h"
#include "confirm_way_back.h"
#include "log.h"

// A state that can't be read must not keep a host from coming up.
static void read_unconfirmed(struct unconfirmed *u)
{
	struct err trouble = {0};

	if (unconfirmed_read(u, &trouble))
		log_warning("network-vlanbridge: %s", trouble.text);
}

static int refuse_second(const struct unconfirmed *u, struct err *e)
{
	if (!confirm_waits(u))
		return 0;
	return err_set(e, EBUSY,
		"a change waits for its confirmation: run 'network-vlanbridge confirm' to keep it, or "
		"'network-vlanbridge "
		"revert' to take it back, first");
}

static int write_state(struct unconfirmed *u, long long deadline, struct err *e)
{
	way_back_boot_id(u->boot);
	u->deadline = deadline;
	return unconfirmed_write(u, e);
}

int confirm_reject(struct unconfirmed *u, struct err *e)
{
	if (u->back == BACK_BY_REMOVING || !u->text.size || confirmed_is_last(&u->text))
		return unconfirmed_remove(e);
	return write_state(u, 0, e);
}

// A boot starts the file as it is there. One that wasn't confirmed is left alone, until somebody starts it by hand,
// which is any later start of the same boot, or writes another.
static bool is_not_to_be_started(const struct command_run *r, const struct unconfirmed *u)
{
	return text_is_same(&r->text, &u->text) && !way_back_is_this_boot(u->boot);
}

static int start_confirmed_instead(
	struct netlink *nl, struct command_run *r, confirm_changing change, struct unconfirmed *u, struct err *e)
{
	struct confirmed list[STORE_KEPT];
	char last[WAY_BACK_SIZE];
	size_t count;
	int status;

	if (confirmed_list(list, &count, e))
		return EXIT_FAILED;
	u->back = count ? BACK_TO_CONFIRMED : BACK_TO_NOTHING;
	log_warning(
		"network-vlanbridge: %s wasn't confirmed before the host was booted: %s is started instead; to start "
		"it, run 'network-vlanbridge start', or edit it",
		r->config_file, confirm_describe_way_back(u, last));
	config_free(&r->config);
	if (way_back_read_config(u, &r->config, e))
		return EXIT_FAILED;
	status = change(nl, r, e);
	if (!status && confirm_reject(u, e))
		return EXIT_FAILED;
	return status;
}

// Without confirm=, a file counts as confirmed when it has been started.
static int change_at_once(
	struct netlink *nl, struct command_run *r, confirm_changing change, struct unconfirmed *u, struct err *e)
{
	struct err trouble = {0};
	int status;

	if (is_not_to_be_started(r, u))
		return start_confirmed_instead(nl, r, change, u, e);
	status = change(nl, r, e);
	if (status || !r->text.data)
		return status;
	// Where nothing can ever be kept, as on a read-only root, nobody need be told each time.
	if ((confirmed_add(&r->text, &trouble) || unconfirmed_remove(&trouble)) && trouble.code != EROFS)
		log_warning("network-vlanbridge: there will be no way back to this configuration: %s", trouble.text);
	return status;
}

// It was rolled back, which is verified; or that failed, too: then the way back is another attempt, and if that fails
// the deadline is one more.
static int end_failed(struct netlink *nl, struct unconfirmed *u, int status)
{
	struct err trouble = {0};

	if (status == EXIT_FAILED && confirm_go_back(nl, u, &trouble)) {
		log_error("network-vlanbridge: %s", trouble.text);
		return status;
	}
	if (!confirm_reject(u, &trouble))
		deadline_release();
	return status;
}

static int end_made(struct unconfirmed *u, struct err *e)
{
	char last[WAY_BACK_SIZE], until[32];

	u->made = true;
	if (unconfirmed_write(u, e))
		return EXIT_FAILED;
	way_back_print_time(u->deadline, until);
	log_warning(
		"network-vlanbridge: the change is made and has to be confirmed: without 'network-vlanbridge confirm' "
		"until %s the host goes back to %s",
		until, confirm_describe_way_back(u, last));
	return EXIT_DONE;
}

static int change_until_confirmed(
	struct netlink *nl, struct command_run *r, confirm_changing change, struct unconfirmed *u, struct err *e)
{
	int status;

	text_free(&u->text);
	*u = (struct unconfirmed){0};
	if (way_back_choose(nl, r, change == command_run_restart, u, e))
		return EXIT_USAGE;
	if (write_state(u, deadline_now() + (long long)r->confirm * SECOND, e))
		return EXIT_FAILED;
	if (deadline_hold(u->deadline, e)) {
		confirm_reject(u, &(struct err){0});
		return EXIT_FAILED;
	}
	status = change(nl, r, e);
	return status ? end_failed(nl, u, status) : end_made(u, e);
}

int confirm_change(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e)
{
	struct unconfirmed u;
	int status = EXIT_FAILED;

	read_unconfirmed(&u);
	if (!refuse_second(&u, e))
		status = r->confirm ? change_until_confirmed(nl, r, change, &u, e)
				    : change_at_once(nl, r, change, &u, e);
	text_free(&u.text);
	return status;
}

bool confirm_waits(const struct unconfirmed *u)
{
	return u->deadline && way_back_is_this_boot(u->boot);
}

int confirm_go_back(struct netlink *nl, const struct unconfirmed *u, struct err *e)
{
	struct command_run r = {.scope = SCOPE_FILE, .force = true};
	int status = EXIT_FAILED;

	if (u->back == BACK_BY_REMOVING) {
		r.stop = r.from_args = true;
		r.scope = SCOPE_ALL;
	}
	if (!way_back_read_config(u, &r.config, e))
		status = command_run_carry_out(nl, &r, e);
	command_run_free(&r);
	if (status)
		err_prefix(e, "can't go back: ");
	return status;
}

const char *confirm_describe_way_back(const struct unconfirmed *u, char buf[WAY_BACK_SIZE])
{
	struct confirmed list[STORE_KEPT];
	size_t count = 0;
	char date[32];

	if (u->back == BACK_BY_REMOVING)
		return "what it was before";
	confirmed_list(list, &count, &(struct err){0});
	if (u->back == BACK_TO_NOTHING || !count)
		return "nothing, as before";
	strftime(date, sizeof(date), "%F %T", localtime(&list[0].date));
	snprintf(buf, WAY_BACK_SIZE, "the configuration confirmed at %s", date);
	return buf;
}

void confirm_print(FILE *out)
{
	struct unconfirmed u;
	char last[WAY_BACK_SIZE];
	long long left;

	if (unconfirmed_read(&u, &(struct err){0}))
		return;
	left = (u.deadline - deadline_now()) / SECOND;
	if (confirm_waits(&u) && left >= 0)
		fprintf(out,
			"unconfirmed: %lld s are left for 'network-vlanbridge confirm'; then the host goes back to "
			"%s\n",
			left, confirm_describe_way_back(&u, last));
	else if (confirm_waits(&u))
		fprintf(out, "unconfirmed: the time for 'network-vlanbridge confirm' is over; run 'network-vlanbridge "
			     "revert' if the host doesn't go back by itself\n");
	text_free(&u.text);
}
