/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for a service's settings file; settings_file.c judges and reads it. */
#include "ctl/services.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char suffix[] = ".conf";

/* A message names at most this many services, each no longer than NAME_MAX. */
enum { NAMED_MAX = 12 };

static bool is_service_name(const char *name)
{
	return *name != '\0' && *name != '.' && *name != '-' && strchr(name, '/') == NULL;
}

static int is_named_so(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name), suffix_len = sizeof(suffix) - 1;

	return len > suffix_len && is_service_name(entry->d_name) &&
	       strcmp(entry->d_name + len - suffix_len, suffix) == 0;
}

/* Also false for a symbolic link that leads to no file, or to a device. */
static bool is_regular(const char *directory, const char *name)
{
	char path[PATH_MAX];
	struct stat file;

	return snprintf(path, sizeof(path), "%s/%s", directory, name) < (int)sizeof(path) &&
	       stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

/* Writes "there are: a, b", or why there is nothing to list. */
static void list_services(const char *directory, char *ret, size_t size)
{
	struct dirent **entries;
	const int count = scandir(directory, &entries, is_named_so, alphasort);
	int services = 0;
	size_t len = (size_t)snprintf(ret, size, "there are:");

	for (int i = 0; i < count; i++)
		if (is_regular(directory, entries[i]->d_name) && services++ < NAMED_MAX)
			len += (size_t)snprintf(ret + len, size - len, "%s %.*s",
				services > 1 ? "," : "",
				(int)(strlen(entries[i]->d_name) - strlen(suffix)),
				entries[i]->d_name);
	if (count < 0 && errno == ENOENT)
		snprintf(ret, size, "its directory does not exist");
	else if (count < 0)
		snprintf(ret, size, "cannot list its directory: %s", strerror(errno));
	else if (services == 0)
		snprintf(ret, size, "there are none");
	else if (services > NAMED_MAX)
		snprintf(ret + len, size - len, " and %d more", services - NAMED_MAX);
}

bool services_find(const char *directory, const char *service, char ret[PATH_MAX],
	struct error_line *error_line)
{
	char list[NAMED_MAX * (NAME_MAX + 2) + 64];
	struct stat file;

	if (!is_service_name(service))
		return say_into(error_line,
			"-s: '%s' is not a service name (allowed: a name without '/' that begins "
			"with neither '.' nor '-')",
			service);
	if (snprintf(ret, PATH_MAX, "%s/%s%s", directory, service, suffix) >= PATH_MAX)
		return say_into(error_line, "-s: the service name '%s' is too long", service);
	if (stat(ret, &file) == 0 || errno != ENOENT)
		return true;
	list_services(directory, list, sizeof(list));
	return say_into(error_line, "-s: the settings file '%s' does not exist (%s)", ret, list);
}
