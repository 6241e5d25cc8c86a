/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Classic BPF as seccomp(2) uses it: what a filter decides about a system call, found without
 * making the call. Makes no system calls and allocates no memory; safe in signal handlers.
 *
 * The types are those of linux/filter.h and linux/seccomp.h, which not every C library provides.
 */
#ifndef RUNTIME_BPF_H
#define RUNTIME_BPF_H

#include <stdbool.h>
#include <stdint.h>

/* struct sock_filter */
struct bpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

/* struct sock_fprog */
struct bpf_program {
	unsigned short len; /* number of instructions */
	const struct bpf_insn *insns;
};

/* struct seccomp_data */
struct bpf_data {
	int32_t nr;
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t args[6];
};

/* A filter's actions, shifted down from SECCOMP_RET_ACTION_FULL's bits. */
enum { BPF_ACTION_SHIFT = 16, BPF_KILL = 0, BPF_LOG = 0x7ffc, BPF_ALLOW = 0x7fff };

/* The longest program that the kernel accepts (BPF_MAXINSNS). */
enum { BPF_INSNS_MAX = 4096 };

/* Whether the kernel would accept each of the program's instructions, by its code: other bits of
 * one mean nothing to the kernel, and must not be taken for an instruction here. */
bool bpf_is_accepted(const struct bpf_program *program);

/* Returns what the program, whose instructions are accepted, returns for this call. Returns
 * BPF_KILL where the kernel would not accept it for another reason, such as a jump out of it, and
 * for a program that reads the instruction pointer, because the address from which libc will make
 * the call is unknown. */
uint32_t bpf_run(const struct bpf_program *program, const struct bpf_data *data);

#endif
