/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp filter chosen by option letters: classic BPF, written by hand, so it needs only the
 * kernel's headers. It permits recvfrom, sendto, recvmsg, sendmsg, read, write and exit, which are
 * all that a server like echo_recvfrom and the library need to serve.
 *
 *	-p CALL		permits this call too
 *	-n CALL		does not permit this call
 *	-A		permits all system calls but those of -n
 *	-a ACTION	what happens to the others: kill_process (the default), kill_thread, trap,
 *			eperm, eacces, einval, enosys, log, trace and user_notif (both
 *			ENOSYS, without a tracer)
 *	-b WAY		how it is installed, see below
 *	-D		(double) installs another one on top, which permits everything
 *
 * The ways are prctl (the default), SYS_prctl, SYS_seccomp (as libseccomp does, which first probes
 * the kernel's features by calls that can only fail), thread (by a second thread for itself), tsync
 * (by a second thread for all), strict, which is not a filter but the kernel's strict mode, and
 * two that fail and install no filter: mistake, and diverged (for all threads, one of which has a
 * filter of its own).
 */
#ifndef TESTS_SERVERS_FILTER_H
#define TESTS_SERVERS_FILTER_H

/* For optstrings of programs with further letters. */
#define FILTER_LETTERS "p:n:Aa:b:D"

/* Handles one of FILTER_LETTERS and its optarg; returns false for another letter. Dies if optarg is
 * unknown. */
_Bool filter_letter(int letter);

/* Does what -p CALL does. */
void filter_permit(const char *call);

/* Installs it, or dies. */
void filter_install(void);

/* Prints the names that -p and -n accept, one per line. */
void filter_list_calls(void);

#endif
