/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports in the kernel's tables. */
#include "listeners/ports.h"

#include "bound.h"

#include <sys/resource.h>

static void a_stream_is_held_by_a_listener(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	assert_false(ports_are_held(AF_INET, &tcp4, port, true));
	listen(fd, 1);
	assert_true(ports_are_held(AF_INET, &tcp4, port, false));
	/* For an AF_INET6 socket too, the other family's table counts. */
	assert_true(ports_are_held(AF_INET, &tcp6, port, false));
	assert_false(ports_are_held(AF_INET6, &tcp6, port, true));
	assert_false(ports_are_held(AF_INET, &udp4, port, true));
	close(fd);
	assert_false(ports_are_held(AF_INET, &tcp4, port, true));
}

static void a_datagram_socket_is_held_by_whoever_is_bound(void **state)
{
	in_port_t port;
	int fd = open_bound(&udp6, &port);

	(void)state;
	assert_true(ports_are_held(AF_INET6, &udp6, port, false));
	assert_false(ports_are_held(AF_INET, &udp6, port, true));
	close(fd);
	assert_false(ports_are_held(AF_INET6, &udp6, port, true));
}

/* Linux 7.1 removes the protocol. */
static void udp_lite_has_a_table_of_its_own(void **state)
{
	in_port_t port;
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE);

	(void)state;
	if (fd < 0) {
		errno = 77;
		skip();
	}
	close(fd);
	fd = open_bound(&udplite4, &port);
	assert_true(ports_are_held(AF_INET, &udplite4, port, false));
	assert_false(ports_are_held(AF_INET, &udp4, port, true));
	close(fd);
}

static void connect_to(in_port_t port, int *ret_fd)
{
	struct sockaddr_in server = {
		.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	*ret_fd = open_socket(&tcp4);
	assert_return_code(connect(*ret_fd, (struct sockaddr *)&server, sizeof(server)), errno);
}

/* The listener's side closes first, so it lingers in TIME_WAIT. */
static void a_connection_that_lingers_does_not_hold(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port), accepted, client;
	char byte;

	(void)state;
	listen(fd, 1);
	connect_to(port, &client);
	accepted = accept(fd, NULL, NULL);
	close(accepted);
	assert_int_equal(read(client, &byte, 1), 0);
	close(client);
	close(fd);
	errno = 77;
	assert_false(ports_are_held(AF_INET, &tcp4, port, true));
}

/* The table is longer than one read, so lines are split anywhere. */
static void long_tables_are_read_to_their_end(void **state)
{
	enum { MANY = 300 };
	int fds[MANY];
	in_port_t ports[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		fds[i] = open_bound(&udp4, &ports[i]);
	for (int i = 0; i < MANY; i++)
		assert_true(ports_are_held(AF_INET, &udp4, ports[i], false));
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}

/* As in a chroot without /proc. */
static int ask_without_tables(void)
{
	const struct rlimit none = {0, 0};
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	listen(fd, 1);
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	errno = 77;
	CHECK(ports_are_held(AF_INET, &tcp4, port, true));
	CHECK(!ports_are_held(AF_INET, &tcp4, port, false));
	CHECK(ports_are_held(AF_INET, &tcp4, htons(1), true));
	CHECK(errno == 77);
	return 0;
}

static void without_a_table_it_is_as_the_caller_says(void **state)
{
	(void)state;
	need_no_valgrind(); /* it keeps descriptors for itself beyond the limit */
	assert_true(ports_are_held(AF_INET, &sctp4, htons(1), true));
	assert_false(ports_are_held(AF_INET, &sctp4, htons(1), false));
	assert_int_equal(run_in_child(ask_without_tables), 0);
}

static int next_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

static void the_table_is_closed_again(void **state)
{
	in_port_t port;
	int fd = open_bound(&udp4, &port), next = next_descriptor();

	(void)state;
	assert_true(ports_are_held(AF_INET, &udp4, port, false));
	assert_int_equal(next_descriptor(), next);
	close(fd);
	assert_false(ports_are_held(AF_INET, &udp4, port, true));
	assert_int_equal(next_descriptor(), fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stream_is_held_by_a_listener),
		TEST(a_datagram_socket_is_held_by_whoever_is_bound),
		TEST(udp_lite_has_a_table_of_its_own),
		TEST(a_connection_that_lingers_does_not_hold),
		TEST(long_tables_are_read_to_their_end),
		TEST(the_table_is_closed_again),
		TEST(without_a_table_it_is_as_the_caller_says),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
