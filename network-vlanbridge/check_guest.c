// SPDX-License-Identifier: ISC
// Whether a guest's NICs would find their bridges and VLANs here: by the rules of the vif hook.
#include "check_guest.h"

#include <errno.h>
#include <libxlutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"
#include "vif-vlanbridge/bridge_ref.h"

#define BRIDGE_DEFAULT "xenbr0" /* libxl's */

struct guest_check {
	const char *file;
	const struct host *host;
	const struct config *config;
	struct check_report *report;
};

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n && strchr(" \t", text[n - 1]))
		text[--n] = '\0';
	return text;
}

// bridge=, vlan= and backend= of "mac=…,bridge=br5"; the other keys aren't for us.
static int read_keys(char *text, struct nic *nic, char backend[NIC_TEXT], struct err *e)
{
	char *word, *value;
	int r = 0;

	while (!r && (word = strsep(&text, ","))) {
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		word = trim(word);
		if (!strcmp(word, "bridge"))
			r = nic_set(nic, NIC_BRIDGE, trim(value), e);
		else if (!strcmp(word, "vlan"))
			r = nic_set(nic, NIC_VLAN, trim(value), e);
		else if (!strcmp(word, "backend"))
			snprintf(backend, NIC_TEXT, "%s", trim(value));
	}
	if (!r && !*nic->text[NIC_BRIDGE])
		r = nic_set(nic, NIC_BRIDGE, BRIDGE_DEFAULT, e);
	return r;
}

// As the kernel would answer the hook.
static void look_up(const struct host *h, struct bridge_ref *ref, struct lookup lookups[SLOTS])
{
	for (int s = SLOT_BRIDGE; s < SLOTS; s++) {
		const struct device *d = *ref->names[s] ? host_find(h, ref->names[s]) : NULL, *m;

		lookups[s] = (struct lookup){.found = d};
		if (!d)
			continue;
		lookups[s].link = d->link;
		m = bridge_ref_is_uplink(&lookups[s]) ? host_find(h, d->link.master.name) : d;
		if (device_is_kind(m, KIND_BRIDGE))
			lookups[s].bridge = m->link;
	}
}

static const struct config_device *find_on_demand(const struct config *c, const char *name)
{
	const struct config_device *d = config_find(c, name);

	if (d && d->link.kind == KIND_VLAN)
		d = config_find(c, d->link.master.name);
	return d && d->on_demand ? d : NULL;
}

// Returns the bridge's name, or NULL with a message in e.
static const char *find_bridge(const struct guest_check *g, const struct nic *nic, struct err *e)
{
	struct lookup lookups[SLOTS] = {0};
	const struct config_device *demanded;
	struct bridge_choice choice;
	struct bridge_ref ref;
	int r = bridge_ref_parse(nic, &ref, e);

	if (r)
		return NULL;
	look_up(g->host, &ref, lookups);
	bridge_ref_add_uplink_vlan(&ref, lookups);
	look_up(g->host, &ref, lookups);
	r = bridge_ref_resolve(&ref, lookups, &choice, e);
	if (!r)
		return host_find(g->host, choice.bridge->name)->link.name;
	demanded = r == -ENODEV ? find_on_demand(g->config, bridge_ref_demand_name(&ref)) : NULL;
	return demanded ? demanded->link.name : NULL;
}

static void check_nic(const struct guest_check *g, int i, char *text)
{
	struct nic nic = {0};
	char backend[NIC_TEXT] = "";
	struct err e = {0};
	const char *bridge;

	if (read_keys(text, &nic, backend, &e)) {
		check_tell(g->report, "", "guest-nic", "%s: vif %d: %s", g->file, i, e.text);
		return;
	}
	if (*backend && strcmp(backend, "0") && strcmp(backend, "Domain-0")) {
		check_tell(g->report, "", NULL, "%s: vif %d: in the driver domain %s", g->file, i, backend);
		return;
	}
	bridge = find_bridge(g, &nic, &e);
	if (bridge)
		check_tell(g->report, bridge, NULL, "%s: vif %d: %s%s", g->file, i, bridge,
			host_find(g->host, bridge) ? "" : ", which is made on first use");
	else
		check_tell(g->report, nic.text[NIC_BRIDGE], "guest-nic", "%s: vif %d: %s", g->file, i, e.text);
}

static int check_nics(const struct guest_check *g, XLU_Config *xlu, struct err *e)
{
	XLU_ConfigList *list;
	int count;
	int r = xlu_cfg_get_list(xlu, "vif", &list, &count, 1);

	if (r == ESRCH)
		return 0;
	if (r)
		return err_set(e, EINVAL, "%s: 'vif' must be a list: vif = [ '…', '…' ]", g->file);
	for (int i = 0; i < count; i++) {
		const char *text = xlu_cfg_get_listitem(list, i);
		char *copy = strdup(text ? text : "");

		if (!copy)
			return err_set(e, ENOMEM, "no memory to read %s", g->file);
		check_nic(g, i, copy);
		free(copy);
	}
	return 0;
}

int check_guest(const char *file, const char *text, size_t size, const struct host *h, const struct config *c,
	struct check_report *ret, struct err *e)
{
	struct guest_check g = {file, h, c, ret};
	char *complaint = NULL;
	size_t length;
	FILE *report = open_memstream(&complaint, &length);
	XLU_Config *xlu = report ? xlu_cfg_init(report, file) : NULL;
	int r;

	if (!xlu) {
		r = err_set(e, ENOMEM, "no memory to read %s", file);
	} else if (memchr(text, '\0', size) || size >= INT32_MAX || xlu_cfg_readdata(xlu, text, (int)size)) {
		fflush(report);
		complaint[strcspn(complaint, "\n")] = '\0';
		r = err_set(e, EINVAL, "%s", *complaint ? complaint : file);
	} else {
		r = check_nics(&g, xlu, e);
	}
	if (xlu)
		xlu_cfg_destroy(xlu);
	if (report)
		fclose(report);
	free(complaint);
	return r ? r : ret->failed ? err_set(e, ENOMEM, "no memory to read %s", file) : 0;
}
