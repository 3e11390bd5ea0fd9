/* SPDX-License-Identifier: ISC */
/* frame: sends Ethernet frames given in hex, one per argument, as they are: scenarios make them with frame.sh. To
 * tap:NAME it sends them as the guest behind that tap does, once its bridge listens. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

static int open_device(const char *name, struct sockaddr_ll *to)
{
	to->sll_ifindex = if_nametoindex(name);
	if (to->sll_ifindex == 0)
		return -1;
	return socket(AF_PACKET, SOCK_RAW, 0);
}

/* The bridge forwards what a port sends soon after its carrier is there. */
static void wait_for_bridge(const char *name)
{
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/sys/class/net/%s/brport/state", name);
	for (int i = 0; i < 300 && state != '3'; i++) {
		int fd = open(path, O_RDONLY);

		usleep(10000);
		if (read(fd, &state, 1) < 0)
			state = 0;
		close(fd);
	}
}

static int open_tap(const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &request) != 0)
		return -1;
	wait_for_bridge(name);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned char bytes[65536];
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	int tap, fd;

	if (argc < 3) {
		fprintf(stderr, "usage: frame DEVICE|tap:NAME HEX...\n");
		return 2;
	}
	tap = strncmp(argv[1], "tap:", 4) == 0;
	fd = tap ? open_tap(argv[1] + 4) : open_device(argv[1], &to);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (char **hex = argv + 2; *hex; hex++) {
		int length = parse(*hex, bytes, sizeof(bytes)), sent;

		if (length < ETH_HLEN) {
			fprintf(stderr, "frame: no Ethernet frame in hex: %s\n", *hex);
			return 2;
		}
		memcpy(&to.sll_protocol, bytes + 2 * ETH_ALEN, sizeof(to.sll_protocol));
		sent = tap ? write(fd, bytes, length)
			   : sendto(fd, bytes, length, 0, (struct sockaddr *)&to, sizeof(to));
		if (sent != length) {
			perror("frame: send");
			return 1;
		}
	}
	close(fd);
	return 0;
}
