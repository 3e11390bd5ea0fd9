// SPDX-License-Identifier: ISC
// What is asked for one NIC of a guest, as text and checked.
#include "nic.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vlans.h"

// ETH_MIN_MTU of the kernel, and the largest length that IPv4's 16 bits can express.
#define MTU_MIN 68
#define MTU_MAX 65535

#define TAP_SUFFIX "-emu"

const char *const nic_keys[NIC_KEYS] = {
	[NIC_BRIDGE] = "bridge",
	[NIC_VLAN] = "vlan",
	[NIC_MTU] = "mtu",
	[NIC_MAC] = "mac",
	[NIC_IP] = "ip",
	[NIC_VIFNAME] = "vifname",
	[NIC_TYPE] = "type",
	[NIC_RULES] = "vlanbridge-rules",
};

const char *const nic_settings[NIC_SETTINGS] = {
	[NIC_ISOLATED] = "isolated",
	[NIC_ANTISPOOF] = "antispoof",
	[NIC_DISABLED] = "disabled",
};

int nic_set(struct nic *nic, enum nic_key key, const char *text, struct err *e)
{
	for (const char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			return err_set(e, EINVAL, "%s= has a control character (byte %d) at position %zd",
				nic_keys[key], *c, c - text + 1);
	if (!text_copy(nic->text[key], NIC_TEXT, text))
		return err_set(
			e, EINVAL, "%s= has %zu bytes, %d are the limit", nic_keys[key], strlen(text), NIC_TEXT - 1);
	return 0;
}

static int check_vifname(const char *name, bool emulated, struct err *e)
{
	int r = name_check(name, e);

	if (r)
		return err_prefix(e, "vifname=%s: ", name);
	if (emulated && strlen(name) + strlen(TAP_SUFFIX) >= NAME_SIZE)
		return err_set(e, EINVAL,
			"vifname=%s: its emulated NIC would be '%s" TAP_SUFFIX "', %zu bytes, and the kernel "
			"takes %d: '%.*s' would fit",
			name, name, strlen(name) + strlen(TAP_SUFFIX), NAME_SIZE - 1,
			(int)(NAME_SIZE - 1 - strlen(TAP_SUFFIX)), name);
	return 0;
}

static int parse_choice(const char *text, enum nic_choice *choice)
{
	if (!*text || !strcmp(text, "=yes"))
		*choice = NIC_YES;
	else if (!strcmp(text, "=no"))
		*choice = NIC_NO;
	else
		return -EINVAL;
	return 0;
}

int nic_parse_setting(const char *word, enum nic_setting *setting, enum nic_choice *choice, struct err *e)
{
	size_t length = strcspn(word, "=");

	for (int s = 0; s < NIC_SETTINGS; s++) {
		if (strncmp(word, nic_settings[s], length) || nic_settings[s][length])
			continue;
		*setting = (enum nic_setting)s;
		if (parse_choice(word + length, choice))
			return err_set(e, EINVAL, "ip=: %s: it must be yes or no", word);
		return 1;
	}
	return 0;
}

bool nic_decides(const struct nic *nic, enum nic_setting setting, bool of_bridge)
{
	if (nic->settings[setting] == NIC_AS_BRIDGE)
		return of_bridge;
	return nic->settings[setting] == NIC_YES;
}

static int check_words(struct nic *nic, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;
	enum nic_setting setting;
	enum nic_choice choice;
	int r = 0;

	memset(nic->settings, 0, sizeof(nic->settings));
	nic->lists = false;
	text_copy(copy, sizeof(copy), nic->text[NIC_IP]);
	while (r >= 0 && (word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		r = nic_parse_setting(word, &setting, &choice, e);
		if (r == 1)
			nic->settings[setting] = choice;
		else
			nic->lists = true;
	}
	return r < 0 ? r : 0;
}

int nic_check(struct nic *nic, bool emulated, struct err *e)
{
	const char *mtu = nic->text[NIC_MTU], *mac = nic->text[NIC_MAC], *name = nic->text[NIC_VIFNAME];
	unsigned long n = 0;

	if (*mtu && number_parse(mtu, MTU_MIN, MTU_MAX, &n))
		return err_set(e, EINVAL, "mtu=%s: it must be a number from %d to %d", mtu, MTU_MIN, MTU_MAX);
	nic->mtu = (uint32_t)n;
	if (*mac && mac_scan(mac, nic->mac))
		return err_set(e, EINVAL, "mac=%s isn't a MAC address", mac);
	nic->has_mac = *mac;
	if (*name && check_vifname(name, emulated, e))
		return -EINVAL;
	return check_words(nic, e);
}

char *nic_wanted_name(const struct nic *nic, bool tap, char buf[NAME_SIZE])
{
	const char *name = nic->text[NIC_VIFNAME];

	if (!*name || snprintf(buf, NAME_SIZE, "%s%s", name, tap ? TAP_SUFFIX : "") >= NAME_SIZE)
		*buf = '\0';
	return buf;
}
