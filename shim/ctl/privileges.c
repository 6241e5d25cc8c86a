/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/privileges.h"

#include "ctl/capabilities.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

/* The value of the attribute has at most 24 bytes (linux/capability.h). */
enum { ATTRIBUTE = 64, TEXT = 1024 };

static bool is_set_user_id(const struct stat *file, const struct user *user, char *ret, size_t size)
{
	const struct passwd *entry;

	if (!(file->st_mode & S_ISUID) || file->st_uid == user->uid)
		return false;
	entry = getpwuid(file->st_uid);
	if (entry != NULL)
		snprintf(ret, size, "is set-user-ID %s, and user %s would become %s",
			entry->pw_name, user->name, entry->pw_name);
	else
		snprintf(ret, size, "is set-user-ID of user %lu, which user %s would become",
			(unsigned long)file->st_uid, user->name);
	return true;
}

/* Without permission for the group to execute it, the bit once meant mandatory locking. */
static bool is_set_group_id(
	const struct stat *file, const struct user *user, char *ret, size_t size)
{
	const mode_t bits = S_ISGID | S_IXGRP;
	const struct group *entry;

	if ((file->st_mode & bits) != bits || file->st_gid == user->gid)
		return false;
	entry = getgrgid(file->st_gid);
	if (entry != NULL)
		snprintf(ret, size, "is set-group-ID %s, and user %s would gain that group",
			entry->gr_name, user->name);
	else
		snprintf(ret, size, "is set-group-ID of group %lu, which user %s would gain",
			(unsigned long)file->st_gid, user->name);
	return true;
}

/* Root has them all already. What is only inheritable, a user has as a rule no right to. */
static bool has_capabilities(int fd, const struct user *user, char *ret, size_t size)
{
	char value[ATTRIBUTE], text[TEXT];
	struct file_capabilities capabilities;
	ssize_t len;

	if (user->uid == 0)
		return false;
	len = fgetxattr(fd, "security.capability", value, sizeof(value));
	if (len < 0 || !capabilities_parse(value, (size_t)len, &capabilities) ||
		(capabilities.permitted == 0 && !capabilities.is_effective))
		return false;
	snprintf(ret, size, "has file capabilities (%s), which user %s would gain",
		capabilities_format(&capabilities, text, sizeof(text)), user->name);
	return true;
}

/* A file system that is mounted nosuid gives nobody privileges. */
static bool gives_privileges(int fd)
{
	struct statvfs system;

	return fstatvfs(fd, &system) != 0 || (system.f_flag & ST_NOSUID) == 0;
}

bool privileges_find(int fd, const struct user *user, char *ret, size_t size)
{
	struct stat file;

	if (fstat(fd, &file) == 0 && gives_privileges(fd) &&
		(is_set_user_id(&file, user, ret, size) ||
			is_set_group_id(&file, user, ret, size) ||
			has_capabilities(fd, user, ret, size)))
		return true;
	if (user->uid == user->euid && user->gid == user->egid)
		return false;
	snprintf(ret, size,
		"starts with real and effective %s different, and the loader ignores the library",
		user->uid != user->euid ? "user" : "group");
	return true;
}
