/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read-only memory where a call writes: each row in its own process, because it may crash. */
#include "same_results.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum what { LENGTH, HEADER, CONTROL, BATCH, BATCH_LATER, SENT_BATCH, OPTION, WHATS };
static const char *const names[WHATS] = {"address length", "header", "control data", "batch",
	"later message of a batch", "batch to send", "option length"};

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp4 specific"};

struct part {
	const struct kind *kind;
	enum what what;
};

static char text[64], more_text[64];
static struct iovec vectors[2] = {{text, sizeof(text)}, {more_text, sizeof(more_text)}};
static struct sockaddr_storage name;
static unsigned char control[256];

/* Three pages, of which the second and third become read-only after they are written. */
static unsigned char *make_pages(size_t *ret_page)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *memory =
		mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	*ret_page = page;
	return memory;
}

static void protect(unsigned char *memory, size_t page)
{
	if (mprotect(memory + page, 2 * page, PROT_READ) != 0)
		die("mprotect");
}

static long call_with_message(const struct part *part, int fd, unsigned char *memory, size_t page)
{
	struct mmsghdr message = {.msg_hdr = {.msg_iov = vectors,
					  .msg_iovlen = 1,
					  .msg_name = &name,
					  .msg_namelen = sizeof(name),
					  .msg_control = control,
					  .msg_controllen = sizeof(control)}};
	struct mmsghdr *at = (struct mmsghdr *)(memory + page);

	if (part->what == CONTROL) {
		message.msg_hdr.msg_control = memory + page;
		protect(memory, page);
		return recvmsg(fd, &message.msg_hdr, MSG_DONTWAIT);
	}
	if (part->what == BATCH_LATER)
		at--;
	memcpy(at, &message, sizeof(message));
	message.msg_hdr.msg_iov = &vectors[1];
	memcpy(at + 1, &message, sizeof(message));
	protect(memory, page);
	if (part->what == HEADER)
		return recvmsg(fd, &at->msg_hdr, MSG_DONTWAIT);
	return recvmmsg(fd, at, 2, MSG_DONTWAIT, NULL);
}

static long send_batch(const struct station *station, unsigned char *memory, size_t page)
{
	struct mmsghdr *at = (struct mmsghdr *)(memory + page);

	name = station->dest;
	at[0] = (struct mmsghdr){.msg_hdr = {.msg_iov = vectors,
					 .msg_iovlen = 1,
					 .msg_name = &name,
					 .msg_namelen = station->dest_len}};
	at[1] = at[0];
	protect(memory, page);
	return sendmmsg(station->fd, at, 2, MSG_DONTWAIT);
}

static long make_call(const struct part *part, const struct station *station)
{
	size_t page;
	unsigned char *memory = make_pages(&page);
	socklen_t *len = (socklen_t *)(memory + page);
	int value;

	switch (part->what) {
	case LENGTH:
		*len = sizeof(name);
		protect(memory, page);
		return recvfrom(station->fd, text, sizeof(text), MSG_DONTWAIT,
			(struct sockaddr *)&name, len);
	case OPTION:
		*len = sizeof(value);
		protect(memory, page);
		return getsockopt(station->fd, IPPROTO_IP, IP_PKTINFO, &value, len);
	case SENT_BATCH:
		return send_batch(station, memory, page);
	default:
		return call_with_message(part, station->fd, memory, page);
	}
}

static void run_part(const void *arg)
{
	const struct part *part = arg;
	struct station station;

	kind_open(part->kind, &station);
	set_option(station.fd, IPPROTO_IP, IP_RECVTTL, 1);
	if (part->kind->domain == AF_INET6)
		set_option(station.fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	kind_meet_peer(&station);
	kind_feed(&station, 3, 10);
	say_begin("read-only, %s, %s", part->kind->name, names[part->what]);
	say_result(make_call(part, &station));
	say(" %.10s %.10s", text, more_text);
	say_peer(&station);
	say_left(station.fd);
	say_end();
}

void family_read_only(void)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++)
		for (int what = 0; what < WHATS; what++) {
			const struct part part = {kind_find(kind_names[i]), (enum what)what};

			run_apart(names[what], run_part, &part);
		}
}
