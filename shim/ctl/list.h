/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow. */
#ifndef CTL_LIST_H
#define CTL_LIST_H

#include "ctl/say.h"

#include <stdlib.h>

/* Returns items, moved if need be, with space for one more than count. Begin with NULL and 0. Out
 * of memory ends the process. */
static inline void *list_extend(void *items, size_t count, size_t item_size)
{
	if ((count & (count - 1)) != 0)
		return items;
	items = reallocarray(items, count > 0 ? 2 * count : 1, item_size);
	if (items == NULL)
		say_and_fail("out of memory");
	return items;
}

#endif
