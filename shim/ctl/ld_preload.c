/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits the value of LD_PRELOAD: entries separated by spaces and colons, without quoting. */
#include "ctl/ld_preload.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char separators[] = " :";

static bool has_entry(const char *list, const char *entry)
{
	const size_t entry_len = strlen(entry);
	size_t len;

	for (list += strspn(list, separators); *list != '\0'; list += strspn(list, separators)) {
		len = strcspn(list, separators);
		if (len == entry_len && memcmp(list, entry, len) == 0)
			return true;
		list += len;
	}
	return false;
}

/* Matches gcc's libasan.so.8, libtsan.so.2, ... and clang's libclang_rt.asan-x86_64.so. */
static bool is_sanitizer(const char *entry, size_t len)
{
	static const char *const patterns[] = {"lib*san.so*", "libclang_rt.*san*.so*"};
	const char *slash = memrchr(entry, '/', len);
	char name[NAME_MAX + 1];

	if (slash != NULL) {
		len -= (size_t)(slash + 1 - entry);
		entry = slash + 1;
	}
	if (len >= sizeof(name))
		return false;
	memcpy(name, entry, len);
	name[len] = '\0';
	return fnmatch(patterns[0], name, 0) == 0 || fnmatch(patterns[1], name, 0) == 0;
}

const char *ld_preload_place(const char *list, const char *library)
{
	const char *place = list;

	if (has_entry(list, library))
		return NULL;
	for (;;) {
		const char *entry = place + strspn(place, separators);
		const size_t len = strcspn(entry, separators);

		if (len == 0 || !is_sanitizer(entry, len))
			return place;
		place = entry + len;
	}
}

size_t ld_preload_insert(const char *list, const char *library, char *ret, size_t size)
{
	const char *place = ld_preload_place(list, library);
	int len;

	if (place == NULL)
		len = snprintf(ret, size, "%s", list);
	else if (place == list)
		len = snprintf(ret, size, "%s%s%s", library, *list != '\0' ? ":" : "", list);
	else
		len = snprintf(ret, size, "%.*s:%s%s", (int)(place - list), list, library, place);
	return (size_t)len;
}
