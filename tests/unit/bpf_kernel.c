/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The filter interpreter compared with the kernel's: a child installs random programs and makes a
 * nonexistent system call with random arguments, and both must give the same result. A program
 * returns what it has computed as an errno, twelve bits per call.
 */
#include "runtime/bpf.h"

#include "libc/platform.h"

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

enum { PROGRAMS = 400, CALLS = 60, BODY = 48, SLOTS = 16, NO_CALL = 5000 };
/* SECCOMP_RET_ALLOW and SECCOMP_RET_ERRNO (linux/seccomp.h). */
enum { RET_ALLOW = 0x7fff0000, RET_ERRNO = 0x00050000, ERRNO_MASK = 0xfff };
enum { MODE_FILTER = 2 };
enum { LD_ABS = 0x20, ST = 0x02, STX = 0x03, RET_K = 0x06, RET_A = 0x16, JEQ = 0x15 };
enum { AND = 0x54, OR = 0x44, LD_IMM = 0x00, LDX_IMM = 0x01 };

struct written {
	struct bpf_insn insns[2 * SLOTS + BODY + 16];
	unsigned short len;
};

/* The result that the child expects, for the parent to know why it ended. */
static volatile sig_atomic_t *expects_end;
static struct written written;
static struct dice dice;

static void put(uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	written.insns[written.len++] = (struct bpf_insn){code, jt, jf, k};
}

/* Any instruction that seccomp(2) accepts, and a few that it refuses. */
static void put_random(uint32_t left)
{
	static const uint16_t codes[] = {0x00, 0x01, 0x20, 0x20, 0x20, 0x20, 0x60, 0x61, 0x80, 0x81,
		0x02, 0x03, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c,
		0x64, 0x6c, 0x74, 0x7c, 0x84, 0xa4, 0xac, 0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d,
		0x45, 0x4d, 0x07, 0x87};
	uint16_t code = codes[dice_below(&dice, LENGTH(codes))];
	uint32_t k = dice_below(&dice, 3) == 0 ? (uint32_t)dice_roll(&dice) : dice_below(&dice, 40);
	uint32_t skip = left < 200 ? left : 200;

	if (code == LD_ABS)
		k = dice_below(&dice, 2) * 4 + (dice_below(&dice, 8) + (k % 7 == 0 ? 0 : 2)) * 8;
	if (code == LD_ABS && (k == 8 || k == 12 || k >= sizeof(struct bpf_data)))
		k = 16;
	if ((code & 0x66) == 0x60 || (code & 6) == ST)
		k %= SLOTS;
	if (code == 0x64 || code == 0x74)
		k %= 32;
	if (code == 0x34)
		k |= 1;
	if (code == 0x05)
		k = dice_below(&dice, skip + 1);
	put(code, k, (uint8_t)dice_below(&dice, skip + 1), (uint8_t)dice_below(&dice, skip + 1));
}

static void write_program(void)
{
	written.len = 0;
	put(LD_ABS, 0, 0, 0);
	put(JEQ, NO_CALL, 1, 0);
	put(RET_K, RET_ALLOW, 0, 0);
	/* The kernel refuses programs that read memory before they write it. */
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		put(slot % 2 == 0 ? LD_IMM : LDX_IMM, (uint32_t)dice_roll(&dice), 0, 0);
		put(slot % 2 == 0 ? ST : STX, slot, 0, 0);
	}
	for (uint32_t i = 0; i < BODY; i++)
		put_random(BODY - 1 - i);
	put(AND, ERRNO_MASK, 0, 0);
	put(OR, RET_ERRNO, 0, 0);
	put(RET_A, 0, 0, 0);
}

static int call_and_compare(const struct bpf_program *program)
{
	struct bpf_data data = {.nr = NO_CALL, .arch = SYSCALL_ARCH};
	uint32_t result;
	long got;

	for (int i = 0; i < 6; i++)
		data.args[i] = (unsigned long)(dice_below(&dice, 2) ? dice_roll(&dice)
								    : dice_below(&dice, 9));
	result = bpf_run(program, &data);
	*expects_end = result == BPF_KILL;
	errno = 0;
	got = syscall(NO_CALL, (long)data.args[0], (long)data.args[1], (long)data.args[2],
		(long)data.args[3], (long)data.args[4], (long)data.args[5]);
	CHECK(got == ((result & ERRNO_MASK) != 0 ? -1 : 0));
	CHECK((uint32_t)errno == (result & ERRNO_MASK));
	return 0;
}

enum { REFUSED = 2 };

static int compare_program(void)
{
	const struct bpf_program program = {written.len, written.insns};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return REFUSED;
	if (prctl(PR_SET_SECCOMP, MODE_FILTER, &program) != 0)
		return REFUSED;
	for (int i = 0; i < CALLS; i++)
		if (call_and_compare(&program) != 0)
			return 1;
	*expects_end = 0;
	return 0;
}

static void says_what_the_kernel_says(void **state)
{
	int taken = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= (uint64_t)runs(PROGRAMS); seed++) {
		int status;

		dice.state = seed;
		write_program();
		*expects_end = 0;
		status = run_in_child(compare_program);
		if (status == -SIGSYS && *expects_end)
			status = 0;
		if (status != 0 && status != REFUSED)
			fail_msg("seed %u: status %d", (unsigned int)seed, status);
		taken += status == 0;
	}
	if (taken == 0)
		skip();
	if (taken <= runs(PROGRAMS) / 2)
		fail_msg("the kernel took %d of %d programs", taken, runs(PROGRAMS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_kernel_says),
	};

	expects_end = mmap(NULL, sizeof(*expects_end), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
