/* SPDX-License-Identifier: ISC */
/* stream: a thousand numbered UDP datagrams a second, and how many of them are lost. Each runs until it is told to end
 * (SIGTERM):
 *
 *     stream send ADDRESS PORT
 *     stream receive PORT       prints "LOST of N lost, MOST in a row": between the first and the last that came
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define INTERVAL 1000000 /* ns */
#define BEHIND_MAX 20    /* datagrams: who wakes up later than that doesn't send them all at once */

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static int open_socket(const char *address, const char *port, struct sockaddr_in *to)
{
	int size = 1 << 20, fd = socket(AF_INET, SOCK_DGRAM, 0);

	*to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	if (inet_pton(AF_INET, address, &to->sin_addr) != 1) {
		fprintf(stderr, "stream: %s isn't an address\n", address);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* What can't be sent in this moment is lost, as it would be on the way. */
static int send_all(int fd, const struct sockaddr_in *to)
{
	int64_t next = now();

	for (uint32_t n = 0; !ended; n++) {
		uint32_t number = htonl(n);

		sendto(fd, &number, sizeof(number), 0, (const struct sockaddr *)to, sizeof(*to));
		next += INTERVAL;
		if (now() - next > BEHIND_MAX * INTERVAL)
			next = now();
		sleep_until(next);
	}
	return 0;
}

static int receive_all(int fd, const struct sockaddr_in *at)
{
	uint32_t number, first = 0, next = 0, lost = 0, most = 0;

	if (bind(fd, (const struct sockaddr *)at, sizeof(*at))) {
		perror("stream: bind");
		return 1;
	}
	while (!ended) {
		if (recv(fd, &number, sizeof(number), 0) != sizeof(number))
			continue;
		number = ntohl(number);
		if (!next)
			first = next = number;
		if (number < next) { /* late */
			lost--;
			continue;
		}
		if (number - next > most)
			most = number - next;
		lost += number - next;
		next = number + 1;
	}
	printf("%u of %u lost, %u in a row\n", lost, next - first, most);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = end};
	struct sockaddr_in address;
	int send = argc == 4 && !strcmp(argv[1], "send"), fd;

	if (!send && (argc != 3 || strcmp(argv[1], "receive"))) {
		fprintf(stderr, "usage: stream send ADDRESS PORT | stream receive PORT\n");
		return 2;
	}
	sigaction(SIGTERM, &action, NULL); /* without SA_RESTART: recv returns */
	fd = open_socket(send ? argv[2] : "0.0.0.0", argv[argc - 1], &address);
	if (fd < 0)
		return 1;
	return send ? send_all(fd, &address) : receive_all(fd, &address);
}
