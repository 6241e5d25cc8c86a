/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/rows.h"

#include "ctl/list.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

/* NOLINTNEXTLINE(readability-function-cognitive-complexity): a list, written by a macro */
static int compare(const void *a, const void *b)
{
	const struct found *first = a, *second = b;

	/* In the order in which they were found: both are in one array. */
	COMPARE(first->netns, second->netns);
	COMPARE(first->protocol, second->protocol);
	COMPARE(first->port, second->port);
	COMPARE(address_is_v4(&second->addr), address_is_v4(&first->addr));
	COMPARE(address_is_wildcard(&second->addr), address_is_wildcard(&first->addr));
	COMPARE(rows_main_process(first), rows_main_process(second));
	return memcmp(&first->addr, &second->addr, sizeof(first->addr));
}

void rows_sort(struct found_list *list)
{
	if (list->count > 0)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

pid_t rows_main_process(const struct found *found)
{
	const struct owner *owners = found->owners;

	if (found->owner_count == 0)
		return 0;
	for (size_t i = 0; i < found->owner_count; i++)
		if (owners[i].pid != 1)
			return owners[i].pid;
	return owners[0].pid;
}

static int compare_pids(const void *a, const void *b)
{
	const pid_t *first = a, *second = b;

	COMPARE(*first, *second);
	return 0;
}

static size_t count_processes(const struct row *row)
{
	size_t count = 0, distinct = 0;
	pid_t *pids = NULL;

	for (size_t i = 0; i < row->sockets; i++)
		for (size_t j = 0; j < row->found[i].owner_count; j++) {
			pids = list_extend(pids, count, sizeof(*pids));
			pids[count++] = row->found[i].owners[j].pid;
		}
	if (count > 0)
		qsort(pids, count, sizeof(*pids), compare_pids);
	for (size_t i = 0; i < count; i++)
		distinct += i == 0 || pids[i] != pids[i - 1];
	free(pids);
	return distinct;
}

/* Of one process they stand one after the other. */
static size_t count_addresses(const struct row *row)
{
	size_t count = 0;

	for (size_t i = 0; i < row->sockets; i++)
		count += i == 0 || !address_is_equal(&row->found[i].addr, &row->found[i - 1].addr);
	return count;
}

static bool is_same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, "[");

	return strcspn(b, "[") == len && strncmp(a, b, len) == 0;
}

/* Whether found is one more socket of the row. What differs in the pair alone does not. */
static bool belongs(const struct row *row, const struct found *found, const struct row *of_found)
{
	const struct found *first = row->found;

	return first->netns == found->netns && first->protocol == found->protocol &&
	       first->port == found->port && first->takes_v4 == found->takes_v4 &&
	       first->takes_v6 == found->takes_v6 && first->holder == found->holder &&
	       (address_is_wildcard(&first->addr) == address_is_wildcard(&found->addr) ||
		       first->verdict.replies == REPLIES_EACH) &&
	       first->verdict.replies == found->verdict.replies &&
	       first->covered == found->covered && first->uid == found->uid &&
	       is_same_name(row->name, of_found->name) && strcmp(row->unit, of_found->unit) == 0;
}

static void begin(struct row *ret, const struct found *found)
{
	struct process process;

	*ret = (struct row){.found = found, .sockets = 1};
	ret->pid = rows_main_process(found);
	if (ret->pid == 0)
		return;
	process_open(ret->pid, &process);
	strcpy(ret->name, process.name);
	process_unit(&process, ret->unit);
	process_close(&process);
}

static bool is_bound_to(const struct row *row, const struct address *addr)
{
	for (size_t i = 0; i < row->sockets; i++)
		if (address_is_equal(&row->found[i].addr, addr))
			return true;
	return false;
}

static bool covers_all(const struct row *row)
{
	const struct host *host = &row->found->netns->host;
	bool is_v4 = address_is_v4(&row->found->addr);

	for (size_t i = 0; i < host->address_count; i++)
		if (address_is_v4(&host->addresses[i].addr) == is_v4 &&
			!is_bound_to(row, &host->addresses[i].addr))
			return false;
	return true;
}

static void finish(struct row *row)
{
	size_t processes = count_processes(row);

	row->more = processes > 0 ? processes - 1 : 0;
	row->addresses = count_addresses(row);
	row->covers_all = row->addresses > 1 && covers_all(row);
}

void rows_make(const struct found_list *list, struct row_list *ret)
{
	*ret = (struct row_list){0};
	for (size_t i = 0; i < list->count; i++) {
		struct row *last = ret->count > 0 ? &ret->items[ret->count - 1] : NULL, row;

		begin(&row, &list->items[i]);
		if (last != NULL && belongs(last, &list->items[i], &row)) {
			last->sockets++;
			continue;
		}
		ret->items = list_extend(ret->items, ret->count, sizeof(row));
		ret->items[ret->count++] = row;
	}
	for (size_t i = 0; i < ret->count; i++)
		finish(&ret->items[i]);
}

size_t rows_of_port(const struct row_list *rows, size_t first)
{
	const struct found *found = rows->items[first].found;
	size_t count = 1;

	while (first + count < rows->count &&
		rows->items[first + count].found->netns == found->netns &&
		rows->items[first + count].found->protocol == found->protocol)
		count++;
	return count;
}

const char *rows_format_takes(const struct row *row, char ret[ROW_TAKES])
{
	const struct found *found = row->found;

	if (found->takes_v4 && found->takes_v6)
		snprintf(ret, ROW_TAKES, "IPv4+IPv6");
	else if (address_is_wildcard(&found->addr) || row->covers_all)
		snprintf(ret, ROW_TAKES, "%s", found->takes_v4 ? "IPv4" : "IPv6");
	else if (row->addresses > 1)
		snprintf(ret, ROW_TAKES, "%s (%zu addresses)", found->takes_v4 ? "IPv4" : "IPv6",
			row->addresses);
	else
		address_format(&found->addr, ret);
	return ret;
}

static const char *format_user(uid_t uid, char ret[ROW_BY])
{
	const struct passwd *user = getpwuid(uid);

	if (user != NULL)
		snprintf(ret, ROW_BY, "user %s", user->pw_name);
	else
		snprintf(ret, ROW_BY, "user %u", (unsigned int)uid);
	return ret;
}

const char *rows_format_by(const struct row *row, char ret[ROW_BY])
{
	bool has_unit = row->unit[0] != '\0' && row->found->verdict.replies == REPLIES_WRONG;
	int len;

	if (row->found->holder == HOLDER_UNSEEN)
		return format_user(row->found->uid, ret);
	if (row->pid == 0) {
		snprintf(ret, ROW_BY, "(kernel)");
		return ret;
	}
	len = snprintf(ret, ROW_BY, "%s", row->name);
	if (row->more > 0)
		len += snprintf(ret + len, (size_t)(ROW_BY - len), " and %zu more%s", row->more,
			has_unit ? "," : "");
	if (has_unit)
		snprintf(ret + len, (size_t)(ROW_BY - len), " %s", row->unit);
	return ret;
}

bool rows_is_of_systemd(const struct row *row)
{
	static const char name[] = "systemd[";

	return row->unit[0] == '\0' && strncmp(row->name, name, sizeof(name) - 1) == 0;
}

const char *rows_obstacle(const struct row *row)
{
	switch (row->found->obstacle) {
	case OBSTACLE_GO:
		return "Go";
	case OBSTACLE_PASCAL:
		return "Free Pascal";
	case OBSTACLE_STATIC:
		return "static";
	case OBSTACLE_LIBC:
		return "another C library";
	case OBSTACLE_MACHINE:
		return "another word size";
	case OBSTACLE_PRIVILEGES:
		return "set-user-ID or capabilities";
	case OBSTACLE_NONE:
		break;
	}
	return NULL;
}

const char *rows_format_remark(const struct row *row, char ret[ROW_REMARK])
{
	static const char *const texts[] = {
		[COVERED_OFF] = "attached, with this port off",
		[COVERED_ELSEWHERE] = "attached for another network namespace",
		[COVERED_CLIENT] = "attached, and left alone as a client's",
		[COVERED_STOPPED] = "attached by a process that is stopped",
	};

	if (row->found->verdict.replies != REPLIES_WRONG)
		return NULL;
	if (row->found->covered != COVERED_NOT)
		snprintf(ret, ROW_REMARK, "%s", texts[row->found->covered]);
	else if (rows_obstacle(row) != NULL)
		snprintf(ret, ROW_REMARK, "%s: no preload reaches it", rows_obstacle(row));
	else
		return NULL;
	return ret;
}
