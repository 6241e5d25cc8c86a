/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user that a program is started by. */
#ifndef CTL_USER_H
#define CTL_USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
	uid_t uid; /* the real one, as gid */
	gid_t gid;
	uid_t euid; /* the effective one, as egid */
	gid_t egid;
	char name[64]; /* for messages: the name, or the number */
};

/* Finds a user by name, or by number. Returns false if there is none. */
bool user_find(const char *name, struct user *ret);

/* The user with these ids, which are real and effective. */
void user_of_ids(uid_t uid, gid_t gid, struct user *ret);

void user_of_this_process(struct user *ret);

#endif
