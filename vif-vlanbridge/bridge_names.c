// SPDX-License-Identifier: ISC
// The bridges of the host, as the end of an error message.
#include "bridge_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 8

static int compare_names(const void *a, const void *b)
{
	return strverscmp(a, b);
}

void bridge_names_append(struct err *e, char (*names)[NAME_SIZE], size_t n)
{
	size_t len = strlen(e->text), size = sizeof(e->text);
	// Never "and 1 more": the name itself says more.
	size_t listed = n > NAMES_MAX + 1 ? NAMES_MAX : n;

	qsort(names, n, sizeof(*names), compare_names);
	len += (size_t)snprintf(e->text + len, size - len, n ? "; this host has " : "; this host has no bridge at all");
	for (size_t i = 0; i < listed && len < size; i++)
		len += (size_t)snprintf(e->text + len, size - len, "%s%s", i ? ", " : "", names[i]);
	if (listed < n && len < size)
		snprintf(e->text + len, size - len, " and %zu more", n - listed);
}
