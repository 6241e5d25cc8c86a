/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a line to a descriptor of the program without harm to the program: never waits, raises no
 * signal (SIGPIPE, SIGXFSZ, SIGTTOU), is not a cancellation point, keeps errno. The system calls
 * are the library's own (runtime/impl.h): if a filter forbids one, nothing is written. */
#ifndef RUNTIME_OUTPUT_H
#define RUNTIME_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output_kind {
	OUTPUT_FILE,	   /* a regular file */
	OUTPUT_SOCKET,	   /* AF_UNIX */
	OUTPUT_CONNECTION, /* a socket of another family, such as inetd's to its client */
	OUTPUT_OTHER,	   /* a pipe, a terminal or another device */
};

/* What a descriptor is open on. The birth time, if the file system has one, tells a new file from
 * an old one with the same inode number: ext4 reuses numbers at once. */
struct output {
	enum output_kind kind;
	uint32_t device_major, device_minor;
	uint64_t inode;
	int64_t birth_s;
	uint32_t birth_ns;
};

/* False if the kernel does not support the question, which needs Linux 4.11. */
bool output_identify(int fd, struct output *ret);
bool output_is_same(const struct output *a, const struct output *b);

/* Writes len bytes at once; bytes that do not fit are lost. Returns 0 or a negative errno: -EAGAIN
 * if it would have to wait. */
int output_write(int fd, enum output_kind kind, const char *line, size_t len);

/* Sends a datagram to the AF_UNIX socket of this path. Returns 0 or a negative errno. */
int output_send(const char *path, const char *message, size_t len);

#endif
