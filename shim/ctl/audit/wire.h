/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked and answered on the wire: at which address of the host a peer asked, and from
 * which one it was answered. Bounded, and pure: capture.h brings the packets. */
#ifndef CTL_AUDIT_WIRE_H
#define CTL_AUDIT_WIRE_H

#include "ctl/audit/found.h"

/* Peers that are remembered, in sets; of a full set the one that asked longest ago is forgotten. */
enum { WIRE_SETS = 1024, WIRE_WAYS = 8 };
enum { WIRE_PAIRS = 256, WIRE_PORTS = 900 };

struct datagram {
	struct address source, destination;
	uint16_t source_port, destination_port;
	uint32_t ifindex; /* of the device that it passed */
};

struct wire_port {
	uint16_t port;
	bool was_asked, was_answered;
};

struct wire_pair {
	uint16_t port;
	struct address asked_at, answered_from;
	uint64_t count;
};

struct wire_peer {
	struct address addr, asked_at;
	uint16_t peer_port, port;
	uint32_t ifindex; /* of the device by which the first answer left; 0: none has */
	uint64_t time;	  /* 0: free */
};

struct wire {
	int fd; /* or -1 */
	const struct host *host;
	struct wire_port ports[WIRE_PORTS];
	size_t port_count;
	struct wire_pair pairs[WIRE_PAIRS];
	size_t pair_count;
	uint64_t others; /* answers of further pairs */
	uint64_t time;	 /* datagrams so far */
	struct wire_peer peers[WIRE_SETS][WIRE_WAYS];
};

/* Adds a port to watch. Returns false if there are too many. */
bool wire_add_port(struct wire *wire, uint16_t port);

/* Reads a packet from its network header on, all but the device. Returns false for what is no UDP,
 * a later fragment, or cut off before the ports. */
bool wire_parse(const unsigned char *packet, size_t len, struct datagram *ret);

/* Counts a datagram that came in, or goes out. */
void wire_note(struct wire *wire, const struct datagram *datagram, bool is_outgoing);

static inline bool wire_is_wrong(const struct wire_pair *pair)
{
	return !address_is_equal(&pair->asked_at, &pair->answered_from);
}

bool wire_has_wrong(const struct wire *wire);

#endif
