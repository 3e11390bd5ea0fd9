// SPDX-License-Identifier: ISC
// What was done, as the log has it.
#include "tests.h"

#include "kernel_text.h"
#include "log.h"
#include "network-vlanbridge/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What report_changes writes to standard error with -v about steps, a line each, which is changed.
static size_t report(char *steps, char *text, size_t size)
{
	struct step list[64] = {0};
	struct plan p = {.steps = list};
	int saved = dup(2);
	FILE *f = tmpfile();
	size_t devices, n;
	char *line;

	assert_non_null(f);
	while ((line = strsep(&steps, "\n")))
		step_from_text(line, &list[p.count++]);
	log_set_verbosity(1);
	fflush(stderr);
	dup2(fileno(f), 2);
	devices = report_changes(&p);
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	log_set_verbosity(0);
	rewind(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
	for (size_t i = 0; i < p.count; i++)
		step_free(&list[i]);
	return devices;
}

// The steps of a device stand together, in their order; devices to which the same was done share lines.
static void shares_lines(void **state)
{
	char steps[] = "set br2 bridge ageing_time=6000\nset eth0 master=br1\nset br1 bridge ageing_time=6000\n"
		       "delete br10\nset eth0 up\nset br3 bridge ageing_time=7000\nload module bonding max_bonds=0";
	char text[4096];

	(void)state;
	assert_int_equal(report(steps, text, sizeof(text)), 6);
	assert_string_equal(text, "network-vlanbridge: load module bonding max_bonds=0\n"
				  "network-vlanbridge: br1: set bridge ageing_time=6000\n"
				  "network-vlanbridge: br10: delete\n"
				  "network-vlanbridge: br2: set bridge ageing_time=6000\n"
				  "network-vlanbridge: br3: set bridge ageing_time=7000\n"
				  "network-vlanbridge: eth0: set master=br1; set up\n");
	strcpy(steps, "delete br3\ndelete br1\ndelete br2\nset br20 up");
	assert_int_equal(report(steps, text, sizeof(text)), 4);
	assert_string_equal(text, "network-vlanbridge: br1 br2: delete\nnetwork-vlanbridge: br20: set up\n"
				  "network-vlanbridge: br3: delete\n");
}

// No name is cut off at the end of a line.
static void goes_on_in_another_line(void **state)
{
	char steps[64 * 24] = "", text[4096], *line, *rest = text, name[32];
	size_t length = 0, lines = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		length += (size_t)sprintf(steps + length, "%sdelete storagebridge%d", i ? "\n" : "", i + 10);
	assert_int_equal(report(steps, text, sizeof(text)), 60);
	for (int i = 0; i < 60; i++) {
		sprintf(name, " storagebridge%d", i + 10);
		assert_non_null(strstr(text, name));
	}
	while ((line = strsep(&rest, "\n")))
		if (*line) {
			lines++;
			assert_non_null(strstr(line, ": delete"));
		}
	assert_int_equal(lines, 2);
}

int test_report(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shares_lines), cmocka_unit_test(goes_on_in_another_line)};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
