// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/names.h"

#include <errno.h>
#include <netinet/in.h>

#include "tests/unit/suite.h"

START_TEST(names_categories)
{
	const char *const names[] = {"well_known", "registered", "dynamic", "auto",
				     "pathname",   "abstract",   "none",    "invalid"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_str_eq(bind_category_name(i + 1), names[i]);
	ck_assert_str_eq(bind_category_name(0), "invalid");
	ck_assert_str_eq(bind_category_name(255), "invalid");
}
END_TEST

static const struct {
	uint8_t scope;
	const char *name;
} scopes[] = {
	{0, ""},
	{BIND_SCOPE_ANY, "any"},
	{BIND_SCOPE_LOOPBACK, "loopback"},
	{BIND_SCOPE_LINK_LOCAL, "link_local"},
	{BIND_SCOPE_PRIVATE, "private"},
	{BIND_SCOPE_MULTICAST, "multicast"},
	{BIND_SCOPE_GLOBAL, "global"},
	{BIND_SCOPE_GLOBAL + 1, ""},
	{255, ""},
};

START_TEST(names_scopes)
{
	ck_assert_str_eq(bind_scope_name(scopes[_i].scope), scopes[_i].name);
}
END_TEST

static const struct {
	uint16_t protocol;
	const char *name;
} protocols[] = {
	{0, ""},
	{IPPROTO_TCP, "tcp"},
	{IPPROTO_UDP, "udp"},
	{IPPROTO_ICMP, "icmp"},
	{IPPROTO_ICMPV6, "icmpv6"},
	{IPPROTO_IGMP, "igmp"},
	{IPPROTO_IPIP, "ipencap"},
	{IPPROTO_PUP, "pup"},
	{IPPROTO_IDP, "xns-idp"},
	{IPPROTO_TP, "iso-tp4"},
	{IPPROTO_DCCP, "dccp"},
	{IPPROTO_IPV6, "ipv6"},
	{IPPROTO_RSVP, "rsvp"},
	{IPPROTO_GRE, "gre"},
	{IPPROTO_ESP, "esp"},
	{IPPROTO_AH, "ah"},
	{88, "eigrp"},
	{89, "ospf"},
	{IPPROTO_BEETPH, "ipip"},
	{IPPROTO_ENCAP, "encap"},
	{IPPROTO_PIM, "pim"},
	{IPPROTO_COMP, "ipcomp"},
	{112, "vrrp"},
	{115, "l2tp"},
	{IPPROTO_SCTP, "sctp"},
	{IPPROTO_UDPLITE, "udplite"},
	{IPPROTO_MPLS, "mpls-in-ip"},
	{139, "hip"},
	{143, "ethernet"},
	{IPPROTO_RAW, "raw"},
	{256, "smc"},
	{IPPROTO_MPTCP, "mptcp"},
	{3, "3"},
	{253, "253"}, /* for experiments */
	{263, "263"},
	{65535, "65535"},
};

START_TEST(names_protocols)
{
	char scratch[BIND_NAME_SCRATCH];

	ck_assert_str_eq(bind_protocol_name(protocols[_i].protocol, scratch), protocols[_i].name);
}
END_TEST

static const struct {
	uint32_t error;
	const char *name;
} errors[] = {
	{EPERM, "EPERM"},
	{EACCES, "EACCES"},
	{EAGAIN, "EAGAIN"},
	{EINVAL, "EINVAL"},
	{EOPNOTSUPP, "EOPNOTSUPP"},
	{EAFNOSUPPORT, "EAFNOSUPPORT"},
	{EADDRINUSE, "EADDRINUSE"},
	{EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	{EHWPOISON, "EHWPOISON"}, /* the last that user space knows */
	{512, "ERESTARTSYS"},
	{513, "ERESTARTNOINTR"},
	{514, "ERESTARTNOHAND"},
	{524, "ENOTSUPP"},
	{0, "0"},
	{41, "41"}, /* a hole */
	{EHWPOISON + 1, "134"},
	{525, "525"},
	{4095, "4095"},
	{BIND_ANY_ERROR, "(other)"},
};

START_TEST(names_errors)
{
	char scratch[BIND_NAME_SCRATCH];

	ck_assert_str_eq(bind_errno_name(errors[_i].error, scratch), errors[_i].name);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{names_categories, 0},
		{names_scopes, ARRAY_SIZE(scopes)},
		{names_protocols, ARRAY_SIZE(protocols)},
		{names_errors, ARRAY_SIZE(errors)},
	};

	return run_suite("names", tests, ARRAY_SIZE(tests));
}
