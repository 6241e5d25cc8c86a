/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that no library after ours defines: it fails, and the search leaves no trace. And libc's
 * own definition of a name. */
#include "libc/next.h"

#include "libc/platform.h"
#include "libc/symbols.h"

#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void test_missing_leaves_no_complaint(void **state)
{
	(void)state;
	if (HAS_TIME64_NAMES)
		skip(); /* libc has them all */
	dlerror();
	assert_non_null(next_find(NEXT_FCNTL_TIME64));
	assert_null(dlerror());
}

static void test_missing_fails(void **state)
{
	(void)state;
	if (HAS_TIME64_NAMES)
		skip();
	errno = 0;
	assert_int_equal(next_fcntl_time64(0, F_GETFD, NULL), -1);
	assert_int_equal(errno, ENOSYS);
}

static void test_libc_has_names(void **state)
{
	pid_t (*call)(void) = symbols_libc_address("getpid");

	(void)state;
	if (call == NULL)
		skip(); /* not glibc */
	assert_int_equal(call(), getpid());
	assert_null(symbols_libc_address("getpi"));
	assert_null(symbols_libc_address("next_find"));
}

static void test_each_version_is_found_once(void **state)
{
	const ElfW(Sym) *symbol = NULL, *before = NULL;
	struct symbols libc;
	int count = 0;

	(void)state;
	if (!symbols_of_libc(&libc))
		skip();
	while ((symbol = symbols_find(&libc, "memcpy", symbol)) != NULL) {
		assert_true(symbol != before && count++ < 8);
		before = symbol;
	}
	assert_true(count >= 1);
}

/* The name before the first bucket's is another library's. */
static void test_the_first_name_is_found(void **state)
{
	struct symbols libc;
	const ElfW(Sym) * first;

	(void)state;
	if (!symbols_of_libc(&libc))
		skip();
	/* The second number of the table: the index of the first symbol that it has. */
	first = libc.table + libc.hash[1];
	assert_ptr_equal(symbols_find(&libc, libc.strings + first->st_name, NULL), first);
}

/* The sixth argument decides: a wait for a value that is not there fails at once, and one for no
 * bits is invalid. */
static void test_all_arguments_of_a_system_call_arrive(void **state)
{
	int futex = 1;

	(void)state;
	for (long bits = 0; bits <= 1; bits++) {
		const int error = bits != 0 ? EAGAIN : EINVAL;

		assert_int_equal(next_impl_syscall(
					 SYS_futex, (long)&futex, FUTEX_WAIT_BITSET, 0, 0, 0, bits),
			-1);
		assert_int_equal(errno, error);
		assert_int_equal(
			next_syscall(SYS_futex, (long)&futex, FUTEX_WAIT_BITSET, 0, 0, 0, bits),
			-1);
		assert_int_equal(errno, error);
	}
	/* prctl(2): the last must be 0. */
	assert_int_equal(next_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_not_equal(next_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), -1);
}

/* As if libc had no pidfd_getfd. */
static void test_pidfd_getfd_without_libc(void **state)
{
	const int pidfd = (int)next_impl_syscall(SYS_pidfd_open, getpid(), 0, 0, 0, 0, 0);
	void *const before = next_find(NEXT_PIDFD_GETFD);
	int fd;

	(void)state;
	if (pidfd < 0 || HAS_TIME64_NAMES)
		skip();
	atomic_store(&next_found[NEXT_PIDFD_GETFD], next_find(NEXT_FCNTL_TIME64));
	fd = next_pidfd_getfd(pidfd, STDERR_FILENO, 0);
	atomic_store(&next_found[NEXT_PIDFD_GETFD], before);
	close(pidfd);
	if (fd < 0 && (errno == EPERM || errno == ENOSYS))
		skip();
	assert_return_code(fd, errno);
	close(fd);
}

/* By name, in both directions. */
static void test_each_name_is_of_its_call(void **state)
{
	int pair[2];
	struct sockaddr_un local, peer;
	socklen_t local_len = sizeof(local), peer_len = sizeof(peer);

	(void)state;
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), errno);
	assert_return_code(bind(pair[0], (struct sockaddr *)&(struct sockaddr_un){AF_UNIX, ""},
				   sizeof(sa_family_t)),
		errno);
	assert_int_equal(next_getsockname(pair[0], (struct sockaddr *)&local, &local_len), 0);
	assert_int_equal(next_getpeername(pair[0], (struct sockaddr *)&peer, &peer_len), 0);
	/* The kernel has given a name to this end alone. */
	assert_true(local_len > sizeof(sa_family_t));
	assert_int_equal(peer_len, sizeof(sa_family_t));
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_leaves_no_complaint),
		cmocka_unit_test(test_missing_fails),
		cmocka_unit_test(test_libc_has_names),
		cmocka_unit_test(test_each_version_is_found_once),
		cmocka_unit_test(test_the_first_name_is_found),
		cmocka_unit_test(test_all_arguments_of_a_system_call_arrive),
		cmocka_unit_test(test_pidfd_getfd_without_libc),
		cmocka_unit_test(test_each_name_is_of_its_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
