/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which ports are noted, and what of a note holds against the kernel; and what the kernel's tables
 * say of ports. The sockets are real ones, on ports that the kernel chooses.
 */
#include "sys/ports.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

static const struct nature tcp4 = {AF_INET, SOCK_STREAM, IPPROTO_TCP};
static const struct nature tcp6 = {AF_INET6, SOCK_STREAM, IPPROTO_TCP};
static const struct nature udp4 = {AF_INET, SOCK_DGRAM, IPPROTO_UDP};
static const struct nature udp6 = {AF_INET6, SOCK_DGRAM, IPPROTO_UDP};
static const struct nature sctp4 = {AF_INET, SOCK_STREAM, IPPROTO_SCTP};

enum { NO_FD = 1000 }; /* is not open */

static int open_socket(const struct nature *nature)
{
	const int on = 1;
	int fd = socket(nature->domain, nature->type, nature->protocol);

	assert_return_code(fd, errno);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

static in_port_t port_of(int fd)
{
	struct sockaddr_in6 local;
	socklen_t len = sizeof(local);

	assert_return_code(getsockname(fd, (struct sockaddr *)&local, &len), errno);
	return local.sin6_port; /* at the same place in a sockaddr_in */
}

/* A socket on its family's wildcard, with a port that the kernel chooses. */
static int open_bound(const struct nature *nature, in_port_t *ret_port)
{
	const struct sockaddr_in6 any = {.sin6_family = (sa_family_t)nature->domain};
	int fd = open_socket(nature);

	assert_return_code(bind(fd, (const struct sockaddr *)&any, sizeof(any)), errno);
	*ret_port = port_of(fd);
	return fd;
}

static int start_anew(void **state)
{
	(void)state;
	ports_init();
	errno = 77;
	return 0;
}

static int look_at_errno(void **state)
{
	(void)state;
	assert_int_equal(errno, 77);
	return 0;
}

static void nothing_is_known_before_the_start(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	assert_false(ports_are_noted(PORTS_V4, RULES_TCP, port));
	assert_false(ports_lock());
	close(fd);
}

static void finds_what_is_bound_as_noted(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, fd), -1);
	assert_int_equal(ports_find(PORTS_V4, RULES_UDP, port, -1), -1);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, port, -1), -1);
	assert_int_equal(
		ports_find(PORTS_V4, RULES_TCP, htons((uint16_t)(ntohs(port) + 1)), -1), -1);
	close(fd);
	errno = 77;
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
}

static void a_note_of_what_is_not_so_is_nothing(void **state)
{
	in_port_t port, other_port;
	int bound = open_bound(&udp4, &port), unbound = open_socket(&tcp4);
	int other = open_bound(&tcp4, &other_port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, unbound);
	ports_note(PORTS_V4, RULES_TCP, port, NO_FD);
	ports_note(PORTS_V4, RULES_TCP, port, STDIN_FILENO);
	ports_note(PORTS_V4, RULES_TCP, port, other);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	/* Of another protocol than noted. */
	ports_note(PORTS_V4, RULES_TCP, port, bound);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_UDP, port, bound);
	assert_int_equal(ports_find(PORTS_V4, RULES_UDP, port, -1), bound);
	close(bound);
	close(unbound);
	close(other);
	errno = 77;
}

static void a_v6only_socket_has_no_side_of_ipv4(void **state)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	in_port_t port, only_port;
	int dual = open_bound(&tcp6, &port), only = open_socket(&tcp6);

	(void)state;
	assert_true(sockets_set_v6only(only, true));
	assert_return_code(bind(only, (const struct sockaddr *)&any, sizeof(any)), errno);
	only_port = port_of(only);
	errno = 77;
	ports_note(PORTS_DUAL, RULES_TCP, port, dual);
	ports_note(PORTS_DUAL, RULES_TCP, only_port, only);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, port, -1), dual);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, only_port, -1), -1);
	close(dual);
	close(only);
}

static void a_specific_address_is_no_side(void **state)
{
	struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = open_socket(&tcp4);

	(void)state;
	assert_return_code(bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)), errno);
	ports_note(PORTS_V4, RULES_TCP, port_of(fd), fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port_of(fd), -1), -1);
	close(fd);
}

/* A resolver binds thousands of ephemeral ports, one after the other. */
static void one_descriptor_pushes_nobody_out(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	for (uint16_t i = 1; i < 5000; i++)
		ports_note(PORTS_V4, RULES_UDP, htons(i), NO_FD);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	/* Many do; and then all is as if it had not been noted. */
	for (uint16_t i = 1; i < 5000; i++)
		ports_note(PORTS_V4, RULES_UDP, htons(i), NO_FD + i);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	close(fd);
}

static int note_and_go(void)
{
	ports_note(PORTS_V4, RULES_UDP, htons(1), NO_FD);
	return 0;
}

/* A server may fork a process that binds something for each of its clients. */
static void processes_that_are_gone_push_nobody_out(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	for (int i = 0; i < 600; i++)
		assert_int_equal(run_in_child(note_and_go), 0);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	close(fd);
}

static int lock_and_go(void)
{
	CHECK(ports_lock());
	return 0;
}

static int try_to_lock(void)
{
	return ports_lock();
}

static void one_at_a_time_has_the_lock(void **state)
{
	(void)state;
	assert_true(ports_lock());
	assert_int_equal(run_in_child(try_to_lock), false);
	assert_false(ports_lock());
	ports_unlock();
	assert_true(ports_lock());
	ports_unlock();
}

static void whoever_dies_with_the_lock_has_it_no_more(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(lock_and_go), 0);
	assert_true(ports_lock());
	ports_unlock();
}

/* What a child does and says, for the parent to look in between. */
static struct child {
	pid_t pid;
	int told, answer;
} child;

static in_port_t child_port;

static void start_child(void (*body)(int answer, int told))
{
	int told[2], answer[2];

	assert_return_code(pipe(told), errno);
	assert_return_code(pipe(answer), errno);
	child.pid = fork();
	if (child.pid == 0) {
		alarm(60);
		close(told[1]);
		body(answer[1], told[0]);
		_exit(0);
	}
	close(told[0]);
	close(answer[1]);
	child.told = told[1];
	child.answer = answer[0];
	assert_int_equal(read(child.answer, &child_port, sizeof(child_port)), sizeof(child_port));
}

/* Lets the child go on, to its next answer. */
static void go_on(void)
{
	assert_int_equal(write(child.told, "", 1), 1);
	assert_int_equal(read(child.answer, &child_port, sizeof(child_port)), sizeof(child_port));
}

static void end_child(void)
{
	close(child.told);
	waitpid(child.pid, NULL, 0);
	close(child.answer);
}

static void pause_child(int answer, int told, in_port_t port)
{
	char byte;

	if (write(answer, &port, sizeof(port)) != sizeof(port) || read(told, &byte, 1) != 1)
		_exit(0);
}

static void bind_then_listen_then_close(int answer, int told)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	ports_note(PORTS_V4, RULES_TCP, port, fd);
	pause_child(answer, told, port);
	listen(fd, 1);
	pause_child(answer, told, port);
	close(fd);
	pause_child(answer, told, port);
}

static void a_relative_promises_until_it_listens(void **state)
{
	(void)state;
	start_child(bind_then_listen_then_close);
	assert_true(ports_are_noted(PORTS_V4, RULES_TCP, child_port));
	assert_false(ports_are_noted(PORTS_DUAL, RULES_TCP, child_port));
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, child_port, -1), -1);
	assert_true(ports_are_promised(&tcp6, child_port));
	assert_false(ports_are_promised(&udp6, child_port));
	assert_false(ports_are_held(AF_INET, &tcp6, child_port, true));
	go_on();
	assert_false(ports_are_promised(&tcp6, child_port));
	assert_true(ports_are_held(AF_INET, &tcp6, child_port, false));
	go_on();
	assert_false(ports_are_promised(&tcp6, child_port));
	assert_false(ports_are_held(AF_INET, &tcp6, child_port, true));
	assert_true(ports_are_noted(PORTS_V4, RULES_TCP, child_port));
	end_child();
}

static void connect_to(in_port_t port, int *ret_fd)
{
	struct sockaddr_in server = {
		.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	*ret_fd = open_socket(&tcp4);
	assert_return_code(connect(*ret_fd, (struct sockaddr *)&server, sizeof(server)), errno);
}

/* Closed by the listener's side first, which then lingers. */
static void leave_connections(int answer, int told)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port), accepted, client;
	char byte;

	ports_note(PORTS_V4, RULES_TCP, port, fd);
	listen(fd, 1);
	connect_to(port, &client);
	accepted = accept(fd, NULL, NULL);
	close(accepted);
	if (read(client, &byte, 1) != 0)
		_exit(1);
	close(client);
	close(fd);
	pause_child(answer, told, port);
}

static void connections_that_linger_are_no_promise(void **state)
{
	(void)state;
	start_child(leave_connections);
	assert_true(ports_are_noted(PORTS_V4, RULES_TCP, child_port));
	assert_false(ports_are_promised(&tcp6, child_port));
	assert_false(ports_are_held(AF_INET, &tcp6, child_port, true));
	end_child();
}

static int inherited_fd;
static in_port_t inherited_port;

static int look_at_inherited(void)
{
	CHECK(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1) == inherited_fd);
	CHECK(ports_are_noted(PORTS_DUAL, RULES_UDP, inherited_port));
	close(inherited_fd);
	CHECK(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1) == -1);
	return 0;
}

static void a_child_finds_what_it_has_inherited(void **state)
{
	(void)state;
	inherited_fd = open_bound(&udp6, &inherited_port);
	ports_note(PORTS_DUAL, RULES_UDP, inherited_port, inherited_fd);
	assert_false(ports_are_noted(PORTS_DUAL, RULES_UDP, inherited_port));
	assert_int_equal(run_in_child(look_at_inherited), 0);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1), inherited_fd);
	close(inherited_fd);
}

static void a_stream_is_held_by_a_listener(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	assert_false(ports_are_held(AF_INET, &tcp4, port, true));
	listen(fd, 1);
	assert_true(ports_are_held(AF_INET, &tcp4, port, false));
	/* Asked for an AF_INET6 socket, it is the other family's table all the same. */
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
	assert_true(ports_have_v6_wildcard(&udp6, port));
	close(fd);
	assert_false(ports_are_held(AF_INET6, &udp6, port, true));
}

static void only_the_wildcard_is_the_wildcard(void **state)
{
	struct sockaddr_in6 loopback = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = open_socket(&tcp6);
	in_port_t port;

	(void)state;
	if (bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) != 0) {
		close(fd);
		errno = 77;
		skip();
	}
	listen(fd, 1);
	port = port_of(fd);
	assert_true(ports_are_held(AF_INET6, &tcp6, port, false));
	assert_false(ports_have_v6_wildcard(&tcp6, port));
	close(fd);
	fd = open_bound(&tcp6, &port);
	assert_false(ports_have_v6_wildcard(&tcp6, port));
	listen(fd, 1);
	assert_true(ports_have_v6_wildcard(&tcp6, port));
	close(fd);
}

/* The table is longer than what is read of it at once, and lines are cut anywhere. */
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

/* As in a changed root without /proc. */
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
	CHECK(!ports_have_v6_wildcard(&tcp4, port));
	CHECK(errno == 77);
	return 0;
}

static void without_a_table_it_is_as_the_caller_says(void **state)
{
	(void)state;
	assert_true(ports_are_held(AF_INET, &sctp4, htons(1), true));
	assert_false(ports_are_held(AF_INET, &sctp4, htons(1), false));
	assert_int_equal(run_in_child(ask_without_tables), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start_anew, look_at_errno)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_before_the_start),
		TEST(finds_what_is_bound_as_noted),
		TEST(a_note_of_what_is_not_so_is_nothing),
		TEST(a_v6only_socket_has_no_side_of_ipv4),
		TEST(a_specific_address_is_no_side),
		TEST(one_descriptor_pushes_nobody_out),
		TEST(processes_that_are_gone_push_nobody_out),
		TEST(one_at_a_time_has_the_lock),
		TEST(whoever_dies_with_the_lock_has_it_no_more),
		TEST(a_relative_promises_until_it_listens),
		TEST(connections_that_linger_are_no_promise),
		TEST(a_child_finds_what_it_has_inherited),
		TEST(a_stream_is_held_by_a_listener),
		TEST(a_datagram_socket_is_held_by_whoever_is_bound),
		TEST(only_the_wildcard_is_the_wildcard),
		TEST(long_tables_are_read_to_their_end),
		TEST(without_a_table_it_is_as_the_caller_says),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
