// SPDX-License-Identifier: ISC
// plan, and --dry-run of start, stop and restart: the steps are printed, none is taken.
#include "command_plan.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "interruptions.h"
#include "ip_commands.h"
#include "kernel_model.h"
#include "plan_words.h"
#include "snapshot.h"
#include "target.h"

// The plan as JSON: an array of steps.
static int print_json(const struct plan *p, struct err *e)
{
	struct libscols_table *table;
	int r;

	if (!p->count) // libsmartcols prints nothing then
		return printf("{\n   \"steps\": []\n}\n") < 0 ? err_set(e, errno, "can't print the plan") : 0;
	table = scols_new_table();
	r = table ? 0 : -ENOMEM;
	scols_table_enable_json(table, 1);
	scols_table_set_name(table, "steps");
	if (!r && !scols_table_new_column(table, "step", 0, 0))
		r = -ENOMEM;
	for (size_t i = 0; i < p->count && !r; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		char *text = step_text(&p->steps[i]);

		r = line && text ? scols_line_refer_data(line, 0, text) : -ENOMEM;
	}
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the plan") : 0;
}

static void print_interruption(const char *sentence)
{
	fprintf(stderr, "network-vlanbridge: %s\n", sentence);
}

// What goes from current to target, in words, unless there is another form.
static void print_words(
	const struct command_run *r, const struct plan *p, const struct host *current, const struct host *target)
{
	interruptions_tell(p, current, target, print_interruption);
	interruptions_tell_moves(p, current, print_interruption);
	if (!(r->given & (WITH_JSON | WITH_IP)))
		plan_print_words(stdout, p, current);
	fflush(stdout); // what restart says comes in two parts
}

static int print_steps(const struct command_run *r, struct err *e)
{
	if (r->given & WITH_JSON && print_json(&r->plan, e))
		return EXIT_FAILED;
	if (r->given & WITH_IP)
		ip_commands_print(stdout, &r->plan, &r->current);
	return r->given & WITH_EXIT_CODE && r->plan.count ? EXIT_CHANGES : EXIT_DONE;
}

static int plan_now(struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	if (!netlink_open(&nl, e) && !command_run_plan(nl, r, e, &status))
		status = command_run_refuse_stop(r, e) ? EXIT_USAGE : EXIT_DONE;
	netlink_close(nl);
	return status;
}

int command_plan_print(struct command_run *r, struct err *e)
{
	int status = plan_now(r, e);

	if (status)
		return status;
	print_words(r, &r->plan, &r->current, &r->target);
	return print_steps(r, e);
}

static int plan_stop(const struct command_run *r, struct host *ret, struct plan *down, struct err *e)
{
	struct origin o = {0};
	int result = origin_make(&r->current, SCOPE_ALL, r->from_args ? &r->config : NULL, &o, e);

	if (!result)
		result = target_make(&o, NULL, ret, e);
	if (!result)
		result = plan_make(&r->current, ret, down, e);
	origin_free(&o);
	return result;
}

// The host after that plan, by the model.
static int model_after(const struct host *current, const struct plan *p, struct host *ret, struct err *e)
{
	int result = host_copy(current, ret);

	for (size_t i = 0; i < p->count && !result; i++)
		result = kernel_model_do(ret, &p->steps[i]);
	return result ? err_set(e, -result, "can't tell how the host is after stop") : 0;
}

// The steps of more go to p.
static int append(struct plan *p, struct plan *more, struct err *e)
{
	struct step *steps = reallocarray(p->steps, p->count + more->count + 1, sizeof(*steps));

	if (!steps)
		return err_set(e, ENOMEM, "no memory for the plan");
	if (more->count)
		memcpy(steps + p->count, more->steps, more->count * sizeof(*steps));
	p->steps = steps;
	p->count += more->count;
	more->count = 0;
	return 0;
}

// The plan of start in r becomes that of stop, then start.
static int plan_again(struct command_run *r, struct err *e)
{
	struct host stopped = {0}, after = {0};
	struct plan up = {0};
	int result;

	plan_free(&r->plan);
	result = plan_stop(r, &stopped, &r->plan, e);
	if (!result) {
		print_words(r, &r->plan, &r->current, &stopped);
		result = model_after(&r->current, &r->plan, &after, e);
	}
	if (!result)
		result = plan_make(&after, &r->target, &up, e);
	if (!result) {
		print_words(r, &up, &after, &r->target);
		result = append(&r->plan, &up, e);
	}
	plan_free(&up);
	host_free(&after);
	host_free(&stopped);
	return result;
}

int command_plan_print_restart(struct command_run *r, struct err *e)
{
	int status = plan_now(r, e);

	if (status)
		return status;
	return plan_again(r, e) ? EXIT_FAILED : print_steps(r, e);
}

int command_plan(char **args, struct command_run *r, struct err *e)
{
	return command_run_read(args, r, e) ? EXIT_USAGE : command_plan_print(r, e);
}
