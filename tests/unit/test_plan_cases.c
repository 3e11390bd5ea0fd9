// SPDX-License-Identifier: ISC
// Plan cases: files that hold a configuration, a kernel state, and the steps and undo that must come of them.
//
// Sections start with `-- NAME`: config, kernel, then steps and undo, or error. `-- stop` instead of a config stops
// everything. `-- arguments` instead of a config has a command line, an argument a line, which adds its stack to what
// is there; with `-- stop` before it only that stack is stopped. Beyond the text, every case must end in a state that
// needs no further step, and its undo must lead back. UPDATE=1 in the environment writes the expectations anew; read
// the difference before committing it.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "host_text.h"
#include "kernel_text.h"
#include "network-vlanbridge/config.h"
#include "network-vlanbridge/ip_commands.h"
#include "network-vlanbridge/kernel_model.h"
#include "network-vlanbridge/plan.h"
#include "network-vlanbridge/plan_words.h"
#include "network-vlanbridge/target.h"
#include "tests.h"

struct plan_case {
	char *path, *text;
	char *comment, *config, *arguments, *kernel, *steps, *undo, *error;
	char *words, *ip; // where a case has them
	bool stop;
};

char *file_text(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

static char **section(struct plan_case *c, const char *name)
{
	return !strcmp(name, "config")      ? &c->config
	       : !strcmp(name, "arguments") ? &c->arguments
	       : !strcmp(name, "kernel")    ? &c->kernel
	       : !strcmp(name, "steps")     ? &c->steps
	       : !strcmp(name, "undo")      ? &c->undo
	       : !strcmp(name, "error")     ? &c->error
	       : !strcmp(name, "words")     ? &c->words
	       : !strcmp(name, "ip")        ? &c->ip
					    : NULL;
}

// Cuts the text at its `-- NAME` lines; what stands before the first is the comment.
static void split(struct plan_case *c)
{
	static char empty[] = "";
	char *at = c->text, *end, **last = &c->comment, **to;

	c->comment = at;
	for (; at; at = (end = strchr(at, '\n')) ? end + 1 : NULL) {
		if (strncmp(at, "-- ", 3))
			continue;
		if (last && *last == at)
			*last = empty;
		else if (at > c->text)
			at[-1] = '\0';
		end = strchr(at, '\n');
		assert_non_null(end);
		*end = '\0';
		to = section(c, at + 3);
		if (!to && strcmp(at, "-- stop"))
			fail_msg("%s: unknown section '%s'", c->path, at);
		c->stop |= !to;
		last = to;
		if (to)
			*to = end + 1;
		at = end;
		*end = '\n';
	}
}

static char *print_steps(const struct plan *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < p->count; i++) {
		char *step = step_text(&p->steps[i]);

		fprintf(f, "%s\n", step);
		free(step);
	}
	fclose(f);
	return text;
}

// What plan and plan --ip print.
static char *print_for_people(const struct plan *p, const struct host *current,
	void (*print)(FILE *out, const struct plan *p, const struct host *current))
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	print(f, p, current);
	fclose(f);
	return text;
}

static void update(const struct plan_case *c, const char *steps, const char *undo, const char *words, const char *ip,
	const char *error)
{
	FILE *f = fopen(c->path, "w");

	assert_non_null(f);
	fprintf(f, "%s\n", c->comment);
	if (c->stop)
		fprintf(f, "-- stop\n");
	if (c->arguments)
		fprintf(f, "-- arguments\n%s\n", c->arguments);
	else if (!c->stop)
		fprintf(f, "-- config\n%s\n", c->config);
	fprintf(f, "-- kernel\n%s\n", c->kernel);
	if (error)
		fprintf(f, "-- error\n%s\n", error);
	else
		fprintf(f, "-- steps\n%s-- undo\n%s", steps, undo);
	if (c->words)
		fprintf(f, "-- words\n%s", words);
	if (c->ip)
		fprintf(f, "-- ip\n%s", ip);
	fclose(f);
}

static void compare(const struct plan_case *c, const char *what, const char *got, const char *wanted)
{
	size_t n = wanted ? strlen(wanted) : 0;

	if (!wanted)
		fail_msg("%s: %s are missing: write them with UPDATE=1", c->path, what);
	while (n && wanted[n - 1] == '\n')
		n--;
	if (strncmp(got, wanted, n) || strspn(got + n, "\n") != strlen(got + n))
		fail_msg("%s: %s are\n%s\ninstead of\n%s", c->path, what, got, wanted);
}

static void make_plan(const struct plan_case *c, const struct host *current, const struct config *config,
	struct plan *ret, struct host *target, struct err *e)
{
	enum scope scope = c->stop ? SCOPE_ALL : c->arguments ? SCOPE_ADD : SCOPE_FILE;
	const struct config *names = c->stop && !c->arguments ? NULL : config;
	struct origin origin = {0};

	if (!e->code)
		origin_make(current, scope, names, &origin, e);
	if (!e->code)
		target_make(&origin, c->stop ? NULL : config, target, e);
	if (!e->code)
		plan_make(current, target, ret, e);
	origin_free(&origin);
}

// Whether an entry has its device; if not, now or at first, wherever it comes from is as good as any.
static bool has_home(const struct host *first, const struct host *now, const struct l3_entry *e)
{
	const struct l3_entry *other;
	size_t at = 0;

	if (e->kind == L3_RULE)
		return true;
	while ((other = host_next_entry(first, &at)))
		if (other->kind == e->kind && !strcmp(other->key, e->key) && !host_find(first, other->devices[0].name))
			return false;
	return host_find(now, e->devices[0].name);
}

// Without what goes with a device of ours, and without MAC addresses: the cases don't say which ones ports had before.
static char *origin_text(const struct host *first, const struct host *h)
{
	const struct l3_entry *e;
	struct origin o;
	size_t at = 0;
	char *text;

	assert_int_equal(origin_make(h, SCOPE_ALL, NULL, &o, NULL), 0);
	for (size_t i = 0; i < o.host.count; i++) {
		vlans_keep_default(&o.host.devices[i]->vlans, 0);
		o.host.devices[i]->link.set &= ~(unsigned int)LINK_MAC;
	}
	while ((e = host_next_entry(&o.host, &at)))
		if (!has_home(first ? first : &o.host, &o.host, e))
			host_remove_entry(&o.host, e);
	text = host_text(&o.host, false);
	origin_free(&o);
	return text;
}

// A client of ours that runs is found again by the mark alone.
static bool clients_are_marked(const struct host *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->devices[i]->dhcp && !h->devices[i]->mark.dhcp)
			return false;
	return true;
}

// Killed after any step, it can still be told how the host was before us.
static void check_origins(const struct plan_case *c, const struct host *from, const struct plan *p)
{
	char *wanted = origin_text(NULL, from), *text;
	struct origin first;
	struct host h;

	assert_int_equal(origin_make(from, SCOPE_ALL, NULL, &first, NULL), 0);
	assert_int_equal(host_copy(from, &h), 0);
	for (size_t i = 0; i < p->count; i++) {
		assert_int_equal(kernel_model_do(&h, &p->steps[i]), 0);
		text = origin_text(&first.host, &h);
		if (strcmp(text, wanted))
			fail_msg("%s: after '%s' the origin is\n%s\ninstead of\n%s", c->path, step_text(&p->steps[i]),
				text, wanted);
		if (!clients_are_marked(&h))
			fail_msg("%s: after '%s' a DHCP client has no mark", c->path, step_text(&p->steps[i]));
		free(text);
	}
	free(wanted);
	origin_free(&first);
	host_free(&h);
}

static void do_steps(const struct plan_case *c, struct host *h, const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (kernel_model_do(h, &p->steps[i]))
			fail_msg("%s: step %zu doesn't fit: %s", c->path, i, step_text(&p->steps[i]));
		if (!host_counts_are_right(h))
			fail_msg("%s: wrong counts after %s", c->path, step_text(&p->steps[i]));
	}
}

// Planning again finds nothing to do; the undo leads to where it began.
static void check_properties(const struct plan_case *c, const struct config *config, struct host *current,
	const struct plan *p, struct plan *undo)
{
	struct plan again = {0};
	struct host before = {0}, target = {0};
	struct err e = {0};

	assert_int_equal(host_copy(current, &before), 0);
	check_origins(c, current, p);
	do_steps(c, current, p);
	make_plan(c, current, config, &again, &target, &e);
	if (e.code)
		fail_msg("%s: planning again fails: %s", c->path, e.text);
	if (again.count)
		fail_msg("%s: planning again finds %s", c->path, print_steps(&again));
	if (plan_make(current, &before, undo, &e))
		fail_msg("%s: no undo: %s", c->path, e.text);
	do_steps(c, current, undo);
	plan_free(&again);
	if (plan_make(current, &before, &again, &e) || again.count)
		fail_msg("%s: the undo leaves %s", c->path, e.code ? e.text : print_steps(&again));
	plan_free(&again);
	host_free(&before);
	host_free(&target);
}

// The first device becomes the last one.
static void rotate_devices(struct host *h)
{
	struct device *first = h->devices[0];

	memmove(h->devices, h->devices + 1, (h->count - 1) * sizeof(*h->devices));
	h->devices[h->count - 1] = first;
	for (size_t i = 0; i < h->count; i++)
		h->devices[i]->slot = i;
}

// In whatever order the kernel tells its devices, the plan leads to the same target.
static void check_order(
	const struct plan_case *c, const struct host *current, const struct config *config, const struct host *target)
{
	struct host h, other;
	struct plan plan, rest;
	struct err e = {0};

	assert_int_equal(host_copy(current, &h), 0);
	for (size_t i = 1; i < h.count; i++) {
		struct host after;

		rotate_devices(&h);
		make_plan(c, &h, config, &plan, &other, &e);
		if (e.code)
			fail_msg("%s: %zu devices later: %s", c->path, i, e.text);
		assert_int_equal(host_copy(&h, &after), 0);
		do_steps(c, &after, &plan);
		assert_int_equal(plan_make(&after, target, &rest, &e), 0);
		if (rest.count)
			fail_msg("%s: %zu devices later: %s", c->path, i, print_steps(&rest));
		plan_free(&plan);
		host_free(&other);
		host_free(&after);
	}
	host_free(&h);
}

// With one allocation failing: that error, or the same plan all the same; and all memory is given back. Returns how
// many allocations there were.
static size_t plan_without_memory(const struct plan_case *c, const struct host *current, const struct config *config,
	const char *steps, size_t nth)
{
	size_t before = allocations_live(), made;
	char *now = NULL;
	struct host target = {0};
	struct plan plan = {0};
	struct err e = {0};

	allocations_fail(nth);
	make_plan(c, current, config, &plan, &target, &e);
	made = allocations_made();
	allocations_fail(0);
	if (!e.code)
		now = print_steps(&plan);
	if (e.code ? e.code != ENOMEM : strcmp(now, steps))
		fail_msg("%s: allocation %zu fails: %s", c->path, nth, e.code ? e.text : now);
	free(now);
	plan_free(&plan);
	host_free(&target);
	if (allocations_live() != before)
		fail_msg("%s: allocation %zu fails: %zd blocks aren't freed", c->path, nth,
			(ssize_t)(allocations_live() - before));
	return made;
}

static void check_memory(
	const struct plan_case *c, const struct host *current, const struct config *config, const char *steps)
{
	size_t all = plan_without_memory(c, current, config, steps, 0);

	for (size_t nth = 1; nth <= all; nth++)
		plan_without_memory(c, current, config, steps, nth);
}

static void read_config(const struct plan_case *c, const struct host *current, struct config *ret, struct err *e)
{
	char *arguments[16] = {NULL}, *copy, *rest, *line;
	size_t n = 0;

	if (!c->arguments) {
		if (!c->stop)
			config_parse("conf", c->config, strlen(c->config), ret, e);
		return;
	}
	copy = rest = strdup(c->arguments);
	while ((line = strsep(&rest, "\n")) && n < 15)
		if (*line)
			arguments[n++] = line;
	config_args(arguments, current, ret, e);
	free(copy);
}

static void run_case(void **state)
{
	struct plan_case c = {.path = *state};
	struct config config = {0};
	struct host current = {0}, target = {0};
	struct plan plan = {0}, undo = {0};
	struct err e = {0};
	char *steps, *back, *kernel, *words, *ip;

	c.text = file_text(c.path);
	split(&c);
	assert_non_null(c.kernel);
	kernel = strdup(c.kernel);
	kernel_text(kernel, &current);
	read_config(&c, &current, &config, &e);
	make_plan(&c, &current, &config, &plan, &target, &e);
	steps = print_steps(&plan);
	words = print_for_people(&plan, &current, plan_print_words);
	ip = print_for_people(&plan, &current, ip_commands_print);
	if (!e.code) {
		check_order(&c, &current, &config, &target);
		check_memory(&c, &current, &config, steps);
		check_properties(&c, &config, &current, &plan, &undo);
	}
	back = print_steps(&undo);
	if (getenv("UPDATE"))
		update(&c, steps, back, words, ip, e.code ? e.text : NULL);
	else if (c.error || e.code)
		compare(&c, "errors", e.text, c.error ? c.error : "none");
	else
		compare(&c, "steps", steps, c.steps), compare(&c, "undo", back, c.undo);
	if (c.words && !getenv("UPDATE"))
		compare(&c, "words", words, c.words);
	if (c.ip && !getenv("UPDATE"))
		compare(&c, "commands", ip, c.ip);
	plan_free(&plan);
	plan_free(&undo);
	config_free(&config);
	host_free(&current);
	host_free(&target);
	free(kernel);
	free(steps);
	free(words);
	free(ip);
	free(back);
	free(c.text);
}

static int is_case(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcmp(d->d_name + n - 4, ".txt");
}

int test_plan_cases(const char *directory)
{
	struct CMUnitTest tests[256] = {0};
	struct dirent **files;
	int n = scandir(directory, &files, is_case, alphasort), failed;

	if (n <= 0 || n > 256) {
		fprintf(stderr, "%s: no plan cases\n", directory);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char *path;

		if (asprintf(&path, "%s/%s", directory, files[i]->d_name) < 0)
			return 1;
		tests[i] = (struct CMUnitTest){files[i]->d_name, run_case, NULL, NULL, path};
	}
	failed = _cmocka_run_group_tests("plan cases", tests, (size_t)n, NULL, NULL);
	for (int i = 0; i < n; i++) {
		free(tests[i].initial_state);
		free(files[i]);
	}
	free(files);
	return failed;
}
