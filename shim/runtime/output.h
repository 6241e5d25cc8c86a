/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a line where the program has its own output, with no harm to the program: never waits,
 * raises no signal (SIGPIPE, SIGXFSZ, SIGTTOU), is no cancellation point, keeps errno. Its system
 * calls are the library's own (runtime/impl.h): under a filter that forbids one, nothing is
 * written.
 */
#ifndef RUNTIME_OUTPUT_H
#define RUNTIME_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output_kind {
	OUTPUT_FILE,	   /* a regular file */
	OUTPUT_SOCKET,	   /* AF_UNIX */
	OUTPUT_CONNECTION, /* a socket of another family: somebody else's, as inetd's client's */
	OUTPUT_OTHER,	   /* a pipe, a terminal or another device */
};

/* What a descriptor is open on. The time of birth, where the file system tells it, is for inode
 * numbers that are given out again: ext4 does so at once. */
struct output {
	enum output_kind kind;
	uint32_t device_major, device_minor;
	uint64_t inode;
	int64_t birth_s;
	uint32_t birth_ns;
};

/* False if the kernel does not say, which it does from Linux 4.11 on. */
bool output_identify(int fd, struct output *ret);
bool output_is_same(const struct output *a, const struct output *b);

/* Writes len bytes at once; those that there is no room for are lost. 0, or a negative errno;
 * -EAGAIN if it would have waited. */
int output_write(int fd, enum output_kind kind, const char *line, size_t len);

/* Sends a datagram to the AF_UNIX socket of this path; 0, or a negative errno. */
int output_send(const char *path, const char *message, size_t len);

#endif
