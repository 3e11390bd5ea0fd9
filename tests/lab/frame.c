/* SPDX-License-Identifier: ISC */
/* frame: sends Ethernet frames given in hex, one per argument, as they are: scenarios make them with frame.sh. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The bytes of a hex string, where colons, dots, spaces and line ends don't count. Returns their number, or -1. */
static int parse(const char *hex, unsigned char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	size_t nibbles = 0;

	for (; *hex != '\0'; hex++) {
		if (strchr(":. \n", *hex))
			continue;
		const char *digit = strchr(digits, *hex);
		if (!digit || nibbles / 2 == size)
			return -1;
		unsigned char value = (digit - digits) & 15;
		bytes[nibbles / 2] = nibbles % 2 ? bytes[nibbles / 2] | value : value << 4;
		nibbles++;
	}
	return nibbles % 2 ? -1 : (int)(nibbles / 2);
}

int main(int argc, char **argv)
{
	unsigned char bytes[65536];
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: frame DEVICE HEX...\n");
		return 2;
	}
	to.sll_ifindex = if_nametoindex(argv[1]);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (to.sll_ifindex == 0 || fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (char **hex = argv + 2; *hex; hex++) {
		int length = parse(*hex, bytes, sizeof(bytes));

		if (length < ETH_HLEN) {
			fprintf(stderr, "frame: no Ethernet frame in hex: %s\n", *hex);
			return 2;
		}
		memcpy(&to.sll_protocol, bytes + 2 * ETH_ALEN, sizeof(to.sll_protocol));
		if (sendto(fd, bytes, length, 0, (struct sockaddr *)&to, sizeof(to)) != length) {
			perror("frame: send");
			return 1;
		}
	}
	close(fd);
	return 0;
}
