/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on AF_INET6 listeners; the contract is in decide.h. */
#include "listeners/decide.h"

#include <stdio.h>

bool decide_applies(const struct rules *rules, const struct listener *listener)
{
	uint16_t port = ntohs(listener->bound.port);

	return address_is_v6_wildcard(&listener->bound.addr) &&
	       (port != 0 || rules_find(rules, listener->protocol, port) != NULL);
}

bool decide_leaves(const struct rules *rules, const struct listener *listener)
{
	return rules_keyword(rules, listener->protocol, ntohs(listener->bound.port)) == V6ONLY_OFF;
}

enum v6only_decision decide_v6only(const struct rules *rules, const struct listener *listener)
{
	if (!decide_applies(rules, listener))
		return DECISION_LEAVE;
	switch ((enum v6only_policy)rules_keyword(
		rules, listener->protocol, ntohs(listener->bound.port))) {
	case V6ONLY_FORCE:
		return listener->is_v6only ? DECISION_LEAVE : DECISION_SET;
	case V6ONLY_DEFAULT:
		return listener->is_v6only || listener->is_chosen ? DECISION_LEAVE : DECISION_SET;
	case V6ONLY_AUTO:
		return listener->is_v6only ? DECISION_LEAVE : DECISION_SET_IF_TAKEN;
	case V6ONLY_DUAL:
		return listener->is_v6only ? DECISION_CLEAR : DECISION_LEAVE;
	case V6ONLY_OFF:
		break;
	}
	return DECISION_LEAVE;
}

bool decide_may_share(const struct rules *rules, const struct listener *listener)
{
	uint8_t keyword = rules_keyword(rules, listener->protocol, ntohs(listener->bound.port));

	return keyword == V6ONLY_AUTO || keyword == V6ONLY_DUAL;
}

bool decide_concerns_listen(const struct rules *rules)
{
	return rules_name_port(rules, 0) || rules_have_keyword(rules, V6ONLY_AUTO) ||
	       rules_have_keyword(rules, V6ONLY_DUAL);
}

const char *decide_format_reason(
	const struct rules *rules, const struct listener *listener, char reason[DECIDE_REASON])
{
	uint16_t port = ntohs(listener->bound.port);
	const struct rule *rule = rules_find(rules, listener->protocol, port);
	const char *keyword =
		settings_v6only_keywords[rules_keyword(rules, listener->protocol, port)];
	char text[RULE_TEXT];

	if (rule == NULL)
		snprintf(reason, DECIDE_REASON, "BINDRIGHT_V6ONLY=%s", keyword);
	else
		snprintf(reason, DECIDE_REASON, "BINDRIGHT_V6ONLY, rule %s=%s",
			rule_format(rule, text), keyword);
	return reason;
}
