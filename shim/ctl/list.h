/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory, and arrays that grow. Out of memory ends the process. */
#ifndef CTL_LIST_H
#define CTL_LIST_H

#include "ctl/say.h"

#include <stdlib.h>

/* Returns memory, or ends the process if it is NULL. */
static inline void *or_fail(void *memory)
{
	if (memory == NULL)
		say_and_fail("out of memory");
	return memory;
}

/* Returns items, moved if need be, with space for one more than count. Begin with NULL and 0. */
static inline void *list_extend(void *items, size_t count, size_t item_size)
{
	if ((count & (count - 1)) != 0)
		return items;
	return or_fail(reallocarray(items, count > 0 ? 2 * count : 1, item_size));
}

#endif
