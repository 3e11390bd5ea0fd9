// SPDX-License-Identifier: ISC
// ICMP echo. Raw sockets: others would need net.ipv4.ping_group_range.
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe_ask.h"

#define PAYLOAD 48 // what ping sends: shorter ones are dropped by some

#ifndef ICMP_FILTER
#define ICMP_FILTER 1 // linux/icmp.h, which netinet's headers exclude
#endif

// Both families' begin in the same way: RFC 792, RFC 4443.
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
	uint8_t payload[PAYLOAD];
};

void probe_open_echo(int sockets[ECHO_SOCKETS])
{
	uint32_t all_but_replies = ~(1U << ICMP_ECHOREPLY);
	struct icmp6_filter replies;

	sockets[ECHO_IPV4] = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
	sockets[ECHO_IPV6] = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
	ICMP6_FILTER_SETBLOCKALL(&replies);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies);
	// Less to read; replies are looked at in any case.
	setsockopt(sockets[ECHO_IPV4], SOL_RAW, ICMP_FILTER, &all_but_replies, sizeof(all_but_replies));
	setsockopt(sockets[ECHO_IPV6], IPPROTO_ICMPV6, ICMP6_FILTER, &replies, sizeof(replies));
}

// RFC 1071. Of ICMPv6 the kernel fills it in.
static uint16_t sum(const void *data, size_t size)
{
	const uint8_t *b = data;
	uint32_t total = 0;

	for (size_t i = 0; i + 1 < size; i += 2)
		total += (uint32_t)(b[i] << 8 | b[i + 1]);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons((uint16_t)~total);
}

// What can't be sent isn't answered.
void probe_send_echo(const int sockets[ECHO_SOCKETS], uint16_t id, const struct probe_target *t)
{
	struct sockaddr_in to4 = {.sin_family = AF_INET};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_scope_id = (uint32_t)t->index};
	struct echo m = {.type = t->family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST, .id = htons(id)};

	if (t->family == AF_INET) {
		m.checksum = sum(&m, sizeof(m));
		memcpy(&to4.sin_addr, t->address, sizeof(to4.sin_addr));
		sendto(sockets[ECHO_IPV4], &m, sizeof(m), 0, (struct sockaddr *)&to4, sizeof(to4));
	} else {
		memcpy(&to6.sin6_addr, t->address, sizeof(to6.sin6_addr));
		sendto(sockets[ECHO_IPV6], &m, sizeof(m), 0, (struct sockaddr *)&to6, sizeof(to6));
	}
}

static void mark(struct probe_targets *targets, int family, const void *address, uint32_t scope)
{
	size_t size = family == AF_INET ? 4 : 16;

	for (size_t i = 0; i < targets->count; i++) {
		struct probe_target *t = &targets->list[i];

		if (t->family == family && !memcmp(t->address, address, size) &&
			(!scope || scope == (uint32_t)t->index))
			t->answered = true;
	}
}

static bool is_reply(const uint8_t *packet, ssize_t size, uint8_t type, uint16_t id)
{
	struct echo m;

	if (size < (ssize_t)offsetof(struct echo, payload))
		return false;
	memcpy(&m, packet, offsetof(struct echo, payload));
	return m.type == type && m.id == htons(id);
}

static void read_ipv4(int fd, uint16_t id, struct probe_targets *targets)
{
	uint8_t packet[256]; // the head counts
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	ssize_t n, head;

	while ((n = recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &length)) > 0) {
		head = (packet[0] & 0xf) * 4;
		if (is_reply(packet + head, n - head, ICMP_ECHOREPLY, id))
			mark(targets, AF_INET, &from.sin_addr, 0);
	}
}

static void read_ipv6(int fd, uint16_t id, struct probe_targets *targets)
{
	uint8_t packet[256];
	struct sockaddr_in6 from;
	socklen_t length = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &length)) > 0)
		if (is_reply(packet, n, ICMP6_ECHO_REPLY, id))
			mark(targets, AF_INET6, &from.sin6_addr, from.sin6_scope_id);
}

void probe_read_echoes(const int sockets[ECHO_SOCKETS], uint16_t id, struct probe_targets *targets)
{
	read_ipv4(sockets[ECHO_IPV4], id, targets);
	read_ipv6(sockets[ECHO_IPV6], id, targets);
}
