// SPDX-License-Identifier: ISC
// The options of the commands: a row each, for parsing, for --help and for what excludes what.
#include "command_options.h"

#include <errno.h>
#include <string.h>

#include "log.h"

#define CONFIRM_MAX 86400 // s
#define ROWS (sizeof(rows) / sizeof(*rows))

static const struct row {
	const char *word;   // with '=': the value follows
	const char *letter; // the same in short; its value is the next word
	unsigned int option;
	const char *value, *help;
} rows[] = {
	{"config=", "-c", WITH_CONFIG, "FILE", "takes this file instead of " CONFIG_FILE},
	{"confirm=", NULL, WITH_CONFIRM, "SECONDS", "the change goes back unless 'confirm' comes in time"},
	{"probe=", NULL, WITH_PROBE, "LIST", "... unless these answer after it: gateway,lacp,ssh,ADDRESS"},
	{"to=", NULL, WITH_TO, "N", "starts the configuration N of 'history'"},
	{"--dry-run", "-n", WITH_DRY_RUN, NULL, "prints what would be done, and changes nothing"},
	{"--force", NULL, WITH_FORCE, NULL, "also if vifs of running guests are in no bridge then"},
	{"--json", NULL, WITH_JSON, NULL, "prints JSON"},
	{"--ip", NULL, WITH_IP, NULL, "prints commands of ip(8) and bridge(8)"},
	{"--tree", NULL, WITH_TREE, NULL, "prints ports below their bond or bridge"},
	{"--dot", NULL, WITH_DOT, NULL, "prints a graph for dot(1)"},
	{"--exit-code", NULL, WITH_EXIT_CODE, NULL, "exit status 3 if there is something to do"},
	{"-v", NULL, WITH_VERBOSITY, NULL, "prints what is changed, too"},
	{"-q", NULL, WITH_VERBOSITY, NULL, "prints warnings and errors only"},
	{"--help", "-h", WITH_HELP, NULL, "prints this"},
};

static const struct {
	unsigned int one, other;
} exclusions[] = {
	{WITH_JSON, WITH_TREE},
	{WITH_JSON, WITH_IP},
	{WITH_JSON, WITH_DOT},
	{WITH_TREE, WITH_DOT},
};

// What has a use only where the plan is printed.
static const unsigned int of_plans = WITH_JSON | WITH_IP | WITH_EXIT_CODE;

// The row that a word is, and its value behind '=' in *value; NULL: it is no option.
static const struct row *find_row(char *word, char **value)
{
	for (size_t i = 0; i < ROWS; i++) {
		size_t length = strlen(rows[i].word);

		*value = rows[i].value ? word + length : NULL;
		if (rows[i].value ? !strncmp(word, rows[i].word, length) : !strcmp(word, rows[i].word))
			return &rows[i];
		*value = NULL;
		if (rows[i].letter && !strcmp(word, rows[i].letter))
			return &rows[i];
	}
	return NULL;
}

static const struct row *row_of(unsigned int option)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].option & option)
			return &rows[i];
	return NULL;
}

static int take_confirm(const char *value, struct command_run *r, struct err *e)
{
	if (number_parse(value, 1, CONFIRM_MAX, &r->confirm))
		return err_set(
			e, EINVAL, "confirm=%s: it must be a number of seconds from 1 to %d", value, CONFIRM_MAX);
	return 0;
}

static int take_probes(const char *value, struct command_run *r, struct err *e)
{
	char peer[PROBE_PEER_SIZE];
	bool called = probe_find_caller(peer);

	return probes_parse(value, called ? peer : NULL, &r->probes, e);
}

static int take_to(const char *value, struct command_run *r, struct err *e)
{
	if (number_parse(value, 1, STORE_KEPT, &r->to))
		return err_set(e, EINVAL, "to=%s: it must be a number from 1 to %d", value, STORE_KEPT);
	return 0;
}

static int take_option(const struct row *row, const char *value, struct command_run *r, struct err *e)
{
	r->given |= row->option;
	switch (row->option) {
	case WITH_CONFIG:
		r->config_file = value;
		return *value ? 0 : err_set(e, EINVAL, "config= has no value");
	case WITH_CONFIRM:
		return take_confirm(value, r, e);
	case WITH_PROBE:
		return take_probes(value, r, e);
	case WITH_TO:
		return take_to(value, r, e);
	case WITH_VERBOSITY:
		log_set_verbosity(row->word[1] == 'v' ? 1 : -1);
		return 0;
	default:
		return 0;
	}
}

static bool takes(const struct command *c, const struct row *row)
{
	return (c->takes | WITH_HELP) & row->option;
}

// Takes the option that **args begins, and moves *args to its last word.
static int read_option(
	const struct command *c, const struct row *row, char ***args, char *value, struct command_run *r, struct err *e)
{
	char *word = **args;

	if (!takes(c, row))
		return err_set(e, EINVAL, "'%s' has no use here; see network-vlanbridge %s --help", word, c->name);
	if (row->option & r->given)
		return err_set(e, EINVAL, "'%s' is one option too many: it is given twice", word);
	if (row->value && !value) {
		value = (*args)[1];
		if (!value)
			return err_set(e, EINVAL, "'%s' has no value: say %s %s", word, word, row->value);
		(*args)++;
	}
	return take_option(row, value, r, e);
}

// A command that changes the host prints no plan otherwise.
static bool needs_dry_run(const struct command *c, unsigned int options)
{
	return c->takes & WITH_DRY_RUN && options & of_plans;
}

static int refuse_combinations(const struct command *c, const struct command_run *r, struct err *e)
{
	for (size_t i = 0; i < sizeof(exclusions) / sizeof(*exclusions); i++)
		if (r->given & exclusions[i].one && r->given & exclusions[i].other)
			return err_set(e, EINVAL, "%s and %s exclude each other", row_of(exclusions[i].one)->word,
				row_of(exclusions[i].other)->word);
	if (needs_dry_run(c, r->given) && !(r->given & WITH_DRY_RUN))
		return err_set(e, EINVAL, "%s needs --dry-run: %s itself prints nothing",
			row_of(r->given & of_plans)->word, c->name);
	return 0;
}

static int check_arguments(const struct command *c, char **args, struct err *e)
{
	const char *wanted = c->arguments ? c->arguments : "no argument";
	size_t n = 0;

	for (; args[n]; n++) {
		if (n == c->most)
			return err_set(
				e, EINVAL, "'%s' is one argument too many: %s takes %s", args[n], c->name, wanted);
		if (c->most < ANY_NUMBER && strchr(args[n], '='))
			return err_set(e, EINVAL, "unknown argument '%s'; %s takes %s", args[n], c->name, wanted);
	}
	return n < c->least ? err_set(e, EINVAL, "%s takes %s", c->name, wanted) : 0;
}

int command_options_read(const struct command *c, char **args, struct command_run *r, struct err *e)
{
	char **to = args, **rest = args;
	const struct row *row;
	char *value;

	r->config_file = CONFIG_FILE;
	for (; *args; args++) {
		row = find_row(*args, &value);
		if (!row && **args == '-')
			return err_set(
				e, EINVAL, "unknown option '%s'; see network-vlanbridge %s --help", *args, c->name);
		if (!row)
			*to++ = *args;
		else if (read_option(c, row, &args, value, r, e))
			return -e->code;
		if (r->given & WITH_HELP)
			return 0;
	}
	*to = NULL;
	if (refuse_combinations(c, r, e))
		return -e->code;
	return check_arguments(c, rest, e);
}

static void print_row(FILE *out, const struct row *row, const char *condition)
{
	const char *value = row->value ? row->value : "", *letter = row->letter ? row->letter : "";
	char text[40];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s", letter, *letter && *value ? " " : "", *letter ? value : "",
		*letter ? ", " : "", row->word, value);
	fprintf(out, "  %-22s %s%s\n", text, row->help, condition);
}

void command_options_print(FILE *out, const struct command *c)
{
	fprintf(out, "usage: network-vlanbridge %s [OPTION ...]%s%s\n%s\n\n", c->name, c->arguments ? " " : "",
		c->arguments ? c->arguments : "", c->help ? c->help : "");
	for (size_t i = 0; i < ROWS; i++)
		if (takes(c, &rows[i]))
			print_row(out, &rows[i], needs_dry_run(c, rows[i].option) ? " (with --dry-run)" : "");
	fprintf(out, "\nSee network-vlanbridge(8).\n");
}
