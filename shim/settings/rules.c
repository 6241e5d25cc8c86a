/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rule lists: parsing and lookup; the grammar is in rules.h. */
#include "settings/rules.h"

#include <stdio.h>
#include <string.h>

static const char allowed_rules[] = "PROTO/PORTS=KEYWORD, like udp/53=off";
static const char allowed_protocols[] = "tcp, udp, *";
static const char allowed_for_udp[] = "udp, *";
static const char allowed_ports[] = "N, N-M, *, where N and M are 0 to 65535 and N is not above M";

/* A part of the value; end is one past its last character. */
struct piece {
	const char *at, *end;
};

/* Cuts piece at the first separator and puts the rest into *ret_rest. False if there is none. */
static bool cut(struct piece *piece, char separator, struct piece *ret_rest)
{
	const char *found = memchr(piece->at, separator, (size_t)(piece->end - piece->at));

	if (found == NULL)
		return false;
	*ret_rest = (struct piece){found + 1, piece->end};
	piece->end = found;
	return true;
}

static bool is_text(const struct piece *piece, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(piece->end - piece->at) == len && memcmp(piece->at, text, len) == 0;
}

/* Reports this piece as wrong. Returns false. */
static bool fail_parse(struct parse_error *error, const char *problem, const struct piece *piece,
	const char *allowed)
{
	*error =
		(struct parse_error){problem, piece->at, (size_t)(piece->end - piece->at), allowed};
	return false;
}

static bool parse_keyword(const struct piece *piece, const struct rules_grammar *grammar,
	uint8_t *ret, struct parse_error *error)
{
	for (uint8_t keyword = 0; grammar->keywords[keyword] != NULL; keyword++) {
		if (is_text(piece, grammar->keywords[keyword])) {
			*ret = keyword;
			return true;
		}
	}
	return fail_parse(error, "unknown keyword", piece, error->allowed);
}

static bool parse_protocol(const struct piece *piece, const struct rules_grammar *grammar,
	uint8_t *ret, struct parse_error *error)
{
	if (is_text(piece, "tcp") && !grammar->is_udp_alone)
		*ret = RULES_TCP;
	else if (is_text(piece, "udp"))
		*ret = RULES_UDP;
	else if (is_text(piece, "*"))
		*ret = RULES_TCP | RULES_UDP | RULES_OTHER;
	else
		return fail_parse(error, "unknown protocol", piece,
			grammar->is_udp_alone ? allowed_for_udp : allowed_protocols);
	return true;
}

/* Decimal digits only. */
static bool parse_port(const struct piece *piece, uint16_t *ret)
{
	uint32_t port = 0;

	if (piece->at == piece->end)
		return false;
	for (const char *digit = piece->at; digit < piece->end; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		port = port * 10 + (uint32_t)(*digit - '0');
		if (port > UINT16_MAX)
			return false;
	}
	*ret = (uint16_t)port;
	return true;
}

static bool parse_ports(const struct piece *piece, struct rule *ret, struct parse_error *error)
{
	struct piece first = *piece, last;

	if (is_text(piece, "*")) {
		ret->first = 1;
		ret->last = UINT16_MAX;
		return true;
	}
	if (!cut(&first, '-', &last))
		last = first;
	if (!parse_port(&first, &ret->first) || !parse_port(&last, &ret->last) ||
		ret->first > ret->last)
		return fail_parse(error, "invalid ports", piece, allowed_ports);
	return true;
}

static bool parse_rule(const struct piece *piece, const struct rules_grammar *grammar,
	struct rule *ret, struct parse_error *error)
{
	struct piece protocol = *piece, ports, keyword;

	if (!cut(&protocol, '=', &keyword) || !cut(&protocol, '/', &ports))
		return fail_parse(error, "invalid rule", piece, allowed_rules);
	return parse_protocol(&protocol, grammar, &ret->protocols, error) &&
	       parse_ports(&ports, ret, error) &&
	       parse_keyword(&keyword, grammar, &ret->keyword, error);
}

/* Parses the first keyword. For a list that starts with a rule, the error says what is missing. */
static bool parse_first(const struct piece *piece, const struct rules_grammar *grammar,
	uint8_t *ret, struct parse_error *error)
{
	struct parse_error ignored = *error;
	struct rule rule;

	if (parse_rule(piece, grammar, &rule, &ignored))
		return fail_parse(error, "no keyword before the rule", piece, error->allowed);
	return parse_keyword(piece, grammar, ret, error);
}

bool rules_parse(const char *value, const struct rules_grammar *grammar, struct rules *ret,
	struct parse_error *error)
{
	struct piece piece = {value, value + strlen(value)}, rest = piece;
	struct rules rules = {0};
	bool has_more = cut(&piece, ',', &rest);

	if (!parse_first(&piece, grammar, &rules.keyword, error))
		return false;
	while (has_more) {
		piece = rest;
		has_more = cut(&piece, ',', &rest);
		if (rules.count == RULES_MAX)
			return fail_parse(error, "too many rules", &piece, "at most 64 rules");
		if (!parse_rule(&piece, grammar, &rules.list[rules.count++], error))
			return false;
	}
	*ret = rules;
	return true;
}

const struct rule *rules_find(const struct rules *rules, unsigned int protocols, uint16_t port)
{
	for (int i = rules->count - 1; i >= 0; i--) {
		const struct rule *rule = &rules->list[i];

		if (rule->protocols & protocols && rule->first <= port && port <= rule->last)
			return rule;
	}
	return NULL;
}

uint8_t rules_keyword(const struct rules *rules, unsigned int protocols, uint16_t port)
{
	const struct rule *rule = rules_find(rules, protocols, port);

	return rule != NULL ? rule->keyword : rules->keyword;
}

bool rules_name_port(const struct rules *rules, uint16_t port)
{
	return rules_find(rules, RULES_TCP | RULES_UDP | RULES_OTHER, port) != NULL;
}

bool rules_have_keyword(const struct rules *rules, uint8_t keyword)
{
	for (int i = 0; i < rules->count; i++)
		if (rules->list[i].keyword == keyword)
			return true;
	return rules->keyword == keyword;
}

const char *rule_format(const struct rule *rule, char text[RULE_TEXT])
{
	const char *protocol = rule->protocols == RULES_TCP   ? "tcp"
			       : rule->protocols == RULES_UDP ? "udp"
							      : "*";

	if (rule->first == 1 && rule->last == UINT16_MAX)
		snprintf(text, RULE_TEXT, "%s/*", protocol);
	else if (rule->first == rule->last)
		snprintf(text, RULE_TEXT, "%s/%u", protocol, rule->first);
	else
		snprintf(text, RULE_TEXT, "%s/%u-%u", protocol, rule->first, rule->last);
	return text;
}
