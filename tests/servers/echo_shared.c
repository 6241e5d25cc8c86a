/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A socket that has two numbers, or is in two processes, before it is bound: programs that open all
 * their sockets first, daemons that fork in between, privileged helpers that only bind.
 *
 *	echo_shared -w XYZ [-D DUP] [-t] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * X binds it, Y receives and Z answers: f by the first number, d by a duplicate (made by DUP: dup,
 * the default, dup2, dup3, fcntl, SYS_dup), c by the first number in a child, e by the duplicate in
 * a child. The answer contains the length of the control data that came with the request. With -t Y
 * tries to receive before the socket is bound.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DUPLICATE 9

/* The command line, written only by main. */
static const char *roles, *dup_way = "dup";
static bool tries_before;
static struct endpoint local;

/* The socket's two numbers; letters go from the receiver to the one that answers. */
static int first, duplicate;
static int letters[2], turns_of_parent[2], turns_of_child[2];

static int duplicate_first(void)
{
	if (strcmp(dup_way, "dup2") == 0)
		return dup2(first, DUPLICATE);
	if (strcmp(dup_way, "dup3") == 0)
		return dup3(first, DUPLICATE, O_CLOEXEC);
	if (strcmp(dup_way, "fcntl") == 0)
		return fcntl(first, F_DUPFD, DUPLICATE);
	if (strcmp(dup_way, "SYS_dup") == 0)
		return (int)syscall(SYS_dup, first);
	return dup(first);
}

static bool is_childs(char role)
{
	return role == 'c' || role == 'e';
}

static int fd_of(char role)
{
	return role == 'f' || role == 'c' ? first : duplicate;
}

/* recvmsg with a control buffer; the text has the length received. */
static ssize_t receive(int fd, int flags, struct letter *ret)
{
	_Alignas(struct cmsghdr) unsigned char control[256];
	struct iovec part = {ret->text, TEXT_MAX - 64};
	struct msghdr msg = {
		.msg_name = &ret->peer.addr,
		.msg_namelen = sizeof(ret->peer.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, flags);

	if (got < 0)
		return got;
	ret->peer.addr_len = msg.msg_namelen;
	ret->len = (size_t)got + (size_t)sprintf(ret->text + got, " controllen=%zu flags=%#x",
					 (size_t)msg.msg_controllen, (unsigned int)msg.msg_flags);
	return got;
}

/* One process's part, the parent's or the child's. */
static _Noreturn void serve(bool child)
{
	bool receives = is_childs(roles[1]) == child, answers = is_childs(roles[2]) == child;
	struct letter letter;

	while (receives) {
		if (receive(fd_of(roles[1]), 0, &letter) < 0)
			die("recvmsg");
		if (answers)
			answer_letter(fd_of(roles[2]), &letter);
		else
			pass_letter(letters[1], &letter);
	}
	while (answers && take_letter(letters[0], &letter))
		answer_letter(fd_of(roles[2]), &letter);
	for (;;)
		pause();
}

/* Before bind there is nothing to receive; this must not change later receives. */
static void try_before(bool child)
{
	struct letter letter;

	if (!tries_before || is_childs(roles[1]) != child)
		return;
	if (receive(fd_of(roles[1]), MSG_DONTWAIT, &letter) >= 0 || errno != EAGAIN)
		die("recvmsg before bind");
}

static void bind_it(bool child)
{
	if (is_childs(roles[0]) == child)
		server_bind_socket(fd_of(roles[0]), &local);
}

static void give_turn(const int turns[2])
{
	if (write(turns[1], "t", 1) != 1)
		die("write to pipe");
}

static void await_turn(const int turns[2])
{
	char byte;

	if (read(turns[0], &byte, 1) != 1)
		die("read from pipe");
}

/* The steps before serving: the child's first, so the socket is bound when either serves. */
static void prepare(bool child)
{
	try_before(child);
	bind_it(child);
}

static _Noreturn void be_child(void)
{
	prepare(true);
	give_turn(turns_of_parent);
	await_turn(turns_of_child);
	serve(true);
}

static void parse_letter(int letter)
{
	switch (letter) {
	case 'w':
		roles = optarg;
		break;
	case 'D':
		dup_way = optarg;
		break;
	case 't':
		tries_before = true;
		break;
	default:
		server_letter(letter);
	}
}

int main(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "w:D:t")) != -1)
		parse_letter(letter);
	errno = 0;
	if (roles == NULL || strlen(roles) != 3 || strspn(roles, "fdce") != 3)
		die("-w XYZ, of f, d, c and e");
	first = server_socket(argc - optind, argv + optind, SOCK_DGRAM, &local);
	/* Without a duplicate there is only the fork, without a child only the duplicate. */
	duplicate = strpbrk(roles, "de") != NULL ? duplicate_first() : first;
	if (duplicate < 0 || pipe(letters) < 0 || pipe(turns_of_parent) < 0 ||
		pipe(turns_of_child) < 0)
		die("dup or pipe");
	if (strpbrk(roles, "ce") != NULL) {
		if (fork_child() == 0)
			be_child();
		await_turn(turns_of_parent);
	}
	prepare(false);
	give_turn(turns_of_child);
	ready();
	serve(false);
}
