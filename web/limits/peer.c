// SPDX-License-Identifier: Apache-2.0
#include "web/limits/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct peer peer_of(const struct sockaddr *address)
{
	struct peer peer = {.has_address = false};

	if (address && address->sa_family == AF_INET) {
		peer.has_address = true;
		memset(&peer.address[10], 0xff, 2);
		memcpy(&peer.address[12], &((const struct sockaddr_in *)address)->sin_addr, 4);
	} else if (address && address->sa_family == AF_INET6) {
		const struct in6_addr *ipv6 = &((const struct sockaddr_in6 *)address)->sin6_addr;

		peer.has_address = true;
		memcpy(peer.address, ipv6, IN6_IS_ADDR_V4MAPPED(ipv6) ? 16 : 8);
	}
	return peer;
}

bool peer_equal(const struct peer *one, const struct peer *other)
{
	return memcmp(one, other, sizeof(*one)) == 0;
}

static bool is_ipv4(const struct peer *peer)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(peer->address, mapped, sizeof(mapped)) == 0;
}

bool peer_same_network(const struct peer *one, const struct peer *other)
{
	return one->has_address == other->has_address && is_ipv4(one) == is_ipv4(other) &&
	       memcmp(one->address, other->address, is_ipv4(one) ? 15 : 6) == 0;
}

void peer_name(const struct sockaddr *address, char ret_name[PEER_NAME_MAX])
{
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)address;
	int family = address ? address->sa_family : AF_UNSPEC;

	if (family == AF_INET)
		inet_ntop(AF_INET, &ipv4->sin_addr, ret_name, PEER_NAME_MAX);
	else if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&ipv6->sin6_addr))
		inet_ntop(AF_INET, &ipv6->sin6_addr.s6_addr[12], ret_name, PEER_NAME_MAX);
	else if (family == AF_INET6)
		inet_ntop(AF_INET6, &ipv6->sin6_addr, ret_name, PEER_NAME_MAX);
	else
		strcpy(ret_name, "unix");
}
