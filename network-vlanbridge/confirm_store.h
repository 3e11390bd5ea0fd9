/* SPDX-License-Identifier: ISC */
/* /var/lib/vlanbridge: the configurations that were confirmed, and what isn't. Whoever writes here
 * has the lock (command_run_lock). */
#ifndef CONFIRM_STORE_H
#define CONFIRM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "err.h"

#define STORE "/var/lib/vlanbridge"
#define STORE_KEPT 5 /* confirmed configurations */

struct text {
	char *data; /* size bytes and a NUL, or NULL */
	size_t size;
};

void text_free(struct text *t); /* empties it, too */
bool text_is_same(const struct text *a, const struct text *b);

/* A configuration that was confirmed. */
struct confirmed {
	unsigned long number; /* counts up; of the file STORE/confirmed.NUMBER */
	time_t date;
	size_t size;
};

enum way_back {
	BACK_TO_CONFIRMED, /* the last confirmed configuration */
	BACK_TO_NOTHING,   /* nothing from a file, as it was before */
	BACK_BY_REMOVING,  /* without what the change made from arguments: text has the names */
};

/* A change that waits for its confirmation, or a file that a boot isn't to start because it wasn't confirmed. */
enum unconfirmed_kind { UNCONFIRMED_WAITING, UNCONFIRMED_REJECTED };

struct unconfirmed {
	char boot[40];      /* the boot ID of the kernel in which it was made, or rejected */
	long long deadline; /* nanoseconds of CLOCK_BOOTTIME, which also tell one change from another */
	bool made;          /* the change is complete */
	bool probing;       /* what probe= names hasn't answered yet */
	enum way_back back;
	struct text text; /* the new configuration; of stop: none */
};

/* The file of a confirmed configuration, for messages, too. */
#define CONFIRMED_PATH_SIZE 64
void confirmed_path(unsigned long number, char path[CONFIRMED_PATH_SIZE]);

/* The confirmed configurations, the last one first. Returns 0 and how many (none: also where the directory isn't
 * there), or -errno. */
int confirmed_list(struct confirmed list[STORE_KEPT], size_t *count, struct err *e);

/* Returns 0 and the text, which the caller frees, or -errno. */
int confirmed_read(unsigned long number, struct text *ret, struct err *e);

/* Whether it is the last confirmed one. */
bool confirmed_is_last(const struct text *t);

/* Makes it the last confirmed one, unless it is that already; of the older ones only some are kept. Returns 0 or
 * -errno. */
int confirmed_add(const struct text *t, struct err *e);

/* Returns 0 and what is there, all 0 if there is nothing, or -errno. The caller frees ret->text. */
int unconfirmed_read(enum unconfirmed_kind kind, struct unconfirmed *ret, struct err *e);
int unconfirmed_write(enum unconfirmed_kind kind, const struct unconfirmed *u, struct err *e);

/* Makes the waiting one the rejected one, which needs no space on the disk. */
int unconfirmed_reject(struct err *e);
int unconfirmed_remove(enum unconfirmed_kind kind, struct err *e);

#endif
