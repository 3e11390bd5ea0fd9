// SPDX-License-Identifier: ISC
// Layer-3 entries: golden messages of each kind there and back, and cut short at every byte.
#include "tests.h"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l3_golden.h"
#include "network-vlanbridge/l3_message.h"

// Reads m, which it frees, and gives devices without a name one, from their index.
static struct l3_list parse(struct nl_msg *m)
{
	struct l3_list all = {0};

	assert_int_equal(l3_parse(nlmsg_hdr(m), &all), 0);
	nlmsg_free(m);
	for (size_t i = 0; i < all.count; i++)
		for (size_t k = 0; k < all.list[i]->device_count; k++) {
			struct l3_device *d = &all.list[i]->devices[k];

			if (d->index)
				snprintf(d->name, sizeof(d->name), "#%d", d->index);
		}
	return all;
}

static char *describe(const struct l3_list *all)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < all->count; i++) {
		l3_describe(out, all->list[i]);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}

// The message about e, as the kernel would report what it makes of it.
static void same_again(const struct l3_entry *e, bool add)
{
	struct nl_msg *msgs[2];
	int n = l3_messages(e, add, msgs);
	struct l3_list again;

	assert_true(n > 0);
	if (n == 2)
		nlmsg_free(msgs[0]);
	if (!add)
		nlmsg_hdr(msgs[n - 1])->nlmsg_type--; // RTM_DEL… to RTM_NEW…: what it names
	again = parse(msgs[n - 1]);
	assert_int_equal(again.count, 1);
	assert_string_equal(again.list[0]->text, e->text);
	if (add) // a deletion names no label: a new name of the device may have changed it
		assert_true(l3_equal(again.list[0], e));
	l3_list_free(&again);
}

static void there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < l3_golden_count; i++) {
		struct l3_list all = parse(l3_goldens[i].make());
		char *text = describe(&all);

		assert_string_equal(text, l3_goldens[i].text);
		for (size_t k = 0; k < all.count; k++) {
			struct l3_entry *copy = l3_copy(all.list[k]);

			assert_true(l3_equal(copy, all.list[k]));
			same_again(copy, true);
			same_again(copy, false);
			l3_free(copy);
		}
		free(text);
		l3_list_free(&all);
	}
}

// The route with nine next hops, over the devices 1 to 9.
static struct l3_list nine_hops(void)
{
	for (size_t i = 0; i < l3_golden_count; i++)
		if (strstr(l3_goldens[i].text, "#9"))
			return parse(l3_goldens[i].make());
	fail();
	return (struct l3_list){0};
}

static bool is_odd(const struct host *h, const char *device)
{
	(void)h;
	return atoi(device + 1) % 2;
}

static bool is_not_eighth(const struct host *h, const char *device)
{
	(void)h;
	return strcmp(device, "#8") != 0;
}

// What the first message about e says.
static char *said(const struct l3_entry *e, bool add)
{
	struct nl_msg *msgs[2];
	struct l3_list all;
	char *text;

	assert_int_equal(l3_messages(e, add, msgs), 1);
	if (!add)
		nlmsg_hdr(msgs[0])->nlmsg_type--;
	all = parse(msgs[0]);
	assert_int_equal(all.count, 1);
	if (add)
		assert_string_equal(all.list[0]->text, e->text); // as the kernel will report it
	text = describe(&all);
	l3_list_free(&all);
	return text;
}

static void says(const struct l3_entry *e, bool add, const char *expected)
{
	char *text = said(e, add);

	assert_string_equal(text, expected);
	free(text);
}

// Made anew without its dead next hops, deleted with them; its copy elsewhere has none.
static void dead_hops(void **state)
{
	struct l3_list all = nine_hops();
	struct l3_entry *live = l3_without_hops(all.list[0], is_odd, NULL), *copy = l3_copy(live);
	char *whole = said(all.list[0], false);

	(void)state;
	says(live, true,
		"route 198.51.100.0/24 via 192.0.2.2 via 192.0.2.4 via 192.0.2.6 via 192.0.2.8 dev #2 dev #4 dev #6 "
		"dev #8\n");
	says(live, false, whole);
	says(copy, false, whole);
	copy->devices[3].index = 10;
	says(copy, false,
		"route 198.51.100.0/24 via 192.0.2.2 via 192.0.2.4 via 192.0.2.6 via 192.0.2.8 dev #2 dev #4 dev #6 "
		"dev #10\n");
	assert_true(live->volatile_);
	l3_free(live);
	live = l3_without_hops(all.list[0], is_not_eighth, NULL);
	says(live, true, "route 198.51.100.0/24 via 192.0.2.8 dev #8\n");
	says(live, false, whole);
	free(whole);
	l3_free(live);
	l3_free(copy);
	l3_list_free(&all);
}

// In memory of just this size, so that sanitizers see what is read past it.
static void parse_bytes(const void *bytes, size_t size)
{
	struct nlmsghdr *h = malloc(size);
	struct l3_list all = {0};

	memcpy(h, bytes, size);
	h->nlmsg_len = (uint32_t)size;
	assert_int_equal(l3_parse(h, &all), 0);
	for (size_t i = 0; i < all.count; i++) {
		struct nl_msg *msgs[2];

		assert_true(l3_messages(all.list[i], true, msgs) > 0);
		nlmsg_free(msgs[0]);
		if (msgs[1])
			nlmsg_free(msgs[1]);
	}
	l3_list_free(&all);
	free(h);
}

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < l3_golden_count; i++) {
		struct nl_msg *m = l3_goldens[i].make();

		for (size_t size = NLMSG_HDRLEN; size <= nlmsg_hdr(m)->nlmsg_len; size++)
			parse_bytes(nlmsg_hdr(m), size);
		nlmsg_free(m);
	}
}

// Each attribute in turn as the last one, of every length up to its own.
static void short_attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < l3_golden_count; i++) {
		struct nl_msg *m = l3_goldens[i].make();
		int header = nlmsg_hdr(m)->nlmsg_type == RTM_NEWADDR ? 8 : 12, left;
		struct nlattr *a;

		nlmsg_for_each_attr(a, nlmsg_hdr(m), header, left)
		{
			uint16_t whole = a->nla_len;

			for (a->nla_len = NLA_HDRLEN; a->nla_len < whole; a->nla_len++)
				parse_bytes(nlmsg_hdr(m), (size_t)((char *)a + a->nla_len - (char *)nlmsg_hdr(m)));
			a->nla_len = whole;
		}
		nlmsg_free(m);
	}
}

int test_l3(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back), cmocka_unit_test(dead_hops),
		cmocka_unit_test(cut_anywhere), cmocka_unit_test(short_attributes)};

	return cmocka_run_group_tests_name("l3 messages", tests, NULL, NULL);
}
