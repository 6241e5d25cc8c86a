/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts the parts together: which sockets there are, which of them were asked for, their verdicts.
 */
#include "ctl/audit/audit.h"
#include "ctl/audit/owners.h"
#include "ctl/audit/peek.h"
#include "ctl/audit/routes.h"
#include "ctl/audit/verdict.h"
#include "ctl/check_process.h"
#include "ctl/list.h"

#include <stdio.h>

/* /proc/sys/net shows the namespace of who reads it. */
static void read_ephemeral(struct netns *netns)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	unsigned short first = 32768, last = 60999; /* the kernel's defaults */

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (file != NULL && fscanf(file, "%hu %hu", &first, &last) != 2)
		first = 32768, last = 60999;
	if (file != NULL)
		fclose(file);
	netns->ephemeral_first = first;
	netns->ephemeral_last = last;
}

static void list_sockets(struct netns *netns, void *list)
{
	diag_list(netns, list);
}

static void read_netns(struct netns *netns, void *list)
{
	read_ephemeral(netns);
	routes_read(&netns->host);
	diag_list(netns, list);
}

static int compare_inodes(const void *a, const void *b)
{
	const struct found *first = a, *second = b;

	return (first->inode > second->inode) - (first->inode < second->inode);
}

/* A socket without a process may have been closed before its process was looked into: it is the
 * kernel's if it is still there. */
static void drop_closed(const struct report *report, struct found_list *list)
{
	struct found_list now = {0};
	size_t kept = 0;

	netns_each(report->netns, list_sockets, &now);
	if (now.count > 0)
		qsort(now.items, now.count, sizeof(*now.items), compare_inodes);
	for (size_t i = 0; i < list->count; i++) {
		const struct found *found = &list->items[i];

		if (found->holder == HOLDER_PROCESS ||
			(now.count > 0 && bsearch(found, now.items, now.count, sizeof(*found),
						  compare_inodes) != NULL))
			list->items[kept++] = *found;
	}
	list->count = kept;
	free(now.items);
}

static size_t count_unowned(const struct found_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].holder != HOLDER_PROCESS;
	return count;
}

/* Each MPTCP listener has a TCP listener inside, which has its inode. */
static bool is_inside_mptcp(const struct found *found, const struct found_list *list)
{
	if (found->protocol != IPPROTO_TCP)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].protocol == IPPROTO_MPTCP &&
			list->items[i].inode == found->inode)
			return true;
	return false;
}

static bool is_of(const struct found *found, pid_t pid)
{
	for (size_t i = 0; i < found->owner_count; i++)
		if (found->owners[i].pid == pid)
			return true;
	return false;
}

static bool is_wanted(
	const struct found *found, const struct found_list *all, struct report *report)
{
	const struct question *question = report->question;

	if ((question->protocol != 0 && question->protocol != found->protocol) ||
		(question->port != 0 && question->port != found->port) ||
		(question->pid != 0 && !is_of(found, question->pid)) || is_inside_mptcp(found, all))
		return false;
	/* A TCP listener is a server's whatever its port. */
	if (question->port == 0 && !question->with_ephemeral && found_is_udp(found) &&
		found_is_ephemeral(found)) {
		report->ephemeral++;
		return false;
	}
	return true;
}

/* What matters of the program that has the socket; most have many sockets. */
static void look_into_program(struct found *found)
{
	static struct found last;
	static pid_t last_pid;
	const pid_t pid = rows_main_process(found);
	struct process process;

	if (pid != last_pid) {
		process_open(pid, &process);
		last.obstacle = check_process_obstacle(&process);
		last.has_library =
			last.obstacle == OBSTACLE_NONE && process_has_library(&process) > 0;
		process_close(&process);
		last_pid = pid;
	}
	found->obstacle = last.obstacle;
	found->has_library = last.has_library;
}

static void look_into(
	struct found *found, const struct covered_list *covered, const struct question *question)
{
	const struct covered_socket socket = {found->cgroup, found->netns->id, found->port};
	const bool is_wildcard_udp = found_is_udp(found) && address_is_wildcard(&found->addr);

	found->kernel_knows = COVERED_UNKNOWN_SOCKET;
	if (question->port != 0 && address_is_wildcard(&found->addr) &&
		found->protocol != IPPROTO_MPTCP)
		found->may_share = covered_may_share(
			covered, &socket, found_is_udp(found) ? RULES_UDP : RULES_TCP);
	if (found->owner_count > 0 && !question->no_peek && (is_wildcard_udp || found->may_share))
		peek(found, covered);
	if (is_wildcard_udp)
		found->covered = covered_judge_replies(covered, &socket, found->kernel_knows);
	if (found->owner_count > 0 &&
		(question->port != 0 || (found->peek & (PEEK_DONE | PEEK_TAGGED)) == PEEK_DONE))
		look_into_program(found);
}

/* Judges a socket of all, which are sorted, with those of the same port. */
static void judge(struct found *found, const struct found_list *all)
{
	const struct found *first = found, *end = found + 1;

	while (first > all->items && first[-1].netns == found->netns &&
		first[-1].protocol == found->protocol && first[-1].port == found->port)
		first--;
	while (end < all->items + all->count && end->netns == found->netns &&
		end->protocol == found->protocol && end->port == found->port)
		end++;
	verdict_judge(found, first, (size_t)(end - first));
}

void survey(const struct question *question, struct report *ret)
{
	struct found_list all = {0}, wanted = {0};
	struct covered_list covered;

	*ret = (struct report){.question = question, .netns = netns_find()};
	ret->netns_unseen = !netns_each(ret->netns, read_netns, &all) || !ret->netns->is_complete;
	owners_find(&all);
	if (count_unowned(&all) > 0)
		drop_closed(ret, &all);
	rows_sort(&all);
	covered_find(&covered);
	for (size_t i = 0; i < all.count; i++) {
		struct found *found = &all.items[i];

		if (!is_wanted(found, &all, ret))
			continue;
		look_into(found, &covered, question);
		judge(found, &all);
		ret->holders_unseen += found->holder == HOLDER_UNSEEN;
		ret->replies_unseen += found->verdict.replies == REPLIES_UNSEEN;
		wanted.items = list_extend(wanted.items, wanted.count, sizeof(*found));
		wanted.items[wanted.count++] = *found;
	}
	free(all.items);
	rows_make(&wanted, &ret->rows);
}
