/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pure classification of a bind: (socket family, address, address length) -> category, port, scope.
 * Compiled for BPF and for the host; reads nothing but its arguments.
 *
 * The socket's family decides, never the caller's sa_family: any process can write any 16 bits
 * there. Bytes beyond the given length are never read: in the kernel they are stale stack.
 */
#ifndef BIND_CLASSIFY_H
#define BIND_CLASSIFY_H

#include "bpf/abi/bind_abi.h"

/*
 * The first 16 bytes of a struct sockaddr: no family's classification needs more. The layout is
 * user space ABI, the same on every kernel.
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

_Static_assert(sizeof(struct bind_address) == 16, "the layout of struct sockaddr");

#define BIND_INET_LENGTH  16 /* sizeof(struct sockaddr_in), inet_bind() */
#define BIND_INET6_LENGTH 24 /* SIN6_LEN_RFC2133, inet6_bind() */
#define BIND_RDS6_LENGTH  28 /* sizeof(struct sockaddr_in6), rds_bind() */

/* Network byte order -> host byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BIND_FROM_BE16(value) __builtin_bswap16(value)
#define BIND_FROM_BE32(value) __builtin_bswap32(value)
#define BIND_FROM_BE64(value) __builtin_bswap64(value)
#else
#define BIND_FROM_BE16(value) (value)
#define BIND_FROM_BE32(value) (value)
#define BIND_FROM_BE64(value) (value)
#endif

static inline __u8 bind_classify_port(const struct bind_address *address)
{
	__u16 port = BIND_FROM_BE16(address->port);

	if (port == 0)
		return BIND_AUTO;
	if (port < 1024)
		return BIND_WELL_KNOWN;
	return port < 49152 ? BIND_REGISTERED : BIND_DYNAMIC;
}

/*
 * inet_bind() accepts AF_UNSPEC for AF_INET when the address is INADDR_ANY
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

/* smc_bind() also accepts IPv6 addresses, with IPv4's minimum length. */
static inline __u8 bind_classify_smc(const struct bind_address *address, int length)
{
	if (length >= BIND_INET_LENGTH && address->family == BIND_AF_INET6)
		return bind_classify_port(address);
	return bind_classify_inet(address, length);
}

/* rds_bind() accepts addresses of IPv4 and IPv6 only. */
static inline __u8 bind_classify_rds(const struct bind_address *address, int length)
{
	if (length >= BIND_INET_LENGTH && address->family == BIND_AF_INET)
		return bind_classify_port(address);
	if (length >= BIND_RDS6_LENGTH && address->family == BIND_AF_INET6)
		return bind_classify_port(address);
	return BIND_INVALID;
}

/* unix_bind(): an address of the family alone asks the kernel to choose an abstract name. */
static inline __u8 bind_classify_unix(const struct bind_address *address, int length)
{
	if (length < 2 || address->family != BIND_AF_UNIX)
		return BIND_INVALID;
	if (length == 2)
		return BIND_AUTO;
	return address->path ? BIND_PATHNAME : BIND_ABSTRACT;
}

/* Bytes of the shortest address that the family accepts; 2 where only sa_family is known. */
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

/* Only alg_bind() does not look at sa_family. */
static inline __u8 bind_classify_portless(__u16 family, const struct bind_address *address,
					  int length)
{
	if (length < bind_minimum_length(family))
		return BIND_INVALID;
	return address->family == family || family == BIND_AF_ALG ? BIND_NONE : BIND_INVALID;
}

/*
 * Returns an enum bind_category. family: the socket's sk_family. address: length bytes are
 * readable, no more. length: in bytes, as the caller of bind(2) gave it.
 */
static inline __u8 bind_classify(__u16 family, const struct bind_address *address, int length)
{
	/* The most frequent family first: the compiler turns the switch into a search. */
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

/* Whether addresses of the family consist of an IP address and a port. */
static inline int bind_has_port(__u16 family)
{
	return family == BIND_AF_INET || family == BIND_AF_INET6 || family == BIND_AF_SMC ||
	       family == BIND_AF_RDS;
}

/*
 * The requested port in host byte order; 0: the kernel picks one, or there is none. category: the
 * result of bind_classify() for this address. The port of an invalid address may not be readable.
 */
static inline __u16 bind_port(__u16 family, const struct bind_address *address, __u8 category)
{
	if (!bind_has_port(family))
		return 0;
	if (category != BIND_WELL_KNOWN && category != BIND_REGISTERED && category != BIND_DYNAMIC)
		return 0;
	return BIND_FROM_BE16(address->port);
}

/*
 * An enum bind_scope: how far an IPv4 address reaches. Addresses of RFC 6598 (100.64.0.0/10) are
 * behind a provider's translator, so the Internet does not reach them either.
 */
static inline __u8 bind_scope_ipv4(__be32 address)
{
	__u32 ip = BIND_FROM_BE32(address);

	if (ip == 0)
		return BIND_SCOPE_ANY;
	if (ip >> 24 == 127)
		return BIND_SCOPE_LOOPBACK;
	if (ip >> 16 == 0xa9fe) /* 169.254.0.0/16 */
		return BIND_SCOPE_LINK_LOCAL;
	if (ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 || ip >> 22 == 0x191)
		return BIND_SCOPE_PRIVATE; /* 10/8, 172.16/12, 192.168/16, 100.64/10 */
	if (ip >> 28 == 0xe || ip == 0xffffffff)
		return BIND_SCOPE_MULTICAST;
	return BIND_SCOPE_GLOBAL;
}

/*
 * An enum bind_scope: how far an IPv6 address reaches. high, low: its 16 bytes, as two words in
 * memory order. ::ffff:a.b.c.d binds the IPv4 address and has its scope.
 */
static inline __u8 bind_scope_ipv6(__be64 high, __be64 low)
{
	__u64 prefix = BIND_FROM_BE64(high), rest = BIND_FROM_BE64(low);

	if (prefix == 0 && rest <= 1)
		return rest ? BIND_SCOPE_LOOPBACK : BIND_SCOPE_ANY;
	if (prefix == 0 && rest >> 32 == 0xffff)
		return bind_scope_ipv4(BIND_FROM_BE32((__u32)rest));
	if (prefix >> 54 == 0x3fa) /* fe80::/10 */
		return BIND_SCOPE_LINK_LOCAL;
	if (prefix >> 57 == 0x7e || prefix >> 54 == 0x3fb) /* fc00::/7, fec0::/10 */
		return BIND_SCOPE_PRIVATE;
	return prefix >> 56 == 0xff ? BIND_SCOPE_MULTICAST : BIND_SCOPE_GLOBAL;
}

#endif
