/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interrupts a flow of code before each of its machine instructions in turn, by a signal handler or
 * by death. Timers and storms of signals seldom hit the two instructions between which something
 * goes wrong; this never misses them.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

struct interruption {
	/* What is run, in a child forked for each point of interruption. */
	void (*flow)(void);
	/* What comes between, as the handler of a signal; NULL: the child is killed there. */
	void (*handler)(int signal);
	/* 0 if all is well: after the flow in the child, or after the killing in the parent. */
	int (*verdict)(void);
	/* Before each child, in the parent; may be NULL. */
	void (*prepare)(void);
};

/*
 * Returns 0 if all verdicts were 0, else the number of the instruction that the first bad one came
 * at. Skips the test where no child may be traced (ptrace(2)) or stepped through.
 */
int interrupt_everywhere(const struct interruption *interruption);

#endif
