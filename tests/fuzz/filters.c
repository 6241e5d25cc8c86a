/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The filter interpreter (runtime/bpf.h), which may see a program that the kernel would refuse,
 * because another thread can write to it before it is copied. The input is such a program, any
 * bytes. It must end, stay within bounds, and give what a second interpreter gives, which knows
 * each instruction by its whole code. (tests/unit/bpf_kernel.c compares it with the kernel's.)
 */
#include "runtime/bpf.h"

#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

/* Instructions for seeds: one of each kind. */
static const struct bpf_insn seeds[][4] = {
	{{0x20, 0, 0, 0}, {0x15, 0, 1, 41}, {0x06, 0, 0, 0x7fff0000}, {0x06, 0, 0, 0}},
	{{0x20, 0, 0, 16}, {0x02, 0, 0, 15}, {0x61, 0, 0, 15}, {0x16, 0, 0, 0}},
	{{0x00, 0, 0, 7}, {0x34, 0, 0, 2}, {0x07, 0, 0, 0}, {0x3c, 0, 0, 0}},
	{{0x80, 0, 0, 0}, {0x05, 0, 0, 1}, {0x87, 0, 0, 0}, {0x16, 0, 0, 0}},
	{{0x64, 0, 0, 31}, {0x7c, 0, 0, 0}, {0x84, 0, 0, 0}, {0x45, 1, 0, 9}},
	{{0x01, 0, 0, 5}, {0x0c, 0, 0, 0}, {0x1d, 1, 0, 0}, {0xac, 0, 0, 0}},
};
enum { SEEDS = sizeof(seeds) / sizeof(seeds[0]) };

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	if (index >= SEEDS)
		return 0;
	for (size_t at = 0; at + sizeof(seeds[0]) <= FUZZ_INPUT_MAX; at += sizeof(seeds[0]))
		memcpy(data + at, seeds[(index + at / sizeof(seeds[0])) % SEEDS], sizeof(seeds[0]));
	return (index + 1) * sizeof(seeds[0]);
}

struct model {
	uint32_t a, x, slots[16];
};

/* The data of a call is an array of words; two of them are the instruction pointer. */
static bool model_load(const struct bpf_data *call, uint32_t at, uint32_t *ret)
{
	uint32_t words[sizeof(*call) / sizeof(uint32_t)];

	memcpy(words, call, sizeof(words));
	if (at % 4 != 0 || at / 4 >= sizeof(words) / sizeof(words[0]) || at == 8 || at == 12)
		return false;
	*ret = words[at / 4];
	return true;
}

/* The result is the second operand's on the accumulator. False if there is none. */
static bool model_compute(uint32_t *a, uint16_t code, uint32_t by)
{
	switch (code & 0xf0) {
	case 0x00:
		return *a += by, true;
	case 0x10:
		return *a -= by, true;
	case 0x20:
		return *a *= by, true;
	case 0x30:
		return by != 0 && (*a /= by, true);
	case 0x40:
		return *a |= by, true;
	case 0x50:
		return *a &= by, true;
	case 0x60:
		return *a <<= by % 32, true;
	case 0x70:
		return *a >>= by % 32, true;
	default:
		return *a ^= by, true;
	}
}

static bool model_jumps(uint32_t a, uint16_t code, uint32_t by)
{
	switch (code & 0xf0) {
	case 0x10:
		return a == by;
	case 0x20:
		return a > by;
	case 0x30:
		return a >= by;
	default:
		return (a & by) != 0;
	}
}

/* Any of add, sub, mul, div, or, and, xor, or of the jumps, with by. */
static bool model_with(struct model *model, const struct bpf_insn *insn, uint32_t by, size_t *at)
{
	if ((insn->code & 0x07) == 0x04)
		return model_compute(&model->a, insn->code, by);
	*at += model_jumps(model->a, insn->code, by) ? insn->jt : insn->jf;
	return true;
}

/* Arithmetic and jumps. */
static bool model_operate(struct model *model, const struct bpf_insn *insn, size_t *at)
{
	const uint32_t k = insn->k;

	switch (insn->code) {
	case 0x84: /* neg */
		return model->a = 0 - model->a, true;
	case 0x64: /* lsh, rsh */
	case 0x74:
		return k < 32 && model_compute(&model->a, insn->code, k);
	case 0x05: /* ja */
		return *at += k, true;
	case 0x04: /* add, sub, mul, div, or, and, xor with k */
	case 0x14:
	case 0x24:
	case 0x34:
	case 0x44:
	case 0x54:
	case 0xa4:
	case 0x15: /* jeq, jgt, jge, jset with k */
	case 0x25:
	case 0x35:
	case 0x45:
		return model_with(model, insn, k, at);
	case 0x0c: /* all of these with x, and shifts */
	case 0x1c:
	case 0x2c:
	case 0x3c:
	case 0x4c:
	case 0x5c:
	case 0x6c:
	case 0x7c:
	case 0xac:
	case 0x1d:
	case 0x2d:
	case 0x3d:
	case 0x4d:
		return model_with(model, insn, model->x, at);
	default:
		return false;
	}
}

/* False if the kernel's program would not go on. */
static bool model_step(
	struct model *model, const struct bpf_insn *insn, const struct bpf_data *call, size_t *at)
{
	const uint32_t k = insn->k;

	switch (insn->code) {
	case 0x00: /* ld k */
		return model->a = k, true;
	case 0x01: /* ldx k */
		return model->x = k, true;
	case 0x20: /* ld [k] */
		return model_load(call, k, &model->a);
	case 0x60: /* ld M[k] */
		return k < 16 && (model->a = model->slots[k], true);
	case 0x61: /* ldx M[k] */
		return k < 16 && (model->x = model->slots[k], true);
	case 0x80: /* ld len */
		return model->a = sizeof(*call), true;
	case 0x81: /* ldx len */
		return model->x = sizeof(*call), true;
	case 0x02: /* st M[k] */
		return k < 16 && (model->slots[k] = model->a, true);
	case 0x03: /* stx M[k] */
		return k < 16 && (model->slots[k] = model->x, true);
	case 0x07: /* tax */
		return model->x = model->a, true;
	case 0x87: /* txa */
		return model->a = model->x, true;
	default:
		return model_operate(model, insn, at);
	}
}

static uint32_t model_run(const struct bpf_program *program, const struct bpf_data *call)
{
	struct model model = {0};

	for (size_t at = 0; at < program->len; at++) {
		const struct bpf_insn *insn = &program->insns[at];

		if (insn->code == 0x06)
			return insn->k;
		if (insn->code == 0x16)
			return model.a;
		if (!model_step(&model, insn, call, &at))
			return BPF_KILL;
	}
	return BPF_KILL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bpf_data call = {.nr = 41, .arch = 7, .args = {1, 2, 3, ~(uint64_t)0, 5, 6}};
	struct bpf_insn *insns = malloc(size + 1);
	struct bpf_program program = {(unsigned short)(size / sizeof(*insns)), insns};

	FUZZ_CHECK(insns != NULL);
	memcpy(insns, data, size);
	if (bpf_is_accepted(&program))
		FUZZ_CHECK(bpf_run(&program, &call) == model_run(&program, &call));
	else
		bpf_run(&program, &call);
	free(insns);
	return 0;
}
