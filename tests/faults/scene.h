/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program does while the library's system calls fail. Each scene prints one line for each
 * result, always the same number of them. A line that begins with ~ is about what the library is
 * for (the source of a reply, IPV6_V6ONLY, what is set on a socket for both): it may be as bare or
 * as cured. All other lines are as bare.
 *
 * All calls of the scene's server go through libc's names, each by OBSERVE. Its clients, and all
 * questions to the kernel, go through syscall(2), which no fault reaches and the library does not
 * see.
 */
#ifndef TESTS_FAULTS_SCENE_H
#define TESTS_FAULTS_SCENE_H

#include "window.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

enum { SERVER_PORT = 5300, CLIENT_PORT = 6000, CLIENT_FD = 120 };

/* Makes CALL, which is expected to be the system call NUMBER with these first arguments, and prints
 * NAME with its result and errno. Returns the result. */
#define OBSERVE(name, number, a0, a1, a2, call)                                        \
	(scene_begin((number), (long)(a0), (long)(a1), (long)(a2)), errno = UNTOUCHED, \
		scene_end((name), (long)(call)))
enum { UNTOUCHED = 4000 }; /* no error has this number; a call that succeeds leaves it alone */

void scene_begin(long number, long a0, long a1, long a2);
long scene_end(const char *name, long result);
/* Closes it without a line. */
void scene_close(void);
/* Until set back, what OBSERVE prints may be as cured: whether a listener gets its port. */
void scene_set_ours(bool is_ours);
/* Opens a window in which only the mprotect calls from this part of libc are the library's. */
void scene_begin_dlopen(const void *first, const void *last);
/* fork(2). The library's part of it is a handler that runs before (pthread_atfork(3)); the calls of
 * libc's own around it differ between versions, so the window is open for the handlers alone. */
pid_t scene_fork(void);
/* From now on windows are for the calls of this thread alone. */
void scene_set_thread(void);
/* Prints a line; is_ours puts ~ before it. */
void say(bool is_ours, const char *format, ...) __attribute__((format(printf, 2, 3)));

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage storage;
};
/* The numeric address and port, or "none". Four static buffers in turn. */
const char *text_of(const union address *address, socklen_t len);
socklen_t address_make(union address *ret, int family, const char *text, int port);

/* A client's socket, at the CLIENT_FD + INDEX, bound to the first address of its family. */
void client_open(int index, int family);
/* Asks at the second address of the family, or says what it has heard, and from where. */
void client_ask(int index, int family, const char *text);
void client_hear(int index);
long client_stream(int family);
/* Whether a TCP client reaches the port, and by which of these two listeners. */
void client_connect(int family, int first, int second);

/* The server's calls. */
int open_bound(int family, int type, int port);
/* A socket with a client at index 0, and one request of it, answered. */
int open_udp(void);
void serve(int fd);
/* Two TCP listeners on one port, "64" or "46"; who gets a client's connection. */
void play_tcp(const char *order);
void server_receive(int fd, union address *peer, socklen_t *len);
void server_send(int fd, const union address *peer, socklen_t len, const char *text);
void server_option(int fd, int level, int option, int value);
void server_see_option(int fd, const char *name, int level, int option);

/* What is set on a socket, by the kernel: PKTINFO with SO_RCVLOWAT; V6ONLY; and what must never
 * differ. */
void kernel_state(int fd);

/* The scenes, by name; argument is that of the command line, or NULL. */
struct scene {
	const char *name;
	void (*play)(const char *argument);
};
extern const struct scene udp_scenes[], other_scenes[], confined_scenes[];

/* The program's own file, for exec. */
extern const char *scene_program;

#endif
