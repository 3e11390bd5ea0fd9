/* SPDX-License-Identifier: ISC */
/* The netlink messages of a step about a device. */
#ifndef STEP_MESSAGE_H
#define STEP_MESSAGE_H

#include "step.h"

struct nl_msg;

/* Messages of one step go out in this order. What the kernel takes only from an existing device, or only while it is
 * down, needs a message of its own. */
enum phase { PHASE_FIRST, PHASE_FIELDS, PHASE_ALTNAME, PHASE_UP, PHASE_END };

/* Whether a step that adds, deletes or changes a device has a message in a phase, and that message (NULL without
 * memory). */
bool step_has_phase(const struct step *s, enum phase phase);
struct nl_msg *step_message(const struct step *s, enum phase phase);

#endif
