/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check reads the kernel's table of IPv4 sockets. Warnings are recorded by protocol and port in
 * memory that all workers of a server share: each worker checks, but only one warns. Other
 * processes can write to that memory, but can only suppress or repeat a warning. */
#include "listeners/ipv4_lost.h"

#include "listeners/ports.h"
#include "runtime/env.h"
#include "runtime/impl.h"
#include "runtime/log.h"

#include <stdatomic.h>

enum { PORTS = UINT16_MAX + 1, BITS = 32 };

/* One bit for each port that has been warned about. A page takes memory only once a bit in it is
 * set. */
struct warned {
	_Atomic uint32_t stream[PORTS / BITS];
	_Atomic uint32_t datagram[PORTS / BITS];
};

/* Set once, by the first bind of such a listener; NULL if there is no memory for it. */
static struct warned *_Atomic warned;

static void make_warned(void)
{
	struct warned *none = NULL, *memory;

	if (atomic_load(&warned) != NULL)
		return;
	memory = impl_map_shared(sizeof(*memory));
	if (memory != NULL && !atomic_compare_exchange_strong(&warned, &none, memory))
		impl_unmap(memory, sizeof(*memory));
}

bool ipv4_lost_is_possible(const struct v6only *v6only)
{
	enum rules_protocol protocol = v6only->listener.protocol;

	if (!v6only->is_set || v6only->decision != DECISION_SET || v6only->app_flags != 0 ||
		!env_settings()->v6only.is_default || !log_wants(LOG_LEVEL_WARN) ||
		protocol == RULES_OTHER)
		return false;
	make_warned();
	return true;
}

/* Records a warning about this port. Returns whether there was one before; false without memory. */
static bool was_warned(const struct kind *kind, in_port_t port)
{
	struct warned *memory = atomic_load(&warned);
	unsigned int number = ntohs(port);
	uint32_t bit = UINT32_C(1) << number % BITS;
	_Atomic uint32_t *word;

	if (memory == NULL)
		return false;
	word = kind->type == SOCK_STREAM ? &memory->stream[number / BITS]
					 : &memory->datagram[number / BITS];
	return atomic_fetch_or(word, bit) & bit;
}

/* Whether fd is still the listener that was bound: a close may have gone unseen. */
static bool is_v6only_listener(int fd, struct kind *ret_kind, struct endpoint *ret_local)
{
	return sockets_get_kind(fd, ret_kind) && sockets_is_listener(ret_kind) &&
	       sockets_get_local(fd, ret_local) && ret_local->port != 0 &&
	       address_is_v6_wildcard(&ret_local->addr) && sockets_is_v6only(fd);
}

static void look(int fd)
{
	char text[ENDPOINT_TEXT];
	struct kind kind;
	struct endpoint local;

	if (!is_v6only_listener(fd, &kind, &local) ||
		ports_are_held(AF_INET, &kind, local.port, true) || was_warned(&kind, local.port))
		return;
	log_line(LOG_LEVEL_WARN,
		"fd %d %s %s: IPV6_V6ONLY was set by default (BINDRIGHT_V6ONLY=force), and no "
		"socket takes IPv4 on port %u; to keep IPv4, use the keyword auto, dual or off",
		fd, sockets_protocol_name(&kind), endpoint_format(&local, text), ntohs(local.port));
}

uint32_t ipv4_lost_check(int fd)
{
	uint32_t flags = fd_flags_change(fd, 0, FD_V4_UNCHECKED);

	if (!(flags & FD_CONNECTED) && log_wants(LOG_LEVEL_WARN))
		look(fd);
	return flags;
}
