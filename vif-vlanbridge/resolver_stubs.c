// SPDX-License-Identifier: ISC
// No resolver: libnl's parser of addresses, which we don't call, would bring the C library's into a
// static program, with a linker's warning for each function. These take their places.
#include <netdb.h>
#include <stddef.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	(void)node, (void)service, (void)hints, (void)ret;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

struct protoent *getprotobyname(const char *name)
{
	(void)name;
	return NULL;
}

struct protoent *getprotobynumber(int number)
{
	(void)number;
	return NULL;
}
