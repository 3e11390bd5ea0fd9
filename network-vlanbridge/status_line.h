/* SPDX-License-Identifier: ISC */
/* The lines of status for people: three columns, and details that go on below where the terminal is narrow. */
#ifndef STATUS_LINE_H
#define STATUS_LINE_H

#include "status.h"

#define STATUS_TEXT_SIZE 256

enum status_column { STATUS_NAME, STATUS_WHAT, STATUS_STATE, STATUS_DETAIL, STATUS_COLUMNS };

struct status_line {
	char text[STATUS_COLUMNS][STATUS_TEXT_SIZE]; /* details are separated by newlines */
	const char *colour;                          /* an escape sequence, or NULL */
};

struct status_table {
	const struct status_view *view;
	struct status_ports ports;
	struct status_line *lines;
	size_t count, room;
	int failed; /* -ENOMEM */
};

/* Adds to the text of a column; of the details one more. */
void status_line_write(struct status_line *l, enum status_column column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void status_line_detail(struct status_line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* status_address.c: dom0's addresses on a device, and on the VLAN devices that stand on it. */
void status_line_addresses(struct status_line *l, const struct host *h, const struct device *d);

void status_table_add(struct status_table *t, const struct status_line *l);
void status_table_print(FILE *out, const struct status_table *t);

#endif
