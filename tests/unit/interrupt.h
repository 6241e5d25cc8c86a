/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interrupts a piece of code before each of its machine instructions in turn, by a signal handler
 * or by SIGKILL. Timers and floods of signals seldom hit the two instructions between which a fault
 * occurs; this never misses them.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

struct interruption {
	/* The code, run in a new child for each point of interruption. */
	void (*flow)(void);
	/* The signal handler that interrupts; NULL kills the child there. */
	void (*handler)(int signal);
	/* Returns 0 for success: called after the flow in the child, or after the kill in the
	 * parent. */
	int (*verdict)(void);
	/* Called before each child, in the parent; may be NULL. */
	void (*prepare)(void);
};

/*
 * Returns 0 if all verdicts were 0, else the number of the instruction with the first other one.
 * Skips the test if ptrace(2) is not permitted or cannot step.
 */
int interrupt_everywhere(const struct interruption *interruption);

#endif
