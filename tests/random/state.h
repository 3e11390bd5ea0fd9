// SPDX-License-Identifier: ISC
// The network state of the namespace that the process is in, as sorted lines of text that can be compared.
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	LINE_KERNEL =
		1 << 0, // the kernel makes it by itself, and maybe later: link-local addresses and what belongs to them
	LINE_KEPT = 1 << 1,   // the MAC address of a bridge of ours, or of what stands on it: kept on purpose
	LINE_GUEST = 1 << 2,  // of a guest's vif
	LINE_RANDOM = 1 << 3, // another one each time; never compared
};

struct line {
	char *text; // begins with what it is of: "link eth0 mtu 1500", "address eth0 192.0.2.5/24 …"
	char device[16];
	unsigned int flags;
};

struct device {
	int index, master, lower;
	char name[16], kind[16];
	bool up, carrier, addr_gen, has_link_local;
	bool ours;   // made by the program, by its link group
	bool marked; // its alias has a mark, as ports and uplinks have too
};

struct state {
	struct line *lines;
	struct device *devices;
	size_t count, device_count;
};

int state_read(struct state *s);
void state_free(struct state *s);

// All link-local addresses that the kernel is going to make are there.
bool state_settled(const struct state *s);

// The differences, without lines that have one of the flags `ignore`; as many as fit are written to `text`, - and + in
// front.
size_t state_compare(const struct state *a, const struct state *b, unsigned int ignore, char *text, size_t size);

const struct device *state_device(const struct state *s, const char *name);
const char *state_find(const struct state *s, const char *beginning); // the first line that begins so; NULL
bool is_guest(const char *name);

// Used by the readers of one kind each.
struct reader {
	int fd;
	unsigned int seq;
	struct state *s;
};

typedef void read_function(struct reader *r, const struct nlmsghdr *h);

int dump(struct reader *r, int type, const void *header, size_t size, read_function *read);
const struct device *device_by_index(const struct state *s, int index);
const char *device_name(const struct state *s, int index);
__attribute__((format(printf, 4, 5))) void add_line(
	struct state *s, const char *device, unsigned int flags, const char *format, ...);
void hex(const void *data, size_t length, char *text, size_t size);

int read_links(struct reader *r);
int read_port_vlans(struct reader *r);
int read_l3(struct reader *r);
