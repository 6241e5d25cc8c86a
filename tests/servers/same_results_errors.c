/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors that do not come from the call itself: of earlier datagrams, returned by a later call or
 * in the error queue; and of addresses that are no longer local. The same call must return them as
 * without the library. */
#include "same_results_scenes.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_V6_RECVERR = 25, BATCH = 3 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp dual v6", "udp4 high",
	"udp4 specific", "udp6 specific", "udp4 wildcard connected", "udp6 wildcard connected",
	"udp4 connected", "udp4 wildcard shut write"};

static void ask_for_errors(const struct kind *kind, int fd)
{
	if (kind->domain == AF_INET6)
		set_option(fd, IPPROTO_IPV6, OPTION_V6_RECVERR, 1);
	if (!scene_is_v6(kind))
		set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
}

static void receive(int fd, int flags, bool is_batch, size_t control_size)
{
	struct iovec vector = {memory_at(SLOT_BUF, GOOD), 64};
	const struct mmsghdr before = {.msg_hdr = {
					       .msg_name = memory_at(SLOT_ADDR, GOOD),
					       .msg_namelen = 128,
					       .msg_iov = &vector,
					       .msg_iovlen = 1,
					       .msg_control = memory_at(SLOT_CONTROL, GOOD),
					       .msg_controllen = control_size,
				       }};
	struct mmsghdr message = before;
	long result;

	errno = ERRNO_BEFORE;
	if (is_batch)
		result = recvmmsg(fd, &message, 1, flags | MSG_DONTWAIT, NULL);
	else
		result = recvmsg(fd, &message.msg_hdr, flags | MSG_DONTWAIT);
	if (say_result(result) < 0)
		return;
	say_header(&message.msg_hdr, &before.msg_hdr, control_size);
	say_memory("addr", before.msg_hdr.msg_name, 128);
}

static void receive_from(int fd, int flags)
{
	socklen_t len = 128;
	void *addr = memory_at(SLOT_ADDR, GOOD);

	errno = ERRNO_BEFORE;
	say_result(recvfrom(fd, memory_at(SLOT_BUF, GOOD), 64, flags | MSG_DONTWAIT, addr, &len));
	say_memory("addr", addr, 128);
	say(" len %u", (unsigned int)len);
}

static void send_one(const struct station *station, bool is_header)
{
	struct iovec vector = {(char[]){"one"}, 3};
	struct msghdr message = {.msg_name = (void *)(uintptr_t)&station->dest,
		.msg_namelen = station->dest_len,
		.msg_iov = &vector,
		.msg_iovlen = 1};

	errno = ERRNO_BEFORE;
	say_result(is_header ? sendmsg(station->fd, &message, 0)
			     : sendto(station->fd, "one", 3, 0, (struct sockaddr *)&station->dest,
				       station->dest_len));
}

static void send_many(const struct station *station)
{
	struct iovec vector = {(char[]){"many"}, 4};
	struct mmsghdr batch[BATCH];

	for (int i = 0; i < BATCH; i++)
		batch[i] = (struct mmsghdr){.msg_len = 77,
			.msg_hdr = {.msg_name = (void *)(uintptr_t)&station->dest,
				.msg_namelen = station->dest_len,
				.msg_iov = &vector,
				.msg_iovlen = 1}};
	errno = ERRNO_BEFORE;
	say_result(sendmmsg(station->fd, batch, BATCH, 0));
	for (int i = 0; i < BATCH; i++)
		say(" %u", batch[i].msg_len);
}

static void make_call(int call, const struct station *station)
{
	int error = -77;
	socklen_t len = sizeof(error);

	switch (call) {
	case 0:
		receive_from(station->fd, 0);
		break;
	case 1:
		receive(station->fd, 0, false, 256);
		break;
	case 2:
		receive(station->fd, 0, true, 256);
		break;
	case 3:
		send_one(station, false);
		break;
	case 4:
		send_one(station, true);
		break;
	case 5:
		send_many(station);
		break;
	case 6:
		receive_from(station->fd, MSG_ERRQUEUE);
		break;
	case 7:
		receive(station->fd, MSG_ERRQUEUE, false, 256);
		break;
	case 8:
		receive(station->fd, MSG_ERRQUEUE, false, 40);
		break;
	case 9:
		receive(station->fd, MSG_ERRQUEUE, true, 256);
		break;
	default:
		errno = ERRNO_BEFORE;
		say_result(getsockopt(station->fd, SOL_SOCKET, SO_ERROR, &error, &len));
		say(" value %d", error);
	}
}

static const char *const call_names[] = {"recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg",
	"sendmmsg", "recvfrom errors", "recvmsg errors", "recvmsg errors, short", "recvmmsg errors",
	"SO_ERROR"};

static void run_scene(
	const struct kind *kind, const struct scene *scene, int call, bool wants_errors)
{
	struct station station;

	if (scene->family != 0 && (scene->family == AF_INET6) != scene_is_v6(kind))
		return;
	kind_open(kind, &station);
	if (wants_errors)
		ask_for_errors(kind, station.fd);
	kind_meet_peer(&station);
	say_begin("errors, %s, %s, %s, %s", kind->name, scene->name,
		wants_errors ? "asked" : "not asked", call_names[call]);
	scene->happen(kind, &station, scene->what);
	make_call(call, &station);
	say(" again:");
	make_call(call, &station);
	say_peer(&station);
	say_left(station.fd);
	say(" queue:");
	for (int i = 0; i < 4; i++)
		receive(station.fd, MSG_ERRQUEUE, false, 256);
	say_end();
	kind_close(&station);
}

static void run_kind(const void *arg)
{
	for (size_t i = 0; i < scenes_count; i++)
		for (size_t call = 0; call < COUNT_OF(call_names); call++)
			for (int asked = 0; asked < 2; asked++)
				run_scene(arg, &scenes[i], (int)call, asked != 0);
}

void family_errors(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
