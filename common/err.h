/* SPDX-License-Identifier: ISC */
/* An error: a code and one sentence, wrapped on its way up; only main prints it. */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

struct err {
	int code; /* a positive errno */
	char text[1024];
};

/* Sets the sentence of e, replacing an earlier one. e may be NULL. Returns -code, or -EINVAL for a
 * code that is not positive, so that a failing function can end with `return err_set(...)`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts text before the sentence that e already has. Returns -e->code. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
