// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/names.h"

#include <stddef.h>
#include <string.h>

#include "common/label.h"
#include "common/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

const char *bind_category_name(uint8_t category)
{
	static const char *const names[] = {
		[BIND_WELL_KNOWN] = "well_known",
		[BIND_REGISTERED] = "registered",
		[BIND_DYNAMIC] = "dynamic",
		[BIND_AUTO] = "auto",
		[BIND_PATHNAME] = "pathname",
		[BIND_ABSTRACT] = "abstract",
		[BIND_NONE] = "none",
		[BIND_INVALID] = "invalid",
	};

	return category < ARRAY_SIZE(names) && names[category] ? names[category] : "invalid";
}

const char *bind_family_name(uint16_t family)
{
	/* AF_* of include/linux/socket.h in lower case; the index is the number. */
	static const char *const names[] = {
		NULL,       "unix",       "inet",    "ax25",      "ipx",     "appletalk", "netrom",
		"bridge",   "atmpvc",     "x25",     "inet6",     "rose",    "decnet",    "netbeui",
		"security", "key",        "netlink", "packet",    "ash",     "econet",    "atmsvc",
		"rds",      "sna",        "irda",    "pppox",     "wanpipe", "llc",       "ib",
		"mpls",     "can",        "tipc",    "bluetooth", "iucv",    "rxrpc",     "isdn",
		"phonet",   "ieee802154", "caif",    "alg",       "nfc",     "vsock",     "kcm",
		"qipcrtr",  "smc",        "xdp",     "mctp",
	};

	_Static_assert(ARRAY_SIZE(names) == BIND_NAMED_FAMILIES + 1, "one name per family");
	return family < ARRAY_SIZE(names) && names[family] ? names[family] : "other";
}

const char *bind_scope_name(uint8_t scope)
{
	static const char *const names[] = {
		[BIND_SCOPE_ANY] = "any",
		[BIND_SCOPE_LOOPBACK] = "loopback",
		[BIND_SCOPE_LINK_LOCAL] = "link_local",
		[BIND_SCOPE_PRIVATE] = "private",
		[BIND_SCOPE_MULTICAST] = "multicast",
		[BIND_SCOPE_GLOBAL] = "global",
	};

	return scope < ARRAY_SIZE(names) && names[scope] ? names[scope] : "";
}

_Static_assert(BIND_NAME_SCRATCH == TEXT_NUMBER_MAX, "numbers are formatted there");

struct number_name {
	uint16_t number;
	const char *name;
};

/* Returns the name of a number in a table that ends with NULL, or the number, in scratch. */
static const char *find_name(const struct number_name *table, uint32_t number,
			     char scratch[BIND_NAME_SCRATCH])
{
	for (; table->name; table++)
		if (table->number == number)
			return table->name;
	*text_format_u64(scratch, number) = '\0';
	return scratch;
}

const char *bind_protocol_name(uint16_t protocol, char scratch[BIND_NAME_SCRATCH])
{
	/*
	 * The most frequent protocols come first. Those above 255 are Linux's own and not used on
	 * the wire.
	 */
	static const struct number_name names[] = {
		{6, "tcp"},       {17, "udp"},         {1, "icmp"},    {58, "icmpv6"},
		{2, "igmp"},      {4, "ipencap"},      {12, "pup"},    {22, "xns-idp"},
		{29, "iso-tp4"},  {33, "dccp"},        {41, "ipv6"},   {46, "rsvp"},
		{47, "gre"},      {50, "esp"},         {51, "ah"},     {88, "eigrp"},
		{89, "ospf"},     {94, "ipip"},        {98, "encap"},  {103, "pim"},
		{108, "ipcomp"},  {112, "vrrp"},       {115, "l2tp"},  {132, "sctp"},
		{136, "udplite"}, {137, "mpls-in-ip"}, {139, "hip"},   {143, "ethernet"},
		{255, "raw"},     {256, "smc"},        {262, "mptcp"}, {0, NULL},
	};

	return protocol ? find_name(names, protocol, scratch) : "";
}

const char *bind_errno_name(uint32_t error, char scratch[BIND_NAME_SCRATCH])
{
	/* The kernel's include/linux/errno.h has these. User space is not supposed to see them. */
	static const struct number_name internal[] = {
		{512, "ERESTARTSYS"},
		{513, "ERESTARTNOINTR"},
		{514, "ERESTARTNOHAND"},
		{524, "ENOTSUPP"},
		{0, NULL},
	};
	const char *name = error && error <= INT32_MAX ? strerrorname_np((int)error) : NULL;

	if (error == BIND_ANY_ERROR)
		return LABEL_OTHER;
	return name ? name : find_name(internal, error, scratch);
}

const char *bind_missed_name(unsigned int reason)
{
	static const char *const names[] = {
		[BIND_MISSED_ADDRESS] = "address_unreadable",
		[BIND_MISSED_PENDING] = "pending_full",
		[BIND_MISSED_EXIT] = "exit_unseen",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : NULL;
}
