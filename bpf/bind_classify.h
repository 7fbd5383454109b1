/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pure classification of a bind: (socket family, address, address length) ->
 * category. Compiled for BPF and for the host; touches nothing but its
 * arguments.
 *
 * The socket's family decides, never the caller's sa_family: that is 16 bits
 * which any process may fill as it likes. Bytes beyond the given length are
 * never read: in the kernel they are stale stack.
 */
#ifndef BIND_CLASSIFY_H
#define BIND_CLASSIFY_H

#include "bind_abi.h"

/*
 * The first 16 bytes of a struct sockaddr, as far as any family's
 * classification looks. The layout is user space ABI, the same on every kernel.
 */
struct bind_address {
	__u16 family; /* sa_family, host byte order, set by the caller of bind(2) */
	union {
		__be16 port; /* inet, inet6, smc */
		__u8 path;   /* unix: the first byte of sun_path */
	};
	__be32 ipv4; /* inet, smc */
	__u64 tail;  /* bytes 8-15 */
};

_Static_assert(sizeof(struct bind_address) == 16, "as struct sockaddr");

#define BIND_INET_LENGTH  16 /* sizeof(struct sockaddr_in), inet_bind() */
#define BIND_INET6_LENGTH 24 /* SIN6_LEN_RFC2133, inet6_bind() */
#define BIND_RDS6_LENGTH  28 /* sizeof(struct sockaddr_in6), rds_bind() */

static inline __u8 bind_classify_port(const struct bind_address *address)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	__u16 port = __builtin_bswap16(address->port);
#else
	__u16 port = address->port;
#endif

	if (port == 0)
		return BIND_AUTO;
	if (port < 1024)
		return BIND_WELL_KNOWN;
	return port < 49152 ? BIND_REGISTERED : BIND_DYNAMIC;
}

/*
 * inet_bind() takes AF_UNSPEC for AF_INET when the address is INADDR_ANY
 * ("compatibility games"), and refuses every other family.
 */
static inline __u8 bind_classify_inet(const struct bind_address *address, int length)
{
	if (length < BIND_INET_LENGTH)
		return BIND_INVALID;
	if (address->family == BIND_AF_INET ||
	    (address->family == BIND_AF_UNSPEC && address->ipv4 == 0))
		return bind_classify_port(address);
	return BIND_INVALID;
}

static inline __u8 bind_classify_inet6(const struct bind_address *address, int length)
{
	if (length < BIND_INET6_LENGTH || address->family != BIND_AF_INET6)
		return BIND_INVALID;
	return bind_classify_port(address);
}

/* smc_bind() takes IPv6 addresses too, at IPv4's minimum length. */
static inline __u8 bind_classify_smc(const struct bind_address *address, int length)
{
	if (length >= BIND_INET_LENGTH && address->family == BIND_AF_INET6)
		return bind_classify_port(address);
	return bind_classify_inet(address, length);
}

/* rds_bind() takes the addresses of IPv4 and IPv6, and no other. */
static inline __u8 bind_classify_rds(const struct bind_address *address, int length)
{
	if (length >= BIND_INET_LENGTH && address->family == BIND_AF_INET)
		return bind_classify_port(address);
	if (length >= BIND_RDS6_LENGTH && address->family == BIND_AF_INET6)
		return bind_classify_port(address);
	return BIND_INVALID;
}

/* unix_bind(): nothing but the family asks for an abstract name of the kernel's choice. */
static inline __u8 bind_classify_unix(const struct bind_address *address, int length)
{
	if (length < 2 || address->family != BIND_AF_UNIX)
		return BIND_INVALID;
	if (length == 2)
		return BIND_AUTO;
	return address->path ? BIND_PATHNAME : BIND_ABSTRACT;
}

/* The shortest address that the family accepts, in bytes; 2 where only sa_family is known. */
static inline int bind_minimum_length(__u16 family)
{
	switch (family) {
	case BIND_AF_NETLINK:
		return 12; /* sizeof(struct sockaddr_nl) */
	case BIND_AF_PACKET:
		return 20; /* sizeof(struct sockaddr_ll) */
	case BIND_AF_CAN:
		return 8; /* CAN_REQUIRED_SIZE(struct sockaddr_can, can_ifindex) */
	case BIND_AF_TIPC:
		return 16; /* sizeof(struct sockaddr_tipc) */
	case BIND_AF_ALG:
		return 25; /* sizeof(struct sockaddr_alg_new) + 1 */
	case BIND_AF_VSOCK:
		return 16; /* sizeof(struct sockaddr_vm) */
	case BIND_AF_QIPCRTR:
		return 12; /* sizeof(struct sockaddr_qrtr) */
	case BIND_AF_XDP:
		return 16; /* sizeof(struct sockaddr_xdp) */
	default:
		return 2;
	}
}

/* alg_bind() alone does not look at sa_family. */
static inline __u8 bind_classify_portless(__u16 family, const struct bind_address *address,
					  int length)
{
	if (length < bind_minimum_length(family))
		return BIND_INVALID;
	return address->family == family || family == BIND_AF_ALG ? BIND_NONE : BIND_INVALID;
}

/*
 * family: the socket's sk_family. address: length bytes are readable, no more.
 * length: as the caller of bind(2) gave it, bytes. Returns an enum bind_category.
 */
static inline __u8 bind_classify(__u16 family, const struct bind_address *address, int length)
{
	/* Most binds first: a switch alone is compiled into a search. */
	if (__builtin_expect(family == BIND_AF_INET, 1))
		return bind_classify_inet(address, length);
	switch (family) {
	case BIND_AF_INET6:
		return bind_classify_inet6(address, length);
	case BIND_AF_UNIX:
		return bind_classify_unix(address, length);
	case BIND_AF_SMC:
		return bind_classify_smc(address, length);
	case BIND_AF_RDS:
		return bind_classify_rds(address, length);
	default:
		return bind_classify_portless(family, address, length);
	}
}

#endif
