/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What audit is asked for, and what it finds: shared by audit.c and what prints. */
#ifndef CTL_AUDIT_AUDIT_H
#define CTL_AUDIT_AUDIT_H

#include "ctl/audit/netns.h"
#include "ctl/audit/rows.h"

struct question {
	int protocol; /* or 0: any */
	int port;     /* or 0 */
	pid_t pid;    /* or 0 */
	bool with_ephemeral;
	bool no_peek;
	int watch_s; /* or 0 */
};

struct report {
	const struct question *question;
	struct netns_list *netns;
	struct row_list rows;
	size_t ephemeral;      /* sockets left out */
	size_t holders_unseen; /* sockets whose process could not be looked into */
	size_t replies_unseen; /* sockets whose options were needed and could not be read */
	bool netns_unseen;     /* network namespaces that could not be entered */
	struct wire *wire;     /* of each network namespace, or NULL */
};

/* Finds all that report has but the wire. */
void survey(const struct question *question, struct report *ret);

/* Returns TOOL_FINDINGS if anything is wrong, else TOOL_YES. */
int report_status(const struct report *report);

/* Writes what could not be seen, such as "not seen without root: replies of 3 sockets", to ret and
 * returns it; NULL if all was seen. */
enum { UNSEEN_TEXT = 256 };
const char *report_unseen(const struct report *report, char ret[UNSEEN_TEXT]);

/* Calls each for everything that cures: a command, such as "bindrightctl enable nsd.service", and
 * the number of the table's lines that it is for. */
void report_cures(const struct report *report,
	void (*each)(const char *command, size_t count, void *data), void *data);
/* How many wrong ones no preload reaches, and no command cures. */
size_t report_not_reached(const struct report *report);
/* Writes the command that cures a row with wrong replies, or "" if nothing of ours does. */
enum { CURE = PATH_MAX + 64 };
void report_format_cure(const struct row *row, char ret[CURE]);

/* Print it. The wire comes later as text, and with all else as JSON. */
void print_table(const struct report *report);
void print_wire(const struct report *report);
void print_json(const struct report *report);

/* Parts of print_table's: the line above what is in another network namespace; and two sentences
 * about each protocol's sockets on the port. */
void print_netns(const struct netns *netns);
void print_explanation(const struct report *report);
/* Writes those about the rows from first on, which are of one port, to ret. */
enum { EXPLANATION = 2048 };
void explain(const struct row *first, size_t count, char ret[EXPLANATION]);

#endif
