/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory for arguments, and the lines that print it. */
#include "same_results.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* As in asm-generic/socket.h; libc's headers may lack the newer ones. */
enum { TYPE_TIMESTAMP = 29, TYPE_TIMESTAMPNS = 35, TYPE_TIMESTAMPING = 37 };
/* The same with 64-bit times, and nanoseconds in between. */
enum { TYPE_TIMESTAMP_NEW = 63, TYPE_TIMESTAMPING_NEW = 65 };

static unsigned char *slots[SLOTS]; /* each SLOT_SIZE bytes, with an unmapped page after it */
static unsigned char *none;	    /* an inaccessible page */
static unsigned char *read_only;

/* ---- Memory ---------------------------------------------------------------------------------- */

static void *map(size_t size, int protection)
{
	void *memory = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

void memory_init(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < SLOTS; i++) {
		slots[i] = map(SLOT_SIZE + page, PROT_READ | PROT_WRITE);
		if (mprotect(slots[i] + SLOT_SIZE, page, PROT_NONE) != 0)
			die("mprotect");
		/* Touched now, so no call is the first to do so. */
		memset(slots[i], FILL, SLOT_SIZE);
	}
	none = map(page, PROT_NONE);
	read_only = map(page, PROT_READ);
}

void *memory_at(enum slot slot, int place)
{
	switch (place) {
	case NIL:
		return NULL;
	case ONE:
		return (void *)1;
	case TOP:
		return (void *)UINTPTR_MAX;
	case NONE:
		return none;
	case READ_ONLY:
		return read_only;
	default:
		break;
	}
	memset(slots[slot], FILL, SLOT_SIZE);
	if (place == GOOD)
		return slots[slot];
	if (place == ODD)
		return slots[slot] + 1;
	return slots[slot] + SLOT_SIZE - (place - CUT_0);
}

size_t memory_reach(const void *at)
{
	const unsigned char *byte = at;

	for (int i = 0; i < SLOTS; i++)
		if (byte >= slots[i] && byte < slots[i] + SLOT_SIZE)
			return (size_t)(slots[i] + SLOT_SIZE - byte);
	return 0;
}

static size_t reach_of(const void *at, size_t size)
{
	size_t reach = memory_reach(at);

	return size < reach ? size : reach;
}

void memory_put(void *at, const void *from, size_t size)
{
	memcpy(at, from, reach_of(at, size));
}

void memory_get(void *to, const void *at, size_t size)
{
	memset(to, FILL, size);
	memcpy(to, at, reach_of(at, size));
}

long long value_or(long long value, long long usual)
{
	if (value == 0)
		return usual;
	return value == ZERO ? 0 : value;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

void say_begin(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fputc(':', stdout);
	fflush(stdout);
	errno = ERRNO_BEFORE;
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

long say_result(long result)
{
	int left = errno;

	printf(" %ld", result);
	if (result < 0)
		printf(" (%s)", strerror(left));
	else if (left != ERRNO_BEFORE)
		printf(" (and errno became: %s)", strerror(left));
	return result;
}

static uint32_t sum_of(const unsigned char *bytes, size_t size)
{
	uint32_t sum = 2166136261;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 16777619;
	return sum;
}

static void say_bytes(const unsigned char *bytes, size_t size)
{
	if (size > 160) {
		printf("[%zu bytes, sum %08x]", size, (unsigned int)sum_of(bytes, size));
		return;
	}
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
}

void say_memory(const char *label, const void *at, size_t size)
{
	const unsigned char *bytes = at;

	size = reach_of(at, size);
	while (size > 0 && bytes[size - 1] == FILL)
		size--;
	if (size == 0)
		return;
	printf(" %s=", label);
	say_bytes(bytes, size);
}

void say_address(const char *label, const void *addr, socklen_t len)
{
	unsigned char bytes[128];
	uint16_t family, port;
	size_t size = len < sizeof(bytes) ? len : sizeof(bytes);

	memcpy(bytes, addr, size);
	memcpy(&family, bytes, sizeof(family));
	memcpy(&port, bytes + 2, sizeof(port));
	/* An ephemeral port differs each time. */
	if (size >= 16 && (family == AF_INET || family == AF_INET6) && ntohs(port) >= 32768)
		memset(bytes + 2, 0xee, 2);
	printf(" %s=%u:", label, (unsigned int)len);
	say_bytes(bytes, size);
}

/* ---- Headers --------------------------------------------------------------------------------- */

static bool is_time(const struct cmsghdr *cmsg)
{
	int type = cmsg->cmsg_level == SOL_SOCKET ? cmsg->cmsg_type : -1;

	return type == TYPE_TIMESTAMP || type == TYPE_TIMESTAMPNS || type == TYPE_TIMESTAMPING ||
	       (type >= TYPE_TIMESTAMP_NEW && type <= TYPE_TIMESTAMPING_NEW);
}

/* Prints the data of a message, of which size bytes are available. */
static void say_message(const struct cmsghdr *cmsg, const unsigned char *data, size_t size)
{
	struct ucred creds;

	printf(" %d:%d:%zu:", cmsg->cmsg_level, cmsg->cmsg_type, (size_t)cmsg->cmsg_len);
	if (is_time(cmsg)) {
		fputs("time", stdout);
		return;
	}
	if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_CREDENTIALS) {
		memset(&creds, 0, sizeof(creds));
		memcpy(&creds, data, size < sizeof(creds) ? size : sizeof(creds));
		printf("%s,%d", creds.pid == getpid() ? "self" : "other", (int)creds.uid);
		return;
	}
	say_bytes(data, size);
}

static void say_control(const unsigned char *control, size_t len, size_t claimed)
{
	size_t at = 0, left = reach_of(control, claimed);

	if (len > left)
		len = left;
	while (len - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr cmsg;
		size_t size;

		memcpy(&cmsg, control + at, sizeof(cmsg));
		if (cmsg.cmsg_len < sizeof(cmsg) || cmsg.cmsg_len > len - at)
			break;
		size = CMSG_ALIGN(cmsg.cmsg_len);
		say_message(&cmsg, control + at + sizeof(cmsg), cmsg.cmsg_len - sizeof(cmsg));
		at = size > len - at ? len : at + size;
	}
	if (at < len)
		say_memory("rest", control + at, len - at);
	/* The bytes after the end of a larger buffer are unspecified, because the library receives
	 * into it. */
	if (claimed <= 1024)
		say_memory("after", control + len, left - len);
}

void say_header(const struct msghdr *header, const struct msghdr *before, size_t control_size)
{
	printf(" namelen=%u controllen=%zu flags=%#x", (unsigned int)header->msg_namelen,
		(size_t)header->msg_controllen, (unsigned int)header->msg_flags);
	if (header->msg_name != before->msg_name || header->msg_iov != before->msg_iov ||
		header->msg_iovlen != before->msg_iovlen ||
		header->msg_control != before->msg_control)
		fputs(" header changed", stdout);
	say_control(header->msg_control, header->msg_controllen, control_size);
}

void say_received(int fd, size_t control_size, int flags)
{
	struct iovec vector = {memory_at(SLOT_BUF, GOOD), 64};
	const struct msghdr before = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = memory_at(SLOT_CONTROL, GOOD),
		.msg_controllen = control_size,
	};
	struct msghdr message = before;

	errno = ERRNO_BEFORE;
	say(" received");
	if (say_result(recvmsg(fd, &message, flags | MSG_DONTWAIT)) >= 0)
		say_header(&message, &before, control_size);
}

void say_option(const char *name, int fd, int level, int option)
{
	int value = -77;
	socklen_t len = sizeof(value);

	errno = ERRNO_BEFORE;
	say(" %s", name);
	if (say_result(getsockopt(fd, level, option, &value, &len)) == 0)
		say("=%#x of %u", (unsigned int)value, (unsigned int)len);
}

void say_left(int fd)
{
	char byte[64];
	ssize_t got;
	int count = 0;

	fputs(" left:", stdout);
	do {
		got = recv(fd, byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC);
		if (got >= 0)
			printf(" %zd", got);
	} while (got >= 0 && ++count < 6);
	if (got < 0)
		printf(" (%s)", strerror(errno));
}

void say_end(void)
{
	fputc('\n', stdout);
}
