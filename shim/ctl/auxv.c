/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/auxv.h"

#include <elf.h>
#include <link.h>
#include <string.h>

static bool find(const char *data, size_t len, unsigned long type, unsigned long *ret)
{
	ElfW(auxv_t) entry;

	for (; len >= sizeof(entry); data += sizeof(entry), len -= sizeof(entry)) {
		memcpy(&entry, data, sizeof(entry));
		if (entry.a_type == AT_NULL)
			return false;
		if (entry.a_type == type) {
			*ret = entry.a_un.a_val;
			return true;
		}
	}
	return false;
}

bool auxv_parse(const void *data, size_t len, struct auxv *ret)
{
	unsigned long secure, uid, euid, gid, egid;

	if (!find(data, len, AT_SECURE, &secure) || !find(data, len, AT_UID, &uid) ||
		!find(data, len, AT_EUID, &euid) || !find(data, len, AT_GID, &gid) ||
		!find(data, len, AT_EGID, &egid))
		return false;
	*ret = (struct auxv){.is_secure = secure != 0,
		.user = {.uid = (uid_t)uid,
			.gid = (gid_t)gid,
			.euid = (uid_t)euid,
			.egid = (gid_t)egid}};
	return true;
}
