/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps as C: for the lines of a run, and for a program that makes the same calls. */
#include "differential.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>

static const char *flags_text(int flags)
{
	static const struct {
		int flag;
		const char *name;
	} names[] = {
		{MSG_NOSIGNAL, "MSG_NOSIGNAL"},
		{MSG_DONTWAIT, "MSG_DONTWAIT"},
		{MSG_MORE, "MSG_MORE"},
		{MSG_CONFIRM, "MSG_CONFIRM"},
		{MSG_DONTROUTE, "MSG_DONTROUTE"},
		{MSG_OOB, "MSG_OOB"},
		{MSG_EOR, "MSG_EOR"},
		{MSG_PEEK, "MSG_PEEK"},
		{MSG_TRUNC, "MSG_TRUNC"},
		{MSG_ERRQUEUE, "MSG_ERRQUEUE"},
		{MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"},
		{MSG_WAITFORONE, "MSG_WAITFORONE"},
		{MSG_WAITALL, "MSG_WAITALL"},
	};
	static _Thread_local char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (flags & names[i].flag) {
			strcat(text, text[0] != '\0' ? " | " : "");
			strcat(text, names[i].name);
			flags &= ~names[i].flag;
		}
	if (flags != 0 || text[0] == '\0')
		snprintf(text + strlen(text), 32, "%s%d", text[0] != '\0' ? " | " : "", flags);
	return text;
}

static const char *type_text(int type)
{
	static _Thread_local char text[64];

	snprintf(text, sizeof(text), "%s%s%s",
		(type & 0xf) == SOCK_STREAM ? "SOCK_STREAM" : "SOCK_DGRAM",
		type & SOCK_NONBLOCK ? " | SOCK_NONBLOCK" : "",
		type & SOCK_CLOEXEC ? " | SOCK_CLOEXEC" : "");
	return text;
}

static const char *family_text(int family)
{
	return family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "AF_UNIX";
}

/* A pointer: the good one, or the bad place of the step. */
static const char *pointer_text(const struct step *step, enum bad what, const char *good)
{
	static _Thread_local char text[64];

	if (step->bad != what)
		return good;
	switch (step->place) {
	case NIL:
		return "NULL";
	case ONE:
		return "(void *)1";
	case NONE:
		return "cut(0)";
	default:
		snprintf(text, sizeof(text), "cut(%d)", step->place - CUT_0);
		return text;
	}
}

/* An expression of type struct name, which the program's prologue has. */
static void print_name(FILE *file, const struct name *name)
{
	int port = name_port(name->port);

	switch (name->kind) {
	case NAME_NONE:
		fputs("none()", file);
		return;
	case NAME_V4:
		fprintf(file, "v4(\"%s\", %d", name_address(NAME_V4, name->addr), port);
		break;
	case NAME_V6:
	case NAME_MAPPED:
		fprintf(file, "v6(\"%s\", %d", name_address(name->kind, name->addr), port);
		break;
	case NAME_UNIX:
		fprintf(file, "un(%d", port);
		break;
	case NAME_UNSPEC:
		fputs("unspec(16", file);
		break;
	case NAME_PEER:
		fprintf(file, "peer(%d", name->of);
		break;
	case NAME_OF:
		fprintf(file, "own(%d, \"%s\", \"%s\"", name->of,
			name_address(
				NAME_V4, shared->plan.is_wide ? name->addr : shared->plan.address4),
			name_address(NAME_V6,
				shared->plan.is_wide ? name->addr : shared->plan.address6));
		break;
	}
	fprintf(file, ", %d)", name->cut);
}

static void text_send(FILE *file, const struct step *step, int number)
{
	static const char *const calls[] = {
		"send", "sendto", "sendmsg", "sendmmsg", "sendmmsg", "write"};
	static const char *const controls[CONTROLS] = {"NONE", "PKTINFO4", "PKTINFO6",
		"PKTINFO4_EMPTY", "PKTINFO6_EMPTY", "TOS", "TTL", "TCLASS", "HOPLIMIT",
		"TOS_PKTINFO4", "SEGMENT", "UNKNOWN", "SHORT", "LONG", "TAIL", "BIG"};
	const char *data = pointer_text(step, BAD_DATA, "data");

	fprintf(file, "fill(%d, %ld);\n", number, step->len);
	if (step->call == SEND_SEND || step->call == SEND_WRITE) {
		if (step->call == SEND_SEND)
			fprintf(file, "show(send(s[%d], %s, %ld, %s))", step->slot, data, step->len,
				flags_text(step->flags | MSG_DONTWAIT));
		else
			fprintf(file, "show(write(s[%d], %s, %ld))", step->slot, data, step->len);
		return;
	}
	fputs("name = ", file);
	print_name(file, &step->name);
	fputs(";\n", file);
	if (step->call == SEND_SENDTO) {
		fprintf(file, "show(sendto(s[%d], %s, %ld, %s, %s, name.len))", step->slot, data,
			step->len, flags_text(step->flags | MSG_DONTWAIT),
			pointer_text(step, BAD_NAME, "name.at"));
		return;
	}
	fprintf(file, "prepare_send(%s, ", data);
	fprintf(file, "%ld, %d, ", step->len, step->has_two_parts ? 2 : 1);
	fprintf(file, "%s, name.len, CONTROL_%s, ", pointer_text(step, BAD_NAME, "name.at"),
		controls[step->control]);
	fprintf(file, "%s, ", pointer_text(step, BAD_CONTROL, "control"));
	fprintf(file, "%s);\n", pointer_text(step, BAD_IOV, "parts"));
	fprintf(file, "show(%s%s(%ss[%d], %s, ", step->call == SEND_SYSCALL ? "syscall" : "",
		step->call == SEND_SYSCALL ? "" : calls[step->call],
		step->call == SEND_SYSCALL ? "SYS_sendmmsg, " : "", step->slot,
		pointer_text(step, BAD_HEADER,
			step->call == SEND_SENDMSG ? "&batch[0].msg_hdr" : "batch"));
	if (step->call != SEND_SENDMSG)
		fprintf(file, "%d, ", step->count);
	fprintf(file, "%s))", flags_text(step->flags | MSG_DONTWAIT));
}

static void text_receive(FILE *file, const struct step *step)
{
	const char *data = pointer_text(step, BAD_DATA, "data");
	int flags = step->flags;

	if (step->count > 1 || flags & (MSG_WAITALL | MSG_PEEK))
		flags |= MSG_DONTWAIT;
	fputs("fill(-1, sizeof(data));\n", file);
	if (step->call == RECEIVE_RECV || step->call == RECEIVE_READ ||
		(step->call == RECEIVE_RECVFROM && step->name_size < 0)) {
		fprintf(file, "received(%d, recv(s[%d], %s, %ld, ready(s[%d], %s)), NULL, 0)",
			step->slot, step->slot, data, step->len, step->slot,
			flags_text(step->call == RECEIVE_READ ? 0 : flags));
		return;
	}
	if (step->call == RECEIVE_RECVFROM) {
		fprintf(file, "name.len = %d;\n", step->name_size);
		fprintf(file, "received(%d, recvfrom(s[%d], %s, %ld, ready(s[%d], %s), ",
			step->slot, step->slot, data, step->len, step->slot, flags_text(flags));
		fprintf(file, "%s, ", pointer_text(step, BAD_NAME, "name.at"));
		fprintf(file, "%s), name.at, name.len)",
			pointer_text(step, BAD_NAME_LEN, "&name.len"));
		return;
	}
	fprintf(file, "prepare_receive(%s, ", data);
	fprintf(file, "%ld, %d, ", step->len, step->has_two_parts ? 2 : 1);
	fprintf(file, "%s, %d, ",
		step->name_size < 0 ? "NULL" : pointer_text(step, BAD_NAME, "name.at"),
		step->name_size < 0 ? 0 : step->name_size);
	fprintf(file, "%s, %d, ",
		step->control_size <= 0 ? "NULL" : pointer_text(step, BAD_CONTROL, "control"),
		step->control_size < 0 ? 64 : step->control_size);
	fprintf(file, "%s);\n", pointer_text(step, BAD_IOV, "parts"));
	if (step->call == RECEIVE_RECVMSG) {
		fprintf(file, "received_batch(%d, -1, recvmsg(s[%d], %s, ready(s[%d], %s)))",
			step->slot, step->slot, pointer_text(step, BAD_HEADER, "&batch[0].msg_hdr"),
			step->slot, flags_text(flags));
		return;
	}
	fprintf(file, "received_batch(%d, %d, ", step->slot, step->count);
	if (step->call == RECEIVE_SYSCALL)
		fprintf(file, "syscall(SYS_recvmmsg, s[%d], ", step->slot);
	else
		fprintf(file, "recvmmsg(s[%d], ", step->slot);
	fprintf(file, "%s, %d, ready(s[%d], %s), %s))", pointer_text(step, BAD_HEADER, "batch"),
		step->count, step->slot, flags_text(flags),
		step->value && step->call == RECEIVE_RECVMMSG ? "&(struct timespec){0, 0}"
							      : "NULL");
}

/* The value that an option is set to, as an expression for its address. */
static void print_value(FILE *file, const struct step *step)
{
	switch (options[step->option].type) {
	case TYPE_TIME:
		fprintf(file, "&(struct timeval){0, %ld}", step->value * 1000);
		break;
	case TYPE_DEVICE:
		fputs(step->value ? "\"lo\"" : "\"\"", file);
		break;
	case TYPE_LINGER:
		fprintf(file, "&(struct linger){%ld, 0}", step->value);
		break;
	case TYPE_PKTINFO6:
		fprintf(file, "pktinfo6(\"%s\")", name_address(NAME_V6, (int)step->value));
		break;
	case TYPE_INDEX:
		fprintf(file, "&(int){htonl(%ld)}", step->value);
		break;
	case TYPE_INT:
		fprintf(file, "&(int){%ld}", step->value);
		break;
	}
}

static void text_option(FILE *file, const struct step *step)
{
	const struct option *option = &options[step->option];

	if (step->op == OP_SET) {
		fprintf(file, "show(setsockopt(s[%d], %s, %s, ", step->slot, option->level_name,
			option->name);
		if (step->bad == BAD_DATA)
			fputs(pointer_text(step, BAD_DATA, ""), file);
		else
			print_value(file, step);
		fprintf(file, ", %ld))", step->len);
		return;
	}
	fprintf(file, "fill(-1, 64);\nname.len = %ld;\n", step->len);
	fprintf(file, "show(getsockopt(s[%d], %s, %s, %s, ", step->slot, option->level_name,
		option->name, pointer_text(step, BAD_DATA, "data"));
	fprintf(file, "%s)); show_bytes(data, 64)", pointer_text(step, BAD_NAME_LEN, "&name.len"));
}

static void text_named(FILE *file, const struct step *step, const char *call)
{
	fputs("name = ", file);
	print_name(file, &step->name);
	fprintf(file, ";\nshow(%s(s[%d], %s, name.len))", call, step->slot,
		pointer_text(step, BAD_NAME, "name.at"));
}

static void text_accept(FILE *file, const struct step *step)
{
	fprintf(file, "name.len = %d;\n", step->name_size);
	if (step->call == 0)
		fprintf(file, "keep(%d, accept(s[%d], ", step->other, step->slot);
	else
		fprintf(file, "keep(%d, accept4(s[%d], ", step->other, step->slot);
	fprintf(file, "%s, ", pointer_text(step, BAD_NAME, "name.at"));
	fprintf(file, "%s", pointer_text(step, BAD_NAME_LEN, "&name.len"));
	if (step->call != 0)
		fprintf(file, ", %#x", (unsigned int)step->flags);
	fputs("))", file);
}

static void text_dup(FILE *file, const struct step *step)
{
	fprintf(file, "keep(%d, ", step->other);
	switch (step->call) {
	case DUP_DUP:
		fprintf(file, "dup(s[%d]))", step->slot);
		break;
	case DUP_DUP2:
		fprintf(file, "dup2(s[%d], s[%d]))", step->slot, step->other);
		break;
	case DUP_DUP3:
		fprintf(file, "dup3(s[%d], s[%d], %#x))", step->slot, step->other,
			(unsigned int)step->flags);
		break;
	default:
		fprintf(file, "fcntl(s[%d], %s, %ld))", step->slot,
			step->call == DUP_FCNTL ? "F_DUPFD" : "F_DUPFD_CLOEXEC", step->value);
	}
}

static void text_epoll(FILE *file, const struct step *step)
{
	static const char *const names[] = {
		[EPOLL_CTL_ADD] = "EPOLL_CTL_ADD",
		[EPOLL_CTL_MOD] = "EPOLL_CTL_MOD",
		[EPOLL_CTL_DEL] = "EPOLL_CTL_DEL",
	};

	fprintf(file, "show(epoll_ctl(s[%d], %s, s[%d], &(struct epoll_event){%#x, {.u32 = %d}}))",
		step->slot, names[step->call], step->other, (unsigned int)step->flags, step->other);
}

void text_step(FILE *file, const struct step *step, int number)
{
	switch (step->op) {
	case OP_SOCKET:
		fprintf(file, "keep(%d, socket(%s, %s, %ld))", step->slot, family_text(step->call),
			type_text(step->flags), step->value);
		break;
	case OP_PAIR:
		fprintf(file, "pair(%d, %d, %s)", step->slot, step->other, type_text(step->flags));
		break;
	case OP_BIND:
		text_named(file, step, "bind");
		break;
	case OP_CONNECT:
		text_named(file, step, "connect");
		break;
	case OP_LISTEN:
		fprintf(file, "show(listen(s[%d], %ld))", step->slot, step->value);
		break;
	case OP_ACCEPT:
		text_accept(file, step);
		break;
	case OP_SEND:
		text_send(file, step, number);
		break;
	case OP_RECEIVE:
		text_receive(file, step);
		break;
	case OP_SET:
	case OP_GET:
		text_option(file, step);
		break;
	case OP_ADDRESSES:
		fprintf(file, "addresses(s[%d])", step->slot);
		break;
	case OP_DUP:
		text_dup(file, step);
		break;
	case OP_FLAGS:
		fprintf(file, "show(fcntl(s[%d], F_SETFL, %s))", step->slot,
			step->value ? "O_NONBLOCK" : "0");
		break;
	case OP_CLOSE:
		fprintf(file, "show(close(s[%d]))", step->slot);
		if (step->value == 0)
			fprintf(file, "; s[%d] = -1", step->slot);
		break;
	case OP_SHUTDOWN:
		fprintf(file, "show(shutdown(s[%d], %ld))", step->slot, step->value);
		break;
	case OP_GIVE:
		fprintf(file, "give(s[%d], s[%d])", step->slot, step->other);
		break;
	case OP_TAKE:
		fprintf(file, "keep(%d, take(s[%d], %s))", step->other, step->slot,
			flags_text(step->flags));
		break;
	case OP_FETCH:
		fprintf(file, "keep(%d, fetch(%ld, %d))", step->other, step->value, step->slot);
		break;
	case OP_EPOLL:
		fprintf(file, "keep(%d, epoll_create1(EPOLL_CLOEXEC))", step->slot);
		break;
	case OP_EPOLL_CTL:
		text_epoll(file, step);
		break;
	case OP_EPOLL_WAIT:
		fprintf(file, "wait_epoll(s[%d])", step->slot);
		break;
	case OP_FORK:
		fprintf(file, "begin(%ld)", step->value);
		break;
	case OP_END:
		fprintf(file, "end(%ld)", step->value);
		break;
	case OP_EXEC:
		fputs("execute_anew()", file);
		break;
	case OP_NOTHING:
		break;
	}
}
