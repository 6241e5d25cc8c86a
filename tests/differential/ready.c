/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What descriptors are ready for: epoll, and poll after each step. */
#include "differential.h"

#include <poll.h>
#include <sys/epoll.h>

void step_epoll_ctl(const struct step *step)
{
	struct epoll_event event = {
		.events = (uint32_t)step->flags, .data.u32 = (uint32_t)step->other};

	say_result(epoll_ctl(fd_of(step->slot), step->call, fd_of(step->other), &event));
}

void step_epoll_wait(const struct step *step)
{
	struct epoll_event events[16];
	uint32_t seen[SLOTS_PER_PROCESS] = {0};
	int count = (int)say_result(epoll_wait(fd_of(step->slot), events, 16, 0));

	for (int i = 0; i < count; i++)
		seen[events[i].data.u32] |= events[i].events;
	/* In their own order, not in that of their becoming ready. */
	for (int i = 0; i < SLOTS_PER_PROCESS; i++)
		if (seen[i] != 0)
			say(" s[%d]:%#x", i, (unsigned int)seen[i]);
}

void step_say_ready(void)
{
	struct pollfd pollfds[SLOTS_PER_PROCESS];

	for (int i = 0; i < SLOTS_PER_PROCESS; i++)
		pollfds[i] = (struct pollfd){
			.fd = self()->fds[i],
			.events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP,
		};
	if (poll(pollfds, SLOTS_PER_PROCESS, 0) <= 0)
		return;
	say(" ready");
	for (int i = 0; i < SLOTS_PER_PROCESS; i++)
		if (pollfds[i].revents != 0)
			say(" s[%d]:%#x", i, (unsigned int)pollfds[i].revents);
}
