/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network namespace of its own for each run. */
#ifndef TESTS_DIFFERENTIAL_SPACE_H
#define TESTS_DIFFERENTIAL_SPACE_H

#include <stdbool.h>

/* Puts this process into a new namespace, whose loopback device has the addresses of the sequences.
 * False, with errno, if that is not permitted. */
bool space_enter(void);

/* Opens MARK_FD in the namespace, and has this process and its children run on one processor: the
 * first that they may use, or the last. */
void space_open_mark(bool on_last);

#endif
