// SPDX-License-Identifier: ISC
// Which guest an interface belongs to, by xenstore: its library is the same in all versions of Xen, libxenlight isn't.
#include "guests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "link.h"
#include "vlans.h"

#define VIFS "backend/vif" // dom0's own; below it DOMID/DEVID
#define PATH_SIZE 64
#define KEY_SIZE 8 // of the longest, with its NUL
#define ID_MAX 65535
#define MTU_MAX 65535
#define MTU_DEFAULT 1500 // libxl's, where there is no key

// The value of DIRECTORY/KEY, which the caller frees, or NULL.
static char *read_key(struct xs_handle *xs, const char *directory, const char *key)
{
	char path[PATH_SIZE + KEY_SIZE];
	unsigned int size;

	snprintf(path, sizeof(path), "%s/%s", directory, key);
	return xs_read(xs, XBT_NULL, path, &size);
}

static char *read_domain_name(struct xs_handle *xs, unsigned long domid)
{
	char directory[PATH_SIZE];

	snprintf(directory, sizeof(directory), "/local/domain/%lu", domid);
	return read_key(xs, directory, "name");
}

// vifname=, or else the name that netback gives.
static char *read_interface(struct xs_handle *xs, const char *directory, unsigned long domid, unsigned long devid)
{
	char *name = read_key(xs, directory, "vifname");

	if (name && *name)
		return name;
	free(name);
	return asprintf(&name, "vif%lu.%lu", domid, devid) < 0 ? NULL : name;
}

static unsigned int read_mtu(struct xs_handle *xs, const char *directory)
{
	char *text = read_key(xs, directory, "mtu");
	unsigned long mtu = MTU_DEFAULT;

	if (text)
		number_parse(text, 1, MTU_MAX, &mtu);
	free(text);
	return (unsigned int)mtu;
}

static unsigned int count_addresses(struct xs_handle *xs, const char *directory)
{
	char *text = read_key(xs, directory, "ip"), *rest = text, *word;
	unsigned int n = 0;

	while ((word = strsep(&rest, " ,")))
		n += *word != '\0';
	free(text);
	return n;
}

static void read_mac(struct xs_handle *xs, const char *directory, unsigned char mac[MAC_SIZE])
{
	char *text = read_key(xs, directory, "mac");

	if (text)
		mac_scan(text, mac);
	free(text);
}

static void free_nic(struct guest_nic *nic)
{
	free(nic->interface);
	free(nic->domain);
}

static void add_nic(struct guests *g, struct guest_nic *nic)
{
	struct guest_nic *grown = NULL;

	if (nic->interface && nic->domain)
		grown = reallocarray(g->nics, g->count + 1, sizeof(*grown));
	if (!grown) {
		free_nic(nic);
		return;
	}
	g->nics = grown;
	g->nics[g->count++] = *nic;
}

static void read_nic(
	struct xs_handle *xs, unsigned long domid, unsigned long devid, const char *domain, struct guests *g)
{
	struct guest_nic nic = {.nic = (int)devid, .domain = strdup(domain)};
	char directory[PATH_SIZE];

	snprintf(directory, sizeof(directory), VIFS "/%lu/%lu", domid, devid);
	nic.interface = read_interface(xs, directory, domid, devid);
	nic.addresses = count_addresses(xs, directory);
	nic.mtu = read_mtu(xs, directory);
	read_mac(xs, directory, nic.mac);
	add_nic(g, &nic);
}

// A domain without a name has gone, and left its directories.
static void read_domain(struct xs_handle *xs, unsigned long domid, struct guests *g)
{
	char directory[PATH_SIZE], *domain = read_domain_name(xs, domid), **devids;
	unsigned int count = 0;
	unsigned long devid;

	snprintf(directory, sizeof(directory), VIFS "/%lu", domid);
	devids = domain ? xs_directory(xs, XBT_NULL, directory, &count) : NULL;
	for (unsigned int i = 0; devids && i < count; i++)
		if (!number_parse(devids[i], 0, ID_MAX, &devid))
			read_nic(xs, domid, devid, domain, g);
	free(devids);
	free(domain);
}

void guests_read(struct guests *ret)
{
	// Not by the kernel's device, which waits for xenstored without end: at boot that comes later.
	struct xs_handle *xs = xs_open(XS_OPEN_SOCKETONLY);
	unsigned int count = 0;
	unsigned long domid;
	char **domids;

	*ret = (struct guests){0};
	if (!xs)
		return;
	domids = xs_directory(xs, XBT_NULL, VIFS, &count);
	for (unsigned int i = 0; domids && i < count; i++)
		if (!number_parse(domids[i], 0, ID_MAX, &domid))
			read_domain(xs, domid, ret);
	free(domids);
	xs_close(xs);
}

void guests_free(struct guests *g)
{
	for (size_t i = 0; i < g->count; i++)
		free_nic(&g->nics[i]);
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
