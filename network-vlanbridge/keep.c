// SPDX-License-Identifier: ISC
// The configuration that libxl keeps of a running domain.
#include "keep.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libxl.h>
#include <libxl_utils.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "vlans.h"

#define DIRECTORY "/var/lib/xen" /* XEN_LIB_DIR */
#define MTU_MAX 65535

// Loaded when it is needed: the library belongs to one version of Xen, and a host's network must come up after another
// one has been installed.
#define FUNCTIONS(X)                                                                                                   \
	X(libxl_ctx_alloc)                                                                                             \
	X(libxl_ctx_free)                                                                                              \
	X(libxl_dominfo_init)                                                                                          \
	X(libxl_domain_info)                                                                                           \
	X(libxl_dominfo_dispose)                                                                                       \
	X(libxl_uuid_copy)                                                                                             \
	X(libxl_domain_config_init)                                                                                    \
	X(libxl_domain_config_from_json)                                                                               \
	X(libxl_domain_config_to_json)                                                                                 \
	X(libxl_domain_config_dispose)                                                                                 \
	X(xtl_createlogger_stdiostream)                                                                                \
	X(xtl_logger_destroy)

#define POINTER(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(POINTER)
} libxl;

static int load_libxl(struct err *e)
{
	void *library = dlopen(LIBXENLIGHT, RTLD_NOW);

	if (!library)
		return err_set(e, ENOENT,
			"%s isn't there, with which this program was built: what xl keeps of the guest stays as it was",
			LIBXENLIGHT);
#define FIND(name) libxl.name = (__typeof__(name) *)dlsym(library, #name);
	FUNCTIONS(FIND)
#define IS_MISSING(name) || !libxl.name
	if (false FUNCTIONS(IS_MISSING))
		return err_set(e, ENOENT, "%s lacks a function that every version has", LIBXENLIGHT);
	return 0;
}

struct keep {
	xentoollog_logger *log;
	libxl_ctx *ctx;
	uint32_t domid;
	libxl_uuid uuid;
	int lock;
	bool read;
	libxl_domain_config config;
};

// As libxl__userdata_path makes it; kind is l of a lock, n of what is being written, d of data.
static void make_path(const struct keep *k, char kind, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, DIRECTORY "/userdata-%c.%u." LIBXL_UUID_FMT ".%s", kind, k->domid,
		LIBXL_UUID_BYTES(k->uuid), name);
}

static bool is_same_file(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// As libxl__lock_file does it: who had the lock may have deleted its file, and the next one made another.
static int lock(struct keep *k, struct err *e)
{
	char path[PATH_MAX];

	make_path(k, 'l', "domain-userdata-lock", path);
	for (;;) {
		k->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (k->lock < 0 || flock(k->lock, LOCK_EX))
			return err_set(e, errno, "can't lock %s: %s", path, strerror(errno));
		if (is_same_file(k->lock, path))
			return 0;
		close(k->lock);
	}
}

static void unlock(struct keep *k)
{
	char path[PATH_MAX];

	if (k->lock < 0)
		return;
	make_path(k, 'l', "domain-userdata-lock", path);
	if (is_same_file(k->lock, path))
		unlink(path);
	close(k->lock);
}

static bool find_domain(struct keep *k)
{
	libxl_dominfo info;
	bool found;

	libxl.libxl_dominfo_init(&info);
	found = !libxl.libxl_domain_info(k->ctx, &info, k->domid);
	if (found)
		libxl.libxl_uuid_copy(k->ctx, &k->uuid, &info.uuid);
	libxl.libxl_dominfo_dispose(&info);
	return found;
}

static bool connect_libxl(struct keep *k)
{
	// What libxl says where there is no Xen underneath is no news.
	k->log = (xentoollog_logger *)libxl.xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
	return k->log && !libxl.libxl_ctx_alloc(&k->ctx, LIBXL_VERSION, 0, k->log) && find_domain(k);
}

static int read_config(struct keep *k, struct err *e)
{
	char path[PATH_MAX], *text;
	size_t size;
	int r;

	make_path(k, 'd', "libxl-json", path);
	r = config_read_text(path, &text, &size, e);
	libxl.libxl_domain_config_init(&k->config);
	k->read = true;
	if (!r && libxl.libxl_domain_config_from_json(k->ctx, &k->config, text))
		r = err_set(e, EINVAL, "libxl doesn't understand its own %s", path);
	free(text);
	return r;
}

int keep_open(uint32_t domid, struct keep **ret, struct err *e)
{
	struct keep *k = calloc(1, sizeof(*k));
	char path[PATH_MAX];
	int r;

	*ret = NULL;
	if (!k)
		return err_set(e, ENOMEM, "no memory");
	k->domid = domid;
	k->lock = -1;
	r = load_libxl(e);
	if (r) {
		free(k);
		return r;
	}
	if (!connect_libxl(k)) {
		keep_close(k);
		return 0;
	}
	make_path(k, 'd', "libxl-json", path);
	if (access(path, F_OK)) {
		keep_close(k);
		return 0;
	}
	*ret = k;
	r = lock(k, e);
	return r ? r : read_config(k, e);
}

void keep_close(struct keep *k)
{
	if (!k)
		return;
	if (k->read)
		libxl.libxl_domain_config_dispose(&k->config);
	unlock(k);
	if (k->ctx)
		libxl.libxl_ctx_free(k->ctx);
	if (k->log)
		libxl.xtl_logger_destroy(k->log);
	free(k);
}

static libxl_device_nic *find_nic(struct keep *k, int devid)
{
	for (int i = 0; i < k->config.num_nics; i++)
		if (k->config.nics[i].devid == devid)
			return &k->config.nics[i];
	return NULL;
}

// NULL: libxl has no such key. 4.20 is the first whose xl has vlan=; there is no macro for it.
static char **find_text(libxl_device_nic *nic, const char *key)
{
	if (!strcmp(key, "bridge"))
		return &nic->bridge;
	if (!strcmp(key, "ip"))
		return &nic->ip;
#ifdef LIBXL_HAVE_XEN_9PFS
	if (!strcmp(key, "vlan"))
		return &nic->vlan;
#endif
	return NULL;
}

static int set_text(char **text, const char *value, struct err *e)
{
	char *copy = *value ? strdup(value) : NULL;

	if (*value && !copy)
		return err_set(e, ENOMEM, "no memory");
	free(*text);
	*text = copy;
	return 0;
}

// 0 is libxl's default.
static int set_mtu(libxl_device_nic *nic, const char *value, struct err *e)
{
	unsigned long mtu = 0;

	if (*value && number_parse(value, 0, MTU_MAX, &mtu))
		return err_set(e, EINVAL, "mtu=%s isn't a number", value);
	nic->mtu = (int)mtu;
	return 0;
}

int keep_set(struct keep *k, int devid, const char *key, const char *value, struct err *e)
{
	libxl_device_nic *nic = find_nic(k, devid);
	char **text;

	if (!nic)
		return err_set(
			e, ENODEV, "the configuration that xl keeps of domain %u has no NIC %d", k->domid, devid);
	if (!strcmp(key, "mtu"))
		return set_mtu(nic, value, e);
	text = find_text(nic, key);
	if (text)
		return set_text(text, value, e);
	if (!*value)
		return 0;
	return err_set(e, EOPNOTSUPP,
		"this version of xl keeps no %s=: give the VLANs as bridge=NAME.VLAN, NAME.VLAN:TRUNK or NAME:TRUNK",
		key);
}

// With the NUL at its end, as libxl does.
static int write_text(const char *path, const char *text, struct err *e)
{
	size_t size = strlen(text) + 1;
	FILE *f = fopen(path, "we");
	int r = 0;

	if (!f)
		return err_set(e, errno, "can't write %s: %s", path, strerror(errno));
	if (fchmod(fileno(f), 0600) || fwrite(text, 1, size, f) != size || fflush(f))
		r = err_set(e, errno, "can't write %s: %s", path, strerror(errno));
	fclose(f);
	return r;
}

int keep_write(struct keep *k, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX], *text = libxl.libxl_domain_config_to_json(k->ctx, &k->config);
	int r;

	if (!text)
		return err_set(e, ENOMEM, "no memory for the configuration of domain %u", k->domid);
	make_path(k, 'n', "libxl-json", from);
	make_path(k, 'd', "libxl-json", to);
	r = write_text(from, text, e);
	free(text);
	if (!r && rename(from, to))
		r = err_set(e, errno, "can't rename %s: %s", from, strerror(errno));
	return r;
}

int keep_is_superseded(const struct keep *k)
{
	char path[PATH_MAX];

	make_path(k, 'd', "xl", path);
	return !access(path, F_OK);
}
