// SPDX-License-Identifier: ISC
// What this run is asked to do, from argv and environment.
#include "request.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vlans.h"

#define ID_MAX 65535

#define USAGE                                                                                      \
	"usage: vif-vlanbridge online|offline|add|remove [type_if=vif|tap] [vif=NAME] "            \
	"[XENBUS_PATH=PATH] "                                                                      \
	"[bridge=NAME] [vlan=LIST] [mtu=N] [ip=LIST], or as QEMU's script: vif-vlanbridge TAP "    \
	"[up|down]"

static const struct command {
	const char *name;
	bool attach, tap;
} commands[] = {
	{"offline", false, false},
	{"online", true, false},
	{"remove", false, true},
	{"add", true, true},
};

enum variable { VIF, INTERFACE, PATH, TYPE, BRIDGE, QEMU_BRIDGE, VLAN, MTU, IP, VARIABLES };

static const char *const variables[VARIABLES] = {
	"vif", "INTERFACE", "XENBUS_PATH", "type_if", "bridge", "BRIDGE", "vlan", "mtu", "ip"};

const char *request_command_name(const struct request *r)
{
	return commands[r->tap * 2 + r->attach].name;
}

static const struct command *find_command(const char *word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(word, commands[i].name))
			return &commands[i];
	return NULL;
}

static void read_variables(int argc, char *const argv[], const char *(*env)(const char *),
	const char *values[VARIABLES])
{
	for (int v = 0; v < VARIABLES; v++) {
		size_t len = strlen(variables[v]);

		values[v] = env(variables[v]);
		for (int i = 1; i < argc; i++)
			if (!strncmp(argv[i], variables[v], len) && argv[i][len] == '=')
				values[v] = argv[i] + len + 1;
		if (!values[v])
			values[v] = "";
	}
}

// The first word that isn't VAR=VALUE, as xend's scripts took it.
static const char *first_word(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (!strchr(argv[i], '='))
			return argv[i];
	return "";
}

// Two numbers, with one character between them and nothing after them.
static int read_ids(const char *text, char between, struct request *r)
{
	const char *second = strchr(text, between);
	unsigned long domid, devid;
	char first[8];

	if (!second || second - text >= (ptrdiff_t)sizeof(first))
		return -EINVAL;
	memcpy(first, text, (size_t)(second - text));
	first[second - text] = '\0';
	if (number_parse(first, 0, ID_MAX, &domid) || number_parse(second + 1, 0, ID_MAX, &devid))
		return -EINVAL;
	r->domid = (unsigned int)domid;
	r->devid = (unsigned int)devid;
	return 0;
}

// "vifDOMID.DEVID" or "vifDOMID.DEVID-emu".
static int read_dev(const char *dev, struct request *r)
{
	char ids[NAME_SIZE];
	size_t len = strlen(dev);

	if (strncmp(dev, "vif", 3) || !text_copy(ids, sizeof(ids), dev + 3))
		return -EINVAL;
	if (len > 7 && !strcmp(dev + len - 4, "-emu"))
		ids[len - 7] = '\0';
	return read_ids(ids, '.', r);
}

// "…backend/vif/DOMID/DEVID", relative or absolute. libxl's is relative, so that it works in driver
// domains.
static int read_path(const char *text, struct request *r, struct err *e)
{
	const char *tail = strstr(text, "backend/vif/");

	if (!tail || (tail != text && tail[-1] != '/') ||
		read_ids(tail + strlen("backend/vif/"), '/', r) ||
		!text_copy(r->path, sizeof(r->path), text))
		return err_set(e, EINVAL,
			"XENBUS_PATH=%s isn't a vif's backend directory (backend/vif/DOMID/DEVID)",
			text);
	return 0;
}

// Each of directory and device tells the other: udev's events for taps carry the device only.
static int complete(struct request *r, const char *path, const char *dev, struct err *e)
{
	char made[PATH_SIZE];
	int result;

	if (!*path && !read_dev(dev, r)) {
		snprintf(made, sizeof(made), "backend/vif/%u/%u", r->domid, r->devid);
		path = made;
	}
	if (!*path)
		return err_set(e, EINVAL,
			"neither XENBUS_PATH nor a device called vifDOMID.DEVID is given; " USAGE);
	result = read_path(path, r, e);
	if (result)
		return result;
	if (!*dev) {
		snprintf(
			made, sizeof(made), "vif%u.%u%s", r->domid, r->devid, r->tap ? "-emu" : "");
		dev = made;
	}
	result = name_check(dev, e);
	if (result)
		return err_prefix(e, "%s: ", r->tap ? "INTERFACE" : "vif");
	text_copy(r->dev, sizeof(r->dev), dev);
	return 0;
}

static int read_nic(struct request *r, const char *const values[VARIABLES], struct err *e)
{
	static const struct {
		enum nic_key key;
		enum variable from;
	} map[] = {{NIC_BRIDGE, BRIDGE}, {NIC_VLAN, VLAN}, {NIC_MTU, MTU}, {NIC_IP, IP}};
	int result = 0;

	for (size_t i = 0; !result && i < sizeof(map) / sizeof(*map); i++)
		result = nic_set(&r->nic, map[i].key, values[map[i].from], e);
	return result;
}

// QEMU runs its script with the interface alone. What it means by that is in the script's name
// (…down, as in kvm-ifdown) or, in our own addition, in a second word.
static int read_qemu(int argc, char *const argv[], const char *const values[VARIABLES],
	struct request *r, struct err *e)
{
	const char *dev = argv[1], *end = argc > 2 ? argv[2] : argv[0];
	size_t len = strlen(end);
	unsigned long n;
	int result = name_check(dev, e);
	bool numbered = !strncmp(dev, "tap", 3) && !number_parse(dev + 3, 0, 999999999, &n);

	if (result)
		return result;
	if ((!*values[QEMU_BRIDGE] && !numbered) || argc > 3 ||
		(argc == 3 && strcmp(end, "up") && strcmp(end, "down")))
		return err_set(e, EINVAL, "'%s' is no command; " USAGE, dev);
	r->tap = true;
	r->attach = len < 4 || strcmp(end + len - 4, "down");
	text_copy(r->dev, sizeof(r->dev), dev);
	result = read_nic(r, values, e);
	if (!result && *values[QEMU_BRIDGE])
		result = nic_set(&r->nic, NIC_BRIDGE, values[QEMU_BRIDGE], e);
	else if (!result && !*r->nic.text[NIC_BRIDGE])
		snprintf(r->nic.text[NIC_BRIDGE], NIC_TEXT, "br%lu", n);
	return result;
}

int request_parse(int argc, char *const argv[], const char *(*env)(const char *name),
	struct request *ret, struct err *e)
{
	const char *values[VARIABLES], *word = first_word(argc, argv);
	const struct command *command = find_command(word);
	int r;

	*ret = (struct request){0};
	read_variables(argc, argv, env, values);
	if (!command)
		return argc > 1 && word == argv[1]
			       ? read_qemu(argc, argv, values, ret, e)
			       : err_set(e, EINVAL, "no command is given; " USAGE);
	ret->attach = command->attach;
	ret->tap = !strcmp(values[TYPE], "tap");
	ret->emulated = ret->tap || *values[INTERFACE];
	if (*values[TYPE] && !ret->tap && strcmp(values[TYPE], "vif"))
		return err_set(
			e, EINVAL, "type_if=%s: it must be vif or tap; " USAGE, values[TYPE]);
	ret->idle = ret->tap != command->tap;
	if (ret->idle)
		return 0;
	r = complete(ret, values[PATH], values[ret->tap ? INTERFACE : VIF], e);
	return r ? r : read_nic(ret, values, e);
}
