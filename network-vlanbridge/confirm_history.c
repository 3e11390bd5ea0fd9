// SPDX-License-Identifier: ISC
// history: the confirmed configurations.
#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "command_run.h"
#include "confirm_store.h"

enum column { NUMBER, DATE, SIZE, FILE_NAME, FIRST_LINE, COLUMNS };

static const struct {
	const char *name;
	int flags, json;
} columns[COLUMNS] = {
	[NUMBER] = {"N", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[DATE] = {"CONFIRMED", 0, SCOLS_JSON_STRING},
	[SIZE] = {"SIZE", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[FILE_NAME] = {"FILE", 0, SCOLS_JSON_STRING},
	[FIRST_LINE] = {"FIRSTLINE", SCOLS_FL_TRUNC, SCOLS_JSON_STRING},
};

static int add_line(struct libscols_table *table, size_t n, const struct confirmed *c, struct err *e)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[32], path[CONFIRMED_PATH_SIZE];
	struct text file = {0};
	int r = confirmed_read(c->number, &file, e);

	if (!r && !line)
		r = err_set(e, ENOMEM, "no memory for the table");
	if (!r) {
		snprintf(text, sizeof(text), "%zu", n);
		scols_line_set_data(line, NUMBER, text);
		strftime(text, sizeof(text), "%F %T", localtime(&c->date));
		scols_line_set_data(line, DATE, text);
		snprintf(text, sizeof(text), "%zu", c->size);
		scols_line_set_data(line, SIZE, text);
		confirmed_path(c->number, path);
		scols_line_set_data(line, FILE_NAME, path);
		file.data[strcspn(file.data, "\n")] = '\0';
		scols_line_set_data(line, FIRST_LINE, file.data);
	}
	text_free(&file);
	return r;
}

static int print(bool json, const struct confirmed *list, size_t count, struct err *e)
{
	struct libscols_table *table;
	int r = 0;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return err_set(e, ENOMEM, "no memory for the table");
	scols_table_enable_json(table, json);
	scols_table_set_name(table, "history");
	for (int i = 0; i < COLUMNS && !r; i++) {
		struct libscols_column *c = scols_table_new_column(table, columns[i].name, 0, columns[i].flags);

		r = c ? scols_column_set_json_type(c, columns[i].json) : -ENOMEM;
	}
	if (r)
		err_set(e, ENOMEM, "no memory for the table");
	for (size_t i = 0; i < count && !r; i++)
		r = add_line(table, i + 1, &list[i], e);
	if (!r && scols_print_table(table))
		r = err_set(e, ENOMEM, "can't print the table");
	scols_unref_table(table);
	return r;
}

int command_history(char **args, struct command_run *r, struct err *e)
{
	struct confirmed list[STORE_KEPT];
	size_t count;

	(void)args;
	if (confirmed_list(list, &count, e) || print(r->given & WITH_JSON, list, count, e))
		return EXIT_FAILED;
	return EXIT_DONE;
}
