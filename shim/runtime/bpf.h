/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Classic BPF as seccomp(2) has it: what a filter says of a system call, found without making the
 * call. No system calls, no memory; safe in signal handlers.
 *
 * The types are those of linux/filter.h and linux/seccomp.h, which not every C library brings.
 */
#ifndef RUNTIME_BPF_H
#define RUNTIME_BPF_H

#include <stdint.h>

/* struct sock_filter */
struct bpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

/* struct sock_fprog */
struct bpf_program {
	unsigned short len; /* instructions */
	const struct bpf_insn *insns;
};

/* struct seccomp_data */
struct bpf_data {
	int32_t nr;
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t args[6];
};

/* What a filter may say, of SECCOMP_RET_ACTION_FULL's bits. */
enum { BPF_ACTION_SHIFT = 16, BPF_KILL = 0, BPF_LOG = 0x7ffc, BPF_ALLOW = 0x7fff };

/* The longest program that the kernel takes (BPF_MAXINSNS). */
enum { BPF_INSNS_MAX = 4096 };

/*
 * What the program returns for this call. A program that the kernel would not take is not run to
 * its end: it returns BPF_KILL, as does one that asks for the instruction pointer, for nobody knows
 * from where libc will make the call.
 */
uint32_t bpf_run(const struct bpf_program *program, const struct bpf_data *data);

#endif
