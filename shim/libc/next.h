/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The definitions after ours: libc's, or those of another preload library after us. All other files
 * call these, never the bare names, which would lead back to this library. A few names that this
 * library does not define are included, because another preload library before us may define them.
 *
 * Each has the contract of the call it is named after (for names with 64, see platform.h). If no
 * library after us defines a call (musl has no __recvfrom_chk), it fails with ENOSYS. Only next.c
 * calls dlsym.
 */
#ifndef LIBC_NEXT_H
#define LIBC_NEXT_H

#include "attributes.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

/* The definitions, in the order of the names in next.c. */
enum next {
	/* Not exported by this library. */
	NEXT_GETPEERNAME,
	NEXT_GETSOCKNAME,
	NEXT_IMPL_SYSCALL, /* libc's own */
	NEXT_TIME,
	/* Exported by this library, too. */
	NEXT_EXPORTED,
	NEXT_ACCEPT = NEXT_EXPORTED,
	NEXT_ACCEPT4,
	NEXT_BIND,
	NEXT_BINDRESVPORT,
	NEXT_CONNECT,
	NEXT_DLOPEN,
	NEXT_DUP,
	NEXT_DUP2,
	NEXT_DUP3,
	NEXT_FCNTL,
	NEXT_FCNTL64,
	NEXT_GETSOCKOPT,
	NEXT_LISTEN,
	NEXT_PIDFD_GETFD,
	NEXT_PRCTL,
	NEXT_RECVFROM,
	NEXT_RECVFROM_CHK,
	NEXT_RECVMMSG,
	NEXT_RECVMSG,
	NEXT_SENDMMSG,
	NEXT_SENDMSG,
	NEXT_SENDTO,
	NEXT_SETSOCKOPT,
	NEXT_SOCKET,
	NEXT_SOCKETPAIR,
	NEXT_SYSCALL,
	/* Only if HAS_TIME64_NAMES, so after all others. */
	NEXT_FCNTL_TIME64,
	NEXT_GETSOCKOPT64,
	NEXT_RECVMMSG64,
	NEXT_RECVMSG64,
	NEXT_SENDMMSG64,
	NEXT_SENDMSG64,
	NEXT_SETSOCKOPT64,
	NEXT_CALLS,
};

/* The definitions found so far, NULL before. Any thread may write an entry, always with the same
 * value. */
extern HIDDEN void *_Atomic next_found[NEXT_CALLS];
COLD void *next_find(enum next call);

HOT_INLINE void *next_definition(enum next call)
{
	void *definition = atomic_load_explicit(&next_found[call], memory_order_relaxed);

	return LIKELY(definition != NULL) ? definition : next_find(call);
}

/* The definition as a function of this type. Call it at once, do not keep it. */
#define NEXT(call, type) ((__typeof__(type) *)next_definition(call))

#define next_accept NEXT(NEXT_ACCEPT, accept)
#define next_accept4 NEXT(NEXT_ACCEPT4, accept4)
#define next_bind NEXT(NEXT_BIND, bind)
#define next_bindresvport NEXT(NEXT_BINDRESVPORT, int(int, struct sockaddr_in *))
#define next_connect NEXT(NEXT_CONNECT, connect)
#define next_dup NEXT(NEXT_DUP, int(int))
#define next_dup2 NEXT(NEXT_DUP2, int(int, int))
#define next_dup3 NEXT(NEXT_DUP3, int(int, int, int))
#define next_fcntl NEXT(NEXT_FCNTL, int(int, int, ...))
#define next_fcntl64 NEXT(NEXT_FCNTL64, int(int, int, ...))
#define next_fcntl_time64 NEXT(NEXT_FCNTL_TIME64, int(int, int, ...))
#define next_getpeername NEXT(NEXT_GETPEERNAME, getpeername)
#define next_getsockname NEXT(NEXT_GETSOCKNAME, getsockname)
#define next_getsockopt NEXT(NEXT_GETSOCKOPT, getsockopt)
#define next_getsockopt64 NEXT(NEXT_GETSOCKOPT64, getsockopt)
#define next_listen NEXT(NEXT_LISTEN, listen)
#define next_recvfrom NEXT(NEXT_RECVFROM, recvfrom)
#define next_recvfrom_chk       \
	NEXT(NEXT_RECVFROM_CHK, \
		ssize_t(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *))
#define next_recvmmsg NEXT(NEXT_RECVMMSG, recvmmsg)
/* The timeout has 64 bits, whatever its type says here. */
#define next_recvmmsg64 NEXT(NEXT_RECVMMSG64, recvmmsg)
#define next_recvmsg NEXT(NEXT_RECVMSG, recvmsg)
#define next_recvmsg64 NEXT(NEXT_RECVMSG64, recvmsg)
#define next_sendmmsg NEXT(NEXT_SENDMMSG, sendmmsg)
#define next_sendmmsg64 NEXT(NEXT_SENDMMSG64, sendmmsg)
#define next_sendmsg NEXT(NEXT_SENDMSG, sendmsg)
#define next_sendmsg64 NEXT(NEXT_SENDMSG64, sendmsg)
#define next_sendto NEXT(NEXT_SENDTO, sendto)
#define next_setsockopt NEXT(NEXT_SETSOCKOPT, setsockopt)
#define next_setsockopt64 NEXT(NEXT_SETSOCKOPT64, setsockopt)
#define next_socket NEXT(NEXT_SOCKET, socket)
#define next_socketpair NEXT(NEXT_SOCKETPAIR, socketpair)
#define next_time NEXT(NEXT_TIME, time)

/* These pass their arguments on in the width that the kernel takes. */
int next_pidfd_getfd(int pidfd, int targetfd, unsigned int flags);
int next_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
long next_syscall(long number, long a, long b, long c, long d, long e, long f);

/* Calls the kernel past other preload libraries: torsocks' syscall refuses numbers that it does not
 * know, and waits for its own start, which may be in progress. */
long next_impl_syscall(long number, long a, long b, long c, long d, long e, long f);

/* A call's name, and the definition that the program finds under it: ours, or that of another
 * preload library before us. */
const char *next_name(enum next call);
void *next_ahead(enum next call);

/* Finds all definitions. Runs at the library's start, so that later calls, possibly in signal
 * handlers, do not enter the dynamic linker. */
void next_find_all(void);

#endif
