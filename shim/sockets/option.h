/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of sockets whose value is an int. errno is kept. */
#ifndef SOCKETS_OPTION_H
#define SOCKETS_OPTION_H

#include <stdbool.h>

/* False if the kernel does not say; then *ret is left as it was. */
bool option_ask(int fd, int level, int optname, int *ret);
/* False if the kernel refuses it. */
bool option_set(int fd, int level, int optname, int value);

#endif
