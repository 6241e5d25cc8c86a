/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/capabilities.h"

#include <endian.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

/* In the order of their numbers in linux/capability.h. */
static const char *const names[] = {"chown", "dac_override", "dac_read_search", "fowner", "fsetid",
	"kill", "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service",
	"net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write",
	"audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
	"block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore"};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

bool capabilities_parse(const void *value, size_t len, struct file_capabilities *ret)
{
	struct vfs_ns_cap_data data = {0};
	uint32_t revision;

	if (len < sizeof(data.magic_etc) || len > sizeof(data))
		return false;
	memcpy(&data, value, len);
	revision = le32toh(data.magic_etc) & VFS_CAP_REVISION_MASK;
	/* Those that root in another user namespace gave count only there: the kernel shows the
	 * ones that count here in revision 2. */
	if (!(revision == VFS_CAP_REVISION_1 && len == XATTR_CAPS_SZ_1) &&
		!(revision == VFS_CAP_REVISION_2 && len == XATTR_CAPS_SZ_2) &&
		!(revision == VFS_CAP_REVISION_3 && len == XATTR_CAPS_SZ_3 && data.rootid == 0))
		return false;
	ret->permitted = le32toh(data.data[0].permitted);
	ret->inheritable = le32toh(data.data[0].inheritable);
	if (revision != VFS_CAP_REVISION_1) {
		ret->permitted |= (uint64_t)le32toh(data.data[1].permitted) << 32;
		ret->inheritable |= (uint64_t)le32toh(data.data[1].inheritable) << 32;
	}
	ret->is_effective = (le32toh(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE) != 0;
	return true;
}

/* Appends the capabilities in set, separated by commas. */
static size_t format_set(uint64_t set, char *ret, size_t size)
{
	const uint64_t all = ((uint64_t)1 << NAMES) - 1;
	size_t len = 0;

	if (set == all)
		return (size_t)snprintf(ret, size, "all");
	for (unsigned int i = 0; i < 64 && len < size; i++) {
		if ((set >> i & 1) == 0)
			continue;
		len += (size_t)snprintf(ret + len, size - len, "%s", len > 0 ? "," : "");
		if (len >= size)
			break;
		if (i < NAMES)
			len += (size_t)snprintf(ret + len, size - len, "cap_%s", names[i]);
		else
			len += (size_t)snprintf(ret + len, size - len, "%u", i);
	}
	return len < size ? len : size;
}

/* Each capability has the same flags in most files; where they differ, a clause each. */
const char *capabilities_format(
	const struct file_capabilities *capabilities, char *ret, size_t size)
{
	const uint64_t both = capabilities->permitted & capabilities->inheritable;
	const struct {
		uint64_t set;
		const char *flags;
	} clauses[] = {{both, "ip"}, {capabilities->permitted & ~both, "p"},
		{capabilities->inheritable & ~both, "i"}};
	size_t len = 0;

	*ret = '\0';
	for (int i = 0; i < 3 && len + 1 < size; i++) {
		if (clauses[i].set == 0)
			continue;
		if (len > 0)
			len += (size_t)snprintf(ret + len, size - len, " ");
		len += format_set(clauses[i].set, ret + len, size - len);
		if (len + 1 < size)
			len += (size_t)snprintf(ret + len, size - len, "=%s%s",
				capabilities->is_effective ? "e" : "", clauses[i].flags);
	}
	return ret;
}
