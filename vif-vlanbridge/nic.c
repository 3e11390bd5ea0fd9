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
	if (!*name)
		return 0;
	return check_vifname(name, emulated, e);
}

char *nic_wanted_name(const struct nic *nic, bool tap, char buf[NAME_SIZE])
{
	const char *name = nic->text[NIC_VIFNAME];

	if (!*name || snprintf(buf, NAME_SIZE, "%s%s", name, tap ? TAP_SUFFIX : "") >= NAME_SIZE)
		*buf = '\0';
	return buf;
}
