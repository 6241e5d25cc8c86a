/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file a descriptor refers to, distinguished from later files with the same number or
 * inode. */
#include "runtime/output.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

static void each_kind_is_known(void **state)
{
	int pipe_ends[2], pair[2];
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	FILE *file = tmpfile();
	struct output output;

	(void)state;
	assert_return_code(pipe(pipe_ends), errno);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), errno);
	assert_true(output_identify(pipe_ends[1], &output));
	assert_int_equal(output.kind, OUTPUT_OTHER);
	assert_true(output_identify(pair[0], &output));
	assert_int_equal(output.kind, OUTPUT_SOCKET);
	assert_true(output_identify(tcp, &output));
	assert_int_equal(output.kind, OUTPUT_CONNECTION);
	assert_int_equal(output_write(tcp, output.kind, "x", 1), -ENOTSUP);
	assert_true(output_identify(fileno(file), &output));
	assert_int_equal(output.kind, OUTPUT_FILE);
	assert_false(output_identify(9999, &output));
	fclose(file);
	close(tcp);
	for (int i = 0; i < 2; i++) {
		close(pipe_ends[i]);
		close(pair[i]);
	}
}

static int make_file(ino_t *ret_inode)
{
	char path[] = "/tmp/bindright-output-XXXXXX";
	int fd = mkstemp(path);
	struct stat status;

	assert_return_code(fd, errno);
	assert_return_code(fstat(fd, &status), errno);
	unlink(path);
	*ret_inode = status.st_ino;
	return fd;
}

/* ext4 reuses an inode number at once; other file systems later or never. */
static void a_new_file_with_an_old_inode_is_another(void **state)
{
	ino_t old, inode;
	int fd = make_file(&old);
	struct output before, after;

	(void)state;
	assert_true(output_identify(fd, &before));
	assert_true(output_is_same(&before, &before));
	close(fd);
	for (int tries = 0; tries < 100; tries++) {
		fd = make_file(&inode);
		assert_true(output_identify(fd, &after));
		close(fd);
		if (inode == old)
			break;
	}
	if (inode != old || before.birth_s == 0)
		skip();
	assert_int_equal(before.inode, after.inode);
	assert_false(output_is_same(&before, &after));
}

/* Inode numbers are of one file system, and several may make a file at one time. */
static void the_same_inode_of_another_device_is_another(void **state)
{
	const struct output here = {
		.kind = OUTPUT_FILE, .device_major = 8, .device_minor = 1, .inode = 12};
	struct output there = here;

	(void)state;
	assert_true(output_is_same(&here, &there));
	there.device_minor++;
	assert_false(output_is_same(&here, &there));
	there = here;
	there.device_major++;
	assert_false(output_is_same(&here, &there));
}

/* The program's signal, pending before, stays; ours is removed. */
static int write_without_reader(void)
{
	sigset_t sigpipe, pending;
	int ends[2];

	CHECK(pipe(ends) == 0);
	close(ends[0]);
	errno = 4711;
	CHECK(output_write(ends[1], OUTPUT_OTHER, "x", 1) == -EPIPE);
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &sigpipe, NULL);
	CHECK(output_write(ends[1], OUTPUT_OTHER, "x", 1) == -EPIPE);
	sigpending(&pending);
	CHECK(!sigismember(&pending, SIGPIPE));
	raise(SIGPIPE);
	CHECK(output_write(ends[1], OUTPUT_OTHER, "x", 1) == -EPIPE);
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGPIPE));
	CHECK(errno == 4711);
	return 0;
}

static int write_with_reader(void)
{
	sigset_t before, after;
	int ends[2];

	CHECK(pipe(ends) == 0);
	sigprocmask(SIG_BLOCK, NULL, &before);
	CHECK(output_write(ends[1], OUTPUT_OTHER, "x", 1) == 0);
	sigprocmask(SIG_BLOCK, NULL, &after);
	for (int signal = 1; signal < SIGRTMIN; signal++)
		CHECK(sigismember(&before, signal) == sigismember(&after, signal));
	return 0;
}

static void signals_are_as_they_were(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(write_without_reader), 0);
	assert_int_equal(run_in_child(write_with_reader), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_known),
		cmocka_unit_test(a_new_file_with_an_old_inode_is_another),
		cmocka_unit_test(the_same_inode_of_another_device_is_another),
		cmocka_unit_test(signals_are_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
