/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drives a fuzzer without libFuzzer: its seeds, then two million inputs made from them by random
 * changes, the same in each run. RUNS (tests/runs.h) makes more or fewer, FUZZ_SEED others. Prints
 * TAP.
 *
 *	PROGRAM			all of these
 *	PROGRAM FILE...		only the inputs in these files
 *	PROGRAM -w DIRECTORY	writes the seeds there, for libFuzzer to start from
 *
 * If an input ends the program or makes it hang, it is in the file PROGRAM.crash.
 */
#include "fuzz.h"

#include "../runs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS = 2000000, SEEDS_MAX = 256, CHANGES_MAX = 6, LIMIT_S = 60 };

struct input {
	uint8_t data[FUZZ_INPUT_MAX];
	size_t size;
};

static struct input seeds[SEEDS_MAX];
static unsigned int seed_count;

/* The current input, and the file for it if it is the last one. */
static struct input current;
static char crash_path[4096];

/* SplitMix64. */
static uint64_t dice_state = 1;

static uint32_t roll(uint32_t limit)
{
	uint64_t z = dice_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ z >> 31) >> 16) % limit;
}

static void keep_crash(int number)
{
	int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0 && write(fd, current.data, current.size) >= 0)
		close(fd);
	signal(number, SIG_DFL);
	raise(number);
}

/* From a buffer of exactly its size, so a sanitizer reports reads past its end. */
static void run(const struct input *input)
{
	uint8_t *exact = malloc(input->size > 0 ? input->size : 1);

	if (exact == NULL)
		abort();
	current = *input;
	memcpy(exact, input->data, input->size);
	LLVMFuzzerTestOneInput(exact, input->size);
	free(exact);
}

static void gather_seeds(void)
{
	while (seed_count < SEEDS_MAX) {
		size_t size = fuzz_seed(seed_count, seeds[seed_count].data);

		if (size == 0)
			return;
		seeds[seed_count++].size = size;
	}
}

/* Numbers at boundaries: lengths, levels, ports, digits. */
static void overwrite_number(struct input *input)
{
	static const uint64_t numbers[] = {0, 1, 2, 7, 8, 12, 15, 16, 17, 20, 24, 28, 32, 36, 41,
		50, 127, 128, 255, 256, 1023, 1024, 65535, 65536, INT32_MAX, UINT32_MAX, INT64_MAX,
		UINT64_MAX, UINT64_MAX - 7, UINT64_MAX - 15};
	static const size_t widths[] = {1, 2, 4, 8};
	uint64_t number = numbers[roll(sizeof(numbers) / sizeof(numbers[0]))];
	size_t width = widths[roll(4)], at;

	if (input->size < width)
		return;
	at = roll((uint32_t)(input->size - width + 1));
	if (roll(2) == 0)
		at -= at % width;
	memcpy(input->data + at, &number, width);
}

static void insert(struct input *input, const uint8_t *bytes, size_t count)
{
	size_t at = roll((uint32_t)input->size + 1);

	if (input->size + count > FUZZ_INPUT_MAX)
		return;
	memmove(input->data + at + count, input->data + at, input->size - at);
	memcpy(input->data + at, bytes, count);
	input->size += count;
}

/* A piece of some seed, aligned to eight bytes half of the time. */
static void insert_piece(struct input *input)
{
	const struct input *from = &seeds[roll(seed_count)];
	size_t at = roll((uint32_t)from->size), count = 1 + roll((uint32_t)(from->size - at));

	if (roll(2) == 0) {
		at -= at % 8;
		count -= count % 8;
	}
	insert(input, from->data + at, count);
}

static void delete_piece(struct input *input)
{
	size_t at, count;

	if (input->size == 0)
		return;
	at = roll((uint32_t)input->size);
	count = 1 + roll((uint32_t)(input->size - at));
	memmove(input->data + at, input->data + at + count, input->size - at - count);
	input->size -= count;
}

static void change(struct input *input)
{
	uint8_t byte = (uint8_t)roll(256);

	switch (roll(6)) {
	case 0:
		if (input->size > 0)
			input->data[roll((uint32_t)input->size)] ^= (uint8_t)(1 << roll(8));
		break;
	case 1:
		if (input->size > 0)
			input->data[roll((uint32_t)input->size)] = byte;
		break;
	case 2:
		overwrite_number(input);
		break;
	case 3:
		insert(input, &byte, 1);
		break;
	case 4:
		insert_piece(input);
		break;
	default:
		delete_piece(input);
		break;
	}
}

static void run_changed_seed(void)
{
	struct input input = seeds[roll(seed_count)];
	uint32_t changes = 1 + roll(CHANGES_MAX);

	for (uint32_t i = 0; i < changes; i++)
		change(&input);
	run(&input);
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct input input;

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	input.size = fread(input.data, 1, sizeof(input.data), file);
	fclose(file);
	run(&input);
	printf("%s: nothing wrong\n", path);
}

static void write_seeds(const char *directory)
{
	for (unsigned int i = 0; i < seed_count; i++) {
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/seed-%u", directory, i);
		file = fopen(path, "wb");
		if (file == NULL ||
			fwrite(seeds[i].data, 1, seeds[i].size, file) != seeds[i].size) {
			perror(path);
			exit(2);
		}
		fclose(file);
	}
}

int main(int argc, char **argv)
{
	const char *seed = getenv("FUZZ_SEED");
	int inputs = runs(INPUTS);

	if (seed != NULL)
		dice_state = strtoul(seed, NULL, 10);
	snprintf(crash_path, sizeof(crash_path), "%s.crash", argv[0]);
	signal(SIGABRT, keep_crash);
	signal(SIGSEGV, keep_crash);
	signal(SIGBUS, keep_crash);
	signal(SIGALRM, keep_crash);
	alarm(LIMIT_S);
	gather_seeds();
	if (argc == 3 && strcmp(argv[1], "-w") == 0) {
		write_seeds(argv[2]);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc > 1)
		return 0;
	puts("1..2");
	for (unsigned int i = 0; i < seed_count; i++)
		run(&seeds[i]);
	printf("ok 1 - %u seeds\n", seed_count);
	fflush(stdout);
	for (int i = 0; i < inputs; i++) {
		/* Many inputs take a moment; LIMIT_S is for one that hangs. */
		if (i % 65536 == 0)
			alarm(LIMIT_S);
		run_changed_seed();
	}
	printf("ok 2 - %d changed seeds\n", inputs);
	return 0;
}
