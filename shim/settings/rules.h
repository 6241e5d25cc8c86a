/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rule lists, the values of BINDRIGHT_V6ONLY and BINDRIGHT_REPLY: KEYWORD[,PROTO/PORTS=KEYWORD]...
 *
 * The first keyword applies to all sockets; each rule overrides what comes before it for the
 * sockets it matches. PROTO is tcp, udp or *; PORTS is N, N-M or *. Port 0 means the ephemeral
 * ports, which the kernel chooses; * means every port except 0.
 */
#ifndef SETTINGS_RULES_H
#define SETTINGS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The protocols of a rule; only * includes RULES_OTHER (SCTP, DCCP). */
enum rules_protocol {
	RULES_TCP = 1 << 0,
	RULES_UDP = 1 << 1,
	RULES_OTHER = 1 << 2,
};

struct rule {
	uint16_t first, last; /* ports, host byte order */
	uint8_t protocols;    /* bits of enum rules_protocol */
	uint8_t keyword;
};

enum { RULES_MAX = 64 };

struct rules {
	uint8_t keyword; /* the first, as an index into the grammar's keywords */
	uint8_t count;
	bool is_default; /* the variable was not set, so rules_parse did not fill this */
	struct rule list[RULES_MAX];
};

/* What is wrong with a value. at and len give the part to quote; at points into the value. */
struct parse_error {
	const char *problem; /* for example "unknown keyword" */
	const char *at;
	size_t len;
	const char *allowed;
};

/* The grammar of one variable's lists. */
struct rules_grammar {
	const char *const *keywords; /* ends with NULL */
	bool is_udp_alone;	     /* no rule may name tcp */
};

/* Parses value into *ret. False, with *ret untouched, if it is not a valid list: *error then says
 * why. Set error->allowed to the list of keywords before the call; it is replaced if something
 * other than a keyword is wrong. */
bool rules_parse(const char *value, const struct rules_grammar *grammar, struct rules *ret,
	struct parse_error *error);

/* The last rule that matches a socket bound to this port (host byte order), or NULL if only the
 * first keyword applies. protocols are bits of enum rules_protocol. */
const struct rule *rules_find(const struct rules *rules, unsigned int protocols, uint16_t port);
/* The keyword in effect for such a socket. */
uint8_t rules_keyword(const struct rules *rules, unsigned int protocols, uint16_t port);
/* Whether any rule matches this port. */
bool rules_name_port(const struct rules *rules, uint16_t port);
/* Whether the keyword is in effect for any socket that may exist. */
bool rules_have_keyword(const struct rules *rules, uint8_t keyword);

/* Writes the rule without its keyword, such as "tcp/1521", to text. Returns text. */
enum { RULE_TEXT = sizeof("tcp/65535-65535") };
const char *rule_format(const struct rule *rule, char text[RULE_TEXT]);

#endif
