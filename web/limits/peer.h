/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer is the unit that limits and shares apply to: all connections that one client can make.
 * This is an IPv4 address or an IPv6 /64, because a client with one address of a /64 usually has
 * all of them.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

/* Has no padding: peers are compared with memcmp(). */
struct peer {
	bool has_address;    /* false for UNIX sockets, which are all one peer */
	uint8_t address[16]; /* ::ffff:a.b.c.d for IPv4; the first 8 bytes of other IPv6 */
};

struct peer peer_of(const struct sockaddr *address); /* NULL: no address */
bool peer_equal(const struct peer *one, const struct peer *other);

/* Compares the networks that providers usually give to one customer: an IPv4 /24, an IPv6 /48. */
bool peer_same_network(const struct peer *one, const struct peer *other);

#define PEER_NAME_MAX 48

/* Writes the address without a port, or "unix". */
void peer_name(const struct sockaddr *address, char ret_name[PEER_NAME_MAX]);

#endif
