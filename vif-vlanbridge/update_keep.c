// SPDX-License-Identifier: ISC
// Has the new settings written to where xl reads them when it starts the guest again, saves it or migrates it.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "network.h"
#include "update.h"

static const enum nic_key kept[] = {NIC_BRIDGE, NIC_VLAN, NIC_MTU, NIC_IP};

#define KEPT (sizeof(kept) / sizeof(*kept))

struct keep_arguments {
	const char *list[NETWORK_ARGUMENTS + 1];
	size_t n;
	char nic[24], texts[KEPT][NIC_TEXT + 16];
};

static void fill_arguments(
	const struct update *u, const struct nic *from, const struct nic *to, struct keep_arguments *a)
{
	*a = (struct keep_arguments){.n = 0};
	a->list[a->n++] = "keep";
	snprintf(a->nic, sizeof(a->nic), "%u/%u", u->req.domid, u->req.devid);
	a->list[a->n++] = a->nic;
	if (u->req.dry_run)
		a->list[a->n++] = "--dry-run";
	for (size_t i = 0; i < KEPT; i++) {
		if (!strcmp(from->text[kept[i]], to->text[kept[i]]))
			continue;
		snprintf(a->texts[i], sizeof(a->texts[i]), "%s=%s", nic_keys[kept[i]], to->text[kept[i]]);
		a->list[a->n++] = a->texts[i];
	}
}

static int keep(struct update *u, const struct nic *from, const struct nic *to, struct child *c, struct err *e)
{
	static struct keep_arguments a;
	int r;

	*c = (struct child){.status = 0};
	fill_arguments(u, from, to, &a);
	if (!strchr(a.list[a.n - 1], '='))
		return 0; // nothing of it is in the configuration
	r = network_run(a.list, &u->nic.deadline, c, e);
	if (r)
		return r;
	if (c->status)
		return err_set(e, EIO, "%s", network_message(c));
	return 0;
}

int update_keep(struct update *u, struct err *e)
{
	struct child c;
	int r = keep(u, &u->before, &u->after, &c, e);

	if (!r && *network_message(&c))
		log_warning("%s: %s", u->nic.req.dev, network_message(&c));
	return r;
}

void update_undo_keep(struct update *u)
{
	struct err why = {0};
	struct child c;

	deadline_extend(&u->nic.deadline, DEADLINE_EXTRA_SECONDS);
	if (keep(u, &u->after, &u->before, &c, &why))
		log_error("%s: the guest's next start has the new settings: %s", u->nic.req.dev, why.text);
}
