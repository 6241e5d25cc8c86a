/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp filter by letters of the command line: of classic BPF, written by hand, so that nothing
 * but the kernel's headers is needed. It permits recvfrom, sendto, recvmsg, sendmsg, read, write
 * and exit, which is all that a server like echo_recvfrom and the library need once it serves.
 *
 *	-p CALL		it permits this one, too
 *	-n CALL		it does not permit this one
 *	-A		it permits all system calls but those of -n
 *	-a ACTION	what becomes of the others: kill_process (unless told), kill_thread, trap,
 *			eperm, eacces, log, trace and user_notif (ENOSYS both, with nobody there)
 *	-b WAY		how it is installed, see below
 *	-D		(double) another one that permits everything is installed on top of it
 *
 * The ways are prctl (unless told), SYS_prctl, SYS_seccomp (as libseccomp does, which first asks
 * what the kernel knows by calls that can only fail), thread (by a second thread for itself), tsync
 * (by a second thread for all), strict, which is no filter but the kernel's own strict mode, and
 * mistake: a call that fails, after which there is no filter.
 */
#ifndef TESTS_SERVERS_FILTER_H
#define TESTS_SERVERS_FILTER_H

/* For optstrings of programs with letters of their own. */
#define FILTER_LETTERS "p:n:Aa:b:D"

/* Takes one of FILTER_LETTERS and its optarg; false where it is none of them. Dies where optarg is
 * unknown. */
_Bool filter_letter(int letter);

/* As -p CALL. */
void filter_permit(const char *call);

/* Installs it, or dies. */
void filter_install(void);

/* Prints the names that -p and -n take, one a line. */
void filter_list_calls(void);

#endif
