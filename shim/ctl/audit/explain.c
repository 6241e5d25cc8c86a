/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explains one port in two sentences: what its sockets take, which netstat does not show, and what
 * a second bind would get; then what to do. */
#include "ctl/audit/audit.h"
#include "ctl/print.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <string.h>

enum { SENTENCE = EXPLANATION / 2 };

/* The first row of each kind at the port, or NULL. */
struct port {
	unsigned int number;
	const struct row *dual, *v6, *v4;	   /* bound to a wildcard */
	const struct row *v6_address, *v4_address; /* bound to others */
	const struct row *by_replies[REPLIES_COUNT];
};

static const struct row **slot(struct port *port, const struct found *found)
{
	if (!address_is_wildcard(&found->addr))
		return found->takes_v6 ? &port->v6_address : &port->v4_address;
	if (found->takes_v4 && found->takes_v6)
		return &port->dual;
	return found->takes_v6 ? &port->v6 : &port->v4;
}

static void sort_rows(const struct row *first, size_t count, struct port *ret)
{
	*ret = (struct port){.number = first->found->port};
	for (const struct row *row = first + count; row-- > first;) {
		*slot(ret, row->found) = row;
		ret->by_replies[row->found->verdict.replies] = row;
	}
}

/* The kernel back end lets the other family have the port, too, if it was attached already when
 * this socket was bound. */
static bool may_share(const struct row *row)
{
	return row->found->may_share && (row->found->peek & PEEK_SHARES) != 0;
}

static void explain_takes(const struct port *port, bool is_udp, char ret[SENTENCE])
{
	const char *protocol = is_udp ? "udp" : "tcp";
	const char *in_use = is_udp ? "EADDRINUSE unless both sockets set SO_REUSEADDR or "
				      "SO_REUSEPORT"
				    : "EADDRINUSE unless both sockets set SO_REUSEPORT";
	const unsigned int number = port->number;

	if (port->dual != NULL && may_share(port->dual))
		snprintf(ret, SENTENCE,
			"The socket that netstat shows as '%s6 :::%u' takes IPv4, too, until a "
			"program of its user in an attached control group binds 0.0.0.0:%u, which "
			"works; another bind, to [::]:%u, fails with EADDRINUSE unless both "
			"programs themselves set SO_REUSEPORT.",
			protocol, number, number, number);
	else if (port->dual != NULL)
		snprintf(ret, SENTENCE,
			"The socket that netstat shows as '%s6 :::%u' takes IPv4, too; a second "
			"bind, to 0.0.0.0:%u, fails with %s.",
			protocol, number, number, in_use);
	else if (port->v6 != NULL && (port->v4 != NULL || port->v4_address != NULL))
		snprintf(ret, SENTENCE,
			"The socket that netstat shows as '%s6 :::%u' takes IPv6 alone, and IPv4 "
			"has its own; a second bind, to [::]:%u or 0.0.0.0:%u, fails with %s.",
			protocol, number, number, number, in_use);
	else if (port->v6 != NULL)
		snprintf(ret, SENTENCE,
			"The socket that netstat shows as '%s6 :::%u' takes IPv6 alone: IPv4 "
			"clients %s, and a second bind, to 0.0.0.0:%u, works.",
			protocol, number, is_udp ? "get no answer" : "are refused", number);
	else if (port->v4 != NULL && port->v6_address == NULL)
		snprintf(ret, SENTENCE,
			"The socket that netstat shows as '%s 0.0.0.0:%u' takes IPv4 alone; a "
			"second bind, to [::]:%u, works if it sets IPV6_V6ONLY, and otherwise "
			"fails with %s.",
			protocol, number, number, in_use);
	else
		snprintf(ret, SENTENCE,
			"Each socket takes the address that netstat shows; a second bind, to one "
			"of these or to the wildcard of its family, fails with %s.",
			in_use);
}

/* How to run a row's program with the library and this setting, or "". */
static void format_run(const struct row *row, const char *setting, char ret[SENTENCE / 2])
{
	const char *blank = *setting != '\0' ? " " : "";

	if (rows_obstacle(row) != NULL)
		snprintf(ret, SENTENCE / 2, "no preload reaches it, see bindright(7): %s",
			rows_obstacle(row));
	else if (row->unit[0] != '\0')
		snprintf(
			ret, SENTENCE / 2, "bindrightctl enable %s%s%s", row->unit, blank, setting);
	else if (rows_is_of_systemd(row))
		snprintf(ret, SENTENCE / 2,
			"bindrightctl enable SERVICE%s%s, which systemctl list-sockets names",
			blank, setting);
	else
		snprintf(ret, SENTENCE / 2, "%s%sbindright COMMAND", setting, blank);
}

static void explain_listener(const struct port *port, char ret[SENTENCE])
{
	char run[SENTENCE / 2];

	/* NOLINTNEXTLINE(bugprone-branch-clone): a list tried in order */
	if (port->dual != NULL && may_share(port->dual)) {
		snprintf(ret, SENTENCE, "There is nothing to do.");
	} else if (port->dual != NULL && rows_obstacle(port->dual) != NULL &&
		   attached_is_available()) {
		snprintf(ret, SENTENCE,
			"If another server of its user is to have IPv4, both must run by "
			"'bindright --kernel' (%s: no preload reaches it); otherwise there is "
			"nothing to do.",
			rows_obstacle(port->dual));
	} else if (port->dual != NULL) {
		format_run(port->dual, "BINDRIGHT_V6ONLY=force", run);
		snprintf(ret, SENTENCE,
			"If another server is to have IPv4, this one must set IPV6_V6ONLY (%s); "
			"otherwise there is nothing to do.",
			run);
	} else if (port->v6 != NULL && port->v4 == NULL && port->v4_address == NULL) {
		format_run(port->v6, "BINDRIGHT_V6ONLY=dual", run);
		snprintf(ret, SENTENCE,
			"If it is to serve IPv4, too, it must clear IPV6_V6ONLY (%s); otherwise "
			"there is nothing to do.",
			run);
	} else {
		snprintf(ret, SENTENCE, "There is nothing to do.");
	}
}

/* What to do about wrong replies, or what stands in the way. */
static void format_wrong(const struct row *row, char ret[SENTENCE / 2])
{
	char run[SENTENCE / 2], cure[CURE], remark[ROW_REMARK];

	report_format_cure(row, cure);
	if (row->found->covered != COVERED_NOT) {
		snprintf(ret, SENTENCE / 2, "it is %s", rows_format_remark(row, remark));
		return;
	}
	if (rows_obstacle(row) == NULL || *cure == '\0')
		format_run(row, "", run);
	else
		snprintf(run, sizeof(run), "%.*s", (int)sizeof(run) - 1, cure);
	snprintf(ret, SENTENCE / 2, "the cure: %.*s", SENTENCE / 2 - 16, run);
}

static void explain_wrong(const struct row *row, char ret[SENTENCE])
{
	char asked_at[ENDPOINT_TEXT], answers_from[ENDPOINT_TEXT], rest[SENTENCE / 2];

	format_wrong(row, rest);
	snprintf(ret, SENTENCE,
		"A client that asks at %s gets its answer from %s, and drops it; %s.",
		address_format(&row->found->verdict.asked_at, asked_at),
		address_format(&row->found->verdict.answers_from, answers_from), rest);
}

static void explain_replies(const struct port *port, char ret[SENTENCE])
{
	const char *unknown = NULL;

	if (port->by_replies[REPLIES_UNSEEN] != NULL)
		unknown = "How it replies was not seen";
	else if (port->by_replies[REPLIES_ASKS] != NULL)
		unknown = "The program itself selects the source of its replies";
	else if (port->by_replies[REPLIES_KERNEL] != NULL)
		unknown = "The kernel itself replies";
	if (port->by_replies[REPLIES_WRONG] != NULL)
		explain_wrong(port->by_replies[REPLIES_WRONG], ret);
	else if (unknown != NULL)
		snprintf(ret, SENTENCE,
			"%s: 'bindrightctl audit udp/%u --watch 30' shows from where clients are "
			"answered.",
			unknown, port->number);
	else
		snprintf(ret, SENTENCE,
			"Replies leave from the address that was asked: there is nothing to do.");
}

void explain(const struct row *first, size_t count, char ret[EXPLANATION])
{
	char takes[SENTENCE], rest[SENTENCE];
	struct port port;

	sort_rows(first, count, &port);
	explain_takes(&port, found_is_udp(first->found), takes);
	if (found_is_udp(first->found))
		explain_replies(&port, rest);
	else
		explain_listener(&port, rest);
	snprintf(ret, EXPLANATION, "%s %s", takes, rest);
}

void print_explanation(const struct report *report)
{
	const struct netns *netns = NULL;
	char text[EXPLANATION];
	size_t count;

	for (size_t i = 0; i < report->rows.count; i += count) {
		const struct found *found = report->rows.items[i].found;

		if (found->netns != netns)
			print_netns(found->netns);
		netns = found->netns;
		count = rows_of_port(&report->rows, i);
		explain(&report->rows.items[i], count, text);
		printf("%s %u: ", diag_protocol_name(found->protocol), found->port);
		print_printable(text);
		putchar('\n');
	}
}
