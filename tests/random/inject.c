// SPDX-License-Identifier: ISC
// Preloaded into network-vlanbridge: counts the changes that it asks of the kernel, and spoils one of them.
//
//	INJECT=count:FILE   FILE holds the number of change messages so far
//	INJECT=kill:K       what comes before the K-th is sent, then the process is killed
//	INJECT=refuse:K     the K-th becomes a message that the kernel doesn't know and refuses (EOPNOTSUPP)
//
// Several, separated by commas. A change is a message of rtnetlink that makes, changes or deletes something; one send
// holds one or more. K counts from 1.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define UNKNOWN (RTM_MAX + 100)

static long changes, kill_at, refuse_at;
static int count_fd = -1;
static pid_t process;

static void read_word(char *word)
{
	char *value = strchr(word, ':');

	if (!value)
		return;
	*value++ = '\0';
	if (!strcmp(word, "kill"))
		kill_at = atol(value);
	else if (!strcmp(word, "refuse"))
		refuse_at = atol(value);
	else if (!strcmp(word, "count"))
		count_fd = open(value, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

// At once and not at the end: the process may leave by _exit() or be killed.
static void write_count(void)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%ld\n", changes);

	if (count_fd >= 0 && pwrite(count_fd, text, (size_t)n, 0) < 0)
		abort();
}

__attribute__((constructor)) static void start(void)
{
	char *words = getenv("INJECT"), *copy = words ? strdup(words) : NULL, *rest = copy, *word;

	process = getpid();
	while ((word = strsep(&rest, ",")))
		read_word(word);
	free(copy);
	write_count();
}

// Of each four types of rtnetlink, the third reads (RTM_GETLINK), and the others change something.
static bool is_change(const struct nlmsghdr *h)
{
	return h->nlmsg_type >= RTM_BASE && h->nlmsg_type <= RTM_MAX && h->nlmsg_type % 4 != 2;
}

static bool is_route_netlink(int fd)
{
	int domain = 0, protocol = -1;
	socklen_t size = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) || domain != AF_NETLINK)
		return false;
	size = sizeof(protocol);
	return !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) && protocol == NETLINK_ROUTE;
}

typedef ssize_t sendmsg_function(int, const struct msghdr *, int);

static ssize_t really_send(int fd, const struct msghdr *m, int flags)
{
	static sendmsg_function *function;

	if (!function)
		*(void **)&function = dlsym(RTLD_NEXT, "sendmsg");
	return function(fd, m, flags);
}

static void kill_after(int fd, const struct msghdr *m, char *buffer, size_t before, int flags)
{
	struct iovec part = {.iov_base = buffer, .iov_len = before};
	struct msghdr prefix = *m;

	prefix.msg_iov = &part;
	prefix.msg_iovlen = 1;
	if (before)
		really_send(fd, &prefix, flags);
	kill(getpid(), SIGKILL);
	pause();
}

// Goes through a copy of what is to be sent.
static void spoil(int fd, const struct msghdr *m, char *buffer, size_t size, int flags)
{
	for (size_t at = 0; size - at >= sizeof(struct nlmsghdr);) {
		struct nlmsghdr *h = (struct nlmsghdr *)(void *)(buffer + at);

		if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > size - at)
			return;
		if (is_change(h)) {
			if (++changes == kill_at)
				kill_after(fd, m, buffer, at, flags);
			if (changes == refuse_at)
				h->nlmsg_type = UNKNOWN;
		}
		if (NLMSG_ALIGN(h->nlmsg_len) >= size - at)
			return;
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
}

static ssize_t send_copy(int fd, const struct msghdr *m, int flags)
{
	size_t size = 0, at = 0;
	struct iovec whole;
	struct msghdr copy = *m;
	ssize_t sent;
	int error;

	for (size_t i = 0; i < m->msg_iovlen; i++)
		size += m->msg_iov[i].iov_len;
	whole = (struct iovec){.iov_base = malloc(size + 1), .iov_len = size};
	if (!whole.iov_base)
		abort();
	for (size_t i = 0; i < m->msg_iovlen; at += m->msg_iov[i++].iov_len)
		memcpy((char *)whole.iov_base + at, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len);
	spoil(fd, m, whole.iov_base, size, flags);
	write_count();
	copy.msg_iov = &whole;
	copy.msg_iovlen = 1;
	sent = really_send(fd, &copy, flags);
	error = errno;
	free(whole.iov_base);
	errno = error;
	return sent;
}

// A forked child isn't the one whose changes are counted.
ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	return getpid() == process && is_route_netlink(fd) ? send_copy(fd, m, flags) : really_send(fd, m, flags);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t to_size)
{
	struct iovec whole = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
	struct msghdr m = {
		.msg_name = (void *)(uintptr_t)to, .msg_namelen = to_size, .msg_iov = &whole, .msg_iovlen = 1};

	return sendmsg(fd, &m, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	return sendto(fd, data, size, flags, NULL, 0);
}
