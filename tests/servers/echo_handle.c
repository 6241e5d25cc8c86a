/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmsg and sendto as libc itself gives them to who asks it by a handle: the style of foreign
 * function interfaces (Python's ctypes, JNA). The socket is bound by the usual name. Control data
 * is none that it asked for: it dies of any. Says first "answers by FILE", which sendto is in.
 */
#include "common.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* glibc's name; elsewhere libc is the program's own namespace. */
static void *open_libc(void)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW);

	return libc != NULL ? libc : dlopen(NULL, RTLD_NOW);
}

/* The name, without a path, of the library that a definition is in. */
static const char *find_library(const void *definition)
{
	Dl_info info;
	const char *slash;

	if (dladdr(definition, &info) == 0)
		die("dladdr");
	slash = strrchr(info.dli_fname, '/');
	return slash != NULL ? slash + 1 : info.dli_fname;
}

int main(int argc, char **argv)
{
	void *libc = open_libc();
	ssize_t (*receive)(int, struct msghdr *, int) =
		(ssize_t(*)(int, struct msghdr *, int))dlsym(libc, "recvmsg");
	ssize_t (*answer)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
		(ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *,
			socklen_t))dlsym(libc, "sendto");
	int fd = server_open(argc, argv);

	if (receive == NULL || answer == NULL)
		die("dlsym");
	printf("answers by %s\n", find_library((void *)answer));
	ready();
	for (;;) {
		char text[TEXT_MAX], control[256];
		struct endpoint peer;
		struct iovec iov = {text, sizeof(text)};
		struct msghdr msg = {
			.msg_name = &peer.addr,
			.msg_namelen = sizeof(peer.addr),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t got = receive(fd, &msg, 0);

		if (got < 0)
			die("recvmsg");
		if (msg.msg_controllen != 0)
			die("control data that nobody asked for");
		if (answer(fd, text, (size_t)got, 0, msg.msg_name, msg.msg_namelen) != got)
			die("sendto");
	}
}
