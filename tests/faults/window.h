/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells the library's system calls from the program's. The program opens a window around each call
 * that it makes through libc's names, and notes there which system call it expects. Of the system
 * calls made meanwhile, the first with that number is the program's own, and all others are the
 * library's. The window is in memory that the program shares with the supervisor.
 */
#ifndef TESTS_FAULTS_WINDOW_H
#define TESTS_FAULTS_WINDOW_H

#include <stdatomic.h>
#include <stdint.h>

/* The descriptors of that memory and of the output, in the program. */
enum { WINDOW_FD = 200, OUTPUT_FD };

/* Names the system call for which the program installs a filter that kills. */
#define FILTER_VARIABLE "FAULTS_KILL"

enum window_state {
	WINDOW_CLOSED,
	WINDOW_START, /* the constructors of libraries run: all calls are the library's */
	WINDOW_CALL,
	WINDOW_DLOPEN, /* all mprotect calls that libc makes, and not ld.so, are the library's */
};

enum { WINDOW_ARGS = 3 };

struct window {
	_Atomic int state;
	_Atomic int
		own_seen; /* 1 for the program's own call, and 1 for each time it is made again */
	_Atomic long number, args[WINDOW_ARGS];
	_Atomic int thread; /* the only one whose calls count, by its ID; 0 for all */
	_Atomic uint64_t libc_start, libc_end;
	_Atomic int listener; /* the supervisor's descriptor, while it starts the program */
};

#endif
