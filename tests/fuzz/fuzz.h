/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each fuzzer here gives to whoever drives it: libFuzzer, which makes inputs by what they
 * reach, or replay.c, which any compiler builds and make check runs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUZZ_INPUT_MAX = 1280 };

/* libFuzzer's name for it. Ends the program where something is wrong; otherwise returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the index-th seed, an input to begin with, to data and returns its length; 0 behind the
 * last one. */
size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX]);

#define FUZZ_CHECK(claim)                                                                   \
	do {                                                                                \
		if (!(claim)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim); \
			abort();                                                            \
		}                                                                           \
	} while (0)

#endif
