/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An interpreter for the instructions that seccomp(2) accepts (kernel/seccomp.c,
 * seccomp_check_filter); tests/unit/bpf_kernel.c compares it with the kernel's. Jumps only go
 * forward, so every program ends. */
#include "runtime/bpf.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The fields of an instruction's code (linux/bpf_common.h, linux/filter.h). */
enum { CLASS = 0x07, OPERATION = 0xf0, OPERAND_X = 0x08, RETURNED_A = 0x10, TXA = 0x80 };
enum { LD, LDX, ST, STX, ALU, JMP, RET, MISC };
enum { LD_IMM = 0x00, LD_ABS = 0x20, LD_MEM = 0x60, LD_LEN = 0x80 };
enum { ADD = 0x00, SUB = 0x10, MUL = 0x20, DIV = 0x30, OR = 0x40, AND = 0x50, LSH = 0x60 };
enum { RSH = 0x70, NEG = 0x80, XOR = 0xa0 };
enum { JA = 0x00, JEQ = 0x10, JGT = 0x20, JGE = 0x30, JSET = 0x40 };
enum { SLOTS = 16, SHIFT_MAX = 31 };

struct machine {
	uint32_t a, x;
	uint32_t slots[SLOTS];
	const struct bpf_data *data;
};

/* Loads a 32-bit word of the data, in this machine's byte order. */
static bool load_word(const struct bpf_data *data, uint32_t at, uint32_t *ret)
{
	const uint32_t first = offsetof(struct bpf_data, instruction_pointer);
	const uint32_t end = offsetof(struct bpf_data, args);

	if (at % sizeof(*ret) != 0 || at >= sizeof(*data) || (at >= first && at < end))
		return false;
	memcpy(ret, (const char *)data + at, sizeof(*ret));
	return true;
}

static bool load(const struct machine *machine, const struct bpf_insn *insn, uint32_t *ret)
{
	switch (insn->code & ~CLASS) {
	case LD_IMM:
		*ret = insn->k;
		return true;
	case LD_MEM:
		if (insn->k >= SLOTS)
			return false;
		*ret = machine->slots[insn->k];
		return true;
	case LD_LEN:
		*ret = sizeof(*machine->data);
		return true;
	case LD_ABS:
		return (insn->code & CLASS) == LD && load_word(machine->data, insn->k, ret);
	default:
		return false;
	}
}

static bool store(struct machine *machine, const struct bpf_insn *insn, uint32_t value)
{
	if (insn->k >= SLOTS)
		return false;
	machine->slots[insn->k] = value;
	return true;
}

static uint32_t find_operand(const struct machine *machine, const struct bpf_insn *insn)
{
	return insn->code & OPERAND_X ? machine->x : insn->k;
}

/* Also false for a division by 0, which makes the kernel's program return 0. */
static bool compute(struct machine *machine, const struct bpf_insn *insn)
{
	uint32_t operand = find_operand(machine, insn);

	switch (insn->code & OPERATION) {
	case ADD:
		machine->a += operand;
		return true;
	case SUB:
		machine->a -= operand;
		return true;
	case MUL:
		machine->a *= operand;
		return true;
	case DIV:
		machine->a = operand != 0 ? machine->a / operand : 0;
		return operand != 0;
	case OR:
		machine->a |= operand;
		return true;
	case AND:
		machine->a &= operand;
		return true;
	case LSH:
		machine->a <<= operand & SHIFT_MAX;
		return true;
	case RSH:
		machine->a >>= operand & SHIFT_MAX;
		return true;
	case NEG:
		machine->a = -machine->a;
		return true;
	case XOR:
		machine->a ^= operand;
		return true;
	default:
		return false;
	}
}

/* Puts the number of instructions to skip into *ret. */
static bool jump(const struct machine *machine, const struct bpf_insn *insn, uint32_t *ret)
{
	uint32_t operand = find_operand(machine, insn);
	bool is_taken;

	switch (insn->code & OPERATION) {
	case JA:
		*ret = insn->k;
		return true;
	case JEQ:
		is_taken = machine->a == operand;
		break;
	case JGT:
		is_taken = machine->a > operand;
		break;
	case JGE:
		is_taken = machine->a >= operand;
		break;
	case JSET:
		is_taken = (machine->a & operand) != 0;
		break;
	default:
		return false;
	}
	*ret = is_taken ? insn->jt : insn->jf;
	return true;
}

static void move(struct machine *machine, const struct bpf_insn *insn)
{
	if (insn->code & TXA)
		machine->a = machine->x;
	else
		machine->x = machine->a;
}

/* Whether the kernel accepts a program with this instruction (kernel/seccomp.c,
 * seccomp_check_filter; net/core/filter.c, bpf_check_classic). */
static bool is_accepted(const struct bpf_insn *insn)
{
	const uint16_t operation = insn->code & OPERATION;

	if (insn->code > (CLASS | OPERAND_X | OPERATION))
		return false;
	switch (insn->code & CLASS) {
	case ALU:
		if ((operation == LSH || operation == RSH) && !(insn->code & OPERAND_X))
			return insn->k <= SHIFT_MAX;
		return operation != NEG || !(insn->code & OPERAND_X);
	case JMP:
		return operation != JA || !(insn->code & OPERAND_X);
	case ST:
	case STX:
		return (insn->code & ~CLASS) == 0;
	case RET:
		return (insn->code & ~CLASS) == 0 || (insn->code & ~CLASS) == RETURNED_A;
	case MISC:
		return (insn->code & ~CLASS) == 0 || (insn->code & ~CLASS) == TXA;
	default: /* LD and LDX: load */
		return true;
	}
}

bool bpf_is_accepted(const struct bpf_program *program)
{
	for (unsigned int i = 0; i < program->len; i++)
		if (!is_accepted(&program->insns[i]))
			return false;
	return true;
}

/* Executes one instruction other than RET. False if the program ends here. */
static bool step(struct machine *machine, const struct bpf_insn *insn, uint32_t *ret_skipped)
{
	*ret_skipped = 0;
	switch (insn->code & CLASS) {
	case LD:
		return load(machine, insn, &machine->a);
	case LDX:
		return load(machine, insn, &machine->x);
	case ST:
		return store(machine, insn, machine->a);
	case STX:
		return store(machine, insn, machine->x);
	case ALU:
		return compute(machine, insn);
	case JMP:
		return jump(machine, insn, ret_skipped);
	default:
		move(machine, insn);
		return true;
	}
}

uint32_t bpf_run(const struct bpf_program *program, const struct bpf_data *data)
{
	struct machine machine = {.data = data};

	for (uint64_t at = 0; at < program->len; at++) {
		const struct bpf_insn *insn = &program->insns[at];
		uint32_t skipped;

		if ((insn->code & CLASS) == RET)
			return insn->code & RETURNED_A ? machine.a : insn->k;
		if (!step(&machine, insn, &skipped))
			break;
		at += skipped;
	}
	return BPF_KILL;
}
