// SPDX-License-Identifier: ISC
// The netlink messages of a step about a device.
#include "step_message.h"

#include "link_msg.h"

// An MTU in the create message doesn't pin a bridge's; a change of it afterwards does.
static uint32_t unpinned(uint32_t mtu)
{
	return mtu > 1280 ? mtu - 1 : mtu + 1;
}

static struct nl_msg *add_message(const struct link *l, enum phase phase)
{
	const unsigned int later = LINK_UP | LINK_ALIAS | LINK_ADDR_GEN | LINK_ALTNAME;
	struct link create = *l;

	switch (phase) {
	case PHASE_FIRST:
		if (l->kind == KIND_BRIDGE)
			create.mtu = unpinned(l->mtu);
		return link_msg_create(&create, l->set & ~later);
	case PHASE_FIELDS:
		return link_msg_set(
			0, l, l->set & (LINK_ALIAS | LINK_ADDR_GEN | (l->kind == KIND_BRIDGE ? LINK_MTU : 0)), false);
	case PHASE_ALTNAME:
		return link_msg_altname(l->name, l->altname, true);
	default:
		return link_msg_set(0, l, LINK_UP, false);
	}
}

static struct nl_msg *set_message(const struct link *l, enum phase phase)
{
	switch (phase) {
	case PHASE_FIELDS:
		// A new name needs the index: with the name as the key it would be the key.
		return link_msg_set(
			l->set & LINK_RENAME ? l->index : 0, l, l->set & ~(unsigned int)(LINK_UP | LINK_ALTNAME), true);
	case PHASE_ALTNAME:
		return link_msg_altname(l->name, l->altname, true);
	default:
		return link_msg_set(0, l, LINK_UP, false);
	}
}

bool step_has_phase(const struct step *s, enum phase phase)
{
	const struct link *l = s->link;

	if (s->kind == STEP_LINK_DEL)
		return phase == PHASE_FIRST;
	if (phase == PHASE_ALTNAME)
		return l->set & LINK_ALTNAME && *l->altname;
	if (phase == PHASE_UP)
		return l->set & LINK_UP && l->up;
	if (s->kind == STEP_LINK_ADD)
		return true;
	if (phase == PHASE_FIRST)
		return l->set & LINK_UP && !l->up;
	return l->options || l->set & ~(unsigned int)(LINK_UP | LINK_ALTNAME);
}

struct nl_msg *step_message(const struct step *s, enum phase phase)
{
	if (s->kind == STEP_LINK_DEL)
		return link_msg_delete(s->link->name);
	return s->kind == STEP_LINK_ADD ? add_message(s->link, phase) : set_message(s->link, phase);
}
