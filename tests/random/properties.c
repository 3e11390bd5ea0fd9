// SPDX-License-Identifier: ISC
// The properties of one scenario, in the order in which each builds on those before.
#include "properties.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "invariants.h"
#include "random.h"

#define DIFFERENCE 1800 // bytes of a difference that are shown
#define TRIES 50        // for what the kernel makes by itself
#define PAUSE 50000     // microseconds

struct alone {
	struct state state;
	bool works;
	int status;
	long changes, stop_changes;
};

struct test {
	const struct options *o;
	const struct scenario *s;
	struct result *r;
	struct random random;
	struct state host;
	bool at_host; // the namespace is known to be as `host` says
	struct alone alone[SCENARIO_CONFIGS];
};

static const char *const files[SCENARIO_CONFIGS] = {"/tmp/A.conf", "/tmp/B.conf", "/tmp/C.conf"};

// How many of each kind, in the short form.
enum { KILLS = 2, KILLS_EDIT = 2, REFUSALS = 2, REFUSALS_STOP = 1 };

__attribute__((format(printf, 4, 5))) static void fail(
	struct test *t, const char *property, const char *difference, const char *format, ...)
{
	char what[ERROR_SIZE + 256];
	size_t used = strlen(t->r->details);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	what[strcspn(what, "\n")] = '\0';
	t->at_host = false;
	if (used + strlen(what) + strlen(difference) + 64 < sizeof(t->r->details))
		snprintf(
			t->r->details + used, sizeof(t->r->details) - used, "# %s: %s\n%s", property, what, difference);
	if (!strstr(t->r->failed, property)) {
		used = strlen(t->r->failed);
		snprintf(t->r->failed + used, sizeof(t->r->failed) - used, "%s%s", used ? " " : "", property);
	}
}

static const char *label(char text[32], const char *property, int config)
{
	snprintf(text, 32, "%s-%c", property, 'A' + config);
	return text;
}

static void run(struct test *t, const char *command, int config, struct run *r)
{
	lab_run(&t->o->programs, command, strcmp(command, "stop") ? files[config] : NULL, r);
	t->r->runs++;
	if (r->status > 0 && (r->error_lines != 1 || !*r->error))
		fail(t, "sentence", "", "%s exits with status %d and %d error lines on standard error: %s", command,
			r->status, r->error_lines, r->error);
	if (r->status < 0 && !r->kill)
		fail(t, "crash", "", "%s ended by signal %d: %s", command, -r->status, r->error);
}

static bool run_well(struct test *t, const char *command, int config, const char *property, const char *when)
{
	struct run r = {0};

	run(t, command, config, &r);
	if (!r.status)
		return true;
	fail(t, property, "", "%s: %s exits with status %d: %s", when, command, r.status, r.error);
	return false;
}

// What the kernel makes by itself is waited for; everything else has to be right at once.
static bool expect(
	struct test *t, const char *property, const struct state *wanted, unsigned int ignore, const char *when)
{
	char difference[DIFFERENCE];
	struct state now;
	size_t hard = 0, all = 1;

	for (int i = 0; i < TRIES && all && !hard; i++) {
		if (i)
			usleep(PAUSE);
		state_read(&now);
		hard = state_compare(wanted, &now, ignore | LINE_KERNEL, difference, sizeof(difference));
		if (!hard)
			all = state_compare(wanted, &now, ignore, difference, sizeof(difference));
		state_free(&now);
	}
	if (!all)
		return true;
	fail(t, property, difference, "%s: the state differs", when);
	return false;
}

static bool go_to_host(struct test *t)
{
	if (t->at_host)
		return true;
	if (lab_host(t->s)) {
		fail(t, "rig", "", "can't make the host");
		return false;
	}
	t->at_host = true;
	return true;
}

static void read_settled(struct state *s)
{
	for (int i = 0; i < TRIES; i++) {
		if (i) {
			state_free(s);
			usleep(PAUSE);
		}
		state_read(s);
		if (state_settled(s))
			return;
	}
}

static void check_invariants(struct test *t, const struct state *now, const char *when)
{
	char text[DIFFERENCE];

	if (two_uplinks(now, text, sizeof(text)))
		fail(t, "two-uplinks", text, "%s", when);
	if (addresses_on_ports(now, text, sizeof(text)))
		fail(t, "address-on-port", text, "%s", when);
	if (addresses_lost(&t->host, now, text, sizeof(text)))
		fail(t, "address-lost", text, "%s", when);
	if (unmanaged_changed(&t->host, now, text, sizeof(text)))
		fail(t, "unmanaged", text, "%s", when);
}

static void check_again(struct test *t, int config, const struct state *wanted, const char *property)
{
	struct run r = {0};

	run(t, "start", config, &r);
	if (r.status || r.changes)
		fail(t, property, "", "start again exits with status %d and sends %ld changes: %s", r.status, r.changes,
			r.error);
	expect(t, property, wanted, LINE_GUEST | LINE_KEPT, "start again");
}

// Ends in the host as it was, or in a state that nobody relies on.
static bool check_stop(struct test *t, const char *property, const char *when, long *changes)
{
	struct run r = {0};

	run(t, "stop", 0, &r);
	if (changes)
		*changes = r.changes;
	if (r.status) {
		fail(t, property, "", "%s: stop exits with status %d: %s", when, r.status, r.error);
		return false;
	}
	t->at_host = expect(t, property, &t->host, 0, when);
	return t->at_host;
}

static void remove_guests(void)
{
	struct state now;

	state_read(&now);
	lab_remove_guests(&now);
	state_free(&now);
}

static void check_works(struct test *t, int config, struct alone *a)
{
	char name[32], when[32];

	a->works = true;
	t->at_host = false;
	read_settled(&a->state);
	snprintf(when, sizeof(when), "after start %c", 'A' + config);
	check_invariants(t, &a->state, when);
	check_again(t, config, &a->state, label(name, "again", config));
	check_stop(t, label(name, "stop", config), "start and stop", &a->stop_changes);
}

static void check_alone(struct test *t, int config)
{
	struct alone *a = &t->alone[config];
	struct run r = {0};
	char name[32];

	if (!go_to_host(t))
		return;
	run(t, "start", config, &r);
	a->status = r.status;
	a->changes = r.changes;
	if (!r.status) {
		t->r->accepted++;
		check_works(t, config, a);
		return;
	}
	if (r.status == 2 && !r.changes) {
		t->r->refused++;
		expect(t, label(name, "refused", config), &t->host, 0, "a refused start");
		return;
	}
	t->r->broken++;
	fail(t, label(name, "start", config), "", "status %d after %ld changes: %s", r.status, r.changes, r.error);
	expect(t, label(name, "rollback", config), &t->host, 0, "a failed start");
}

// The state before the edit, with guests.
static bool begin_edit(struct test *t, int from, const char *property, struct state *before)
{
	if (!go_to_host(t))
		return false;
	t->at_host = false;
	if (!run_well(t, "start", from, property, "the first start"))
		return false;
	state_read(before);
	if (from == 0 && lab_attach(t->s, before))
		fail(t, "rig", "", "can't attach the guests");
	state_free(before);
	read_settled(before);
	return true;
}

static void check_guests(
	struct test *t, const struct state *before, int edit, int target, const char *property, const char *when)
{
	char text[DIFFERENCE];
	struct state now;

	state_read(&now);
	if (guests_disturbed(before, &t->alone[edit].state, &t->alone[target].state, &now, text, sizeof(text)))
		fail(t, property, text, "%s", when);
	state_free(&now);
}

// As systemctl restart does it: between the two, a guest's device is all that says where it belongs.
static void stopped_and_started(struct test *t, int to, const struct state *before)
{
	char name[32];

	label(name, "guests-again", to);
	if (run_well(t, "stop", to, name, "stop") && run_well(t, "start", to, name, "start after stop"))
		check_guests(t, before, to, to, name, "stop, and start again");
}

static void edited(struct test *t, int from, int to, const struct state *before)
{
	char name[32], when[64];
	struct state now;

	snprintf(when, sizeof(when), "start %c after %c", 'A' + to, 'A' + from);
	if (!t->alone[to].works) {
		fail(t, label(name, "path", to), "", "%s works, alone it exits with status %d", when,
			t->alone[to].status);
		return;
	}
	check_guests(t, before, to, to, label(name, "guests", to), when);
	state_read(&now);
	check_invariants(t, &now, when);
	state_free(&now);
	expect(t, label(name, "path", to), &t->alone[to].state, LINE_GUEST | LINE_KEPT, when);
	check_again(t, to, &t->alone[to].state, label(name, "again-edit", to));
	if (from == 0)
		stopped_and_started(t, to, before);
}

static void not_edited(struct test *t, int from, int to, const struct run *r, const struct state *before)
{
	char name[32], when[64];

	snprintf(when, sizeof(when), "start %c after %c", 'A' + to, 'A' + from);
	if (t->alone[to].works || r->status != 2 || r->changes)
		fail(t, label(name, "edit", to), "", "%s exits with status %d after %ld changes, alone with %d: %s",
			when, r->status, r->changes, t->alone[to].status, r->error);
	expect(t, label(name, "rollback-edit", to), before, 0, when);
}

// Returns how many changes the edit takes; 0 if it can't be made.
static long check_edit(struct test *t, int from, int to)
{
	struct state before;
	struct run r = {0};
	char name[32];
	bool works;

	if (!t->alone[from].works || !begin_edit(t, from, label(name, "edit", to), &before))
		return 0;
	run(t, "start", to, &r);
	works = !r.status && t->alone[to].works;
	if (!r.status)
		edited(t, from, to, &before);
	else
		not_edited(t, from, to, &r, &before);
	remove_guests();
	check_stop(t, label(name, "stop-edit", to), "start, edit, stop", NULL);
	state_free(&before);
	return works ? r.changes : 0;
}

// False if the run ended before it came to that message.
static bool killed(struct test *t, const char *command, int config, long message)
{
	struct run r = {.kill = message};

	run(t, command, config, &r);
	t->at_host = false;
	return r.status == -9;
}

static void kill_start(struct test *t, int config, long message, bool restart)
{
	const struct alone *a = &t->alone[config];
	char name[32], when[96];

	label(name, "kill-start", config);
	snprintf(when, sizeof(when), "start %c killed at change %ld, %s", 'A' + config, message,
		restart ? "start" : "stop");
	if (!go_to_host(t) || !killed(t, "start", config, message))
		return;
	if (!restart) {
		check_stop(t, name, when, NULL);
		return;
	}
	if (run_well(t, "start", config, name, when))
		expect(t, name, &a->state, 0, when);
}

// From the state of a start.
static void kill_stop(struct test *t, int config, long message)
{
	char name[32], when[96];

	label(name, "kill-stop", config);
	snprintf(when, sizeof(when), "start %c, stop killed at change %ld, stop", 'A' + config, message);
	if (killed(t, "stop", config, message))
		check_stop(t, name, when, NULL);
	else
		t->at_host = false;
}

static bool go_to_started(struct test *t, int config, const char *property)
{
	if (!go_to_host(t))
		return false;
	t->at_host = false;
	return run_well(t, "start", config, property, "the first start");
}

static long pick(struct test *t, long i, long count)
{
	return t->o->all_kills ? i + 1 : 1 + random_below(&t->random, (int)count);
}

static long how_many(const struct test *t, long some, long all)
{
	return t->o->all_kills || all < some ? all : some;
}

static void check_kills(struct test *t, int config)
{
	const struct alone *a = &t->alone[config];

	for (long i = 0; i < how_many(t, KILLS, a->changes); i++) {
		long message = pick(t, i, a->changes);

		if (t->o->all_kills || i % 2)
			kill_start(t, config, message, false);
		if (t->o->all_kills || !(i % 2))
			kill_start(t, config, message, true);
	}
	for (long i = 0; i < how_many(t, KILLS, a->stop_changes); i++)
		if (go_to_started(t, config, "kill-stop"))
			kill_stop(t, config, pick(t, i, a->stop_changes));
}

enum after { START_NEW, STOP, START_OLD, AFTERS };

static void kill_edit(struct test *t, int from, int to, long message, enum after after)
{
	static const char *const words[] = {"start the new one", "stop", "start the old one"};
	int target = after == START_OLD ? from : to;
	char name[32], when[96];
	struct state before;

	label(name, "kill-edit", to);
	snprintf(when, sizeof(when), "start %c after %c killed at change %ld, %s", 'A' + to, 'A' + from, message,
		words[after]);
	if (!begin_edit(t, from, name, &before))
		return;
	if (killed(t, "start", to, message) && after != STOP && run_well(t, "start", target, name, when)) {
		check_guests(t, &before, to, target, name, when);
		expect(t, name, &t->alone[target].state, LINE_GUEST | LINE_KEPT, when);
	}
	remove_guests();
	check_stop(t, name, when, NULL);
	state_free(&before);
}

static void check_kills_edit(struct test *t, int from, int to, long changes)
{
	for (long i = 0; i < how_many(t, KILLS_EDIT, changes); i++) {
		long message = pick(t, i, changes);
		enum after first = t->o->all_kills ? START_NEW : (enum after)((t->s->seed + (uint64_t)i) % AFTERS);

		for (enum after a = first; a <= (t->o->all_kills ? START_OLD : first); a++)
			kill_edit(t, from, to, message, a);
	}
}

// The state of a refused command is that before it; one that knows how to go on without is fine as well.
// Returns whether the state is still the one before.
static bool check_refusal(struct test *t, const char *command, int config, long message, const char *property,
	const struct state *before, const struct state *done)
{
	struct run r = {.refuse = message};
	char when[96];

	snprintf(when, sizeof(when), "%s %c with change %ld refused", command, 'A' + config, message);
	run(t, command, config, &r);
	if (r.status == 1)
		return expect(t, property, before, 0, when);
	if (r.status)
		fail(t, property, "", "%s exits with status %d: %s", when, r.status, r.error);
	else
		expect(t, property, done, LINE_GUEST | LINE_KEPT, when);
	return false;
}

static void check_refusals(struct test *t, int config)
{
	const struct alone *a = &t->alone[config];
	char name[32];

	for (long i = 0; i < how_many(t, REFUSALS, a->changes); i++) {
		if (!go_to_host(t))
			return;
		t->at_host = check_refusal(t, "start", config, pick(t, i, a->changes),
			label(name, "refuse-start", config), &t->host, &a->state);
	}
	if (go_to_started(t, config, label(name, "refuse-start", config)))
		expect(t, name, &a->state, 0, "start after refusals");
	label(name, "refuse-stop", config);
	for (long i = 0; i < how_many(t, REFUSALS_STOP, a->stop_changes); i++)
		if (!check_refusal(t, "stop", config, pick(t, i, a->stop_changes), name, &a->state, &t->host))
			go_to_started(t, config, name);
	check_stop(t, name, "stop after refusals", NULL);
}

static void check_refusals_edit(struct test *t, int from, int to, long changes)
{
	struct state before = {0};
	char name[32];
	bool ready = false;

	label(name, "refuse-edit", to);
	for (long i = 0; i < how_many(t, REFUSALS, changes); i++) {
		if (!ready) {
			state_free(&before);
			t->at_host = false;
			if (!begin_edit(t, from, name, &before))
				break;
		}
		ready = check_refusal(t, "start", to, pick(t, i, changes), name, &before, &t->alone[to].state);
	}
	remove_guests();
	check_stop(t, name, "stop after refused edits", NULL);
	state_free(&before);
}

static void check_all(struct test *t)
{
	long changes[SCENARIO_CONFIGS] = {0};

	for (int i = 0; i < t->s->configs; i++)
		check_alone(t, i);
	for (int i = 1; i < t->s->configs; i++)
		changes[i] = check_edit(t, i - 1, i);
	if (t->alone[0].works) {
		check_kills(t, 0);
		check_refusals(t, 0);
	}
	for (int i = 1; i < t->s->configs; i++) {
		if (!changes[i])
			continue;
		check_kills_edit(t, i - 1, i, changes[i]);
		check_refusals_edit(t, i - 1, i, changes[i]);
	}
}

void check_scenario(const struct options *o, const struct scenario *s, struct result *result)
{
	struct test t = {.o = o, .s = s, .r = result, .random = {.state = ~s->seed}};

	memset(result, 0, sizeof(*result));
	for (int i = 0; i < s->configs; i++)
		lab_write(files[i], s->config[i]);
	if (go_to_host(&t)) {
		read_settled(&t.host);
		check_all(&t);
	}
	state_free(&t.host);
	for (int i = 0; i < s->configs; i++)
		state_free(&t.alone[i].state);
}
