// SPDX-License-Identifier: ISC
// Steps: their inverse, their effect on the model, their text.
#include "step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void step_free(struct step *s)
{
	free(s->link);
	l3_free(s->record);
	*s = (struct step){0};
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		step_free(&p->changes[i].todo);
		step_free(&p->changes[i].undo);
	}
	free(p->changes);
	*p = (struct plan){0};
}

static struct link *link_copy(const struct link *l)
{
	struct link *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *l;
	return copy;
}

static int append(struct plan *p, struct change *c, struct err *e)
{
	struct change *grown;

	if (!(p->count & (p->count - 1))) {
		grown = reallocarray(p->changes, p->count ? p->count * 2 : 1, sizeof(*grown));
		if (!grown)
			goto fail;
		p->changes = grown;
	}
	p->changes[p->count++] = *c;
	return 0;
fail:
	step_free(&c->todo);
	step_free(&c->undo);
	return err_set(e, ENOMEM, "no memory for the plan");
}

int plan_append(struct plan *p, enum step_kind todo, const struct link *to, enum step_kind undo,
	const struct link *from, struct err *e)
{
	struct change c = {.todo.kind = todo, .undo.kind = undo};

	if ((to && !(c.todo.link = link_copy(to))) || (from && !(c.undo.link = link_copy(from)))) {
		step_free(&c.todo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

int plan_append_record(struct plan *p, bool add, const struct l3_entry *r, struct err *e)
{
	struct change c = {.todo = {.kind = add ? STEP_RECORD_ADD : STEP_RECORD_DEL, .record = l3_copy(r)},
		.undo = {.kind = add ? STEP_RECORD_DEL : STEP_RECORD_ADD, .record = l3_copy(r)}};

	if (!c.todo.record || !c.undo.record) {
		step_free(&c.todo);
		step_free(&c.undo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

int plan_append_vlans(struct plan *p, bool add, const struct link *port, const struct port_vlans *v, struct err *e)
{
	struct change c = {.todo = {.kind = add ? STEP_VLANS_ADD : STEP_VLANS_DEL, .vlans = *v},
		.undo = {.kind = add ? STEP_VLANS_DEL : STEP_VLANS_ADD, .vlans = *v}};

	c.todo.link = link_copy(port);
	c.undo.link = link_copy(port);
	if (!c.todo.link || !c.undo.link) {
		step_free(&c.todo);
		step_free(&c.undo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

static void copy_ref(struct link_ref *to, const struct link_ref *from)
{
	*to = (struct link_ref){0};
	memcpy(to->name, from->name, sizeof(to->name));
}

void link_copy_field(struct link *to, const struct link *from, unsigned int f)
{
	to->set |= f;
	switch (f) {
	case LINK_UP:
		to->up = from->up;
		break;
	case LINK_MTU:
		to->mtu = from->mtu;
		break;
	case LINK_MAC:
		memcpy(to->mac, from->mac, sizeof(to->mac));
		break;
	case LINK_MASTER:
		copy_ref(&to->master, &from->master);
		break;
	case LINK_LOWER:
		copy_ref(&to->lower, &from->lower);
		break;
	case LINK_ALIAS:
		memcpy(to->alias, from->alias, sizeof(to->alias));
		break;
	case LINK_GROUP:
		to->group = from->group;
		break;
	case LINK_ADDR_GEN:
		to->addr_gen = from->addr_gen;
		break;
	case LINK_ALTNAME:
		memcpy(to->altname, from->altname, sizeof(to->altname));
		break;
	case LINK_RENAME:
		memcpy(to->new_name, from->new_name, sizeof(to->new_name));
		break;
	default:
		break;
	}
}

bool link_field_equal(const struct link *a, const struct link *b, unsigned int f)
{
	switch (f) {
	case LINK_UP:
		return a->up == b->up;
	case LINK_MTU:
		return a->mtu == b->mtu;
	case LINK_MAC:
		return !memcmp(a->mac, b->mac, sizeof(a->mac));
	case LINK_MASTER:
		return !strcmp(a->master.name, b->master.name);
	case LINK_LOWER:
		return !strcmp(a->lower.name, b->lower.name);
	case LINK_ALIAS:
		return !strcmp(a->alias, b->alias);
	case LINK_GROUP:
		return a->group == b->group;
	case LINK_ADDR_GEN:
		return a->addr_gen == b->addr_gen;
	case LINK_ALTNAME:
		return !strcmp(a->altname, b->altname);
	default:
		return true;
	}
}

void step_print(FILE *out, const struct step *s)
{
	static const char *const verbs[] = {[STEP_NONE] = "nothing",
		[STEP_MODULE] = "load module bonding max_bonds=0",
		[STEP_LINK_ADD] = "add ",
		[STEP_LINK_DEL] = "delete ",
		[STEP_LINK_SET] = "set ",
		[STEP_RECORD_ADD] = "add ",
		[STEP_RECORD_DEL] = "delete ",
		[STEP_VLANS_ADD] = "add vlans ",
		[STEP_VLANS_DEL] = "delete vlans ",
		[STEP_DHCP_START] = "start dhcp on ",
		[STEP_DHCP_STOP] = "stop dhcp on "};
	char ids[4096];

	fputs(verbs[s->kind], out);
	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL) {
		fprintf(out, "%s dev %s", vlans_print(&s->vlans.all, ids, sizeof(ids)), s->link->name);
		if (!vlans_empty(&s->vlans.untagged))
			fprintf(out, " untagged %s", vlans_print(&s->vlans.untagged, ids, sizeof(ids)));
		if (s->vlans.pvid)
			fprintf(out, " pvid %u", s->vlans.pvid);
	} else if (s->kind == STEP_LINK_DEL || s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP)
		fputs(s->link->name, out);
	else if (s->link)
		link_describe(out, s->link);
	else if (s->record)
		l3_describe(out, s->record);
}

char *step_text(const struct step *s)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	step_print(f, s);
	fclose(f);
	return text;
}
