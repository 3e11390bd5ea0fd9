/* SPDX-License-Identifier: ISC */
/* The unit tests of vif-vlanbridge. Each returns the number of tests that failed. */
#ifndef TESTS_VIF_H
#define TESTS_VIF_H

int test_vif_request(void);
int test_vif_bridge_ref(void);
int test_vif_decide(void);
int test_vif_rules(void);
int test_vif_xenstore(void);
int test_vif_hooks(void);
int test_vif_forward(void);
int test_vif_update(void);

#endif
