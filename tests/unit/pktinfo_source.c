/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The message that names a source: recognized if the program wrote it, written, and appended to the
 * program's messages.
 */
#include "messages.h"

static bool names_source(struct control *control)
{
	struct msghdr msg = msg_of(control);

	return pktinfo_names_source(&msg);
}

static void a_source_of_the_programs_own_is_seen(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0}, old = {.len = 0}, second = {.len = 0};

	(void)state;
	add_v4(&v4, "192.0.2.1", "0.0.0.0");
	assert_true(names_source(&v4));
	add_v6(&v6, "2001:db8::1");
	assert_true(names_source(&v6));
	add_v6_as(&old, OLD_IPV6_PKTINFO, "2001:db8::1");
	assert_true(names_source(&old));
	add_int(&second, IPPROTO_IP, IP_TTL, 64);
	add_v4(&second, "192.0.2.1", "0.0.0.0");
	assert_true(names_source(&second));
}

/* For IPv4 an interface alone, or a truncated message, names no source. */
static void what_names_no_source_is_told_apart(void **state)
{
	struct control none = {.len = 0}, v4 = {.len = 0}, v6 = {.len = 0}, ttl = {.len = 0};
	struct control cut = {.len = 0};
	const struct in6_pktinfo nothing = {.ipi6_ifindex = 0};

	(void)state;
	assert_false(names_source(&none));
	add_v4(&v4, "0.0.0.0", "192.0.2.1");
	assert_false(names_source(&v4));
	add(&v6, IPPROTO_IPV6, IPV6_PKTINFO, &nothing, sizeof(nothing));
	assert_false(names_source(&v6));
	add_int(&ttl, IPPROTO_IP, IP_TTL, 64);
	assert_false(names_source(&ttl));
	add_int(&cut, IPPROTO_IP, IP_PKTINFO, -1);
	assert_false(names_source(&cut));
}

/* With a source the kernel would ignore it. */
static void an_ipv6_interface_leaves_no_source_to_be_named(void **state)
{
	struct control v6 = {.len = 0}, old = {.len = 0};

	(void)state;
	add_v6(&v6, "::");
	assert_true(names_source(&v6));
	add_v6_as(&old, OLD_IPV6_PKTINFO, "::");
	assert_true(names_source(&old));
}

static void assert_finds(struct control *control, const char *expected)
{
	const struct source source = source_of(expected, 0);
	struct msghdr msg = msg_of(control);
	struct address found = pktinfo_find_source(&msg);

	assert_true(address_is_equal(&found, &source.addr));
}

static void finds_the_source_that_is_named(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0}, none = {.len = 0};

	(void)state;
	assert_finds(&none, "::");
	add_int(&none, IPPROTO_IP, IP_TTL, 64);
	add_v6(&none, "::");
	assert_finds(&none, "::");
	add_int(&v4, IPPROTO_IP, IP_TTL, 64);
	add_v4(&v4, "192.0.2.1", "0.0.0.0");
	assert_finds(&v4, "192.0.2.1");
	add_v6(&v6, "2001:db8::1");
	assert_finds(&v6, "2001:db8::1");
}

static void assert_written(const struct cmsghdr *cmsg, const struct source *source)
{
	struct in_pktinfo v4 = {
		.ipi_ifindex = (int)source->ifindex, .ipi_spec_dst = address_to_v4(&source->addr)};
	struct in6_pktinfo v6 = {
		.ipi6_addr = address_to_v6(&source->addr), .ipi6_ifindex = source->ifindex};

	if (address_is_v4(&source->addr)) {
		assert_int_equal(cmsg->cmsg_level, IPPROTO_IP);
		assert_int_equal(cmsg->cmsg_type, IP_PKTINFO);
		assert_int_equal(cmsg->cmsg_len, CMSG_LEN(sizeof(v4)));
		assert_memory_equal(CMSG_DATA(cmsg), &v4, sizeof(v4));
		return;
	}
	assert_int_equal(cmsg->cmsg_level, IPPROTO_IPV6);
	assert_int_equal(cmsg->cmsg_type, IPV6_PKTINFO);
	assert_int_equal(cmsg->cmsg_len, CMSG_LEN(sizeof(v6)));
	assert_memory_equal(CMSG_DATA(cmsg), &v6, sizeof(v6));
}

static void writes_each_family(void **state)
{
	const struct source sources[] = {source_of("192.0.2.1", 0), source_of("192.0.2.1", 5),
		source_of("2001:db8::1", 0), source_of("fe80::1", 3)};

	(void)state;
	for (size_t i = 0; i < LENGTH(sources); i++) {
		_Alignas(struct cmsghdr) unsigned char data[PKTINFO_SEND_SPACE];
		size_t len;

		memset(data, FILL, sizeof(data));
		len = pktinfo_write(data, !address_is_v4(&sources[i].addr), &sources[i]);
		assert_in_range(len, 1, PKTINFO_SEND_SPACE);
		assert_written((const struct cmsghdr *)data, &sources[i]);
		assert_int_equal(len, ((const struct cmsghdr *)data)->cmsg_len);
	}
}

/* Appends source to the messages; it must then be the last of the walk. */
static void assert_appends(struct control *control, size_t before, const struct source *source)
{
	struct msghdr msg = {.msg_control = control->data, .msg_controllen = control->len};
	struct control_walk walk;
	const struct cmsghdr *cmsg, *last = NULL;
	size_t count = 0;

	assert_true(pktinfo_append(&msg, AMPLE, !address_is_v4(&source->addr), source));
	walk = control_begin(&msg);
	while ((cmsg = control_step(&walk)) != NULL) {
		last = cmsg;
		count++;
	}
	assert_int_equal(count, before + 1);
	assert_written(last, source);
	assert_true(pktinfo_names_source(&msg));
}

static void appends_after_other_messages(void **state)
{
	const struct source sources[] = {source_of("192.0.2.1", 0), source_of("fe80::1", 3)};

	(void)state;
	for (size_t i = 0; i < LENGTH(sources); i++) {
		struct control empty = {.len = 0}, one = {.len = 0}, odd = {.len = 0};
		struct control tail = {.len = 0};

		assert_appends(&empty, 0, &sources[i]);
		add_int(&one, IPPROTO_IP, IP_TTL, 64);
		assert_appends(&one, 1, &sources[i]);
		/* A length from CMSG_LEN, without the padding after the last message. */
		add(&odd, IPPROTO_IP, IP_TOS, "x", 1);
		odd.len = CMSG_LEN(1);
		assert_appends(&odd, 1, &sources[i]);
		/* A kernel of the program's word size ignores a tail that is too short for a
		 * message. */
		if (sizeof(size_t) == 4)
			continue;
		add_int(&tail, IPPROTO_IP, IP_TTL, 64);
		memset(tail.data + tail.len, 0, CMSG_LEN(0));
		tail.len += CMSG_LEN(0) - 1;
		assert_appends(&tail, 1, &sources[i]);
	}
}

static void assert_not_appended(struct control *control, size_t left)
{
	struct source source = source_of("192.0.2.1", 0);
	struct control before = *control;
	struct msghdr msg = {.msg_control = control->data, .msg_controllen = control->len};

	assert_false(pktinfo_append(&msg, left, false, &source));
	assert_int_equal(msg.msg_controllen, before.len);
	assert_ptr_equal(msg.msg_control, control->data);
	assert_memory_equal(control->data, before.data, sizeof(before.data));
}

static void appends_nothing_where_it_cannot(void **state)
{
	struct control empty = {.len = 0}, one = {.len = 0}, malformed = {.len = 0};

	(void)state;
	for (size_t left = 0; left < PKTINFO_SEND_SPACE; left++)
		assert_not_appended(&empty, left);
	add_int(&one, IPPROTO_IP, IP_TTL, 64);
	for (size_t left = one.len; left < one.len + PKTINFO_SEND_SPACE; left++)
		assert_not_appended(&one, left);
	malformed.len = CMSG_LEN(0); /* a header of zeroes: a length of 0 */
	assert_not_appended(&malformed, AMPLE);
}

/* No header of the program's messages may be taken for free space. */
static void appends_within_the_buffer(void **state)
{
	unsigned char *end = guarded_end();
	struct source source = source_of("2001:db8::1", 0);
	size_t left = CMSG_SPACE(4) + PKTINFO_SEND_SPACE;
	struct msghdr msg = {.msg_control = end - left, .msg_controllen = CMSG_SPACE(4)};
	struct control one = {.len = 0};

	(void)state;
	add_int(&one, IPPROTO_IP, IP_TTL, 64);
	memcpy(msg.msg_control, one.data, one.len);
	assert_true(pktinfo_append(&msg, left, true, &source));
	assert_int_equal(CMSG_ALIGN(msg.msg_controllen), left);
	guarded_free(end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_of_the_programs_own_is_seen),
		cmocka_unit_test(what_names_no_source_is_told_apart),
		cmocka_unit_test(an_ipv6_interface_leaves_no_source_to_be_named),
		cmocka_unit_test(finds_the_source_that_is_named),
		cmocka_unit_test(writes_each_family),
		cmocka_unit_test(appends_after_other_messages),
		cmocka_unit_test(appends_nothing_where_it_cannot),
		cmocka_unit_test(appends_within_the_buffer),
	};

	return cmocka_run_group_tests_name("pktinfo_source", tests, NULL, NULL);
}
