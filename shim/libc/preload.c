/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment is edited in place and without getenv and the like: values only get shorter, and
 * some programs (bash) define those functions themselves and are not ready for them at our start.
 * Entries are compared by their last component, because the loader accepts many spellings: without
 * a directory, through a link, with $LIB in the path.
 */
#include "libc/preload.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const char variable[] = "LD_PRELOAD=";
/* ld.so(8): both separate entries, and there is no quoting. */
static const char separators[] = " :";

static const char *find_file_name(const char *path, size_t *len)
{
	const char *slash = memrchr(path, '/', *len);

	if (slash == NULL)
		return path;
	*len -= (size_t)(slash + 1 - path);
	return slash + 1;
}

static bool is_same_file_name(const char *path, size_t len, const char *other)
{
	size_t other_len = strlen(other);
	const char *name = find_file_name(path, &len);
	const char *other_name = find_file_name(other, &other_len);

	return len == other_len && memcmp(name, other_name, len) == 0;
}

void preload_remove(char *list, const char *library)
{
	char *to = list;

	for (const char *at = list; *at != '\0';) {
		size_t len = strcspn(at, separators);
		/* Include the separator after it, if there is one. */
		size_t whole = len + (at[len] != '\0');

		if (!is_same_file_name(at, len, library)) {
			memmove(to, at, whole);
			to += whole;
		}
		at += whole;
	}
	/* If the last entry was removed, the one before it still has its separator. */
	while (to > list && strchr(separators, to[-1]) != NULL)
		to--;
	*to = '\0';
}

/* Whether anything is left of this entry of the environment. */
static bool edit_entry(char *entry, const char *library)
{
	size_t len = sizeof(variable) - 1;

	if (strncmp(entry, variable, len) != 0)
		return true;
	preload_remove(entry + len, library);
	return entry[len] != '\0';
}

void preload_leave(void)
{
	char **to = environ;
	Dl_info us;

	if (environ == NULL || dladdr((void *)preload_leave, &us) == 0 || us.dli_fname == NULL)
		return;
	for (char **entry = environ; *entry != NULL; entry++)
		if (edit_entry(*entry, us.dli_fname))
			*to++ = *entry;
	*to = NULL;
}
