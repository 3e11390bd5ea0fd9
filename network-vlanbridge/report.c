// SPDX-License-Identifier: ISC
// What was done, for the log.
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

static const char *device_of(const struct step *s)
{
	if (s->link)
		return s->link->name;
	return s->entry && s->entry->device_count ? s->entry->devices[0].name : "";
}

// By device, in the order in which they were done.
static int compare(const void *a, const void *b)
{
	const struct step *x = *(const struct step *const *)a, *y = *(const struct step *const *)b;
	int r = strcmp(device_of(x), device_of(y));

	return r ? r : (x > y) - (x < y);
}

// The steps of one device as one line; returns how many they are.
static size_t report_device(const struct step **steps, size_t count)
{
	char line[1024];
	size_t n = 0, length = 0;

	for (; n < count && !strcmp(device_of(steps[n]), device_of(steps[0])); n++) {
		char *text = step_text(steps[n]);

		if (text && length < sizeof(line))
			length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s", n ? "; " : "", text);
		free(text);
	}
	log_detail("network-vlanbridge: %s%s%s", device_of(steps[0]), *device_of(steps[0]) ? ": " : "", line);
	return n;
}

size_t report_changes(const struct plan *p)
{
	const struct step **steps = calloc(p->count + 1, sizeof(*steps));
	size_t devices = 0;

	if (!steps)
		return 0;
	for (size_t i = 0; i < p->count; i++)
		steps[i] = &p->steps[i];
	qsort(steps, p->count, sizeof(*steps), compare);
	for (size_t i = 0; i < p->count; devices++)
		i += report_device(steps + i, p->count - i);
	free(steps);
	return devices;
}
