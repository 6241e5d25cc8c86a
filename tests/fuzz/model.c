/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's part, written from its source (net/core/scm.c, put_cmsg and scm_detach_fds) and the
 * manual pages, not from the library. */
#include "model.h"

#include "replies/pktinfo.h"

#include <string.h>

enum { OLD_IPV6_PKTINFO = 2 }; /* RFC 2292's */
enum { TYPE_PIDFD = 4 };       /* SCM_PIDFD */

struct cmsghdr *model_step(unsigned char *control, size_t len, size_t *at)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)(control + *at);

	if (*at > len || len - *at < sizeof(*cmsg) || cmsg->cmsg_len < sizeof(*cmsg) ||
		cmsg->cmsg_len > len - *at)
		return NULL;
	*at += CMSG_ALIGN(cmsg->cmsg_len);
	return cmsg;
}

/* ---- The kernel's part ------------------------------------------------------------------------
 */

static void advance(struct model *model, size_t space)
{
	space = space < model->left ? space : model->left;
	model->left -= space;
	model->used += space;
}

static void write_header(struct model *model, const struct cmsghdr *cmsg, size_t len)
{
	struct cmsghdr header = *cmsg;

	header.cmsg_len = len;
	memcpy(model->out + model->used, &header, sizeof(header));
	memcpy(model->out + model->used + CMSG_LEN(0), CMSG_DATA(cmsg), len - CMSG_LEN(0));
}

static void put_cmsg(struct model *model, const struct cmsghdr *cmsg)
{
	size_t len = cmsg->cmsg_len;

	if (model->left < sizeof(*cmsg)) {
		model->is_truncated = true;
		return;
	}
	if (model->left < len) {
		model->is_truncated = true;
		len = model->left;
	}
	write_header(model, cmsg, len);
	advance(model, CMSG_ALIGN(cmsg->cmsg_len));
}

static void detach_fds(struct model *model, const struct cmsghdr *cmsg)
{
	size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	size_t most =
		model->left <= sizeof(*cmsg) ? 0 : (model->left - sizeof(*cmsg)) / sizeof(int);

	if (count > most) {
		model->is_truncated = true;
		count = most;
	}
	if (count == 0)
		return;
	write_header(model, cmsg, CMSG_LEN(count * sizeof(int)));
	advance(model, CMSG_SPACE(count * sizeof(int)));
}

/* ---- The meaning of a PKTINFO message
 * --------------------------------------------------------- */

bool model_is(const struct cmsghdr *cmsg, int level, int type)
{
	return cmsg->cmsg_level == level && cmsg->cmsg_type == type;
}

bool model_brings_descriptors(const struct cmsghdr *cmsg)
{
	return model_is(cmsg, SOL_SOCKET, SCM_RIGHTS) || model_is(cmsg, SOL_SOCKET, TYPE_PIDFD);
}

/* The message of a broadcast or multicast datagram has ::, which is not a source. */
static void read_v4(struct model *model, const unsigned char *data)
{
	const unsigned char *spec_dst = data + 4, *addr = data + 8;
	static const unsigned char none[4], all[4] = {255, 255, 255, 255};
	bool is_group = memcmp(addr, all, 4) == 0 || addr[0] >> 4 == 14;
	struct in_addr local;

	memcpy(&local, addr, 4);
	model->is_known = model->is_known || memcmp(spec_dst, none, 4) != 0 || local.s_addr != 0;
	if (memcmp(spec_dst, none, 4) == 0 && local.s_addr == 0)
		return;
	model->source = (struct source){.ifindex = 0};
	if (is_group || (memcmp(spec_dst, addr, 4) != 0 && memcmp(spec_dst, none, 4) != 0))
		return;
	model->source.addr = address_from_v4(local);
	memcpy(&model->source.ifindex, data, sizeof(model->source.ifindex));
}

static void read_v6(struct model *model, const unsigned char *data)
{
	static const unsigned char none[16], mapped[12] = {[10] = 255, [11] = 255};

	if (memcmp(data, none, 16) == 0 || memcmp(data, mapped, 12) == 0)
		return;
	model->is_known = true;
	model->source = (struct source){.ifindex = 0};
	if (data[0] == 255)
		return;
	memcpy(&model->source.addr, data, 16);
	memcpy(&model->source.ifindex, data + 16, sizeof(model->source.ifindex));
}

void model_take(struct model *model, const struct cmsghdr *cmsg, unsigned int app)
{
	const unsigned char *data = CMSG_DATA(cmsg);
	size_t len = cmsg->cmsg_len - CMSG_LEN(0);

	if (model_is(cmsg, IPPROTO_IP, IP_PKTINFO)) {
		if (len >= sizeof(struct in_pktinfo))
			read_v4(model, data);
		if (app & PKTINFO_V4)
			put_cmsg(model, cmsg);
	} else if (model_is(cmsg, IPPROTO_IPV6, IPV6_PKTINFO)) {
		if (len >= sizeof(struct in6_pktinfo))
			read_v6(model, data);
		if (app & PKTINFO_V6)
			put_cmsg(model, cmsg);
	} else if (model_brings_descriptors(cmsg)) {
		detach_fds(model, cmsg);
	} else {
		put_cmsg(model, cmsg);
	}
}

bool model_names_source(const struct cmsghdr *cmsg)
{
	static const unsigned char none[20];
	const unsigned char *data = CMSG_DATA(cmsg);
	size_t len = cmsg->cmsg_len - CMSG_LEN(0);

	if (model_is(cmsg, IPPROTO_IP, IP_PKTINFO))
		return len >= sizeof(struct in_pktinfo) && memcmp(data + 4, none, 4) != 0;
	if (model_is(cmsg, IPPROTO_IPV6, IPV6_PKTINFO) ||
		model_is(cmsg, IPPROTO_IPV6, OLD_IPV6_PKTINFO))
		return len >= sizeof(struct in6_pktinfo) && memcmp(data, none, 20) != 0;
	return false;
}
