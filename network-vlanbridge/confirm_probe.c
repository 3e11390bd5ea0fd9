// SPDX-License-Identifier: ISC
// Changes that show by themselves that they are good: what answered before answers again.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "confirm.h"
#include "confirm_deadline.h"
#include "confirm_way_back.h"
#include "log.h"

#define NAMES_SIZE 512

int confirm_choose_probes(struct command_run *r, struct err *e)
{
	struct probes dropped = {0};
	char names[NAMES_SIZE];

	if (!r->probes.count)
		return EXIT_DONE;
	if (probes_ask(&r->probes, e))
		return EXIT_FAILED;
	probes_drop_absent_gateway(&r->probes);
	probes_drop_silent(&r->probes, &dropped);
	probes_print(&dropped, false, names, sizeof(names));
	if (!r->probes.count && !r->confirm) {
		err_set(e, EHOSTUNREACH,
			"no answer now from %s, so nothing would show that the change is good: name what answers, "
			"+ADDRESS for what will, or say confirm=SECONDS",
			names);
		return EXIT_USAGE;
	}
	if (dropped.count)
		log_warning("network-vlanbridge: what doesn't answer now isn't a probe: %s", names);
	return EXIT_DONE;
}

static void tell_waiting(const struct probes *p, long long deadline)
{
	char names[NAMES_SIZE], until[32];

	way_back_print_time(deadline, until);
	log_warning("network-vlanbridge: no answer yet from %s: the host goes back at %s if that stays so",
		probes_print(p, false, names, sizeof(names)), until);
}

static int end_answered(const struct command_run *r, struct unconfirmed *u, struct err *e)
{
	char names[NAMES_SIZE];

	if (!confirm_waits(u) || u->deadline != r->deadline) {
		err_set(e, ETIMEDOUT, "the change was taken back meanwhile");
		return EXIT_FAILED;
	}
	log_info("network-vlanbridge: answers came from %s", probes_print(&r->probes, true, names, sizeof(names)));
	u->probing = false;
	if (!r->confirm)
		return confirm_accept(u, e);
	if (unconfirmed_write(UNCONFIRMED_WAITING, u, e))
		return EXIT_FAILED;
	confirm_tell(u);
	return EXIT_DONE;
}

static int accept_answers(const struct command_run *r, struct err *e)
{
	struct unconfirmed u = {0};
	int status = EXIT_FAILED, lock = command_run_lock(e);

	if (lock >= 0 && !unconfirmed_read(UNCONFIRMED_WAITING, &u, e))
		status = end_answered(r, &u, e);
	text_free(&u.text);
	if (lock >= 0)
		close(lock);
	return status;
}

// At the deadline, whoever waits for it may be at it already. Before it, somebody else has taken the change back.
static int end_silent(const struct command_run *r, bool in_time, struct err *e)
{
	char names[NAMES_SIZE], why[NAMES_SIZE + 32];
	struct err trouble = {0};

	if (in_time) {
		err_set(e, ECANCELED, "the change was taken back meanwhile");
		return EXIT_FAILED;
	}
	snprintf(why, sizeof(why), "no answer after the change from %s",
		probes_print(&r->probes, false, names, sizeof(names)));
	if (confirm_take_back(r->deadline, why, &trouble))
		err_set(e, trouble.code, "%s; %s", why, trouble.text);
	else
		err_set(e, EHOSTUNREACH, "%s: it was taken back", why);
	return EXIT_FAILED;
}

int confirm_by_probes(struct command_run *r, struct err *e)
{
	struct probe_waiting waiting = {.deadline = r->deadline, .goes_on = confirm_still_waits, .tell = tell_waiting};
	int answered;

	if (!r->probes.count)
		return EXIT_DONE;
	answered = probes_wait(&r->probes, &waiting, e);
	if (answered < 0) {
		err_prefix(e, "can't ask the probes, so that the host goes back at the deadline: ");
		return EXIT_FAILED;
	}
	if (answered)
		return accept_answers(r, e);
	return end_silent(r, deadline_now() < r->deadline, e);
}
