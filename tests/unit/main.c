// SPDX-License-Identifier: ISC
// Runs all unit tests: unit DIRECTORY-OF-PLAN-CASES.
#include <stdio.h>

#include "tests.h"
#include "tests_vif.h"

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	failed += test_vlans();
	failed += test_names();
	failed += test_mark();
	failed += test_link();
	failed += test_netlink();
	failed += test_l3();
	failed += test_l3_model();
	failed += test_config();
	failed += test_check();
	failed += test_status();
	failed += test_command_options();
	failed += test_probe();
	failed += test_vif_request();
	failed += test_vif_bridge_ref();
	failed += test_vif_decide();
	failed += test_vif_rules();
	failed += test_vif_xenstore();
	failed += test_vif_hooks();
	failed += test_vif_forward();
	failed += test_vif_update();
	failed += test_host();
	failed += test_target();
	failed += test_kernel_model();
	failed += test_report();
	failed += test_plan_cases(argv[1]);
	printf("unit: %s\n", failed ? "some tests failed" : "all tests passed");
	return failed != 0;
}
