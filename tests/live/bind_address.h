/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address of any family, as bytes and as the structs that name them, and macros to write one as
 * a constant. The structs of families that not every C library declares are defined here; their
 * layouts are the kernel's user space interface.
 */
#ifndef LIVE_BIND_ADDRESS_H
#define LIVE_BIND_ADDRESS_H

#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NET16(x) ((uint16_t)((uint16_t)(x) << 8 | (uint16_t)(x) >> 8))
#define NET32(x) __builtin_bswap32(x)
#else
#define NET16(x) (x)
#define NET32(x) (x)
#endif

/* sizeof(struct sockaddr_storage): longer ones never reach the hook. */
#define BIND_ADDRESS_MAX 128

union bind_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl nl;
	struct sockaddr_ll ll;
	struct sockaddr_vm vm;
	struct sockaddr_alg alg;
	struct {
		uint16_t family;
		uint8_t type; /* TIPC_SERVICE_ADDR */
		int8_t scope; /* TIPC_NODE_SCOPE */
		uint32_t service;
		uint32_t instance;
		uint32_t domain;
	} tipc;
	struct {
		uint16_t family;
		uint32_t node;
		uint32_t port;
	} qrtr;
	unsigned char bytes[BIND_ADDRESS_MAX];
};

#endif
