/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiler attributes and pragmas beyond C11. */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

/* Branches that nearly every datagram takes, and functions that few datagrams need. */
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define COLD __attribute__((noinline, cold))
/* A function whose large stack frame must not become part of its callers'. */
#define NOINLINE __attribute__((noinline))
/* A function that every datagram runs, inlined into every caller. */
#define HOT_INLINE static inline __attribute__((always_inline))

/* A function that reads what AddressSanitizer takes for a fault. */
#define NO_ASAN __attribute__((no_sanitize_address))

/* Put before a loop over the few words of a record: gcc does not unroll it at -O2. */
#if defined(__clang__) || !defined(__OPTIMIZE__)
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

/* A library variable that inline functions use. Visibility at the declaration lets the compiler
 * address the variable directly. */
#define HIDDEN __attribute__((visibility("hidden")))

/* For a function that ends in a jump to another, which then sees the original caller as its own.
 * JUMPING goes before the definition, JUMP before the return. */
#ifdef __clang__
#define JUMPING
#define JUMP __attribute__((musttail))
#else
#define JUMPING __attribute__((optimize("O2")))
#define JUMP
#endif

/* A definition that the program's calls reach. exports.map lists the same names. */
#define EXPORT __attribute__((visibility("default")))

#endif
