/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * without_ipv6 COMMAND [ARGUMENT]...: runs the command with a seccomp filter that makes
 * socket(AF_INET6) fail, as on a kernel without IPv6 or booted with ipv6.disable=1. Exits with 77
 * if the filter cannot be installed.
 */
#include "common.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT = 77 };

#if defined(SYS_socket) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static int forbid_ipv6(void)
{
	static struct sock_filter instructions[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog filter = {
		sizeof(instructions) / sizeof(instructions[0]), instructions};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
#else
static int forbid_ipv6(void)
{
	return -1;
}
#endif

int main(int argc, char **argv)
{
	errno = 0;
	if (argc < 2)
		die("want a COMMAND");
	if (forbid_ipv6() != 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno != EAFNOSUPPORT)
		return CANNOT;
	execvp(argv[1], argv + 1);
	die("%s", argv[1]);
}
