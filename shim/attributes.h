/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the compiler is told beyond C. */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

/* Conditions that hold for nearly every datagram, and functions that few datagrams need. */
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define COLD __attribute__((noinline, cold))
/* Functions whose large frame must not be part of their callers'. */
#define NOINLINE __attribute__((noinline))
/* Functions on the way of every datagram, inlined wherever they are called. */
#define HOT_INLINE static inline __attribute__((always_inline))

/* Before a loop over the few words of a record: gcc's -O2 would count them one by one. */
#if defined(__clang__) || !defined(__OPTIMIZE__)
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

/* A variable of the library's that its inline functions use: said at its declaration, so that the
 * compiler addresses it directly. */
#define HIDDEN __attribute__((visibility("hidden")))

/* For a function that ends in another's call, as a jump: the one that is called sees the caller's
 * caller. Before its definition, and before the return. */
#ifdef __clang__
#define JUMPING
#define JUMP __attribute__((musttail))
#else
#define JUMPING __attribute__((optimize("O2")))
#define JUMP
#endif

/* A definition that the host program sees; exports.map lists the same names again. */
#define EXPORT __attribute__((visibility("default")))

#endif
