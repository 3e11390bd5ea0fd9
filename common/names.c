// SPDX-License-Identifier: ISC
// The kernel's rules for interface names.
#include "names.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

bool text_copy(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(buf, text, len + 1);
	return true;
}

// Most long names are a word and a number: keep both ends, drop from the middle of the word.
static void propose(char *buf, const char *name)
{
	size_t len = strlen(name), tail = 0;

	while (tail < len && tail < NAME_SIZE - 2 &&
		(isdigit((unsigned char)name[len - tail - 1]) || name[len - tail - 1] == '.'))
		tail++;
	memcpy(buf, name, NAME_SIZE - 1 - tail);
	memcpy(buf + NAME_SIZE - 1 - tail, name + len - tail, tail + 1);
}

int name_check(const char *name, struct err *e)
{
	char fits[NAME_SIZE];
	const char *c;

	if (!*name)
		return err_set(e, EINVAL, "an interface name is empty");
	for (c = name; *c; c++)
		// The kernel would put a number in the place of %d.
		if (strchr("/:%", *c) || isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
			return err_set(e, EINVAL,
				"interface name '%s': character '%c' isn't allowed in it (no '/', ':', '%%' or spaces)",
				name, iscntrl((unsigned char)*c) ? '?' : *c);
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return err_set(e, EINVAL, "interface name '%s' isn't allowed", name);
	if (strlen(name) >= NAME_SIZE) {
		propose(fits, name);
		return err_set(e, EINVAL, "interface name '%s' has %zu bytes, the kernel takes %d: '%s' would fit",
			name, strlen(name), NAME_SIZE - 1, fits);
	}
	return 0;
}
