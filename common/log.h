/* SPDX-License-Identifier: ISC */
/* Messages for the administrator: stderr, and syslog with facility daemon. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

/* Names the program in front of every message; name must stay valid. */
void log_open(const char *name);

/* What stderr gets: -1 warnings and errors, 0 (the default) notices too, 1 details too. Syslog gets all of them. Where
 * stderr is systemd's journal, each message goes there once. */
void log_set_verbosity(int level);

/* One line each, without the newline. log_error also reaches syslog as LOG_ERR, log_warning as LOG_WARNING, a notice
 * (log_info) and a detail (log_detail) as LOG_INFO. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
