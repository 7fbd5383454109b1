/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The address of a bind: reading it, how far it reaches, whether it is the self-check's. */
#ifndef BIND_ADDRESS_H
#define BIND_ADDRESS_H

#include "bpf/abi/classify.h"
#include "bpf/counters.h"

#define ADDRESS_MAX 128 /* bytes; sizeof(struct sockaddr_storage): move_addr_to_kernel() */

/* How many bytes of an address of this length a struct bind_address holds. */
static __always_inline __u64 readable_length(__u32 length)
{
	__u64 readable = length;

	at_most(&readable, sizeof(struct bind_address));
	return readable;
}

/*
 * Reads the caller's address completely, as the kernel does: a call with an address that is only
 * partly readable never reaches the hook. False: some of it is not resident.
 */
static __always_inline bool read_address(__u64 address, __u32 length, __u8 ret_copy[ADDRESS_MAX])
{
	__u64 bytes = length;

	if (!length)
		return true;
	if (length > ADDRESS_MAX)
		return false;
	at_most(&bytes, ADDRESS_MAX);
	return bpf_probe_read_user(ret_copy, bytes, (void *)address) == 0;
}

/*
 * The address of a bind, as a hook has it. start: as many of its length bytes as it can hold are
 * readable. whole: length bytes in kernel memory, because an IPv6 address is longer than start.
 */
struct given_address {
	const struct bind_address *start;
	const void *whole;
	int length;
};

/* One that can be read by loads. */
static __always_inline struct given_address address_at(const void *address, int length)
{
	return (struct given_address){address, address, length};
}

static __always_inline bool is_selfcheck(const struct bind_address *address, int length)
{
	__u64 nonce;

	if (length != BIND_SELFCHECK_LENGTH)
		return false;
	nonce = barrier_read(control.selfcheck_nonce);
	return nonce && address->tail == nonce;
}

/* An enum bind_scope, or 0. */
static __always_inline __u8 scope_of(const struct given_address *address, __u8 category)
{
	__be64 ipv6[2] = {};

	if (category == BIND_INVALID)
		return 0;
	if (address->start->family == BIND_AF_INET6) {
		/* SMC accepts this, and reads stale bytes. */
		if (address->length < BIND_INET6_LENGTH)
			return 0;
		bpf_probe_read_kernel(ipv6, sizeof(ipv6), address->whole + 8);
		return bind_scope_ipv6(ipv6[0], ipv6[1]);
	}
	return bind_scope_ipv4(address->start->ipv4);
}

#endif
