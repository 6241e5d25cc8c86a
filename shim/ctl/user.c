/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/user.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void name_user(struct user *user, const struct passwd *entry)
{
	if (entry != NULL)
		snprintf(user->name, sizeof(user->name), "%s", entry->pw_name);
	else
		snprintf(user->name, sizeof(user->name), "%lu", (unsigned long)user->uid);
}

void user_of_ids(uid_t uid, gid_t gid, struct user *ret)
{
	*ret = (struct user){.uid = uid, .gid = gid, .euid = uid, .egid = gid};
	name_user(ret, getpwuid(uid));
}

void user_of_this_process(struct user *ret)
{
	user_of_ids(getuid(), getgid(), ret);
	ret->euid = geteuid();
	ret->egid = getegid();
}

/* Returns false if text is not a user ID. (uid_t)-1 is none: chown(2). */
static bool parse_uid(const char *text, uid_t *ret)
{
	char *end;
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoul(text, &end, 10);
	*ret = (uid_t)number;
	return *end == '\0' && errno == 0 && number < (uid_t)-1;
}

bool user_find(const char *name, struct user *ret)
{
	const struct passwd *entry = getpwnam(name);
	uid_t uid;

	if (entry == NULL) {
		if (!parse_uid(name, &uid))
			return false;
		entry = getpwuid(uid);
		if (entry == NULL) {
			user_of_ids(uid, (gid_t)uid, ret);
			return true;
		}
	}
	user_of_ids(entry->pw_uid, entry->pw_gid, ret);
	return true;
}
