/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of a main flow and its handlers. */
#include "same_results_flow.h"

#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPTION_RCVBUFFORCE = 33 };

const char *const flow_kinds[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4", "udp4 unseen",
	"udp dual v4 unseen", "udplite4 wildcard", "udp4 specific", "udp4 wildcard connected"};
const size_t flow_kinds_count = COUNT_OF(flow_kinds);

const char *const flow_call_names[FLOW_RECEIVES] = {
	"recvfrom", "recvmsg", "recvmmsg", "recvmmsg of 64", "SYS_recvmmsg of 64"};

struct flow_batch flow_main, flow_handler;
struct station flow_station;
volatile long flow_seen[FLOW_SEEN];

struct mmsghdr *flow_prepare(struct flow_batch *batch, bool is_sending)
{
	memset(batch, 0, sizeof(*batch));
	for (int i = 0; i < FLOW_LARGE; i++) {
		struct msghdr *msg = &batch->messages[i].msg_hdr;

		batch->names[i] = flow_station.dest;
		batch->vectors[i] = (struct iovec){batch->texts[i], FLOW_TEXT};
		msg->msg_iov = &batch->vectors[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &batch->names[i];
		msg->msg_namelen = is_sending ? flow_station.dest_len : sizeof(batch->names[i]);
	}
	if (!is_sending) {
		batch->messages[0].msg_hdr.msg_control = batch->control;
		batch->messages[0].msg_hdr.msg_controllen = sizeof(batch->control);
	}
	return batch->messages;
}

long flow_receive(enum flow_call call, struct flow_batch *batch, int flags)
{
	socklen_t len = sizeof(batch->names[0]);

	switch (call) {
	case FLOW_RECVFROM:
		return recvfrom(flow_station.fd, batch->texts[0], FLOW_TEXT, flags,
			(struct sockaddr *)&batch->names[0], &len);
	case FLOW_RECVMSG:
		return recvmsg(flow_station.fd, &batch->messages[0].msg_hdr, flags);
	case FLOW_RECVMMSG:
		return recvmmsg(flow_station.fd, batch->messages, 3, flags, NULL);
	case FLOW_SYS_RECVMMSG_LARGE:
		return syscall(
			SYS_recvmmsg, flow_station.fd, batch->messages, FLOW_LARGE, flags, NULL);
	default:
		return recvmmsg(flow_station.fd, batch->messages, FLOW_LARGE, flags, NULL);
	}
}

/* Makes all calls once. */
void flow_make_all_calls(void)
{
	const struct sockaddr *dest = (const struct sockaddr *)&flow_station.dest;

	for (int call = 0; call <= FLOW_RECVMMSG_LARGE; call++) {
		flow_prepare(&flow_handler, false);
		flow_seen[call] = flow_receive((enum flow_call)call, &flow_handler, MSG_DONTWAIT);
	}
	flow_seen[4] = sendto(flow_station.fd, "handler", 7, 0, dest, flow_station.dest_len);
	flow_prepare(&flow_handler, true);
	flow_seen[5] = sendmsg(flow_station.fd, &flow_handler.messages[0].msg_hdr, 0);
	flow_seen[6] = sendmmsg(flow_station.fd, flow_handler.messages, 3, 0);
	flow_seen[7] = sendmmsg(flow_station.fd, flow_handler.messages, FLOW_LARGE, 0);
}

void flow_open(const struct kind *kind, unsigned int fed)
{
	const int size = 8 << 20;

	kind_open(kind, &flow_station);
	setsockopt(flow_station.fd, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(flow_station.peer, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	kind_meet_peer(&flow_station);
	kind_feed(&flow_station, fed, 10);
}
