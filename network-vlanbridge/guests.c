// SPDX-License-Identifier: ISC
// Which guest an interface belongs to, by libxenlight.
#include "guests.h"

#include <libxl.h>
#include <libxl_utils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct guests *g, char *interface, char *domain, const libxl_device_nic *nic)
{
	struct guest_nic *grown;

	grown = reallocarray(g->nics, g->count + 1, sizeof(*grown));
	if (grown)
		g->nics = grown;
	if (!grown || !interface || !domain) {
		free(interface);
		free(domain);
		return;
	}
	g->nics[g->count] = (struct guest_nic){interface, domain, nic->devid, .mtu = (unsigned int)nic->mtu};
	memcpy(g->nics[g->count++].mac, nic->mac, sizeof(nic->mac));
}

static void read_domain(libxl_ctx *ctx, uint32_t domid, struct guests *g)
{
	int n = 0;
	libxl_device_nic *nics = libxl_device_nic_list(ctx, domid, &n);
	char *name = libxl_domid_to_name(ctx, domid), *interface;

	for (int i = 0; i < n; i++) {
		if (nics[i].ifname)
			interface = strdup(nics[i].ifname);
		else if (asprintf(&interface, "vif%u.%d", domid, nics[i].devid) < 0)
			interface = NULL;
		add(g, interface, name ? strdup(name) : NULL, &nics[i]);
	}
	if (nics)
		libxl_device_nic_list_free(nics, n);
	free(name);
}

void guests_read(struct guests *ret)
{
	// What libxl says when there is no Xen underneath is no news to somebody who asks for a table.
	xentoollog_logger_stdiostream *log = xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
	libxl_ctx *ctx = NULL;
	libxl_dominfo *domains;
	int n = 0;

	*ret = (struct guests){0};
	if (!log || libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (xentoollog_logger *)log))
		goto out;
	domains = libxl_list_domain(ctx, &n);
	for (int i = 0; i < n; i++)
		if (domains[i].domid)
			read_domain(ctx, domains[i].domid, ret);
	if (domains)
		libxl_dominfo_list_free(domains, n);
	libxl_ctx_free(ctx);
out:
	if (log)
		xtl_logger_destroy((xentoollog_logger *)log);
}

void guests_free(struct guests *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->nics[i].interface);
		free(g->nics[i].domain);
	}
	free(g->nics);
	*g = (struct guests){0};
}

const struct guest_nic *guests_find(const struct guests *g, const char *interface)
{
	for (size_t i = 0; i < g->count; i++) {
		size_t n = strlen(g->nics[i].interface);

		if (!strncmp(interface, g->nics[i].interface, n) && (!interface[n] || !strcmp(interface + n, "-emu")))
			return &g->nics[i];
	}
	return NULL;
}
