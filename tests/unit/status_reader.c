/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindrightctl status reads memory that another process wrote, and that process may be broken into:
 * whatever it holds, the reader ends, soon and without a crash. And the lines of /proc/PID/maps.
 */
#include "ctl/status/groups.h"
#include "ctl/status/instance.h"
#include "ctl/status/memory.h"
#include "ctl/status/peers.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

enum { SIZE = 64 * 1024, ENTRIES_AT = 16 * 1024 };

/* Maps a file by the library's name, which is what the reader looks for. */
static unsigned char *map_file(const char *directory)
{
	char path[256];
	unsigned char *memory;
	int fd;

	snprintf(path, sizeof(path), "%s/libbindright.so", directory);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0 && ftruncate(fd, SIZE) == 0);
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_true(memory != MAP_FAILED);
	close(fd);
	unlink(path);
	return memory;
}

/* A child that has the memory and waits. */
static pid_t hold(int *ret_end)
{
	int ends[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	*ret_end = ends[1];
	return child;
}

static void let_go(pid_t child, int end)
{
	close(end);
	waitpid(child, NULL, 0);
}

static void read_all(pid_t pid)
{
	struct process process;
	struct instance instance;
	struct groups groups = {.instances = NULL};
	int error;

	process_open(pid, &process);
	error = instance_read(&process, &instance);
	process_close(&process);
	if (error != 0)
		return;
	groups_add(&groups, &instance);
	groups_make(&groups);
	assert_true(groups.count == 1);
	free(groups.list[0].instances);
	free(groups.list[0].peers.addresses);
	free(groups.list);
	free(groups.instances);
}

/* A plausible status, of which a few words are then random. */
static void write_status(unsigned char *memory, struct dice *dice)
{
	struct status status = {
		.magic = STATUS_MAGIC,
		.size = sizeof(status),
		.state = STATUS_ACTS,
		.counts = (uintptr_t)memory + 8192,
		.stripes = 4,
		.stripe_size = 64,
		.table = {.entries = (uintptr_t)memory + ENTRIES_AT,
			.capacity = 512,
			.expiry_s = UINT32_MAX,
			.entry_size = 64,
			.stamp_offset = 4,
			.source_offset = 32},
	};
	uint32_t *words = (uint32_t *)(void *)&status;
	const uint32_t count = offsetof(struct status, settings) / sizeof(*words);

	memset(status.settings, 'x', sizeof(status.settings));
	for (uint32_t i = dice_below(dice, 4); i > 0; i--) {
		uint32_t at = 4 + dice_below(dice, count - 4);

		words[at] = dice_below(dice, 2) ? (uint32_t)dice_roll(dice)
						: words[at] + dice_below(dice, 256) - 128;
	}
	memcpy(memory + 8 * dice_below(dice, 100), &status, sizeof(status));
}

static void whatever_a_process_holds_can_be_read(void **state)
{
	char directory[] = "/tmp/bindright-unit-XXXXXX";
	struct dice dice = {1};
	unsigned char *memory;
	int end;

	(void)state;
	assert_non_null(mkdtemp(directory));
	for (int run = 0; run < runs(400); run++) {
		pid_t child;

		memory = map_file(directory);
		dice_fill(&dice, memory + 8192, SIZE - 8192);
		write_status(memory, &dice);
		child = hold(&end);
		read_all(child);
		let_go(child, end);
		munmap(memory, SIZE);
	}
	rmdir(directory);
}

static void a_process_that_is_gone_has_no_library(void **state)
{
	struct process process;
	struct instance instance;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	process_open(child, &process);
	assert_int_equal(process.state, PROCESS_GONE);
	assert_int_equal(instance_read(&process, &instance), ENOENT);
	process_close(&process);
}

static void lines_of_maps_are_parsed(void **state)
{
	struct mapping mapping;

	(void)state;
	assert_true(memory_parse_mapping(
		"7f00-7f10 rw-p 00001000 fe:01 42    /a b/libbindright.so (deleted)\n", &mapping));
	assert_true(mapping.start == 0x7f00 && mapping.end == 0x7f10 && mapping.is_writable);
	assert_true(mapping.inode == 42);
	assert_string_equal(mapping.path, "/a b/libbindright.so (deleted)");
	assert_true(memory_parse_mapping("7f00-7f10 r--p 00001000 00:00 0 \n", &mapping));
	assert_string_equal(mapping.path, "");
	assert_false(mapping.is_writable);
	assert_false(memory_parse_mapping("", &mapping));
	assert_false(memory_parse_mapping("no such line\n", &mapping));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_process_holds_can_be_read),
		cmocka_unit_test(a_process_that_is_gone_has_no_library),
		cmocka_unit_test(lines_of_maps_are_parsed),
	};

	return cmocka_run_group_tests_name("status_reader", tests, NULL, NULL);
}
