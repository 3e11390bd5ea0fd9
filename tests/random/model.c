// SPDX-License-Identifier: ISC
// The model is the kernel: random steps, each done to the kernel by apply and to the model, must be accepted or refused
// by both and lead to the same state. Runs inside user-mode Linux:
//
//	tests/random/boot build/random/model [--seconds N] [--steps N] [SEED | FROM-TO]
//
// After a disagreement the model goes on from what the kernel has.
#include "network-vlanbridge/kernel_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"
#include "link_sysctl.h"
#include "model_steps.h"
#include "network-vlanbridge/apply.h"
#include "network-vlanbridge/snapshot.h"

#define TRIES 15    // for what the kernel does later
#define PAUSE 10000 // microseconds

struct session {
	unsigned long seed, step, steps, refused, wrong;
	struct netlink *nl;
	struct host model;
	struct step_maker maker;
	char **history;
	size_t done;
};

// ---- comparison

static bool is_alb_port(const struct host *h, const struct device *d)
{
	const struct device *m = host_find(h, d->link.master.name);

	return m && m->link.kind == KIND_BOND && m->link.bond.mode >= 5;
}

// Which port is active decides it, or chance.
static bool has_changing_mac(const struct host *h, const struct device *d)
{
	if (d->link.kind == KIND_VLAN)
		return true; // its lower device's, unless one was given to it, which isn't told
	for (; d; d = host_find(h, d->link.lower.name)) {
		const struct device *m = host_find(h, d->link.master.name);

		if (is_alb_port(h, d) ||
			(d->link.kind == KIND_BOND && (d->link.bond.fail_over_mac || d->link.bond.mode >= 5)))
			return true;
		if (m && m->link.kind == KIND_BOND && m->link.bond.fail_over_mac)
			return true;
	}
	return false;
}

// The MTU of a bridge is its smallest port's unless somebody set it, which isn't told. The generator's bridge has this
// altname.
#define UNMANAGED "unmanaged"

static bool is_mtu_known(const struct host *h, const struct device *d)
{
	for (; d; d = host_find(h, d->link.lower.name))
		if (!strcmp(d->link.altname, UNMANAGED))
			return false;
	return true;
}

static void print_vlans(FILE *f, const struct kept_vlans *k)
{
	const struct port_vlans v = vlans_kept(k);
	char ids[4096];

	fprintf(f, " vlans=%s", vlans_print(&v.all, ids, sizeof(ids)));
	fprintf(f, " untagged=%s pvid=%u", vlans_print(&v.untagged, ids, sizeof(ids)), v.pvid);
}

// As the model and the kernel both know it; other is the same device on the other side, or NULL.
static void print_device(FILE *f, const struct host *h, const struct device *d, const struct device *other)
{
	struct link l = d->link;

	if (other) {
		l.set &= other->link.set | LINK_PORT_FLAGS;
		l.options &= other->link.options;
		l.port_flags &= d->link.port_flags_known & other->link.port_flags_known;
	}
	if (!*l.master.name || !l.port_flags)
		l.set &= ~(unsigned int)LINK_PORT_FLAGS;
	else
		l.set |= LINK_PORT_FLAGS;
	if (has_changing_mac(h, d) || (other && has_changing_mac(h, other)))
		l.set &= ~(unsigned int)LINK_MAC;
	if (!is_mtu_known(h, d))
		l.set &= ~(unsigned int)LINK_MTU;
	l.sysctls_known &= link_sysctls_closed; // what no step sets has the kernel's defaults
	link_describe(f, &l);
	print_vlans(f, &d->vlans);
	fputc('\n', f);
}

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct lines {
	char **list;
	size_t count;
};

static void add_line(struct lines *l, char *text)
{
	text[strcspn(text, "\n")] = '\0';
	l->list = reallocarray(l->list, l->count + 1, sizeof(*l->list));
	l->list[l->count++] = text;
}

static void free_lines(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i]);
	free(l->list);
	*l = (struct lines){0};
}

static void add_entry_line(struct lines *l, const struct l3_entry *e)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	l3_describe(f, e);
	fprintf(f, "%s%s%s", e->secondary ? " secondary" : "", e->ours ? " ours" : "",
		strcmp(e->text, e->key) ? " | " : "");
	if (strcmp(e->text, e->key))
		fputs(e->text, f);
	fclose(f);
	add_line(l, text);
}

// The kernel keeps the one of an address that goes where another address of that prefix has no prefix route of its own
// (check_cleanup_prefix_route).
static bool is_ipv6_prefix_route(const struct l3_entry *e)
{
	return e->kind == L3_ROUTE && e->family == AF_INET6 && e->from_kernel && !e->gateway;
}

static struct lines host_lines(const struct host *h, const struct host *other)
{
	const struct l3_entry *e;
	struct lines l = {0};
	size_t at = 0;

	for (size_t i = 0; i < h->count; i++) {
		char *text = NULL;
		size_t size;
		FILE *f = open_memstream(&text, &size);

		print_device(f, h, h->devices[i], host_find(other, h->devices[i]->link.name));
		fclose(f);
		add_line(&l, text);
	}
	while ((e = host_next_entry(h, &at)))
		if (!e->link_local && !(is_ipv6_prefix_route(e) && !host_find_entry_key(other, e)))
			add_entry_line(&l, e);
	qsort(l.list, l.count, sizeof(*l.list), by_line);
	return l;
}

// What only one of the two sorted lists has. f NULL: only whether there is something.
static bool print_difference(FILE *f, const struct lines *a, const struct lines *b)
{
	size_t i = 0, k = 0;
	bool any = false;

	while (i < a->count || k < b->count) {
		int r = i == a->count ? 1 : k == b->count ? -1 : strcmp(a->list[i], b->list[k]);

		if (f && r < 0)
			fprintf(f, "# model:  %s\n", a->list[i]);
		if (f && r > 0)
			fprintf(f, "# kernel: %s\n", b->list[k]);
		any |= r != 0;
		i += r <= 0;
		k += r >= 0;
	}
	return any;
}

static bool differ(FILE *f, const struct host *model, const struct host *kernel)
{
	struct lines a = host_lines(model, kernel), b = host_lines(kernel, model);
	bool any = print_difference(f, &a, &b);

	free_lines(&a);
	free_lines(&b);
	return any;
}

// ---- steps

// The model keeps the next hops that die with their device, as the kernel does; programs read routes without them,
// where the device was down before us.
static bool take_dead_hops_in(struct host *now)
{
	size_t count = now->entries.count;
	int r = 0;

	for (size_t i = 0; i < count && !r; i++) {
		struct l3_entry *e = now->entries.list[i], *whole = e ? e->whole : NULL;

		if (!whole)
			continue;
		e->whole = NULL;
		host_remove_entry(now, e);
		r = host_add_entry(now, whole);
	}
	return !r;
}

static bool read_kernel(struct session *r, struct host *now)
{
	struct err e = {.text = "no memory"};

	host_free(now);
	if (!snapshot_read(r->nl, true, now, &e) && take_dead_hops_in(now))
		return true;
	printf("not ok - seed %lu: %s\n", r->seed, e.text);
	return false;
}

// What the kernel does later is waited for.
static bool agree(struct session *r, struct host *now)
{
	for (int i = 0; i < TRIES; i++) {
		if (i)
			usleep(PAUSE);
		if (!read_kernel(r, now))
			return false;
		if (!differ(NULL, &r->model, now))
			return true;
	}
	return false;
}

// The snapshot doesn't have what only the model remembers: MTUs from before a bond, and that a bond's MAC address is
// the kernel's own (also after a first port that it refused): the next port's becomes its.
static void go_on_from(struct session *r, struct host *now)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct device *d = host_find(&r->model, now->devices[i]->link.name);

		if (d && d->link.kind == KIND_BOND && !d->ports &&
			(!(d->link.set & LINK_MAC) || memcmp(d->link.mac, now->devices[i]->link.mac, MAC_SIZE) != 0))
			now->devices[i]->link.set &= ~(unsigned int)LINK_MAC;
		if (d && *d->link.master.name && !strcmp(d->link.master.name, now->devices[i]->link.master.name))
			now->devices[i]->mtu_before_bond = d->mtu_before_bond;
	}
	host_free(&r->model);
	r->model = *now;
	*now = (struct host){0};
}

static void report(struct session *r, const char *what)
{
	r->wrong++;
	printf("not ok - seed %lu step %lu: %s: %s\n", r->seed, r->step, r->history[r->done - 1], what);
}

// What the model leaves out: whether a gateway can be reached is the planner's order (routes without one first); and
// newer kernels refuse IPv6 addresses on bond ports (IFF_NO_ADDRCONF), which 6.1 takes. What apply takes as done, the
// kernel refuses: an entry that is there already.
static bool is_left_out(const struct step *s, int by_kernel, int by_model)
{
	if (s->kind != STEP_L3_ADD)
		return false;
	return by_kernel ? s->entry->gateway &&
				   (by_kernel == -EHOSTUNREACH || by_kernel == -ENETUNREACH || by_kernel == -EINVAL)
			 : by_model == -EACCES || by_model == -EEXIST;
}

static bool compare_answers(struct session *r, const struct step *s, int by_kernel, int by_model, const struct err *e)
{
	char text[sizeof(e->text) + 64];

	if (!by_kernel == !by_model)
		return true;
	if (is_left_out(s, by_kernel, by_model))
		return false;
	if (by_kernel)
		snprintf(text, sizeof(text), "the model accepts it, the kernel doesn't: %s", e->text);
	else
		snprintf(text, sizeof(text), "the kernel accepts it, the model doesn't: %s", strerror(-by_model));
	report(r, text);
	return false;
}

static struct step copy_step(const struct step *s)
{
	struct step copy = *s;

	if (s->link) {
		copy.link = malloc(sizeof(*copy.link));
		*copy.link = *s->link;
	}
	if (s->entry)
		copy.entry = l3_copy(s->entry);
	if (s->vlans) {
		copy.vlans = malloc(sizeof(*copy.vlans));
		*copy.vlans = *s->vlans;
	}
	return copy;
}

static void note_step(struct session *r, const struct step *s)
{
	r->history = reallocarray(r->history, r->done + 1, sizeof(*r->history));
	r->history[r->done++] = step_text(s);
	r->steps++;
}

// A step of several messages, or of several fields, may have been done in part when it is refused.
static bool may_be_partly_done(const struct step *s)
{
	unsigned int fields = s->link ? s->link->set : 0;

	// A new master that refuses comes after the old one was left (do_set_master).
	return fields & LINK_MASTER || s->kind == STEP_LINK_ADD || fields & (fields - 1) ||
	       (s->link && s->link->options & (s->link->options - 1)) || (fields && s->link->options);
}

static bool check_step(struct session *r)
{
	struct step s = random_step(&r->maker), copy = copy_step(&s);
	struct plan plan = {.steps = &s, .count = 1};
	struct host now = {0};
	struct err e = {0};
	int by_kernel, by_model;
	bool answers;

	note_step(r, &s);
	if (getenv("MODEL_TRACE"))
		printf("# %lu %s\n", r->step, r->history[r->done - 1]);
	by_kernel = apply_run(r->nl, &plan, &e);
	by_model = kernel_model_do(&r->model, &copy);
	r->refused += by_kernel != 0;
	answers = compare_answers(r, &copy, by_kernel, by_model, &e);
	if (by_kernel && may_be_partly_done(&copy))
		read_kernel(r, &now);
	else if (!agree(r, &now) && answers) {
		report(r, by_kernel ? "both refuse it, and the state differs" : "the state differs");
		differ(stdout, &r->model, &now);
	}
	go_on_from(r, &now);
	remember_entries(&r->maker);
	step_free(&s);
	step_free(&copy);
	fflush(stdout);
	return true;
}

// What the generator of hosts doesn't make. Some of it is refused on some hosts.
static void add_more(struct session *r)
{
	static const char batch[] =
		"address add 192.0.2.5/32 dev eth1\nroute add 203.0.113.9 src 192.0.2.5 dev eth1\n"
		"route add 203.0.113.10 src 192.0.2.5 dev eth0\nneighbour add 192.0.2.77 lladdr 52:54:00:99:00:07 dev "
		"eth0 nud permanent\n"
		"neighbour add 2001:db8::77 lladdr 52:54:00:99:00:07 dev eth0 nud permanent\n"
		"neighbour add proxy 192.0.2.88 dev eth0\nneighbour add proxy 2001:db8::88 dev eth0\n"
		"route add 203.0.113.128/26 nexthop via 192.0.2.1 dev eth0 nexthop dev eth1\n"
		"route add 2001:db8:99::/48 nexthop via 2001:db8::1 dev eth0 nexthop via fe80::9 dev eth1\n"
		"route add blackhole 203.0.114.0/24\nroute add 203.0.119.0/24 via 192.0.2.3 onlink dev eth1\n";

	if (system("ip link property add dev lxcbr0 altname " UNMANAGED " 2>/dev/null") < 0 ||
		!random_chance(&r->maker.random, 60))
		return;
	lab_write("/tmp/more", batch);
	if (system("ip -force -batch /tmp/more >/dev/null 2>&1"))
		return;
}

// What a bond's port had before isn't told.
static void read_mtus_before(struct session *r, const char *host)
{
	char *copy = strdup(host), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		const char *mtu = strstr(line, " mtu=");
		struct device *d;

		line[strcspn(line, " ")] = '\0';
		d = host_find(&r->model, line);
		if (d && *d->link.master.name)
			d->mtu_before_bond = mtu ? (uint32_t)strtoul(mtu + 5, NULL, 10) : 1500;
	}
	free(copy);
}

static void check_seed(struct session *r, unsigned long steps)
{
	static struct scenario s;
	struct err e = {0};

	scenario_generate(r->seed, &s);
	r->maker = (struct step_maker){.random = {r->seed}, .host = &r->model};
	if (lab_host(&s) || netlink_open(&r->nl, &e)) {
		printf("not ok - seed %lu: can't make the host %s\n", r->seed, e.text);
		r->wrong++;
		return;
	}
	add_more(r);
	read_kernel(r, &r->model);
	read_mtus_before(r, s.host);
	remember_entries(&r->maker);
	for (r->step = 1; r->step <= steps; r->step++)
		check_step(r);
	for (size_t i = 0; i < r->done; i++)
		free(r->history[i]);
	r->done = 0;
	l3_list_free(&r->maker.seen);
	host_free(&r->model);
	netlink_close(r->nl);
}

int main(int argc, char **argv)
{
	unsigned long from = 1, to = 0, steps = 40, seconds = 15;
	time_t begin = time(NULL);
	struct session r = {0};

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seconds") && argv[i + 1])
			seconds = strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--steps") && argv[i + 1])
			steps = strtoul(argv[++i], NULL, 10);
		else if (sscanf(argv[i], "%lu-%lu", &from, &to) == 1)
			to = from;
	}
	for (r.seed = from; to ? r.seed <= to : time(NULL) - begin < (time_t)seconds; r.seed++)
		check_seed(&r, steps);
	printf("# %lu hosts, %lu steps, %lu refused, %ld s\n%lu disagreements\n", r.seed - from, r.steps, r.refused,
		(long)(time(NULL) - begin), r.wrong);
	return r.wrong != 0;
}
