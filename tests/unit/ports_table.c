/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's tables say of ports, and what a relative that has bound one has promised by
 * that.
 */
#include "bound.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_relative_promises_until_it_listens),
		TEST(connections_that_linger_are_no_promise),
		TEST(a_stream_is_held_by_a_listener),
		TEST(a_datagram_socket_is_held_by_whoever_is_bound),
		TEST(only_the_wildcard_is_the_wildcard),
		TEST(long_tables_are_read_to_their_end),
		TEST(without_a_table_it_is_as_the_caller_says),
	};

	return cmocka_run_group_tests_name("ports_table", tests, NULL, NULL);
}
