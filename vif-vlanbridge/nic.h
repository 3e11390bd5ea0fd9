/* SPDX-License-Identifier: ISC */
/* What is asked for one NIC of a guest: from xenstore over arguments over environment. The text is
 * checked here, because libxl passes much of it on unread. */
#ifndef VIF_NIC_H
#define VIF_NIC_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "link.h"
#include "names.h"

#define NIC_TEXT 4096 /* XENSTORE_PAYLOAD_MAX: 128 addresses fit */

enum nic_key { NIC_BRIDGE, NIC_VLAN, NIC_MTU, NIC_MAC, NIC_IP, NIC_VIFNAME, NIC_TYPE, NIC_RULES, NIC_KEYS };

#define NIC_BIT(key) (1U << (key)) /* for sets of keys */

/* Their names in the backend directory, which are also those of the variables. NIC_TYPE is
 * vif_ioemu where the NIC has a tap, too; NIC_RULES is our own: the NIC has filtering rules. */
extern const char *const nic_keys[NIC_KEYS];

/* Words of ip= that aren't addresses: xl passes that text on unread, whatever its version is, and keeps it. WORD or
 * WORD=yes, WORD=no; without the word it is as the bridge has it. */
enum nic_setting { NIC_ISOLATED, NIC_ANTISPOOF, NIC_DISABLED, NIC_SETTINGS };
enum nic_choice { NIC_AS_BRIDGE, NIC_NO, NIC_YES };

extern const char *const nic_settings[NIC_SETTINGS];

struct nic {
	char text[NIC_KEYS][NIC_TEXT]; /* "": not given */
	uint32_t mtu;                  /* 0: the bridge's */
	bool has_mac;
	uint8_t mac[MAC_SIZE]; /* the guest's own */
	bool lists;            /* ip= has other words than settings */
	enum nic_choice settings[NIC_SETTINGS];
};

/* Sets the text of a key, replacing what was there. Returns 0, or -EINVAL with a message in e for
 * text that is too long or has control characters. */
int nic_set(struct nic *nic, enum nic_key key, const char *text, struct err *e);

/* Checks mtu, mac, vifname and the settings in ip, and fills the fields made of them. emulated: the NIC has a tap too,
 * whose name "NAME-emu" must fit. Returns 0, or -EINVAL with a message in e. */
int nic_check(struct nic *nic, bool emulated, struct err *e);

/* Whether a word of ip= is a setting: 1, with its value; 0 if it isn't; or -EINVAL with a message in e for another
 * value than yes and no. */
int nic_parse_setting(const char *word, enum nic_setting *setting, enum nic_choice *choice, struct err *e);

/* What holds for a NIC of a bridge that has that as its own policy. */
bool nic_decides(const struct nic *nic, enum nic_setting setting, bool of_bridge);

/* The name that the device is to have: vifname, "vifname-emu" for a tap, or "" where none is asked
 * for. Only after nic_check. Returns buf. */
char *nic_wanted_name(const struct nic *nic, bool tap, char buf[NAME_SIZE]);

#endif
