/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the report as text. */
#include "ctl/audit/audit.h"
#include "ctl/audit/verdict.h"
#include "ctl/audit/wire.h"
#include "ctl/print.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <string.h>

struct widths {
	int protocol, port, takes, by;
};

struct cells {
	const char *protocol;
	char port[8], takes[ROW_TAKES], by[ROW_BY], replies[VERDICT_TEXT + ROW_REMARK + 4];
};

static void fill(struct cells *ret, const struct row *row)
{
	char verdict[VERDICT_TEXT], remark[ROW_REMARK];

	ret->protocol = diag_protocol_name(row->found->protocol);
	snprintf(ret->port, sizeof(ret->port), "%u", row->found->port);
	rows_format_takes(row, ret->takes);
	rows_format_by(row, ret->by);
	verdict_format(&row->found->verdict, verdict);
	if (rows_format_remark(row, remark) != NULL)
		snprintf(ret->replies, sizeof(ret->replies), "%s (%s)", verdict, remark);
	else
		snprintf(ret->replies, sizeof(ret->replies), "%s", verdict);
}

static void widen(int *width, const char *text)
{
	int len = (int)strlen(text);

	if (len > *width)
		*width = len;
}

static void print_cells(const struct widths *widths, const struct cells *cells)
{
	char line[2 * sizeof(*cells)];

	snprintf(line, sizeof(line), "%-*s %*s  %-*s  %-*s  %s", widths->protocol, cells->protocol,
		widths->port, cells->port, widths->takes, cells->takes, widths->by, cells->by,
		cells->replies);
	print_printable(line);
	putchar('\n');
}

static void measure(const struct row_list *rows, struct widths *ret)
{
	struct cells cells;

	for (size_t i = 0; i < rows->count; i++) {
		fill(&cells, &rows->items[i]);
		widen(&ret->protocol, cells.protocol);
		widen(&ret->port, cells.port);
		widen(&ret->takes, cells.takes);
		widen(&ret->by, cells.by);
	}
}

void print_netns(const struct netns *netns)
{
	if (netns->is_own)
		return;
	fputs("in the network namespace of ", stdout);
	print_printable(netns->name);
	puts(":");
}

static void print_rows(const struct row_list *rows)
{
	struct cells cells = {.protocol = "PROTO", "PORT", "TAKES", "BY", "REPLIES"};
	struct widths widths = {5, 4, 9, 2};
	const struct netns *netns = NULL;

	measure(rows, &widths);
	print_cells(&widths, &cells);
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];

		if (row->found->netns != netns)
			print_netns(row->found->netns);
		netns = row->found->netns;
		fill(&cells, row);
		print_cells(&widths, &cells);
	}
}

static void print_cure(const char *command, size_t count, void *data)
{
	(void)data;
	printf("%zu to cure: ", count);
	print_printable(command);
	putchar('\n');
}

void print_table(const struct report *report)
{
	size_t not_reached = report_not_reached(report);
	char unseen[UNSEEN_TEXT];

	if (report->rows.count > 0)
		print_rows(&report->rows);
	else
		puts("no listeners and no UDP sockets");
	report_cures(report, print_cure, NULL);
	if (not_reached > 0)
		printf("%zu that no preload reaches: see bindright(7)\n", not_reached);
	if (report->question->port != 0)
		print_explanation(report);
	if (report->ephemeral > 0)
		printf("not shown: %zu UDP socket%s on ephemeral ports (see -a)\n",
			report->ephemeral, report->ephemeral == 1 ? "" : "s");
	if (report_unseen(report, unseen) != NULL)
		puts(unseen);
}

static void print_pair(const struct wire_pair *pair)
{
	char asked_at[ENDPOINT_TEXT], answered_from[ENDPOINT_TEXT];

	address_format(&pair->asked_at, asked_at);
	address_format(&pair->answered_from, answered_from);
	printf("udp   %4u  %s: asked at %s, answered from %s: %llu answer%s\n", pair->port,
		wire_is_wrong(pair) ? "WRONG" : "right", asked_at,
		wire_is_wrong(pair) ? answered_from : "there", (unsigned long long)pair->count,
		pair->count == 1 ? "" : "s");
}

static void print_wire_of(const struct wire *wire)
{
	for (size_t i = 0; i < wire->pair_count; i++)
		print_pair(&wire->pairs[i]);
	for (size_t i = 0; i < wire->port_count; i++)
		if (!wire->ports[i].was_answered)
			printf("udp   %4u  %s\n", wire->ports[i].port,
				wire->ports[i].was_asked ? "asked, not answered" : "not asked");
	if (wire->others > 0)
		printf("%llu more answers, of more than %d pairs\n",
			(unsigned long long)wire->others, WIRE_PAIRS);
}

void print_wire(const struct report *report)
{
	for (size_t i = 0; report->wire != NULL && i < report->netns->count; i++) {
		const struct wire *wire = &report->wire[i];

		if (wire->port_count == 0)
			continue;
		print_netns(&report->netns->items[i]);
		if (wire->fd >= 0)
			print_wire_of(wire);
		else
			puts("not seen without CAP_NET_RAW: the wire");
	}
}
