/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data: what the kernel or a program may write to a buffer, and any other bytes. The
 * library's messages are removed, and the program gets the others as the kernel would have written
 * them to its own buffer, which model.c repeats. Control data to be sent is searched for a source
 * of the program, and the library's is appended.
 *
 * The input is the families that the program enabled itself (two bits) and whether its buffer is
 * the receive buffer (another), the length of its buffer (two bytes), five unused bytes, and the
 * control data.
 */
#include "fuzz.h"
#include "model.h"

#include "replies/pktinfo.h"

#include <string.h>

enum { PREFIX = 8, ROOM_MAX = 600, FILL = 0xa5, OLD_IPV6_PKTINFO = 2, IN_PLACE = 4 };

/* Descriptors become numbers that are not open, because the code closes them; and a message of
 * descriptors has the form that the kernel makes: whole ones, and at least one. */
static void disarm_descriptors(unsigned char *control, size_t len)
{
	struct cmsghdr *cmsg;

	for (size_t at = 0, next = 0; (cmsg = model_step(control, len, &next)) != NULL; at = next) {
		size_t fds = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (!model_brings_descriptors(cmsg))
			continue;
		cmsg->cmsg_len = CMSG_LEN(fds * sizeof(int));
		if (fds == 0)
			cmsg->cmsg_type = -1;
		for (size_t i = 0; i < fds; i++)
			memset(CMSG_DATA(cmsg) + i * sizeof(int), 0x7f, sizeof(int));
		next = at + CMSG_ALIGN(cmsg->cmsg_len);
	}
}

/* A single message is recognized by its length; the model treats it as the kernel does. */
static void mend_plain(unsigned char *control, size_t len)
{
	enum {
		V4 = CMSG_SPACE(sizeof(struct in_pktinfo)),
		V6 = CMSG_SPACE(sizeof(struct in6_pktinfo)),
	};
	struct cmsghdr *first = (struct cmsghdr *)control;
	struct cmsghdr *second = len == V6 + V4 ? (struct cmsghdr *)(control + V6) : NULL;

	if (len == V4 && model_is(first, IPPROTO_IP, IP_PKTINFO))
		first->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
	if ((len == V6 || len == V6 + V4) && model_is(first, IPPROTO_IPV6, IPV6_PKTINFO))
		first->cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo));
	if (second != NULL && model_is(second, IPPROTO_IP, IP_PKTINFO))
		second->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
}

/* ---- Comparison
 * ------------------------------------------------------------------------------- */

static unsigned char *duplicate(const void *bytes, size_t len, size_t left)
{
	unsigned char *copy = malloc(left > 0 ? left : 1);

	if (copy == NULL)
		abort();
	memset(copy, FILL, left);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

/* Padding is unspecified. */
static void check_messages(struct model *model, const unsigned char *out)
{
	const struct cmsghdr *cmsg;

	for (size_t at = 0, next = 0; (cmsg = model_step(model->out, model->used, &next)) != NULL;
		at = next)
		FUZZ_CHECK(memcmp(out + at, cmsg, cmsg->cmsg_len) == 0);
}

static void check_taking(
	unsigned char *control, size_t len, unsigned int app, size_t left, bool is_in_place)
{
	static struct model model;
	const struct source untouched = {.ifindex = 4711};
	unsigned char *received = duplicate(control, len, len);
	unsigned char *out = is_in_place ? received : duplicate(NULL, 0, left);
	struct control_sink sink = {.at = out, .left = is_in_place ? len : left};
	struct msghdr msg = {.msg_control = received, .msg_controllen = len};
	const struct cmsghdr *cmsg;
	struct source source = untouched;
	size_t at = 0, all = sink.left;

	memset(&model, 0, sizeof(model));
	model.left = all;
	model.source = untouched;
	while ((cmsg = model_step(control, len, &at)) != NULL)
		model_take(&model, cmsg, app);
	FUZZ_CHECK(pktinfo_take(&msg, app, &sink, &source) == model.is_known);
	FUZZ_CHECK(memcmp(&source, &model.source, sizeof(source)) == 0);
	FUZZ_CHECK(sink.left == model.left && sink.at == out + model.used);
	FUZZ_CHECK(sink.is_truncated == model.is_truncated);
	check_messages(&model, out);
	for (size_t i = model.used; i < all && !is_in_place; i++)
		FUZZ_CHECK(out[i] == FILL);
	if (!is_in_place)
		free(out);
	free(received);
}

/* The fast path finds the same, without the interface. */
static void check_plain(unsigned char *control, size_t len)
{
	const struct msghdr msg = {.msg_control = control, .msg_controllen = len};
	struct source plain = {.ifindex = 0}, source = {.ifindex = 4711};
	struct in_addr v4;

	if (pktinfo_take_plain_v4(&msg, &v4) || pktinfo_take_plain_both(&msg, &v4))
		plain.addr = address_from_v4(v4);
	else if (!pktinfo_take_plain_v6(&msg, &plain))
		return;
	/* The kernel never reports a group's address as local. */
	if (address_is_group(&plain.addr))
		return;
	FUZZ_CHECK(pktinfo_take(&msg, 0, NULL, &source));
	FUZZ_CHECK(address_is_equal(&plain.addr, &source.addr) && plain.ifindex == 0);
}

/* All messages that have no receiver are lost, and no others. */
static void check_taking_for_nobody(unsigned char *control, size_t len, unsigned int app)
{
	unsigned char *received = duplicate(control, len, len);
	struct msghdr msg = {.msg_control = received, .msg_controllen = len};
	struct source source;

	pktinfo_take(&msg, app, NULL, &source);
	FUZZ_CHECK(len == 0 || memcmp(received, control, len) == 0);
	free(received);
}

/* Into a buffer of this size; the size from tx.h is always enough. */
static void check_appending(
	unsigned char *control, size_t len, size_t left, const struct source *source)
{
	unsigned char *buffer = duplicate(control, len, left);
	struct msghdr msg = {.msg_control = buffer, .msg_controllen = len};
	size_t at = 0, end = control_end(&msg);
	bool is_expected = end != CONTROL_MALFORMED && end + PKTINFO_SEND_SPACE <= left;
	const struct cmsghdr *cmsg, *last = NULL;

	FUZZ_CHECK(
		pktinfo_append(&msg, left, !address_is_v4(&source->addr), source) == is_expected);
	FUZZ_CHECK(memcmp(buffer, control, end < len ? end : len) == 0);
	if (!is_expected) {
		FUZZ_CHECK(msg.msg_controllen == len);
	} else {
		FUZZ_CHECK(msg.msg_controllen > end && msg.msg_controllen <= left);
		while ((cmsg = model_step(buffer, msg.msg_controllen, &at)) != NULL)
			last = cmsg;
		FUZZ_CHECK((const unsigned char *)last == buffer + end);
		FUZZ_CHECK(model_names_source(last) && pktinfo_names_source(&msg));
	}
	free(buffer);
}

static void check_sending(unsigned char *control, size_t len)
{
	struct in_addr v4 = {htonl(0xc0000201)};
	const struct source sources[] = {
		{.addr = address_from_v4(v4)},
		{.addr = {{htonl(0xfe800000), 0, 0, htonl(1)}}, .ifindex = 2},
	};
	struct msghdr msg = {.msg_control = control, .msg_controllen = len};
	const struct cmsghdr *cmsg;
	bool names = false;
	size_t at = 0;

	while ((cmsg = model_step(control, len, &at)) != NULL)
		names |= model_names_source(cmsg);
	FUZZ_CHECK(pktinfo_names_source(&msg) == names);
	for (size_t i = 0; i < 2; i++) {
		size_t ample = CMSG_ALIGN(len) + PKTINFO_SEND_SPACE;

		check_appending(control, len, ample, &sources[i]);
		check_appending(control, len, ample - 1, &sources[i]);
		check_appending(control, len, len, &sources[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *control;
	unsigned int app;
	size_t left, len;

	if (size < PREFIX || size > FUZZ_INPUT_MAX)
		return 0;
	app = data[0] & (PKTINFO_V4 | PKTINFO_V6);
	left = (size_t)(data[1] | data[2] << 8) % ROOM_MAX;
	len = size - PREFIX;
	control = duplicate(data + PREFIX, len, len);
	disarm_descriptors(control, len);
	mend_plain(control, len);
	check_taking(control, len, app, left, (data[0] & IN_PLACE) != 0);
	check_taking_for_nobody(control, len, app);
	check_plain(control, len);
	check_sending(control, len);
	free(control);
	return 0;
}

/* ---- Seeds ------------------------------------------------------------------------------------
 */

static size_t add(uint8_t *at, int level, int type, const void *value, size_t len)
{
	struct cmsghdr header = {.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(len)};

	memset(at, 0, CMSG_SPACE(len));
	memcpy(at, &header, sizeof(header));
	memcpy(at + CMSG_LEN(0), value, len);
	return CMSG_SPACE(len);
}

/* One kind of message for each letter. */
static size_t add_letter(uint8_t *at, char letter)
{
	const struct in_addr addr = {htonl(0xc0000202)}, group = {htonl(0xe0000001)};
	const struct in_pktinfo v4 = {1, addr, addr}, v4_early = {0, {0}, addr};
	const struct in_pktinfo v4_group = {1, {0}, group};
	const struct in6_pktinfo v6 = {{{{0x20, 1, 0xd, 0xb8, [15] = 2}}}, 1};
	const struct in6_pktinfo v6_mapped = {{{{[10] = 255, 255, 192, 0, 2, 2}}}, 1};
	const struct in6_pktinfo v6_link = {{{{0xfe, 0x80, [15] = 2}}}, 3};
	const int number = 64, fds[] = {3, 4, 5, 6, 7};
	const uint64_t stamp[] = {1700000000, 123456};

	switch (letter) {
	case '4':
		return add(at, IPPROTO_IP, IP_PKTINFO, &v4, sizeof(v4));
	case 'e':
		return add(at, IPPROTO_IP, IP_PKTINFO, &v4_early, sizeof(v4));
	case 'g':
		return add(at, IPPROTO_IP, IP_PKTINFO, &v4_group, sizeof(v4));
	case 's': /* cut short */
		return add(at, IPPROTO_IP, IP_PKTINFO, &v4, sizeof(v4) - 4);
	case '6':
		return add(at, IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof(v6));
	case 'm':
		return add(at, IPPROTO_IPV6, IPV6_PKTINFO, &v6_mapped, sizeof(v6));
	case 'l':
		return add(at, IPPROTO_IPV6, IPV6_PKTINFO, &v6_link, sizeof(v6));
	case 'o':
		return add(at, IPPROTO_IPV6, OLD_IPV6_PKTINFO, &v6, sizeof(v6));
	case 't':
		return add(at, IPPROTO_IP, IP_TTL, &number, sizeof(number));
	case 'T':
		return add(at, SOL_SOCKET, SO_TIMESTAMP, stamp, sizeof(stamp));
	case 'G':
		return add(at, IPPROTO_UDP, 104 /* UDP_GRO */, &number, sizeof(number));
	case 'c': /* one byte */
		return add(at, IPPROTO_IP, IP_TOS, &number, 1);
	default:
		return add(at, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	}
}

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	static const char *const kinds[] = {"", "4", "e", "g", "s", "6", "m", "l", "o", "t4", "4t",
		"T4", "m4", "mg", "Ttm4c", "G4", "tr", "r4r", "c6c", "4444", "Tts", "ttttttttt4T6"};
	static const uint16_t sizes[] = {0, 15, 16, 20, 24, 33, 64, 300};
	const size_t kinds_count = sizeof(kinds) / sizeof(kinds[0]);
	const char *kind;
	size_t len = PREFIX;

	if (index >= 8 * kinds_count)
		return 0;
	kind = kinds[index / 8];
	memset(data, 0, PREFIX);
	data[0] = (uint8_t)(index % 8);
	data[1] = (uint8_t)sizes[index * 5 / 8 % 8];
	data[2] = (uint8_t)(sizes[index * 5 / 8 % 8] >> 8);
	for (; *kind != '\0'; kind++)
		len += add_letter(data + len, *kind);
	return len;
}
