/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Destination reports: what they teach, what the program gets to see besides, and the message that
 * names a source. What a program without us would have seen is asked of the kernel.
 */
#include "sys/pktinfo.h"

#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/time.h>

enum { AMPLE = 512, FILL = 0xa5, OLD_IPV6_PKTINFO = 2 };
enum { NOTHING_OWN = 0, BOTH = PKTINFO_V4 | PKTINFO_V6 };

/* Control data as it is built up by the test. */
struct control {
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];
	size_t len;
};

static struct msghdr msg_of(struct control *control)
{
	return (struct msghdr){
		.msg_control = control->len > 0 ? control->data : NULL,
		.msg_controllen = control->len,
	};
}

static void add(struct control *control, int level, int type, const void *data, size_t len)
{
	struct cmsghdr header = {
		.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(len)};

	memcpy(control->data + control->len, &header, sizeof(header));
	memcpy(control->data + control->len + CMSG_LEN(0), data, len);
	control->len += CMSG_SPACE(len);
}

static void add_int(struct control *control, int level, int type, int value)
{
	add(control, level, type, &value, sizeof(value));
}

static void add_v4(struct control *control, const char *spec_dst, const char *addr)
{
	struct in_pktinfo info = {.ipi_ifindex = 7};

	inet_pton(AF_INET, spec_dst, &info.ipi_spec_dst);
	inet_pton(AF_INET, addr, &info.ipi_addr);
	add(control, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static void add_v6_as(struct control *control, int type, const char *addr)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 7};

	inet_pton(AF_INET6, addr, &info.ipi6_addr);
	add(control, IPPROTO_IPV6, type, &info, sizeof(info));
}

static void add_v6(struct control *control, const char *addr)
{
	add_v6_as(control, IPV6_PKTINFO, addr);
}

static struct source source_of(const char *text, uint32_t ifindex)
{
	struct source source = {.ifindex = ifindex};
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		source.addr = address_from_v4(v4);
	else if (inet_pton(AF_INET6, text, &v6) == 1)
		source.addr = address_from_v6(&v6);
	return source;
}

/* What was learnt, and what the program sees. */
struct taken {
	bool is_known;
	struct source source;
	struct control seen;
	bool is_truncated;
};

static struct taken take_into(struct control *control, unsigned int own, size_t room)
{
	struct msghdr msg = msg_of(control);
	struct taken taken = {.source = source_of("192.0.2.99", 99)};
	struct control_sink sink = {.at = taken.seen.data, .room = room};

	memset(taken.seen.data, FILL, sizeof(taken.seen.data));
	taken.is_known = pktinfo_take(&msg, own, &sink, &taken.source);
	taken.seen.len = room - sink.room;
	taken.is_truncated = sink.is_truncated;
	return taken;
}

static struct taken take(struct control *control, unsigned int own)
{
	return take_into(control, own, AMPLE);
}

static void assert_teaches(struct control *control, const char *text, uint32_t ifindex)
{
	struct source expected = source_of(text, ifindex);

	for (unsigned int own = 0; own <= BOTH; own++) {
		struct taken taken = take(control, own);

		assert_true(taken.is_known);
		assert_memory_equal(&taken.source, &expected, sizeof(expected));
	}
}

static void assert_teaches_nothing(struct control *control)
{
	struct source before = source_of("192.0.2.99", 99);

	for (unsigned int own = 0; own <= BOTH; own++) {
		struct taken taken = take(control, own);

		assert_false(taken.is_known);
		assert_memory_equal(&taken.source, &before, sizeof(before));
	}
}

static void an_ipv4_report_gives_spec_dst(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.1", "192.0.2.2");
	assert_teaches(&control, "192.0.2.1", 0);
}

static void a_broadcast_is_answered_from_the_interfaces_address(void **state)
{
	struct control subnet = {.len = 0}, limited = {.len = 0};

	(void)state;
	add_v4(&subnet, "192.0.2.1", "192.0.2.255");
	assert_teaches(&subnet, "192.0.2.1", 0);
	add_v4(&limited, "192.0.2.1", "255.255.255.255");
	assert_teaches(&limited, "192.0.2.1", 0);
}

static void without_spec_dst_the_destination_serves(void **state)
{
	static const char *const useless[] = {
		"0.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255"};
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "0.0.0.0", "192.0.2.2");
	assert_teaches(&control, "192.0.2.2", 0);
	for (size_t i = 0; i < LENGTH(useless); i++) {
		control.len = 0;
		add_v4(&control, "0.0.0.0", useless[i]);
		assert_teaches_nothing(&control);
	}
}

static void an_ipv6_report_gives_the_destination(void **state)
{
	static const char *const useless[] = {"::", "ff02::1", "ff0e::101"};
	struct control control = {.len = 0};

	(void)state;
	add_v6(&control, "2001:db8::1");
	assert_teaches(&control, "2001:db8::1", 0);
	control.len = 0;
	add_v6(&control, "fe80::1");
	assert_teaches(&control, "fe80::1", 7);
	for (size_t i = 0; i < LENGTH(useless); i++) {
		control.len = 0;
		add_v6(&control, useless[i]);
		assert_teaches_nothing(&control);
	}
}

/* The v4-mapped destination may be a broadcast's; the IPv4 report beside it knows better. */
static void a_v4_mapped_report_leaves_it_to_the_ipv4_one(void **state)
{
	struct control alone = {.len = 0}, before = {.len = 0}, behind = {.len = 0};

	(void)state;
	add_v6(&alone, "::ffff:192.0.2.255");
	assert_teaches_nothing(&alone);
	add_v6(&before, "::ffff:192.0.2.255");
	add_v4(&before, "192.0.2.1", "192.0.2.255");
	assert_teaches(&before, "192.0.2.1", 0);
	add_v4(&behind, "192.0.2.1", "192.0.2.255");
	add_v6(&behind, "::ffff:192.0.2.255");
	assert_teaches(&behind, "192.0.2.1", 0);
}

static void a_report_among_others_is_read(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add(&control, IPPROTO_IP, IP_TOS, "x", 1);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	add_int(&control, SOL_SOCKET, SO_RXQ_OVFL, 0);
	assert_teaches(&control, "192.0.2.1", 0);
}

static void a_truncated_report_teaches_nothing(void **state)
{
	struct in_pktinfo v4 = {.ipi_spec_dst.s_addr = htonl(0xc0000201)};
	struct in6_pktinfo v6 = {.ipi6_addr = {.s6_addr = {0x20, 0x01}}};

	(void)state;
	for (size_t len = 0; len < sizeof(v4); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IP, IP_PKTINFO, &v4, len);
		control.len = CMSG_LEN(len);
		assert_teaches_nothing(&control);
	}
	for (size_t len = 0; len < sizeof(v6); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IPV6, IPV6_PKTINFO, &v6, len);
		control.len = CMSG_LEN(len);
		assert_teaches_nothing(&control);
	}
}

static void nothing_teaches_nothing(void **state)
{
	struct control empty = {.len = 0}, others = {.len = 0};

	(void)state;
	assert_teaches_nothing(&empty);
	add_int(&others, IPPROTO_IP, IP_TTL, 64);
	add_v6_as(&others, OLD_IPV6_PKTINFO, "2001:db8::1");
	assert_teaches_nothing(&others);
	assert_int_equal(take(&others, NOTHING_OWN).seen.len, others.len);
}

/* What the program sees of a datagram with both reports and two messages that are no reports. */
static void assert_sees(unsigned int own, bool is_v4_seen, bool is_v6_seen)
{
	struct control control = {.len = 0}, expected = {.len = 0};
	struct taken taken;

	for (int pass = 0; pass < 2; pass++) {
		struct control *to = pass == 0 ? &control : &expected;

		add_int(to, IPPROTO_IP, IP_TTL, 64);
		if (pass == 0 || is_v6_seen)
			add_v6(to, "::ffff:192.0.2.1");
		if (pass == 0 || is_v4_seen)
			add_v4(to, "192.0.2.1", "192.0.2.1");
		add_int(to, SOL_SOCKET, SO_RXQ_OVFL, 3);
	}
	taken = take(&control, own);
	assert_false(taken.is_truncated);
	assert_int_equal(taken.seen.len, expected.len);
	for (size_t at = 0; at < expected.len;) {
		const struct cmsghdr *cmsg = (const struct cmsghdr *)(expected.data + at);

		assert_memory_equal(taken.seen.data + at, cmsg, cmsg->cmsg_len);
		at += CMSG_ALIGN(cmsg->cmsg_len);
	}
}

static void the_program_sees_its_own_reports_only(void **state)
{
	(void)state;
	assert_sees(NOTHING_OWN, false, false);
	assert_sees(PKTINFO_V4, true, false);
	assert_sees(PKTINFO_V6, false, true);
	assert_sees(BOTH, true, true);
}

static void a_report_alone_is_hidden_or_seen(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0};

	(void)state;
	add_v4(&v4, "192.0.2.1", "192.0.2.1");
	add_v6(&v6, "2001:db8::1");
	assert_int_equal(take(&v4, NOTHING_OWN).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V6).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V4).seen.len, v4.len);
	assert_int_equal(take(&v6, NOTHING_OWN).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V4).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V6).seen.len, v6.len);
}

/* A report that we asked for does not fit: the program asked for nothing, so nothing is missing. */
static void a_hidden_report_truncates_nothing(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	assert_false(take_into(&control, NOTHING_OWN, 0).is_truncated);
	assert_true(take_into(&control, PKTINFO_V4, 0).is_truncated);
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	assert_true(take_into(&control, NOTHING_OWN, 0).is_truncated);
	assert_false(take_into(&control, NOTHING_OWN, CMSG_LEN(sizeof(int))).is_truncated);
}

/* A program that gave no buffer, or whose call has none: all that is not ours is lost. */
static void no_sink_is_no_room(void **state)
{
	struct control control = {.len = 0};
	struct source found, expected = source_of("192.0.2.1", 0);
	struct msghdr msg;

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	msg = msg_of(&control);
	assert_true(pktinfo_take(&msg, NOTHING_OWN, NULL, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
	assert_true(pktinfo_take(&msg, BOTH, NULL, &found));
}

/* The kernel: a datagram received by a socket with and without our reports. */
static void switch_option(int fd, int level, int optname, int on)
{
	assert_return_code(setsockopt(fd, level, optname, &on, sizeof(on)), 0);
}

/* Bound to the loopback address of its family, it has sent itself a datagram. Skips where that
 * cannot be. */
static int udp_to_itself(int family)
{
	struct sockaddr_in6 self6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in self4 = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *self =
		family == AF_INET ? (struct sockaddr *)&self4 : (struct sockaddr *)&self6;
	socklen_t len = family == AF_INET ? sizeof(self4) : sizeof(self6);
	struct timeval limit = {.tv_sec = 10};
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd == -1 || bind(fd, self, len) != 0 || getsockname(fd, self, &len) != 0)
		skip();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	switch_option(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
	pktinfo_switch(fd, BOTH, true);
	if (sendto(fd, "x", 1, 0, self, len) != 1)
		skip();
	return fd;
}

static struct taken peek(int fd, size_t room)
{
	struct taken got = {.is_known = false};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = got.seen.data,
		.msg_controllen = room};

	memset(got.seen.data, FILL, sizeof(got.seen.data));
	assert_return_code(recvmsg(fd, &msg, MSG_PEEK), 0);
	got.seen.len = msg.msg_controllen;
	got.is_truncated = msg.msg_flags & MSG_CTRUNC;
	return got;
}

/* With every amount of room: the program sees what it would if the reports that are not its own
 * were off. */
static void check_against_kernel(int fd, unsigned int own)
{
	for (size_t room = 0; room <= 200; room++) {
		struct taken bare, all, made;

		pktinfo_switch(fd, BOTH & ~own, false);
		bare = peek(fd, room);
		pktinfo_switch(fd, BOTH, true);
		all = peek(fd, AMPLE);
		made = take_into(&all.seen, own, room);
		assert_true(made.is_known);
		if (made.seen.len != bare.seen.len || made.is_truncated != bare.is_truncated)
			fail_msg("room %zu: length %zu for %zu", room, made.seen.len,
				bare.seen.len);
		assert_memory_equal(made.seen.data, bare.seen.data, AMPLE);
	}
}

static void the_kernel_agrees_on_ipv4(void **state)
{
	int fd = udp_to_itself(AF_INET);

	(void)state;
	switch_option(fd, IPPROTO_IP, IP_RECVTTL, 1);
	switch_option(fd, IPPROTO_IP, IP_RECVTOS, 1);
	check_against_kernel(fd, NOTHING_OWN);
	check_against_kernel(fd, PKTINFO_V4);
	close(fd);
}

static void the_kernel_agrees_on_ipv6(void **state)
{
	int fd = udp_to_itself(AF_INET6);

	(void)state;
	switch_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	switch_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	for (unsigned int own = 0; own <= BOTH; own++)
		check_against_kernel(fd, own);
	close(fd);
}

static void switches_and_asks(void **state)
{
	int v4 = socket(AF_INET, SOCK_DGRAM, 0), v6 = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(pktinfo_ask(v4, BOTH), 0);
	assert_int_equal(pktinfo_switch(v4, PKTINFO_V4, true), PKTINFO_V4);
	assert_int_equal(pktinfo_ask(v4, BOTH), PKTINFO_V4);
	assert_int_equal(pktinfo_switch(v4, PKTINFO_V4, false), PKTINFO_V4);
	assert_int_equal(pktinfo_ask(v4, BOTH), 0);
	if (v6 != -1) {
		assert_int_equal(pktinfo_switch(v6, BOTH, true), BOTH);
		assert_int_equal(pktinfo_ask(v6, BOTH), BOTH);
		assert_int_equal(pktinfo_ask(v6, PKTINFO_V6), PKTINFO_V6);
		close(v6);
	}
	close(v4);
}

static void what_cannot_be_switched_keeps_errno(void **state)
{
	(void)state;
	errno = 4711;
	assert_int_equal(pktinfo_switch(-1, BOTH, true), 0);
	assert_int_equal(pktinfo_ask(-1, BOTH), 0);
	assert_int_equal(errno, 4711);
}

static void knows_its_options(void **state)
{
	(void)state;
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IP_PKTINFO), PKTINFO_V4);
	assert_int_equal(pktinfo_option_family(IPPROTO_IPV6, IPV6_RECVPKTINFO), PKTINFO_V6);
	assert_int_equal(pktinfo_option_family(IPPROTO_IPV6, IP_PKTINFO), 0);
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IPV6_RECVPKTINFO), 0);
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IP_TTL), 0);
	assert_int_equal(pktinfo_option_family(SOL_SOCKET, IP_PKTINFO), 0);
}

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

/* An interface alone, or a message cut short, names none. */
static void what_names_no_source_is_told_apart(void **state)
{
	struct control none = {.len = 0}, v4 = {.len = 0}, v6 = {.len = 0}, ttl = {.len = 0};
	struct control cut = {.len = 0};

	(void)state;
	assert_false(names_source(&none));
	add_v4(&v4, "0.0.0.0", "192.0.2.1");
	assert_false(names_source(&v4));
	add_v6(&v6, "::");
	assert_false(names_source(&v6));
	add_int(&ttl, IPPROTO_IP, IP_TTL, 64);
	assert_false(names_source(&ttl));
	add_int(&cut, IPPROTO_IP, IP_PKTINFO, -1);
	assert_false(names_source(&cut));
}

static void assert_written(const struct cmsghdr *cmsg, const struct source *source)
{
	struct in_pktinfo v4 = {.ipi_spec_dst = address_to_v4(&source->addr)};
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
	const struct source sources[] = {source_of("192.0.2.1", 0), source_of("2001:db8::1", 0),
		source_of("fe80::1", 3)};

	(void)state;
	for (size_t i = 0; i < LENGTH(sources); i++) {
		_Alignas(struct cmsghdr) unsigned char data[PKTINFO_SEND_SPACE];
		size_t len;

		memset(data, FILL, sizeof(data));
		len = pktinfo_write(data, &sources[i]);
		assert_in_range(len, 1, PKTINFO_SEND_SPACE);
		assert_written((const struct cmsghdr *)data, &sources[i]);
		assert_int_equal(len, CMSG_ALIGN(((const struct cmsghdr *)data)->cmsg_len));
	}
}

/* Appends source behind what is there; the message must be the walk's last then. */
static void assert_appends(struct control *control, size_t before, const struct source *source)
{
	struct msghdr msg = {.msg_control = control->data, .msg_controllen = control->len};
	struct control_walk walk;
	const struct cmsghdr *cmsg, *last = NULL;
	size_t count = 0;

	assert_true(pktinfo_append(&msg, AMPLE, source));
	walk = control_begin(&msg);
	while ((cmsg = control_step(&walk)) != NULL) {
		last = cmsg;
		count++;
	}
	assert_int_equal(count, before + 1);
	assert_written(last, source);
	assert_true(pktinfo_names_source(&msg));
}

static void appends_behind_what_is_there(void **state)
{
	const struct source sources[] = {source_of("192.0.2.1", 0), source_of("fe80::1", 3)};

	(void)state;
	for (size_t i = 0; i < LENGTH(sources); i++) {
		struct control empty = {.len = 0}, one = {.len = 0}, odd = {.len = 0};
		struct control tail = {.len = 0};

		assert_appends(&empty, 0, &sources[i]);
		add_int(&one, IPPROTO_IP, IP_TTL, 64);
		assert_appends(&one, 1, &sources[i]);
		/* A length as CMSG_LEN gives it, without the padding behind the last message. */
		add(&odd, IPPROTO_IP, IP_TOS, "x", 1);
		odd.len = CMSG_LEN(1);
		assert_appends(&odd, 1, &sources[i]);
		/* A tail too short for a message is none to the kernel. */
		add_int(&tail, IPPROTO_IP, IP_TTL, 64);
		memset(tail.data + tail.len, 0, CMSG_LEN(0));
		tail.len += CMSG_LEN(0) - 1;
		assert_appends(&tail, 1, &sources[i]);
	}
}

static void assert_not_appended(struct control *control, size_t room)
{
	struct source source = source_of("192.0.2.1", 0);
	struct control before = *control;
	struct msghdr msg = {.msg_control = control->data, .msg_controllen = control->len};

	assert_false(pktinfo_append(&msg, room, &source));
	assert_int_equal(msg.msg_controllen, before.len);
	assert_ptr_equal(msg.msg_control, control->data);
	assert_memory_equal(control->data, before.data, sizeof(before.data));
}

static void appends_nothing_where_it_cannot(void **state)
{
	struct control empty = {.len = 0}, one = {.len = 0}, malformed = {.len = 0};

	(void)state;
	for (size_t room = 0; room < PKTINFO_SEND_SPACE; room++)
		assert_not_appended(&empty, room);
	add_int(&one, IPPROTO_IP, IP_TTL, 64);
	for (size_t room = one.len; room < one.len + PKTINFO_SEND_SPACE; room++)
		assert_not_appended(&one, room);
	malformed.len = CMSG_LEN(0); /* a header of zeroes: a length of 0 */
	assert_not_appended(&malformed, AMPLE);
}

/* No header of the messages that the program gave may be taken for room. */
static void appends_within_the_room(void **state)
{
	unsigned char *end = guarded_end();
	struct source source = source_of("2001:db8::1", 0);
	size_t room = CMSG_SPACE(4) + PKTINFO_SEND_SPACE;
	struct msghdr msg = {.msg_control = end - room, .msg_controllen = CMSG_SPACE(4)};
	struct control one = {.len = 0};

	(void)state;
	add_int(&one, IPPROTO_IP, IP_TTL, 64);
	memcpy(msg.msg_control, one.data, one.len);
	assert_true(pktinfo_append(&msg, room, &source));
	assert_int_equal(msg.msg_controllen, room);
	guarded_free(end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ipv4_report_gives_spec_dst),
		cmocka_unit_test(a_broadcast_is_answered_from_the_interfaces_address),
		cmocka_unit_test(without_spec_dst_the_destination_serves),
		cmocka_unit_test(an_ipv6_report_gives_the_destination),
		cmocka_unit_test(a_v4_mapped_report_leaves_it_to_the_ipv4_one),
		cmocka_unit_test(a_report_among_others_is_read),
		cmocka_unit_test(a_truncated_report_teaches_nothing),
		cmocka_unit_test(nothing_teaches_nothing),
		cmocka_unit_test(the_program_sees_its_own_reports_only),
		cmocka_unit_test(a_report_alone_is_hidden_or_seen),
		cmocka_unit_test(a_hidden_report_truncates_nothing),
		cmocka_unit_test(no_sink_is_no_room),
		cmocka_unit_test(the_kernel_agrees_on_ipv4),
		cmocka_unit_test(the_kernel_agrees_on_ipv6),
		cmocka_unit_test(switches_and_asks),
		cmocka_unit_test(what_cannot_be_switched_keeps_errno),
		cmocka_unit_test(knows_its_options),
		cmocka_unit_test(a_source_of_the_programs_own_is_seen),
		cmocka_unit_test(what_names_no_source_is_told_apart),
		cmocka_unit_test(writes_each_family),
		cmocka_unit_test(appends_behind_what_is_there),
		cmocka_unit_test(appends_nothing_where_it_cannot),
		cmocka_unit_test(appends_within_the_room),
	};

	return cmocka_run_group_tests_name("pktinfo", tests, NULL, NULL);
}
