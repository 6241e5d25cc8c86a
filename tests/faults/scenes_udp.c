/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP servers, one calling style each. */
#include "scene.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 6, BATCH_CONTROL = 4096, PARTS = 2, TEXT = 64 };

static int family_of(const char *argument)
{
	return strcmp(argument, "4") == 0 ? AF_INET : AF_INET6;
}

/* "4", "6", or "dual": an AF_INET6 socket that is asked by IPv4. */
static int open_server(const char *argument, int *ret_client_family)
{
	int family = family_of(argument);
	union address local;
	socklen_t len =
		address_make(&local, family, family == AF_INET ? "0.0.0.0" : "::", SERVER_PORT);
	int fd;

	*ret_client_family = strcmp(argument, "6") == 0 ? AF_INET6 : AF_INET;
	client_open(0, *ret_client_family);
	client_open(1, *ret_client_family);
	if (strcmp(argument, "dual") != 0)
		return open_bound(family, SOCK_DGRAM, SERVER_PORT);
	fd = (int)OBSERVE("socket", SYS_socket, 0, 0, 0, socket(family, SOCK_DGRAM, 0));
	server_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	OBSERVE("bind", SYS_bind, fd, 0, 0, bind(fd, &local.any, len));
	return fd;
}

static void play_recvfrom(const char *argument)
{
	union address peer, other;
	socklen_t len, other_len;
	int family, fd = open_server(argument, &family);

	for (int i = 0; i < 2; i++) {
		client_ask(0, family, "hello");
		server_receive(fd, &peer, &len);
		server_send(fd, &peer, len, "HELLO");
		client_hear(0);
	}
	/* Two at once, answered the other way round: from the table. */
	client_ask(0, family, "one");
	client_ask(1, family, "two");
	server_receive(fd, &peer, &len);
	server_receive(fd, &other, &other_len);
	server_send(fd, &peer, len, "ONE");
	server_send(fd, &other, other_len, "TWO");
	client_hear(0);
	client_hear(1);
	server_see_option(fd, "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);
	server_see_option(fd, "IP_PKTINFO", IPPROTO_IP, IP_PKTINFO);
	kernel_state(fd);
}

static void receive_message(int fd, struct msghdr *msg, union address *peer, size_t control_len)
{
	static _Alignas(16) char control[256];
	static char text[TEXT];
	static struct iovec iov;
	long got;

	memset(text, 0, sizeof(text));
	iov = (struct iovec){text, sizeof(text)};
	*msg = (struct msghdr){.msg_name = peer,
		.msg_namelen = sizeof(*peer),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control_len > 0 ? control : NULL,
		.msg_controllen = control_len};
	got = OBSERVE("recvmsg", SYS_recvmsg, fd, 0, 0, recvmsg(fd, msg, 0));
	say(false, "received '%.*s' from %s; control data %d, flags %#x", got > 0 ? (int)got : 0,
		text, text_of(peer, msg->msg_namelen), (int)msg->msg_controllen, msg->msg_flags);
}

/* Answers a message with the same header. */
static void send_message(int fd, struct msghdr *msg)
{
	msg->msg_control = NULL;
	msg->msg_controllen = 0;
	msg->msg_iov->iov_len = 5;
	OBSERVE("sendmsg", SYS_sendmsg, fd, 0, 0, sendmsg(fd, msg, 0));
}

static void play_recvmsg(const char *argument)
{
	static const size_t control_lens[] = {0, 256, 20, 0};
	union address peer;
	struct msghdr msg;
	int family, fd = open_server(argument, &family);

	for (size_t i = 0; i < sizeof(control_lens) / sizeof(control_lens[0]); i++) {
		if (i == 1)
			server_option(fd, IPPROTO_IP, IP_RECVTTL, 1);
		client_ask(0, family, "hello");
		receive_message(fd, &msg, &peer, control_lens[i]);
		send_message(fd, &msg);
		client_hear(0);
	}
	kernel_state(fd);
}

struct batch {
	struct mmsghdr messages[BATCH];
	union address peers[BATCH];
	struct iovec iovs[BATCH];
	char texts[BATCH][TEXT];
	_Alignas(16) char control[BATCH][BATCH_CONTROL];
};

static void prepare(struct batch *batch, size_t control_len)
{
	memset(batch, 0, sizeof(*batch));
	for (int i = 0; i < BATCH; i++) {
		batch->iovs[i] = (struct iovec){batch->texts[i], TEXT};
		batch->messages[i].msg_hdr = (struct msghdr){.msg_name = &batch->peers[i],
			.msg_namelen = sizeof(batch->peers[i]),
			.msg_iov = &batch->iovs[i],
			.msg_iovlen = 1,
			.msg_control = batch->control[i],
			.msg_controllen = control_len};
	}
}

static void play_batch(const char *argument)
{
	static struct batch batch;
	int family, fd = open_server(argument, &family);

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < BATCH; i++)
			client_ask(i % 2, family, i % 2 ? "odd" : "even");
		prepare(&batch, round == 0 ? 1000 : BATCH_CONTROL);
		OBSERVE("recvmmsg", SYS_recvmmsg, fd, 0, 0,
			recvmmsg(fd, batch.messages, BATCH, MSG_DONTWAIT, NULL));
		for (int i = 0; i < BATCH; i++) {
			struct mmsghdr *message = &batch.messages[i];

			say(false, "message %d: '%s', %u bytes from %s; control data %d, flags %#x",
				i, batch.texts[i], message->msg_len,
				text_of(&batch.peers[i], message->msg_hdr.msg_namelen),
				(int)message->msg_hdr.msg_controllen, message->msg_hdr.msg_flags);
			message->msg_hdr.msg_controllen = 0;
			message->msg_hdr.msg_control = NULL;
			batch.iovs[i].iov_len = 4;
		}
		OBSERVE("sendmmsg", SYS_sendmmsg, fd, 0, 0, sendmmsg(fd, batch.messages, BATCH, 0));
		for (int i = 0; i < BATCH; i++)
			client_hear(i % 2);
	}
	kernel_state(fd);
}

static void say_local(int fd, bool is_ours)
{
	union address local = {{0}};
	socklen_t len = sizeof(local);
	long result = syscall(SYS_getsockname, fd, &local, &len);

	say(is_ours, "local address: %ld, %s", result, text_of(&local, len));
}

/* It connects to its peer, answers, disconnects and serves on. */
static void play_connect(const char *argument)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	union address peer;
	socklen_t len;
	int family, fd = open_server(argument, &family);

	client_ask(0, family, "hello");
	server_receive(fd, &peer, &len);
	OBSERVE("connect", SYS_connect, fd, 0, 0, connect(fd, &peer.any, len));
	say_local(fd, true);
	OBSERVE("send", SYS_sendto, fd, 0, 0, send(fd, "HELLO", 5, 0));
	client_hear(0);
	kernel_state(fd);
	OBSERVE("connect to none", SYS_connect, fd, 0, 0,
		connect(fd, &unspecified, sizeof(unspecified)));
	say_local(fd, false);
	client_ask(1, family, "again");
	server_receive(fd, &peer, &len);
	server_send(fd, &peer, len, "AGAIN");
	client_hear(1);
	kernel_state(fd);
}

/* Another socket answers: one that is bound nowhere, and one that is bound to a device and
 * connects. */
static void play_follow(const char *argument)
{
	union address peer;
	socklen_t len;
	int family, other, fd = open_server(argument, &family);

	client_ask(0, family, "read");
	server_receive(fd, &peer, &len);
	other = (int)OBSERVE("socket", SYS_socket, 0, 0, 0,
		socket(strcmp(argument, "4") == 0 ? AF_INET : AF_INET6, SOCK_DGRAM, 0));
	OBSERVE("sendto", SYS_sendto, other, 0, 0, sendto(other, "DATA", 4, 0, &peer.any, len));
	say(true, "the other socket's answer:");
	kernel_state(other);
	close(other);
	client_ask(1, family, "read");
	server_receive(fd, &peer, &len);
	other = open_bound(strcmp(argument, "4") == 0 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
	OBSERVE("setsockopt", SYS_setsockopt, other, SOL_SOCKET, SO_BINDTODEVICE,
		setsockopt(other, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	OBSERVE("connect", SYS_connect, other, 0, 0, connect(other, &peer.any, len));
	OBSERVE("send", SYS_sendto, other, 0, 0, send(other, "DATA", 4, 0));
	kernel_state(other);
}

/* The program enables PKTINFO and sets SO_RCVLOWAT itself. */
static void play_options(const char *argument)
{
	union address peer;
	struct msghdr msg;
	int family, fd = open_server(argument, &family);

	server_option(fd, SOL_SOCKET, SO_RCVLOWAT, 7);
	server_see_option(fd, "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);
	for (int on = 1; on >= 0; on--) {
		server_option(fd, IPPROTO_IP, IP_PKTINFO, on);
		server_see_option(fd, "IP_PKTINFO", IPPROTO_IP, IP_PKTINFO);
		client_ask(0, family, "hello");
		receive_message(fd, &msg, &peer, 256);
		send_message(fd, &msg);
		client_hear(0);
	}
	server_option(fd, SOL_SOCKET, SO_RCVLOWAT, 1);
	server_see_option(fd, "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);
	kernel_state(fd);
}

const struct scene udp_scenes[] = {
	{"recvfrom", play_recvfrom},
	{"recvmsg", play_recvmsg},
	{"batch", play_batch},
	{"connect", play_connect},
	{"follow", play_follow},
	{"options", play_options},
	{NULL, NULL},
};
