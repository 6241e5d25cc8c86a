/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remembers that there is a filter; calls/sandbox.c sees it come. */
#include "runtime/sandbox.h"

atomic_bool sandbox_is_entered;

void sandbox_enter(void)
{
	atomic_store_explicit(&sandbox_is_entered, true, memory_order_relaxed);
}
