/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kind of a bind: which local address it asks for, packed into one word. Part of bind_abi.h.
 */
#ifndef BIND_ABI_KIND_H
#define BIND_ABI_KIND_H

#include <linux/types.h>

/* The kind of local name that was asked for. Never 0: see bind_key.kind. */
enum bind_category {
	BIND_WELL_KNOWN = 1, /* port 1-1023 (IANA: system ports) */
	BIND_REGISTERED = 2, /* port 1024-49151 (IANA: user ports) */
	BIND_DYNAMIC = 3,    /* port 49152-65535 (IANA: dynamic ports) */
	BIND_AUTO = 4,       /* the kernel picks: port 0, or an unnamed UNIX address */
	BIND_PATHNAME = 5,   /* UNIX socket in the file system */
	BIND_ABSTRACT = 6,   /* UNIX socket in the abstract namespace */
	BIND_NONE = 7,       /* a family without ports and names */
	BIND_INVALID = 8,    /* too short, or of a family that the socket refuses */
	BIND_CATEGORIES = 8,
};

/*
 * Address families in the numbers of sk_family (AF_* in the kernel's include/linux/socket.h): only
 * those that classification treats by name.
 */
enum bind_family {
	BIND_AF_UNSPEC = 0,
	BIND_AF_UNIX = 1,
	BIND_AF_INET = 2,
	BIND_AF_INET6 = 10,
	BIND_AF_NETLINK = 16,
	BIND_AF_PACKET = 17,
	BIND_AF_RDS = 21,
	BIND_AF_CAN = 29,
	BIND_AF_TIPC = 30,
	BIND_AF_ALG = 38,
	BIND_AF_VSOCK = 40,
	BIND_AF_QIPCRTR = 42,
	BIND_AF_SMC = 43,
	BIND_AF_XDP = 44,
	BIND_FAMILIES = 64, /* AF_MAX is 46 (Linux 7.x); the rest is room to grow */
};

/* How far an IP address reaches. 0: it is not an IP address. */
enum bind_scope {
	BIND_SCOPE_ANY = 1,        /* 0.0.0.0, :: */
	BIND_SCOPE_LOOPBACK = 2,   /* 127.0.0.0/8, ::1 */
	BIND_SCOPE_LINK_LOCAL = 3, /* 169.254.0.0/16, fe80::/10 */
	BIND_SCOPE_PRIVATE = 4,    /* RFC 1918, RFC 6598, fc00::/7, fec0::/10 */
	BIND_SCOPE_MULTICAST = 5,  /* 224.0.0.0/4, 255.255.255.255, ff00::/8 */
	BIND_SCOPE_GLOBAL = 6,     /* all others */
};

/* Labels that are counted on demand: bits of bind_settings.labels. */
enum bind_label {
	BIND_LABEL_PROTOCOL = 1 << 0, /* sk_protocol of inet and inet6 sockets */
	BIND_LABEL_SCOPE = 1 << 1,
	BIND_LABEL_UID = 1 << 2,   /* the caller's real uid in the initial user namespace */
	BIND_LABEL_PORT = 1 << 3,  /* the port asked for */
	BIND_LABEL_NETNS = 1 << 4, /* the socket's network namespace, by inode number */
	/*
	 * The owner of a bind. The kernel counts by the caller's cgroup; user space names its
	 * owner.
	 */
	BIND_LABEL_CONTAINER = 1 << 5,
	BIND_LABEL_POD = 1 << 6,
	BIND_LABEL_NAMESPACE = 1 << 7,
	BIND_LABEL_UNIT = 1 << 8, /* systemd's */
	BIND_LABELS_ALL = (1 << 9) - 1,
};

#define BIND_LABELS_OWNER \
	(BIND_LABEL_CONTAINER | BIND_LABEL_POD | BIND_LABEL_NAMESPACE | BIND_LABEL_UNIT)

/*
 * Bits 0-7 are the category, 8-23 the family. The bits of labels are added where they are on and
 * apply: 24-31 the scope, 32-47 the protocol, 48-63 the port in host byte order.
 */
static inline __u64 bind_kind(__u8 category, __u16 family)
{
	return category | (__u64)family << 8;
}

static inline __u64 bind_scope_bits(__u8 scope)
{
	return (__u64)scope << 24;
}

static inline __u64 bind_protocol_bits(__u16 protocol)
{
	return (__u64)protocol << 32;
}

static inline __u64 bind_port_bits(__u16 port)
{
	return (__u64)port << 48;
}

static inline __u8 bind_kind_category(__u64 kind)
{
	return (__u8)kind;
}

static inline __u16 bind_kind_family(__u64 kind)
{
	return (__u16)(kind >> 8);
}

static inline __u8 bind_kind_scope(__u64 kind)
{
	return (__u8)(kind >> 24);
}

static inline __u16 bind_kind_protocol(__u64 kind)
{
	return (__u16)(kind >> 32);
}

static inline __u16 bind_kind_port(__u64 kind)
{
	return (__u16)(kind >> 48);
}

/*
 * A quarter of the rows and half of the table are reserved for these kinds, so that a flood of
 * names of other categories cannot crowd them out.
 *
 * Half of that is reserved for tasks that can really bind privileged ports (BIND_ENTRY_CAPABLE).
 * Other tasks can attempt it as often as they like, and anyone can bind pathnames.
 */
static inline int bind_is_reserved(__u64 kind)
{
	__u8 category = bind_kind_category(kind);

	return category == BIND_WELL_KNOWN || category == BIND_PATHNAME;
}

_Static_assert((BIND_CATEGORIES & (BIND_CATEGORIES - 1)) == 0, "masked in bind_overflow_index");

#endif
