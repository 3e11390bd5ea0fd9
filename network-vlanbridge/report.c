// SPDX-License-Identifier: ISC
// What was done, for the log.
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

#define NAMES_SIZE 768 // of the devices on one line
#define STEPS_SIZE 1024

// What was done to one device.
struct change {
	const struct step **steps;
	size_t count;
};

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

// The line begins with the device's name: the step is told without.
static void drop_name(char *text, const char *name)
{
	char *at = strchr(text, ' ');
	size_t n = strlen(name);

	if (*name && at && !strncmp(at + 1, name, n) && (!at[n + 1] || at[n + 1] == ' '))
		memmove(at, at + n + 1, strlen(at + n + 1) + 1);
}

static void print_steps(const struct change *c, char line[STEPS_SIZE])
{
	size_t length = 0;

	*line = '\0';
	for (size_t i = 0; i < c->count && length < STEPS_SIZE; i++) {
		char *text = step_text(c->steps[i]);

		if (text) {
			drop_name(text, device_of(c->steps[i]));
			length += (size_t)snprintf(line + length, STEPS_SIZE - length, "%s%s", i ? "; " : "", text);
		}
		free(text);
	}
}

static struct change next_change(const struct step **steps, size_t count)
{
	struct change c = {steps, 0};

	while (c.count < count && !strcmp(device_of(steps[c.count]), device_of(steps[0])))
		c.count++;
	return c;
}

// The devices to which the same was done share lines.
struct line {
	char names[NAMES_SIZE], steps[STEPS_SIZE];
};

static void end_line(struct line *l)
{
	if (*l->steps)
		log_detail("network-vlanbridge: %s%s%s", l->names, *l->names ? ": " : "", l->steps);
	l->names[0] = l->steps[0] = '\0';
}

static void add_to_line(struct line *l, const struct change *c)
{
	char steps[STEPS_SIZE];
	size_t length;

	print_steps(c, steps);
	length = strlen(l->names);
	if (strcmp(steps, l->steps) || length + NAME_SIZE + 1 > NAMES_SIZE) {
		end_line(l);
		memcpy(l->steps, steps, sizeof(steps));
		length = 0;
	}
	snprintf(l->names + length, NAMES_SIZE - length, "%s%s", length ? " " : "", device_of(c->steps[0]));
}

size_t report_changes(const struct plan *p)
{
	const struct step **steps = calloc(p->count + 1, sizeof(*steps));
	struct line line = {0};
	size_t devices = 0;
	struct change c;

	if (!steps)
		return 0;
	for (size_t i = 0; i < p->count; i++)
		steps[i] = &p->steps[i];
	qsort(steps, p->count, sizeof(*steps), compare);
	for (size_t i = 0; i < p->count; i += c.count, devices++) {
		c = next_change(steps + i, p->count - i);
		add_to_line(&line, &c);
	}
	end_line(&line);
	free(steps);
	return devices;
}
