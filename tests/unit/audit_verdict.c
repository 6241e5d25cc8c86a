/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What audit says of a UDP socket's replies: the first rule that holds. */
#include "ctl/audit/verdict.h"

#include "unit.h"

#include <arpa/inet.h>

static struct address address_of(const char *text)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1)
		return address_from_v4(v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6), 1);
	return address_from_v6(&v6);
}

/* A host, made anew by each test: its addresses and the sources of its replies. */
static struct host_address addresses[8], sources[8];
static struct netns netns;

static void make_host(void)
{
	netns = (struct netns){.host = {.addresses = addresses, .sources = sources}};
}

static void has_address(const char *text, uint32_t ifindex)
{
	addresses[netns.host.address_count++] = (struct host_address){address_of(text), ifindex};
}

static void has_source(const char *text, uint32_t ifindex)
{
	sources[netns.host.source_count++] = (struct host_address){address_of(text), ifindex};
}

/* Three IPv4 and two IPv6 addresses on one device. */
static void make_usual_host(void)
{
	make_host();
	has_address("192.0.2.1", 2);
	has_address("192.0.2.2", 2);
	has_address("192.0.2.3", 2);
	has_address("2001:db8::1", 2);
	has_address("2001:db8::2", 2);
	has_source("192.0.2.1", 2);
	has_source("2001:db8::2", 2);
}

static struct found udp(const char *text, unsigned int peek)
{
	struct found found = {.netns = &netns,
		.protocol = IPPROTO_UDP,
		.port = 53,
		.addr = address_of(text),
		.peek = peek};

	found.takes_v6 = !address_is_v4(&found.addr);
	found.takes_v4 = !found.takes_v6;
	return found;
}

static struct found dual(unsigned int peek)
{
	struct found found = udp("::", peek);

	found.takes_v4 = true;
	return found;
}

static enum replies judge(struct found *found)
{
	verdict_judge(found, found, 1);
	return found->verdict.replies;
}

static void is_wrong(
	struct found found, const char *asked_at, const char *from, size_t wrong, size_t of)
{
	const struct address first = address_of(asked_at), second = address_of(from);

	assert_int_equal(judge(&found), REPLIES_WRONG);
	assert_true(address_is_equal(&found.verdict.asked_at, &first));
	assert_true(address_is_equal(&found.verdict.answers_from, &second));
	assert_int_equal(found.verdict.wrong, wrong);
	assert_int_equal(found.verdict.addresses, of);
}

static void the_first_rule_that_holds(void **state)
{
	struct found found = dual(PEEK_DONE | PEEK_TAGGED | PEEK_ASKS_V4 | PEEK_ASKS_V6);

	(void)state;
	make_usual_host();
	found.holder = HOLDER_KERNEL;
	assert_int_equal(judge(&found), REPLIES_KERNEL);
	found.holder = HOLDER_PROCESS;
	assert_int_equal(judge(&found), REPLIES_CURED);
	found.peek &= ~(unsigned int)PEEK_TAGGED;
	found.covered = COVERED_CURED;
	assert_int_equal(judge(&found), REPLIES_ASKS);
	found.peek = 0;
	assert_int_equal(judge(&found), REPLIES_CURED_IN_KERNEL);
	found.covered = COVERED_OFF;
	assert_int_equal(judge(&found), REPLIES_UNSEEN);
	found.peek = PEEK_DONE;
	found.has_library = true;
	assert_int_equal(judge(&found), REPLIES_LOADED);
	found.has_library = false;
	assert_int_equal(judge(&found), REPLIES_WRONG);
	found.protocol = IPPROTO_TCP;
	assert_int_equal(judge(&found), REPLIES_NONE);
}

static void the_pair_is_what_the_kernel_would_do(void **state)
{
	(void)state;
	make_usual_host();
	is_wrong(udp("0.0.0.0", PEEK_DONE), "192.0.2.2", "192.0.2.1", 2, 3);
	is_wrong(udp("::", PEEK_DONE), "2001:db8::1", "2001:db8::2", 1, 2);
	is_wrong(dual(PEEK_DONE), "192.0.2.2", "192.0.2.1", 3, 5);
	/* It asks for IPv4's alone. */
	is_wrong(dual(PEEK_DONE | PEEK_ASKS_V4), "2001:db8::1", "2001:db8::2", 1, 5);
	/* A second way to clients makes every address wrong for some. */
	has_source("192.0.2.3", 3);
	is_wrong(udp("0.0.0.0", PEEK_DONE), "192.0.2.1", "192.0.2.3", 3, 3);
}

static void one_address_or_no_client_is_right(void **state)
{
	struct found found = dual(PEEK_DONE);

	(void)state;
	make_host();
	assert_int_equal(judge(&found), REPLIES_NO_CLIENT);
	has_address("192.0.2.1", 2);
	has_address("2001:db8::1", 2);
	assert_int_equal(judge(&found), REPLIES_ONE);
	has_address("192.0.2.2", 2);
	assert_int_equal(judge(&found), REPLIES_NO_CLIENT);
	has_source("192.0.2.1", 2);
	assert_int_equal(judge(&found), REPLIES_WRONG);
}

static void a_socket_bound_to_an_address_is_right(void **state)
{
	struct found found = udp("192.0.2.2", 0), group = udp("224.0.0.251", 0);

	(void)state;
	make_usual_host();
	assert_int_equal(judge(&found), REPLIES_EACH);
	assert_int_equal(judge(&group), REPLIES_NONE);
}

static void other_sockets_take_their_addresses(void **state)
{
	struct found all[] = {udp("0.0.0.0", PEEK_DONE), udp("192.0.2.1", 0), udp("192.0.2.2", 0),
		udp("192.0.2.3", 0)};

	(void)state;
	make_usual_host();
	verdict_judge(&all[0], all, 4);
	assert_int_equal(all[0].verdict.replies, REPLIES_EACH);
	/* The last one's is left to the wildcard, and it would answer from the first one's. */
	verdict_judge(&all[0], all, 3);
	assert_int_equal(all[0].verdict.replies, REPLIES_WRONG);
	assert_int_equal(all[0].verdict.wrong, 1);
	/* The first one's is left: that is right. */
	verdict_judge(&all[0], (struct found[]){all[0], all[2], all[3]}, 3);
	assert_int_equal(all[0].verdict.replies, REPLIES_EACH);
	/* A socket on another device takes nothing. */
	all[3].ifindex = 7;
	verdict_judge(&all[0], all, 4);
	assert_int_equal(all[0].verdict.replies, REPLIES_WRONG);
}

static void an_ipv4_wildcard_takes_ipv4_from_a_dual_stack_one(void **state)
{
	struct found all[] = {udp("0.0.0.0", PEEK_DONE | PEEK_TAGGED), dual(PEEK_DONE)};

	(void)state;
	make_usual_host();
	verdict_judge(&all[1], all, 2);
	assert_int_equal(all[1].verdict.replies, REPLIES_WRONG);
	assert_int_equal(all[1].verdict.wrong, 1);
	assert_int_equal(all[1].verdict.addresses, 2);
	assert_false(address_is_v4(&all[1].verdict.asked_at));
	assert_false(all[1].takes_v4);
	/* A device counts more than the family. */
	all[1] = dual(PEEK_DONE);
	all[1].ifindex = 2;
	verdict_judge(&all[1], all, 2);
	assert_true(all[1].takes_v4);
	assert_int_equal(all[1].verdict.wrong, 3);
}

static void a_device_has_its_own_addresses(void **state)
{
	struct found found = udp("0.0.0.0", PEEK_DONE);

	(void)state;
	make_usual_host();
	has_address("198.51.100.1", 3);
	has_source("198.51.100.1", 3);
	found.ifindex = 3;
	assert_int_equal(judge(&found), REPLIES_ONE);
	found.ifindex = 2;
	assert_int_equal(judge(&found), REPLIES_WRONG);
	assert_int_equal(found.verdict.wrong, 2);
}

static void the_text(void **state)
{
	struct found found = dual(PEEK_DONE);
	char text[VERDICT_TEXT];

	(void)state;
	make_usual_host();
	judge(&found);
	assert_string_equal(verdict_format(&found.verdict, text),
		"WRONG: asked at 192.0.2.2, answers from 192.0.2.1 (3 of 5 addresses)");
	assert_string_equal(verdict_keyword(&found.verdict), "wrong");
}

/* Without the host's addresses and routes, a server with the fault would look right. */
static void what_was_not_read_is_not_right(void **state)
{
	struct found found = udp("0.0.0.0", PEEK_DONE);

	(void)state;
	make_host();
	verdict_judge(&found, &found, 1);
	assert_int_equal(found.verdict.replies, REPLIES_NO_CLIENT);
	netns.host.is_unread = true;
	verdict_judge(&found, &found, 1);
	assert_int_equal(found.verdict.replies, REPLIES_UNSEEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_read_is_not_right),
		cmocka_unit_test(the_first_rule_that_holds),
		cmocka_unit_test(the_pair_is_what_the_kernel_would_do),
		cmocka_unit_test(one_address_or_no_client_is_right),
		cmocka_unit_test(a_socket_bound_to_an_address_is_right),
		cmocka_unit_test(other_sockets_take_their_addresses),
		cmocka_unit_test(an_ipv4_wildcard_takes_ipv4_from_a_dual_stack_one),
		cmocka_unit_test(a_device_has_its_own_addresses),
		cmocka_unit_test(the_text),
	};

	return cmocka_run_group_tests_name("audit_verdict", tests, NULL, NULL);
}
