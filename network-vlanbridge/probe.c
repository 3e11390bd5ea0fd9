// SPDX-License-Identifier: ISC
// What probe= says, and what is to be told of the answers.
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORD_SIZE (INET6_ADDRSTRLEN + NAME_SIZE + 1)

static int refuse(const char *word, struct err *e)
{
	return err_set(e, EINVAL,
		"probe=%s: it must be gateway, lacp, ssh, an IP address, or +ADDRESS of one that answers only "
		"afterwards",
		word);
}

static bool is_link_local(const struct probe *p)
{
	return p->family == AF_INET6 && p->address[0] == 0xfe && (p->address[1] & 0xc0) == 0x80;
}

// The device may not be there yet: inet_pton reads no scope, and getaddrinfo would look for it.
static int parse_address(const char *word, struct probe *p, struct err *e)
{
	char text[WORD_SIZE], *scope;

	if (!text_copy(text, sizeof(text), word))
		return refuse(word, e);
	scope = strchr(text, '%');
	if (scope)
		*scope++ = '\0';
	if (inet_pton(AF_INET, text, p->address) == 1)
		p->family = AF_INET;
	else if (inet_pton(AF_INET6, text, p->address) == 1)
		p->family = AF_INET6;
	else
		return refuse(word, e);
	if (is_link_local(p) != (scope != NULL))
		return err_set(e, EINVAL,
			scope ? "probe=%s: only a link-local address has a device"
			      : "probe=%1$s: every device reaches such addresses: say %1$s%%DEVICE",
			word);
	if (scope && (name_check(scope, e) || !text_copy(p->device, sizeof(p->device), scope)))
		return err_prefix(e, "probe=%s: ", word);
	snprintf(p->text, sizeof(p->text), "%s", word);
	return 0;
}

static int parse_peer(const char *peer, struct probe *p, struct err *e)
{
	int r = peer ? parse_address(peer, p, e) : 0;

	snprintf(
		p->text, sizeof(p->text), peer ? "the ssh client %s" : "the ssh client (this is no ssh session)", peer);
	return r;
}

static int parse_word(const char *word, const char *peer, struct probe *p, struct err *e)
{
	if (!strcmp(word, "ssh"))
		return parse_peer(peer, p, e);
	if (!strcmp(word, "lacp")) {
		p->kind = PROBE_LACP;
		snprintf(p->text, sizeof(p->text), "the LACP partner");
		return 0;
	}
	p->is_new = *word == '+';
	return parse_address(word + p->is_new, p, e);
}

static int add(struct probes *all, const struct probe *p, struct err *e)
{
	if (all->count == PROBES)
		return err_set(e, EINVAL, "probe=: there are more than %d", PROBES);
	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->list[i].text, p->text))
			return err_set(e, EINVAL, "probe=: %s is named twice", p->text);
	all->list[all->count++] = *p;
	return 0;
}

static int add_word(struct probes *all, const char *word, const char *peer, struct err *e)
{
	struct probe p = {0}, other;

	if (strcmp(word, "gateway"))
		return parse_word(word, peer, &p, e) ? -EINVAL : add(all, &p, e);
	p = (struct probe){.kind = PROBE_GATEWAY, .family = AF_INET, .text = "the IPv4 gateway"};
	other = (struct probe){.kind = PROBE_GATEWAY, .family = AF_INET6, .text = "the IPv6 gateway"};
	return add(all, &p, e) ? -EINVAL : add(all, &other, e);
}

int probes_parse(const char *list, const char *peer, struct probes *ret, struct err *e)
{
	char word[WORD_SIZE + 1];
	size_t length;
	int r;

	do {
		length = strcspn(list, ",");
		if (length >= sizeof(word))
			return refuse(list, e);
		memcpy(word, list, length);
		word[length] = '\0';
		r = add_word(ret, word, peer, e);
		list += length;
	} while (!r && *list++);
	return r;
}

bool probes_all_answer(const struct probes *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i].answers)
			return false;
	return true;
}

char *probes_print(const struct probes *p, bool answering, char *buf, size_t size)
{
	const struct probe *told[PROBES];
	size_t count = 0, used = 0;

	*buf = '\0';
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].answers == answering)
			told[count++] = &p->list[i];
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
			!i              ? ""
			: i + 1 < count ? ", "
					: " and ",
			told[i]->text);
	return buf;
}

static void drop(struct probes *p, size_t i)
{
	p->count--;
	memmove(&p->list[i], &p->list[i + 1], (p->count - i) * sizeof(*p->list));
}

void probes_drop_absent_gateway(struct probes *p)
{
	size_t absent = PROBES;

	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].kind == PROBE_GATEWAY && !p->list[i].is_there)
			absent = i; // of both, that of IPv6
	if (absent < PROBES)
		drop(p, absent);
}

void probes_drop_silent(struct probes *p, struct probes *dropped)
{
	for (size_t i = 0; i < p->count;) {
		if (p->list[i].answers || p->list[i].is_new) {
			i++;
			continue;
		}
		dropped->list[dropped->count++] = p->list[i];
		drop(p, i);
	}
}
