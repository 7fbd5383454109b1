/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/bind_cases.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* From include/linux/socket.h and uapi, for C libraries without them. */
#define FAMILY_KEY       15
#define FAMILY_RDS       21
#define FAMILY_LLC       26
#define FAMILY_CAN       29
#define FAMILY_TIPC      30
#define FAMILY_BLUETOOTH 31
#define FAMILY_PHONET    35
#define FAMILY_QIPCRTR   42
#define FAMILY_SMC       43
#define FAMILY_XDP       44
#define FAMILY_MCTP      45
#define PROTOCOL_CAN_RAW 1
#define PROTOCOL_KEY_V2  2
#define PROTOCOL_UDPLITE 136
#define PROTOCOL_DCCP    33
#define PROTOCOL_SCTP    132
#define PROTOCOL_MPTCP   262

/* The parts of most addresses. */
#define IN(family_, port_, address_)             \
	.address.in = {.sin_family = (family_),  \
		       .sin_port = NET16(port_), \
		       .sin_addr.s_addr = NET32(address_)}
#define LOOPBACK 0x7f000001U
#define IN6(family_, port_, last_byte_)            \
	.address.in6 = {.sin6_family = (family_),  \
			.sin6_port = NET16(port_), \
			.sin6_addr.s6_addr[15] = (last_byte_)}
#define FAMILY_ONLY(family_) .address.any.sa_family = (family_)

/* A socket of family inet. It accepts an address of 16 bytes unless a case says otherwise. */
#define TCP     .domain = AF_INET, .type = SOCK_STREAM, .family = "inet"
#define UDP     .domain = AF_INET, .type = SOCK_DGRAM, .family = "inet"
#define TCP6    .domain = AF_INET6, .type = SOCK_STREAM, .family = "inet6"
#define UDP6    .domain = AF_INET6, .type = SOCK_DGRAM, .family = "inet6"
#define UNIX    .domain = AF_UNIX, .type = SOCK_STREAM, .family = "unix"
#define NETLINK .domain = AF_NETLINK, .type = SOCK_RAW, .family = "netlink"
#define PACKET  .domain = AF_PACKET, .type = SOCK_RAW, .family = "packet"
#define VSOCK   .domain = AF_VSOCK, .type = SOCK_STREAM, .family = "vsock"
#define ALG     .domain = AF_ALG, .type = SOCK_SEQPACKET, .family = "alg"
#define CAN     .domain = FAMILY_CAN, .type = SOCK_RAW, .protocol = PROTOCOL_CAN_RAW, .family = "can"
#define TIPC    .domain = FAMILY_TIPC, .type = SOCK_RDM, .family = "tipc"
#define QIPCRTR .domain = FAMILY_QIPCRTR, .type = SOCK_DGRAM, .family = "qipcrtr"
#define XDP     .domain = FAMILY_XDP, .type = SOCK_RAW, .family = "xdp"
#define SMC     .domain = FAMILY_SMC, .type = SOCK_STREAM, .family = "smc"

#define HASH .address.alg = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"}

const struct bind_case bind_cases[] = {
	/* Port ranges, at both ends. */
	{"inet_port_1", TCP, IN(AF_INET, 1, LOOPBACK), .length = 16, .category = "well_known"},
	{"inet_port_80", TCP, IN(AF_INET, 80, LOOPBACK), .length = 16, .category = "well_known"},
	{"inet_port_1023", UDP, IN(AF_INET, 1023, 0), .length = 16, .category = "well_known"},
	{"inet_port_1024", TCP, IN(AF_INET, 1024, LOOPBACK), .length = 16,
	 .category = "registered"},
	{"inet_port_8080", UDP, IN(AF_INET, 8080, 0), .length = 16, .category = "registered"},
	{"inet_port_49151", TCP, IN(AF_INET, 49151, 0), .length = 16, .category = "registered"},
	{"inet_port_49152", TCP, IN(AF_INET, 49152, LOOPBACK), .length = 16, .category = "dynamic"},
	{"inet_port_65535", UDP, IN(AF_INET, 65535, LOOPBACK), .length = 16, .category = "dynamic"},
	{"inet_port_0", TCP, IN(AF_INET, 0, LOOPBACK), .length = 16, .category = "auto"},
	{"inet_port_0_any", UDP, IN(AF_INET, 0, 0), .length = 16, .category = "auto"},

	/* The protocol refuses these after the hook, so they are attempts. */
	{"inet_foreign_address", TCP, IN(AF_INET, 8081, 0xc0000201U), .length = 16,
	 .category = "registered"},

	/*
	 * AF_UNSPEC means AF_INET if the address is INADDR_ANY: "compatibility games",
	 * __inet_bind().
	 */
	{"inet_unspec_any", TCP, IN(AF_UNSPEC, 8082, 0), .length = 16, .category = "registered"},
	{"inet_unspec_any_well_known", UDP, IN(AF_UNSPEC, 443, 0), .length = 16,
	 .category = "well_known"},
	{"inet_unspec_any_auto", TCP, IN(AF_UNSPEC, 0, 0), .length = 16, .category = "auto"},
	{"inet_unspec_loopback", TCP, IN(AF_UNSPEC, 8083, LOOPBACK), .length = 16,
	 .category = "invalid"},
	{"inet_unspec_loopback_auto", UDP, IN(AF_UNSPEC, 0, LOOPBACK), .length = 16,
	 .category = "invalid"},
	{"inet_unspec_short", TCP, IN(AF_UNSPEC, 80, 0), .length = 15, .category = "invalid"},

	/* Families that an IPv4 socket refuses. The label is still the socket's own family. */
	{"inet_family_unix", TCP, IN(AF_UNIX, 80, LOOPBACK), .length = 16, .category = "invalid"},
	{"inet_family_inet6", TCP, IN6(AF_INET6, 80, 1), .length = 28, .category = "invalid"},
	{"inet_family_netlink", UDP, IN(AF_NETLINK, 80, 0), .length = 16, .category = "invalid"},
	{"inet_family_258", TCP, IN(258, 80, LOOPBACK), .length = 16, .category = "invalid"},
	{"inet_family_65535", TCP, IN(65535, 80, LOOPBACK), .length = 16, .category = "invalid"},

	/* Lengths: bytes beyond the length are not part of the address, whatever they contain. */
	{"inet_length_0", TCP, IN(AF_INET, 80, LOOPBACK), .length = 0, .category = "invalid"},
	{"inet_length_1", TCP, IN(AF_INET, 80, LOOPBACK), .length = 1, .category = "invalid"},
	{"inet_length_2", TCP, IN(AF_INET, 80, LOOPBACK), .length = 2, .category = "invalid"},
	{"inet_length_3", UDP, IN(AF_INET, 80, LOOPBACK), .length = 3, .category = "invalid"},
	{"inet_length_4", TCP, IN(AF_INET, 80, LOOPBACK), .length = 4, .category = "invalid"},
	{"inet_length_8", TCP, IN(AF_INET, 80, LOOPBACK), .length = 8, .category = "invalid"},
	{"inet_length_15", UDP, IN(AF_INET, 80, LOOPBACK), .length = 15, .category = "invalid"},
	{"inet_length_17", TCP, IN(AF_INET, 81, LOOPBACK), .length = 17, .category = "well_known"},
	{"inet_length_28", TCP, IN(AF_INET, 50000, LOOPBACK), .length = 28, .category = "dynamic"},
	{"inet_length_128", TCP, IN(AF_INET, 50001, LOOPBACK), .length = 128,
	 .category = "dynamic"},

	/* Other protocols of the family. */
	{"inet_raw", .domain = AF_INET, .type = SOCK_RAW, .protocol = IPPROTO_ICMP,
	 IN(AF_INET, 0, LOOPBACK), .length = 16, .category = "auto", .family = "inet"},
	{"inet_udplite", .domain = AF_INET, .type = SOCK_DGRAM, .protocol = PROTOCOL_UDPLITE,
	 IN(AF_INET, 1025, LOOPBACK), .length = 16, .category = "registered", .family = "inet"},
	{"inet_mptcp", .domain = AF_INET, .type = SOCK_STREAM, .protocol = PROTOCOL_MPTCP,
	 IN(AF_INET, 1026, LOOPBACK), .length = 16, .category = "registered", .family = "inet"},
	{"inet_sctp", .domain = AF_INET, .type = SOCK_STREAM, .protocol = PROTOCOL_SCTP,
	 IN(AF_INET, 1027, LOOPBACK), .length = 16, .category = "registered", .family = "inet"},
	{"inet_dccp", .domain = AF_INET, .type = SOCK_DCCP, .protocol = PROTOCOL_DCCP,
	 IN(AF_INET, 1028, LOOPBACK), .length = 16, .odd = true /* requires a service code first */,
	 .category = "registered", .family = "inet"},

	{"inet6_port_1", TCP6, IN6(AF_INET6, 1, 1), .length = 28, .category = "well_known"},
	{"inet6_port_1023", UDP6, IN6(AF_INET6, 1023, 0), .length = 28, .category = "well_known"},
	{"inet6_port_1024", TCP6, IN6(AF_INET6, 1024, 1), .length = 28, .category = "registered"},
	{"inet6_port_49151", UDP6, IN6(AF_INET6, 49151, 0), .length = 28, .category = "registered"},
	{"inet6_port_49152", TCP6, IN6(AF_INET6, 49152, 1), .length = 28, .category = "dynamic"},
	{"inet6_port_65535", UDP6, IN6(AF_INET6, 65535, 1), .length = 28, .category = "dynamic"},
	{"inet6_port_0", TCP6, IN6(AF_INET6, 0, 1), .length = 28, .category = "auto"},
	{"inet6_port_0_any", UDP6, IN6(AF_INET6, 0, 0), .length = 28, .category = "auto"},
	{"inet6_mapped", TCP6,
	 .address.in6 = {.sin6_family = AF_INET6,
			 .sin6_port = NET16(8084),
			 .sin6_addr.s6_addr = {[10] = 255, 255, 127, 0, 0, 1}},
	 .length = 28, .category = "registered"},
	{"inet6_raw", .domain = AF_INET6, .type = SOCK_RAW, .protocol = IPPROTO_ICMPV6,
	 IN6(AF_INET6, 0, 1), .length = 28, .category = "auto", .family = "inet6"},

	/* SIN6_LEN_RFC2133: without sin6_scope_id. */
	{"inet6_length_24", TCP6, IN6(AF_INET6, 82, 1), .length = 24, .category = "well_known"},
	{"inet6_length_23", TCP6, IN6(AF_INET6, 82, 1), .length = 23, .category = "invalid"},
	{"inet6_length_16", UDP6, IN6(AF_INET6, 82, 1), .length = 16, .category = "invalid"},
	{"inet6_length_0", TCP6, IN6(AF_INET6, 82, 1), .length = 0, .category = "invalid"},
	{"inet6_length_1", TCP6, IN6(AF_INET6, 82, 1), .length = 1, .category = "invalid"},
	{"inet6_length_2", TCP6, IN6(AF_INET6, 82, 1), .length = 2, .category = "invalid"},
	{"inet6_length_3", UDP6, IN6(AF_INET6, 82, 1), .length = 3, .category = "invalid"},
	{"inet6_length_128", TCP6, IN6(AF_INET6, 50002, 1), .length = 128, .category = "dynamic"},

	/* IPv6 has no such compatibility games. */
	{"inet6_unspec_any", TCP6, IN6(AF_UNSPEC, 8085, 0), .length = 28, .category = "invalid"},
	{"inet6_unspec_auto", UDP6, IN6(AF_UNSPEC, 0, 0), .length = 28, .category = "invalid"},
	{"inet6_family_inet", TCP6, IN(AF_INET, 80, LOOPBACK), .length = 28, .category = "invalid"},
	{"inet6_family_inet_short", TCP6, IN(AF_INET, 80, LOOPBACK), .length = 16,
	 .category = "invalid"},
	{"inet6_family_65535", UDP6, IN6(65535, 80, 1), .length = 28, .category = "invalid"},

	{"unix_pathname", UNIX, .naming = BIND_NAME_PATHNAME, .category = "pathname"},
	{"unix_pathname_dgram", .domain = AF_UNIX, .type = SOCK_DGRAM, .naming = BIND_NAME_PATHNAME,
	 .category = "pathname", .family = "unix"},
	{"unix_pathname_seqpacket", .domain = AF_UNIX, .type = SOCK_SEQPACKET,
	 .naming = BIND_NAME_PATHNAME, .category = "pathname", .family = "unix"},
	/* The shortest path. It exists already, so no file is created. */
	{"unix_pathname_length_3", UNIX, .address.un = {AF_UNIX, "/"}, .length = 3,
	 .category = "pathname"},
	{"unix_abstract", UNIX, .naming = BIND_NAME_ABSTRACT, .category = "abstract"},
	{"unix_abstract_dgram", .domain = AF_UNIX, .type = SOCK_DGRAM, .naming = BIND_NAME_ABSTRACT,
	 .category = "abstract", .family = "unix"},
	{"unix_abstract_length_3", UNIX, .address.un = {AF_UNIX, ""}, .length = 3,
	 .category = "abstract"},
	{"unix_abstract_length_16", UNIX, .address.un = {AF_UNIX, "\0live-16-bytes"}, .length = 16,
	 .category = "abstract"},
	{"unix_abstract_length_110", UNIX, .address.un = {AF_UNIX, "\0live"}, .length = 110,
	 .category = "abstract"},
	{"unix_auto", UNIX, .address.un = {AF_UNIX, ""}, .length = 2, .category = "auto"},
	{"unix_auto_dgram", .domain = AF_UNIX, .type = SOCK_DGRAM, .address.un = {AF_UNIX, ""},
	 .length = 2, .category = "auto", .family = "unix"},
	/* The path beyond the length is not the address. */
	{"unix_auto_stale_path", UNIX, .address.un = {AF_UNIX, "/"}, .length = 2,
	 .category = "auto"},
	{"unix_length_0", UNIX, .address.un = {AF_UNIX, "/"}, .length = 0, .may_be_denied = true,
	 .category = "invalid"},
	{"unix_length_1", UNIX, .address.un = {AF_UNIX, "/"}, .length = 1, .may_be_denied = true,
	 .category = "invalid"},
	{"unix_family_inet", UNIX, .address.un = {AF_INET, "/"}, .length = 16,
	 .category = "invalid"},
	{"unix_family_unspec", UNIX, .address.un = {AF_UNSPEC, "/"}, .length = 3,
	 .category = "invalid"},
	{"unix_family_unspec_auto", UNIX, FAMILY_ONLY(AF_UNSPEC), .length = 2,
	 .category = "invalid"},
	{"unix_family_65535", UNIX, FAMILY_ONLY(65535), .length = 2, .category = "invalid"},
	/* The kernel refuses it as too long, which the metric contract does not call invalid. */
	{"unix_too_long", UNIX, .address.un = {AF_UNIX, "\0live"}, .length = 111, .odd = true,
	 .may_be_denied = true, .category = "abstract"},

	{"netlink", NETLINK, FAMILY_ONLY(AF_NETLINK), .length = 12, .category = "none"},
	{"netlink_dgram", .domain = AF_NETLINK, .type = SOCK_DGRAM, FAMILY_ONLY(AF_NETLINK),
	 .length = 12, .category = "none", .family = "netlink"},
	{"netlink_length_128", NETLINK, FAMILY_ONLY(AF_NETLINK), .length = 128, .category = "none"},
	{"netlink_length_11", NETLINK, FAMILY_ONLY(AF_NETLINK), .length = 11,
	 .category = "invalid"},
	{"netlink_length_2", NETLINK, FAMILY_ONLY(AF_NETLINK), .length = 2, .category = "invalid"},
	{"netlink_length_0", NETLINK, FAMILY_ONLY(AF_NETLINK), .length = 0, .category = "invalid"},
	{"netlink_family_unspec", NETLINK, FAMILY_ONLY(AF_UNSPEC), .length = 12,
	 .category = "invalid"},
	{"netlink_family_inet", NETLINK, IN(AF_INET, 80, LOOPBACK), .length = 16,
	 .category = "invalid"},

	{"packet", PACKET, .address.ll = {.sll_family = AF_PACKET}, .length = 20,
	 .category = "none"},
	{"packet_dgram", .domain = AF_PACKET, .type = SOCK_DGRAM,
	 .address.ll = {.sll_family = AF_PACKET}, .length = 20, .category = "none",
	 .family = "packet"},
	{"packet_length_19", PACKET, .address.ll = {.sll_family = AF_PACKET}, .length = 19,
	 .category = "invalid"},
	{"packet_length_1", PACKET, .address.ll = {.sll_family = AF_PACKET}, .length = 1,
	 .category = "invalid"},
	{"packet_family_inet", PACKET, FAMILY_ONLY(AF_INET), .length = 20, .category = "invalid"},

	{"vsock", VSOCK,
	 .address.vm = {.svm_family = AF_VSOCK,
			.svm_cid = VMADDR_CID_ANY,
			.svm_port = VMADDR_PORT_ANY},
	 .length = 16, .category = "none"},
	{"vsock_port_80", VSOCK,
	 .address.vm = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = 80},
	 .length = 16, .category = "none"},
	{"vsock_length_15", VSOCK,
	 .address.vm = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY}, .length = 15,
	 .category = "invalid"},
	{"vsock_family_inet", VSOCK, IN(AF_INET, 80, LOOPBACK), .length = 16,
	 .category = "invalid"},

	{"alg", ALG, HASH, .length = 88, .category = "none"},
	{"alg_length_25", ALG, HASH, .length = 25, .odd = true /* a name of one letter */,
	 .category = "none"},
	{"alg_length_24", ALG, HASH, .length = 24, .category = "invalid"},
	{"alg_length_0", ALG, HASH, .length = 0, .category = "invalid"},
	/* alg_bind() does not look at the family. */
	{"alg_family_inet", ALG,
	 .address.alg = {.salg_family = AF_INET, .salg_type = "hash", .salg_name = "sha256"},
	 .length = 88, .category = "none"},

	{"can", CAN, FAMILY_ONLY(FAMILY_CAN), .length = 24, .category = "none"},
	{"can_length_7", CAN, FAMILY_ONLY(FAMILY_CAN), .length = 7, .category = "invalid"},
	{"can_family_inet", CAN, FAMILY_ONLY(AF_INET), .length = 24, .category = "invalid"},

	{"tipc", TIPC,
	 .address.tipc =
		 {.family = FAMILY_TIPC, .type = 2, .scope = 3, .service = 18888, .instance = 17},
	 .length = 16, .category = "none"},
	{"tipc_length_15", TIPC,
	 .address.tipc = {.family = FAMILY_TIPC, .type = 2, .scope = 3, .service = 18888},
	 .length = 15, .category = "invalid"},
	{"tipc_family_inet", TIPC,
	 .address.tipc = {.family = AF_INET, .type = 2, .scope = 3, .service = 18888}, .length = 16,
	 .category = "invalid"},
	/* tipc_bind() takes it for "unbind", but the address names nothing. */
	{"tipc_length_0", TIPC, FAMILY_ONLY(FAMILY_TIPC), .length = 0, .odd = true,
	 .category = "invalid"},

	{"qipcrtr", QIPCRTR, .address.qrtr = {FAMILY_QIPCRTR, 1, 0x7000}, .length = 12,
	 .category = "none"},
	{"qipcrtr_length_11", QIPCRTR, .address.qrtr = {FAMILY_QIPCRTR, 1, 0x7000}, .length = 11,
	 .category = "invalid"},
	{"qipcrtr_family_inet", QIPCRTR, .address.qrtr = {AF_INET, 1, 0x7000}, .length = 12,
	 .category = "invalid"},

	/* The kernel refuses a good address while the socket has no rings. */
	{"xdp", XDP, FAMILY_ONLY(FAMILY_XDP), .length = 16, .odd = true, .category = "none"},
	{"xdp_length_15", XDP, FAMILY_ONLY(FAMILY_XDP), .length = 15, .category = "invalid"},
	{"xdp_family_inet", XDP, FAMILY_ONLY(AF_INET), .length = 16, .category = "invalid"},

	/* Ports under another family's name: smc_bind(), rds_bind(). */
	{"smc_port_8086", SMC, IN(AF_INET, 8086, LOOPBACK), .length = 16, .category = "registered"},
	{"smc_port_0", SMC, IN(AF_INET, 0, LOOPBACK), .length = 16, .category = "auto"},
	{"smc_family_unix", SMC, IN(AF_UNIX, 80, LOOPBACK), .length = 16, .category = "invalid"},
	{"smc_length_15", SMC, IN(AF_INET, 80, LOOPBACK), .length = 15, .category = "invalid"},
	{"rds_port_4000", .domain = FAMILY_RDS, .type = SOCK_SEQPACKET, IN(AF_INET, 4000, LOOPBACK),
	 .length = 16, .category = "registered", .family = "rds"},

	/* Zeroed addresses of families of which this file knows only the family field. */
	{"bluetooth", .domain = FAMILY_BLUETOOTH, .type = SOCK_SEQPACKET,
	 FAMILY_ONLY(FAMILY_BLUETOOTH), .length = 14, .odd = true, .category = "none",
	 .family = "bluetooth"},
	{"bluetooth_family_inet", .domain = FAMILY_BLUETOOTH, .type = SOCK_SEQPACKET,
	 FAMILY_ONLY(AF_INET), .length = 14, .odd = true, .category = "invalid",
	 .family = "bluetooth"},
	{"key", .domain = FAMILY_KEY, .type = SOCK_RAW, .protocol = PROTOCOL_KEY_V2,
	 FAMILY_ONLY(FAMILY_KEY), .length = 16, .odd = true, .category = "none", .family = "key"},
	{"llc", .domain = FAMILY_LLC, .type = SOCK_DGRAM, FAMILY_ONLY(FAMILY_LLC), .length = 16,
	 .odd = true, .category = "none", .family = "llc"},
	{"phonet", .domain = FAMILY_PHONET, .type = SOCK_DGRAM, FAMILY_ONLY(FAMILY_PHONET),
	 .length = 16, .odd = true, .category = "none", .family = "phonet"},
	{"mctp", .domain = FAMILY_MCTP, .type = SOCK_DGRAM, FAMILY_ONLY(FAMILY_MCTP), .length = 20,
	 .odd = true, .category = "none", .family = "mctp"},
};

const size_t bind_cases_n = ARRAY_SIZE(bind_cases);

const struct bind_case bind_results[] = {
	{"result_success", UDP, .circumstance = BIND_FRESH_SOCKET, IN(AF_INET, 0, LOOPBACK),
	 .length = 16, .category = "auto"},
	{"result_taken_port", UDP, .circumstance = BIND_TAKEN, .error = EADDRINUSE,
	 IN(AF_INET, 20001, LOOPBACK), .length = 16, .category = "registered"},
	{"result_privileged_port", UDP, .circumstance = BIND_UNPRIVILEGED, .error = EACCES,
	 IN(AF_INET, 99, LOOPBACK), .length = 16, .category = "well_known"},
	{"result_second_bind", UDP, .circumstance = BIND_BOUND_SOCKET, .error = EINVAL,
	 IN(AF_INET, 50003, LOOPBACK), .length = 16, .category = "dynamic"},
	{"result_foreign_address", UDP, .circumstance = BIND_FRESH_SOCKET, .error = EADDRNOTAVAIL,
	 IN(AF_INET, 20002, 0xc0000201U), .length = 16, .category = "registered"},
	{"result_taken_pathname", UNIX, .circumstance = BIND_TAKEN, .error = EADDRINUSE,
	 .naming = BIND_NAME_PATHNAME, .category = "pathname"},
};

const size_t bind_results_n = ARRAY_SIZE(bind_results);

const struct bind_case *bind_case_find(const char *name)
{
	size_t i;

	for (i = 0; i < bind_cases_n; i++)
		if (!strcmp(bind_cases[i].name, name))
			return &bind_cases[i];
	for (i = 0; i < bind_results_n; i++)
		if (!strcmp(bind_results[i].name, name))
			return &bind_results[i];
	return NULL;
}

int bind_case_open(const struct bind_case *bind_case)
{
	int fd = socket(bind_case->domain, bind_case->type | SOCK_CLOEXEC, bind_case->protocol);

	return fd < 0 ? -errno : fd;
}

int bind_case_address(const struct bind_case *bind_case, const char *scratch,
		      union bind_address *ret_address)
{
	const size_t path_offset = offsetof(struct sockaddr_un, sun_path);
	char *path = ret_address->un.sun_path;
	/* A taken address has the same name for its holder and for the threads that try it. */
	long thread = bind_case->circumstance == BIND_TAKEN ? 0 : syscall(SYS_gettid);

	*ret_address = bind_case->address;
	if (bind_case->naming == BIND_NAME_FIXED)
		return bind_case->length;
	ret_address->un.sun_family = AF_UNIX;
	if (bind_case->naming == BIND_NAME_ABSTRACT)
		return (int)path_offset + 1 + sprintf(path + 1, "%s-%ld", bind_case->name, thread);
	return (int)path_offset + 1 + sprintf(path, "%s/%ld", scratch, thread);
}

int bind_case_attempt(const struct bind_case *bind_case, int fd, const union bind_address *address,
		      int length)
{
	/*
	 * The bare system call: a C library may check or convert lengths, and the sanitizers'
	 * wrapper reads that many bytes.
	 */
	int error = (int)syscall(SYS_bind, fd, address, length) ? -errno : 0;

	if (!error && bind_case->naming == BIND_NAME_PATHNAME)
		unlink(address->un.sun_path);
	return error;
}
