/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A socket's first receive: PKTINFO is enabled and the socket tagged, unless the program has
 * enabled it itself. Sockets that are no candidates or cannot be tagged stay unchanged.
 */
#include "replies/watch.h"

#include "replies/app_options.h"

#include "bound_udp.h"
#include "runtime/impl.h"
#include "sinks.h"

/* Watches fd as its first receive does. */
static uint32_t decide(int fd)
{
	uint32_t flags = watch_decide(fd, classify_inherited(fd), WATCH_VERIFY);

	assert_int_equal(flags, fd_flags(fd));
	return flags;
}

/* Decides, checks and closes it: watched, with these families enabled, of which the program enabled
 * app. */
static void assert_watched(int fd, unsigned int families, unsigned int app)
{
	struct tag tag;
	uint32_t flags;

	errno = 4711;
	flags = decide(fd);
	assert_int_equal(errno, 4711);
	assert_true(flags & FD_LEARNS && !(flags & FD_UNDECIDED));
	assert_int_equal(fd_flags_app_families(flags), app);
	assert_int_equal(pktinfo_get_enabled(fd, BOTH, 0), families);
	assert_int_equal(fd_socket_id(fd), sockets_get_id(fd));
	/* If the program has enabled everything itself, no tag is needed. */
	assert_int_equal(tag_read(fd, &tag) == TAG_FOUND, families != app);
	assert_int_equal(tag.app_families, families != app ? app : 0);
	fd_flags_set(fd, 0);
	close(fd);
}

static void assert_left(int fd)
{
	unsigned int families = pktinfo_get_enabled(fd, BOTH, 0);
	struct tag tag;

	assert_false(decide(fd) & FD_LEARNS);
	assert_int_equal(pktinfo_get_enabled(fd, BOTH, 0), families);
	assert_int_equal(tag_read(fd, &tag), TAG_NONE);
	fd_flags_set(fd, 0);
	close(fd);
}

static void each_family_is_enabled(void **state)
{
	(void)state;
	assert_watched(open_v4(), PKTINFO_V4, 0);
	assert_watched(open_bound(AF_INET6, 0, true, false), BOTH, 0);
}

/* A bind that was seen has noted it. */
static void of_a_v6only_socket_ipv6_alone_is_enabled(void **state)
{
	int fd = open_bound(AF_INET6, 0, true, true);

	(void)state;
	classify_inherited(fd);
	watch_decide(fd, fd_flags_change(fd, FD_V6ONLY, 0), WATCH_VERIFY);
	assert_int_equal(pktinfo_get_enabled(fd, BOTH, 0), PKTINFO_V6);
	fd_flags_set(fd, 0);
	close(fd);
}

static void what_the_program_enabled_is_its_own(void **state)
{
	int fd = open_v4();

	(void)state;
	pktinfo_switch(fd, PKTINFO_V4, true);
	assert_watched(fd, PKTINFO_V4, PKTINFO_V4);
	fd = open_bound(AF_INET6, 0, true, false);
	pktinfo_switch(fd, PKTINFO_V6, true);
	assert_watched(fd, BOTH, PKTINFO_V6);
}

static void what_another_watches_is_watched(void **state)
{
	int fd = open_bound(AF_INET6, 0, true, false);

	(void)state;
	watch_as_another(fd, BOTH, PKTINFO_V4);
	assert_watched(fd, BOTH, PKTINFO_V4);
}

static void what_is_no_candidate_is_left(void **state)
{
	int fd = open_v4();

	(void)state;
	assert_left(open_bound(AF_INET, 0, false, false));
	connect_to_loopback(fd);
	assert_left(fd);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	fd_flags_set(fd, 0);
	assert_left(fd);
	assert_left(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static void what_cannot_be_tagged_is_left_alone(void **state)
{
	int fd = open_v4();

	(void)state;
	set_int(fd, SOL_SOCKET, SO_RCVLOWAT, 70000);
	assert_true(decide(fd) & FD_LEFT_ALONE);
	assert_left(fd);
	fd = open_v4();
	set_int(fd, SOL_SOCKET, SO_RCVLOWAT, 700);
	assert_watched(fd, PKTINFO_V4, 0);
}

/* Before a receive whose result shows what the socket is, the flags alone decide; a descriptor that
 * has become a stream is unchanged afterwards. */
static void what_was_trusted_is_confirmed(void **state)
{
	enum { SERVER = FD_CLASSIFIED | FD_INET | FD_UDP | FD_BOUND | FD_CANDIDATE };
	int udp = open_v4(), tcp = socket(AF_INET, SOCK_STREAM, 0);
	struct tag tag;

	(void)state;
	fd_flags_set(udp, SERVER);
	assert_true(watch_decide(udp, fd_flags(udp), WATCH_TRUST) & FD_LEARNS);
	assert_true(watch_confirm(udp));
	assert_true(fd_flags(udp) & FD_LEARNS);
	fd_flags_set(tcp, SERVER);
	watch_decide(tcp, fd_flags(tcp), WATCH_TRUST);
	assert_false(watch_confirm(tcp));
	assert_int_equal(fd_flags(tcp), 0);
	assert_int_equal(pktinfo_get_enabled(tcp, BOTH, 0), 0);
	assert_int_equal(tag_read(tcp, &tag), TAG_NONE);
	assert_int_equal(tag.app_rcvlowat, TAG_RCVLOWAT);
	/* Without that trust, it is not changed at all. */
	fd_flags_set(tcp, SERVER);
	assert_false(watch_decide(tcp, fd_flags(tcp), WATCH_VERIFY) & FD_WATCHED);
	close(udp);
	close(tcp);
}

/* Values that the kernel takes for others: they neither disable PKTINFO nor replace the tag. */
static void a_watched_socket_stays_watched(void **state)
{
	static const int zero = 0;
	int fd = open_bound(AF_INET6, 0, true, false), result = -1;
	struct tag tag;

	(void)state;
	assert_true(decide(fd) & FD_LEARNS);
	assert_true(app_options_set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, NULL, 4, &result));
	assert_int_equal(result, 0);
	assert_true(app_options_set(fd, SOL_SOCKET, SO_RCVLOWAT, &zero, 4, &result));
	assert_int_equal(result, 0);
	assert_int_equal(pktinfo_get_enabled(fd, BOTH, 0), BOTH);
	assert_int_equal(tag_read(fd, &tag), TAG_FOUND);
	assert_int_equal(tag.app_rcvlowat, TAG_RCVLOWAT);
	assert_true(fd_flags(fd) & FD_LEARNS);
	fd_flags_set(fd, 0);
	close(fd);
}

/* A filter permits the tag, and not PKTINFO. */
static int watch_under_filter(void)
{
	enum { LD_ABS = 0x20, RET_K = 0x06, JEQ = 0x15, ALLOW = 0x7fff0000, ERRNO = 0x00050001 };
	enum { AT_LEVEL = 24 + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0) };
	const struct bpf_insn insns[] = {
		{LD_ABS, 0, 0, 0},
		{JEQ, 0, 3, SYS_setsockopt},
		{LD_ABS, 0, 0, AT_LEVEL},
		{JEQ, 1, 0, SOL_SOCKET},
		{RET_K, 0, 0, ERRNO},
		{RET_K, 0, 0, ALLOW},
	};
	const struct bpf_program program = {LENGTH(insns), insns};
	int fd = open_v4();
	struct tag tag;

	sandbox_add(sandbox_copy(&program));
	CHECK(decide(fd) & FD_LEFT_ALONE);
	CHECK(tag_read(fd, &tag) == TAG_NONE && tag.app_rcvlowat == TAG_RCVLOWAT);
	return 0;
}

static void what_is_not_watched_keeps_no_tag(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(watch_under_filter), 0);
}

/* A number that has become another file's since its flags were noted. */
static int watch_what_is_no_udp_socket(void)
{
	int unix_socket = socket(AF_UNIX, SOCK_DGRAM, 0), log = pipe_to_stderr();

	configure_stderr(LOG_LEVEL_WARN);
	fd_flags_set(unix_socket, FD_CLASSIFIED | FD_INET | FD_UDP | FD_BOUND | FD_CANDIDATE);
	CHECK(watch_decide(unix_socket, fd_flags(unix_socket), WATCH_TRUST) & FD_LEFT_ALONE);
	CHECK(read_all(log)[0] == '\0');
	return 0;
}

static void of_what_is_no_udp_socket_nothing_is_said(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(watch_what_is_no_udp_socket), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_family_is_enabled),
		cmocka_unit_test(of_a_v6only_socket_ipv6_alone_is_enabled),
		cmocka_unit_test(what_the_program_enabled_is_its_own),
		cmocka_unit_test(what_another_watches_is_watched),
		cmocka_unit_test(what_is_no_candidate_is_left),
		cmocka_unit_test(what_cannot_be_tagged_is_left_alone),
		cmocka_unit_test(what_was_trusted_is_confirmed),
		cmocka_unit_test(a_watched_socket_stays_watched),
		cmocka_unit_test(what_is_not_watched_keeps_no_tag),
		cmocka_unit_test(of_what_is_no_udp_socket_nothing_is_said),
	};

	return cmocka_run_group_tests_name("watch", tests, start, NULL);
}
