// SPDX-License-Identifier: Apache-2.0
/*
 * Every address is in a heap block of exactly its length, so that AddressSanitizer reports a read
 * beyond the length.
 */
#include "bpf/abi/classify.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/names.h"
#include "tests/unit/suite.h"

#define BYTES(...)          \
	{                   \
		__VA_ARGS__ \
	}
#define PORT(number) (number) >> 8, (number)&0xff

static const struct {
	const char *what;
	uint16_t socket_family;
	uint16_t family; /* sa_family; written where the length has room for it */
	uint8_t rest[24];
	int length;
	uint8_t expected;
} cases[] = {
	{"inet port 0", AF_INET, AF_INET, BYTES(PORT(0)), 16, BIND_AUTO},
	{"inet port 1", AF_INET, AF_INET, BYTES(PORT(1)), 16, BIND_WELL_KNOWN},
	{"inet port 1023", AF_INET, AF_INET, BYTES(PORT(1023)), 16, BIND_WELL_KNOWN},
	{"inet port 1024", AF_INET, AF_INET, BYTES(PORT(1024)), 16, BIND_REGISTERED},
	{"inet port 49151", AF_INET, AF_INET, BYTES(PORT(49151)), 16, BIND_REGISTERED},
	{"inet port 49152", AF_INET, AF_INET, BYTES(PORT(49152)), 16, BIND_DYNAMIC},
	{"inet port 65535", AF_INET, AF_INET, BYTES(PORT(65535)), 16, BIND_DYNAMIC},
	{"inet longer than needed", AF_INET, AF_INET, BYTES(PORT(80)), 26, BIND_WELL_KNOWN},
	{"inet length 0", AF_INET, AF_INET, BYTES(0), 0, BIND_INVALID},
	{"inet length 1", AF_INET, AF_INET, BYTES(0), 1, BIND_INVALID},
	{"inet length 2", AF_INET, AF_INET, BYTES(0), 2, BIND_INVALID},
	{"inet length 3", AF_INET, AF_INET, BYTES(0), 3, BIND_INVALID},
	{"inet length 4", AF_INET, AF_INET, BYTES(PORT(80)), 4, BIND_INVALID},
	{"inet length 8", AF_INET, AF_INET, BYTES(PORT(80)), 8, BIND_INVALID},
	{"inet length 15", AF_INET, AF_INET, BYTES(PORT(80)), 15, BIND_INVALID},
	{"inet as AF_UNSPEC, any", AF_INET, AF_UNSPEC, BYTES(PORT(80)), 16, BIND_WELL_KNOWN},
	{"inet as AF_UNSPEC, any, port 0", AF_INET, AF_UNSPEC, BYTES(0), 16, BIND_AUTO},
	{"inet as AF_UNSPEC, 127.0.0.1", AF_INET, AF_UNSPEC, BYTES(PORT(80), 127, 0, 0, 1), 16,
	 BIND_INVALID},
	{"inet as AF_UNSPEC, short", AF_INET, AF_UNSPEC, BYTES(PORT(80)), 8, BIND_INVALID},
	{"inet as AF_INET6", AF_INET, AF_INET6, BYTES(PORT(80)), 24, BIND_INVALID},
	{"inet as 65535", AF_INET, 65535, BYTES(PORT(80)), 16, BIND_INVALID},
	{"inet6 port 443", AF_INET6, AF_INET6, BYTES(PORT(443)), 26, BIND_WELL_KNOWN},
	{"inet6 length 24 (RFC 2133)", AF_INET6, AF_INET6, BYTES(PORT(8080)), 24, BIND_REGISTERED},
	{"inet6 port 0", AF_INET6, AF_INET6, BYTES(0), 24, BIND_AUTO},
	{"inet6 port 60000", AF_INET6, AF_INET6, BYTES(PORT(60000)), 24, BIND_DYNAMIC},
	{"inet6 length 23", AF_INET6, AF_INET6, BYTES(PORT(443)), 23, BIND_INVALID},
	{"inet6 length 16", AF_INET6, AF_INET6, BYTES(PORT(443)), 16, BIND_INVALID},
	{"inet6 length 0", AF_INET6, AF_INET6, BYTES(0), 0, BIND_INVALID},
	{"inet6 length 1", AF_INET6, AF_INET6, BYTES(0), 1, BIND_INVALID},
	{"inet6 as AF_UNSPEC", AF_INET6, AF_UNSPEC, BYTES(PORT(443)), 24, BIND_INVALID},
	{"inet6 as AF_INET", AF_INET6, AF_INET, BYTES(PORT(443)), 24, BIND_INVALID},
	{"smc as AF_INET", AF_SMC, AF_INET, BYTES(PORT(80)), 16, BIND_WELL_KNOWN},
	{"smc as AF_INET6", AF_SMC, AF_INET6, BYTES(PORT(8080)), 16, BIND_REGISTERED},
	{"smc as AF_UNSPEC", AF_SMC, AF_UNSPEC, BYTES(PORT(0)), 16, BIND_AUTO},
	{"smc as AF_SMC", AF_SMC, AF_SMC, BYTES(PORT(80)), 16, BIND_INVALID},
	{"smc short", AF_SMC, AF_INET, BYTES(PORT(80)), 15, BIND_INVALID},
	{"rds as AF_INET", AF_RDS, AF_INET, BYTES(PORT(4000)), 16, BIND_REGISTERED},
	{"rds short", AF_RDS, AF_INET, BYTES(PORT(4000)), 15, BIND_INVALID},
	{"rds as AF_INET6, short", AF_RDS, AF_INET6, BYTES(PORT(80)), 24, BIND_INVALID},
	{"rds as AF_UNSPEC", AF_RDS, AF_UNSPEC, BYTES(PORT(80)), 16, BIND_INVALID},
	{"unix autobind", AF_UNIX, AF_UNIX, BYTES(0), 2, BIND_AUTO},
	{"unix pathname", AF_UNIX, AF_UNIX, BYTES('/', 'r', 'u', 'n'), 6, BIND_PATHNAME},
	{"unix pathname of one byte", AF_UNIX, AF_UNIX, BYTES('a'), 3, BIND_PATHNAME},
	{"unix abstract", AF_UNIX, AF_UNIX, BYTES(0, 'a', 'b'), 5, BIND_ABSTRACT},
	{"unix abstract, empty name", AF_UNIX, AF_UNIX, BYTES(0), 3, BIND_ABSTRACT},
	{"unix length 0", AF_UNIX, AF_UNIX, BYTES(0), 0, BIND_INVALID},
	{"unix length 1", AF_UNIX, AF_UNIX, BYTES(0), 1, BIND_INVALID},
	{"unix as AF_INET", AF_UNIX, AF_INET, BYTES('/', 'a'), 4, BIND_INVALID},
	{"unix as AF_UNSPEC", AF_UNIX, AF_UNSPEC, BYTES(0), 2, BIND_INVALID},
	{"netlink", AF_NETLINK, AF_NETLINK, BYTES(0), 12, BIND_NONE},
	{"netlink short", AF_NETLINK, AF_NETLINK, BYTES(0), 11, BIND_INVALID},
	{"netlink length 0", AF_NETLINK, AF_NETLINK, BYTES(0), 0, BIND_INVALID},
	{"netlink as AF_INET", AF_NETLINK, AF_INET, BYTES(0), 12, BIND_INVALID},
	{"packet", AF_PACKET, AF_PACKET, BYTES(0), 20, BIND_NONE},
	{"packet short", AF_PACKET, AF_PACKET, BYTES(0), 19, BIND_INVALID},
	{"vsock", AF_VSOCK, AF_VSOCK, BYTES(0), 16, BIND_NONE},
	{"vsock short", AF_VSOCK, AF_VSOCK, BYTES(0), 15, BIND_INVALID},
	{"alg", AF_ALG, AF_ALG, BYTES('h', 'a', 's', 'h'), 25, BIND_NONE},
	{"alg short", AF_ALG, AF_ALG, BYTES('h', 'a', 's', 'h'), 24, BIND_INVALID},
	{"alg looks at no family", AF_ALG, AF_INET, BYTES(0), 25, BIND_NONE},
	{"can", AF_CAN, AF_CAN, BYTES(0), 8, BIND_NONE},
	{"can short", AF_CAN, AF_CAN, BYTES(0), 7, BIND_INVALID},
	{"tipc", AF_TIPC, AF_TIPC, BYTES(0), 16, BIND_NONE},
	{"qipcrtr", AF_QIPCRTR, AF_QIPCRTR, BYTES(0), 12, BIND_NONE},
	{"xdp", AF_XDP, AF_XDP, BYTES(0), 16, BIND_NONE},
	{"xdp short", AF_XDP, AF_XDP, BYTES(0), 15, BIND_INVALID},
	{"another family", AF_BLUETOOTH, AF_BLUETOOTH, BYTES(0), 2, BIND_NONE},
	{"another family, length 1", AF_BLUETOOTH, AF_BLUETOOTH, BYTES(0), 1, BIND_INVALID},
	{"another family as AF_INET", AF_BLUETOOTH, AF_INET, BYTES(0), 16, BIND_INVALID},
	{"a family of tomorrow", 61, 61, BYTES(0), 8, BIND_NONE},
};

START_TEST(classifies)
{
	uint8_t whole[sizeof(cases[_i].rest) + sizeof(uint16_t)];
	struct bind_address *address = malloc(cases[_i].length);
	uint8_t category;

	memcpy(whole, &cases[_i].family, sizeof(uint16_t));
	memcpy(whole + sizeof(uint16_t), cases[_i].rest, sizeof(cases[_i].rest));
	memcpy(address, whole, cases[_i].length);
	category = bind_classify(cases[_i].socket_family, address, cases[_i].length);
	free(address);
	ck_assert_msg(category == cases[_i].expected, "%s: %s, expected %s", cases[_i].what,
		      bind_category_name(category), bind_category_name(cases[_i].expected));
}
END_TEST

static const struct {
	uint16_t family;
	uint16_t port; /* host byte order */
	uint8_t category;
	uint16_t expected;
} ports[] = {
	{AF_INET, 1, BIND_WELL_KNOWN, 1},
	{AF_INET, 1023, BIND_WELL_KNOWN, 1023},
	{AF_INET, 8080, BIND_REGISTERED, 8080},
	{AF_INET, 65535, BIND_DYNAMIC, 65535},
	{AF_INET6, 443, BIND_WELL_KNOWN, 443},
	{AF_SMC, 443, BIND_WELL_KNOWN, 443},
	{AF_RDS, 4000, BIND_REGISTERED, 4000},
	{AF_INET, 0, BIND_AUTO, 0},
	{AF_INET, 8080, BIND_INVALID, 0},
	{AF_INET6, 8080, BIND_INVALID, 0},
	{AF_UNIX, 0x6162, BIND_PATHNAME, 0},
	{AF_UNIX, 0x0061, BIND_ABSTRACT, 0},
	{AF_UNIX, 0x6162, BIND_AUTO, 0},
	{AF_NETLINK, 80, BIND_NONE, 0},
	{AF_VSOCK, 80, BIND_NONE, 0},
	{AF_UNIX, 80, BIND_WELL_KNOWN, 0}, /* classification never returns this */
};

START_TEST(reads_ports)
{
	struct bind_address address = {.port = htons(ports[_i].port)};

	ck_assert_uint_eq(bind_port(ports[_i].family, &address, ports[_i].category),
			  ports[_i].expected);
}
END_TEST

/* An address that is too short for a port is not read, even if the category has ports. */
START_TEST(reads_no_port_of_a_short_address)
{
	void *address = calloc(1, sizeof(sa_family_t));

	ck_assert_uint_eq(bind_port(AF_INET, address, BIND_INVALID), 0);
	free(address);
}
END_TEST

/* The first and last address of every range, and their neighbours. */
static const struct {
	const char *address;
	uint8_t scope;
} ipv4_scopes[] = {
	{"0.0.0.0", BIND_SCOPE_ANY},
	{"0.0.0.1", BIND_SCOPE_GLOBAL},
	{"9.255.255.255", BIND_SCOPE_GLOBAL},
	{"10.0.0.0", BIND_SCOPE_PRIVATE},
	{"10.255.255.255", BIND_SCOPE_PRIVATE},
	{"11.0.0.0", BIND_SCOPE_GLOBAL},
	{"100.63.255.255", BIND_SCOPE_GLOBAL},
	{"100.64.0.0", BIND_SCOPE_PRIVATE},
	{"100.127.255.255", BIND_SCOPE_PRIVATE},
	{"100.128.0.0", BIND_SCOPE_GLOBAL},
	{"126.255.255.255", BIND_SCOPE_GLOBAL},
	{"127.0.0.0", BIND_SCOPE_LOOPBACK},
	{"127.0.0.1", BIND_SCOPE_LOOPBACK},
	{"127.255.255.255", BIND_SCOPE_LOOPBACK},
	{"128.0.0.0", BIND_SCOPE_GLOBAL},
	{"169.253.255.255", BIND_SCOPE_GLOBAL},
	{"169.254.0.0", BIND_SCOPE_LINK_LOCAL},
	{"169.254.255.255", BIND_SCOPE_LINK_LOCAL},
	{"169.255.0.0", BIND_SCOPE_GLOBAL},
	{"172.15.255.255", BIND_SCOPE_GLOBAL},
	{"172.16.0.0", BIND_SCOPE_PRIVATE},
	{"172.31.255.255", BIND_SCOPE_PRIVATE},
	{"172.32.0.0", BIND_SCOPE_GLOBAL},
	{"192.167.255.255", BIND_SCOPE_GLOBAL},
	{"192.168.0.0", BIND_SCOPE_PRIVATE},
	{"192.168.255.255", BIND_SCOPE_PRIVATE},
	{"192.169.0.0", BIND_SCOPE_GLOBAL},
	{"223.255.255.255", BIND_SCOPE_GLOBAL},
	{"224.0.0.0", BIND_SCOPE_MULTICAST},
	{"239.255.255.255", BIND_SCOPE_MULTICAST},
	{"240.0.0.0", BIND_SCOPE_GLOBAL},
	{"255.255.255.254", BIND_SCOPE_GLOBAL},
	{"255.255.255.255", BIND_SCOPE_MULTICAST},
};

static uint8_t scope_of_ipv6(const char *string)
{
	uint64_t words[2];

	ck_assert_int_eq(inet_pton(AF_INET6, string, words), 1);
	return bind_scope_ipv6(words[0], words[1]);
}

/* As an IPv4 address, and mapped into IPv6. */
START_TEST(knows_ipv4_scopes)
{
	const char *address = ipv4_scopes[_i].address;
	char mapped[INET6_ADDRSTRLEN];
	struct in_addr ipv4;

	ck_assert_int_eq(inet_pton(AF_INET, address, &ipv4), 1);
	ck_assert_msg(bind_scope_ipv4(ipv4.s_addr) == ipv4_scopes[_i].scope, "%s", address);
	snprintf(mapped, sizeof(mapped), "::ffff:%s", address);
	ck_assert_msg(scope_of_ipv6(mapped) == ipv4_scopes[_i].scope, "%s", mapped);
}
END_TEST

static const struct {
	const char *address;
	uint8_t scope;
} ipv6_scopes[] = {
	{"::", BIND_SCOPE_ANY},
	{"::1", BIND_SCOPE_LOOPBACK},
	{"::2", BIND_SCOPE_GLOBAL},
	{"::127.0.0.1", BIND_SCOPE_GLOBAL}, /* IPv4-compatible: deprecated, an IPv6 address */
	{"::fffe:127.0.0.1", BIND_SCOPE_GLOBAL},
	{"::1:ffff:127.0.0.1", BIND_SCOPE_GLOBAL},
	{"1::1", BIND_SCOPE_GLOBAL},
	{"1::", BIND_SCOPE_GLOBAL},
	{"1::ffff:127.0.0.1", BIND_SCOPE_GLOBAL},
	{"64:ff9b::10.0.0.1", BIND_SCOPE_GLOBAL},
	{"2001:db8::1", BIND_SCOPE_GLOBAL},
	{"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_GLOBAL},
	{"fc00::", BIND_SCOPE_PRIVATE},
	{"fd12:3456::1", BIND_SCOPE_PRIVATE},
	{"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_PRIVATE},
	{"fe00::", BIND_SCOPE_GLOBAL},
	{"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_GLOBAL},
	{"fe80::", BIND_SCOPE_LINK_LOCAL},
	{"fe80::1", BIND_SCOPE_LINK_LOCAL},
	{"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_LINK_LOCAL},
	{"fec0::", BIND_SCOPE_PRIVATE},
	{"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_PRIVATE},
	{"ff00::", BIND_SCOPE_MULTICAST},
	{"ff02::1", BIND_SCOPE_MULTICAST},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", BIND_SCOPE_MULTICAST},
};

START_TEST(knows_ipv6_scopes)
{
	ck_assert_msg(scope_of_ipv6(ipv6_scopes[_i].address) == ipv6_scopes[_i].scope, "%s: %u",
		      ipv6_scopes[_i].address, scope_of_ipv6(ipv6_scopes[_i].address));
}
END_TEST

/*
 * bpf/abi/kind.h cannot include the kernel's private header. User space's copy has the same
 * numbers.
 */
START_TEST(families_are_the_kernels)
{
	const struct {
		int ours, theirs;
		const char *name;
	} families[] = {
		{BIND_AF_UNIX, AF_UNIX, "unix"},
		{BIND_AF_INET, AF_INET, "inet"},
		{BIND_AF_INET6, AF_INET6, "inet6"},
		{BIND_AF_NETLINK, AF_NETLINK, "netlink"},
		{BIND_AF_RDS, AF_RDS, "rds"},
		{BIND_AF_PACKET, AF_PACKET, "packet"},
		{BIND_AF_CAN, AF_CAN, "can"},
		{BIND_AF_TIPC, AF_TIPC, "tipc"},
		{BIND_AF_ALG, AF_ALG, "alg"},
		{BIND_AF_VSOCK, AF_VSOCK, "vsock"},
		{BIND_AF_QIPCRTR, AF_QIPCRTR, "qipcrtr"},
		{BIND_AF_SMC, AF_SMC, "smc"},
		{BIND_AF_XDP, AF_XDP, "xdp"},
		{AF_BLUETOOTH, AF_BLUETOOTH, "bluetooth"},
		{AF_KCM, AF_KCM, "kcm"},
		{AF_NFC, AF_NFC, "nfc"},
		{45, 45, "mctp"},
		{AF_UNSPEC, BIND_AF_UNSPEC, "other"},
		{46, 46, "other"},
		{65535, 65535, "other"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		ck_assert_int_eq(families[i].ours, families[i].theirs);
		ck_assert_str_eq(bind_family_name(families[i].ours), families[i].name);
	}
}
END_TEST

/* No two (CPU, category, family) share a slot, and all slots lie within the CPU's share. */
START_TEST(overflow_slots_are_distinct)
{
	const uint32_t slots = BIND_CATEGORIES * BIND_FAMILIES;
	uint8_t used[3 * BIND_CATEGORIES * BIND_FAMILIES] = {0};

	for (uint32_t cpu = 0; cpu < 3; cpu++)
		for (uint8_t category = 1; category <= BIND_CATEGORIES; category++)
			for (uint16_t family = 0; family < BIND_FAMILIES; family++) {
				uint32_t index = bind_overflow_index(cpu, category, family);

				ck_assert_uint_ge(index, cpu * slots);
				ck_assert_uint_lt(index, (cpu + 1) * slots);
				ck_assert_uint_eq(used[index]++, 0);
			}
	ck_assert_uint_eq(bind_overflow_index(1, BIND_NONE, 64),
			  bind_overflow_index(1, BIND_NONE, 0));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{classifies, ARRAY_SIZE(cases)},
		{reads_ports, ARRAY_SIZE(ports)},
		{reads_no_port_of_a_short_address, 0},
		{knows_ipv4_scopes, ARRAY_SIZE(ipv4_scopes)},
		{knows_ipv6_scopes, ARRAY_SIZE(ipv6_scopes)},
		{families_are_the_kernels, 0},
		{overflow_slots_are_distinct, 0},
	};

	return run_suite("classify", tests, ARRAY_SIZE(tests));
}
