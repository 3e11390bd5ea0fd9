// SPDX-License-Identifier: ISC
// vif-vlanbridge: the administrator's hooks: what they see, what they pass on, where their output goes.
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests_vif.h"
#include "vif-vlanbridge/hooks.h"

static char directory[] = "/tmp/unit.XXXXXX";

static char *path_of(const char *name, char path[64])
{
	snprintf(path, 64, "%s/%s", directory, name);
	return path;
}

static void write_hook(const char *name, const char *text)
{
	char path[64];
	FILE *f = fopen(path_of(name, path), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, 0700);
}

static const char *read_text(const char *name, char text[2048])
{
	char path[64];
	FILE *f = fopen(path_of(name, path), "r");
	size_t n = f ? fread(text, 1, 2047, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return text;
}

static int run(struct err *e)
{
	static const struct hook_variables v = {"web0", "br3", "online", "vif", "192.0.2.1 2001:db8::1", "1400", "web0",
		"3", "backend/vif/7/1", "vif7.1", 7, 1};
	struct deadline d = {.seconds = 20};
	char path[64];

	*e = (struct err){0};
	return hooks_run(directory, path_of("log", path), &v, &d, e);
}

static int run_with_output(const char *name, struct err *e)
{
	char path[64];
	int saved = dup(STDOUT_FILENO), file = open(path_of(name, path), O_WRONLY | O_CREAT | O_TRUNC, 0600), r;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	r = run(e);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	return r;
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const files[] = {"a.hook", "b.hook", "log", "output"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(path_of(files[i], path));
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

// As vif-bridge's: the shell's own, for the hook alone. The environment has them only from whoever called us.
static void variables(void **state)
{
	char text[2048];
	struct err e;

	(void)state;
	write_hook("a.hook",
		"echo \"$dev $bridge $command $type_if $ip $mtu $vifname $vlan $domid $devid $vif $XENBUS_PATH $*\"\n"
		"env | grep -E '^(dev|bridge|command|type_if|ip|mtu|vifname|vlan|domid|devid)=' || :\n"
		"echo complaint >&2\n");
	setenv("ip", "10.0.0.1", 1);
	setenv("vlan", "", 1);
	assert_int_equal(run_with_output("output", &e), 0);
	assert_string_equal(read_text("output", text), "web0 br3 online vif 192.0.2.1 2001:db8::1 1400 web0 3 7 1 "
						       "vif7.1 backend/vif/7/1 online type_if=vif\n");
	assert_string_equal(read_text("log", text), "complaint\n");
	unsetenv("ip");
	unsetenv("vlan");
}

// The reason is in the log, too, where others have written before.
static void failing(void **state)
{
	char text[2048], message[256];
	struct err e;

	(void)state;
	write_hook("log", "older\n");
	write_hook("a.hook", "echo one >&2; echo no licence >&2; exit 4\n");
	write_hook("b.hook", "echo never >&2\n");
	assert_int_equal(run(&e), -EIO);
	snprintf(message, sizeof(message), "hook %s/a.hook failed with exit status 4: no licence", directory);
	assert_string_equal(e.text, message);
	assert_string_equal(read_text("log", text), "older\none\nno licence\n");
	write_hook("a.hook", "exit 127\n");
	assert_int_equal(run(&e), -EIO);
	snprintf(message, sizeof(message), "hook %s/a.hook failed with exit status 127", directory);
	assert_string_equal(e.text, message);
	write_hook("a.hook", "false; echo never >&2\n"); // set -e
	assert_int_equal(run(&e), -EIO);
}

static void signals(void **state)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	char text[2048];
	struct err e;

	(void)state;
	write_hook("a.hook", "sh -c 'kill -s PIPE $$; echo ignored >&2' || echo \"status $?\" >&2\n");
	assert_int_equal(run(&e), 0);
	assert_non_null(strstr(read_text("log", text), "status 141\n"));
	signal(SIGPIPE, old);
}

int test_vif_hooks(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(variables, tear_down),
		cmocka_unit_test_teardown(failing, tear_down),
		cmocka_unit_test_teardown(signals, tear_down),
	};

	return cmocka_run_group_tests_name("vif hooks", tests, set_up, remove_directory);
}
