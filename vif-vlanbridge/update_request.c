// SPDX-License-Identifier: ISC
// Parses the arguments of `update`, and changes a NIC as they say.
#include "update_request.h"

#include <errno.h>
#include <string.h>

#include "bridge_ref.h"
#include "request.h"
#include "sources.h"
#include "vlans.h"

static const char *const keys[UPDATE_KEYS] = {
	[UPDATE_BRIDGE] = "bridge",
	[UPDATE_VLAN] = "vlan",
	[UPDATE_IP] = "ip",
	[UPDATE_MTU] = "mtu",
	[UPDATE_ISOLATED] = "isolated",
	[UPDATE_ANTISPOOF] = "antispoof",
	[UPDATE_DISABLED] = "disabled",
};

static int parse_target(const char *text, struct update_request *u, struct err *e)
{
	const char *slash = strrchr(text, '/');
	unsigned long devid;

	if (!slash) {
		if (request_parse_device(text, &u->domid, &u->devid))
			return err_set(
				e, EINVAL, "'%s' is neither DOMAIN/DEVID nor vifDOMID.DEVID; " UPDATE_USAGE, text);
		return 0;
	}
	if (slash == text || slash - text >= DOMAIN_SIZE || number_parse(slash + 1, 0, REQUEST_ID_MAX, &devid))
		return err_set(e, EINVAL, "'%s' isn't DOMAIN/DEVID; " UPDATE_USAGE, text);
	memcpy(u->domain, text, (size_t)(slash - text));
	u->domain[slash - text] = '\0';
	u->devid = (unsigned int)devid;
	return 0;
}

static int parse_value(const char *word, struct update_request *u, struct err *e)
{
	size_t length = strcspn(word, "=");

	for (int k = 0; k < UPDATE_KEYS; k++) {
		if (strncmp(word, keys[k], length) || keys[k][length] || !word[length])
			continue;
		if (u->values[k])
			return err_set(e, EINVAL, "%s= is given twice", keys[k]);
		u->values[k] = word + length + 1;
		return 0;
	}
	return err_set(e, EINVAL, "'%s' is nothing that can be changed; " UPDATE_USAGE, word);
}

// "" is as the bridge has it; for what no bridge has, as with no.
static int parse_choice(const struct update_request *u, enum update_key key, enum nic_choice *ret, struct err *e)
{
	const char *text = u->values[key];

	if (!text)
		return 0;
	if (!*text || (key == UPDATE_DISABLED && !strcmp(text, "no")))
		*ret = NIC_AS_BRIDGE;
	else if (!strcmp(text, "yes"))
		*ret = NIC_YES;
	else if (!strcmp(text, "no"))
		*ret = NIC_NO;
	else
		return err_set(e, EINVAL, "%s=%s: it must be yes or no", keys[key], text);
	return 0;
}

static int parse_choices(const struct update_request *u, enum nic_choice settings[NIC_SETTINGS], struct err *e)
{
	int r = parse_choice(u, UPDATE_ISOLATED, &settings[NIC_ISOLATED], e);

	if (!r)
		r = parse_choice(u, UPDATE_ANTISPOOF, &settings[NIC_ANTISPOOF], e);
	if (!r)
		r = parse_choice(u, UPDATE_DISABLED, &settings[NIC_DISABLED], e);
	return r;
}

// Addresses and the word router, and then the settings.
static int write_words(struct nic *nic, const enum nic_choice settings[NIC_SETTINGS], struct err *e)
{
	char copy[NIC_TEXT], text[2 * NIC_TEXT], *rest = copy, *end = text, *word;
	enum nic_setting setting;
	enum nic_choice choice;

	text_copy(copy, sizeof(copy), nic->text[NIC_IP]);
	*text = '\0';
	while ((word = strsep(&rest, " ,")))
		if (*word && !nic_parse_setting(word, &setting, &choice, NULL))
			end = stpcpy(stpcpy(end, end > text ? " " : ""), word);
	for (int s = 0; s < NIC_SETTINGS; s++)
		if (settings[s] != NIC_AS_BRIDGE)
			end = stpcpy(stpcpy(stpcpy(end, end > text ? " " : ""), nic_settings[s]),
				settings[s] == NIC_NO ? "=no" : "");
	return nic_set(nic, NIC_IP, text, e);
}

static int overlay_ip(const struct update_request *u, bool emulated, struct nic *nic, struct err *e)
{
	enum nic_choice settings[NIC_SETTINGS];
	int r = 0;

	memcpy(settings, nic->settings, sizeof(settings));
	if (u->values[UPDATE_IP]) {
		r = nic_set(nic, NIC_IP, u->values[UPDATE_IP], e);
		if (!r)
			r = nic_check(nic, emulated, e);
		for (int s = 0; s < NIC_SETTINGS; s++)
			if (nic->settings[s] != NIC_AS_BRIDGE)
				settings[s] = nic->settings[s];
	}
	if (!r)
		r = parse_choices(u, settings, e);
	return r ? r : write_words(nic, settings, e);
}

static bool concerns_ip(const struct update_request *u)
{
	return u->values[UPDATE_IP] || u->values[UPDATE_ISOLATED] || u->values[UPDATE_ANTISPOOF] ||
	       u->values[UPDATE_DISABLED];
}

// What can be seen without the host.
static int check_texts(struct nic *nic, bool emulated, struct err *e)
{
	struct sources unused_sources = {.n = 0};
	struct bridge_ref unused_ref;
	int r = nic_check(nic, emulated, e);

	if (!r)
		r = sources_parse(nic->text[NIC_IP], &unused_sources, e);
	if (!r && *nic->text[NIC_BRIDGE])
		r = bridge_ref_parse(nic, &unused_ref, e);
	return r;
}

int update_request_overlay(const struct update_request *u, bool emulated, struct nic *nic, struct err *e)
{
	static const struct {
		enum update_key key;
		enum nic_key nic_key;
	} map[] = {{UPDATE_BRIDGE, NIC_BRIDGE}, {UPDATE_VLAN, NIC_VLAN}, {UPDATE_MTU, NIC_MTU}};
	int r = 0;

	if (u->values[UPDATE_BRIDGE] && !*u->values[UPDATE_BRIDGE])
		return err_set(e, EINVAL, "bridge= has no value");
	for (size_t i = 0; i < sizeof(map) / sizeof(*map) && !r; i++)
		if (u->values[map[i].key])
			r = nic_set(nic, map[i].nic_key, u->values[map[i].key], e);
	if (!r && concerns_ip(u))
		r = overlay_ip(u, emulated, nic, e);
	return r ? r : check_texts(nic, emulated, e);
}

// Those that can't be of any NIC.
static int check_values(const struct update_request *u, struct err *e)
{
	struct nic nic = {.text[NIC_BRIDGE] = "xenbr0"};

	return update_request_overlay(u, false, &nic, e);
}

int update_request_parse(int argc, char *const argv[], struct update_request *ret, struct err *e)
{
	bool has_target = false, changes = false;
	int r = 0;

	*ret = (struct update_request){0};
	for (int i = 2; i < argc && !r; i++) {
		if (!strcmp(argv[i], "--dry-run") || !strcmp(argv[i], "-n")) {
			ret->dry_run = true;
		} else if (!has_target) {
			r = parse_target(argv[i], ret, e);
			has_target = true;
		} else {
			r = parse_value(argv[i], ret, e);
			changes = true;
		}
	}
	if (!r && !changes)
		return err_set(e, EINVAL, "nothing to change is given; " UPDATE_USAGE);
	return r ? r : check_values(ret, e);
}
