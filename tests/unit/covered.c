/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which sockets the kernel back end answers for, by group, network namespace and settings. */
#include "kernel/covered.h"

#include "kernel/cgroup.h"

#include "unit.h"

/* What asks the kernel is of no interest here. */
void attached_each(void (*each)(const struct attached *attached, void *data), void *data)
{
	(void)each;
	(void)data;
}

int attached_read_socket(const struct attached *attached, int fd)
{
	(void)attached;
	return fd;
}

bool cgroup_find(const char *asked, struct cgroup *ret, struct error_line *error)
{
	(void)ret;
	return say_into(error, "%s", asked);
}

bool cgroup_find_process(pid_t pid, struct cgroup *ret, struct error_line *error)
{
	(void)ret;
	return say_into(error, "%d", (int)pid);
}

void cgroup_each(const struct cgroup *group,
	bool (*each)(uint64_t id, const char *path, void *data), void *data)
{
	(void)group;
	(void)each;
	(void)data;
}

bool cgroup_find_id(uint64_t id, struct cgroup *ret)
{
	(void)id;
	(void)ret;
	return false;
}

enum { TOP = 10, BELOW = 20, ASIDE = 30, HERE = 1, ELSEWHERE = 2 };

static uint64_t groups[] = {TOP, BELOW};

/* Attached to TOP, for the network namespace HERE. */
static struct covered make(const char *reply, const char *v6only)
{
	struct covered covered = {.groups = groups, .group_count = 2};
	struct attached *attached = &covered.attached;
	struct settings_error error;

	attached->cgroup = TOP;
	attached->netns = HERE;
	attached->has_replies = attached->has_listeners = true;
	settings_init(&attached->settings);
	assert_true(settings_set(&attached->settings, "BINDRIGHT_REPLY", reply, &error));
	assert_true(settings_set(&attached->settings, "BINDRIGHT_V6ONLY", v6only, &error));
	return covered;
}

static enum covered_replies judge(
	struct covered *covered, uint64_t cgroup, uint64_t netns, uint16_t port, int known)
{
	const struct covered_list list = {covered, 1};
	const struct covered_socket socket = {cgroup, netns, port};

	return covered_judge_replies(&list, &socket, known);
}

static void a_group_and_those_below_it(void **state)
{
	struct covered covered = make("on", "auto");

	(void)state;
	assert_int_equal(judge(&covered, TOP, HERE, 53, 0), COVERED_CURED);
	assert_int_equal(judge(&covered, BELOW, HERE, 53, 0), COVERED_CURED);
	assert_int_equal(judge(&covered, ASIDE, HERE, 53, 0), COVERED_NOT);
	assert_int_equal(judge(&covered, 0, HERE, 53, 0), COVERED_NOT);
	covered.group_count = 0;
	assert_int_equal(judge(&covered, TOP, HERE, 53, 0), COVERED_NOT);
}

static void another_network_namespace(void **state)
{
	struct covered covered = make("on", "auto");

	(void)state;
	assert_int_equal(judge(&covered, TOP, ELSEWHERE, 53, 0), COVERED_ELSEWHERE);
	assert_int_equal(judge(&covered, BELOW, ELSEWHERE, 53, 0), COVERED_NOT);
}

static void a_process_that_is_stopped(void **state)
{
	struct covered covered = make("on", "auto");

	(void)state;
	covered.attached.is_stopped = true;
	assert_int_equal(judge(&covered, TOP, HERE, 53, 0), COVERED_STOPPED);
}

static void rules_by_port(void **state)
{
	struct covered covered = make("on,udp/53=off,udp/0=off", "auto");

	(void)state;
	assert_int_equal(judge(&covered, TOP, HERE, 53, 0), COVERED_OFF);
	assert_int_equal(judge(&covered, TOP, HERE, 54, 0), COVERED_CURED);
	covered.attached.has_replies = false;
	assert_int_equal(judge(&covered, TOP, HERE, 54, 0), COVERED_OFF);
}

static void ports_that_the_kernel_chose(void **state)
{
	const int no_port = KERNEL_SOCKET_NO_PORT | KERNEL_SOCKET_HEARD;
	struct covered covered = make("off,udp/0=on,udp/40001=on", "auto");

	(void)state;
	assert_int_equal(judge(&covered, TOP, HERE, 40000, 0), COVERED_OFF);
	assert_int_equal(judge(&covered, TOP, HERE, 40000, no_port), COVERED_CURED);
	assert_int_equal(judge(&covered, TOP, HERE, 40000, COVERED_UNKNOWN_SOCKET), COVERED_UNSEEN);
	assert_int_equal(judge(&covered, TOP, HERE, 40001, COVERED_UNKNOWN_SOCKET), COVERED_CURED);
	assert_int_equal(
		judge(&covered, TOP, HERE, 40000, KERNEL_SOCKET_NO_PORT | KERNEL_SOCKET_CLIENT),
		COVERED_CLIENT);
}

static void the_best_of_several(void **state)
{
	struct covered all[] = {make("off", "off"), make("on", "off"), make("off", "off")};
	const struct covered_list list = {all, 3};
	const struct covered_socket socket = {TOP, HERE, 53};

	(void)state;
	assert_int_equal(covered_judge_replies(&list, &socket, 0), COVERED_CURED);
}

static void listeners_that_may_share(void **state)
{
	struct covered covered = make("on", "auto,tcp/25=off");
	const struct covered_list list = {&covered, 1};
	struct covered_socket socket = {BELOW, ELSEWHERE, 25};

	(void)state;
	assert_false(covered_may_share(&list, &socket, RULES_TCP));
	assert_true(covered_may_share(&list, &socket, RULES_UDP));
	socket.port = 26;
	assert_true(covered_may_share(&list, &socket, RULES_TCP));
	socket.cgroup = ASIDE;
	assert_false(covered_may_share(&list, &socket, RULES_TCP));
	socket.cgroup = BELOW;
	covered.attached.has_listeners = false;
	assert_false(covered_may_share(&list, &socket, RULES_TCP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_and_those_below_it),
		cmocka_unit_test(another_network_namespace),
		cmocka_unit_test(a_process_that_is_stopped),
		cmocka_unit_test(rules_by_port),
		cmocka_unit_test(ports_that_the_kernel_chose),
		cmocka_unit_test(the_best_of_several),
		cmocka_unit_test(listeners_that_may_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
