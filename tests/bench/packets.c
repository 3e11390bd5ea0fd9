// SPDX-License-Identifier: ISC
// What runs in the guest of tests/bench/packets: sends COUNT frames by eth0 as fast as they are taken, 10.0.3.7
// to 10.0.3.8, and prints the nanoseconds of one. The socket's buffer makes it wait for the frames that are under way.
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64

static void check(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

// Nobody looks at the checksums.
static void make_frame(uint8_t *frame, uint8_t protocol)
{
	static const uint8_t head[] = {0x00, 0x16, 0x3e, 0, 0, 8, 0x00, 0x16, 0x3e, 0, 0, 7, 8, 0, 0x45, 0, 0, 46, 0, 0,
		0x40, 0, 64, 0, 0, 0, 10, 0, 3, 7, 10, 0, 3, 8, 0x13, 0x88, 0x13, 0x89, 0, 26};

	memcpy(frame, head, sizeof(head));
	frame[23] = protocol;
}

int main(int argc, char **argv)
{
	static uint8_t frame[1514];
	static struct mmsghdr batch[BATCH];
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("eth0")};
	struct iovec part = {frame, argc > 3 ? (size_t)atoi(argv[3]) : 60};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), count = argc > 1 ? atoi(argv[1]) : 0;
	struct timespec from, to;

	check(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)) && part.iov_len <= sizeof(frame), "eth0");
	make_frame(frame, argc > 2 && !strcmp(argv[2], "udp") ? IPPROTO_UDP : IPPROTO_TCP);
	for (size_t i = 0; i < BATCH; i++)
		batch[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int left = count; left > 0; left -= BATCH)
		check(sendmmsg(fd, batch, BATCH, 0) == BATCH, "sendmmsg");
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%.0f\n", ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / count);
	return 0;
}
