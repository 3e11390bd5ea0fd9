// SPDX-License-Identifier: ISC
// What a command line means, and which ones are refused.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "network-vlanbridge/command_options.h"
#include "tests.h"

static const struct command start = {"start", NULL, WITH_CONFIG | WITH_CONFIRM | WITH_DRY_RUN | WITH_JSON,
	"[KEY=VALUE ...]", 0, ANY_NUMBER, "builds"};
static const struct command status = {"status", NULL, WITH_JSON | WITH_TREE, "[DEVICE]", 0, 1, "shows"};
static const struct command release = {"release", NULL, 0, "BRIDGE", 1, 1, "removes"};

// text: the words, separated by spaces. args: what is left of them.
static int scan(const struct command *c, const char *text, char **args, struct command_run *r, struct err *e)
{
	static char copy[256];
	char *rest = strcpy(copy, text);
	size_t n = 0;

	*r = (struct command_run){0};
	*e = (struct err){0};
	while (rest && n < 15)
		args[n++] = strsep(&rest, " ");
	args[n] = NULL;
	return command_options_read(c, args, r, e);
}

static void test_taken(void **state)
{
	struct command_run r;
	char *args[16];
	struct err e;

	(void)state;
	assert_int_equal(scan(&start, "vlan=3 -c a.conf netdev=eth0 -n confirm=60", args, &r, &e), 0);
	assert_string_equal(args[0], "vlan=3");
	assert_string_equal(args[1], "netdev=eth0");
	assert_null(args[2]);
	assert_string_equal(r.config_file, "a.conf");
	assert_int_equal(r.confirm, 60);
	assert_int_equal(r.given, WITH_CONFIG | WITH_CONFIRM | WITH_DRY_RUN);
	assert_int_equal(scan(&start, "--dry-run --json config=b.conf", args, &r, &e), 0);
	assert_string_equal(r.config_file, "b.conf");
	assert_int_equal(scan(&status, "bond0 --tree", args, &r, &e), 0);
	assert_string_equal(args[0], "bond0");
	assert_string_equal(r.config_file, CONFIG_FILE);
}

static void test_help_wins(void **state)
{
	struct command_run r;
	char *args[16];
	struct err e;

	(void)state;
	assert_int_equal(scan(&release, "--help a b c", args, &r, &e), 0);
	assert_int_equal(r.given, WITH_HELP);
}

static void test_refused(void **state)
{
	static const struct {
		const struct command *command;
		const char *text, *message;
	} cases[] = {
		{&start, "-x", "unknown option '-x'; see network-vlanbridge start --help"},
		{&start, "--tree", "'--tree' has no use here; see network-vlanbridge start --help"},
		{&status, "config=x", "'config=x' has no use here; see network-vlanbridge status --help"},
		{&start, "-c x config=x", "'config=x' is one option too many: it is given twice"},
		{&start, "-n -c", "'-c' has no value: say -c FILE"},
		{&start, "config=", "config= has no value"},
		{&start, "confirm=0", "confirm=0: it must be a number of seconds from 1 to 86400"},
		{&start, "--json", "--json needs --dry-run: start itself prints nothing"},
		{&status, "--tree --json", "--json and --tree exclude each other"},
		{&status, "a b", "'b' is one argument too many: status takes [DEVICE]"},
		{&status, "a=b", "unknown argument 'a=b'; status takes [DEVICE]"},
		{&release, "--json", "'--json' has no use here; see network-vlanbridge release --help"},
		{&release, "a b", "'b' is one argument too many: release takes BRIDGE"},
	};
	struct command_run r;
	char *args[16];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(scan(cases[i].command, cases[i].text, args, &r, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].message);
	}
	args[0] = NULL;
	r = (struct command_run){0};
	assert_int_equal(command_options_read(&release, args, &r, &e), -EINVAL);
	assert_string_equal(e.text, "release takes BRIDGE");
}

// --help has what a command takes, and nothing else.
static void test_help(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	command_options_print(f, &start);
	fclose(f);
	assert_non_null(strstr(text, "usage: network-vlanbridge start [OPTION ...] [KEY=VALUE ...]\nbuilds\n"));
	assert_non_null(strstr(text, "\n  -c FILE, config=FILE   takes"));
	assert_non_null(strstr(text, "\n  --json                 prints JSON (with --dry-run)\n"));
	assert_null(strstr(text, "--tree"));
	free(text);
}

int test_command_options(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_help_wins),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("command options", tests, NULL, NULL);
}
