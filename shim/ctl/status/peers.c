/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/peers.h"

#include "ctl/list.h"
#include "ctl/status/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* No table is larger; what a process says of its own may be anything. */
enum { ENTRIES_MAX = 1 << 24, ENTRY_MAX = 1024, PAGE_MAX = 1 << 16 };
/* A host has few addresses. Further ones count among all peers alone. */
enum { ADDRESSES_MAX = 1024 };
/* proc_pid_pagemap(5). */
static const uint64_t is_present = UINT64_C(1) << 63, is_swapped = UINT64_C(1) << 62;

/* One table, as the processes that share it are read in turn. */
struct scan {
	const struct status_table *table;
	uint64_t page_size, pages;
	unsigned char *done; /* for each page, whether it was read */
	uint32_t now_s;
	struct peers_count *count;
};

static void add_address(struct peers_count *count, const struct in6_addr *address)
{
	for (size_t i = 0; i < count->address_count; i++)
		if (memcmp(&count->addresses[i].address, address, sizeof(*address)) == 0) {
			count->addresses[i].peers++;
			return;
		}
	if (count->address_count == ADDRESSES_MAX)
		return;
	count->addresses =
		list_extend(count->addresses, count->address_count, sizeof(*count->addresses));
	count->addresses[count->address_count++] = (struct asked_at){*address, 1};
}

/* As the library judges age (replies/peer_entry.h): a stamp may be a little ahead. */
static bool has_expired(uint32_t stamp_s, uint32_t now_s, uint32_t expiry_s)
{
	const int32_t age_s = (int32_t)(now_s - stamp_s);

	return age_s < -60 || (age_s > 0 && (uint32_t)age_s > expiry_s);
}

static void add_entry(struct scan *scan, const unsigned char *entry)
{
	const struct in6_addr none = IN6ADDR_ANY_INIT;
	struct in6_addr source;
	uint32_t stamp_s;

	memcpy(&source, entry + scan->table->source_offset, sizeof(source));
	memcpy(&stamp_s, entry + scan->table->stamp_offset, sizeof(stamp_s));
	if (memcmp(&source, &none, sizeof(source)) == 0 ||
		has_expired(stamp_s, scan->now_s, scan->table->expiry_s))
		return;
	scan->count->peers++;
	add_address(scan->count, &source);
}

/* Reads the entries that begin in this page. */
static void read_page(struct scan *scan, pid_t pid, uint64_t page)
{
	static unsigned char bytes[PAGE_MAX + ENTRY_MAX];
	const struct status_table *table = scan->table;
	const uint64_t size = table->entry_size, first_page = table->entries / scan->page_size;
	const uint64_t begin = (first_page + page) * scan->page_size;
	const uint64_t end = table->entries + table->capacity * size;
	uint64_t from = begin > table->entries ? begin : table->entries;
	const uint64_t to = begin + scan->page_size < end ? begin + scan->page_size : end;

	from = table->entries + (from - table->entries + size - 1) / size * size;
	if (from >= to || to - from > sizeof(bytes) ||
		memory_read(pid, from, bytes, (size_t)(to - from)) != 0)
		return;
	scan->done[page] = 1;
	for (uint64_t at = 0; at + size <= to - from; at += size)
		add_entry(scan, bytes + at);
}

static void read_present_pages(struct scan *scan, pid_t pid)
{
	char path[64];
	const uint64_t first_page = scan->table->entries / scan->page_size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	for (uint64_t page = 0; page < scan->pages; page++) {
		uint64_t state;

		if (pread(fd, &state, sizeof(state),
			    (off_t)((first_page + page) * sizeof(state))) != sizeof(state))
			break;
		if (!scan->done[page] && state & (is_present | is_swapped))
			read_page(scan, pid, page);
	}
	close(fd);
}

/* Entries are cache lines, so none spans two pages. */
static bool is_plausible(const struct status_table *table)
{
	return table->entries != 0 && table->capacity > 0 && table->capacity <= ENTRIES_MAX &&
	       table->entry_size > 0 && table->entry_size <= ENTRY_MAX &&
	       table->entries <= UINT64_MAX - (uint64_t)ENTRIES_MAX * ENTRY_MAX &&
	       table->source_offset <= table->entry_size - sizeof(struct in6_addr) &&
	       table->stamp_offset <= table->entry_size - sizeof(uint32_t) &&
	       table->entry_size >= sizeof(struct in6_addr);
}

/* Reads a table by all processes that have it: a page that one has written may be absent in
 * another. */
static void count_table(
	const struct instance *const *instances, size_t count, struct peers_count *ret)
{
	const struct status_table *table = &instances[0]->status.table;
	struct scan scan = {.table = table, .count = ret};

	if (!is_plausible(table))
		return;
	ret->capacity += table->capacity;
	scan.page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	scan.pages = ((uint64_t)table->capacity * table->entry_size) / scan.page_size + 2;
	scan.now_s = (uint32_t)time(NULL);
	scan.done = or_fail(calloc(scan.pages, 1));
	for (size_t i = 0; i < count; i++)
		if (instances[i]->table == instances[0]->table &&
			instances[i]->status.table.entries == table->entries)
			read_present_pages(&scan, instances[i]->pid);
	free(scan.done);
}

static bool is_first_of_table(const struct instance *const *instances, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (instances[i]->table == instances[at]->table)
			return false;
	return instances[at]->table != 0;
}

static int compare_addresses(const void *a, const void *b)
{
	const struct asked_at *first = a, *second = b;

	return (second->peers > first->peers) - (second->peers < first->peers);
}

void peers_count(const struct instance *const *instances, size_t count, struct peers_count *ret)
{
	*ret = (struct peers_count){.peers = 0};
	for (size_t i = 0; i < count; i++)
		if (is_first_of_table(instances, i))
			count_table(instances + i, count - i, ret);
	if (ret->address_count > 0)
		qsort(ret->addresses, ret->address_count, sizeof(*ret->addresses),
			compare_addresses);
}
