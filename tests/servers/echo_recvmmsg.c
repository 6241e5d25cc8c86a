/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmmsg, then sendmmsg: several datagrams per call, as fast name servers and media relays (Knot,
 * NSD, users of libuv) do. The answers of one call go to different clients, with different request
 * destinations.
 */
#include "common.h"

#include <string.h>
#include <sys/uio.h>

#define BATCH 8

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	struct endpoint peers[BATCH];
	char texts[BATCH][TEXT_MAX];
};

static void prepare_batch(struct batch *batch)
{
	memset(batch->messages, 0, sizeof(batch->messages));
	for (int i = 0; i < BATCH; i++) {
		struct msghdr *msg = &batch->messages[i].msg_hdr;

		batch->parts[i] = (struct iovec){batch->texts[i], TEXT_MAX};
		msg->msg_name = &batch->peers[i].addr;
		msg->msg_namelen = sizeof(batch->peers[i].addr);
		msg->msg_iov = &batch->parts[i];
		msg->msg_iovlen = 1;
	}
}

static void answer_batch(int fd, struct batch *batch, int count)
{
	int sent = 0;

	for (int i = 0; i < count; i++)
		batch->parts[i].iov_len = batch->messages[i].msg_len;
	while (sent < count) {
		int now = sendmmsg(fd, batch->messages + sent, (unsigned int)(count - sent), 0);

		if (now < 0)
			die("sendmmsg");
		sent += now;
	}
}

int main(int argc, char **argv)
{
	static struct batch batch;
	int fd = server_open(argc, argv);

	ready();
	for (;;) {
		int count;

		prepare_batch(&batch);
		count = recvmmsg(fd, batch.messages, BATCH, MSG_WAITFORONE, NULL);
		if (count < 0)
			die("recvmmsg");
		answer_batch(fd, &batch, count);
	}
}
