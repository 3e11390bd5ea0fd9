/* SPDX-License-Identifier: ISC */
/* The groups of unit tests; each returns the number of its tests that failed. */
#ifndef TESTS_H
#define TESTS_H

// cmocka.h wants these first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int test_vlans(void);
int test_names(void);
int test_mark(void);
int test_link(void);
int test_netlink(void);
int test_l3(void);
int test_l3_model(void);
int test_config(void);
int test_host(void);
int test_target(void);
int test_kernel_model(void);
int test_report(void);
int test_check(void);
int test_status(void);
int test_command_options(void);
int test_probe(void);
int test_plan_cases(const char *directory);

// The text of a file, which the caller frees. Fails the running test if there is none.
char *file_text(const char *path);

#endif
