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
static void read_unconfirmed(enum unconfirmed_kind kind, struct unconfirmed *u)
{
	struct err trouble = {0};

	if (unconfirmed_read(kind, u, &trouble))
		log_warning("network-vlanbridge: %s", trouble.text);
}

static bool is_file_now(const struct text *t)
{
	struct text now = {0};
	bool same = !config_read_text(CONFIG_FILE, &now.data, &now.size, &(struct err){0}) && text_is_same(&now, t);

	text_free(&now);
	return same;
}

// Only of the file that boots start: another one that was tried is of no interest to them.
static bool is_to_be_rejected(const struct unconfirmed *u)
{
	return u->back != BACK_BY_REMOVING && u->text.size && !confirmed_is_last(&u->text) && is_file_now(&u->text);
}

int confirm_reject(const struct unconfirmed *u, struct err *e)
{
	return is_to_be_rejected(u) ? unconfirmed_reject(e) : unconfirmed_remove(UNCONFIRMED_WAITING, e);
}

int confirm_reject_text(struct unconfirmed *u, struct err *e)
{
	way_back_boot_id(u->boot);
	if (is_to_be_rejected(u) && unconfirmed_write(UNCONFIRMED_REJECTED, u, e))
		return -e->code;
	return unconfirmed_remove(UNCONFIRMED_WAITING, e);
}

// A boot has ended a change that waited: no start of this boot has seen its file yet.
static void end_by_boot(const struct unconfirmed *u)
{
	struct err trouble = {0};

	if (*u->boot && !confirm_waits(u) && confirm_reject(u, &trouble))
		log_warning("network-vlanbridge: %s", trouble.text);
}

static int refuse_second(const struct unconfirmed *u, struct err *e)
{
	if (!confirm_waits(u))
		return 0;
	return err_set(e, EBUSY,
		"a change waits for its confirmation: run 'network-vlanbridge confirm' to keep it, or "
		"'network-vlanbridge revert' to take it back, first");
}

// A boot starts the file as it is there. One that wasn't confirmed is left alone, until somebody starts it by hand,
// which is any later start of the same boot, or writes another.
static bool is_not_to_be_started(const struct command_run *r, const struct unconfirmed *rejected)
{
	return text_is_same(&r->text, &rejected->text) && !way_back_is_this_boot(rejected->boot);
}

static int start_confirmed_instead(
	struct netlink *nl, struct command_run *r, confirm_changing change, struct unconfirmed *rejected, struct err *e)
{
	struct confirmed list[STORE_KEPT];
	char last[WAY_BACK_SIZE];
	size_t count;
	int status;

	if (confirmed_list(list, &count, e))
		return EXIT_FAILED;
	rejected->back = count ? BACK_TO_CONFIRMED : BACK_TO_NOTHING;
	log_warning("network-vlanbridge: %s wasn't confirmed before the host was booted: %s is started instead; to "
		    "start it, run 'network-vlanbridge start', or edit it",
		r->config_file, count ? way_back_describe(rejected, last) : "nothing");
	config_free(&r->config);
	if (way_back_read_config(rejected, &r->config, e))
		return EXIT_FAILED;
	status = change(nl, r, e);
	way_back_boot_id(rejected->boot);
	if (!status && unconfirmed_write(UNCONFIRMED_REJECTED, rejected, e))
		return EXIT_FAILED;
	return status;
}

int confirm_keep(const struct text *file, struct err *e)
{
	struct unconfirmed rejected;
	int r = confirmed_add(file, e);

	if (r)
		return r;
	r = unconfirmed_read(UNCONFIRMED_REJECTED, &rejected, e);
	if (!r && text_is_same(file, &rejected.text))
		r = unconfirmed_remove(UNCONFIRMED_REJECTED, e);
	text_free(&rejected.text);
	return r;
}

// Without confirm=, a file counts as confirmed when it has been started.
static int change_at_once(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e)
{
	struct unconfirmed rejected;
	struct err trouble = {0};
	int status;

	read_unconfirmed(UNCONFIRMED_REJECTED, &rejected);
	if (is_not_to_be_started(r, &rejected)) {
		status = start_confirmed_instead(nl, r, change, &rejected, e);
	} else {
		status = change(nl, r, e);
		// Where nothing can ever be kept, as on a read-only root, nobody need be told each time.
		if (!status && r->text.data && confirm_keep(&r->text, &trouble) && trouble.code != EROFS)
			log_warning("network-vlanbridge: there will be no way back to this configuration: %s",
				trouble.text);
	}
	text_free(&rejected.text);
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

void confirm_tell(const struct unconfirmed *u)
{
	char last[WAY_BACK_SIZE], until[32];

	way_back_print_time(u->deadline, until);
	log_warning(
		"network-vlanbridge: the change is made and has to be confirmed: without 'network-vlanbridge confirm' "
		"until %s the host goes back to %s",
		until, way_back_describe(u, last));
}

static int end_made(struct unconfirmed *u, struct err *e)
{
	u->made = true;
	if (unconfirmed_write(UNCONFIRMED_WAITING, u, e)) {
		err_prefix(e, "the change is made, can't be confirmed, and goes back at its deadline: ");
		return EXIT_FAILED;
	}
	if (!u->probing)
		confirm_tell(u);
	return EXIT_DONE;
}

static int change_before_deadline(
	struct netlink *nl, struct command_run *r, confirm_changing change, struct unconfirmed *u, struct err *e)
{
	int status;

	u->probing = r->probes.count;
	u->deadline = deadline_now() + (long long)(r->confirm ? r->confirm : PROBE_SECONDS) * SECOND;
	r->deadline = u->deadline;
	if (unconfirmed_write(UNCONFIRMED_WAITING, u, e))
		return EXIT_FAILED;
	if (deadline_hold(u->deadline, e)) {
		unconfirmed_remove(UNCONFIRMED_WAITING, &(struct err){0});
		return EXIT_FAILED;
	}
	status = change(nl, r, e);
	return status ? end_failed(nl, u, status) : end_made(u, e);
}

static int change_until_confirmed(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e)
{
	struct unconfirmed u = {0};
	int status = EXIT_USAGE;

	way_back_boot_id(u.boot);
	if (!way_back_choose(nl, r, change == command_run_restart, &u, e))
		status = confirm_choose_probes(r, e);
	if (!status)
		status = change_before_deadline(nl, r, change, &u, e);
	text_free(&u.text);
	return status;
}

int confirm_change(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e)
{
	struct unconfirmed u;
	int status;

	read_unconfirmed(UNCONFIRMED_WAITING, &u);
	end_by_boot(&u);
	if (refuse_second(&u, e))
		status = EXIT_FAILED;
	else if (r->confirm || r->probes.count)
		status = change_until_confirmed(nl, r, change, e);
	else
		status = change_at_once(nl, r, change, e);
	text_free(&u.text);
	return status;
}

bool confirm_waits(const struct unconfirmed *u)
{
	return *u->boot && way_back_is_this_boot(u->boot);
}

bool confirm_is_awaited(void)
{
	struct unconfirmed u;
	bool waits = !unconfirmed_read(UNCONFIRMED_WAITING, &u, &(struct err){0}) && confirm_waits(&u);

	text_free(&u.text);
	return waits;
}

int confirm_go_back(struct netlink *nl, const struct unconfirmed *u, struct err *e)
{
	struct command_run r = {.scope = SCOPE_FILE, .given = WITH_FORCE};
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

int confirm_read_config(const char *file, struct config *ret, struct err *e)
{
	struct unconfirmed u = {0}, rejected = {0};
	struct text text = {0};
	int r = config_read_text(file, &text.data, &text.size, e);

	if (!r && !unconfirmed_read(UNCONFIRMED_WAITING, &u, &(struct err){0}) && !confirm_waits(&u))
		unconfirmed_read(UNCONFIRMED_REJECTED, &rejected, &(struct err){0});
	if (!r && text_is_same(&text, &rejected.text))
		r = way_back_read_config(&(struct unconfirmed){.back = BACK_TO_CONFIRMED}, ret, e);
	else if (!r)
		r = config_parse(file, text.data, text.size, ret, e);
	text_free(&u.text);
	text_free(&rejected.text);
	text_free(&text);
	return r;
}

void confirm_print(FILE *out)
{
	struct unconfirmed u;
	char last[WAY_BACK_SIZE];
	long long left;

	if (unconfirmed_read(UNCONFIRMED_WAITING, &u, &(struct err){0}))
		return;
	left = (u.deadline - deadline_now()) / SECOND;
	if (confirm_waits(&u) && left >= 0)
		fprintf(out, "unconfirmed: %lld s are left for %s; then the host goes back to %s\n", left,
			u.probing ? "the probes to answer" : "'network-vlanbridge confirm'",
			way_back_describe(&u, last));
	else if (confirm_waits(&u))
		fprintf(out, "unconfirmed: the time for 'network-vlanbridge confirm' is over; run 'network-vlanbridge "
			     "revert' if the host doesn't go back by itself\n");
	text_free(&u.text);
}
