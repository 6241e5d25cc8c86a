/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pinning: giving a wildcard-bound or unbound UDP socket a local address before it is connected. */
#ifndef SYS_PIN_H
#define SYS_PIN_H

#include "core/address.h"

#include <net/if.h>
#include <stdbool.h>

/* What a socket loses by being unpinned: its SO_BINDTODEVICE, "" if it has none. */
struct pin {
	char device[IFNAMSIZ];
};

/*
 * Gives fd, which has no local address yet, that of source, and leaves it connected to a place of
 * no meaning; the connect that follows keeps the address, and the port stays what it was. *ret is
 * for pin_undo. False, and the socket as before, where that cannot be done or the program's own
 * settings are in the way. Keeps errno. From here to the end of the connect that follows, or of
 * pin_undo, the thread must not be cancelled.
 */
bool pin_begin(int fd, const struct source *source, struct pin *ret);

/* The connect that followed has failed: the socket is as it was before pin_begin. Keeps errno. */
void pin_undo(int fd, const struct pin *pin);

#endif
