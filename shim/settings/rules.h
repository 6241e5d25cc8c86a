/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rule lists, the values of BINDRIGHT_V6ONLY and BINDRIGHT_REPLY: KEYWORD[,PROTO/PORTS=KEYWORD]...
 *
 * The first word is for all sockets; each later rule overrides what stands before it for its own.
 * PROTO is tcp, udp or *; PORTS is N, N-M or *. Port 0 stands for the ephemeral ports, which the
 * kernel chooses; * means every port but that.
 */
#ifndef SETTINGS_RULES_H
#define SETTINGS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a rule may be about; RULES_OTHER (SCTP, DCCP) is only ever meant by *. */
enum rules_protocol {
	RULES_TCP = 1 << 0,
	RULES_UDP = 1 << 1,
	RULES_OTHER = 1 << 2,
};

struct rule {
	uint16_t first, last; /* ports, host byte order */
	uint8_t protocols;    /* of enum rules_protocol */
	uint8_t keyword;
};

enum { RULES_MAX = 64 };

struct rules {
	uint8_t keyword; /* the first: an index of the words that rules_parse was given */
	uint8_t count;
	bool is_default; /* nobody chose them: they are not rules_parse's */
	struct rule list[RULES_MAX];
};

/* What of a value is wrong: a part of the value itself, for the complaint to quote. */
struct parse_error {
	const char *problem; /* "unknown keyword" */
	const char *at;
	size_t len;
	const char *allowed;
};

/* What the lists of one variable may say. */
struct rules_grammar {
	const char *const *keywords; /* the last is NULL */
	bool is_udp_alone;	     /* then no rule is about tcp */
};

/* Takes value into *ret. False, and *ret untouched, if it is no such list: *wrong says what is
 * wrong, its `allowed` left alone where that is just one of the words. */
bool rules_parse(const char *value, const struct rules_grammar *grammar, struct rules *ret,
	struct parse_error *error);

/* The rule in effect for a socket that is bound to this port (host byte order): NULL if none but
 * the first word is. */
const struct rule *rules_find(const struct rules *rules, unsigned int protocols, uint16_t port);
/* The word in effect for it. */
uint8_t rules_keyword(const struct rules *rules, unsigned int protocols, uint16_t port);
/* Whether any rule is about this port. */
bool rules_name_port(const struct rules *rules, uint16_t port);
/* Whether the word is in effect for any socket that could be. */
bool rules_have_keyword(const struct rules *rules, uint8_t keyword);

/* The rule as it would be written, without its word: "tcp/1521". */
enum { RULE_TEXT = sizeof("tcp/65535-65535") };
const char *rule_format(const struct rule *rule, char text[RULE_TEXT]);

#endif
