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
	if (revision != VFS_CAP_REVISION_1)
		ret->permitted |= (uint64_t)le32toh(data.data[1].permitted) << 32;
	ret->is_effective = (le32toh(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE) != 0;
	return true;
}

/* Appends a text, as far as there is space. */
static void append(char *ret, size_t size, const char *text)
{
	const size_t len = strlen(ret);

	snprintf(ret + len, size - len, "%s", text);
}

const char *capabilities_format(
	const struct file_capabilities *capabilities, char *ret, size_t size)
{
	const bool is_all = capabilities->permitted == ((uint64_t)1 << NAMES) - 1;
	char name[32];

	snprintf(ret, size, "%s", is_all ? "all" : "");
	for (unsigned int i = 0; i < 64 && !is_all; i++) {
		if ((capabilities->permitted >> i & 1) == 0)
			continue;
		if (i < NAMES)
			snprintf(name, sizeof(name), "cap_%s", names[i]);
		else
			snprintf(name, sizeof(name), "%u", i);
		append(ret, size, *ret != '\0' ? "," : "");
		append(ret, size, name);
	}
	append(ret, size, capabilities->is_effective ? "=ep" : "=p");
	return ret;
}
