// SPDX-License-Identifier: ISC
// Messages for the administrator: stderr, and syslog with facility daemon.
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>

static int verbosity;
static bool in_journal; // stderr is the journal: syslog would be a second copy

// What systemd says of the stream that it gave us (systemd.exec(5), $JOURNAL_STREAM).
static bool is_stderr_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && !fstat(2, &st) && st.st_dev == device &&
	       st.st_ino == inode;
}

void log_open(const char *name)
{
	// Connects to syslog only with the first message: a run without one opens no socket for it.
	openlog(name, LOG_PID, LOG_DAEMON);
	in_journal = is_stderr_journal();
}

void log_set_verbosity(int level)
{
	verbosity = level;
}

__attribute__((format(printf, 3, 0))) static void log_v(int priority, bool shown, const char *fmt, va_list ap)
{
	char line[2048];

	vsnprintf(line, sizeof(line), fmt, ap);
	if (in_journal)
		fprintf(stderr, "<%d>%s\n", priority, line); // sd-daemon(3)
	else if (shown)
		fprintf(stderr, "%s\n", line);
	if (!in_journal)
		syslog(priority, "%s", line);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_v(LOG_ERR, true, fmt, ap);
	va_end(ap);
}

void log_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_v(LOG_WARNING, true, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_v(LOG_INFO, verbosity >= 0, fmt, ap);
	va_end(ap);
}

void log_detail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_v(LOG_INFO, verbosity > 0, fmt, ap);
	va_end(ap);
}
