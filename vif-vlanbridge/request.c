// SPDX-License-Identifier: ISC
// Parses argv and environment.
#include "request.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vlans.h"

#define QEMU_BRIDGE_MAX 999999999 // tapN means brN

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct command {
	const char *name;
	bool attach, tap, rules;
} commands[] = {
	{"offline", false, false, false}, {"online", true, false, false}, {"remove", false, true, false},
	{"add", true, true, false}, {"rules", true, false, true}, // of either
};

enum variable { VIF, INTERFACE, PATH, TYPE, BRIDGE, QEMU_BRIDGE, VLAN, MTU, IP, VARIABLES };

static const char *const variables[VARIABLES] = {
	[VIF] = "vif",
	[INTERFACE] = "INTERFACE",
	[PATH] = "XENBUS_PATH",
	[TYPE] = "type_if",
	[BRIDGE] = "bridge",
	[QEMU_BRIDGE] = "BRIDGE",
	[VLAN] = "vlan",
	[MTU] = "mtu",
	[IP] = "ip",
};

const char *request_command_name(const struct request *req)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (commands[i].attach == req->attach && commands[i].tap == req->tap)
			return commands[i].name;
	return "";
}

static const struct command *find_command(const char *word)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (!strcmp(word, commands[i].name))
			return &commands[i];
	return NULL;
}

// The last argument VAR=VALUE, or the environment variable, or "".
static const char *read_variable(int argc, char *const argv[], const char *(*env)(const char *), const char *name)
{
	size_t len = strlen(name);
	const char *value = env(name);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			value = argv[i] + len + 1;
	return value ? value : "";
}

// The first word that isn't VAR=VALUE, as xend's scripts took it.
static const char *first_word(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (!strchr(argv[i], '='))
			return argv[i];
	return "";
}

// DOMID and DEVID with the character between in the middle.
static int parse_ids(const char *text, char between, unsigned int *ret_domid, unsigned int *ret_devid)
{
	const char *second = strchr(text, between);
	unsigned long domid, devid;
	char first[8];

	if (!second || second - text >= (ptrdiff_t)sizeof(first))
		return -EINVAL;
	memcpy(first, text, (size_t)(second - text));
	first[second - text] = '\0';
	if (number_parse(first, 0, REQUEST_ID_MAX, &domid) || number_parse(second + 1, 0, REQUEST_ID_MAX, &devid))
		return -EINVAL;
	*ret_domid = (unsigned int)domid;
	*ret_devid = (unsigned int)devid;
	return 0;
}

int request_parse_device(const char *dev, unsigned int *domid, unsigned int *devid)
{
	char ids[NAME_SIZE];
	size_t len;

	if (strncmp(dev, "vif", strlen("vif")))
		return -EINVAL;
	if (!text_copy(ids, sizeof(ids), dev + strlen("vif")))
		return -EINVAL;
	len = strlen(ids);
	if (len > strlen("-emu") && !strcmp(ids + len - strlen("-emu"), "-emu"))
		ids[len - strlen("-emu")] = '\0';
	return parse_ids(ids, '.', domid, devid);
}

// "…backend/vif/DOMID/DEVID", relative or absolute. libxl's is relative, so that it works in driver
// domains.
static int parse_path(const char *text, struct request *req, struct err *e)
{
	static const char vifs[] = "backend/vif/";
	const char *tail = strstr(text, vifs);
	bool is_whole_word = tail && (tail == text || tail[-1] == '/');

	if (!is_whole_word || parse_ids(tail + strlen(vifs), '/', &req->domid, &req->devid) ||
		!text_copy(req->path, sizeof(req->path), text))
		return err_set(
			e, EINVAL, "XENBUS_PATH=%s isn't a vif's backend directory (backend/vif/DOMID/DEVID)", text);
	return 0;
}

// From XENBUS_PATH, or from the device's name: udev's events for taps have no XENBUS_PATH.
static int set_path(struct request *req, const char *path, const char *dev, struct err *e)
{
	char made[PATH_SIZE];

	if (*path)
		return parse_path(path, req, e);
	if (request_parse_device(dev, &req->domid, &req->devid))
		return err_set(
			e, EINVAL, "neither XENBUS_PATH nor a device called vifDOMID.DEVID is given; " REQUEST_USAGE);
	snprintf(made, sizeof(made), "backend/vif/%u/%u", req->domid, req->devid);
	return parse_path(made, req, e);
}

// From the variable, or from the numbers in XENBUS_PATH.
static int set_device(struct request *req, const char *dev, struct err *e)
{
	char made[PATH_SIZE];

	if (!*dev) {
		snprintf(made, sizeof(made), "vif%u.%u%s", req->domid, req->devid, req->tap ? "-emu" : "");
		dev = made;
	}
	if (name_check(dev, e))
		return err_prefix(e, "%s: ", variables[req->tap ? INTERFACE : VIF]);
	text_copy(req->dev, sizeof(req->dev), dev);
	return 0;
}

// A run that a hook has started can have another NIC's tap in its environment.
static bool is_tap_of(const struct request *req, const char *tap)
{
	unsigned int domid, devid;

	return !request_parse_device(tap, &domid, &devid) && domid == req->domid && devid == req->devid;
}

int request_for_nic(unsigned int domid, unsigned int devid, bool tap, struct request *ret, struct err *e)
{
	*ret = (struct request){.attach = true, .tap = tap, .domid = domid, .devid = devid};
	snprintf(ret->path, sizeof(ret->path), "backend/vif/%u/%u", domid, devid);
	return set_device(ret, "", e);
}

static int set_nic(struct request *req, const char *const values[VARIABLES], struct err *e)
{
	static const struct {
		enum nic_key key;
		enum variable variable;
	} map[] = {{NIC_BRIDGE, BRIDGE}, {NIC_VLAN, VLAN}, {NIC_MTU, MTU}, {NIC_IP, IP}};
	int r;

	for (size_t i = 0; i < COUNT(map); i++) {
		r = nic_set(&req->nic, map[i].key, values[map[i].variable], e);
		if (r)
			return r;
	}
	return 0;
}

// The N of tapN. Returns 0 or -errno.
static int parse_tap_number(const char *dev, unsigned long *n)
{
	if (strncmp(dev, "tap", strlen("tap")))
		return -EINVAL;
	return number_parse(dev + strlen("tap"), 0, QEMU_BRIDGE_MAX, n);
}

// BRIDGE, else bridge, else brN for tapN.
static int set_qemu_bridge(struct request *req, const char *qemu_bridge, unsigned long tap_number, struct err *e)
{
	char *bridge = req->nic.text[NIC_BRIDGE];

	if (*qemu_bridge)
		return nic_set(&req->nic, NIC_BRIDGE, qemu_bridge, e);
	if (!*bridge)
		snprintf(bridge, NIC_TEXT, "br%lu", tap_number);
	return 0;
}

// QEMU runs its script with the interface alone. Whether it comes or goes is in the script's name
// (…down, as in kvm-ifdown) or, in our own addition, in a second argument.
static int parse_qemu(
	int argc, char *const argv[], const char *const values[VARIABLES], struct request *req, struct err *e)
{
	const char *dev = argv[1], *direction = argc > 2 ? argv[2] : argv[0];
	size_t len = strlen(direction);
	unsigned long n = 0;
	bool valid;
	int r;

	r = name_check(dev, e);
	if (r)
		return r;
	valid = argc <= 3 && (!parse_tap_number(dev, &n) || *values[QEMU_BRIDGE]);
	if (argc == 3 && strcmp(direction, "up") && strcmp(direction, "down"))
		valid = false;
	if (!valid)
		return err_set(e, EINVAL, "'%s' is no command; " REQUEST_USAGE, dev);
	req->tap = true;
	req->attach = len < strlen("down") || strcmp(direction + len - strlen("down"), "down");
	text_copy(req->dev, sizeof(req->dev), dev);
	r = set_nic(req, values, e);
	if (r)
		return r;
	return set_qemu_bridge(req, values[QEMU_BRIDGE], n, e);
}

static int parse_hotplug(
	const struct command *command, const char *const values[VARIABLES], struct request *req, struct err *e)
{
	const char *type = values[TYPE], *dev;
	int r;

	req->attach = command->attach;
	req->tap = !strcmp(type, "tap");
	if (*type && !req->tap && strcmp(type, "vif"))
		return err_set(e, EINVAL, "type_if=%s: it must be vif or tap; " REQUEST_USAGE, type);
	req->rules = command->rules;
	req->idle = req->tap != command->tap && !req->rules;
	if (req->idle)
		return 0;
	dev = values[req->tap ? INTERFACE : VIF];
	r = set_path(req, values[PATH], dev, e);
	if (r)
		return r;
	r = set_device(req, dev, e);
	if (r)
		return r;
	req->emulated = req->tap || is_tap_of(req, values[INTERFACE]);
	return set_nic(req, values, e);
}

int request_parse(
	int argc, char *const argv[], const char *(*env)(const char *name), struct request *ret, struct err *e)
{
	const char *values[VARIABLES], *word = first_word(argc, argv);
	const struct command *command = find_command(word);

	*ret = (struct request){0};
	for (int v = 0; v < VARIABLES; v++)
		values[v] = read_variable(argc, argv, env, variables[v]);
	if (command)
		return parse_hotplug(command, values, ret, e);
	if (argc > 1 && word == argv[1])
		return parse_qemu(argc, argv, values, ret, e);
	return err_set(e, EINVAL, "no command is given; " REQUEST_USAGE);
}
