// SPDX-License-Identifier: ISC
// The lines of status for people.
#include "status_line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2 // between columns
#define PLAIN "\033[0m"

void status_line_write(struct status_line *l, enum status_column column, const char *format, ...)
{
	size_t n = strlen(l->text[column]);
	va_list args;

	va_start(args, format);
	vsnprintf(l->text[column] + n, STATUS_TEXT_SIZE - n, format, args);
	va_end(args);
}

void status_line_detail(struct status_line *l, const char *format, ...)
{
	char text[STATUS_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	status_line_write(l, STATUS_DETAIL, "%s%s", *l->text[STATUS_DETAIL] ? "\n" : "", text);
}

void status_table_add(struct status_table *t, const struct status_line *l)
{
	size_t room = t->room ? 2 * t->room : 64;
	struct status_line *grown;

	if (t->count == t->room) {
		grown = reallocarray(t->lines, room, sizeof(*grown));
		if (!grown) {
			t->failed = -ENOMEM;
			return;
		}
		t->lines = grown;
		t->room = room;
	}
	t->lines[t->count++] = *l;
}

static size_t measure(const struct status_table *t, enum status_column column)
{
	size_t most = 0, n;

	for (size_t i = 0; i < t->count; i++) {
		n = strlen(t->lines[i].text[column]);
		most = n > most ? n : most;
	}
	return most;
}

// text: separated by newlines. What doesn't fit into the terminal's width goes on below, at the same column: room is
// left for a comma.
static void print_details(FILE *out, const char *text, size_t column, size_t width)
{
	size_t at = column, length;

	for (; *text; text += length + (text[length] != '\0')) {
		length = strcspn(text, "\n");
		if (at > column && width && at + 2 + length >= width) {
			fprintf(out, ",\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			fputs(", ", out);
			at += 2;
		}
		fwrite(text, 1, length, out);
		at += length;
	}
}

static void print_line(FILE *out, const struct status_table *t, const struct status_line *l, const size_t *widths)
{
	size_t column = 0, gap = 0;

	if (l->colour && t->view->colour)
		fputs(l->colour, out);
	for (int i = 0; i < STATUS_DETAIL; i++) {
		// Nothing is padded that nothing follows.
		if (!*l->text[i]) {
			gap += widths[i] + GAP;
			continue;
		}
		fprintf(out, "%*s%s", (int)gap, "", l->text[i]);
		column += gap + strlen(l->text[i]);
		gap = widths[i] + GAP - strlen(l->text[i]);
	}
	if (*l->text[STATUS_DETAIL]) {
		fprintf(out, "%*s", (int)gap, "");
		print_details(out, l->text[STATUS_DETAIL], column + gap, t->view->width);
	}
	fputs(l->colour && t->view->colour ? PLAIN "\n" : "\n", out);
}

void status_table_print(FILE *out, const struct status_table *t)
{
	size_t widths[STATUS_COLUMNS];

	for (int i = 0; i < STATUS_COLUMNS; i++)
		widths[i] = measure(t, (enum status_column)i);
	for (size_t i = 0; i < t->count; i++)
		print_line(out, t, &t->lines[i], widths);
}
