// SPDX-License-Identifier: ISC
// What was done, for the log.
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "plan_move.h"

#define NAMES_SIZE 768 // of the devices on one line
#define STEPS_SIZE 1024

// A step, and the text about it without its device's name, which the line begins with.
struct told {
	const struct step *step;
	size_t at; // of all texts
	const char *text;
};

// What was done to one device.
struct change {
	const struct told *steps;
	size_t count;
};

// By device, in the order in which they were done.
static int compare(const void *a, const void *b)
{
	const struct step *x = ((const struct told *)a)->step, *y = ((const struct told *)b)->step;
	int r = strcmp(step_device(x), step_device(y));

	return r ? r : (x > y) - (x < y);
}

static void drop_name(char *text, const char *name)
{
	char *at = strchr(text, ' ');
	size_t n = strlen(name);

	if (*name && at && !strncmp(at + 1, name, n) && (!at[n + 1] || at[n + 1] == ' '))
		memmove(at, at + n + 1, strlen(at + n + 1) + 1);
}

// All into one stream: each has a buffer of its own that costs more than the text. Returns the texts, which the caller
// frees, or NULL.
static char *print_steps(struct told *list, size_t count)
{
	char *texts = NULL;
	size_t size;
	FILE *f = open_memstream(&texts, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		list[i].at = (size_t)ftell(f);
		step_print(f, list[i].step);
		fputc('\0', f);
	}
	if (fclose(f)) {
		free(texts);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		drop_name(texts + list[i].at, step_device(list[i].step));
		list[i].text = texts + list[i].at;
	}
	return texts;
}

static void join_steps(const struct change *c, char line[STEPS_SIZE])
{
	size_t length = 0;

	*line = '\0';
	for (size_t i = 0; i < c->count && length < STEPS_SIZE; i++)
		length += (size_t)snprintf(line + length, STEPS_SIZE - length, "%s%s", i ? "; " : "", c->steps[i].text);
}

static struct change next_change(const struct told *steps, size_t count)
{
	struct change c = {steps, 0};

	while (c.count < count && !strcmp(step_device(steps[c.count].step), step_device(steps[0].step)))
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

	join_steps(c, steps);
	length = strlen(l->names);
	if (strcmp(steps, l->steps) || length + NAME_SIZE + 1 > NAMES_SIZE) {
		end_line(l);
		memcpy(l->steps, steps, sizeof(steps));
		length = 0;
	}
	snprintf(l->names + length, NAMES_SIZE - length, "%s%s", length ? " " : "", step_device(c->steps[0].step));
}

static size_t report(const struct told *steps, size_t count)
{
	struct line line = {0};
	size_t devices = 0;
	struct change c;

	for (size_t i = 0; i < count; i += c.count, devices++) {
		c = next_change(steps + i, count - i);
		add_to_line(&line, &c);
	}
	end_line(&line);
	return devices;
}

size_t report_changes(const struct plan *p)
{
	struct told *steps = calloc(p->count + 1, sizeof(*steps));
	char *texts = NULL;
	size_t devices = 0;

	for (size_t i = 0; i < p->count && steps; i++)
		steps[i].step = &p->steps[i];
	if (steps) {
		qsort(steps, p->count, sizeof(*steps), compare);
		texts = print_steps(steps, p->count);
	}
	if (texts)
		devices = report(steps, p->count);
	free(texts);
	free(steps);
	return devices;
}
