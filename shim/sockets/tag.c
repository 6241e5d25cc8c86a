/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout, from the upper end: thirteen bits of a magic number, which no program means, because
 * as a byte count it is more than a gigabyte; sixteen bits for the program's own SO_RCVLOWAT; two
 * for the families.
 */
#include "sockets/tag.h"

#include "runtime/impl.h"

#include <stdint.h>
#include <sys/socket.h>

enum { FAMILIES = 3, RCVLOWAT_SHIFT = 2, MAGIC_SHIFT = 18 };
static const int magic = 0x18a9;

enum tag_state tag_read(int fd, struct tag *ret)
{
	int value = TAG_RCVLOWAT;
	bool is_known = impl_get_option(fd, SOL_SOCKET, SO_RCVLOWAT, &value);

	*ret = (struct tag){.app_rcvlowat = value};
	if (!is_known)
		return TAG_UNKNOWN;
	if (value >> MAGIC_SHIFT != magic)
		return TAG_NONE;
	ret->app_families = (unsigned int)value & FAMILIES;
	ret->app_rcvlowat = value >> RCVLOWAT_SHIFT & UINT16_MAX;
	return TAG_FOUND;
}

bool tag_can_carry(int app_rcvlowat)
{
	return app_rcvlowat > 0 && app_rcvlowat <= UINT16_MAX;
}

bool tag_write(int fd, const struct tag *tag)
{
	return impl_set_option(fd, SOL_SOCKET, SO_RCVLOWAT,
		magic << MAGIC_SHIFT | tag->app_rcvlowat << RCVLOWAT_SHIFT |
			(int)(tag->app_families & FAMILIES));
}

void tag_clear(int fd, const struct tag *tag)
{
	impl_set_option(fd, SOL_SOCKET, SO_RCVLOWAT, tag->app_rcvlowat);
}

bool tag_is_option(int level, int optname)
{
	return level == SOL_SOCKET && optname == SO_RCVLOWAT;
}
