/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/libraries.h"

#include "ctl/reach.h"
#include "ctl/say.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const standard_directories[] = {
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib", NULL};

/* Returns whether there is such a library. */
__attribute__((format(printf, 2, 3))) static bool is_there(
	char ret[PATH_MAX], const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(ret, PATH_MAX, format, args);
	va_end(args);
	return len < PATH_MAX && reach_is_for_this_machine(ret);
}

/* Tries each directory of an rpath, in which $ORIGIN is the directory of the file at path. */
static bool search_rpath(const char *rpath, const char *name, const char *path, char ret[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const int origin_len = slash != NULL ? (int)(slash - path) : 0;

	for (; *rpath != '\0'; rpath += *rpath == ':') {
		int len = (int)strcspn(rpath, ":");
		const char *directory = rpath;
		const size_t skip = strncmp(rpath, "$ORIGIN", 7) == 0	  ? 7
				    : strncmp(rpath, "${ORIGIN}", 9) == 0 ? 9
									  : 0;

		rpath += len;
		if (is_there(ret, "%.*s%.*s/%s", skip > 0 ? origin_len : 0, path, len - (int)skip,
			    directory + skip, name))
			return true;
	}
	return false;
}

/* The file that ldconfig(8) writes: this head, entries, and strings at offsets from the file's
 * beginning. */
struct cache_head {
	char magic[20];
	uint32_t count;
	uint32_t rest[6];
};

struct cache_entry {
	int32_t flags;
	uint32_t name;
	uint32_t path;
	uint32_t os_version;
	uint64_t hwcap;
};

enum { CACHE_MAX = 64 << 20 };

/* Reads the cache, with a NUL behind it. Returns NULL if there is none. Kept for the whole run. */
static const char *read_cache(size_t *ret_size)
{
	static char *cache;
	static size_t size;
	struct stat file;
	int fd;

	*ret_size = size;
	if (cache != NULL)
		return cache;
	fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &file) == 0 && file.st_size < CACHE_MAX) {
		cache = calloc(1, (size_t)file.st_size + 1);
		if (cache == NULL)
			say_and_fail("out of memory");
		size = (size_t)file.st_size;
		*ret_size = pread(fd, cache, size, 0) == (ssize_t)size ? size : 0;
		size = *ret_size;
	}
	close(fd);
	return cache;
}

static bool search_cache(const char *name, char ret[PATH_MAX])
{
	struct cache_head head;
	struct cache_entry entry;
	size_t size;
	const char *cache = read_cache(&size);

	if (cache == NULL || size < sizeof(head))
		return false;
	memcpy(&head, cache, sizeof(head));
	if (memcmp(head.magic, "glibc-ld.so.cache1.1", sizeof(head.magic)) != 0 ||
		head.count > (size - sizeof(head)) / sizeof(entry))
		return false;
	for (uint32_t i = 0; i < head.count; i++) {
		memcpy(&entry, cache + sizeof(head) + i * sizeof(entry), sizeof(entry));
		if (entry.name < size && entry.path < size &&
			strcmp(cache + entry.name, name) == 0 &&
			is_there(ret, "%s", cache + entry.path))
			return true;
	}
	return false;
}

bool libraries_find(
	const char *name, const char *path, const struct dynamic *dynamic, char ret[PATH_MAX])
{
	static const long tags[] = {DT_RPATH, DT_RUNPATH};

	if (strchr(name, '/') != NULL)
		return is_there(ret, "%s", name);
	for (int i = 0; i < 2; i++) {
		size_t at = 0;
		const char *rpath = dynamic_next(dynamic, tags[i], &at);

		if (rpath != NULL && search_rpath(rpath, name, path, ret))
			return true;
	}
	if (search_cache(name, ret))
		return true;
	for (int i = 0; standard_directories[i] != NULL; i++)
		if (is_there(ret, "%s/%s", standard_directories[i], name))
			return true;
	return false;
}
