/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all small servers share: the command line, the bound socket, the word "ready".
 *
 * Each server in this directory shows one way in which real daemons receive and answer. All that
 * is the same in them stands here, so that a server's own file holds its calling style and nothing
 * else. None of them knows of bindright, and none may be taught.
 */
#ifndef TESTS_SERVERS_COMMON_H
#define TESTS_SERVERS_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Longer than any request of the tests, and a letter still fits into one atomic pipe write. */
#define TEXT_MAX 512

/* The option letters that server_letter() knows: for optstrings of servers with more of their own.
 */
#define SERVER_LETTERS "6dir2e:o:O:"

struct endpoint {
	struct sockaddr_storage addr;
	socklen_t addr_len;
};

/* A request, and who asked. */
struct letter {
	struct endpoint peer;
	size_t len;
	char text[TEXT_MAX];
};

/* Prints "PROGRAM: MESSAGE" and, where errno is set, its name; ends with status 2. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The symbolic name of an errno that these tests meet, else "errno N" in a static buffer. */
const char *errno_name(int err);

/* Fills *ret from numeric ADDRESS (a scope, %eth0, is allowed) and PORT; dies if it cannot. */
void resolve(const char *address, const char *port, int socktype, struct endpoint *ret);

/* The numeric address without its port; the buffer is static. */
const char *address_text(const struct endpoint *endpoint);

void set_option(int fd, int level, int name, int value);

/* Sets "NAME=VALUE", one of the options that option.c knows; dies if the kernel will not. */
void set_option_by_name(int fd, const char *text);

/* The value of an option that option.c knows and whose value is a number. */
int option_value(int fd, const char *name);

/*
 * One option letter of the command line: -6 sets IPV6_V6ONLY, -d (dual-stack) clears it, both
 * before bind; -i takes descriptor 0 as it is, already bound, like a server under inetd; -r lets
 * others bind the same port (SO_REUSEPORT); -e FILE closes descriptor 2 before that and has FILE
 * there, as a daemon may that closes all it inherited; -2 has the socket itself there;
 * -o NAME=VALUE sets a socket option before bind, -O behind it, in the order given.
 */
void server_letter(int letter);

/* The number behind an option letter; dies if it is not within 1 to max. */
int parse_number(int letter, int max);

/* The socket for "[ADDRESS] PORT" (0.0.0.0 unless told) by the letters seen: opened and bound. */
int server_bind(int argc, char **argv, int socktype);
/* The same in two steps, for who has something to do between them; -i and -2 are not for these. */
int server_socket(int argc, char **argv, int socktype, struct endpoint *ret_local);
void server_bind_socket(int fd, const struct endpoint *local);

/* All of the above, for a UDP server without options of its own. */
int server_open(int argc, char **argv);

/* As fork, and dies where that fails. The tests end the parent only, by its pid: the child ends
 * with it, at the latest. */
pid_t fork_child(void);

/* AF_INET or AF_INET6. */
int socket_family(int fd);

/* Says on stdout that requests may come. */
void ready(void);

/* TEXT_MAX, from another file, so that a compiler must believe that it could be anything. */
size_t receive_limit(void);

/* recvfrom and sendto, for servers whose point lies elsewhere; both die on failure. */
/* Both die where the call fails, or succeeds and changes errno. */
void receive_letter(int fd, struct letter *ret);
void answer_letter(int fd, const struct letter *letter);

/* Hands a whole letter over a pipe between two threads or processes; take is false at its end. */
void pass_letter(int pipe_fd, const struct letter *letter);
bool take_letter(int pipe_fd, struct letter *ret);

#endif
