/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom limits and shares are for: all connections that one client can make. That is an IPv4
 * address, or an IPv6 /64, since whoever has one address of it has all of them.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

/* Without padding. */
struct peer {
	bool has_address;    /* UNIX sockets have none, and are all one peer */
	uint8_t address[16]; /* as IPv6; ::ffff:a.b.c.d for IPv4 */
};

struct peer peer_of(const struct sockaddr *address); /* NULL: none */
bool peer_equal(const struct peer *one, const struct peer *other);

/* What one customer is given at most, as a rule: an IPv4 /24, an IPv6 /48. */
bool peer_same_network(const struct peer *one, const struct peer *other);

#define PEER_NAME_MAX 48

/* The address as one writes it, without a port; "unix". */
void peer_name(const struct sockaddr *address, char ret_name[PEER_NAME_MAX]);

#endif
