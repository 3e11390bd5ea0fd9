/* SPDX-License-Identifier: ISC */
/* Inside the kernel model: what its files share. Each does to the host what the kernel does; those that return int
 * return 0 or -errno, as the kernel would, and leave the host unchanged then. */
#ifndef KERNEL_MODEL_PARTS_H
#define KERNEL_MODEL_PARTS_H

#include "kernel_model.h"

#define FORWARD_DELAY_MIN_STP 200 /* hundredths of a second: br_stp_start */

/* kernel_model_l3.c */
bool model_goes_down_with_device(const struct host *h, const struct l3_entry *e);
void model_remove_siblings(struct host *h, const struct l3_entry *gone);
void model_remove_neighbours(struct host *h, const struct device *d, int family);
int model_relabel_addresses(struct host *h, const struct device *d);
void model_remove_entries_of(struct host *h, const struct device *d, int family); /* 0: of any */
int model_add_entry(struct host *h, const struct l3_entry *e);
int model_delete_entry(struct host *h, const struct l3_entry *e);

/* kernel_model_check.c */
int model_check_set(const struct host *h, const struct device *d, const struct link *c);
int model_check_add(const struct host *h, const struct link *l);

/* kernel_model_option.c */
int model_set_options(struct host *h, struct device *d, const struct link *c);
bool model_sets_option(const struct link *c, const char *name);

#endif
