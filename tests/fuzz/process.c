/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tools read of a process and of its program, some of which the process writes itself: the
 * files stat, cgroup and auxv below /proc, a process ID, LD_PRELOAD, and file capabilities. The
 * first byte of the input says which, the rest is its content.
 */
#include "ctl/process.h"
#include "ctl/capabilities.h"
#include "ctl/ld_preload.h"

#include "fuzz.h"

#include <link.h>
#include <string.h>

enum { STAT, CGROUP, PID, PRELOAD, AUXV, CAPABILITIES, KINDS };

static const char *const seeds[] = {
	"\0001204 (nsd) S 1 1204 1204 0 -1 4194560 90 0 0 0\n",
	"\0007 (a) (b) Z 2 0 0 0 -1 2129984 0\n",
	"\0010::/system.slice/nsd.service\n",
	"\00112:pids:/user.slice/user@1.service/app.slice/x.service\n0::/a.service/b.service/c\n",
	"\0024194304",
	"\003/usr/lib/libasan.so.8:/usr/lib/x.so /lib/y.so",
	"\003libclang_rt.tsan-x86_64.so",
};
enum { TEXT_SEEDS = sizeof(seeds) / sizeof(seeds[0]) };

static size_t seed_auxv(uint8_t *data)
{
	static const unsigned long types[] = {AT_SECURE, AT_UID, AT_EUID, AT_GID, AT_EGID, AT_NULL};
	ElfW(auxv_t) entry = {0};

	data[0] = AUXV;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		entry.a_type = types[i];
		entry.a_un.a_val = i;
		memcpy(data + 1 + i * sizeof(entry), &entry, sizeof(entry));
	}
	return 1 + sizeof(types) / sizeof(types[0]) * sizeof(entry);
}

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	static const uint8_t capabilities[] = {
		CAPABILITIES, 1, 0, 0, 2, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

	if (index < TEXT_SEEDS) {
		/* The kind may be a NUL. */
		const size_t len = 1 + strlen(seeds[index] + 1);

		memcpy(data, seeds[index], len);
		return len;
	}
	if (index == TEXT_SEEDS)
		return seed_auxv(data);
	if (index > TEXT_SEEDS + 1)
		return 0;
	memcpy(data, capabilities, sizeof(capabilities));
	return sizeof(capabilities);
}

static void check_stat(const char *line)
{
	struct process process = {.pid = 1};

	if (!process_parse_stat(line, &process))
		return;
	FUZZ_CHECK(strnlen(process.name, PROCESS_NAME) < PROCESS_NAME);
	FUZZ_CHECK(strchr(process.name, '[') != NULL);
	FUZZ_CHECK(process.state == PROCESS_RUNS || process.state == PROCESS_ZOMBIE ||
		   process.state == PROCESS_KERNEL);
}

static void check_cgroup(const char *groups)
{
	static const char suffix[] = ".service";
	char unit[PROCESS_UNIT] = "untouched";
	const bool is_found = process_parse_unit(groups, unit);
	const size_t len = strnlen(unit, sizeof(unit));

	FUZZ_CHECK(len < sizeof(unit) && is_found == (len > 0));
	if (is_found)
		FUZZ_CHECK(len > strlen(suffix) && strchr(unit, '/') == NULL &&
			   strcmp(unit + len - strlen(suffix), suffix) == 0 &&
			   strstr(groups, unit) != NULL);
}

static void check_pid(const char *text)
{
	pid_t pid = 0;

	if (process_parse_pid(text, &pid))
		FUZZ_CHECK(pid >= 0 && pid <= 1 << 22);
}

/* It is put in once, and a buffer that is too short gets a beginning. */
static void check_preload(const char *list)
{
	static const char library[] = "/opt/libbindright.so";
	char whole[FUZZ_INPUT_MAX + 64], again[sizeof(whole)], part[16];
	const size_t len = ld_preload_insert(list, library, whole, sizeof(whole));

	FUZZ_CHECK(len == strlen(whole) && strstr(whole, library) != NULL);
	FUZZ_CHECK(ld_preload_place(whole, library) == NULL);
	FUZZ_CHECK(ld_preload_insert(whole, library, again, sizeof(again)) == len);
	FUZZ_CHECK(strcmp(whole, again) == 0);
	FUZZ_CHECK(ld_preload_insert(list, library, part, sizeof(part)) == len);
	FUZZ_CHECK(strncmp(part, whole, sizeof(part) - 1) == 0);
}

static void check_capabilities(const void *value, size_t len)
{
	struct file_capabilities capabilities;
	char text[1024], part[8];

	if (!capabilities_parse(value, len, &capabilities))
		return;
	capabilities_format(&capabilities, text, sizeof(text));
	FUZZ_CHECK(strlen(text) >= 2 && strlen(text) < sizeof(text) - 1);
	capabilities_format(&capabilities, part, sizeof(part));
	FUZZ_CHECK(strlen(part) < sizeof(part));
}

static void check(unsigned int kind, const char *content, size_t len)
{
	struct auxv auxv;

	switch (kind) {
	case STAT:
		check_stat(content);
		break;
	case CGROUP:
		check_cgroup(content);
		break;
	case PID:
		check_pid(content);
		break;
	case PRELOAD:
		check_preload(content);
		break;
	case AUXV:
		process_parse_auxv(content, len, &auxv);
		break;
	default:
		check_capabilities(content, len);
		break;
	}
}

/* Texts end with a NUL; the other two with their memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int kind;
	size_t len;
	char *content;

	if (size == 0 || size > FUZZ_INPUT_MAX)
		return 0;
	kind = data[0] % KINDS;
	len = size - 1;
	content = malloc(len + 1);
	FUZZ_CHECK(content != NULL);
	memcpy(content, data + 1, len);
	content[len] = '\0';
	if (kind == AUXV || kind == CAPABILITIES)
		content = realloc(content, len > 0 ? len : 1);
	FUZZ_CHECK(content != NULL);
	check(kind, content, len);
	free(content);
	return 0;
}
