/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Holds the hook cgroup/sendmsg4 of a control group by an eBPF program that shares it with no
 *other, and permits everything:
 *
 *	hold_hook DIRECTORY
 *
 * It prints "ready", and stays until stdin closes or a signal ends it.
 */
#include "common.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	int result = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	if (result < 0)
		die("bpf");
	return result;
}

static int load(void)
{
	static const struct bpf_insn return_1[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
	attr.expected_attach_type = BPF_CGROUP_UDP4_SENDMSG;
	attr.insns = (uintptr_t)return_1;
	attr.insn_cnt = sizeof(return_1) / sizeof(return_1[0]);
	attr.license = (uintptr_t) "LGPL-2.1-or-later";
	return bpf(BPF_PROG_LOAD, &attr);
}

/* Unlike a link, this goes with the control group, not with the process. */
static union bpf_attr attachment(int directory, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)directory;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_UDP4_SENDMSG;
	return attr;
}

int main(int argc, char **argv)
{
	int directory = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	union bpf_attr attr;

	if (directory < 0)
		die("want DIRECTORY");
	attr = attachment(directory, load());
	bpf(BPF_PROG_ATTACH, &attr);
	ready();
	while (getchar() != EOF)
		continue;
	return 0;
}
