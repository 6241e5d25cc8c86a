/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of audit's table: sockets that differ in nothing that matters are one. */
#ifndef CTL_AUDIT_ROWS_H
#define CTL_AUDIT_ROWS_H

#include "ctl/audit/diag.h"
#include "ctl/process.h"

struct row {
	const struct found *found; /* the first of its sockets */
	size_t sockets;
	size_t addresses; /* that they are bound to */
	pid_t pid;	  /* of the process with the lowest ID, 0 if there is none */
	size_t more;	  /* other processes */
	char name[PROCESS_NAME];
	char unit[PROCESS_UNIT];
	bool covers_all; /* the sockets are bound to all of the host's addresses of the family */
};

struct row_list {
	struct row *items;
	size_t count;
};

/* The list's sockets are in the order of rows_sort. */
void rows_make(const struct found_list *list, struct row_list *ret);

/* Orders sockets by network namespace, the own one first; protocol, port and address. */
void rows_sort(struct found_list *list);

/* Returns how many rows from first on are of its protocol, port and network namespace, in a list of
 * one port. */
size_t rows_of_port(const struct row_list *rows, size_t first);

/* The process that a socket is named by: the lowest, but not the service manager, which keeps the
 * sockets that it passes on. 0 if there is none. */
pid_t rows_main_process(const struct found *found);

/* The columns TAKES and BY; each returns ret. */
enum { ROW_TAKES = ENDPOINT_TEXT, ROW_BY = PROCESS_NAME + PROCESS_UNIT + 40 };
const char *rows_format_takes(const struct row *row, char ret[ROW_TAKES]);
const char *rows_format_by(const struct row *row, char ret[ROW_BY]);
/* Whether systemd has the sockets, for a socket unit whose service does not run yet. */
bool rows_is_of_systemd(const struct row *row);
/* What keeps every preload out of the program, such as "Go", or NULL. */
const char *rows_obstacle(const struct row *row);
/* Writes to ret why a row with wrong replies is not cured yet, if there is more to say of it, such
 * as "Go: no preload reaches it", and returns it; else NULL. */
enum { ROW_REMARK = 80 };
const char *rows_format_remark(const struct row *row, char ret[ROW_REMARK]);

#endif
