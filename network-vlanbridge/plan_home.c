// SPDX-License-Identifier: ISC
// Which entry of the target is the one that an entry of now becomes: the one with the same origin.
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "plan_build.h"

struct home {
	struct l3_entry *origin;      // as it would be without us
	const struct l3_entry *entry; // of the target
};

static int compare_homes(const void *a, const void *b)
{
	return l3_compare_keys(((const struct home *)a)->origin, ((const struct home *)b)->origin);
}

static struct l3_entry *copy_with_origin(struct planner *p, const struct host *h, const struct l3_entry *e)
{
	struct l3_entry *copy = planner_copy(p, e);

	for (size_t i = 0; copy && i < copy->device_count; i++)
		text_copy(copy->devices[i].name, NAME_SIZE, origin_of(h, e->devices[i].name));
	return copy;
}

static void free_home(void *node)
{
	struct home *h = node;

	l3_free(h->origin);
	free(h);
}

// The first of several with the same origin counts.
static void add_home(struct planner *p, const struct l3_entry *e)
{
	struct home *h = malloc(sizeof(*h)), **found;

	if (!h) {
		planner_fail(p, ENOMEM, "no memory for the plan");
		return;
	}
	*h = (struct home){copy_with_origin(p, p->target, e), e};
	found = h->origin ? tsearch(h, &p->homes, compare_homes) : NULL;
	if (!found)
		planner_fail(p, ENOMEM, "no memory for the plan");
	if (!found || *found != h)
		free_home(h);
}

void planner_index_homes(struct planner *p)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (!p->failed && (e = host_next_entry(p->target, &at)))
		if (!e->ours && !e->link_local && !e->stale)
			add_home(p, e);
}

const struct l3_entry *planner_find_home(struct planner *p, const struct l3_entry *e)
{
	struct home key = {.origin = copy_with_origin(p, &p->now, e)}, **found;

	if (!key.origin)
		return NULL;
	found = tfind(&key, &p->homes, compare_homes);
	l3_free(key.origin);
	return found ? (*found)->entry : NULL;
}

void planner_free_homes(struct planner *p)
{
	tdestroy(p->homes, free_home);
	p->homes = NULL;
}
