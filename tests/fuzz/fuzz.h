/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interface between each fuzzer and its driver: libFuzzer, which makes inputs by coverage, or
 * replay.c, which any compiler builds and make check runs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUZZ_INPUT_MAX = 1280 };

/* Named by libFuzzer. Ends the program on a fault; otherwise returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the index-th seed, an initial input, to data and returns its length; 0 after the last
 * one. */
size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX]);

#define FUZZ_CHECK(claim)                                                                   \
	do {                                                                                \
		if (!(claim)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim); \
			abort();                                                            \
		}                                                                           \
	} while (0)

#endif
