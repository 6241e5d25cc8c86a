/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel says of a socket, and the watching of UDP sockets. Everything here keeps errno.
 */
#ifndef SYS_SOCKETS_H
#define SYS_SOCKETS_H

#include "core/address.h"
#include "core/rules.h"
#include "sys/facts.h"
#include "sys/pktinfo.h"

/* A socket's nature, as socket(2) was told. */
struct nature {
	int domain;
	int type;
	int protocol;
};

/* Asks the kernel; false if fd is no socket. */
bool sockets_ask_nature(int fd, struct nature *ret);
/* Which rules are about it. MPTCP is TCP to whoever writes a rule, and UDP-Lite is UDP. */
enum rules_protocol sockets_protocol(const struct nature *nature);
/* The word for a socket of this nature that is not bound yet. */
uint32_t sockets_facts_of_nature(const struct nature *nature);
/* ... if it is UDP. */
uint32_t sockets_facts_of_unbound(void);

/* The word of a descriptor that is met for the first time, when the kernel is asked, or of a high
 * one. A UDP socket that came to us bound to a wildcard address is watched from then on. */
OFF_THE_WAY uint32_t sockets_meet(int fd);

/* The word of fd; 0 for what is no socket, or cannot be noted. The caller goes on to ask for this
 * fact in it, which only what is known can have. */
ON_THE_WAY uint32_t sockets_facts(int fd, uint32_t fact)
{
	uint32_t facts = facts_at_hand(fd);

	return LIKELY(facts & fact) || facts & FACT_KNOWN ? facts : sockets_meet(fd);
}

/* Whether IPV6_V6ONLY matters to a socket of this nature. */
bool sockets_is_listener(const struct nature *nature);
/* A socket came to us bound already, when V6ONLY cannot be changed any more (EINVAL): says so, if
 * the rules would have it otherwise. */
void sockets_report_inherited(int fd, const struct nature *nature, const struct endpoint *local);

/* Whether the rules have a socket of this nature watched that is, or is about to be, bound so. */
bool sockets_wants_replies(const struct nature *nature, const struct endpoint *local);

/* What this UDP socket sends is left as it is, until it is bound anew. */
void sockets_close_to_sources(int fd);

/* Whether a call has just failed because fd is no socket: then what stands of its number is stale,
 * and is forgotten. */
OFF_THE_WAY bool sockets_is_gone(int fd);

/* Whether fd is an AF_INET6 socket with IPV6_V6ONLY set. */
bool sockets_is_v6only(int fd);
/* Sets IPV6_V6ONLY; false if the kernel would not (bound already: EINVAL). */
bool sockets_set_v6only(int fd, bool on);
/* The local address; false if there is none to be had. */
bool sockets_ask_local(int fd, struct endpoint *ret);

/* The families of reports that a socket of this domain can give: IPv4's too for an AF_INET6 socket
 * that is not V6ONLY. */
unsigned int sockets_report_families(int fd, int domain);
/* The families whose reports are on, for a socket of this domain, by the program's own wish: also
 * IPv4's for one that is V6ONLY, where they report nothing. */
unsigned int sockets_own_reports(int fd, int domain);
/* Notes that fd, bound to this port, is watched; own are the families whose reports the program
 * asked for itself. False if that cannot be noted (facts_set): then it must not be watched. */
bool sockets_note_watched(int fd, unsigned int own, in_port_t port);
/* Switches the reports of these families on, except the program's own, which are on; and off again.
 * Returns those for which the kernel did. */
unsigned int sockets_start_reports(int fd, unsigned int families, unsigned int own);
void sockets_stop_reports(int fd, unsigned int families);

/* Notes for fd, and for all other descriptors of this process that are the same socket, that the
 * program asked for this family's reports itself, or that it did not. */
void sockets_note_own(int fd, unsigned int family, bool is_own);

/* The families whose reports the program asked for itself, and the facts that stand for that. */
static inline unsigned int sockets_own_families(uint32_t facts)
{
	return facts >> FACT_OWN_SHIFT & (PKTINFO_V4 | PKTINFO_V6);
}

static inline uint32_t sockets_own_facts(unsigned int families)
{
	return (uint32_t)families << FACT_OWN_SHIFT;
}

/* "udp", "tcp", ...: the protocol's name for the log. */
const char *sockets_protocol_name(const struct nature *nature);

#endif
