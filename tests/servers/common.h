/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by all small servers: the command line, the bound socket, the line "ready".
 *
 * Each server in this directory shows one way in which real daemons receive and answer. All that is
 * common is here, so a server's own file has its calling style and nothing else. None of them knows
 * of bindright, and none may be changed to.
 */
#ifndef TESTS_SERVERS_COMMON_H
#define TESTS_SERVERS_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Longer than any request of the tests; a letter still fits into one atomic pipe write. */
#define TEXT_MAX 512

/* The option letters of server_letter(), for optstrings of servers with further ones. */
#define SERVER_LETTERS "6dir2e:o:O:"

struct endpoint {
	struct sockaddr_storage addr;
	socklen_t addr_len;
};

/* A request and its peer. */
struct letter {
	struct endpoint peer;
	size_t len;
	char text[TEXT_MAX];
};

/* Prints "PROGRAM: MESSAGE" and, if errno is set, its name; exits with 2. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The symbolic name of an errno that occurs in these tests, else "errno N" in a static buffer. */
const char *errno_name(int err);

/* Sets *ret from a numeric ADDRESS (a scope, %eth0, is allowed) and PORT; dies on failure. */
void resolve(const char *address, const char *port, int socktype, struct endpoint *ret);

/* The numeric address without its port; the buffer is static. */
const char *address_text(const struct endpoint *endpoint);

void set_option(int fd, int level, int name, int value);

/* Sets "NAME=VALUE", one of the options that option.c knows; dies on failure. */
void set_option_by_name(int fd, const char *text);

/* The value of an option that option.c knows and whose value is a number. */
int option_value(int fd, const char *name);

/*
 * Handles one option letter: -6 sets IPV6_V6ONLY, -d (dual-stack) clears it, both before bind; -i
 * uses descriptor 0, already bound, like a server under inetd; -r sets SO_REUSEPORT; -e FILE first
 * closes descriptor 2 and opens FILE there, as a daemon may that closes all inherited descriptors;
 * -2 makes the socket itself descriptor 2; -o NAME=VALUE sets a socket option before bind, -O after
 * it, in the order given.
 */
void server_letter(int letter);

/* The number after an option letter; dies if it is not within 1 to max. */
int parse_number(int letter, int max);

/* Opens and binds the socket for "[ADDRESS] PORT" (0.0.0.0 by default) with the letters seen. */
int server_bind(int argc, char **argv, int socktype);
/* The same in two steps, for servers that do something in between; without -i and -2. */
int server_socket(int argc, char **argv, int socktype, struct endpoint *ret_local);
void server_bind_socket(int fd, const struct endpoint *local);

/* All of the above, for a UDP server without other options. */
int server_open(int argc, char **argv);

/* Like fork, but dies on failure. The tests end only the parent, by its process ID: the child ends
 * with it, at the latest. */
pid_t fork_child(void);

/* AF_INET or AF_INET6. */
int socket_family(int fd);

/* Prints the line that tells the test to send requests. */
void ready(void);

/* TEXT_MAX, from another file, so a compiler cannot know its value. */
size_t receive_limit(void);

/* recvfrom and sendto, for servers that test something else; both die on failure. */
/* Both die if the call fails, or succeeds and changes errno. */
void receive_letter(int fd, struct letter *ret);
void answer_letter(int fd, const struct letter *letter);

/* Passes a whole letter through a pipe between two threads or processes; take returns false at its
 * end. */
void pass_letter(int pipe_fd, const struct letter *letter);
bool take_letter(int pipe_fd, struct letter *ret);

#endif
