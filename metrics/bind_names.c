// SPDX-License-Identifier: Apache-2.0
#include "bind_names.h"

#include <stddef.h>

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
	/* AF_* of include/linux/socket.h, lower case; index = number. */
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

const char *bind_missed_name(unsigned int reason)
{
	static const char *const names[] = {
		[BIND_MISSED_ADDRESS] = "address_unreadable",
		[BIND_MISSED_PENDING] = "pending_full",
		[BIND_MISSED_EXIT] = "exit_unseen",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : NULL;
}
