/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The filter interpreter (runtime/bpf.h), which may see a program that the kernel would refuse,
 * because another thread can write to it before it is copied. The input is such a program, any
 * bytes. It must end, stay within bounds, and give the same result each time.
 */
#include "runtime/bpf.h"

#include "fuzz.h"

#include <string.h>

/* Instructions for seeds: one of each kind. */
static const struct bpf_insn seeds[][4] = {
	{{0x20, 0, 0, 0}, {0x15, 0, 1, 41}, {0x06, 0, 0, 0x7fff0000}, {0x06, 0, 0, 0}},
	{{0x20, 0, 0, 16}, {0x02, 0, 0, 15}, {0x61, 0, 0, 15}, {0x16, 0, 0, 0}},
	{{0x00, 0, 0, 7}, {0x34, 0, 0, 2}, {0x07, 0, 0, 0}, {0x3c, 0, 0, 0}},
	{{0x80, 0, 0, 0}, {0x05, 0, 0, 1}, {0x87, 0, 0, 0}, {0x16, 0, 0, 0}},
	{{0x64, 0, 0, 31}, {0x7c, 0, 0, 0}, {0x84, 0, 0, 0}, {0x45, 1, 0, 9}},
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bpf_data call = {.nr = 41, .arch = 7, .args = {1, 2, 3, ~(uint64_t)0, 5, 6}};
	struct bpf_insn *insns = malloc(size + 1);
	struct bpf_program program = {(unsigned short)(size / sizeof(*insns)), insns};

	FUZZ_CHECK(insns != NULL);
	memcpy(insns, data, size);
	FUZZ_CHECK(bpf_run(&program, &call) == bpf_run(&program, &call));
	free(insns);
	return 0;
}
