/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meaning of control data and its handling, as a model to compare the library with. */
#ifndef MODEL_H
#define MODEL_H

#include "fuzz.h"
#include "sockets/address.h"

#include <stdbool.h>
#include <sys/socket.h>

/* The program's buffer, as the kernel fills it. */
struct model {
	unsigned char out[FUZZ_INPUT_MAX];
	size_t left, used;
	bool is_truncated;
	bool is_known; /* source says where it arrived */
	struct source source;
};

/* Returns the message at *at of len bytes and moves *at past it; NULL if there is none. */
struct cmsghdr *model_step(unsigned char *control, size_t len, size_t *at);

bool model_is(const struct cmsghdr *cmsg, int level, int type);

/* Whether it is SCM_RIGHTS or SCM_PIDFD. */
bool model_brings_descriptors(const struct cmsghdr *cmsg);

/* Delivers a message to a program that enabled the app families of PKTINFO itself. */
void model_take(struct model *model, const struct cmsghdr *cmsg, unsigned int app);

/* Whether a message to be sent names a source address or, for IPv6, an interface. */
bool model_names_source(const struct cmsghdr *cmsg);

#endif
