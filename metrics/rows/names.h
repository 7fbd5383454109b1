/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of the kernel side -> label values. Results are static strings, or lie
 * in the scratch that the caller gave, and none needs escaping.
 */
#ifndef BIND_NAMES_H
#define BIND_NAMES_H

#include <stdint.h>

#include "bpf/abi/bind_abi.h"

/* Families that have a name of their own; all others are "other". */
#define BIND_NAMED_FAMILIES 45

/* category: an enum bind_category. */
const char *bind_category_name(uint8_t category);

/* family: as sk_family. AF_INET6 -> "inet6"; without a name here: "other". */
const char *bind_family_name(uint16_t family);

/* scope: an enum bind_scope; "" for 0 and what is none. */
const char *bind_scope_name(uint8_t scope);

#define BIND_NAME_SCRATCH 24 /* TEXT_NUMBER_MAX */

/*
 * protocol: as sk_protocol of inet and inet6 sockets. The keyword of
 * /etc/protocols ("icmpv6" for its "ipv6-icmp"), which is not read: a label must not
 * depend on the machine. Without a name here: the number. 0 (no protocol): "".
 */
const char *bind_protocol_name(uint16_t protocol, char scratch[BIND_NAME_SCRATCH]);

#define BIND_ANY_ERROR UINT32_MAX /* failures whose errno had no place of its own */

/* error: a positive errno of the kernel. BIND_ANY_ERROR -> "(other)". 98 -> "EADDRINUSE"; without a
 * name: the number. */
const char *bind_errno_name(uint32_t error, char scratch[BIND_NAME_SCRATCH]);

/* reason: an enum bind_missed; NULL for a slot that means nothing yet. */
const char *bind_missed_name(unsigned int reason);

#endif
