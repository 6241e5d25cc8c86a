/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explains one port in two sentences: what netstat does not show and a second bind would get; and
 * what to do. */
#include "ctl/audit/audit.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <string.h>

/* The rows of one port, by what they take. */
struct port {
	const struct row *dual, *v6, *v4; /* bound to a wildcard */
	const struct row *wrong, *asks, *unseen;
};

static void sort_rows(const struct row *first, size_t count, struct port *ret)
{
	*ret = (struct port){0};
	for (const struct row *row = first; row < first + count; row++) {
		const struct found *found = row->found;

		if (address_is_wildcard(&found->addr))
			*(found->takes_v4 && found->takes_v6 ? &ret->dual
				: found->takes_v6	     ? &ret->v6
							     : &ret->v4) = row;
		if (found->verdict.replies == REPLIES_WRONG)
			ret->wrong = row;
		else if (found->verdict.replies == REPLIES_ASKS)
			ret->asks = row;
		else if (found->verdict.replies == REPLIES_UNSEEN)
			ret->unseen = row;
	}
}

static size_t explain_takes(const struct row *first, const struct port *port, char *ret)
{
	const char *protocol = found_is_udp(first->found) ? "udp" : "tcp";
	/* Of UDP sockets, both may set it. */
	const char *unless = found_is_udp(first->found) ? " unless both set SO_REUSEADDR" : "";
	unsigned int number = first->found->port;
	int len;

	if (port->dual != NULL && port->v4 == NULL)
		len = snprintf(ret, EXPLANATION,
			"netstat's '%s6 :::%u' does not say that this one socket takes IPv4, too: a "
			"second bind, to 0.0.0.0:%u, fails with EADDRINUSE%s.",
			protocol, number, number, unless);
	else if (port->dual != NULL)
		len = snprintf(ret, EXPLANATION,
			"netstat's '%s6 :::%u' does not say that this socket takes IPv4, too, where "
			"the one at 0.0.0.0:%u does not take it first.",
			protocol, number, number);
	else if (port->v6 != NULL && port->v4 != NULL)
		len = snprintf(ret, EXPLANATION,
			"netstat's '%s6 :::%u' does not say that it takes IPv6 alone; IPv4 has a "
			"socket of its own, so a second bind to either fails with EADDRINUSE%s.",
			protocol, number, unless);
	else if (port->v6 != NULL)
		len = snprintf(ret, EXPLANATION,
			"netstat's '%s6 :::%u' does not say that this socket takes IPv6 alone: IPv4 "
			"clients are refused, and a second bind, to 0.0.0.0:%u, works.",
			protocol, number, number);
	else if (port->v4 != NULL)
		len = snprintf(ret, EXPLANATION,
			"netstat's '%s 0.0.0.0:%u' says all: IPv4 alone; a second bind, to [::]:%u, "
			"works if it sets IPV6_V6ONLY, and else fails with EADDRINUSE%s.",
			protocol, number, number, unless);
	else
		len = snprintf(ret, EXPLANATION,
			"Its sockets are bound to addresses, as netstat says: a second bind to one "
			"of these, or to the wildcard, fails with EADDRINUSE%s.",
			unless);
	return (size_t)len;
}

/* How a row's program is run with the library. */
static void format_run(const struct row *row, char ret[ROW_BY])
{
	if (rows_obstacle(row) != NULL)
		snprintf(ret, ROW_BY, "no preload reaches it (%s): see bindright(7)",
			rows_obstacle(row));
	else if (row->unit[0] != '\0')
		snprintf(ret, ROW_BY, "bindrightctl enable %s", row->unit);
	else
		snprintf(ret, ROW_BY, "bindright COMMAND");
}

static void explain_replies(const struct port *port, char *ret, size_t size)
{
	char asked_at[ENDPOINT_TEXT], answers_from[ENDPOINT_TEXT], run[ROW_BY];

	if (port->wrong == NULL && (port->asks != NULL || port->unseen != NULL)) {
		snprintf(ret, size,
			"Which address its replies leave from, %s; 'bindrightctl audit udp/%u "
			"--watch 30' tells.",
			port->asks != NULL ? "it decides itself" : "could not be seen",
			(port->asks != NULL ? port->asks : port->unseen)->found->port);
	} else if (port->wrong == NULL) {
		snprintf(ret, size, "Its replies need nothing.");
	} else {
		const struct reply_verdict *verdict = &port->wrong->found->verdict;

		format_run(port->wrong, run);
		snprintf(ret, size,
			"A client that asks at %s is answered from %s and drops that; the cure: %s.",
			address_format(&verdict->asked_at, asked_at),
			address_format(&verdict->answers_from, answers_from), run);
	}
}

static void explain_listener(const struct port *port, char *ret, size_t size)
{
	char run[ROW_BY];

	if (port->dual != NULL) {
		format_run(port->dual, run);
		snprintf(ret, size,
			"Where that bind is to work, the first one must set IPV6_V6ONLY: %s; else "
			"there is nothing to do.",
			run);
	} else if (port->v6 != NULL && port->v4 == NULL) {
		snprintf(ret, size,
			"Where IPv4 clients are to be served, it must listen on 0.0.0.0 as well, or "
			"not set IPV6_V6ONLY (with bindright: BINDRIGHT_V6ONLY=auto).");
	} else {
		snprintf(ret, size, "There is nothing to do.");
	}
}

void explain(const struct row *first, size_t count, char ret[EXPLANATION])
{
	struct port port;
	size_t len;

	sort_rows(first, count, &port);
	len = explain_takes(first, &port, ret);
	ret[len++] = ' ';
	if (found_is_udp(first->found))
		explain_replies(&port, ret + len, EXPLANATION - len);
	else
		explain_listener(&port, ret + len, EXPLANATION - len);
}

void print_explanation(const struct report *report)
{
	char text[EXPLANATION];
	size_t count;

	for (size_t i = 0; i < report->rows.count; i += count) {
		const struct found *found = report->rows.items[i].found;

		count = rows_of_port(&report->rows, i);
		explain(&report->rows.items[i], count, text);
		printf("%s %u: ", diag_protocol_name(found->protocol), found->port);
		tool_print_text(text);
		putchar('\n');
	}
}
