/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a sequence that differs as small as it still does. */
#ifndef TESTS_DIFFERENTIAL_SHRINK_H
#define TESTS_DIFFERENTIAL_SHRINK_H

#include "differential.h"

/* Whether the runs of a sequence differ each time, while bare runs are equal. */
bool shrink_differs(const struct plan *plan);
/* Drops steps, and makes the rest simpler. */
void shrink(struct plan *plan);

#endif
