/* SPDX-License-Identifier: ISC */
/* Messages for the administrator: stderr, and syslog with facility daemon. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

/* Names the program in front of every message; name must stay valid. */
void log_open(const char *name);

/* One line each, without the newline. log_error also reaches syslog as LOG_ERR, log_warning as
 * LOG_WARNING, log_info as LOG_INFO. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
