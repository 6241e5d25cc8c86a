/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* echo_recvfrom as a module, for echo_deepbind. */
int serve(int argc, char **argv);

#define main serve
#include "echo_recvfrom.c"
