/* SPDX-License-Identifier: ISC */
/* The configuration: the file, or a command line. Nothing here looks at the host. */
#ifndef CONFIG_H
#define CONFIG_H

#include "host.h"
#include "l3.h"
#include "link.h"
#include "mark.h"
#include "vlans.h"

#define CONFIG_FILE "/etc/xen/vlanbridge.conf"

/* What dom0 has on a device. */
enum address_policy {
	ADDRESS_KEEP,    /* nothing was said */
	ADDRESS_NONE,    /* none, not even a link-local one */
	ADDRESS_INHERIT, /* those of the device that becomes its port */
	ADDRESS_DHCP,
	ADDRESS_LIST, /* those among the configuration's entries */
};

/* One device that the configuration makes or refers to. */
struct config_device {
	struct link link;        /* the fields and options that it says */
	struct mark mark;        /* of a device that is made: origin, uplink, VLAN, policy flags */
	bool create;             /* made when it is missing. Otherwise it must be there: a NIC, an uplink */
	bool optional;           /* may be missing */
	bool on_demand;          /* changed if it is there, not made */
	bool tagged;             /* vlans counts */
	bool can_inherit;        /* the uplink itself is its port: what the uplink has can move here */
	struct kept_vlans vlans; /* of a port of a VLAN-aware bridge; of the bridge itself, its own port's */
	enum address_policy policy;
	char renamed_from[NAME_SIZE]; /* legacy=yes: what the NIC is called before start, "" if as now */
	size_t slot;
	int line;        /* of the item that makes it, or first refers to it; 0: a command line */
	int master_line; /* of the item that makes it a port of link.master */
};

struct config {
	unsigned long wait;   /* seconds for devices that aren't there yet */
	const char *file;     /* that the lines are of; NULL for a command line */
	const char *demanded; /* of what the file makes on demand, only what has this name is read; NULL: all of it */
	struct config_device **devices;
	size_t count;
	struct l3_list entries;   /* addresses and gateways */
	struct name_table *names; /* and alternative names */
};

/* Reads file (the syntax of xl.conf, through libxlutil) into ret, which must be {0} but for demanded. file must outlive
 * ret. Returns 0, or -errno with a message in e that starts with file:line:; ret is empty then. The caller frees it. */
int config_read(const char *file, struct config *ret, struct err *e);

/* The text of a file, and a NUL after it. Returns 0 or -errno; the caller frees text in either case. */
int config_read_text(const char *file, char **text, size_t *size, struct err *e);

/* config_read from the text of a file; file is only its name for messages. */
int config_parse(const char *file, const char *text, size_t size, struct config *ret, struct err *e);

/* The same from KEY=VALUE arguments, NULL-terminated, that describe one stack (DESIGN: netdev= bridge= vlan= bond=
 * ports= mode= miimon= mtu= address= antispoof= vifnum=). What they leave open follows from the host, as
 * network-bridge's did: netdev= from the bridge that is there, from vifnum=, or from the default route; bridge= from
 * vifnum=, vlan= or netdev=. */
int config_args(char *const *args, const struct host *current, struct config *ret, struct err *e);

void config_free(struct config *c); /* fine on {0} */

/* The device with that name or alternative name, or NULL. */
struct config_device *config_find(const struct config *c, const char *name);

/* Adds a device. Returns 0 and the device, which belongs to c; -EEXIST, -EINVAL for a name that is too long, -ENOMEM.
 */
int config_add(struct config *c, const char *name, struct config_device **ret);

/* Gives d, of c, its alternative name. Returns 0, -EEXIST, -EINVAL or -ENOMEM. */
int config_set_altname(struct config *c, struct config_device *d, const char *altname);

#endif
