/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of the library's own calls the filters permit. The test installs none, and checks what the
 * library makes of its copies. Each test is a process, because filters stay.
 */
#include "replies/pktinfo.h"
#include "runtime/impl.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

enum { LD_ABS = 0x20, RET_K = 0x06, JEQ = 0x15 };
/* Of an argument, which has 64 bits, the low ones. */
enum {
	AT_NR = 0,
	AT_ARCH = 4,
	AT_IP = 8,
	AT_ARG0 = 16 + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)
};
enum {
	ALLOW = 0x7fff0000,
	LOG = 0x7ffc0000,
	TRACE = 0x7ff00000,
	USER_NOTIF = 0x7fc00000,
	ERRNO = 0x00050001,
	TRAP = 0x00030000,
	KILL_THREAD = 0,
};
static const uint32_t kill_process = 0x80000000;

/* One call has this answer, all others are allowed. */
static struct sandbox_filter *add_filter(long number, uint32_t answer)
{
	const struct bpf_insn insns[] = {
		{LD_ABS, 0, 0, AT_NR},
		{JEQ, 0, 1, (uint32_t)number},
		{RET_K, 0, 0, answer},
		{RET_K, 0, 0, ALLOW},
	};
	const struct bpf_program program = {LENGTH(insns), insns};
	struct sandbox_filter *filter = sandbox_copy(&program);

	sandbox_add(filter);
	return filter;
}

static long ask_pid(void)
{
	return IMPL_SYSCALL(SYS_getpid, 0);
}

static int each_answer(void)
{
	static const struct {
		uint32_t answer;
		bool allows;
	} rows[] = {{ALLOW, true}, {ALLOW + 7, true}, {LOG, true}, {TRACE, false},
		{USER_NOTIF, false}, {ERRNO, false}, {TRAP, false}, {KILL_THREAD, false},
		{0x12340000, false}};

	CHECK(!sandbox_is_on());
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sandbox_filter *filter = add_filter(SYS_getpid, rows[i].answer);

		errno = 4711;
		CHECK(sandbox_is_on());
		CHECK(ask_pid() == (rows[i].allows ? getpid() : -EPERM));
		CHECK(IMPL_SYSCALL(SYS_getppid, 0) == getppid());
		CHECK(errno == 4711);
		sandbox_drop(filter);
		CHECK(ask_pid() == getpid());
	}
	add_filter(SYS_getpid, kill_process);
	CHECK(ask_pid() == -EPERM);
	return 0;
}

static void only_allow_and_log_allow(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(each_answer), 0);
}

static int several(void)
{
	struct sandbox_filter *first = add_filter(SYS_getpid, ERRNO);

	add_filter(SYS_getppid, ERRNO);
	CHECK(ask_pid() == -EPERM && IMPL_SYSCALL(SYS_getppid, 0) == -EPERM);
	sandbox_drop(first);
	CHECK(ask_pid() == getpid() && IMPL_SYSCALL(SYS_getppid, 0) == -EPERM);
	return 0;
}

static void all_filters_are_asked(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(several), 0);
}

static int by_arguments(void)
{
	const struct bpf_insn insns[] = {
		{LD_ABS, 0, 0, AT_ARCH},
		{JEQ, 1, 0, SYSCALL_ARCH},
		{RET_K, 0, 0, KILL_THREAD},
		{LD_ABS, 0, 0, AT_NR},
		{JEQ, 0, 3, SYS_getpgid},
		{LD_ABS, 0, 0, AT_ARG0},
		{JEQ, 0, 1, 0},
		{RET_K, 0, 0, ALLOW},
		{RET_K, 0, 0, ERRNO},
	};
	const struct bpf_program program = {LENGTH(insns), insns};

	sandbox_add(sandbox_copy(&program));
	CHECK(IMPL_SYSCALL(SYS_getpgid, 0) == getpgrp());
	CHECK(IMPL_SYSCALL(SYS_getpgid, 1) == -EPERM);
	CHECK(ask_pid() == -EPERM);
	return 0;
}

/* An argument has 64 bits. */
static int by_high_half(void)
{
	enum { HIGH_ARG0 = 16 + 20 - AT_ARG0 };
	const struct bpf_insn insns[] = {
		{LD_ABS, 0, 0, HIGH_ARG0},
		{JEQ, 0, 1, 0},
		{RET_K, 0, 0, ALLOW},
		{RET_K, 0, 0, ERRNO},
	};
	const struct bpf_program program = {LENGTH(insns), insns};

	sandbox_add(sandbox_copy(&program));
	CHECK(IMPL_SYSCALL(SYS_getpgid, 0) == getpgrp());
	CHECK(IMPL_SYSCALL(SYS_getpgid, -1) == (sizeof(long) == 8 ? -EPERM : -ESRCH));
	return 0;
}

static void arguments_and_machine_are_the_calls_own(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(by_arguments), 0);
	assert_int_equal(run_in_child(by_high_half), 0);
}

static int by_instruction_pointer(void)
{
	const struct bpf_insn insns[] = {{LD_ABS, 0, 0, AT_IP}, {RET_K, 0, 0, ALLOW}};
	const struct bpf_program program = {LENGTH(insns), insns};

	sandbox_add(sandbox_copy(&program));
	CHECK(ask_pid() == -EPERM);
	return 0;
}

static void who_asks_from_where_gets_no_call(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(by_instruction_pointer), 0);
}

/* Where random programs seldom come: equal values, a division by 0, memory that no program has. */
static int at_edges(void)
{
	enum { LD_IMM = 0x00, LD_MEM = 0x60, ST = 0x02, DIV_X = 0x3c, JGT = 0x25, JGE = 0x35 };
	static const struct {
		struct bpf_insn insn; /* after "load 7"; then what is not 0 is allowed */
		bool allows;
	} rows[] = {
		{{JGE, 0, 1, 7}, true},
		{{JGE, 0, 1, 8}, false},
		{{JGT, 0, 1, 7}, false},
		{{JGT, 0, 1, 6}, true},
		{{DIV_X, 0, 0, 0}, false}, /* X is 0 */
		{{LD_MEM, 0, 0, 16}, false},
		{{LD_MEM, 0, 0, 0xffffffff}, false},
		{{ST, 0, 0, 15}, true},
		{{ST, 0, 0, 16}, false},
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct bpf_insn insns[] = {
			{LD_IMM, 0, 0, 7},
			rows[i].insn,
			{RET_K, 0, 0, ALLOW},
			{RET_K, 0, 0, ERRNO},
		};
		const struct bpf_program program = {LENGTH(insns), insns};
		struct sandbox_filter *filter = sandbox_copy(&program);

		sandbox_add(filter);
		CHECK(ask_pid() == (rows[i].allows ? getpid() : -EPERM));
		sandbox_drop(filter);
	}
	return 0;
}

static void the_edges_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(at_edges), 0);
}

/* An invalid program allows nothing. */
static int unreadable(void)
{
	const struct bpf_program nowhere = {9, (const struct bpf_insn *)guarded_end()};
	const struct bpf_program long_one = {BPF_INSNS_MAX + 1, (const struct bpf_insn *)&nowhere};
	const struct bpf_insn unknown[] = {{RET_K | 0x100, 0, 0, ALLOW}};
	const struct bpf_program other_bits = {LENGTH(unknown), unknown};
	const struct bpf_program *rows[] = {
		NULL, (const struct bpf_program *)guarded_end(), &nowhere, &long_one, &other_bits};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sandbox_filter *filter = sandbox_copy(rows[i]);

		CHECK(ask_pid() == getpid());
		sandbox_add(filter);
		CHECK(ask_pid() == -EPERM);
		sandbox_drop(filter);
		CHECK(ask_pid() == getpid());
	}
	/* Each of two is dropped by itself. */
	sandbox_add(sandbox_copy(NULL));
	sandbox_add(sandbox_copy(NULL));
	sandbox_drop(sandbox_copy(NULL));
	CHECK(ask_pid() == -EPERM);
	return 0;
}

static int longest(void)
{
	static struct bpf_insn insns[BPF_INSNS_MAX];
	const struct bpf_program program = {LENGTH(insns), insns};

	for (size_t i = 0; i < LENGTH(insns); i++)
		insns[i] = (struct bpf_insn){RET_K, 0, 0, ALLOW};
	sandbox_add(sandbox_copy(&program));
	CHECK(ask_pid() == getpid());
	return 0;
}

static void the_longest_program_counts(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(longest), 0);
}

static void strict_mode_and_the_unreadable_allow_nothing(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(unreadable), 0);
}

static int on_sockets(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), type = 0;
	socklen_t len = sizeof(type);
	struct msghdr msg = {.msg_iovlen = 0};
	struct sandbox_filter *forbidden;

	CHECK(impl_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM);
	CHECK(!impl_recvmsg_is_filtered(fd, 0, EACCES) && !impl_sendmsg_is_filtered(fd, 0, EPERM));
	add_filter(SYS_getsockopt, KILL_THREAD);
	errno = 0;
	CHECK(impl_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 && errno == EPERM);
	CHECK(pktinfo_get_enabled(fd, PKTINFO_V4 | PKTINFO_V6, PKTINFO_V4) == PKTINFO_V4);
	CHECK(impl_recvmsg_is_filtered(fd, 0, EPERM));
	/* What they stand for is asked about too. */
	CHECK(impl_recvmsg(fd, &msg, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(impl_sendmsg(fd, &msg, MSG_DONTWAIT) == -1 && errno == EDESTADDRREQ);
	forbidden = add_filter(SYS_recvfrom, ERRNO);
	CHECK(impl_recvmsg(fd, &msg, MSG_DONTWAIT) == -1 && errno == EPERM);
	sandbox_drop(forbidden);
	forbidden = add_filter(SYS_sendto, ERRNO);
	CHECK(impl_sendmsg(fd, &msg, MSG_DONTWAIT) == -1 && errno == EPERM);
	sandbox_drop(forbidden);
	add_filter(SYS_recvmsg, KILL_THREAD);
	CHECK(impl_recvmsg(fd, &msg, MSG_DONTWAIT) == -1 && errno == EPERM);
	CHECK(impl_recvmsg_is_filtered(fd, 0, EACCES) && !impl_sendmsg_is_filtered(fd, 0, EPERM));
	CHECK(impl_may_bind(fd));
	add_filter(SYS_bind, ERRNO);
	CHECK(!impl_may_bind(fd));
	return 0;
}

static void calls_on_sockets_are_put_to_filters(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(on_sockets), 0);
}

static int across_exec(void)
{
	CHECK(fcntl(impl_open("/dev/null", O_RDONLY, 0), F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(impl_socket(AF_UNIX, SOCK_DGRAM, 0), F_GETFD) == FD_CLOEXEC);
	return 0;
}

static void programs_executed_meanwhile_get_no_descriptor(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(across_exec), 0);
}

/* The library opens nothing that it could not close, and maps nothing that it could not unmap. */
static int in_pairs(void)
{
	int before = count_descriptors();

	add_filter(SYS_close, ERRNO);
	add_filter(SYS_munmap, ERRNO);
	CHECK(impl_open("/dev/null", 0, 0) == -EPERM);
	CHECK(impl_socket(AF_UNIX, SOCK_DGRAM, 0) == -EPERM);
	CHECK(impl_map(4096) == NULL);
	CHECK(count_descriptors() == before);
	return 0;
}

static void what_cannot_be_undone_is_not_done(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(in_pairs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_allow_and_log_allow),
		cmocka_unit_test(all_filters_are_asked),
		cmocka_unit_test(arguments_and_machine_are_the_calls_own),
		cmocka_unit_test(who_asks_from_where_gets_no_call),
		cmocka_unit_test(the_edges_are_the_kernels),
		cmocka_unit_test(strict_mode_and_the_unreadable_allow_nothing),
		cmocka_unit_test(the_longest_program_counts),
		cmocka_unit_test(calls_on_sockets_are_put_to_filters),
		cmocka_unit_test(what_cannot_be_undone_is_not_done),
		cmocka_unit_test(programs_executed_meanwhile_get_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
