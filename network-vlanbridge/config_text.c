// SPDX-License-Identifier: ISC
// The text of a configuration file before libxlutil parses it: its tokens, and the names that it
// assigns.
#include "config_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

const char *const config_names[CONFIG_NAMES] = {
	[CONFIG_BONDS] = "bonds",
	[CONFIG_BRIDGES] = "bridges",
	[CONFIG_VLANS] = "vlans",
	[CONFIG_WAIT] = "wait",
};

// The tokens of libxlutil's grammar (libxlu_cfg_l.l).
enum token { TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_NEWLINE, TOKEN_OTHER };

struct scan {
	const char *file, *at, *end;
	int line;
	const char *word; // the token in hand
	int length;
	struct err *e;
};

static int check_bytes(const struct scan *s)
{
	int line = 1;

	for (const char *at = s->at; at < s->end; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte == '\r')
			return err_set(s->e, EINVAL, "%s:%d: carriage return: save the file with Unix line ends",
				s->file, line);
		if (iscntrl(byte) && byte != '\t' && byte != '\n')
			return err_set(s->e, EINVAL, "%s:%d: byte 0x%02x isn't text", s->file, line, byte);
		if (byte == '\n')
			line++;
	}
	return 0;
}

static void skip_spaces(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	if (s->at == s->end || *s->at != '#')
		return;
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

static int scan_string(struct scan *s)
{
	const char *quote = s->word;

	while (s->at < s->end && *s->at != *quote && *s->at != '\n') {
		// An escape could put any byte into a name, a NUL too.
		if (*s->at == '\\')
			return err_set(s->e, EINVAL, "%s:%d: a backslash isn't allowed in a string", s->file, s->line);
		s->at++;
	}
	if (s->at == s->end || *s->at == '\n')
		return err_set(s->e, EINVAL, "%s:%d: the string isn't closed in its line: %c is missing", s->file,
			s->line, *quote);
	s->at++;
	return 0;
}

static bool is_in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool is_in_number(char c)
{
	return isdigit((unsigned char)c) || c == 'x' || (c >= 'a' && c <= 'f');
}

static void scan_while(struct scan *s, bool (*is_in_token)(char c))
{
	while (s->at < s->end && is_in_token(*s->at))
		s->at++;
}

static int scan_other(struct scan *s)
{
	if (*s->word == '+' && s->at < s->end && *s->at == '=') {
		s->at++;
		return 0;
	}
	if (strchr(",;[]=", *s->word))
		return 0;
	return err_set(
		s->e, EINVAL, "%s:%d: character '%c' isn't allowed outside of strings", s->file, s->line, *s->word);
}

// The next token, of which there must be one. Returns 0 or -EINVAL.
static int scan_token(struct scan *s, enum token *ret)
{
	int r = 0;

	s->word = s->at++;
	if (*s->word == '\n') {
		*ret = TOKEN_NEWLINE;
	} else if (*s->word == '\'' || *s->word == '"') {
		*ret = TOKEN_STRING;
		r = scan_string(s);
	} else if (isdigit((unsigned char)*s->word)) {
		*ret = TOKEN_NUMBER;
		scan_while(s, is_in_number);
	} else if (isalpha((unsigned char)*s->word)) {
		*ret = TOKEN_NAME;
		scan_while(s, is_in_name);
	} else {
		*ret = TOKEN_OTHER;
		r = scan_other(s);
	}
	s->length = (int)(s->at - s->word);
	return r;
}

static int note_name(const struct scan *s, int lines[CONFIG_NAMES])
{
	for (int i = 0; i < CONFIG_NAMES; i++) {
		if (strlen(config_names[i]) != (size_t)s->length || memcmp(config_names[i], s->word, (size_t)s->length))
			continue;
		if (lines[i])
			return err_set(s->e, EINVAL, "%s:%d: '%s' is assigned twice, here and in line %d", s->file,
				s->line, config_names[i], lines[i]);
		lines[i] = s->line;
		return 0;
	}
	return err_set(s->e, EINVAL, "%s:%d: '%.*s' is unknown: there are bonds, bridges, vlans and wait", s->file,
		s->line, s->length, s->word);
}

// A file that was cut off, or that was saved before it was written, must not remove all.
static int check_not_empty(const struct scan *s, const int lines[CONFIG_NAMES])
{
	if (lines[CONFIG_BONDS] || lines[CONFIG_BRIDGES] || lines[CONFIG_VLANS])
		return 0;
	return err_set(s->e, EINVAL,
		"%s: there are no bonds, bridges or vlans in it, which would remove all that was "
		"made from it: "
		"say 'bridges = []' if that is intended",
		s->file);
}

int config_text_check(const char *file, const char *text, size_t size, int lines[CONFIG_NAMES], struct err *e)
{
	struct scan s = {.file = file, .at = text, .end = text + size, .line = 1, .e = e};
	bool is_start = true; // of a statement
	enum token token;
	int r, depth = 0;

	memset(lines, 0, CONFIG_NAMES * sizeof(*lines));
	r = check_bytes(&s);
	for (skip_spaces(&s); !r && s.at < s.end; skip_spaces(&s)) {
		r = scan_token(&s, &token);
		if (r)
			break;
		if (token == TOKEN_NAME && is_start)
			r = note_name(&s, lines);
		else if (token == TOKEN_NAME)
			r = err_set(e, EINVAL, "%s:%d: '%.*s' is no value: a string has quotes", file, s.line, s.length,
				s.word);
		if (*s.word == '[')
			depth++;
		if (*s.word == ']')
			depth--;
		is_start = depth <= 0 && (token == TOKEN_NEWLINE || *s.word == ';');
		if (token == TOKEN_NEWLINE)
			s.line++;
	}
	if (!r)
		r = check_not_empty(&s, lines);
	return r;
}
