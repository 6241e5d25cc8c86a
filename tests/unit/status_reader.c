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
	/* Nor has this one. */
	process_open(getpid(), &process);
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

/* Each has 10 learnt, 1 evicted and 1 refused; and one event, which its children inherit. */
static void put(struct groups *groups, pid_t pid, pid_t parent, const char *unit)
{
	struct instance instance = {
		.pid = pid, .parent = parent, .learnt = 10, .evicted = 1, .refused = 1};

	snprintf(instance.unit, sizeof(instance.unit), "%s", unit);
	instance.status.events[STATUS_WATCHED] = 1;
	instance.sent[CHOICE_ELSEWHERE] = 2;
	groups_add(groups, &instance);
}

static void assert_group(const struct group *group, pid_t first, size_t count)
{
	assert_int_equal(group->instances[0]->pid, first);
	assert_int_equal(group->count, count);
	assert_int_equal(group->totals.learnt, 10 * count);
	assert_int_equal(group->totals.evicted, count);
	assert_int_equal(group->totals.refused, count);
	assert_int_equal(group->totals.events[STATUS_WATCHED], 1);
	assert_int_equal(groups_answered(&group->totals), 2 * count);
}

static void processes_are_grouped_by_unit_or_ancestor(void **state)
{
	struct groups groups = {.instances = NULL};

	(void)state;
	put(&groups, 7, 9, ""); /* a worker whose number is lower than its parent's */
	put(&groups, 9, 1, "");
	put(&groups, 20, 1, "a.service");
	put(&groups, 21, 20, "a.service");
	put(&groups, 22, 1, "a.service");
	put(&groups, 30, 20, "b.service");
	put(&groups, 40, 20, "");
	groups_make(&groups);
	assert_int_equal(groups.count, 4);
	assert_group(&groups.list[0], 9, 2);
	assert_group(&groups.list[1], 20, 3);
	assert_group(&groups.list[2], 30, 1);
	assert_group(&groups.list[3], 40, 1);
	for (size_t i = 0; i < groups.count; i++) {
		free(groups.list[i].instances);
		free(groups.list[i].peers.addresses);
	}
	free(groups.list);
	free(groups.instances);
}

/* Two threads of a process have counted. */
static void the_counts_of_all_threads_are_added(void **state)
{
	char directory[] = "/tmp/bindright-unit-XXXXXX";
	struct status status = {.magic = STATUS_MAGIC, .size = sizeof(status), .stripes = 2};
	struct status_counts counts = {.evicted = 3, .refused = 4};
	struct process process;
	struct instance instance;
	unsigned char *memory;
	pid_t child;
	int end;

	(void)state;
	assert_non_null(mkdtemp(directory));
	memory = map_file(directory);
	rmdir(directory);
	status.stripe_size = sizeof(struct status_stripe);
	status.counts = (uintptr_t)memory + 8192;
	counts.stripes[0].learnt = 5;
	counts.stripes[1].learnt = 6;
	counts.stripes[1].sent[CHOICE_LAST] = 7;
	memcpy(memory + 64, &status, sizeof(status));
	memcpy(memory + 8192, &counts, sizeof(counts));
	child = hold(&end);
	process_open(child, &process);
	assert_int_equal(instance_read(&process, &instance), 0);
	assert_int_equal(instance.learnt, 11);
	assert_int_equal(instance.sent[CHOICE_LAST], 7);
	assert_int_equal(instance.evicted, 3);
	assert_int_equal(instance.refused, 4);
	process_close(&process);
	let_go(child, end);
	munmap(memory, SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_process_holds_can_be_read),
		cmocka_unit_test(a_process_that_is_gone_has_no_library),
		cmocka_unit_test(lines_of_maps_are_parsed),
		cmocka_unit_test(processes_are_grouped_by_unit_or_ancestor),
		cmocka_unit_test(the_counts_of_all_threads_are_added),
	};

	return cmocka_run_group_tests_name("status_reader", tests, NULL, NULL);
}
